"""An archive: told by its content, zip or tar, and read entry by entry under caps; pure, so nothing is ever written."""

from collections.abc import Iterator
from typing import BinaryIO

from grader.content.entries import Budget, Entry, RefusedArchiveError, size_text
from grader.content.tar_archive import BLOCK_BYTES, Unpacked, is_packed, is_tar_header, tar_entries
from grader.content.zip_archive import zip_entries

BEGINNING_BYTES = BLOCK_BYTES
"""What `is_archive` and `other_format` want to see."""

_ZIPS = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = {b"Rar!": "rar", b"7z\xbc\xaf'\x1c": "7z"}


def is_archive(beginning: bytes) -> bool:
    """Whether a file that begins so is an archive that is read here."""
    return beginning.startswith(_ZIPS) or is_packed(beginning) or is_tar_header(beginning) or _is_empty_tar(beginning)


def other_format(beginning: bytes) -> str | None:
    """The format of an archive that is not read here."""
    return next((name for magic, name in _OTHERS.items() if beginning.startswith(magic)), None)


def archive_entries(file: BinaryIO, budget: Budget) -> Iterator[Entry]:
    """The entries of an archive, in its order; each is read, where it is wanted, before the next one is asked for.

    Raises:
        RefusedArchiveError: it is no archive, damaged, or more than the budget has.
    """
    file.seek(0, 2)
    if file.tell() > budget.caps.archive_bytes:
        raise RefusedArchiveError(f"is too large: more than {size_text(budget.caps.archive_bytes)}; collect it in parts")
    file.seek(0)
    beginning = file.read(BEGINNING_BYTES)
    file.seek(0)
    if not is_archive(beginning):
        other = other_format(beginning)
        which = f"is a {other}, which is not read" if other else "is no archive"
        raise RefusedArchiveError(f"{which}; a zip is wanted, or a tar, plain or packed with gzip, bzip2 or xz")
    if beginning.startswith(_ZIPS):
        return zip_entries(file, budget)
    return tar_entries(Unpacked(file, budget) if is_packed(beginning) else file, budget)


def _is_empty_tar(beginning: bytes) -> bool:
    return len(beginning) == BLOCK_BYTES and not any(beginning)
