"""The command that keeps the course's history: a git repository of its gradings, and the site that asv makes of it."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

import typer

from grader.cli.class_commands import Place, require_results
from grader.cli.report import SECRET_FILE, course_secret
from grader.cli.terminal import TerminalProgress
from grader.cluster.nodes import is_cluster
from grader.content.course import Course
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.grading.session import Session, open_session
from grader.grading.stored_versions import compare_attempts
from grader.grading.versions import Comparison, in_order
from grader.history.adding import Added, History
from grader.history.asv_format import configuration_text
from grader.history.grading_the_past import grade_past
from grader.history.past_submissions import PastSubmissions
from grader.history.repository import MARKER, HistoryRepository
from grader.history.site import publish
from grader.report.as_json import comparison_document, dump
from grader.report.names import pseudonym
from grader.report.slower_page import shown, slower_page, worse_text
from grader.store import Store
from grader.text import harmless, harmless_line, listed

_SLOWER_FIELDS = (
    *("author", "task", "outcome", "case", "speedup", "speedup_low", "speedup_high"),
    *("old_time_s", "new_time_s", "runs", "because"),
)
PAST_FILE = "past.sqlite"
"""Beside the class's results: those of commits of the past, which change nobody's marks."""


@dataclass(frozen=True)
class Asked:
    """Which history, and what to do beside adding to it what has been graded."""

    folder: Path
    by_name: bool
    publish: bool
    commits: str | None
    """Of the submissions' repository, to be graded."""
    budget_s: float | None


@dataclass(frozen=True)
class Kept:
    """What has become of the history."""

    folder: str
    added: tuple[Added, ...]
    gradings: int
    """How many there are now."""
    faults: tuple[str, ...]
    attempts: Comparison
    """Everybody's last two, as they may be shown."""
    site: str | None


def keep_history(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> Kept:
    """Add what is new, grade what is asked for of the past, and publish where that is wanted."""
    session = open_session(place.course, place.submissions, (), place.on)
    if asked.commits is None and not (asked.folder / MARKER).is_file():
        require_results(place)  # a history of the past alone can be published again
    about = session.course.about
    title = f"{about.title}, {about.term}"
    repository = HistoryRepository(asked.folder, names=asked.by_name, configuration=configuration_text(title))
    repository.restore()
    cases = {name: task.case_names for name, task in session.tasks.items()}
    name_of = _namer(place, by_name=asked.by_name)
    history = History(repository, cases, name_of)
    added: list[Added] = []
    faults: list[str] = []
    if place.store_file.exists():
        with Store(place.store_file) as store:
            added += history.add(store, trust_code=trust_code)
    if asked.commits is not None:
        for of_past, found in _past(place, session, asked, history, trust_code=trust_code):
            added += of_past
            faults += found
    attempts = shown(_attempts(place, session, trust_code=trust_code), name_of)
    home = about.staff_pages or about.leaderboard if asked.by_name else about.leaderboard
    site = publish(asked.folder, home, slower_page(title, attempts, home)) if asked.publish else None
    kept = Kept(str(asked.folder), tuple(added), history.gradings, tuple(faults), attempts, None if site is None else str(site))
    typer.echo(dump(_document(kept)) if as_json else harmless(_text(kept)))
    return kept


def _past(
    place: Place, session: Session, asked: Asked, history: History, *, trust_code: bool
) -> Iterator[tuple[tuple[Added, ...], tuple[str, ...]]]:
    """What has come of each commit of the past that is not in the history yet."""
    if is_cluster(session.course):
        raise UsageError(_where_the_past_is_graded(session.course))
    past = PastSubmissions(session.submissions_folder)
    states = past.states(asked.commits or "")
    there = history.submissions
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trust_code)
    with Store(place.store_file.with_name(PAST_FILE)) as store, store.exclusive(), TerminalProgress() as progress:
        graded = grade_past(session, past, states, there, asked.budget_s, backend, store, progress)
        for one in graded:
            yield history.add_state(store, one.state, trust_code=trust_code), one.faults


def _where_the_past_is_graded(course: Course) -> str:
    here = [name for name, machine in course.machines.items() if machine.scheduler is None]
    remedy = f"name {listed(here)} with --on" if here else "name a machine of course.toml that has no `scheduler` with --on"
    return f"the past is graded where you are, and on {course.about.machine} jobs are: {remedy}"


def _attempts(place: Place, session: Session, *, trust_code: bool) -> Comparison:
    """Everybody's last two attempts by the class's results; of whoever has none there, by those of the past."""
    found = Comparison((), session.course.measurement.alpha, "", is_stored=True)
    for file in (place.store_file, place.store_file.with_name(PAST_FILE)):
        if file.exists():
            with Store(file) as store:
                of_file = compare_attempts(session, store, trust_code=trust_code)
            there = {(one.author, one.task) for one in found.compared}
            new = [one for one in of_file.compared if (one.author, one.task) not in there]
            sandbox = found.sandbox or of_file.sandbox
            found = replace(found, compared=in_order([*found.compared, *new]), sandbox=sandbox)
    return found


def _namer(place: Place, *, by_name: bool) -> Callable[[str], str]:
    if by_name:
        return harmless_line
    place.store_file.parent.mkdir(parents=True, exist_ok=True)
    return partial(pseudonym, course_secret(place.store_file.with_name(SECRET_FILE)))


def _document(kept: Kept) -> dict[str, object]:
    added = [{**asdict(one), "at": one.at.isoformat(timespec="seconds")} for one in kept.added]
    worse = replace(kept.attempts, compared=tuple(one for one in kept.attempts.compared if one.is_worse))
    return {
        "folder": kept.folder,
        "added": added,
        "gradings": kept.gradings,
        "faults": list(kept.faults),
        "slower": [{key: one[key] for key in _SLOWER_FIELDS} for one in comparison_document(worse, None)["compared"]],
        "site": kept.site,
    }


def _text(kept: Kept) -> str:
    tasks = sorted({task for one in kept.added for task in one.tasks})
    what = f" of {listed(tasks)}" if tasks else ""
    count = "1 grading" if len(kept.added) == 1 else f"{len(kept.added)} gradings"
    lines = [f"{kept.folder}: {count}{what} added, {kept.gradings} there are"]
    lines += [f"the grader itself failed: {fault}" for fault in kept.faults]
    lines += [
        f"since the attempt before: {one.author} · {one.task}: {worse_text(one)}"
        for one in kept.attempts.compared
        if one.is_worse
    ]
    lines += [f"open {kept.site}"] if kept.site is not None else []
    return "\n".join(lines)
