"""Files that are written whole or not at all, whatever interrupts it: who reads one meanwhile finds what was there before."""

import os
import tempfile
from pathlib import Path

OWNER_ONLY = 0o600


def write_whole(path: Path, content: bytes, mode: int = OWNER_ONLY) -> None:
    """Put this content in place of a file's, in a folder that is there.

    Raises:
        OSError: It cannot be written; what was there is left as it is.
    """
    descriptor, staged = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:40]}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(staged).chmod(mode)
        Path(staged).replace(path)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise
