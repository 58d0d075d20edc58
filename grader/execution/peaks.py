"""The most that one core of this machine can do, measured in a worker, through the protocol that submissions are timed with.

A speed that no core can reach is then no speed; and it is what a program's own speed can be compared with. Arithmetic is
measured with Numba, in the vectors that the workers' environment allows, and with the library behind NumPy's product, which
chooses its own: the faster one counts. All is done several times, in turns, and the best counts: other load only adds time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import ArraySpec
from grader.errors import GraderError
from grader.execution.interface import Backend, Worker
from grader.machine import Bandwidth, Peaks

KERNELS = Path(__file__).with_name("peak_kernels.py")
"""What the worker runs; the grader itself only reads it."""

ARITHMETIC, PRODUCT, READ, WRITE, COPY = range(5)
SIZES_BYTES = (1 << 14, 1 << 18, 1 << 22, 1 << 27)
"""Memory that fits the first, the second and the third level of common caches, and memory that fits none."""

STEPS = 8
"""Of the arithmetic: multiplications and additions of each number, in one repeat."""
_FLOP = 1 << 29
_ARITHMETIC_SIZES_BYTES = (1 << 10, 1 << 14)
"""Which of them is faster depends on where the numbers come to lie."""
_MATRIX = 768
"""Rows and columns of the matrices that are multiplied."""
_MOVED_BYTES = 1 << 29
"""A call moves so much: some milliseconds even in the fastest cache, so that the cost of the call itself does not show."""
_TRIES = 7
_FIRST_LIMIT_S, _LIMIT_S = 120.0, 30.0


@dataclass(frozen=True)
class _Probe:
    """One kind of work: what is asked of the kernels, and how much it is (operations, or bytes)."""

    kind: int
    size_bytes: int
    repeats: int
    amount: float


def probe_submission() -> Submission:
    """The kernels as a submission."""
    source = SourceFile(KERNELS.name, KERNELS.read_bytes())
    return Submission("grader", "reference", KERNELS.stem, Path(), (source,), KERNELS.name, KERNELS.stem, (), KERNELS.stem)


def measure_peaks(backend: Backend) -> Peaks:
    """Measure them, in a few seconds.

    Raises:
        GraderError: a worker cannot run the kernels.
    """
    probes = list(_probes())
    with backend.generation() as generation:
        worker = generation.start(probe_submission())
        load = worker.load(_FIRST_LIMIT_S)
        if load.failure is not None:
            raise GraderError(f"the machine's peaks cannot be measured: {load.failure.message}")
        for probe in probes:
            _call_s(worker, probe, _FIRST_LIMIT_S)  # it compiles
        rounds = [[_call_s(worker, probe, _LIMIT_S) for probe in probes] for _ in range(_TRIES)]
    best = {
        (probe.kind, probe.size_bytes): probe.amount / min(times_s[index] for times_s in rounds)
        for index, probe in enumerate(probes)
    }
    return Peaks(
        flop_per_s=max(speed for (kind, _), speed in best.items() if kind in (ARITHMETIC, PRODUCT)),
        bandwidths=tuple(Bandwidth(size, best[READ, size], best[WRITE, size], best[COPY, size]) for size in SIZES_BYTES),
    )


def _probes() -> Iterator[_Probe]:
    for size in _ARITHMETIC_SIZES_BYTES:
        yield _Probe(ARITHMETIC, size, _FLOP // (2 * STEPS * size // 8), _FLOP)
    yield _Probe(PRODUCT, 8 * _MATRIX**2, 1, 2 * _MATRIX**3)
    for size in SIZES_BYTES:
        repeats = max(1, _MOVED_BYTES // size)
        for kind in (READ, WRITE, COPY):
            yield _Probe(kind, size, repeats, repeats * size)


def _call_s(worker: Worker, probe: _Probe, limit_s: float) -> float:
    call = worker.call((probe.kind, probe.size_bytes, probe.repeats), (ArraySpec("float64", ()),), limit_s)
    if call.failure is not None:
        raise GraderError(f"the machine's peaks cannot be measured: {call.failure.message}")
    return call.wall_time_s
