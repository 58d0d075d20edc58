"""What a submission's Numba functions were compiled to is kept for its next worker, and for nobody else."""

import struct
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import WorkerSettings, ZygoteGeneration
from grader.execution.interface import FailureKind
from grader.execution.plain import PlainBackend
from tests.execution.workers import LONG_S, ONE_NUMBER, Workers, number

HITS = """
    from numba import njit
    import helper

    @njit
    def total(a):
        return helper.first(a) + 1.0

    def f(a):
        total(a)
        return float(sum(total.stats.cache_hits.values()))
"""
HELPER = {"helper.py": "from numba import njit\n\n@njit\ndef first(a):\n    return a[0]\n"}
DIRECT = "import numba\n\n@numba.njit\ndef f(a): return a[0] + 2.0"
CALL = ((np.ones(3),), ONE_NUMBER, LONG_S)


@pytest.fixture(scope="module")
def generation(backend: PlainBackend | BubblewrapBackend, settings: WorkerSettings) -> Iterator[ZygoteGeneration]:
    """With Numba imported before the fork, in a hurry to compile."""
    quick = replace(settings, preload=("numpy", "numba"), environment={"NUMBA_OPT": "0"})
    with type(backend)(quick).generation() as started:
        yield started


def test_the_next_worker_loads_what_the_first_compiled(workers: Workers) -> None:
    first = workers.start(HITS, helpers=HELPER)
    assert first.load(LONG_S).failure is None
    assert number(first.call(*CALL)) == 0
    compiled = first.compiled_functions()
    assert number(first.call(*CALL)) == 0, "the first worker goes on after it was asked"
    first.close()
    second = workers.start(HITS, helpers=HELPER)
    assert second.load(LONG_S, compiled).failure is None
    assert number(second.call(*CALL)) == 1
    second.close()
    third = workers.start(HITS, helpers=HELPER)
    assert third.load(LONG_S).failure is None
    assert third.compiled_functions() == b"", "a worker that was given nothing finds nothing"


def test_a_function_that_is_itself_compiled_is_called_like_any_other(workers: Workers) -> None:
    worker = workers.ready(DIRECT)
    assert number(worker.call(*CALL)) == 3.0
    assert worker.compiled_functions()


def test_a_submission_without_numba_has_nothing_to_keep(workers: Workers) -> None:
    assert workers.ready("def f(): return 0.0").compiled_functions() == b""


def test_a_function_that_cannot_be_cached_is_compiled_anew(workers: Workers) -> None:
    worker = workers.ready("import numba\nexec('def g(a): return a[0] + 2.0')\nf = numba.njit(g)")
    assert number(worker.call(*CALL)) == 3.0
    assert worker.compiled_functions() == b""


@pytest.mark.parametrize("forged", [b"abc", b"what was never packed", struct.pack("<II", 9, 1) + b"/f.py/../x"])
def test_what_a_submission_makes_of_its_own_cache_is_its_own_fault(workers: Workers, forged: bytes) -> None:
    worker = workers.start("def f(): return 5.0")
    failure = worker.load(LONG_S, forged).failure
    assert failure is None or failure.kind is FailureKind.EXCEPTION
    assert worker.alive
    assert number(workers.call("def f(): return 5.0")) == 5.0


def test_more_threads_than_the_budget_cannot_be_asked_for(workers: Workers) -> None:
    worker = workers.ready("import numba\ndef f(n):\n    numba.set_num_threads(n)\n    return 0.0")
    failure = worker.call((8,), ONE_NUMBER, LONG_S).failure
    assert failure is not None
    assert "number of threads must be between 1 and" in failure.message
