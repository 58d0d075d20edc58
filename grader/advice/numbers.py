"""Rules about the numbers themselves: wider than they need be, objects, powers, roots, divisions, and lengths of transforms."""

import ast
from collections.abc import Callable, Iterator

import numpy as np

from grader.advice.arrays import Value, dtype_named
from grader.advice.code import Statement, words
from grader.advice.facts import COMPILED_SHARE, LEAST_SHARE, Facts, shown
from grader.advice.finding import Cause, Finding
from grader.execution.line_looks import Seen, Sort

_WIDE_BYTES = 8
_LARGE_PRIME = 50
"""A transform goes by the prime factors of its length; for larger ones it falls back to slower ways."""


def object_array(facts: Facts) -> Finding | None:
    """An array of Python's objects: each operation calls Python for each element."""
    found = _lines_with(facts, lambda dtype: dtype.kind in "OUS")
    if found is None:
        return None
    statement, seen, share = found
    return facts.finding(
        Cause.OBJECT_ARRAY,
        statement,
        share,
        f"`{seen.name}` holds {seen.size:,} {'objects' if seen.dtype == np.object_ else 'texts'}: the {facts.told(statement)}",
        "keep numbers in it, of a dtype of NumPy's: small codes such as 0, 1, 2 for names (int8), else float64",
    )


def extended_precision(facts: Facts) -> Finding | None:
    """Numbers of 80 bits, which no vector instruction and no library handles."""
    found = _lines_with(facts, lambda dtype: dtype in _EXTENDED and dtype not in _USUAL)
    if found is None:
        return None
    statement, seen, share = found
    return facts.finding(
        Cause.DTYPE_UPCAST,
        statement,
        share,
        f"`{seen.name}` is of dtype {seen.dtype}, one number at a time for the processor: the {facts.told(statement)}",
        "float64 and complex128 are what is asked for: drop the conversion",
    )


_EXTENDED = (np.dtype(np.longdouble), np.dtype(np.clongdouble))
_USUAL = (np.dtype(np.float64), np.dtype(np.complex128))
"""What the extended ones are on some machines."""


def _lines_with(facts: Facts, is_meant: Callable[["np.dtype[np.generic]"], bool]) -> tuple[Statement, Seen, float] | None:
    """The hottest line with an array of such a dtype, that array, and the share of all such lines."""
    found = {
        one: seen
        for one in facts.hot_in_python()
        for seen in _arrays_on(facts, one)
        if seen.dtype is not None and is_meant(seen.dtype) and seen.size > 1
    }
    if not found:
        return None
    hottest = max(found, key=facts.share)
    return hottest, found[hottest], min(1.0, sum(map(facts.share, found)))


def wider_than_given(facts: Facts) -> Finding | None:
    """What is given is widened, and all that is done with it moves so many more bytes."""
    narrow = {name: seen for name, seen in _given(facts) if seen.dtype is not None}
    for statement in facts.in_python():
        wide = _widened(statement, narrow)
        if wide is None:
            continue
        target, before, after = wide
        using = [one for one in facts.in_python() if one.function is statement.function and target in one.names]
        hot = facts.hot(using)
        share = min(1.0, sum(map(facts.share, using)))
        if not hot or share < LEAST_SHARE:
            continue
        return facts.finding(
            Cause.DTYPE_UPCAST,
            hot[0],
            share,
            f"`{target}` holds in {after} what came in {before}: {after.itemsize // before.itemsize} times the bytes"
            f" through memory; the line {facts.each(hot[0])}, and lines with `{target}` take {share:.0%} of the time",
            f"keep it in {before}, as it was given",
        )
    return None


def counts_too_wide(facts: Facts) -> Finding | None:
    """Truth values are counted in numbers of eight bytes."""
    for statement in facts.hot_in_python():
        wide = _counted_wide(facts, statement)
        if wide is None:
            continue
        share = facts.share(statement)
        return facts.finding(
            Cause.DTYPE_UPCAST,
            statement,
            share,
            f"`{shown(wide)}` counts truth values in {facts.dtype_text(wide, statement)}: eight bytes for each where one does;"
            f" the {facts.told(statement)}",
            "counts up to 127 fit into int8: np.zeros(…, dtype=np.int8)",
        )
    return None


def _counted_wide(facts: Facts, statement: Statement) -> ast.expr | None:
    """The array of wide numbers to which truths are added, or that truths are turned into."""
    node = statement.node
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add) and isinstance(node.target, ast.Name):
        target, added = facts.value(node.target, statement), facts.value(node.value, statement)
        if _is_wide(target) and added is not None and added.is_array and added.dtype == np.bool_:
            return node.target
    return _truths_made_wide(facts, statement)


def _truths_made_wide(facts: Facts, statement: Statement) -> ast.Call | None:
    """`(grid == kind).astype(float)`."""
    for name, call in statement.calls():
        if name == ".astype" and isinstance(call.func, ast.Attribute):
            before = facts.value(call.func.value, statement)
            if before is not None and before.is_array and before.dtype == np.bool_ and _is_wide(facts.value(call, statement)):
                return call
    return None


def truths_kept_wide(facts: Facts) -> Finding | None:
    """Truth values are kept as numbers of eight bytes, and shifted and added up as such."""
    for statement in facts.in_python():
        match statement.node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if value is _truths_made_wide(facts, statement):
                pass
            case _:
                continue
        using = [one for one in facts.in_python() if one.function is statement.function and target in one.names]
        share, hot = min(1.0, sum(map(facts.share, using))), facts.hot(using)
        size = max((seen.size for one in using for seen in facts.seen(one, target)), default=0)
        if share < LEAST_SHARE or not hot or size < _MANY_TRUTHS or not _need_no_width(facts, using, target):
            continue
        return facts.finding(
            Cause.DTYPE_UPCAST,
            hot[0],
            share,
            f"`{target}` holds {size:,} truth values in {facts.dtype_text(value, statement)}: eight bytes for each where one"
            f" does; the line {facts.each(hot[0])}, and lines with `{target}` take {share:.0%} of the time",
            f"counts up to 127 fit into int8: make `{target}` with `.astype(np.int8)`, and what it is added up in",
        )
    return None


_MANY_TRUTHS = 10_000
"""Of fewer a call costs as much as what it moves."""
_OF_SMALL_NUMBERS = words("abs astype copy count_nonzero int len pad range roll sum zeros_like")
"""What is as right, and faster, of numbers of one byte; with products of matrices, transforms and means it is not so."""


def _need_no_width(facts: Facts, using: list[Statement], target: str) -> bool:
    """Whether lines only shift, add up and multiply truth values, with whole numbers or with what they make of them."""
    called = {name.split(".")[-1] for one in using for name, _ in one.calls()}
    operators = {type(node.op) for one in using for node in one.walk() if isinstance(node, ast.BinOp)}
    made = frozenset({target}).union(*(one.targets for one in using))
    others = (seen for one in using for name in one.read - made for seen in facts.seen(one, name))
    is_whole = all(seen.dtype is None or seen.dtype.kind in "biu" for seen in others)
    return is_whole and called <= _OF_SMALL_NUMBERS and operators <= {ast.Add, ast.Sub, ast.Mult}


def _is_wide(value: Value | None) -> bool:
    return value is not None and value.is_array and value.dtype is not None and value.dtype.itemsize == _WIDE_BYTES


def _given(facts: Facts) -> Iterator[tuple[str, Seen]]:
    """The arrays that the function is given."""
    entry = facts.entry
    for statement in facts.program.statements:
        if entry is not None and statement.function is entry:
            yield from (
                (name, one) for name in entry.parameters for one in facts.seen(statement, name) if one.sort is Sort.ARRAY
            )


def _widened(
    statement: Statement, narrow: dict[str, Seen]
) -> tuple[str, "np.dtype[np.generic]", "np.dtype[np.generic]"] | None:
    """The variable that holds an input in a wider dtype than it came in, with both."""
    if not isinstance(statement.node, ast.Assign) or len(statement.targets) != 1:
        return None
    (target,) = statement.targets
    for name, call in statement.calls():
        asked = [one.value for one in call.keywords if one.arg == "dtype"]
        source: ast.expr | None = None
        if name == ".astype" and isinstance(call.func, ast.Attribute):
            source, asked = call.func.value, asked + call.args[:1]
        elif name in {"numpy.array", "numpy.asarray", "numpy.ascontiguousarray"} and call.args:
            source, asked = call.args[0], asked + call.args[1:2]
        if not isinstance(source, ast.Name) or source.id not in narrow or not asked:
            continue
        before, after = narrow[source.id].dtype, dtype_named(asked[0], statement.function)
        if before is not None and after is not None and after.kind in "iufc" and after.itemsize > before.itemsize:
            return target, before, after
    return None


def _arrays_on(facts: Facts, statement: Statement) -> list[Seen]:
    names = sorted(statement.names)
    return [seen for name in names for seen in facts.seen(statement, name) if seen.sort is Sort.ARRAY]


def power_of_integer(facts: Facts) -> Finding | None:
    """A power by the general function, where a product or two give the same."""
    compiled = (one for one in facts.hot_in_compiled() if facts.share(one) >= COMPILED_SHARE)
    for statement in (*facts.hot_in_python(), *compiled):
        for base, power in _powers(facts, statement):
            is_compiled = statement.function.is_compiled
            if base is None or not (is_compiled or base.is_array):
                continue
            each = "each time" if is_compiled else "for each element"
            share = facts.share(statement)
            return facts.finding(
                Cause.POWER,
                statement,
                share,
                f"`{power}` calls the general power {each}: the {facts.told(statement)}",
                "write the product out: `z * z`, `x * x * x`",
            )
    return None


def _powers(facts: Facts, statement: Statement) -> Iterator[tuple[Value | None, str]]:
    """Powers with a whole number; of `x ** 2` NumPy makes a product itself, and the compiler of all that are real."""
    for node in statement.walk():
        match node:
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() | float() as exponent)):
                value = facts.value(base, statement)
                is_complex = value is not None and value.dtype is not None and value.dtype.kind == "c"
                is_general = is_complex if statement.function.is_compiled else abs(exponent) > 2  # noqa: PLR2004 -- x²
                if float(exponent).is_integer() and is_general:
                    yield value, shown(node)
            case ast.Call(func=function, args=[base, ast.Constant(value=int() | float() as exponent)]):
                is_power = statement.function.name_of(function) in _POWERS
                if is_power and float(exponent).is_integer():
                    yield facts.value(base, statement), shown(node)
            case _:
                continue


_POWERS = frozenset({"numpy.power", "numpy.float_power", "math.pow", "pow", "cmath.pow"})


def prime_transform(facts: Facts) -> Finding | None:
    """The length of a transform has a large prime factor, and it is not the task that wants it."""
    found = {one.row: one for one in facts.profile.times.looks.transforms if largest_prime(one.length) >= _LARGE_PRIME}
    for statement in facts.hot_in_python():
        for row in statement.rows:
            length = found[row].length if row in found else 0
            if length and length not in facts.input_sizes:
                share = facts.share(statement)
                return facts.finding(
                    Cause.PRIME_FFT,
                    statement,
                    share,
                    f"it transforms {length:,} numbers at a time, which has the prime factor {largest_prime(length):,}:"
                    f" the {facts.told(statement)}",
                    f"pad with zeros to a length of small factors: scipy.fft.next_fast_len({length}) is {next_fast(length):,}",
                )
    return None


def largest_prime(number: int) -> int:
    """The largest prime factor."""
    largest, factor = 1, 2
    while factor * factor <= number:
        while number % factor == 0:
            largest, number = factor, number // factor
        factor += 1
    return max(largest, number)


def next_fast(length: int) -> int:
    """The next length whose prime factors are at most 7."""
    while largest_prime(length) > 7:  # noqa: PLR2004 -- said above
        length += 1
    return length


def full_spectrum(facts: Facts) -> Finding | None:
    """A complex transform of real numbers: half of what it gives mirrors the other half."""
    for statement in facts.hot_in_python():
        for name, call in statement.calls():
            is_complex = name in {"numpy.fft.fft", "scipy.fft.fft", "scipy.fftpack.fft"}
            value = facts.value(call.args[0], statement) if call.args else None
            if is_complex and value is not None and value.is_array and value.dtype is not None and value.dtype.kind in "iuf":
                share = facts.share(statement)
                return facts.finding(
                    Cause.FULL_SPECTRUM,
                    statement,
                    share,
                    f"`{name.replace('numpy.', 'np.')}` of real numbers ({value.dtype}): half of its answer mirrors the other"
                    f" half; the {facts.told(statement)}",
                    "rfft gives the half that is needed, in half of the time",
                )
    return None


def needless_root(facts: Facts) -> Finding | None:
    """A compiled loop takes a square root only to compare it, or to square it again."""
    for statement in facts.hot_in_compiled():
        if facts.share(statement) < COMPILED_SHARE:
            continue
        for node in _rooted(facts, statement):
            share = facts.share(statement)
            return facts.finding(
                Cause.NEEDLESS_ROOT,
                statement,
                share,
                f"`{shown(node)}` takes a square root (with care for overflow, too) in each round of a compiled loop:"
                f" the line is {share:.0%} of the work",
                "compare squares: `z.real * z.real + z.imag * z.imag <= 4`",
            )
    return None


def _rooted(facts: Facts, statement: Statement) -> Iterator[ast.expr]:
    """Roots that are compared with a number, or squared; on the line itself, or in a variable that others compare."""
    for node in statement.walk():
        match node:
            case ast.Compare(left=left, comparators=[right]):
                yield from (one for one in (left, right) if _is_root(facts, statement, one))
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=2)) if _is_root(facts, statement, base):
                yield base
            case _:
                continue
    node = statement.node
    if isinstance(node, ast.Assign) and _is_root(facts, statement, node.value):
        own = (one for one in facts.program.statements if one.function is statement.function and one is not statement)
        uses = [one for one in own if statement.targets & one.read]
        if uses and all(any(isinstance(part, ast.Compare) for part in one.walk()) for one in uses):
            yield node.value


def _is_root(facts: Facts, statement: Statement, node: ast.expr) -> bool:
    match node:
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=0.5)):
            return True
        case ast.Call():
            pass
        case _:
            return False
    name = statement.function.name_of(node.func)
    if name in {"math.sqrt", "numpy.sqrt", "math.hypot", "numpy.hypot", "cmath.sqrt"}:
        return True
    if name not in {"abs", "numpy.abs", "numpy.absolute"} or not node.args:
        return False
    value = facts.value(node.args[0], statement)
    return value is not None and not value.is_array and value.dtype is not None and value.dtype.kind == "c"


def division_in_loop(facts: Facts) -> Finding | None:
    """A compiled loop divides whole numbers to find each neighbour."""
    for statement in facts.hot_in_compiled():
        if facts.share(statement) < COMPILED_SHARE or not statement.loops:
            continue
        for node in statement.walk():
            if _divides(statement, node) and not _is_constant_power(node):
                share = facts.share(statement)
                return facts.finding(
                    Cause.DIVISION,
                    statement,
                    share,
                    f"`{shown(node)}` divides, some 20 to 40 cycles where an addition takes one, in each round of a"
                    f" compiled loop: the line is {share:.0%} of the work",
                    "wrap around by comparing: `right = j + 1 if j < n - 1 else 0`, once for each row or column",
                )
    return None


def _divides(statement: Statement, node: ast.AST) -> bool:
    """Whether it is a division of whole numbers."""
    match node:
        case ast.BinOp(op=ast.Mod() | ast.FloorDiv()):
            return True
        case ast.Call(func=function):
            return statement.function.name_of(function) in {"divmod", "numpy.mod", "numpy.remainder"}
        case _:
            return False


def _is_constant_power(node: ast.AST) -> bool:
    """Whether it divides by a power of two that is written there: the compiler makes a shift of it."""
    right = node.right if isinstance(node, ast.BinOp) else None
    return (
        isinstance(right, ast.Constant)
        and isinstance(right.value, int)
        and right.value > 0
        and not right.value & (right.value - 1)
    )
