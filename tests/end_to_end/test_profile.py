"""`grader profile` with real workers: files of one's own, authors in the sandbox, notebooks, compiled code, what is refused."""

from pathlib import Path

import pytest

from tests.end_to_end.small_course import LOOPS, STARTER, VECTORS, SmallCourse, make_course
from tests.end_to_end.test_notebooks import IMPORTS, notebook

COMPILED = """import numpy as np
from numba import njit

@njit
def total(points, i):
    t = 0.0
    for j in range(len(points)):
        d = points[i] - points[j]
        t += np.sqrt((d * d).sum())
    return t

@njit
def distances(points):
    totals = np.empty(len(points))
    for i in range(len(points)):
        totals[i] = total(points, i)
    return totals
"""
LOOP_CELL = """def distances(points):
    total = []
    for one in points:
        total.append(sum(np.linalg.norm(one - points, axis=1)))
    return total"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    made = make_course(tmp_path_factory.mktemp("course") / "small")
    made.hand_in("ada", LOOPS)
    made.hand_in("noah", notebook(IMPORTS, LOOP_CELL), "distances.ipynb")
    made.hand_in("broken", "import nowhere\n\ndef distances(points):\n    return points\n")
    return made


def test_a_file_of_ones_own_needs_no_task_and_no_sandbox(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(LOOPS, encoding="utf-8")
    ran = course.grader("profile", file)
    assert ran.code == 0, ran.err
    marked = [line for line in ran.out.splitlines() if "▶" in line and "slowest" not in line]
    assert len(marked) == 1
    assert "total += math.dist(one, other)" in marked[0]
    assert "while its lines are watched" in ran.out
    assert "sandbox: none" in ran.out
    assert "line 8: python-loop, at most" in ran.out
    assert "to do: let one NumPy operation handle a whole array" in ran.out
    assert "the next step is shown by the reference numpy" in ran.out


def test_an_authors_program_is_profiled_in_the_sandbox(course: SmallCourse) -> None:
    ran = course.grader("profile", "ada", "--task", "distances", "--json")
    assert ran.code == 0, ran.err
    document = ran.json
    assert document["sandbox"] != "none"
    assert document["slowest"]["line"] == 8
    assert document["slowdown"] > 0
    assert document["compiled_functions"] == 0
    assert [(one["cause"], one["line"]["line"]) for one in document["findings"]][:1] == [("python-loop", 8)]
    assert document["findings"][0]["gain"] > 1.5
    assert document["next_reference"] == "numpy"
    by_line = {line["line"]: line for line in document["lines"]}
    outer, inner = by_line[5], by_line[8]
    assert inner["hits"] == (outer["hits"] - 1) ** 2
    assert course.processes() == []


def test_vectors_are_native_and_their_memory_is_told(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(VECTORS, encoding="utf-8")
    document = course.grader("profile", file, "--json").json
    assert document["native_share"] > 0.9
    assert document["memory"]["peak_bytes"] > 0
    assert [line["hits"] for line in document["lines"]] == [1]


def test_a_notebooks_slowest_line_is_named_by_its_cell(course: SmallCourse) -> None:
    ran = course.grader("profile", "noah", "--task", "distances", "--json")
    assert ran.code == 0, ran.err
    slowest = ran.json["slowest"]
    assert (slowest["file"], slowest["cell"], slowest["line"]) == ("distances.ipynb", 2, 4)


def test_compiled_code_is_shown_as_the_python_that_it_is_written_in(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(COMPILED, encoding="utf-8")
    ran = course.grader("profile", file, "--json")
    assert ran.code == 0, ran.err
    document = ran.json
    assert document["compiled_functions"] == 2
    assert document["compile_time_s"] > 0.05
    assert document["native_share"] == 1
    assert document["as_python"]["case"]
    assert document["slowest"]["line"] in {8, 9}
    assert all(line["hits"] == 0 for line in document["lines"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ada",), "say which of the author's programs it is: --task TASK"),
        (("adda", "--task", "distances"), "did you mean 'ada'?"),
        (("ada", "--task", "distance"), "did you mean 'distances'?"),
        (("broken", "--task", "distances"), "the file cannot be imported"),
        (("broken", "--task", "distances"), "hint: the module 'nowhere' is neither among your files"),
        (("nowhere.py",), "nowhere.py"),
        ((), "say either whose program is to be profiled (a file or an author), or --all"),
        (("ada", "--all"), "say either whose program is to be profiled (a file or an author), or --all"),
        (("--all", "--store", "none.sqlite"), "nothing has been graded yet"),
    ],
)
def test_what_cannot_be_profiled_is_refused_with_a_reason(course: SmallCourse, words: tuple[str, ...], said: str) -> None:
    ran = course.grader("profile", *words)
    assert ran.code == 2
    assert said in ran.err


def test_a_function_that_fails_is_told_where(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(STARTER, encoding="utf-8")
    ran = course.grader("profile", file)
    assert ran.code == 2
    assert "distances.py, line 3, in distances" in ran.err
    assert "NotImplementedError" in ran.err


def test_a_wrong_answer_is_said_instead_of_advice(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(LOOPS.replace("total += ", "total -= "), encoding="utf-8")
    ran = course.grader("profile", file)
    assert ran.code == 0, ran.err
    assert "▶ slowest: line 8" in ran.out
    assert "the answer is wrong: `grader check FILE` says where" in ran.out
    assert "Wrong on case" in ran.out
    assert "python-loop" not in ran.out
    assert "the next step" not in ran.out
