"""What begins a cell: `%%submission julia` and `%%profile_lines julia`.

Either runs the cell; the one checks the function with what it needs of other cells, and writes the file to hand in, the other
shows which of its lines take the time.
"""

import shlex
from dataclasses import replace
from pathlib import Path

from grader.content.submission import Rejection, Submission
from grader.errors import UsageError
from grader.grading.own_files import OWN_BUDGET_S, open_own_session
from grader.grading.session import Session, open_session
from grader.notebook.checking import Checked, check_handed_in, course_folder, read_file, read_live
from grader.notebook.live import session_cells
from grader.notebook.profiling import Profiled, profile_handed_in
from grader.notebook.shell import running_shell

MAGIC, PROFILE_MAGIC = "submission", "profile_lines"
"""As `shell.py` registers them."""
WRITTEN = b"# Written by %%submission from the cells of a notebook: change it there.\n"
"""The first line of such a file: it is written anew each time, and no other file is."""


def submission(line: str, cell: str) -> Checked | None:
    """Run the cell, check the task's function, and write it to `TASK.py` here, or in another folder.

    Raises:
        UsageError: the line names no task, or the file is one that was not written by this.
    """
    task, *folder = _words(line, f"%%{MAGIC} TASK, or %%{MAGIC} TASK FOLDER", most=2)
    session = open_own_session(course_folder(None), task)
    handed_in = _handed_in_after(cell, session, f"%%{MAGIC} is for notebooks: give `grader check` a file instead")
    if handed_in is None:
        return None
    if isinstance(handed_in, Rejection):
        return check_handed_in(session, handed_in, OWN_BUDGET_S)
    files = write(handed_in, Path(*folder) / f"{task}.py")
    written = read_file(session, files[0])
    if isinstance(written, Submission):  # what was left out of the cells is known of the cells alone
        written = replace(written, notes=(*handed_in.notes, *written.notes))
    return check_handed_in(session, written, OWN_BUDGET_S, files)


def profile_cell(line: str, cell: str) -> Profiled | None:
    """Run the cell, and profile the task's function line by line, with what it needs of the other cells.

    Raises:
        UsageError: the line names no task, or the function cannot be run.
    """
    (task,) = _words(line, f"%%{PROFILE_MAGIC} TASK", most=1)
    session = open_session(course_folder(None), None, (task,))
    handed_in = _handed_in_after(cell, session, f"%%{PROFILE_MAGIC} is for notebooks: give `grader profile` a file instead")
    return None if handed_in is None else profile_handed_in(session, handed_in)


def write(handed_in: Submission, target: Path) -> tuple[Path, ...]:
    """The file to hand in, and behind it those beside the notebook that it imports.

    Raises:
        UsageError: it cannot be written, or there is a file that somebody else wrote.
    """
    content = {file.path: file.content for file in handed_in.files}
    try:
        if target.exists() and not target.read_bytes().startswith(WRITTEN):
            raise UsageError(
                f"{target} exists already, was not written by %%{MAGIC}, and is left as it is: "
                f"rename it, or name another folder: %%{MAGIC} {handed_in.task} FOLDER"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(WRITTEN + content.pop(handed_in.file))
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    return (target, *(handed_in.folder / path for path in content))


def _handed_in_after(cell: str, session: Session, elsewhere: str) -> Submission | Rejection | None:
    """Run the cell, and read what would be handed in then; None where it raises, and what went wrong stands above.

    Raises:
        UsageError: this is no notebook; `elsewhere` says so.
    """
    shell = running_shell()
    if shell is None:
        raise UsageError(elsewhere)
    if not shell.run_cell(cell).success:  # type: ignore[no-untyped-call]  # it carries no types
        return None
    return read_live(session, session_cells(shell))


def _words(line: str, usage: str, most: int) -> list[str]:
    """What stands behind a magic's name: one word, and no more than so many."""
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation mark without its other
        words = []
    if not 1 <= len(words) <= most:
        raise UsageError(f"write {usage}")
    return words
