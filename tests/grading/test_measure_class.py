"""The measuring stage over a class: equals tie, slower is lower, and everyone is measured once, whatever came between."""

import pytest

from grader.execution.interface import FailureKind
from grader.records import CONTROL
from grader.store import StoredBlock
from grader.verdicts import Verdict
from tests.grading.course_fixture import Classroom, failing, noisy, of, paced, ranks, wrong_from


def blocks(classroom: Classroom) -> tuple[StoredBlock, ...]:
    with classroom.store() as store:
        return store.blocks(classroom.task, classroom.session.conditions(classroom.backend.sandbox))


def members(block: StoredBlock) -> list[str]:
    return [member.author for member in block.block.members]


def competitors(block: StoredBlock, run: int) -> set[str]:
    return {turn.competitor for turn in block.runs[run].turns}


# Who wins


def test_equals_tie_and_the_slower_rank_lower(classroom: Classroom) -> None:
    for author, pace_s in (("ada", 2e-6), ("bob", 2e-6), ("eve", 2.4e-6), ("max", 2.4e-6), ("zoe", 9e-6)):
        classroom.submit(author, paced(pace_s))
    report = classroom.grade()
    assert ranks(report) == {"ada": 1, "bob": 1, "eve": 3, "max": 3, "zoe": 5}
    assert of(report, "eve").speedup == pytest.approx(2 / 2.4)


@pytest.mark.parametrize("seed", range(5))
def test_with_noise_copies_tie_a_slower_one_never_wins_and_the_control_agrees(classroom: Classroom, seed: int) -> None:
    classroom.refer("numba", noisy(2e-6, seed=100 + seed))
    for number, author in enumerate(("ada", "bob", "eve")):
        classroom.submit(author, noisy(2e-6, seed=10 * seed + number))
    classroom.submit("max", noisy(2.2e-6, seed=10 * seed + 3))
    report = classroom.grade()
    assert ranks(report) == {"ada": 1, "bob": 1, "eve": 1, "max": 4}
    assert not any("unsettled" in flag for result in report.results for flag in result.flags)


def test_an_erratic_author_does_not_blur_the_rest(classroom: Classroom) -> None:
    classroom.describe("min_runs = 6")
    classroom.refer("numba", noisy(2e-6, seed=50))
    for number, (author, pace_s) in enumerate((("ada", 2e-6), ("bob", 2e-6), ("eve", 2.1e-6), ("max", 2.2e-6))):
        classroom.submit(author, noisy(pace_s, scatter=0.003, seed=number))
    classroom.submit("wild", noisy(2.1e-6, scatter=0.3, seed=99))
    report = classroom.grade()
    steady = {author: rank for author, rank in ranks(report).items() if author != "wild"}
    assert steady["ada"] == steady["bob"] < steady["eve"] < steady["max"]
    assert [result.author for result in report.results if any("erratic" in flag for flag in result.flags)] == ["wild"]


def test_a_control_that_differs_from_its_baseline_is_flagged_and_measured_again(classroom: Classroom) -> None:
    classroom.describe("max_runs = 5")
    classroom.backend.scripts[CONTROL] = paced(2.2e-6)
    classroom.submit("ada", paced(2e-6))
    report = classroom.grade(budget_s=60)
    assert of(report, "ada").runs == 5
    assert any("unsettled: the control" in flag for flag in of(report, "ada").flags)


def test_different_cases_are_ranked_by_rate_and_never_tie(classroom: Classroom) -> None:
    for author, pace_s in (("ada", 2e-6), ("bob", 1e-4), ("eve", 1e-4), ("max", 1e-3)):
        classroom.submit(author, paced(pace_s))
    report = classroom.grade()
    assert [of(report, author).case for author in ("ada", "bob", "eve", "max")] == ["large", "medium", "medium", "small"]
    assert ranks(report) == {"ada": 1, "bob": 2, "eve": 2, "max": 4}


def test_the_baseline_is_what_the_course_names(classroom: Classroom) -> None:
    classroom.describe('[tasks.double]\nbaseline = "numpy"')
    classroom.submit("ada", paced(2e-6))
    result = of(classroom.grade(), "ada")
    assert result.baseline == "numpy"
    assert result.speedup == pytest.approx(5)


# How much is measured


def test_without_a_budget_the_least_number_of_runs_is_made(classroom: Classroom) -> None:
    classroom.describe("min_runs = 2\ntarget_difference = 0.000001")
    classroom.refer("numba", noisy(2e-6, seed=1))
    classroom.submit("ada", noisy(2e-6, seed=2))
    assert of(classroom.grade(budget_s=0), "ada").runs == 2


def test_with_a_budget_runs_go_on_until_the_difference_can_be_told_or_there_are_enough(classroom: Classroom) -> None:
    classroom.describe("max_runs = 6\ntarget_difference = 0.000001")
    classroom.refer("numba", noisy(2e-6, seed=1))
    classroom.submit("ada", noisy(2e-6, seed=2))
    assert of(classroom.grade(budget_s=60), "ada").runs == 6


def test_what_is_settled_is_not_measured_further(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(3e-6))
    assert of(classroom.grade(budget_s=60), "ada").runs == 3


def test_large_classes_are_measured_in_blocks_with_one_baseline(classroom: Classroom) -> None:
    classroom.describe("block_size = 3")
    for author in ("ada", "bob", "eve", "max", "zoe"):
        classroom.submit(author, paced(2e-6))
    report = classroom.grade()
    at_large = [block for block in blocks(classroom) if block.block.case == "large"]
    assert [len(members(block)) for block in at_large] == [3, 3, 3]
    assert {block.block.baseline.author for block in at_large} == {"numba"}
    assert all({"reference/numba", CONTROL} <= competitors(block, run) for block in at_large for run in range(3))
    assert set(ranks(report).values()) == {1}


def test_those_who_are_close_share_a_block_and_the_blocks_share_their_border(classroom: Classroom) -> None:
    classroom.describe("block_size = 4")
    authors = ("ada", "zoe", "bob", "max", "eve", "kim", "sue")
    for place, author in enumerate(authors):
        classroom.submit(author, paced(2.5e-6 * 1.2**place))
    report = classroom.grade()
    assert [author for author, _ in sorted(ranks(report).items(), key=lambda one: one[1])] == list(authors)
    found = [members(block) for block in blocks(classroom) if block.block.case == "large"]
    assert found == [["numba", "ada", "zoe"], ["zoe", "bob", "max", "eve"], ["eve", "kim", "sue", "numpy"]]


def test_whoever_fails_in_one_of_two_blocks_has_no_rank_and_pushes_nobody_down(classroom: Classroom) -> None:
    classroom.describe("block_size = 3")
    for author, pace_s in (("ada", 3e-6), ("bob", 4e-6), ("max", 7e-6)):
        classroom.submit(author, paced(pace_s))
    classroom.submit("eve", paced(5e-6, compute=wrong_from(16 + 8 + 4)))  # after the check and a run in the first of the two
    report = classroom.grade()
    _, first, second = (block for block in blocks(classroom) if block.block.case == "large")
    assert (members(first), members(second)) == (["ada", "bob", "eve"], ["eve", "max", "numpy"])
    assert "student/eve" in competitors(first, 0)
    assert "student/eve" in second.runs[0].problems
    assert of(report, "eve").verdict is Verdict.WRONG_ANSWER
    assert ranks(report) == {"ada": 1, "bob": 2, "max": 3}


def test_of_two_blocks_one_counts_for_the_figures_and_both_for_the_rank(classroom: Classroom) -> None:
    classroom.describe("block_size = 3")
    for author, pace_s in (("ada", 3e-6), ("bob", 4e-6), ("eve", 5e-6), ("max", 7e-6)):
        classroom.submit(author, paced(pace_s))
    calls = classroom.calls_in(classroom.grade)
    report = classroom.report()
    assert calls["eve"] - calls["bob"] == 3 * 8  # the runs of a second block
    assert (of(report, "eve").runs, ranks(report)) == (3, {"ada": 1, "bob": 2, "eve": 3, "max": 4})


def test_a_faster_reference_that_comes_later_changes_no_baseline(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.grade()
    classroom.refer("tuned", paced(1e-6))
    classroom.submit("bob", paced(2e-6))
    report = classroom.grade()
    assert {result.baseline for result in report.results if result.case == "large"} == {"numba"}
    assert ranks(report) == {"ada": 1, "bob": 1}
    assert of(report, "tuned").speedup == pytest.approx(2)


# Failing while being measured


def test_a_wrong_answer_while_measuring_is_a_wrong_answer_without_figures(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2.2e-6))
    classroom.submit("bob", paced(2e-6, compute=wrong_from(25)))
    report = classroom.grade()
    result = of(report, "bob")
    assert result.verdict is Verdict.WRONG_ANSWER
    assert result.message.startswith("Wrong on case 'large'")
    assert (result.case, result.wall_time_s, result.speedup, result.rank, result.points) == (None, None, None, None, 0)
    assert "failed while it was measured" in result.flags
    assert of(report, "ada").runs == 3


def test_whoever_failed_takes_part_no_more(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2e-6, compute=wrong_from(20)))
    assert classroom.calls_in(classroom.grade)["bob"] == 21


def test_whoever_failed_does_not_separate_two_that_tie(classroom: Classroom) -> None:
    """Faster than both, and significantly so only than the slower one: it must not push that one down."""
    classroom.submit("ada", paced(2.000e-6))
    classroom.submit("bob", paced(2.016e-6))
    classroom.submit("eve", paced(1.99e-6, compute=wrong_from(16 + 8)))
    assert ranks(classroom.grade()) == {"ada": 1, "bob": 1}


def test_a_baseline_that_fails_is_our_fault_and_measured_in_the_next_grading(classroom: Classroom) -> None:
    classroom.refer("numba", paced(2e-6, compute=wrong_from(20)))
    classroom.submit("ada", paced(2e-6))
    report = classroom.grade()
    assert any("the baseline of double failed while it was measured" in fault for fault in report.faults)
    assert (of(report, "ada").verdict, of(report, "ada").rank) == (Verdict.ACCEPTED, None)
    classroom.refer("numba", paced(2e-6))
    assert of(classroom.grade(), "ada").runs == 3


def test_a_fault_at_one_case_costs_the_other_cases_nothing(classroom: Classroom) -> None:
    classroom.backend.scripts[CONTROL] = paced(2e-6, failures=failing(3, FailureKind.SIGNAL))
    classroom.submit("ada", paced(2e-6))
    report = classroom.grade()
    assert {fault.split(": ")[0] for fault in report.faults} == {"case large · double", "case medium · double"}
    del classroom.backend.scripts[CONTROL]
    assert of(classroom.grade(), "ada").rank == 1


def test_what_was_compiled_in_the_check_is_given_to_the_runs(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compiles=b"ada's"))
    classroom.grade()
    assert [compiled for author, compiled in classroom.backend.given if author == "ada"] == [b"", *[b"ada's"] * 3]
