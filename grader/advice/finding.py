"""A finding: one cause of slowness, at one line, with what was measured of it and what to do."""

from dataclasses import dataclass
from enum import StrEnum

from grader.grading.profile_lines import Line

MOST_GAIN = 100.0
"""More is promised of nothing."""


class Cause(StrEnum):
    """Why a line takes long; `docs/advice.md` has an example of each."""

    PYTHON_LOOP = "python-loop"
    NO_NJIT = "no-njit-on-hot-function"
    CALL_PER_ELEMENT = "call-per-element"
    GROWING_IN_LOOP = "growing-in-loop"
    APPEND_THEN_ARRAY = "append-then-array"
    REPEATED_WORK = "repeated-work"
    LARGE_TEMPORARIES = "large-temporaries"
    NEEDLESS_COPY = "needless-copy"
    MEMORY_ORDER = "memory-order"
    STRIDED_REDUCTION = "strided-reduction"
    DTYPE_UPCAST = "dtype-upcast"
    OBJECT_ARRAY = "object-array"
    NP_VECTORIZE = "np-vectorize"
    UFUNC_METHOD = "unvectorised-ufunc-method"
    PYTHON_SUM = "python-sum-on-array"
    POWER = "power-of-integer"
    MASKED_EVERYTHING = "masked-everything"
    PRIME_FFT = "prime-fft"
    FULL_SPECTRUM = "full-spectrum"
    NEEDLESS_ROOT = "needless-root"
    DIVISION = "division-in-loop"
    STRING_KEYS = "string-keys"
    OUTPUT = "output-in-function"
    RECOMPILES = "numba-recompiles"
    OBJECT_MODE = "object-mode"
    GIL_THREADS = "gil-threads"
    PROCESS_STARTUP = "process-startup"
    PROCESS_COPIES = "process-copies"
    OVERSUBSCRIPTION = "oversubscription"


@dataclass(frozen=True)
class Finding:
    """What one rule has found."""

    cause: Cause
    line: Line
    evidence: str
    """What was measured."""
    next_step: str
    gain: float
    """At most so many times as fast: by Amdahl's law, as if what the finding is about took no time at all."""


def amdahl_gain(share: float) -> float:
    """What removing this share of the time gains at most."""
    return min(MOST_GAIN, 1 / max(1 - share, 1 / MOST_GAIN))
