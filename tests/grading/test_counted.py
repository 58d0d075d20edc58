"""What a rate counts for over the cases: to be slow at a large case on purpose pays for nobody, and costs no honest program."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from grader.grading.counted import Bound, bound_of, works_of
from grader.grading.placing import place
from grader.grading.standings import Result, in_order, ranked_over_cases
from grader.records import CheckResult
from grader.verdicts import Verdict

CASES = ("small", "medium", "large")
WORKS = {"small": 1e3, "medium": 1e4, "large": 1e5}
LONGEST_S = 0.25
RATES = st.floats(1e2, 1e7)
THREE_RATES = st.tuples(RATES, RATES, RATES)


def checked(rates: Sequence[float], idle_from: str | None = None) -> CheckResult:
    """The check of a program with these rates at the cases; from a case on, it may idle for a second."""
    times_s: dict[str, float] = {}
    case = "small"
    for (name, work), rate in zip(WORKS.items(), rates, strict=True):
        idles = idle_from is not None and CASES.index(name) >= CASES.index(idle_from)
        times_s[name] = work / rate + idles
        if times_s[name] > LONGEST_S:
            break
        case = name
    work_of = {name: WORKS[name] for name in times_s}
    return CheckResult(Verdict.ACCEPTED, "correct", case=case, case_times_s=times_s, case_work=work_of)


def bound(check: CheckResult, works: Mapping[str, float] = WORKS) -> Bound | None:
    return bound_of(check, CASES, works, LONGEST_S)


def result_of(author: str, check: CheckResult, rates: Sequence[float], rank: int | None = None) -> Result:
    """A measurement at the case of the check: there nobody idles."""
    case = str(check.case)
    wall_time_s = WORKS[case] / rates[CASES.index(case)]
    figures = {"case": case, "work": WORKS[case], "wall_time_s": wall_time_s, "bound": bound(check), "rank": rank}
    return Result(author, "student", "double", Verdict.ACCEPTED, "correct", **figures)  # type: ignore[arg-type]  # a Result's


def counted(check: CheckResult, rates: Sequence[float]) -> float:
    rate = result_of("ada", check, rates).counted_rate
    assert rate is not None
    return rate


# The bound


def test_who_takes_too_long_at_the_next_case_counts_as_if_it_took_just_as_long_as_it_may() -> None:
    check = checked((2e5, 2e5, 1e5))
    assert (check.case, bound(check)) == ("medium", Bound("large", 1e5, LONGEST_S, 1.0))
    assert counted(check, (2e5, 2e5, 1e5)) == 2e5, "slower than what the bound allows, it counts as it was measured"
    assert counted(check, (2e6, 2e6, 1e5)) == 1e5 / LONGEST_S


def test_to_fail_at_the_next_case_for_its_memory_or_never_to_come_there_is_to_take_too_long() -> None:
    check = CheckResult(Verdict.ACCEPTED, "correct", case="medium", case_times_s={"medium": 0.01})
    assert bound(check) == Bound("large", 1e5, LONGEST_S)


def test_at_the_largest_case_nothing_bounds_a_rate() -> None:
    assert bound(checked((1e6, 1e6, 1e6))) is None


def test_at_cases_where_no_reference_was_run_nobody_is_measured_and_they_bound_nothing() -> None:
    alone = CheckResult(Verdict.ACCEPTED, "correct", case_work={"small": 1e3, "medium": 1e4})
    assert bound(checked((2e5, 2e5, 1e5)), works_of([alone])) is None
    assert bound(checked((2e5, 1e4, 1e4)), works_of([alone])) is not None


def test_a_store_that_knows_no_works_bounds_nothing() -> None:
    assert bound(checked((2e5, 2e5, 1e5)), works_of([CheckResult(Verdict.ACCEPTED, "correct", case="large")])) is None


def test_who_was_placed_beside_equals_is_bounded_by_its_own_time_at_the_next_case() -> None:
    above, below = checked((4e5, 4e5, 3.9e5)), checked((4e5, 4e5, 4.1e5))
    placed = place(below, [above], CASES, LONGEST_S)
    assert placed.case == "medium"
    found = bound(placed)
    assert found is not None
    assert found.rate == pytest.approx(4.1e5)


def test_who_is_compared_at_a_smaller_case_than_it_does_clearly_in_time_has_no_bound() -> None:
    check = checked((1e6, 1e6, 1e6))
    aligned = CheckResult(
        check.verdict, check.message, case="medium", case_times_s=check.case_times_s, case_work=check.case_work
    )
    assert bound(aligned) is None


def test_of_draws_with_a_little_more_or_less_work_the_most_counts() -> None:
    ones = [CheckResult(Verdict.ACCEPTED, "correct", case_work={"small": work}) for work in (99.0, 101.0, 100.0)]
    assert works_of(ones) == {"small": 101.0}


# Who is honest


@given(THREE_RATES, THREE_RATES)
def test_a_rate_that_gets_no_worse_with_size_counts_in_full(rates: tuple[float, ...], others: tuple[float, ...]) -> None:
    rates = tuple(sorted(rates))
    check = place(checked(rates), [checked(sorted(others))], CASES, LONGEST_S)
    assert counted(check, rates) == pytest.approx(rates[CASES.index(str(check.case))])


@given(st.lists(THREE_RATES, min_size=2, max_size=6))
def test_a_class_of_such_programs_is_ranked_by_its_rates(programs: list[tuple[float, ...]]) -> None:
    ranked = ranked_over_cases(standing([tuple(sorted(rates)) for rates in programs]))
    by_rate = sorted(ranked, key=lambda result: -(result.rate or 0.0))
    for faster, slower in pairwise(by_rate):
        assume((faster.rate or 0.0) > 1.001 * (slower.rate or 0.0))
        assert (faster.rank or 0) < (slower.rank or 0)


# Who idles


@given(THREE_RATES, st.sampled_from(CASES[1:]))
def test_whatever_its_rates_nobody_counts_for_more_by_idling(rates: tuple[float, ...], idle_from: str) -> None:
    assert counted(checked(rates, idle_from), rates) <= counted(checked(rates), rates) * (1 + 1e-9)


@given(THREE_RATES, st.sampled_from(CASES[1:]), st.lists(THREE_RATES, max_size=5))
def test_nobody_passes_anybody_by_idling(rates: tuple[float, ...], idle_from: str, others: list[tuple[float, ...]]) -> None:
    honest, idle = ranked_with(checked(rates), rates, others), ranked_with(checked(rates, idle_from), rates, others)
    assert idle >= honest


def standing(programs: Sequence[Sequence[float]], checks: Sequence[CheckResult] = ()) -> list[Result]:
    """Programs measured and ranked, each at its own case; two are equal where their rates are."""
    checks = checks or [checked(rates) for rates in programs]
    placed = [result_of(str(number), check, programs[number]) for number, check in enumerate(checks)]
    return [
        result_of(
            one.author,
            checks[number],
            programs[number],
            1 + sum(other.case == one.case and (other.rate or 0.0) > (one.rate or 0.0) * (1 + 1e-9) for other in placed),
        )
        for number, one in enumerate(placed)
    ]


def ranked_with(check: CheckResult, rates: Sequence[float], others: Sequence[Sequence[float]]) -> int:
    """The rank of the first program among others that are honest."""
    first, *_ = ranked_over_cases(standing([rates, *others], [check, *(checked(one) for one in others)]))
    assert first.rank is not None
    return first.rank


def test_who_beats_another_at_their_own_case_does_not_fall_behind_it_over_the_cases() -> None:
    """Its own bound is the lower one; the order at a case stays, and somebody at another case is behind both."""

    def at(author: str, case: str, rate: float, bound_rate: float, rank: int) -> Result:
        limit = Bound("large", bound_rate, 1.0) if case == "medium" else None
        figures = {"case": case, "work": rate, "wall_time_s": 1.0, "bound": limit, "rank": rank}
        return Result(author, "student", "double", Verdict.ACCEPTED, "correct", **figures)  # type: ignore[arg-type]  # a Result's

    results = [at("ada", "medium", 5.0, 1.0, 1), at("bob", "medium", 1.4, 1.3, 2), at("eve", "large", 1.2, 0.0, 1)]
    assert {result.author: result.rank for result in ranked_over_cases(results)} == {"ada": 1, "bob": 2, "eve": 3}


def test_the_last_rank_counts_whoever_at_another_case_may_be_ahead_of_the_last_place_that_is_open() -> None:
    def at(author: str, case: str, rate: float, rank: int, last_rank: int) -> Result:
        ranks = {"rank": rank, "first_rank": rank, "last_rank": last_rank}
        figures = {"case": case, "work": rate, "wall_time_s": 1.0, **ranks}
        return Result(author, "student", "double", Verdict.ACCEPTED, "correct", **figures)  # type: ignore[arg-type]  # a Result's

    results = [
        at("ada", "large", 9.0, 1, 2),
        at("bob", "large", 8.5, 1, 3),
        at("cleo", "large", 8.0, 2, 3),
        at("eve", "small", 8.2, 1, 1),
    ]
    found = {one.author: (one.rank, one.last_rank) for one in ranked_over_cases(results)}
    assert found == {"ada": (1, 2), "bob": (1, 4), "cleo": (3, 4), "eve": (3, 3)}


# The order


def test_those_who_tie_stand_together_though_somebody_at_another_case_is_faster_than_the_slower_of_them() -> None:
    def placed(author: str, rank: int | None, rate: float, case: str) -> Result:
        kind = "student" if rank is not None else "reference"
        return Result(author, kind, "double", Verdict.ACCEPTED, "", case=case, work=rate, wall_time_s=1.0, rank=rank)

    results = [
        placed("other", 3, 9.0, "large"),
        placed("numba", None, 9.5, "large"),
        placed("slower", 1, 8.0, "small"),
        placed("naive", None, 1.0, "large"),
        placed("faster", 1, 10.0, "small"),
        placed("last", 4, 5.0, "small"),
        Result("wrong", "student", "double", Verdict.WRONG_ANSWER, ""),
    ]
    order = [(one.author, one.rank) for one in in_order(results)]
    students = [("faster", 1), ("slower", 1), ("other", 3), ("last", 4), ("wrong", None)]
    assert [one for one in order if one[0] not in ("numba", "naive")] == students
    assert order.index(("numba", None)) == 1
    assert order.index(("naive", None)) == 5
