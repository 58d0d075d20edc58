"""Rules about threads and processes."""

import pytest

from grader.advice.finding import Cause
from grader.advice.parallel import gil_threads, oversubscription, process_copies, process_startup
from tests.advice.programs import array, facts

THREADS = """
from concurrent.futures import ThreadPoolExecutor

def count(z):
    n = 0
    while abs(z) <= 2:
        z = z * z
        n += 1
    return n

def f(starts):
    with ThreadPoolExecutor(max_workers=4) as pool:
        return list(pool.map(count, starts))
"""
WAITS = {"list(pool.map": (0.9, 1)}


def test_threads_over_pythons_own_loops_are_found_where_they_are_waited_for() -> None:
    found = gil_threads(facts(THREADS, WAITS))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.GIL_THREADS, 13)


def test_threads_over_compiled_code_are_not_where_it_lets_go_of_the_interpreter() -> None:
    for options, is_found in (("(nogil=True)", False), ("", True)):
        source = "from numba import njit\n" + THREADS.replace("def count", f"@njit{options}\ndef count")
        found = gil_threads(facts(source, WAITS, compiled={"@njit": (1, 0, False)}))
        assert (found is not None) == is_found


def test_many_workers_over_library_calls_are_too_many() -> None:
    source = THREADS.replace("max_workers=4", "max_workers=64").replace("map(count,", "map(abs,")
    found = oversubscription(facts(source, WAITS))
    assert found is not None
    assert "64 workers" in found.evidence
    assert oversubscription(facts(source.replace("64", "2"), WAITS)) is None
    named = source.replace("max_workers=64", "WORKERS").replace("def f", "WORKERS = 64\n\ndef f")
    assert oversubscription(facts(named, WAITS)) is not None


def test_many_threads_over_pythons_own_loops_have_another_cause_and_many_processes_have_not() -> None:
    source = THREADS.replace("max_workers=4", "max_workers=64")
    assert oversubscription(facts(source, WAITS)) is None
    assert oversubscription(facts(source.replace("Thread", "Process"), WAITS)) is not None


PROCESSES = """
import multiprocessing

def work(job):
    a, i = job
    return a[i]

def f(a):
    with multiprocessing.Pool(2) as pool:
        return pool.map(work, [(a, i) for i in range(100)])
"""


SENDING = """
from multiprocessing import Pipe, Process

def f(jobs):
    receiving, sending = Pipe()
    for job in jobs:
        worker = Process(target=job, args=(sending,))
        worker.start()
    return [receiving.recv() for job in jobs]
"""


def test_a_large_array_that_is_sent_to_each_process_is_found() -> None:
    found = process_copies(facts(PROCESSES, {"pool.map": (0.9, 1)}, {"a": array("float64", 1_000_000)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.PROCESS_COPIES, 10)
    assert process_copies(facts(PROCESSES, {"pool.map": (0.9, 1)}, {"a": array("float64", 10)})) is None


def test_it_is_found_in_a_list_of_jobs_too() -> None:
    jobs = "jobs = [(a, i) for i in range(100)]"
    listed = PROCESSES.replace("[(a, i) for i in range(100)]", "jobs").replace("    with", f"    {jobs}\n    with")
    found = process_copies(facts(listed, {"pool.map": (0.9, 1)}, {"a": array("float64", 1_000_000)}))
    assert found is not None
    assert "`a`, 8 MB" in found.evidence


JOBS_OF_INDICES = ("range(len(a))", "[(i, a.shape) for i in range(len(a))]", "[a[i:i + 8] for i in range(0, 64, 8)]")


@pytest.mark.parametrize("jobs", JOBS_OF_INDICES)
def test_where_only_indices_or_parts_are_sent_nothing_is_copied_as_a_whole(jobs: str) -> None:
    indices = PROCESSES.replace("[(a, i) for i in range(100)]", jobs)
    assert process_copies(facts(indices, {"pool.map": (0.9, 1)}, {"a": array("float64", 1_000_000)})) is None


def test_processes_that_are_started_in_each_call_are_found() -> None:
    found = process_startup(facts(PROCESSES, {"Pool(2)": (0.5, 1), "pool.map": (0.4, 1)}))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.PROCESS_STARTUP, 9)
    assert process_startup(facts(SENDING, {"worker.start": (0.5, 16), "receiving.recv": (0.4, 16)})) is not None
    quick = PROCESSES.replace("        return", "        done = 0\n    return")
    assert process_startup(facts(quick, {"Pool(2)": (0.01, 1), "pool.map": (0.01, 1), "done": (0.98, 1)})) is None
