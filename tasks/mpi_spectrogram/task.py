"""The spectrogram with MPI: the task `spectrogram`, whose code judges it, on several processes.

Cases and what can go wrong in sharing out the frames are its own.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.content.shares import shares, sharing_mistakes, whole_shares
from grader.content.task import Array, Case, Outputs, task_beside
from grader.profiles import Profile

Reals: TypeAlias = NDArray[np.float64]

spectrogram = task_beside(__file__, "spectrogram")


# The cases. By the number of processes, since each number is another start of MPI; those that explain most come first.

CHECK_CASES = (
    Case(
        "whole-numbers",
        spectrogram._draw_whole_numbers,
        "Six short frames of whole numbers that can be followed by hand: w = 4, hop = 2.",
    ),
    Case("small", spectrogram._random(31, 8, 3), "Eight frames of 8 samples; the last two samples do not fill a frame."),
    Case("silence", spectrogram._draw_silence, "A signal of zeros: every power is 0."),
    Case("halves", spectrogram._random(50, 8, 6), "Eight frames for two processes.", processes=2),
    Case("odd-frames", spectrogram._random(100, 15, 4), "Twenty-two frames of an odd length.", processes=2),
    Case(
        "one-frame", spectrogram._random(16, 16, 5), "One frame for two processes: one of them has nothing to do.", processes=2
    ),
    Case("gaps", spectrogram._random(150, 12, 31), "hop is larger than the window, and there are five frames.", processes=2),
    Case("thirds", spectrogram._random(103, 16, 8), "Eleven frames for three processes.", processes=3),
    Case("two-frames", spectrogram._random(25, 16, 9), "Fewer frames than processes.", processes=3),
    Case(
        "no-frame",
        spectrogram._random(13, 16, 8),
        "The signal is shorter than the window: no frame, so an array of shape (0, w//2 + 1).",
        processes=3,
    ),
)

BENCHMARK_CASES = tuple(replace(case, processes=2) for case in spectrogram.BENCHMARK_CASES)


# The known mistakes in sharing out


def _rearranged(arrange: Callable[[Reals, int], Array]) -> Callable[..., Outputs]:
    """What becomes of the right rows, by the number of processes."""

    def compute(processes: int, signal: Reals, window: Reals, hop: int) -> Outputs:
        power = spectrogram._power(signal, window, hop)
        return (np.ascontiguousarray(arrange(power, processes), dtype=np.float64),)

    return compute


def _remainder_zero(power: Reals, processes: int) -> Array:
    power[whole_shares(len(power), processes)[-1].stop :] = 0
    return power


def _own_rows_only(power: Reals, processes: int) -> Array:
    power[shares(len(power), processes)[0].stop :] = 0
    return power


def _in_reverse(power: Reals, processes: int) -> Array:
    return np.concatenate([power[rows] for rows in reversed(shares(len(power), processes))])


def _dealt_out(power: Reals, processes: int) -> Array:
    """Every P-th frame was a process's, and the parts were put below each other."""
    return np.concatenate([power[rank::processes] for rank in range(processes)])


def _cut_signal(processes: int, signal: Reals, window: Reals, hop: int) -> Outputs:
    """The signal was cut into parts: frames across the cuts are missing, and there are zeros at the end for them."""
    parts = [spectrogram._power(signal[samples], window, hop) for samples in shares(len(signal), processes)]
    found = np.concatenate(parts)
    power = np.zeros((spectrogram._n_frames(signal, window, hop), len(window) // 2 + 1))
    count = min(len(found), len(power))
    power[:count] = found[:count]
    return (power,)


def _summed_everywhere(power: Reals, processes: int) -> Array:
    return power * processes


MISTAKES = (
    *sharing_mistakes(
        "remainder left out",
        "The last frames are still zero: with P processes, some have to take n_frames//P + 1 of them.",
        _rearranged(_remainder_zero),
    ),
    *sharing_mistakes(
        "own frames only", "Only the frames of rank 0 are there: gather those of all.", _rearranged(_own_rows_only)
    ),
    *sharing_mistakes("parts in reverse", "The parts are put together in reverse order.", _rearranged(_in_reverse)),
    *sharing_mistakes(
        "dealt out",
        "Every P-th frame was given to a process, and their parts stand below each other: row k belongs to frame k.",
        _rearranged(_dealt_out),
    ),
    *sharing_mistakes(
        "signal cut",
        "The signal was cut into parts, and the frames across the cuts are missing: share out frames, not samples.",
        _cut_signal,
    ),
    *sharing_mistakes(
        "everything everywhere",
        "This is the answer times the number of processes: each of them did all frames before they were added.",
        _rearranged(_summed_everywhere),
    ),
)


TASK = replace(
    spectrogram.TASK,
    title="Spectrogram with MPI",
    check_cases=CHECK_CASES,
    benchmark_cases=BENCHMARK_CASES,
    mistakes=(*spectrogram.MISTAKES, *MISTAKES),
    pictures=tuple(
        replace(picture, cases=tuple(replace(case, processes=2) for case in picture.cases)) for picture in spectrogram.PICTURES
    ),
    variant_of="spectrogram",
    profile=Profile.MPI,
)
