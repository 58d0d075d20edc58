"""Figures of merit: from what gradings said of a class, and what is true of it, to shares and agreement. Pure functions."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean, median, variance

from scipy.stats import kendalltau

from benchmarks.quality.classes import BASE, LADDER, Program, Text
from benchmarks.share import Share

DIFFERENCES = (1, 2, 5, 10)
"""Percent of work more than the base program's: what should be found."""
_FEWEST_TO_SCATTER = 2
"""One value has no variance."""


@dataclass(frozen=True)
class Outcome:
    """What one grading, or one session of another tool, says of a class."""

    log_times: Mapping[str, float]
    """The natural logarithm of each author's time, in whatever unit all of them share."""
    faster: Collection[tuple[str, str]]
    """The pairs of which the first is said to be faster than the second; all others tie."""
    seconds: float
    runs: int = 1
    told_apart: float = 0.0
    """The log ratio from which on it says that it tells programs apart."""

    @property
    def ranks(self) -> dict[str, int]:
        """One more than the number of those that are said to be faster."""
        return {author: 1 + sum(slower == author for _, slower in self.faster) for author in self.log_times}

    def over(self, author: str, other: str) -> float:
        """The time of one author over another's."""
        return math.exp(self.log_times[author] - self.log_times[other])

    def only(self, authors: Collection[str]) -> "Outcome":
        """What it says of these authors, and their part of the seconds."""
        log_times = {author: value for author, value in self.log_times.items() if author in authors}
        faster = {pair for pair in self.faster if set(pair) <= log_times.keys()}
        return replace(self, log_times=log_times, faster=faster, seconds=self.seconds * len(log_times) / len(self.log_times))


NOTHING = Share(0, 0)


@dataclass(frozen=True)
class Merit:
    """How good the gradings of one kind were."""

    gradings: int
    split_gradings: Share
    """Gradings in which at least two programs of the base's work do not tie."""
    split_copies: Share
    """Pairs of identical base programs that do not tie."""
    split_texts: Share
    """Pairs of base programs of different text that do not tie."""
    split_among_others: Share
    """Pairs of identical programs with others just in front of them: here ranks differ also where one alone of the two is found
    to be slower than those."""
    found: Mapping[int, Share]
    """By true difference in percent: programs that are ranked behind the base program. Its equals have the same rank, as a
    rule, and would say the same again."""
    wrong: Share
    """Pairs of unequal programs that are ranked the wrong way round."""
    agreements: tuple[float, ...]
    """Kendall's τ_b between the ranks on the ladder, of every two gradings."""
    copies_variance: float | None
    """Of the log time between programs of the base's work."""
    seconds: float
    """Of a grading, the mean."""
    runs: float
    """Of a grading, the mean."""

    @property
    def agreement(self) -> float | None:
        """The mean τ_b; None where there were no two gradings."""
        return fmean(self.agreements) if self.agreements else None

    @property
    def copies_sd_percent(self) -> float | None:
        """The standard deviation between programs of the base's work, in percent."""
        return None if self.copies_variance is None else 100 * math.sqrt(self.copies_variance)


def merit(outcomes: Sequence[Outcome], programs: Iterable[Program]) -> Merit:
    """The merit of gradings of one class, independent of each other."""
    known = tuple(programs)
    equals = [pair for pair in combinations(known, 2) if pair[0].percent == pair[1].percent]
    base = [pair for pair in equals if pair[0].percent == 0]
    unequal = [pair for pair in combinations(sorted(known, key=lambda one: one.percent), 2) if pair not in equals]
    return Merit(
        gradings=len(outcomes),
        split_gradings=Share(sum(_split(outcome, base).count > 0 for outcome in outcomes), len(outcomes) if base else 0),
        split_copies=_total(_split(outcome, [pair for pair in base if _same_text(pair)]) for outcome in outcomes),
        split_texts=_total(_split(outcome, [pair for pair in base if not _same_text(pair)]) for outcome in outcomes),
        split_among_others=_total(_split(outcome, [pair for pair in equals if pair not in base]) for outcome in outcomes),
        found={
            difference: _total(_in_order(outcome, _with_base(unequal, difference)) for outcome in outcomes)
            for difference in DIFFERENCES
        },
        wrong=_total(_in_order(outcome, [(slow, fast) for fast, slow in unequal]) for outcome in outcomes),
        agreements=tuple(_agreement(one, other) for one, other in combinations(outcomes, 2)),
        copies_variance=_copies_variance(outcomes, [one.author for one in known if one.percent == 0]),
        seconds=fmean(outcome.seconds for outcome in outcomes) if outcomes else 0.0,
        runs=fmean(outcome.runs for outcome in outcomes) if outcomes else 0.0,
    )


def together(merits: Sequence[Merit]) -> Merit:
    """Several classes in one: shares and agreements of all of them, and the median class's scatter between copies."""
    variances = [one.copies_variance for one in merits if one.copies_variance is not None]
    return Merit(
        gradings=sum(one.gradings for one in merits),
        split_gradings=_total(one.split_gradings for one in merits),
        split_copies=_total(one.split_copies for one in merits),
        split_texts=_total(one.split_texts for one in merits),
        split_among_others=_total(one.split_among_others for one in merits),
        found={difference: _total(one.found[difference] for one in merits) for difference in DIFFERENCES},
        wrong=_total(one.wrong for one in merits),
        agreements=tuple(agreement for one in merits for agreement in one.agreements),
        copies_variance=median(variances) if variances else None,
        seconds=fmean(one.seconds for one in merits) if merits else 0.0,
        runs=fmean(one.runs for one in merits) if merits else 0.0,
    )


_Pair = tuple[Program, Program]


def _same_text(pair: _Pair) -> bool:
    return pair[0].text is pair[1].text is Text.SAME


def _with_base(pairs: Iterable[_Pair], difference: int) -> list[_Pair]:
    return [(fast, slow) for fast, slow in pairs if fast == BASE and slow.percent == difference]


def _split(outcome: Outcome, pairs: Sequence[_Pair]) -> Share:
    ranks = outcome.ranks
    return Share(sum(ranks[one.author] != ranks[other.author] for one, other in pairs), len(pairs))


def _in_order(outcome: Outcome, pairs: Sequence[_Pair]) -> Share:
    ranks = outcome.ranks
    return Share(sum(ranks[first.author] < ranks[second.author] for first, second in pairs), len(pairs))


def _total(shares: Iterable[Share]) -> Share:
    return sum(shares, NOTHING)


def _agreement(one: Outcome, other: Outcome) -> float:
    """τ_b on the ladder (Kendall, Biometrika 33, 1945); rankings that separate nobody agree about nothing."""
    rungs = [author for author in LADDER if author in one.log_times and author in other.log_times]
    ranks, others_ranks = one.ranks, other.ranks
    statistic = kendalltau([ranks[rung] for rung in rungs], [others_ranks[rung] for rung in rungs]).statistic
    return 0.0 if math.isnan(statistic) else float(statistic)


def _copies_variance(outcomes: Sequence[Outcome], authors: Sequence[str]) -> float | None:
    if len(authors) < _FEWEST_TO_SCATTER or not outcomes:
        return None
    return fmean(variance(outcome.log_times[author] for author in authors) for outcome in outcomes)
