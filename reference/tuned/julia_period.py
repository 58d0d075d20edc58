"""Periods of Julia orbits tuned: a strip of pixels steps together, and an orbit that repeats itself exactly is left alone.

One pixel's updates form a chain, each waiting for the last; different pixels are independent. So the inner loops run over the
pixels of a strip (the *lanes*): the compiler turns them into vector instructions, eight pixels each with 512-bit registers, and
the chains of many vectors overlap. What saves work:

- For |c| ≤ 2 an orbit outside |z| ≤ 2 never comes back. So nobody looks at |z| for a while, and an update costs four
  instructions. (It runs to infinity and becomes NaN, harmlessly: all comparisons ask what is true of an orbit that stays.)
- When many lanes hold pixels that are done, the others are moved to the front (*compaction*), and the loop gets shorter.
- An attracting cycle draws an orbit in until rounding leaves nothing to draw: from then on the very same numbers come round
  again. Where z equals, in every bit, an earlier z, it will do so after as many updates again, and such rounds can be left
  out. The earlier z is renewed whenever the updates have doubled, which finds a cycle of any length (R. Brent, 1980).

Numba uses 256-bit registers unless `NUMBA_CPU_FEATURES` holds `-prefer-256-bit` before it is imported.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

LANES = 1024  # a strip: z takes 16 KiB, half of a first-level cache
VECTOR = 8  # float64 numbers in the widest registers
STEPS = 4  # updates of a lane while z stays in registers: more make the chain of a vector too long to overlap with others
LOOK = 12  # updates between two looks, once most have left; cycles of 1, 2, 3, 4, 6 and 12 show at the next one
COMPACT_BELOW = 0.7  # the share of lanes with open pixels at which moving pays
UNDECIDED = -1.0


class Strip(NamedTuple):
    """The lanes: z, an earlier z to compare it with, the period found (as wide as z), and the pixel a lane belongs to."""

    re: Any
    im: Any
    earlier_re: Any
    earlier_im: Any
    period: Any
    pixel: Any


@njit
def julia_period(x, y, c, max_iter, max_period, tol):
    """Say for each start z₀ = x + iy: 0 where its orbit leaves, p where p updates bring it back, else max_period + 1."""
    periods = np.zeros(len(y) * len(x), dtype=np.int32)
    strip, repeating = new_strip(), new_strip()
    for first in range(0, len(periods), LANES):
        lanes = fill(strip, x, y, first)
        if abs(c) > 2.0:
            lanes, _ = move(strip, lanes, repeating)  # a start outside may come back
        updates, earlier = 0, 0
        while lanes > 0 and updates < max_iter:
            updates += advance(strip, lanes, c, updates, max_iter)
            if count_open(strip, lanes) <= COMPACT_BELOW * lanes or abs(c) > 2.0:
                lanes, moved = move(strip, lanes, repeating)
                make_updates(repeating, moved, c, (max_iter - updates) % (updates - earlier))
                note_periods(repeating, moved, c, max_period, tol, periods)
            if updates >= 2 * earlier:
                remember(strip, lanes)
                earlier = updates
        note_periods(strip, lanes, c, max_period, tol, periods)
    return periods.reshape(len(y), len(x))


@njit
def new_strip():
    """Make a strip of lanes, all at z = 0."""
    size = LANES + VECTOR
    return Strip(aligned(size), aligned(size), aligned(size), aligned(size), aligned(size), np.zeros(size, dtype=np.int64))


@njit
def aligned(size):
    """Make an array that starts on a cache line: a vector that straddles two lines costs two reads."""
    memory = np.zeros(size + VECTOR)
    skip = -memory.ctypes.data % 64 // 8
    return memory[skip : skip + size]


@njit
def fill(strip, x, y, first):
    """Put the starts of the pixels from `first` on into the lanes, and return how many they are."""
    lanes = min(LANES, len(x) * len(y) - first)
    filled = 0
    while filled < lanes:
        row, column = divmod(first + filled, len(x))
        here = min(lanes - filled, len(x) - column)  # the rest of the row, or what fits
        for lane in range(here):
            strip.re[filled + lane], strip.im[filled + lane] = x[column + lane], y[row]
        filled += here
    for lane in range(lanes):
        strip.pixel[lane] = first + lane
        strip.earlier_re[lane] = np.nan  # nothing to repeat yet
    return lanes


@njit
def remember(strip, lanes):
    """Keep z, to compare later ones with it."""
    for lane in range(lanes):
        strip.earlier_re[lane], strip.earlier_im[lane] = strip.re[lane], strip.im[lane]


@njit
def whole_vectors(lanes):
    """Round a number of lanes up to whole vectors, so that no remainder runs one by one; the lanes beyond belong to nobody."""
    return (lanes + VECTOR - 1) // VECTOR * VECTOR


@njit(fastmath={"contract"})  # a·b + c may become one instruction; nothing else is loosened
def update(re, im, c):
    """Make one update z ← z² + c."""
    return re * re + (c.real - im * im), (re + re) * im + c.imag


@njit
def is_inside(re, im):
    """Say whether |z| ≤ 2; NaN is not."""
    return re * re + im * im <= 4.0


@njit
def advance(strip, lanes, c, updates, max_iter):
    """Make the updates until the next look, and return how many: few at first, when most pixels leave."""
    if abs(c) > 2.0 or max_iter - updates < STEPS:
        make_updates(strip, lanes, c, 1)
        return 1
    passes = LOOK // STEPS if LOOK <= updates <= max_iter - LOOK else 1
    for _ in range(passes):
        for lane in range(whole_vectors(lanes)):
            re, im = strip.re[lane], strip.im[lane]
            for _ in range(STEPS):
                re, im = update(re, im, c)
            strip.re[lane], strip.im[lane] = re, im
    return passes * STEPS


@njit
def make_updates(strip, lanes, c, updates):
    """Make any number of updates, one after the other."""
    for _ in range(updates):
        for lane in range(whole_vectors(lanes)):
            strip.re[lane], strip.im[lane] = update(strip.re[lane], strip.im[lane], c)


@njit
def repeats(strip, lane):
    """Say whether z is the earlier one again, in every bit."""
    return (strip.re[lane] == strip.earlier_re[lane]) & (strip.im[lane] == strip.earlier_im[lane])


@njit
def count_open(strip, lanes):
    """Count the lanes whose orbit is inside and does not repeat itself."""
    count = 0
    for lane in range(lanes):
        count += is_inside(strip.re[lane], strip.im[lane]) & ~repeats(strip, lane)
    return count


@njit
def move(strip, lanes, repeating):
    """Move the open pixels to the front, those that repeat themselves to the other strip, and return how many they are."""
    kept, moved = 0, 0
    for lane in range(lanes):
        re, im, pixel = strip.re[lane], strip.im[lane], strip.pixel[lane]
        again = repeats(strip, lane)
        repeating.re[moved], repeating.im[moved], repeating.pixel[moved] = re, im, pixel
        strip.re[kept], strip.im[kept], strip.pixel[kept] = re, im, pixel
        strip.earlier_re[kept], strip.earlier_im[kept] = strip.earlier_re[lane], strip.earlier_im[lane]
        moved += again  # no branch: the next pixel overwrites one that is not wanted
        kept += is_inside(re, im) & ~again
    return kept, moved


@njit
def note_periods(strip, lanes, c, max_period, tol, periods):
    """Write the period of each lane's pixel; z has had its max_iter updates, or is as it would be after them."""
    remember(strip, lanes)
    for lane in range(whole_vectors(lanes)):
        strip.period[lane] = UNDECIDED if is_inside(strip.re[lane], strip.im[lane]) else 0.0
    undecided = lanes
    for period in range(1, max_period + 1):
        if undecided > 0:
            undecided = compare(strip, lanes, c, float(period), tol, max_period + 1.0)
    for lane in range(lanes):
        found = strip.period[lane]
        periods[strip.pixel[lane]] = max_period + 1 if found == UNDECIDED else found


@njit
def compare(strip, lanes, c, period, tol, none):
    """Make one update, note where it decides, and return in how many lanes nothing is decided yet."""
    undecided = 0
    for lane in range(lanes):
        re, im = update(strip.re[lane], strip.im[lane], c)
        strip.re[lane], strip.im[lane] = re, im
        back = (re - strip.earlier_re[lane]) ** 2 + (im - strip.earlier_im[lane]) ** 2 <= tol * tol
        found = strip.period[lane]
        if found == UNDECIDED:
            found = (period if back else UNDECIDED) if is_inside(re, im) else none
        strip.period[lane] = found
        undecided += found == UNDECIDED
    return undecided
