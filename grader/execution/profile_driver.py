"""What runs a submission's function line by line: sent to its worker as a file beside its own, never imported by the grader.

All that it finds out was found out inside the submission's own process: it is for the student to read, and decides nothing.
"""

import gc
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any, TypeAlias

import numpy as np
import psutil
from line_profiler import LineProfiler
from numpy.typing import NDArray

PLAIN, TIME, MEMORY, LOOK = range(4)
"""How a call is watched: not at all, the time of its lines, the memory that they leave behind, or what their variables hold."""

NUMBER, NUMPY_NUMBER, ARRAY, SEQUENCE, TEXT, MAPPING, COMPILED = range(7)
"""What a variable holds; of anything else nothing is told."""

MOST_SEEN, MOST_TRANSFORMS, MOST_COMPILED = 2048, 64, 64
"""The rows of the tables that a look gives."""
SEEN_COLUMNS, TRANSFORM_COLUMNS, COMPILED_COLUMNS = 14, 3, 4
_MOST_DIMENSIONS = 4
_LOOKS_A_LINE = 300
"""The first executions of a line whose variables are looked at."""

Hits: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64]
Names: TypeAlias = Mapping[int, Sequence[int]]
"""Of each row the names in it, by their numbers."""


class Rows:
    """The lines of all of a submission's files, one after the other: the rows of the tables that come back."""

    def __init__(self, folder: Path, files: Sequence[tuple[str, int]]) -> None:
        self._files: dict[str, tuple[int, int]] = {}
        self.count = 0
        for path, lines in files:
            self._files[str(folder / path)] = self.count, lines
            self.count += lines

    def __contains__(self, file: str) -> bool:
        """Whether it is one of the files."""
        return file in self._files

    def of(self, file: str, line: int) -> int | None:
        """The row of a line; None for a line that is not in the file, which generated code may have."""
        first, lines = self._files[file]
        return first + line - 1 if 1 <= line <= lines else None


class LineByLine:
    """The function; before its own arguments it takes how to watch the call, and gives each line's hits, seconds and bytes."""

    def __init__(
        self,
        function: Callable[..., object],
        files: Sequence[tuple[str, int]],
        folders: int,
        names: Sequence[str] = (),
        names_of: Names = {},  # noqa: B006 -- only read
    ) -> None:
        """`folders` is how deep this file lies below the folder that the files' paths start from."""
        self._function = function
        self._rows = Rows(Path(__file__).parents[folders], files)
        self._timer: LineTimer | None = None
        self._names, self._names_of = names, names_of

    def __call__(self, kind: int, *arguments: object) -> tuple[object, ...]:
        """One call; what the function returns is let go of."""
        if kind == LOOK:
            return Looks(self._rows, self._names, self._names_of).run(self._function, arguments)
        hits, times_s, growths_bytes = np.zeros(self._rows.count, np.int64), *np.zeros((2, self._rows.count))
        if kind == TIME:
            self._timer = self._timer or LineTimer(self._rows)
            hits, times_s = self._timer.run(self._function, arguments)
        elif kind == MEMORY:
            LineGrowth(self._rows, growths_bytes).run(self._function, arguments)
        else:
            self._function(*arguments)
        return hits, times_s, growths_bytes


class LineTimer:
    """line_profiler on all functions of the submission, those among them that are made when others run."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._profiler: Any = LineProfiler()
        compiled = set(map(id, originals_of_compiled()))
        for function in [found for found in gc.get_objects() if issubclass(type(found), FunctionType)]:
            if function.__code__.co_filename in rows and id(function) not in compiled:
                function.__code__ = self._known(function.__code__)

    def run(self, function: Callable[..., object], arguments: Sequence[object]) -> tuple[Hits, Reals]:
        """The hits and the seconds of every line in this call."""
        hits_before, times_before_s = self._totals()
        self._profiler.enable_by_count()
        try:
            function(*arguments)
        finally:
            self._profiler.disable_by_count()
        hits, times_s = self._totals()
        return hits - hits_before, times_s - times_before_s

    def _known(self, code: CodeType) -> CodeType:
        """Code that the profiler knows again: its own copy, which differs from any other, and in it copies of inner functions.

        Lambdas and comprehensions count for the line that runs them.
        """
        inner = tuple(
            self._known(constant) if isinstance(constant, CodeType) and not constant.co_name.startswith("<") else constant
            for constant in code.co_consts
        )
        cells = tuple(CellType() for _ in code.co_freevars)
        stand_in = FunctionType(code.replace(co_consts=inner), {}, closure=cells)
        self._profiler.add_function(stand_in)
        return stand_in.__code__

    def _totals(self) -> tuple[Hits, Reals]:
        """Of all calls so far."""
        hits, times_s = np.zeros(self._rows.count, np.int64), np.zeros(self._rows.count)
        stats = self._profiler.get_stats()
        for (file, _, _), lines in stats.timings.items():
            for line, count, time_units in lines:
                row = self._rows.of(file, line)
                if row is not None:
                    hits[row] += count
                    times_s[row] += time_units * stats.unit
        return hits, times_s


def originals_of_compiled() -> list[object]:
    """The Python functions that Numba compiles: they run without their lines, and are left as they are."""
    return [found.py_func for found in dispatchers()]


def dispatchers() -> list[Any]:
    """What Numba has put in the place of functions."""
    module = sys.modules.get("numba.core.dispatcher")
    return [] if module is None else [found for found in gc.get_objects() if issubclass(type(found), module.Dispatcher)]


class LineGrowth:
    """By how much resident memory has grown when a line ends, added up over all of its executions.

    What grows inside other functions of the submission counts for their lines; what is freed within a line is not seen. (The
    line mode of memory_profiler 0.61 compares a line with the line before it in the same function, so that the memory of the
    whole process counts for the line after each call of another profiled function.)
    """

    def __init__(self, rows: Rows, growths_bytes: Reals) -> None:
        self._rows = rows
        self._growths_bytes = growths_bytes
        self._usage: Callable[[], Any] = psutil.Process().memory_info
        self._row: int | None = None
        self._before_bytes = 0

    def run(self, function: Callable[..., object], arguments: Sequence[object]) -> None:
        """Fill the table in one call."""
        sys.settrace(self._trace)
        try:
            function(*arguments)
        finally:
            sys.settrace(None)

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 -- itself
        if frame.f_code.co_filename not in self._rows:
            return None
        now_bytes = self._usage().rss
        if self._row is not None:
            self._growths_bytes[self._row] += now_bytes - self._before_bytes
        self._before_bytes = now_bytes
        self._row = self._row_of(frame.f_back if event == "return" else frame)
        return self._trace

    def _row_of(self, frame: FrameType | None) -> int | None:
        """Of the line that goes on: the innermost one of the submission's own."""
        while frame is not None and frame.f_code.co_filename not in self._rows:
            frame = frame.f_back
        return None if frame is None else self._rows.of(frame.f_code.co_filename, frame.f_lineno)


class Looks:
    """What the variables of each line hold before and after it runs, how long the transforms are, and what Numba compiles."""

    def __init__(self, rows: Rows, names: Sequence[str], names_of: Names) -> None:
        self._rows, self._names, self._names_of = rows, names, names_of
        self._left: defaultdict[int, int] = defaultdict(lambda: _LOOKS_A_LINE)
        self._seen: dict[tuple[int, ...], list[int]] = {}
        """By row, name and traits: how often, and how many elements were true."""
        self._transforms: defaultdict[tuple[int, int], int] = defaultdict(int)

    def run(self, function: Callable[..., object], arguments: Sequence[object]) -> tuple[Hits, Hits, Hits, list[float]]:
        """The tables of one call, and the seconds that went into compiling, and go into bringing the answer into C order."""
        known = set(map(id, dispatchers()))
        with recorded_compiler() as recorder:
            sys.settrace(self._trace)
            try:
                answer = function(*arguments)
            finally:
                sys.settrace(None)
        return (
            _table([(*traits, *counts) for traits, counts in self._seen.items()], (MOST_SEEN, SEEN_COLUMNS)),
            _table([(*found, calls) for found, calls in self._transforms.items()], (MOST_TRANSFORMS, TRANSFORM_COLUMNS)),
            _table(self._compiled(known, recorder), (MOST_COMPILED, COMPILED_COLUMNS)),
            [compiling_s(recorder), converting_s(answer)],
        )

    def _compiled(self, known: set[int], recorder: Any) -> list[tuple[int, ...]]:  # noqa: ANN401 -- of Numba's
        """Of each compiled function of the submission: its row, its signatures, those in object mode, and whether it is new."""
        found: list[tuple[int, ...]] = []
        gone = [] if recorder is None else [event.data["dispatcher"] for _, event in recorder.buffer]
        for one in {id(one): one for one in (*dispatchers(), *gone)}.values():
            code = one.py_func.__code__
            row = self._rows.of(code.co_filename, code.co_firstlineno) if code.co_filename in self._rows else None
            if row is not None:
                in_object_mode = sum(bool(result.objectmode) for result in one.overloads.values())
                found.append((row, len(one.overloads), in_object_mode, id(one) not in known))
        return found

    def _trace(self, frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 -- what follows the frame
        if frame.f_code.co_filename in self._rows:
            return _FrameLooks(self).trace
        if event == "call" and "fft" in frame.f_code.co_filename:
            self._transform(frame)
        return None

    def look(self, frame: FrameType, row: int) -> None:
        """At the variables of a line."""
        if self._left[row] <= 0:
            return
        self._left[row] -= 1
        own, outer = frame.f_locals, frame.f_globals
        for number in self._names_of.get(row, ()):
            value = _value_of(self._names[number], own, outer)
            traits = traits_of(value)
            if traits is not None and (len(self._seen) < MOST_SEEN or (row, number, *traits) in self._seen):
                counts = self._seen.setdefault((row, number, *traits), [0, 0])
                counts[0] += 1
                counts[1] += int(np.count_nonzero(value)) if traits[:2] == (ARRAY, ord("b")) else 0

    def row_of(self, frame: FrameType) -> int | None:
        """Of the line that a frame of the submission's is at."""
        return self._rows.of(frame.f_code.co_filename, frame.f_lineno)

    def _transform(self, frame: FrameType) -> None:
        """The length, where this is the innermost function of NumPy's or SciPy's that a transform goes through."""
        found, name = frame.f_locals, frame.f_code.co_name
        length: Any = None
        if name == "_raw_fft":
            length = found.get("n")
        elif name in {"c2c", "r2c", "c2r"} and "x" in found:
            length = found.get("n")
            if length is None:
                stored = np.shape(found["x"])[found.get("axis", -1)]
                length = 2 * (stored - 1) if name == "c2r" else stored
        caller: FrameType | None = frame
        while caller is not None and caller.f_code.co_filename not in self._rows:
            caller = caller.f_back
        row = None if caller is None else self.row_of(caller)
        if length is not None and row is not None and len(self._transforms) < MOST_TRANSFORMS:
            self._transforms[row, int(length)] += 1


def _value_of(name: str, own: Mapping[str, Any], outer: dict[str, Any]) -> Any:  # noqa: ANN401 -- of any kind
    """What a variable holds, or what a mask without a name comes to."""
    if name in own:
        return own[name]
    if name.isidentifier():
        return outer.get(name)
    try:
        with np.errstate(all="ignore"):
            return eval(name, outer, own)  # noqa: S307 -- the submission's own text, in its own process
    except Exception:  # noqa: BLE001 -- before its variables have their values, or where they are of another kind
        return None


class _FrameLooks:
    """Follows one frame: its variables are looked at as each line begins and once more when it has ended."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks
        self._row: int | None = None

    def trace(self, frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401 -- itself
        if self._row is not None:
            self._looks.look(frame, self._row)
        self._row = None if event == "return" else self._looks.row_of(frame)
        if self._row is not None:
            self._looks.look(frame, self._row)
        return self.trace


def traits_of(value: Any) -> tuple[int, ...] | None:  # noqa: ANN401 -- of any kind
    """What it is, the dtype's kind and bytes, the order of its elements, the bytes that it spans, its dimensions, its shape."""
    kind = type(value)
    if issubclass(kind, np.ndarray):
        steps = zip(value.shape, value.strides, strict=True)
        span_bytes = value.itemsize + sum((count - 1) * abs(step) for count, step in steps) if value.size else 0
        order = 1 * value.flags.c_contiguous + 2 * value.flags.f_contiguous
        return _traits(ARRAY, value.dtype, order, span_bytes, value.shape)
    for sort, base in _sorts():
        if issubclass(kind, base):
            return _traits(sort, np.dtype(base) if sort == NUMBER else np.dtype(kind) if sort == NUMPY_NUMBER else None)
    return _traits(SEQUENCE, shape=(len(value),)) if issubclass(kind, list | tuple) else None


def _sorts() -> list[tuple[int, type]]:
    """What has no shape, by its type."""
    module = sys.modules.get("numba.core.dispatcher")
    compiled = [] if module is None else [(COMPILED, module.Dispatcher)]
    numbers = [(NUMBER, base) for base in (bool, int, float, complex)]
    return [(NUMPY_NUMBER, np.generic), *numbers, (TEXT, str), (MAPPING, dict), *compiled]


def _traits(
    sort: int,
    dtype: Any = None,  # noqa: ANN401 -- of any kind
    order: int = 0,
    span_bytes: int = 0,
    shape: tuple[int, ...] = (),
) -> tuple[int, ...]:
    kind, size_bytes = (0, 0) if dtype is None else (ord(dtype.kind), dtype.itemsize)
    known = (*shape, *(0,) * _MOST_DIMENSIONS)[:_MOST_DIMENSIONS]
    return (sort, kind, size_bytes, order, span_bytes, len(shape), *known)


def _table(rows: Sequence[Sequence[int]], shape: tuple[int, int]) -> Hits:
    """These rows, and −1 in those that are left."""
    table = np.full(shape, -1, np.int64)
    for number, row in enumerate(rows[: shape[0]]):
        table[number] = row
    return table


def recorded_compiler() -> AbstractContextManager[Any]:
    """A context in which is recorded what Numba compiles, and when; nothing where Numba was never imported."""
    events: Any = sys.modules.get("numba.core.event")
    return nullcontext() if events is None else events.install_recorder("numba:compile")


def compiling_s(recorder: Any) -> float:  # noqa: ANN401 -- of Numba's
    """What compiling took, functions that others call within those."""
    depth, started_s, whole_s = 0, 0.0, 0.0
    for time_s, event in () if recorder is None else recorder.buffer:
        if depth == 0:
            started_s = time_s
        depth += 1 if event.is_start else -1
        if depth == 0:
            whole_s += time_s - started_s
    return whole_s


def converting_s(answer: object) -> float:
    """What it takes to bring the arrays of an answer into C order."""
    parts = answer if issubclass(type(answer), tuple) else (answer,)
    started_s = time.perf_counter()
    for part in parts:  # type: ignore[attr-defined]  # mypy does not follow issubclass
        if issubclass(type(part), np.ndarray) and not part.flags.c_contiguous:
            part.copy(order="C")
    return time.perf_counter() - started_s
