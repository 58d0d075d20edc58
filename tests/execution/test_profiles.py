"""What each profile allows beside one process, and that all of a worker's processes are one to the grader."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from grader.content.submission import Submission
from grader.execution import bubblewrap
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.cgroup import find_groups
from grader.execution.generation import WorkerSettings, ZygoteGeneration
from grader.execution.interface import Call, FailureKind
from grader.execution.process import WorkerProcess
from grader.profiles import Profile
from tests.execution.workers import LONG_S, ONE_NUMBER

Start = Callable[..., WorkerProcess]


@pytest.fixture(scope="module", params=["control group", "watchdog alone"])
def generation(
    request: pytest.FixtureRequest, sandbox: BubblewrapBackend, settings: WorkerSettings
) -> Iterator[ZygoteGeneration]:
    """With the kernel's own limits where this machine has them, and without."""
    if request.param == "control group":
        if find_groups() is None:
            pytest.skip("this machine lets the grader make no control groups")
        backend = sandbox
    else:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bubblewrap, "find_groups", lambda: None)
            backend = BubblewrapBackend(settings)
            assert "no control group" in backend.sandbox
    with backend.generation() as started:
        yield started


@pytest.fixture
def start(generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> Iterator[Start]:
    """Starts and loads a worker of a profile, `processes` unless told otherwise."""
    started: list[WorkerProcess] = []

    def ready(source: str, profile: Profile = Profile.PROCESSES) -> WorkerProcess:
        worker = generation.start(submission_of(dedent(source)), profile)
        started.append(worker)
        load = worker.load(LONG_S)
        assert load.failure is None, load.failure
        return worker

    yield ready
    for worker in started:
        worker.close()


def number(call: Call) -> float:
    """The one number that a call returned."""
    assert call.failure is None, call.failure
    assert call.outputs is not None
    return float(call.outputs[0])


POOL = """
    import multiprocessing

    def square(value):
        return value * value

    def f():
        with multiprocessing.get_context({method!r}).Pool(2) as pool:
            return float(sum(pool.map(square, range(10))))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_a_pool_of_processes_works_however_it_is_started(start: Start, method: str) -> None:
    assert number(start(POOL.format(method=method)).call((), ONE_NUMBER, LONG_S)) == 285


def test_a_pool_is_refused_in_a_single_process(start: Start) -> None:
    call = start(POOL.format(method="fork"), Profile.SINGLE).call((), ONE_NUMBER, LONG_S)
    assert call.failure is not None
    assert call.failure.kind is FailureKind.EXCEPTION


def test_processes_talk_over_a_network_of_their_own(start: Start) -> None:
    worker = start("""
        import os, socket

        def f():
            with socket.create_server(("127.0.0.1", 0)) as server:
                if os.fork() == 0:
                    with socket.create_connection(server.getsockname()) as client:
                        client.sendall(b"7")
                    os._exit(0)
                with server.accept()[0] as connection:
                    return float(connection.recv(1))
    """)
    assert number(worker.call((), ONE_NUMBER, LONG_S)) == 7


def test_nobody_elses_server_can_be_reached(start: Start) -> None:
    first = start("""
        import socket

        kept = []

        def f():
            for address in ((socket.AF_INET, ("127.0.0.1", 4321)), (socket.AF_UNIX, "\\0name")):
                kept.append(socket.socket(address[0]))
                kept[-1].bind(address[1])
                kept[-1].listen()
            return 1.0
    """)
    assert number(first.call((), ONE_NUMBER, LONG_S)) == 1
    second = start("""
        import socket

        def f():
            reached = 0
            for family, address in ((socket.AF_INET, ("127.0.0.1", 4321)), (socket.AF_UNIX, "\\0name")):
                with socket.socket(family) as client:
                    reached += client.connect_ex(address) == 0
            return float(reached)
    """)
    assert number(second.call((), ONE_NUMBER, LONG_S)) == 0


OTHER_DOORS = {
    "messages of the kernel": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "the virtual machine's host": "socket.socket(socket.AF_VSOCK)",
    "the kernel's ciphers": "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)",
    "raw packets": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
    "a program of the system": "os.execv('/bin/true', ['true'])",
    "a program of its own": "os.execv('/tmp/own', ['own'])",
    "memory beside the limit": "os.memfd_create('x')",
    "other cores": "os.sched_setaffinity(0, range(os.cpu_count()))",
}


@pytest.mark.parametrize("statement", OTHER_DOORS.values(), ids=OTHER_DOORS)
def test_other_doors_stay_closed(start: Start, statement: str) -> None:
    worker = start(f"""
        import os, socket, sys

        with open("/tmp/own", "w") as program:
            program.write(f"#!{{sys.executable}}\\n")
        os.chmod("/tmp/own", 0o755)

        def f():
            try:
                {statement}
            except OSError:
                return 1.0
            return 0.0
    """)
    assert number(worker.call((), ONE_NUMBER, LONG_S)) == 1


# All of its processes are one

BEHIND = """
    import os, time

    def f():
        if os.fork() == 0:
            if {twice} and os.fork() != 0:
                os._exit(0)
            while True:
                pass
        return 0.0
"""


@pytest.mark.parametrize("twice", [False, True], ids=["child", "orphan"])
def test_what_goes_on_behind_a_call_stands_still_between_calls(start: Start, twice: bool) -> None:
    worker = start(BEHIND.format(twice=twice))
    number(worker.call((), ONE_NUMBER, LONG_S))
    time.sleep(0.3)
    call = worker.call((), ONE_NUMBER, LONG_S)
    assert number(call) == 0
    assert call.idle_cpu_s < 0.05
    assert call.threads >= 3


def test_the_cpu_time_of_all_of_them_counts(start: Start) -> None:
    worker = start("""
        import os, time

        def burn():
            end = time.process_time() + 0.1
            while time.process_time() < end:
                pass

        def f():
            for _ in range(3):
                if os.fork() == 0:
                    burn()
                    os._exit(0)
            for _ in range(3):
                os.wait()
            return 0.0
    """)
    call = worker.call((), ONE_NUMBER, LONG_S)
    assert number(call) == 0
    assert call.cpu_time_s >= 0.25


@pytest.mark.parametrize("ends", [True, False], ids=["ended before the answer", "still there"])
def test_the_memory_of_all_of_them_counts(start: Start, ends: bool) -> None:
    worker = start(f"""
        import os, time

        def f():
            children = []
            for _ in range(3):
                child = os.fork()
                if child == 0:
                    kept = bytearray(b"x") * (50 << 20)
                    time.sleep(0.5 if {ends} else 1000)
                    os._exit(0)
                children.append(child)
            if {ends}:
                for child in children:
                    os.waitpid(child, 0)
            else:
                time.sleep(0.5)
            return 0.0
    """)
    call = worker.call((), ONE_NUMBER, LONG_S, track_memory=True)
    assert number(call) == 0
    assert call.peak_memory_bytes is not None
    assert call.peak_memory_bytes >= 140 << 20
    assert not ends or call.peak_memory_bytes <= 200 << 20, "what they share is counted once"


def test_nothing_of_it_is_left_when_it_is_closed(start: Start) -> None:
    worker = start(
        "import os, time\ndef f():\n    child = os.fork()\n    child or time.sleep(1000)\n    return float(child > 0)"
    )
    number(worker.call((), ONE_NUMBER, LONG_S))
    members = worker._handle._list_members()  # type: ignore[attr-defined]  # of a worker that may start processes
    assert len(members) >= 2
    worker.close()
    assert not [pid for pid in members if Path(f"/proc/{pid}").exists() and not _is_zombie(pid)]


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


# Bombs

FORK_BOMB = """
    import os, time

    def f():
        end = time.monotonic() + 20
        while time.monotonic() < end:
            try:
                os.fork()
            except OSError:
                time.sleep(0.01)
        return 0.0
"""
THREAD_BOMB = """
    import threading, time

    def f():
        threading.stack_size(1 << 16)
        started = 0
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                threading.Thread(target=time.sleep, args=(100,), daemon=True).start()
                started += 1
            except RuntimeError:
                break
        return float(started)
"""
MEMORY_BOMB = """
    import os, time

    def f():
        for _ in range(4):
            if os.fork() == 0:
                kept = bytearray(b"x") * (700 << 20)
                time.sleep(100)
        time.sleep(25)
        return 0.0
"""


def test_a_fork_bomb_ends_and_costs_nobody_else_anything(start: Start) -> None:
    neighbour = start("def f(): return 7.0")
    call = start(FORK_BOMB).call((), ONE_NUMBER, limit_s=3.0)
    assert call.failure is not None
    assert call.failure.kind in {FailureKind.PROCESSES, FailureKind.TIME}
    assert number(neighbour.call((), ONE_NUMBER, LONG_S)) == 7
    assert number(start(POOL.format(method="fork")).call((), ONE_NUMBER, LONG_S)) == 285


def test_a_thread_bomb_ends_in_a_single_process_too(start: Start) -> None:
    worker = start(THREAD_BOMB, Profile.SINGLE)
    call = worker.call((), ONE_NUMBER, LONG_S)
    if call.failure is None:
        assert number(call) <= 128
    else:
        assert call.failure.kind is FailureKind.PROCESSES
    assert number(start("def f(): return 7.0", Profile.SINGLE).call((), ONE_NUMBER, LONG_S)) == 7


def test_memory_counts_over_all_processes(start: Start) -> None:
    call = start(MEMORY_BOMB).call((), ONE_NUMBER, LONG_S)
    assert call.failure is not None
    assert call.failure.kind is FailureKind.MEMORY
