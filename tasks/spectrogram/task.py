"""Spectrogram: the cases, the checker, the known mistakes and the picture.

The tolerance is one for each frame, 10⁻¹⁰ of its greatest power and a little for the rounding of frames that are silent
beside the rest of the signal:

    1e-10 · max(frame) + 1e-26 · (max|signal| · Σ|window|)²

A Fourier transform in double precision is off by a few ε = 2⁻⁵² of the root mean square of its spectrum (N. Higham, *Accuracy
and Stability of Numerical Algorithms*, 2nd ed., §24.1), whatever the order of its operations; so its power is off by some 10
ε of the frame's greatest, 10⁻⁵ of what is allowed. The second term stands for what a transform of two frames at once lets
pass from one to the other. Single precision, off by 10⁻⁷ of the greatest power, fails a thousandfold.
"""

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias, cast

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from grader.content.smaller import changed, fewer, rounder, smaller
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
Formula: TypeAlias = Callable[[Reals, Reals, int], Array]

RELATIVE_TOLERANCE = 1e-10
"""Of the greatest power of the frame."""
ABSOLUTE_TOLERANCE = 1e-26
"""Of the greatest power that any frame of such a signal could have."""
SINGLE_PRECISION = 1e-5
"""Of the greatest power of all: as far as answers in single precision can be apart."""
SMALL_POWER = 1e-12
"""What a student may take for zero, in a signal that is not so small."""
NOISE = 1e-3
"""The noise of every timed signal, beside tones of size 1: no frame is so quiet that it may be skipped."""

WINDOW_TIMED, HOP_TIMED = 1024, 256
BAND_FRAMES = 256
"""Fewer are not worth a thread."""
DRAWN = 1 << 15
"""Samples of a signal that are made at a time, so that what stands between fits a cache."""


# The answer and its check


@dataclass(frozen=True)
class Expected:
    """The trusted power, float64[n_frames, w//2 + 1], and the tolerance of each frame, float64[n_frames]."""

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
    """One array of powers: a row for each frame, a column for each frequency."""
    signal, window, hop = _arguments(inputs)
    return (ArraySpec("float64", (_n_frames(signal, window, hop), len(window) // 2 + 1)),)


def expect(inputs: Inputs) -> Expected:
    """The power of a trusted computation, and the tolerance of each frame.

    Bands of frames on all cores: nothing is being timed while this runs, and the class waits for it.
    """
    signal, window, hop = _arguments(inputs)
    n_frames = _n_frames(signal, window, hop)
    power = np.empty((n_frames, len(window) // 2 + 1))
    greatest = np.empty(n_frames)
    _in_bands(n_frames, lambda band: _fill_power(signal[band.start * hop :], window, hop, power[band], greatest[band]))
    most_possible = (np.abs(signal).max(initial=0.0) * np.abs(window).sum()) ** 2
    return Expected(power, RELATIVE_TOLERANCE * greatest + ABSOLUTE_TOLERANCE * most_possible)


def check(inputs: Inputs, answer: Outputs, expected: Expected) -> Difference | None:
    """Compare every number with its frame's tolerance, and describe the first that is wrong."""
    (power,) = answer
    counts = np.empty(len(power), dtype=np.int64)
    _in_bands(
        len(power),
        lambda band: _kernels().count_wrong(power[band], expected.power[band], expected.tolerance[band], counts[band]),
    )
    frames = np.flatnonzero(counts)
    if frames.size == 0:
        return None
    _, window, hop = _arguments(inputs)
    first = int(frames[0])
    with np.errstate(over="ignore", invalid="ignore"):  # what a submission returns may be as large as it likes
        error = np.abs(power[first] - expected.power[first])
    column = int(np.flatnonzero(~(error <= expected.tolerance[first]))[0])
    expected_text, got_text = _told_apart(float(expected.power[first, column]), float(power[first, column]))
    return Difference(
        summary=f"{int(counts.sum()):,} of {power.size:,} numbers are off, in {frames.size:,} of {len(power):,} frames",
        where=f"frame {first} (samples {first * hop} to {first * hop + len(window) - 1}), column {column} "
        f"({column} {'cycle' if column == 1 else 'cycles'} a frame)",
        expected=f"{expected_text} ± {expected.tolerance[first]:.1g}",
        got=got_text,
    )


def tolerance_used(inputs: Inputs, answer: Outputs, expected: Expected) -> float:
    """The greatest share of its frame's tolerance that any number uses; infinite where one is not finite."""
    del inputs
    (power,) = answer
    with np.errstate(all="ignore"):
        error = np.abs(power - expected.power)
        share = np.where(error == 0, 0.0, error / expected.tolerance[:, np.newaxis])
    return float(np.where(np.isnan(share), np.inf, share).max(initial=0.0))


def work(inputs: Inputs, expected: Expected) -> float:
    """The samples of all frames, w for each: what has to be weighted and transformed, however that is done."""
    _, window, _ = _arguments(inputs)
    return float(len(expected.power) * len(window))


def solution(inputs: Inputs, expected: Expected) -> Outputs:
    """The array of the trusted answer."""
    del inputs
    return (expected.power,)


def shrink(inputs: Inputs) -> Iterator[Inputs]:
    """Fewer samples, a shorter window, a smaller hop, then rounder numbers."""
    for array in (0, 1):
        yield from changed(inputs, array, fewer)
    yield from changed(inputs, 2, partial(smaller, least=1))
    for array in (0, 1):
        yield from changed(inputs, array, rounder)


LEAST_OPERATIONS = 0.5
"""Each of the w // 2 + 1 powers of a frame takes an operation at least, whatever frames share. (A transform of w samples takes
more, but nobody has proved how many.)
"""


def usual_operations(inputs: Inputs, expected: Expected) -> float:
    """For each frame w to weigh it, 5/2 w log₂ w for a transform of real numbers, and three for each power.

    The transform is counted as the field does, whatever w is (M. Frigo and S. G. Johnson, *The design and implementation of
    FFTW3*, Proc. IEEE 93(2), 2005, section III): the radix-2 algorithm, of which better ones leave out up to a third.
    """
    _, window, _ = _arguments(inputs)
    w = len(window)
    return float(len(expected.power) * (w + 2.5 * w * np.log2(w) + 3 * (w // 2 + 1)))


def _arguments(inputs: Inputs) -> tuple[Reals, Reals, int]:
    return cast("tuple[Reals, Reals, int]", inputs)


def _n_frames(signal: Reals, window: Reals, hop: int) -> int:
    return max(0, 1 + (len(signal) - len(window)) // hop)


def _in_bands(rows: int, do: Callable[[slice], None]) -> None:
    """Do something for slices that make up all rows, each on a thread of its own."""
    n_bands = min(os.cpu_count() or 1, max(1, rows // BAND_FRAMES))
    bands = [slice(rows * band // n_bands, rows * (band + 1) // n_bands) for band in range(n_bands)]
    if n_bands == 1:
        do(bands[0])
        return
    with ThreadPoolExecutor(n_bands) as threads:
        list(threads.map(do, bands))


def _fill_power(signal: Reals, window: Reals, hop: int, power: Reals, greatest: Reals) -> None:
    """The power of the first `len(power)` frames of the signal, and the greatest of each.

    In a student's copy the naive reference computes it, and takes longer.
    """
    fast = _fast()
    if fast is not None:
        fast.fill_power(signal, window, hop, power, greatest)
        return
    length = (len(power) - 1) * hop + len(window) if len(power) else 0
    power[:] = _naive().spectrogram(signal[:length], window, hop)
    greatest[:] = power.max(axis=1)


def _told_apart(expected: float, got: float) -> tuple[str, str]:
    """Both numbers with as many digits as it takes to see that they differ, at least six."""
    for digits in (6, 9, 13):
        texts = f"{expected:.{digits}g}", f"{got:.{digits}g}"
        if texts[0] != texts[1]:
            return texts
    return repr(expected), repr(got)


# The cases


def _tones(rng: np.random.Generator, n: int, *, offset: float = 0.0) -> Reals:
    """Two tones and a chirp, of random frequencies and phases, with noise."""
    signal = rng.standard_normal(n)
    signal *= NOISE
    frequencies, phases = rng.uniform(0.05, 3.0, 2), rng.uniform(0, 2 * np.pi, 2)
    sweep = rng.uniform(1.2, 1.4) / n  # the chirp ends below the highest frequency there is, π

    def add_waves(samples: slice) -> None:
        time = np.arange(samples.start, samples.stop, dtype=np.float64)
        signal[samples] += offset + np.sin(frequencies[0] * time + phases[0])
        signal[samples] += 0.3 * np.sin(frequencies[1] * time + phases[1])
        signal[samples] += 0.7 * np.sin(sweep * time * time)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(add_waves, (slice(first, min(first + DRAWN, n)) for first in range(0, n, DRAWN))))
    return signal


def _bell(rng: np.random.Generator, w: int) -> Reals:
    """A Gaussian window of a random width: no window that a library knows by name."""
    place = (np.arange(w) - (w - 1) / 2) / w
    return np.asarray(np.exp(-0.5 * (place / rng.uniform(0.14, 0.18)) ** 2))


def _timed(n: int) -> Draw:
    def draw(rng: np.random.Generator) -> Inputs:
        return _tones(rng, n), _bell(rng, WINDOW_TIMED), HOP_TIMED

    return draw


def _random(n: int, w: int, hop: int, *, offset: float = 0.0, scale: float = 1.0) -> Draw:
    """Tones, and weights of either sign without any symmetry."""

    def draw(rng: np.random.Generator) -> Inputs:
        return scale * _tones(rng, n, offset=offset), rng.uniform(-0.2, 1.0, w), hop

    return draw


def _draw_whole_numbers(rng: np.random.Generator) -> Inputs:
    return rng.integers(-3, 4, 14).astype(np.float64), np.array([1.0, 2.0, 2.0, 1.0]), 2


def _draw_impulse(rng: np.random.Generator) -> Inputs:
    signal = np.zeros(120)
    signal[rng.integers(40, 80)] = rng.uniform(1, 2)
    return signal, rng.uniform(0.2, 1.0, 20), 7


def _draw_tone(rng: np.random.Generator) -> Inputs:
    cycles = int(rng.integers(3, 30))
    return np.sin(2 * np.pi * cycles / 64 * np.arange(500) + rng.uniform(0, 6)), np.ones(64), 32


def _draw_silence(rng: np.random.Generator) -> Inputs:
    return np.zeros(50), rng.uniform(0.2, 1.0, 10), 5


# The two cases that explain most come first, then those of odd shape, then ever larger ones.
CHECK_CASES = (
    Case(
        "whole-numbers", _draw_whole_numbers, "Six short frames of whole numbers that can be followed by hand: w = 4, hop = 2."
    ),
    Case("small", _random(31, 8, 3), "Eight frames of 8 samples; the last two samples do not fill a frame and are left out."),
    Case("one-frame", _random(16, 16, 5), "The window is as long as the signal: one frame."),
    Case(
        "no-frame", _random(13, 16, 8), "The signal is shorter than the window: no frame, so an array of shape (0, w//2 + 1)."
    ),
    Case("window-of-2", _random(11, 2, 1), "w = 2: two frequencies, 0 and 1 cycle a frame."),
    Case("odd-window", _random(100, 15, 4), "w is odd: w//2 + 1 columns, here 8."),
    Case("silence", _draw_silence, "A signal of zeros: every power is 0."),
    Case("gaps", _random(150, 12, 31), "hop is larger than the window: samples between the frames are skipped."),
    Case("impulse", _draw_impulse, "A single sample that is not 0: frames that hold it have a flat spectrum, the others none."),
    Case("tone", _draw_tone, "A tone of a whole number of cycles a frame, all weights 1: one column holds nearly everything."),
    Case("microvolts", _random(180, 20, 10, scale=1e-9), "Small numbers, powers of 10⁻¹⁵ and less: they are no zeros."),
)

BENCHMARK_CASES = tuple(
    Case(name, _timed(n), f"{n:,} samples, w = {WINDOW_TIMED}, hop = {HOP_TIMED}.")
    for name, n in (("1e4", 10_000), ("1e5", 100_000), ("3e5", 300_000), ("1e6", 1_000_000), ("2e6", 2_000_000))
)


# The known mistakes


def _frames(signal: Reals, window: Reals, hop: int) -> Reals:
    """The frames before they are weighted, float64[n_frames, w], as an array of its own."""
    if len(signal) < len(window):
        return np.empty((0, len(window)))
    return np.array(sliding_window_view(signal, len(window))[::hop])


def _squared(spectra: Array) -> Reals:
    return np.asarray(spectra.real**2 + spectra.imag**2, dtype=np.float64)


def _power(signal: Reals, window: Reals, hop: int) -> Reals:
    return _squared(np.fft.rfft(_frames(signal, window, hop) * window))


def _mistake(name: str, sentence: str, formula: Formula, *, same: Callable[[Outputs, Outputs], bool] | None = None) -> Mistake:
    """A mistake from its formula."""

    def compute(signal: Reals, window: Reals, hop: int) -> Outputs:
        return (np.ascontiguousarray(formula(signal, window, hop), dtype=np.float64),)

    return Mistake(name, sentence, compute, same)


def _with_step(step: Callable[[int, int], int]) -> Formula:
    """Frames that start at multiples of `step(w, hop)`, as many of the right number as there are, and zeros."""

    def formula(signal: Reals, window: Reals, hop: int) -> Array:
        power = np.zeros((_n_frames(signal, window, hop), len(window) // 2 + 1))
        stepped = _power(signal, window, max(1, step(len(window), hop)))[: len(power)]
        power[: len(stepped)] = stepped
        return power

    return formula


def _of_frames(change: Callable[[Reals], Reals]) -> Formula:
    """The power of frames that something was done to, before they are weighted."""

    def formula(signal: Reals, window: Reals, hop: int) -> Array:
        return _squared(np.fft.rfft(change(_frames(signal, window, hop)) * window))

    return formula


def _padded(mode: str) -> Formula:
    """Frames that have their middle, not their start, at multiples of the hop."""

    def formula(signal: Reals, window: Reals, hop: int) -> Array:
        half = len(window) // 2
        padded = np.pad(signal, (half, len(window)), mode)  # type: ignore[call-overload]  # a mode by its name
        return _power(padded, window, hop)[: _n_frames(signal, window, hop)]

    return formula


def _last_frame_missing(signal: Reals, window: Reals, hop: int) -> Array:
    power = _power(signal, window, hop)
    power[-1:] = 0
    return power


def _last_sample_missing(signal: Reals, window: Reals, hop: int) -> Array:
    frames = _frames(signal, window, hop) * window
    frames[:, -1] = 0
    return _squared(np.fft.rfft(frames))


def _last_column_missing(signal: Reals, window: Reals, hop: int) -> Array:
    power = _power(signal, window, hop)
    power[:, -1] = 0
    return power


def _upper_half(signal: Reals, window: Reals, hop: int) -> Array:
    """The columns that `fftshift` puts last."""
    spectra = np.fft.fftshift(np.fft.fft(_frames(signal, window, hop) * window), axes=1)
    return _squared(np.resize(spectra[:, -(len(window) // 2 + 1) :], (len(spectra), len(window) // 2 + 1)))


def _one_sided(signal: Reals, window: Reals, hop: int) -> Array:
    power = _power(signal, window, hop)
    power[:, 1 : (len(window) + 1) // 2] *= 2
    return power


def _real_part_only(signal: Reals, window: Reals, hop: int) -> Array:
    return np.fft.rfft(_frames(signal, window, hop) * window).real ** 2


def _plain_square(signal: Reals, window: Reals, hop: int) -> Array:
    return (np.fft.rfft(_frames(signal, window, hop) * window) ** 2).real


def _decibel(signal: Reals, window: Reals, hop: int) -> Array:
    with np.errstate(divide="ignore"):
        return 10 * np.log10(_power(signal, window, hop))


def _transposed(signal: Reals, window: Reals, hop: int) -> Array:
    power = _power(signal, window, hop)
    return power.T.reshape(power.shape)


def _quiet_skipped(signal: Reals, window: Reals, hop: int) -> Array:
    frames = _frames(signal, window, hop)
    frames[np.abs(frames).max(axis=1) < 0.01 * np.abs(signal).max()] = 0
    return _squared(np.fft.rfft(frames * window))


def _power_of_two(signal: Reals, window: Reals, hop: int) -> Array:
    size = 1 << (len(window) - 1).bit_length()
    return _squared(np.fft.rfft(_frames(signal, window, hop) * window, size))[:, : len(window) // 2 + 1]


def _small_is_zero(signal: Reals, window: Reals, hop: int) -> Array:
    power = _power(signal, window, hop)
    power[power < SMALL_POWER] = 0
    return power


def _single_precision(signal: Reals, window: Reals, hop: int) -> Array:
    frames = _frames(signal.astype(np.float32).astype(np.float64), window.astype(np.float32).astype(np.float64), hop)
    return _squared(np.fft.rfft(frames.astype(np.float32) * window.astype(np.float32)).astype(np.complex64))


def _alike_to_single_precision(wrong: Outputs, answer: Outputs) -> bool:
    """No two programs in single precision give the same digits; they agree to about six."""
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(wrong[0] - answer[0])
    return bool(np.all(error <= SINGLE_PRECISION * wrong[0].max(initial=0.0)))


MISTAKES = (
    _mistake(
        "no window",
        "This is what comes out when the frames are not multiplied by the window.",
        lambda signal, window, hop: _power(signal, np.ones_like(window), hop),
    ),
    _mistake(
        "window twice",
        "This is what comes out when the frames are multiplied by the window twice.",
        lambda signal, window, hop: _power(signal, window**2, hop),
    ),
    _mistake(
        "own window",
        "This is what comes out with `np.hanning(w)`: use the window that is given.",
        lambda signal, window, hop: _power(signal, np.hanning(len(window)), hop),
    ),
    _mistake(
        "own periodic window",
        "This is what comes out with a periodic Hann window, as `scipy.signal` makes it: use the window that is given.",
        lambda signal, window, hop: _power(signal, np.hanning(len(window) + 1)[:-1], hop),
    ),
    _mistake(
        "window on the spectrum",
        "This is what comes out when the spectrum is multiplied by the window: multiply the samples, before the transform.",
        lambda signal, window, hop: _squared(np.fft.rfft(_frames(signal, window, hop)) * window[: len(window) // 2 + 1]),
    ),
    _mistake(
        "window reversed",
        "This is what comes out when the window is turned around: its first weight belongs to the first sample.",
        lambda signal, window, hop: _power(signal, window[::-1], hop),
    ),
    _mistake(
        "not squared",
        "This is the absolute value of the spectrum: square it.",
        lambda signal, window, hop: np.sqrt(_power(signal, window, hop)),
    ),
    _mistake(
        "squared twice",
        "This is the square of the answer: the absolute value was squared twice.",
        lambda signal, window, hop: _power(signal, window, hop) ** 2,
    ),
    _mistake(
        "real part only",
        "This is the square of the real part: |X|² is the square of the real part plus the square of the imaginary part.",
        _real_part_only,
    ),
    _mistake(
        "complex square",
        "This is the real part of X²: |X|² is the square of the absolute value, which is never negative.",
        _plain_square,
    ),
    _mistake("decibel", "This is the answer in decibel: leave the logarithm to the picture.", _decibel),
    _mistake(
        "last frame missing",
        "The last frame is missing: there are 1 + (n − w) // hop of them.",
        _last_frame_missing,
    ),
    _mistake(
        "frames one late",
        "This is what comes out when every frame starts one sample late: frame k starts at signal[k * hop].",
        lambda signal, window, hop: _power(np.append(signal[1:], 0.0), window, hop),
    ),
    _mistake(
        "last sample missing",
        "This is what comes out when every frame lacks its last sample: `signal[a:b]` ends before b.",
        _last_sample_missing,
    ),
    _mistake(
        "padded with zeros",
        "This is what comes out when the signal is padded, so that frames have their middle at k · hop: they start there.",
        _padded("constant"),
    ),
    _mistake(
        "padded with a mirror image",
        "This is what comes out when the signal is padded with its mirror image, as some libraries do unless told otherwise.",
        _padded("reflect"),
    ),
    _mistake(
        "frames side by side",
        "This is what comes out when frames start every w samples: they start every `hop` samples.",
        _with_step(lambda w, _: w),
    ),
    _mistake(
        "half a window for the hop",
        "This is what comes out when frames start every w // 2 samples: they start every `hop` samples.",
        _with_step(lambda w, _: w // 2),
    ),
    _mistake(
        "hop as overlap",
        "This is what comes out when `hop` is taken for the overlap of frames: it is the distance of their starts.",
        _with_step(lambda w, hop: w - hop),
    ),
    _mistake(
        "mean of frames removed",
        "This is what comes out when each frame's mean is subtracted (`scipy.signal` does it unless told `detrend=False`).",
        _of_frames(lambda frames: frames - frames.mean(axis=1, keepdims=True)),
    ),
    _mistake(
        "mean of the signal removed",
        "This is what comes out when the mean of the signal is subtracted: the mean is part of the answer.",
        lambda signal, window, hop: _power(signal - signal.mean(), window, hop),
    ),
    _mistake(
        "divided by w",
        'This is the answer divided by w: look for a scaled transform (`norm="ortho"`); nothing is to be scaled.',
        lambda signal, window, hop: _power(signal, window, hop) / len(window),
    ),
    _mistake(
        "divided by w²",
        'This is the answer divided by w²: look for a scaled transform (`norm="forward"`); nothing is to be scaled.',
        lambda signal, window, hop: _power(signal, window, hop) / len(window) ** 2,
    ),
    _mistake(
        "scaled to a density",
        "This is the answer divided by the sum of the window's squares, a power density: nothing is to be scaled.",
        lambda signal, window, hop: _power(signal, window, hop) / (window**2).sum(),
    ),
    _mistake(
        "scaled by the window's sum",
        "This is the answer divided by the square of the window's sum, a power spectrum: nothing is to be scaled.",
        lambda signal, window, hop: _power(signal, window, hop) / window.sum() ** 2,
    ),
    _mistake(
        "one-sided",
        "Powers between the first and the last column are doubled, as for a one-sided density: leave them as they are.",
        _one_sided,
    ),
    _mistake(
        "column 0 removed",
        "Column 0 is zero: the power at 0 cycles a frame is part of the answer.",
        lambda signal, window, hop: _power(signal, window, hop) * (np.arange(len(window) // 2 + 1) > 0),
    ),
    _mistake(
        "last column missing",
        "The last column is still zero: there are w // 2 + 1 columns.",
        _last_column_missing,
    ),
    _mistake(
        "columns mirrored",
        "This is the answer with its columns in reverse: column 0 belongs to 0 cycles a frame, wherever a plot draws it.",
        lambda signal, window, hop: _power(signal, window, hop)[:, ::-1],
    ),
    _mistake(
        "columns shifted",
        "These are the columns that `fftshift` puts last: take those from 0 to w // 2 cycles a frame, as `rfft` gives them.",
        _upper_half,
    ),
    _mistake("transposed", "This is the answer transposed: a row belongs to a frame, a column to a frequency.", _transposed),
    _mistake(
        "filled up to a power of two",
        "This is what comes out when frames are filled up with zeros to a power of two: transform w samples.",
        _power_of_two,
    ),
    _mistake(
        "quiet frames skipped",
        "This is what comes out when quiet frames are left at zero: every frame has its spectrum.",
        _quiet_skipped,
    ),
    _mistake(
        "small powers set to zero",
        "Powers below 10⁻¹² are set to zero: in a quiet signal they are all there is.",
        _small_is_zero,
    ),
    _mistake(
        "single precision",
        "This is right to about six digits, as in single precision: use float64 and complex128 all the way.",
        _single_precision,
        same=_alike_to_single_precision,
    ),
)


# The pictures

PICTURE_TIME = np.linspace(-50.0, 110.0, 4096, endpoint=False)
"""The time of each sample of the lab's signal; a cycle of the first packet takes 2π."""
PACKETS = ((1.0, 0, 20.0), (3.0, 5, 20.0), (5.5, 10, 5.0), (4.0, 7, 5.0))
"""Of each wave packet: its angular frequency, its middle in cycles of 2π, and the width of its Gaussian."""
SHOWN_FREQUENCY = 8.0
SHOWN_DECIBEL = 60.0


def _wave_packets(time: Reals) -> Reals:
    """The lab's signal, with its fourth wave packet."""
    packets = [
        np.sin(frequency * time) * np.exp(-(((time - 2 * np.pi * cycles) / width) ** 2)) for frequency, cycles, width in PACKETS
    ]
    return np.asarray(np.sum(packets, axis=0))


def _draw_packets(rng: np.random.Generator) -> Inputs:
    return _wave_packets(PICTURE_TIME) + NOISE * rng.standard_normal(len(PICTURE_TIME)), np.hanning(512), 16


def draw_spectrogram(answers: tuple[Answered, ...], figure: "Figure") -> None:
    """Draw the lab's signal, its spectrum and its spectrogram, one below the other."""
    ((inputs, (power,)),) = answers
    signal, window, hop = _arguments(inputs)
    step = PICTURE_TIME[1] - PICTURE_TIME[0]
    above, middle, below = figure.subplots(3, 1, height_ratios=(2, 2, 5))

    above.plot(PICTURE_TIME, signal, color="C0", linewidth=0.7)
    above.set(title="Four wave packets", xlabel="time t", ylabel="signal", xlim=(PICTURE_TIME[0], PICTURE_TIME[-1]))

    frequency = 2 * np.pi * np.fft.rfftfreq(len(signal), step)
    middle.plot(frequency, np.abs(np.fft.rfft(signal)), color="C0", linewidth=1)
    middle.set(xlabel="angular frequency ω", ylabel="|spectrum|", xlim=(0, SHOWN_FREQUENCY))

    starts = PICTURE_TIME[: len(signal) - len(window) + 1 : hop]
    times = starts + step * (len(window) - 1) / 2  # a frame speaks for its middle
    frequencies = 2 * np.pi * np.fft.rfftfreq(len(window), step)
    shown = frequencies <= SHOWN_FREQUENCY
    top = float(power.max(initial=0.0, where=np.isfinite(power))) or 1.0
    with np.errstate(all="ignore"):
        level = 10 * np.log10(np.maximum(power[:, shown] / top, 10 ** (-SHOWN_DECIBEL / 10)))
    image = below.pcolormesh(
        times, frequencies[shown], level.T, cmap="cividis", vmin=-SHOWN_DECIBEL, vmax=0, shading="nearest", rasterized=True
    )
    below.set(title="Spectrogram", xlabel="time t", ylabel="angular frequency ω", xlim=above.get_xlim())
    figure.colorbar(image, ax=below, label="power (dB below the greatest)")


PICTURES = (
    Picture(
        "spectrogram",
        "A signal, its spectrum and its spectrogram",
        "Above four wave packets, in the middle their four peaks in the spectrum, below their powers over time and frequency:"
        " four spots, each at its own time and frequency.",
        (Case("picture", _draw_packets, "The lab's four wave packets, with a little noise."),),
        draw_spectrogram,
        size_inches=(7.0, 6.5),
    ),
)


TASK = Task(
    title="Spectrogram",
    work_unit="frame samples",
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
