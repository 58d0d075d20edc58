"""The history of a classroom: commits, figures, and what is not in it."""

import json
import math
import sqlite3
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader.errors import UsageError
from grader.history.adding import PastState
from grader.history.asv_format import configuration_text
from grader.history.repository import HistoryRepository
from tests.grading.course_fixture import (
    NUMBA_PACE_S,
    NUMPY_PACE_S,
    REVIEWED_TASK,
    Classroom,
    nearly_doubled,
    paced,
)
from tests.history.past import CASES, grade_on, history_of


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.submit("ada", paced(NUMPY_PACE_S), "# ada's own words")
    classroom.submit("max", paced(NUMPY_PACE_S, compute=lambda x: 3 * x))
    return classroom


def add(classroom: Classroom) -> int:
    """How many gradings have come into the history."""
    with classroom.store() as store:
        return len(history_of(classroom).add(store, trust_code=False))


def git(classroom: Classroom, *words: str) -> str:
    command = ["git", "-C", str(classroom.folder / "history"), *words]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def figures(classroom: Classroom) -> list[dict[tuple[str, str], Any]]:
    """By author and case, grading by grading, the first one first: a time, None of a failure, NaN of what was not tried."""
    found = []
    for path in (classroom.folder / "history" / "results").glob("*/*-grader-*.json"):
        document = json.loads(path.read_text(encoding="utf-8"))
        results, (authors, cases), *_ = document["results"]["double.time_call"]
        pairs = [(author.strip("'"), case.strip("'")) for author in authors for case in cases]
        found.append((document["date"], dict(zip(pairs, results, strict=True))))
    return [of_grading for _, of_grading in sorted(found, key=lambda one: one[0])]


def test_every_grading_is_a_commit_with_its_date(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    classroom.submit("ada", paced(NUMBA_PACE_S), "# faster")
    grade_on(classroom, 12)
    assert add(classroom) == 2
    dates = git(classroom, "log", "--format=%as %s", "--reverse").splitlines()[1:]
    assert [line.partition(":")[0] for line in dates] == [
        "2026-10-05 Grading of 2026-10-05 10",
        "2026-10-12 Grading of 2026-10-12 10",
        "2026-10-12 Figures of 2 gradings",
    ]


def test_a_second_time_nothing_is_added(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    assert add(classroom) == 1
    before = git(classroom, "rev-parse", "main")
    assert add(classroom) == 0
    assert git(classroom, "rev-parse", "main") == before
    assert git(classroom, "status", "--porcelain") == ""


def test_what_is_graded_later_comes_later(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    add(classroom)
    classroom.submit("eve", paced(NUMBA_PACE_S))
    grade_on(classroom, 5, hour=11)
    assert add(classroom) == 1
    first, second = figures(classroom)
    assert ("student/EVE", "large") not in first, "the roster has grown since"
    assert second["student/EVE", "large"] == pytest.approx(NUMBA_PACE_S * 10_000)
    assert math.isnan(second["student/ADA", "large"]), "ada was not measured again"


def test_figures_are_the_leaderboards_and_those_of_the_check_at_other_cases(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    add(classroom)
    ((found),) = figures(classroom)
    assert found["student/ADA", "large"] == pytest.approx(NUMPY_PACE_S * 10_000)
    assert found["student/ADA", "small"] == pytest.approx(NUMPY_PACE_S * 100)
    assert found["reference/numba", "large"] == pytest.approx(NUMBA_PACE_S * 10_000)
    assert math.isnan(found["reference/naive", "large"]), "it was too slow to be tried"
    assert [found["student/MAX", case] for case in CASES["double"]] == [None, None, None], "wrong is a failure"


def test_a_slow_day_of_the_machine_moves_the_baseline_alone(classroom: Classroom) -> None:
    pace_s = 2 * NUMBA_PACE_S
    classroom.submit("ada", paced(pace_s))
    grade_on(classroom, 5)
    classroom.refer("numba", paced(2 * NUMBA_PACE_S))
    classroom.submit("ada", paced(2 * pace_s), "# once more")
    grade_on(classroom, 12)
    add(classroom)
    first, second = figures(classroom)
    assert second["reference/numba", "large"] == pytest.approx(2 * first["reference/numba", "large"])
    assert second["student/ADA", "large"] == pytest.approx(first["student/ADA", "large"])


def test_a_check_on_a_slow_machine_is_set_right_by_the_runs(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    with sqlite3.connect(classroom.store_file) as database:
        ((number, text),) = database.execute("SELECT id, result FROM checks WHERE author = 'ada'")
        result = json.loads(text)
        result["case_calls_s"] = {case: [3 * time_s for time_s in times_s] for case, times_s in result["case_calls_s"].items()}
        database.execute("UPDATE checks SET result = ? WHERE id = ?", (json.dumps(result), number))
    add(classroom)
    (found,) = figures(classroom)
    assert found["student/ADA", "large"] == pytest.approx(NUMPY_PACE_S * 10_000)
    assert found["student/ADA", "small"] == pytest.approx(NUMPY_PACE_S * 100)


def test_what_waits_for_a_person_is_not_in_it(tmp_path: Path) -> None:
    classroom = Classroom(tmp_path / "course")
    classroom.teach(REVIEWED_TASK)
    classroom.submit("ada", paced(NUMPY_PACE_S))
    classroom.submit("eve", paced(NUMPY_PACE_S, compute=nearly_doubled))
    classroom.submit("zoe", paced(NUMPY_PACE_S, compute=nearly_doubled))
    grade_on(classroom, 5)
    classroom.accept("zoe")
    add(classroom)
    (found,) = figures(classroom)
    assert ("student/EVE", "large") not in found
    assert found["student/ZOE", "large"] == pytest.approx(NUMPY_PACE_S * 10_000), "somebody has looked at it"


def test_no_name_and_no_word_of_a_program_is_in_the_repository(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    add(classroom)
    everything = git(classroom, "log", "--patch", "--format=%an %ae %cn %B")
    assert [word for word in ("ada", "max", "own words", "Wrong") if word in everything] == []


def test_samples_and_their_spread_are_kept(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    add(classroom)
    (path,) = (classroom.folder / "history" / "results").glob("*/*-grader-*.json")
    document = json.loads(path.read_text(encoding="utf-8"))
    row = dict(zip(document["result_columns"], document["results"]["double.time_call"], strict=False))
    place = row["params"][0].index("'student/ADA'") * len(CASES["double"]) + CASES["double"].index("large")
    assert row["stats_repeat"][place] == len(row["samples"][place]) >= 3
    assert row["stats_q_25"][place] <= row["result"][place] <= row["stats_q_75"][place]
    assert row["version"] == "1", "old results stay visible"


def test_the_state_of_a_commit_has_that_commits_date(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    state = PastState("0123456789abcdef", datetime(2025, 9, 1, 12, tzinfo=UTC))
    with classroom.store() as store:
        (added,) = history_of(classroom).add_state(store, state, trust_code=False)
    assert (added.submissions, added.at) == (state.commit, state.at)
    assert history_of(classroom).submissions == {state.commit}


def test_gradings_of_another_store_are_added_to_the_same_history(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    assert add(classroom) == 1
    classroom.store_file = classroom.store_file.with_name("next_term.sqlite")
    grade_on(classroom, 12)
    assert add(classroom) == 1
    assert add(classroom) == 0


def test_without_a_sandbox_is_another_history(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    with classroom.store() as store:
        assert history_of(classroom).add(store, trust_code=True) == ()


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("do not touch", encoding="utf-8")
    with pytest.raises(UsageError, match="no history of the grader's"):
        HistoryRepository(tmp_path, names=False, configuration=configuration_text("Lab"))
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_names_and_pseudonyms_do_not_come_into_one_history(tmp_path: Path) -> None:
    HistoryRepository(tmp_path / "history", names=True, configuration=configuration_text("Lab"))
    with pytest.raises(UsageError, match="say --names"):
        HistoryRepository(tmp_path / "history", names=False, configuration=configuration_text("Lab"))


def test_a_damaged_list_of_benchmarks_is_said(classroom: Classroom) -> None:
    grade_on(classroom, 5)
    add(classroom)
    (classroom.folder / "history" / "results" / "benchmarks.json").write_text('{"double.time_call": {}}', encoding="utf-8")
    git(classroom, "-c", "user.name=x", "-c", "user.email=x", "commit", "--quiet", "--all", "--message", "damage")
    classroom.submit("ada", paced(NUMBA_PACE_S), "# faster")
    grade_on(classroom, 12)
    with pytest.raises(UsageError, match=r"benchmarks\.json of the history is damaged"):
        add(classroom)
