"""`grader.check(distances)` in a notebook: what is checked, and what is shown."""

import re
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from grader.notebook.checking import Checked
from tests.end_to_end.small_course import VECTORS, SmallCourse
from tests.notebook.conftest import Run

IMPORT = "import grader"
NUMPY = "import numpy as np"
POWER = "POWER = 2"
FUNCTION = """def distances(points):
    return np.sqrt(((points[:, None] - points) ** POWER).sum(axis=2)).sum(axis=1)
"""
CHECK = "checked = grader.check(distances, budget_s=0)"


def checked_in(shell: InteractiveShell) -> Checked:
    found = shell.user_ns["checked"]
    assert isinstance(found, Checked)
    return found


def test_a_function_is_checked_with_what_it_needs_of_other_cells(shell: InteractiveShell, run: Run) -> None:
    run(IMPORT, NUMPY, POWER, FUNCTION, CHECK)
    checked = checked_in(shell)
    assert checked.is_right
    assert "you: correct" in repr(checked)
    assert re.search("(as fast as|than|apart yet from) (naive|numpy) ", repr(checked)), (
        "beside the fastest reference of this machine, whose noise may choose it"
    )
    assert "of session.ipynb, 'distances' and what it needs (POWER and np) was taken from code cells 2, 3 and 4" in repr(
        checked
    )
    html = checked._repr_html_()
    assert "<table>" in html
    assert "✓ you: correct" in html
    assert checked.drawn is not None
    (picture,) = checked.drawn.pictures
    assert {name: file[:4] for name, file in picture.files.items()} == {"light": b"\x89PNG", "dark": b"\x89PNG"}
    assert picture.is_right
    assert "data:image/png;base64," in html
    assert checked.advice is not None
    assert repr(checked).endswith("slowest code cell 4, line 2")
    assert "slowest code cell 4, line 2" in html


def test_what_is_checked_is_the_text_and_not_what_the_session_remembers(shell: InteractiveShell, run: Run) -> None:
    run(IMPORT, NUMPY, POWER, FUNCTION, "globals()['POWER'] = 3", CHECK)
    assert checked_in(shell).is_right
    run("POWER = 3", CHECK)
    assert not checked_in(shell).is_right


def test_a_wrong_answer_is_explained_as_on_the_command_line(shell: InteractiveShell, run: Run) -> None:
    run(IMPORT, NUMPY, FUNCTION.replace("np.sqrt", "").replace("POWER", "2"), CHECK)
    checked = checked_in(shell)
    assert not checked.is_right
    assert "WRONG_ANSWER" in repr(checked)
    assert "the root is missing" in checked._repr_html_()
    assert "from your output, which is wrong" in checked._repr_html_()
    assert "The case that fails" in checked._repr_html_()


def test_an_error_names_the_cell_and_its_line(shell: InteractiveShell, run: Run) -> None:
    run(IMPORT, "def distances(points):\n    return points[10**6]", CHECK)
    assert "session.ipynb, code cell 2 (`def distances(points):`), line 2" in " ".join(repr(checked_in(shell)).split())
    assert checked_in(shell).drawn is None


def test_another_function_than_the_one_that_would_be_handed_in_is_refused_without_a_traceback(run: Run) -> None:
    shown = run(IMPORT, NUMPY, POWER, FUNCTION, "def faster(points):\n    return points", "grader.check(faster, 'distances')")
    assert "that is not the one you gave" in shown
    assert "Traceback" not in shown


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("grader.check(distances(np.ones((1, 2))))", "without calling it"),
        ("grader.check(distances, 'distance')", "did you mean 'distances'"),
        ("grader.check('nowhere.py')", "there is no file"),
        ("grader.check(distances, course='nowhere')", "there is no course.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(run: Run, call: str, answer: str) -> None:
    shown = run(IMPORT, NUMPY, POWER, FUNCTION, call)
    assert answer in shown
    assert "Traceback" not in shown


def test_a_file_may_be_named(shell: InteractiveShell, run: Run) -> None:
    Path("distances.py").write_text(VECTORS, encoding="utf-8")
    run(IMPORT, "checked = grader.check('distances.py', budget_s=0)")
    assert checked_in(shell).is_right


def test_a_function_that_a_cell_imports_from_beside_the_notebook_is_checked_with_its_file(
    shell: InteractiveShell, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(Path.cwd())  # as a kernel does
    monkeypatch.delitem(sys.modules, "distances", raising=False)
    Path("distances.py").write_text(VECTORS, encoding="utf-8")
    run(IMPORT, "from distances import distances", CHECK)
    assert checked_in(shell).is_right


def test_the_course_is_found_in_a_folder_above(
    small_course: SmallCourse, shell: InteractiveShell, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADER_COURSE")
    assert "there is no course.toml" in run(IMPORT, NUMPY, POWER, FUNCTION, CHECK)
    with monkeypatch.context() as elsewhere:
        elsewhere.chdir(small_course.folder / "tasks")
        run(CHECK)
    assert checked_in(shell).is_right
