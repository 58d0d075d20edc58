"""`%%submission distances` checks its cell and writes the file to hand in; `%%profile_lines distances` profiles it."""

from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader.notebook.magics import WRITTEN
from tests.end_to_end.small_course import SmallCourse
from tests.notebook.conftest import Run

LOAD = "%load_ext grader"
NUMPY = "import numpy as np"
BODY = "def distances(points):\n    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)).sum(axis=1)\n"
CELL = f"%%submission distances\n{BODY}"
WRITTEN_TEXT = f"{WRITTEN.decode()}{NUMPY}\n{BODY}"


def test_the_cell_is_run_checked_and_written_with_what_it_needs(
    shell: InteractiveShell, run: Run, small_course: SmallCourse
) -> None:
    shown = run(LOAD, NUMPY, CELL)
    assert "you: correct" in shown
    assert "hand in: distances.py" in shown
    assert callable(shell.user_ns["distances"])
    assert Path("distances.py").read_text(encoding="utf-8") == WRITTEN_TEXT
    assert small_course.grader("check", Path("distances.py").resolve(), "--budget", "0").code == 0


def test_a_second_time_the_file_is_written_anew(run: Run) -> None:
    run(LOAD, NUMPY, CELL)
    assert "WRONG_ANSWER" in run(CELL.replace("np.sqrt", ""))
    assert Path("distances.py").read_text(encoding="utf-8") == f"{WRITTEN.decode()}{BODY.replace('np.sqrt', '')}"


def test_a_file_that_somebody_else_wrote_is_left_as_it_is(run: Run) -> None:
    Path("distances.py").write_text("# mine\n", encoding="utf-8")
    shown = run(LOAD, NUMPY, CELL)
    assert "is left as it is" in shown
    assert "Traceback" not in shown
    assert Path("distances.py").read_text(encoding="utf-8") == "# mine\n"


def test_another_folder_may_be_named(run: Run) -> None:
    run(LOAD, NUMPY, CELL.replace("%%submission distances", "%%submission distances 'to hand in'"))
    assert Path("to hand in/distances.py").read_text(encoding="utf-8") == WRITTEN_TEXT


def test_files_that_it_imports_are_named_beside_it(run: Run) -> None:
    Path("roots.py").write_text("from numpy import sqrt\n", encoding="utf-8")
    shown = run(LOAD, "from roots import sqrt", CELL.replace("np.sqrt", "sqrt"))
    assert "you: correct" in shown
    assert "roots.py" in shown.split("hand in: distances.py")[1]


def test_what_had_to_be_left_out_is_said(run: Run) -> None:
    shown = run(LOAD, NUMPY, "rows = []\nfor row in range(3):\n    rows.append(row)", CELL.replace("** 2", "** len(rows[1:])"))
    assert "'rows' is needed, but code cell 3, line 2, which makes or changes it, was left out" in " ".join(shown.split())


def test_a_cell_that_raises_is_neither_checked_nor_written(run: Run) -> None:
    shown = run(LOAD, NUMPY, f"{CELL}\n1 / 0")
    assert "ZeroDivisionError" in shown
    assert "correct" not in shown
    assert not Path("distances.py").exists()


def test_a_cell_without_the_function_writes_nothing_and_says_so(run: Run) -> None:
    assert "no function 'distances'" in run(LOAD, "%%submission distances\nx = 1")
    assert not Path("distances.py").exists()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", "write %%submission TASK"),
        (" a b c", "write %%submission TASK"),
        (" 'a", "write %%submission TASK"),
        (" distance", "did you mean 'distances'"),
    ],
)
def test_a_wrong_line_is_answered_with_what_to_write(run: Run, line: str, answer: str) -> None:
    shown = run(LOAD, f"%%submission{line}\n{BODY}")
    assert answer in shown
    assert "Traceback" not in shown


PROFILED = CELL.replace("%%submission", "%%profile_lines")


def test_a_cell_is_run_and_its_lines_are_profiled_by_their_cell(shell: InteractiveShell, run: Run) -> None:
    shown = run(LOAD, NUMPY, f"profiled = None\n{NUMPY}", PROFILED)
    assert "session.ipynb, code cell 4" in shown
    assert "▶ slowest: code cell 4, line 3" in shown
    assert callable(shell.user_ns["distances"])
    assert not Path("distances.py").exists()
    page = shell.user_ns["_"]._repr_html_()
    assert "code cell 4" in page
    assert page.count("▶ ") == 3, "on the line, in the caption, and in the sentence"


def test_a_profiled_cell_may_be_handed_in_as_it_is(run: Run) -> None:
    shown = run(LOAD, NUMPY, PROFILED, "import grader", "grader.check(distances, budget_s=0)")
    assert "you: correct" in shown


def test_what_cannot_be_profiled_is_said_in_a_line(run: Run) -> None:
    for cell, answer in (
        ("%%profile_lines\nx = 1", "write %%profile_lines TASK"),
        ("%%profile_lines distances faster\nx = 1", "write %%profile_lines TASK"),
        ("%%profile_lines distances\nx = 1", "no function 'distances'"),
        ("%%profile_lines distances\ndef distances(points):\n    return points[10**6]", "IndexError"),
    ):
        shown = run(LOAD, cell)
        assert answer in shown
        assert "Traceback" not in shown
    assert "ZeroDivisionError" in run("%%profile_lines distances\n1 / 0")
