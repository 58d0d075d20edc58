"""Schelling's model: its checker takes chance for chance and nothing else, and its texts say what is so."""

import contextlib
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import stats

from grader.content.task import Difference, Inputs, Mistake, Outputs
from grader.grading.pictures import PICTURES_BUDGET_S
from tests.tasks.task_under_test import (
    answer_of,
    case_named,
    drawn,
    figure_of_answers,
    module_at,
    own_copy,
    picture_of,
    reference,
    task_under_test,
    verdict_of,
)

UNDER_TEST = task_under_test("schelling")
TASK = UNDER_TEST.task
VARIANTS = module_at(Path(__file__).with_name("schelling_variants.py"))
MODULE = sys.modules[TASK.expect.__module__]
ONE_ROUND = module_at(UNDER_TEST.loaded.folder / "one_round.py")

Map: TypeAlias = NDArray[np.int8]
Arguments: TypeAlias = tuple[Map, float, int, int]

TOWN = np.array([[1, 1, 2, 2], [1, 1, 2, 2], [1, 2, 0, 2], [1, 1, 2, 2]], dtype=np.int8)
"""The map of the statement: at r = 1/2, one agent is dissatisfied, in row 2, column 1."""


def verdict(inputs: Inputs, answer: Outputs) -> Difference | None:
    return TASK.check(inputs, answer, TASK.expect(inputs))


def played(inputs: Inputs) -> Outputs:
    return answer_of(TASK, reference("numpy", "schelling"), inputs)


def followed_up(inputs: Inputs, answer: Outputs, k: int, play: Callable[[Inputs], Outputs] = played) -> Difference | None:
    """What further calls with k and k + 1 rounds, and with another seed, say of an answer."""
    assert TASK.follow_up is not None
    grid, r, _, seed = cast("Arguments", inputs)
    further = ((grid, r, k, seed), (grid, r, k + 1, seed), (grid, r, k + 1, seed ^ 1))
    return TASK.follow_up.check(inputs, answer, tuple((one, play(one)) for one in further))


def lecture(n: int = 32, n_rounds: int = 4, r: float = 0.5) -> Inputs:
    return np.random.default_rng(5).integers(1, 3, (n, n), dtype=np.int8), r, n_rounds, 11


maps = st.integers(0, 6).flatmap(
    lambda n: st.lists(st.integers(0, 2), min_size=n * n, max_size=n * n).map(
        lambda cells: np.array(cells, dtype=np.int8).reshape(n, n)
    )
)
problems: st.SearchStrategy[Inputs] = st.tuples(
    maps, st.integers(0, 8).map(lambda eighths: eighths / 8) | st.floats(0, 1), st.integers(0, 4), st.integers(0, 2**31 - 1)
)


# The rules


@settings(deadline=None)
@given(maps)
def test_neighbours_are_counted_around_the_edges(grid: Map) -> None:
    n = len(grid)
    counted = ONE_ROUND.count_neighbours(grid)
    for kind in (1, 2):
        for row, column in np.ndindex(n, n):
            around = [grid[(row + i) % n, (column + j) % n] for i in (-1, 0, 1) for j in (-1, 0, 1) if (i, j) != (0, 0)]
            assert counted[kind - 1][row, column] == around.count(kind)


def test_on_a_random_map_as_many_are_dissatisfied_as_the_binomial_distribution_says() -> None:
    grid = np.random.default_rng(2).integers(1, 3, (400, 400), dtype=np.int8)
    for wanted in range(9):
        share = ONE_ROUND.find_dissatisfied(grid, wanted / 8).mean()
        assert share == pytest.approx(stats.binom.cdf(wanted - 1, 8, 0.5), abs=0.01)


@pytest.mark.parametrize(("name", "count"), [("two-bands", 80), ("chessboard", 0), ("r-0", 0), ("empty", 0), ("one-cell", 0)])
def test_maps_whose_first_count_is_known(name: str, count: int) -> None:
    assert TASK.expect(drawn(case_named(TASK, name))).dissatisfied == count


@pytest.mark.parametrize(
    ("r", "wanted"), [(0.0, 0), (1 / 8, 1), (0.3, 3), (3 * 0.125 + 1e-16, 3), (0.1 + 0.2 + 0.075, 3), (1.0, 8)]
)
def test_8r_is_rounded_up_but_not_for_the_rounding_of_r(r: float, wanted: int) -> None:
    assert ONE_ROUND.wanted_neighbours(r) == wanted


# Whether something can be chance


@settings(deadline=None)
@given(st.data())
def test_tails_are_those_of_the_hypergeometric_distribution(data: st.DataObject) -> None:
    cells = data.draw(st.integers(1, 300))
    size, of_kind = data.draw(st.integers(0, cells)), data.draw(st.integers(0, cells))
    found = data.draw(st.integers(max(0, size + of_kind - cells), min(size, of_kind)))
    count = ONE_ROUND.Count("", "", 1, found, size, of_kind, cells)
    distribution = stats.hypergeom(cells, of_kind, size)
    expected = distribution.sf(found - 1) if found >= count.mean else distribution.cdf(found)
    assert math.exp(count.log_tail()) == pytest.approx(expected, rel=1e-6, abs=1e-300)
    assert count.is_no_accident() == (expected < ONE_ROUND.ALPHA / 2)


def test_counts_of_random_moves_have_the_mean_and_the_deviation_they_are_said_to_have() -> None:
    rng = np.random.default_rng(8)
    before = rng.integers(0, 3, (24, 24), dtype=np.int8)
    market = ONE_ROUND.find_dissatisfied(before, 0.4) | (before == 0)
    scores = []
    for _ in range(400):
        after = before.copy()
        after[market] = rng.permutation(before[market])
        counts = (*ONE_ROUND.counts_by_part(before, after, market), *ONE_ROUND.counts_beside(after, market))
        scores.append([(count.found - count.mean) / count.deviation for count in counts])
    assert len(scores[0]) == 3 * (3 + 1 + 5 + 2 + 2 + 3) + 3 * 2 * 4
    assert np.abs(np.mean(scores, axis=0)).max() < 5 / math.sqrt(400)
    assert np.abs(np.std(scores, axis=0) - 1).max() < 0.25


@settings(deadline=None)
@given(problems)
def test_the_readable_reference_passes_on_anything(inputs: Inputs) -> None:
    assert verdict_of(TASK, reference("naive", "schelling"), inputs) is None


@settings(deadline=None)
@given(problems)
def test_the_tuned_reference_passes_on_anything(inputs: Inputs) -> None:
    assert verdict_of(TASK, reference("tuned", "schelling"), inputs) is None


@pytest.mark.parametrize("name", ["rows drawn apart", "random keys sorted", "one kind after the other"])
def test_honest_moves_pass_with_any_seed(name: str) -> None:
    for seed in range(3, 7):
        for case in TASK.check_cases[-6:]:
            assert verdict_of(TASK, UNDER_TEST.honest[name], drawn(case, seed), seed) is None, (case.name, seed)


def town_with_a_small_market(n: int, empty: int) -> tuple[Map, list[tuple[int, int]]]:
    """Half a map of each kind, with two lone agents of the other kind and up to two empty cells; and these cells."""
    half = n // 2
    grid = np.repeat([1, 2], half).astype(np.int8)[:, np.newaxis].repeat(n, axis=1)
    lone = [(2, 2), (2, 8), (half + 2, 2), (half + 2, 8)]
    for place in lone:
        grid[place] = 3 - grid[place]
    vacant = [(3, 5), (half + 3, 5)][:empty]
    for place in vacant:
        grid[place] = 0
    return grid, [*lone, *vacant]


@pytest.mark.parametrize(("n", "empty", "arrangements"), [(12, 2, 90), (12, 1, 30), (12, 0, 6), (24, 2, 90)])
@pytest.mark.parametrize("level", ["numba", "tuned"])
def test_all_arrangements_of_a_small_market_are_equally_likely(level: str, n: int, empty: int, arrangements: int) -> None:
    grid, market = town_with_a_small_market(n, empty)  # of 24 × 24 cells, the tuned reference lists those of the market
    play = reference(level, "schelling")
    calls = 50 * arrangements
    seen: dict[tuple[int, ...], int] = {}
    for seed in range(calls):
        final, counts = play(grid.copy(), 1 / 8, 1, seed)
        kinds = tuple(int(final[place]) for place in market)
        seen[kinds] = seen.get(kinds, 0) + 1
        assert counts[0] == 4
    assert len(seen) == arrangements
    assert stats.chisquare(list(seen.values())).pvalue > 1e-3


# What the answer alone shows


def test_the_two_possible_answers_to_the_statements_example_pass_and_others_do_not() -> None:
    inputs = (TOWN, 0.5, 1, 7)
    moved = TOWN.copy()
    moved[2, 1], moved[2, 2] = 0, 2
    one = np.array([1])
    assert verdict(inputs, (TOWN, one)) is None
    assert verdict(inputs, (moved, one)) is None
    elsewhere = TOWN.copy()
    elsewhere[0, 2], elsewhere[2, 2] = 0, 2
    assert verdict(inputs, (elsewhere, one)) == Difference(
        summary="in round 0 (counted from 0), satisfied agents are replaced: 1 of 14",
        where="row 0, column 2",
        expected="2, as before the round: this agent is satisfied, so it stays",
        got="0",
    )


def test_a_wrong_first_count_is_named() -> None:
    grid = lecture()[0]
    inputs = (grid, 0.5, 3, 1)
    final, counts = played(inputs)
    first = int(counts[0])
    counts[0] += 1
    assert verdict(inputs, (final, counts)) == Difference(
        summary="the number of dissatisfied agents on the map that is given is wrong",
        where="round 0 (counted from 0), at its start",
        expected=str(first),
        got=str(first + 1),
    )


def test_a_count_at_the_end_of_the_round_is_said_to_be_one() -> None:
    inputs = lecture(n_rounds=1)
    final, _ = played(inputs)
    at_the_end = np.array([np.count_nonzero(ONE_ROUND.find_dissatisfied(final, 0.5))])
    difference = verdict(inputs, (final, at_the_end))
    assert difference is not None
    assert difference.got == f"{at_the_end[0]}, the number on the map after the round"


def test_agents_that_disappear_are_counted() -> None:
    inputs = lecture()
    final, counts = played(inputs)
    ones, twos = (int(np.count_nonzero(final == kind)) for kind in (1, 2))
    final[tuple(np.argwhere(final == 1)[0])] = 0
    difference = verdict(inputs, (final, counts))
    assert difference is not None
    assert (difference.expected, difference.got) == (f"0, {ones}, {twos}", f"1, {ones - 1}, {twos}")


@pytest.mark.parametrize("garbage", [-128, -1, 3, 127])
def test_a_cell_that_was_never_filled_in_is_said_to_be_so(garbage: int) -> None:
    inputs = lecture()
    final, counts = played(inputs)
    final[3, 4] = garbage
    difference = verdict(inputs, (final, counts))
    assert difference is not None
    assert difference.where == "the final map, row 3, column 4"
    assert difference.got == f"{garbage}: was this cell filled in?"


@settings(deadline=None)
@given(st.integers(1, 3), st.integers(-(2**63), 2**63 - 1))
def test_impossible_counts_are_found(number: int, count: int) -> None:
    inputs = lecture(n=8)
    final, counts = played(inputs)
    counts[number] = count
    if not 0 <= count <= 64:
        difference = verdict(inputs, (final, counts))
        assert difference is not None
        assert difference.where == f"round {number} (counted from 0), at its start"


def test_where_nobody_is_dissatisfied_it_stays_so() -> None:
    inputs = lecture(n_rounds=6)
    final, counts = played(inputs)
    counts[2], counts[3:] = 0, 5
    difference = verdict(inputs, (final, counts))
    assert difference is not None
    assert (difference.where, difference.expected, difference.got) == ("round 3 (counted from 0), at its start", "0", "5")
    counts[2:] = 0
    difference = verdict(inputs, (final, counts))
    assert difference is not None
    assert difference.expected == "nobody dissatisfied"


@pytest.mark.parametrize("name", ["no-rounds", "r-0", "chessboard", "one-cell"])
def test_a_map_that_nobody_can_change_stays_as_it_is(name: str) -> None:
    inputs = drawn(case_named(TASK, name))
    grid, _, n_rounds, _ = cast("Arguments", inputs)
    right = (grid, np.zeros(n_rounds, dtype=np.int64))
    assert verdict(inputs, right) is None
    turned = np.ascontiguousarray(grid[:, ::-1])
    if (turned != grid).any():
        assert verdict(inputs, (turned, right[1])) is not None


def test_agents_alone_on_a_full_map_of_one_kind_stay_whatever_they_want() -> None:
    grid = np.full((5, 5), 1, dtype=np.int8)
    assert verdict((grid, 1.0, 2, 3), (grid, np.zeros(2, dtype=np.int64))) is None


def test_simulations_count_what_honest_programs_count_on_average_with_the_same_scatter() -> None:
    """Within a tenth of what is allowed, at an r at which the map separates slowly and one at which it soon comes to rest."""
    for r in (5 / 8, 4 / 8):
        grid, *_ = cast("Arguments", drawn(case_named(TASK, "64x64-20")))
        simulated = np.array([MODULE.simulated_series(grid, r, 20, seed) for seed in range(40)])
        tuned = np.array([reference("tuned", "schelling")(grid.copy(), r, 21, seed)[1] for seed in range(40)])
        assert np.abs(simulated.mean(axis=0) - tuned.mean(axis=0)).max() < MODULE.ALLOWED_DEVIATION / 40 * 64
        assert np.abs(tuned - simulated).max() < MODULE.ALLOWED_DEVIATION / 3 * 64


def test_an_invented_series_is_wrong_by_itself() -> None:
    inputs = drawn(case_named(TASK, "64x64-20"))
    final, counts = played(inputs)
    assert verdict(inputs, (final, counts)) is None
    difference = verdict(inputs, (np.asarray(inputs[0]), np.full(20, counts[0])))
    assert difference is not None
    assert difference.summary.startswith("so many or so few agents are never dissatisfied")
    assert difference.got == f"{counts[0]:,}"


def test_a_final_map_on_which_too_many_are_dissatisfied_is_wrong_by_itself() -> None:
    inputs = drawn(case_named(TASK, "64x64-20"))
    _, counts = played(inputs)
    difference = verdict(inputs, (np.asarray(inputs[0]), counts))
    assert difference is not None
    assert (difference.where, difference.got) == ("the final map", f"{counts[0]:,}")


def test_a_map_that_is_sorted_between_two_honest_rounds_is_wrong_by_its_counts_whichever_round_is_looked_at() -> None:
    inputs = drawn(case_named(TASK, "128x128-20"))
    grid, r, n_rounds, seed = cast("Arguments", inputs)
    first_map, first = played((grid, r, 5, seed))
    final, later = played((np.sort(first_map, axis=None).reshape(grid.shape), r, n_rounds - 5, seed))
    difference = verdict(inputs, (final, np.concatenate([first, later])))
    assert difference is not None
    assert difference.where == "round 5 (counted from 0), at its start"


@pytest.mark.parametrize("lie", [-1, 1])
def test_the_map_after_the_round_has_to_be_as_the_next_round_counts(lie: int) -> None:
    inputs = lecture()
    final, counts = played(inputs)
    counts[3] += lie
    difference = followed_up(inputs, (final, counts), 2)
    assert difference is not None
    assert difference.where == "the map that a call with n_rounds = 3 returns"


# What is only read on


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_market_that_is_read_on_by_any_stride_is_found(data: st.DataObject) -> None:
    size = data.draw(st.integers(400, 3000))
    stride, shift = data.draw(st.integers(1, size - 1)), data.draw(st.integers(0, size - 1))
    while math.gcd(stride, size) > 1:
        stride = stride + 1 if stride + 1 < size else 1
    was = np.random.default_rng(size).choice(np.array([0, 1, 2], dtype=np.int8), size, p=(0.2, 0.4, 0.4))
    now = was[(stride * np.arange(size) + shift) % size]
    difference = ONE_ROUND.fault_of_copy(was, now, 3)
    assert difference is not None
    assert difference.summary.startswith("in round 3 (counted from 0), the market is only moved on")
    assert f"each {min(stride, size - stride):,} cells" in difference.got


def read_in_columns(was: Map, _: np.random.Generator) -> Map:
    side = math.isqrt(len(was))
    turned = was[: side * side].reshape(side, side).T.ravel()
    return np.concatenate([turned, was[side * side :]])


def with_a_shuffled_half(was: Map, rng: np.random.Generator) -> Map:
    half = len(was) // 2
    return np.concatenate([rng.permutation(was[:half]), was[half:][::-1]])


def with_one_cell_in_twenty_drawn(was: Map, rng: np.random.Generator) -> Map:
    now = was[::-1].copy()
    drawn_cells = np.flatnonzero(rng.random(len(was)) < 0.05)
    now[drawn_cells] = rng.permutation(now[drawn_cells])
    return now


def in_shuffled_pieces(was: Map, rng: np.random.Generator) -> Map:
    pieces = np.array_split(was, len(was) // 300)
    return np.concatenate([pieces[number] for number in rng.permutation(len(pieces))])


@pytest.mark.parametrize("move", [read_in_columns, with_a_shuffled_half, with_one_cell_in_twenty_drawn, in_shuffled_pieces])
@pytest.mark.parametrize("size", [20_000, 1_500_000])
def test_parts_of_the_market_that_are_only_read_on_are_found_wherever_they_are(
    size: int, move: Callable[[Map, np.random.Generator], Map]
) -> None:
    rng = np.random.default_rng(size)
    was = rng.choice(np.array([0, 1, 2], dtype=np.int8), size, p=(0.2, 0.4, 0.4))
    assert ONE_ROUND.fault_of_copy(was, move(was, rng), 0) is not None


@pytest.mark.parametrize("shares", [(0.1, 0.45, 0.45), (0.9, 0.05, 0.05), (0.98, 0.01, 0.01), (0, 0.5, 0.5), (0, 0, 1)])
@pytest.mark.parametrize("size", [1, 2, 3, 50, 300, 5_000, 50_000])
def test_a_shuffled_market_is_no_copy_whatever_it_was(shares: tuple[float, float, float], size: int) -> None:
    rng = np.random.default_rng(size)
    one = rng.choice(np.array([0, 1, 2], dtype=np.int8), size, p=shares)
    for was in (one, np.sort(one), np.resize(one[:7], size)):
        assert ONE_ROUND.fault_of_copy(was, rng.permutation(was), 0) is None


def test_how_long_a_copied_run_is_takes_the_probability_of_chance_below_the_limit() -> None:
    """Reversed, the run begins where it is first long enough: one cell less is given by chance with a greater probability."""
    was = np.random.default_rng(4).choice(np.array([0, 1, 2], dtype=np.int8), 2_000, p=(0.2, 0.4, 0.4))
    start, limit = 1_500, -60.0
    numbers = np.bincount(was, minlength=3)
    length = ONE_ROUND.kernels()._run(was, was[start::-1].copy(), numbers, start, len(was) - 1, 0, limit)

    def log_probability(cells: int) -> float:
        run = np.bincount(was[start - cells + 1 : start + 1], minlength=3)
        return float(ONE_ROUND.log_arrangements(numbers - run) - ONE_ROUND.log_arrangements(numbers))

    assert log_probability(length) < limit <= log_probability(length - 1)


# What further calls show


def test_further_calls_are_of_secret_rounds_next_to_each_other_and_sometimes_of_another_seed() -> None:
    assert TASK.follow_up is not None
    inputs = lecture(n_rounds=12)
    seen, with_other_seed = [], 0
    for generator_seed in range(300):
        further = TASK.follow_up.draw(inputs, np.random.default_rng(generator_seed))
        (grid, r, k, seed), (_, _, next_k, same_seed), *other = cast("tuple[Arguments, ...]", further)
        assert (r, seed, same_seed, next_k) == (0.5, 11, 11, k + 1)
        np.testing.assert_array_equal(grid, inputs[0])
        seen.append(k)
        for _, _, rounds, other_seed in other:
            with_other_seed += 1
            assert rounds == next_k
            assert other_seed != seed
            assert 0 <= other_seed < 2**31
    assert set(seen) == set(range(12))
    assert seen.count(11) > 60
    assert with_other_seed > 60
    assert np.mean([2 * k + 1 for k in seen]) < 1.25 * 12  # about as costly as the call itself


def test_a_call_without_rounds_needs_no_further_calls() -> None:
    assert TASK.follow_up is not None
    inputs = lecture(n_rounds=0)
    assert TASK.follow_up.draw(inputs, np.random.default_rng(0)) == ()
    assert TASK.follow_up.check(inputs, played(inputs), ()) is None


@pytest.mark.parametrize("k", [0, 1, 2, 3])
def test_honest_answers_pass_whichever_round_is_looked_at(k: int) -> None:
    inputs = lecture()
    assert followed_up(inputs, played(inputs), k) is None


@pytest.mark.parametrize("lie", [-1, 1])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_an_invented_count_is_found_by_looking_at_its_round_or_a_later_one(number: int, lie: int) -> None:
    inputs = lecture()
    final, counts = played(inputs)
    counts[number] += lie
    assert verdict(inputs, (final, counts)) is None  # it might be true
    for k in range(number, 4):
        difference = followed_up(inputs, (final, counts), k)
        assert difference is not None
        assert f"round {number} (counted from 0)" in difference.summary + difference.where


def test_a_final_map_that_a_second_call_does_not_give_is_found() -> None:
    inputs = lecture()
    final, counts = played(inputs)
    other = np.ascontiguousarray(final[::-1])
    difference = followed_up(inputs, (other, counts), 3)
    assert difference is not None
    assert difference.summary.startswith("called again with the same arguments")


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_any_agent_that_leaves_a_satisfied_place_is_found(data: st.DataObject) -> None:
    inputs = lecture(n=12)
    before, after = played((*inputs[:2], 1, 11))[0], played((*inputs[:2], 2, 11))[0]
    stays = np.argwhere(~(ONE_ROUND.find_dissatisfied(before, 0.5) | (before == 0)))
    one, two = (tuple(data.draw(st.sampled_from(stays.tolist()))) for _ in range(2))
    after[one], after[two] = after[two], after[one]
    difference = ONE_ROUND.fault_of_round(before, after, 0.5, 1)
    if (after[one] != before[one]).any():
        assert difference is not None
        assert difference.summary.startswith("in round 1 (counted from 0), satisfied agents are replaced: 2")


@pytest.mark.parametrize("garbage", [-128, 0, 77])
def test_garbage_from_further_calls_is_wrong_and_never_an_error(garbage: int) -> None:
    inputs = lecture(n=9)

    def rubbish(further: Inputs) -> Outputs:
        return tuple(np.full(spec.shape, garbage, dtype=spec.dtype) for spec in TASK.outputs(further))

    assert followed_up(inputs, played(inputs), 2, rubbish) is not None


def test_seeds_that_make_no_difference_are_found_only_where_they_could() -> None:
    def without_seed(further: Inputs) -> Outputs:
        return played((*further[:3], 11))

    inputs = lecture()
    difference = followed_up(inputs, played(inputs), 0, without_seed)
    assert difference is not None
    assert difference.summary.startswith("another seed gives exactly the same map")
    small = (TOWN, 0.5, 1, 11)
    assert followed_up(small, played(small), 0, without_seed) is None


def test_the_text_about_moves_that_are_not_random_says_what_to_look_at() -> None:
    inputs = lecture(n=64, n_rounds=1)
    swapped = next(mistake for mistake in TASK.mistakes if mistake.name == "swapping pairs").compute(*own_copy(inputs))
    difference = verdict(inputs, swapped)
    assert difference is not None
    assert difference.summary == (
        "in round 0 (counted from 0), the moves are not uniformly random on the market. All dissatisfied agents leave at once, "
        "and their own cells can be taken too, by anyone."
    )
    assert difference.where.startswith("the market's cells that held agents of kind 1 before (")
    assert difference.got.endswith("chance leads so far off with a probability below 1e-12")


@pytest.mark.parametrize("mistake", [one for one in TASK.mistakes if one.same is not None], ids=lambda mistake: mistake.name)
def test_a_wrong_rule_is_recognised_by_its_first_count_whatever_the_moves(mistake: Mistake) -> None:
    recognised = 0
    for name in ("one-round-6x6", "r-0.3", "mostly-empty"):
        grid, r, n_rounds, seed = cast("Arguments", drawn(case_named(TASK, name)))
        with contextlib.suppress(ValueError):  # it does not show in the first count here
            assert mistake.same is not None
            wrong = mistake.compute(grid, r, n_rounds, seed)
            assert mistake.same(wrong, mistake.compute(grid, r, n_rounds, seed ^ 1))
            assert not mistake.same(wrong, played((grid, r, n_rounds, seed)))
            recognised += 1
    assert recognised


# The cases and the interface


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    assert str(UNDER_TEST.loaded.interface) == (
        "schelling(grid: int8[n,n], r: float, n_rounds: int, seed: int) -> int8[n,n], int64[n_rounds]"
    )


def test_slow_code_can_do_all_check_cases_with_their_further_calls() -> None:
    assert TASK.follow_up is not None
    cell_rounds = 0.0
    for case in TASK.check_cases:
        inputs = drawn(case)
        for one in (inputs, *TASK.follow_up.draw(inputs, np.random.default_rng(0))):
            cell_rounds += TASK.work(one, TASK.expect(one))
    assert cell_rounds < 0.6e6


def test_many_agents_still_move_in_the_last_round_of_a_timed_call() -> None:
    _, counts = reference("tuned", "schelling")(*own_copy(drawn(case_named(TASK, "256x256-50"))))
    assert counts[0] > 0.6 * 256**2
    assert counts[-1] > 0.05 * 256**2


def test_a_program_that_remembers_its_calls_is_found_out_by_processes_that_have_seen_none() -> None:
    assert TASK.follow_up is not None
    found_out = deceived = 0
    for case in TASK.check_cases:
        inputs = drawn(case)
        further = TASK.follow_up.draw(inputs, np.random.default_rng(1))
        one_process = VARIANTS.counting_its_calls()
        answer = one_process(*own_copy(inputs))
        if TASK.check(inputs, answer, TASK.expect(inputs)) is not None:
            continue
        remembering = tuple((asked, one_process(*own_copy(asked))) for asked in further)
        knowing_nothing = tuple((asked, VARIANTS.counting_its_calls()(*own_copy(asked))) for asked in further)
        deceived += TASK.follow_up.check(inputs, answer, remembering) is None
        found_out += TASK.follow_up.check(inputs, answer, knowing_nothing) is not None
    assert deceived > found_out // 2  # what it does is no nonsense: asked in one process, it would often pass
    assert found_out >= 3


# The pictures


def test_all_nine_maps_begin_alike_and_go_on_from_the_same_seed() -> None:
    inputs = [cast("Arguments", drawn(case)) for case in picture_of(TASK, "animation").cases]
    grid, _, _, seed = inputs[0]
    assert all(np.array_equal(grid, one[0]) and one[3] == seed for one in inputs)
    assert sorted({one[1] for one in inputs}) == [eighths / 8 for eighths in range(9)]


def test_the_curves_are_labelled_and_show_shares_of_all_households() -> None:
    picture = picture_of(TASK, "curves")
    inputs = [cast("Arguments", drawn(case)) for case in picture.cases]
    everybody = np.count_nonzero(inputs[0][0])
    answers = [(one, (one[0], np.full(one[2], eighths * everybody // 8))) for eighths, one in enumerate(inputs)]
    axes = figure_of_answers(picture, *answers).axes[0]
    assert [line.get_label() for line in axes.lines] == [f"r = {eighths}/8" for eighths in range(9)]
    assert [np.asarray(line.get_ydata())[0] for line in axes.lines] == pytest.approx(np.arange(9) / 8, abs=1e-3)


def test_the_animation_shows_each_map_after_as_many_rounds_as_its_title_says() -> None:
    picture = picture_of(TASK, "animation")
    inputs = [cast("Arguments", drawn(case)) for case in picture.cases]
    answers = tuple((one, (np.full_like(one[0], one[2] % 3), np.zeros(one[2], np.int64))) for one in inputs)
    figure = Figure()
    show = picture.draw(answers, figure)
    assert show is not None
    rounds = []
    for number in range(picture.frames):
        show(number)
        rounds.append(int(figure.get_suptitle().split()[1]))
        first_cells = {int(np.asarray(axes.images[0].get_array())[0, 0]) for axes in figure.axes}
        assert number == 0 or first_cells == {rounds[-1] % 3}
    assert rounds[0] == 0
    assert rounds == sorted(rounds)
    assert rounds[-1] == max(one[2] for one in inputs)


def test_slow_code_can_answer_for_all_pictures_in_their_budget() -> None:
    cases = {case.name: case for picture in TASK.pictures for case in picture.cases}
    cell_rounds = sum(
        np.size(grid) * n_rounds for grid, _, n_rounds, _ in (cast("Arguments", drawn(case)) for case in cases.values())
    )
    assert cell_rounds / 0.5e6 < PICTURES_BUDGET_S / 2, "pure Python makes half a million to a million a second"
