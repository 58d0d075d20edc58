"""What archives of every format come down to: entries, read in order under a budget that no declared size can widen."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

CHUNK_BYTES = 1 << 16
_MIB = 1 << 20


class RefusedArchiveError(Exception):
    """An archive that is damaged, or too much, and not read on; the text continues the sentence that its name begins."""


class UnreadableEntryError(Exception):
    """One entry that cannot be had, where the others can; the text continues the sentence that its name begins."""


class BombError(UnreadableEntryError):
    """One entry that unpacks to far more than it is packed in."""


@dataclass(frozen=True)
class Entry:
    """One entry. The chunks of a tar's entry can only be had before the next entry is asked for."""

    name: str
    """As the archive has it, with `/`: whoever uses it has to check it."""
    is_folder: bool
    fault: str | None
    """Why it is no file that can be read, such as a link; continues the sentence that its name begins."""
    chunks: Callable[[], Iterator[bytes]]
    """The content, unpacked piece by piece; UnreadableEntryError or RefusedArchiveError where it turns out to be damaged."""


@dataclass(frozen=True)
class Caps:
    """The most that is read of one archive, however it is packed."""

    archive_bytes: int = 4 << 30
    """Of the archive as it lies on disk."""
    entries: int = 50_000
    file_bytes: int = 64 * _MIB
    """Of one file. A notebook with its outputs has up to some tens of MiB."""
    unpacked_bytes: int = 16 << 30
    """Of everything that is unpacked, whether it is kept or passed over."""
    ratio: int = 250
    """Unpacked over packed; text comes to 10, a heap of equal outputs to 100, a bomb to 1,000."""
    ratio_from_bytes: int = 4 * _MIB
    """Less does no harm, whatever its ratio."""


class Budget:
    """What may still be read of an archive, counted while it is read."""

    def __init__(self, caps: Caps) -> None:
        self.caps = caps
        self._entries_left = caps.entries
        self._bytes_left = caps.unpacked_bytes

    def take_entry(self) -> None:
        """RefusedArchiveError for one entry too many."""
        self._entries_left -= 1
        if self._entries_left < 0:
            raise RefusedArchiveError(f"holds more than {self.caps.entries:,} entries")

    def take_bytes(self, count: int) -> None:
        """RefusedArchiveError for bytes too many."""
        self._bytes_left -= count
        if self._bytes_left < 0:
            raise RefusedArchiveError(f"unpacks to more than {size_text(self.caps.unpacked_bytes)}")

    def is_bomb(self, packed_bytes: int, unpacked_bytes: int) -> bool:
        """Whether this much has come out of too little."""
        return unpacked_bytes > max(self.caps.ratio_from_bytes, self.caps.ratio * packed_bytes)


def content_of(entry: Entry, limit_bytes: int) -> bytes:
    """An entry's whole content.

    Raises:
        UnreadableEntryError: it is more than the limit, at which reading stops, or cannot be had.
        RefusedArchiveError: the archive is damaged here, or its budget is spent.
    """
    parts: list[bytes] = []
    size_bytes = 0
    for chunk in entry.chunks():
        size_bytes += len(chunk)
        if size_bytes > limit_bytes:
            raise UnreadableEntryError(f"is too large: more than {size_text(limit_bytes)}")
        parts.append(chunk)
    return b"".join(parts)


def looked_into(entry: Entry, count: int) -> tuple[bytes, Entry]:
    """The first bytes of an entry, or all where there are fewer; and the entry, to be read from its beginning."""
    chunks = entry.chunks()
    first: list[bytes] = []
    while sum(map(len, first)) < count and (chunk := next(chunks, b"")):
        first.append(chunk)
    return b"".join(first)[:count], replace(entry, chunks=lambda: chain(first, chunks))


def size_text(size_bytes: int) -> str:
    """`64 MiB`, and small sizes in bytes."""
    return f"{size_bytes // _MIB:,} MiB" if size_bytes >= _MIB else f"{size_bytes:,} bytes"
