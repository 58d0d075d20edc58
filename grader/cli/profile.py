"""The command for a line profile: where do the time and the memory of a program go?"""

import typer

from grader.cli.class_commands import Place
from grader.cli.one_program import open_for, own_file
from grader.cli.terminal import TerminalProgress, results_console
from grader.execution.choose import choose_backend
from grader.grading.profile_lines import profile_lines
from grader.report.as_json import dump, profile_document
from grader.report.profile import profiled


def show_profile(place: Place, who: str, task: str | None, *, trust_code: bool, as_json: bool) -> None:
    """Profile one program and print it; nothing is stored. A file of one's own runs as oneself, an author's in the sandbox."""
    session, submission = open_for(place, who, task)
    trusted = trust_code or own_file(who) is not None
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trusted)
    with TerminalProgress() as progress:
        profile = profile_lines(session, submission, backend, progress)
    if as_json:
        typer.echo(dump(profile_document(profile)))
    else:
        results_console().print(profiled(profile))
