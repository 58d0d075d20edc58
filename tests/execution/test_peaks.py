"""A machine's peaks: plausible figures of a real worker, and the best of several where a worker is disturbed."""

import ast
import itertools

import pytest

from grader.content.task import Inputs
from grader.errors import GraderError
from grader.execution import peaks as peaks_module
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.interface import Failure, FailureKind
from grader.execution.peaks import KERNELS, SIZES_BYTES, measure_peaks
from grader.testing import Script, ScriptedBackend


def test_a_real_core_computes_and_moves_what_cores_of_these_years_do(sandbox: BubblewrapBackend) -> None:
    peaks = measure_peaks(sandbox)
    assert 1e9 < peaks.flop_per_s < 1e12
    assert [one.size_bytes for one in peaks.bandwidths] == list(SIZES_BYTES)
    for one in peaks.bandwidths:
        for speed in (one.read_bytes_per_s, one.write_bytes_per_s, one.copy_bytes_per_s):
            assert 2e8 < speed < 5e12


def scripted(call_s: Script) -> ScriptedBackend:
    return ScriptedBackend({"grader": call_s})


def test_the_best_of_several_calls_counts() -> None:
    calls = itertools.count()

    def disturbed(_inputs: Inputs, _number: int) -> float:
        return 0.01 if next(calls) % 2 else 0.05

    quiet = measure_peaks(scripted(Script(lambda *_: 0.0, lambda *_: 0.01)))
    assert measure_peaks(scripted(Script(lambda *_: 0.0, disturbed))) == quiet
    assert quiet.flop_per_s > 0


def test_the_first_call_of_each_kind_compiles_and_counts_for_nothing() -> None:
    instant_at_first = Script(lambda *_: 0.0, lambda _inputs, number: 1e-9 if number < 15 else 0.01)
    assert measure_peaks(scripted(instant_at_first)) == measure_peaks(scripted(Script(lambda *_: 0.0, lambda *_: 0.01)))


@pytest.mark.parametrize(
    "script",
    [
        Script(lambda *_: 0.0, import_failure=Failure(FailureKind.IMPORT, "no numba", "numba")),
        Script(lambda *_: 0.0, failures={20: Failure(FailureKind.MEMORY, "no memory")}),
    ],
)
def test_where_the_kernels_do_not_run_it_is_said_why(script: Script) -> None:
    with pytest.raises(GraderError, match=r"the machine's peaks cannot be measured: no (numba|memory)"):
        measure_peaks(scripted(script))


def test_the_kernels_and_what_is_asked_of_them_agree() -> None:
    """They are read as text, so nothing else would say it: what is counted as done would not be what is done."""
    found = {}
    for node in ast.parse(KERNELS.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and not isinstance(node.value, ast.Call):
            found[node.targets[0].id] = eval(ast.unparse(node.value))  # noqa: S307 -- numbers of our own
    assert found["STEPS"] == peaks_module.STEPS
    assert found["MEMORY_BYTES"] >= max(SIZES_BYTES)
    kinds = {"ARITHMETIC": 0, "PRODUCT": 1, "READ": 2, "WRITE": 3}
    assert {name: getattr(peaks_module, name) for name in kinds} == kinds
    assert f"def {KERNELS.stem}(".encode() in KERNELS.read_bytes()
    assert b"ARITHMETIC, PRODUCT, READ, WRITE = range(4)" in KERNELS.read_bytes()
