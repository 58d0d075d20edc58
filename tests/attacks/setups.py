"""Hand-ins that cannot stand in the repository as plain files: links, devices, huge or strange files."""

import json
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

HUGE_BYTES = 2 << 30
DEEP = 10**6
CELLS = 10**6
F_STRING_PARTS = 80_000
DEFINITIONS = 20_000


@dataclass(frozen=True)
class HandIn:
    """Where a hand-in is to be made: the author's empty folder in a copy of the course, and the file's name there."""

    folder: Path
    file: str
    source: bytes
    course: Path
    task: str

    @property
    def path(self) -> Path:
        """The file that the task asks for."""
        return self.folder / self.file


def symlink_to_reference(hand_in: HandIn) -> None:
    """The file is a link to the course's own solution."""
    hand_in.path.symlink_to(hand_in.course / "reference" / "numpy" / hand_in.file)


def symlinked_folder(hand_in: HandIn) -> None:
    """The whole folder is a link to a reference's."""
    hand_in.folder.rmdir()
    hand_in.folder.symlink_to(hand_in.course / "reference" / "numpy", target_is_directory=True)


def hard_link_to_reference(hand_in: HandIn) -> None:
    """A helper is another name of the checker's file: as text it may be read, as a module it must say nothing new."""
    hand_in.path.write_bytes(hand_in.source)
    os.link(hand_in.course / "tasks" / hand_in.task / "task.py", hand_in.folder / "borrowed.py")


def fifo(hand_in: HandIn) -> None:
    """Whoever opens the file to read it waits forever."""
    os.mkfifo(hand_in.path)


def device(hand_in: HandIn) -> None:
    """A link to a device without an end; as root, the device itself."""
    try:
        os.mknod(hand_in.path, 0o644 | stat.S_IFCHR, os.makedev(1, 5))
    except PermissionError:
        hand_in.path.symlink_to("/dev/zero")


def link_loop(hand_in: HandIn) -> None:
    """Two links that point at each other."""
    hand_in.path.symlink_to(hand_in.folder / "other.py")
    (hand_in.folder / "other.py").symlink_to(hand_in.path)


def huge_source(hand_in: HandIn) -> None:
    """2 GB that are empty on disk."""
    with hand_in.path.open("wb") as file:
        file.write(hand_in.source)
        file.truncate(HUGE_BYTES)


def deep_expression(hand_in: HandIn) -> None:
    """An expression so deep that parsers and compilers run out of stack."""
    hand_in.path.write_bytes(hand_in.source + b"\nDEEP = " + b"-" * (DEEP - 1_000) + b"1\n")


def million_cells(hand_in: HandIn) -> None:
    """A notebook of a million cells."""
    cell = b'{"cell_type":"code","metadata":{},"outputs":[],"execution_count":null,"source":"1"}'
    with hand_in.path.with_suffix(".ipynb").open("wb") as file:
        file.write(b'{"nbformat":4,"nbformat_minor":5,"metadata":{},"cells":[')
        file.write(b",".join([cell] * CELLS))
        file.write(b"]}")


def many_files(hand_in: HandIn) -> None:
    """The file among thousands of others."""
    hand_in.path.write_bytes(hand_in.source)
    for number in range(3_000):
        (hand_in.folder / f"heap_{number:04}.py").write_bytes(b"x = 1\n")


def endless_f_string(hand_in: HandIn) -> None:
    """An f-string of so many parts that Python's own parser takes time that grows with their square."""
    hand_in.path.write_bytes(hand_in.source + b"\nx = f'" + b"{1}" * F_STRING_PARTS + b"'\n")


def defined_again_and_again(hand_in: HandIn) -> None:
    """The function is defined tens of thousands of times before the definition that counts."""
    hand_in.path.write_bytes(f"def {hand_in.task}(a, b): pass\n".encode() * DEFINITIONS + hand_in.source)


def shell_notebook(hand_in: HandIn) -> None:
    """A notebook whose cells run shell lines and magics beside the function, and within it."""
    cells = [
        "!touch /tmp/attack-mark-shell\n%pip install attack-mark",
        "import os, numpy as np\nfound = !cat /etc/passwd $GRADER_CANARY; env\nprint(found)",
        "%%bash\ntouch /tmp/attack-mark-bash",
        "%%writefile /tmp/attack-mark-written\nx",
        "%run /tmp/attack-mark-run.py\n%cd /\n%env PATH=/tmp",
        f"get_ipython().system('touch /tmp/attack-mark-ipython')\n{hand_in.source.decode()}",
    ]
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": {"name": "bash", "display_name": "!touch /tmp/attack-mark-kernel"}},
        "cells": [
            {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": cell} for cell in cells
        ],
    }
    hand_in.path.with_suffix(".ipynb").write_text(json.dumps(notebook), encoding="utf-8")


SETUPS: Mapping[str, Callable[[HandIn], None]] = {
    setup.__name__: setup
    for setup in (
        symlink_to_reference,
        symlinked_folder,
        hard_link_to_reference,
        fifo,
        device,
        link_loop,
        huge_source,
        deep_expression,
        million_cells,
        many_files,
        endless_f_string,
        defined_again_and_again,
        shell_notebook,
    )
}
