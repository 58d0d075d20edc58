"""What a person is asked to look at: each rule on either side of its threshold, with its evidence."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.roofline import limit_of
from grader.grading.suspicion import (
    FASTER_THAN_TUNED,
    LEAST_GROWTH,
    LIMIT_MARGIN,
    RULES,
    Observed,
    computes_too_fast,
    does_not_grow,
    erratic_times,
    faster_than_tuned,
    slower_in_check,
    slower_in_warm_calls,
    suspicions,
    used_more_cores,
    worked_between_calls,
    writes_too_fast,
)
from grader.machine import Bandwidth, Peaks
from grader.records import CheckResult, Turn
from grader.verdicts import Verdict

ONE_CORE = Peaks(
    flop_per_s=1e11,
    bandwidths=(
        Bandwidth(1 << 14, 4e11, 2e11, 4e11),
        Bandwidth(1 << 22, 1e11, 1e11, 1e11),
        Bandwidth(1 << 27, 4e10, 2e10, 3e10),
    ),
)
TOGETHER = Peaks(2e11, (Bandwidth(1 << 15, 8e11, 6e11, 8e11), *ONE_CORE.bandwidths[1:]))
"""A budget of four cores that share memory, and arithmetic by two."""
PEAKS = replace(ONE_CORE, together=TOGETHER)
CHECK = CheckResult(
    Verdict.ACCEPTED,
    "correct",
    case="large",
    case_work={"small": 1e6, "medium": 1e7, "large": 1e8},
    case_output_bytes={"small": 8_000, "medium": 80_000, "large": 800_000},
    case_times_s={"one": 1e-3, "small": 4e-4, "medium": 4e-3, "large": 4e-2},
)


def turn(number: int = 0, *, warm_s: float = 0.04, timed_s: tuple[float, ...] = (0.04,) * 3, **facts: float) -> Turn:
    """A turn at `large`, one core busy all along."""
    cpu_s, idle_s = facts.get("cpu_s", sum(timed_s)), facts.get("idle_s", 0.0)
    return Turn("student/ada", number, warm_s, timed_s, cpu_s, 1, idle_s)


HONEST = Observed(
    check=CHECK,
    threads=1,
    case="large",
    runs=((turn(0, warm_s=2.0), turn(1), turn(2)), (turn(0, warm_s=0.5), turn(2))),
    peaks=PEAKS,
    least_operations=2.0,
    tuned_s=0.02,
)


def all_turns(one: Turn) -> Observed:
    return replace(HONEST, runs=((one,) * 3, (one,) * 2))


def timed(seconds: float) -> Observed:
    """All its calls took so long, in the check as well."""
    check = replace(CHECK, case_times_s={**CHECK.case_times_s, "large": seconds})
    return replace(all_turns(turn(warm_s=seconds, timed_s=(seconds,) * 3)), check=check)


def checked(**times_s: float) -> Observed:
    """Only the check has been made, with these times."""
    return Observed(replace(CHECK, case_times_s=times_s), threads=1)


def test_honest_code_is_left_alone() -> None:
    assert suspicions(HONEST) == ()


def test_who_has_not_been_measured_is_asked_nothing_about_measured_calls() -> None:
    assert suspicions(replace(HONEST, case=None, runs=())) == ()


def test_without_a_machines_peaks_nothing_is_compared_with_them() -> None:
    instant = replace(timed(1e-9), tuned_s=None)
    assert len([found for found in suspicions(instant) if "faster than the machine" in found]) == 2
    assert suspicions(replace(instant, peaks=None)) == ()


def test_all_that_is_found_stands_in_the_order_of_the_rules() -> None:
    busy = all_turns(turn(cpu_s=0.24, idle_s=0.1))
    found = suspicions(replace(busy, tuned_s=1.0))
    assert found == tuple(rule(replace(busy, tuned_s=1.0)) for rule in (RULES[0], RULES[1], RULES[-1]))


def test_every_rule_can_speak_and_says_what_would_be_let_pass() -> None:
    hostile = replace(all_turns(turn(warm_s=1.0, timed_s=(0.04, 1e-9, 0.04), cpu_s=0.5, idle_s=0.5)), erratic=True, tuned_s=1.0)
    hostile = replace(hostile, check=replace(CHECK, case_times_s={"small": 1.0, "medium": 1.0, "large": 1.0}))
    sentences = suspicions(hostile)
    assert len(sentences) == len(RULES)
    assert all("would be let pass" in sentence for sentence in sentences)


# Between the calls, and on how many cores


@pytest.mark.parametrize(("idle_s", "found"), [(0.0, False), (0.0023, False), (0.0025, True)])
def test_cpu_time_between_calls_may_be_a_fiftieth(idle_s: float, found: bool) -> None:
    assert (worked_between_calls(all_turns(turn(idle_s=idle_s))) is not None) is found


def test_the_evidence_of_work_between_calls_is_both_times() -> None:
    assert worked_between_calls(all_turns(turn(idle_s=0.01))) == (
        "it used 50 ms of CPU time between its calls, when it should have stood still, and 600 ms in its timed calls; up to 2% "
        "of that would be let pass"
    )


@pytest.mark.parametrize(("threads", "cores", "found"), [(1, 1.0, False), (1, 1.19, False), (1, 1.21, True), (4, 3.9, False)])
def test_more_cores_than_the_budget_are_seen(threads: int, cores: float, found: bool) -> None:
    observed = replace(all_turns(turn(cpu_s=cores * 0.12)), threads=threads)
    assert (used_more_cores(observed) is not None) is found


def test_a_few_microseconds_of_cpu_time_say_nothing() -> None:
    def short(cpu_s: float = 1.5e-4, idle_s: float = 0.0) -> Observed:
        return all_turns(turn(warm_s=5e-5, timed_s=(5e-5,) * 3, cpu_s=cpu_s, idle_s=idle_s))

    assert worked_between_calls(short(idle_s=1.9e-4)) is None
    assert worked_between_calls(short(idle_s=2.1e-4)) is not None
    assert used_more_cores(short(cpu_s=3.4e-4)) is None
    assert used_more_cores(short(cpu_s=3.6e-4)) is not None


def test_of_processes_that_have_ended_cpu_time_is_known_in_ticks_alone() -> None:
    """One tick a call, of 15 calls."""
    a_tick_each = replace(all_turns(turn(idle_s=0.029, cpu_s=0.149)), starts_processes=True)
    assert (worked_between_calls(a_tick_each), used_more_cores(a_tick_each)) == (None, None)
    more = replace(all_turns(turn(idle_s=0.031, cpu_s=0.151)), starts_processes=True)
    assert worked_between_calls(more) is not None
    assert used_more_cores(more) is not None


# Times beside each other


@pytest.mark.parametrize(("erratic", "fastest_s", "found"), [(True, 0.011, False), (True, 0.009, True), (False, 0.009, False)])
def test_of_erratic_times_those_are_seen_that_are_far_too_short(erratic: bool, fastest_s: float, found: bool) -> None:
    observed = replace(all_turns(turn(timed_s=(0.04, fastest_s, 0.04))), erratic=erratic)
    assert (erratic_times(observed) is not None) is found


def test_times_that_scatter_upwards_are_noise() -> None:
    assert erratic_times(replace(all_turns(turn(timed_s=(0.04, 0.04, 4.0))), erratic=True)) is None


@pytest.mark.parametrize(("check_s", "found"), [(0.004, False), (0.15, False), (0.17, True)])
def test_who_is_four_times_as_slow_in_the_check_is_seen(check_s: float, found: bool) -> None:
    observed = replace(HONEST, check=replace(CHECK, case_times_s={"large": check_s}))
    assert (slower_in_check(observed) is not None) is found


@pytest.mark.parametrize(("warm_s", "found"), [(0.001, False), (0.11, False), (0.13, True)])
def test_slow_warm_calls_are_seen(warm_s: float, found: bool) -> None:
    observed = all_turns(turn(warm_s=warm_s))
    assert (slower_in_warm_calls(observed) is not None) is found


def test_a_process_may_take_as_long_as_it_likes_in_its_first_call_and_a_few_others() -> None:
    first, slow, usual = turn(warm_s=30.0), turn(warm_s=1.0), turn()
    assert slower_in_warm_calls(replace(HONEST, runs=((first,), (first,)))) is None
    assert slower_in_warm_calls(replace(HONEST, runs=((first, usual, slow, usual), (first, usual)))) is None


def test_a_short_time_of_the_check_is_noise() -> None:
    short = replace(all_turns(turn(timed_s=(1e-3,) * 3)), check=replace(CHECK, case_times_s={"large": 0.019}))
    assert slower_in_check(short) is None
    assert slower_in_check(replace(short, check=replace(CHECK, case_times_s={"large": 0.021}))) is not None


def test_a_few_slow_warm_calls_are_noise() -> None:
    slow = turn(warm_s=1.0)
    assert slower_in_warm_calls(replace(HONEST, runs=((slow,) * 3,))) is None
    assert slower_in_warm_calls(replace(HONEST, runs=((slow,) * 4,))) is not None


@pytest.mark.parametrize("rule", [slower_in_check, slower_in_warm_calls])
def test_times_near_those_of_an_empty_call_say_nothing(rule: object) -> None:
    check = replace(CHECK, case_times_s={"large": 1e-3})
    short = replace(all_turns(turn(warm_s=1e-3, timed_s=(1e-4,) * 3)), check=check)
    assert callable(rule)
    assert rule(short) is None


# Growth with the work


@pytest.mark.parametrize(
    ("times_s", "found"),
    [
        ({"small": 0.02, "medium": 0.02, "large": 0.02}, True),
        ({"small": 0.02, "medium": 0.02, "large": 0.045}, True),  # 100 to the 0.18th
        ({"small": 0.02, "medium": 0.02, "large": 0.06}, False),  # 100 to the 0.24th
        ({"small": 0.001, "medium": 0.02, "large": 0.02}, True),  # the small case says nothing
        ({"small": 0.001, "medium": 0.001, "large": 0.02}, False),
        ({"small": 0.001, "medium": 0.001, "large": 0.001}, False),  # an empty call's time is all that shows
        ({"small": 0.02}, False),
    ],
)
def test_an_answer_whose_time_does_not_grow_is_seen(times_s: dict[str, float], found: bool) -> None:
    assert (does_not_grow(checked(**times_s)) is not None) is found


def test_a_small_case_whose_calls_were_disturbed_makes_nobody_suspicious() -> None:
    disturbed = checked(small=0.025, large=0.045)
    assert does_not_grow(disturbed) is not None
    calls_s = {"small": (0.0009, 0.025, 0.026)}
    assert does_not_grow(replace(disturbed, check=replace(disturbed.check, case_calls_s=calls_s))) is None


def test_cases_of_nearly_the_same_work_may_take_the_same_time() -> None:
    alike = replace(checked(small=0.02, large=0.02).check, case_work={"small": 1e6, "large": 7e6})
    assert does_not_grow(Observed(alike, threads=1)) is None


@given(
    overhead_s=st.floats(0, 0.02),
    seconds_per_unit=st.floats(1e-10, 1e-6),
    exponent=st.floats(0.5, 3),
)
def test_honest_growth_is_let_pass_whatever_each_call_costs(
    overhead_s: float, seconds_per_unit: float, exponent: float
) -> None:
    """Where the largest case takes 60 ms or more, and time grows at least like the square root of the work."""
    times_s = {case: overhead_s + seconds_per_unit * 1e4 * (work / 1e4) ** exponent for case, work in CHECK.case_work.items()}
    if times_s["large"] >= 0.06:
        assert does_not_grow(checked(**times_s)) is None


@given(st.floats(0.06, 10), st.floats(0, LEAST_GROWTH - 0.01))
def test_slower_growth_than_the_threshold_is_never_let_pass(seconds: float, exponent: float) -> None:
    times_s = {case: seconds * (work / 1e6) ** exponent for case, work in CHECK.case_work.items()}
    assert does_not_grow(checked(**times_s)) is not None


# The machine's limits


@pytest.mark.parametrize(("seconds", "found"), [(0.04, False), (0.00134, False), (0.00132, True)])
def test_no_program_makes_more_operations_than_the_core(seconds: float, found: bool) -> None:
    assert (computes_too_fast(timed(seconds)) is not None) is found


def test_the_evidence_names_both_speeds_and_the_margin() -> None:
    assert computes_too_fast(timed(1e-3)) == (
        "it is faster than the machine: its fastest call at case large took 1 ms, which needs 200 G operations/s at least, and "
        "the budget of 1 core was measured to make 100 G operations/s; up to 1.5 times that would be let pass"
    )


def test_one_call_beyond_the_limit_is_enough() -> None:
    assert computes_too_fast(all_turns(turn(timed_s=(0.04, 0.001, 0.04)))) is not None


def test_a_larger_budget_computes_and_writes_more() -> None:
    """By what all of its cores were measured to do at once."""
    observed = replace(timed(1e-6), least_operations=2e-3)
    assert computes_too_fast(observed) is not None
    assert computes_too_fast(replace(observed, threads=4)) is None
    assert writes_too_fast(observed) is not None
    assert writes_too_fast(replace(observed, threads=4)) is None


def test_a_task_without_a_least_number_of_operations_sets_no_such_limit() -> None:
    assert computes_too_fast(replace(timed(1e-9), least_operations=None)) is None


@pytest.mark.parametrize(("seconds", "found"), [(0.04, False), (2.7e-6, False), (2.6e-6, True)])
def test_no_answer_is_written_faster_than_a_core_writes(seconds: float, found: bool) -> None:
    """800 kB fit a cache: the speed of the next smaller memory counts, 200 GB/s."""
    assert (writes_too_fast(timed(seconds)) is not None) is found


@given(st.floats(1e-6, 10), st.floats(1, 1e12), st.floats(1e-9, 1e3))
def test_whoever_stays_below_the_peaks_is_never_beyond_the_limit(
    seconds: float, flop_per_s: float, least_operations: float
) -> None:
    speed = least_operations * CHECK.case_work["large"] / seconds
    observed = replace(timed(seconds), least_operations=least_operations)
    assert computes_too_fast(replace(observed, peaks=Peaks(max(flop_per_s, speed), PEAKS.bandwidths))) is None
    assert computes_too_fast(replace(observed, peaks=Peaks(speed / (1.1 * LIMIT_MARGIN), PEAKS.bandwidths))) is not None


@given(st.floats(1e-9, 1), st.floats(0.01, 100), st.floats(1, 10), st.sampled_from([1, 4]))
def test_who_is_suspected_of_being_faster_than_the_machine_is_beyond_the_roofline_too(
    seconds: float, least_operations: float, usual_over_least: float, threads: int
) -> None:
    """The converse does not hold: a better algorithm than the usual one is no suspicion."""
    usual_operations = usual_over_least * least_operations * CHECK.case_work["large"]
    check = replace(CHECK, case_operations={"large": usual_operations}, case_input_bytes={"large": 0})
    observed = replace(timed(seconds), check=check, least_operations=least_operations, threads=threads)
    limit = limit_of(check, "large", threads, PEAKS)
    assert limit is not None
    if computes_too_fast(observed) is not None or writes_too_fast(observed) is not None:
        assert limit.least_time_s > LIMIT_MARGIN * seconds


@pytest.mark.parametrize(("ratio", "found"), [(0.1, False), (0.95, False), (1.05, True)])
def test_who_leaves_the_courses_fastest_code_far_behind_is_seen(ratio: float, found: bool) -> None:
    observed = replace(timed(0.01), tuned_s=ratio * FASTER_THAN_TUNED * 0.01)
    sentence = faster_than_tuned(observed)
    assert (sentence is not None) is found
    assert sentence is None or re.search(r"takes it 10 ms, and the course's own tuned reference 52\.5 ms", sentence)


def test_a_course_without_tuned_code_compares_nothing_with_it() -> None:
    assert faster_than_tuned(replace(timed(1e-6), tuned_s=None)) is None
