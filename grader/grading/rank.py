"""Ranking with honest ties: from the scores of several runs to standings, by Tukey's honest significant difference (HSD).

The model is additive: log time = competitor + run + noise, with fresh workers in every run. What the model leaves over is the
noise, and a difference of two scores counts only where it exceeds the HSD that this noise allows (Tukey 1949; unequal numbers
of runs after Kramer 1956; unequal variances after Games and Howell 1976). Scores are log(time over the baseline's time).
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, pairwise
from statistics import fmean
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError
from grader.grading.outlying import drawn_in
from grader.grading.studentized_range import studentized_range_quantile

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
_Place: TypeAlias = tuple[int | None, int | None, int | None]
"""The rank, and the first and the last one that noise leaves open."""
_NO_PLACE: _Place = (None, None, None)

ERRATIC_VARIANCE_RATIO = 4.0
"""A competitor whose variance exceeds the median one by this factor answers for its own noise, if this is no accident."""

ERRATIC_SIGNIFICANCE = 0.01
"""The probability that chance alone calls any competitor of a steady class erratic. The ratio says too little of few runs: at
three, 6 % of equal competitors exceed it, and without them the pooled variance would come out 18 % too small."""

SHARE_OF_TURNS = 0.5
"""Of a score's variance, where it rests on as many turns as the baseline: what comes from its turns, and is the more the fewer
there are. The rest is the process's own. Equals are split no more often where it is really more, or less: simulated by
`benchmarks/stopping_rule.py`."""

NEGLIGIBLE_VARIANCE = 1e-12
"""Of a log time: a scatter of one in a million is rounding, not noise."""

CONTESTED_FROM, CONTESTED_TO = 0.5, 1.5
"""A difference of so many times what separates two students is contested."""


@dataclass(frozen=True)
class RunScores:
    """The scores of one run: log(time over the baseline's time) of every competitor that took part."""

    block: str
    """The set of competitors that were measured together; each block has the baseline and the control."""
    scores: Mapping[str, float]
    turns: Mapping[str, int] = field(default_factory=dict)
    """How many turns each score rests on; as many as everyone's, where nothing is said."""


@dataclass(frozen=True)
class Standing:
    """Where one competitor stands. Scores are log(time over the baseline's time): smaller is faster."""

    competitor: str
    score: float
    low: float
    """The interval of the score, from here to `high`: all students' intervals hold at once with probability 1 − α."""
    high: float
    rank: int | None
    """The place in the order: 1 is the fastest, equal ranks are ties; None for whoever is not a student."""
    runs: int
    erratic: bool
    """Its own scatter, not the pooled one, made its interval."""
    first_rank: int | None = None
    """From here to `last_rank`: the ranks that the noise leaves open."""
    last_rank: int | None = None

    @property
    def speedup(self) -> float:
        """The baseline's time over this competitor's."""
        return math.exp(-self.score)

    @property
    def speedup_low(self) -> float:
        """The lower end of the speedup's interval."""
        return math.exp(-self.high)

    @property
    def speedup_high(self) -> float:
        """The upper end of the speedup's interval."""
        return math.exp(-self.low)


@dataclass(frozen=True)
class Ranking:
    """All standings, and how far they can be trusted."""

    standings: tuple[Standing, ...]
    """The fastest first; where scores are equal, by name."""
    hsd: float
    """The log ratio that separates two steady competitors of one block with the median number of runs; ∞ after a single run."""
    control_split: bool
    """In some block the baseline's copy came out different from it: measure again, do not publish."""
    contested: tuple[tuple[str, str], ...]
    """Neighbouring students (the faster first) between 0.5 and 1.5 times what separates them. More runs may decide these:
    closer ones need over four times the runs to separate, and what has separated by a wider margin seldom joins again."""


def rank(
    runs: Sequence[RunScores],
    *,
    baseline: str,
    control: str,
    students: Collection[str],
    alpha: float = 0.02,
    min_difference: float = 0.01,
) -> Ranking:
    """Rank the students by their mean scores; a difference that noise could make is a tie.

    `rank_i = 1 + #{student j: score_j < score_i - max(HSD_ij, min_difference)}`, and never less than the rank of a student with
    a smaller score: an erratic submission, which few beat significantly, does not pass ahead of faster and steadier ones.
    All true ranks lie at once, with probability 1 - α, between `first_rank_i = 1 + #{student j significantly faster than i}`
    and `last_rank_i = #{students} - #{student j significantly slower than i}`, for then all who differ significantly are in
    their true order (Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies 91(1), pages 476-518).

    Args:
        runs: Each with the baseline (at 0) and the control. Competitors may take part in different numbers of runs.
        baseline: The competitor that scores are relative to.
        control: The baseline's copy.
        students: Who is ranked; one that took part in no run is left out. All others stand without a rank.
        alpha: The probability that any rank or interval of a student claims a difference that is none.
        min_difference: The log ratio below which students tie whatever the statistics say.

    Raises:
        GraderError: There is no run, a run lacks the baseline or the control, or a score is not finite.
    """
    _require_complete(runs, baseline, control)
    table = _tabulate(runs, baseline)
    noise = _noise(table)
    is_student = np.array([name in students for name in table.competitors])
    # The baseline belongs to the family of comparisons, for the students' intervals are differences to it.
    quantile = _Quantile(probability=1 - alpha, groups=max(2, len({*compress(table.competitors, is_student), baseline})))
    hsd = _hsd_of_pairs(table, noise, quantile)
    separating = np.maximum(hsd, min_difference)
    return Ranking(
        standings=_standings(table, noise, hsd[:, table.baseline], _places(table.scores, separating, is_student)),
        hsd=_typical_hsd(table, noise, quantile),
        control_split=_control_splits(table, table.competitors.index(control), hsd, min_difference),
        contested=_contested(table, separating, is_student),
    )


@dataclass(frozen=True)
class _Table:
    """The runs as arrays, the competitors in the order of their standings."""

    competitors: tuple[str, ...]
    baseline: int
    blocks: tuple[str, ...]
    """Of each run."""
    log_ratios: FloatArray
    """Runs × competitors, outlying ones drawn in; 0 where a competitor is absent."""
    present: BoolArray
    """Runs × competitors."""
    scores: FloatArray
    """Of each competitor, ascending: the mean over its runs."""
    noisiness: FloatArray
    """The variance of each competitor's scores, over that of one with as many turns as the baseline."""

    @property
    def run_counts(self) -> FloatArray:
        """In how many runs each competitor took part."""
        return np.asarray(self.present.sum(axis=0), dtype=np.float64)


@dataclass(frozen=True)
class _Noise:
    """The variance of one log time about the additive model, with its degrees of freedom: pooled, and of each competitor.

    All are what they would be with as many turns as the baseline has: the table's `noisiness` is taken off.
    """

    pooled_variance: float
    pooled_degrees: float
    variances: FloatArray
    degrees: FloatArray
    erratic: BoolArray


def _require_complete(runs: Sequence[RunScores], baseline: str, control: str) -> None:
    if not runs:
        raise GraderError("there are no runs to rank; measure at least one")
    for number, run in enumerate(runs, start=1):
        for needed in (baseline, control):
            if needed not in run.scores:
                raise GraderError(
                    f"run {number} (block {run.block!r}) lacks {needed!r}; the baseline and its control are in every run"
                )
        for competitor, score in run.scores.items():
            if not math.isfinite(score):
                raise GraderError(
                    f"the score of {competitor!r} in run {number} (block {run.block!r}) is {score}; leave absent ones out"
                )


def _tabulate(runs: Sequence[RunScores], baseline: str) -> _Table:
    names = sorted({name for run in runs for name in run.scores})
    blocks = tuple(run.block for run in runs)
    present = np.array([[name in run.scores for name in names] for run in runs])
    noisiness = np.array([_noisiness([run for run in runs if name in run.scores], name, baseline) for name in names])
    measured = np.array([[run.scores.get(name, 0.0) for name in names] for run in runs])
    log_ratios = _without_outliers(measured, present, blocks, noisiness, names.index(baseline))
    scores = log_ratios.sum(axis=0) / present.sum(axis=0)
    order = np.argsort(scores, kind="stable")
    competitors = tuple(names[index] for index in order)
    return _Table(
        competitors=competitors,
        baseline=competitors.index(baseline),
        blocks=blocks,
        log_ratios=log_ratios[:, order],
        present=present[:, order],
        scores=scores[order],
        noisiness=noisiness[order],
    )


def _without_outliers(
    log_ratios: FloatArray, present: BoolArray, blocks: Sequence[str], noisiness: FloatArray, baseline: int
) -> FloatArray:
    """Draw in what is outlying, block by block. Where that is the baseline's time, all ratios of the run move with it."""
    found = log_ratios.copy()
    for block in set(blocks):
        in_block = np.array([one == block for one in blocks])
        takes_part = present[in_block].any(axis=0)
        cells = np.ix_(in_block, takes_part)
        found[cells] = drawn_in(log_ratios[cells], present[cells], noisiness[takes_part])
    return np.where(present, found - found[:, [baseline]], 0.0)


def _noisiness(runs: Sequence[RunScores], competitor: str, baseline: str) -> float:
    """By the turns that its scores rest on, the mean over its runs."""
    told = [run.turns for run in runs if {competitor, baseline} <= run.turns.keys()]
    fewer = fmean(turns[baseline] / turns[competitor] for turns in told) if told else 1.0
    return 1 - SHARE_OF_TURNS + SHARE_OF_TURNS * fewer


def _noise(table: _Table) -> _Noise:
    """Pool the residual variance over the steady competitors, setting aside the most erratic one until none is left.

    One at a time, for a run's effect is shared: an erratic competitor first makes all others look worse than they are.
    """
    erratic = np.zeros(len(table.competitors), dtype=np.bool_)
    residuals = _Residuals(table)
    while True:
        squares, degrees = residuals.about(~erratic)
        variances = np.divide(squares, degrees, out=np.zeros_like(squares), where=degrees > 0)
        suspect = int(np.argmax(np.where(erratic, -np.inf, variances)))
        if not _is_erratic(suspect, squares, degrees, ~erratic):
            pooled_variance, pooled_degrees = _pooled(squares, degrees, ~erratic)
            return _Noise(pooled_variance, pooled_degrees, variances, degrees, erratic)
        erratic[suspect] = True


def _is_erratic(suspect: int, squares: FloatArray, degrees: FloatArray, steady: BoolArray) -> bool:
    """Whether the suspect's variance is large against the median one, and by an F-test against the other steady ones."""
    from scipy.special import fdtrc  # here, so that commands that rank nothing start at once

    others = steady & (np.arange(len(steady)) != suspect)
    others_variance, others_degrees = _pooled(squares, degrees, others)
    if degrees[suspect] == 0 or others_degrees == 0:
        return False
    known = degrees > 0
    usual = max(float(np.median(squares[known] / degrees[known])), NEGLIGIBLE_VARIANCE)
    variance = squares[suspect] / degrees[suspect]
    chance = fdtrc(degrees[suspect], others_degrees, variance / max(others_variance, NEGLIGIBLE_VARIANCE))
    return bool(variance > ERRATIC_VARIANCE_RATIO * usual and chance < ERRATIC_SIGNIFICANCE / np.count_nonzero(known))


def _pooled(squares: FloatArray, degrees: FloatArray, among: BoolArray) -> tuple[float, float]:
    """The common variance of some competitors and its degrees of freedom; 0 and 0 where nothing is known."""
    pooled_degrees = float(degrees[among].sum())
    return (float(squares[among].sum()) / pooled_degrees if pooled_degrees > 0 else 0.0), pooled_degrees


class _Residuals:
    """What the model leaves over, block by block: an erratic competitor changes only the fits of the blocks that it is in."""

    def __init__(self, table: _Table) -> None:
        numbers = np.unique(table.blocks, return_inverse=True)[1]
        self._runs_of = [np.flatnonzero(numbers == number) for number in range(numbers.max() + 1)]
        self._table = table
        self._present = [np.flatnonzero(table.present[runs].any(axis=0)) for runs in self._runs_of]
        self._fits: dict[tuple[int, bytes], tuple[FloatArray, FloatArray]] = {}

    def about(self, steady: BoolArray) -> tuple[FloatArray, FloatArray]:
        """Each competitor's sum of squared residuals and their degrees of freedom, added up over the blocks."""
        squares = np.zeros(len(self._table.competitors))
        degrees = np.zeros(len(self._table.competitors))
        for block, present in enumerate(self._present):
            block_squares, block_degrees = self._of_block(block, steady[present])
            squares[present] += block_squares
            degrees[present] += block_degrees
        return squares, degrees

    def _of_block(self, block: int, steady: BoolArray) -> tuple[FloatArray, FloatArray]:
        key = (block, steady.tobytes())
        if key not in self._fits:
            cells = np.ix_(self._runs_of[block], self._present[block])
            noisiness = self._table.noisiness[self._present[block]]
            self._fits[key] = _block_residuals(self._table.log_ratios[cells], self._table.present[cells], steady, noisiness)
        return self._fits[key]


def _block_residuals(
    log_ratios: FloatArray, present: BoolArray, steady: BoolArray, noisiness: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Fit run + competitor effects to one block (runs × competitors, any cells absent); squares and degrees per competitor.

    The run effects are the least-squares ones of the steady competitors, weighted by how noisy they are, so that an erratic one
    leaves the others' residuals alone. The baseline takes part with its zeros: subtracting its log time from a whole run only
    moves that run's effect, and so its own noise is estimated like any other's.
    """
    run_of, competitor_of = np.nonzero(present)
    values = log_ratios[present]
    run_count, competitor_count = present.shape
    weights = 1 / np.sqrt(noisiness[competitor_of])
    design = weights[:, None] * np.hstack([np.eye(run_count)[run_of], np.eye(competitor_count)[competitor_of]])
    fitted = steady[competitor_of]
    # One direction of the design is always empty (a constant moved from runs to competitors): the cutoff is above rounding.
    inverse = np.linalg.pinv(design[fitted], rcond=1e-9)
    run_effects = (inverse @ (weights * values)[fitted])[:run_count]
    leverages = np.einsum("ij,ji->i", design[fitted], inverse)

    def per_competitor(amounts: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(competitor_of, amounts, competitor_count), dtype=np.float64)

    counts = np.asarray(present.sum(axis=0), dtype=np.float64)
    deviations = values - run_effects[run_of]
    effects = per_competitor(deviations) / np.maximum(counts, 1)
    squares = per_competitor((weights * (deviations - effects[competitor_of])) ** 2)
    freedoms = np.zeros(len(values))
    freedoms[fitted] = 1 - leverages
    degrees = np.where(steady, per_competitor(freedoms).round(9), np.maximum(counts - 1, 0))  # exactly 0 where nothing is left
    return squares, degrees


@dataclass(frozen=True)
class _Quantile:
    """The studentized range's quantile for one family of comparisons."""

    probability: float
    groups: int

    def significant(self, variance: FloatArray, degrees: FloatArray) -> FloatArray:
        """The difference that is just significant, where differences have this variance with these degrees of freedom."""
        # Tables of the quantile are no finer, and pairs of equal runs share one.
        levels, level_of = np.unique(np.round(degrees.ravel(), 1), return_inverse=True)
        quantiles = np.array([studentized_range_quantile(self.probability, self.groups, float(level)) for level in levels])
        return quantiles[level_of].reshape(degrees.shape) * np.sqrt(variance / 2)


def _hsd_of_pairs(table: _Table, noise: _Noise, quantile: _Quantile) -> FloatArray:
    """The HSD of every two competitors: what must lie between their scores.

    The variance of a difference is v_i/S_i + v_j/S_j, and the baseline's noise as far as it does not cancel: it does in common
    runs; across blocks it does not at all, which makes √2 of the HSD where all are equally noisy and measured.
    """
    if noise.pooled_degrees == 0:
        return np.where(np.eye(len(table.competitors), dtype=np.bool_), 0.0, np.inf)
    # A run's weight in a competitor's score. The baseline's own score is 0 without error, whatever its times do.
    weights = (table.present / table.run_counts).T
    weights[table.baseline] = 0.0
    own = (weights**2).sum(axis=1)
    uncancelled = np.maximum(_of_pairs(own) - 2 * weights @ weights.T, 0.0)  # Σ (w_i − w_j)² over the runs

    noisy = own * table.noisiness
    erratic = np.where(noise.erratic, noise.variances, 0.0)
    degrees = np.maximum(noise.degrees, 1)  # those of the erratic ones are at least 1, and the others' are multiplied by 0
    pooled = _of_pairs(noisy * ~noise.erratic) + uncancelled * (not noise.erratic[table.baseline])
    pooled_part = noise.pooled_variance * pooled
    baseline_part = uncancelled * erratic[table.baseline]
    variance = pooled_part + _of_pairs(noisy * erratic) + baseline_part
    # Welch and Satterthwaite: the degrees of freedom of a sum of independent variances.
    uncertainty = (
        pooled_part**2 / noise.pooled_degrees
        + _of_pairs((noisy * erratic) ** 2 / degrees)
        + baseline_part**2 / degrees[table.baseline]
    )
    pair_degrees = np.divide(variance**2, uncertainty, out=np.full_like(variance, noise.pooled_degrees), where=uncertainty > 0)
    hsd = quantile.significant(variance, pair_degrees)
    np.fill_diagonal(hsd, 0.0)
    return hsd


def _of_pairs(values: FloatArray) -> FloatArray:
    """The sum of every two values, as a matrix."""
    return values[:, None] + values[None, :]


def _typical_hsd(table: _Table, noise: _Noise, quantile: _Quantile) -> float:
    if noise.pooled_degrees == 0:
        return math.inf
    noisiness = float(np.median(np.delete(table.noisiness / table.run_counts, table.baseline)))
    variance = np.array([2 * noise.pooled_variance * noisiness])
    return float(quantile.significant(variance, np.array([noise.pooled_degrees]))[0])


def _places(scores: FloatArray, separating: FloatArray, is_student: BoolArray) -> list[_Place]:
    """Each competitor's; a place in the order is never less than a faster student's."""
    gaps = scores[:, None] - scores[None, :]
    firsts = 1 + ((gaps > separating) & is_student).sum(axis=1)
    lasts = np.count_nonzero(is_student) - ((gaps < -separating) & is_student).sum(axis=1)
    ranks = np.maximum.accumulate(np.where(is_student, firsts, 0))
    places = zip(ranks.tolist(), firsts.tolist(), lasts.tolist(), strict=True)
    return [place if student else _NO_PLACE for place, student in zip(places, is_student, strict=True)]


def _standings(table: _Table, noise: _Noise, reaches: FloatArray, places: Sequence[_Place]) -> tuple[Standing, ...]:
    return tuple(
        Standing(
            competitor=name,
            score=float(table.scores[index]),
            low=float(table.scores[index] - reaches[index]),
            high=float(table.scores[index] + reaches[index]),
            rank=rank,
            runs=int(table.run_counts[index]),
            erratic=bool(noise.erratic[index]),
            first_rank=first_rank,
            last_rank=last_rank,
        )
        for index, (name, (rank, first_rank, last_rank)) in enumerate(zip(table.competitors, places, strict=True))
    )


def _control_splits(table: _Table, control: int, hsd: FloatArray, min_difference: float) -> bool:
    """Whether the control differs from the baseline in any block; one block's bad hour must not drown in the others' mean."""
    total_runs = table.run_counts[control]
    for block in set(table.blocks):
        in_block = [name == block for name in table.blocks]
        score = fmean(table.log_ratios[in_block, control].tolist())
        block_hsd = hsd[control, table.baseline] * math.sqrt(total_runs / sum(in_block))
        if abs(score) > max(block_hsd, min_difference):
            return True
    return False


def _contested(table: _Table, separating: FloatArray, is_student: BoolArray) -> tuple[tuple[str, str], ...]:
    return tuple(
        (table.competitors[faster], table.competitors[slower])
        for faster, slower in pairwise(np.flatnonzero(is_student))
        if CONTESTED_FROM * separating[faster, slower]
        < table.scores[slower] - table.scores[faster]
        < CONTESTED_TO * separating[faster, slower]
    )
