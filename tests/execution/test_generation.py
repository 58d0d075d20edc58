"""A generation of workers starts fresh, says why where it cannot, leaks nothing, and leaves nothing behind however it ends."""

import contextlib
import gc
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution import plain
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import PACKAGE_ROOT, Confined, WorkerSettings, Zygote, ZygoteGeneration
from grader.execution.plain import PlainBackend
from tests.execution.workers import LONG_S, ONE_NUMBER, Workers

Backend = PlainBackend | BubblewrapBackend


@pytest.fixture
def marked(backend: Backend, settings: WorkerSettings) -> tuple[Backend, str]:
    """A backend whose processes can be told from all others."""
    mark = f"mark-{secrets.token_hex(8)}"
    return type(backend)(replace(settings, environment={"GRADER_TEST_MARK": mark})), mark


def processes_with(mark: str) -> list[int]:
    """The processes that have these words on their command line or in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        for file in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                if mark.encode() in (folder / file).read_bytes():
                    found.append(int(folder.name))
    return sorted(set(found))


def vanish(mark: str) -> bool:
    """Whether they are all gone, at once or soon."""
    deadline = time.monotonic() + 5
    while processes_with(mark):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def descriptors() -> int:
    """How many are open; what other tests have left may be closed at any time, so that there are fewer later."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


# Starting


def test_each_generation_has_its_own_hash_seed_and_shares_it_among_its_workers(
    backend: Backend, submission_of: Callable[..., Submission]
) -> None:
    seen = []
    for _ in range(2):
        with backend.generation() as generation:
            workers = Workers(generation, submission_of)
            seen.append({workers.observe("return hash('a word')") for _ in range(2)})
    first, second = seen
    assert len(first) == len(second) == 1
    assert first != second


def test_each_generation_has_its_own_address_layout(backend: Backend, submission_of: Callable[..., Submission]) -> None:
    seen = set()
    for _ in range(3):
        with backend.generation() as generation:
            seen.add(Workers(generation, submission_of).observe("return id(len)"))
    assert len(seen) == 3


def test_an_interpreter_that_cannot_start_says_why(
    backend: Backend, settings: WorkerSettings, submission_of: Callable[..., Submission]
) -> None:
    before = descriptors()
    with type(backend)(replace(settings, preload=("no_such_library",))).generation() as generation:
        with pytest.raises(GraderError, match=r"interpreter did not start: (?s:.*)No module named 'no_such_library'"):
            generation.start(submission_of("def f(): return 0.0"))
        assert descriptors() <= before


def test_what_cannot_be_launched_leaves_nothing_open(
    settings: WorkerSettings, submission_of: Callable[..., Submission]
) -> None:
    def launch(_command: object, _control: int) -> subprocess.Popen[bytes]:
        raise GraderError("no user for the sandbox")

    before = descriptors()
    with generation_of(settings, launch=launch) as generation, pytest.raises(GraderError, match="no user for the sandbox"):
        generation.start(submission_of("def f(): return 0.0"))
    assert descriptors() <= before


def test_a_layer_of_the_sandbox_that_the_kernel_refuses_keeps_the_worker_from_starting(
    settings: WorkerSettings, submission_of: Callable[..., Submission], tmp_path: Path
) -> None:
    with generation_of(settings, seccomp_program=b"no filter program" + bytes(7), folder=tmp_path) as generation:
        open_after = []
        for _ in range(3):
            with pytest.raises(
                GraderError,
                match=r"no worker could be started: (?s:.*)Error: (?s:.*)seccomp: (Invalid argument|Permission denied)",
            ):
                generation.start(submission_of("def f(): return 0.0"))
            open_after.append(descriptors())
        assert open_after[-1] <= open_after[0]


def test_a_zygote_that_has_ended_is_our_fault_and_no_submissions(
    backend: Backend, submission_of: Callable[..., Submission]
) -> None:
    with backend.generation() as generation:
        generation.start(submission_of("def f(): return 0.0"))
        (zygote,) = generation._zygotes.values()
        zygote._process.kill()
        zygote._process.wait()
        before = descriptors()
        with pytest.raises(GraderError, match=r"has ended|no worker could be started"):
            generation.start(submission_of("def f(): return 0.0"))
        assert descriptors() <= before


def generation_of(
    settings: WorkerSettings,
    *,
    launch: Callable[..., subprocess.Popen[bytes]] | None = None,
    seccomp_program: bytes = b"",
    folder: Path = Path(),
) -> ZygoteGeneration:
    """A plain generation with one part exchanged."""
    return ZygoteGeneration(
        lambda profile, _cores: Zygote(
            profile,
            launch=launch or partial(plain.launch, settings),
            settings=settings,
            confined=Confined(sandboxed=False, seccomp_program=seccomp_program),
            folder_for=lambda _submission: folder,
        )
    )


# Ending


def test_leaving_a_generation_ends_its_workers_idle_or_threaded_or_dead(
    marked: tuple[Backend, str], submission_of: Callable[..., Submission]
) -> None:
    backend, mark = marked
    with backend.generation() as generation:
        workers = Workers(generation, submission_of)
        workers.start("def f(): return 0.0")
        workers.ready("import threading\nthreading.Thread(target=threading.Event().wait).start()\ndef f(): return 0.0")
        workers.call("import os\ndef f(): os._exit(0)")
        assert processes_with(mark)
    assert vanish(mark)


def test_so_does_an_error_in_the_middle(marked: tuple[Backend, str], submission_of: Callable[..., Submission]) -> None:
    backend, mark = marked

    def be_interrupted() -> None:
        with backend.generation() as generation:
            Workers(generation, submission_of).ready("def f(): return 0.0")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()
    assert vanish(mark)


def test_so_does_an_interruption_of_its_start(
    marked: tuple[Backend, str], submission_of: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_zygote: Zygote) -> bytes:
        raise KeyboardInterrupt

    backend, mark = marked
    monkeypatch.setattr(Zygote, "_configuration", interrupt)
    with pytest.raises(KeyboardInterrupt):
        backend.generation().start(submission_of("def f(): return 0.0"))
    assert vanish(mark)


PARENT = """
import sys
from pathlib import Path
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import ArraySpec
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import WorkerSettings
from grader.execution.plain import PlainBackend
from grader.machine import usable_cpus

name, mark = sys.argv[1:]
source = SourceFile("f.py", b"def f():\\n    print(1)\\n    while True: pass\\n")
submission = Submission("ada", "student", "f", Path(), (source,), "f.py", "f", (), "")
settings = WorkerSettings(("numpy",), {"GRADER_TEST_MARK": mark}, usable_cpus()[-1:], 1 << 30)
backend = {"PlainBackend": PlainBackend, "BubblewrapBackend": BubblewrapBackend}[name](settings)
with backend.generation() as generation:
    idle, busy = generation.start(submission), generation.start(submission)
    idle.load(30.0)
    busy.load(30.0)
    print("ready", flush=True)
    busy.call((), (ArraySpec("float64", ()),), 60.0)
"""


def test_a_parent_that_is_killed_in_the_middle_of_a_call_leaves_no_process(marked: tuple[Backend, str]) -> None:
    backend, mark = marked
    arguments = [sys.executable, "-c", PARENT, type(backend).__name__, mark]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, cwd=PACKAGE_ROOT) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"ready\n"
        time.sleep(0.1)  # into the call
        assert len(processes_with(mark)) > 2
        parent.send_signal(signal.SIGKILL)
    assert vanish(mark)


def test_descriptors_do_not_pile_up(backend: Backend, submission_of: Callable[..., Submission]) -> None:
    outside = descriptors()
    with backend.generation() as generation:
        generation.start(submission_of("def f(): return 0.0")).close()
        inside = descriptors()
        for _ in range(20):
            worker = generation.start(submission_of("def f(): return 0.0"))
            worker.load(LONG_S)
            worker.call((), ONE_NUMBER, LONG_S)
            worker.call((1,), ONE_NUMBER, LONG_S)
            worker.close()
        assert descriptors() <= inside
        generation.start(submission_of("def f(): return 0.0"))
    assert descriptors() <= outside


@pytest.fixture
def temporary_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the plain backend makes its folders."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_the_plain_backends_files_go_with_their_worker_and_its_folder_with_itself(
    temporary_folders: Path, settings: WorkerSettings, submission_of: Callable[..., Submission]
) -> None:
    backend = PlainBackend(settings)
    with backend.generation() as generation:
        worker = generation.start(submission_of("def f(): return 0.0"))
        worker.load(LONG_S)
        assert len(list(temporary_folders.rglob("f.py"))) == 1
        worker.close()
        assert list(temporary_folders.rglob("f.py")) == []
    assert len(list(temporary_folders.iterdir())) == 1
    del backend, generation, worker
    gc.collect()
    assert list(temporary_folders.iterdir()) == []
