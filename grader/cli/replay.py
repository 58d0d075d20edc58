"""The command for disputes: a result again on the identical inputs, beside what was found then."""

import typer

from grader.cli.class_commands import Place, require_results
from grader.cli.terminal import TerminalProgress, results_console
from grader.execution.choose import choose_backend
from grader.grading.replay import replay
from grader.grading.session import open_session, require_runnable
from grader.report.as_json import dump, replay_document
from grader.report.replay import replayed
from grader.store import Store


def replay_result(place: Place, author: str, task: str, *, budget_s: float | None, trust_code: bool, as_json: bool) -> None:
    """Replay one author's result in one task and print it; the store is read, and nothing is written to it."""
    session = open_session(place.course, place.submissions, (task,))
    require_runnable(session)
    require_results(place)
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trust_code)
    with Store(place.store_file) as store, store.exclusive(), TerminalProgress() as progress:
        found = replay(session, author, budget_s, backend, store, progress)
    if as_json:
        typer.echo(dump(replay_document(found)))
    else:
        results_console().print(replayed(found))
