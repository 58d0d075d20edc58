"""Whether a file is still the one that it was, without reading it."""

import stat
from pathlib import Path


def file_state(path: Path) -> tuple[int, ...]:
    """Another one once the file was written, replaced or touched; nothing where there is no plain file."""
    try:
        found = path.lstat()
    except OSError:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else ()
