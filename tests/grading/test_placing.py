"""Equals are measured together: copies of one program near the border between two cases go to the same side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.placing import common_case, place
from grader.records import CheckResult
from grader.verdicts import Verdict

CASES = ("small", "middle", "large")
LONGEST_S = 0.25


def sized(**times_s: float) -> CheckResult:
    """A result that the check stage placed by the limit alone."""
    in_time = [case for case in CASES if times_s.get(case, 9.0) <= LONGEST_S]
    return CheckResult(Verdict.ACCEPTED, "correct", case=in_time[-1] if in_time else "small", case_times_s=times_s)


def test_a_submission_clearly_within_the_limit_stays_at_its_case() -> None:
    result = sized(small=0.001, middle=0.02, large=0.9)
    assert place(result, [sized(small=0.001, middle=0.02, large=0.02)], CASES, LONGEST_S).case == "middle"


def test_a_copy_just_above_the_limit_follows_the_one_just_below_it() -> None:
    below, above = sized(small=0.01, middle=0.24), sized(small=0.01, middle=0.26)
    assert (below.case, above.case) == ("middle", "small")
    assert place(above, [below], CASES, LONGEST_S).case == "middle"


def test_a_copy_just_below_the_limit_follows_the_one_just_above_it() -> None:
    below, above = sized(small=0.01, middle=0.24), sized(small=0.01, middle=0.26)
    assert place(below, [above], CASES, LONGEST_S).case == "small"


def test_the_first_to_come_is_placed_by_the_limit_alone() -> None:
    assert place(sized(small=0.01, middle=0.24), [], CASES, LONGEST_S).case == "middle"


def test_a_neighbour_of_another_speed_does_not_count() -> None:
    faster = sized(small=0.005, middle=0.16)
    assert place(sized(small=0.01, middle=0.26), [faster], CASES, LONGEST_S).case == "small"


def test_who_does_a_larger_case_in_time_is_never_placed_below_it() -> None:
    """Its time hardly grows with size, so that a smaller case takes about as long as is allowed, too."""
    flat, stuck = sized(small=0.01, middle=0.2, large=0.21), sized(small=0.01, middle=0.2)
    assert place(flat, [stuck], CASES, LONGEST_S).case == "large"


def test_who_is_not_accepted_has_no_case_and_gets_none() -> None:
    wrong = CheckResult(Verdict.WRONG_ANSWER, "wrong")
    assert place(wrong, [sized(small=0.01, middle=0.24)], CASES, LONGEST_S).case is None


@given(st.floats(0.2, 0.31), st.lists(st.floats(0.95, 1.05), min_size=1, max_size=8))
def test_copies_whose_times_scatter_by_five_per_cent_all_meet_at_one_case(time_s: float, scatter: list[float]) -> None:
    placed: list[CheckResult] = []
    for factor in scatter:
        placed.append(place(sized(small=time_s / 20, middle=time_s * factor), placed, CASES, LONGEST_S))
    assert len({result.case for result in placed}) == 1


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([], None),
        ([sized(small=0.01, middle=0.02, large=0.1), sized(small=0.01, middle=0.9)], "small"),
        ([sized(small=0.01, middle=0.02, large=0.1)], "large"),
    ],
)
def test_the_common_case_is_the_largest_that_all_do(results: list[CheckResult], expected: str | None) -> None:
    assert common_case(results, CASES) == expected
