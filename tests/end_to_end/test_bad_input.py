"""Bad input gives one clear message, and costs nobody else a result."""

import json
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from grader.cli.app import app
from grader.errors import UsageError
from tests.end_to_end.small_course import LOOPS, GradedCourse, SmallCourse, make_course, run_grader

HEAD = "import os, sys, signal, threading, time\nimport numpy as np\n\n"
BODY = "def distances(points):\n    {}\n"

BAD: Mapping[str, tuple[str | bytes, str, tuple[str, ...]]] = {
    "empty": ("", "INVALID", ("empty",)),
    "not-utf-8": (b"def distances(points):\n    return '\xff'\n", "BUILD_ERROR", ("UTF-8", "line 5")),
    "nul-bytes": (b"def distances(points):\x00\n    pass\n", "BUILD_ERROR", ("NUL",)),
    "syntax": ("def distances(points)\n    return 0\n", "BUILD_ERROR", ("line 1", "^")),
    "unknown-module": ("import fastmath_pro\n" + BODY.format("return points"), "BUILD_ERROR", ("fastmath_pro", "neither")),
    "error-at-import": (BODY.format("return 0") + "1 / 0\n", "RUNTIME_ERROR", ("ZeroDivisionError", "line 3")),
    "misnamed": ("def total_lengths(p):\n    return 0\n", "INVALID", ("distances", "total_lengths")),
    "class-instead": ("class distances:\n    pass\n", "INVALID", ("class",)),
    "arity": ("def distances(points, metric):\n    return 0\n", "INVALID", ("metric", "distances(points")),
    "returns-none": (BODY.format("pass"), "INVALID", ("None", "return")),
    "text": (BODY.format("return 'far'"), "INVALID", ("number",)),
    "complex": (BODY.format("return np.full(len(points), 1j)"), "INVALID", ("complex",)),
    "shape": (BODY.format("return np.zeros((len(points), 2))"), "INVALID", ("shape (1, 2)", "return shape (1,)")),
    "not-finite": (BODY.format("return np.full(len(points), np.inf)"), "WRONG_ANSWER", ("point 0", "inf")),
    "exception": (
        BODY.format("return helper(points)") + "def helper(p):\n    return p[10**6]\n",
        "RUNTIME_ERROR",
        ("IndexError",),
    ),
    "exits": (BODY.format("sys.exit(0)"), "RUNTIME_ERROR", ("sys.exit",)),
    "exits-hard": (BODY.format("os._exit(0)"), "RUNTIME_ERROR", ("exited with code 0",)),
    "segfault": (BODY.format("import ctypes; ctypes.string_at(0)"), "RUNTIME_ERROR", ("SIGSEGV",)),
    "kills-itself": (BODY.format("os.kill(os.getpid(), signal.SIGKILL)"), "RUNTIME_ERROR", ("SIGKILL",)),
    "recursion": (BODY.format("return distances(points)"), "RUNTIME_ERROR", ("RecursionError", "loop")),
    "endless": (BODY.format("while True: pass"), "TIME_LIMIT", ("Too slow", "1x1")),
    "endless-import": ("while True:\n    pass\n" + BODY.format("return 0"), "TIME_LIMIT", ("import",)),
    "memory": (BODY.format("return np.ones(10**12)[:len(points)]"), "MEMORY_LIMIT", ("1 GiB", "1x1")),
    "forks": (BODY.format("os.fork()"), "RUNTIME_ERROR", ("new processes",)),
    "threads": (
        "import numba\n" + BODY.format("numba.set_num_threads(8)"),
        "RUNTIME_ERROR",
        ("more threads were asked for",),
    ),
    "asks": (BODY.format("return int(input('how many? '))"), "RUNTIME_ERROR", ("EOFError", "nobody answers input()")),
    "asks-at-import": (BODY.format("return 0") + "def main():\n    input()\nmain()\n", "RUNTIME_ERROR", ("line 7", "__main__")),
    "reads": (BODY.format("return np.load('points.npy')"), "RUNTIME_ERROR", ("FileNotFoundError", "and no others")),
    "command-line": ("N = int(sys.argv[1])\n" + BODY.format("return 0"), "RUNTIME_ERROR", ("sys.argv", "no command line")),
    "empty-function": (BODY.format('"""Nothing yet."""'), "INVALID", ("None", "return")),
    "tabs-and-spaces": (BODY.format("if True:\n\treturn 0"), "BUILD_ERROR", ("line 6", "tabs and spaces")),
    "latin-1": ("# größe\n".encode("latin-1") + BODY.format("return 0").encode(), "BUILD_ERROR", ("line 4", "UTF-8")),
    "another-name": ("def distanzen_größe(p):\n    return 0\n", "INVALID", ("distances", "distanzen_größe(p)")),
}


RIGHT = "return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)).sum(axis=1)"
WINDOWS = f"# Größe – Abstände\nimport numpy as np\n\ndef distances(points):\n\tgröße = len(points)\n\t{RIGHT}\n"
ODD: Mapping[str, str] = {
    "windows": "\ufeff" + WINDOWS.replace("\n", "\r\n"),
    "prints-megabytes": HEAD + BODY.format("print('x' * 3_000_000)\n    " + RIGHT),
    "plots": HEAD + "import matplotlib.pyplot as plt\n" + BODY.format("plt.plot(points)\n    plt.show()\n    " + RIGHT),
    "own-main": HEAD + BODY.format(RIGHT) + "def main():\n    input()\n\nif __name__ == '__main__':\n    main()\n",
    "thousands-of-lines": HEAD + "".join(f"def h{i}(x):\n    return x\n\n" for i in range(1700)) + BODY.format(RIGHT),
}
"""Unusual, and right."""


@pytest.fixture(scope="module")
def graded_course(tmp_path_factory: pytest.TempPathFactory) -> GradedCourse:
    """One class in which everybody but one hands in something bad."""
    course = make_course(tmp_path_factory.mktemp("bad"))
    course.hand_in("good", LOOPS)
    for author, (source, _, _) in BAD.items():
        course.hand_in(author, HEAD.encode() + source if isinstance(source, bytes) else _with_head(author, source))
    for author, text in ODD.items():
        course.hand_in(author, text)
    (course.folder / "submissions" / "nothing").mkdir()
    (course.folder / "submissions" / "dangling").mkdir()
    (course.folder / "submissions" / "dangling" / "distances.py").symlink_to(course.hand_in("good", LOOPS))
    course.hand_in("two-claim", LOOPS, "Distances.py")
    course.hand_in("two-claim", LOOPS, "my_distances.py")
    course.hand_in("near-miss", LOOPS, "Distances.py")
    course.hand_in("threaded", HEAD + BODY.format("return work(points)") + THREADED)
    ran = course.grader("grade", "--json")
    assert ran.code == 0, ran.err
    assert course.processes() == []
    return GradedCourse(course, ran)


@pytest.fixture(scope="module")
def graded(graded_course: GradedCourse) -> dict[str, Mapping[str, Any]]:
    """What everybody of it gets."""
    return graded_course.course.results(graded_course.ran)


THREADED = """
def work(points):
    threads = [threading.Thread(target=time.sleep, args=(0.02,)) for _ in range(7)]
    for thread in threads:
        thread.daemon = True
        thread.start()
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)).sum(axis=1)
"""


def _with_head(author: str, source: str) -> str:
    """The imports that most need, where they do not move the line that a message names."""
    return source if author in {"empty", "syntax", "error-at-import"} else HEAD + source


@pytest.mark.parametrize("author", BAD)
def test_a_bad_submission_gets_its_verdict_and_a_clear_message(graded: Mapping[str, Mapping[str, Any]], author: str) -> None:
    _, verdict, words = BAD[author]
    result = graded[author]
    assert result["verdict"] == verdict, result["message"]
    for word in words:
        assert word in result["message"]
    assert "Traceback" not in result["message"]
    assert "/tmp" not in result["message"]  # noqa: S108 -- a student's message names their files, not the sandbox's
    assert result["rank"] is None


@pytest.mark.parametrize("author", ODD)
def test_what_is_only_unusual_is_right(graded: Mapping[str, Mapping[str, Any]], author: str) -> None:
    assert graded[author]["verdict"] == "ACCEPTED", graded[author]["message"]
    assert len(graded[author]["printed"]) <= 1 << 16


def test_who_hands_in_nothing_is_missing(graded: Mapping[str, Mapping[str, Any]]) -> None:
    assert graded["nothing"]["verdict"] == "MISSING"


def test_a_link_out_of_the_folder_is_not_followed(graded: Mapping[str, Mapping[str, Any]]) -> None:
    assert graded["dangling"]["verdict"] in {"INVALID", "MISSING"}
    assert "link" in graded["dangling"]["message"]


def test_two_files_that_claim_one_task_are_both_named(graded: Mapping[str, Mapping[str, Any]]) -> None:
    assert graded["two-claim"]["verdict"] == "INVALID"
    assert "Distances.py" in graded["two-claim"]["message"]
    assert "my_distances.py" in graded["two-claim"]["message"]


def test_a_near_miss_of_the_file_name_is_taken_and_said(graded: Mapping[str, Mapping[str, Any]]) -> None:
    assert graded["near-miss"]["verdict"] == "ACCEPTED"
    assert any("Distances.py" in flag for flag in graded["near-miss"]["flags"])


def test_threads_beyond_the_budget_share_its_cores_and_are_flagged(graded: Mapping[str, Mapping[str, Any]]) -> None:
    result = graded["threaded"]
    assert result["verdict"] == "ACCEPTED"
    assert any("the budget is 1" in flag for flag in result["flags"])
    assert result["cpu_over_wall"] < 1.2


def test_nobody_else_loses_a_result(graded: Mapping[str, Mapping[str, Any]]) -> None:
    assert graded["good"]["verdict"] == "ACCEPTED"
    assert graded["good"]["rank"] is not None
    assert graded["good"]["points"] >= 1


# Profiles and pages of the same class


def in_process(course: SmallCourse, *words: str | Path) -> Result:
    """The command without the seconds that a process of its own takes."""
    return CliRunner().invoke(app, [*map(str, words), "--course", str(course.folder)])


@pytest.fixture(scope="module")
def pages(graded_course: GradedCourse, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The students' pages by author."""
    folder = tmp_path_factory.mktemp("pages") / "feedback"
    written = in_process(graded_course.course, "report", folder, "--feedback")
    assert written.exit_code == 0, written.output
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


def test_whoever_hands_in_something_bad_has_a_page_with_the_verdict_and_the_message(pages: Mapping[str, str]) -> None:
    for author, (_, verdict, words) in BAD.items():
        assert verdict in pages[author], author
        assert all(escape(word) in pages[author] for word in words), author


def test_and_so_has_everybody_else(pages: Mapping[str, str]) -> None:
    assert pages.keys() >= {*ODD, "good", "nothing", "dangling", "two-claim", "near-miss"}
    assert "more lines are left out" in pages["thousands-of-lines"]
    assert "größe = len(points)" in pages["windows"]


@pytest.mark.parametrize(
    ("author", "slowest"),
    [("windows", ".sum(axis=2)"), ("prints-megabytes", "print('x' * 3_000_000)")],
)
def test_what_is_only_unusual_has_a_profile(graded_course: GradedCourse, author: str, slowest: str) -> None:
    ran = in_process(graded_course.course, "profile", author, "--task", "distances", "--json")
    assert ran.exit_code == 0, ran.output
    assert slowest in json.loads(ran.stdout)["slowest"]["text"]


@pytest.mark.parametrize("author", ["syntax", "error-at-import", "segfault", "recursion"])
def test_what_cannot_be_run_cannot_be_profiled_and_the_reason_is_that_of_its_check(
    graded_course: GradedCourse, author: str
) -> None:
    ran = in_process(graded_course.course, "profile", author, "--task", "distances")
    assert isinstance(ran.exception, UsageError)
    _, _, words = BAD[author]
    assert all(word in str(ran.exception) for word in words if not word.startswith("line "))
    assert "grader_" not in str(ran.exception), "what watches the lines is not the student's"


def test_what_runs_and_gives_something_else_is_profiled_and_said_to_be_wrong(graded_course: GradedCourse) -> None:
    ran = in_process(graded_course.course, "profile", "returns-none", "--task", "distances")
    assert ran.exit_code == 0, ran.output
    assert "the answer is wrong" in ran.output


# What is misspelt or absent


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("rank", "distance"), "did you mean 'distances'"),
        (("grade", "--task", "distanses"), "did you mean 'distances'"),
        (("grade", "god"), "did you mean 'good'"),
        (("grade", "--tsk", "distances"), "--task"),
        (("new", "distanc"), "did you mean 'distances'"),
        (("check", "nowhere.py"), "nowhere.py"),
        (("rank", "--store", "none.sqlite"), "run `grader grade` first"),
        (("grade", "--store", "/proc/results.sqlite"), "--store"),
        (("gradee",), "grade"),
    ],
)
def test_what_is_misspelt_or_absent_is_named_with_what_was_meant(
    course: SmallCourse, words: tuple[str, ...], expected: str
) -> None:
    course.hand_in("good", LOOPS)
    ran = course.grader(*words)
    assert ran.code == 2
    assert expected in ran.err
    assert not ran.out


def test_a_broken_course_file_names_file_key_and_nearest_key(course: SmallCourse) -> None:
    path = course.folder / "course.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("budget_s_per", "budgt_s_per"), encoding="utf-8")
    ran = course.grader("grade")
    assert ran.code == 2
    assert "course.toml" in ran.err
    assert "measurement.budgt_s" in ran.err
    assert "'budget_s_per_submission'" in ran.err


def test_a_folder_without_a_course_says_where_it_looked(tmp_path: Path) -> None:
    ran = run_grader("tasks", "--course", tmp_path)
    assert ran.code == 2
    assert str(tmp_path) in ran.err
    assert "--course" in ran.err
