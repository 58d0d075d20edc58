"""The Julia set tuned for vector units: a strip of pixels steps together, and is squeezed as pixels leave.

One pixel's updates form a chain, each waiting for the last; different pixels are independent. So the inner loop runs over the
pixels of a strip (the *lanes*): the compiler turns it into vector instructions, eight pixels each with 512-bit registers, and
the chains of many vectors overlap. Three things keep the lanes busy:

- No branch in the loop: a pixel that has left goes on (to infinity, harmlessly), it only stops being counted.
- When many lanes hold pixels that have left, those still inside are moved to the front (*compaction*), and the loop gets
  shorter. Moving is done one by one, so it has to pay.
- The strip is filled up to whole vectors with lanes that count nothing, so that no remainder runs one by one.

Numba uses 256-bit registers unless `NUMBA_CPU_FEATURES` holds `-prefer-256-bit` before it is imported.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

LANES = 1024  # a strip: three arrays of 8 KiB, which fit the first-level cache
VECTOR = 8  # float64 numbers in the widest registers
STEPS = 4  # updates between two looks at who is left
COMPACT_BELOW = 0.6  # the share of lanes still inside at which moving pays
OUTSIDE = -1.0  # the count of a lane that holds no pixel: never that of a pixel still inside


class Strip(NamedTuple):
    """The lanes: z, the count so far (float64, as wide as z, so that one mask serves all), and the column it belongs to."""

    re: Any
    im: Any
    count: Any
    column: Any


@njit
def julia(x, y, c, max_iter):
    """Count, for each start z₀ = x + iy, the updates z ← z² + c made while |z| ≤ 2, at most max_iter."""
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    size = LANES + VECTOR
    strip = Strip(aligned(size), aligned(size), aligned(size), np.empty(size, dtype=np.int64))
    for row in range(len(y)):
        for left in range(0, len(x), LANES):
            columns = slice(left, left + LANES)
            fill(strip, x[columns], y[row])
            count_strip(strip, c, max_iter, counts[row, columns])
    return counts


@njit
def aligned(size):
    """Make an array that starts on a cache line: a vector that straddles two lines costs two reads."""
    memory = np.zeros(size + VECTOR)
    skip = -memory.ctypes.data % 64 // 8
    return memory[skip : skip + size]


@njit
def fill(strip, x, y):
    """Put the starts of a part of a row into the lanes."""
    for lane in range(len(x)):
        strip.re[lane], strip.im[lane] = x[lane], y
        strip.count[lane], strip.column[lane] = 0.0, lane
    mark_empty(strip, len(x))


@njit
def mark_empty(strip, lanes):
    """Let the lanes between the last pixel and the end of its vector count nothing."""
    for lane in range(lanes, whole_vectors(lanes)):
        strip.count[lane] = OUTSIDE


@njit
def whole_vectors(lanes):
    """Round a number of lanes up to whole vectors."""
    return (lanes + VECTOR - 1) // VECTOR * VECTOR


@njit
def count_strip(strip, c, max_iter, counts):
    """Write the counts of the strip's pixels into `counts`, one a column."""
    lanes = len(counts)
    steps = 0
    while steps < max_iter and lanes > 0:
        inside = advance(strip, whole_vectors(lanes), float(steps), c)
        steps += STEPS
        if inside <= COMPACT_BELOW * lanes:
            lanes = compact(strip, lanes, float(steps), counts)
    for lane in range(lanes):
        counts[strip.column[lane]] = strip.count[lane]
    for column in range(len(counts)):
        counts[column] = min(counts[column], max_iter)  # the last steps may have gone beyond it


@njit(fastmath={"contract"})  # a·b + c may become one instruction; nothing else is loosened
def advance(strip, lanes, steps, c):
    """Make `STEPS` updates in all lanes, count those of pixels inside all along, and return how many are still inside."""
    still_inside = 0
    for lane in range(lanes):
        re, im, count = strip.re[lane], strip.im[lane], strip.count[lane]
        inside = count == steps
        for _ in range(STEPS):
            im2 = im * im
            inside &= re * re + im2 <= 4.0
            count = count + 1.0 if inside else count
            im = (re + re) * im + c.imag
            re = re * re + (c.real - im2)
        strip.re[lane], strip.im[lane], strip.count[lane] = re, im, count
        still_inside += inside
    return still_inside


@njit
def compact(strip, lanes, steps, counts):
    """Note the counts, move the pixels still inside to the front, and return how many they are."""
    kept = 0
    for lane in range(lanes):
        column = strip.column[lane]
        counts[column] = strip.count[lane]
        strip.re[kept], strip.im[kept], strip.column[kept] = strip.re[lane], strip.im[lane], column
        kept += strip.count[lane] == steps  # no branch: the next pixel overwrites one that has left
    for lane in range(kept):
        strip.count[lane] = steps
    mark_empty(strip, kept)
    return kept
