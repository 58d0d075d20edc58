"""One run's zygotes, one for each profile and number of cores, and the workers forked from them, launched in whatever."""

import base64
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self

import grader
from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution import mpi
from grader.execution.cgroup import Caps, Group, Groups
from grader.execution.handle import LinuxTreeHandle, ProcessHandle, descendants_of_parent, open_handle
from grader.execution.process import Budget, WorkerProcess
from grader.profiles import Profile
from grader.worker import wire
from grader.worker.wire import Operation

_START_PATIENCE_S = 60.0
_CREDENTIALS = struct.Struct("3i")
_SHOWN_OUTPUT_BYTES = 4000
_SILENT = "it said nothing"

PACKAGE_ROOT = Path(grader.__file__).parent.parent


@dataclass(frozen=True)
class WorkerSettings:
    """What every worker of a machine gets: libraries, environment, budget, limits."""

    preload: tuple[str, ...]
    environment: Mapping[str, str]
    cpus: tuple[int, ...]
    """The cores that the budget amounts to; every worker runs on these and no others."""
    memory_bytes: int
    tmpfs_bytes: int = 256 << 20
    output_bytes: int = 1 << 16
    mpi_cpus: tuple[int, ...] = ()
    """The cores that MPI tasks may have; the others' where there are none. How many of them one has, it says itself."""

    def for_profile(self, profile: Profile, cores: int | None = None) -> "WorkerSettings":
        """The same on the cores of one profile, or on so many of them, and those in the words of every library."""
        is_mpi = profile is Profile.MPI
        available = (self.mpi_cpus or self.cpus) if is_mpi else self.cpus
        cpus = available[-profile.cores(len(available), cores) :]
        threads = 1 if is_mpi else len(cpus)
        return replace(
            self,
            cpus=cpus,
            environment={
                **dict.fromkeys(_THREAD_VARIABLES, str(threads)),
                **(mpi.variables() if is_mpi else {}),
                **self.environment,
            },
        )


_THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    # The C library reserves 128 MB of address space for each further arena, which the memory limit would count as used.
    "MALLOC_ARENA_MAX",
)


@dataclass(frozen=True)
class Confined:
    """The layers that the zygote puts on each worker."""

    sandboxed: bool
    seccomp_program: bytes = b""
    network: bool = False
    """A loopback interface of its own."""
    landlock_version: int = 0
    landlock_rules: Mapping[str, Sequence[str]] = field(default_factory=dict)
    processes: int | None = None
    """The most that all workers of a zygote may have together, threads included."""
    mpi: Mapping[str, object] | None = None
    """How the processes of MPI are started and confined (`grader.execution.mpi`), where the profile is that."""


Launch = Callable[[Sequence[str], int], subprocess.Popen[bytes]]
"""Starts the zygote's command line with one inherited descriptor."""


def zygote_command(control: int) -> list[str]:
    """The zygote in isolated mode: no user site, no PYTHON* variables, nothing of the grader but `grader.worker`."""
    program = f"import sys; sys.path.insert(0, {str(PACKAGE_ROOT)!r}); from grader.worker.zygote import main; main({control})"
    return [sys.executable, "-I", "-c", program]


@dataclass(frozen=True)
class Watched:
    """How a worker is held to its limits from outside; a student's own, trusted code is not."""

    caps: Caps
    groups: Groups | None
    """None where no control group can be made: a watchdog stands in."""


class Zygote:
    """A fresh zygote of one profile; `start` forks a worker of it. Leaving the context kills everything that was started."""

    def __init__(
        self,
        profile: Profile,
        launch: Launch,
        settings: WorkerSettings,
        confined: Confined,
        folder_for: Callable[[Submission], Path],
        watched: Watched | None = None,
    ) -> None:
        self._profile = profile
        self._settings = settings
        self._confined = confined
        self._folder_for = folder_for
        self._launch = launch
        self._watched = watched
        self._workers: list[WorkerProcess] = []

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            self._control, theirs = socket.socketpair()
            undo.callback(self._control.close)
            _ask_for_credentials(self._control)
            with theirs:
                self._process = self._launch(zygote_command(theirs.fileno()), theirs.fileno())
            undo.callback(self._end)
            self._configure()
            undo.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def start(self, submission: Submission) -> WorkerProcess:
        """Fork a worker; see `ZygoteGeneration.start`."""
        with contextlib.ExitStack() as undo:
            with contextlib.ExitStack() as far_ends:  # which only the worker and its init shall hold
                channel, far_channel = socket.socketpair()
                undo.callback(channel.close)
                far_ends.callback(far_channel.close)
                status, far_status = _pipe(undo, far_ends)
                output, far_output = _pipe(undo, far_ends)
                _ask_for_credentials(channel)
                self._ask_for_worker(self._folder_for(submission), (far_channel.fileno(), far_status, far_output))
            try:
                pid = _receive_hello(channel)
            except (EOFError, OSError) as error:
                raise GraderError(f"no worker could be started: {_said(output)}") from error
            group = self._group_for(pid)
            if group is not None:
                undo.callback(group.remove)
            handle = self._handle_on(pid, group)
            undo.pop_all()
        budget = Budget(
            cpus=self._settings.cpus,
            starts_processes=self._profile.starts_processes and not self._confined.mpi,
            is_mpi=self._confined.mpi is not None,
            printed_bytes=self._settings.output_bytes,
            caps=self._watched.caps if self._watched is not None else None,
            group=group,
        )
        worker = WorkerProcess(handle, channel, status, output, submission, budget)
        self._workers.append(worker)
        return worker

    def _group_for(self, pid: int) -> Group | None:
        """A control group with the worker in it, before it has seen the submission."""
        if self._watched is None or self._watched.groups is None:
            return None
        try:
            group = self._watched.groups.make(self._watched.caps)
            group.add(pid)
        except OSError as error:
            raise GraderError(f"no control group for a worker: {error}") from error
        return group

    def _handle_on(self, pid: int, group: Group | None) -> ProcessHandle:
        if not self._profile.starts_processes or sys.platform != "linux":
            return open_handle(pid)
        members = group.members if group is not None else descendants_of_parent(pid)
        return LinuxTreeHandle(pid, members, own_namespace=self._confined.sandboxed)

    def _ask_for_worker(self, folder: Path, far_ends: tuple[int, int, int]) -> None:
        try:
            wire.send(self._control, Operation.START, json.dumps({"folder": str(folder)}).encode(), far_ends)
        except OSError as error:
            raise GraderError(f"the workers' interpreter has ended: {self._last_words()}") from error

    def _configure(self) -> None:
        self._control.settimeout(_START_PATIENCE_S)
        try:
            pid = _receive_hello(self._control)
            if sys.platform == "linux":
                os.sched_setaffinity(pid, self._settings.cpus)
            wire.send(self._control, Operation.CONFIGURE, self._configuration())
            wire.receive(self._control)
        except (EOFError, OSError) as error:
            raise GraderError(f"the workers' interpreter did not start: {self._last_words()}") from error

    def _configuration(self) -> bytes:
        confinement = {
            **vars(self._confined),
            "seccomp_program": base64.b64encode(self._confined.seccomp_program).decode(),
            "memory_bytes": self._settings.memory_bytes,
            "tmpfs_bytes": self._settings.tmpfs_bytes,
            "output_bytes": self._settings.output_bytes,
        }
        return json.dumps({"preload": self._settings.preload, "confinement": confinement}).encode()

    def _last_words(self) -> str:
        self._process.kill()
        try:
            _, errors = self._process.communicate()
        except ValueError:  # it has been asked before
            return _SILENT
        return errors[-_SHOWN_OUTPUT_BYTES:].decode("utf-8", "replace").strip() or _SILENT

    def _end(self) -> None:
        for worker in self._workers:
            worker.close()
        self._control.close()  # the zygote ends when it reads the end of its control socket
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()


class ZygoteGeneration:
    """The workers of one run: the zygote of a profile is started when its first worker is; leaving the context ends all."""

    def __init__(self, zygote_of: Callable[[Profile, int | None], Zygote]) -> None:
        self._zygote_of = zygote_of
        self._zygotes: dict[tuple[Profile, int | None], Zygote] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()
        self._zygotes.clear()

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> WorkerProcess:
        """Fork a worker; it is confined and waiting when this returns, and has not seen the submission.

        Raises:
            GraderError: it, or its zygote, did not come up; the text ends with what it said.
        """
        key = (profile, cores)
        if key not in self._zygotes:
            self._zygotes[key] = self._stack.enter_context(self._zygote_of(profile, cores))
        return self._zygotes[key].start(submission)


def _pipe(undo: contextlib.ExitStack, far_ends: contextlib.ExitStack) -> tuple[int, int]:
    """The end to read from and the end to write to; each is closed by its own stack."""
    ours, theirs = os.pipe()
    undo.callback(os.close, ours)
    far_ends.callback(os.close, theirs)
    return ours, theirs


def _said(output: int) -> str:
    """What a worker that did not come up wrote."""
    os.set_blocking(output, False)
    with contextlib.suppress(BlockingIOError):
        return os.read(output, _SHOWN_OUTPUT_BYTES).decode("utf-8", "replace").strip() or _SILENT
    return _SILENT


def _ask_for_credentials(channel: socket.socket) -> None:
    """Before the other side can send: the kernel then names the sender of its first message."""
    if sys.platform == "linux":
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)


def _receive_hello(channel: socket.socket) -> int:
    """The sender's pid, in this process's pid namespace.

    On Linux the kernel tells it (SCM_CREDENTIALS). Elsewhere there are no pid namespaces, and the sender says it itself: it has
    not seen any of the submission's code yet.
    """
    channel.settimeout(_START_PATIENCE_S)
    data, ancillary, _, _ = channel.recvmsg(wire.HEADER.size + 32, socket.CMSG_SPACE(_CREDENTIALS.size))
    if len(data) < wire.HEADER.size or wire.HEADER.unpack_from(data)[1] != Operation.HELLO:
        raise EOFError
    if sys.platform != "linux":
        return int(data[wire.HEADER.size :])
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            return int(_CREDENTIALS.unpack(content)[0])
    raise EOFError
