"""What a submission's Numba functions were compiled to is kept for its next worker, and for nobody else."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from grader.content.submission import Submission
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
MADE_INSIDE = """
    from numba import njit

    def f(a):
        def first(b): return b[0] + 2.0
        compiled = njit(first)
        return keep(compiled)(a)

    kept = []

    def keep(function):
        kept.append(function)
        return function
"""
NEVER_CALLED = "import numba\n\n@numba.njit\ndef g(a): return a[0]\n\ndef f(a): return float(a[0])"
PARALLEL = """
    import numba

    @numba.njit(parallel=True)
    def f(a):
        total = 0.0
        for i in numba.prange(len(a)):
            total += a[i]
        return total
"""
CALL = ((np.ones(3),), ONE_NUMBER, LONG_S)


@pytest.fixture(scope="module")
def generation(backend: PlainBackend | BubblewrapBackend, settings: WorkerSettings) -> Iterator[ZygoteGeneration]:
    """With Numba imported before the fork, in a hurry to compile."""
    quick = replace(settings, preload=("numpy", "numba"), environment={"NUMBA_OPT": "0"})
    with type(backend)(quick).generation() as started:
        yield started


def test_a_file_whose_name_is_no_module_name_finds_its_functions_again_in_another_generation(
    backend: PlainBackend | BubblewrapBackend, settings: WorkerSettings, submission_of: Callable[..., Submission]
) -> None:
    quick = replace(settings, preload=("numpy", "numba"), environment={"NUMBA_OPT": "0"})
    compiled = b""
    for _ in range(2):
        with type(backend)(quick).generation() as generation:
            workers = Workers(generation, submission_of)
            worker = workers.start(PARALLEL, file="f (1).py")
            assert worker.load(LONG_S, compiled).failure is None
            assert number(worker.call(*CALL)) == 3
            compiled = worker.compiled_functions()
            workers.close()
    assert compiled


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


# How many there are: what it says itself, as advice


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("def f(a): return 3.0", 0),
        ("import numba\n\ndef f(a): return 3.0", 0),
        (NEVER_CALLED, 0),
        (DIRECT, 1),
        (MADE_INSIDE, 1),
    ],
    ids=["plain", "Numba imported", "never called", "called", "made inside another"],
)
def test_what_numba_has_compiled_is_counted(workers: Workers, source: str, count: int) -> None:
    worker = workers.ready(source)
    assert worker.compiled_count() == 0
    assert worker.call(*CALL).failure is None
    assert worker.compiled_count() == count
    assert worker.call(*CALL).failure is None, "it goes on after it was asked"


def test_those_of_its_helper_files_count_and_those_of_libraries_do_not(workers: Workers) -> None:
    worker = workers.ready(HITS, helpers=HELPER)
    worker.call(*CALL)
    assert worker.compiled_count() == 2
    library = workers.ready("import numba.np.arraymath as library\n\ndef f(a): return 3.0")
    library.call(*CALL)
    assert library.compiled_count() == 0


def test_those_that_were_compiled_in_an_earlier_run_count_too(workers: Workers) -> None:
    first = workers.ready(DIRECT)
    first.call(*CALL)
    second = workers.start(DIRECT)
    assert second.load(LONG_S, first.compiled_functions()).failure is None
    second.call(*CALL)
    assert second.compiled_count() == 1


def test_what_else_lies_around_is_no_reason_to_count_nothing(workers: Workers) -> None:
    gone = "\n\nimport weakref\n\nclass Gone: pass\n\nproxy = weakref.proxy(Gone())"
    worker = workers.ready(DIRECT + gone)
    worker.call(*CALL)
    assert worker.compiled_count() == 1


@pytest.mark.parametrize("answer", ["'many'", "'-1'", "''", "'1.5'", "'9' * 30", "'²'"])
def test_a_made_up_answer_that_is_no_count_is_none(workers: Workers, answer: str) -> None:
    forging = f"import sys\nsys.modules['grader.worker.numba_cache'].compiled_count = lambda folder: {answer}\n"
    worker = workers.ready(forging + "def f(): return 5.0")
    assert number(worker.call((), ONE_NUMBER, LONG_S)) == 5.0
    assert worker.compiled_count() is None


def test_whoever_breaks_while_it_is_asked_says_nothing_and_costs_nobody_else_anything(workers: Workers) -> None:
    breaking = "import sys\nsys.modules['grader.worker.numba_cache'].compiled_count = lambda folder: 1 / 0\n"
    worker = workers.ready(breaking + "def f(): return 5.0")
    assert worker.compiled_count() is None
    assert worker.compiled_count() is None
    assert worker.compiled_functions() == b""
    assert number(workers.call("def f(): return 5.0")) == 5.0


def test_an_ended_worker_says_nothing(workers: Workers) -> None:
    worker = workers.ready("import os\n\ndef f(): os._exit(0)")
    worker.call((), ONE_NUMBER, LONG_S)
    assert worker.compiled_count() is None


def test_more_threads_than_the_budget_cannot_be_asked_for(workers: Workers) -> None:
    worker = workers.ready("import numba\ndef f(n):\n    numba.set_num_threads(n)\n    return 0.0")
    failure = worker.call((8,), ONE_NUMBER, LONG_S).failure
    assert failure is not None
    assert "number of threads must be between 1 and" in failure.message
