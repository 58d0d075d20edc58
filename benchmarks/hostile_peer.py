"""A worker that is nothing but hostile: scripted words on the channel, the status pipe, the output pipe and in the buffer.

It lives in the same process as the parent that it attacks, on a real socket pair, and it speaks only when the parent continues
or stops it. So a conversation needs no waiting: where a real worker would let the parent wait, the channel says at once that
time is up.
"""

import array
import contextlib
import json
import os
import select
import socket
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Inputs
from grader.errors import GraderError
from grader.execution import process
from grader.execution.handle import Usage
from grader.execution.interface import Call, Failure, FailureKind
from grader.execution.process import WorkerProcess
from grader.worker import wire
from grader.worker.wire import HEADER, Operation

CALLS = 3
LIMIT_S = 1.0
MESSAGE_LIMIT_CHARACTERS = 10_000
OUTPUTS = (ArraySpec("float64", (4,)), ArraySpec("int32", (2, 2)))
EXPECTED = (np.array([0.1, 0.2, 0.3, 0.4]), np.array([[1, 2], [3, 4]], np.int32))
"""What would be accepted. The peer never writes it, so an answer that equals it is a hole."""

_FRAGMENTS_LOG2 = 6
"""Long words come in 64 parts at most: more prove nothing, and take long."""
_SUBMISSION = Submission("mallory", "student", "f", Path(), (), "f.py", "f", (), "")
_ENDS = (struct.pack("<i", 0), struct.pack("<i", 9), struct.pack("<i", 139), struct.pack("<i", 3 << 8), struct.pack("<i", 100))


class HoleError(Exception):
    """What must not happen did."""


@dataclass(frozen=True)
class Move:
    """What the peer does when it is continued, and once it is stopped again."""

    words: bytes
    """Onto the channel."""
    fragment: int
    """As many bytes at most come at once."""
    late: bytes = b""
    """Onto the channel, after the parent has stopped it."""
    answer: bytes = b""
    """Into the shared buffers, from where the outputs are."""
    printed: bytes = b""
    status: bytes | None = None
    """Onto the status pipe."""
    descriptors: int = 0
    """So many are sent along."""
    hangs_up: bool = False
    drops_status: bool = False
    """Whether its init is gone: the one case in which the parent may say that the grader's own part failed."""


Script = tuple[Move, ...]


class _Channel(socket.socket):
    """The parent's end: words come in fragments, and silence is the end of the time limit."""

    fragment = 1 << 20

    def recv(self, count: int, flags: int = 0) -> bytes:
        readable, _, _ = select.select([self], [], [], 0)
        if not readable:
            raise TimeoutError
        return super().recv(min(count, self.fragment), flags)


class HostileHandle:
    """The process that the parent believes in: it plays one move each time it is continued."""

    def __init__(self, script: Script) -> None:
        ours, self._peer = socket.socketpair()
        self._peer.settimeout(0)
        self.channel = _Channel(fileno=ours.detach())
        self.status, self._far_status = os.pipe()
        self.output, self._far_output = os.pipe()
        for descriptor in (self._far_status, self._far_output):
            os.set_blocking(descriptor, False)
        self._moves = iter(script)
        self._late = b""
        self._status_open = True
        self.worker: WorkerProcess | None = None
        self.in_buffer: bytes | None = None
        """The outputs' bytes as the parent must find them."""

    def proceed(self) -> None:
        """Play the next move; a script that is over is a process that has ended."""
        with contextlib.suppress(BlockingIOError):
            while self._peer.fileno() >= 0 and self._peer.recv(1 << 16):
                pass
        move = next(self._moves, Move(b"", 1, hangs_up=True, status=_ENDS[0]))
        self.channel.fragment = max(move.fragment, len(move.words) >> _FRAGMENTS_LOG2)
        self._say(move.words, move.descriptors)
        self._write_buffer(move.answer)
        with contextlib.suppress(BlockingIOError):
            os.write(self._far_output, move.printed)
        if move.status is not None:
            self._report(move.status)
        if move.hangs_up:
            self._peer.close()
        if move.drops_status:
            self._drop_status()
        self._late = move.late

    def stop(self) -> int:
        """It says what it still has to say, too late."""
        self._say(self._late)
        self._late = b""
        return 1

    def still_at_s(self) -> float:
        """Now."""
        return time.perf_counter()

    def is_still(self) -> bool:
        """It stands still."""
        return True

    def kill(self) -> None:
        """Its init reports the signal."""
        self._report(_ENDS[1])

    def cpu_time_s(self) -> float:
        """It uses none."""
        return 0.0

    def waited_s(self) -> float:
        """It never waits."""
        return 0.0

    def start_memory_peak(self) -> int | None:
        """It has none."""
        return None

    def memory_peaks(self) -> tuple[int, ...]:
        """It is one."""
        return ()

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """See above."""
        del resident_bytes
        return None

    def usage(self) -> Usage:
        """It takes nothing."""
        return Usage(0, 1)

    def cpus(self) -> frozenset[int]:
        """It runs on none."""
        return frozenset()

    def close(self) -> None:
        """The worker's side of everything goes."""
        self._peer.close()
        self._drop_status()
        os.close(self._far_output)

    def _say(self, words: bytes, descriptors: int = 0) -> None:
        if not words or self._peer.fileno() < 0:
            return
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [self._far_output] * descriptors))]
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            sent = self._peer.sendmsg([words], rights if descriptors else [])
            while sent < len(words):
                sent += self._peer.send(words[sent:])

    def _write_buffer(self, answer: bytes) -> None:
        arena = None if self.worker is None else self.worker._arena  # noqa: SLF001 -- a worker maps the same memory
        if arena is None:
            return
        first, *_ = arena.layout["outputs"]
        os.pwrite(arena.descriptor, answer[: arena.layout["size"] - first["offset"]], first["offset"])
        self.in_buffer = b"".join(output.tobytes() for output in arena._outputs)  # noqa: SLF001 -- the same

    def _report(self, status: bytes) -> None:
        if self._status_open:
            with contextlib.suppress(BlockingIOError):
                os.write(self._far_status, status)

    def _drop_status(self) -> None:
        if self._status_open:
            self._status_open = False
            os.close(self._far_status)


def converse(script: Script) -> None:
    """A whole life of a worker; HoleError where the parent accepts, keeps or says what it must not.

    Nothing but GraderError may be raised, and that only where the script takes the worker's init away.
    """
    handle = HostileHandle(script)
    worker = WorkerProcess(handle, handle.channel, handle.status, handle.output, _SUBMISSION)
    handle.worker = worker
    try:
        with _no_waiting():
            _live(worker, handle)
    except GraderError:
        if not any(move.drops_status for move in script):
            raise
    finally:
        worker.close()


def _live(worker: WorkerProcess, handle: HostileHandle) -> None:
    load = worker.load(LIMIT_S)
    if load.failure is not None:
        _check_failure(load.failure)
    for number in range(CALLS):
        inputs: Inputs = (np.zeros(1 + number // 2), number)
        was_alive = worker.alive
        call = worker.call(inputs, OUTPUTS, LIMIT_S)
        _check_call(call, handle)
        if not was_alive and call.failure is None:
            raise HoleError("a dead worker answered")
    count = worker.compiled_count()
    if count is not None and not 0 <= count < 10**6:
        raise HoleError(f"{count} compiled functions")
    worker.compiled_functions()
    printed = worker.printed()
    printed.encode()


def _check_call(call: Call, handle: HostileHandle) -> None:
    if (call.outputs is None) == (call.failure is None):
        raise HoleError("a call has either outputs or a failure")
    if call.failure is not None:
        _check_failure(call.failure)
    if call.outputs is not None:
        if all(np.array_equal(*pair) for pair in zip(call.outputs, EXPECTED, strict=True)):
            raise HoleError("an answer was accepted that nobody gave")
        if b"".join(output.tobytes() for output in call.outputs) != handle.in_buffer:
            raise HoleError("the outputs are not what stood in the buffer")


def _check_failure(failure: Failure) -> None:
    failure.message.encode()
    if len(failure.message) > MESSAGE_LIMIT_CHARACTERS or len(failure.module or "") > MESSAGE_LIMIT_CHARACTERS:
        raise HoleError("a message without an end")


@contextlib.contextmanager
def _no_waiting() -> Iterator[None]:
    """The peer has said all that it will say when the parent listens: what is not there yet is silence until the limit."""
    is_readable = process._is_readable  # noqa: SLF001 -- one conversation takes no time

    def at_once(source: socket.socket | int, limit_s: float) -> bool:
        if is_readable(source, 0):
            return True
        if isinstance(source, socket.socket) and limit_s:
            raise TimeoutError
        return False

    process._is_readable = at_once  # noqa: SLF001 -- see above
    try:
        yield
    finally:
        process._is_readable = is_readable  # noqa: SLF001 -- see above


# Frames


def listen(flow: Move) -> None:
    """Read what comes as frames until it ends: only what `wire.receive` documents may be raised."""
    handle = HostileHandle((flow,))
    try:
        handle.proceed()
        with contextlib.suppress(EOFError, TimeoutError, wire.ProtocolError):
            while True:
                operation, payload = wire.receive(handle.channel)
                if not isinstance(operation, Operation) or len(payload) > wire.REPLY_LIMIT_BYTES:
                    raise HoleError("a frame over the limit")
    finally:
        handle.channel.close()
        handle.close()
        os.close(handle.status)
        os.close(handle.output)


def explain(payload: bytes) -> None:
    """Take a FAILED frame's text."""
    _check_failure(process._failure_from(Operation.FAILED, payload))  # noqa: SLF001 -- the parser itself


# Scripts, frames and failures at random


def random_flow(random: Random) -> Move:
    """A few frames or what looks like frames, and then the end of the connection or silence."""
    words = b"".join(random_words(random) for _ in range(random.choice((1, 1, 2, 5))))
    return Move(words, random.choice((1, 3, 1000)), hangs_up=random.random() < 0.5)


def random_script(random: Random) -> Script:
    """A life: mostly what a right worker says, so that the parent gets far, with something wrong at some points."""
    expected = [Operation.READY, Operation.READY, Operation.DONE, Operation.DONE, Operation.READY, Operation.DONE]
    expected += [Operation.READY, Operation.READY]
    wrongness = random.choice((0.05, 0.2, 0.6))
    return tuple(_random_move(random, operation, wrong=random.random() < wrongness) for operation in expected)


def _random_move(random: Random, operation: Operation, *, wrong: bool) -> Move:
    fragment = random.choice((1, 2, 5, 6, 1000, 1 << 20))
    answer = random.choice((b"", random.randbytes(48), random.randbytes(random.randrange(1, 200))))
    if not wrong:
        return Move(frame(operation), fragment, answer=answer)
    return Move(
        words=random_words(random, operation),
        fragment=fragment,
        late=random_words(random, operation) if random.random() < 0.2 else b"",
        answer=answer,
        printed=random.randbytes(random.randrange(2000)) if random.random() < 0.3 else b"",
        status=_random_status(random),
        descriptors=random.choice((0, 0, 0, 1, 4, 200)),
        hangs_up=random.random() < 0.2,
        drops_status=random.random() < 0.05,
    )


def _random_status(random: Random) -> bytes | None:
    choice = random.random()
    if choice < 0.5:
        return None
    return random.choice(_ENDS) if choice < 0.8 else random.randbytes(random.randrange(9))


def frame(operation: int, payload: bytes = b"", length: int | None = None) -> bytes:
    """A frame, which may lie about its length."""
    return HEADER.pack(len(payload) if length is None else length, operation) + payload


def random_words(random: Random, operation: int = Operation.READY) -> bytes:
    """What stands on the channel instead of the frame that is asked for."""
    shapes: tuple[Callable[[], bytes], ...] = (
        lambda: random.randbytes(random.randrange(40)),
        lambda: frame(random.choice(list(Operation)), random.randbytes(random.randrange(30))),
        lambda: frame(operation, random.randbytes(random.randrange(30)), random.choice(_LENGTHS)),
        lambda: frame(operation) * random.randrange(1, 5),
        lambda: frame(operation)[: random.randrange(HEADER.size)],
        lambda: frame(random.randrange(256)),
        lambda: frame(Operation.READY, random.choice(_COUNTS)),
        lambda: mutated(random, frame(Operation.FAILED, random_failure(random))),
        lambda: frame(Operation.FAILED, random_failure(random)),
    )
    return random.choice(shapes)()


_LENGTHS = (0, 1, wire.REPLY_LIMIT_BYTES, wire.REPLY_LIMIT_BYTES + 1, 1 << 31, (1 << 32) - 1)
_COUNTS = (b"7", b"-1", b"1" * 5000, "٣".encode(), b"1e3", b"\xb2", b" 7", b"000007")


def mutated(random: Random, content: bytes, most: int = 4) -> bytes:
    """A few bytes changed, added, taken away or repeated."""
    changed = bytearray(content)
    for _ in range(random.randrange(1, most + 1)):
        place = random.randrange(len(changed) + 1)
        how = random.randrange(4)
        if how == 0 and place < len(changed):
            changed[place] = random.randrange(256)
        elif how == 1:
            changed[place:place] = random.randbytes(random.randrange(1, 5))
        elif how == 2:
            del changed[place : place + random.randrange(1, 20)]
        else:
            changed[place:place] = changed[place : place + random.randrange(1, 60)]
    return bytes(changed)


_SCALARS = (
    *("null", "true", "NaN", "-Infinity", "1e999", "-0", '""', '"\\ud800"', '"\\u0000"', '"\\ud83d\\ude00"', '"\x7f\\u202e"'),
    *("9" * 4300, "9" * 5000, '"' + "m" * 30_000 + '"', "0." + "1" * 3000, '"[red]"', "'x'", "\x00", "undefined", '"\\x"'),
)


def random_failure(random: Random) -> bytes:
    """JSON or nearly: every kind of value where text should stand, nested, repeated, cut, in odd encodings."""
    kind = random.choice([*(f'"{kind}"' for kind in FailureKind), *_SCALARS])
    fields = [f'"kind": {kind}', f'"message": {_random_json(random)}', f'"module": {_random_json(random)}']
    if random.random() < 0.2:
        random.shuffle(fields)
        fields = fields[: random.randrange(4)] + fields[: random.randrange(3)]
    text = "{" + ", ".join(fields) + "}"
    choice = random.random()
    if choice < 0.1:
        return mutated(random, text.encode("utf-8", "surrogatepass"))
    if choice < 0.15:
        return text.encode(random.choice(("utf-16", "utf-32", "utf-8-sig", "utf-16-be")), "surrogatepass")
    if choice < 0.2:
        return (random.choice("[{") * random.randrange(60_000)).encode()
    return text.encode("utf-8", "surrogatepass")[:65_000]


def _random_json(random: Random, depth: int = 0) -> str:
    if depth > random.randrange(5) or random.random() < 0.4:
        return random.choice((*_SCALARS, json.dumps("".join(chr(random.randrange(0xD7FF)) for _ in range(8)))))
    inner = [_random_json(random, depth + 1) for _ in range(random.randrange(4))]
    if random.random() < 0.05:
        deep = random.randrange(1, 3000)
        return "[" * deep + "]" * deep
    if random.random() < 0.5:
        return f"[{', '.join(inner)}]"
    return "{" + ", ".join(f'"{number}": {value}' for number, value in enumerate(inner)) + "}"
