"""Tar archives, read block by block from a stream, packed or not: old, POSIX and GNU headers, regular files alone.

The standard library's `tarfile` reads extended headers of any size, and has looped for ever on hostile ones; what is needed of
the format is small.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from grader.content.entries import CHUNK_BYTES, Budget, Entry, RefusedArchiveError

BLOCK_BYTES = 512
_LARGEST_HEADER_BYTES = 1 << 16
"""Of an extended header: a name, and a few remarks."""
_LARGEST_DICTIONARY_BYTES = 256 << 20
"""Of xz; its strongest setting takes 65 MiB."""
_FILES = b"0\0007"
_WITHOUT_DATA = b"123456"
_FAULTS = {
    b"1": "is a hard link, not a file",
    b"2": "is a link, not a file",
    b"3": "is a device, not a file",
    b"4": "is a device, not a file",
    b"6": "is a FIFO, not a file",
    b"S": "is a file with holes, which is not read",
}
_SPARSE = "GNU.sparse."
_END_OF_EXTENSION = 504
_HAS_EXTENSION = 482


class Stream(Protocol):
    """What can be read once, from its beginning to its end."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end alone."""


def tar_entries(stream: Stream, budget: Budget) -> Iterator[Entry]:
    """The entries in order; each has to be read, where it is wanted, before the next one.

    Raises:
        RefusedArchiveError: the archive is damaged, or the budget is spent.
    """
    reader = _Reader(stream, budget)
    extended: dict[str, str] = {}
    while True:
        budget.take_entry()
        header = reader.block()
        if not any(header):
            reader.pass_padding()
            return
        if not is_tar_header(header):
            raise damaged("a header is not one")
        kind = header[156:157]
        size_bytes = _number(header[124:136])
        if kind in b"xgLK":
            extended |= _extension(kind, reader.header(size_bytes))
            continue
        size_bytes = _decimal(extended["size"]) if "size" in extended else size_bytes
        if kind == b"S":
            _pass_extension_blocks(reader, header, budget)
        name = extended.get("path") or _name(header)
        reader.begin(0 if kind in _WITHOUT_DATA else size_bytes)
        yield Entry(name, _is_folder(kind, name), _fault(kind, extended), reader.chunks)
        reader.pass_rest()
        extended = {}


def is_tar_header(block: bytes) -> bool:
    """Whether a block's sum is the one that it states."""
    if len(block) < BLOCK_BYTES:
        return False
    stated = block[148:156].strip(b"\0 ")
    if not stated or not all(character in b"01234567" for character in stated):
        return False
    return sum(block[:148]) + sum(block[156:BLOCK_BYTES]) + 8 * ord(" ") == int(stated, 8)


def damaged(how: str) -> RefusedArchiveError:
    """The one wording of it."""
    return RefusedArchiveError(f"is a damaged tar: {how}; download or pack it again")


# Headers


def _is_folder(kind: bytes, name: str) -> bool:
    return kind == b"5" or (kind in _FILES and name.endswith("/"))


def _fault(kind: bytes, extended: dict[str, str]) -> str | None:
    if any(key.startswith(_SPARSE) for key in extended):
        return _FAULTS[b"S"]
    return None if kind in _FILES or kind == b"5" else _FAULTS.get(kind, "is no regular file")


def _name(header: bytes) -> str:
    name = header[:100].split(b"\0", 1)[0]
    prefix = header[345:500].split(b"\0", 1)[0] if header[257:263] == b"ustar\0" else b""
    return _text(prefix + b"/" + name if prefix else name)


def _text(name: bytes) -> str:
    """What is no UTF-8 becomes what cannot be printed."""
    return name.decode("utf-8", "surrogateescape")


def _number(field: bytes) -> int:
    """Octal digits; where the first bit is set, the number itself."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    digits = field.strip(b"\0 ")
    if not all(character in b"01234567" for character in digits):
        raise damaged("a size is not a number")
    return int(digits or b"0", 8)


def _decimal(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 20:  # noqa: PLR2004 -- digits of a number of 64 bits
        raise damaged("a size is not a number")
    return int(digits)


def _extension(kind: bytes, content: bytes) -> dict[str, str]:
    """What an extended header says of the next entry."""
    if kind == b"L":
        return {"path": _text(content.split(b"\0", 1)[0])}
    return dict(_records(content)) if kind == b"x" else {}  # of links, or of all entries together: nothing that is needed


def _records(content: bytes) -> Iterator[tuple[str, str]]:
    """`length key=value` and a line feed, one after the other."""
    place = 0
    while place < len(content):
        digits, space, _ = content[place : place + 20].partition(b" ")
        length = int(digits) if space and digits.isdigit() else 0
        record = content[place : place + length]
        key, equals, value = record[len(digits) + 1 : -1].partition(b"=")
        if len(record) != length or not record.endswith(b"\n") or not equals:
            raise damaged("an extended header is not one")
        yield _text(key), _text(value)
        place += length


def _pass_extension_blocks(reader: "_Reader", header: bytes, budget: Budget) -> None:
    """Old files with holes have more blocks that say where the holes are."""
    more = header[_HAS_EXTENSION]
    while more:
        budget.take_entry()
        more = reader.block()[_END_OF_EXTENSION]


# Data


class _Reader:
    """The stream, and how much of the current entry is still in it."""

    def __init__(self, stream: Stream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._left_bytes = 0
        self._padding_bytes = 0

    def block(self) -> bytes:
        """A header's block."""
        block = self._exactly(BLOCK_BYTES)
        self._budget.take_bytes(BLOCK_BYTES)
        return block

    def header(self, size_bytes: int) -> bytes:
        """The content of an extended header."""
        if size_bytes > _LARGEST_HEADER_BYTES:
            raise RefusedArchiveError(f"holds a header of {size_bytes:,} bytes, where a name and a few remarks belong")
        self.begin(size_bytes)
        content = b"".join(self.chunks())
        self.pass_rest()
        return content

    def begin(self, size_bytes: int) -> None:
        """The next so many bytes are an entry's."""
        self._left_bytes = size_bytes
        self._padding_bytes = -size_bytes % BLOCK_BYTES

    def chunks(self) -> Iterator[bytes]:
        """What is left of the entry."""
        while self._left_bytes:
            chunk = self._stream.read(min(CHUNK_BYTES, self._left_bytes))
            if not chunk:
                raise damaged("it is cut off")
            self._left_bytes -= len(chunk)
            self._budget.take_bytes(len(chunk))
            yield chunk

    def pass_rest(self) -> None:
        """To the next header."""
        for _ in self.chunks():
            pass
        self._exactly(self._padding_bytes)

    def pass_padding(self) -> None:
        """To the very end, where a packed stream proves that it is whole."""
        while padding := self._stream.read(CHUNK_BYTES):
            self._budget.take_bytes(len(padding))

    def _exactly(self, size_bytes: int) -> bytes:
        content = b""
        while len(content) < size_bytes:
            more = self._stream.read(size_bytes - len(content))
            if not more:
                raise damaged("it is cut off")
            content += more
        return content


# Packed streams


class _Unpacker(Protocol):
    """bz2's and lzma's interface."""

    @property
    def eof(self) -> bool: ...

    @property
    def needs_input(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gunzipper:
    """zlib with the interface of the others."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        chunk = self._inflater.decompress(self._inflater.unconsumed_tail + data, max_length)
        self.needs_input = not self._inflater.unconsumed_tail and len(chunk) < max_length
        return chunk


_UNPACKERS: dict[bytes, Callable[[], _Unpacker]] = {
    b"\x1f\x8b": _Gunzipper,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_LARGEST_DICTIONARY_BYTES),
}


def is_packed(beginning: bytes) -> bool:
    """Whether this is how gzip, bzip2 or xz begin."""
    return beginning.startswith(tuple(_UNPACKERS))


class Unpacked:
    """The stream that was packed with gzip, bzip2 or xz, in one part or several; RefusedArchiveError for a bomb."""

    def __init__(self, file: BinaryIO, budget: Budget) -> None:
        self._file = file
        self._budget = budget
        beginning = file.read(8)
        file.seek(0)
        self._new = next(new for magic, new in _UNPACKERS.items() if beginning.startswith(magic))
        self._magic = next(magic for magic in _UNPACKERS if beginning.startswith(magic))
        self._unpacker = self._new()
        self._waiting = b""
        self._packed_bytes = 0
        self._unpacked_bytes = 0

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; none at the end alone."""
        try:
            chunk = self._next(size)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            raise damaged(f"it cannot be unpacked ({error})") from None
        self._unpacked_bytes += len(chunk)
        if self._budget.is_bomb(self._packed_bytes, self._unpacked_bytes):
            raise RefusedArchiveError(f"is packed more than {self._budget.caps.ratio} times, as only a bomb is")
        return chunk

    def _next(self, size: int) -> bytes:
        chunk = b""
        while not chunk:
            if self._unpacker.eof and not self._begin_next_part():
                break
            if self._unpacker.needs_input and not self._waiting:
                self._waiting = self._packed()
                if not self._waiting:
                    raise EOFError("its end is missing")
            data, self._waiting = self._waiting, b""
            chunk = self._unpacker.decompress(data, size)
        return chunk

    def _begin_next_part(self) -> bool:
        """Whether another part follows; anything else behind the last one is padding."""
        waiting = self._unpacker.unused_data + self._packed()
        if not waiting.startswith(self._magic):
            return False
        self._waiting = waiting
        self._unpacker = self._new()
        return True

    def _packed(self) -> bytes:
        packed = self._file.read(CHUNK_BYTES)
        self._packed_bytes += len(packed)
        return packed
