"""Which text stands behind a function of a running session."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader.content.notebook import code_cells
from grader.errors import UsageError
from grader.notebook.live import find_live, session_cells, task_named
from tests.notebook.conftest import Run


def test_a_function_of_a_cell_is_found_in_the_cells_that_were_run(shell: InteractiveShell, run: Run) -> None:
    run("import math", "def area(r):\n    return math.pi * r * r")
    live = find_live(shell.user_ns["area"])
    assert live.names == {"area"}
    assert live.source == session_cells(shell)


def test_a_cell_that_python_refuses_leaves_an_empty_one_so_that_the_numbers_stay(shell: InteractiveShell, run: Run) -> None:
    run("a = 1", "def broken(:", "b = 2")
    assert code_cells(session_cells(shell).content) == ["a = 1", "", "b = 2"]


def test_magics_and_shell_lines_are_kept_as_they_were_typed(shell: InteractiveShell, run: Run) -> None:
    run("%time a = 1", "%%capture\nb = 2")
    assert code_cells(session_cells(shell).content) == ["%time a = 1", "%%capture\nb = 2"]


def test_a_function_that_a_decorator_wrapped_is_found_by_its_name(shell: InteractiveShell, run: Run) -> None:
    run("import functools", "@functools.lru_cache\ndef area(r):\n    return r", "area = functools.partial(area)")
    assert find_live(shell.user_ns["area"]).source == session_cells(shell)


def test_a_function_that_no_cell_made_is_looked_for_in_its_file(shell: InteractiveShell, run: Run) -> None:
    Path("area.py").write_text("def area(r):\n    return r\n", encoding="utf-8")
    run("%run area.py")
    source = find_live(shell.user_ns["area"]).source
    assert isinstance(source, Path)
    assert source.resolve() == Path("area.py").resolve()


@pytest.mark.parametrize("given", [3.0, "a nameless lambda", len])
@pytest.mark.usefixtures("shell")
def test_what_has_no_text_is_answered_with_what_to_do(given: object) -> None:
    function = eval("lambda r: r") if isinstance(given, str) else given  # noqa: S307 -- a function that stands nowhere
    with pytest.raises(UsageError, match=r"grader\.check\(julia\)"):
        find_live(function)


def test_a_function_of_a_plain_program_is_looked_for_in_its_file() -> None:
    assert find_live(task_named).source == Path(task_named.__code__.co_filename)


def test_the_task_is_told_by_the_name() -> None:
    tasks = ("julia", "julia_period", "matmul")
    assert task_named({"julia"}, tasks) == "julia"
    assert task_named({"mat_mul"}, tasks) == "matmul"
    assert task_named({"f", "julia_period"}, tasks) == "julia_period"


@pytest.mark.parametrize("names", [{"f"}, {"julia", "matmul"}])
def test_a_name_that_means_no_task_or_two_is_asked_about(names: set[str]) -> None:
    with pytest.raises(UsageError, match="does not say which task it is for"):
        task_named(names, ("julia", "matmul"))
