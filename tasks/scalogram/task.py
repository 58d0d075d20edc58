"""Scalogram: the cases, the checker, the known mistakes and the pictures.

With δ = 1e-10 · √s · max|signal|, an amplitude that is nothing beside the greatest that a wavelet of scale s can give (for a
tone 0.9 · √s · max|signal|), each number of a row may be off by

    2e-8 · max(row) + 2 δ √max(row) + δ².

The first term is for what is wrong in proportion: rounding, which takes a ten-thousandth of it, and good interpolation. A
result that is stored in single precision is off by 3e-8 or more of the greatest number of a row, one computed in it by more
than 1e-7.

The other two are what an error of the amplitude by δ makes of its square. A band of |sω − 6| < 7, beyond which the wavelet is
below 2.3e-11 of its greatest, lets so much of a loud tone go missing; without the middle term that honest cut fails where a
loud tone lies just beyond the band of a row that holds noise of a thousandth. A band cut at 6 loses 1.5e-8 and fails on
tones; so do a constant and negative frequencies where they are kept.
"""

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from grader.content.smaller import changed, fewer, rounder
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
    module_beside,
    naive_beside,
    secret_beside,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Reals: TypeAlias = NDArray[np.float64]
Draw: TypeAlias = Callable[[np.random.Generator], Inputs]
Formula: TypeAlias = Callable[[Reals, Reals], Array]
Wavelet: TypeAlias = Callable[[Array, float], Array]
"""A wavelet's spectrum from all angular frequencies, ω, and its scale."""

RELATIVE_TOLERANCE = 2e-8
"""Of the greatest number of the row."""
AMPLITUDE_TOLERANCE = 1e-10
"""Of √s · max|signal|."""
SINGLE_PRECISION = 1e-4
"""Of the greatest number of all: as far as answers in single precision can be apart."""
CENTER = 6.0
"""A wavelet is greatest where sω is this."""
SMALLEST_SCALE = 4.0
NOISE = 1e-3
"""The noise of every timed signal, beside waves of size 1."""

PARALLEL_NUMBERS = 1 << 16
"""Fewer numbers in an answer are not worth threads."""


# The answer and its check


@dataclass(frozen=True)
class Expected:
    """The trusted power, float64[s, n], and the tolerance of each row, float64[s]."""

    power: Reals
    tolerance: Reals


@functools.cache
def _kernels() -> ModuleType:
    """The compiled functions beside this file."""
    return module_beside(__file__, "kernels.py")


@functools.cache
def _fast() -> ModuleType | None:
    """Where the expected answer is computed fast; None in a student's copy."""
    return secret_beside(__file__, "kernels.py")


@functools.cache
def _naive() -> ModuleType:
    return naive_beside(__file__)


def outputs(inputs: Inputs) -> tuple[ArraySpec, ...]:
    """One array of powers: a row for each scale, a column for each sample."""
    signal, scales = _arguments(inputs)
    return (ArraySpec("float64", (len(scales), len(signal))),)


def expect(inputs: Inputs) -> Expected:
    """The power of a trusted computation, and the tolerance of each row.

    Rows on all cores: nothing is being timed while this runs, and the class waits for it. In a student's copy the naive
    reference computes it, and takes longer.
    """
    signal, scales = _arguments(inputs)
    fast, power = _fast(), np.empty((len(scales), len(signal)))
    if fast is not None:
        greatest = _for_each_row(power, fast.filler(signal, scales, power))
    else:
        power[:] = _naive().scalogram(signal, scales)
        greatest = power.max(axis=1)
    amplitude = AMPLITUDE_TOLERANCE * np.sqrt(scales) * np.abs(signal).max()
    return Expected(power, RELATIVE_TOLERANCE * greatest + 2 * amplitude * np.sqrt(greatest) + amplitude**2)


def check(inputs: Inputs, answer: Outputs, expected: Expected) -> Difference | None:
    """Compare every number with its row's tolerance, and describe the first that is wrong."""
    (power,) = answer
    counts = _for_each_row(power, lambda row: _kernels().count_wrong(power[row], expected.power[row], expected.tolerance[row]))
    rows = np.flatnonzero(counts)
    if rows.size == 0:
        return None
    _, scales = _arguments(inputs)
    row = int(rows[0])
    with np.errstate(over="ignore", invalid="ignore"):  # what a submission returns may be as large as it likes
        error = np.abs(power[row] - expected.power[row])
    sample = int(np.flatnonzero(~(error <= expected.tolerance[row]))[0])
    expected_text, got_text = _told_apart(float(expected.power[row, sample]), float(power[row, sample]))
    return Difference(
        summary=f"{int(counts.sum()):,} of {power.size:,} numbers are off, in {rows.size:,} of {len(power):,} rows",
        where=f"row {row} (scale {scales[row]:.6g}), sample {sample}",
        expected=f"{expected_text} ± {expected.tolerance[row]:.1g}",
        got=got_text,
    )


def tolerance_used(inputs: Inputs, answer: Outputs, expected: Expected) -> float:
    """The greatest share of its row's tolerance that any number uses; infinite where one is not finite."""
    del inputs
    (power,) = answer
    with np.errstate(all="ignore"):
        error = np.abs(power - expected.power)
        share = np.where(error == 0, 0.0, error / expected.tolerance[:, np.newaxis])
    return float(np.where(np.isnan(share), np.inf, share).max(initial=0.0))


def work(inputs: Inputs, expected: Expected) -> float:
    """The numbers of the answer, one for each scale and sample, however they are computed."""
    del inputs
    return float(expected.power.size)


def solution(inputs: Inputs, expected: Expected) -> Outputs:
    """The array of the trusted answer."""
    del inputs
    return (expected.power,)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer scales and samples, then rounder numbers; no scale gets smaller than the statement promises."""
    yield from changed(inputs, 1, fewer)
    yield from changed(inputs, 0, fewer)
    yield from changed(inputs, 0, rounder)
    for signal, scales in map(_arguments, changed(inputs, 1, rounder)):
        if scales.min() >= 12 / np.pi:
            yield signal, scales


LEAST_OPERATIONS = 1.0
"""Every number of the answer differs from all others, so each takes an operation at least, whatever they share."""


def usual_operations(inputs: Inputs, expected: Expected) -> float:
    """A transform, 5/2 n log₂ n, and for each scale one back, 5 n log₂ n, with n to weigh n/2 frequencies and 3 n for powers.

    Transforms are counted as the field does, whatever n is (M. Frigo and S. G. Johnson, *The design and implementation of
    FFTW3*, Proc. IEEE 93(2), 2005, section III). Who makes use of it that most wavelets are short takes fewer.
    """
    del expected
    signal, scales = _arguments(inputs)
    n = len(signal)
    return float(2.5 * n * np.log2(n) + len(scales) * n * (5 * np.log2(n) + 4))


def _arguments(inputs: Inputs) -> tuple[Reals, Reals]:
    return cast("tuple[Reals, Reals]", inputs)


def _for_each_row(power: Reals, compute: Callable[[int], float]) -> NDArray[Any]:
    """What `compute` gives for each row; on all cores where the answer is large."""
    rows = range(len(power))
    if power.size < PARALLEL_NUMBERS:
        return np.array([compute(row) for row in rows])
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return np.array(list(threads.map(compute, rows)))


def _told_apart(expected: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to see that they differ, at least six."""
    for digits in (6, 9, 13):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(got)


# The cases


def _packets(rng: np.random.Generator, n: int) -> Reals:
    """Four wave packets of random frequencies, places and widths, a chirp, and noise."""
    signal = rng.standard_normal(n)
    signal *= NOISE
    time = np.arange(n, dtype=np.float64)
    for middle in rng.permutation(4):
        distance = (time - (middle + rng.uniform(0.2, 0.8)) * n / 4) / (n * rng.uniform(0.02, 0.08))
        signal += np.exp(-(distance**2)) * np.sin(np.exp(rng.uniform(np.log(0.03), np.log(1.5))) * time)
    time *= np.sqrt(rng.uniform(0.7, 0.8) / n)
    time *= time
    signal += 0.5 * np.sin(time, out=time)
    return signal


def _scales(rng: np.random.Generator, smallest: float, largest: float, count: int) -> Reals:
    """Scales in equal ratios, all of them moved a little."""
    return np.geomspace(smallest, largest, count) * (1 + rng.uniform(0, 1e-3))


def _timed(n: int, count: int) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        return _packets(rng, n), _scales(rng, SMALLEST_SCALE, n / 16, count)

    return draw


def _sized(n: int, count: int, largest: float, *, size: float = 1.0) -> Draw:
    """Wave packets, and random scales in a random order."""

    def draw(rng: np.random.Generator) -> Inputs:
        scales = np.exp(rng.uniform(np.log(SMALLEST_SCALE), np.log(largest), count))
        return size * _packets(rng, n), scales

    return draw


def _draw_tone(rng: np.random.Generator) -> Inputs:
    """A tone with a whole number of periods, and scales from where it is loud to where it nearly vanishes."""
    omega = 2 * np.pi * int(rng.integers(70, 75)) / 720
    distance = np.array([0.0, 1.0, 2.5, 4.0, 5.2, 6.2, 6.4, 8.0, -1.0, -3.0])
    return np.sin(omega * np.arange(720) + rng.uniform(0, 6)), (CENTER + distance) / omega


def _draw_impulse(rng: np.random.Generator) -> Inputs:
    signal = np.zeros(150)
    signal[rng.integers(30, 60)] = rng.uniform(1, 2)
    return signal, _scales(rng, 5.0, 20.0, 3)


def _draw_constant(rng: np.random.Generator) -> Inputs:
    return np.full(128, rng.uniform(1, 3)), _scales(rng, 4.0, 30.0, 3)


def _draw_at_the_ends(rng: np.random.Generator) -> Inputs:
    """A wave packet whose second half is at the start of the signal, its first half at the end."""
    n = 240
    time = np.arange(n) - rng.uniform(-3, 3)
    time -= n * np.round(time / n)
    return np.exp(-((time / 12) ** 2)) * np.sin(0.9 * time), _scales(rng, 5.0, 15.0, 4)


def _draw_silence(rng: np.random.Generator) -> Inputs:
    return np.zeros(40), _scales(rng, 4.0, 8.0, 2)


# The two cases that explain most come first, then those of odd shape, then ever larger ones.
CHECK_CASES = (
    Case("impulse-3x150", _draw_impulse, "A single sample that is not 0: each row is its wavelet, |ψ(t)|² around that sample."),
    Case(
        "small-2x24",
        _sized(24, 2, 5.0),
        "Two scales of a short signal: print the spectrum times the wavelet, then its inverse.",
    ),
    Case("one-scale", _sized(101, 1, 9.0), "One scale: the answer has one row."),
    Case("no-scale", _sized(30, 0, 9.0), "No scales: an array of shape (0, 30)."),
    Case("silence", _draw_silence, "A signal of zeros: every power is 0."),
    Case("constant", _draw_constant, "A constant signal has no positive frequency, so every power is 0, but for rounding."),
    Case("odd-5x75", _sized(75, 5, 12.0), "n is odd, and the scales come in no order: row i belongs to scales[i]."),
    Case(
        "at-the-ends", _draw_at_the_ends, "A wave packet across the ends: the signal is periodic, its end goes on at its start."
    ),
    Case(
        "tone", _draw_tone, "A tone and scales from which it is far: a wavelet is small beyond |sω − 6| = 6, but not nothing."
    ),
)

BENCHMARK_CASES = tuple(
    Case(name, _timed(n, count), f"{n:,} samples, {count} scales from 4 to {n / 16:,.0f}.")
    for name, n, count in (("1024x8", 1024, 8), ("1e4x64", 10_000, 64), ("3e4x64", 30_000, 64), ("1e5x64", 100_000, 64))
)


# The known mistakes


def _morlet(omega: Array, scale: float) -> Array:
    """The wavelet's spectrum at all frequencies, as the statement gives it."""
    return np.asarray(_gaussian(omega, scale) * (omega > 0))


def _gaussian(omega: Array, scale: float) -> Array:
    return np.asarray(np.pi**-0.25 * np.sqrt(2 * np.pi * scale) * np.exp(-((scale * omega - CENTER) ** 2) / 2))


def _coefficients(signal: Array, scales: Reals, wavelet: Wavelet = _morlet) -> Array:
    """The rows before they are squared, complex128[s, n], right unless told otherwise."""
    omega = 2 * np.pi * np.fft.fftfreq(len(signal))
    spectrum = np.fft.fft(signal)
    rows = [np.fft.ifft(spectrum * wavelet(omega, scale)) for scale in scales.tolist()]
    return np.array(rows, dtype=np.complex128).reshape(len(scales), len(signal))


def _squared(coefficients: Array) -> Reals:
    return np.asarray(coefficients.real**2 + coefficients.imag**2, dtype=np.float64)


def _power(signal: Array, scales: Reals, wavelet: Wavelet = _morlet) -> Reals:
    return _squared(_coefficients(signal, scales, wavelet))


def _mistake(name: str, sentence: str, formula: Formula, *, same: Callable[[Outputs, Outputs], bool] | None = None) -> Mistake:
    """A mistake from its formula."""

    def compute(signal: Reals, scales: Reals) -> Outputs:
        return (np.ascontiguousarray(formula(signal, scales), dtype=np.float64),)

    return Mistake(name, sentence, compute, same)


def _with_wavelet(name: str, sentence: str, wavelet: Wavelet) -> Mistake:
    """A mistake in the wavelet."""
    return _mistake(name, sentence, lambda signal, scales: _power(signal, scales, wavelet))


def _zero_padded(signal: Reals, scales: Reals) -> Array:
    padded = np.concatenate([signal, np.zeros(len(signal))])
    return _power(padded, scales)[:, : len(signal)]


def _filled_up(signal: Reals, scales: Reals) -> Array:
    size = 1 << (len(signal) - 1).bit_length()
    return _power(np.concatenate([signal, np.zeros(size - len(signal))]), scales)[:, : len(signal)]


def _cut_in_time(signal: Reals, scales: Reals) -> Array:
    """Sums over wavelets that end at four scales, in a signal that is zero beyond its ends."""
    power = np.zeros((len(scales), len(signal)))
    for row, scale in enumerate(scales.tolist()):
        reach = int(4 * scale)
        time = np.arange(-reach, reach + 1)
        wavelet = np.pi**-0.25 / np.sqrt(scale) * np.exp(1j * CENTER * time / scale - (time / scale) ** 2 / 2)
        power[row] = _squared(np.convolve(signal, wavelet)[reach : reach + len(signal)])
    return power


def _unscaled_inverse(signal: Reals, scales: Reals) -> Array:
    return _power(signal, scales) * len(signal) ** 2


def _forward_twice(signal: Reals, scales: Reals) -> Array:
    omega = 2 * np.pi * np.fft.fftfreq(len(signal))
    products = [np.fft.fft(signal) * _morlet(omega, scale) for scale in scales.tolist()]
    return _squared(np.fft.fft(np.array(products, dtype=np.complex128).reshape(len(scales), len(signal)), axis=1))


def _transposed(signal: Reals, scales: Reals) -> Array:
    power = _power(signal, scales)
    return power.T.reshape(power.shape)


def _band(reach: float) -> Wavelet:
    return lambda omega, scale: np.asarray(_morlet(omega, scale) * (np.abs(scale * omega - CENTER) < reach))


def _mexican_hat(omega: Array, scale: float) -> Array:
    return np.asarray(np.sqrt(2 * np.pi * scale) * (scale * omega) ** 2 * np.exp(-((scale * omega) ** 2) / 2))


def _single_precision(signal: Reals, scales: Reals) -> Array:
    def wavelet(omega: Array, scale: float) -> Array:
        return _morlet(omega, scale).astype(np.complex64)

    return _squared(_coefficients(signal.astype(np.float32), scales, wavelet).astype(np.complex64)).astype(np.float32)


def _alike_to_single_precision(wrong: Outputs, answer: Outputs) -> bool:
    """No two programs in single precision give the same digits; they agree to about five."""
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(wrong[0] - answer[0])
    return bool(np.all(error <= SINGLE_PRECISION * wrong[0].max(initial=0.0)))


MISTAKES = (
    _mistake("not squared", "This is the absolute value: square it.", lambda signal, scales: np.sqrt(_power(signal, scales))),
    _mistake(
        "squared twice",
        "This is the square of the answer: the absolute value was squared twice.",
        lambda signal, scales: _power(signal, scales) ** 2,
    ),
    _mistake(
        "complex square",
        "This is the real part of a complex square: take the square of the absolute value, which is never negative.",
        lambda signal, scales: (_coefficients(signal, scales) ** 2).real,
    ),
    _mistake(
        "real part only",
        "This is the square of the real part: add the square of the imaginary part.",
        lambda signal, scales: _coefficients(signal, scales).real ** 2,
    ),
    _mistake(
        "real part",
        "This is the real part of the inverse transform: the answer is the square of its absolute value.",
        lambda signal, scales: _coefficients(signal, scales).real,
    ),
    _with_wavelet(
        "negative frequencies kept",
        "This is what comes out without the condition ω > 0: slow waves and constants pass.",
        _gaussian,
    ),
    _with_wavelet(
        "zero frequency kept",
        "This is what comes out with ω ≥ 0 for ω > 0: the mean of the signal passes.",
        lambda omega, scale: _gaussian(omega, scale) * (omega >= 0),
    ),
    _with_wavelet(
        "both signs of ω",
        "This is what comes out with |ω| in the wavelet: negative frequencies count nothing.",
        lambda omega, scale: _gaussian(np.abs(omega), scale) * (omega != 0),
    ),
    _with_wavelet(
        "only negative frequencies",
        "This is what comes out with ω < 0 for ω > 0: look at the sign of ω.",
        lambda omega, scale: _gaussian(omega, scale) * (omega < 0),
    ),
    _with_wavelet(
        "doubled",
        "This is four times the answer: positive frequencies were doubled to make up for the negative ones.",
        lambda omega, scale: 2 * _morlet(omega, scale),
    ),
    _with_wavelet(
        "fftfreq without 2π",
        "This is what comes out with ω = fftfreq(n): that counts cycles a sample; angular frequency is 2π times as much.",
        lambda omega, scale: _morlet(omega / (2 * np.pi), scale),
    ),
    _with_wavelet(
        "period for scale",
        "This is what comes out when `scales` are taken for periods: a wavelet is greatest at ω = 6/s, not at 2π/s.",
        lambda omega, scale: _morlet(omega, scale * CENTER / (2 * np.pi)),
    ),
    _with_wavelet(
        "no π^(−1/4)",
        "This is the answer times √π: the factor π^(−1/4) is missing.",
        lambda omega, scale: _morlet(omega, scale) * np.pi**0.25,
    ),
    _with_wavelet(
        "π^(1/4)",
        "This is the answer times π: the exponent of π^(−1/4) has lost its sign.",
        lambda omega, scale: _morlet(omega, scale) * np.sqrt(np.pi),
    ),
    _with_wavelet(
        "no √(2πs)",
        "This is what comes out without the factor √(2πs).",
        lambda omega, scale: _morlet(omega, scale) / np.sqrt(2 * np.pi * scale),
    ),
    _with_wavelet(
        "√s for √(2πs)",
        "This is what comes out with √s for √(2πs).",
        lambda omega, scale: _morlet(omega, scale) / np.sqrt(2 * np.pi),
    ),
    _with_wavelet(
        "√(2π) for √(2πs)",
        "This is what comes out with √(2π) for √(2πs): every scale needs its own factor.",
        lambda omega, scale: _morlet(omega, scale) / np.sqrt(scale),
    ),
    _with_wavelet(
        "2πs without its root",
        "This is what comes out with 2πs for √(2πs).",
        lambda omega, scale: _morlet(omega, scale) * np.sqrt(2 * np.pi * scale),
    ),
    _with_wavelet(
        "1/√(2πs)",
        "This is what comes out with 1/√(2πs) for √(2πs): that factor belongs to the wavelet in time.",
        lambda omega, scale: _morlet(omega, scale) / (2 * np.pi * scale),
    ),
    _with_wavelet(
        "no ½ in the exponent",
        "This is what comes out with exp(−(sω − 6)²): the square is divided by 2.",
        lambda omega, scale: _morlet(omega, scale) * np.exp(-((scale * omega - CENTER) ** 2) / 2),
    ),
    _with_wavelet(
        "ω − 6 for sω − 6",
        "This is what comes out when 6 is subtracted from ω before the scale counts: the exponent is −(sω − 6)²/2.",
        lambda omega, scale: np.sqrt(2 * np.sqrt(np.pi) * scale) * np.exp(-((scale * (omega - CENTER)) ** 2) / 2) * (omega > 0),
    ),
    _with_wavelet(
        "5 for 6",
        "This is what comes out with sω − 5: this course's wavelet has 6.",
        lambda omega, scale: np.sqrt(2 * np.sqrt(np.pi) * scale) * np.exp(-((scale * omega - 5) ** 2) / 2) * (omega > 0),
    ),
    _with_wavelet(
        "divided by the scale",
        "This is the answer divided by the scale: a wavelet of every scale has the same energy here.",
        lambda omega, scale: _morlet(omega, scale) / np.sqrt(scale),
    ),
    _with_wavelet(
        "Mexican hat",
        "This is what comes out with the Mexican hat: the wavelet here is Morlet's.",
        _mexican_hat,
    ),
    *(
        _with_wavelet(
            f"band of {reach}",
            f"This is what comes out when the wavelet is cut off at |sω − 6| = {reach}: it is not negligible there.",
            _band(reach),
        )
        for reach in (3, 4, 5, 6)
    ),
    _mistake(
        "padded with zeros",
        "This is what comes out when zeros are added to the signal: it is periodic, its end goes on at its start.",
        _zero_padded,
    ),
    _mistake(
        "filled up to a power of two",
        "This is what comes out when the signal is filled up with zeros to a power of two: transform n samples.",
        _filled_up,
    ),
    _mistake(
        "cut off in time",
        "This is what comes out from sums over wavelets that end at 4 scales, with zeros beyond the ends of the signal.",
        _cut_in_time,
    ),
    _mistake(
        "inverse not scaled",
        "This is the answer times n²: the inverse transform divides by n.",
        _unscaled_inverse,
    ),
    _mistake(
        "forward twice",
        "This is what comes out with `fft` where `ifft` belongs.",
        _forward_twice,
    ),
    _mistake(
        "time reversed",
        "This is the answer with its columns in reverse: look for a conjugate that should not be there.",
        lambda signal, scales: np.roll(_power(signal, scales)[:, ::-1], 1, axis=1),
    ),
    _mistake(
        "half a signal off",
        "This is the answer moved by half of its columns: leave out `fftshift`.",
        lambda signal, scales: np.fft.fftshift(_power(signal, scales), axes=1),
    ),
    _mistake(
        "scales reversed",
        "This is the answer with its rows in reverse: row 0 belongs to scales[0], wherever a plot draws it.",
        lambda signal, scales: _power(signal, scales)[::-1],
    ),
    _mistake(
        "scales sorted",
        "This is the answer for sorted scales: row i belongs to scales[i], in whatever order they come.",
        lambda signal, scales: _power(signal, np.sort(scales)),
    ),
    _mistake("transposed", "This is the answer transposed: a row belongs to a scale, a column to a sample.", _transposed),
    _mistake(
        "spectrum squared",
        "This is what comes out when |fft(signal)|² is filtered: keep the complex spectrum until the inverse transform.",
        lambda signal, scales: _power(np.fft.ifft(np.abs(np.fft.fft(signal)) ** 2), scales),
    ),
    _mistake(
        "single precision",
        "This is right to about six digits, as in single precision: use float64 and complex128 all the way.",
        _single_precision,
        same=_alike_to_single_precision,
    ),
)


# The pictures

PICTURE_TIME = np.linspace(-50.0, 110.0, 1024, endpoint=False)
"""The time of each sample of the lab's signal; a cycle of the first packet takes 2π."""
PACKETS = ((1.0, 0, 20.0), (3.0, 5, 20.0), (5.5, 10, 5.0), (4.0, 7, 5.0))
"""Of each wave packet: its angular frequency, its middle in cycles of 2π, and the width of its Gaussian."""
SHOWN_DECIBEL = 40.0


def _wave_packets(time: Reals) -> Reals:
    """The lab's signal, with its fourth wave packet."""
    packets = [
        np.sin(frequency * time) * np.exp(-(((time - 2 * np.pi * cycles) / width) ** 2)) for frequency, cycles, width in PACKETS
    ]
    return np.asarray(np.sum(packets, axis=0))


def _draw_lab(rng: np.random.Generator) -> Inputs:
    signal = _wave_packets(PICTURE_TIME) + NOISE * rng.standard_normal(len(PICTURE_TIME))
    return signal, np.geomspace(4.0, 110.0, 96)


def draw_scalogram(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the lab's signal and its scalogram, one below the other, scales on a logarithmic axis."""
    ((inputs, (power,)),) = answers
    signal, scales = _arguments(inputs)
    step = PICTURE_TIME[1] - PICTURE_TIME[0]
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 5))

    above.plot(PICTURE_TIME, signal, color="C0", linewidth=0.7)
    above.set(title="Four wave packets", ylabel="signal", xlim=(PICTURE_TIME[0], PICTURE_TIME[-1]))

    top = float(power.max(initial=0.0, where=np.isfinite(power))) or 1.0
    with np.errstate(all="ignore"):
        level = 10 * np.log10(np.maximum(power / top, 10 ** (-SHOWN_DECIBEL / 10)))
    image = below.pcolormesh(
        PICTURE_TIME, scales * step, level, cmap="cividis", vmin=-SHOWN_DECIBEL, vmax=0, shading="nearest", rasterized=True
    )
    below.set(title="Scalogram", xlabel="time t", ylabel="scale s, in units of t")
    below.set_yscale("log")
    frequency = below.secondary_yaxis("right", functions=(_scale_and_frequency, _scale_and_frequency))
    frequency.set_yticks([0.5, 1, 2, 3, 4, 5.5, 8], labels=["0.5", "1", "2", "3", "4", "5.5", "8"])
    frequency.set_yticks([], minor=True)
    frequency.set_ylabel("angular frequency ω = 6/s")
    figure.colorbar(image, ax=below, label="power (dB below the greatest)", pad=0.02)


def _scale_and_frequency(values: Reals) -> Array:
    """From scales the angular frequencies where their wavelets are greatest, and back."""
    with np.errstate(divide="ignore"):
        return np.asarray(CENTER / np.asarray(values))


PICTURES = (
    Picture(
        "scalogram",
        "A signal and its scalogram",
        "Above four wave packets; below their powers over time and scale: each packet is a spot at the scale of its frequency,"
        " narrow in time where it is fast.",
        (Case("picture", _draw_lab, "The lab's four wave packets, with a little noise."),),
        draw_scalogram,
    ),
)


TASK = Task(
    title="Scalogram",
    work_unit="coefficients",
    outputs=outputs,
    expect=expect,
    check=check,
    work=work,
    solution=solution,
    shrink=shrink,
    least_operations=LEAST_OPERATIONS,
    usual_operations=usual_operations,
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=MISTAKES,
    tolerance_used=tolerance_used,
    pictures=PICTURES,
)
