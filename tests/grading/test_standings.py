"""Where everyone stands: ranks, figures, points and flags, from what the store keeps."""

from dataclasses import replace

import pytest

from grader.content.task import Inputs
from grader.grading.standings import Report, Result
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    COURSE,
    TASK,
    Classroom,
    doubled,
    length,
    noisy,
    of,
    paced,
    ranks,
    write,
    wrong_from,
)

TWO_TASKS = """
[[assignments]]
id = "two"
title = "Two tasks"
kind = "lab"
tasks = ["double", "again"]

[[assignments.criteria]]
id = "double"
text = "It is right"
points = 1
by = "correct"
task = "double"

[[assignments.criteria]]
id = "again"
text = "It is right again"
points = 3
by = "correct"
task = "again"

[[assignments.criteria]]
id = "report"
text = "Both are explained"
points = 2
by = "hand"
"""


def graded(classroom: Classroom, **scripts: Script) -> Report:
    for author, script in scripts.items():
        classroom.submit(author, script)
    return classroom.grade()


def only_up_to_medium(pace_s: float) -> Script:
    """As fast as asked for, and far too slow for `large`."""
    return Script(doubled, lambda inputs, _number: 5.0 if length(inputs) > 1_000 else pace_s * length(inputs))


# Ranks


def test_after_a_tie_ranks_are_left_out(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6), bob=paced(2e-6), eve=paced(3e-6), max=paced(4e-6))
    assert ranks(report) == {"ada": 1, "bob": 1, "eve": 3, "max": 4}


def test_references_stand_on_the_leaderboard_without_a_rank(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(3e-6))
    assert [(result.author, result.rank) for result in report.results] == [
        ("numba", None),
        ("ada", 1),
        ("numpy", None),
        ("naive", None),
    ]


def test_whoever_is_not_accepted_comes_last_and_takes_no_rank(classroom: Classroom) -> None:
    classroom.hand_in("bad", "def double(:\n")
    report = graded(classroom, ada=paced(3e-6), bob=paced(1e-6, compute=lambda x: 3 * x))
    assert [result.author for result in report.results][-2:] == ["bad", "bob"]
    assert ranks(report) == {"ada": 1}


def test_nobody_at_another_case_comes_between_two_that_tie(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2.00e-6), bob=paced(2.01e-6), eve=only_up_to_medium(2.005e-6))
    rates = [of(report, author).rate or 0.0 for author in ("ada", "eve", "bob")]
    assert rates == sorted(rates, reverse=True)
    assert ranks(report) == {"ada": 1, "bob": 1, "eve": 3}


def test_equal_rates_at_different_cases_are_no_tie(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6), eve=only_up_to_medium(2e-6))
    assert of(report, "ada").rate == pytest.approx(of(report, "eve").rate)
    assert sorted(ranks(report).values()) == [1, 2]


# Figures


def test_all_figures_belong_to_one_case(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(4e-6, compile_time_s=0.5), bob=paced(1e-4))
    ada, bob = of(report, "ada"), of(report, "bob")
    assert (ada.case, ada.baseline, ada.work) == ("large", "numba", 10_000)
    assert ada.wall_time_s == pytest.approx(0.04)
    assert ada.rate == pytest.approx(250_000)
    assert ada.speedup == pytest.approx(0.5)
    assert ada.compile_time_s == pytest.approx(0.5)
    assert (ada.peak_memory_bytes, bob.peak_memory_bytes) == (80_000, 8_000)
    assert (bob.case, bob.baseline, bob.work) == ("medium", "numpy", 1_000)
    assert bob.speedup == pytest.approx(0.1)


def test_the_reports_baseline_is_that_of_the_largest_case(classroom: Classroom) -> None:
    assert graded(classroom, bob=paced(1e-4)).baseline == {"double": "numba"}


def test_a_speedup_lies_within_its_interval(classroom: Classroom) -> None:
    classroom.refer("numba", noisy(2e-6, seed=1))
    result = of(graded(classroom, ada=noisy(2.1e-6, seed=2), bob=noisy(2.5e-6, seed=3)), "ada")
    assert result.speedup_low is not None
    assert result.speedup is not None
    assert result.speedup_high is not None
    assert result.speedup_low < result.speedup < result.speedup_high


def test_a_late_failure_holds_and_no_figure_stands(classroom: Classroom) -> None:
    result = of(graded(classroom, ada=paced(2e-6, compute=wrong_from(30))), "ada")
    assert result.verdict is Verdict.WRONG_ANSWER
    figures = (result.case, result.wall_time_s, result.work, result.speedup, result.rank, result.rate, result.cpu_over_wall)
    assert figures == (None,) * 7
    assert "failed while it was measured" in result.flags


def test_what_it_printed_and_what_its_author_should_know_is_kept(classroom: Classroom) -> None:
    classroom.backend.scripts["ada"] = paced(2e-6, prints="debug")
    classroom.hand_in("ada", "def Double(x):\n    return 2 * x\n")
    result = of(classroom.grade(), "ada")
    assert result.printed == "debug"
    assert any("Double" in flag for flag in result.flags)


# Flags


def flags(classroom: Classroom, script: Script) -> tuple[str, ...]:
    return of(graded(classroom, ada=script), "ada").flags


def test_a_quiet_submission_has_no_flag(classroom: Classroom) -> None:
    assert flags(classroom, paced(2e-6)) == ()


def test_more_threads_than_the_budget_are_flagged(classroom: Classroom) -> None:
    assert flags(classroom, paced(2e-6, threads=9)) == ("you asked for 8 threads; the budget is 1, so they shared 1 core",)


def test_work_between_the_calls_is_flagged(classroom: Classroom) -> None:
    assert flags(classroom, paced(2e-6, idle_cpu_s=0.002)) == (
        "used CPU time between its calls, when it should have stood still",
    )


def test_a_little_work_between_the_calls_is_none(classroom: Classroom) -> None:
    assert flags(classroom, paced(2e-6, idle_cpu_s=0.0005)) == ()


def test_more_cores_at_work_than_threads_are_flagged(classroom: Classroom) -> None:
    assert flags(classroom, paced(2e-6, cores=1.9)) == ("used 1.9 cores",)
    assert of(classroom.report(), "ada").cpu_over_wall == pytest.approx(1.9)


def test_a_flag_changes_no_rank_and_no_points(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6, threads=8, cores=1.9), bob=paced(2e-6))
    assert [(of(report, author).rank, of(report, author).points) for author in ("ada", "bob")] == [(1, 5), (1, 5)]


# Points


def test_points_come_from_the_criteria_and_what_a_person_decides_stays_open(classroom: Classroom) -> None:
    result = of(graded(classroom, ada=paced(2e-6)), "ada")
    assert [(mark.criterion, mark.points, mark.max_points) for mark in result.marks] == [
        ("correct", 1, 1),
        ("speed", 4, 4),
        ("report", None, 2),
    ]
    assert (result.points, result.max_points) == (5, 7)


def test_faster_is_worth_more_from_naive_to_full_marks(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(1e-6), bob=paced(2e-6), eve=paced(1.4e-5), max=paced(1e-4), zoe=paced(1e-3))
    assert [of(report, author).points for author in ("ada", "bob", "eve", "max", "zoe")] == [5, 5, 3, 1, 1]


def test_whoever_is_wrong_has_no_points_and_a_reference_has_none_to_get(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6, compute=lambda x: 3 * x))
    assert (of(report, "ada").points, of(report, "ada").max_points) == (0, 7)
    assert (of(report, "numba").points, of(report, "numba").max_points) == (None, None)


@pytest.mark.parametrize(("scatter", "points"), [(0.0, 4.9), (0.03, 5)], ids=["measured well", "within its uncertainty"])
def test_the_favourable_end_of_the_interval_counts(classroom: Classroom, scatter: float, points: float) -> None:
    result = of(graded(classroom, ada=noisy(2.04e-6, scatter=scatter, seed=1)), "ada")
    assert result.speedup is not None
    assert result.speedup < 0.99  # by itself worth 4.9
    assert result.points == pytest.approx(points)


def test_an_interval_without_end_is_no_reason_for_full_marks(classroom: Classroom) -> None:
    """After a single run nothing bounds the interval; points must not follow from that."""

    def interrupted(inputs: Inputs, _number: int) -> float:
        if classroom.backend.generations == 3:
            raise KeyboardInterrupt
        return 1.4e-5 * length(inputs)

    classroom.submit("eve", Script(doubled, interrupted))
    with pytest.raises(KeyboardInterrupt):
        classroom.grade()
    result = of(classroom.report(), "eve")
    assert (result.runs, result.speedup_high) == (1, float("inf"))
    assert result.points == 3


def test_totals_add_up_the_tasks_and_count_each_criterion_once(classroom: Classroom) -> None:
    write(classroom.folder / "course.toml", COURSE[: COURSE.index("[[assignments]]")] + TWO_TASKS)
    write(classroom.folder / "tasks" / "again" / "task.py", TASK)
    classroom.submit("ada", paced(2e-6))
    for folder in ("reference/naive", "reference/numba", "submissions/ada"):
        write(classroom.folder / folder / "again.py", "def again(x):\n    return 2 * x\n")
    report = classroom.grade()
    by_task: dict[str, Result] = {result.task: result for result in report.results if result.author == "ada"}
    assert (by_task["double"].points, by_task["double"].max_points) == (1, 3)
    assert (by_task["again"].points, by_task["again"].max_points) == (3, 3)
    (total,) = report.totals
    assert (total.author, total.points, total.max_points) == ("ada", 4, 6)


def test_a_task_outside_every_assignment_is_ranked_without_points(classroom: Classroom) -> None:
    text = COURSE[: COURSE.index("[[assignments]]")]
    write(classroom.folder / "course.toml", text)
    result = of(graded(classroom, ada=paced(2e-6)), "ada")
    assert (result.rank, result.points, result.max_points, result.marks) == (1, None, None, ())


def test_a_student_may_be_called_like_a_reference(classroom: Classroom) -> None:
    classroom.submit("numpy", replace(classroom.backend.scripts["numpy"]))
    report = classroom.grade()
    assert {(result.kind, result.rank) for result in report.results if result.author == "numpy"} == {
        ("reference", None),
        ("student", 1),
    }
    assert [total.author for total in report.totals] == ["numpy"]
