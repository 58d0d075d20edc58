"""Ways to share the spectrogram out: honest ones, which a checker must accept, and wrong ones, which it must reject."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares
from tests.tasks.spectrogram_variants import (
    Reals,
    Variant,
    absolute_value_squared,
    chirp_transform,
    compiled_sums,
    half_of_the_full_transform,
    matrix_product,
    two_frames_in_one_transform,
)

Frames: TypeAlias = NDArray[np.intp]


def _n_frames(signal: Reals, window: Reals, hop: int) -> int:
    return max(0, 1 + (len(signal) - len(window)) // hop)


def _in_blocks(processes: int, transform: Variant) -> Variant:
    """Each process gets the samples that its frames lie in."""

    def mpi_spectrogram(signal: Reals, window: Reals, hop: int) -> Reals:
        parts = [np.empty((0, len(window) // 2 + 1))]
        for frames in shares(_n_frames(signal, window, hop), processes):
            if frames.start < frames.stop:
                samples = signal[frames.start * hop : (frames.stop - 1) * hop + len(window)]
                parts.append(transform(samples, window, hop))
        return np.concatenate(parts)

    return mpi_spectrogram


def dealt_to_three(signal: Reals, window: Reals, hop: int) -> Reals:
    """Every third frame for each, put back to its row."""
    power = np.empty((_n_frames(signal, window, hop), len(window) // 2 + 1))
    for rank in range(3):
        power[rank::3] = half_of_the_full_transform(signal[rank * hop :], window, 3 * hop)[: len(power[rank::3])]
    return power


HONEST: dict[str, Variant] = {
    "three blocks": _in_blocks(3, half_of_the_full_transform),
    "seven blocks": _in_blocks(7, absolute_value_squared),
    "two blocks by a matrix": _in_blocks(2, matrix_product),
    "five blocks, two frames in one transform": _in_blocks(5, two_frames_in_one_transform),
    "three blocks by chirps": _in_blocks(3, chirp_transform),
    "four blocks, compiled": _in_blocks(4, compiled_sums),
    "dealt to three": dealt_to_three,
}


# Wrong, beyond the mistakes that the task names


def _changed(change: Callable[[Reals], Reals]) -> Variant:
    """The right power, changed."""
    return lambda signal, window, hop: change(half_of_the_full_transform(signal, window, hop))


def _second_part(change: Callable[[Reals, Reals], tuple[Reals, Reals]]) -> Variant:
    """Two processes, of which the second one works with other samples or another window."""

    def mpi_spectrogram(signal: Reals, window: Reals, hop: int) -> Reals:
        power = half_of_the_full_transform(signal, window, hop)
        half = len(power) // 2
        power[half:] = half_of_the_full_transform(*change(signal[half * hop :], window), hop)[: len(power) - half]
        return power

    return mpi_spectrogram


def _nothing_from_others(power: Reals) -> Reals:
    power[(len(power) + 1) // 2 :] = np.nan
    return power


def _first_part_twice(power: Reals) -> Reals:
    half = len(power) // 2
    power[half : 2 * half] = power[:half]
    return power


def _seam_missing(power: Reals) -> Reals:
    power[len(power) // 2 : len(power) // 2 + 1] = 0
    return power


def _below_as_columns(power: Reals) -> Reals:
    """Parts put side by side and cut into rows."""
    half = len(power) // 2
    return np.concatenate([power[half:].ravel(), power[:half].ravel()]).reshape(power.shape)


WRONG: dict[str, Variant] = {
    "nothing from others": _changed(_nothing_from_others),
    "first part twice": _changed(_first_part_twice),
    "frame at the seam missing": _changed(_seam_missing),
    "parts swapped": _changed(_below_as_columns),
    "last frame missing": _changed(lambda power: np.concatenate([power[:-1], 0 * power[-1:]])),
    "sent in single precision": _changed(lambda power: power.astype(np.float32).astype(np.float64)),
    "second without a window": _second_part(lambda signal, window: (signal, np.ones_like(window))),
    "second with the window turned": _second_part(lambda signal, window: (signal, window[::-1].copy())),
    "second one sample late": _second_part(lambda signal, window: (np.append(signal[1:], 0.0), window)),
    "second without its mean": _second_part(lambda signal, window: (signal - signal.mean(), window)),
    "second half as loud": _second_part(lambda signal, window: (signal / 2, window)),
    "averaged between processes": _changed(lambda power: (power + np.roll(power, 1, axis=0)) / 2),
}
