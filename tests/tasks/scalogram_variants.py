"""Ways to compute the scalogram: honest ones, which a checker must accept, and plausible wrong ones, which it must reject."""

import cmath
import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import scipy.fft
from numba import njit
from numpy.typing import NDArray

Reals: TypeAlias = NDArray[np.float64]
Complexes: TypeAlias = NDArray[np.complex128]
Variant: TypeAlias = Callable[[Reals, Reals], Reals]


def _wavelets(scales: Reals, n: int) -> Reals:
    """The wavelets' spectra as the statement gives them, float64[s, n]."""
    omega = 2 * np.pi * np.fft.fftfreq(n)
    scale = scales[:, np.newaxis]
    return np.asarray(np.pi**-0.25 * np.sqrt(2 * np.pi * scale) * np.exp(-((scale * omega - 6) ** 2) / 2) * (omega > 0))


def _rowwise(power: Callable[[Reals, float], Any]) -> Variant:
    """Compute each scale by itself."""

    def scalogram(signal: Reals, scales: Reals) -> Reals:
        rows = [power(signal, scale) for scale in scales.tolist()]
        return np.array(rows, dtype=np.float64).reshape(len(scales), len(signal))

    return scalogram


# Honest


def all_at_once(signal: Reals, scales: Reals) -> Reals:
    rows = np.fft.ifft(np.fft.fft(signal) * _wavelets(scales, len(signal)), axis=1)
    return np.asarray((rows * rows.conj()).real)


def library_transform(signal: Reals, scales: Reals) -> Reals:
    rows = scipy.fft.ifft(scipy.fft.fft(signal) * _wavelets(scales, len(signal)), overwrite_x=True)
    return np.asarray(np.abs(rows) ** 2)


@_rowwise
def without_the_frequency(signal: Reals, scale: float) -> Reals:
    """The band moved to start at 0: the absolute value is the same. It ends where |sω − 6| = 7."""
    n = len(signal)
    omega = 2 * np.pi * np.arange(1, (n + 1) // 2) / n
    band = np.abs(scale * omega - 6) < 7
    wavelet = np.sqrt(2 * np.sqrt(np.pi) * scale) * np.exp(-0.5 * (scale * omega[band] - 6) ** 2)
    product = np.zeros(n, dtype=np.complex128)
    product[: len(wavelet)] = np.fft.rfft(signal)[1 : (n + 1) // 2][band] * wavelet
    return np.abs(np.fft.ifft(product)) ** 2


@_rowwise
def real_and_imaginary_parts_apart(signal: Reals, scale: float) -> Reals:
    """A real transform for each: the imaginary part is a quarter of a turn behind."""
    n = len(signal)
    omega = 2 * np.pi * np.fft.rfftfreq(n)
    wavelet = np.pi**-0.25 * np.sqrt(2 * np.pi * scale) * np.exp(-((scale * omega - 6) ** 2) / 2) * (omega > 0)
    wavelet[(n + 1) // 2 :] = 0  # fftfreq counts the highest frequency of an even n as negative
    product = scipy.fft.rfft(signal) * wavelet / 2
    real, imaginary = scipy.fft.irfft(product, n), scipy.fft.irfft(-1j * product, n)
    return np.asarray(real**2 + imaginary**2)


@_rowwise
def conjugate_and_forward(signal: Reals, scale: float) -> Reals:
    """An inverse transform from a forward one: the absolute value of a conjugate is the same."""
    wavelet = _wavelets(np.array([scale]), len(signal))[0]
    number = np.fft.fft((np.fft.fft(signal) * wavelet).conj()) / len(signal)
    return number.real**2 + number.imag**2


def sums_in_time(signal: Reals, scales: Reals) -> Reals:
    """Circulant matrices of the wavelets in time: no transform of the signal at all."""
    n = len(signal)
    later = (np.arange(n)[:, np.newaxis] - np.arange(n)) % n
    power = np.zeros((len(scales), n))
    for row, wavelet in enumerate(_wavelets(scales, n)):
        in_time = np.fft.ifft(wavelet)
        if n <= 800:
            power[row] = np.abs(in_time[later] @ signal) ** 2
        else:
            power[row] = np.abs(np.fft.ifft(np.fft.fft(in_time) * np.fft.fft(signal))) ** 2
    return power


@_rowwise
def recursive(signal: Reals, scale: float) -> Reals | list[float]:
    """Cooley and Tukey's recursion in plain Python for short signals, down to odd lengths."""
    n = len(signal)
    if n > 300:
        return np.asarray(all_at_once(signal, np.array([scale]))[0])

    def transform(numbers: list[complex], sign: int) -> list[complex]:
        n = len(numbers)
        if n % 2:
            steps = range(n)
            return [sum(z * cmath.exp(sign * 2j * math.pi * (j * k % n) / n) for j, z in enumerate(numbers)) for k in steps]
        even, odd = transform(numbers[::2], sign), transform(numbers[1::2], sign)
        turned = [cmath.exp(sign * 2j * math.pi * k / n) * number for k, number in enumerate(odd)]
        return [a + b for a, b in zip(even, turned, strict=True)] + [a - b for a, b in zip(even, turned, strict=True)]

    wavelet = _wavelets(np.array([scale]), n)[0].tolist()
    spectrum = transform(signal.astype(np.complex128).tolist(), -1)
    row = transform([a * b for a, b in zip(spectrum, wavelet, strict=True)], 1)
    return [abs(number / n) ** 2 for number in row]


@njit(fastmath=True)
def _compiled(spectrum: Complexes, scale: float, products: Complexes) -> None:
    n = len(products)
    for k in range(n):
        omega = 2.0 * math.pi * k / n
        distance = scale * omega - 6.0
        if 0 < k < (n + 1) // 2 and distance * distance < 64.0:
            products[k] = spectrum[k] * (math.sqrt(2.0 * math.sqrt(math.pi) * scale) * math.exp(-0.5 * distance * distance))
        else:
            products[k] = 0


@_rowwise
def compiled_fastmath(signal: Reals, scale: float) -> Reals:
    products = np.empty(len(signal), dtype=np.complex128)
    _compiled(scipy.fft.rfft(signal), scale, products)
    return np.asarray(np.abs(scipy.fft.ifft(products)) ** 2)


def extended_precision(signal: Reals, scales: Reals) -> Reals:
    spectrum = scipy.fft.fft(signal.astype(np.longdouble))
    return np.asarray(np.abs(scipy.fft.ifft(spectrum * _wavelets(scales, len(signal)))) ** 2, dtype=np.float64)


def mean_removed_first(signal: Reals, scales: Reals) -> Reals:
    return all_at_once(signal - signal.mean(), scales)


HONEST: dict[str, Variant] = {
    "all at once": all_at_once,
    "library transform": library_transform,
    "without the frequency, |sω − 6| < 7": without_the_frequency,
    "real and imaginary parts apart": real_and_imaginary_parts_apart,
    "conjugate and forward": conjugate_and_forward,
    "sums in time": sums_in_time,
    "recursive": recursive,
    "compiled, fastmath, |sω − 6| < 8": compiled_fastmath,
    "extended precision": extended_precision,
    "mean removed first": mean_removed_first,
}


# Wrong, beyond the mistakes that the task names


def _changed(change: Callable[[Reals], Any]) -> Variant:
    """The right power, changed."""

    def scalogram(signal: Reals, scales: Reals) -> Reals:
        return np.asarray(change(all_at_once(signal, scales)), dtype=np.float64)

    return scalogram


def _from_spectrum(change: Callable[[Complexes], Any]) -> Variant:
    """The signal's spectrum changed before the wavelets count."""

    def scalogram(signal: Reals, scales: Reals) -> Reals:
        return np.asarray(np.abs(np.fft.ifft(change(np.fft.fft(signal)) * _wavelets(scales, len(signal)), axis=1)) ** 2)

    return scalogram


def in_single_precision(signal: Reals, scales: Reals) -> Reals:
    spectrum = scipy.fft.fft(signal.astype(np.float32))
    rows = scipy.fft.ifft(spectrum * _wavelets(scales, len(signal)).astype(np.float32))
    return np.asarray(np.abs(rows.astype(np.complex128)) ** 2)


def result_in_single_precision(signal: Reals, scales: Reals) -> Reals:
    return all_at_once(signal, scales).astype(np.float32).astype(np.float64)


def scales_in_single_precision(signal: Reals, scales: Reals) -> Reals:
    return all_at_once(signal, scales.astype(np.float32).astype(np.float64))


def whole_scales(signal: Reals, scales: Reals) -> Reals:
    return all_at_once(signal, np.round(scales))


def every_second_sample(signal: Reals, scales: Reals) -> Reals:
    return np.repeat(all_at_once(signal, scales)[:, ::2], 2, axis=1)[:, : len(signal)]


def straight_lines_between_every_second_sample(signal: Reals, scales: Reals) -> Reals:
    power = all_at_once(signal, scales)
    power[:, 1:-1:2] = (power[:, :-2:2] + power[:, 2::2]) / 2
    return power


def long_wavelets_skipped(signal: Reals, scales: Reals) -> Reals:
    power = all_at_once(signal, scales)
    power[scales > len(signal) / 2] = 0
    return power


def cone_of_influence_blanked(signal: Reals, scales: Reals) -> Reals:
    time = np.arange(len(signal))
    near = np.minimum(time, len(signal) - 1 - time) < np.sqrt(2) * scales[:, np.newaxis]
    return np.where(near, np.nan, all_at_once(signal, scales))


def with_a_hann_window(signal: Reals, scales: Reals) -> Reals:
    return all_at_once(signal * np.hanning(len(signal)), scales)


def mirrored_at_the_ends(signal: Reals, scales: Reals) -> Reals:
    return np.ascontiguousarray(all_at_once(np.concatenate([signal, signal[::-1]]), scales)[:, : len(signal)])


def corrected_for_the_mean(signal: Reals, scales: Reals) -> Reals:
    """The Morlet wavelet of the textbooks, whose mean vanishes."""
    omega = 2 * np.pi * np.fft.fftfreq(len(signal))
    scale = scales[:, np.newaxis]
    shape = np.exp(-((scale * omega - 6) ** 2) / 2) - np.exp(-18 - (scale * omega) ** 2 / 2)
    wavelets = np.pi**-0.25 * np.sqrt(2 * np.pi * scale) * shape * (omega > 0)
    return np.asarray(np.abs(np.fft.ifft(np.fft.fft(signal) * wavelets, axis=1)) ** 2)


def blocks_of_the_signal(signal: Reals, scales: Reals) -> Reals:
    """Each quarter by itself, as if it were the whole."""
    quarters = [all_at_once(quarter, scales) for quarter in np.array_split(signal, 4) if len(quarter)]
    return np.concatenate(quarters, axis=1)


WRONG: dict[str, Variant] = {
    "in single precision": in_single_precision,
    "result in single precision": result_in_single_precision,
    "scales in single precision": scales_in_single_precision,
    "whole scales": whole_scales,
    "every second sample": every_second_sample,
    "straight lines between every second sample": straight_lines_between_every_second_sample,
    "long wavelets skipped": long_wavelets_skipped,
    "cone of influence blanked": cone_of_influence_blanked,
    "with a Hann window": with_a_hann_window,
    "mirrored at the ends": mirrored_at_the_ends,
    "corrected for the mean": corrected_for_the_mean,
    "blocks of the signal": blocks_of_the_signal,
    "phases lost": _from_spectrum(np.abs),
    "spectrum of the differences": _from_spectrum(lambda spectrum: spectrum - np.roll(spectrum, 1)),
    "one frequency off": _from_spectrum(lambda spectrum: np.roll(spectrum, 1)),
    "doubled": _changed(lambda power: 2 * power),
    "normalised to its greatest": _changed(lambda power: power / power.max(initial=1e-300)),
    "each row normalised": _changed(lambda power: power / np.maximum(power.max(axis=1, keepdims=True), 1e-300)),
    "small powers set to zero": _changed(lambda power: np.where(power < 1e-12, 0, power)),
    "logarithm": _changed(np.log1p),
    "one sample late": _changed(lambda power: np.roll(power, 1, axis=1)),
    "all zeros": _changed(np.zeros_like),
}
