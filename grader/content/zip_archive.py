"""Zip archives, read by their central directory: each field is checked against the bytes, and nothing may overlap.

The standard library's `zipfile` reads the whole directory before it can be stopped, and tells overlaps only in its latest
releases; what is needed of the format is small.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from stat import S_IFDIR, S_IFMT, S_IFREG
from typing import BinaryIO

from grader.content.entries import CHUNK_BYTES, BombError, Budget, Entry, RefusedArchiveError, UnreadableEntryError

_END = struct.Struct("<4s4H2LH")
_END_64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64 = struct.Struct("<4sLQL")
_DIRECTORY_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")
_EXTRA_FIELD = struct.Struct("<2H")

_LONGEST_COMMENT_BYTES = 0xFFFF
_LARGEST_DIRECTORY_BYTES = 16 << 20
_LARGEST_OFFSET = 1 << 62
"""More cannot even be asked for."""
_IN_EXTRA_16, _IN_EXTRA_32 = 0xFFFF, 0xFFFFFFFF
"""The values that stand for: see the record of 64 bits."""
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _UTF_8 = 1 << 0, 1 << 11
_DOS_FOLDER = 0x10


@dataclass(frozen=True)
class _Record:
    """One file as the central directory has it."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed_bytes: int
    unpacked_bytes: int
    attributes: int
    offset: int


def zip_entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """The entries in the directory's order.

    Raises:
        RefusedArchiveError: the archive is damaged, entries overlap, or the budget is spent.
    """
    size_bytes = file.seek(0, 2)
    directory_offset, directory_bytes, count = _directory(file, size_bytes)
    records = list(_records(_read(file, directory_offset, directory_bytes), count, budget))
    starts = _data_offsets(file, records, directory_offset)
    for record, start in zip(records, starts, strict=True):
        yield _entry(file, record, start, budget)


# The directory


def _directory(file: BinaryIO, size_bytes: int) -> tuple[int, int, int]:
    """Where the central directory lies, its size, and how many entries it says it has."""
    tail_offset = max(0, size_bytes - _END.size - _LONGEST_COMMENT_BYTES)
    tail = _read(file, tail_offset, size_bytes - tail_offset)
    place = _end_of_archive(tail)
    _, disk, directory_disk, count_here, count, directory_bytes, offset, _ = _END.unpack_from(tail, place)
    end = tail_offset + place
    if count == _IN_EXTRA_16 or _IN_EXTRA_32 in (directory_bytes, offset):
        disk, directory_disk, count_here, count, directory_bytes, offset, end = _directory_64(file, end)
    if disk or directory_disk or count_here != count:
        raise RefusedArchiveError("is one part of an archive in several; pack it into one")
    if directory_bytes > _LARGEST_DIRECTORY_BYTES:
        raise RefusedArchiveError(f"lists more than {_LARGEST_DIRECTORY_BYTES >> 20} MiB of names")
    if offset + directory_bytes != end:
        raise _damaged("its list of files is not where it should be")
    return offset, directory_bytes, count


def _end_of_archive(tail: bytes) -> int:
    """The place of the last record whose comment reaches exactly to the end."""
    place = len(tail)
    while (place := tail.rfind(b"PK\x05\x06", 0, place)) >= 0:
        if len(tail) >= place + _END.size and place + _END.size + _END.unpack_from(tail, place)[-1] == len(tail):
            return place
    raise _damaged("its end is missing")


def _directory_64(file: BinaryIO, end: int) -> tuple[int, int, int, int, int, int, int]:
    magic, _, offset_64, _ = _LOCATOR_64.unpack(_read(file, end - _LOCATOR_64.size, _LOCATOR_64.size))
    if magic != b"PK\x06\x07":
        raise _damaged("its end is missing")
    magic, *_, disk, directory_disk, here, count, size_bytes, offset = _END_64.unpack(_read(file, offset_64, _END_64.size))
    if magic != b"PK\x06\x06":
        raise _damaged("its end is missing")
    return disk, directory_disk, here, count, size_bytes, offset, offset_64


def _records(directory: bytes, count: int, budget: Budget) -> Iterator[_Record]:
    place = 0
    found = 0
    while place < len(directory):
        budget.take_entry()
        found += 1
        try:
            fields = _DIRECTORY_ENTRY.unpack_from(directory, place)
        except struct.error:
            raise _damaged("its list of files is cut off") from None
        magic, _, _, flags, method, _, _, crc, packed, unpacked, name_size, extra_size, comment_size = fields[:13]
        *_, attributes, offset = fields
        name_place = place + _DIRECTORY_ENTRY.size
        extra_place = name_place + name_size
        place = extra_place + extra_size + comment_size
        if magic != b"PK\x01\x02" or place > len(directory):
            raise _damaged("its list of files is not one")
        extra = directory[extra_place : extra_place + extra_size]
        unpacked, packed, offset = _sizes(unpacked, packed, offset, extra)
        yield _Record(directory[name_place:extra_place], flags, method, crc, packed, unpacked, attributes, offset)
    if found != count:
        raise _damaged(f"it says that it holds {count:,} entries, and lists {found:,}")


def _sizes(unpacked: int, packed: int, offset: int, extra: bytes) -> tuple[int, ...]:
    """The three numbers, those that do not fit into 32 bits taken from the extra field."""
    numbers = [unpacked, packed, offset]
    wide = [index for index, number in enumerate(numbers) if number == _IN_EXTRA_32]
    if wide:
        for index, number in zip(wide, struct.iter_unpack("<Q", _extra_64(extra, len(wide))), strict=True):
            numbers[index] = number[0]
    return tuple(numbers)


def _extra_64(extra: bytes, count: int) -> bytes:
    """As many numbers of the extra field of 64 bits."""
    place = 0
    while place + _EXTRA_FIELD.size <= len(extra):
        kind, size = _EXTRA_FIELD.unpack_from(extra, place)
        place += _EXTRA_FIELD.size
        if kind == 1 and size >= 8 * count and place + size <= len(extra):
            return extra[place : place + 8 * count]
        place += size
    raise _damaged("the size of an entry is missing")


def _data_offsets(file: BinaryIO, records: list[_Record], directory_offset: int) -> list[int]:
    """Where each entry's data begins; nothing may lie in two entries, nor in an entry and the directory."""
    starts = [_data_offset(file, record) for record in records]
    spans = sorted((record.offset, start + record.packed_bytes) for record, start in zip(records, starts, strict=True))
    free_from = 0
    for start, end in spans:
        if start < free_from:
            raise RefusedArchiveError("holds entries that overlap, as only a bomb's do")
        free_from = end
    if free_from > directory_offset:
        raise _damaged("an entry reaches into the list of files")
    return starts


def _data_offset(file: BinaryIO, record: _Record) -> int:
    header = _read(file, record.offset, _LOCAL_HEADER.size + len(record.name))
    magic, _, flags, method, *_, name_size, extra_size = _LOCAL_HEADER.unpack_from(header)
    same = (name_size, method, flags & _ENCRYPTED) == (len(record.name), record.method, record.flags & _ENCRYPTED)
    if magic != b"PK\x03\x04" or not same or header[_LOCAL_HEADER.size :] != record.name:
        raise _damaged("an entry is not what the list of files says of it")
    return record.offset + len(header) + int(extra_size)


# One entry


def _entry(file: BinaryIO, record: _Record, start: int, budget: Budget) -> Entry:
    name = _decoded(record)
    kind = S_IFMT(record.attributes >> 16)
    is_folder = name.endswith("/") or kind == S_IFDIR or (kind == 0 and bool(record.attributes & _DOS_FOLDER))
    return Entry(name, is_folder, _fault(record, kind, is_folder=is_folder), partial(_chunks, file, record, start, budget))


def _fault(record: _Record, kind: int, *, is_folder: bool) -> str | None:
    if kind not in (0, S_IFREG, S_IFDIR):
        return "is a link or a device, not a file"
    if is_folder:
        return None
    if record.flags & _ENCRYPTED:
        return "is encrypted"
    if record.method not in (_STORED, _DEFLATED):
        return f"is packed in a way that is not read (method {record.method}); pack it as an ordinary zip"
    return None


def _decoded(record: _Record) -> str:
    """Some packers write UTF-8 without saying so; what is no UTF-8 is of the code page of old."""
    try:
        return record.name.decode()
    except UnicodeDecodeError:
        return record.name.decode("utf-8", "surrogateescape") if record.flags & _UTF_8 else record.name.decode("cp437")


def _chunks(file: BinaryIO, record: _Record, start: int, budget: Budget) -> Iterator[bytes]:
    crc = unpacked_bytes = 0
    packed = _packed(file, start, record.packed_bytes)
    for chunk in packed if record.method == _STORED else _inflated(packed):
        unpacked_bytes += len(chunk)
        budget.take_bytes(len(chunk))
        if budget.is_bomb(record.packed_bytes, unpacked_bytes):
            raise BombError(f"is packed more than {budget.caps.ratio} times, as only a bomb is")
        crc = zlib.crc32(chunk, crc)
        yield chunk
    if (crc, unpacked_bytes) != (record.crc, record.unpacked_bytes):
        raise UnreadableEntryError("is damaged: it is not what was packed")


def _packed(file: BinaryIO, start: int, size_bytes: int) -> Iterator[bytes]:
    for offset in range(start, start + size_bytes, CHUNK_BYTES):
        yield _read(file, offset, min(CHUNK_BYTES, start + size_bytes - offset))


def _inflated(packed: Iterator[bytes]) -> Iterator[bytes]:
    """Never more than a chunk at a time, however much a few bytes stand for."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for piece in packed:
            waiting = piece
            while waiting and not inflater.eof:
                if chunk := inflater.decompress(waiting, CHUNK_BYTES):
                    yield chunk
                waiting = inflater.unconsumed_tail
        while not inflater.eof and (chunk := inflater.decompress(b"", CHUNK_BYTES)):
            yield chunk
    except zlib.error:
        raise UnreadableEntryError("is damaged: it cannot be unpacked") from None
    if not inflater.eof:
        raise UnreadableEntryError("is damaged: its end is missing")


def _read(file: BinaryIO, offset: int, size_bytes: int) -> bytes:
    if not 0 <= offset <= _LARGEST_OFFSET:
        raise _damaged("it is cut off")
    file.seek(offset)
    content = file.read(size_bytes)
    if len(content) < size_bytes:
        raise _damaged("it is cut off")
    return content


def _damaged(how: str) -> RefusedArchiveError:
    return RefusedArchiveError(f"is a damaged zip: {how}; download or pack it again")
