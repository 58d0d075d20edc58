"""MPI workers: so many processes as a call names, held, stopped and looked at as one; and what is said of those that fail."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import numpy as np
import psutil
import pytest

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Value
from grader.errors import GraderError
from grader.execution import mpi
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import WorkerSettings, ZygoteGeneration
from grader.execution.interface import Call, Failure, FailureKind
from grader.execution.plain import PlainBackend
from grader.execution.process import WorkerProcess
from grader.profiles import Profile
from tests.execution.workers import LONG_S, ONE_NUMBER, number

pytestmark = pytest.mark.skipif(mpi.missing() is not None, reason=f"MPI tasks need {mpi.missing()}")

SHORT_S = 1.0

HEAD = """
    import os
    import numpy as np
    from mpi4py import MPI

    WORLD = MPI.COMM_WORLD
    RANK, SIZE = WORLD.Get_rank(), WORLD.Get_size()
"""


class World:
    """Workers of one test, in processes of MPI."""

    def __init__(self, generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> None:
        self._generation = generation
        self._submission_of = submission_of
        self.started: list[WorkerProcess] = []

    def ready(self, body: str, processes: int) -> WorkerProcess:
        worker = self._generation.start(self._submission_of(dedent(HEAD) + dedent(body)), Profile.MPI)
        self.started.append(worker)
        load = worker.load(LONG_S, processes=processes)
        assert load.failure is None, load.failure
        return worker

    def call(self, body: str, processes: int, *inputs: Value, limit_s: float = LONG_S) -> Call:
        return self.ready(body, processes).call(inputs, ONE_NUMBER, limit_s, processes=processes)

    def failure(self, body: str, processes: int, *inputs: Value, limit_s: float = LONG_S) -> Failure:
        failure = self.call(body, processes, *inputs, limit_s=limit_s).failure
        assert failure is not None
        return failure


@pytest.fixture(scope="module")
def generation(sandbox: BubblewrapBackend) -> Iterator[ZygoteGeneration]:
    """Of the sandbox; the same code runs without one (`test_without_a_sandbox`)."""
    with sandbox.generation() as started:
        yield started


@pytest.fixture
def world(generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> Iterator[World]:
    made = World(generation, submission_of)
    yield made
    for worker in made.started:
        worker.close()


# What a call is


def test_every_rank_calls_the_function_with_the_same_inputs_and_rank_0_answers(world: World) -> None:
    worker = world.ready(
        """
        def f(values, factor):
            mine = np.array_split(values, SIZE)[RANK].sum() * factor
            total = WORLD.reduce(mine)
            return total if RANK == 0 else "what the others return is nobody's business"
        """,
        3,
    )
    for values in (np.arange(10.0), np.arange(3.0, 7.0)):
        assert number(worker.call((values, 2), ONE_NUMBER, LONG_S, processes=3)) == 2 * values.sum()


def test_another_number_of_processes_starts_the_program_anew(world: World) -> None:
    worker = world.ready("CALLS = []\n\ndef f():\n    CALLS.append(1)\n    return 10 * SIZE + len(CALLS)", 1)
    answers = [number(worker.call((), ONE_NUMBER, LONG_S, processes=count)) for count in (1, 1, 5, 2, 2)]
    assert answers == [11, 12, 51, 21, 22]


def test_what_one_rank_changes_of_its_inputs_no_other_sees_nor_a_later_call(world: World) -> None:
    worker = world.ready(
        """
        def f(values):
            if RANK == 0:
                values[:] = -1
            WORLD.barrier()
            return WORLD.allreduce(values.sum())
        """,
        2,
    )
    for values in (np.full(10_000, 2.0), np.full(10_000, 3.0)):
        assert number(worker.call((values,), ONE_NUMBER, LONG_S, processes=2)) == values.sum() - len(values)
        assert values.min() > 0


def test_a_call_is_over_when_every_rank_has_returned(world: World) -> None:
    worker = world.ready("import time\n\ndef f(wait_s):\n    if RANK == 1:\n        time.sleep(wait_s)\n    return 1.0", 2)
    assert worker.call((0.3,), ONE_NUMBER, LONG_S, processes=2).wall_time_s > 0.2


def test_between_calls_all_of_them_stand_still(world: World) -> None:
    worker = world.ready(
        """
        import threading

        def work():
            while True:
                pass

        def f():
            if RANK == 1:
                threading.Thread(target=work, daemon=True).start()
            return 1.0
        """,
        2,
    )
    worker.call((), ONE_NUMBER, LONG_S, processes=2)
    time.sleep(0.5)
    assert worker.call((), ONE_NUMBER, LONG_S, processes=2).idle_cpu_s < 0.1


def test_the_memory_of_each_process_is_told_the_largest_first(world: World) -> None:
    worker = world.ready("def f():\n    return float(np.ones((1 + RANK) << 21).sum())", 2)
    worker.call((), ONE_NUMBER, LONG_S, processes=2)
    call = worker.call((), ONE_NUMBER, LONG_S, track_memory=True, processes=2)
    largest, other = call.process_peaks_bytes
    assert 30 << 20 < largest < 40 << 20
    assert 15 << 20 < other < 25 << 20
    assert call.peak_memory_bytes is not None
    assert call.peak_memory_bytes >= largest + other - (1 << 20)


def test_all_processes_are_of_one_group_and_end_with_their_worker(world: World) -> None:
    worker = world.ready("def f():\n    return float(os.getpid())", 3)
    everyone = worker._handle._list_members()  # type: ignore[attr-defined]  # of a tree
    assert len(everyone) == 8, "what answers, what starts, and of each rank its place and itself"
    worker.close()
    assert not any(map(psutil.pid_exists, everyone))


# What goes wrong


def test_a_deadlock_is_told_with_the_line_of_every_rank(world: World) -> None:
    failure = world.failure(
        """
        def shift(value):
            return WORLD.recv(source=(RANK - 1) % SIZE)

        def f():
            if RANK == 2:
                return 1.0
            received = shift(RANK)
            WORLD.send(RANK, dest=(RANK + 1) % SIZE)
            return received
        """,
        3,
        limit_s=SHORT_S,
    )
    assert failure.kind is FailureKind.TIME
    assert failure.message.splitlines() == [
        "no answer within 1 s",
        "rank 0 is at f.py, line 10, in shift: return WORLD.recv(source=(RANK - 1) % SIZE)",
        "rank 1 is at f.py, line 10, in shift: return WORLD.recv(source=(RANK - 1) % SIZE)",
        "rank 2 has returned",
    ]


def test_a_rank_that_raises_is_named_beside_those_that_wait_for_it(world: World) -> None:
    failure = world.failure(
        """
        def f():
            if RANK == 1:
                raise ValueError("lost a row")
            return WORLD.recv(source=1)
        """,
        2,
    )
    assert failure.kind is FailureKind.EXCEPTION
    first, second, *rest = failure.message.splitlines()
    assert first == "rank 1 of 2 failed"
    assert second == "rank 0 is at f.py, line 12, in f: return WORLD.recv(source=1)"
    assert rest[-1] == "ValueError: lost a row"
    assert failure.final
    assert not world.started[0].alive


def test_what_all_ranks_raise_alike_is_told_once_and_they_can_be_called_again(world: World) -> None:
    worker = world.ready("def f(x):\n    return 1 / x", 2)
    failure = worker.call((0,), ONE_NUMBER, LONG_S, processes=2).failure
    assert failure is not None
    assert failure.message.splitlines()[0] == "all of the 2 ranks failed alike:"
    assert failure.message.splitlines()[-1] == "ZeroDivisionError: division by zero"
    assert worker.alive
    assert number(worker.call((4,), ONE_NUMBER, LONG_S, processes=2)) == 0.25


@pytest.mark.parametrize(
    ("statement", "kind", "said"),
    [
        ("os._exit(3)", FailureKind.EXIT, "rank 1 of 2 exited with code 3 instead of answering"),
        ("os._exit(0)", FailureKind.EXIT, "rank 1 of 2 exited with code 0 instead of answering"),
        ("WORLD.Abort(7)", FailureKind.EXIT, "rank 1 of 2 called MPI_Abort, with the code 7"),
        ("os.abort()", FailureKind.SIGNAL, "rank 1 of 2 was ended by SIGABRT"),
    ],
)
def test_a_rank_that_ends_is_named(world: World, statement: str, kind: FailureKind, said: str) -> None:
    failure = world.failure(f"def f():\n    if RANK == 1:\n        {statement}\n    WORLD.barrier()\n    return 1.0", 2)
    assert (failure.kind, failure.message) == (kind, said)


def test_their_memory_is_limited_together(world: World) -> None:
    failure = world.failure("def f():\n    mine = np.ones(90 << 20)\n    WORLD.barrier()\n    return mine.sum()", 2)
    assert failure.kind is FailureKind.MEMORY


def test_an_answer_of_the_wrong_form_is_rank_0s(world: World) -> None:
    failure = world.failure("def f():\n    return [1.0, 2.0] if RANK == 0 else 1.0", 2)
    assert failure.kind is FailureKind.INVALID
    assert failure.message.splitlines()[0] == "rank 0 of 2 failed"
    assert "has shape (2,)" in failure.message


def test_alone_a_process_fails_as_any_other_worker_does(world: World) -> None:
    failure = world.failure("def f():\n    raise ValueError('alone')", 1)
    assert failure.message.splitlines()[0] == "f.py, line 9, in f"


def test_a_file_that_cannot_be_imported_is_told_in_each_number_of_processes(
    generation: ZygoteGeneration, submission_of: Callable[..., Submission]
) -> None:
    source = "from mpi4py import MPI\nassert MPI.COMM_WORLD.Get_size() == 1\ndef f():\n    return 1.0\n"
    worker = generation.start(submission_of(source), Profile.MPI)
    try:
        assert worker.load(LONG_S, processes=1).failure is None
        failure = worker.call((), ONE_NUMBER, LONG_S, processes=2).failure
        assert failure is not None
        assert failure.kind is FailureKind.EXCEPTION
        assert "line 2" in failure.message
    finally:
        worker.close()


def test_more_than_a_socket_holds_reaches_processes_that_have_just_been_started(world: World) -> None:
    worker = world.ready("def f():\n    return 1.0", 1)
    assert worker.load(LONG_S, bytes(4 << 20), processes=2).failure is None
    assert number(worker.call((), ONE_NUMBER, LONG_S, processes=1)) == 1


def test_what_the_ranks_print_comes_together(world: World) -> None:
    worker = world.ready("def f():\n    print(f'this is {RANK}')\n    return 1.0", 2)
    worker.call((), ONE_NUMBER, LONG_S, processes=2)
    assert sorted(worker.printed().splitlines()) == ["this is 0", "this is 1"]


def test_outputs_may_be_several_and_empty(world: World) -> None:
    worker = world.ready("def f(x):\n    return x, np.empty(0)", 2)
    specs = (ArraySpec("float64", (3,)), ArraySpec("float64", (0,)))
    outputs = worker.call((np.arange(3.0),), specs, LONG_S, processes=2).outputs
    assert outputs is not None
    assert [output.tolist() for output in outputs] == [[0, 1, 2], []]


# What it takes


def test_where_open_mpi_does_not_start_the_grader_says_so(
    settings: WorkerSettings, submission_of: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mpi, "_PARAMETERS", {"plm": "no-such-launcher"})
    with PlainBackend(settings).generation() as generation:
        worker = generation.start(submission_of("def f(): return 1.0"), Profile.MPI)
        with pytest.raises(GraderError, match="2 MPI processes could not be started: Open MPI ended"):
            worker.load(LONG_S, processes=2)


DEEDS = (
    "os.fork() or os._exit(0)",
    "os.execv('/usr/bin/env', ['env'])",
    "import socket; socket.create_server(('127.0.0.1', 0))",
    "os.listdir('/proc')",
    "open(f'/proc/{os.getppid()}/mem', 'rb')",
    "os.sched_setaffinity(0, {0})",
    "MPI.COMM_SELF.Spawn('/usr/bin/env')",
)


def test_each_rank_is_held_as_a_worker_of_the_profile_single(world: World) -> None:
    body = """
        import ctypes

        def f():
            for number, deed in enumerate(DEEDS):
                try:
                    exec(deed)
                except Exception:
                    continue
                return float(number)
            return -1.0
    """
    found = number(world.call(f"DEEDS = {DEEDS!r}\n{dedent(body)}", 2))
    assert found == -1, DEEDS[int(found)]


def test_without_a_sandbox_it_is_the_same(plain: PlainBackend, submission_of: Callable[..., Submission]) -> None:
    with plain.generation() as generation:
        world = World(generation, submission_of)
        worker = world.ready("def f(x):\n    if x < 0:\n        WORLD.recv(source=0)\n    return WORLD.allreduce(x)", 2)
        assert number(worker.call((2.0,), ONE_NUMBER, LONG_S, processes=2)) == 4
        assert number(worker.call((2.0,), ONE_NUMBER, LONG_S, processes=3)) == 6
        failure = worker.call((-1.0,), ONE_NUMBER, SHORT_S, processes=3).failure
    assert failure is not None
    assert failure.message.splitlines()[1:] == [
        f"rank {rank} is at f.py, line 10, in f: WORLD.recv(source=0)" for rank in range(3)
    ]


# An Open MPI of one's own


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the system's, where no sandbox shows anything by itself, in a folder with other things; it is found first."""
    info = shutil.which("ompi_info")
    assert info is not None
    said = subprocess.run([info, "--parsable", "--path", "all"], capture_output=True, text=True, check=True).stdout
    places = {name: Path(place) for _, name, place in (line.split(":", 2) for line in said.splitlines())}
    usual = places["prefix"]
    names = [f"{name}*.so*" for name in ("libmpi", "libopen-", "libmca_")]
    libraries = [path for name in names for place in ("lib*", "lib*/*") for path in usual.glob(f"{place}/{name}")]
    with tempfile.TemporaryDirectory(prefix="home-", dir="/var/tmp") as name:
        prefix = Path(name)
        prefix.chmod(0o755)
        copy_to(prefix / "bin" / "mpiexec.openmpi", Path(*mpi.programs()))
        copy_to(prefix / "bin" / "ompi_info", Path(info).resolve())
        for path in libraries:
            copy_to(prefix / path.relative_to(usual), path)
        for folder in (places["pkglibdir"], places["pkgdatadir"]):
            shutil.copytree(folder, prefix / folder.relative_to(usual), symlinks=True, dirs_exist_ok=True)
        (prefix / "diary").write_text("secret", encoding="ascii")
        monkeypatch.setenv("PATH", f"{prefix / 'bin'}:{os.environ['PATH']}")
        yield prefix


def copy_to(target: Path, source: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(source, target, follow_symlinks=False)


@pytest.mark.parametrize("kind", [BubblewrapBackend, PlainBackend])
def test_an_open_mpi_elsewhere_than_in_usr_is_shown_with_its_libraries_and_nothing_beside_them(
    kind: type[BubblewrapBackend | PlainBackend],
    elsewhere: Path,
    settings: WorkerSettings,
    submission_of: Callable[..., Submission],
) -> None:
    body = f"""
        def f():
            loaded = {{line.split()[-1] for line in open("/proc/self/maps") if "libmpi.so" in line}}
            assert all(path.startswith("{elsewhere}/lib") for path in loaded), loaded
            assert os.path.exists("{elsewhere}/diary") == {kind is PlainBackend}
            return float(WORLD.allreduce(len(loaded)))
    """
    with kind(settings).generation() as generation:
        world = World(generation, submission_of)
        try:
            call = world.call(body, 2)
        finally:
            for worker in world.started:
                worker.close()
    assert call.failure is None, call.failure
    assert number(call) == 2
