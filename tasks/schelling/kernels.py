"""The compiled half of the checker: the search for a market that was only read on.

Loaded by `one_round.py` when first needed, so that listing the tasks costs no Numba import; compiled once and cached beside it.
"""

import math
from typing import Any, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

Word: TypeAlias = Any
"""An integer of NumPy's that is meant to wrap around: mypy would take it for a Python one."""

BASE = 0x9E3779B97F4A7C15
"""Odd and irregular: of the fingerprint of a stretch of cells, and of the place of a fingerprint in the table."""

TRIED_ASIDE = 16
"""A run may have fewer cells than this that are not what was read; `log_limit` takes each of these numbers into account."""


@njit(cache=True, nogil=True)
def find_copied_run(
    was: NDArray[np.int8],
    now: NDArray[np.int8],
    strides: NDArray[np.int64],
    starts: NDArray[np.int64],
    length: int,
    every: int,
    log_limit: float,
) -> tuple[int, int, int]:
    """A run of `now` that is `was` read on by one of the strides (around the end) from one of its starts.

    `starts[i]` are the places in `was` from which strides[i] is read. `length` cells are looked up in a table of the stretches
    of `now` that begin at a multiple of `every`. A run counts if chance gives one place of `now` these kinds, but for a certain
    number of cells, with a probability whose logarithm is below `log_limit`; how long it has to be for that is decided by `was`
    alone. Returns where it begins in `now`, its length and its stride; a length of 0 where there is none.
    """
    codes, places = _table(now, length, every)
    shift = np.uint64(64 - _bits(len(codes)))
    first_factor = np.uint64(1)
    for _ in range(length):
        first_factor *= np.uint64(BASE)
    numbers = np.zeros(3, dtype=np.int64)
    for kind in was:
        numbers[kind] += 1
    walked = np.empty(length + every, dtype=np.int8)
    for index in range(len(strides)):
        stride = strides[index]
        for start in starts[index]:
            place, code = start, np.uint64(0)
            for step in range(length + every - 1):
                walked[step] = was[place]
                code = code * np.uint64(BASE) + np.uint64(walked[step] + 1)
                if step >= length:
                    code -= first_factor * np.uint64(walked[step - length] + 1)
                slot = _slot(code, shift, codes) if step >= length - 1 else -1
                if slot >= 0 and codes[slot] == code:
                    begin = (start + (step - length + 1) * stride) % len(was)
                    found = _run(was, now, numbers, begin, stride, places[slot], log_limit)
                    if found > 0:
                        return places[slot], found, stride
                place = _wrapped(place + stride, len(was))
    return 0, 0, 0


@njit(cache=True, nogil=True)
def _wrapped(place: Word, size: int) -> int:
    """A place beyond the end, counted from the beginning: faster than the remainder."""
    return int(place - size if place >= size else place)


@njit(cache=True, nogil=True)
def _table(now: NDArray[np.int8], length: int, every: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The fingerprints of the stretches of `now` that begin at a multiple of `every`, and where each is found first."""
    slots = 1 << (_bits(len(now) // every + 1) + 1)
    codes, places = np.zeros(slots, dtype=np.uint64), np.zeros(slots, dtype=np.int64)
    shift = np.uint64(64 - _bits(slots))
    for begin in range(0, len(now) - length + 1, every):
        code = np.uint64(0)
        for step in range(length):
            code = code * np.uint64(BASE) + np.uint64(now[begin + step] + 1)
        slot = _slot(code, shift, codes)
        if codes[slot] == 0:
            codes[slot], places[slot] = code, begin
    return codes, places


@njit(cache=True, nogil=True)
def _slot(code: Word, shift: Word, codes: NDArray[np.uint64]) -> int:
    """Where a fingerprint stands in the table, or could."""
    mixed = np.uint64(code ^ (code >> np.uint64(29))) * np.uint64(BASE)
    slot = np.int64(mixed >> shift)
    while codes[slot] != 0 and codes[slot] != code:
        slot = np.int64(_wrapped(slot + 1, len(codes)))
    return int(slot)


@njit(cache=True, nogil=True)
def _bits(count: int) -> int:
    """How many bits the numbers below `count` need."""
    bits = 1
    while (1 << bits) < count:
        bits += 1
    return bits


@njit(cache=True, nogil=True)
def _run(
    was: NDArray[np.int8],
    now: NDArray[np.int8],
    numbers: NDArray[np.int64],
    start: int,
    stride: int,
    begin: int,
    log_limit: float,
) -> int:
    """The length of the run at `begin` that chance would hardly give, a few cells of it aside; 0 where there is none.

    With m cells aside, chance has C(length, m) ways to choose them, and none of these has to be what was read: a factor of at
    most one over the share of the rarest kind in what is left. A run that meets this with m aside also meets it where it is
    first long enough for m, so for each m there is one comparison.
    """
    left = numbers.copy()
    log_all, place, aside = 0.0, start, 0
    for step in range(len(now) - begin):
        kind = was[place]
        aside += now[begin + step] != kind
        if aside >= TRIED_ASIDE or left[kind] == 0:  # nothing can hold more of a kind than there are
            return 0
        log_all += math.log(left[kind] / (len(was) - step))
        left[kind] -= 1
        length = step + 1
        if log_all < log_limit:  # as it must be to be below it with cells aside
            rarest = len(was)
            for one in range(len(left)):
                if numbers[one] > 0:
                    rarest = min(rarest, left[one] + 1)
            ways = math.lgamma(length + 1) - math.lgamma(aside + 1) - math.lgamma(length - aside + 1)
            if log_all + ways + aside * math.log(len(was) / rarest) < log_limit:
                return length
        place = _wrapped(place + stride, len(was))
    return 0
