"""A process as the parent holds it: stopped, continued, ended, measured; on Linux, and by the way that every system has."""

import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.execution import generation as generation_module
from grader.execution.handle import LinuxHandle, PortableHandle, ProcessHandle, open_handle
from grader.execution.plain import PlainBackend
from tests.execution.workers import LONG_S, ONE_NUMBER, Workers, number

Start = Callable[[str], subprocess.Popen[bytes]]
EXIT_OF_ONE_THREAD = {"x86_64": 60, "aarch64": 93}
"""The number of the system call `exit`, which ends the calling thread alone."""


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts Python programs that print a line when they are ready."""
    started: list[subprocess.Popen[bytes]] = []

    def run(source: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE))
        assert started[-1].stdout is not None
        started[-1].stdout.readline()
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture(params=[LinuxHandle, PortableHandle])
def handle_on(request: pytest.FixtureRequest) -> Iterator[Callable[[int], ProcessHandle]]:
    """Each kind of handle."""
    opened: list[ProcessHandle] = []

    def hold(pid: int) -> ProcessHandle:
        opened.append(request.param(pid))
        return opened[-1]

    yield hold
    for handle in opened:
        handle.close()


def states_of(pid: int) -> set[str]:
    """The states of all threads of a process, as `/proc` shows them."""
    stats = (task.joinpath("stat").read_text() for task in Path(f"/proc/{pid}/task").iterdir())
    return {stat[stat.rindex(")") + 2] for stat in stats}


BUSY = "print(flush=True)\nwhile True: pass"
TWO_BUSY = (
    "import threading\ndef spin():\n    while True: pass\nthreading.Thread(target=spin).start()\nprint(flush=True)\nspin()"
)


def test_a_stopped_process_stands_still_until_it_is_continued(start: Start, handle_on: Callable[[int], ProcessHandle]) -> None:
    pid = start(BUSY).pid
    handle = handle_on(pid)
    for _ in range(20):
        handle.stop()
        assert states_of(pid) == {"T"}
        used_s = handle.cpu_time_s()
        time.sleep(0.002)
        assert handle.cpu_time_s() == used_s
        handle.proceed()
    while handle.cpu_time_s() <= used_s:
        time.sleep(0.01)


def test_all_threads_stand_still_and_are_counted(start: Start) -> None:
    pid = start(TWO_BUSY).pid
    handle = LinuxHandle(pid)
    for _ in range(50):
        assert handle.stop() == 2
        assert states_of(pid) == {"T"}
        handle.proceed()
    handle.close()


def test_threads_that_share_our_core_get_it_to_come_to_a_stop(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})  # and so for those who are started
    try:
        handle = LinuxHandle(start(TWO_BUSY).pid)
        looks = count()
        look = handle.stands_still
        monkeypatch.setattr(handle, "stands_still", lambda: (next(looks), look())[1])
        for _ in range(5):
            handle.stop()
            handle.proceed()
            time.sleep(0.02)
        handle.close()
    finally:
        os.sched_setaffinity(0, cores)
    # Who looks without a pause keeps the core until the scheduler takes it away, which is hundreds of looks.
    assert next(looks) < 100


def test_they_do_even_where_the_main_thread_has_ended(start: Start) -> None:
    exits = f"import ctypes; ctypes.CDLL(None).syscall({EXIT_OF_ONE_THREAD[platform.machine()]}, 0)"
    pid = start(TWO_BUSY.replace("\nspin()", f"\n{exits}")).pid
    while "Z" not in states_of(pid):
        time.sleep(0.01)
    handle = LinuxHandle(pid)
    for _ in range(50):
        assert handle.stop() == 2
        assert states_of(pid) == {"T", "Z"}
        handle.proceed()
        while states_of(pid) == {"T", "Z"}:
            time.sleep(0.001)
    handle.close()


def test_a_process_may_call_itself_what_it_likes(start: Start) -> None:
    name = "import ctypes; ctypes.CDLL(None).prctl(15, b') R 1 (x) S 7', 0, 0, 0)\n"
    pid = start(name + BUSY).pid
    handle = LinuxHandle(pid)
    assert handle.stop() == 1
    assert states_of(pid) == {"T"}
    handle.close()


def test_a_process_that_has_ended_is_at_rest_and_nothing_more_happens_to_it(
    start: Start, handle_on: Callable[[int], ProcessHandle]
) -> None:
    process = start(BUSY)
    handle = handle_on(process.pid)
    handle.kill()
    process.wait()
    for _ in range(2):
        handle.kill()
        handle.proceed()
        assert handle.stop() == 0
        assert handle.cpu_time_s() == 0.0


def test_so_is_one_that_nobody_has_waited_for(start: Start, handle_on: Callable[[int], ProcessHandle]) -> None:
    process = start(BUSY)
    handle = handle_on(process.pid)
    handle.kill()
    while states_of(process.pid) != {"Z"}:
        time.sleep(0.001)
    handle.stop()
    handle.proceed()


def test_the_peak_of_memory_counts_from_where_it_was_reset(start: Start) -> None:
    process = start("held = bytearray(b'x') * 30_000_000\ndel held\nprint(flush=True)\nimport time; time.sleep(1000)")
    handle = LinuxHandle(process.pid)
    resident_bytes = handle.start_memory_peak()
    assert resident_bytes is not None
    grown_bytes = handle.memory_peak_since(resident_bytes)
    assert grown_bytes is not None
    assert grown_bytes < 1_000_000
    handle.kill()
    process.wait()
    assert handle.start_memory_peak() is None
    assert handle.memory_peak_since(resident_bytes) is None
    handle.close()


def test_linux_has_the_exact_handle(start: Start) -> None:
    handle = open_handle(start(BUSY).pid)
    assert isinstance(handle, LinuxHandle)
    handle.close()


def test_the_protocol_runs_with_the_portable_handle_and_knows_no_peak(
    plain: PlainBackend, submission_of: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generation_module, "open_handle", PortableHandle)
    with plain.generation() as generation:
        worker = Workers(generation, submission_of).ready("def f(a): return a.sum()")
        for value in (1.0, 2.0):
            call = worker.call((np.full(3, value),), ONE_NUMBER, LONG_S, track_memory=True)
            assert number(call) == 3 * value
            assert call.peak_memory_bytes is None
            assert call.threads == 1
        worker.close()
        slow = Workers(generation, submission_of).ready("def f():\n    while True: pass")
        failure = slow.call((), ONE_NUMBER, 0.2).failure
        assert failure is not None
        assert failure.kind == "time"


def test_how_long_a_process_waited_for_its_core_is_told(start: Start) -> None:
    core = "import os\nos.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    handle = LinuxHandle(start(core + BUSY).pid)
    start(core + BUSY)
    before_s, used_s = handle.waited_s(), handle.cpu_time_s()
    time.sleep(0.5)
    waited_s, used_s = handle.waited_s() - before_s, handle.cpu_time_s() - used_s
    handle.close()
    assert waited_s > 0.1  # two programs on one core
    assert waited_s + used_s == pytest.approx(0.5, abs=0.2)
