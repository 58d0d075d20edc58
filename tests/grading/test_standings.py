"""Where everyone stands: ranks, figures, points and flags, from what the store keeps."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Inputs
from grader.errors import UsageError
from grader.execution.interface import FailureKind
from grader.grading.class_report import Report, stand
from grader.grading.session import open_session, read_class
from grader.grading.standings import Result
from grader.machine import Bandwidth, Peaks
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    COURSE,
    FOLLOWED_TASK,
    NAIVE_PACE_S,
    NUMBA_PACE_S,
    PICTURED_TASK,
    REVIEWED_TASK,
    TASK,
    Classroom,
    doubled,
    failing,
    invented,
    length,
    nearly_doubled,
    noisy,
    of,
    paced,
    points_of,
    ranks,
    write,
    wrong_from,
)

SIZED_TASK = (
    TASK
    + """
from dataclasses import replace

from grader.content.task import Size

TASK = replace(TASK, size=Size("root", lambda inputs: len(inputs[0]) ** 0.5))
"""
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

[[assignments]]
id = "participation"
title = "Participation"
kind = "participation"
criteria = [{ id = "lectures", text = "Taking part", points = 10, by = "hand" }]
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


# A rate over the cases

IN_THE_CACHE_S = 5e-6
"""The pace up to `medium` of programs that are slower at `large`: whoever is measured at `medium` for it looks faster."""
AT_LARGE_S = 2e-5
"""Their pace there: 0.2 s a call, when 0.25 s are in time."""


def cached(large_s: float, pace_s: float = IN_THE_CACHE_S, **facts: object) -> Script:
    """A script with a pace of its own up to `medium`, and such a time at `large`."""
    call_s = lambda inputs, _number: large_s if length(inputs) > 1_000 else pace_s * length(inputs)  # noqa: E731
    return replace(Script(doubled, call_s), **facts)  # type: ignore[arg-type]  # the fields of Script


HONEST, IDLER = cached(AT_LARGE_S * 10_000), cached(AT_LARGE_S * 10_000 + 0.1)


def test_to_idle_at_the_largest_case_gains_neither_rank_nor_points(classroom: Classroom) -> None:
    report = graded(classroom, ada=HONEST, bob=IDLER, eve=paced(2.2e-5))
    assert [of(report, author).case for author in ("ada", "bob", "eve")] == ["large", "medium", "large"]
    assert ranks(report) == {"ada": 1, "eve": 2, "bob": 3}
    assert [result.author for result in report.results if result.kind == "student"] == ["ada", "eve", "bob"]
    points = {author: points_of(report, author)["speed"].points or 0.0 for author in ("ada", "bob", "eve")}
    assert points["ada"] > points["eve"] > points["bob"] > 0


def test_its_figures_stay_as_they_were_measured_and_a_flag_says_what_counts(classroom: Classroom) -> None:
    bob = of(graded(classroom, ada=HONEST, bob=IDLER), "bob")
    assert bob.rate == pytest.approx(1 / IN_THE_CACHE_S)
    assert bob.counted_rate == pytest.approx(10_000 / 0.25)
    (flag,) = bob.flags
    assert flag.startswith("at this rate, case large would take 50 ms, but in the check it took 300 ms: ")
    assert flag.endswith(": beside programs that were timed at other cases it counts as 40 k numbers/s")
    assert bob.suspicions == ()


def test_to_run_out_of_memory_there_is_no_better_than_to_take_too_long(classroom: Classroom) -> None:
    large = len(("one", "one", "three", "seven")) + 2 * 4
    script = cached(0.01, failures=failing(large, FailureKind.MEMORY))
    report = graded(classroom, ada=HONEST, bob=script)
    assert (of(report, "bob").case, ranks(report)) == ("medium", {"ada": 1, "bob": 2})
    (flag,) = of(report, "bob").flags
    assert flag == (
        "at this rate, case large would take 50 ms, but in the check it did not manage it: "
        "beside programs that were timed at other cases it counts as 40 k numbers/s"
    )


def test_copies_of_one_program_around_the_border_tie_at_one_case_and_are_flagged_by_nothing(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2.51e-5), bob=paced(2.49e-5), eve=paced(2e-5))
    assert [of(report, author).case for author in ("ada", "bob", "eve")] == ["medium", "medium", "medium"]
    assert ranks(report) == {"eve": 1, "bob": 2, "ada": 2}
    assert {of(report, author).flags for author in ("ada", "bob", "eve")} == {()}


def test_who_takes_too_long_there_is_ranked_by_its_rate_as_long_as_that_is_no_better(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-5), bob=paced(4e-5), eve=paced(5e-5))
    assert [of(report, author).case for author in ("ada", "bob", "eve")] == ["large", "medium", "medium"]
    assert ranks(report) == {"ada": 1, "bob": 2, "eve": 3}
    assert of(report, "bob").counted_rate == of(report, "bob").rate


def speed_of(report: Report, author: str) -> float:
    points = points_of(report, author)["speed"].points
    assert points is not None
    return points


def test_a_full_marks_reference_that_is_slow_at_the_largest_case_is_met_at_its_own(classroom: Classroom) -> None:
    """Its copy has full marks, and so has whoever does the larger case; half its speed at its own case is worth less."""
    classroom.refer("numba", cached(0.4, 2e-6))
    report = graded(classroom, ada=cached(0.4, 2e-6), bob=cached(0.4, 4e-6), eve=paced(2.4e-5), max=paced(2.6e-4))
    assert [of(report, author).case for author in ("ada", "bob", "eve", "max")] == ["medium", "medium", "large", "small"]
    assert [speed_of(report, author) for author in ("ada", "eve")] == [4, 4]
    assert 0 < speed_of(report, "bob") < 4
    assert speed_of(report, "max") == 0


def test_to_idle_down_to_the_case_of_the_full_marks_reference_gains_nothing(classroom: Classroom) -> None:
    classroom.refer("numba", cached(0.4, 2e-6))
    report = graded(classroom, ada=HONEST, bob=IDLER)
    assert speed_of(report, "ada") == 4
    assert speed_of(report, "bob") < 4


def test_a_naive_reference_that_is_slow_at_the_next_case_makes_nobody_pay_for_doing_it(classroom: Classroom) -> None:
    """The zero is what the naive reference counts for over the cases, and not its rate in the cache."""
    classroom.refer("naive", cached(0.4, 1e-5))
    report = graded(classroom, ada=paced(2e-5), bob=IDLER)
    assert of(report, "naive").counted_rate == pytest.approx(40_000)
    assert speed_of(report, "ada") > speed_of(report, "bob") == 0


PACES_S = st.sampled_from([2e-6, 4e-6, 1e-5, 2.2e-5, 3e-5, 1e-4, 2.3e-4, 4e-4])


@settings(max_examples=40, deadline=None)
@given(st.tuples(PACES_S, PACES_S, PACES_S), st.tuples(PACES_S, PACES_S, PACES_S), st.tuples(PACES_S, PACES_S, PACES_S))
def test_whatever_the_references_nobody_has_more_points_or_a_better_rank_for_idling(
    naive: tuple[float, ...], numba: tuple[float, ...], own: tuple[float, ...]
) -> None:
    def stepped(paces_s: Sequence[float], idle_from: int = 3) -> Script:
        def call_s(inputs: Inputs, _number: int) -> float:
            size = (length(inputs) > 100) + (length(inputs) > 1_000)
            return paces_s[size] * length(inputs) + 0.4 * (size >= idle_from)

        return Script(doubled, call_s)

    with TemporaryDirectory() as folder:
        classroom = Classroom(Path(folder))
        classroom.refer("naive", stepped(naive))
        classroom.refer("numba", stepped(numba))
        report = graded(classroom, honest=stepped(own), once=stepped(own, 2), twice=stepped(own, 1))
    order = ("honest", "once", "twice")
    assert [speed_of(report, author) for author in order] == sorted((speed_of(report, one) for one in order), reverse=True)
    assert [ranks(report)[author] for author in order] == sorted(ranks(report).values())


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


def test_everyones_growth_over_the_cases_is_known(classroom: Classroom) -> None:
    classroom.teach(SIZED_TASK)

    def squared(inputs: Inputs, _number: int) -> float:
        return 1e-7 * length(inputs) ** 2

    report = graded(classroom, ada=paced(1.5e-5), eve=Script(doubled, squared))
    by_work, by_size = of(report, "ada").growths
    assert (by_work.over, by_size.over) == ("work", "root")
    assert (by_work.exponent, by_size.exponent) == pytest.approx((1, 2))
    assert [point.case for point in by_work.points] == ["small", "medium", "large"]
    assert of(report, "eve").growths[0].exponent == pytest.approx(2)


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


def test_a_flag_changes_no_rank_and_no_points(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6, threads=8, cores=1.9), bob=paced(2e-6))
    assert [(of(report, author).rank, of(report, author).points) for author in ("ada", "bob")] == [(1, 5), (1, 5)]


# Suspicions

IDLE = paced(2e-6, idle_cpu_s=0.002)
"""Uses a tenth of its CPU time between its calls."""


def test_work_between_the_calls_and_on_more_cores_makes_suspicious(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6), bob=IDLE, eve=paced(2e-6, cores=1.9))
    assert of(report, "ada").suspicions == ()
    assert "of CPU time between its calls" in " ".join(of(report, "bob").suspicions)
    assert "1.90 cores were at work" in " ".join(of(report, "eve").suspicions)
    assert of(report, "eve").cpu_over_wall == pytest.approx(1.9)
    assert [of(report, author).wants_a_look for author in ("ada", "bob", "eve")] == [False, True, True]


def test_a_suspicion_is_no_flag_and_changes_neither_rank_nor_points(classroom: Classroom) -> None:
    report = graded(classroom, ada=IDLE, bob=paced(2e-6))
    assert [(of(report, author).rank, of(report, author).points) for author in ("ada", "bob")] == [(1, 5), (1, 5)]
    assert of(report, "ada").flags == ()
    assert of(report, "ada").verdict is Verdict.ACCEPTED


def test_a_reference_is_shown_its_suspicions_like_everybody(classroom: Classroom) -> None:
    classroom.refer("numpy", paced(1e-5, idle_cpu_s=0.05))
    assert of(graded(classroom), "numpy").wants_a_look


def test_before_it_is_measured_only_its_check_can_make_it_suspicious(classroom: Classroom) -> None:
    def constant(inputs: Inputs, _number: int) -> float:
        return 0.02 if length(inputs) >= 100 else 1e-4

    assert "an exponent of 0.00" in " ".join(of(graded(classroom, ada=Script(doubled, constant)), "ada").suspicions)


def test_who_sleeps_in_the_check_and_not_later_is_seen(classroom: Classroom) -> None:
    calls = count()

    def sleeps_at_first(inputs: Inputs, _number: int) -> float:
        return (8e-5 if next(calls) < 16 else 2e-6) * length(inputs)

    result = of(graded(classroom, ada=Script(doubled, sleeps_at_first)), "ada")
    assert result.case == "medium"
    assert "in the check, which decides where it is measured" in " ".join(result.suspicions)


def with_peaks(classroom: Classroom, flop_per_s: float) -> None:
    """The task needs an operation for each number; the machine makes so many a second, and writes as many bytes."""
    classroom.teach(TASK.replace('work_unit="numbers",', 'work_unit="numbers", least_operations=1.0,'))
    session = classroom.session
    with classroom.store() as store:
        peaks = Peaks(flop_per_s, (Bandwidth(1 << 14, flop_per_s * 8, flop_per_s * 8, flop_per_s * 8),))
        store.add_peaks(session.conditions(classroom.backend.sandbox), peaks)


def test_who_is_faster_than_the_machine_is_seen(classroom: Classroom) -> None:
    with_peaks(classroom, 3e5)
    report = graded(classroom, ada=paced(2e-6), bob=paced(2.3e-6))
    assert len([sentence for sentence in of(report, "ada").suspicions if "faster than the machine" in sentence]) == 2
    assert of(report, "bob").suspicions == ()
    assert report.peaks is not None
    assert report.peaks.flop_per_s == 3e5


def test_who_is_far_faster_than_the_tuned_reference_is_seen(classroom: Classroom) -> None:
    classroom.refer("tuned", paced(1.2e-6))
    report = graded(classroom, ada=paced(3e-7), bob=paced(2e-7))
    assert of(report, "ada").suspicions == ()
    assert "the course's own tuned reference 12 ms" in " ".join(of(report, "bob").suspicions)


def test_who_was_looked_at_is_no_longer_marked(classroom: Classroom) -> None:
    classroom.submit("ada", IDLE)
    classroom.grade()
    classroom.accept("ada")
    result = of(classroom.report(), "ada")
    assert (len(result.suspicions), result.wants_a_look) == (1, False)
    assert result.looked_at == f"tess on {datetime.now(UTC).date()}: looked at"
    assert result.flags == ()


def test_new_code_and_new_figures_are_looked_at_again(classroom: Classroom) -> None:
    classroom.submit("ada", IDLE)
    classroom.grade()
    classroom.accept("ada", ago=timedelta(minutes=1))
    assert of(classroom.report(), "ada").wants_a_look  # as if it had been measured since
    classroom.accept("ada")
    assert not of(classroom.report(), "ada").wants_a_look
    classroom.submit("ada", IDLE, code="# another version")
    assert of(classroom.grade(), "ada").wants_a_look


def test_an_acceptance_of_honest_code_is_no_news(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.grade()
    classroom.accept("ada")
    result = of(classroom.report(), "ada")
    assert (result.suspicions, result.looked_at, result.flags) == ((), None, ())


# The rules of an assignment


def ruled(classroom: Classroom, rules: str) -> None:
    """The course, with more lines in its assignment."""
    write(classroom.folder / "course.toml", COURSE.replace('kind = "lab"', f'kind = "lab"\n{rules}'))


def test_what_an_assignment_forbids_is_flagged_and_changes_no_points(classroom: Classroom) -> None:
    ruled(classroom, 'forbid = ["numba.njit", "@"]')
    classroom.submit("ada", paced(2e-6), code="import numba\nnumba.njit")
    report = graded(classroom, bob=paced(2e-6))
    assert of(report, "ada").flags == ("uses numba.njit, which the assignment doubling forbids",)
    assert of(report, "bob").flags == ()
    assert of(report, "ada").points == of(report, "bob").points == 5


def test_a_package_beyond_those_that_are_allowed_is_flagged_and_the_standard_library_is_not(classroom: Classroom) -> None:
    ruled(classroom, 'allowed = ["numpy"]')
    classroom.submit("ada", paced(2e-6), code="import math, numpy, scipy\nprint(math.pi, numpy.pi, scipy.fft)")
    report = graded(classroom, bob=paced(2e-6))
    assert of(report, "ada").flags == ("imports scipy; the assignment doubling allows numpy",)
    assert of(report, "bob").flags == ()


def test_with_other_versions_than_an_assignment_names_nothing_is_graded(classroom: Classroom) -> None:
    ruled(classroom, 'libraries = {numpy = ">=1"}')
    assert graded(classroom, ada=paced(2e-6)).results
    for name, found in (("numpy", np.__version__), ("no-such-library", "none")):
        ruled(classroom, f'libraries = {{{name} = "<1"}}')
        said = re.escape(f"'doubling' is graded with {name} <1, and {found} is installed; run: pip install '{name}<1'")
        with pytest.raises(UsageError, match=said):
            classroom.grade()


# Points


def test_points_come_from_the_criteria_and_what_a_person_decides_stays_open(classroom: Classroom) -> None:
    report = graded(classroom, ada=paced(2e-6))
    assert [(one.points, one.max_points) for one in points_of(report, "ada").values()] == [(1, 1), (4, 4), (None, 2)]
    assert (of(report, "ada").points, of(report, "ada").max_points) == (5, 7)


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


def test_a_picture_is_worth_its_points_to_whoever_answered_its_case(classroom: Classroom) -> None:
    classroom.teach(PICTURED_TASK)
    write(classroom.folder / "course.toml", COURSE.replace('by = "hand"', 'by = "picture"'))
    report = graded(classroom, ada=paced(2e-6), bob=paced(2e-6, compute=lambda x: 3 * x if x.size == 11 else 2 * x))
    assert [points_of(report, author)["report"].points for author in ("ada", "bob")] == [2, 0]
    assert of(report, "ada").picture_answered


def test_to_use_numba_is_to_compile_something_with_it(classroom: Classroom) -> None:
    write(classroom.folder / "course.toml", COURSE.replace('by = "hand"', 'by = "technique"\nuses = ["numba"]'))
    classroom.submit("ada", paced(2e-6, compiles=b"cache"), code="import numba\nnumba.njit")
    classroom.submit("bob", paced(2e-6), code="import numba\nnumba.njit")
    report = classroom.grade()
    assert [points_of(report, author)["report"].points for author in ("ada", "bob")] == [2, None]
    assert "Numba compiled nothing" in points_of(report, "bob")["report"].because


def test_whoever_is_not_graded_yet_has_marks_that_wait(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    report = classroom.report()
    assert {(one.points, one.because) for one in points_of(report, "ada").values()} == {
        (None, "not graded yet"),
        (None, "a person decides"),
    }
    assert report.marks[0].points is None


def test_what_one_can_work_towards_is_said_in_seconds_of_this_machine(classroom: Classroom) -> None:
    (thresholds,) = graded(classroom, ada=paced(2e-6)).thresholds
    assert (thresholds.task, thresholds.assignment, thresholds.criterion) == ("double", "doubling", "speed")
    steps = {step.points: step.seconds_per_unit for step in thresholds.steps}
    assert list(steps) == [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]
    assert steps[2] == pytest.approx((NAIVE_PACE_S * NUMBA_PACE_S) ** 0.5)
    assert steps[4] == pytest.approx(NUMBA_PACE_S)


def test_before_its_references_are_measured_there_is_nothing_to_work_towards(classroom: Classroom) -> None:
    assert classroom.report().thresholds == ()


# What a person decides


def test_points_by_hand_count_at_once_and_nothing_is_run_for_them(classroom: Classroom) -> None:
    graded(classroom, ada=paced(2e-6), bob=paced(2e-6))
    calls_before = classroom.backend.calls_of.copy()
    classroom.decide("ada", "report", 1.5, "well said")
    report = classroom.report()
    assert (of(report, "ada").points, of(report, "bob").points) == (6.5, 5)
    assert points_of(report, "ada")["report"].because == "tess on 2026-10-05: well said"
    assert classroom.backend.calls_of == calls_before


def test_a_decision_over_the_graders_own_points_shows_both_until_it_is_taken_back(classroom: Classroom) -> None:
    before = graded(classroom, ada=paced(2e-6))
    classroom.decide("ada", "speed", 1, "copied")
    overruled = points_of(classroom.report(), "ada")["speed"]
    assert overruled.points == 1
    assert overruled.because.startswith("tess on 2026-10-05: copied (by itself the grader gives 4: 2 µs per unit of work")
    classroom.decide("ada", "speed", None, "not copied after all")
    assert classroom.report() == before


def test_a_decision_outlives_new_code(classroom: Classroom) -> None:
    graded(classroom, ada=paced(2e-6))
    classroom.decide("ada", "report", 2)
    classroom.submit("ada", paced(2e-6), code="# another version")
    assert points_of(classroom.grade(), "ada")["report"].points == 2


# What a person looks at


def test_an_answer_that_a_person_has_to_look_at_is_accepted_and_neither_ranked_nor_paid_for_speed(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    report = graded(classroom, ada=paced(2e-6, compute=nearly_doubled))
    result = of(report, "ada")
    assert (result.verdict, result.rank) == (Verdict.ACCEPTED, None)
    assert result.review == "on case 'one': 1 numbers are nearly doubled"
    assert result.speedup == pytest.approx(1), "it is measured, and its figures are shown"
    assert {name: one.points for name, one in points_of(report, "ada").items()} == {"correct": 1, "speed": None, "report": None}
    assert "a person has to look at the answers first: on case 'one'" in points_of(report, "ada")["speed"].because


def test_whoever_is_not_ranked_yet_takes_nobodys_place(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    report = graded(classroom, eve=paced(1e-6, compute=nearly_doubled), ada=paced(2e-6), bob=paced(3e-6))
    assert ranks(report) == {"ada": 1, "bob": 2}
    classroom.accept("eve")
    assert ranks(classroom.report()) == {"eve": 1, "ada": 2, "bob": 3}


def test_whoever_is_not_ranked_yet_separates_no_two_that_tie(classroom: Classroom) -> None:
    """Significantly faster than the slower one only: it must not push that one down."""
    classroom.teach(REVIEWED_TASK)
    scripts = {"ada": paced(2.000e-6), "bob": paced(2.016e-6), "eve": paced(1.99e-6, compute=nearly_doubled)}
    assert ranks(graded(classroom, **scripts)) == {"ada": 1, "bob": 1}


def test_once_accepted_it_has_its_rank_and_its_points_and_nothing_is_run_for_that(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    graded(classroom, ada=paced(2e-6, compute=nearly_doubled))
    calls_before = classroom.backend.calls_of.copy()
    classroom.accept("ada")
    result = of(classroom.report(), "ada")
    assert (result.review, result.rank, result.points) == (None, 1, 5)
    assert classroom.backend.calls_of == calls_before


def test_new_code_has_to_be_looked_at_again_and_code_that_is_back_has_not(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    script = paced(2e-6, compute=nearly_doubled)
    graded(classroom, ada=script)
    classroom.accept("ada")
    classroom.submit("ada", script, code="# another version")
    assert (of(classroom.grade(), "ada").rank, of(classroom.report(), "ada").review is None) == (None, False)
    classroom.submit("ada", script)
    assert (of(classroom.report(), "ada").rank, of(classroom.report(), "ada").review) == (1, None)


def test_accepting_one_author_accepts_no_copy_of_it(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    graded(classroom, ada=paced(2e-6, compute=nearly_doubled), bob=paced(2e-6, compute=nearly_doubled))
    classroom.accept("ada")
    assert ranks(classroom.report()) == {"ada": 1}


def test_what_comes_up_only_while_it_is_measured_is_looked_at_too(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    calls = count()
    script = paced(2e-6, compute=lambda x: doubled(x) if next(calls) < 25 else nearly_doubled(x))
    result = of(graded(classroom, ada=script), "ada")
    assert result.review == "on case 'large': 10000 numbers are nearly doubled"
    assert (result.verdict, result.rank, result.points) == (Verdict.ACCEPTED, None, 1)


def test_whoever_is_wrong_in_the_end_has_nothing_to_be_looked_at(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    calls = count()
    script = paced(2e-6, compute=lambda x: nearly_doubled(x) if next(calls) < 25 else 3 * x)
    result = of(graded(classroom, ada=script), "ada")
    assert (result.verdict, result.review) == (Verdict.WRONG_ANSWER, None)


def test_the_courses_own_solutions_are_looked_at_by_whoever_wrote_them(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    classroom.refer("numba", paced(NUMBA_PACE_S, compute=nearly_doubled))
    report = graded(classroom, ada=paced(2e-6))
    assert of(report, "numba").review is None
    assert of(report, "ada").points == 5


# Further calls


def test_whoever_invents_an_answer_is_wrong_and_told_so(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    report = graded(classroom, ada=paced(2e-6, compute=invented()), bob=paced(2e-6))
    assert of(report, "ada").verdict is Verdict.WRONG_ANSWER
    assert "every call has another factor" in of(report, "ada").message
    assert ranks(report) == {"bob": 1}


# Assignments, and the final mark


def teach_twice(classroom: Classroom) -> None:
    """A course of two tasks, and a student who does both."""
    write(classroom.folder / "course.toml", COURSE[: COURSE.index("[[assignments]]")] + TWO_TASKS)
    write(classroom.folder / "tasks" / "again" / "task.py", TASK)
    classroom.submit("ada", paced(2e-6))
    for folder in ("reference/naive", "reference/numba", "submissions/ada"):
        write(classroom.folder / folder / "again.py", "def again(x):\n    return 2 * x\n")


def test_each_task_has_its_own_points_and_the_assignment_counts_each_criterion_once(classroom: Classroom) -> None:
    teach_twice(classroom)
    report = classroom.grade()
    by_task: dict[str, Result] = {result.task: result for result in report.results if result.author == "ada"}
    assert (by_task["double"].points, by_task["double"].max_points) == (1, 1)
    assert (by_task["again"].points, by_task["again"].max_points) == (3, 3)
    (two, participation) = report.marks
    assert (two.author, two.assignment, two.points, two.max_points, two.undecided_points) == ("ada", "two", 4, 6, 2)
    assert (participation.assignment, participation.points, participation.max_points) == ("participation", None, 10)


def test_the_final_mark_weighs_the_kinds_of_work(classroom: Classroom) -> None:
    teach_twice(classroom)
    (final,) = classroom.grade().finals
    assert final.author == "ada"
    assert final.percent == pytest.approx(30 * 4 / 6)
    assert final.max_percent == 10 + 30


def test_of_some_of_the_tasks_there_are_marks_and_no_final_mark(classroom: Classroom) -> None:
    teach_twice(classroom)
    classroom.grade()
    session = open_session(classroom.folder, None, ("double",))
    with classroom.store() as store:
        report = stand(session, read_class(session), {}, session.conditions(classroom.backend.sandbox), store)
    assert [(marks.assignment, marks.points) for marks in report.marks] == [("two", 1)]
    assert report.finals == ()


def test_a_bonus_comes_on_top(classroom: Classroom) -> None:
    write(classroom.folder / "course.toml", COURSE.replace('by = "speed"', 'by = "speed"\nbonus = true'))
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(1e-3))
    classroom.decide("ada", "report", 2)
    report = classroom.grade()
    by_author = {marks.author: (marks.points, marks.max_points) for marks in report.marks}
    assert by_author == {"ada": (7, 3), "bob": (1, 3)}
    assert [final.percent for final in report.finals] == [30, pytest.approx(10)]


def test_a_task_outside_every_assignment_is_ranked_without_points(classroom: Classroom) -> None:
    text = COURSE[: COURSE.index("[[assignments]]")]
    write(classroom.folder / "course.toml", text)
    report = graded(classroom, ada=paced(2e-6))
    result = of(report, "ada")
    assert (result.rank, result.points, result.max_points) == (1, None, None)
    assert (report.marks, report.finals, report.thresholds) == ((), (), ())


def test_a_student_may_be_called_like_a_reference(classroom: Classroom) -> None:
    classroom.submit("numpy", replace(classroom.backend.scripts["numpy"]))
    report = classroom.grade()
    assert {(result.kind, result.rank) for result in report.results if result.author == "numpy"} == {
        ("reference", None),
        ("student", 1),
    }
    assert [(marks.author, marks.points) for marks in report.marks] == [("numpy", 3.3)]
