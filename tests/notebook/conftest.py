"""A notebook's shell in this process, on a small course."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from grader.notebook import magics
from tests.end_to_end.small_course import SmallCourse, make_course

Run = Callable[..., str]
"""Runs cells one after another; what the last one showed, with every traceback."""


@pytest.fixture(scope="session")
def small_course(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    """A course of one task that has a picture; its references are checked once for all tests."""
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture
def shell(small_course: SmallCourse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """IPython's shell as a kernel has it, in an empty folder, told where the course is."""
    monkeypatch.setenv("GRADER_COURSE", str(small_course.folder))
    monkeypatch.setattr(magics, "OWN_BUDGET_S", 0.0)  # the least number of runs: how fast it is, is not looked at
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    InteractiveShell.clear_instance()
    made: Any = InteractiveShell.instance()  # it carries no types
    made.history_manager.enabled = False  # nothing of the tests is written to disk
    yield made
    made.restore_sys_module_state()
    InteractiveShell.clear_instance()
    assert Path.cwd() == work


@pytest.fixture
def run(shell: InteractiveShell) -> Run:
    """Cells as a frontend sends them."""

    untyped: Any = shell

    def run_cells(*cells: str) -> str:
        shown = ""
        for cell in cells:
            with capture_output() as captured:
                untyped.run_cell(cell, store_history=True)
            shown = captured.stdout + captured.stderr
        return shown

    return run_cells
