"""What the machine can do at most, printed."""

from dataclasses import asdict
from pathlib import Path

import typer

from grader.cli.terminal import TerminalProgress, results_console
from grader.execution.choose import choose_backend
from grader.grading.known_peaks import know_peaks
from grader.grading.session import open_session
from grader.report.as_json import dump, machine_document
from grader.report.peaks import peaks_table
from grader.store import Store


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
