"""The secret cases of `scalogram`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""

    def draw_offset(rng: np.random.Generator) -> Inputs:
        return task._packets(rng, 200) + 100.0, task._scales(rng, 4.0, 12.0, 4)

    def draw_long_wavelets(rng: np.random.Generator) -> Inputs:
        return task._packets(rng, 90), np.array([60.0, 90.0, 86.0, 200.0, 1000.0]) * rng.uniform(0.99, 1.01)

    def draw_loud_and_quiet(rng: np.random.Generator) -> Inputs:
        """A loud tone beside noise: the rows of the noise must not be lost beside it."""
        n = 2048
        omega = 2 * np.pi * int(rng.integers(17, 21)) / n
        signal = np.sin(omega * np.arange(n)) + task.NOISE * rng.standard_normal(n)
        return signal, (task.CENTER + np.array([0.0, 7.02, 7.1, 10.0, 20.0, 60.0])) / omega

    return (
        Case("one-sample", task._sized(1, 3, 9.0), "n = 1: the only frequency is 0, where every wavelet is 0."),
        Case("two-samples", task._sized(2, 3, 9.0), "n = 2: the frequencies are 0 and −π, and none is positive."),
        Case("offset", draw_offset, "A signal far from zero: its mean, at ω = 0, does not count."),
        Case("slow", _draw_slow, "A slow wave: short wavelets hardly see it, and only ω > 0 counts."),
        Case("long-wavelets", draw_long_wavelets, "Scales as long as the signal, and longer."),
        Case("prime-211", task._sized(211, 4, 25.0), "n is a prime number."),
        Case(
            "microvolts",
            task._sized(180, 3, 20.0, size=1e-9),
            "Small numbers, powers of 10⁻¹⁶ and less: they are no zeros.",
        ),
        Case(
            "loud",
            task._sized(180, 3, 20.0, size=1e7),
            "Large numbers: only ratios matter, so nothing may depend on their size.",
        ),
        Case("loud-and-quiet", draw_loud_and_quiet, "A loud tone in some rows, noise of a thousandth in others."),
        Case("1500x6", task._timed(1500, 6), "Wave packets and a chirp, as in the timed calls."),
        Case("4096x5", task._timed(4096, 5), "A longer signal, with scales up to 256."),
    )


def _draw_slow(rng: np.random.Generator) -> Inputs:
    """A wave so slow that short wavelets hardly see it, and its mirror image at negative frequencies no less."""
    n = 300
    return np.cos(2 * np.pi * 2 / n * np.arange(n) + rng.uniform(0, 6)), rng.permutation(np.array([4.0, 6.0, 10.0, 40.0]))
