"""All that the rules look at: the program's text beside what one profile has measured of it."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from grader.advice.arrays import Lookup, Value, value_of
from grader.advice.code import Function, Program, Statement, read_program
from grader.advice.finding import Cause, Finding, amdahl_gain
from grader.content.reading import SourceFile
from grader.execution.line_looks import CompiledFunction, Seen, Sort
from grader.execution.line_profile import line_count
from grader.grading.line_facts import LineFacts, line_facts, own_times_s, total_s
from grader.grading.profile_lines import Hardware, LineProfile, LineTimes
from grader.grading.roofline import limit
from grader.machine import Peaks
from grader.text import shortened_name
from grader.units import time_text

_SHOWN_CHARACTERS = 60
"""Of a piece of code in a sentence."""
LEAST_SHARE = 0.10
"""Of the time: lines that take less are not spoken of."""
COMPILED_SHARE = 0.2
"""Of the work, from which on a compiled line is spoken of: where its time really goes is a guess."""
_MANY_HITS, _PYTHON_S = 500, 10e-6


@dataclass(frozen=True)
class Facts:
    """One program and its profile."""

    profile: LineProfile
    program: Program
    text: LineFacts

    @property
    def hardware(self) -> Hardware:
        """What the program has to work with."""
        return self.profile.hardware

    @cached_property
    def _own_shares(self) -> NDArray[np.float64]:
        return _own_shares(self.profile.times, self.text)

    @cached_property
    def _own_shares_as_python(self) -> NDArray[np.float64]:
        """Without lines that call other compiled functions: what a call costs in Python is nothing once it is compiled."""
        as_python = self.profile.as_python
        if as_python is None:
            return np.zeros(len(self.profile.lines))
        shares = _own_shares(as_python, self.text)
        shares[[row for one in self.in_compiled() if self.calls_compiled(one) for row in one.rows]] = 0.0
        return shares

    @cached_property
    def compiled_share(self) -> float:
        """Of the time, what passes in the submission's compiled functions."""
        if not self.profile.compiled_functions:
            return 0.0
        if not any(self.profile.times.times_s):
            return 1.0
        return sum(self.share(one) for one in self.in_python() if self.calls_compiled(one))

    def in_python(self) -> Iterator[Statement]:
        """The statements of functions that are not compiled."""
        return (one for one in self.program.statements if not one.function.is_compiled)

    def in_compiled(self) -> Iterator[Statement]:
        """The others."""
        return (one for one in self.program.statements if one.function.is_compiled)

    def hot(self, statements: Iterable[Statement]) -> list[Statement]:
        """Those that take a real share of the time, the hottest first."""
        shares = {one: self.share(one) for one in statements}
        return sorted((one for one, share in shares.items() if share >= LEAST_SHARE), key=lambda one: -shares[one])

    def hot_in_python(self) -> list[Statement]:
        """The hot lines that Python itself goes through."""
        return self.hot(self.in_python())

    def hot_with_calls(self) -> list[Statement]:
        """The lines in Python that take a real share of the time with all that they call."""
        shares = {one: self.share_with_calls(one) for one in self.in_python()}
        return sorted((one for one, share in shares.items() if share >= LEAST_SHARE), key=lambda one: -shares[one])

    def hot_in_compiled(self) -> list[Statement]:
        """The lines of compiled functions where their work is, as the program shows without the compiler."""
        return self.hot(self.in_compiled())

    def share(self, statement: Statement) -> float:
        """Of the whole time, without what the submission's own functions take that it calls.

        Of a line that is compiled it is a guess: its share of the work as Python, of the time that compiled functions take.
        """
        rows = list(statement.rows)
        if statement.function.is_compiled:
            return float(self._own_shares_as_python[rows].sum() / self._most_as_python) * self.compiled_share
        return float(self._own_shares[rows].sum())

    @cached_property
    def _most_as_python(self) -> float:
        """The share of the compiled functions' lines in a run as Python."""
        rows = sorted({row for one in self.in_compiled() for row in one.rows})
        return max(float(self._own_shares_as_python[rows].sum()), 1e-9)

    def share_with_calls(self, statement: Statement) -> float:
        """Of the whole time, with what the submission's own functions take that it calls."""
        times = self._times(statement)
        share = min(1.0, sum(times.shares[row] for row in statement.rows))
        return share * self.compiled_share if times.as_python else share

    def hits(self, statement: Statement) -> int:
        """How often it ran in a call; 0 where that is not known."""
        times = self._times(statement)
        return max((times.hits[row] or 0 for row in statement.rows), default=0)

    def time_s(self, statement: Statement) -> float:
        """What it takes in one call, with all that it calls and without the cost of watching."""
        times = self._times(statement)
        return sum(times.shares[row] for row in statement.rows) * times.call_s

    def hit_s(self, statement: Statement) -> float | None:
        """What it takes each time that it runs."""
        hits = self.hits(statement)
        return self.time_s(statement) / hits if hits else None

    def _times(self, statement: Statement) -> LineTimes:
        is_compiled = statement.function.is_compiled and self.profile.as_python is not None
        return self.profile.as_python if is_compiled and self.profile.as_python is not None else self.profile.times

    def calls_compiled(self, statement: Statement) -> bool:
        """Whether it calls a function of the submission's own that Numba compiles."""
        return bool(self.compiled_called(statement))

    def compiled_called(self, statement: Statement) -> frozenset[str]:
        """The names of the compiled functions that it calls."""
        named = {name for row in statement.rows for name in self.text.calls.get(row, ())}
        held = {seen.name for seen in self._seen_on(statement) if seen.sort is Sort.COMPILED}
        return frozenset(named & (self.program.compiled_names | held))

    def _seen_on(self, statement: Statement) -> tuple[Seen, ...]:
        return tuple(seen for row in statement.rows for seen in self._seen_by_row.get(row, ()))

    @cached_property
    def _seen_by_row(self) -> dict[int, list[Seen]]:
        found: dict[int, list[Seen]] = {}
        for times in (self.profile.times, self.profile.as_python):
            for seen in () if times is None else times.looks.seen:
                found.setdefault(seen.row, []).append(seen)
        return found

    def seen(self, statement: Statement, name: str) -> tuple[Seen, ...]:
        """All ways in which a variable was found on a statement's lines."""
        return tuple(seen for seen in self._seen_on(statement) if seen.name == name)

    def lookup(self, statement: Statement) -> Lookup:
        """What each variable held: of arrays the largest, else what it was most of the time."""

        def look(name: str) -> Seen | None:
            return max(self.seen(statement, name), key=lambda one: (one.sort is Sort.ARRAY, one.size, one.looks), default=None)

        return look

    def value(self, node: object, statement: Statement) -> Value | None:
        """What an expression of a statement gives."""
        return value_of(node, statement.function, self.lookup(statement)) if isinstance(node, ast.expr) else None

    def finding(self, cause: Cause, at: Statement | int, share: float, evidence: str, next_step: str) -> Finding:
        """What a rule has found, at a statement's hottest line or at the line of a row, about this share of the time."""
        row = at if isinstance(at, int) else max(at.rows, key=self._heat)
        return Finding(cause, self.profile.lines[row], evidence, next_step, amdahl_gain(share))

    def _heat(self, row: int) -> float:
        as_python = self.profile.as_python
        return max(self.profile.times.shares[row], 0.0 if as_python is None else as_python.shares[row])

    def each(self, statement: Statement) -> str:
        """`runs 790,069 times, 139 ns each`; its share where that is not known."""
        hits, hit_s = self.hits(statement), self.hit_s(statement)
        if hit_s is None:
            return f"takes {self.share(statement):.0%} of the time"
        if hits == 1:
            return f"runs once and takes {time_text(hit_s)}"
        return f"runs {hits:,} times, {time_text(hit_s)} each"

    def told(self, statement: Statement) -> str:
        """`line runs 790,069 times, 139 ns each, 27 % of the time`."""
        return f"line {self.each(statement)}, {self.share(statement):.0%} of the time"

    @cached_property
    def converting_share(self) -> float:
        """Of a call, what it takes to bring the answer into the order in which it is asked for."""
        looks = self.profile.times.looks
        return min(1.0, looks.converting_s / looks.call_s) if looks.call_s > 0 else 0.0

    @property
    def entry(self) -> Function | None:
        """The function that the grader calls."""
        return self.program.function_named(self.profile.task)

    @cached_property
    def input_sizes(self) -> frozenset[int]:
        """The dimensions of the arrays that the function is given."""
        names = frozenset() if self.entry is None else self.entry.parameters
        own = (one for one in self.program.statements if one.function is self.entry)
        return frozenset(size for one in own for name in names for seen in self.seen(one, name) for size in seen.shape)

    def dtype_text(self, node: ast.expr, statement: Statement) -> str:
        """`float64`, of what an expression gives."""
        value = self.value(node, statement)
        return "numbers" if value is None or value.dtype is None else str(value.dtype)

    def compiled_at(self, row: int) -> CompiledFunction | None:
        """What Numba tells about the function that begins there."""
        found = [one for one in self.profile.times.looks.compiled if one.row == row]
        return max(found, key=lambda one: (one.is_new, one.signatures), default=None)

    @cached_property
    def interpreted(self) -> tuple[Statement, ...]:
        """The statements that Python goes through very often, for little each time."""
        return tuple(one for one in self.in_python() if self.is_interpreted(one))

    def is_interpreted(self, statement: Statement) -> bool:
        """Whether its time is that of Python's own work, by how often it runs and how little it takes each time."""
        hits, hit_s = self.hits(statement), self.hit_s(statement)
        return hits >= _MANY_HITS and hit_s is not None and hit_s < _PYTHON_S and not self.calls_compiled(statement)


def shown(node: ast.AST) -> str:
    """A piece of code in a sentence."""
    return shown_text(ast.unparse(node))


def shown_text(code: str) -> str:
    """The same, of its text."""
    return shortened_name(code, _SHOWN_CHARACTERS)


def shape_text(shape: Sequence[int | None]) -> str:
    """`1,000×8`."""
    return "×".join("?" if size is None else f"{size:,}" for size in shape)


def gather(profile: LineProfile, files: Sequence[SourceFile]) -> Facts:
    """The facts of a program; `files` are those that were profiled."""
    counts = [line_count(file) for file in files]
    return Facts(profile, read_program(files, counts), line_facts(files, counts))


def share_of_limit(profile: LineProfile, peaks: Peaks | None) -> float | None:
    """The least time of the profiled call over its own, by the task's usual algorithm; None where nobody knows.

    At 1, the machine can do no more.
    """
    needs, call_s = profile.needs, profile.times.call_s
    if peaks is None or needs is None or needs.operations is None or call_s <= 0:
        return None
    least = limit(needs.operations, needs.input_bytes, needs.output_bytes, profile.hardware.cores, peaks)
    return least.least_time_s / call_s


def _own_shares(times: LineTimes, text: LineFacts) -> NDArray[np.float64]:
    times_s = np.array(times.times_s, dtype=np.float64)
    whole_s = total_s(times_s, text)
    return own_times_s(times_s, text) / whole_s if whole_s > 0 else np.zeros(len(times_s))
