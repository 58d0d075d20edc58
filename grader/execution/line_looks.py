"""What the variables of a submission's lines held in one call: read with caution, for it comes from its own process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np

from grader.content.task import Array

MOST_SEEN, MOST_TRANSFORMS, MOST_COMPILED = 2048, 64, 64
SEEN_COLUMNS, TRANSFORM_COLUMNS, COMPILED_COLUMNS = 14, 3, 4
SPENT = 2
"""The shapes of the tables; as the driver has them."""

_C_ORDER, _FORTRAN_ORDER = 1, 2
_MOST_DIMENSIONS = 4
_BYTES_A_CHARACTER = 4
_MOST_BYTES = 1 << 48
"""More is no size of anything."""
_KINDS = "biufcOUS"
"""Of the dtypes that are told; of others an array has none."""


class Sort(IntEnum):
    """What a variable holds; as the driver numbers it."""

    NUMBER = 0
    """One of Python's own."""
    NUMPY_NUMBER = 1
    ARRAY = 2
    SEQUENCE = 3
    """A list or a tuple."""
    TEXT = 4
    MAPPING = 5
    COMPILED = 6
    """A function that Numba compiles."""


@dataclass(frozen=True)
class Seen:
    """One way in which a variable was found on a line, before or after it ran."""

    row: int
    name: str
    sort: Sort
    dtype: "np.dtype[np.generic] | None" = None
    """Of arrays and numbers; None of others, and where it is none of the usual ones."""
    shape: tuple[int, ...] = ()
    """The first four dimensions of an array; the length of a list."""
    c_order: bool = False
    fortran_order: bool = False
    span_bytes: int = 0
    """From the first byte of an array to its last one: of a view less than its elements would take, or more."""
    looks: int = 1
    true_share: float | None = None
    """Of an array of truth values, over all looks."""

    @property
    def size(self) -> int:
        """How many elements it has."""
        return int(np.prod(self.shape, dtype=np.int64)) if self.sort is Sort.ARRAY else 1

    @property
    def size_bytes(self) -> int:
        """What the elements of an array take, each by itself."""
        return self.size * (self.dtype.itemsize if self.dtype is not None else 0)


@dataclass(frozen=True)
class Transform:
    """Fourier transforms of one length that a line makes."""

    row: int
    length: int
    calls: int


@dataclass(frozen=True)
class CompiledFunction:
    """A function that Numba has compiled, by the row where it begins, decorators and all."""

    row: int
    signatures: int
    """For how many combinations of argument types."""
    in_object_mode: int
    """Of those, the ones that run as Python's interpreter would."""
    is_new: bool
    """Whether the call itself has made it."""


@dataclass(frozen=True)
class Looks:
    """All that one call has shown of its variables, its transforms and its compiler."""

    seen: tuple[Seen, ...] = ()
    transforms: tuple[Transform, ...] = ()
    compiled: tuple[CompiledFunction, ...] = ()
    compiling_s: float = 0.0
    """What went into compiling, though it was not the first call."""
    converting_s: float = 0.0
    """What it takes to bring the arrays that are returned into C order, as an answer has to be."""
    call_s: float = 0.0
    """Of that call, with all that looking costs."""


def read_looks(seen: Array, transforms: Array, compiled: Array, spent_s: Array, names: Sequence[str], rows: int) -> Looks:
    """The tables of the driver; a row of them that cannot be true is left out."""
    compiling_s, converting_s = (time_s if np.isfinite(time_s) and time_s > 0 else 0.0 for time_s in spent_s.tolist())
    return Looks(
        seen=tuple(_seen(seen, names, rows)),
        transforms=tuple(
            Transform(row, length, calls)
            for row, length, calls in transforms.tolist()
            if 0 <= row < rows and 0 < length < _MOST_BYTES and calls > 0
        ),
        compiled=tuple(
            CompiledFunction(row, signatures, in_object_mode, is_new == 1)
            for row, signatures, in_object_mode, is_new in compiled.tolist()
            if 0 <= row < rows and 0 <= in_object_mode <= signatures < _MOST_BYTES
        ),
        compiling_s=compiling_s,
        converting_s=converting_s,
    )


def _seen(table: Array, names: Sequence[str], rows: int) -> Iterator[Seen]:
    for row, name, sort, kind, itemsize, order, span_bytes, dimensions, *rest in table.tolist():
        shape, looks, trues = tuple(rest[: min(max(dimensions, 0), _MOST_DIMENSIONS)]), rest[-2], rest[-1]
        is_possible = 0 <= row < rows and 0 <= name < len(names) and sort in set(Sort) and looks > 0
        if not is_possible or not all(0 <= one < _MOST_BYTES for one in (*shape, span_bytes)):
            continue
        if sort == Sort.SEQUENCE:
            shape = tuple(rest[:1])
        if np.prod(shape, dtype=float) > _MOST_BYTES:
            continue
        dtype = _dtype(kind, itemsize)
        found = Seen(
            row, names[name], Sort(sort), dtype, shape, bool(order & _C_ORDER), bool(order & _FORTRAN_ORDER), span_bytes, looks
        )
        yield found if dtype != np.bool_ or sort != Sort.ARRAY else _with_truths(found, trues)


def _with_truths(found: Seen, trues: int) -> Seen:
    return replace(found, true_share=min(1.0, max(0.0, trues / max(found.looks * found.size, 1))))


def _dtype(kind: int, itemsize: int) -> "np.dtype[np.generic] | None":
    try:
        code = chr(kind)
        size = "" if code == "O" else itemsize // _BYTES_A_CHARACTER if code == "U" else itemsize
        return np.dtype(f"{code}{size}") if code in _KINDS else None
    except (TypeError, ValueError, OverflowError):
        return None
