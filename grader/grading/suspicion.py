"""What looks as if a time were not honest: rules that ask a person to look at a right answer, each with its evidence.

A rule is a function from what was measured to one sentence with its numbers and its threshold, or None. Thresholds lie far from
all that honest code does, noise included (`docs/review.md` says how far); who is beyond one may still be innocent. So nothing
here changes a verdict, a rank or a point.

What is no matter of degree is no suspicion but a verdict of its own: a wrong answer, or words on the grader's channel.
"""

import math
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from grader.grading.roofline import compute_s, write_s
from grader.machine import Peaks
from grader.records import CheckResult, Turn
from grader.units import memory_text, rate_text, time_text

IDLE_CPU_SHARE = 0.02
"""Of the CPU time of the timed calls, what may be used between calls."""
BUSY_CORES_SLACK = 0.2
"""CPU time and wall time are read one after the other, and so differ a little."""
ERRATIC_SPEED = 4.0
"""How much faster than its median call an erratic submission's fastest one may be: noise makes calls slower, never faster."""
CPU_SLACK_S = 1e-3
"""So little CPU time, of all calls together, says nothing: a switch between processes takes some microseconds of somebody's."""
TICK_S = 0.01
"""Of a process that has ended, the kernel tells the CPU time in ticks."""
SLOWER_IN_CHECK = 4.0
SLOW_CHECK_S = 0.02
"""Shorter times of the check say little: it makes few calls, and on a busy machine others take their turns in them."""
SLOWER_WARM = 3.0
LEAST_TURNS = 3
LIMIT_MARGIN = 1.5
"""A core may run faster for a while than when its peak was measured."""
LEAST_GROWTH = 0.2
"""The exponent with which time grows in work."""
LEAST_WORK_RATIO = 8.0
VISIBLE_S = 0.02
"""Far more than an empty call takes (25 to 150 µs), and more than a few turns of another process."""
FASTER_THAN_TUNED = 5.0


@dataclass(frozen=True)
class Observed:
    """What is known of one submission and its machine. What was not measured is None, or empty."""

    check: CheckResult
    threads: int
    """How many cores a worker may keep busy."""
    starts_processes: bool = False
    """Whether it may start others beside its own."""
    case: str | None = None
    """Where it was measured."""
    runs: tuple[tuple[Turn, ...], ...] = ()
    """Its turns at that case, run by run."""
    erratic: bool = False
    peaks: Peaks | None = None
    least_operations: float | None = None
    """The task's: what a unit of work takes at least."""
    tuned_s: float | None = None
    """What a call of the course's fastest code took in the check, at that case."""

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Those of all runs."""
        return tuple(turn for turns in self.runs for turn in turns)

    @property
    def timed_s(self) -> tuple[float, ...]:
        """The times of all timed calls."""
        return tuple(seconds for turn in self.turns for seconds in turn.timed_s)

    @property
    def cpu_slack_s(self) -> float:
        """CPU time, of all timed calls together, that says nothing."""
        return TICK_S * len(self.timed_s) if self.starts_processes else CPU_SLACK_S


def suspicions(observed: Observed) -> tuple[str, ...]:
    """All that a person should look at, in a sentence each."""
    return tuple(found for rule in RULES if (found := rule(observed)) is not None)


# What the operating system has seen


def worked_between_calls(observed: Observed) -> str | None:
    """Between its calls a worker is stopped, so that it cannot use CPU time."""
    idle_s = sum(turn.idle_cpu_s for turn in observed.turns)
    busy_s = sum(turn.cpu_time_s for turn in observed.turns)
    if idle_s <= max(IDLE_CPU_SHARE * busy_s, observed.cpu_slack_s):
        return None
    return (
        f"it used {time_text(idle_s)} of CPU time between its calls, when it should have stood still, and {time_text(busy_s)} "
        f"in its timed calls; up to {IDLE_CPU_SHARE:.0%} of that would be let pass"
    )


def used_more_cores(observed: Observed) -> str | None:
    """A worker is bound to the cores of its budget, so that it cannot use more CPU time a second."""
    wall_s, busy_s = sum(observed.timed_s), sum(turn.cpu_time_s for turn in observed.turns)
    if busy_s <= max((observed.threads + BUSY_CORES_SLACK) * wall_s, observed.threads * wall_s + observed.cpu_slack_s):
        return None
    cores = busy_s / wall_s
    return (
        f"{cores:.2f} cores were at work in its timed calls, and the budget is {observed.threads}; up to "
        f"{observed.threads + BUSY_CORES_SLACK:g} would be let pass"
    )


# Times beside each other


def erratic_times(observed: Observed) -> str | None:
    """Every call has the same work: who is much faster now and then may have left some of it out."""
    if not observed.erratic:
        return None
    fastest_s, median_s = min(observed.timed_s), statistics.median(observed.timed_s)
    if median_s <= ERRATIC_SPEED * fastest_s:
        return None
    return (
        f"its times are erratic: the fastest of {len(observed.timed_s)} timed calls took {time_text(fastest_s)}, half of them "
        f"{time_text(median_s)} or more; up to {ERRATIC_SPEED:g} times as long would be let pass"
    )


def slower_in_check(observed: Observed) -> str | None:
    """The check stage decides at which case one is measured: who is slow there is measured at a smaller one.

    The reverse is no sign: the check's inputs are fresh as well, and memory that a program already has makes honest code
    several times faster there.
    """
    check_s = observed.check.case_times_s.get(observed.case or "")
    if check_s is None or not observed.turns:
        return None
    measured_s = statistics.median(observed.timed_s)
    if check_s <= max(SLOWER_IN_CHECK * measured_s, SLOW_CHECK_S):
        return None
    return (
        f"at case {observed.case} a call took {time_text(check_s)} in the check, which decides where it is measured, and "
        f"{time_text(measured_s)} when it counted; up to {SLOWER_IN_CHECK:g} times as long would be let pass"
    )


def slower_in_warm_calls(observed: Observed) -> str | None:
    """A worker's first turn of a run may compile and plan; from then on its untimed calls do what its timed ones do."""
    later = [turn for turns in observed.runs for turn in turns[1:]]
    if len(later) < LEAST_TURNS:
        return None
    ratio = statistics.median(turn.warm_time_s / statistics.median(turn.timed_s) for turn in later)
    if ratio <= SLOWER_WARM or statistics.median(turn.warm_time_s for turn in later) <= VISIBLE_S:
        return None
    return (
        f"the first call of a turn, which does not count, took {ratio:.3g} times as long as those that do (the median of "
        f"{len(later)} turns, without each process's first); up to {SLOWER_WARM:g} times would be let pass"
    )


def does_not_grow(observed: Observed) -> str | None:
    """More work takes longer, though caches, threads and what every call costs may make it grow slowly.

    Of the smaller case the fastest call counts: what disturbs three short calls makes honest code look as if it did not grow.
    """
    check = observed.check
    shortest_s = {case: min(check.case_calls_s.get(case, (time_s,))) for case, time_s in check.case_times_s.items()}
    times = [(work, shortest_s[case], case) for case, work in check.case_work.items() if case in shortest_s]
    visible = sorted(one for one in times if one[1] >= VISIBLE_S and one[0] > 0)
    if len(visible) < 2:  # noqa: PLR2004 -- a pair
        return None
    (less, shorter_s, small), (more, _, large) = visible[0], visible[-1]
    longer_s = check.case_times_s[large]
    if more < LEAST_WORK_RATIO * less:
        return None
    exponent = math.log(longer_s / shorter_s) / math.log(more / less)
    if exponent >= LEAST_GROWTH:
        return None
    return (
        f"its time hardly grows with the work: {time_text(shorter_s)} at case {small}, and {time_text(longer_s)} at case "
        f"{large} with {more / less:.3g} times the work, an exponent of {exponent:.2f}; from {LEAST_GROWTH:g} on "
        "it would be let pass"
    )


# What no honest code reaches


def computes_too_fast(observed: Observed) -> str | None:
    """More operations a second than the budget's cores can make."""
    work = observed.check.case_work.get(observed.case or "")
    if not observed.turns or observed.peaks is None or observed.least_operations is None or work is None:
        return None
    fastest_s = min(observed.timed_s)
    operations, peaks = observed.least_operations * work, observed.peaks.of_cores(observed.threads)
    if compute_s(operations, peaks) <= LIMIT_MARGIN * fastest_s:
        return None
    return (
        f"it is faster than the machine: its fastest call at case {observed.case} took {time_text(fastest_s)}, which needs "
        f"{rate_text(operations / fastest_s, 'operations')} at least, and {_budget(observed.threads)} was measured to make "
        f"{rate_text(peaks.flop_per_s, 'operations')}; up to {LIMIT_MARGIN:g} times that would be let pass"
    )


def writes_too_fast(observed: Observed) -> str | None:
    """Whatever is computed, the answer has to be written, all of it, within the call."""
    size_bytes = observed.check.case_output_bytes.get(observed.case or "")
    if not observed.turns or observed.peaks is None or size_bytes is None:
        return None
    fastest_s = min(observed.timed_s)
    peaks = observed.peaks.of_cores(observed.threads)
    if write_s(size_bytes, peaks) <= LIMIT_MARGIN * fastest_s:
        return None
    return (
        f"it is faster than the machine: its fastest call at case {observed.case} wrote {memory_text(size_bytes)} in "
        f"{time_text(fastest_s)}, {rate_text(size_bytes / fastest_s, 'B')}, and {_budget(observed.threads)} was measured to "
        f"write {rate_text(peaks.write_bytes_per_s(size_bytes), 'B')}; up to {LIMIT_MARGIN:g} times that would be let pass"
    )


def faster_than_tuned(observed: Observed) -> str | None:
    """Far faster than what the course itself knows how to do: a better idea than the course's, or none at all."""
    if not observed.turns or observed.tuned_s is None:
        return None
    median_s = statistics.median(observed.timed_s)
    if observed.tuned_s <= FASTER_THAN_TUNED * median_s:
        return None
    return (
        f"a call at case {observed.case} takes it {time_text(median_s)}, and the course's own tuned reference "
        f"{time_text(observed.tuned_s)}; up to {FASTER_THAN_TUNED:g} times as fast would be let pass"
    )


RULES: tuple[Callable[[Observed], str | None], ...] = (
    worked_between_calls,
    used_more_cores,
    erratic_times,
    slower_in_check,
    slower_in_warm_calls,
    does_not_grow,
    computes_too_fast,
    writes_too_fast,
    faster_than_tuned,
)


def _budget(threads: int) -> str:
    return f"the budget of {threads} core{'s' * (threads > 1)}"
