"""Ways to compute the spectrogram: honest ones, which a checker must accept, and plausible wrong ones, which it must reject."""

import cmath
import functools
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import scipy.fft
import scipy.signal
from numba import njit
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Variant: TypeAlias = Callable[[Reals, Reals, int], Reals]


def _frames(signal: Reals, window: Reals, hop: int) -> Reals:
    """The weighted frames, float64[n_frames, w]."""
    if len(signal) < len(window):
        return np.empty((0, len(window)))
    return np.asarray(sliding_window_view(signal, len(window))[::hop] * window)


def _framewise(power: Callable[[Reals], Any]) -> Variant:
    """Compute each weighted frame by itself."""

    def spectrogram(signal: Reals, window: Reals, hop: int) -> Reals:
        rows = [power(frame) for frame in _frames(signal, window, hop)]
        return np.array(rows, dtype=np.float64).reshape(-1, len(window) // 2 + 1)

    return spectrogram


# Honest


@_framewise
def half_of_the_full_transform(frame: Reals) -> Reals:
    spectrum = np.fft.fft(frame)[: len(frame) // 2 + 1]
    return np.asarray((spectrum * spectrum.conj()).real)


@_framewise
def absolute_value_squared(frame: Reals) -> Reals:
    return np.asarray(np.hypot(*scipy.fft.rfft(frame).view(np.float64).reshape(-1, 2).T) ** 2)


@_framewise
def recursive(frame: Reals) -> list[float]:
    """Cooley and Tukey's recursion in plain Python, down to odd lengths."""

    def transform(samples: list[complex]) -> list[complex]:
        n = len(samples)
        if n % 2:
            return [complex(number) for number in _fourier_matrix(n) @ np.array(samples)]
        even, odd = transform(samples[::2]), transform(samples[1::2])
        turned = [cmath.exp(-2j * cmath.pi * k / n) * number for k, number in enumerate(odd)]
        return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]

    return [number.real**2 + number.imag**2 for number in transform(frame.tolist())[: len(frame) // 2 + 1]]


@functools.cache
def _fourier_matrix(w: int) -> NDArray[np.complex128]:
    return np.asarray(np.exp(-2j * np.pi * (np.outer(np.arange(w), np.arange(w)) % w) / w))


def matrix_product(signal: Reals, window: Reals, hop: int) -> Reals:
    matrix = _fourier_matrix(len(window))[:, : len(window) // 2 + 1]
    frames = _frames(signal, window, hop)
    return np.asarray((frames @ matrix.real) ** 2 + (frames @ matrix.imag) ** 2)


def two_frames_in_one_transform(signal: Reals, window: Reals, hop: int) -> Reals:
    """One frame as real parts, the next as imaginary ones."""
    frames = _frames(signal, window, hop)
    if len(frames) % 2:
        frames = np.concatenate([frames, np.zeros((1, len(window)))])
    spectra = np.fft.fft(frames[::2] + 1j * frames[1::2])
    mirrored = np.roll(spectra[:, ::-1], 1, axis=1).conj()
    power = np.empty(frames.shape)
    power[::2], power[1::2] = np.abs(spectra + mirrored) ** 2 / 4, np.abs(spectra - mirrored) ** 2 / 4
    n_frames = max(0, 1 + (len(signal) - len(window)) // hop)
    return np.ascontiguousarray(power[:n_frames, : len(window) // 2 + 1])


def transformed_along_columns(signal: Reals, window: Reals, hop: int) -> Reals:
    spectra = scipy.fft.rfft(np.asfortranarray(_frames(signal, window, hop).T), axis=0)
    return np.asarray((spectra.real**2 + spectra.imag**2).T)


def library_transform(signal: Reals, window: Reals, hop: int) -> Reals:
    """SciPy's own short-time transform, told to leave the signal as it is."""
    if len(signal) < len(window):
        return np.empty((0, len(window) // 2 + 1))
    transform = scipy.signal.ShortTimeFFT(window, hop, fs=1.0, mfft=len(window), phase_shift=None)
    first = -(-(len(window) // 2) // hop)  # the first frame without padding, if its middle falls on a multiple of the hop
    if first * hop != len(window) // 2:
        return half_of_the_full_transform(signal, window, hop)
    n_frames = 1 + (len(signal) - len(window)) // hop
    spectra = transform.stft(signal, p0=first, p1=first + n_frames)
    return np.ascontiguousarray(np.abs(spectra.T) ** 2)


def chirp_transform(signal: Reals, window: Reals, hop: int) -> Reals:
    """Bluestein's convolution, for every length."""
    w = len(window)
    spectra = scipy.signal.zoom_fft(_frames(signal, window, hop), [0, (w // 2 + 1) / w], m=w // 2 + 1, fs=1.0)
    return np.asarray(np.abs(spectra) ** 2)


@njit(fastmath=True)
def compiled_sums(signal: Reals, window: Reals, hop: int) -> Reals:
    """The sums of the definition, compiled, with cosines from a table."""
    w = len(window)
    cosine = np.cos(2 * np.pi * np.arange(w) / w)
    sine = np.sin(2 * np.pi * np.arange(w) / w)
    power = np.zeros((max(0, 1 + (len(signal) - w) // hop), w // 2 + 1))
    for frame in range(power.shape[0]):
        for k in range(power.shape[1]):
            real, imaginary = 0.0, 0.0
            for j in range(w):
                sample = signal[frame * hop + j] * window[j]
                real += sample * cosine[j * k % w]
                imaginary += sample * sine[j * k % w]
            power[frame, k] = real * real + imaginary * imaginary
    return power


def extended_precision(signal: Reals, window: Reals, hop: int) -> Reals:
    spectra = scipy.fft.rfft(_frames(signal, window, hop).astype(np.longdouble))
    return np.asarray(spectra.real**2 + spectra.imag**2, dtype=np.float64)


HONEST: dict[str, Variant] = {
    "half of the full transform": half_of_the_full_transform,
    "absolute value squared": absolute_value_squared,
    "recursive": recursive,
    "matrix product": matrix_product,
    "two frames in one transform": two_frames_in_one_transform,
    "transformed along columns": transformed_along_columns,
    "library transform": library_transform,
    "chirp transform": chirp_transform,
    "compiled sums": compiled_sums,
    "extended precision": extended_precision,
}


# Wrong, beyond the mistakes that the task names


def _changed(change: Callable[[Reals], Any]) -> Variant:
    """The right power, changed."""

    def spectrogram(signal: Reals, window: Reals, hop: int) -> Reals:
        return np.asarray(change(half_of_the_full_transform(signal, window, hop)), dtype=np.float64)

    return spectrogram


def library_defaults(signal: Reals, window: Reals, hop: int) -> Reals:
    """Detrended, scaled and one-sided."""
    if len(signal) < len(window) or hop > len(window):
        return half_of_the_full_transform(signal, window, hop)
    return np.asarray(scipy.signal.spectrogram(signal, window=window, noverlap=len(window) - hop)[2].T)


def window_in_single_precision(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(signal, window.astype(np.float32).astype(np.float64), hop)


def transformed_in_single_precision(signal: Reals, window: Reals, hop: int) -> Reals:
    spectra = scipy.fft.rfft(_frames(signal, window, hop).astype(np.float32))
    return np.asarray(np.abs(spectra.astype(np.complex128)) ** 2)


def window_made_symmetric(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(signal, (window + window[::-1]) / 2, hop)


def window_made_positive(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(signal, np.abs(window), hop)


def window_scaled_to_one(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(signal, window / np.abs(window).max(), hop)


def mean_of_window_removed(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(signal, window - window.mean(), hop)


def line_removed(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(scipy.signal.detrend(signal), window, hop)


def differences(signal: Reals, window: Reals, hop: int) -> Reals:
    return half_of_the_full_transform(np.diff(signal, prepend=signal[:1]), window, hop)


def second_half_of_frames_repeated(signal: Reals, window: Reals, hop: int) -> Reals:
    power = half_of_the_full_transform(signal, window, hop)
    power[1::2] = power[: 2 * (len(power) // 2) : 2]
    return power


def whole_batches_of_sixteen(signal: Reals, window: Reals, hop: int) -> Reals:
    power = half_of_the_full_transform(signal, window, hop)
    power[len(power) // 16 * 16 :] = 0
    return power


def high_frequencies_skipped(signal: Reals, window: Reals, hop: int) -> Reals:
    power = half_of_the_full_transform(signal, window, hop)
    power[:, len(window) // 4 + 1 :] = 0
    return power


def silent_frames_not_a_number(signal: Reals, window: Reals, hop: int) -> Reals:
    power = half_of_the_full_transform(signal, window, hop)
    power[power.sum(axis=1) == 0] = np.nan
    return power


def frames_cut_to_a_power_of_two(signal: Reals, window: Reals, hop: int) -> Reals:
    kept = np.arange(len(window)) < 1 << (len(window).bit_length() - 1)
    return half_of_the_full_transform(signal, window * kept, hop)


WRONG: dict[str, Variant] = {
    "library defaults": library_defaults,
    "window in single precision": window_in_single_precision,
    "transformed in single precision": transformed_in_single_precision,
    "window made symmetric": window_made_symmetric,
    "window made positive": window_made_positive,
    "window scaled to one": window_scaled_to_one,
    "mean of window removed": mean_of_window_removed,
    "line removed": line_removed,
    "differences": differences,
    "second half of frames repeated": second_half_of_frames_repeated,
    "whole batches of sixteen": whole_batches_of_sixteen,
    "high frequencies skipped": high_frequencies_skipped,
    "silent frames not a number": silent_frames_not_a_number,
    "frames cut to a power of two": frames_cut_to_a_power_of_two,
    "doubled": _changed(lambda power: 2 * power),
    "rounded to 6 digits after the point": _changed(lambda power: power.round(6)),
    "one added before a logarithm": _changed(lambda power: power + 1),
    "logarithm": _changed(np.log1p),
    "normalised to its greatest": _changed(lambda power: power / power.max(initial=1e-300)),
    "averaged over time": _changed(lambda power: np.broadcast_to(power.mean(axis=0), power.shape) if len(power) else power),
    "frames in reverse": _changed(lambda power: power[::-1]),
    "all zeros": _changed(np.zeros_like),
}
