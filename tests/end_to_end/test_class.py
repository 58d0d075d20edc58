"""A teaching assistant grades a class with the real command, in the real sandbox."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.end_to_end.small_course import LOOPS, PROJECT, VECTORS, GradedCourse, SmallCourse, make_course


def test_a_class_is_checked_measured_ranked_and_marked(graded_class: GradedCourse) -> None:
    document = graded_class.ran.json
    assert document["schema"] == 1
    assert document["sandbox"].startswith(("full", "reduced (no "))
    results = graded_class.course.results(graded_class.ran)
    assert results["lena"]["verdict"] == results["vera"]["verdict"] == "ACCEPTED"
    assert results["vera"]["rank"] == 1
    assert results["lena"]["rank"] == 3
    assert results["vera"]["points"] > results["lena"]["points"] >= 1
    assert results["wim"]["verdict"] == "WRONG_ANSWER"
    assert results["wim"]["rank"] is None
    assert "the root is missing" in results["wim"]["message"]
    assert {final["author"] for final in document["finals"]} == {"lena", "twin", "vera", "wim"}
    references = [result for result in document["results"] if result["kind"] == "reference"]
    assert {result["author"] for result in references} == {"naive", "numpy"}
    assert all(result["rank"] is None and result["verdict"] == "ACCEPTED" for result in references)


def test_a_second_grading_runs_nothing_and_says_the_same(graded_class: GradedCourse, graded: SmallCourse) -> None:
    before = _finished_pieces(graded)
    assert graded.grader("grade", "--json").out == graded_class.ran.out
    assert _finished_pieces(graded) == before
    assert graded.grader("rank", "--json").out == graded_class.ran.out


def test_one_changed_file_regrades_one_author(graded_class: GradedCourse, graded: SmallCourse) -> None:
    before = graded.results(graded_class.ran)
    graded.hand_in("lena", LOOPS + "\n# a comment more\n")
    after = graded.results(graded.grader("grade", "--json"))
    assert {author: after[author] for author in ("vera", "twin", "wim")} == {
        author: before[author] for author in ("vera", "twin", "wim")
    }
    assert after["lena"]["verdict"] == "ACCEPTED"
    assert after["lena"]["wall_time_s"] != before["lena"]["wall_time_s"]


def test_the_class_is_profiled_once_and_its_pages_show_what_would_make_each_faster(graded: SmallCourse, tmp_path: Path) -> None:
    for author in ("vera", "twin"):
        shutil.rmtree(graded.folder / "submissions" / author)
    ran = graded.grader("profile", "--all", "--json")
    assert ran.code == 0, ran.err
    (lena,) = ran.json["profiles"]
    assert (lena["author"], lena["is_new"], lena["problem"]) == ("lena", True, None)
    assert lena["findings"][0]["cause"] == "python-loop"
    again = graded.grader("profile", "--all")
    assert "lena · distances: line 8: python-loop" in again.out
    assert graded.grader("report", tmp_path / "pages", "--feedback").code == 0
    page = (tmp_path / "pages" / "lena.html").read_text(encoding="utf-8")
    assert "What would make it faster" in page
    assert "line 8: python-loop" in page
    assert "▶</span><code>            total += math.dist(one, other)" in page
    assert "What would make it faster" not in (tmp_path / "pages" / "wim.html").read_text(encoding="utf-8")


def test_copies_of_one_program_tie(graded_class: GradedCourse) -> None:
    results = graded_class.course.results(graded_class.ran)
    assert {results["vera"]["rank"], results["twin"]["rank"]} == {1}


def test_the_leaderboard_and_one_author_are_readable_as_text(graded: SmallCourse) -> None:
    board = graded.grader("grade")
    assert "vera" in board.out
    assert "ACCEPTED" in board.out
    assert "sandbox: full" in board.out or "sandbox: reduced (no " in board.out
    shown = graded.grader("show", "vera", "distances")
    assert "speed" in shown.out
    assert "a person decides" in shown.out


def test_without_a_sandbox_every_figure_is_stamped(course: SmallCourse) -> None:
    course.hand_in("vera", VECTORS)
    ran = course.grader("grade", "--trust-code", "--budget", "0")
    assert "UNSANDBOXED" in ran.out
    assert course.grader("rank", "--trust-code", "--json").json["sandbox"] == "none"
    in_sandbox = course.grader("rank", "--json").json
    assert in_sandbox["results"] == []  # figures of different tiers do not mix
    assert "vera · distances" in in_sandbox["ungraded"]


def test_without_bubblewrap_grading_refuses_and_names_the_remedy(course: SmallCourse, tmp_path: Path) -> None:
    course.hand_in("vera", VECTORS)
    ran = course.grader("grade", PATH=str(tmp_path))
    assert ran.code == 3
    assert "apt-get install bubblewrap" in ran.err
    assert not ran.out


def test_ctrl_c_ends_cleanly_and_keeps_what_is_done(course: SmallCourse) -> None:
    course.hand_in("vera", VECTORS)
    process = _start(course)
    _wait_until(lambda: _finished_pieces(course) > 0)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "interrupted" in errors
    assert "Traceback" not in errors
    _wait_until(lambda: course.processes() == [])
    kept = _query(course, "SELECT id FROM checks")
    assert kept
    assert course.results(course.grader("grade", "--json"))["vera"]["verdict"] == "ACCEPTED"
    assert set(kept) <= set(_query(course, "SELECT id FROM checks WHERE superseded = 0"))


MOMENTS = 12


@pytest.mark.parametrize("moment", range(MOMENTS))
def test_a_grading_killed_at_any_moment_goes_on_where_it_stopped(
    killed_course: SmallCourse, progress_so_far: list[int], moment: int
) -> None:
    process = _start(killed_course)
    time.sleep(0.3 + 0.2 * ((moment * 7) % MOMENTS))
    process.kill()
    process.communicate()
    _wait_until(lambda: killed_course.processes() == [])
    done = _finished_pieces(killed_course)
    assert done >= progress_so_far[-1], "a finished piece was lost"
    progress_so_far.append(done)


def test_after_all_those_kills_the_results_are_whole(killed_course: SmallCourse) -> None:
    ran = killed_course.grader("grade", "--json")
    assert ran.code == 0, ran.err
    results = killed_course.results(ran)
    assert {result["verdict"] for result in results.values()} == {"ACCEPTED"}
    assert all(result["rank"] is not None for result in results.values())
    assert _query(killed_course, "PRAGMA integrity_check") == [("ok",)]
    duplicated = "SELECT block, competitor, run, round FROM turns GROUP BY 1, 2, 3, 4 HAVING count(*) > 1"
    assert _query(killed_course, duplicated) == []
    assert _query(killed_course, "SELECT count(*) FROM checks WHERE superseded = 0") == [(4,)]
    empty_runs = (
        "SELECT number FROM runs WHERE NOT EXISTS (SELECT 1 FROM turns WHERE turns.block = runs.block AND run = number)"
    )
    assert _query(killed_course, empty_runs) == []


@pytest.fixture(scope="module")
def killed_course(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    course = make_course(tmp_path_factory.mktemp("killed"))
    course.hand_in("lena", LOOPS)
    course.hand_in("vera", VECTORS)
    return course


@pytest.fixture(scope="module")
def progress_so_far() -> list[int]:
    return [0]


def _start(course: SmallCourse) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "grader", "grade", "--course", str(course.folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        env=dict(os.environ),
    )


def _wait_until(condition: Callable[[], bool], patience_s: float = 60.0) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def _finished_pieces(course: SmallCourse) -> int:
    if not (course.folder / "results" / "results.sqlite").exists():
        return 0
    tables = {name for (name,) in _query(course, "SELECT name FROM sqlite_master")}
    if "runs" not in tables:
        return 0
    ((finished,),) = _query(course, "SELECT (SELECT count(*) FROM checks) + (SELECT count(*) FROM runs)")
    return int(str(finished))


def _query(course: SmallCourse, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(course.folder / "results" / "results.sqlite")) as connection:
        return connection.execute(text).fetchall()
