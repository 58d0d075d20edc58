"""Strong scaling: what a program gains from more cores on the same problem, from the scores of its runs; pure functions.

With T(p) the time on p cores, the speedup is S = T(1)/T(p) and the efficiency S/p. Amdahl's law (AFIPS Spring Joint Computer
Conference 1967, pages 483-485) has T(p)/T(1) = s + (1 − s)/p, with s the share of the time on one core that stays serial.
Karp and Flatt (Communications of the ACM 33(5), 1990, pages 539-543) solve it for s at each p by itself: (1/S − 1/p)/(1 − 1/p).
Where that stays the same over p, Amdahl's law holds; where it rises, what costs the time grows with the number of cores:
starting them, waiting for each other, sharing the memory.

The runs are the repetitions, each with processes of its own: intervals are Student's over the runs.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from grader.grading.estimate import students_t

CONFIDENCE = 0.95
_LEAST_DISTURBED = 0.02
"""A control that is closer to the time it is a copy of is no sign of anything."""
_EACH_UP_TO = 4


@dataclass(frozen=True)
class Estimate:
    """A value and the interval around it; without the interval where there is a single run."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class OnCores:
    """The program on so many cores."""

    cores: int
    speedup: Estimate
    """Over the same program on one core."""
    karp_flatt: Estimate | None
    """The serial share by this number of cores alone; None on one core."""

    @property
    def efficiency(self) -> float:
        """The share of the cores that pays."""
        return self.speedup.value / self.cores


@dataclass(frozen=True)
class Scaling:
    """What the runs say together."""

    runs: int
    on_cores: tuple[OnCores, ...]
    """From one core up."""
    serial: Estimate
    """Amdahl's s: below 0, more cores gain more than their number, as where each has a cache of its own."""
    control: Estimate
    """The time of a second copy on one core over that of the first: 1 but for noise."""

    @property
    def disturbed(self) -> bool:
        """Whether two copies of one program, both on one core, differ by more than noise."""
        low, high = self.control.low, self.control.high
        apart = low is not None and high is not None and not low <= 1 <= high
        return apart and abs(math.log(self.control.value)) > _LEAST_DISTURBED

    @property
    def most_speedup(self) -> float | None:
        """What Amdahl's law promises of any number of cores; None where it sets no bound."""
        return 1 / self.serial.value if self.serial.value > 0 else None


def core_counts(most: int) -> tuple[int, ...]:
    """Each number of cores up to four, then the doubles, and the most that there are."""
    doubles = [_EACH_UP_TO * 2**step for step in range(most.bit_length()) if _EACH_UP_TO * 2**step < most]
    return tuple(sorted({*range(1, min(_EACH_UP_TO, most) + 1), *doubles, most}))


def scaling(runs: Sequence[Mapping[int, float]], control: Sequence[float]) -> Scaling:
    """From each run's scores.

    Args:
        runs: Maps a number of cores to log(T(p)/T(1)); every run has the same ones, 1 with score 0 among them.
        control: Of each run, the same for the second copy on one core.
    """
    counts = sorted(runs[0])
    return Scaling(
        runs=len(runs),
        on_cores=tuple(_on_cores(cores, [run[cores] for run in runs]) for cores in counts),
        serial=_estimated([serial_share({cores: math.exp(-score) for cores, score in run.items()}) for run in runs]),
        control=_mapped(_estimated(control), math.exp),
    )


def serial_share(speedups: Mapping[int, float]) -> float:
    """Amdahl's s of one run: least squares of the relative errors of T(p)/T(1) = s + (1 − s)/p, in closed form."""
    above = fall = 0.0
    for cores, speedup in speedups.items():
        slope = (1 - 1 / cores) * speedup  # of T(p)/T(1) in s, relative to the time that was measured
        above += slope * (1 - speedup / cores)
        fall += slope * slope
    return above / fall


def karp_flatt(speedup: float, cores: int) -> float:
    """The experimentally determined serial fraction, Karp and Flatt's equation 2."""
    return (1 / speedup - 1 / cores) / (1 - 1 / cores)


def amdahl(serial: float, cores: float) -> float:
    """The speedup that the law gives."""
    return 1 / (serial + (1 - serial) / cores)


def amdahl_or_ideal(serial: float, cores: float) -> float:
    """The law's speedup, or the ideal where more cores gain more than their number: a share below 0 promises nothing."""
    return amdahl(max(serial, 0.0), cores)


def _on_cores(cores: int, scores: Sequence[float]) -> OnCores:
    speedup = _mapped(_estimated(scores), lambda score: math.exp(-score))
    share = _mapped(speedup, lambda value: karp_flatt(value, cores)) if cores > 1 else None
    return OnCores(cores, speedup, share)


def _estimated(values: Sequence[float]) -> Estimate:
    mean = fmean(values)
    if len(values) == 1:
        return Estimate(mean)
    reach = students_t(len(values) - 1, CONFIDENCE) * stdev(values) / math.sqrt(len(values))
    return Estimate(mean, mean - reach, mean + reach)


def _mapped(estimate: Estimate, function: Callable[[float], float]) -> Estimate:
    """Through a monotonic function."""
    if estimate.low is None or estimate.high is None:
        return Estimate(function(estimate.value))
    low, high = sorted((function(estimate.low), function(estimate.high)))
    return Estimate(function(estimate.value), low, high)
