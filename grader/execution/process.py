"""The parent's half of the call protocol: reveal, time, stop, copy.

Each call: the worker stands still (SIGSTOP, confirmed in `/proc`) while fresh inputs are written and the outputs are poisoned;
the clock is read, the worker continued; at its DONE the clock is read again, the worker is stopped at once, and the outputs are
copied while it is frozen. The clock, the inputs and the copy are the parent's: the worker decides nothing but the bytes in the
buffer.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Inputs
from grader.errors import GraderError
from grader.execution.arena import Arena, signature_of
from grader.execution.cgroup import Caps, Group
from grader.execution.handle import NotStoppedError, ProcessHandle, own_waited_s
from grader.execution.interface import Call, Failure, FailureKind, Load
from grader.worker import packed, wire
from grader.worker.wire import Operation

_GRACE_S = 5.0
_LAUNCH_PATIENCE_S = 40.0
_WHERE_PATIENCE_S = 2.0
_WATCH_EVERY_S = 0.1
"""No call that is shorter is disturbed by the watchdog."""
_SAMPLE_EVERY_S = 0.01
"""In calls whose memory is asked for, where processes come and go: what has ended has no high-water mark any more."""
_LONG_STOP_S, _LONG_WORK_S = 1e-3, 1e-4
"""Standing still takes some 50 µs, and so does saying done."""
_MESSAGE_LIMIT_CHARACTERS = 10_000
_MODULE_LIMIT_CHARACTERS = 200
_COUNT_DIGITS = 7
_KERNEL_AT_THE_LIMIT = "the kernel ended a process of it at the limit"


class _EndedError(Exception):
    """The parent has ended the worker for this failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


_BROKEN = (EOFError, OSError, wire.ProtocolError, NotStoppedError, _EndedError)
"""What is raised when no more frames will come."""


@dataclass(frozen=True)
class Budget:
    """What a worker may use, as its parent holds it to that."""

    cpus: tuple[int, ...] = ()
    """The cores that all of its threads are bound to."""
    starts_processes: bool = False
    """Whether it may start others beside its own."""
    is_mpi: bool = False
    """Whether it starts MPI processes, and answers for them (`grader.worker.conductor`)."""
    printed_bytes: int = 1 << 16
    caps: Caps | None = None
    """With these, a watchdog looks at long calls now and then, and ends the worker when it takes more."""
    group: Group | None = None
    """Its control group, where it has one."""


_ORDINARY = Budget()


class WorkerProcess:
    """One worker, as its parent holds it: a handle, a channel, and the pipes for what it prints and how it ends."""

    def __init__(
        self,
        handle: ProcessHandle,
        channel: socket.socket,
        status: int,
        output: int,
        submission: Submission,
        budget: Budget = _ORDINARY,
    ) -> None:
        self._cpus = frozenset(budget.cpus)
        self._printed_bytes = budget.printed_bytes
        self._caps = budget.caps
        self._group = budget.group
        self._starts_processes = budget.starts_processes
        self._is_mpi = budget.is_mpi
        self._processes = 0
        self._reload: partial[Load] | None = None
        self._first_bytes = handle.usage().memory_bytes if budget.caps is not None else 0
        self._handle = handle
        self._channel = channel
        self._status = status
        self._output = output
        self._submission = submission
        self._arena: Arena | None = None
        self._printed = b""
        self._ended_cpu_s = 0.0
        self._sampled_bytes: int | None = None
        self._closed = False
        self.alive = True
        self.launch_time_s = 0.0
        """What starting the MPI processes took that it has now."""
        os.set_blocking(output, False)

    # --- the worker's life -------------------------------------------------------------------------------------------------

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        """Send the submission's files and import it; the time includes nothing of the start of the process, or of MPI's."""
        if self._is_mpi:
            self._reload = partial(self.load, limit_s, compiled)
            self._launch(processes)
        payload = self._files({"file": self._submission.file, "function": self._submission.function}) + compiled
        start = time.perf_counter()
        answer = self._request(Operation.LOAD, payload, limit_s=limit_s)
        import_time_s = time.perf_counter() - start
        return Load(import_time_s, answer if isinstance(answer, Failure) else None)

    def build(self, command: Sequence[str], limit_s: float) -> bytes | Failure:
        """Run a command among the submission's files, and bring what it leaves in the folder `built`, as bytes.

        They mean nothing on this side, and are for the submission's own workers. A worker that has built is not to be called.
        """
        return self._request(
            Operation.BUILD,
            self._files({"command": list(command)}),
            limit_s=limit_s,
            reply_limit_bytes=packed.LIMIT_BYTES + wire.HEADER.size,
        )

    def _files(self, header: dict[str, object]) -> bytes:
        """A header that names the submission's files, and the files."""
        sources = self._submission.files
        told = json.dumps({**header, "files": [[source.path, len(source.content)] for source in sources]}).encode()
        return len(told).to_bytes(4, "little") + told + b"".join(source.content for source in sources)

    def _launch(self, processes: int) -> None:
        """Start so many MPI processes, which have seen nothing of the submission yet, in place of those that there are.

        Raises:
            GraderError: they did not come up; the text ends with what was said.
        """
        self._drop_arena()
        start = time.perf_counter()
        failure = self._unsolicited()
        if failure is None:
            told = json.dumps({"processes": processes}).encode()
            answer = self._request(Operation.LAUNCH, told, limit_s=_LAUNCH_PATIENCE_S)
            failure = answer if isinstance(answer, Failure) else None
        if failure is not None:
            self._kill()
            raise GraderError(f"{processes} MPI processes could not be started: {failure.message}")
        self.launch_time_s = time.perf_counter() - start
        self._processes = processes
        self._first_bytes = self._handle.usage().memory_bytes if self._caps is not None else 0
        self._handle.proceed()  # nothing of the submission is in them, and what comes may be more than a socket holds

    def _stand_in(self, processes: int) -> Failure | None:
        """Let there be so many MPI processes that have imported the submission; why they have not."""
        if self._reload is None or not self.alive or processes == self._processes:
            return None
        return self._reload(processes=processes).failure

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        """One call of the protocol; a worker that exceeds `limit_s` seconds is killed."""
        arena = self._stand_in(processes) or self._arena_for(inputs, outputs)
        if isinstance(arena, Failure):
            return Call(0.0, 0.0, 0, None, arena)
        arena.reveal(inputs)
        resident_bytes = self._handle.start_memory_peak() if track_memory else None
        before_bytes = self._start_sampling() if track_memory else 0
        failure = self._send(Operation.GO) or self._moving()  # read only once the worker is continued
        if failure is not None:
            return Call(0.0, 0.0, 0, None, failure)
        cpu_start_s = self._handle.cpu_time_s()
        idle_cpu_s = cpu_start_s - self._ended_cpu_s
        waited_before_s, late_before_s = self._handle.waited_s(), own_waited_s()
        start = time.perf_counter()
        self._handle.proceed()
        try:
            operation, payload = self._receive(limit_s, waited_before_s)
            done_s = time.perf_counter() - start
            waited_s = max(0.0, self._handle.waited_s() - waited_before_s)
            lost_s = waited_s + own_waited_s() - late_before_s
            sampled_bytes, self._sampled_bytes = self._sampled_bytes, None
            threads = self._rest()
            stopped_s = self._handle.still_at_s() - start
            cpu_time_s = self._ended_cpu_s - cpu_start_s
            lost_until_stopped_s = self._handle.waited_s() - waited_before_s + own_waited_s() - late_before_s
            if len(self._cpus) != 1:
                lost_s = lost_until_stopped_s = 0.0
            busy_s = cpu_time_s / max(len(self._cpus), 1)
            wall_time_s = _honest_time_s(done_s, stopped_s, busy_s, lost_s, lost_until_stopped_s)
            if wall_time_s > limit_s and operation is Operation.DONE:
                raise TimeoutError  # it was excused for waiting, and it was not others that it waited for
        except _BROKEN as error:
            wall_time_s = time.perf_counter() - start
            cpu_time_s = max(0.0, self._handle.cpu_time_s() - cpu_start_s)  # the clock of an ended process reads 0
            return Call(wall_time_s, cpu_time_s, 1, None, self._ended_by(error, limit_s))
        if operation is not Operation.DONE:
            failure = self._refused(operation, payload)
            return Call(wall_time_s, cpu_time_s, threads, None, failure, idle_cpu_s=idle_cpu_s)
        failure = self._elsewhere()
        if failure is not None:
            return Call(wall_time_s, cpu_time_s, threads, None, failure, idle_cpu_s=idle_cpu_s)
        return Call(
            wall_time_s=wall_time_s,
            cpu_time_s=cpu_time_s,
            threads=threads,
            outputs=arena.copy_outputs(),
            failure=None,
            peak_memory_bytes=self._peak_bytes(resident_bytes, (sampled_bytes or 0) - before_bytes),
            process_peaks_bytes=self._process_peaks_bytes() if track_memory else (),
            idle_cpu_s=idle_cpu_s,
            waited_s=waited_s,
        )

    def release(self) -> None:
        """Give back the memory of its calls until the next one; at the next call the worker finds it as if it were new."""
        if self._arena is not None:
            self._arena.release()

    def compiled_functions(self) -> bytes:
        """The submission's Numba cache as bytes that mean nothing on this side; empty where it has none or does not answer."""
        if not self.alive:
            return b""
        answer = self._request(Operation.DUMP_CACHE, reply_limit_bytes=packed.LIMIT_BYTES)
        return b"" if isinstance(answer, Failure) else answer

    def compiled_count(self) -> int | None:
        """How many Numba functions the worker says it has compiled: advice, never a verdict. None where it does not say."""
        if not self.alive:
            return None
        answer = self._request(Operation.COUNT_COMPILED)
        return int(answer) if isinstance(answer, bytes) and answer.isdigit() and len(answer) < _COUNT_DIGITS else None

    def printed(self) -> str:
        """The first of what the submission wrote to its standard output and error so far; the pipe never blocks it.

        The worker caps it, too: this is for one that has taken the cap away.
        """
        with contextlib.suppress(BlockingIOError):
            while len(self._printed) < self._printed_bytes and (part := os.read(self._output, 1 << 16)):
                self._printed += part[: self._printed_bytes - len(self._printed)]
        return self._submission.located(self._printed.decode("utf-8", "replace"))

    def close(self) -> None:
        """Kill the worker and let go of what is held for it; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._kill()
        self._drop_arena()
        self._channel.close()
        self._handle.close()
        os.close(self._status)
        os.close(self._output)
        if self._group is not None:
            self._group.remove()

    # --- the memory of a call -----------------------------------------------------------------------------------------------

    def _start_sampling(self) -> int:
        """Where the worker may start processes, look at them all often during this call; what they take before it."""
        if not self._starts_processes:
            return 0
        self._sampled_bytes = self._handle.usage().memory_bytes
        return self._sampled_bytes

    def _peak_bytes(self, resident_bytes: int | None, sampled_bytes: int) -> int | None:
        """The high-water mark of what still runs, or the most that was seen of what has ended, too, whichever is more."""
        peak_bytes = None if resident_bytes is None else self._handle.memory_peak_since(resident_bytes)
        return None if peak_bytes is None else max(peak_bytes, sampled_bytes)

    def _process_peaks_bytes(self) -> tuple[int, ...]:
        """Of as many as there are MPI processes: what starts them takes nothing in a call."""
        if not self._is_mpi:
            return ()
        return tuple(sorted(self._handle.memory_peaks(), reverse=True)[: self._processes])

    # --- the steps of a call -----------------------------------------------------------------------------------------------

    def _arena_for(self, inputs: Inputs, outputs: Sequence[ArraySpec]) -> Arena | Failure:
        """The arena for a call of this signature, with the worker at rest and nothing said out of turn; or what is wrong.

        A new arena is announced to the worker before anything is in it.
        """
        failure = self._unsolicited()
        if failure is not None:
            return failure
        if self._arena is not None and self._arena.signature == signature_of(inputs, outputs):
            return self._arena
        self._drop_arena()
        arena = Arena(inputs, outputs)
        self._arena = arena
        answer = self._request(Operation.PREPARE, json.dumps(arena.layout).encode(), (arena.descriptor,))
        failure = answer if isinstance(answer, Failure) else self._unsolicited()
        if failure is not None:
            self._drop_arena()
            return failure
        return arena

    def _drop_arena(self) -> None:
        if self._arena is not None:
            self._arena.close()
            self._arena = None

    def _request(
        self,
        operation: Operation,
        payload: bytes = b"",
        descriptors: tuple[int, ...] = (),
        *,
        limit_s: float = _GRACE_S,
        reply_limit_bytes: int = wire.REPLY_LIMIT_BYTES,
    ) -> bytes | Failure:
        """Ask the worker for something that is not timed: what came with its READY. It is at rest afterwards, or dead."""
        self._channel.settimeout(limit_s)
        failure = self._send(operation, payload, descriptors)
        if failure is not None:
            return failure
        self._handle.proceed()
        try:
            answer, content = self._receive(limit_s, self._handle.waited_s(), reply_limit_bytes)
            self._rest()
        except _BROKEN as error:
            return self._ended_by(error, limit_s)
        return content if answer is Operation.READY else self._refused(answer, content)

    def _send(self, operation: Operation, payload: bytes = b"", descriptors: tuple[int, ...] = ()) -> Failure | None:
        try:
            wire.send(self._channel, operation, payload, descriptors)
        except OSError as error:
            return self._ended_by(error, _GRACE_S)
        return None

    def _receive(
        self, limit_s: float, waited_before_s: float, reply_limit_bytes: int = wire.REPLY_LIMIT_BYTES
    ) -> tuple[Operation, bytes]:
        """The worker's next frame; while it does not come, the watchdog looks every now and then.

        On one core it may take longer by what it waits for others, twice as long at most: a busy machine is not its fault.
        """
        deadline = time.perf_counter() + limit_s
        left_s = limit_s
        every_s = _WATCH_EVERY_S if self._sampled_bytes is None else _SAMPLE_EVERY_S
        while not _is_readable(self._channel, min(every_s, left_s)):
            excused_s = min(self._handle.waited_s() - waited_before_s, limit_s) if len(self._cpus) == 1 else 0.0
            left_s = deadline + excused_s - time.perf_counter()
            if left_s <= 0:
                raise TimeoutError
            self._watch()
        self._channel.settimeout(max(left_s, _WATCH_EVERY_S))
        return wire.receive(self._channel, reply_limit_bytes)

    def _watch(self) -> None:
        """End the worker where it takes more than it may, all of its processes together."""
        if self._group is not None and self._group.killed_for_memory():
            self._kill()
            raise _EndedError(Failure(FailureKind.MEMORY, _KERNEL_AT_THE_LIMIT))
        if self._caps is None and self._sampled_bytes is None:
            return
        usage = self._handle.usage()
        if self._sampled_bytes is not None:
            self._sampled_bytes = max(self._sampled_bytes, usage.memory_bytes)
        if self._caps is None:
            return
        used_bytes = usage.memory_bytes - self._first_bytes
        if used_bytes > self._caps.memory_bytes:
            self._kill()
            raise _EndedError(Failure(FailureKind.MEMORY, f"it took {used_bytes / 2**20:,.0f} MiB"))
        self._refuse_crowds(usage.processes)

    def _refuse_crowds(self, processes: int) -> None:
        if self._caps is not None and processes > self._caps.processes:
            self._kill()
            words = f"{processes} processes and threads at once; {self._caps.processes} are allowed"
            raise _EndedError(Failure(FailureKind.PROCESSES, words))

    def _rest(self) -> int:
        """Stop the worker; the number of its threads."""
        threads = self._handle.stop()
        self._ended_cpu_s = self._handle.cpu_time_s()
        self._refuse_crowds(threads)
        return threads

    def _elsewhere(self) -> Failure | None:
        """A worker with a thread that may run on other cores than those of its budget, after a call."""
        beyond = self._handle.cpus() - self._cpus
        if not beyond:
            return None
        self._kill()
        cores = ", ".join(map(str, sorted(beyond)))
        return Failure(FailureKind.CORES, f"a thread of it may run on core {cores}, and its budget is {len(self._cpus)}")

    def _moving(self) -> Failure | None:
        """A worker that does not stand still before its call begins has found a way to go on by itself."""
        if self._handle.is_still():
            return None
        self._kill()
        return Failure(FailureKind.PROTOCOL, "the submission went on by itself between two calls")

    def _unsolicited(self) -> Failure | None:
        """A worker that has said something before it was asked does not play by the rules, or is dead."""
        if not self.alive:
            return Failure(FailureKind.EXIT, "the process had already ended")
        if not _is_readable(self._channel, 0):
            return None
        with contextlib.suppress(OSError):  # a connection that was reset has ended, too
            if self._channel.recv(1):
                self._kill()
                return Failure(FailureKind.PROTOCOL, "the submission wrote to the grader's channel between calls")
        return self._ended_itself()

    # --- endings -----------------------------------------------------------------------------------------------------------

    def _refused(self, operation: Operation, payload: bytes) -> Failure:
        """The failure that came instead of what was asked for; a worker that makes up frames is not asked again."""
        failure = _failure_from(operation, payload)
        failure = replace(failure, message=self._submission.located(failure.message))
        if failure.kind is FailureKind.PROTOCOL or failure.final:
            self._kill()
            if self._group is not None and self._group.killed_for_memory():
                return Failure(FailureKind.MEMORY, _KERNEL_AT_THE_LIMIT)
        return failure

    def _ended_by(self, error: Exception, limit_s: float) -> Failure:
        """The failure behind a broken channel; the worker is dead afterwards."""
        if isinstance(error, _EndedError):
            return error.failure
        if isinstance(error, NotStoppedError):
            self._kill()
            return Failure(FailureKind.PROTOCOL, "the submission could not be stopped after it had answered")
        if isinstance(error, TimeoutError):
            where = self._whereabouts()
            self._kill()
            return Failure(FailureKind.TIME, f"no answer within {limit_s:.3g} s{where}")
        if isinstance(error, wire.ProtocolError):
            self._kill()
            return Failure(FailureKind.PROTOCOL, f"the submission wrote to the grader's channel ({error})")
        return self._ended_itself()

    def _whereabouts(self) -> str:
        """Which line each MPI process says it is at: for the student, and trusted with nothing."""
        if not self._is_mpi:
            return ""
        self._channel.settimeout(_WHERE_PATIENCE_S)
        try:
            wire.send(self._channel, Operation.WHERE)
            operation, content = wire.receive(self._channel)
        except (EOFError, OSError, wire.ProtocolError):
            return ""
        if operation is not Operation.READY or not content:
            return ""
        return "\n" + self._submission.located(_text(content.decode("utf-8", "replace"), _MESSAGE_LIMIT_CHARACTERS))

    def _ended_itself(self) -> Failure:
        """From the init's report of the wait status."""
        self.alive = False
        told = _is_readable(self._status, _GRACE_S)
        report = os.read(self._status, 4) if told else b""
        if told and not report:
            raise GraderError(f"the process that watches over the worker of {self._submission.author} was killed")
        if len(report) < 4:  # noqa: PLR2004 -- the size of a packed int
            self._kill()
            return Failure(FailureKind.PROTOCOL, "the submission closed the grader's channel")
        status = struct.unpack("<i", report)[0]
        if self._group is not None and self._group.killed_for_memory():
            return Failure(FailureKind.MEMORY, _KERNEL_AT_THE_LIMIT)
        if os.WIFSIGNALED(status):
            return Failure(FailureKind.SIGNAL, f"the process was ended by {_signal_name(os.WTERMSIG(status))}")
        return Failure(FailureKind.EXIT, f"the process exited with code {os.WEXITSTATUS(status)} instead of answering")

    def _kill(self) -> None:
        """End the worker, and return when nothing of it is left."""
        self.alive = False
        self._handle.kill()
        _is_readable(self._status, _GRACE_S)  # it is once the worker's init has cleaned up, or is gone itself


def _honest_time_s(
    done_s: float, stopped_s: float, busy_s: float, lost_s: float = 0.0, lost_until_stopped_s: float = 0.0
) -> float:
    """A call's time: until it said done, unless it went on working after that, before it stood still.

    On one core, what it lost to others is none of its time, as far as it was not working then: who waits for a thread of its
    own gains nothing. On several, one thread may wait while another works, and nothing can be told apart.

    A signal does not reach a thread inside a system call, so one that was begun before the answer may still write it. Then the
    process stands still late, or has used more CPU time, on each of its cores, than there was time until it said done.

    Args:
        done_s: from the start until it said done.
        stopped_s: from the start until every thread stood still.
        busy_s: CPU time of the call over the cores that it may use.
        lost_s: until it said done, while others had its core, or the grader's, and the grader was late to see that it was done.
        lost_until_stopped_s: the same until every thread stood still: it needs its core for that, too.
    """
    if stopped_s - done_s > _LONG_STOP_S:
        return max(stopped_s - lost_until_stopped_s, min(stopped_s, busy_s))
    if busy_s - done_s > _LONG_WORK_S:
        return busy_s
    return max(done_s - lost_s, min(done_s, busy_s))


def _is_readable(source: socket.socket | int, limit_s: float) -> bool:
    """Whether something can be read within `limit_s`, the end included. Unlike select(2), poll(2) takes any descriptor."""
    poll = select.poll()
    poll.register(source, select.POLLIN)
    return bool(poll.poll(1000 * limit_s))


def _signal_name(number: int) -> str:
    """`SIGSEGV (Segmentation fault)`; the real-time signals have no names of their own, and some numbers are no signal's."""
    name = next((known.name for known in signal.Signals if known == number), f"signal {number}")
    return f"{name} ({signal.strsignal(number)})" if number < signal.NSIG else name


def _failure_from(operation: Operation, payload: bytes) -> Failure:
    """A FAILED frame's text, trusted with nothing: an unknown form is a protocol failure."""
    if operation is not Operation.FAILED:
        return Failure(FailureKind.PROTOCOL, f"the submission answered {operation.name} out of turn")
    try:
        fields = json.loads(payload)
        kind = FailureKind(fields["kind"])
        message = _text(fields["message"], _MESSAGE_LIMIT_CHARACTERS)
        module = _text(fields["module"], _MODULE_LIMIT_CHARACTERS) if fields.get("module") else None
        final = fields.get("final") is True
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Failure(FailureKind.PROTOCOL, "the submission answered in a form that the grader does not know")
    return Failure(kind, message, module, final)


def _text(value: object, limit_characters: int) -> str:
    """As a string that every file and terminal takes: half of a surrogate pair cannot be encoded."""
    return str(value)[:limit_characters].encode("utf-8", "backslashreplace").decode()
