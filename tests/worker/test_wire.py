"""Frames on a socket: what is sent comes out the same, and nothing else comes out as a frame."""

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker.wire import MAX_DESCRIPTORS, Operation, ProtocolError, receive, receive_with_descriptors, send

OPERATIONS = st.sampled_from(Operation)
PAYLOADS = st.binary(max_size=2000)
LIMIT_BYTES = 4096


@contextlib.contextmanager
def a_pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.settimeout(5.0)
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with a_pair() as made:
        yield made


@given(st.lists(st.tuples(OPERATIONS, PAYLOADS), max_size=10))
def test_frames_come_out_whole_and_in_order(frames: list[tuple[Operation, bytes]]) -> None:
    with a_pair() as (ours, theirs):
        for operation, payload in frames:
            send(theirs, operation, payload)
        assert [receive(ours, LIMIT_BYTES) for _ in frames] == frames


@given(st.lists(st.tuples(OPERATIONS, PAYLOADS), max_size=5), st.integers(1, 7))
def test_they_do_where_the_bytes_arrive_in_pieces(frames: list[tuple[Operation, bytes]], piece_bytes: int) -> None:
    with a_pair() as (ours, theirs):
        sent = b"".join(struct.pack("<IB", len(payload), operation) + payload for operation, payload in frames)

        def drip() -> None:
            for start in range(0, len(sent), piece_bytes):
                theirs.sendall(sent[start : start + piece_bytes])

        feeder = threading.Thread(target=drip)
        feeder.start()
        assert [receive(ours, LIMIT_BYTES) for _ in frames] == frames
        feeder.join()


def test_a_frame_larger_than_the_sockets_buffer_arrives(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    payload = os.urandom(3 << 20)
    sender = threading.Thread(target=send, args=(theirs, Operation.LOAD, payload))
    sender.start()
    assert receive(ours, 4 << 20) == (Operation.LOAD, payload)
    sender.join()


@pytest.mark.parametrize("count", range(MAX_DESCRIPTORS + 1))
def test_descriptors_ride_on_their_frame(pair: tuple[socket.socket, socket.socket], count: int) -> None:
    ours, theirs = pair
    reading, writing = os.pipe()
    send(theirs, Operation.START, b"payload", (writing,) * count)
    send(theirs, Operation.GO)
    operation, payload, received = receive_with_descriptors(ours, LIMIT_BYTES)
    assert (operation, payload, len(received)) == (Operation.START, b"payload", count)
    for descriptor in received:
        os.write(descriptor, b"x")
    os.write(writing, b".")
    assert os.read(reading, 10) == b"x" * count + b"."
    assert receive_with_descriptors(ours, LIMIT_BYTES) == (Operation.GO, b"", [])
    for descriptor in (reading, writing, *received):
        os.close(descriptor)


# What is no frame


@pytest.mark.parametrize("sent", [b"", b"\x05\x00", b"\x05\x00\x00\x00\x17half"])
def test_the_end_of_the_other_side_is_an_end_wherever_it_comes(pair: tuple[socket.socket, socket.socket], sent: bytes) -> None:
    ours, theirs = pair
    theirs.sendall(sent)
    theirs.close()
    with pytest.raises(EOFError):
        receive(ours)


def test_it_is_so_for_the_receiver_of_descriptors(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.close()
    with pytest.raises(EOFError):
        receive_with_descriptors(ours, LIMIT_BYTES)


def test_a_frame_over_the_limit_is_refused_before_it_is_read(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    theirs.sendall(struct.pack("<IB", LIMIT_BYTES + 1, Operation.DONE))
    with pytest.raises(ProtocolError, match="a frame of 4097 bytes; at most 4096 are allowed"):
        receive(ours, LIMIT_BYTES)


@given(st.integers(0, 255).filter(lambda code: code not in set(Operation)))
def test_an_operation_that_does_not_exist_is_refused(code: int) -> None:
    with a_pair() as (ours, theirs):
        theirs.sendall(struct.pack("<IB", 0, code))
        with pytest.raises(ProtocolError, match=f"unknown operation {code}"):
            receive(ours)


@given(st.binary(max_size=100))
def test_noise_is_a_frame_or_an_end_or_refused_and_nothing_else(noise: bytes) -> None:
    with a_pair() as (ours, theirs):
        theirs.sendall(noise)
        theirs.close()
        with contextlib.suppress(EOFError, ProtocolError):
            while True:
                operation, payload = receive(ours)
                assert struct.pack("<IB", len(payload), operation) + payload in noise


# Time


def test_silence_is_over_at_the_sockets_timeout(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, _theirs = pair
    ours.settimeout(0.05)
    with pytest.raises(TimeoutError):
        receive(ours)


@pytest.mark.parametrize("bytes_at_once", [1, 5])
def test_a_frame_that_drips_in_does_not_stretch_it(pair: tuple[socket.socket, socket.socket], bytes_at_once: int) -> None:
    ours, theirs = pair
    ours.settimeout(0.1)
    frame = struct.pack("<IB", 20, Operation.FAILED) + bytes(20)
    given_up = threading.Event()

    def drip() -> None:
        for start in range(0, len(frame), bytes_at_once):
            theirs.sendall(frame[start : start + bytes_at_once])
            if given_up.wait(0.06):
                return

    feeder = threading.Thread(target=drip)
    feeder.start()
    with pytest.raises(TimeoutError):
        receive(ours)
    given_up.set()
    feeder.join()
