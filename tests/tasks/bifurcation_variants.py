"""Ways to compute the bifurcation map: honest ones, which a checker must accept, and wrong ones, which it must reject."""

from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Variant: TypeAlias = Callable[[Reals, Reals, int, int], Reals]
Update: TypeAlias = Callable[[Any, Any], Any]


def _iterated(update: Update) -> Variant:
    """All columns step together by `update(r, x)`."""

    def bifurcation(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
        x, kept = x0, np.empty((n_keep, len(r)))
        with np.errstate(all="ignore"):  # what is wrong may run off to infinity
            for _ in range(n_transient):
                x = update(r, x)
            for row in range(n_keep):
                x = kept[row] = update(r, x)
        return kept

    return bifurcation


plain = _iterated(lambda r, x: r * x * (1 - x))


# Honest, in orders of evaluation that the task knows


def scaled(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    """z = r·x obeys z ← z (r − z), one operation fewer."""
    z, kept = r * x0, np.empty((n_keep, len(r)))
    for _ in range(n_transient):
        z = z * (r - z)
    for row in range(n_keep):
        z = z * (r - z)
        kept[row] = np.divide(z, r, out=np.zeros_like(z), where=r > 0)
    return kept


def power_of_python_numbers(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    """Orbit by orbit; `x ** 2` of a Python number is the C library's pow(), which is not always x·x."""
    kept = np.empty((n_keep, len(r)))
    for column, (rate, x) in enumerate(zip(r.tolist(), x0.tolist(), strict=True)):
        state = x
        for step in range(n_transient + n_keep):
            state = rate * state - rate * state**2
            if step >= n_transient:
                kept[step - n_transient, column] = state
    return kept


def in_place(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept, rest = np.empty((n_keep, len(r))), np.empty_like(x0)
    for update in range(n_transient + n_keep):
        np.subtract(1, x0, out=rest)
        x0 *= r
        x0 *= rest
        if update >= n_transient:
            kept[update - n_transient] = x0
    return kept


def stopping_at_exact_cycles(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    """Orbit by orbit, without the updates that repeat a state: x four updates ago, bit for bit."""
    kept = np.empty((n_keep, len(r)))
    for column, (rate, start) in enumerate(zip(r.tolist(), x0.tolist(), strict=True)):
        orbit = [start]
        while len(orbit) <= n_transient + n_keep and (len(orbit) < 5 or orbit[-1] != orbit[-5]):
            orbit.append(rate * orbit[-1] * (1 - orbit[-1]))
        last = len(orbit) - 1
        for row in range(n_keep):
            update = n_transient + row + 1
            kept[row, column] = orbit[update if update <= last else last - 4 + (update - last) % 4]
    return kept


@njit(fastmath=True)
def compiled_fastmath(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        x = x0[column]
        for _ in range(n_transient):
            x = r[column] * x * (1 - x)
        for row in range(n_keep):
            x = r[column] * x * (1 - x)
            kept[row, column] = x
    return kept


@njit(fastmath=True)
def compiled_rows(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = np.empty((n_keep, len(r)))
    for _ in range(n_transient):
        for column in range(len(r)):
            x0[column] = r[column] * x0[column] - r[column] * x0[column] ** 2
    for row in range(n_keep):
        for column in range(len(r)):
            x0[column] = r[column] * x0[column] - r[column] * x0[column] ** 2
            kept[row, column] = x0[column]
    return kept


@njit(fastmath=True)
def compiled_unrolled(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = np.empty((n_keep, len(r)))
    for _ in range(n_transient // 4):
        for column in range(len(r)):
            x, rate = x0[column], r[column]
            x = rate * x * (1 - x)
            x = rate * x * (1 - x)
            x = rate * x * (1 - x)
            x0[column] = rate * x * (1 - x)
    for _ in range(n_transient % 4):
        for column in range(len(r)):
            x0[column] = r[column] * x0[column] * (1 - x0[column])
    for row in range(n_keep):
        for column in range(len(r)):
            x0[column] = r[column] * x0[column] * (1 - x0[column])
            kept[row, column] = x0[column]
    return kept


@njit(fastmath={"contract"})
def compiled_contracted(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = np.empty((n_keep, len(r)))
    for column in range(len(r)):
        x = x0[column]
        for update in range(n_transient + n_keep):
            x = (r[column] - r[column] * x) * x
            if update >= n_transient:
                kept[update - n_transient, column] = x
    return kept


KNOWN_ORDER: dict[str, Variant] = {
    "plain": plain,
    "factor last": _iterated(lambda r, x: r * (x * (1 - x))),
    "x last": _iterated(lambda r, x: (1 - x) * r * x),
    "negative": _iterated(lambda r, x: -r * x * (x - 1)),
    "expanded": _iterated(lambda r, x: r * x - r * x * x),
    "power": _iterated(lambda r, x: r * x - r * x**2),
    "x minus its square": _iterated(lambda r, x: r * (x - x**2)),
    "r minus rx": _iterated(lambda r, x: (r - r * x) * x),
    "scaled": scaled,
    "power of Python numbers": power_of_python_numbers,
    "in place": in_place,
    "stopping at exact cycles": stopping_at_exact_cycles,
    "compiled, fastmath": cast("Variant", compiled_fastmath),
    "compiled rows, fastmath": cast("Variant", compiled_rows),
    "compiled, unrolled, fastmath": cast("Variant", compiled_unrolled),
    "compiled, contracted": cast("Variant", compiled_contracted),
}


# Honest, but rounding in ways of their own


def extended_precision(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    x, kept = x0.astype(np.longdouble), np.empty((n_keep, len(r)), dtype=np.longdouble)
    rate = r.astype(np.longdouble)
    for _ in range(n_transient):
        x = rate * x * (1 - x)
    for row in range(n_keep):
        x = kept[row] = rate * x * (1 - x)
    return kept.astype(np.float64)


def quadratic(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    """w = r (1/2 − x) obeys w ← w² + r/2 − r²/4: the Mandelbrot set's map."""
    w, c, kept = r * (0.5 - x0), r * (2 - r) / 4, np.zeros((n_keep, len(r)))
    for _ in range(n_transient):
        w = w * w + c
    for row in range(n_keep):
        w = w * w + c
        np.divide(w, r, out=kept[row], where=r > 0)
        kept[row] = np.where(r > 0, 0.5 - kept[row], 0)
    return kept


def centered(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    """y = 1 − 2x obeys y ← 1 − r/2 (1 − y²)."""
    y, half, kept = 1 - 2 * x0, r / 2, np.empty((n_keep, len(r)))
    for _ in range(n_transient):
        y = 1 - half * (1 - y * y)
    for row in range(n_keep):
        y = 1 - half * (1 - y * y)
        kept[row] = (1 - y) / 2
    return kept


UNKNOWN_ORDER: dict[str, Variant] = {
    "extended precision": extended_precision,
    "quadratic": quadratic,
    "centered": centered,
    "around the maximum": _iterated(lambda r, x: r / 4 - r * (x - 0.5) ** 2),
}

HONEST: dict[str, Variant] = KNOWN_ORDER | UNKNOWN_ORDER


# Wrong, beyond the mistakes that the task names


def long_transients_skipped(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r, x0, min(n_transient, 100), n_keep)


def nine_tenths_of_the_transient(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r, x0, n_transient * 9 // 10 if n_transient >= 100 else n_transient, n_keep)


def eight_updates_less_of_a_long_transient(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r, x0, n_transient - 8 if n_transient >= 100 else n_transient, n_keep)


def stopping_when_nearly_settled(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    x, settled = x0, np.zeros(len(r), dtype=np.bool_)
    for _ in range(n_transient):
        updated = r * x * (1 - x)
        settled |= np.abs(updated - x) < 1e-5
        x = np.where(settled, x, updated)
    return plain(r, x, 0, n_keep)


def transient_in_single_precision(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    x = x0.astype(np.float32)
    for _ in range(n_transient):
        x = r.astype(np.float32) * x * (1 - x)
    return plain(r, x.astype(np.float64), 0, n_keep)


def rates_in_single_precision(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r.astype(np.float32).astype(np.float64), x0, n_transient, n_keep)


def every_second_update(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return np.ascontiguousarray(plain(r, x0, n_transient, 2 * n_keep)[::2])


def last_column_forgotten(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = plain(r, x0, n_transient, n_keep)
    kept[:, -1:] = np.nan
    return kept


def one_value_off_in_the_thirteenth_digit(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = plain(r, x0, n_transient, n_keep)
    kept[-1:, :1] *= 1 + 1e-13
    return kept


def whole_strips_only(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = plain(r, x0, n_transient, n_keep)
    kept[:, len(r) // 8 * 8 :] = 0
    return kept


def whole_unrolled_steps_only(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r, x0, n_transient // 4 * 4, n_keep)


def columns_in_reverse(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r[::-1], x0[::-1], n_transient, n_keep)


def starts_in_reverse(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    return plain(r, x0[::-1], n_transient, n_keep)


def fixed_point_once_chaotic(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = plain(r, x0, n_transient, n_keep)
    if n_transient >= 100:
        kept[:, r > 3.57] = (1 - 1 / r)[r > 3.57]
    return kept


def zero_once_chaotic(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = plain(r, x0, n_transient, n_keep)
    if n_transient >= 100:
        kept[:, r > 3.57] = 0
    return kept


def random_once_chaotic(r: Reals, x0: Reals, n_transient: int, n_keep: int) -> Reals:
    kept = plain(r, x0, n_transient, n_keep)
    if n_transient >= 100:
        chaotic = np.flatnonzero(r > 3.57)
        kept[:, chaotic] = np.random.default_rng(0).uniform(0.2, 0.9, (n_keep, len(chaotic)))
    return kept


WRONG: dict[str, Variant] = {
    "long transients skipped": long_transients_skipped,
    "nine tenths of the transient": nine_tenths_of_the_transient,
    "eight updates less of a long transient": eight_updates_less_of_a_long_transient,
    "stopping when nearly settled": stopping_when_nearly_settled,
    "transient in single precision": transient_in_single_precision,
    "rates in single precision": rates_in_single_precision,
    "every second update": every_second_update,
    "last column forgotten": last_column_forgotten,
    "one value off in the thirteenth digit": one_value_off_in_the_thirteenth_digit,
    "whole strips only": whole_strips_only,
    "whole unrolled steps only": whole_unrolled_steps_only,
    "columns in reverse": columns_in_reverse,
    "starts in reverse": starts_in_reverse,
    "fixed point once chaotic": fixed_point_once_chaotic,
    "zero once chaotic": zero_once_chaotic,
    "random once chaotic": random_once_chaotic,
    "sine map": _iterated(lambda r, x: r / 4 * np.sin(np.pi * x)),
    "tent map": _iterated(lambda r, x: r / 2 * np.minimum(x, 1 - x)),
    "rounded to ten digits": _iterated(lambda r, x: np.round(r * x * (1 - x), 10)),
    "clipped": _iterated(lambda r, x: np.clip(r * x * (1 - x), 0.01, 0.95)),
}
