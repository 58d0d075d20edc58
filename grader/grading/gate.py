"""The noise gate: when a run may start, whether it was disturbed, and which of two runs counts.

The rules look at the machine and at the baseline beside its control, never at anybody's results: so leaving out a run favours
nobody. The thresholds are measured (`docs/measuring.md`, "When the machine is disturbed").
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, median
from time import sleep

from grader.grading.estimate import MAD_TO_STANDARD_DEVIATION, turn_time_s
from grader.noise import Disturbance, Load, Snapshot, loads
from grader.records import CONTROL, RunRecord

MOST_WAITED = 0.25
"""Of the fastest call of a turn, on the mean over the turns. It is none of the call's time; but whoever shares the core that
much empties its caches, too."""
MOST_TAKEN = 0.2
"""Of the cores' time as a whole: what takes no more mostly leaves the better part of the turns alone."""
MOST_CONTROL_OFF = 0.1
"""Of one run, as the logarithm of a ratio: on a quiet machine, the control of no run was further from its baseline."""
_HEAT = 2.0
"""Once is too often: nobody knows for which calls the clock was slower."""
_SURE = 4.0
"""Standard errors of the median from round to round."""
_BUSY = 0.25
"""The share of a worker's core from which a program that runs there is waited for."""

WAITING_SHARE = 0.1
"""The part of the budget that a whole grading may wait for a quiet moment."""
_LOOK_S = 0.2
"""How long the machine is looked at: the kernel counts in hundredths of a second."""
_LONGEST_PAUSE_S = 2.0


@dataclass(frozen=True)
class Trouble:
    """How a run was disturbed."""

    amount: float
    """1 is the most that passes."""
    text: str
    remedy: str
    is_cause: bool = True
    """False for what a cause does to the control: how far that is off says nothing against a cause that was seen beside it."""


def trouble(record: RunRecord, baseline: str) -> Trouble | None:
    """What disturbed a run most, a cause before what it did; None where nothing did."""
    found = [one for one in _troubles(record, baseline) if one.amount > 1]
    return max(found, key=lambda one: (one.is_cause, one.amount), default=None)


def disturbances(records: Sequence[RunRecord], baseline: str) -> str | None:
    """How many of the runs were disturbed, and the worst of what disturbed them, with the remedy; None where nothing did."""
    found = [one for record in records if (one := trouble(record, baseline)) is not None]
    if not found:
        return None
    worst = max(found, key=lambda one: (one.is_cause, one.amount))
    return f"disturbed in {len(found)} of {len(records)} runs: {worst.text}; {worst.remedy}"


def quieter(first: RunRecord, second: RunRecord, baseline: str) -> RunRecord:
    """That of two runs which was disturbed less."""
    return min(first, second, key=lambda record: max(one.amount for one in _troubles(record, baseline)))


def _troubles(record: RunRecord, baseline: str) -> Sequence[Trouble]:
    happened = record.disturbance or Disturbance()
    programs = f"other programs ({happened.busiest})" if happened.busiest else "other programs"
    waited, off = _waited(record, baseline), _control_off(record, baseline)
    off_by = f"{100 * math.expm1(abs(off)):.0f} % {'more' if off > 0 else 'less'}"
    return (
        Trouble(
            waited / MOST_WAITED,
            f"even the fastest calls waited {100 * waited:.0f} % of their time for {programs}",
            "close them and measure again",
        ),
        Trouble(
            happened.others / MOST_TAKEN,
            f"{programs} took {100 * happened.others:.0f} % of its cores' time",
            "close them and measure again",
        ),
        Trouble(
            happened.stolen / MOST_TAKEN,
            f"other virtual machines took {100 * happened.stolen:.0f} % of its cores' time",
            "measure again when the host is quieter",
        ),
        Trouble(
            happened.throttled * _HEAT,
            f"heat slowed its cores down ({happened.throttled} ×)",
            "let the machine cool down, and measure again",
        ),
        Trouble(
            abs(off) / MOST_CONTROL_OFF,
            f"the control, a copy of the baseline, took {off_by} than it",
            "measure again on a quieter machine",
            is_cause=False,
        ),
    )


def _waited(record: RunRecord, baseline: str) -> float:
    """The share of a call, from its start to its answer, that the baseline and its control could have run and did not.

    They are the course's own code. A turn's time has that taken off already.
    With several threads they also wait for each other, which is nobody else's doing.
    """
    turns = [turn for turn in record.turns if turn.competitor in (baseline, CONTROL) and turn.threads == 1]
    return fmean(turn.waited_s / (turn.waited_s + turn_time_s(turn.timed_s)) for turn in turns) if turns else 0.0


def _control_off(record: RunRecord, baseline: str) -> float:
    """The logarithm of the control's time over the baseline's, as far as the scatter from round to round leaves no doubt."""
    times_s = {(turn.competitor, turn.round): turn_time_s(turn.timed_s) for turn in record.turns}
    logs = [
        math.log(control_s / times_s[baseline, number])
        for (competitor, number), control_s in times_s.items()
        if competitor == CONTROL and (baseline, number) in times_s
    ]
    if not logs:
        return 0.0
    centre = median(logs)
    scatter = MAD_TO_STANDARD_DEVIATION * median(abs(log - centre) for log in logs)
    # The standard error of a median of normal values is √(π/2) times that of their mean.
    error = math.sqrt(math.pi / 2) * scatter / math.sqrt(len(logs))
    return centre if abs(centre) > _SURE * error else 0.0


class Gate:
    """Lets runs start in quiet moments; all of its waiting together has an end."""

    def __init__(self, patience_s: float, snapshot: Callable[[], Snapshot], say: Callable[[str], None]) -> None:
        """`snapshot` looks at the machine; `say` hears for whom the gate waits."""
        self._left_s = patience_s
        self._snapshot = snapshot
        self._say = say

    def wait(self) -> None:
        """Until the workers' cores are free, or the patience is spent; the pauses grow."""
        pause_s = _LOOK_S
        while self._left_s > 0:
            before = self._snapshot()
            self._pause(min(pause_s, self._left_s))
            after = self._snapshot()
            in_the_way = busy(before, after)
            if in_the_way is None:
                return
            self._say(f"waiting: {in_the_way}")
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _pause(self, pause_s: float) -> None:
        sleep(pause_s)
        self._left_s -= pause_s


def busy(before: Snapshot, after: Snapshot) -> Load | None:
    """The program that keeps a worker's core busy; None where there is room."""
    on_cores = [load for load in loads(before, after) if load.core in after.cores]
    shares = {core: sum(load.share for load in on_cores if load.core == core) for core in after.cores}
    return next((load for load in on_cores if shares[load.core] > _BUSY), None)
