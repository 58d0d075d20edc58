"""A build runs in a sandbox of its own: a compiler and the submission's files are there, and nothing else."""

import shutil
import sys
from collections.abc import Callable, Iterator
from textwrap import dedent

import pytest

from grader.content.submission import Submission
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import ZygoteGeneration
from grader.execution.interface import Failure, FailureKind
from grader.execution.process import WorkerProcess
from grader.profiles import Profile
from tests.execution.workers import LONG_S

C = """
double seven(void) { return 7.0; }
"""


@pytest.fixture(scope="module")
def generation(sandbox: BubblewrapBackend) -> Iterator[ZygoteGeneration]:
    """Builds are others' code: there is only the sandbox."""
    with sandbox.generation() as started:
        yield started


@pytest.fixture
def build(generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> Iterator[Callable[..., bytes | Failure]]:
    """Builds a submission with helper files by a command of Python's or another program."""
    started: list[WorkerProcess] = []

    def run(source: str, *command: str, helpers: dict[str, str] | None = None, limit_s: float = LONG_S) -> bytes | Failure:
        submission = submission_of(dedent(source), file="setup.py", helpers=helpers)
        started.append(generation.start(submission, Profile.COMPILE))
        return started[-1].build(command or (sys.executable, "-I", "setup.py"), limit_s)

    yield run
    for worker in started:
        worker.close()


def told(outcome: bytes | Failure) -> str:
    """The message of a build that failed."""
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.BUILD, outcome
    return outcome.message


def test_a_compiler_builds_a_library(build: Callable[..., bytes | Failure]) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("this machine has no C compiler")
    outcome = build("", compiler, "-shared", "-fPIC", "-O2", "-o", "built/seven.so", "seven.c", helpers={"seven.c": C})
    assert isinstance(outcome, bytes), outcome
    assert b"seven.so" in outcome
    assert b"\x7fELF" in outcome


def test_what_a_compiler_says_reaches_the_student(build: Callable[..., bytes | Failure]) -> None:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("this machine has no C compiler")
    message = told(build("", compiler, "-c", "seven.c", helpers={"seven.c": "double seven(void) { return seven }"}))
    assert "cc ended with code 1" in message
    assert "seven.c:1" in message


def test_only_what_is_put_into_built_comes_back(build: Callable[..., bytes | Failure]) -> None:
    outcome = build("open('built/kept', 'w').write('this'); open('left', 'w').write('that')")
    assert isinstance(outcome, bytes)
    assert b"kept" in outcome
    assert b"left" not in outcome


def test_more_than_the_limit_is_no_build(build: Callable[..., bytes | Failure]) -> None:
    source = "for name in 'abcdefgh': open('built/' + name, 'wb').write(bytes(900_000))"
    assert isinstance(build(source), bytes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.worker.packed.LIMIT_BYTES", 1000)
        outcome = build(source)  # the parent takes no more either, whatever a worker sends
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.PROTOCOL


def test_a_disk_bomb_ends_at_the_folders_end(build: Callable[..., bytes | Failure]) -> None:
    assert "No space left" in told(build("open('built/bomb', 'wb').write(bytes(1 << 28))"))


def test_an_endless_build_is_ended(build: Callable[..., bytes | Failure]) -> None:
    outcome = build("while True: pass", limit_s=0.5)
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.TIME


CLOSED = {
    "a server": "import socket; socket.socket()",
    "the home folders": "import os; os.listdir('/root' if os.path.isdir('/root') else '/home')",
    "accounts": "open('/etc/passwd')",
    "namespaces": "import ctypes, os; ctypes.CDLL(None).unshare(0x10000000) == 0 or exit('refused')",
}


@pytest.mark.parametrize("statement", CLOSED.values(), ids=CLOSED)
def test_a_build_script_reaches_nothing_else(build: Callable[..., bytes | Failure], statement: str) -> None:
    assert told(build(statement))
