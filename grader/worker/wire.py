"""Frames on a stream socket: the only words that the two sides of the wall exchange.

A frame is `<u32 length><u8 operation><payload>`; descriptors ride on a frame's first byte. Both sides import this module; it
knows no meaning beyond the names of the operations.
"""

import array
import math
import socket
import struct
import time
from enum import IntEnum

HEADER = struct.Struct("<IB")
REPLY_LIMIT_BYTES = 1 << 16
MAX_DESCRIPTORS = 4


class Operation(IntEnum):
    """What a frame asks or says."""

    # parent → zygote
    CONFIGURE = 1
    START = 2
    # parent → worker
    LOAD = 10
    PREPARE = 11
    GO = 12
    DUMP_CACHE = 13
    COUNT_COMPILED = 14
    BUILD = 15
    LAUNCH = 16
    WHERE = 17
    # zygote or worker → parent
    HELLO = 20
    READY = 21
    DONE = 22
    FAILED = 23


class ProtocolError(Exception):
    """The other side sent something that is no frame, or one larger than allowed."""


def send(channel: socket.socket, operation: Operation, payload: bytes = b"", descriptors: tuple[int, ...] = ()) -> None:
    """Send one whole frame, with up to `MAX_DESCRIPTORS` descriptors."""
    frame = HEADER.pack(len(payload), operation) + payload
    if descriptors:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
        sent = channel.sendmsg([frame], [rights])
        frame = frame[sent:]
    channel.sendall(frame)


def receive(channel: socket.socket, limit_bytes: int = REPLY_LIMIT_BYTES) -> tuple[Operation, bytes]:
    """The next frame.

    Raises:
        EOFError: the other side is gone.
        TimeoutError: the frame was not complete at the socket's timeout; one that drips in is given up before twice that time.
        ProtocolError: what came is no frame, or one over `limit_bytes`.
    """
    timeout_s = channel.gettimeout()
    deadline = math.inf if timeout_s is None else time.monotonic() + timeout_s
    length, code = HEADER.unpack(_exactly(channel, HEADER.size, deadline))
    return _operation(code, length, limit_bytes), _exactly(channel, length, deadline)


def receive_with_descriptors(channel: socket.socket, limit_bytes: int) -> tuple[Operation, bytes, list[int]]:
    """The next frame and the descriptors that came with it."""
    space = socket.CMSG_SPACE(MAX_DESCRIPTORS * array.array("i").itemsize)
    start, ancillary, _flags, _address = channel.recvmsg(HEADER.size, space)
    descriptors = array.array("i")
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
    if not start:
        raise EOFError
    length, code = HEADER.unpack(start + _exactly(channel, HEADER.size - len(start)))
    return _operation(code, length, limit_bytes), _exactly(channel, length), list(descriptors)


def _operation(code: int, length: int, limit_bytes: int) -> Operation:
    if length > limit_bytes:
        raise ProtocolError(f"a frame of {length} bytes; at most {limit_bytes} are allowed")
    try:
        return Operation(code)
    except ValueError as error:
        raise ProtocolError(f"unknown operation {code}") from error


def _exactly(channel: socket.socket, count: int, deadline: float = math.inf) -> bytes:
    content = bytearray()  # a list of the parts would take forty times their size where they come byte by byte
    while len(content) < count:
        if time.monotonic() > deadline:
            raise TimeoutError
        part = channel.recv(min(count - len(content), 1 << 20))
        if not part:
            raise EOFError
        content += part
    return bytes(content)
