"""What the machine can do at most: measured once for each machine and environment, kept in the store, printed."""

from dataclasses import asdict
from pathlib import Path

import typer

from grader.cli.terminal import TerminalProgress, results_console
from grader.errors import GraderError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.grading.progress import Progress
from grader.grading.session import Session, open_session
from grader.machine import Peaks
from grader.report.as_json import dump, machine_document
from grader.report.peaks import peaks_table
from grader.store import Store


def know_peaks(session: Session, backend: Backend, store: Store, progress: Progress, *, again: bool) -> Peaks:
    """What the store knows of this machine; measured now where it knows nothing, or `again`.

    Raises:
        GraderError: a worker cannot measure it.
    """
    conditions = session.conditions(backend.sandbox)
    known = store.peaks(conditions)
    if known is not None and not again:
        return known
    progress.begin("measuring the machine", 1)
    peaks = measure_peaks(backend, session.machine.threads)
    store.add_peaks(conditions, peaks)
    return peaks


def peaks_faults(session: Session, backend: Backend, store: Store, progress: Progress, *, again: bool) -> tuple[str, ...]:
    """Have the machine known; grading goes on without that where it fails, and what is returned says why."""
    try:
        know_peaks(session, backend, store, progress, again=again)
    except GraderError as error:
        return (str(error),)
    return ()


def show_peaks(course: Path, store_file: Path, *, again: bool, trust_code: bool, as_json: bool) -> None:
    """Print what one core of this machine can do, and a worker's whole budget."""
    session = open_session(course, None, ())
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trust_code)
    with Store(store_file) as store, store.exclusive(), TerminalProgress() as progress:
        peaks = know_peaks(session, backend, store, progress, again=again)
    if as_json:
        typer.echo(dump({"machine": machine_document(session.machine), "peaks": asdict(peaks)}))
    else:
        results_console().print(peaks_table(session.machine, peaks))
