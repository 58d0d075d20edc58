"""From a notebook to a module: the wanted function with all that it needs, and nothing else of the notebook."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from grader.content.cells import Cell, Statement, read_cells
from grader.content.notebook import code_cells
from grader.content.parsing import BrokenCodeError
from grader.content.reading import SourceFile
from grader.text import listed

_NOTES_OF_A_KIND = 3
_MOST_STEPS = 100_000
"""Real notebooks take a few hundred."""
_AFTER_ALL = 1 << 30
"""The moment when the whole notebook has run."""


@dataclass(frozen=True)
class CellLines:
    """Where each line of an extracted module stands in the notebook."""

    notebook: str
    module: str
    places: tuple[tuple[int, int], ...]
    """Code cell and line in it, both from 1, for each line of the module."""
    beginnings: tuple[str, ...]
    """How each code cell begins: notebooks show no numbers that would tell which one is meant."""

    def located(self, text: str) -> str:
        """A message or a traceback with cells of the notebook instead of lines of the module.

        The text may come from the submission itself: it is only shown, so a forged line harms nobody.
        """
        named: set[int] = set()

        def place(found: re.Match[str]) -> str:
            number = int(found.group(1) or 0)
            if not 1 <= number <= len(self.places):
                return self.notebook
            cell, line = self.places[number - 1]
            beginning = "" if cell in named else f" (`{self.beginnings[cell - 1]}`)"
            named.add(cell)
            return f"{self.notebook}, code cell {cell}{beginning}, line {line}"

        return re.sub(rf'"?{re.escape(self.module)}"?(?:(?:, line |:| \()(\d{{1,9}})\)?)?', place, text)


@dataclass(frozen=True)
class Extraction:
    """A function's module, where its lines come from, and what the student should know, a sentence each."""

    file: SourceFile
    lines: CellLines
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """A notebook as far as it can be told without a wanted function."""

    definitions: SourceFile
    """Under the notebook's path: all that could be taken, in order, to be looked through for functions."""
    unusable: Mapping[str, str]
    """The functions whose last definition stands in a cell that cannot be read, with the reason."""
    problems: tuple[str, ...]
    """Of each cell that cannot be read, in one line."""
    is_empty: bool


def overview(file: SourceFile) -> Overview:
    """What a notebook defines."""
    cells = _cells(file)
    taken = [statement for cell in cells for statement in cell.statements if statement.may_be_taken]
    last_cell = {name: statement.cell for statement in taken for name in statement.makes}
    return Overview(
        definitions=SourceFile(file.path, _module_text(taken)),
        unusable={
            name: cell.problem
            for cell in cells
            if cell.problem
            for name in cell.would_define
            if last_cell.get(name, 0) < (1 if cell.is_foreign else cell.number)
        },
        problems=_problems(cells),
        is_empty=not any(cell.begins for cell in cells),
    )


def extract(file: SourceFile, function: str) -> Extraction:
    """The module that defines one function of a notebook.

    Raises:
        BrokenCodeError: what it needs cannot be followed.
    """
    cells = _cells(file)
    statements = [statement for cell in cells for statement in cell.statements]
    taken, missing = _Slice(statements, file.path).of(function)
    path = PurePosixPath(file.path)
    module = str(path.with_name(_module_name(path.stem)))
    return Extraction(
        file=SourceFile(module, _module_text(taken)),
        lines=CellLines(file.path, module, tuple(_places(taken)), tuple(cell.begins for cell in cells)),
        notes=(
            _what_was_taken(file.path, function, taken),
            *_few(_repeated(statements, taken)),
            *_few(missing),
            *_few(_magics_in_functions(taken)),
            *_few(f"left out: {problem}" for problem in _problems(cells)),
        ),
    )


@lru_cache(maxsize=128)
def _cells(file: SourceFile) -> tuple[Cell, ...]:
    """Read once, though asked about for each task."""
    return read_cells(code_cells(file.content), file.path)


# What is needed


class _Slice:
    """The statements that a function needs, found backwards from what is used to what makes it.

    A name used at the top level is what the last statement before made of it; one used in a function is so at the moment of the
    call: after all cells have run, and where the top level calls it, also there.
    """

    def __init__(self, statements: Sequence[Statement], path: str) -> None:
        self._statements = statements
        self._path = path
        self._makers: dict[str, list[int]] = {}
        self._left_out: dict[str, list[int]] = {}
        for index, statement in enumerate(statements):
            makers = self._makers if statement.may_be_taken else self._left_out
            for name in statement.makes:
                makers.setdefault(name, []).append(index)
        self._missing: dict[str, None] = {}

    def of(self, function: str) -> tuple[list[Statement], list[str]]:
        """The statements to take, in order, and what is needed but cannot be taken, a sentence each."""
        taken = {index for index, statement in enumerate(self._statements) if statement.is_always_taken}
        waiting = [(function, _AFTER_ALL, _AFTER_ALL)]
        seen: set[tuple[int, int]] = set()
        while waiting:
            name, before, user = waiting.pop()
            index = _last(self._makers.get(name, ()), before)
            self._look_for_gaps(name, index, before, user)
            if index is None or (index, before) in seen:
                continue
            seen.add((index, before))
            if len(seen) > _MOST_STEPS:
                raise BrokenCodeError(f"{self._path}: too much depends on too much; move {function!r} to a file of its own")
            taken.add(index)
            statement = self._statements[index]
            waiting += ((needed, index, index) for needed in statement.needs)
            waiting += ((needed, moment, index) for needed in statement.needs_when_called for moment in {before, _AFTER_ALL})
        statements = [self._statements[index] for index in sorted(taken)]
        # Python wants these at the beginning of a file.
        return sorted(statements, key=lambda statement: not statement.text.startswith("from __future__")), list(self._missing)

    def _look_for_gaps(self, name: str, index: int | None, before: int, user: int) -> None:
        """Note where a statement that cannot be taken had its part in the name, or where a later cell makes it."""
        if before not in {user, _AFTER_ALL}:
            return  # a call that may not take place: `fast = njit(slow)` calls nothing yet
        gap = _last(self._left_out.get(name, ()), before)
        if gap is not None and (index is None or gap > index):
            self._missing[_left_out(name, self._statements[gap])] = None
        elif index is None and user < _AFTER_ALL and name in self._makers and name not in self._statements[user].makes:
            self._missing[_too_late(name, self._statements[user], self._statements[self._makers[name][0]])] = None


def _last(indices: Sequence[int], before: int) -> int | None:
    """The last of ascending indices below a limit."""
    position = bisect_left(indices, before)
    return indices[position - 1] if position else None


# The module


def _module_name(stem: str) -> str:
    """A name that shadows no library, as `numba.ipynb` would do, and that can be imported."""
    name = re.sub(r"\W", "_", stem)
    return f"{'_' if name[:1].isdigit() else ''}{name}_ipynb.py"


def _module_text(statements: Iterable[Statement]) -> bytes:
    return "".join(f"{statement.text}\n" for statement in statements).encode()


def _places(statements: Iterable[Statement]) -> Iterator[tuple[int, int]]:
    for statement in statements:
        for offset in range(statement.text.count("\n") + 1):
            yield statement.cell, statement.line + offset


# What is said


def _what_was_taken(path: str, function: str, taken: Sequence[Statement]) -> str:
    names = sorted({name for statement in taken for name in statement.makes} - {function})
    others = f" and what it needs ({listed(names)})" if names else ""
    return f"of {path}, {function!r}{others} was taken from {_cell_list(taken)}; nothing else of the notebook is run"


def _repeated(statements: Sequence[Statement], taken: Sequence[Statement]) -> Iterator[str]:
    definitions: dict[str, list[Statement]] = {}
    for statement in statements:
        if statement.defines:
            definitions.setdefault(statement.defines, []).append(statement)
    there = set(taken)
    for name in dict.fromkeys(statement.defines for statement in taken if statement.defines):
        if any(definition not in there for definition in definitions[name]):
            count = len(definitions[name])
            yield f"{name!r} is defined {count} times, in {_cell_list(definitions[name])}: the last one was taken"


def _left_out(name: str, statement: Statement) -> str:
    return (
        f"{name!r} is needed, but code cell {statement.cell}, line {statement.line}, which makes or changes it, was left out: "
        "only imports, functions, classes and assignments are taken"
    )


def _too_late(name: str, user: Statement, maker: Statement) -> str:
    return (
        f"code cell {user.cell} uses {name!r} before code cell {maker.cell} makes it: restart the kernel, run all cells, and "
        "put them in order"
    )


def _magics_in_functions(taken: Iterable[Statement]) -> Iterator[str]:
    for statement in taken:
        if statement.holds_magic:
            yield f"{statement.defines!r} in code cell {statement.cell} holds a magic or a shell line, for notebooks alone"


def _problems(cells: Iterable[Cell]) -> tuple[str, ...]:
    return tuple(cell.problem.split("\n")[0] for cell in cells if cell.problem and not cell.is_foreign)


def _cell_list(statements: Iterable[Statement]) -> str:
    numbers = sorted({statement.cell for statement in statements})
    return f"code cell{'s' if len(numbers) > 1 else ''} {listed(map(str, numbers))}"


def _few(notes: Iterable[str]) -> list[str]:
    every = list(notes)
    more = len(every) - _NOTES_OF_A_KIND
    return every if more <= 0 else [*every[:_NOTES_OF_A_KIND], f"and {more} more like this"]
