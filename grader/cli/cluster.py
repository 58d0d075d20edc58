"""The cluster's commands: grade by jobs, show them, end them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from grader.cli.terminal import TerminalProgress, results_console
from grader.cluster.batches import Batches
from grader.cluster.grade import Cluster, grade_by_jobs
from grader.cluster.overview import Line, Overview, overview
from grader.cluster.queue import Queue
from grader.cluster.slurm import Slurm, require_slurm
from grader.content.course import load_course
from grader.content.submission import authors
from grader.errors import GraderError
from grader.grading.class_report import Report
from grader.grading.pipeline import Wanted
from grader.grading.session import Session
from grader.report.as_json import dump
from grader.store import Store
from grader.text import command, harmless, harmless_line
from grader.units import ABSENT


class Place(Protocol):
    """Where the course and the results are, and the machine that is meant."""

    @property
    def course(self) -> Path: ...  # noqa: D102 -- said above
    @property
    def store_file(self) -> Path: ...  # noqa: D102 -- the same
    @property
    def on(self) -> str | None: ...  # noqa: D102 -- the same


def grade_on_cluster(store_file: Path, session: Session, wanted: Wanted, *, trust_code: bool) -> Report:
    """Grade by jobs. Whoever presses Ctrl-C, or meets an error, is told that they go on, and how to come back to them."""
    require_slurm()
    name = session.course.about.machine
    batches = Batches(store_file)
    queue = Queue(batches, Slurm(), (name, session.course.machine), trust_code=trust_code)
    class_progress = TerminalProgress(authors(session.submissions_folder), session.tasks)
    with _jobs_go_on(name, queue), Store(store_file) as store, store.exclusive(), class_progress as progress:
        return grade_by_jobs(session, wanted, Cluster(batches, queue, trust_code), store, progress)


@contextmanager
def _jobs_go_on(name: str, queue: Queue) -> Iterator[None]:
    """Whoever interrupts the grading, or meets an error while jobs are open, is told what becomes of them."""
    try:
        yield
    except BaseException as error:
        if queue.entries or not isinstance(error, Exception):  # a kill may have come before the first was heard of
            ways = {verb: command(f"grader {verb} --on", name) for verb in ("jobs", "grade", "jobs cancel")}
            typer.echo(
                harmless(
                    f"grader: the jobs on {name} go on. `{ways['jobs']}` shows them, `{ways['grade']}` takes up what they"
                    f" bring, `{ways['jobs cancel']}` ends them"
                ),
                err=True,
            )
        raise


def show_jobs(place: Place, *, as_json: bool) -> None:
    """What runs, what waits and why, what has failed."""
    found = _overview(place)
    if as_json:
        typer.echo(
            dump(
                {
                    "machine": found.machine,
                    "silent": found.silent,
                    "jobs": [_document(line) for line in found.lines],
                    "faults": found.faults,
                }
            )
        )
        return
    console = results_console()
    if found.silent is not None:
        console.print(Text(f"Slurm does not answer: {harmless_line(found.silent)}"))
    if found.lines:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for heading in ("job", "state", "node", "what", "why"):
            table.add_column(heading)
        for line in found.lines:
            words = (line.job or ABSENT, line.state, line.node or ABSENT, line.what, line.why)
            table.add_row(*(Text(harmless_line(word)) for word in words))
        console.print(table)
    console.print(Text(_summary(found)))
    if found.faults:
        console.print(Text("the last grading could not do:"))
    for fault in found.faults:
        console.print(Text(f"  {harmless_line(fault)}"))


def cancel_jobs(place: Place, *, as_json: bool) -> None:
    """End what waits and runs. The results of what has ended are kept, and the next grading takes them up.

    Raises:
        GraderError: Slurm refuses, or does not answer: then jobs may still be there.
    """
    found = _overview(place)
    active = [line.job for line in found.lines if line.is_active and line.job is not None]
    Slurm().cancel(sorted({job.partition("_")[0] for job in active}))
    if any(line.is_active and line.job is None for line in found.lines):
        raise GraderError(
            f"Slurm does not answer, and may have jobs of which nobody has heard: {found.silent}; cancel them again"
        )
    ended = len(active)
    if as_json:
        typer.echo(dump({"machine": found.machine, "cancelled": ended}))
    else:
        results_console().print(Text(f"{found.machine}: {ended} jobs cancelled"))


def _overview(place: Place) -> Overview:
    course = load_course(place.course)
    if place.on is not None:
        course = course.on_machine(place.on)
    batches = Batches(place.store_file)
    if any(batches):
        require_slurm()
    return overview(course.about.machine, batches, Slurm())


def _document(line: Line) -> dict[str, object]:
    return {
        "job": line.job,
        "state": line.state,
        "why": line.why,
        "node": line.node,
        "what": line.what,
        "attempt": line.attempt,
        "submitted_at": line.submitted_at,
    }


def _summary(found: Overview) -> str:
    if not found.lines:
        return f"{found.machine}: no jobs"
    counts: dict[str, int] = {}
    for line in found.lines:
        counts[line.state] = counts.get(line.state, 0) + 1
    return f"{found.machine}: " + ", ".join(f"{count} {state}" for state, count in counts.items())
