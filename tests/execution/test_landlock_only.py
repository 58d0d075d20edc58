"""Without namespaces, what a submission can see and do: looked at from inside, where the submission stands."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.content.course import Limits, Machine
from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution import choose
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import WorkerSettings, ZygoteGeneration
from grader.execution.landlock import abi
from grader.execution.landlock_only import LandlockBackend
from grader.profiles import Profile
from tests.execution.workers import Workers

pytestmark = pytest.mark.skipif(abi() == 0, reason="this kernel has no Landlock")


@pytest.fixture(scope="module")
def backend(settings: WorkerSettings) -> LandlockBackend:
    return LandlockBackend(settings)


@pytest.fixture(scope="module")
def generation(backend: LandlockBackend) -> Iterator[ZygoteGeneration]:
    """Started where the environment holds something that is nobody's business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_JOB_ID", "1")
        with backend.generation() as started:
            yield started


@pytest.fixture(scope="module")
def somebody() -> Iterator[subprocess.Popen[bytes]]:
    """Another process of the same user."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def refused(workers: Workers, statement: str) -> bool:
    return bool(workers.observe(f"try:\n    {statement}\nexcept PermissionError:\n    return True\nreturn False"))


REFUSED = {
    "fork": "os.fork()",
    "another program instead": "os.execv('/bin/true', ['true'])",
    "a socket": "import socket; socket.socket()",
    "munge's socket": "import socket; socket.socket(socket.AF_UNIX).connect('/run/munge/munge.socket.2')",
    "other cores": "os.sched_setaffinity(0, range(os.cpu_count()))",
    "a higher priority": "os.setpriority(os.PRIO_PROCESS, 0, -10)",
    "to be root": "os.setuid(0)",
    "the root folder": "os.listdir('/')",
    "homes": "os.listdir('/root'), os.listdir('/home')",
    "accounts": "open('/etc/passwd')",
    "what everybody may write": "open('/tmp/here', 'w')",
    "memory that everybody may write": "open('/dev/shm/here', 'w')",
    "how busy the machine is": "open('/proc/loadavg')",
    "how many processes there are": "os.listdir('/proc')",
    "a device": "os.mknod('disk', 0o060600, os.makedev(8, 0))",
    "a signal to everybody": "os.kill(-1, 0)",
    "a signal to its group": "os.killpg(0, 15)",
    "the end of its own parent": "os.kill(os.getppid(), 9)",
    "a larger limit": "import resource; resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_is_refused(workers: Workers, statement: str) -> None:
    if "setrlimit" in statement:
        statement = f"try:\n        {statement}\n    except ValueError:\n        raise PermissionError"
    assert refused(workers, statement)


OF_OTHERS = {
    "memory": "open('/proc/{pid}/mem', 'rb')",
    "environment": "open('/proc/{pid}/environ', 'rb')",
    "open files": "os.listdir('/proc/{pid}/fd')",
    "a signal": "os.kill({pid}, 0)",
    "a handle": "os.pidfd_open({pid})",
}


@pytest.mark.parametrize("statement", OF_OTHERS.values(), ids=OF_OTHERS)
def test_nothing_of_another_process_of_the_same_user_can_be_had(
    workers: Workers, somebody: subprocess.Popen[bytes], statement: str
) -> None:
    assert refused(workers, statement.format(pid=somebody.pid))
    assert refused(workers, statement.format(pid=os.getpid())), "nor of the grader itself"
    assert somebody.poll() is None


TO_A_FILE = {
    "read": "open('{path}')",
    "write": "open('{path}', 'w')",
    "cut": "os.truncate('{path}', 0)",
    "remove": "os.unlink('{path}')",
    "rename": "os.rename('{path}', '{path}2')",
    "open to everybody": "os.chmod('{path}', 0o777)",
    "give away": "os.chown('{path}', 1, 1)",
    "date back": "os.utime('{path}', (0, 0))",
    "mark": "os.setxattr('{path}', 'user.x', b'1')",
    "take in": "os.link('{path}', 'mine')",
}


@pytest.mark.parametrize("statement", TO_A_FILE.values(), ids=TO_A_FILE)
def test_nothing_can_be_done_to_a_file_of_the_same_user(workers: Workers, tmp_path: Path, statement: str) -> None:
    path = tmp_path / "results.sqlite"
    path.write_text("treasure", encoding="ascii")
    before = path.stat()
    allowed = f"try:\n    {statement.format(path=path)}\nexcept OSError as error:\n    return error.errno\nreturn 0"
    assert workers.observe(allowed) in (errno.EPERM, errno.EACCES, errno.EXDEV, errno.ENOTSUP)
    after = path.stat()
    assert (path.read_text(encoding="ascii"), after.st_mode, after.st_uid, after.st_mtime) == (
        *("treasure", before.st_mode, before.st_uid),
        before.st_mtime,
    )


def test_it_has_a_folder_of_its_own_and_finds_no_other(workers: Workers) -> None:
    body = (
        "own = os.environ['TMPDIR']\nopen(own + '/mine', 'w').write('x')\nreturn [own, os.path.dirname(os.path.dirname(own))]"
    )
    (first, base), (second, _) = workers.observe(body), workers.observe(body)
    assert first != second
    assert refused(workers, f"os.listdir({base!r})")
    assert refused(workers, f"open({first + '/mine'!r})")


def test_its_files_end_where_its_disk_would(workers: Workers, settings: WorkerSettings) -> None:
    body = f"""
    try:
        with open(os.environ['TMPDIR'] + '/large', 'wb') as file:
            file.seek({settings.tmpfs_bytes})
            file.write(b'x')
    except OSError as error:
        return error.errno
    """
    assert workers.observe(body) == errno.EFBIG


def test_nothing_of_the_environment_comes_in(workers: Workers) -> None:
    assert workers.observe("return [name for name in os.environ if name.startswith(('SLURM', 'MUNGE', 'USER'))]") == []


def test_numerical_code_runs_as_everywhere(workers: Workers) -> None:
    source = """
    import numba, numpy as np

    @numba.njit
    def total(x):
        s = 0.0
        for value in x:
            s += value
        return s

    def f():
        return total(np.ones(1000)) + np.linalg.norm(np.eye(3) @ np.eye(3)) ** 2
    """
    assert workers.call(source).failure is None


def test_a_crash_ends_the_worker_alone(workers: Workers) -> None:
    call = workers.call("import ctypes\n\ndef f():\n    ctypes.string_at(0)\n")
    assert call.failure is not None
    assert signal.Signals.SIGSEGV.name in call.failure.message or "signal" in str(call.failure.kind)
    assert workers.call("def f():\n    return 1.0\n").failure is None


def test_code_that_starts_processes_is_not_run(backend: LandlockBackend, submission_of: Callable[..., Submission]) -> None:
    with backend.generation() as generation, pytest.raises(GraderError, match="nothing would hold it"):
        generation.start(submission_of("def f(): pass"), Profile.PROCESSES)


def test_every_figure_says_what_is_missing(backend: LandlockBackend) -> None:
    assert backend.sandbox in ("reduced (no namespaces)", "reduced (no namespaces, no control group)")


def test_a_clusters_node_without_namespaces_falls_back_on_it_and_no_other_machine_does(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_namespaces(_self: BubblewrapBackend) -> None:
        raise GraderError("bwrap: No permissions to create new namespace")

    monkeypatch.setattr(BubblewrapBackend, "generation", no_namespaces)
    cluster, laptop = Machine(scheduler="slurm", preload=("numpy",)), Machine(preload=("numpy",))
    assert choose.choose_backend(cluster, Limits(), trust_code=False).sandbox.startswith("reduced (no namespaces")
    with pytest.raises(GraderError, match="No permissions to create new namespace"):
        choose.choose_backend(laptop, Limits(), trust_code=False)
    with pytest.raises(GraderError, match="No permissions to create new namespace"):
        choose.choose_backend(cluster.model_copy(update={"backend": "bubblewrap"}), Limits(), trust_code=False)
