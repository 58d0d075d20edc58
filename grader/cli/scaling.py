"""The command for strong scaling: what does a program gain from more cores?"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import typer

from grader.cli.class_commands import Place
from grader.cli.one_program import open_for, own_file
from grader.cli.pictures import save_picture
from grader.cli.terminal import TerminalProgress, results_console
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.grading.kept_scaling import STUDIES, kept_scaling
from grader.grading.measure_scaling import measure_scaling
from grader.grading.scaling import core_counts
from grader.kept_files import KeptFiles
from grader.machine import usable_cpus
from grader.report.as_json import dump, scaling_document
from grader.report.scaling import scaled
from grader.report.theme import paper


@dataclass(frozen=True)
class Asked:
    """Whose program, and how far."""

    who: str
    """An author, or the path of a file of one's own."""
    task: str | None
    cores: int | None
    budget_s: float
    picture: Path | None
    dark: bool = False
    """On dark paper."""


def study_scaling(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> None:
    """Measure one program on one core up to the most, and print what it gains; an author's is kept for the pages of reports."""
    most = _most_cores(asked.cores)
    session, submission = open_for(place, asked.who, asked.task)
    machine = session.course.machine.model_copy(update={"threads": most})
    trusted = trust_code or own_file(asked.who) is not None
    backend = choose_backend(machine, session.course.limits, trust_code=trusted)
    with TerminalProgress() as progress:
        study = measure_scaling(session, submission, core_counts(most), asked.budget_s, backend, progress)
    if own_file(asked.who) is None:
        kept = kept_scaling(study, session.machine.fingerprint)
        KeptFiles(STUDIES, place.store_file).keep(submission, kept)
    if as_json:
        typer.echo(dump(scaling_document(study)))
    else:
        results_console().print(scaled(study))
    if asked.picture is not None:
        from grader.report.plots import scaling_figure

        save_picture(partial(scaling_figure, study), asked.picture, paper(dark=asked.dark))


def _most_cores(wanted: int | None) -> int:
    """As many as are wanted, or all that this process may use."""
    usable = len(usable_cpus())
    most = usable if wanted is None else wanted
    if most > usable:
        raise UsageError(f"--cores {most}: this machine has {usable}")
    if most == 1:
        raise UsageError("with one core there is nothing to compare: name more with --cores, on a machine that has them")
    return most
