"""Grading the past: what changed in each commit of the submissions, checked and measured now, kept with the commit's date."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.execution.interface import Backend
from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Progress
from grader.grading.session import Session, read_class
from grader.history.adding import PastState
from grader.history.past_submissions import PastSubmissions
from grader.store import Store
from grader.verdicts import Verdict


@dataclass(frozen=True)
class GradedState:
    """A commit that has been graded."""

    state: PastState
    faults: tuple[str, ...]
    """Where the grader itself failed."""


def grade_past(
    session: Session,
    past: PastSubmissions,
    states: Sequence[PastState],
    there: Collection[str],
    budget_s: float | None,
    backend: Backend,
    store: Store,
    progress: Progress,
) -> Iterator[GradedState]:
    """Grade one commit after the other, but for those that are `there` already.

    What is the same as in the commit before is not run; what has changed is, though it be what it once was: each attempt has
    figures of its own time.
    """
    versions: dict[tuple[str, str], str] | None = None
    for state in states:
        if state.commit in there:
            versions = None
            continue
        if versions is None:
            parent = past.parent(state.commit)
            versions = {} if parent is None else _versions_at(session, past, parent)
        with tempfile.TemporaryDirectory(prefix="grader-past-") as scratch:
            session_there = _session_at(session, past, state.commit, Path(scratch))
            now = _versions(session_there)
            faults: list[str] = []
            for task, authors in _changed(versions, now).items():
                of_task = replace(session_there, tasks={task: session_there.tasks[task]})
                faults += grade(of_task, Wanted(authors, budget_s, fresh=True), backend, store, progress).faults
        versions = now
        yield GradedState(state, tuple(faults))


def _versions_at(session: Session, past: PastSubmissions, commit: str) -> dict[tuple[str, str], str]:
    with tempfile.TemporaryDirectory(prefix="grader-past-") as scratch:
        return _versions(_session_at(session, past, commit, Path(scratch)))


def _session_at(session: Session, past: PastSubmissions, commit: str, folder: Path) -> Session:
    past.write(commit, folder)
    return replace(session, submissions_folder=folder)


def _versions(session: Session) -> dict[tuple[str, str], str]:
    """By task and author, which version of the code has been handed in."""
    return {
        (one.task, one.author): one.content_hash
        for hand_ins in read_class(session)
        for one in hand_ins.everyone
        if one.kind == "student" and getattr(one, "verdict", None) is not Verdict.MISSING
    }


def _changed(before: dict[tuple[str, str], str], now: dict[tuple[str, str], str]) -> dict[str, list[str]]:
    """By task, whose code is another one now."""
    changed: dict[str, list[str]] = {}
    for (task, author), version in sorted(now.items()):
        if before.get((task, author)) != version:
            changed.setdefault(task, []).append(author)
    return changed
