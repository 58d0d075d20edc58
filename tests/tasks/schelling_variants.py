"""Ways to play Schelling's model: honest ones, which a checker must accept, and plausible wrong ones, which it must reject."""

import math
import random
from collections.abc import Callable
from typing import TypeAlias, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import ndimage

Map: TypeAlias = NDArray[np.int8]
Mask: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]
Variant: TypeAlias = Callable[[Map, float, int, int], tuple[Map, Counts]]
Move: TypeAlias = Callable[[Map, Mask, np.random.Generator], None]
"""Changes the map, given who leaves."""


def dissatisfied(grid: Map, r: float) -> Mask:
    """Like neighbours are counted by a convolution."""
    if grid.size == 0:
        return np.zeros(grid.shape, dtype=np.bool_)
    eight = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]])
    like = [ndimage.convolve((grid == kind).astype(np.int64), eight, mode="wrap") for kind in (1, 2)]
    wanted = math.ceil(8 * r - 1e-9)
    return np.asarray(((grid == 1) & (like[0] < wanted)) | ((grid == 2) & (like[1] < wanted)))


def played(move: Move) -> Variant:
    """The model with a certain way to move."""

    def schelling(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
        rng = np.random.default_rng(seed)
        counts = np.zeros(n_rounds, dtype=np.int64)
        for number in range(n_rounds):
            leaving = dissatisfied(grid, r)
            counts[number] = np.count_nonzero(leaving)
            move(grid, leaving, rng)
        return grid, counts

    return schelling


# Honest


@played
def kinds_shuffled(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = leaving | (grid == 0)
    kinds = grid[market]
    rng.shuffle(kinds)
    grid[market] = kinds


@played
def places_permuted(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    cells = grid.ravel()
    places = np.flatnonzero(leaving | (grid == 0))
    cells[rng.permutation(places)] = cells[places]


@played
def agents_choose_different_cells(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    cells = grid.ravel()
    agents = cells[leaving.ravel()]
    places = np.flatnonzero(leaving | (grid == 0))
    cells[places] = 0
    cells[rng.choice(places, size=len(agents), replace=False)] = agents


@played
def random_keys_sorted(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = leaving | (grid == 0)
    grid[market] = np.sort(grid[market])[np.argsort(rng.random(np.count_nonzero(market)))]


@played
def one_kind_after_the_other(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    cells = grid.ravel()
    places = rng.permutation(np.flatnonzero(leaving | (grid == 0)))
    ones, twos = (np.count_nonzero(leaving & (grid == kind)) for kind in (1, 2))
    cells[places] = 0
    cells[places[:ones]] = 1
    cells[places[ones : ones + twos]] = 2


@played
def rows_drawn_apart(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """Each row has a generator of its own; how many of each kind it gets is hypergeometric."""
    market = leaving | (grid == 0)
    left = [np.count_nonzero(market & (grid == kind)) for kind in (0, 1, 2)]
    generators = rng.spawn(len(grid))
    for row, generator in enumerate(generators):
        got = generator.multivariate_hypergeometric(left, int(np.count_nonzero(market[row])))
        left = [before - taken for before, taken in zip(left, got.tolist(), strict=True)]
        grid[row, market[row]] = generator.permutation(np.repeat(np.array([0, 1, 2], dtype=np.int8), got))


@played
def transposed_order(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    turned, market = grid.T, (leaving | (grid == 0)).T
    turned[market] = rng.permutation(turned[market])


def legacy_generator(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    np.random.seed(seed)  # noqa: NPY002 - what many courses teach
    counts = []
    for _ in range(n_rounds):
        leaving = dissatisfied(grid, r)
        counts.append(np.count_nonzero(leaving))
        market = leaving | (grid == 0)
        grid[market] = np.random.permutation(grid[market])  # noqa: NPY002 - the same
    return grid, np.array(counts, dtype=np.int64)


def standard_library(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """Sets of places, and `random.sample`; every round has a generator of its own."""
    counts = []
    for number in range(n_rounds):
        generator = random.Random(f"{seed} {number}")  # noqa: S311 - nothing secret is made of it
        leaving = dissatisfied(grid, r)
        counts.append(np.count_nonzero(leaving))
        places = [(int(row), int(column)) for row, column in np.argwhere(leaving | (grid == 0))]
        kinds = [grid[place] for place in places]
        for place, kind in zip(generator.sample(places, len(places)), kinds, strict=True):
            grid[place] = kind
    return grid, np.array(counts, dtype=np.int64)


@njit
def compiled_choosing_with_rejection(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """Lift all agents off the map first, then drop each on a random cell until one is found that is free."""
    np.random.seed(seed)  # noqa: NPY002 - Numba's own generator
    n = len(grid)
    cells = grid.ravel()
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        lifted = np.zeros_like(cells)
        for place in range(n * n):
            like = -1
            for k in range(9):
                like += grid[(place // n + k // 3 - 1) % n, (place + k % 3 - 1) % n] == cells[place]
            if cells[place] != 0 and like < 8 * r - 1e-9:
                lifted[place] = cells[place]
                counts[number] += 1
        cells -= lifted
        for agent in lifted:
            place = np.random.randint(n * n)  # noqa: NPY002 - the same
            while agent != 0 and cells[place] != 0:
                place = np.random.randint(n * n)  # noqa: NPY002 - the same
            cells[place] += agent
    return grid, counts


@njit(fastmath=True)
def compiled_fisher_yates(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """Shuffle places from the front, with a small generator of its own (xorshift64*)."""
    state = np.uint64(2 * seed + 1) * np.uint64(0x9E3779B97F4A7C15)
    n = len(grid)
    counts = np.zeros(n_rounds, dtype=np.int64)
    cells = grid.ravel()
    places = np.empty(n * n, dtype=np.int64)
    for number in range(n_rounds):
        size = 0
        for i in range(n):
            for j in range(n):
                like = -1.0
                for down in (n - 1, 0, 1):
                    for right in (n - 1, 0, 1):
                        like += grid[(i + down) % n, (j + right) % n] == grid[i, j]
                if grid[i, j] == 0 or like / 8.0 < r:
                    places[size] = i * n + j
                    size += 1
                    counts[number] += grid[i, j] != 0
        for first in range(size - 1):
            state ^= state >> np.uint64(12)
            state ^= state << np.uint64(25)
            state ^= state >> np.uint64(27)
            uniform = ((state * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) / 9007199254740992.0
            other = first + int(uniform * (size - first))
            one, two = places[first], places[other]
            cells[one], cells[two] = cells[two], cells[one]
    return grid, counts


HONEST: dict[str, Variant] = {
    "kinds shuffled": kinds_shuffled,
    "places permuted": places_permuted,
    "agents choose different cells": agents_choose_different_cells,
    "random keys sorted": random_keys_sorted,
    "one kind after the other": one_kind_after_the_other,
    "rows drawn apart": rows_drawn_apart,
    "transposed order": transposed_order,
    "legacy generator": legacy_generator,
    "standard library": standard_library,
    "compiled, choosing with rejection": cast("Variant", compiled_choosing_with_rejection),
    "compiled, Fisher–Yates": cast("Variant", compiled_fisher_yates),
}


# Wrong, beyond the mistakes that the task names


@played
def within_rows(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = leaving | (grid == 0)
    for row in range(len(grid)):
        grid[row, market[row]] = rng.permutation(grid[row, market[row]])


@played
def within_blocks(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = leaving | (grid == 0)
    for top in range(0, len(grid), 8):
        for left in range(0, len(grid), 8):
            part = np.s_[top : top + 8, left : left + 8]
            grid[part][market[part]] = rng.permutation(grid[part][market[part]])


@played
def every_row_alike(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """Every row shuffles by the same random keys: the generator is seeded anew for each of them."""
    market = leaving | (grid == 0)
    keys = np.broadcast_to(rng.random(len(grid)), grid.shape)[market]
    kinds = np.sort(grid[market])
    grid[market] = kinds[np.argsort(np.argsort(keys))]


@played
def moved_on(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = leaving | (grid == 0)
    size = int(np.count_nonzero(market))
    grid[market] = np.roll(grid[market], int(rng.integers(size)) if size else 0)


@played
def reversed_order(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    del rng
    market = leaving | (grid == 0)
    grid[market] = grid[market][::-1]


@played
def sorted_kinds(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    del rng
    market = leaving | (grid == 0)
    grid[market] = np.sort(grid[market])


@played
def surplus_settled_at_the_top(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """Kinds are drawn one by one, and made right in number from the first cell on."""
    market = leaving | (grid == 0)
    kinds = grid[market]
    drawn = rng.choice(kinds, size=kinds.size) if kinds.size else kinds
    short = [kind for kind in (0, 1, 2) for _ in range(np.count_nonzero(kinds == kind) - np.count_nonzero(drawn == kind))]
    for index in range(drawn.size):
        if short and np.count_nonzero(drawn == drawn[index]) > np.count_nonzero(kinds == drawn[index]):
            drawn[index] = short.pop()
    grid[market] = drawn


@played
def kinds_not_conserved(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = leaving | (grid == 0)
    if market.any():
        grid[market] = rng.choice(grid[market], size=np.count_nonzero(market))


@played
def only_kind_1_moves(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    market = (leaving & (grid == 1)) | (grid == 0)
    grid[market] = rng.permutation(grid[market])


@played
def to_cells_that_satisfy(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """Agents prefer the cells that have more neighbours of their kind."""
    market = leaving | (grid == 0)
    ones, twos = (ndimage.uniform_filter((grid == kind).astype(float), 3, mode="wrap") for kind in (1, 2))
    preferred_by_twos = (twos - ones)[market] + 0.2 * rng.standard_normal(np.count_nonzero(market))
    kinds = np.where(grid == 0, 1.5, grid)[market]  # empty cells are in between
    grid[market] = np.where(np.sort(kinds) == 1.5, 0, np.sort(kinds))[np.argsort(np.argsort(preferred_by_twos))]


@played
def in_pairs_of_like(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """Two neighbouring cells of the market at a time are shuffled as one."""
    market = leaving | (grid == 0)
    kinds = np.sort(grid[market])
    half = kinds.size // 2
    kinds[: 2 * half] = kinds[: 2 * half].reshape(half, 2)[rng.permutation(half)].ravel()
    grid[market] = kinds


@played
def a_few_stay(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """One dissatisfied agent in three keeps its cell."""
    market = (leaving & (rng.random(grid.shape) < 2 / 3)) | (grid == 0)
    grid[market] = rng.permutation(grid[market])


@played
def checked_while_moving(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """The lower half is looked at again after the upper half has moved, with the same rule."""
    half = len(grid) // 2
    upper = leaving | (grid == 0)
    upper[half:] = False
    grid[upper] = rng.permutation(grid[upper])
    lower = leaving | (grid == 0)
    lower[:half] = False
    grid[lower] = rng.permutation(grid[lower])


def numbers_of_the_first_round_reused(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """The generator is seeded again in every round, and gives every cell the same key."""
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        leaving = dissatisfied(grid, r)
        counts[number] = np.count_nonzero(leaving)
        market = leaving | (grid == 0)
        keys = np.random.default_rng(seed).random(grid.shape)[market]
        kinds = np.empty_like(grid[market])
        kinds[np.argsort(keys)] = np.sort(grid[market])
        grid[market] = kinds
    return grid, counts


def invented_series(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """The first round is played; how many are dissatisfied in the later ones is made up."""
    first = np.count_nonzero(dissatisfied(grid, r))
    final, _ = kinds_shuffled(grid, r, min(n_rounds, 1), seed)
    return final, (first * 0.9 ** np.arange(n_rounds)).astype(np.int64)


def last_round_left_out(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    final, counts = kinds_shuffled(grid, r, max(n_rounds - 1, 0), seed)
    return final, np.append(counts, np.count_nonzero(dissatisfied(final, r)))[:n_rounds]


def one_round_too_many(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    final, counts = kinds_shuffled(grid, r, n_rounds + 1, seed)
    return final, counts[:n_rounds]


def counts_added_up(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    final, counts = kinds_shuffled(grid, r, n_rounds, seed)
    return final, np.cumsum(counts)


def random_numbers_made_for_all_rounds_at_once(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """Keys for all rounds, in an array whose last axis is the round: the first k rounds depend on n_rounds."""
    keys = np.random.default_rng(seed).random((*grid.shape, n_rounds))
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        leaving = dissatisfied(grid, r)
        counts[number] = np.count_nonzero(leaving)
        market = leaving | (grid == 0)
        grid[market] = grid[market][np.argsort(keys[market, number])]
    return grid, counts


def strided(stride: int) -> Variant:
    """The market is read on with a fixed stride from a random cell: in no random order."""

    def move(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
        market = leaving | (grid == 0)
        kinds = grid[market]
        if kinds.size and math.gcd(stride, kinds.size) == 1:
            grid[market] = kinds[(stride * np.arange(kinds.size) + rng.integers(kinds.size)) % kinds.size]

    return played(move)


@played
def read_on_behind_a_shuffled_beginning(grid: Map, leaving: Mask, rng: np.random.Generator) -> None:
    """Only the first 256 cells of the market are shuffled; the others are read on by a stride that no other round has."""
    market = leaving | (grid == 0)
    kinds = grid[market]
    if kinds.size > 1:
        stride = int(rng.integers(1, kinds.size))
        while math.gcd(stride, kinds.size) > 1:
            stride = stride % (kinds.size - 1) + 1
        kinds = kinds[(stride * np.arange(kinds.size) + rng.integers(kinds.size)) % kinds.size]
        rng.shuffle(kinds[:256])
    grid[market] = kinds


def one_sorted_round(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
    """In the second round, the map is sorted instead: nearly everybody is content, and there is little to do from then on."""
    if n_rounds <= 1:
        return kinds_shuffled(grid, r, n_rounds, seed)
    _, counts = kinds_shuffled(grid.copy(), r, 2, seed)
    final, later = kinds_shuffled(np.sort(grid, axis=None).reshape(grid.shape), r, n_rounds - 2, seed)
    return final, np.concatenate([counts, later])


def counting_its_calls() -> Variant:
    """Two rounds of work whatever is asked for; answers that fit each other, if it can tell by its memory which is which."""
    asked: dict[int, int] = {}

    def schelling(grid: Map, r: float, n_rounds: int, seed: int) -> tuple[Map, Counts]:
        asked[seed] = asked.get(seed, 0) + 1
        one, counts = kinds_shuffled(grid.copy(), r, min(n_rounds, 1), seed)
        two, counts = kinds_shuffled(grid.copy(), r, min(n_rounds, 2), seed)
        repeated = counts if n_rounds <= len(counts) else np.append(counts, np.repeat(counts[1:], n_rounds - len(counts)))
        return (one if asked[seed] == 2 else two), repeated

    return schelling


WRONG: dict[str, Variant] = {
    "read with a stride": strided(7),
    "read with a long stride": strided(101),
    "read on behind a shuffled beginning": read_on_behind_a_shuffled_beginning,
    "one sorted round": one_sorted_round,
    "within rows": within_rows,
    "within blocks": within_blocks,
    "every row alike": every_row_alike,
    "moved on": moved_on,
    "reversed order": reversed_order,
    "sorted kinds": sorted_kinds,
    "surplus settled at the top": surplus_settled_at_the_top,
    "kinds not conserved": kinds_not_conserved,
    "only kind 1 moves": only_kind_1_moves,
    "to cells that satisfy": to_cells_that_satisfy,
    "in pairs of like": in_pairs_of_like,
    "a few stay": a_few_stay,
    "checked while moving": checked_while_moving,
    "numbers of the first round reused": numbers_of_the_first_round_reused,
    "invented series": invented_series,
    "last round left out": last_round_left_out,
    "one round too many": one_round_too_many,
    "counts added up": counts_added_up,
    "random numbers made for all rounds at once": random_numbers_made_for_all_rounds_at_once,
}
