"""What an attack could have changed outside the sandbox: looked at before and after each submission, and compared."""

import contextlib
import ctypes
import gc
import hashlib
import os
import resource
import shutil
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

MARK = "attack-mark"
"""In the name of everything that an attack leaves: shared folders change all the time, and not only by attacks."""
SHARED_FOLDERS = (Path("/tmp"), Path("/var/tmp"), Path("/dev/shm"), Path("/run"), Path("/"), Path.home())  # noqa: S108 -- where they leave it
SETTINGS = (
    *("kernel/hostname", "kernel/domainname", "kernel/core_pattern", "kernel/randomize_va_space", "kernel/yama/ptrace_scope"),
    *("kernel/sched_autogroup_enabled", "kernel/shmmax", "vm/overcommit_memory", "vm/swappiness", "vm/drop_caches"),
    *("net/ipv4/ip_forward", "fs/pipe-max-size", "user/max_user_namespaces"),
)
CATCHER_PORTS = range(47100, 47132)
CATCHER_NAME = "attack-mark-catcher"
"""Names of ours, and of whoever runs the corpus at the same time."""
MOST_GROWTH_BYTES = 256 << 20
"""Inputs and answers of a larger case take so much for a while; whether anything stays is for `soak.py` to see."""

PATIENCE_S = 3.0
_PR_SET_CHILD_SUBREAPER = 36
_IPC_RMID = 0
_LIMITS = 16
"""Resources that Linux knows, from RLIMIT_CPU to RLIMIT_RTTIME."""


@dataclass(frozen=True)
class Host:
    """The state of everything that is watched."""

    processes: Mapping[int, str]
    """Below the runner, by pid."""
    sockets: frozenset[str]
    """Held by the runner or a process below it, or named by an attack."""
    files: Mapping[str, str]
    """Size, time and digest of everything in the folders that are the course's own."""
    marks: frozenset[str]
    """What attacks have left in folders that others use, too."""
    shared_memory: frozenset[str]
    """Of System V: kind, key, id."""
    settings: Mapping[str, str]
    """Of the kernel, and of the runner's own process."""
    descriptors: int
    resident_bytes: int


def changes(before: Host, after: Host) -> tuple[str, ...]:
    """What is different, a phrase each."""
    found = [f"process left: {name}" for pid, name in after.processes.items() if pid not in before.processes]
    found += [f"process gone: {name}" for pid, name in before.processes.items() if pid not in after.processes]
    found += [f"socket left: {name}" for name in sorted(after.sockets - before.sockets)]
    found += [f"file left: {path}" for path in sorted(after.marks - before.marks)]
    found += [f"file changed: {path}" for path in _different(before.files, after.files)]
    found += [f"shared memory left: {name}" for name in sorted(after.shared_memory - before.shared_memory)]
    found += [f"setting changed: {name}" for name in _different(before.settings, after.settings)]
    if after.descriptors != before.descriptors:
        found.append(f"the grader's open descriptors: {before.descriptors} → {after.descriptors}")
    if after.resident_bytes - before.resident_bytes > MOST_GROWTH_BYTES:
        found.append(f"the grader grew by {(after.resident_bytes - before.resident_bytes) >> 20} MiB")
    return tuple(found)


def _different(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


class Watch:
    """Looks at the host, and cleans up behind attacks."""

    def __init__(self, folders: tuple[Path, ...]) -> None:
        self._folders = folders

    def look(self) -> Host:
        """The state now."""
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)  # what is freed goes back to the kernel
        processes = _processes_below(os.getpid())
        return Host(
            processes=processes,
            sockets=frozenset(_sockets({os.getpid(), *processes})),
            files=dict(_file_states(self._folders)),
            marks=frozenset(map(str, _marks())),
            shared_memory=frozenset(_shared_memory()),
            settings=dict(_settings()),
            descriptors=len(list(Path("/proc/self/fd").iterdir())),
            resident_bytes=_resident_bytes(),
        )

    def settled(self, before: Host) -> Host:
        """The state once nothing that was started is still ending, or patience is at its end."""
        deadline = time.monotonic() + PATIENCE_S
        while _processes_below(os.getpid()).keys() != before.processes.keys() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.look()

    def clean(self, before: Host, after: Host) -> None:
        """Take away what an attack has left, so that the next one is seen for itself."""
        for pid in after.processes.keys() - before.processes.keys():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        for path in map(Path, after.marks - before.marks):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        for name in after.shared_memory - before.shared_memory:
            kind, _, number = name.split()
            _remove_shared_memory(kind, int(number))


class Catcher:
    """Listens where attacks may try to send what they have found: whatever arrives has left the sandbox."""

    def __init__(self, undo: ExitStack) -> None:
        listener, self.port = self._inet(undo)
        datagrams = undo.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        datagrams.bind(("127.0.0.1", self.port))
        abstract = undo.enter_context(socket.socket(socket.AF_UNIX))
        abstract.bind(f"\0{CATCHER_NAME}-{os.getpid()}")
        path = Path("/tmp") / f"{CATCHER_NAME}-{os.getpid()}"  # noqa: S108 -- where an attack looks
        named = undo.enter_context(socket.socket(socket.AF_UNIX))
        named.bind(str(path))
        path.chmod(0o777)
        undo.callback(path.unlink, missing_ok=True)
        for one in (listener, abstract, named):
            one.listen(16)
        self._listeners = (listener, abstract, named)
        self._datagrams = datagrams
        for one in (*self._listeners, datagrams):
            one.settimeout(0)

    @staticmethod
    def _inet(undo: ExitStack) -> tuple[socket.socket, int]:
        for port in CATCHER_PORTS:
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                listener.close()
                continue
            return undo.enter_context(listener), port
        raise OSError(f"ports {CATCHER_PORTS.start} to {CATCHER_PORTS.stop - 1} are all taken")

    def caught(self) -> list[bytes]:
        """What has arrived since the last time: the start of each connection's data, and each datagram."""
        arrived: list[bytes] = []
        for listener in self._listeners:
            with contextlib.suppress(BlockingIOError):
                while True:
                    connection, _ = listener.accept()
                    with connection:
                        connection.settimeout(0.2)
                        with contextlib.suppress(OSError):
                            arrived.append(connection.recv(1 << 16))
        with contextlib.suppress(BlockingIOError):
            while True:
                arrived.append(self._datagrams.recv(1 << 16))
        return arrived


@contextmanager
def catching() -> Iterator[Catcher]:
    """A catcher, while the corpus runs."""
    with ExitStack() as undo:
        yield Catcher(undo)


@contextmanager
def adopting_orphans() -> Iterator[None]:
    """What a process below this one leaves behind stays below this one, where it is seen."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


# The parts of the state


def _processes_below(root: int) -> dict[int, str]:
    """Those that have not ended yet, by pid."""
    parents: dict[int, tuple[int, str]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                stat = (folder / "stat").read_bytes()
                name, rest = stat[stat.index(b"(") + 1 : stat.rindex(b")")], stat[stat.rindex(b")") + 2 :].split()
                if rest[0] not in (b"Z", b"X"):
                    parents[int(folder.name)] = int(rest[1]), f"{name.decode('utf-8', 'replace')} ({folder.name})"
    found: dict[int, str] = {}
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        children = {pid: name for pid, (of, name) in parents.items() if of == parent}
        found |= children
        waiting.extend(children)
    return found


def _sockets(pids: set[int]) -> Iterator[str]:
    """Listening and named ones of these processes, and those that carry an attack's mark."""
    held = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    held.add(link.readlink().name.removeprefix("socket:[").removesuffix("]"))
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        for fields in _table(f"/proc/net/{kind}"):
            if fields[9] in held:
                yield f"{kind} {fields[1]}"
    for fields in _table("/proc/net/unix"):
        if (
            len(fields) > 7 and (fields[6] in held or MARK in fields[7]) and CATCHER_NAME not in fields[7]
        ):  # the name comes last, and may be absent
            yield f"unix {fields[7]}"


def _table(path: str) -> list[list[str]]:
    try:
        lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()[1:]
    except OSError:
        return []
    return [line.split() for line in lines]


def _file_states(folders: tuple[Path, ...]) -> Iterator[tuple[str, str]]:
    for folder in folders:
        for path in folder.rglob("*"):
            if "__pycache__" in path.parts:
                continue
            with contextlib.suppress(OSError):
                status = path.lstat()
                ours = path.is_file() and not path.is_symlink() and status.st_size < 1 << 24
                digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16] if ours else ""
                yield str(path), f"{status.st_mode:o} {status.st_size} {status.st_mtime_ns} {digest}"


def _marks() -> Iterator[Path]:
    for folder in SHARED_FOLDERS:
        with contextlib.suppress(OSError):
            yield from (path for path in folder.iterdir() if MARK in path.name and CATCHER_NAME not in path.name)


def _shared_memory() -> Iterator[str]:
    for kind in ("shm", "msg", "sem"):
        for fields in _table(f"/proc/sysvipc/{kind}"):
            yield f"{kind} {fields[0]} {fields[1]}"
    with contextlib.suppress(OSError):
        yield from (f"mqueue {path.name} 0" for path in Path("/dev/mqueue").iterdir())


def _settings() -> Iterator[tuple[str, str]]:
    for name in SETTINGS:
        with contextlib.suppress(OSError):
            yield name, Path("/proc/sys", name).read_text(encoding="utf-8", errors="replace").strip()
    yield "the grader's cores", str(sorted(os.sched_getaffinity(0)))
    yield "the grader's priority", str(os.getpriority(os.PRIO_PROCESS, 0))
    yield "the grader's folder", str(Path.cwd())
    yield "the grader's variables", hashlib.sha256(repr(sorted(os.environ.items())).encode()).hexdigest()
    yield "the grader's modules", f"{sys.modules['time'] is time} {sys.path}"
    yield "the grader's limits", str([resource.getrlimit(limit) for limit in range(_LIMITS)])


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()


def _remove_shared_memory(kind: str, number: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    match kind:
        case "shm":
            libc.shmctl(number, _IPC_RMID, None)
        case "msg":
            libc.msgctl(number, _IPC_RMID, None)
        case "sem":
            libc.semctl(number, 0, _IPC_RMID)
