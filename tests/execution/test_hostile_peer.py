"""A peer that says anything at any time on every pipe: the parent neither hangs, nor fails, nor accepts an answer.

The long run is `python -m benchmarks.fuzz`; here are a part of it, shrunk by hypothesis where it fails, and real waiting.
"""

import os
import socket
import threading
import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import hostile_peer
from benchmarks.hostile_peer import CALLS, OUTPUTS, HostileHandle, Move, converse, frame
from grader.errors import GraderError
from grader.execution import process
from grader.execution.interface import Call, FailureKind
from grader.execution.process import Budget, WorkerProcess
from grader.worker import wire
from grader.worker.wire import HEADER, Operation

READY, DONE = frame(Operation.READY), frame(Operation.DONE)
GOOD_START = (Move(READY, 100), Move(READY, 100))
"""The import and the first call's buffers."""
PAYLOADS = st.one_of(
    st.binary(max_size=60),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(st.characters(), max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=10,
    ).map(lambda value: repr(value).replace("'", '"').encode("utf-8", "surrogatepass")),
)
FRAMES = st.builds(
    frame,
    st.sampled_from(Operation) | st.integers(0, 255),
    PAYLOADS,
    st.none() | st.sampled_from([0, 1, 1 << 16, (1 << 16) + 1, (1 << 32) - 1]),
)
MOVES = st.builds(
    Move,
    words=st.sampled_from([READY, DONE]) | FRAMES | st.binary(max_size=12) | st.lists(FRAMES, max_size=3).map(b"".join),
    fragment=st.sampled_from([1, 4, 5, 6, 1000]),
    late=st.just(b"") | FRAMES,
    answer=st.binary(max_size=64),
    printed=st.binary(max_size=64),
    status=st.none() | st.binary(max_size=6),
    descriptors=st.sampled_from([0, 0, 3, 250]),
    hangs_up=st.booleans(),
    drops_status=st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(MOVES, max_size=8).map(tuple))
def test_whatever_it_says_and_does_nothing_is_accepted_and_nothing_fails(script: hostile_peer.Script) -> None:
    converse(script)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_nor_where_it_mostly_plays_by_the_rules(seed: int) -> None:
    random = Random(seed)  # noqa: S311 -- it must come again
    converse(hostile_peer.random_script(random))
    hostile_peer.listen(hostile_peer.random_flow(random))
    hostile_peer.explain(hostile_peer.random_failure(random))


@pytest.mark.parametrize("cut", range(HEADER.size))
@pytest.mark.parametrize("step", range(3 + CALLS))
def test_a_connection_may_end_within_any_frame(step: int, cut: int) -> None:
    moves = [*GOOD_START, *[Move(DONE, 100)] * (1 + CALLS)]
    converse((*moves[:step], Move(moves[step].words[:cut], 1, hangs_up=True), *moves[step + 1 :]))


def call_of(*moves: Move) -> Call:
    """The first call of a worker that makes these moves after a good start."""
    handle = HostileHandle((*GOOD_START, *moves))
    worker = WorkerProcess(handle, handle.channel, handle.status, handle.output, hostile_peer._SUBMISSION)
    handle.worker = worker
    try:
        assert worker.load(1.0).failure is None
        return worker.call((1,), OUTPUTS, 1.0)
    finally:
        worker.close()


def test_done_without_an_answer_leaves_what_no_right_answer_holds() -> None:
    call = call_of(Move(DONE, 100))
    assert call.outputs is not None
    floats, integers = call.outputs
    assert str(floats.tolist()) == "[nan, nan, nan, nan]"
    assert (integers == -(2**31)).all()


@pytest.mark.parametrize("status", [bytes(4), b"", b"\x01", bytes([127, 0, 0, 0]), bytes([100, 0, 0, 0]), b"\xff" * 4])
def test_any_status_of_its_end_is_a_failure_of_the_submission(status: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE_S", 0.0)
    failure = call_of(Move(b"", 1, hangs_up=True, status=status)).failure
    assert failure is not None
    assert failure.kind in {FailureKind.EXIT, FailureKind.SIGNAL, FailureKind.PROTOCOL}


def test_only_the_end_of_its_init_is_a_fault_of_ours() -> None:
    with pytest.raises(GraderError, match="watches over"):
        call_of(Move(b"", 1, hangs_up=True, drops_status=True))


def test_what_it_prints_without_the_cap_is_capped_here() -> None:
    handle = HostileHandle(())
    budget = Budget(printed_bytes=1000)
    worker = WorkerProcess(handle, handle.channel, handle.status, handle.output, hostile_peer._SUBMISSION, budget)
    os.write(handle._far_output, b"x" * 60_000)
    worker.printed()
    os.write(handle._far_output, b"y" * 4000)
    assert worker.printed() == "x" * 1000
    worker.close()


# Time and memory, with a peer that runs at the same time


def test_a_long_frame_that_drips_in_takes_no_more_memory_than_its_bytes() -> None:
    import tracemalloc

    ours, theirs = socket.socketpair()
    ours.settimeout(30.0)
    size = 1 << 19

    def drip() -> None:
        theirs.sendall(HEADER.pack(size, Operation.READY))
        for _ in range(size // 64):
            theirs.sendall(bytes(64))

    class OneByOne(socket.socket):
        def recv(self, count: int, flags: int = 0) -> bytes:
            return super().recv(min(count, 16), flags)

    channel = OneByOne(fileno=ours.detach())
    channel.settimeout(30.0)
    peer = threading.Thread(target=drip)
    tracemalloc.start()
    peer.start()
    with channel, theirs:
        _, payload = wire.receive(channel, 1 << 20)
        peer.join()
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(payload) == size
    assert peak_bytes < 4 * size


def test_half_a_frame_is_waited_for_no_longer_than_twice_the_limit() -> None:
    ours, theirs = socket.socketpair()
    ours.settimeout(0.2)
    with ours, theirs:
        theirs.sendall(READY[:3])
        start = time.monotonic()
        with pytest.raises(TimeoutError):
            wire.receive(ours)
        assert time.monotonic() - start < 2.0
