"""The first process of an MPI worker: starts one process for each rank, hands the parent's frames on, and answers once for all.

Theory of operation. The parent knows one worker, and this is it. At LAUNCH it starts `mpiexec`, whose processes
(`grader.worker.rank`) initialise MPI, connect to a socket in the worker's folder, and give up all that a worker of the profile
`single` must not have; when all have, LAUNCH is answered, and only then the submission comes. Each further frame goes to every
rank, and is answered when all of them have answered: so a call is over when every process has returned. Another LAUNCH ends
these processes and starts others.

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

from grader.worker import confine, packed
from grader.worker.serve import REQUEST_LIMIT_BYTES, code_and_cache, header_alone, write_files
from grader.worker.wire import Operation, ProtocolError, receive, receive_with_descriptors, send

if TYPE_CHECKING:
    import subprocess

WHERE_SIGNAL = signal.SIGUSR2
"""At which each rank writes its stack."""
_LAUNCH_PATIENCE_S = 30.0
_GRACE_S = 0.5
"""For the others, once one rank has failed: those that fail alike, or return, do so at about the same time."""
_LAST_WORDS_S = 3.0
"""For `mpiexec` to end the others and to say why."""
_STACK_PATIENCE_S, _STACK_PAUSE_S = 0.5, 0.05
_ANSWER_PATIENCE_S = 5.0
_SAID_LIMIT_BYTES, _STACK_LIMIT_BYTES = 1 << 14, 1 << 14
_SHOWN_CHARACTERS, _SHOWN_RANKS = 120, 16
_STANDARD_OUTPUT = 1
"""The worker's pipe, by the time that there are processes."""

_FRAME = re.compile(r'^ +File "(.+)", line (\d+) in (.+)$', re.MULTILINE)
_ABORTED = re.compile(r"MPI_ABORT was invoked on rank (\d+)\b.*?\berrorcode\s+(-?\d+)", re.DOTALL)
_KILLED = re.compile(r"process rank (\d+) .*?exited\s+on\s+signal\s+(\d+)", re.DOTALL)
_EXITED = re.compile(r"Process name: \[\[\d+,\d+\],(\d+)\]\s+Exit code:\s+(\d+)")
_LEFT = re.compile(r"due to process rank (\d+) .*?exiting\s+improperly", re.DOTALL)


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
        self._mpiexec: subprocess.Popen[bytes] | None = None
        self._said = -1
        self._processes: list[_Process] = []

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
            listener.bind("ranks")
            listener.listen(count)
            self._mpiexec = subprocess.Popen(
                [*self._mpi["command"], *self._places(), "-n", str(count), *_rank_command("ranks")],
                env={**os.environ, **self._mpi["environment"], "TMPDIR": str(self._own_folder)},
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
                preexec_fn=confine.die_with_parent,  # noqa: PLW1509 -- this process has one thread
            )
            os.close(theirs)
            deadline = time.monotonic() + _LAUNCH_PATIENCE_S
            self._processes = sorted((self._accept(listener, deadline) for _ in range(count)), key=lambda one: one.rank)
        answers = self._answers(self._processes, Operation.READY)
        if answers.waiting or answers.failures:
            failure = next(iter(answers.failures.values()), None)
            raise LaunchError(failure["message"] if failure else "a process ended before it was confined")

    def _places(self) -> list[str]:
        """Where Open MPI keeps its sockets and the memory that its processes share: with the worker, and gone with it."""
        folder = str(self._own_folder)
        return ["--mca", "orte_tmpdir_base", folder, "--mca", "btl_vader_backing_directory", folder]

    def _accept(self, listener: socket.socket, deadline: float) -> _Process:
        """A process that has come up; it is told how it is to be confined, and gets the pipe for what it prints."""
        poll = select.poll()
        poll.register(listener, select.POLLIN)
        poll.register(self._said, 0)  # its end alone: what is said is read later
        ready = {descriptor for descriptor, _ in poll.poll(1000 * max(0.0, deadline - time.monotonic()))}
        if listener.fileno() not in ready:
            raise LaunchError("Open MPI ended" if ready else f"Open MPI did not start within {_LAUNCH_PATIENCE_S:g} s")
        channel, _ = listener.accept()
        channel.settimeout(_ANSWER_PATIENCE_S)
        _, content = receive(channel)
        told = json.loads(content)
        stack, theirs = os.pipe()
        settings = {**self._mpi["rank"], "folder": str(self._folder)}
        send(channel, Operation.CONFIGURE, json.dumps(settings).encode(), (_STANDARD_OUTPUT, theirs))
        os.close(theirs)
        os.set_blocking(stack, False)
        return _Process(told["rank"], told["pid"], channel, stack)

    def _end(self) -> None:
        """Kill all of them, and take away what they have shared."""
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGKILL)
            process.channel.close()
            os.close(process.stack)
        self._processes = []
        if self._mpiexec is not None:
            self._mpiexec.kill()
            self._mpiexec.wait()
            self._mpiexec = None
            os.close(self._said)
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
        """Why a rank is gone, by the words of `mpiexec`, which then ends the others."""
        said = self._last_words(_LAST_WORDS_S)
        if found := _ABORTED.search(said):
            return {"kind": "exit", "message": f"{self._name(int(found[1]))} called MPI_Abort, with error code {found[2]}"}
        if found := _KILLED.search(said):
            return {"kind": "signal", "message": f"{self._name(int(found[1]))} was ended by {_signal_name(int(found[2]))}"}
        if found := _EXITED.search(said):
            return {"kind": "exit", "message": f"{self._name(int(found[1]))} exited with code {found[2]} instead of answering"}
        if found := _LEFT.search(said):
            lost = int(found[1])
        return {"kind": "exit", "message": f"{self._name(lost)} exited instead of answering"}

    def _name(self, rank: int) -> str:
        return "the process" if len(self._processes) == 1 else f"rank {rank} of {len(self._processes)}"

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
                os.kill(process.pid, WHERE_SIGNAL)
        deadline = time.monotonic() + _STACK_PATIENCE_S
        poll = select.poll()
        for process in processes:
            poll.register(process.stack, select.POLLIN)
        while len(poll.poll(0)) < len(processes) and time.monotonic() < deadline:
            time.sleep(_STACK_PAUSE_S)
        time.sleep(_STACK_PAUSE_S)  # the last one may be in the middle of it
        read = {process.rank: _read_up_to(process.stack, _STACK_LIMIT_BYTES, 0.0) for process in processes}
        return {rank: stack.decode("utf-8", "replace") for rank, stack in read.items()}

    def _place(self, stack: str) -> str:
        """The innermost line of the submission's own in a stack."""
        main_thread_first = "\n".join(reversed(stack.split("\n\n")))
        for file, line, function in _FRAME.findall(main_thread_first):
            if os.path.normpath(file).startswith(f"{self._code_folder}{os.sep}"):
                text = _line_of(Path(file), int(line))
                place = f"at {os.path.relpath(file, self._code_folder)}, line {line}, in {function}"
                return f"{place}: {text}"[:_SHOWN_CHARACTERS] if text else place[:_SHOWN_CHARACTERS]
        return "outside of your code" if stack else "at work, and does not say where"


def _rank_command(socket_name: str) -> list[str]:
    """A process of its own interpreter, in isolated mode, with nothing of the grader but `grader.worker`."""
    root = str(Path(__file__).parents[2])
    program = f"import sys; sys.path.insert(0, {root!r}); from grader.worker.rank import main; main({socket_name!r})"
    return [sys.executable, "-I", "-c", program]


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
        return file.read_text(encoding="utf-8", errors="replace").splitlines()[number - 1].strip()
    except (OSError, IndexError):
        return ""


def _signal_name(number: int) -> str:
    return next((known.name for known in signal.Signals if known == number), f"signal {number}")
