"""From scores per run to ranks with honest ties."""

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from random import Random
from statistics import fmean

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from benchmarks.stopping_rule import correlated
from grader.errors import GraderError
from grader.grading.estimate import score_run
from grader.grading.rank import Ranking, RunScores, Standing, rank

EIGHT_COPIES = {f"s{number}": 0.0 for number in range(8)}

SCATTER = {
    "control": np.array([1, -1, 1, -1]) * 0.004,
    "a": np.array([1, 1, -1, -1]) * 0.004,
    "b": np.array([1, -1, -1, 1]) * 0.004,
}
"""Of a class with as much noise in each competitor, over four runs."""


def runs_of(scores: Mapping[str, Sequence[float] | NDArray[np.float64]], block: str = "block") -> list[RunScores]:
    """Make runs from each competitor's scores in them; whoever has fewer scores is absent from the later runs."""
    count = max(len(values) for values in scores.values())
    return [
        RunScores(block, {"base": 0.0, **{name: float(values[run]) for name, values in scores.items() if run < len(values)}})
        for run in range(count)
    ]


def rank_students(runs: Sequence[RunScores], *, min_difference: float = 0.01) -> Ranking:
    """Rank everyone but the baseline, the control and the references."""
    students = {name for run in runs for name in run.scores if name not in {"base", "control", "numpy", "numba"}}
    return rank(runs, baseline="base", control="control", students=students, min_difference=min_difference)


def standings(ranking: Ranking) -> dict[str, Standing]:
    return {standing.competitor: standing for standing in ranking.standings}


def ranks(ranking: Ranking) -> dict[str, int]:
    return {standing.competitor: standing.rank for standing in ranking.standings if standing.rank is not None}


def first_ranks(ranking: Ranking) -> dict[str, int]:
    return {standing.competitor: standing.first_rank for standing in ranking.standings if standing.first_rank is not None}


def last_ranks(ranking: Ranking) -> dict[str, int]:
    return {standing.competitor: standing.last_rank for standing in ranking.standings if standing.last_rank is not None}


def measure(
    rng: np.random.Generator,
    effects: Mapping[str, float],
    runs: int,
    *,
    erratic: Mapping[str, float] | None = None,
    block: str = "block",
) -> list[RunScores]:
    """Measure a synthetic class, whose true log ratios to the baseline are `effects`.

    All share the machine's slow phases (10 %, autocorrelated over the 12 rounds). Each worker is off by its own luck for a
    whole run (0.6 %, or what `erratic` says), and its turns scatter about that (0.4 %, autocorrelated).
    """
    truth = {"base": 0.0, "control": 0.0, **effects}
    deviations = [(erratic or {}).get(name, 0.006) for name in truth]
    measured = []
    for _ in range(runs):
        workers = np.array([*truth.values()]) + rng.normal(0, deviations)
        turns_s = 0.010 * np.exp(workers + autocorrelated(rng, 0.10, 1) + autocorrelated(rng, 0.004, len(truth)))
        rounds = [dict(zip(truth, row, strict=True)) for row in turns_s.tolist()]
        measured.append(RunScores(block, score_run(rounds, "base")))
    return measured


def autocorrelated(rng: np.random.Generator, deviation: float, columns: int, rounds: int = 12) -> NDArray[np.float64]:
    """Make noise (rounds × columns) in which a round correlates by 0.7 with the one before."""
    return correlated(rng.normal(0, deviation, (rounds, columns)), 0.7)


@st.composite
def classes(draw: st.DrawFn) -> dict[str, list[float]]:
    """Draw the scores of the control and of two to six students in two to five runs."""
    runs = draw(st.integers(2, 5))
    names = draw(st.lists(st.sampled_from("abcdef"), min_size=2, unique=True))
    scores = st.lists(st.floats(-0.1, 0.1), min_size=runs, max_size=runs)
    return {name: draw(scores) for name in ["control", *names]}


# The decision.


def test_the_hsd_is_tukeys_for_the_residual_of_the_runs_and_competitors() -> None:
    # From one run to the next the competitors move by 0, 2, 4 and −6 thousandths, 0 on average. The sum of squared residuals
    # is half of that of the movements; it has (4 − 1)·(2 − 1) degrees of freedom. The family: a, b and the baseline.
    ranking = rank_students(runs_of({"control": [-0.001, 0.001], "a": [0.098, 0.102], "b": [0.203, 0.197]}))

    variance = (0.002**2 + 0.004**2 + 0.006**2) / 2 / 3
    assert ranking.hsd == pytest.approx(8.305626 / math.sqrt(2) * math.sqrt(variance / 2 + variance / 2))
    a = standings(ranking)["a"]
    assert (a.low, a.score, a.high) == pytest.approx((0.1 - ranking.hsd, 0.1, 0.1 + ranking.hsd))


def test_a_smaller_difference_than_the_hsd_is_a_tie_and_a_larger_one_is_not() -> None:
    hsd = rank_students(runs_of(SCATTER)).hsd
    closer = rank_students(runs_of({**SCATTER, "b": SCATTER["b"] + 0.99 * hsd}), min_difference=0)
    farther = rank_students(runs_of({**SCATTER, "b": SCATTER["b"] + 1.01 * hsd}), min_difference=0)
    assert ranks(closer) == {"a": 1, "b": 1}
    assert ranks(farther) == {"a": 1, "b": 2}


def test_differences_across_blocks_need_the_square_root_of_two_of_it() -> None:
    def rank_apart(gap: float) -> Ranking:
        one = runs_of({"control": SCATTER["control"], "a": SCATTER["a"]}, "one")
        two = runs_of({"control": SCATTER["control"], "b": SCATTER["b"] + gap}, "two")
        return rank_students(one + two, min_difference=0)

    hsd = rank_apart(0).hsd * math.sqrt(2)
    # Both students have four runs; the control, with eight, leaves the median at four.
    assert ranks(rank_apart(0.99 * hsd)) == {"a": 1, "b": 1}
    assert ranks(rank_apart(1.01 * hsd)) == {"a": 1, "b": 2}


def test_the_rank_counts_the_students_that_are_faster() -> None:
    levels = {"a": 0.0, "b": 0.002, "c": 0.2, "d": 0.4, "e": 0.401}
    runs = measure(np.random.default_rng(1), levels, 6)
    ranking = rank_students(runs)
    assert ranks(ranking) == {"a": 1, "b": 1, "c": 3, "d": 4, "e": 4}
    assert last_ranks(ranking) == {"a": 2, "b": 2, "c": 3, "d": 5, "e": 5}


def test_who_ties_with_two_that_do_not_tie_with_each_other_may_have_the_rank_of_either() -> None:
    hsd = rank_students(runs_of(SCATTER)).hsd
    scores = {name: SCATTER[{"a": "a", "b": "b", "c": "control"}[name]] for name in "abc"}
    apart = {"control": SCATTER["control"], "a": scores["a"], "b": scores["b"] + 0.6 * hsd, "c": scores["c"] + 1.2 * hsd}
    ranking = rank_students(runs_of(apart), min_difference=0)
    assert ranks(ranking) == {"a": 1, "b": 1, "c": 2}
    assert last_ranks(ranking) == {"a": 2, "b": 3, "c": 3}


def test_references_stand_among_the_students_and_take_no_rank() -> None:
    runs = measure(np.random.default_rng(2), {"numba": -0.5, "a": 0.0, "numpy": 0.3, "b": 0.6}, 5)
    ranking = rank_students(runs)
    assert ranks(ranking) == {"a": 1, "b": 2}
    in_order = [standing.competitor for standing in ranking.standings if standing.competitor not in {"base", "control"}]
    assert in_order == ["numba", "a", "numpy", "b"]
    assert {standings(ranking)[name].rank for name in ("base", "control", "numba", "numpy")} == {None}


def test_students_with_equal_samples_tie() -> None:
    runs = [
        RunScores(run.block, {**run.scores, "copy": run.scores["a"], "copy of it": run.scores["a"]})
        for run in measure(np.random.default_rng(3), {"a": 0.1}, 4)
    ]
    assert ranks(rank_students(runs)) == {"a": 1, "copy": 1, "copy of it": 1}


def test_after_one_run_nothing_is_known_and_everyone_ties() -> None:
    ranking = rank_students(runs_of({"control": [0.0], "a": [-1.0], "b": [1.0]}))
    assert ranks(ranking) == {"a": 1, "b": 1}
    assert ranking.hsd == math.inf
    assert (standings(ranking)["a"].speedup_low, standings(ranking)["a"].speedup_high) == (0, math.inf)
    assert not ranking.contested


def test_without_any_noise_the_least_difference_decides() -> None:
    rounding = [0.3, 0.3 + 1e-9, 0.3]
    levels = {"control": [0.0] * 3, "a": [0.1] * 3, "b": [0.109] * 3, "c": [0.111] * 3, "d": rounding}
    ranking = rank_students(runs_of(levels))
    assert ranking.hsd == pytest.approx(0, abs=1e-8)
    assert ranks(ranking) == {"a": 1, "b": 1, "c": 2, "d": 4}
    assert not any(standing.erratic for standing in ranking.standings)


def test_speedups_are_the_baselines_time_over_the_competitors() -> None:
    standing = Standing("a", score=math.log(2), low=math.log(1.6), high=math.log(2.5), rank=1, runs=3, erratic=False)
    assert (standing.speedup_low, standing.speedup, standing.speedup_high) == pytest.approx((0.4, 0.5, 0.625))


def test_the_baseline_is_exactly_as_fast_as_itself() -> None:
    base = standings(rank_students(runs_of(SCATTER)))["base"]
    assert (base.low, base.score, base.high, base.speedup) == (0, 0, 0, 1)


def test_a_student_can_be_the_baseline() -> None:
    runs = runs_of({"control": SCATTER["control"], "a": SCATTER["a"] + 0.5})
    ranking = rank(runs, baseline="base", control="control", students={"base", "a", "absent"})
    assert ranks(ranking) == {"base": 1, "a": 2}


# What must not matter.


def test_one_more_author_moves_nobodys_score_where_none_is_outlying() -> None:
    runs = measure(np.random.default_rng(3), {"a": 0.0, "b": 0.05, "third": 0.3}, 6)
    without = [RunScores(run.block, {name: run.scores[name] for name in run.scores if name != "third"}) for run in runs]
    joined, alone = standings(rank_students(runs)), standings(rank_students(without))
    assert {name: joined[name].score for name in alone} == {name: pytest.approx(alone[name].score) for name in alone}


@settings(deadline=None, max_examples=50)
@given(classes(), st.lists(st.floats(-0.1, 0.1), min_size=5, max_size=5))
def test_one_more_author_reverses_no_two_others(scores: dict[str, list[float]], newcomer: list[float]) -> None:
    without = rank_students(runs_of(scores))
    joined = rank_students(runs_of({**scores, "newcomer": newcomer[: len(scores["control"])]}))
    before, after = ranks(without), ranks(joined)
    assert all(after[one] <= after[other] for one in before for other in before if before[one] < before[other])


@settings(deadline=None, max_examples=50)
@given(classes(), st.floats(1e-6, 0.5))
def test_a_slower_copy_never_ranks_above_and_loses_where_it_is_slower_than_the_hsd(
    scores: dict[str, list[float]], slower: float
) -> None:
    original = next(name for name in scores if name != "control")
    ranking = rank_students(runs_of({**scores, "copy": [value + slower for value in scores[original]]}))
    assert ranks(ranking)["copy"] >= ranks(ranking)[original]
    if slower > 1.001 * max(ranking.hsd, 0.01) and not standings(ranking)[original].erratic:
        assert ranks(ranking)["copy"] > ranks(ranking)[original]


@settings(deadline=None, max_examples=50)
@given(classes(), st.randoms())
def test_the_order_of_competitors_and_runs_does_not_matter(scores: dict[str, list[float]], random: Random) -> None:
    runs = runs_of(scores)
    shuffled = [RunScores(run.block, dict(random.sample([*run.scores.items()], len(run.scores)))) for run in runs]
    random.shuffle(shuffled)
    one, other = rank_students(runs), rank_students(shuffled)
    assert ranks(one) == ranks(other)
    assert one.hsd == pytest.approx(other.hsd)


@settings(deadline=None, max_examples=50)
@given(classes())
def test_ranks_follow_the_scores(scores: dict[str, list[float]]) -> None:
    in_order = [standing.rank for standing in rank_students(runs_of(scores)).standings if standing.rank is not None]
    assert in_order[0] == 1
    assert in_order == sorted(in_order)


def test_an_erratic_one_may_have_any_rank_and_still_does_not_pass_ahead() -> None:
    steps = {name: 0.05 * number + SCATTER[kept] for number, (name, kept) in enumerate(zip("abc", SCATTER, strict=True))}
    wild = 0.11 + np.array([0.2, -0.2, -0.2, 0.2])
    ranking = rank_students(runs_of({"control": SCATTER["control"], **steps, "wild": wild}))
    assert standings(ranking)["wild"].erratic
    assert ranks(ranking) == {"a": 1, "b": 2, "c": 3, "wild": 3}
    assert (first_ranks(ranking)["wild"], last_ranks(ranking)["wild"]) == (1, 4)
    assert (first_ranks(ranking)["a"], last_ranks(ranking)["a"]) == (1, 2), "it ties with whoever it may be ahead of"


@settings(deadline=None, max_examples=50)
@given(classes())
def test_ranges_lie_within_the_class_and_those_of_two_who_share_a_rank_overlap(scores: dict[str, list[float]]) -> None:
    ranking = rank_students(runs_of(scores))
    place, first, last = ranks(ranking), first_ranks(ranking), last_ranks(ranking)
    assert place.keys() == first.keys() == last.keys()
    assert all(1 <= first[name] <= place[name] <= last[name] <= len(place) for name in place)
    for one, other in combinations(place, 2):
        assert place[one] != place[other] or max(first[one], first[other]) <= min(last[one], last[other])


@pytest.mark.parametrize("seed", range(20))
def test_true_ranks_lie_within_the_ranges(seed: int) -> None:
    levels = {name: 0.004 * number for number, name in enumerate("abcdefgh")}
    ranking = rank_students(measure(np.random.default_rng(seed), levels, 5))
    first, last = first_ranks(ranking), last_ranks(ranking)
    assert all(first[name] <= rank <= last[name] for rank, name in enumerate("abcdefgh", start=1))
    assert any(first[name] < last[name] for name in levels), "steps of 0.4 % are not told apart in five runs"


# Wild runs and erratic authors.


def test_one_wild_run_hardly_moves_a_score() -> None:
    runs = measure(np.random.default_rng(4), {"a": 0.0, "b": 0.05, "c": 0.1}, 10)
    wild = [RunScores("block", {**runs[0].scores, "a": runs[0].scores["a"] + 0.3}), *runs[1:]]
    moved = standings(rank_students(wild))["a"].score - standings(rank_students(runs))["a"].score
    assert 0 <= moved < 0.005


def test_processes_that_are_slow_as_a_whole_now_and_then_leave_everybody_as_narrow_an_interval() -> None:
    runs = measure(np.random.default_rng(4), EIGHT_COPIES, 8)
    slow = {0: "s0", 2: "s3", 3: "base", 5: "s3", 7: "control"}
    hit = [RunScores("block", _slowed(run.scores, slow.get(number))) for number, run in enumerate(runs)]
    before, after = rank_students(runs), rank_students(hit)
    assert after.hsd < 1.6 * before.hsd  # as they are, the five would make it eight times as large
    assert set(ranks(after).values()) == {1}
    assert not any(standing.erratic for standing in after.standings)
    for name, standing in standings(after).items():
        assert abs(standing.score - standings(before)[name].score) < before.hsd / 2


def _slowed(scores: Mapping[str, float], name: str | None) -> dict[str, float]:
    """Somebody's process took 30 % longer in this run; where it is the baseline's, all others' ratios are that much smaller."""
    if name == "base":
        return {other: score - (other != "base") * math.log(1.3) for other, score in scores.items()}
    return {other: score + (other == name) * math.log(1.3) for other, score in scores.items()}


@pytest.mark.parametrize("seed", range(5))
def test_an_erratic_author_answers_alone_for_its_noise(seed: int) -> None:
    runs = measure(np.random.default_rng(seed), {**EIGHT_COPIES, "erratic": 0.0}, 5, erratic={"erratic": 0.20})
    without = [RunScores(run.block, {name: run.scores[name] for name in run.scores if name != "erratic"}) for run in runs]
    alone, together = rank_students(without), rank_students(runs)
    assert together.hsd < 1.3 * alone.hsd
    for name in EIGHT_COPIES:
        narrow, wide = standings(alone)[name], standings(together)[name]
        assert wide.high - wide.low < 1.3 * (narrow.high - narrow.low)
    erratic = standings(together)["erratic"]
    assert erratic.erratic
    assert erratic.high - erratic.low > 0.2


def test_an_erratic_author_does_not_pass_ahead_of_faster_ones() -> None:
    # Its interval holds everyone, so nobody is significantly faster; it is measured slower than b all the same.
    runs = measure(np.random.default_rng(5), {"a": 0.0, "b": 0.1, "erratic": 0.3}, 6, erratic={"erratic": 0.5})
    ranking = rank_students(runs)
    assert standings(ranking)["erratic"].low < standings(ranking)["a"].score
    assert standings(ranking)["erratic"].score > standings(ranking)["b"].score
    assert ranks(ranking) == {"a": 1, "b": 2, "erratic": 2}


def test_in_few_runs_chance_makes_no_steady_author_erratic() -> None:
    found = [rank_students(measure(np.random.default_rng(seed), EIGHT_COPIES, 3)) for seed in range(50)]
    assert sum(standing.erratic for ranking in found for standing in ranking.standings) <= 2


# Unequal numbers of runs.


def test_an_interval_narrows_with_the_square_root_of_the_runs() -> None:
    ranking = rank_students(runs_of({**SCATTER, "a": SCATTER["a"][[0, 3]]}))
    a, b = standings(ranking)["a"], standings(ranking)["b"]
    assert (a.runs, b.runs) == (2, 4)
    assert (a.high - a.low) / (b.high - b.low) == pytest.approx(math.sqrt(2))


def test_a_student_with_a_single_run_is_judged_by_the_pooled_noise() -> None:
    a = standings(rank_students(runs_of({**SCATTER, "a": [0.1]})))["a"]
    assert a.score == 0.1
    assert math.isfinite(a.high)


def test_a_score_of_few_turns_is_judged_as_noisier_and_widens_nobody_elses_interval() -> None:
    turns = {"base": 12, "control": 12, "a": 12, "b": 2}
    equal = standings(rank_students(runs_of(SCATTER)))
    told = standings(rank_students([RunScores(run.block, run.scores, turns) for run in runs_of(SCATTER)]))
    assert told["b"].high - told["b"].low > 1.2 * (equal["b"].high - equal["b"].low)
    assert told["a"].high - told["a"].low <= equal["a"].high - equal["a"].low


def test_equally_many_turns_change_nothing() -> None:
    runs = runs_of(SCATTER)
    assert rank_students([RunScores(run.block, run.scores, dict.fromkeys(run.scores, 5)) for run in runs]) == rank_students(
        runs
    )


def test_extra_runs_of_two_contested_students_decide_between_them() -> None:
    rng = np.random.default_rng(6)
    everyone = measure(rng, {**EIGHT_COPIES, "a": 0.08, "b": 0.092}, 3)
    extra = [
        RunScores(run.block, {name: run.scores[name] for name in ("base", "control", "a", "b")})
        for run in measure(rng, {"a": 0.08, "b": 0.092}, 12)
    ]
    early, late = ranks(rank_students(everyone)), ranks(rank_students(everyone + extra))
    assert early["a"] == early["b"]
    assert late["a"] < late["b"]


def test_contested_are_neighbours_that_more_runs_may_separate_or_join() -> None:
    # b is 0.6 HSD from a; c is far away, and d almost equal to c.
    hsd = rank_students(runs_of({**SCATTER, "c": SCATTER["a"], "d": SCATTER["b"]})).hsd
    runs = runs_of(
        {
            "control": SCATTER["control"],
            "a": SCATTER["a"],
            "b": SCATTER["b"] + 0.6 * hsd,
            "c": SCATTER["a"] + 5 * hsd,
            "d": SCATTER["b"] + 5.2 * hsd,
        }
    )
    assert rank_students(runs, min_difference=0).contested == (("a", "b"),)


# When to stop.


def test_a_control_that_differs_from_the_baseline_is_found() -> None:
    runs = measure(np.random.default_rng(7), EIGHT_COPIES, 5)
    split = [RunScores(run.block, {**run.scores, "control": run.scores["control"] + 0.05}) for run in runs]
    assert not rank_students(runs).control_split
    assert rank_students(split).control_split


def test_a_control_that_differs_in_one_block_is_not_averaged_away() -> None:
    rng = np.random.default_rng(8)
    good = [run for block in "abc" for run in measure(rng, {f"{block}{n}": 0.0 for n in range(5)}, 4, block=block)]
    bad = [
        RunScores(run.block, {**run.scores, "control": run.scores["control"] + 0.03})
        for run in measure(rng, {f"d{n}": 0.0 for n in range(5)}, 4, block="d")
    ]
    assert not rank_students(good).control_split
    assert rank_students(good + bad).control_split


# How often it errs.


@pytest.mark.parametrize("runs", [3, 5, 10])
def test_identical_copies_are_seldom_split(runs: int) -> None:
    found = [rank_students(measure(np.random.default_rng(seed), EIGHT_COPIES, runs)) for seed in range(200)]
    assert fmean(max(ranks(ranking).values()) > 1 for ranking in found) <= 0.04
    assert fmean(ranking.control_split for ranking in found) <= 0.04


@pytest.mark.parametrize("runs", [3, 5, 10])
def test_five_percent_are_nearly_always_found(runs: int) -> None:
    found = [rank_students(measure(np.random.default_rng(seed), {**EIGHT_COPIES, "slow": 0.05}, runs)) for seed in range(60)]
    assert fmean(ranks(ranking)["slow"] > 1 for ranking in found) >= 0.98


def test_the_intervals_hold_all_true_speedups_at_once() -> None:
    truth = {"a": -0.4, "b": 0.0, "c": 0.013, "d": 0.9}
    held = [
        all(standings(ranking)[name].low <= score <= standings(ranking)[name].high for name, score in truth.items())
        for ranking in (rank_students(measure(np.random.default_rng(seed), truth, 4)) for seed in range(200))
    ]
    assert fmean(held) >= 0.96


def test_copies_in_two_blocks_are_seldom_split() -> None:
    def measure_both(seed: int) -> Ranking:
        rng = np.random.default_rng(seed)
        halves = {"one": list(EIGHT_COPIES)[:4], "two": list(EIGHT_COPIES)[4:]}
        return rank_students(
            [run for block, names in halves.items() for run in measure(rng, dict.fromkeys(names, 0.0), 4, block=block)]
        )

    assert fmean(max(ranks(measure_both(seed)).values()) > 1 for seed in range(150)) <= 0.04


# Bad input.


def test_no_runs_cannot_be_ranked() -> None:
    with pytest.raises(GraderError, match="no runs"):
        rank_students([])


@pytest.mark.parametrize("missing", ["base", "control"])
def test_a_run_without_the_baseline_or_its_control_is_refused(missing: str) -> None:
    scores = {"base": 0.0, "control": 0.0, "a": 0.1}
    runs = [RunScores("one", scores), RunScores("two", {name: scores[name] for name in scores if name != missing})]
    with pytest.raises(GraderError, match=f"run 2 \\(block 'two'\\) lacks '{missing}'"):
        rank_students(runs)


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(GraderError, match="the score of 'a' in run 1"):
        rank_students(runs_of({"control": [0.0], "a": [math.nan]}))


# The quantile.
