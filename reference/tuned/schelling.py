"""Schelling's model tuned for vector units: bytes, no branches, and moves drawn for 64 cells at a time.

One thread, ten to twenty times faster than the plain compiled loops. What makes the difference:

- *Two counts in a byte*: an empty cell is kept as 0, kind 1 as 1 and kind 2 as 16. The sum of the nine bytes around a cell then
  holds both counts, in its lower and its upper four bits, and one instruction adds 64 of them. A frame around the map repeats
  the opposite edges, so that no index needs a remainder or a branch. Agents are tallied in bytes too.
- *Moves without a list*: shuffling the market would take a random number and a jump in memory for each of its cells. Instead
  every cell of the market draws its new kind by itself, from one random byte. That gives some kinds a little too often and
  others too rarely, so a few cells chosen at random are changed until the numbers of agents are right (see `draw_kinds`).
- *Random numbers* from 32 generators side by side.

Where few cells are left in the market, they are listed and shuffled after all: choosing cells at random until one of them is
in the market would take long.

Numba uses 256-bit registers unless `NUMBA_CPU_FEATURES` holds `-prefer-256-bit` before it is imported. Sources: D. Blackman and
S. Vigna, *Scrambled linear pseudorandom number generators*, ACM TOMS 47 (2021).
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

KIND_2 = 16  # how kind 2 is kept
KEPT_AS = np.array([0, 1, KIND_2], dtype=np.uint8)
LINE = 64  # bytes in a cache line, and in the widest registers
TALLIED_ROWS = 15  # four bits for each kind
GENERATORS = 32
FEW = 64  # the market is listed where it holds fewer than one in so many cells


class Map(NamedTuple):
    """The cells with a frame that repeats the opposite edges, and beside each cell whether it is in the market (0 or 1)."""

    cells: Any  # the map's first cell is cells[1, LINE]; all rows start on a cache line
    market: Any
    market_by_eight: Any  # the same bytes, eight in an integer
    n: int


class Random(NamedTuple):
    """The states of the generators, and the words that they made last, which are also bytes."""

    states: Any
    words: Any
    bytes: Any


def schelling(grid, r, n_rounds, seed):
    """Let the dissatisfied agents move at random, round by round; return the map and how many were dissatisfied in each."""
    n = len(grid)
    cells, market = aligned_bytes(n + 2, n + 2 * LINE), aligned_bytes(n + 2, n + 2 * LINE)
    framed = Map(cells, market, market.reshape(-1).view(np.uint64), n)
    dissatisfied_counts = np.zeros(n_rounds, dtype=np.int64)
    play(grid, framed, math.ceil(8 * r - 1e-9), make_random(n, seed), dissatisfied_counts)
    return grid, dissatisfied_counts


def aligned_bytes(rows, columns):
    """Make a matrix of bytes, all 0, of which every row starts on a cache line."""
    columns = -(-columns // LINE) * LINE
    memory = np.zeros(rows * columns + LINE, dtype=np.uint8)
    skip = -memory.ctypes.data % LINE
    return memory[skip : skip + rows * columns].reshape(rows, columns)


def make_random(size, seed):
    """Make generators that fill rows of at least `size` bytes."""
    states = np.random.SeedSequence(seed).generate_state(4 * GENERATORS, dtype=np.uint64)
    words = np.zeros(-(-size // (16 * GENERATORS)) * 2 * GENERATORS, dtype=np.uint64)
    return Random(states.reshape(4, GENERATORS), words, words.view(np.uint8))


@njit
def play(grid, framed, wanted, random, dissatisfied_counts):
    """Play a round for each of the counts, and write them and the map."""
    empty = copy_in(grid, framed.cells)
    numbers, surplus = np.zeros(3, dtype=np.int64), np.zeros(3, dtype=np.int64)  # of cells of each kind, in the market
    for number in range(len(dissatisfied_counts)):
        find_market(framed, wanted, numbers)
        numbers[0] = empty
        dissatisfied_counts[number] = numbers[1] + numbers[2]
        if dissatisfied_counts[number] == 0:
            break  # nobody will move any more
        size = numbers[0] + numbers[1] + numbers[2]
        if size * FEW < framed.n * framed.n:
            shuffle_few(framed, size, random)
        else:
            draw_kinds(framed, numbers, size, surplus, random)
            settle(framed, surplus, random)
    copy_back(framed.cells, grid)


@njit
def copy_in(grid, cells):
    """Copy the map into its frame, whose edges are still to be filled in; return how many cells are empty."""
    n = len(grid)
    empty = 0
    for row in range(n):
        for column in range(n):
            kind = grid[row, column]
            cells[row + 1, column + LINE] = KIND_2 if kind == 2 else kind
            empty += kind == 0
    return empty


@njit
def copy_back(cells, grid):
    """Copy the map out of its frame."""
    n = len(grid)
    for row in range(n):
        for column in range(n):
            cell = cells[row + 1, column + LINE]
            grid[row, column] = 2 if cell == KIND_2 else cell


# Who is dissatisfied


@njit
def find_market(framed, wanted, numbers):
    """Mark the market, and count its agents of each kind."""
    cells, market, n = framed.cells, framed.market, framed.n
    fill_frame(cells, n)
    column_sums, tally = np.empty(cells.shape[1], dtype=np.uint8), np.zeros(n, dtype=np.uint8)
    numbers[1] = numbers[2] = 0
    for row in range(1, n + 1):
        add_rows(cells[row - 1], cells[row], cells[row + 1], column_sums)
        mark_row(cells[row, LINE : LINE + n], column_sums, np.uint8(wanted), market[row, LINE : LINE + n], tally)
        if row % TALLIED_ROWS == 0 or row == n:
            take_tally(tally, numbers)


@njit
def fill_frame(cells, n):
    """Repeat the opposite edges around the map."""
    for row in range(1, n + 1):
        cells[row, LINE - 1] = cells[row, LINE + n - 1]
        cells[row, LINE + n] = cells[row, LINE]
    for column in range(cells.shape[1]):
        cells[0, column] = cells[n, column]
        cells[n + 1, column] = cells[1, column]


@njit
def add_rows(above, here, below, sums):
    """Add three rows, byte by byte."""
    for column in range(len(sums)):
        sums[column] = above[column] + here[column] + below[column]


@njit
def mark_row(cells, column_sums, wanted, market, tally):
    """Mark the market's cells of a row, and add its agents to the tally of their columns."""
    left, middle, right = column_sums[LINE - 1 :], column_sums[LINE:], column_sums[LINE + 1 :]
    ones, enough_twos = np.uint8(15), np.uint8(16 * (wanted + 1))
    for column in range(len(cells)):
        cell = cells[column]
        around = np.uint8(left[column] + middle[column] + right[column])
        # The cell itself is counted too: it has more than `wanted` where its neighbours are at least as many.
        one = (cell == 1) & ((around & ones) <= wanted)
        two = (cell == KIND_2) & (around < enough_twos)
        moves = one | two
        market[column] = moves | (cell == 0)
        tally[column] += cell if moves else np.uint8(0)


@njit
def take_tally(tally, numbers):
    """Add the columns' tallies to the numbers of both kinds, and start them again; a tally holds `TALLIED_ROWS` rows."""
    for column in range(len(tally)):
        numbers[1] += tally[column] & 15
        numbers[2] += tally[column] >> 4
        tally[column] = 0


# Where they go


@njit
def draw_kinds(framed, numbers, size, surplus, random):
    """Let every cell of the market draw its kind by itself, and state for each kind how many cells have it beyond its number.

    Why the moves are exactly uniform, whatever the shares drawn with: this and `settle` treat all cells of the market alike. So
    every rearrangement of a result is as likely as that result. In the end the number of each kind is fixed, and all ways to
    place such numbers are rearrangements of each other: they are equally likely.
    """
    cells, market, n = framed.cells, framed.market, framed.n
    common = 0
    for kind in (1, 2):
        if numbers[kind] > numbers[common]:
            common = kind
    first, second = (common + 1) % 3, (common + 2) % 3  # the commonest is drawn where no other is: the shares fit a byte
    below_first = np.uint8(256 * numbers[first] / size + 0.5)
    below_second = np.uint8(256 * (numbers[first] + numbers[second]) / size + 0.5)
    kinds = KEPT_AS[first], KEPT_AS[second], KEPT_AS[common]
    tally = np.zeros(n, dtype=np.uint8)
    surplus[1] = surplus[2] = 0
    for row in range(1, n + 1):
        fill_random(random)
        draw_row(
            cells[row, LINE : LINE + n], market[row, LINE : LINE + n], random.bytes, below_first, below_second, kinds, tally
        )
        if row % TALLIED_ROWS == 0 or row == n:
            take_tally(tally, surplus)
    surplus[0] = size - surplus[1] - surplus[2]
    for kind in range(3):
        surplus[kind] -= numbers[kind]


@njit
def draw_row(cells, market, random_bytes, below_first, below_second, kinds, tally):
    """Let the market's cells of a row draw their kinds, and add them to the tally of their columns."""
    first, second, common = kinds
    for column in range(len(cells)):
        byte = random_bytes[column]
        second_or_common = second if byte < below_second else common
        kind = first if byte < below_first else second_or_common
        moves = market[column] != 0
        cells[column] = kind if moves else cells[column]
        tally[column] += kind if moves else np.uint8(0)


@njit
def settle(framed, surplus, random):
    """Change cells of the market that hold a kind of which there are too many, chosen at random, until no kind is."""
    cells, market = framed.cells.ravel(), framed.market.ravel()
    shift = 64 - bits_of(len(cells))
    while surplus[0] > 0 or surplus[1] > 0 or surplus[2] > 0:
        fill_random(random)
        for word in random.words:
            place = np.int64(word >> shift)  # beyond the end, in the frame or outside the market: draw again
            if place < len(cells) and market[place] != 0:
                kind = 2 if cells[place] == KIND_2 else np.int64(cells[place])
                if surplus[kind] > 0:
                    short = 0 if surplus[0] < 0 else (1 if surplus[1] < 0 else 2)
                    cells[place] = KEPT_AS[short]
                    surplus[kind] -= 1
                    surplus[short] += 1


@njit
def shuffle_few(framed, size, random):
    """List the cells of a small market, and shuffle their kinds (Fisher and Yates)."""
    cells, market = framed.cells.ravel(), framed.market.ravel()
    places = np.empty(size, dtype=np.int64)
    found = 0
    for eight in range(len(framed.market_by_eight)):
        if framed.market_by_eight[eight] != 0:  # else none of these eight is in the market
            for place in range(8 * eight, 8 * eight + 8):
                if market[place] != 0:
                    places[found] = place
                    found += 1
    unused = 0
    for last in range(size - 1, 0, -1):
        shift = 64 - bits_of(last + 1)
        other = last + 1
        while other > last:  # drawn again until it is among the places that are left
            if unused == 0:
                fill_random(random)
                unused = len(random.words)
            unused -= 1
            other = np.int64(random.words[unused] >> shift)
        kind = cells[places[last]]
        cells[places[last]] = cells[places[other]]
        cells[places[other]] = kind


@njit
def bits_of(count):
    """Return the number of bits that the numbers below `count` need, and at least one."""
    bits = 1
    while (1 << bits) < count:
        bits += 1
    return np.uint64(bits)


# Random numbers


@njit
def fill_random(random):
    """Make new random words, with xoshiro256++ in each of the generators."""
    s0, s1, s2, s3 = random.states[0], random.states[1], random.states[2], random.states[3]
    for start in range(0, len(random.words), 2 * GENERATORS):
        first = random.words[start : start + GENERATORS]
        second = random.words[start + GENERATORS : start + 2 * GENERATORS]
        for generator in range(GENERATORS):
            a, b, c, d = s0[generator], s1[generator], s2[generator], s3[generator]
            first[generator] = rotated(a + d, 23) + a
            a, b, c, d = next_state(a, b, c, d)  # two steps while the state is in registers
            second[generator] = rotated(a + d, 23) + a
            s0[generator], s1[generator], s2[generator], s3[generator] = next_state(a, b, c, d)


@njit
def next_state(a, b, c, d):
    """Step one generator."""
    c ^= a
    d ^= b
    return a ^ d, b ^ c, c ^ (b << np.uint64(17)), rotated(d, 45)


@njit
def rotated(word, bits):
    """Rotate the bits of a word to the left."""
    return (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))
