"""What a store keeps of the past, grading by grading: checks and runs that belong together.

A store has no record of gradings. What follows without a long pause is one; and nobody is checked twice in one, so that each
attempt at a task has a grading of its own.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from grader.execution.plain import PlainBackend
from grader.store import PastCheck, PastRun, Store

_Past = TypeVar("_Past", PastCheck, PastRun)

PAUSE = timedelta(minutes=30)
"""Longer than any check or run takes: after that, somebody has come back."""


@dataclass(frozen=True)
class Seen:
    """How far a store has been read: the numbers of its last check and run, and which store it is."""

    store: str
    checks: int = 0
    runs: int = 0


@dataclass(frozen=True)
class Grading:
    """Checks and runs that belong together, each oldest first."""

    checks: tuple[PastCheck, ...]
    runs: tuple[PastRun, ...]
    ended_at: datetime


def new_gradings(store: Store, seen: Seen, *, trust_code: bool) -> tuple[tuple[Grading, ...], Seen]:
    """The gradings behind what was seen of a store, oldest first, and what is seen now.

    With `trust_code`, those without a sandbox; otherwise all others.
    """
    checks, runs = store.past_checks(seen.checks), store.past_runs(seen.runs)
    now = Seen(
        seen.store,
        max((one.number for one in checks), default=seen.checks),
        max((one.number for one in runs), default=seen.runs),
    )
    return gradings_of(_in_tier(checks, trust_code=trust_code), _in_tier(runs, trust_code=trust_code)), now


def gradings_of(checks: Iterable[PastCheck], runs: Iterable[PastRun]) -> tuple[Grading, ...]:
    """All of them, grading by grading, oldest first."""
    events = sorted([*map(_of_check, checks), *map(_of_run, runs)], key=lambda event: (event.start, event.is_run, event.number))
    found: list[list[_Event]] = []
    attempts: set[tuple[str, str]] = set()
    until: datetime | None = None
    for event in events:
        if until is None or event.start - until > PAUSE or event.attempt in attempts:
            found.append([])
            attempts.clear()
        found[-1].append(event)
        if event.attempt is not None:
            attempts.add(event.attempt)
        until = event.end if until is None else max(until, event.end)
    return tuple(map(_grading, found))


@dataclass(frozen=True)
class _Event:
    """A check or a run, with when it was."""

    start: datetime
    end: datetime
    event: PastCheck | PastRun

    @property
    def number(self) -> int:
        return self.event.number

    @property
    def is_run(self) -> bool:
        return isinstance(self.event, PastRun)

    @property
    def attempt(self) -> tuple[str, str] | None:
        """Whose check of which task it is."""
        return (self.event.member.key, self.event.task) if isinstance(self.event, PastCheck) else None


def _of_check(check: PastCheck) -> _Event:
    at = datetime.fromisoformat(check.checked_at)
    return _Event(at, at, check)


def _of_run(run: PastRun) -> _Event:
    start = datetime.fromisoformat(run.started_at)
    return _Event(start, start + timedelta(seconds=run.wall_time_s), run)


def _grading(events: Collection[_Event]) -> Grading:
    return Grading(
        checks=tuple(one.event for one in events if isinstance(one.event, PastCheck)),
        runs=tuple(one.event for one in events if isinstance(one.event, PastRun)),
        ended_at=max(one.end for one in events).astimezone(UTC),
    )


def _in_tier(past: Iterable[_Past], *, trust_code: bool) -> list[_Past]:
    return [one for one in past if (one.conditions.sandbox == PlainBackend.sandbox) is trust_code]
