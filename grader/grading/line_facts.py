"""What the text of a submission says about its lines, and what follows from it for a table of their times.

A line's time holds that of the functions that it calls. So who looks for the slow line goes from a caller into what it calls.
Rows are the lines of all files, one file after the other, from 0.
"""

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from grader.content.parsing import BrokenCodeError, parse
from grader.content.reading import SourceFile

_PYTHON_S, _NATIVE_S = 2e-6, 20e-6
"""A line of plain Python takes less than the first each time that it runs, the profiler's cost in it; with more than the second
and nothing in it that goes round in Python, it waits for something else."""
_GOES_ROUND = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda)
"""Python code that runs many times while its line runs once."""
_ONE_BY_ONE = frozenset({"all", "any", "dict", "filter", "list", "map", "max", "min", "set", "sorted", "sum", "tuple", "zip"})
"""Python's functions that take elements one by one: of an array, each as an object of Python's."""

_SIZES = frozenset({"abs", "absolute", "hypot", "sqrt", "square"})
"""What masks ask of numbers."""
_OUTPUT = frozenset({"flush", "open", "print", "savefig", "write"})
"""What waits for a file or a terminal: a line that calls it may take long, and computes nothing."""
_FINDERS = frozenset({"where", "nonzero", "flatnonzero"})
"""What says where a mask is true."""


@dataclass(frozen=True)
class Function:
    """A function of the submission's own: its name, and the rows that are its own and no inner function's."""

    name: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class LineFacts:
    """What is read off the text."""

    functions: tuple[Function, ...] = ()
    mentions: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The names in each row."""
    masks: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """Comparisons that choose elements and have no name, by the row where they begin: `abs(z) <= 2` in `z[abs(z) <= 2]`."""
    calls: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The names that are called in each row."""
    goes_round: frozenset[int] = frozenset()
    """Rows that hold comprehensions, generators, lambdas, or calls of Python's own functions such as `sum`."""
    one_line_loops: frozenset[int] = frozenset()
    """Rows on which a whole loop stands, a comprehension's among them."""

    @property
    def looked_for(self) -> dict[int, frozenset[str]]:
        """All that a look at a row's variables tells about: its names, and its masks."""
        empty: frozenset[str] = frozenset()
        return {row: self.mentions.get(row, empty) | self.masks.get(row, empty) for row in (*self.mentions, *self.masks)}

    def called_by(self, row: int) -> tuple[Function, ...]:
        """The submission's own functions that a row mentions, but for the one that it stands in."""
        names = self.mentions.get(row, frozenset())
        return tuple(one for one in self.functions if one.name in names and row not in one.rows)

    def only_calls_own(self, row: int) -> bool:
        """Whether all that a row calls is the submission's own, so that its time is theirs."""
        return self.calls.get(row, frozenset()) <= {one.name for one in self.called_by(row)}


@dataclass(frozen=True)
class Split:
    """The shares of the time that surely pass in Python, and in native code; of what is left it cannot be told."""

    python: float
    native: float


def line_facts(files: Iterable[SourceFile], line_counts: Sequence[int]) -> LineFacts:
    """Read all files; of one that is not Python, nothing is known."""
    first_rows = itertools.accumulate(line_counts, initial=0)
    placed = [
        (first + getattr(node, "lineno", 0) - 1, node)
        for file, first in zip(files, first_rows, strict=False)
        for node in _nodes(file)
    ]
    called = [(row, node.func) for row, node in placed if isinstance(node, ast.Call)]
    goes_round = {row for row, node in placed if isinstance(node, _GOES_ROUND)}
    one_by_one = {row for row, function in called if isinstance(function, ast.Name) and function.id in _ONE_BY_ONE}
    loops = {row for row, node in placed if isinstance(node, ast.For | ast.While) and node.body[0].lineno == node.lineno}
    return LineFacts(
        functions=_functions(placed),
        mentions=_by_row((row, _name_of(node)) for row, node in placed if isinstance(node, ast.Name | ast.Attribute)),
        masks=_by_row((row, ast.unparse(mask)) for row, node in placed for mask in _masks_in(node)),
        calls=_by_row((row, _name_of(function)) for row, function in called),
        goes_round=frozenset(goes_round | one_by_one),
        one_line_loops=frozenset(loops | goes_round),
    )


def _functions(placed: Iterable[tuple[int, ast.AST]]) -> tuple[Function, ...]:
    """A row is the innermost function's around it: inner ones come after outer ones."""
    owner: dict[int, tuple[int, str]] = {}
    for row, node in placed:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first, last = node.body[0].lineno - node.lineno, (node.end_lineno or node.lineno) - node.lineno
            owner |= dict.fromkeys(range(row + first, row + last + 1), (row, node.name))
    rows_of: dict[tuple[int, str], list[int]] = {}
    for row, function in sorted(owner.items()):
        rows_of.setdefault(function, []).append(row)
    return tuple(Function(name, tuple(rows)) for (_, name), rows in rows_of.items())


def _masks_in(node: ast.AST) -> Iterator[ast.expr]:
    """What a subscript or the first argument of `where` compares, if it may be asked again: it is made of names and numbers.

    `nonzero` and `flatnonzero` are `where` with one argument.
    """
    match node:
        case ast.Subscript(slice=chosen):
            candidates = [chosen]
        case ast.Call(func=function, args=[condition, *_]) if _name_of(function) in _FINDERS:
            candidates = [condition]
        case _:
            return
    for one in candidates:
        parts = [part for part in ast.walk(one) if isinstance(part, ast.expr)]
        if any(isinstance(part, ast.Compare) for part in parts) and all(map(_is_pure, parts)):
            yield one


def _is_pure(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _name_of(node.func) in _SIZES and not node.keywords
    return isinstance(node, ast.Name | ast.Attribute | ast.Constant | ast.Compare | ast.BinOp | ast.UnaryOp)


def _by_row(named: Iterable[tuple[int, str]]) -> dict[int, frozenset[str]]:
    names: dict[int, set[str]] = {}
    for row, name in named:
        names.setdefault(row, set()).add(name)
    return {row: frozenset(found) for row, found in names.items()}


def _name_of(node: ast.expr) -> str:
    """`f` of `f` and of `a.f`; empty where it has no name."""
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def total_s(times_s: NDArray[np.float64], facts: LineFacts) -> float:
    """The time of the whole call as its lines tell it: that of the function that all others are called from."""
    return max((time_in(one, times_s) for one in facts.functions), default=0.0)


def slowest_row(times_s: NDArray[np.float64], facts: LineFacts) -> int | None:
    """The line that takes the most time itself: down from the slowest one, while most of a line's time is a called one's."""
    if not times_s.any():
        return None
    row = int(times_s.argmax())
    entered: set[Function] = set()
    while True:
        inside = [one for one in facts.called_by(row) if one not in entered and time_in(one, times_s) > times_s[row] / 2]
        if not inside:
            return row
        function = max(inside, key=lambda one: time_in(one, times_s))
        entered.add(function)
        row = max(function.rows, key=lambda one: float(times_s[one]))


def own_times_s(times_s: NDArray[np.float64], facts: LineFacts) -> NDArray[np.float64]:
    """Of each row the time that passes in it and in none of the submission's own functions that it calls.

    What a function takes is spread over the rows that call it, by their times.
    """
    own_s = times_s.copy()
    callers: dict[Function, list[int]] = {}
    for row in map(int, np.flatnonzero(times_s)):
        for function in facts.called_by(row):
            callers.setdefault(function, []).append(row)
    for function, rows in callers.items():
        inside_s, around_s = time_in(function, times_s), float(times_s[rows].sum())
        own_s[rows] -= inside_s * times_s[rows] / around_s
    return np.maximum(own_s, 0.0)


def split(times_s: NDArray[np.float64], hits: Sequence[int | None], facts: LineFacts) -> Split:
    """What surely passes in Python and what in native code, as shares of the whole call.

    A call of a function of the submission's own whose lines were not seen is one of compiled code; a submission none of whose
    lines were seen is compiled as a whole.
    """
    whole_s = total_s(times_s, facts)
    if whole_s == 0:
        return Split(0.0, 1.0)
    python_s = native_s = 0.0
    for row in map(int, np.flatnonzero(times_s)):
        time_s, count, called = float(times_s[row]), hits[row], facts.called_by(row)
        seen_s = sum(time_in(one, times_s) for one in called)  # told by the lines of what is called
        if any(time_in(one, times_s) == 0 for one in called):
            native_s += max(0.0, time_s - seen_s)
        elif called or facts.calls.get(row, frozenset()) & _OUTPUT:
            continue
        elif row not in facts.goes_round and count and time_s / count < _PYTHON_S:
            python_s += time_s
        elif row not in facts.goes_round and count and time_s / count > _NATIVE_S:
            native_s += time_s
    return Split(min(1.0, python_s / whole_s), min(1.0, native_s / whole_s))


def _nodes(file: SourceFile) -> list[ast.AST]:
    """Outer functions before inner ones."""
    try:
        return list(ast.walk(parse(file)))
    except BrokenCodeError:
        return []


def time_in(function: Function, times_s: NDArray[np.float64]) -> float:
    """The time of a function's own lines, with all that they call."""
    return float(times_s[list(function.rows)].sum())
