"""Files as one byte string: what a submission compiled or built, kept for its own next worker and for nobody else."""

import contextlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

LIMIT_BYTES = 8 << 20
_ENTRY = struct.Struct("<II")
_DEPTH = 32
"""Folders in folders: making a thousand of them would be too deep for Python."""


class TooLargeError(Exception):
    """There is more than `LIMIT_BYTES`."""


def pack(folder: Path, *, all_or_nothing: bool = False) -> bytes:
    """All files under `folder`, as one byte string of at most `LIMIT_BYTES`; the rest is left out, or TooLargeError raised."""
    parts: list[bytes] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = os.fsencode(path.relative_to(folder))
            content = path.read_bytes()
            size += _ENTRY.size + len(name) + len(content)
            if size > LIMIT_BYTES:
                if all_or_nothing:
                    raise TooLargeError
                break
            parts += [_ENTRY.pack(len(name), len(content)), name, content]
    return b"".join(parts)


def unpack(packed: bytes, folder: Path) -> None:
    """Write what `pack` made back under `folder`; what another made is written nowhere else, and may be left out."""
    for name, content in _entries(packed):
        parts = name.split("/")
        if len(parts) <= _DEPTH and {"", ".", ".."}.isdisjoint(parts) and "\0" not in name:
            path = folder / name
            with contextlib.suppress(OSError):  # a name that is too long, or a file where a folder should be
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def _entries(packed: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    while position + _ENTRY.size <= len(packed):
        name_length, content_length = _ENTRY.unpack_from(packed, position)
        position += _ENTRY.size
        name = os.fsdecode(packed[position : position + name_length])
        position += name_length
        yield name, packed[position : position + content_length]
        position += content_length
