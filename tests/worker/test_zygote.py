"""What a submission prints passes on until it is enough, and the rest is dropped without a word."""

import io
import os
from collections.abc import Iterator

import pytest

from grader.worker.zygote import CappedOutput


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe whose writer never waits."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    yield reading, writing
    os.close(reading)
    os.close(writing)


def test_the_first_bytes_pass_and_the_rest_is_dropped(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    capped = CappedOutput(writing, limit_bytes=10)
    assert [capped.write(part) for part in (b"12345", b"678", b"90abc", b"def")] == [5, 3, 5, 3]
    assert os.read(reading, 100) == b"1234567890"


def test_a_full_pipe_is_enough(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    capped = CappedOutput(writing, limit_bytes=10 << 20)
    for _ in range(3):
        assert capped.write(bytes(1 << 20)) == 1 << 20
    held = len(os.read(reading, 10 << 20))
    assert 0 < held < 1 << 20
    capped.write(b"more")
    os.set_blocking(reading, False)
    with pytest.raises(BlockingIOError):
        os.read(reading, 100)


def test_it_serves_print_and_whoever_wants_the_bytes_or_the_descriptor(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    stream = io.TextIOWrapper(CappedOutput(writing, limit_bytes=100), encoding="utf-8", write_through=True)  # type: ignore[type-var]  # a raw stream does
    print("größer", file=stream)
    stream.buffer.write(memoryview(b"bytes"))
    assert os.read(reading, 100) == "größer\nbytes".encode()
    assert stream.fileno() == writing
    stream.detach()
