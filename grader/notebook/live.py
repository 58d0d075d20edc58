"""From a live function to what would be handed in: the cells that were run, or the file that it stands in."""

import ast
import inspect
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import TYPE_CHECKING

from grader.content.finding import meant_task
from grader.content.notebook import condensed
from grader.content.parsing import BrokenCodeError
from grader.content.reading import SourceFile
from grader.content.static_code import read_code
from grader.errors import UsageError
from grader.notebook.shell import running_shell
from grader.text import harmless_name, listed

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

SESSION = "session.ipynb"
"""What the cells that were run are called in messages; code cell 4 is what Jupyter shows as `In [4]`."""


@dataclass(frozen=True)
class LiveFunction:
    """A function of the running session, and where its text is."""

    names: frozenset[str]
    """What the session calls it."""
    source: SourceFile | Path
    """The cells that were run, or a file."""


def find_live(function: object) -> LiveFunction:
    """Where a function comes from.

    Raises:
        UsageError: it is no function, or its text is nowhere to be found.
    """
    if not callable(function):
        raise UsageError(
            f"there is no function to check, but a {harmless_name(type(function).__name__)}; "
            "give the function itself, without calling it: grader.check(julia)"
        )
    shell = running_shell()
    if shell is not None:
        names = frozenset(name for name, value in list(shell.user_ns.items()) if value is function and not name.startswith("_"))
        cells = session_cells(shell)
        if names & _defined_in(cells):
            return LiveFunction(names, cells)
    file = _file_of(function)
    if file is None:
        raise UsageError(
            "no cell of this session defines this function under a name of its own; "
            "write it as `def julia(…):`, run its cell, and then grader.check(julia)"
        )
    return LiveFunction(frozenset({str(getattr(function, "__name__", ""))}), file)


def task_named(names: Collection[str], tasks: Collection[str]) -> str:
    """The task that a function's name means, exactly before nearly; UsageError where it means none, or several."""
    for candidates in ({*names} & {*tasks}, {task for name in names if (task := meant_task(name, tasks))}):
        if len(candidates) == 1:
            return candidates.pop()
    called = listed(map(repr, sorted(names)))
    raise UsageError(f"{called} does not say which task it is for ({listed(sorted(tasks))}): grader.check(…, task='julia')")


def session_cells(shell: "InteractiveShell") -> SourceFile:
    """All cells as they were run, in that order, as a notebook that holds nothing else."""
    executed: list[str] = shell.history_manager.input_hist_raw if shell.history_manager is not None else []
    return SourceFile(SESSION, condensed(_that_ran(shell, executed[1:])))  # IPython counts from 1


def _that_ran(shell: "InteractiveShell", cells: Iterable[str]) -> Iterable[str]:
    """The cells, with an empty one for each that Python refused: it never ran, and its numbers stay those of the session."""
    for cell in cells:
        try:
            ast.parse(shell.transform_cell(cell))  # type: ignore[no-untyped-call]  # it carries no types
        except (SyntaxError, ValueError):
            yield ""
        else:
            yield cell


def _defined_in(cells: SourceFile) -> frozenset[str]:
    try:
        return frozenset(read_code(cells).definitions)
    except BrokenCodeError:
        return frozenset()


def _file_of(function: object) -> Path | None:
    """The file that the innermost of a function's wrappers stands in."""
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    if not isinstance(code, CodeType):
        return None
    file = Path(code.co_filename)
    return file if file.is_file() else None
