"""However many threads a submission asks for, they share the cores of its budget: seen from outside, and said."""

from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

from grader.content.submission import Submission
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import WorkerSettings, ZygoteGeneration
from grader.execution.interface import Call, FailureKind
from grader.execution.plain import PlainBackend
from grader.execution.process import WorkerProcess
from grader.grading.standings import thread_flags
from grader.machine import usable_cpus
from grader.profiles import Profile
from grader.records import CheckResult
from grader.verdicts import Verdict
from tests import cores as machine
from tests.execution.workers import LONG_S, ONE_NUMBER, Workers

pytestmark = pytest.mark.usefixtures("every_core")

ASKED = 8

BLAS = """
    import numpy as np
    from threadpoolctl import threadpool_limits

    LIMITS = threadpool_limits(8)
    A = np.ones((500, 500))

    def f():
        for _ in range(4):
            A @ A
        return 0.0
"""
NUMBA = """
    import os

    os.environ["NUMBA_NUM_THREADS"] = "8"

    import numba
    import numpy as np

    numba.config.THREADING_LAYER = {layer!r}

    @numba.njit(parallel=True)
    def kernel(x):
        total = 0.0
        for i in numba.prange(len(x)):
            for _ in range(400):
                total += np.sin(x[i])
        return total

    kernel(np.ones(10))

    def f():
        kernel(np.ones(200_000))
        return 0.0
"""
PYTHON = """
    from concurrent.futures import ThreadPoolExecutor
    import hashlib

    POOL = ThreadPoolExecutor(8)
    DATA = bytes(4 << 20)

    def work(_):
        for _ in range(5):
            hashlib.sha256(DATA)

    def f():
        list(POOL.map(work, range(8)))
        return 0.0
"""
"""Hashing lets go of the interpreter's lock."""

GREEDY = {
    "BLAS": BLAS,
    "Numba's own threads": NUMBA.format(layer="workqueue"),
    "OpenMP": NUMBA.format(layer="omp"),
    "Python's threads": PYTHON,
}


def ready(generation: ZygoteGeneration, submission: Submission, profile: Profile, cores: int | None = None) -> WorkerProcess:
    worker = generation.start(submission, profile, cores)
    load = worker.load(LONG_S)
    assert load.failure is None, load.failure
    return worker


def right(call: Call) -> Call:
    assert call.failure is None, call.failure
    return call


@pytest.mark.parametrize("source", GREEDY.values(), ids=GREEDY)
def test_whoever_asks_for_eight_threads_stays_on_one_core_and_is_told_so(
    workers: Workers, settings: WorkerSettings, source: str
) -> None:
    worker = workers.ready(dedent(source))
    right(worker.call((), ONE_NUMBER, LONG_S))
    call = right(worker.call((), ONE_NUMBER, LONG_S))
    assert worker._handle.cpus() == frozenset(settings.cpus)
    assert call.cpu_time_s <= 1.05 * call.wall_time_s + 1e-3
    assert call.threads >= ASKED
    (flag,) = thread_flags(CheckResult(Verdict.ACCEPTED, "correct", threads=call.threads), 1)
    assert "the budget is 1, so they shared 1 core" in flag


def test_whoever_asks_for_nothing_has_one_thread_on_one_core(workers: Workers, settings: WorkerSettings) -> None:
    worker = workers.ready("import numpy as np\nA = np.ones((300, 300))\ndef f():\n    A @ A\n    return 0.0\n")
    call = right(worker.call((), ONE_NUMBER, LONG_S))
    assert worker._handle.cpus() == frozenset(settings.cpus)
    assert call.threads == 1
    assert thread_flags(CheckResult(Verdict.ACCEPTED, "correct", threads=call.threads), 1) == ()


@pytest.fixture(params=[PlainBackend, BubblewrapBackend])
def on_two_cores(request: pytest.FixtureRequest, settings: WorkerSettings) -> Iterator[ZygoteGeneration]:
    """Workers of a machine whose budget is two cores."""
    cpus = usable_cpus()[-2:]
    if len(cpus) < 2:
        pytest.skip("this machine has one core")
    budget = WorkerSettings(("numpy",), {}, cpus, settings.memory_bytes, settings.tmpfs_bytes)
    with request.param(budget).generation() as generation:
        yield generation


SEEN = """
    import os
    def f():
        return float(len(os.sched_getaffinity(0)) + 10 * int(os.environ["OMP_NUM_THREADS"]))
"""


@pytest.mark.parametrize(
    ("profile", "cores", "seen"),
    [
        (Profile.SINGLE, None, 11),
        (Profile.THREADS, None, 22),
        (Profile.THREADS, 1, 11),
        (Profile.PROCESSES, 2, 22),
        (Profile.SINGLE, 2, 11),
    ],
)
def test_a_worker_has_the_cores_of_its_profile_or_as_many_of_them_as_the_task_is_given(
    on_two_cores: ZygoteGeneration, submission_of: Callable[..., Submission], profile: Profile, cores: int | None, seen: float
) -> None:
    worker = ready(on_two_cores, submission_of(dedent(SEEN)), profile, cores)
    call = right(worker.call((), ONE_NUMBER, LONG_S))
    assert call.outputs is not None
    assert float(call.outputs[0]) == seen
    assert len(worker._handle.cpus()) == seen % 10


@pytest.mark.skipif(len(machine.EVERY) < 2, reason="this machine has one core")
def test_a_thread_on_another_core_is_seen_and_ends_the_call(
    plain: PlainBackend, submission_of: Callable[..., Submission], settings: WorkerSettings
) -> None:
    source = f"""
        import os, threading, time

        def elsewhere():
            os.sched_setaffinity(0, {set(usable_cpus())!r})
            MOVED.set()
            time.sleep(100)

        MOVED = threading.Event()

        def f():
            threading.Thread(target=elsewhere, daemon=True).start()
            MOVED.wait()
            return 0.0
    """
    with plain.generation() as generation:  # the sandbox refuses the system call
        worker = ready(generation, submission_of(dedent(source)), Profile.SINGLE)
        call = worker.call((), ONE_NUMBER, LONG_S)
    assert call.failure is not None
    assert call.failure.kind is FailureKind.CORES
    other = min(set(usable_cpus()) - set(settings.cpus))
    assert f"core {other}" in call.failure.message
    assert not worker.alive
