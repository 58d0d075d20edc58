"""A copy of the project as a clone of it would hold it."""

import shutil
import subprocess
from pathlib import Path

from tests.end_to_end.small_course import PROJECT


def copy_to(folder: Path) -> None:
    """The files that git tracks or would track, and nothing that was built."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 -- whichever git there is
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (PROJECT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, folder / name)
