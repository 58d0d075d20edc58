"""A speed grader for a High Performance Python course; in a notebook, `grader.check(julia)` and `%%submission julia`.

It imports nothing before one of its functions is called, so that the untrusted side (`grader.worker`) can be loaded without
the rest, and `import grader` takes no time; but where IPython's shell runs, that gets its magics.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from IPython.core.interactiveshell import InteractiveShell

    from grader.notebook.checking import Checked

__version__ = "0.1.0"


def check(
    function: object, task: str | None = None, *, budget_s: float = 5.0, course: "str | PathLike[str] | None" = None
) -> "Checked":
    """Is a function right, and how fast is it beside each reference? It runs as you, without a sandbox.

    What is checked is what would be handed in: the function's text with all that it needs of the cells that were run.

    Args:
        function: a function of this session; or the path of a file.
        task: what it computes; told by its name otherwise.
        budget_s: seconds for measuring.
        course: the course's folder; otherwise what `GRADER_COURSE` names, or the nearest one from here upwards.
    """
    import sys

    from grader.windows import require_unix

    require_unix(sys.platform)  # before what cannot be imported there
    from grader.notebook.checking import check_live

    return check_live(function, task, budget_s, course)


def load_ipython_extension(shell: "InteractiveShell") -> None:
    """For `%load_ext grader`: the magics `%%submission TASK` and `%%profile_lines TASK`, as `import grader` brings them."""
    import sys

    from grader.windows import require_unix

    require_unix(sys.platform)
    from grader.notebook.shell import register_magics

    register_magics(shell)


def _bring_magics() -> None:
    import sys

    if "IPython" not in sys.modules:
        return
    from grader.notebook.shell import register_magics, running_shell

    shell = running_shell()
    if shell is not None:
        register_magics(shell)


_bring_magics()
