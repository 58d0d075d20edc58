"""The shell that this runs in, and the magics that it gets; nothing else is imported before one of them is used."""

import sys
from typing import TYPE_CHECKING, Any

from grader.windows import require_unix

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from grader.notebook.checking import Checked
    from grader.notebook.profiling import Profiled


def running_shell() -> "InteractiveShell | None":
    """IPython's, where this is a notebook or an IPython prompt; it is not imported to find out."""
    if "IPython" not in sys.modules:
        return None
    from IPython.core.getipython import get_ipython

    return get_ipython()


def register_magics(shell: "InteractiveShell") -> None:
    """What `import grader` brings to a notebook, and `%load_ext grader` once more."""
    untyped: Any = shell  # its methods' types are hidden by decorators
    for magic in (submission, profile_lines):
        untyped.register_magic_function(magic, magic_kind="cell")


def submission(line: str, cell: str) -> "Checked | None":
    """`%%submission TASK`: run the cell, check the task's function, and write it to `TASK.py` here, or in another folder."""
    require_unix(sys.platform)
    from grader.notebook import magics

    return magics.submission(line, cell)


def profile_lines(line: str, cell: str) -> "Profiled | None":
    """`%%profile_lines TASK`: run the cell, and show which lines of the task's function take the time."""
    require_unix(sys.platform)
    from grader.notebook import magics

    return magics.profile_cell(line, cell)
