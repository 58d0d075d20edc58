"""The teaching assistant's commands: grade a class, show the leaderboard, show one author."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import typer

from grader.cli.cluster import grade_on_cluster
from grader.cli.pictures import save_picture
from grader.cli.terminal import TerminalProgress, results_console
from grader.cluster.batches import Batches
from grader.cluster.nodes import is_cluster, stored_session
from grader.content.course_folder import results_folder
from grader.content.submission import authors
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.execution.plain import PlainBackend
from grader.grading.class_report import Report, stand
from grader.grading.known_peaks import peaks_faults
from grader.grading.pipeline import Wanted, grade
from grader.grading.session import (
    HandIns,
    Session,
    cannot_run,
    open_session,
    read_class,
    require_authors,
    require_runnable,
)
from grader.nearest import did_you_mean
from grader.report.as_json import dump, report_document
from grader.report.leaderboard import author_details, leaderboard, leaderboard_svg
from grader.report.roofline_picture import roofline_figure
from grader.report.theme import Theme, paper
from grader.store import Store
from grader.text import command

RESULTS_FILE = "results.sqlite"


@dataclass(frozen=True)
class Place:
    """Where the course, the class and the results are."""

    course: Path
    submissions: Path | None
    store: Path | None
    on: str | None = None
    """The machine of course.toml that it is about; the course's own where None."""

    @property
    def store_file(self) -> Path:
        """The results' file."""
        return self.store or results_folder(self.course) / RESULTS_FILE


def grade_class(place: Place, tasks: Sequence[str], wanted: Wanted, *, trust_code: bool, as_json: bool) -> Report:
    """Grade, then print the leaderboard."""
    session = open_session(place.course, place.submissions, tasks, place.on)
    require_authors(session, wanted.authors)
    if is_cluster(session.course):
        report = grade_on_cluster(place.store_file, session, wanted, trust_code=trust_code)
        _print(report, as_json=as_json)
        return report
    if tasks:
        require_runnable(session)
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trust_code)
    _tell_left_out(session, backend.sandbox)
    class_progress = TerminalProgress(authors(session.submissions_folder), session.tasks)
    with Store(place.store_file) as store, store.exclusive(), class_progress as progress:
        faults = peaks_faults(session, backend, store, progress, again=wanted.fresh and not wanted.authors)
        report = grade(session, wanted, backend, store, progress)
    report = replace(report, faults=(*report.faults, *faults))
    _print(report, as_json=as_json)
    return report


def _tell_left_out(session: Session, sandbox: str) -> None:
    """One line for each reason why this machine cannot run some of the tasks."""
    reasons: dict[str, list[str]] = {}
    for task in session.tasks.values():
        reason = cannot_run(task, sandbox)
        if reason is not None:
            reasons.setdefault(reason, []).append(task.name)
    for reason, names in reasons.items():
        typer.echo(f"left out: {', '.join(names)}: {reason}", err=True)


def rank_class(place: Place, tasks: Sequence[str], *, trust_code: bool, as_json: bool, picture: Path | None) -> None:
    """Print the leaderboard from the store, and draw it where a picture is wanted."""
    report = _stored_report(place, tasks, trust_code=trust_code)
    if picture is not None:
        try:
            picture.write_text(leaderboard_svg(report), encoding="utf-8")
        except OSError as error:
            raise UsageError(f"the picture cannot be written to {picture}: {error.strerror}") from error
    _print(report, as_json=as_json)


def show_author(
    place: Place,
    author: str,
    tasks: Sequence[str],
    *,
    trust_code: bool,
    as_json: bool,
    roofline: Path | None = None,
    growth: Path | None = None,
    dark: bool = False,
) -> None:
    """Print one author's results, and draw what is wanted of them; a reference's level is an author, too."""
    report = _stored_report(place, tasks, trust_code=trust_code)
    known = {result.author for result in report.results} | {name.rpartition(" · ")[0] for name in report.ungraded}
    if author not in known:
        raise UsageError(f"there is no author {author!r}{did_you_mean(author, known)}")
    if roofline is not None:
        _draw_roofline(report, author, roofline, paper(dark=dark))
    if growth is not None:
        _draw_growth(report, author, growth, paper(dark=dark))
    own = tuple(name for name in report.ungraded if name.rpartition(" · ")[0] == author)
    report = replace(report, ungraded=own)
    if as_json:
        document = report_document(report)
        document["results"] = [result for result in document["results"] if result["author"] == author]
        for part in ("marks", "finals"):
            document[part] = [one for one in document[part] if one["author"] == author]
        typer.echo(dump(document))
    else:
        results_console().print(author_details(report, author))


def _draw_roofline(report: Report, author: str, path: Path, theme: Theme) -> None:
    """Draw one author's figures in one task below what the machine can do; UsageError where there are none."""
    tasks = {result.task for result in report.results}
    if len(tasks) > 1:
        raise UsageError(f"a roofline is drawn of one task: name it, as in {command('grader show', author, min(tasks))}")
    of_author = [result for result in report.results if result.author == author]
    drawn = [result for result in of_author if result.share_of_limit is not None]
    if not drawn or report.peaks is None:
        why = (
            "the machine is not measured" if report.peaks is None else "nothing was measured, or the task counts no operations"
        )
        raise UsageError(f"there is no roofline of {author} to be drawn: {why}; see docs/roofline.md")
    references = [one for one in report.results if one.kind == "reference" and one not in of_author]
    save_picture(partial(roofline_figure, drawn[0], references, report.peaks), path, theme)


def _draw_growth(report: Report, author: str, path: Path, theme: Theme) -> None:
    """The author's time over the size of the problem, in a task of which the cases say something."""
    from grader.report.plots import growth_figure

    tasks = [result.task for result in report.results if result.author == author and result.growths]
    if len(set(tasks)) != 1:
        found = ", ".join(dict.fromkeys(tasks)) or "none"
        raise UsageError(f"name one task whose growth is known to draw it: grader show {author} TASK (known: {found})")
    save_picture(partial(growth_figure, report, author, tasks[0]), path, theme)


def require_results(place: Place) -> None:
    """UsageError where nothing has been graded yet."""
    if not place.store_file.exists():
        raise UsageError(f"nothing has been graded yet: {place.store_file} does not exist; run `grader grade` first")


@dataclass(frozen=True)
class StoredClass:
    """A class as the store knows it."""

    session: Session
    everyone: Sequence[HandIns]
    report: Report


def stored_class(place: Place, tasks: Sequence[str], *, trust_code: bool) -> StoredClass:
    """What was graded of what is handed in now; nothing is run."""
    session = open_session(place.course, place.submissions, tasks, place.on)
    require_results(place)
    everyone = read_class(session)
    return StoredClass(session, everyone, report_from_store(place, session, everyone, trust_code=trust_code))


def report_from_store(place: Place, session: Session, everyone: Sequence[HandIns], *, trust_code: bool) -> Report:
    """What the results' file, which there is, says of these."""
    with Store(place.store_file) as store:
        if is_cluster(session.course):
            session, sandbox = stored_session(session, Batches(place.store_file), trust_code=trust_code)
        else:
            sandbox = PlainBackend.sandbox if trust_code else store.last_sandbox(unlike=PlainBackend.sandbox)
        return stand(session, everyone, {}, session.conditions(sandbox), store)


def _stored_report(place: Place, tasks: Sequence[str], *, trust_code: bool) -> Report:
    return stored_class(place, tasks, trust_code=trust_code).report


def _print(report: Report, *, as_json: bool) -> None:
    if as_json:
        typer.echo(dump(report_document(report)))
    else:
        results_console().print(leaderboard(report))
