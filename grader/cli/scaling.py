"""The command for strong scaling: what does a program gain from more cores?"""

from dataclasses import dataclass
from pathlib import Path

import typer

from grader.cli.class_commands import Place
from grader.cli.pictures import save_picture
from grader.cli.terminal import TerminalProgress, results_console
from grader.content.notebook import SUFFIX
from grader.content.submission import Submission, read_files, require_files
from grader.content.task import task_names
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.grading.measure_scaling import measure_scaling
from grader.grading.own_files import common_task
from grader.grading.scaling import core_counts
from grader.grading.session import HandedIn, Session, handed_in_by, open_session, read_class
from grader.machine import usable_cpus
from grader.report.as_json import dump, scaling_document
from grader.report.scaling import scaled
from grader.text import harmless


@dataclass(frozen=True)
class Asked:
    """Whose program, and how far."""

    who: str
    """An author, or the path of a file of one's own."""
    task: str | None
    cores: int | None
    budget_s: float
    picture: Path | None

    @property
    def file(self) -> Path | None:
        """The own file, if it is one."""
        path = Path(self.who)
        return path if path.suffix in (".py", SUFFIX) else None


def study_scaling(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> None:
    """Measure one program on one core up to the most, and print what it gains; nothing is stored."""
    most = _most_cores(asked.cores)
    session = _session(place, asked)
    submission = _handed_in(session, asked)
    if not isinstance(submission, Submission):
        raise UsageError(f"there is nothing to measure: {harmless(submission.message)}")
    machine = session.course.machine.model_copy(update={"threads": most})
    backend = choose_backend(machine, session.course.limits, trust_code=trust_code or asked.file is not None)
    with TerminalProgress() as progress:
        study = measure_scaling(session, submission, core_counts(most), asked.budget_s, backend, progress)
    if as_json:
        typer.echo(dump(scaling_document(study)))
    else:
        results_console().print(scaled(study))
    if asked.picture is not None:
        from grader.report.plots import scaling_figure

        save_picture(scaling_figure(study), asked.picture)


def _most_cores(wanted: int | None) -> int:
    """As many as are wanted, or all that this process may use."""
    usable = len(usable_cpus())
    most = usable if wanted is None else wanted
    if most > usable:
        raise UsageError(f"--cores {most}: this machine has {usable}")
    if most == 1:
        raise UsageError("with one core there is nothing to compare: name more with --cores, on a machine that has them")
    return most


def _session(place: Place, asked: Asked) -> Session:
    """The course with the one task."""
    task = asked.task
    if task is None and asked.file is not None:
        task = common_task(place.course, (asked.file,))
    if task is None:
        raise UsageError("say which of the author's programs it is: --task TASK")
    return open_session(place.course, place.submissions, (task,))


def _handed_in(session: Session, asked: Asked) -> HandedIn:
    (task,) = session.tasks.values()
    if asked.file is None:
        (hand_ins,) = read_class(session)
        return handed_in_by(session, hand_ins, asked.who)
    require_files((asked.file,))
    limit_bytes = int(session.course.limits.source_bytes)
    (mine,) = read_files((asked.file,), task.interface, task_names(session.course_folder), source_bytes_limit=limit_bytes)
    return mine
