"""`grader rank --from asv`: a ranking of what asv recorded of the suite, beside the grader's own."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import typer

from grader.cli.class_commands import Place
from grader.cli.terminal import results_console
from grader.errors import UsageError
from grader.execution.plain import PlainBackend
from grader.grading.asv_ranking import benchmark_of, rank_asv
from grader.grading.asv_results import read_asv_files
from grader.grading.session import open_session
from grader.report.as_json import asv_document, dump
from grader.report.asv_ranking import asv_rankings
from grader.store import Store

_ASV = "asv"
_RESULTS = Path(".asv") / "results"


def rank_from(
    source: str,
    place: Place,
    tasks: Sequence[str],
    results: Path | None,
    commit: str | None,
    *,
    trust_code: bool,
    as_json: bool,
) -> None:
    """Print the rankings; the store is compared with where there is one. UsageError for another source."""
    if source != _ASV:
        raise UsageError(f"--from takes asv, and not {source!r}")
    session = open_session(place.course, place.submissions, tasks, place.on)
    folder = results or place.course / _RESULTS
    files = read_asv_files(folder, session.machine, commit, [benchmark_of(task) for task in session.tasks])
    with ExitStack() as stack:
        store = stack.enter_context(Store(place.store_file)) if place.store_file.is_file() else None
        last = "" if store is None else store.last_sandbox(unlike=PlainBackend.sandbox)
        sandbox = PlainBackend.sandbox if trust_code else last
        rankings = rank_asv(session, files, store, session.conditions(sandbox))
    if as_json:
        typer.echo(dump(asv_document(rankings)))
    else:
        results_console().print(asv_rankings(rankings))
