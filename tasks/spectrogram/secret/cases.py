"""The secret cases of `spectrogram`, made with what `task.py` has: no student's copy of the course holds them."""

from types import ModuleType

import numpy as np

from grader.content.task import Case, Inputs


def secret_cases(task: ModuleType) -> tuple[Case, ...]:
    """From the smallest to the largest."""

    def draw_quiet(rng: np.random.Generator) -> Inputs:
        """A signal that begins with noise alone, has a loud middle, falls silent and ends with a whisper."""
        signal = task._tones(rng, 1200)
        signal[:400] = task.NOISE * rng.standard_normal(400)
        signal[700:900] = 0.0
        signal[900:] *= 1e-4
        return signal, np.hanning(64), 16

    return (
        Case("one-sample", task._random(1, 1, 1), "One sample, a window of one weight: one number, (signal · weight)²."),
        Case("window-of-1", task._random(9, 1, 2), "w = 1: a frame is one sample, and its spectrum one number."),
        Case("hop-1", task._random(60, 16, 1), "hop = 1: a frame begins at every sample."),
        Case("constant", _draw_constant, "A constant signal: its mean is part of it and stays in column 0."),
        Case("offset", task._random(200, 24, 10, offset=5.0), "A signal far from zero: nothing may be subtracted from it."),
        Case(
            "loud",
            task._random(180, 20, 10, scale=1e7),
            "Large numbers: only ratios matter, so nothing may depend on their size.",
        ),
        Case("quiet", draw_quiet, "Quiet frames beside loud ones: each has its spectrum, and none may be skipped."),
        Case("prime-window", task._random(700, 101, 25), "w is a prime number."),
        Case(
            "1019-of-3000",
            task._random(3000, 1019, 200),
            "A long window whose length is prime, just below a power of two.",
        ),
        Case("1024-of-7000", task._timed(7000), "Window and hop of the timed calls, 24 frames."),
    )


def _draw_constant(rng: np.random.Generator) -> Inputs:
    return np.full(90, rng.uniform(1, 3)), np.hanning(32), 8
