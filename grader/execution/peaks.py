"""The most that this machine can do, measured in a worker, through the protocol that submissions are timed with.

A speed that no core can reach is then no speed; and it is what a program's own speed can be compared with. Arithmetic is
measured in vectors of each width that the CPU has and the workers' environment allows, and with the library behind NumPy's
product, which chooses its own: the fastest counts. All is done several times, in turns, and the best counts: other load only
adds time. One core is measured, and where a budget is more, all of its cores at once: they share memory, and may share units.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import ArraySpec
from grader.errors import GraderError
from grader.execution.interface import Backend, Call, Generation, Worker
from grader.machine import Bandwidth, Peaks, VectorPeak
from grader.profiles import Profile

KERNELS = Path(__file__).with_name("peak_kernels.py")
"""What the worker runs; the grader itself only reads it."""

ARITHMETIC, REGISTERS, PRODUCT, READ, WRITE, COPY = range(6)
VECTORS_BYTES = (8, 16, 32, 64)
"""A number by itself, and vectors as SSE and NEON, AVX, and AVX-512 have them."""
SIZES_BYTES = {"L1": 1 << 14, "L2": 1 << 18, "L3": 1 << 22, "memory": 1 << 27}
"""For each core: memory that fits the first, the second and the third level of common caches, and memory that fits none."""

CHAINS, STEPS = 12, 8
"""Of the arithmetic: a multiplication and an addition of so many vectors, so many times, in one repeat."""
_REPEATS = (1 << 24) // (CHAINS * STEPS)
"""Some 2 ms in vectors of any width: on a busy machine, longer calls are interrupted for others more often than not."""
_MATRIX = 768
"""Rows and columns of the matrices that are multiplied."""
_MOVED_BYTES = 1 << 29
"""A call moves so much: some milliseconds even in the fastest cache, so that the cost of the call itself does not show."""
_TOGETHER_BYTES = 1 << 28
"""What all cores together go over at most: far less than a worker may use, and more than most caches."""
_TRIES = 7
_ARITHMETIC_CALLS = 5
"""In each try: they are short, and a neighbour that shares a core's units halves their speed while it is at work."""
_FIRST_LIMIT_S, _LIMIT_S = 120.0, 30.0


@dataclass(frozen=True)
class _Probe:
    """One kind of work on so many cores: what is asked of the kernels, and how much it is (operations, or bytes)."""

    kind: int
    size_bytes: int
    """Of a vector, or of each core's memory."""
    repeats: int
    amount: float
    cores: int


def probe_submission() -> Submission:
    """The kernels as a submission."""
    source = SourceFile(KERNELS.name, KERNELS.read_bytes())
    return Submission("grader", "reference", KERNELS.stem, Path(), (source,), KERNELS.name, KERNELS.stem, (), KERNELS.stem)


def measure_peaks(backend: Backend, cores: int) -> Peaks:
    """Measure one core, and `cores` at once, which is a worker's budget; takes a few seconds.

    Raises:
        GraderError: a worker cannot run the kernels.
    """
    with backend.generation() as generation:
        one = _measured(generation, 1)
        return one if cores == 1 else replace(one, together=_measured(generation, cores))


def _measured(generation: Generation, cores: int) -> Peaks:
    worker = generation.start(probe_submission(), Profile.SINGLE if cores == 1 else Profile.THREADS)
    load = worker.load(_FIRST_LIMIT_S)
    if load.failure is not None:
        raise GraderError(f"the machine's peaks cannot be measured: {load.failure.message}")
    vectors_bytes = [size_bytes for size_bytes in VECTORS_BYTES if _register_bytes(worker, size_bytes) == size_bytes]
    sizes_bytes = {level: min(size_bytes, _TOGETHER_BYTES // cores) for level, size_bytes in SIZES_BYTES.items()}
    probes = list(_probes(vectors_bytes, list(sizes_bytes.values()), cores))
    for probe in probes:
        _call(worker, probe, _FIRST_LIMIT_S)  # it compiles
    rounds = [[_best_s(worker, probe) for probe in probes] for _ in range(_TRIES)]
    worker.close()
    best = {
        (probe.kind, probe.size_bytes): probe.amount / min(times_s[index] for times_s in rounds)
        for index, probe in enumerate(probes)
    }
    return Peaks(
        flop_per_s=max(speed for (kind, _), speed in best.items() if kind in (ARITHMETIC, PRODUCT)),
        bandwidths=tuple(
            Bandwidth(cores * size, best[READ, size], best[WRITE, size], best[COPY, size], level)
            for level, size in sizes_bytes.items()
        ),
        vectors=tuple(VectorPeak(8 * size, best[ARITHMETIC, size]) for size in vectors_bytes),
    )


def _probes(vectors_bytes: Sequence[int], sizes_bytes: Sequence[int], cores: int) -> Iterator[_Probe]:
    for size in vectors_bytes:
        flop = 2 * CHAINS * STEPS * size // 8
        yield _Probe(ARITHMETIC, size, _REPEATS, cores * _REPEATS * flop, cores)
    yield _Probe(PRODUCT, 2 * 8 * _MATRIX**2, 1, cores * 2 * _MATRIX**3, cores)
    for size in sizes_bytes:
        repeats = max(1, _MOVED_BYTES // size)
        for kind in (READ, WRITE, COPY):
            yield _Probe(kind, size, repeats, cores * repeats * size, cores)


def _register_bytes(worker: Worker, size_bytes: int) -> float:
    """How wide the registers are that code with vectors of this size is compiled for: smaller ones, where there are no such."""
    call = _call(worker, _Probe(REGISTERS, size_bytes, 1, 0.0, 1), _FIRST_LIMIT_S)
    return float(call.outputs[0]) if call.outputs is not None else 0.0


def _best_s(worker: Worker, probe: _Probe) -> float:
    calls = _ARITHMETIC_CALLS if probe.kind == ARITHMETIC else 1
    return min(_call(worker, probe, _LIMIT_S).wall_time_s for _ in range(calls))


def _call(worker: Worker, probe: _Probe, limit_s: float) -> Call:
    inputs = (probe.kind, probe.size_bytes, probe.repeats, probe.cores)
    call = worker.call(inputs, (ArraySpec("float64", ()),), limit_s)
    if call.failure is not None:
        raise GraderError(f"the machine's peaks cannot be measured: {call.failure.message}")
    return call
