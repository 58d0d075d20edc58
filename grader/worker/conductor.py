"""The first process of an MPI worker: starts one process for each rank, hands the parent's frames on, and answers once for all.

Theory of operation. The parent knows one worker, and this is it. At LAUNCH it starts `mpiexec`, whose processes only hold a
place: each tells the environment that it was given, by which Open MPI knows a process, and waits. For each place this process,
which has the libraries, forks a rank (`grader.worker.rank`), which takes that environment, initialises MPI, and gives up all
that a worker of the profile `single` must not have: an interpreter with its libraries is there at once, where a new one would
take half a second of a core. When all are ready, LAUNCH is answered, and only then the submission comes. Each further frame
goes to every rank, and is answered when all of them have answered: so a call is over when every process has returned. Another
LAUNCH ends these processes and starts others.

It is on the untrusted side, like those that it starts: what it says of who failed and who waits where is advice.
"""

import contextlib
import json
import os
import re
import select
import shutil
import signal
import socket
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.worker import confine, packed, rank
from grader.worker.serve import REQUEST_LIMIT_BYTES, code_and_cache, header_alone, write_files
from grader.worker.wire import Operation, ProtocolError, receive, receive_with_descriptors, send

if TYPE_CHECKING:
    import subprocess

_LAUNCH_PATIENCE_S = 30.0
_GRACE_S = 0.5
"""For the others, once one rank has failed: those that fail alike, or return, do so at about the same time."""
_ABORT_PATIENCE_S = 1.0
"""For `mpiexec` to take the places away: it does where a rank has called MPI_Abort, and in no other case."""
_LAST_WORDS_S = 5.0
"""For it to end, once it has."""
_STACK_PATIENCE_S, _STACK_PAUSE_S = 0.5, 0.05
_ANSWER_PATIENCE_S = 5.0
_SAID_LIMIT_BYTES, _STACK_LIMIT_BYTES = 1 << 14, 1 << 14
_SHOWN_CHARACTERS, _SHOWN_RANKS = 120, 16

_FRAME = re.compile(r'^ +File "(.+)", line (\d+) in (.+)$', re.MULTILINE)
_RANK = b"OMPI_COMM_WORLD_RANK"
_PLACE = """
import os, _socket
place = _socket.socket(_socket.AF_UNIX)
place.connect("places")
place.sendall(b"\\0".join(name + b"=" + value for name, value in os.environb.items()) + b"\\0\\0")
place.recv(1)
"""
"""What `mpiexec` runs: it imports as little as it can."""
_END_OF_ENVIRONMENT = b"\0\0"


@dataclass(frozen=True)
class _Process:
    """One rank."""

    rank: int
    pid: int
    channel: socket.socket
    stack: int
    """Where its stack can be read, once it is asked for."""


@dataclass(frozen=True)
class _Answers:
    """What came back from the ranks that were asked."""

    contents: Mapping[int, bytes]
    """Of those that did what they were asked to."""
    failures: Mapping[int, Mapping[str, str] | None]
    """Of those that failed, the first one first; None of a process that has ended."""
    waiting: Sequence[_Process]
    """Those that had not answered when it was clear that not all would."""


class LaunchError(Exception):
    """The processes did not come up; the text is what `mpiexec` said."""


class Conductor:
    """The ranks of one submission: `serve` returns when the parent closes the channel."""

    def __init__(self, channel: socket.socket, folder: Path, mpi: Mapping[str, Any]) -> None:
        """`mpi` has the `command` that starts processes, and what each `rank` may have."""
        self._channel = channel
        self._folder = folder
        self._mpi = mpi
        self._code_folder, self._cache_folder = code_and_cache(folder)
        self._own_folder = folder / "mpi"
        self._places: list[socket.socket] = []
        self._mpiexec: subprocess.Popen[bytes] | None = None
        self._said = -1
        self._processes: list[_Process] = []
        self._ended: dict[int, int] = {}
        """The wait status of each rank that has."""

    def serve(self) -> None:
        """Answer the parent's frames in order."""
        while True:
            try:
                operation, payload, descriptors = receive_with_descriptors(self._channel, REQUEST_LIMIT_BYTES)
            except EOFError:
                return
            if operation is Operation.GO:
                self._hand_on(Operation.GO, Operation.DONE)
            elif operation is Operation.LAUNCH:
                self._launch(json.loads(payload)["processes"])
            elif operation is Operation.LOAD:
                self._load(payload)
            elif operation is Operation.PREPARE:
                self._prepare(payload, descriptors)
            elif operation is Operation.DUMP_CACHE:
                send(self._channel, Operation.READY, packed.pack(self._cache_folder))
            elif operation is Operation.COUNT_COMPILED:
                self._hand_on(Operation.COUNT_COMPILED, Operation.READY, only=self._processes[:1])
            elif operation is Operation.WHERE:
                send(self._channel, Operation.READY)

    def _load(self, payload: bytes) -> None:
        """Write the files once, for all ranks to import."""
        header, compiled = write_files(payload, self._code_folder)
        packed.unpack(compiled, self._cache_folder)
        self._hand_on(Operation.LOAD, Operation.READY, header_alone(header))

    def _prepare(self, payload: bytes, descriptors: Sequence[int]) -> None:
        """Every rank maps the parent's buffers; this process does not."""
        self._hand_on(Operation.PREPARE, Operation.READY, payload, tuple(descriptors))
        for descriptor in descriptors:
            os.close(descriptor)

    # --- the processes -----------------------------------------------------------------------------------------------------

    def _launch(self, count: int) -> None:
        """End those that there are, and start so many; the answer is READY once each of them has given up what it must."""
        self._end()
        try:
            self._start(count)
        except (LaunchError, OSError, ValueError, EOFError, ProtocolError) as error:
            words = f"{error}\n{self._last_words(_GRACE_S)}".strip()
            self._fail({"kind": "exit", "message": words}, final=True)
        else:
            send(self._channel, Operation.READY)

    def _start(self, count: int) -> None:
        import subprocess

        self._own_folder.mkdir(parents=True)
        os.chdir(self._own_folder)  # the name of a socket is short
        self._said, theirs = os.pipe()
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind("places")
            listener.listen(count)
            self._mpiexec = subprocess.Popen(
                [*self._mpi["command"], *self._folders(), "-n", str(count), sys.executable, "-I", "-S", "-c", _PLACE],
                env={**os.environ, **self._mpi["environment"], "TMPDIR": str(self._own_folder)},
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                preexec_fn=confine.die_with_parent,  # noqa: PLW1509 -- this process has one thread
            )
            os.close(theirs)
            deadline = time.monotonic() + _LAUNCH_PATIENCE_S
            environments = [self._environment_of_a_place(listener, deadline) for _ in range(count)]
        for environment in sorted(environments, key=lambda one: int(one[_RANK])):
            self._processes.append(self._fork(environment))
        answers = self._answers(self._processes, Operation.READY)
        if answers.waiting or answers.failures:
            failure = next(iter(answers.failures.values()), None)
            raise LaunchError(failure["message"] if failure else "a process ended before it was confined")

    def _folders(self) -> list[str]:
        """Where Open MPI keeps its sockets and the memory that its processes share: with the worker, and gone with it."""
        folder = str(self._own_folder)
        return ["--mca", "orte_tmpdir_base", folder, "--mca", "btl_vader_backing_directory", folder]

    def _environment_of_a_place(self, listener: socket.socket, deadline: float) -> dict[bytes, bytes]:
        """What a process of `mpiexec` was given; it keeps its place until its socket is closed."""
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        poll.register(self._said, 0)  # its end alone: what is said is read later
        ready = {descriptor for descriptor, _ in poll.poll(1000 * max(0.0, deadline - time.monotonic()))}
        if listener.fileno() not in ready:
            raise LaunchError("Open MPI ended" if ready else f"Open MPI did not start within {_LAUNCH_PATIENCE_S:g} s")
        place, _ = listener.accept()
        self._places.append(place)
        place.settimeout(_ANSWER_PATIENCE_S)
        told = b""
        while not told.endswith(_END_OF_ENVIRONMENT):
            part = place.recv(1 << 16)
            if not part:
                raise LaunchError("a process of Open MPI ended")
            told += part
        words = (word.partition(b"=") for word in told.removesuffix(_END_OF_ENVIRONMENT).split(b"\0"))
        return {name: value for name, _, value in words}

    def _fork(self, environment: dict[bytes, bytes]) -> _Process:
        """The rank that takes a place."""
        channel, far_channel = socket.socketpair()
        stack, far_stack = os.pipe()
        pid = os.fork()
        if pid == 0:
            rank.run(far_channel, far_stack, environment, self._mpi["rank"], self._folder)
        far_channel.close()
        os.close(far_stack)
        channel.settimeout(_ANSWER_PATIENCE_S)
        os.set_blocking(stack, False)
        return _Process(int(environment[_RANK]), pid, channel, stack)

    def _end(self) -> None:
        """Kill all of them, and take away what they have shared."""
        for process in self._processes:
            if process.rank not in self._ended:
                os.kill(process.pid, signal.SIGKILL)
                os.waitpid(process.pid, 0)
            process.channel.close()
            os.close(process.stack)
        self._processes = []
        self._ended = {}
        if self._mpiexec is not None:
            self._mpiexec.kill()
            self._mpiexec.wait()
            self._mpiexec = None
            os.close(self._said)
        for place in self._places:
            place.close()
        self._places = []
        os.chdir("/")
        shutil.rmtree(self._own_folder, ignore_errors=True)

    # --- frames ------------------------------------------------------------------------------------------------------------

    def _hand_on(
        self,
        operation: Operation,
        success: Operation,
        payload: bytes = b"",
        descriptors: tuple[int, ...] = (),
        only: Sequence[_Process] | None = None,
    ) -> None:
        """Ask every rank, and tell the parent what they answer together: the first rank's content, or the first failure."""
        asked = self._processes if only is None else only
        for process in asked:
            with contextlib.suppress(OSError):  # who has ended is found out when it does not answer
                send(process.channel, operation, payload, descriptors)
        answers = self._answers(asked, success)
        if not answers.failures:
            send(self._channel, success, answers.contents.get(0, b""))
            return
        first, failure = next(iter(answers.failures.items()))
        if failure is None:
            self._fail(self._ending(first), final=True)
            return
        alike = len(answers.failures) == len(self._processes) and len(set(map(str, answers.failures.values()))) == 1
        message = "\n".join([*self._who_failed(first, alike, answers), failure["message"]])
        self._fail({**failure, "message": message}, final=bool(answers.waiting) or None in answers.failures.values())

    def _who_failed(self, first: int, alike: bool, answers: _Answers) -> list[str]:
        """Nothing of a process that is alone."""
        if len(self._processes) == 1:
            return []
        if alike:
            return [f"all of the {len(self._processes)} ranks failed alike:"]
        elsewhere = self._whereabouts(answers.waiting, answers.contents) if answers.waiting else []
        return [f"rank {first} of {len(self._processes)} failed", *elsewhere]

    def _fail(self, failure: Mapping[str, str], *, final: bool) -> None:
        """With `final`, no further call can be made of these processes."""
        send(self._channel, Operation.FAILED, json.dumps({**failure, "final": final}).encode())

    def _answers(self, asked: Sequence[_Process], success: Operation) -> _Answers:
        """Until all have answered, or one has failed and the others have had a moment more."""
        waiting = {process.channel.fileno(): process for process in asked}
        contents: dict[int, bytes] = {}
        failures: dict[int, Mapping[str, str] | None] = {}
        poll = select.poll()
        for descriptor in (self._channel.fileno(), *waiting):
            poll.register(descriptor, select.POLLIN)
        deadline = float("inf")
        while waiting and time.monotonic() < deadline:
            left_ms = None if deadline == float("inf") else 1000 * max(0.0, deadline - time.monotonic())
            for descriptor, _ in poll.poll(left_ms):
                if descriptor == self._channel.fileno():
                    self._asked_meanwhile(list(waiting.values()), contents)
                    continue
                process = waiting.pop(descriptor)
                poll.unregister(descriptor)
                operation, content = _answer_of(process)
                if operation is success:
                    contents[process.rank] = content
                else:
                    failures[process.rank] = _failure(content)
                    deadline = min(deadline, time.monotonic() + _GRACE_S)
        return _Answers(contents, failures, list(waiting.values()))

    def _asked_meanwhile(self, waiting: Sequence[_Process], contents: Collection[int]) -> None:
        """While the ranks are at work, the parent asks for one thing: where they are. When it hangs up, all ends."""
        try:
            operation, _, _ = receive_with_descriptors(self._channel, REQUEST_LIMIT_BYTES)
        except (EOFError, OSError):
            self._end()
            os._exit(0)
        if operation is Operation.WHERE:
            send(self._channel, Operation.READY, "\n".join(self._whereabouts(waiting, contents)).encode("utf-8", "replace"))

    # --- what became of them -----------------------------------------------------------------------------------------------

    def _ending(self, lost: int) -> dict[str, str]:
        """Why a rank is gone, by what the kernel says of its end, and by whether `mpiexec` ends, too."""
        code = self._code_of_mpiexec()
        statuses = {process.rank: status for process in self._processes if (status := self._status_of(process)) is not None}
        if code is not None:
            aborted = [number for number, status in statuses.items() if os.waitstatus_to_exitcode(status) == code]
            return {"kind": "exit", "message": f"{self._name(*aborted[:1] or [lost])} called MPI_Abort, with the code {code}"}
        ended = os.waitstatus_to_exitcode(statuses[lost]) if lost in statuses else 0
        if ended < 0:
            return {"kind": "signal", "message": f"{self._name(lost)} was ended by {_signal_name(-ended)}"}
        return {"kind": "exit", "message": f"{self._name(lost)} exited with code {ended} instead of answering"}

    def _code_of_mpiexec(self) -> int | None:
        """What MPI_Abort was called with, where it was: with that it ends."""
        poll = select.poll()
        for place in self._places:
            poll.register(place, select.POLLIN)
        if self._mpiexec is None or not poll.poll(1000 * _ABORT_PATIENCE_S):
            return None
        deadline = time.monotonic() + _LAST_WORDS_S
        while self._mpiexec.poll() is None and time.monotonic() < deadline:
            time.sleep(_STACK_PAUSE_S)
        return self._mpiexec.poll()

    def _status_of(self, process: _Process) -> int | None:
        """The wait status of a rank that has ended."""
        if process.rank not in self._ended:
            pid, status = os.waitpid(process.pid, os.WNOHANG)
            if pid == 0:
                return None
            self._ended[process.rank] = status
        return self._ended[process.rank]

    def _name(self, number: int) -> str:
        return "the process" if len(self._processes) == 1 else f"rank {number} of {len(self._processes)}"

    def _last_words(self, limit_s: float) -> str:
        """What `mpiexec` said, up to its end."""
        if self._mpiexec is None:
            return ""
        said = _read_up_to(self._said, _SAID_LIMIT_BYTES, time.monotonic() + limit_s)
        return said.decode("utf-8", "replace")

    def _whereabouts(self, waiting: Sequence[_Process], returned: Collection[int]) -> list[str]:
        """A line for each rank: at which line of the submission it is."""
        stacks = self._stacks(waiting)
        lines = []
        for process in self._processes[:_SHOWN_RANKS]:
            if process.rank in stacks:
                lines.append(f"rank {process.rank} is {self._place(stacks[process.rank])}")
            elif process.rank in returned:
                lines.append(f"rank {process.rank} has returned")
        return lines

    def _stacks(self, processes: Sequence[_Process]) -> dict[int, str]:
        """Each process's stack, as its own `faulthandler` writes it; empty of one that does not."""
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                _read_up_to(process.stack, _STACK_LIMIT_BYTES, 0.0)
                os.kill(process.pid, rank.WHERE_SIGNAL)
        deadline = time.monotonic() + _STACK_PATIENCE_S
        poll = select.poll()
        for process in processes:
            poll.register(process.stack, select.POLLIN)
        while len(poll.poll(0)) < len(processes) and time.monotonic() < deadline:
            time.sleep(_STACK_PAUSE_S)
        time.sleep(_STACK_PAUSE_S)  # the last one may be in the middle of it
        read = {process.rank: _read_up_to(process.stack, _STACK_LIMIT_BYTES, 0.0) for process in processes}
        return {number: stack.decode("utf-8", "replace") for number, stack in read.items()}

    def _place(self, stack: str) -> str:
        """The innermost line of the submission's own in a stack."""
        main_thread_first = "\n".join(reversed(stack.split("\n\n")))
        for file, line, function in _FRAME.findall(main_thread_first):
            if os.path.normpath(file).startswith(f"{self._code_folder}{os.sep}"):
                text = _line_of(Path(file), int(line))
                place = f"at {os.path.relpath(file, self._code_folder)}, line {line}, in {function}"
                return f"{place}: {text}"[:_SHOWN_CHARACTERS] if text else place[:_SHOWN_CHARACTERS]
        return "outside of your code" if stack else "at work, and does not say where"


def _answer_of(process: _Process) -> tuple[Operation | None, bytes]:
    """A rank's frame; nothing of one that has ended, or that has written something else."""
    try:
        return receive(process.channel)
    except (EOFError, OSError, ProtocolError):
        return None, b""


def _failure(content: bytes) -> Mapping[str, str] | None:
    """A FAILED frame's text; None where there is none, as of a process that has ended."""
    try:
        fields = json.loads(content)
        return {str(key): str(value) for key, value in fields.items()} if "message" in fields else None
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None


def _read_up_to(descriptor: int, limit_bytes: int, deadline: float) -> bytes:
    """What can be read until the end, the limit or the deadline, whichever comes first."""
    os.set_blocking(descriptor, False)
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    found = bytearray()
    while len(found) < limit_bytes and poll.poll(1000 * max(0.0, deadline - time.monotonic())):
        part = os.read(descriptor, 1 << 12)
        if not part:
            break
        found += part
    return bytes(found)


def _line_of(file: Path, number: int) -> str:
    """A line of a file, without its indentation; empty where there is none."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").split("\n")[number - 1].strip()
    except (OSError, IndexError):
        return ""


def _signal_name(number: int) -> str:
    return next((known.name for known in signal.Signals if known == number), f"signal {number}")
