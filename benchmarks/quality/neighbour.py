"""A neighbour that wants the machine too; it ends with the process that started it.

`python -m benchmarks.quality.neighbour KIND`
"""

import ctypes
import random
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1
_STREAM_BYTES = 128 << 20
_BURST_S = (0.2, 1.0)


def main() -> None:
    """Be a neighbour for good."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    {"busy": _busy, "bursts": _bursts, "traffic": _traffic}[sys.argv[1]]()


def _busy(seconds: float = float("inf")) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sum(range(1000))


def _bursts() -> None:
    while True:
        _busy(random.uniform(*_BURST_S))  # noqa: S311 -- when a neighbour works is no secret
        time.sleep(random.uniform(*_BURST_S))  # noqa: S311 -- the same


def _traffic() -> None:
    import numpy as np

    source, target = np.ones(_STREAM_BYTES, np.uint8), np.empty(_STREAM_BYTES, np.uint8)
    while True:
        np.copyto(target, source)


if __name__ == "__main__":
    main()
