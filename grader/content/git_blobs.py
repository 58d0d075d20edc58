"""Files out of a git repository without git's writing any: a checkout or an archive runs the filters of its settings."""

from collections.abc import Iterator

REGULAR_FILES = ("100644", "100755")
"""Modes; links and other repositories' commits are left out."""
_LONGEST_SIZE_LINE = 32


def parse_blobs(said: bytes) -> Iterator[bytes]:
    """The contents in what `git cat-file --batch=%(objectsize)` prints, in the order in which they were asked for."""
    printed, start = memoryview(said), 0
    while start < len(printed):
        end_of_line = start + bytes(printed[start : start + _LONGEST_SIZE_LINE]).index(b"\n")
        size = int(printed[start:end_of_line])
        yield bytes(printed[end_of_line + 1 : end_of_line + 1 + size])
        start = end_of_line + 1 + size + 1
