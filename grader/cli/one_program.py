"""Commands about a single program: an author's, or a file of one's own."""

from pathlib import Path

from grader.cli.class_commands import Place
from grader.content.notebook import SUFFIX
from grader.content.submission import Submission, read_files, require_files
from grader.content.task import task_names
from grader.errors import UsageError
from grader.grading.own_files import common_task
from grader.grading.session import Session, handed_in_by, open_session, read_class, require_runnable
from grader.text import harmless


def own_file(who: str) -> Path | None:
    """The file of one's own that is named; None where it is an author."""
    path = Path(who)
    return path if path.suffix in (".py", SUFFIX) else None


def open_for(place: Place, who: str, task: str | None) -> tuple[Session, Submission]:
    """The course with the program's task alone, and the program.

    Raises:
        UsageError: it cannot be told which task, there is no such author or file, or it cannot be run.
    """
    file = own_file(who)
    if task is None and file is not None:
        task = common_task(place.course, (file,))
    if task is None:
        raise UsageError("say which of the author's programs it is: --task TASK")
    session = open_session(place.course, place.submissions, (task,))
    require_runnable(session)
    return session, _submission(session, who, file)


def _submission(session: Session, who: str, file: Path | None) -> Submission:
    (task,) = session.tasks.values()
    if file is None:
        (hand_ins,) = read_class(session)
        handed_in = handed_in_by(session, hand_ins, who)
    else:
        require_files((file,))
        limit_bytes = int(session.course.limits.source_bytes)
        (handed_in,) = read_files((file,), task.interface, task_names(session.course_folder), source_bytes_limit=limit_bytes)
    if not isinstance(handed_in, Submission):
        raise UsageError(f"there is nothing to measure: {harmless(handed_in.message)}")
    return handed_in
