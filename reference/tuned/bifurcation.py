"""The bifurcation map tuned for vector units: a strip of orbits steps together, out of the first-level cache.

One orbit's updates form a chain, each waiting for the last; different orbits are independent. So the inner loop runs over the
orbits of a strip (the *lanes*): the compiler turns it into vector instructions, eight orbits each with 512-bit registers, and
the chains of many vectors overlap. Beyond that:

- *Registers*: a lane makes four updates between its load and its store.
- *Contraction*: `fastmath={"contract"}` allows rx − rx·x as one instruction (FMA), so that an update takes two.
- *Rows*: a kept row is computed from the row above it, in stretches of 4 KiB that are still in the first-level cache.
- *Huge pages*: the result is made by NumPy, outside of compiled code. For large arrays NumPy asks the kernel for pages of
  2 MiB; Numba's own allocation does not, and getting 160 MB in pages of 4 KiB takes longer than all the updates.

The transient runs at some five updates a cycle. Most of the time goes into the kept rows, and that into writing memory.

Numba uses 256-bit registers unless `NUMBA_CPU_FEATURES` holds `-prefer-256-bit` before it is imported.
"""

import numpy as np
from numba import njit

LANES = 512  # a strip: x and r of 4 KiB each, which stay in the first-level cache
VECTOR = 8  # float64 numbers in the widest registers
STEPS = 4  # updates between the load of a lane and its store


def bifurcation(r, x0, n_transient, n_keep):
    """Iterate x ← r x (1 − x) from x0 for each r, drop the first n_transient values and keep the next n_keep."""
    kept = np.empty((n_keep, len(r)))
    fill(kept, r, x0, n_transient)
    return kept


@njit
def fill(kept, r, x0, n_transient):
    """Write the kept rows, strip by strip."""
    state, rate = aligned(LANES), aligned(LANES)
    for left in range(0, len(r), LANES):
        lanes = min(LANES, len(r) - left)
        for lane in range(lanes):
            state[lane], rate[lane] = x0[left + lane], r[left + lane]
        x = state[:lanes]
        for _ in range(n_transient // STEPS):
            advance(x, rate)
        for _ in range(n_transient % STEPS):
            write_row(x, x, rate)
        for row in range(len(kept)):
            write_row(kept[row, left : left + lanes], x, rate)
            x = kept[row, left : left + lanes]


@njit
def aligned(size):
    """Make an array that starts on a cache line: a vector that straddles two lines costs two reads."""
    memory = np.zeros(size + VECTOR)
    skip = -memory.ctypes.data % 64 // 8
    return memory[skip : skip + size]


@njit(fastmath={"contract"})
def advance(x, rate):
    """Make `STEPS` updates in all lanes."""
    for lane in range(len(x)):
        state = x[lane]
        for _ in range(STEPS):
            grown = rate[lane] * state
            state = grown - grown * state
        x[lane] = state


@njit(fastmath={"contract"})
def write_row(row, x, rate):
    """Write the update of each lane; `row` may be `x` itself."""
    for lane in range(len(row)):
        grown = rate[lane] * x[lane]
        row[lane] = grown - grown * x[lane]
