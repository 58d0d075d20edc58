"""What a submission in the sandbox can see and do: looked at from inside, where the submission stands."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.content.submission import Submission
from grader.execution import bubblewrap
from grader.execution.as_user import stage_for
from grader.execution.bubblewrap import BubblewrapBackend, exposed_paths
from grader.execution.generation import PACKAGE_ROOT, WorkerSettings, ZygoteGeneration
from tests.execution.workers import LONG_S, ONE_NUMBER, Workers

HIDDEN = "HOST_VARIABLE"


@pytest.fixture(scope="module")
def generation(sandbox: BubblewrapBackend) -> Iterator[ZygoteGeneration]:
    """Only the sandbox, started where the environment holds something that is nobody's business."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HIDDEN, "treasure")
        with sandbox.generation() as started:
            yield started


# No other process, nobody to talk to, no way around the budget

REFUSED = {
    "fork": "os.fork()",
    "a program": "import subprocess; subprocess.run(['/bin/true'])",
    "another program instead": "os.execv('/bin/true', ['true'])",
    "a process of multiprocessing": "import multiprocessing as m; m.get_context('fork').Process(target=print).start()",
    "a socket": "import socket; socket.socket()",
    "a pair of sockets": "import socket; socket.socketpair()",
    "other cores": "os.sched_setaffinity(0, range(os.cpu_count()))",
    "a higher priority": "os.setpriority(os.PRIO_PROCESS, 0, -10)",
    "another scheduler": "os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))",
    "memory beside the limit": "os.memfd_create('x')",
    "a handle on its init": "os.pidfd_open(1)",
    "the memory of its init": "open('/proc/1/mem', 'rb')",
    "the environment of its init": "open('/proc/1/environ', 'rb').read()",
    "another root folder": "os.chroot('/tmp')",
    "to be root": "os.setuid(0)",
    "to set the clock": "import time; time.clock_settime(time.CLOCK_REALTIME, 0)",
    "a lock on a file that all can read": "import fcntl; fcntl.flock(open(os.__file__), fcntl.LOCK_SH)",
    "a record's lock on it": "import fcntl; fcntl.lockf(open(os.__file__), fcntl.LOCK_SH)",
    "a larger pipe": "import fcntl; fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)",
    "a signal that is queued": "import signal; os.kill(os.getpid(), signal.SIGRTMIN)",
    "what is cached of a file": "os.preadv(os.open(os.__file__, 0), [bytearray(1)], 0, os.RWF_NOWAIT)",
    "how many files are open": "open('/proc/sys/fs/file-nr')",
    "how busy the machine is": "open('/proc/loadavg')",
    "how many processes there are": "os.listdir('/proc')",
    "a device": "os.mknod('/tmp/disk', 0o060600, os.makedev(8, 0))",
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_is_refused(workers: Workers, statement: str) -> None:
    assert workers.observe(f"try:\n    {statement}\nexcept PermissionError:\n    return 'refused'") == "refused"


RAW_CALLS = {
    "tracing": "ptrace(0, 0, None, None)",
    "namespaces of its own": "unshare(0x10000000)",
    "another's namespace": "setns(0, 0)",
    "a mount": "mount(b'none', b'/tmp', b'tmpfs', 0, None)",
    "the end of a mount": "umount2(b'/tmp', 0)",
    "an address layout without chance": "personality(0x0040000)",
    "a timer of the kernel's": "timer_create(1, None, ctypes.byref(ctypes.c_void_p()))",
    "notes about files": "inotify_init1(0)",
    "how much memory is free": "sysinfo(ctypes.create_string_buffer(200))",
    "work behind one's back": "syscall({'x86_64': 206, 'aarch64': 0}[os.uname().machine], 1, ctypes.create_string_buffer(8))",
    "a lower limit of what is counted over all": "setrlimit(6, (ctypes.c_ulong * 2)(1, 1))",
}


@pytest.mark.parametrize("call", RAW_CALLS.values(), ids=RAW_CALLS)
def test_is_refused_where_python_does_not_offer_it(workers: Workers, call: str) -> None:
    code, error = workers.observe(f"""
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        return [libc.{call}, ctypes.get_errno()]
    """)
    assert (code, error) == (-1, errno.EPERM)


def test_threads_are_allowed(workers: Workers) -> None:
    assert (
        workers.observe("""
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(4) as pool:
            return sum(pool.map(abs, range(10)))
    """)
        == 45
    )


def test_it_runs_on_the_cores_of_its_budget(workers: Workers, settings: WorkerSettings) -> None:
    assert workers.observe("return sorted(os.sched_getaffinity(0))") == list(settings.cpus)


def test_there_is_no_network(workers: Workers) -> None:
    interfaces = workers.observe("return Path('/proc/net/dev').read_text().splitlines()[2:]")
    assert all(line.split(":")[0].strip() == "lo" for line in interfaces)


def test_it_ends_neither_its_init_nor_its_neighbours(workers: Workers) -> None:
    neighbour = workers.ready("def f(): return 0.0")
    worker = workers.ready("""
        import os, signal

        def f():
            for pid, number in ((1, signal.SIGKILL), (-1, signal.SIGCONT)):
                try:
                    os.kill(pid, number)
                except OSError:  # refused, or nobody there
                    pass
            return 0.0
    """)
    assert worker.call((), ONE_NUMBER, LONG_S).failure is None
    assert neighbour.call((), ONE_NUMBER, LONG_S).failure is None


# No privilege


def test_it_has_no_capability_and_cannot_gain_one(workers: Workers) -> None:
    status = workers.observe("return dict(line.split(':\\t', 1) for line in open('/proc/self/status').read().splitlines())")
    for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[kind], 16) == 0, kind
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_it_is_not_root(workers: Workers) -> None:
    assert 0 not in workers.observe("return [*os.getresuid(), *os.getresgid()]")
    assert 0 not in workers.observe("return os.getgroups()")


def test_its_limits_cannot_be_raised(workers: Workers) -> None:
    raised = workers.observe("""
        import resource
        raised = []
        for limit in (resource.RLIMIT_AS, resource.RLIMIT_CORE, resource.RLIMIT_NOFILE):
            try:
                resource.setrlimit(limit, (resource.getrlimit(limit)[0], resource.getrlimit(limit)[1] + 1))
                raised.append(limit)
            except (ValueError, PermissionError):
                pass
        return raised
    """)
    assert raised == []


def test_memory_ends_at_the_limit(workers: Workers, settings: WorkerSettings) -> None:
    got = workers.observe("""
        import numpy as np
        kept = []
        try:
            while True:
                kept.append(np.empty(1 << 24, np.uint8))
        except MemoryError:
            return len(kept) << 24
    """)
    assert settings.memory_bytes // 2 < got <= settings.memory_bytes


# No sight of anything else


def test_it_sees_only_itself_and_its_init(workers: Workers) -> None:
    pids, mine = workers.observe("""
        return [[pid for pid in range(1, 5000) if os.path.exists(f"/proc/{pid}")], os.getpid()]
    """)
    assert pids == [1, mine]


def test_the_environment_is_the_courses_alone(workers: Workers) -> None:
    names = workers.observe("return sorted(os.environ)")
    assert HIDDEN in os.environ
    assert HIDDEN not in names
    threads = {name for name in names if name.endswith("_NUM_THREADS")} | {"VECLIB_MAXIMUM_THREADS", "MALLOC_ARENA_MAX"}
    assert set(names) - threads <= {"PATH", "PWD", "LANG", "HOME", "TMPDIR", "MPLCONFIGDIR", "NUMBA_CACHE_DIR"}
    assert "treasure" not in workers.observe("return open('/proc/self/environ').read()")


def test_of_the_grader_it_sees_only_its_own_side_of_the_wall(workers: Workers) -> None:
    every = [str(path) for path in (PACKAGE_ROOT / "grader").rglob("*.py")]
    files = workers.observe(f"return [path for path in {every} if os.path.exists(path)]")
    own = [*(PACKAGE_ROOT / "grader").glob("worker/*.py"), PACKAGE_ROOT / "grader/__init__.py"]
    assert sorted(files) == sorted(map(str, own))
    loaded = workers.observe("return [name for name in sys.modules if name.split('.')[0] == 'grader']")
    assert all(name in {"grader", "grader.worker"} or name.startswith("grader.worker.") for name in loaded)


@pytest.mark.parametrize(
    "folder", [Path("/"), Path.home(), PACKAGE_ROOT, PACKAGE_ROOT / "grader", Path("/etc"), Path("/var")], ids=str
)
def test_a_folder_shows_nothing_but_the_interpreter_and_the_system(workers: Workers, folder: Path) -> None:
    seen = workers.observe(f"""
        try:
            return os.listdir({str(folder)!r})
        except OSError:
            return []
    """)
    system = {"usr", "lib", "lib32", "lib64", "libx32", "bin", "sbin", "proc", "dev", "tmp"} if folder == Path("/") else set()
    for name in set(seen) - system:
        assert any(path.is_relative_to(folder / name) for path in exposed_paths()), f"{folder / name} can be seen"


def test_the_course_and_what_others_hand_in_are_out_of_sight(workers: Workers, tmp_path: Path) -> None:
    (tmp_path / "submissions" / "bob").mkdir(parents=True)
    (tmp_path / "submissions" / "bob" / "f.py").write_text("secret")
    hidden = [tmp_path, *(PACKAGE_ROOT / name for name in ("course.toml", "tasks", "reference", "submissions", "results"))]
    hidden += [Path(path) for path in ("/etc/passwd", "/etc/shadow", "/home", "/sys", "/run", "/var/lib")]
    assert workers.observe(f"return [path for path in {[str(path) for path in hidden]} if os.path.exists(path)]") == []


def test_it_holds_no_descriptor_but_its_own(workers: Workers) -> None:
    kinds = workers.observe("""
        paths = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
        return sorted(os.readlink(path).split(":")[0] for path in paths if os.path.exists(path))
    """)
    assert kinds == ["/dev/null", "/memfd", "pipe", "pipe", "socket"]


# No trace left behind

READ_ONLY = ["/", "/usr", "/etc", "/dev", "/proc", "/var", str(PACKAGE_ROOT / "grader" / "worker"), str(Path.home())]


@pytest.mark.parametrize("folder", READ_ONLY)
def test_no_file_can_be_made_in(workers: Workers, folder: str) -> None:
    assert (
        workers.observe(f"""
        try:
            Path({folder!r}, "mark").write_text("x")
        except OSError as error:
            return "refused"
    """)
        == "refused"
    )


@pytest.mark.parametrize("path", ["/proc/sys/kernel/hostname", "/proc/self/oom_score_adj", "/proc/sysrq-trigger", os.__file__])
def test_no_file_can_be_changed(workers: Workers, path: str) -> None:
    assert (
        workers.observe(f"""
        try:
            os.close(os.open({path!r}, os.O_WRONLY))
        except OSError:
            return "refused"
    """)
        == "refused"
    )


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm"])  # noqa: S108 -- the sandbox's own
def test_a_workers_own_folder_is_nobody_elses_and_has_an_end(workers: Workers, settings: WorkerSettings, folder: str) -> None:
    mark = f"{folder}/mark"
    assert workers.observe(f"Path({mark!r}).write_text('x')\nreturn os.listdir({folder!r})").count("mark") == 1
    assert workers.observe(f"return os.path.exists({mark!r})") is False
    assert not Path(mark).exists()
    assert (
        workers.observe(f"""
        import errno
        try:
            Path({mark!r}).write_bytes(bytes({2 * settings.tmpfs_bytes}))
        except OSError as error:
            return error.errno == errno.ENOSPC
    """)
        is True
    )


def test_what_the_sandbox_shows_below_tmp_can_still_be_read_there(
    sandbox: BubblewrapBackend, submission_of: Callable[..., Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="ein Ördner ") as folder:
        library, file, neighbour = (Path(folder) / name for name in ("library", "alone.py", "neighbour.py"))
        package, module = library / "package", library / "module.py"
        package.mkdir(parents=True)
        for path in (library / "part.py", package / "part.py", module, file, neighbour):
            path.write_text("content")
        shown = (*exposed_paths(), library, package, module, file)  # a package that is installed in what is shown already
        monkeypatch.setattr(bubblewrap, "exposed_paths", lambda _profile: shown)
        with sandbox.generation() as generation:
            workers = Workers(generation, submission_of)
            files = [str(path) for path in (library / "part.py", package / "part.py", module, file)]
            assert workers.observe(f"return [Path(path).read_text() for path in {files}]") == ["content"] * len(files)
            assert workers.observe(f"return sorted(os.listdir({folder!r}))") == ["alone.py", "library"]
            places = [str(library), str(package), *files]
            assert workers.observe(f"return [path for path in {places} if os.access(path, os.W_OK)]") == []


def test_root_finds_a_place_to_show_files_from_that_hides_none_of_them() -> None:
    assert stage_for(["/usr/lib/python3", "/mntx/course"]) == "/mnt"
    assert stage_for(["/mnt/course/.venv"]) != "/mnt"
    with pytest.raises(OSError, match="no folder to show the sandbox's files in"):
        stage_for(["/mnt", "/media/usb", "/srv/course", "/opt/python"])
