"""Git, started in one place, and files out of a repository without git's writing any.

A repository's settings are somebody else's: no hook of theirs is run, and a checkout or an archive would run their filters.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence

_NO_PROGRAMS = ("core.hooksPath=/dev/null", "core.fsmonitor=false")
"""A repository's own settings could name some that git is to run."""

REGULAR_FILES = ("100644", "100755")
"""Modes; links and other repositories' commits are left out."""
_LONGEST_SIZE_LINE = 32


def run_git(
    words: Sequence[str],
    settings: Sequence[str] = (),
    *,
    environment: Mapping[str, str] | None = None,
    standard_input: bytes = b"",
    limit_s: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """How `git WORDS…` ended, with these settings; in the environment of this process where no other is given.

    Raises:
        OSError: there is no git, or (TimeoutError) it has not ended within the limit.
    """
    settings_words = [word for setting in (*_NO_PROGRAMS, *settings) for word in ("-c", setting)]
    try:
        return subprocess.run(
            ["git", *settings_words, *words],  # noqa: S607 -- whichever git there is
            input=standard_input,
            capture_output=True,
            check=False,
            env=environment,
            timeout=limit_s,
        )
    except subprocess.TimeoutExpired as error:
        raise TimeoutError(str(error)) from error


def parse_blobs(said: bytes) -> Iterator[bytes]:
    """The contents in what `git cat-file --batch=%(objectsize)` prints, in the order in which they were asked for."""
    printed, start = memoryview(said), 0
    while start < len(printed):
        end_of_line = start + bytes(printed[start : start + _LONGEST_SIZE_LINE]).index(b"\n")
        size = int(printed[start:end_of_line])
        yield bytes(printed[end_of_line + 1 : end_of_line + 1 + size])
        start = end_of_line + 1 + size + 1
