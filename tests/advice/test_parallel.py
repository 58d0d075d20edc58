"""Rules about threads and processes."""

import pytest

from grader.advice.finding import Cause
from grader.advice.parallel import gil_threads, library_threads, oversubscription, process_copies, process_startup
from grader.grading.profile_lines import Hardware
from tests.advice.programs import ONE_CORE, array, facts

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


def test_threads_that_are_at_work_at_the_same_time_do_not_wait_for_each_other() -> None:
    assert gil_threads(facts(THREADS, WAITS, cores_at_work=1.8)) is None
    found = gil_threads(facts(THREADS, WAITS, cores_at_work=1.02))
    assert found is not None
    assert "1.0 of 2 cores were at work" in found.evidence


def test_a_loop_around_library_calls_holds_the_interpreter_only_where_that_is_measured() -> None:
    source = "import numpy as np\n" + THREADS.replace("z = z * z", "z = np.sqrt(z)")
    assert gil_threads(facts(source, WAITS, cores_at_work=1.0)) is not None, "one at a time on two cores"
    assert gil_threads(facts(source, WAITS, cores_at_work=1.9)) is None
    assert gil_threads(facts(source, WAITS, cores_at_work=0.6)) is None, "something else had the cores"
    assert gil_threads(facts(source, WAITS, hardware=ONE_CORE)) is None, "on one core nobody can tell"
    assert gil_threads(facts(THREADS, WAITS, hardware=ONE_CORE)) is not None


def test_many_workers_over_library_calls_are_too_many() -> None:
    source = THREADS.replace("max_workers=4", "max_workers=64").replace("map(count,", "map(abs,")
    found = oversubscription(facts(source, WAITS))
    assert found is not None
    assert "64 workers" in found.evidence
    assert "1.0 of 2 cores were at work" in found.evidence
    assert oversubscription(facts(source.replace("64", "2"), WAITS)) is None
    named = source.replace("max_workers=64", "WORKERS").replace("def f", "WORKERS = 64\n\ndef f")
    assert oversubscription(facts(named, WAITS)) is not None


def test_many_threads_over_pythons_own_loops_have_another_cause_and_many_processes_have_not() -> None:
    source = THREADS.replace("max_workers=4", "max_workers=64")
    assert oversubscription(facts(source, WAITS)) is None
    assert oversubscription(facts(source.replace("Thread", "Process"), WAITS)) is not None


OVER_CALLS = THREADS.replace("map(count,", "map(abs,")


@pytest.mark.parametrize(
    ("workers", "counted"),
    [
        ("4", 4),
        ("7", 7),
        ("os.cpu_count() * 4", 16),
        ("(os.cpu_count() or 1) + 4", 8),
        ("multiprocessing.cpu_count() // 1", 4),
        ("4 * len(os.sched_getaffinity(0))", 4),
        ("3 * os.process_cpu_count()", 3),
        ("2", None),
        ("len(os.sched_getaffinity(0))", None),
        ("len(starts)", None),
    ],
)
def test_workers_are_counted_beside_the_cores_of_the_task(workers: str, counted: int | None) -> None:
    source = "import multiprocessing\nimport os\n" + OVER_CALLS.replace("max_workers=4", f"max_workers={workers}")
    found = oversubscription(facts(source, WAITS, hardware=ONE_CORE))
    assert (None if found is None else found.evidence.partition(" workers share 1 core: ")[0]) == (counted and str(counted))
    assert found is None or "the task has one core" in found.next_step


def test_four_workers_on_two_cores_are_not_many_and_five_are() -> None:
    assert oversubscription(facts(OVER_CALLS, WAITS)) is None
    assert oversubscription(facts(OVER_CALLS.replace("=4", "=5"), WAITS)) is not None


def test_processes_are_as_many_as_the_machine_has_cores_where_nobody_says() -> None:
    source = PROCESSES.replace("Pool(2)", "Pool()")
    found = oversubscription(facts(source, {"pool.map": (0.9, 1), "Pool()": (0.1, 1)}, hardware=ONE_CORE))
    assert found is not None
    assert found.evidence.startswith("4 workers share 1 core")


def test_many_workers_with_large_pieces_of_work_may_take_turns_where_both_cores_are_busy() -> None:
    source = OVER_CALLS.replace("=4", "=6")
    busy = facts(source, WAITS, cores_at_work=1.9)
    assert oversubscription(busy) is None, "a piece takes a third of a second"
    assert oversubscription(facts(source, WAITS, cores_at_work=1.2)) is not None
    often = facts(source, {"list(pool.map": (0.9, 1_000)}, cores_at_work=1.9)
    assert oversubscription(often) is not None, "a piece takes 0.3 ms"


LIBRARY = """
import numba

numba.set_num_threads(8)

def f(a):
    return a @ a
"""


def test_threads_of_a_library_are_counted_where_they_are_asked_for() -> None:
    found = library_threads(facts(LIBRARY, {"a @ a": (1.0, 1)}, native=0.9))
    assert found is not None
    assert (found.cause, found.line.line) == (Cause.OVERSUBSCRIPTION, 4)
    assert found.evidence.startswith("8 workers share 2 cores")
    assert library_threads(facts(LIBRARY.replace("8", "2"), {"a @ a": (1.0, 1)}, native=0.9)) is None
    assert library_threads(facts(LIBRARY, {"a @ a": (1.0, 1)}, native=0.01)) is None, "nothing runs in them"


def test_so_are_those_that_were_alive_where_the_text_does_not_tell_how_many() -> None:
    source = LIBRARY.replace("(8)", "(len(sizes))")
    measured = {"a @ a": (1.0, 1)}
    assert library_threads(facts(source, measured, native=0.9, threads=3)) is None
    found = library_threads(facts(source, measured, native=0.9, threads=17))
    assert found is not None
    assert found.evidence.startswith("16 workers share 2 cores")


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


def test_processes_that_keep_both_cores_busy_are_worth_their_start() -> None:
    measured = {"Pool(2)": (0.1, 1), "pool.map": (0.9, 1)}
    assert process_startup(facts(PROCESSES, measured, cores_at_work=1.8)) is None
    assert process_startup(facts(PROCESSES, measured, cores_at_work=1.1)) is not None
    found = process_startup(facts(PROCESSES, measured, cores_at_work=1.0, hardware=ONE_CORE))
    assert found is not None
    assert "10% of the time passes in that, 90% in waiting for them; 1.0 of 1 core was at work" in found.evidence


def test_busy_cores_are_no_merit_where_they_start_processes_most_of_the_time() -> None:
    assert process_startup(facts(PROCESSES, {"Pool(2)": (0.5, 1), "pool.map": (0.4, 1)}, cores_at_work=1.9)) is not None


def test_two_processes_need_no_more_than_two_of_many_cores() -> None:
    measured = {"Pool(2)": (0.1, 1), "pool.map": (0.9, 1)}
    assert process_startup(facts(PROCESSES, measured, cores_at_work=1.8, hardware=Hardware(8, 8))) is None


KEPT = """
import multiprocessing

POOL = None

def f(a):
    global POOL
    if POOL is None:
        POOL = multiprocessing.Pool(2)
    return POOL.map(abs, a)
"""


def test_processes_of_an_earlier_call_are_not_started() -> None:
    assert process_startup(facts(KEPT, {"return": (1.0, 1)})) is None
    assert process_startup(facts(KEPT, {"POOL = multi": (0.5, 1), "return": (0.4, 1)})) is not None
