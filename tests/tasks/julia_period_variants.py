"""Ways to find the periods of Julia orbits: honest ones, which a checker must accept, and plausible wrong ones."""

import cmath
import math
from collections.abc import Callable
from typing import Any, TypeAlias, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Periods: TypeAlias = NDArray[np.int32]
Variant: TypeAlias = Callable[[Reals, Reals, complex, int, int, float], Periods]


def _pixelwise(find_period: Callable[[complex, complex, int, int, float], int]) -> Variant:
    """Compute each pixel by itself with `find_period(z, c, max_iter, max_period, tol)`."""

    def julia_period(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
        periods = [[find_period(complex(re, im), c, max_iter, max_period, tol) for re in x] for im in y]
        return np.array(periods, dtype=np.int32).reshape(len(y), len(x))

    return julia_period


# Honest


@_pixelwise
def whole_orbit_kept(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> int:
    """Keep all of the orbit, then look back."""
    orbit = [z]
    while len(orbit) <= max_iter + max_period and abs(orbit[-1]) <= 2:
        orbit.append(orbit[-1] ** 2 + c)
    if len(orbit) <= max_iter or abs(orbit[max_iter]) > 2:
        return 0
    for period, later in enumerate(orbit[max_iter + 1 :], start=1):
        if abs(later) > 2:
            break
        if abs(later - orbit[max_iter]) <= tol:
            return period
    return max_period + 1


@_pixelwise
def factored(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> int:
    """Real and imaginary parts apart, with another order of the operations, and hypotenuses instead of squares."""
    re, im = z.real, z.imag
    settled = re, im
    for done in range(max_iter + max_period + 1):
        if math.hypot(re, im) > 2:
            return 0 if done <= max_iter else max_period + 1
        if done == max_iter:
            settled = re, im
        elif done > max_iter and math.dist((re, im), settled) <= tol:
            return done - max_iter
        re, im = (re - im) * (re + im) + c.real, (re + re) * im + c.imag
    return max_period + 1


@_pixelwise
def stops_when_it_repeats(z: complex, c: complex, max_iter: int, max_period: int, tol: float) -> int:
    """An orbit that has been exactly here before goes round for ever: only the rest of the division is still to be made."""
    seen: dict[complex, int] = {}
    done = 0
    while done < max_iter:
        if abs(z) > 2:
            return 0
        if z in seen:
            done = max_iter - (max_iter - done) % (done - seen[z])
            seen = {}
            if done == max_iter:
                break
        seen[z] = done
        z = z * z + c
        done += 1
    settled = z
    if abs(z) > 2:
        return 0
    for period in range(1, max_period + 1):
        z = z * z + c
        if abs(z) > 2:
            break
        if abs(z - settled) <= tol:
            return period
    return max_period + 1


def masked(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _iterated()(x, y, c, max_iter, max_period, tol)


def squares_only(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    """2ab as (a + b)² − a² − b², which rounds more than other orders do."""

    def update(z: Any, c: complex) -> Any:  # noqa: ANN401 - as `_iterated` has it
        re2, im2, sum2 = z.real**2, z.imag**2, (z.real + z.imag) ** 2
        return c + (re2 - im2) + 1j * (sum2 - re2 - im2)

    return _iterated(update=update)(x, y, c, max_iter, max_period, tol)


def extended_precision(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return _iterated(start=lambda x, y: x + np.clongdouble(1j) * y[:, np.newaxis])(x, y, c, max_iter, max_period, tol)


def mirrored_where_symmetric(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    """The first update maps z and −z to the same point: right in a window that is its own mirror image if max_iter > 0."""
    if not (max_iter > 0 and np.array_equal(x, -x[::-1]) and np.array_equal(y, -y[::-1])):
        return masked(x, y, c, max_iter, max_period, tol)
    upper = masked(x, y[: (len(y) + 1) // 2], c, max_iter, max_period, tol)
    return np.concatenate([upper, upper[: len(y) // 2][::-1, ::-1]])


@njit
def compiled_complex(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            z = complex(x[column], y[row])
            inside = abs(z) <= 2.0
            for _ in range(max_iter):
                if inside:
                    z = z * z + c
                    inside = abs(z) <= 2.0
            if not inside:
                continue
            settled = z
            periods[row, column] = max_period + 1
            for period in range(1, max_period + 1):
                z = z * z + c
                if abs(z) > 2.0:
                    break
                if abs(z - settled) <= tol:
                    periods[row, column] = period
                    break
    return periods


@njit(fastmath=True)
def compiled_fastmath(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            re, im = x[column], y[row]
            count = 0
            while count < max_iter and re * re + im * im <= 4.0:
                re, im = re * re - im * im + c.real, 2.0 * re * im + c.imag
                count += 1
            if re * re + im * im > 4.0:
                continue
            settled_re, settled_im = re, im
            period = 0
            back = False
            while period < max_period and not back and re * re + im * im <= 4.0:
                re, im = re * re - im * im + c.real, 2.0 * re * im + c.imag
                period += 1
                back = (re - settled_re) ** 2 + (im - settled_im) ** 2 <= tol * tol
            periods[row, column] = period if back and re * re + im * im <= 4.0 else max_period + 1
    return periods


# Wrong, beyond the mistakes that the task names


def _inside(z: NDArray[np.complexfloating[Any, Any]]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(z) <= 2)


def _iterated(
    *,
    start: Callable[[Reals, Reals], Any] = lambda x, y: x + 1j * y[:, np.newaxis],
    update: Callable[[Any, complex], Any] = lambda z, c: z * z + c,
    stays: Callable[[Any], Any] = _inside,
    stays_later: Callable[[Any], Any] = _inside,
    is_back: Callable[[Any, Any, float], Any] = lambda z, settled, tol: np.abs(z - settled) <= tol,
) -> Variant:
    """The rule over whole arrays, right unless told otherwise."""

    def julia_period(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
        z = start(x, y)
        inside = stays(z)
        for _ in range(max_iter):
            z = np.where(inside, update(z, c), z)
            inside = inside & stays(z)
        periods = np.where(inside, max_period + 1, 0).astype(np.int32)
        settled, undecided = z, inside
        for period in range(1, max_period + 1):
            z = np.where(undecided, update(z, c), z)
            undecided = undecided & stays_later(z)
            periods[undecided & is_back(z, settled, tol)] = period
            undecided = undecided & (periods == max_period + 1)
        return periods

    return julia_period


def _with(change: Callable[[complex, int, int, float], tuple[complex, int, int, float]]) -> Variant:
    """The right answer to a question with other parameters."""

    def julia_period(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
        return masked(x, y, *change(c, max_iter, max_period, tol))

    return julia_period


def _changed(change: Callable[[Periods], Periods]) -> Variant:
    """The right answer with something done to it."""

    def julia_period(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
        return change(masked(x, y, c, max_iter, max_period, tol))

    return julia_period


def period_of_the_first_pixel_that_stays(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = masked(x, y, c, max_iter, max_period, tol)
    stays = periods > 0
    periods[stays] = periods[stays][:1]
    return periods


def period_of_the_critical_orbit(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    """The cycle that attracts anything attracts 0 (Fatou): so its period, without any comparison of other orbits."""
    critical = masked(np.zeros(1), np.zeros(1), c, max(max_iter, 5000), max_period, tol)[0, 0]
    periods = masked(x, y, c, max_iter, max_period, tol)
    periods[periods > 0] = critical
    return periods


def early_convergence(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    """Compare after a third of the updates: enough for most orbits."""
    late = masked(x, y, c, max_iter, 1, math.inf)
    early = masked(x, y, c, max_iter // 3, max_period, tol)
    return np.where(late > 0, early, 0).astype(np.int32)


def always_mirrored(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    upper = masked(x, y[: (len(y) + 1) // 2], c, max_iter, max_period, tol)
    return np.concatenate([upper, upper[: len(y) // 2][::-1, ::-1]])


def every_second_column(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    return np.repeat(masked(x[::2], y, c, max_iter, max_period, tol), 2, axis=1)[:, : len(x)]


def single_precision_start(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    x, y = x.astype(np.float32).astype(np.float64), y.astype(np.float32).astype(np.float64)
    return masked(x, y, c, max_iter, max_period, tol)


def last_row_forgotten(x: Reals, y: Reals, c: complex, max_iter: int, max_period: int, tol: float) -> Periods:
    periods = masked(x, y, c, max_iter, max_period, tol)
    periods[-1:] = 0
    return periods


HONEST: dict[str, Variant] = {
    "whole orbit kept": whole_orbit_kept,
    "factored": factored,
    "stops when it repeats": stops_when_it_repeats,
    "masked": masked,
    "squares only": squares_only,
    "extended precision": extended_precision,
    "mirrored where symmetric": mirrored_where_symmetric,
    "compiled complex": cast("Variant", compiled_complex),
    "compiled, fastmath": compiled_fastmath,
}

WRONG: dict[str, Variant] = {
    "radius 4": _iterated(stays=lambda z: np.abs(z) <= 4, stays_later=lambda z: np.abs(z) <= 4),
    "radius by parts": _iterated(stays=lambda z: np.maximum(abs(z.real), abs(z.imag)) <= 2),
    "leaving ignored while comparing": _iterated(stays_later=lambda z: np.full(np.shape(z), fill_value=True)),
    "cube": _iterated(update=lambda z, c: z * z * z + c),
    "conjugate z": _iterated(update=lambda z, c: np.conj(z) ** 2 + c),
    "c subtracted": _iterated(update=lambda z, c: z * z - c),
    "no factor 2": _iterated(update=lambda z, c: z.real**2 - z.imag**2 + 1j * z.real * z.imag + c),
    "real parts compared": _iterated(is_back=lambda z, settled, tol: abs((z - settled).real) <= tol),
    "signed difference compared": _iterated(is_back=lambda z, settled, tol: (z - settled).real <= tol),
    "distance to the origin": _iterated(is_back=lambda z, _, tol: np.abs(z) <= tol),
    "tolerance relative to |z|": _iterated(is_back=lambda z, settled, tol: np.abs(z - settled) <= tol * np.abs(settled)),
    "sum of parts compared": _iterated(
        is_back=lambda z, settled, tol: abs((z - settled).real) + abs((z - settled).imag) <= tol
    ),
    "fixed tolerance": _with(lambda c, max_iter, max_period, _: (c, max_iter, max_period, 1e-6)),
    "tolerance no smaller than 1e-8": _with(lambda c, max_iter, max_period, tol: (c, max_iter, max_period, max(tol, 1e-8))),
    "fixed c": _with(lambda _, max_iter, max_period, tol: (-0.123 + 0.745j, max_iter, max_period, tol)),
    "single precision c": _with(lambda c, max_iter, max_period, tol: (complex(np.complex64(c)), max_iter, max_period, tol)),
    "c turned": _with(lambda c, max_iter, max_period, tol: (c * cmath.exp(0.1j), max_iter, max_period, tol)),
    "gives up at fifty": _with(lambda c, max_iter, max_period, tol: (c, min(max_iter, 50), max_period, tol)),
    "periods up to 4": _with(lambda c, max_iter, max_period, tol: (c, max_iter, min(max_period, 4), tol)),
    "mirrored left to right": _changed(lambda periods: np.ascontiguousarray(periods[:, ::-1])),
    "0 and 1 exchanged": _changed(lambda periods: np.where(periods < 2, 1 - periods, periods).astype(np.int32)),
    "one more everywhere": _changed(lambda periods: periods + 1),
    "period of the first pixel that stays": period_of_the_first_pixel_that_stays,
    "period of the critical orbit": period_of_the_critical_orbit,
    "early convergence": early_convergence,
    "always mirrored": always_mirrored,
    "every second column": every_second_column,
    "single precision start": single_precision_start,
    "last row forgotten": last_row_forgotten,
}
