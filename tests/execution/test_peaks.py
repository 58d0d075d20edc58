"""A machine's peaks: plausible figures of a real worker, and the best of several where a worker is disturbed."""

import ast
import itertools

import pytest

from grader.content.task import Inputs
from grader.errors import GraderError
from grader.execution import peaks as peaks_module
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.interface import Failure, FailureKind
from grader.execution.peaks import ARITHMETIC, KERNELS, REGISTERS, SIZES_BYTES, measure_peaks
from grader.machine import cpu_flags
from grader.profiles import Profile
from grader.testing import Script, ScriptedBackend

MOST_HZ = 6e9
MOST_FLOP_PER_CYCLE = 2 * 2
"""Of each number in a vector: two units that multiply and add."""
BUSY = 3.0
"""By how much other load may make a figure smaller than a quiet machine would."""


def test_a_real_core_computes_and_moves_what_cores_of_these_years_do(sandbox: BubblewrapBackend) -> None:
    peaks = measure_peaks(sandbox, 1)
    widths = [vector.bits for vector in peaks.vectors]
    assert widths == [64, 128, 256, 512][: len(widths)]
    assert len(widths) >= 2, "every processor of 64 bits has vectors of 128"
    assert "avx2" not in cpu_flags() or 256 in widths
    for vector in peaks.vectors:
        assert 5e8 < vector.flop_per_s < MOST_HZ * MOST_FLOP_PER_CYCLE * vector.bits / 64
        assert vector.flop_per_s <= peaks.flop_per_s < MOST_HZ * MOST_FLOP_PER_CYCLE * 512 / 64
    for narrow, wide in itertools.pairwise(peaks.vectors):
        assert wide.flop_per_s > narrow.flop_per_s / BUSY
    assert peaks.vectors[-1].flop_per_s > peaks.vectors[0].flop_per_s
    assert [(one.level, one.size_bytes) for one in peaks.bandwidths] == list(SIZES_BYTES.items())
    for one in peaks.bandwidths:
        for speed in (one.read_bytes_per_s, one.write_bytes_per_s, one.copy_bytes_per_s):
            assert 2e8 < speed < MOST_HZ * 4 * 64, "a core moves four vectors a cycle at most"
    assert peaks.together is None


def scripted(call_s: Script) -> ScriptedBackend:
    return ScriptedBackend({"grader": call_s})


def with_vectors(kind: int, size_bytes: int, _repeats: int, _cores: int) -> float:
    """A processor with vectors of 256 bits: wider ones are made of two."""
    return float(min(size_bytes, 32)) if kind == REGISTERS else 0.0


QUIET = Script(with_vectors, lambda *_: 0.01)


def test_the_best_of_several_calls_counts() -> None:
    calls = itertools.count()

    def disturbed(_inputs: Inputs, _number: int) -> float:
        return 0.05 if next(calls) % 3 else 0.01

    quiet = measure_peaks(scripted(QUIET), 1)
    assert measure_peaks(scripted(Script(with_vectors, disturbed)), 1) == quiet
    assert quiet.flop_per_s > 0


def test_the_first_call_of_each_kind_compiles_and_counts_for_nothing() -> None:
    seen: set[object] = set()

    def instant_at_first(inputs: Inputs, _number: int) -> float:
        first = inputs not in seen
        seen.add(inputs)
        return 1e-9 if first else 0.01

    assert measure_peaks(scripted(Script(with_vectors, instant_at_first)), 1) == measure_peaks(scripted(QUIET), 1)


def test_only_vectors_that_the_processor_has_registers_for_are_measured() -> None:
    assert [vector.bits for vector in measure_peaks(scripted(QUIET), 1).vectors] == [64, 128, 256]


def test_the_fastest_arithmetic_is_the_peak() -> None:
    def wide_is_slow(inputs: Inputs, _number: int) -> float:
        return 0.1 if inputs[:2] == (ARITHMETIC, 32) else 0.01 if inputs[0] == ARITHMETIC else 1.0

    peaks = measure_peaks(scripted(Script(with_vectors, wide_is_slow)), 1)
    scalar, narrow, wide = (vector.flop_per_s for vector in peaks.vectors)
    assert peaks.flop_per_s == max(scalar, narrow)
    assert wide < narrow


def test_a_budget_of_several_cores_is_measured_on_all_of_them_at_once() -> None:
    """Memory that is shared here: four cores together move no more than one of them alone."""

    def memory_is_shared(inputs: Inputs, _number: int) -> float:
        kind, _, _, cores = inputs
        return 0.01 if kind == ARITHMETIC or cores == 1 else 0.04

    backend = scripted(Script(with_vectors, memory_is_shared))
    peaks = measure_peaks(backend, 4)
    assert backend.profiles == [Profile.SINGLE, Profile.THREADS]
    assert peaks.together is not None
    assert peaks.of_cores(1) is peaks
    assert peaks.of_cores(4) is peaks.together
    assert [many.flop_per_s / one.flop_per_s for one, many in zip(peaks.vectors, peaks.together.vectors, strict=True)] == [
        4
    ] * 3
    for one, many in zip(peaks.bandwidths, peaks.together.bandwidths, strict=True):
        assert many.read_bytes_per_s == pytest.approx(one.read_bytes_per_s)
        assert many.level == one.level
    assert peaks.together.bandwidths[0].size_bytes == 4 * peaks.bandwidths[0].size_bytes


def test_all_cores_together_take_no_more_memory_than_a_worker_may_have() -> None:
    together = measure_peaks(scripted(QUIET), 64).together
    assert together is not None
    assert together.bandwidths[-1].size_bytes == 1 << 28


@pytest.mark.parametrize(
    "script",
    [
        Script(with_vectors, import_failure=Failure(FailureKind.IMPORT, "no numba", "numba")),
        Script(with_vectors, failures={20: Failure(FailureKind.MEMORY, "no memory")}),
    ],
)
def test_where_the_kernels_do_not_run_it_is_said_why(script: Script) -> None:
    with pytest.raises(GraderError, match=r"the machine's peaks cannot be measured: no (numba|memory)"):
        measure_peaks(scripted(script), 1)


def test_the_kernels_and_what_is_asked_of_them_agree() -> None:
    """They are read as text, so nothing else would say it: what is counted as done would not be what is done."""
    found = {}
    for node in ast.parse(KERNELS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant):
            found[node.targets[0].id] = node.value.value
    assert {name: found[name] for name in ("CHAINS", "STEPS")} == {"CHAINS": peaks_module.CHAINS, "STEPS": peaks_module.STEPS}
    kinds = {"ARITHMETIC": 0, "REGISTERS": 1, "PRODUCT": 2, "READ": 3, "WRITE": 4}
    assert {name: getattr(peaks_module, name) for name in kinds} == kinds
    assert f"def {KERNELS.stem}(".encode() in KERNELS.read_bytes()
    assert f"{', '.join(kinds)} = range(5)".encode() in KERNELS.read_bytes()
