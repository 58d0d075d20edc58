"""What an expression gives, told from what its variables were seen to hold: arrays with dtype and shape, by NumPy's rules."""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np

from grader.advice.code import Function, words
from grader.execution.line_looks import Seen, Sort

Lookup: TypeAlias = Callable[[str], Seen | None]
"""What a variable was seen to hold; None where it was never looked at."""

Shape: TypeAlias = tuple[int | None, ...]

_TRUTHS = np.dtype(bool)
_REALS = np.dtype(np.float64)
_INTEGERS = np.dtype(np.int64)
_COMPLEX = np.dtype(np.complex128)

ELEMENTWISE = words(
    "abs absolute add angle arctan2 ceil conj conjugate cos cosh clip divide equal exp exp2 expm1 fabs float_power floor "
    "fmax fmin greater greater_equal hypot imag isfinite isnan less less_equal log log10 log1p log2 logical_and logical_not "
    "logical_or maximum minimum mod multiply negative not_equal power real real_if_close reciprocal remainder rint round sign "
    "sin sinh sqrt square subtract tan tanh true_divide where"
)
"""NumPy's functions that give each element its own answer."""
_TRUTH_GIVING = words("equal greater greater_equal isfinite isnan less less_equal logical_and logical_not logical_or not_equal")
_REAL_GIVING = words("abs absolute angle fabs hypot imag real")
_SAME_SHAPE = words("copy cumsum cumprod roll flip fliplr flipud sort ascontiguousarray asfortranarray array")
_COPYING_METHODS = words("copy astype conj conjugate round clip cumsum")
_VIEWS = words("asarray real imag T transpose ravel reshape view squeeze")
_REDUCTIONS = words("sum mean prod max min any all count_nonzero dot vdot argmax argmin std var median trace")
TRANSFORMS = words("fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 fftn ifftn")


@dataclass(frozen=True)
class Value:
    """What an expression gives."""

    sort: Sort
    dtype: "np.dtype[np.generic] | None" = None
    shape: Shape | None = ()
    """None where it is not known."""
    is_new: bool = False
    """Whether memory is taken for it."""
    span_bytes: int | None = None
    """Of a variable: the memory that its elements lie in."""

    @property
    def is_array(self) -> bool:
        """Whether it has elements of NumPy's."""
        return self.sort is Sort.ARRAY

    @property
    def size(self) -> int | None:
        """How many elements, where that is known."""
        if self.shape is None or None in self.shape:
            return None
        return int(np.prod(np.array(self.shape, dtype=np.int64)))

    @property
    def size_bytes(self) -> int | None:
        """What they take."""
        return None if self.size is None or self.dtype is None else self.size * self.dtype.itemsize


def value_of(node: ast.expr, function: Function, lookup: Lookup) -> Value | None:  # noqa: C901, PLR0911 -- one case a kind of node
    """What an expression gives; None where it cannot be told."""
    match node:
        case ast.Constant(value=bool() | int() | float() | complex() as number):
            return Value(Sort.NUMBER, np.dtype(type(number)))
        case ast.Constant(value=str()) | ast.JoinedStr():
            return Value(Sort.TEXT)
        case ast.Name(id=name):
            return _value_seen(lookup(name))
        case ast.UnaryOp(operand=operand):
            return _new(value_of(operand, function, lookup))
        case ast.BinOp(left=left, op=operator, right=right):
            return _combined(value_of(left, function, lookup), value_of(right, function, lookup), operator)
        case ast.Compare(left=left, comparators=others):
            every = [value_of(one, function, lookup) for one in (left, *others)]
            return _elementwise(every, _TRUTHS)
        case ast.Attribute(value=inner, attr=name):
            return _attribute(value_of(inner, function, lookup), name)
        case ast.Subscript(value=inner, slice=index):
            return _subscript(value_of(inner, function, lookup), index, function, lookup)
        case ast.Call():
            return _call(node, function, lookup)
        case ast.List() | ast.Tuple() | ast.ListComp():
            return Value(Sort.SEQUENCE)
        case ast.IfExp(body=body):
            return value_of(body, function, lookup)
        case _:
            return None


def temporaries(node: ast.expr, function: Function, lookup: Lookup) -> Iterator[Value]:
    """The arrays that memory is taken for while an expression is worked out, its own value among them."""
    for one in ast.walk(node):
        if isinstance(one, ast.expr):
            value = value_of(one, function, lookup)
            if value is not None and value.is_array and value.is_new:
                yield value


def _value_seen(seen: Seen | None) -> Value | None:
    if seen is None:
        return None
    return Value(seen.sort, seen.dtype, seen.shape, is_new=False, span_bytes=seen.span_bytes)


def _new(value: Value | None) -> Value | None:
    return None if value is None else replace(value, is_new=True, span_bytes=None)


def _combined(left: Value | None, right: Value | None, operator: ast.operator) -> Value | None:
    if left is None or right is None:
        known = left or right
        # Whatever is combined with an array is an array, though its shape may grow.
        return None if known is None or not known.is_array else Value(Sort.ARRAY, None, None, is_new=True)
    if isinstance(operator, ast.MatMult):
        return Value(Sort.ARRAY, _common(left, right), _product_shape(left, right), is_new=True)
    dtype = _common(left, right)
    if isinstance(operator, ast.Div) and dtype is not None and dtype.kind in "bui":
        dtype = _REALS
    return _elementwise([left, right], dtype)


def _elementwise(values: list[Value | None], dtype: "np.dtype[np.generic] | None") -> Value | None:
    known = [one for one in values if one is not None]
    arrays = [one for one in known if one.is_array]
    if arrays:
        whole = len(known) == len(values)
        return Value(Sort.ARRAY, dtype, _broadcast([one.shape for one in arrays]) if whole else None, is_new=True)
    if not known or len(known) < len(values):
        return None
    numpys = any(one.sort is Sort.NUMPY_NUMBER for one in known)
    return Value(Sort.NUMPY_NUMBER if numpys else known[0].sort, dtype)


def _common(left: Value, right: Value) -> "np.dtype[np.generic] | None":
    """Of two operands; a number of Python's takes the array's precision."""
    if left.dtype is None or right.dtype is None:
        return None
    for array, number in ((left, right), (right, left)):
        if array.sort in {Sort.ARRAY, Sort.NUMPY_NUMBER} and number.sort is Sort.NUMBER and array.dtype and number.dtype:
            weak = {"b": False, "i": 0, "f": 0.0, "c": 0j}.get(number.dtype.kind, 0)
            return np.result_type(array.dtype, weak)
    return np.result_type(left.dtype, right.dtype)


def _broadcast(shapes: Sequence[Shape | None]) -> Shape | None:
    known = [one for one in shapes if one is not None]
    if len(known) < len(shapes):
        return None
    length = max(map(len, known))
    padded = [(*(1,) * (length - len(one)), *one) for one in known]
    return tuple(_longest(sizes) for sizes in zip(*padded, strict=True))


def _longest(sizes: tuple[int | None, ...]) -> int | None:
    """Sizes that are not 1 agree; one that is known tells of those that are not."""
    known = [one for one in sizes if one is not None and one != 1]
    return known[0] if known else None if None in sizes else 1


def _product_shape(left: Value, right: Value) -> Shape | None:
    if left.shape is None or right.shape is None or not left.shape or not right.shape:
        return None
    return (*left.shape[:-1], *right.shape[-1:]) if len(right.shape) > 1 else left.shape[:-1]


def _attribute(value: Value | None, name: str) -> Value | None:
    if name in {"shape", "size", "ndim", "nbytes", "itemsize"}:
        return Value(Sort.SEQUENCE if name == "shape" else Sort.NUMBER, _INTEGERS)
    if value is None or not value.is_array:
        return value if value is not None and name in {"real", "imag"} else None
    if name == "T":
        return replace(value, shape=None if value.shape is None else value.shape[::-1], is_new=False)
    if name in {"real", "imag"}:
        return replace(value, dtype=_real(value.dtype), is_new=False)
    return None


def _real(dtype: "np.dtype[np.generic] | None") -> "np.dtype[np.generic] | None":
    return np.dtype(f"f{dtype.itemsize // 2}") if dtype is not None and dtype.kind == "c" else dtype


def _subscript(value: Value | None, index: ast.expr, function: Function, lookup: Lookup) -> Value | None:
    """Of an array: slices keep a dimension, numbers take one away, arrays of truths and of indices make a new array."""
    if value is None or not value.is_array or value.shape is None:
        return value if value is not None and value.is_array else None
    parts = list(index.elts) if isinstance(index, ast.Tuple) else [index]
    picked = _Picked(list(value.shape))
    for position, part in enumerate(parts):
        if isinstance(part, ast.Constant) and part.value is Ellipsis:
            after = sum(not _is_new_axis(one, function) for one in parts[position + 1 :])
            picked.keep(len(picked.left) - after)
        elif _is_new_axis(part, function):
            picked.kept.append(1)
        elif not picked.left or not picked.take(part, value_of(part, function, lookup)):
            return None
    whole = picked.shape()
    if whole is None:
        return None
    return Value(Sort.ARRAY if whole else Sort.NUMPY_NUMBER, value.dtype, whole, is_new=bool(picked.indices))


@dataclass
class _Picked:
    """A subscript in progress: the dimensions that no part of it has come to yet, those kept, and what picks elements."""

    left: list[int | None]
    kept: list[int | None] = field(default_factory=list)
    indices: list[Shape] = field(default_factory=list)
    """The shapes of its arrays of indices, which pick one element each together: `x[rows, columns]`."""
    places: list[int] = field(default_factory=list)
    """Of all indices, numbers among them, how many dimensions were kept before each."""

    def keep(self, count: int) -> None:
        """The next dimensions as they are."""
        self.kept += self.left[:count]
        self.left = self.left[count:]

    def take(self, part: ast.expr, chosen: Value | None) -> bool:
        """One part of the subscript; False where it cannot be told what it picks."""
        size = self.left.pop(0)
        if isinstance(part, ast.Slice):
            self.kept.append(size if part.lower is None and part.upper is None and part.step is None else None)
            return True
        if chosen is None or (chosen.is_array and chosen.shape is None):
            return False
        self.places.append(len(self.kept))
        if chosen.is_array and chosen.dtype == _TRUTHS:
            self.left = self.left[len(chosen.shape or (None,)) - 1 :]
            self.indices.append((None,))
        elif chosen.is_array:
            self.indices.append(chosen.shape or ())
        return chosen.is_array or chosen.sort in {Sort.NUMBER, Sort.NUMPY_NUMBER}

    def shape(self) -> Shape | None:
        """Of the whole: what the arrays of indices pick stands in their place, or first where they do not stand together."""
        kept = (*self.kept, *self.left)
        if not self.indices:
            return kept
        picked = _broadcast(self.indices)
        if picked is None or not _fit(self.indices):
            return None
        place = self.places[0] if len(set(self.places)) == 1 else 0
        return (*kept[:place], *picked, *kept[place:])


def _fit(shapes: Iterable[Shape]) -> bool:
    """Whether these can be broadcast together, as far as is known: they may have been seen at different times."""
    try:
        np.broadcast_shapes(*(tuple(1 if size is None else size for size in one) for one in shapes))
    except ValueError:
        return False
    return True


def _is_new_axis(node: ast.expr, function: Function) -> bool:
    return (isinstance(node, ast.Constant) and node.value is None) or function.name_of(node) == "numpy.newaxis"


def _call(node: ast.Call, function: Function, lookup: Lookup) -> Value | None:  # noqa: C901, PLR0911 -- one case a kind of function
    name = function.name_of(node.func)
    last = name.split(".")[-1]
    if name in {"abs", "complex", "float", "int", "round", "min", "max"} or name.startswith(("math.", "cmath.")):
        first = value_of(node.args[0], function, lookup) if node.args else None
        if name == "abs" and first is not None:
            return replace(first, dtype=_real(first.dtype), is_new=first.is_array)
        return Value(Sort.NUMBER, {"complex": _COMPLEX, "int": _INTEGERS}.get(name, _REALS))
    if name.startswith((".", "numpy.")) and isinstance(node.func, ast.Attribute) and name.startswith("."):
        return _method(node, last, function, lookup)
    if not name.startswith(("numpy.", "scipy.")):
        return None
    arguments = [value_of(one, function, lookup) for one in node.args]
    if last in TRANSFORMS and "fft" in name and arguments:
        return _transformed(arguments[0], last)
    if last in ELEMENTWISE:
        return _applied(last, arguments)
    first = arguments[0] if arguments else None
    if last in _REDUCTIONS:
        return _reduced(node, first)
    if last in _SAME_SHAPE:
        return _with_dtype(_new(first), node, function) if first is not None and first.is_array else None
    if last in {"zeros_like", "ones_like", "empty_like", "full_like"}:
        return _with_dtype(_new(first), node, function)
    if last == "outer" and len(arguments) > 1 and first is not None and arguments[1] is not None:
        sizes = (first.size, arguments[1].size)
        return Value(Sort.ARRAY, _common(first, arguments[1]), sizes, is_new=True)
    if last in {"zeros", "ones", "empty", "full", "arange", "linspace", "concatenate", "vstack", "hstack", "stack", "append"}:
        return Value(Sort.ARRAY, None, None, is_new=True)
    if last == "asarray":
        return first
    return None


def _applied(last: str, arguments: list[Value | None]) -> Value | None:
    known = [one for one in arguments if one is not None]
    dtype = None
    if known and len(known) == len(arguments):
        dtype = known[-1].dtype if last == "where" else known[0].dtype
        for one in known[1:] if last != "where" else known[1:-1]:
            dtype = _common(replace(known[0], dtype=dtype), one) if dtype is not None else None
        if last in _TRUTH_GIVING:
            dtype = _TRUTHS
        elif last in _REAL_GIVING:
            dtype = _real(dtype)
        elif (
            dtype is not None and dtype.kind in "bui" and last in {"sqrt", "exp", "log", "sin", "cos", "divide", "true_divide"}
        ):
            dtype = _REALS
    value = _elementwise(arguments, dtype)
    if value is None or value.is_array:
        return value
    return replace(value, sort=Sort.NUMPY_NUMBER)


def _method(node: ast.Call, last: str, function: Function, lookup: Lookup) -> Value | None:
    inner = node.func.value if isinstance(node.func, ast.Attribute) else None
    value = None if inner is None else value_of(inner, function, lookup)
    if value is None or value.sort not in {Sort.ARRAY, Sort.NUMPY_NUMBER}:
        return None
    if last in _REDUCTIONS:
        return _reduced(node, value)
    if last in _COPYING_METHODS:
        return _with_dtype(_new(value), node, function)
    if last in {"flatten", "ravel"}:
        return Value(Sort.ARRAY, value.dtype, (value.size,), is_new=last == "flatten")
    if last == "tolist":
        return Value(Sort.SEQUENCE)
    return Value(Sort.ARRAY, value.dtype, None) if last in _VIEWS else None


def _with_dtype(value: Value | None, node: ast.Call, function: Function) -> Value | None:
    """With the dtype that a call asks for, if it does."""
    asked = [one.value for one in node.keywords if one.arg == "dtype"]
    if function.name_of(node.func).endswith(".astype"):
        asked += node.args[:1]
    if value is None or not asked:
        return value
    return replace(value, dtype=dtype_named(asked[0], function))


def dtype_named(node: ast.expr, function: Function) -> "np.dtype[np.generic] | None":
    """What `float`, `np.int64` or `"complex128"` asks for."""
    name = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else function.name_of(node)
    try:
        return np.dtype(name.removeprefix("numpy."))
    except TypeError:
        return None


def _transformed(value: Value | None, last: str) -> Value | None:
    if value is None or not value.is_array:
        return Value(Sort.ARRAY, _COMPLEX, None, is_new=True)
    dtype = _REALS if last in {"irfft", "hfft"} else _COMPLEX
    shape = value.shape
    if shape and last in {"rfft", "irfft", "hfft", "ihfft", "rfft2", "irfft2"}:
        size = shape[-1]
        halved = None if size is None else size // 2 + 1 if last.startswith(("r", "ih")) else 2 * (size - 1)
        shape = (*shape[:-1], halved)
    return Value(Sort.ARRAY, dtype, shape, is_new=True)


def _reduced(node: ast.Call, value: Value | None) -> Value | None:
    """Over one axis, where it is named; else to a number."""
    if value is None or not value.is_array:
        return value
    axis = next((one.value for one in node.keywords if one.arg == "axis"), None)
    if axis is None:
        return Value(Sort.NUMPY_NUMBER, value.dtype)
    match axis:
        case ast.Constant(value=int(number)) | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(number))) if (
            value.shape
        ):
            index = -number if isinstance(axis, ast.UnaryOp) else number
            if -len(value.shape) <= index < len(value.shape):
                kept = list(value.shape)
                del kept[index]
                return Value(Sort.ARRAY, value.dtype, tuple(kept), is_new=True)
        case _:
            pass
    return Value(Sort.ARRAY, value.dtype, None, is_new=True)
