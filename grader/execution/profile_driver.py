"""What runs a submission's function line by line: sent to its worker as a file beside its own, never imported by the grader.

All that it finds out was found out inside the submission's own process: it is for the student to read, and decides nothing.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import CellType, CodeType, FrameType, FunctionType
from typing import Any, TypeAlias

import numpy as np
import psutil
from line_profiler import LineProfiler
from numpy.typing import NDArray

PLAIN, TIME, MEMORY = range(3)
"""How a call is watched: not at all, the time of its lines, or the memory that they leave behind."""

Hits: TypeAlias = NDArray[np.int64]
Reals: TypeAlias = NDArray[np.float64]


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

    def __init__(self, function: Callable[..., object], files: Sequence[tuple[str, int]], folders: int) -> None:
        """`folders` is how deep this file lies below the folder that the files' paths start from."""
        self._function = function
        self._rows = Rows(Path(__file__).parents[folders], files)
        self._timer: LineTimer | None = None

    def __call__(self, kind: int, *arguments: object) -> tuple[Hits, Reals, Reals]:
        """One call; what the function returns is let go of."""
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
            for line, count, time in lines:
                row = self._rows.of(file, line)
                if row is not None:
                    hits[row] += count
                    times_s[row] += time * stats.unit
        return hits, times_s


def originals_of_compiled() -> list[object]:
    """The Python functions that Numba compiles: they run without their lines, and are left as they are."""
    dispatcher = sys.modules.get("numba.core.dispatcher")
    if dispatcher is None:
        return []
    return [found.py_func for found in gc.get_objects() if issubclass(type(found), dispatcher.Dispatcher)]


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
