"""Conway's game of life: the cases, the checker, the known mistakes and the pictures.

There is one right answer, in whole numbers: every cell and every count is compared. Grids are random, and a tenth to a half of
their cells live; so a table made at import is of no use, and hardly a cell can be left out.
"""

import functools
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares, sharing_mistakes, whole_shares
from grader.content.smaller import changed, fewer, fewer_of, smaller
from grader.content.task import (
    Answered,
    Array,
    ArraySpec,
    Case,
    Difference,
    Inputs,
    Mistake,
    Outputs,
    Picture,
    Task,
    secret_beside,
)
from grader.profiles import Profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Grid: TypeAlias = NDArray[np.uint8]
Counts: TypeAlias = NDArray[np.int64]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]
Step: TypeAlias = Callable[[Grid], Grid]
Offsets: TypeAlias = tuple[tuple[int, int], ...]

NEIGHBOURS: Offsets = tuple((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1) if (down, right) != (0, 0))
STRAIGHT: Offsets = tuple((down, right) for down, right in NEIGHBOURS if 0 in (down, right))
DIAGONAL: Offsets = tuple(one for one in NEIGHBOURS if one not in STRAIGHT)


# The answer and its check


@functools.cache
def _fast() -> ModuleType | None:
    """Where the expected answer is computed fast; None in a student's copy."""
    return secret_beside(__file__, "kernels.py")


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """The last grid, and the number of living cells after each generation."""
    grid, generations = _arguments(inputs)
    return ArraySpec("uint8", grid.shape), ArraySpec("int64", (generations,))


def expect(inputs: Inputs) -> Outputs:
    """Both; from whole arrays in a student's copy, which takes longer."""
    grid, generations = _arguments(inputs)
    fast = _fast()
    if fast is None or grid.size == 0:
        return _played(grid, generations)
    framed, living = np.pad(grid, 1), np.zeros(generations, dtype=np.int64)
    fast.play(framed, np.zeros_like(framed), living)
    return framed[1:-1, 1:-1].copy(), living


def check(inputs: Inputs, answer: Outputs, expected: Outputs) -> Difference | None:
    """Compare the counts, which say when it went wrong, then the cells."""
    return _count_difference(inputs, answer[1], expected[1]) or _cell_difference(inputs, answer[0], expected[0])


def _count_difference(inputs: Inputs, got: Array, expected: Array) -> Difference | None:
    wrong = np.flatnonzero(got != expected)
    if wrong.size == 0:
        return None
    first = int(wrong[0])
    return Difference(
        summary=f"{wrong.size:,} of {len(expected):,} counts of living cells are off",
        where=f"living[{first}], after {_generations_text(first + 1)} of {_shape_text(inputs)}",
        expected=f"{expected[first]:,}",
        got=f"{got[first]:,}",
    )


def _cell_difference(inputs: Inputs, got: Array, expected: Array) -> Difference | None:
    wrong = np.argwhere(got != expected)
    if len(wrong) == 0:
        return None
    row, column = (int(number) for number in wrong[0])
    return Difference(
        summary=f"{len(wrong):,} of {expected.size:,} cells are off",
        where=f"row {row}, column {column}, after {_generations_text(_arguments(inputs)[1])} of {_shape_text(inputs)}",
        expected=f"{expected[row, column]}",
        got=f"{got[row, column]}",
    )


def work(inputs: Inputs, expected: Outputs) -> float:
    """The cells of all generations."""
    del expected
    grid, generations = _arguments(inputs)
    return float(grid.size * generations)


def solution(inputs: Inputs, expected: Outputs) -> Outputs:
    """The trusted answer itself."""
    del inputs
    return expected


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer rows, fewer columns, fewer generations."""
    grid, generations = _arguments(inputs)
    yield from changed(inputs, 0, fewer)
    for kept in fewer_of(grid.shape[1]):
        yield np.ascontiguousarray(grid[:, kept]), generations
    yield from changed(inputs, 1, partial(smaller, least=1))


def _arguments(inputs: Inputs) -> tuple[Grid, int]:
    return cast("tuple[Grid, int]", inputs)


def _shape_text(inputs: Inputs) -> str:
    height, width = _arguments(inputs)[0].shape
    return f"a grid of {height} × {width}"


def _generations_text(number: int) -> str:
    return f"{number:,} generation{'s' * (number != 1)}"


def _played(grid: Grid, generations: int, step: Step | None = None) -> Outputs:
    """So many generations by a step, that of the game unless told otherwise."""
    living = np.zeros(generations, dtype=np.int64)
    for generation in range(generations):
        grid = (step or _step)(grid)
        living[generation] = np.count_nonzero(grid)
    return grid.copy(), living


def _step(grid: Grid) -> Grid:
    """The next generation, with the edges joined by a frame that holds a copy of the opposite side."""
    if grid.size == 0:
        return grid
    return _ruled(_sums_in(np.pad(grid, 1, mode="wrap")) - grid, grid)


def _sums_in(framed: Grid) -> Grid:
    """The sum of each cell within a frame with its eight neighbours."""
    threes = framed[:-2] + framed[1:-1] + framed[2:]
    return np.asarray(threes[:, :-2] + threes[:, 1:-1] + threes[:, 2:])


def _ruled(around: Grid, grid: Grid) -> Grid:
    """Which cells live, by the living ones around each."""
    return np.asarray((around == 3) | ((around == 2) & (grid == 1)), dtype=np.uint8)  # noqa: PLR2004 -- the rule's own numbers


# The cases

GLIDER = ("010", "001", "111")
BLINKER = ("111",)
GUN = (
    "000000000000000000000000100000000000",
    "000000000000000000000010100000000000",
    "000000000000110000001100000000000011",
    "000000000001000100001100000000000011",
    "110000000010000010001100000000000000",
    "110000000010001011000010100000000000",
    "000000000010000010000000100000000000",
    "000000000001000100000000000000000000",
    "000000000000110000000000000000000000",
)
"""Gosper's glider gun (1970): a glider every 30 generations."""
R_PENTOMINO = ("011", "110", "010")
ACORN = ("0100000", "0001000", "1100111")


def _cells(pattern: tuple[str, ...]) -> Grid:
    return np.array([list(map(int, row)) for row in pattern], dtype=np.uint8)


def _placed(pattern: tuple[str, ...], shape: tuple[int, int], at: tuple[int, int]) -> Grid:
    """A grid with the pattern's upper left cell at a place; it may reach across the edges."""
    grid = np.zeros(shape, dtype=np.uint8)
    cells = _cells(pattern)
    grid[: cells.shape[0], : cells.shape[1]] = cells
    return np.asarray(np.roll(grid, at, axis=(0, 1)))


def _soup(height: int, width: int, generations: int, *, density: tuple[float, float] = (0.3, 0.4)) -> Draw:
    """A random grid."""

    def draw(rng: np.random.Generator) -> Inputs:
        return (rng.random((height, width)) < rng.uniform(*density)).astype(np.uint8), generations

    return draw


def _somewhere(pattern: tuple[str, ...], height: int, width: int, generations: int) -> Draw:
    """A pattern at a random place, turned at random."""

    def draw(rng: np.random.Generator) -> Inputs:
        grid = _placed(pattern, (height, width), (int(rng.integers(height)), int(rng.integers(width))))
        return np.ascontiguousarray(grid[:: int(rng.choice([-1, 1])), :: int(rng.choice([-1, 1]))]), generations

    return draw


def _across_the_corner(pattern: tuple[str, ...], height: int, width: int, generations: int) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        del rng
        return _placed(pattern, (height, width), (-1, -1)), generations

    return draw


# By the number of processes, since each number is another start of MPI; those that explain most come first.
CHECK_CASES = (
    Case("blinker", _somewhere(BLINKER, 7, 9, 1), "Three cells in a row: they turn by a quarter in each generation."),
    Case("small-soup", _soup(6, 8, 2), "A small random grid and two generations: draw them on paper."),
    Case("glider-corner", _across_the_corner(GLIDER, 9, 8, 8), "A glider across the corner, where all four edges meet."),
    Case("no-generation", _soup(5, 4, 0), "No generation: the grid as it was, and an array of no counts."),
    Case("bands", _soup(8, 10, 6), "Two bands of four rows; each generation needs the edge rows of the last.", processes=2),
    Case("odd-rows", _soup(7, 6, 5), "An odd number of rows for two processes.", processes=2),
    Case("glider-round", _somewhere(GLIDER, 10, 12, 60), "A glider that crosses every edge, of bands as well.", processes=2),
    Case("thirds", _soup(11, 9, 7), "Eleven rows for three processes.", processes=3),
    Case("row-each", _soup(3, 16, 5), "One row for each process: the rows above and below are somebody else's.", processes=3),
    Case("two-rows", _soup(2, 13, 4), "Fewer rows than processes, and a row that is next to the other twice.", processes=3),
)

BENCHMARK_CASES = tuple(
    Case(
        f"{n}x{n}-{generations}",
        _soup(n, n, generations),
        f"{n:,} rows and columns, {generations} generations.",
        processes=2,
    )
    for n, generations in ((64, 10), (200, 20), (512, 20), (1024, 20), (2048, 20))
)


# The known mistakes


def _mistake(name: str, sentence: str, step: Step) -> Mistake:
    """The mistake of another step."""

    def compute(grid: Grid, generations: int) -> Outputs:
        return _played(grid, generations, step)

    return Mistake(name, sentence, compute)


def _around(grid: Grid, offsets: Offsets = NEIGHBOURS) -> Grid:
    """The living cells at these places around each, with the edges joined."""
    total = np.zeros_like(grid)
    for down, right in offsets:
        total += np.roll(grid, (-down, -right), axis=(0, 1))
    return total


def _framed(*, rows: str, columns: str) -> Step:
    """A step with a frame that is made in these ways: `wrap` joins, `constant` is dead, `edge` repeats, `reflect` mirrors."""

    def step(grid: Grid) -> Grid:
        if grid.size == 0:
            return grid
        framed = np.pad(grid, [(1, 1), (0, 0)], mode=rows)  # type: ignore[call-overload]  # a mode by its name
        framed = np.pad(framed, [(0, 0), (1, 1)], mode=columns)  # type: ignore[call-overload]  # the same
        return _ruled(_sums_in(framed) - grid, grid)

    return step


def _corners_dead(grid: Grid) -> Grid:
    """The frame joins the edges, and its four corners stay empty."""
    if grid.size == 0:
        return grid
    framed = np.pad(grid, 1, mode="wrap")
    framed[:: len(framed) - 1, :: framed.shape[1] - 1] = 0
    return _ruled(_sums_in(framed) - grid, grid)


def _rule(born: tuple[int, ...], survive: tuple[int, ...]) -> Step:
    """A step by other numbers of neighbours."""

    def step(grid: Grid) -> Grid:
        around = _around(grid)
        return np.where(grid == 1, np.isin(around, survive), np.isin(around, born)).astype(np.uint8)

    return step


def _in_place(grid: Grid) -> Grid:
    """Cell by cell, each overwritten before its neighbours look at it."""
    cells = [list(row) for row in grid.tolist()]
    height, width = grid.shape
    for i in range(height):
        for j in range(width):
            around = sum(cells[(i + down) % height][(j + right) % width] for down, right in NEIGHBOURS)
            cells[i][j] = int(around == 3 or (around == 2 and cells[i][j] == 1))  # noqa: PLR2004 -- the rule's own numbers
    return np.array(cells, dtype=np.uint8).reshape(grid.shape)


def _counted_before(grid: Grid, generations: int) -> Outputs:
    last, living = _played(grid, generations)
    return last, np.append([np.count_nonzero(grid)], living)[:generations].astype(np.int64)


def _first_generation_only(grid: Grid, generations: int) -> Outputs:
    living = np.full(generations, np.count_nonzero(_step(grid)), dtype=np.int64)
    return _step(grid) if generations else grid.copy(), living


def _one_generation_less(grid: Grid, generations: int) -> Outputs:
    return _played(grid, max(generations - 1, 0))[0], _played(grid, generations)[1]


def _one_generation_more(grid: Grid, generations: int) -> Outputs:
    return _played(grid, generations + 1)[0], _played(grid, generations)[1]


def _dead_counted(grid: Grid, generations: int) -> Outputs:
    last, living = _played(grid, generations)
    return last, grid.size - living


Neighbours: TypeAlias = Callable[[list[Grid], int], tuple[Grid, Grid]]
"""The rows above and below a band that it gets, from all bands and its number."""


def _in_bands(neighbours: Neighbours, *, cut: Callable[[int, int], list[slice]] = shares) -> Callable[..., Outputs]:
    """Bands of rows, each of which steps with the rows that it gets from others; rows that are nobody's die."""

    def compute(processes: int, grid: Grid, generations: int) -> Outputs:
        living = np.zeros(generations, dtype=np.int64)
        bands = [grid[rows] for rows in cut(len(grid), processes) if rows.start < rows.stop]
        for generation in range(generations):
            bands = [_band_step(band, *neighbours(bands, place)) for place, band in enumerate(bands)]
            living[generation] = sum(map(np.count_nonzero, bands))
        kept = np.concatenate([*bands, np.zeros((len(grid), grid.shape[1]), dtype=np.uint8)])
        return np.ascontiguousarray(kept[: len(grid)]), living

    return compute


def _band_step(band: Grid, above: Grid, below: Grid) -> Grid:
    rows = np.concatenate([above[np.newaxis], band, below[np.newaxis]])
    return _ruled(_sums_in(np.pad(rows, [(0, 0), (1, 1)], mode="wrap")) - band, band)


def _true_neighbours(bands: list[Grid], place: int) -> tuple[Grid, Grid]:
    return bands[place - 1][-1], bands[(place + 1) % len(bands)][0]


def _own_edges(bands: list[Grid], place: int) -> tuple[Grid, Grid]:
    """Each band for itself: its own first and last row are next to each other."""
    return bands[place][-1], bands[place][0]


def _swapped_rows(bands: list[Grid], place: int) -> tuple[Grid, Grid]:
    above, below = _true_neighbours(bands, place)
    return below, above


def _no_rows(bands: list[Grid], place: int) -> tuple[Grid, Grid]:
    return np.zeros_like(bands[place][0]), np.zeros_like(bands[place][0])


def _open_ends(bands: list[Grid], place: int) -> tuple[Grid, Grid]:
    """Bands exchange their edges, but the first and the last do not."""
    above, below = _true_neighbours(bands, place)
    return above * (place > 0), below * (place < len(bands) - 1)


def _far_rows(bands: list[Grid], place: int) -> tuple[Grid, Grid]:
    """The wrong edge of each neighbour: the first row of the band above, the last of the one below."""
    return bands[place - 1][0], bands[(place + 1) % len(bands)][-1]


def _stale_rows(processes: int, grid: Grid, generations: int) -> Outputs:
    """The edges are exchanged once, before the first generation."""
    bands = [grid[rows] for rows in shares(len(grid), processes) if rows.start < rows.stop]
    first = [_true_neighbours(bands, place) for place in range(len(bands))]
    return _in_bands(lambda _, place: first[place])(processes, grid, generations)


def _own_count_only(processes: int, grid: Grid, generations: int) -> Outputs:
    """The right grid, with the living cells of rank 0's band alone."""
    mine = shares(len(grid), processes)[0]
    living = [np.count_nonzero(_played(grid, generation + 1)[0][mine]) for generation in range(min(generations, 100))]
    counts = np.zeros(generations, dtype=np.int64)
    counts[: len(living)] = living
    return _played(grid, generations)[0], counts


MISTAKES = (
    _mistake(
        "dead edges",
        "This is what comes out when the grid ends at its edges: the first row is next to the last, and so are the columns.",
        _framed(rows="constant", columns="constant"),
    ),
    _mistake(
        "only rows joined",
        "This is what comes out when the first and the last column are not next to each other.",
        _framed(rows="wrap", columns="constant"),
    ),
    _mistake(
        "only columns joined",
        "This is what comes out when the first and the last row are not next to each other.",
        _framed(rows="constant", columns="wrap"),
    ),
    _mistake(
        "edges repeated",
        "This is what comes out when the outermost cells are their own neighbours: the opposite edge is.",
        _framed(rows="edge", columns="edge"),
    ),
    _mistake(
        "corners dead",
        "This is what comes out when the corners of the frame stay empty: a corner cell's neighbour is the opposite corner.",
        _corners_dead,
    ),
    _mistake(
        "four neighbours",
        "This is what comes out with four neighbours: the four diagonal ones belong to them too.",
        lambda grid: _ruled(_around(grid, STRAIGHT), grid),
    ),
    _mistake(
        "diagonal neighbours only",
        "This is what comes out with the diagonal neighbours alone: there are eight.",
        lambda grid: _ruled(_around(grid, DIAGONAL), grid),
    ),
    _mistake(
        "itself counted",
        "This is what comes out when a cell is counted as its own neighbour: leave out the cell itself.",
        lambda grid: _ruled(_around(grid) + grid, grid),
    ),
    _mistake("survives with 3 only", "A living cell with two living neighbours goes on living.", _rule((3,), (3,))),
    _mistake("survives with 2 only", "A living cell with three living neighbours goes on living.", _rule((3,), (2,))),
    _mistake("born with 2", "A dead cell comes to life with three living neighbours, not with two.", _rule((2, 3), (2, 3))),
    _mistake(
        "born with 6", "This is HighLife: here a dead cell comes to life with three neighbours only.", _rule((3, 6), (2, 3))
    ),
    _mistake("never alone", "A living cell with fewer than two living neighbours dies.", _rule((3,), (0, 1, 2, 3))),
    _mistake("never crowded", "A living cell with more than three living neighbours dies.", _rule((3,), tuple(range(2, 9)))),
    _mistake(
        "nobody dies",
        "Living cells die here never: only two or three living neighbours keep them.",
        _rule((3,), tuple(range(9))),
    ),
    _mistake(
        "in place",
        "This is what comes out when cells are overwritten before their neighbours have looked: all change at once.",
        _in_place,
    ),
    Mistake(
        "counted before",
        "These are the living cells before each generation: living[0] is counted after the first.",
        _counted_before,
    ),
    Mistake("dead counted", "These are the dead cells of each generation: count the living ones.", _dead_counted),
    Mistake(
        "first generation only",
        "This is the first generation: go on from the last one.",
        _first_generation_only,
    ),
    Mistake("one generation less", "The grid is one generation behind.", _one_generation_less),
    Mistake("one generation more", "The grid is one generation ahead.", _one_generation_more),
    Mistake(
        "transposed",
        "This is the answer transposed and reshaped: keep rows rows.",
        lambda grid, generations: (
            np.ascontiguousarray(_played(grid, generations)[0].T).reshape(grid.shape),
            _played(grid, generations)[1],
        ),
    ),
    *sharing_mistakes(
        "remainder left out",
        "The last rows are missing, and their neighbours saw nothing there: with P processes, some take one row more.",
        _in_bands(_true_neighbours, cut=whole_shares),
    ),
    *sharing_mistakes(
        "edges exchanged once",
        "The rows at the edges of the bands are those of the first generation: exchange them before every generation.",
        _stale_rows,
    ),
    *sharing_mistakes(
        "edges not exchanged",
        "Each process lets its band run by itself, its first row next to its last: they belong to its neighbours.",
        _in_bands(_own_edges),
    ),
    *sharing_mistakes(
        "dead between bands", "Each process sees nothing beyond its band: get the neighbours' rows.", _in_bands(_no_rows)
    ),
    *sharing_mistakes(
        "ends not joined",
        "The first and the last process do not exchange their edges: they are neighbours, too.",
        _in_bands(_open_ends),
    ),
    *sharing_mistakes(
        "edges swapped",
        "The row of the process above is put below the band, and the other way round.",
        _in_bands(_swapped_rows),
    ),
    *sharing_mistakes(
        "far edges",
        "Each process gets the far row of its neighbours: from the one above its last row, from the one below its first.",
        _in_bands(_far_rows),
    ),
    *sharing_mistakes(
        "own count only", "These are the living cells of rank 0's rows alone: add those of all processes.", _own_count_only
    ),
)


# The pictures

SHAPE = (48, 72)
SHOWN_GENERATIONS = 150
STARTS = (("Gosper's glider gun", GUN, (4, 4)), ("R-pentomino", R_PENTOMINO, (22, 34)), ("Acorn", ACORN, (22, 32)))
GUN_SHAPE = (36, 48)
GUN_STEP, GUN_FRAMES = 3, 24
"""Generations from one frame of the animation to the next, and frames: two gliders leave."""


def _draw_start(pattern: tuple[str, ...], shape: tuple[int, int], at: tuple[int, int], generations: int) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        del rng  # the starts are what they are
        return _placed(pattern, shape, at), generations

    return draw


def draw_living(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the living cells over time for the three starts, and the last grid of each."""
    panels = figure.subplot_mosaic(
        [["living"] * len(answers), [f"{place}" for place in range(len(answers))]], height_ratios=(2, 1)
    )
    living = panels.pop("living")
    for (name, pattern, _), (_, (_, counts)) in zip(STARTS, answers, strict=True):
        living.plot(np.append([_cells(pattern).sum()], counts), label=name)
    living.set(title="Living cells over time", xlabel="generation", ylabel="living cells", xlim=(0, SHOWN_GENERATIONS))
    living.legend()
    living.grid(alpha=0.3)
    for (name, _, _), (_, (last, _)), axes in zip(STARTS, answers, panels.values(), strict=True):
        axes.imshow(last, cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
        axes.set(title=name, xlabel="column", ylabel="row")


def draw_gun(answers: tuple[Answered, ...], figure: "Figure") -> Callable[[int], None]:
    """Draw the gun's grid; each frame is the answer to another number of generations."""
    axes = figure.add_subplot()
    image = axes.imshow(answers[0][1][0], cmap="cividis", vmin=0, vmax=1, interpolation="nearest")
    axes.set(xlabel="column", ylabel="row")

    def show(frame: int) -> None:
        inputs, (grid, _) = answers[frame]
        image.set_data(grid)
        axes.set_title(f"Gosper's glider gun, generation {_arguments(inputs)[1]}")

    show(0)
    return show


PICTURES = (
    Picture(
        "living",
        "Living cells over time, for three starts",
        "Above three curves of living cells over 150 generations: the gun's grows step by step, the two others' rise and fall;"
        " below the last grid of each.",
        tuple(
            Case(
                f"living-{name.split()[-1]}",
                _draw_start(pattern, SHAPE, at, SHOWN_GENERATIONS),
                f"{name}, {SHOWN_GENERATIONS} generations.",
                processes=2,
            )
            for name, pattern, at in STARTS
        ),
        draw_living,
    ),
    Picture(
        "glider-gun",
        "Gosper's glider gun",
        "Two parts move towards each other and back; whenever they meet, a glider leaves downwards to the right.",
        tuple(
            Case(
                f"gun-{frame * GUN_STEP}",
                _draw_start(GUN, GUN_SHAPE, (2, 2), frame * GUN_STEP),
                f"The gun after {frame * GUN_STEP} generations.",
                processes=2,
            )
            for frame in range(GUN_FRAMES)
        ),
        draw_gun,
        frames=GUN_FRAMES,
        size_inches=(5.0, 4.0),
    ),
)


TASK = Task(
    title="Game of life with MPI",
    work_unit="cell generations",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    profile=Profile.MPI,
    pictures=PICTURES,
)
