"""Schelling's model: the cases, the checker, the known mistakes and the pictures.

Agents move at random, so an answer proves nothing by itself. `check` says what can be said of it alone: it must count about as
many dissatisfied agents as a trusted simulation with another seed. Once it is frozen, further calls with a secret number of
rounds show the maps on the way, and `check_further` holds them against it. What one round may do stands in `one_round.py`: some
seventy tests, each of which fails an honest program with a probability of 1e-12.
"""

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.smaller import changed, rounder, smaller
from grader.content.task import (
    Answered,
    Array,
    ArraySpec,
    Case,
    Difference,
    FollowUp,
    Inputs,
    Mistake,
    Outputs,
    Picture,
    Task,
    module_beside,
    secret_beside,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage
    from matplotlib.typing import ColorType

Map: TypeAlias = NDArray[np.int8]
Mask: TypeAlias = NDArray[np.bool_]
Counts: TypeAlias = NDArray[np.int64]
Series: TypeAlias = NDArray[np.float64]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]
Arguments: TypeAlias = tuple[Map, float, int, int]

EMPTY, ONE, TWO = 0, 1, 2
SEEDS = 2**31
"""Seeds are smaller: legacy NumPy, Numba and C take these."""
R_TIMED, EMPTY_TIMED = 5 / 8, 0.1
"""The timed calls: a map that separates slowly, so that many agents still move in the last round."""
FIRST_ROUNDS = 4
"""Another seed is tried where so few rounds show it."""


def _load_one_round() -> ModuleType:
    """The module beside this file."""
    return module_beside(__file__, "one_round.py")


@functools.cache
def _fast() -> ModuleType | None:
    """Where the model is simulated fast; None in a student's copy."""
    return secret_beside(__file__, "kernels.py")


_one_round = _load_one_round()
ALPHA: float = _one_round.ALPHA
find_dissatisfied: Callable[[Map, float], Mask] = _one_round.find_dissatisfied
log_arrangements: Callable[[Counts], float] = _one_round.log_arrangements
fault_of_round: Callable[[Map, Map, float, int], Difference | None] = _one_round.fault_of_round
wanted_neighbours: Callable[[float], int] = _one_round.wanted_neighbours


# The answer by itself


@dataclass(frozen=True)
class Expected:
    """What is known of every right answer."""

    numbers: Counts
    """How many cells of each kind the map has, always."""
    dissatisfied: int
    """On the map that is given."""
    fixed: bool
    """Whether the first market has only one arrangement, so that no round changes anything."""
    series: Series | None
    """About how many are dissatisfied at the start of each round, and after the last: the mean of trusted simulations.

    None where no count could be further off than is allowed.
    """


ALLOWED_DEVIATION = 16
"""Of a count from that of the simulations: n × 16 agents. Deviations grow with the square root of the number of cells.

In 2,000 honest runs at each of nine r on 64 × 64 and 256 × 256 cells, and 200 on 1024 × 1024, with 20 and 50 rounds, a count
scatters around its median by a standard deviation of at most 0.8 n at the timed r = 5/8, and 1.15 n at r = 6/8 (1.3 n without
empty cells). The tails are those of a normal distribution (kurtosis 2.7 to 3.5, if it scatters by more than a few agents), and
the furthest of all came to 5.1 n. Beside a single simulation, 16 n are 14 standard deviations where it is timed, and 9 at
worst: for 200 calls of 51 counts, a probability below 1e-14.
"""
SIMULATED_CELLS, MOST_SIMULATIONS = 1 << 15, 4
"""Small maps are simulated more than once, until they come to so many cells."""


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """The final map, and the number of dissatisfied agents at the start of each round."""
    grid, _, n_rounds, _ = cast("Arguments", inputs)
    return ArraySpec("int8", grid.shape), ArraySpec("int64", (n_rounds,))


def expect(inputs: Inputs) -> Expected:
    """Look at the map that is given: the first count follows from it, whether anybody can move, and about what will happen."""
    grid, r, n_rounds, seed = cast("Arguments", inputs)
    numbers = _numbers(grid)
    leaving = _numbers(grid[find_dissatisfied(grid, r)])
    market = np.array([numbers[EMPTY], leaving[ONE], leaving[TWO]])
    dissatisfied, fixed = int(leaving.sum()), int(np.count_nonzero(market)) <= 1
    tells_nothing = fixed or int(numbers[ONE] + numbers[TWO]) <= ALLOWED_DEVIATION * len(grid)
    series = None if tells_nothing else simulated_series(grid, r, n_rounds, seed)
    return Expected(numbers, dissatisfied, fixed, series)


def simulated_series(grid: Map, r: float, n_rounds: int, seed: int) -> Series:
    """How many are dissatisfied at the start of each round and after the last, on average over simulations with other seeds."""
    simulations = min(MOST_SIMULATIONS, max(1, SIMULATED_CELLS // grid.size))
    counts = [_simulated_counts(grid, r, n_rounds, (seed + 1) * (1 + number)) for number in range(simulations)]
    return np.asarray(np.mean(counts, axis=0))


def _simulated_counts(grid: Map, r: float, n_rounds: int, seed: int) -> Counts:
    """How many are dissatisfied at the start of each round and after the last in one trusted simulation."""
    fast = _fast()
    if fast is not None:
        return np.asarray(fast.simulate(grid, wanted_neighbours(r), n_rounds, seed))
    final, counts = simulated(grid, r, n_rounds, seed)
    return np.append(counts, _count_dissatisfied(final, r))


def check(inputs: Inputs, answer: Outputs, expected: Expected) -> Difference | None:
    """Check what follows from the call alone: numbers of agents, the first count, maps that nobody can change, one round."""
    grid, r, n_rounds, _ = cast("Arguments", inputs)
    final, counts = answer
    fault = fault_of_map(final, expected.numbers, "the final map") or fault_of_counts(counts, expected)
    if fault is not None:
        return _with_count_at_the_end(fault, inputs, answer) if n_rounds == 1 else fault
    if n_rounds == 0 or expected.fixed:
        return fault_of_rest(grid, answer, expected)
    if n_rounds == 1:
        return fault_of_round(grid, final, r, 0)
    fault = fault_of_series(answer, expected, r)
    if fault is not None:
        return fault
    if counts[-1] == 0 and find_dissatisfied(final, r).any():
        return Difference(
            summary="nobody was dissatisfied at the start of the last round, so nobody moved in it",
            where="the final map",
            expected="nobody dissatisfied",
            got=f"{np.count_nonzero(find_dissatisfied(final, r)):,} dissatisfied",
        )
    return None


def work(inputs: Inputs, expected: Expected) -> float:
    """Every round looks at every cell."""
    del expected
    grid, _, n_rounds, _ = cast("Arguments", inputs)
    return float(grid.size) * n_rounds


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer rounds, a corner of the map, a rounder r, and the seed 0."""
    grid, r, n_rounds, seed = cast("Arguments", inputs)
    yield from changed(inputs, 2, smaller)
    for n in smaller(len(grid), least=min(len(grid), 1)):
        yield np.ascontiguousarray(grid[:n, :n]), r, n_rounds, seed
    yield from changed(inputs, 1, rounder)
    yield from changed(inputs, 3, smaller)


LEAST_OPERATIONS = None
"""There is no such number: only cells near those that changed need be looked at again, and none once everybody is content.
There is no `usual_operations` either: comparisons of small integers and random moves take the time, no arithmetic."""


def fault_of_map(grid: Map, numbers: Counts, which: str) -> Difference | None:
    """Whether a map holds anything but 0, 1 and 2, or other numbers of them than the map that was given."""
    strange = (grid < EMPTY) | (grid > TWO)
    if strange.any():
        row, column = np.argwhere(strange)[0]
        return Difference(
            summary=f"{np.count_nonzero(strange):,} of {grid.size:,} cells of {which} hold something else than 0, 1 or 2",
            where=f"{which}, row {row}, column {column}",
            expected="0, 1 or 2",
            got=f"{grid[row, column]}: was this cell filled in?",
        )
    found = _numbers(grid)
    if np.array_equal(found, numbers):
        return None
    return Difference(
        summary="agents appear or disappear: a round only moves them",
        where=f"the numbers of 0, 1 and 2 on {which}",
        expected=_listed(numbers),
        got=_listed(found),
    )


def fault_of_counts(counts: Counts, expected: Expected) -> Difference | None:
    """Whether a count is impossible, the first is wrong, or one follows a 0 (where nobody is dissatisfied, nobody moves)."""
    agents = int(expected.numbers[ONE] + expected.numbers[TWO])
    impossible = (counts < 0) | (counts > agents)
    if impossible.any():
        first = int(np.argmax(impossible))
        summary, right = "a number of dissatisfied agents is impossible", f"0 to {agents:,}, the number of agents"
        return Difference(summary, _at_start(first), right, str(counts[first]))
    if counts.size and counts[0] != expected.dissatisfied:
        summary = "the number of dissatisfied agents on the map that is given is wrong"
        return Difference(summary, _at_start(0), str(expected.dissatisfied), str(counts[0]))
    after_rest = (np.cumsum(counts == 0) > 0) & (counts != 0)
    if after_rest.any():
        first = int(np.argmax(after_rest))
        return Difference(
            "once nobody is dissatisfied, nobody moves, and it stays so", _at_start(first), "0", str(counts[first])
        )
    return None


def fault_of_series(answer: Outputs, expected: Expected, r: float) -> Difference | None:
    """Whether some count, or the number of dissatisfied agents on the final map, is far from that of the simulations."""
    final, counts = answer
    if expected.series is None:
        return None
    allowed, series = ALLOWED_DEVIATION * len(final), series_of(answer, r)
    far = np.flatnonzero(np.abs(series - expected.series) > allowed)
    if far.size == 0:
        return None
    first = int(far[0])
    return Difference(
        summary="so many or so few agents are never dissatisfied where all rounds are played by the rules, whatever the seed",
        where=_at_start(first) if first < len(counts) else "the final map",
        expected=f"about {expected.series[first]:,.0f} dissatisfied agents; {allowed:,} more or fewer would pass",
        got=f"{series[first]:,}",
    )


def series_of(answer: Outputs, r: float) -> Counts:
    """How many are dissatisfied at the start of each round, as an answer says, and on its final map."""
    final, counts = answer
    return np.append(counts, _count_dissatisfied(final, r))


def _count_dissatisfied(grid: Map, r: float) -> int:
    fast = _fast()
    return int(fast.count_dissatisfied(grid, wanted_neighbours(r)) if fast else np.count_nonzero(find_dissatisfied(grid, r)))


def tolerance_used(inputs: Inputs, answer: Outputs, expected: Expected) -> float:
    """The greatest deviation of a count from the simulations', as a share of that which is allowed."""
    grid, r, _, _ = cast("Arguments", inputs)
    if expected.series is None:
        return 0.0
    return float(np.abs(series_of(answer, r) - expected.series).max()) / (ALLOWED_DEVIATION * len(grid))


def fault_of_rest(grid: Map, answer: Outputs, expected: Expected) -> Difference | None:
    """Whether something changes although there are no rounds, or nobody can move elsewhere."""
    final, counts = answer
    changed = np.argwhere(final != grid)
    if len(changed):
        row, column = changed[0]
        return Difference(
            summary=f"nobody can move here, but {len(changed):,} of {grid.size:,} cells of the map change",
            where=f"row {row}, column {column}",
            expected=str(grid[row, column]),
            got=str(final[row, column]),
        )
    later = np.flatnonzero(counts != expected.dissatisfied)
    if later.size:
        first = int(later[0])
        summary = "nobody can move here, so the count stays"
        return Difference(summary, _at_start(first), str(expected.dissatisfied), str(counts[first]))
    return None


def _with_count_at_the_end(fault: Difference, inputs: Inputs, answer: Outputs) -> Difference:
    """Say so where the wrong count of a single round is that of the map after it."""
    _, r, _, _ = cast("Arguments", inputs)
    final, counts = answer
    valid = not ((final < EMPTY) | (final > TWO)).any()
    if valid and counts[0] == np.count_nonzero(find_dissatisfied(final, r)):
        return Difference(fault.summary, fault.where, fault.expected, f"{fault.got}, the number on the map after the round")
    return fault


def _at_start(number: int) -> str:
    return f"round {number} (counted from 0), at its start"


def _numbers(grid: Map) -> Counts:
    """How many cells of a map, or a part of one, hold 0, 1 and 2."""
    return np.array([np.count_nonzero(grid == kind) for kind in (EMPTY, ONE, TWO)])


def _listed(numbers: Counts) -> str:
    return ", ".join(f"{number:,}" for number in numbers)


# The answer beside further calls


def draw_further(inputs: Inputs, rng: np.random.Generator) -> tuple[Inputs, ...]:
    """The same call with k and with k + 1 rounds, for a secret k; where these are few, with k + 1 rounds and another seed too.

    Any k can come, and each call is answered by a process that has seen no other about this map: no round may be invented. The
    last k (an exact repetition) and the first ones, which are cheap, come more often. On average the calls cost about as much
    again as the call that is judged.
    """
    grid, r, n_rounds, seed = cast("Arguments", inputs)
    if n_rounds == 0:
        return ()
    any_round, first_round = int(rng.integers(n_rounds)), int(rng.integers(min(n_rounds, FIRST_ROUNDS)))
    k = (any_round, any_round, first_round, n_rounds - 1)[rng.integers(4)]
    other_seed = int(seed + rng.integers(1, SEEDS)) % SEEDS
    same = (grid, r, k, seed), (grid, r, k + 1, seed)
    return (*same, (grid, r, k + 1, other_seed)) if k + 1 <= FIRST_ROUNDS else same


def check_further(inputs: Inputs, answer: Outputs, further: tuple[tuple[Inputs, Outputs], ...]) -> Difference | None:
    """Check that the maps after k and k + 1 rounds belong to the answer, and that one round leads from one to the other."""
    if not further:
        return None
    grid, r, n_rounds, _ = cast("Arguments", inputs)
    final, counts = answer
    for (_, _, rounds, _), (map_after, _) in cast("tuple[tuple[Arguments, Outputs], ...]", further):
        fault = fault_of_map(map_after, _numbers(grid), f"the map after {rounds} rounds")
        if fault is not None:
            return fault
    (inputs_before, (before, counts_before)), (_, (after, counts_after)), *other = further
    k = cast("Arguments", inputs_before)[2]
    fault = fault_of_prefix(counts, counts_before) or fault_of_prefix(counts, counts_after)
    if fault is None and k == 0:
        fault = fault_of_repetition(grid, before, "with n_rounds = 0", "the map that is given")
    if fault is None and k + 1 == n_rounds:
        fault = fault_of_repetition(final, after, "called again with the same arguments", "the same map as the first time")
    if fault is not None:
        return fault
    return (
        fault_of_count_on_the_way(before, r, k, int(counts[k]))
        or (fault_of_count_on_the_way(after, r, k + 1, int(counts[k + 1])) if k + 1 < n_rounds else None)
        or fault_of_round(before, after, r, k)
        or (fault_of_other_seed(before, after, other[0][1][0], r, k) if other else None)
    )


def fault_of_prefix(counts: Counts, fewer: Counts) -> Difference | None:
    """Whether a call with fewer (or as many) rounds counts something else in them."""
    different = np.flatnonzero(counts[: len(fewer)] != fewer)
    if different.size == 0:
        return None
    first = different[0]
    return Difference(
        summary="the first rounds depend on n_rounds, or the same arguments do not give the same result: "
        f"{different.size:,} of {len(fewer):,} counts differ. Is the generator seeded in every call, from seed alone?",
        where=f"the count of round {first} (counted from 0), called with n_rounds = {len(fewer)} instead of {len(counts)}",
        expected=f"{counts[first]}, as before",
        got=str(fewer[first]),
    )


def fault_of_repetition(expected: Map, got: Map, how: str, what: str) -> Difference | None:
    """Whether a map differs from one that it has to be equal to."""
    different = np.argwhere(expected != got)
    if len(different) == 0:
        return None
    row, column = different[0]
    return Difference(
        summary=f"{how}, the function has to return {what}, but {len(different):,} of {got.size:,} cells differ",
        where=f"row {row}, column {column}",
        expected=str(expected[row, column]),
        got=str(got[row, column]),
    )


def fault_of_count_on_the_way(before: Map, r: float, k: int, count: int) -> Difference | None:
    """Whether a count is another than that of the dissatisfied on the map which a call with so many rounds returns."""
    expected = np.count_nonzero(find_dissatisfied(before, r))
    if count == expected:
        return None
    return Difference(
        summary=f"the number of dissatisfied agents in round {k} (counted from 0) is not that of the map at its start",
        where=f"the map that a call with n_rounds = {k} returns",
        expected=f"{expected} dissatisfied",
        got=str(count),
    )


def fault_of_other_seed(before: Map, after: Map, other: Map, r: float, k: int) -> Difference | None:
    """Whether two seeds give the same map, where honest ones do so with a probability of less than `ALPHA`.

    Whatever map the other seed leads to, the last round comes out as that with a probability of at most 1 over the number of
    arrangements of its market.
    """
    market = find_dissatisfied(before, r) | (before == EMPTY)
    improbable = log_arrangements(_numbers(before[market])) > -math.log(ALPHA)
    if not improbable or (after != other).any():
        return None
    return Difference(
        summary="another seed gives exactly the same map: use seed, and with Numba seed inside the compiled function",
        where=f"the map after {k + 1} round{'s' if k else ''}",
        expected="another map",
        got="the same map",
    )


# The cases


def random_map(rng: np.random.Generator, n: int, empty: float = 0.0) -> Map:
    """A map with a share of empty cells, and otherwise as many agents of each kind, up to chance."""
    lot = rng.random((n, n), dtype=np.float32)
    grid = (lot >= empty).astype(np.int8)
    grid += lot >= (1 + empty) / 2
    return grid


def _random(n: int, r: float, n_rounds: int, *, empty: float = 0.0) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        return random_map(rng, n, empty), r, n_rounds, _seed(rng)

    return draw


def _seed(rng: np.random.Generator) -> int:
    return int(rng.integers(SEEDS))


def _draw_chessboard(rng: np.random.Generator) -> Inputs:
    grid = (1 + np.indices((12, 12)).sum(axis=0) % 2).astype(np.int8)
    return grid, 4 / 8, 3, _seed(rng)


def _draw_bands(rng: np.random.Generator) -> Inputs:
    grid = np.full((20, 20), ONE, dtype=np.int8)
    grid[:, 10:] = TWO
    if rng.integers(2):
        grid = np.ascontiguousarray(grid.T)
    return grid, 6 / 8, 3, _seed(rng)


# One round of a small map explains most, and those that hold nothing random follow.
CHECK_CASES = (
    Case("one-round-6x6", _random(6, 4 / 8, 1, empty=0.2), "A small map and one round: count the dissatisfied agents by hand."),
    Case("two-rounds-8x8", _random(8, 5 / 8, 2, empty=0.1), "A small map, with two rounds."),
    Case("empty", _random(0, 4 / 8, 2), "A map without cells: nobody is ever dissatisfied."),
    Case("one-cell", _random(1, 8 / 8, 3), "One cell, whose eight neighbours are all the agent itself."),
    Case("no-rounds", _random(7, 4 / 8, 0, empty=0.1), "n_rounds is 0: the map as it is, and no counts."),
    Case("r-0", _random(12, 0.0, 5, empty=0.1), "r is 0: everybody is satisfied, so nobody moves."),
    Case(
        "chessboard",
        _draw_chessboard,
        "A chessboard, where each agent has exactly 4 like neighbours, and r = 1/2: that is enough, so nobody moves.",
    ),
    Case(
        "two-bands",
        _draw_bands,
        "Two bands: dissatisfied agents stand along both borders, and one border is the edge of the map, which is periodic.",
    ),
    Case(
        "r-0.3",
        _random(16, 0.3, 2, empty=0.1),
        "8r = 2.4 is no whole number: 2 like neighbours are too few, 3 are enough.",
    ),
    Case("mostly-empty", _random(40, 4 / 8, 3, empty=0.6), "More empty cells than agents: an empty cell is nobody's like."),
    Case("lecture-48x48", _random(48, 4 / 8, 4), "The lecture's map: half and half, and no empty cell."),
    Case("one-round-128x128", _random(128, 4 / 8, 1, empty=0.1), "One round of a larger map: are all places equally likely?"),
)

BENCHMARK_CASES = tuple(
    Case(f"{n}x{n}-{n_rounds}", _random(n, R_TIMED, n_rounds, empty=EMPTY_TIMED), f"{n} × {n} cells, {n_rounds} rounds.")
    for n, n_rounds in ((64, 20), (128, 20), (256, 50), (512, 50), (1024, 50), (4096, 50))
)


# The known mistakes

Rule: TypeAlias = Callable[[Map, float], Array]
"""From the map and r, where an agent is taken to be dissatisfied; empty cells do not matter."""
Move: TypeAlias = Callable[[Map, Mask, np.random.Generator], Map]
"""From the map and those who leave, the map after the round."""


def to_the_market(grid: Map, leaving: Mask, rng: np.random.Generator) -> Map:
    """The right move: the empty cells and the cells of those who leave get the same kinds in a random order."""
    market = leaving | (grid == EMPTY)
    moved = grid.copy()
    moved[market] = rng.permutation(grid[market])
    return moved


def simulated(
    grid: Map,
    r: float,
    n_rounds: int,
    seed: int,
    *,
    rule: Rule = find_dissatisfied,
    move: Move = to_the_market,
    rng: np.random.Generator | None = None,
) -> tuple[Map, Counts]:
    """The model, right unless told otherwise; `rng` takes the place of a generator made from the seed."""
    rng = rng or np.random.default_rng(seed)
    counts = np.zeros(n_rounds, dtype=np.int64)
    for number in range(n_rounds):
        leaving = (grid != EMPTY) & rule(grid, r)
        counts[number] = np.count_nonzero(leaving)
        grid = move(grid, leaving, rng)
    return grid, counts


FOUR = ((-1, 0), (1, 0), (0, -1), (0, 1))
EIGHT = (*FOUR, (-1, -1), (-1, 1), (1, -1), (1, 1))


def _around(grid: Map, wanted: Map | int, steps: tuple[tuple[int, int], ...] = EIGHT) -> Array:
    """How many neighbours of each cell are what is wanted there."""
    seen = np.stack([np.roll(grid, step, axis=(0, 1)) == wanted for step in steps])
    return np.asarray(seen.sum(axis=0))


def _like(grid: Map, steps: tuple[tuple[int, int], ...] = EIGHT) -> Array:
    return _around(grid, grid, steps)


def _like_without_edges(grid: Map) -> Array:
    return _like(np.pad(grid, 1))[1:-1, 1:-1]


def _share_among_agents(grid: Map) -> Array:
    return np.asarray(_like(grid) / np.maximum(8 - _around(grid, EMPTY), 1))


def _wrong_rule(name: str, sentence: str, rule: Rule) -> Mistake:
    """Dissatisfied by another rule: recognised by the first count, where that is another one (ValueError where it is not)."""

    def compute(grid: Map, r: float, n_rounds: int, seed: int) -> Outputs:
        final, counts = simulated(grid, r, n_rounds, seed, rule=rule)
        return final, _if_it_shows(name, counts, grid, r)

    return Mistake(name, sentence, compute, same=_same_first_count)


def _wrong_count(name: str, sentence: str, counted: Rule) -> Mistake:
    """The right moves, but other cells are counted at the start of each round."""

    def compute(grid: Map, r: float, n_rounds: int, seed: int) -> Outputs:
        def move(grid: Map, leaving: Mask, rng: np.random.Generator) -> Map:
            counts.append(int(np.count_nonzero(counted(grid, r))))
            return to_the_market(grid, leaving, rng)

        counts: list[int] = []
        final, _ = simulated(grid, r, n_rounds, seed, move=move)
        return final, _if_it_shows(name, np.array(counts, dtype=np.int64), grid, r)

    return Mistake(name, sentence, compute, same=_same_first_count)


def _if_it_shows(name: str, counts: Counts, grid: Map, r: float) -> Counts:
    if len(counts) == 0 or counts[0] == np.count_nonzero(find_dissatisfied(grid, r)):
        raise ValueError(f"{name!r} does not show in the first count here")
    return counts


def _same_first_count(wrong: Outputs, got: Outputs) -> bool:
    return bool(wrong[1][0] == got[1][0])


def _wrong_move(name: str, sentence: str, move: Move) -> Mistake:
    """The right agents leave, but go elsewhere: no two programs do so alike, and the text of the difference has to say it."""

    def compute(grid: Map, r: float, n_rounds: int, seed: int) -> Outputs:
        return simulated(grid, r, n_rounds, seed, move=move)

    return Mistake(name, sentence, compute)


def _one_at_a_time(grid: Map, leaving: Mask, rng: np.random.Generator) -> Map:
    moved = grid.copy().ravel()
    vacant = list(np.flatnonzero(moved == EMPTY))
    for place in np.flatnonzero(leaving):
        if vacant:
            choice = int(rng.integers(len(vacant)))
            moved[vacant[choice]], moved[place] = moved[place], EMPTY
            vacant[choice] = place
    return moved.reshape(grid.shape)


def _to_empty_cells(grid: Map, leaving: Mask, rng: np.random.Generator) -> Map:
    moved = grid.copy().ravel()
    targets, movers = (rng.permutation(np.flatnonzero(where)) for where in (grid == EMPTY, leaving))
    pairs = min(len(targets), len(movers))
    moved[targets[:pairs]], moved[movers[:pairs]] = moved[movers[:pairs]], EMPTY
    return moved.reshape(grid.shape)


def _swapping_pairs(grid: Map, leaving: Mask, rng: np.random.Generator) -> Map:
    moved = grid.copy().ravel()
    ones, twos = (rng.permutation(np.flatnonzero(leaving & (grid == kind))) for kind in (ONE, TWO))
    pairs = min(len(ones), len(twos))
    moved[ones[:pairs]], moved[twos[:pairs]] = TWO, ONE
    return moved.reshape(grid.shape)


def _everybody(grid: Map, _: Mask, rng: np.random.Generator) -> Map:
    return rng.permutation(grid.ravel()).reshape(grid.shape)


def _among_themselves(grid: Map, leaving: Mask, rng: np.random.Generator) -> Map:
    moved = grid.copy()
    moved[leaving] = rng.permutation(grid[leaving])
    return moved


def _nobody(grid: Map, _: Mask, __: np.random.Generator) -> Map:
    return grid


def _counted_at_the_end(grid: Map, r: float, n_rounds: int, seed: int) -> Outputs:
    final, counts = simulated(grid, r, n_rounds, seed)
    return final, np.append(counts, np.count_nonzero(find_dissatisfied(final, r)))[1:]


def _always_from_the_first_map(grid: Map, r: float, n_rounds: int, seed: int) -> Outputs:
    final, _ = simulated(grid, r, min(n_rounds, 1), seed)
    return final, np.full(n_rounds, np.count_nonzero(find_dissatisfied(grid, r)), dtype=np.int64)


def _seed_ignored(grid: Map, r: float, n_rounds: int, _: int) -> Outputs:
    return simulated(grid, r, n_rounds, 0)


def _not_seeded(grid: Map, r: float, n_rounds: int, _: int) -> Outputs:
    return simulated(grid, r, n_rounds, 0, rng=np.random.default_rng())


def _seeded_by_n_rounds(grid: Map, r: float, n_rounds: int, seed: int) -> Outputs:
    return simulated(grid, r, n_rounds, seed, rng=np.random.default_rng([seed, n_rounds]))


MISTAKES = (
    _wrong_rule(
        "edges end",
        "This is the first count where the map ends at its edges: it is periodic, so the first row is a neighbour of the last.",
        lambda grid, r: _like_without_edges(grid) < 8 * r,
    ),
    _wrong_rule(
        "itself counted",
        "This is the first count when an agent is counted as its own neighbour: leave out the cell itself.",
        lambda grid, r: _like(grid) + 1 < 8 * r,
    ),
    _wrong_rule(
        "four neighbours, a share of four",
        "This is the first count with four neighbours: the four diagonal ones belong to them too.",
        lambda grid, r: _like(grid, FOUR) < 4 * r,
    ),
    _wrong_rule(
        "four neighbours, a share of eight",
        "This is the first count with four neighbours and 8r: the four diagonal ones belong to them too.",
        lambda grid, r: _like(grid, FOUR) < 8 * r,
    ),
    _wrong_rule(
        "just enough is too few",
        "This is the first count when an agent with exactly 8r like neighbours is dissatisfied: that many are enough.",
        lambda grid, r: _like(grid) <= 8 * r,
    ),
    _wrong_rule(
        "rounded down",
        "This is the first count when 8r is rounded down: an agent that wants 2.4 like neighbours needs 3.",
        lambda grid, r: _like(grid) < int(8 * r),
    ),
    _wrong_rule(
        "empty cells are like",
        "This is the first count when an empty cell is as good as a like neighbour (or unlike ones are counted instead).",
        lambda grid, r: 8 - _around(grid, 3 - grid) < 8 * r,
    ),
    _wrong_rule(
        "share among agents",
        "This is the first count when the share is taken among the neighbours that are not empty: it is of all eight.",
        lambda grid, r: _share_among_agents(grid) < r,
    ),
    _wrong_rule(
        "any agent is like",
        "This is the first count when neighbours of both kinds are counted: only those of the agent's own kind are like.",
        lambda grid, r: 8 - _around(grid, EMPTY) < 8 * r,
    ),
    _wrong_rule(
        "other kind wanted",
        "This is the first count when agents want neighbours of the other kind.",
        lambda grid, r: _around(grid, 3 - grid) < 8 * r,
    ),
    _wrong_rule(
        "satisfied leave",
        "This is the number of satisfied agents: the condition is the wrong way round.",
        lambda grid, r: _like(grid) >= 8 * r,
    ),
    _wrong_count(
        "empty cells counted",
        "This is the size of the first market: count only its agents, not the empty cells.",
        lambda grid, r: find_dissatisfied(grid, r) | (grid == EMPTY),
    ),
    _wrong_count(
        "only kind 1 counted",
        "This is the number of dissatisfied agents of kind 1: count both kinds.",
        lambda grid, r: find_dissatisfied(grid, r) & (grid == ONE),
    ),
    _wrong_count(
        "only kind 2 counted",
        "This is the number of dissatisfied agents of kind 2: count both kinds.",
        lambda grid, r: find_dissatisfied(grid, r) & (grid == TWO),
    ),
    Mistake(
        "counted at the end",
        "This is what comes out when the dissatisfied are counted at the end of a round: count them at its start.",
        _counted_at_the_end,
    ),
    _wrong_move(
        "one at a time",
        "This is what comes out when agents move one after another, each to a cell that is empty just then: all leave first.",
        _one_at_a_time,
    ),
    _wrong_move(
        "only to empty cells",
        "This is what comes out when agents move to empty cells only: those that dissatisfied agents leave can be taken too.",
        _to_empty_cells,
    ),
    _wrong_move(
        "swapping pairs",
        "This is what comes out when pairs of unlike agents swap: place all of them at random, on empty cells too.",
        _swapping_pairs,
    ),
    _wrong_move(
        "among themselves",
        "This is what comes out when dissatisfied agents only change places with each other: the empty cells can be taken too.",
        _among_themselves,
    ),
    _wrong_move("everybody moves", "This is what comes out when satisfied agents move too.", _everybody),
    _wrong_move("nobody moves", "This is the map as it was given: nobody has moved.", _nobody),
    Mistake(
        "always from the first map",
        "This is what comes out when each round starts from the map that was given: go on from the last one.",
        _always_from_the_first_map,
    ),
    Mistake("seed ignored", "This is what comes out when the generator is always seeded alike: use seed.", _seed_ignored),
    Mistake("not seeded", "This is what comes out when the generator is not seeded in the call: use seed.", _not_seeded),
    Mistake(
        "seeded by n_rounds",
        "This is what comes out when n_rounds decides the random numbers: the first k rounds must not depend on it.",
        _seeded_by_n_rounds,
    ),
)


# The pictures

COLOURS = ("#0072B2", "#E69F00")
"""Of the two kinds; Okabe and Ito's blue and orange, which everybody tells apart."""
EIGHTHS = range(9)
"""The nine r are so many eighths."""
SIDE, SHARE_EMPTY = 40, 0.1
SHOWN_ROUNDS = (1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 32, 40)
"""The first rounds do not depend on how many follow: so many calls show a map on its way."""
REST_FRAMES = 5
"""The end is shown for as long as so many frames."""


def draw_map(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the final map, and beside it how many agents were dissatisfied in each round."""
    from matplotlib.patches import Patch

    ((inputs, (final, counts)),) = answers
    _, r, n_rounds, _ = cast("Arguments", inputs)
    map_axes, count_axes = figure.subplots(1, 2, width_ratios=(3, 2))
    _show_map(map_axes, final)
    map_axes.set(xlabel="column", ylabel="row", title=f"The map after {n_rounds} rounds, r = {r:.4g}")
    names = ("kind 1", "kind 2")
    patches = [Patch(facecolor=colour, label=name) for colour, name in zip(COLOURS, names, strict=True)]
    patches.append(Patch(facecolor=figure.get_facecolor(), edgecolor="grey", label="empty"))
    figure.legend(handles=patches, loc="outside lower center", ncols=3, frameon=False)
    count_axes.plot(counts, color="C0", marker=".")
    count_axes.set(xlabel="round", ylabel="dissatisfied agents", title="Who wants to move")
    count_axes.set_ylim(bottom=0)
    count_axes.grid(alpha=0.3)
    count_axes.set_box_aspect(3 / 2)  # as high as the map


def draw_curves(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """How many agents are dissatisfied at the start of each round: a curve for each r."""
    axes = figure.add_subplot()
    for eighths, marker, colour, (inputs, (_, counts)) in zip(EIGHTHS, "osD^vP*Xd", _shades(figure), answers, strict=True):
        grid, *_ = cast("Arguments", inputs)
        share = counts / max(np.count_nonzero(grid), 1)
        label = f"r = {eighths}/8"
        axes.plot(share, color=colour, marker=marker, markevery=4, markersize=5, linewidth=1.5, label=label)
    axes.set(xlabel="round", ylabel="dissatisfied households (share of all)", title="Who wants to move, for nine r")
    axes.set(xlim=(0, max(SHOWN_ROUNDS) - 1), ylim=(0, 1.02))
    axes.grid(alpha=0.3)
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(handles[::-1], labels[::-1], loc="outside right upper", frameon=False)


def draw_animation(answers: tuple[Answered, ...], figure: "Figure") -> Callable[[int], None]:
    """Nine maps, from the start on."""
    rows = [answers[start : start + len(SHOWN_ROUNDS)] for start in range(0, len(answers), len(SHOWN_ROUNDS))]
    start, *_ = cast("Arguments", answers[0][0])
    images = []
    for axes, eighths in zip(figure.subplots(3, 3).flat, EIGHTHS, strict=True):
        images.append(_show_map(axes, start))
        axes.set(xticks=[], yticks=[])
        axes.set_title(f"r = {eighths}/8", fontsize="medium")
    title = figure.suptitle("")

    def show(number: int) -> None:
        shown = min(number, len(SHOWN_ROUNDS))
        for image, row in zip(images, rows, strict=True):
            image.set_data(start if shown == 0 else row[shown - 1][1][0])
        n_rounds = SHOWN_ROUNDS[shown - 1] if shown else 0
        title.set_text(f"after {n_rounds} round{'' if n_rounds == 1 else 's'}")

    show(0)
    return show


def _show_map(axes: "Axes", cells: Map) -> "AxesImage":
    """Empty cells have the colour of the paper."""
    from matplotlib.colors import ListedColormap

    colours = ListedColormap([axes.figure.get_facecolor(), *COLOURS])
    return axes.imshow(cells, cmap=colours, vmin=EMPTY, vmax=TWO, interpolation="nearest")


def _shades(figure: "Figure") -> "list[ColorType]":
    """Nine colours in the order of r, that stand out from the paper."""
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    is_dark = sum(to_rgb(figure.get_facecolor())) < 3 / 2
    return [colormaps["viridis"](share) for share in np.linspace(*((0.35, 1.0) if is_dark else (0.0, 0.85)), len(EIGHTHS))]


def _shown_case(eighths: int, n_rounds: int) -> Case:
    name = f"picture-{SIDE}x{SIDE}-{eighths}-{n_rounds}"
    return Case(name, _random(SIDE, eighths / 8, n_rounds, empty=SHARE_EMPTY), "One of the nine maps on its way.")


PICTURES = (
    Picture(
        "map",
        "A map that separates",
        "On the left a map where the two kinds have gathered in patches; on the right the number of dissatisfied agents,"
        " which falls from round to round.",
        (Case("picture-120x120", _random(120, 4 / 8, 40, empty=0.1), "A map that separates, over 40 rounds."),),
        draw_map,
        size_inches=(7.0, 4.5),
    ),
    Picture(
        "curves",
        "Dissatisfied households over time, for nine r",
        "Nine curves: at small r nobody is dissatisfied or soon nobody is any more, at large r most stay so.",
        tuple(_shown_case(eighths, max(SHOWN_ROUNDS)) for eighths in EIGHTHS),
        draw_curves,
    ),
    Picture(
        "animation",
        "Nine maps over 40 rounds, for nine r",
        "At r up to 2/8 hardly anybody moves; from 3/8 to 5/8 patches of one kind grow; above, the map stays mixed.",
        tuple(_shown_case(eighths, n_rounds) for eighths in EIGHTHS for n_rounds in SHOWN_ROUNDS),
        draw_animation,
        frames=1 + len(SHOWN_ROUNDS) + REST_FRAMES,
        frame_time_s=0.3,
        size_inches=(4.6, 5.0),
    ),
)


TASK = Task(
    title="Schelling's model",
    work_unit="cell-rounds",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    shrink=shrink,
    least_operations=LEAST_OPERATIONS,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    follow_up=FollowUp(draw_further, check_further),
    tolerance_used=tolerance_used,
    pictures=PICTURES,
)
