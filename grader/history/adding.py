"""Adding to the history: what a store knows that the history does not know yet, as commits with their figures."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.errors import GraderError
from grader.history.asv_format import (
    BENCHMARKS,
    Series,
    benchmarks_text,
    machine_path,
    machine_text,
    results_path,
    results_text,
    series_before,
    series_of,
)
from grader.history.figures import Figures, figures_of
from grader.history.gradings import Grading, Seen, new_gradings
from grader.history.repository import Commit, HistoryRepository
from grader.machine import Machine
from grader.records import student_of
from grader.store import Conditions, Store
from grader.text import listed


@dataclass(frozen=True)
class Added:
    """One grading that has come into the history."""

    commit: str
    at: datetime
    tasks: tuple[str, ...]
    submissions: str | None = None
    """The commit of the submissions that was graded, where they were those of a commit."""


@dataclass(frozen=True)
class PastState:
    """Of a commit of the submissions: which, and when it was made."""

    commit: str
    at: datetime


@dataclass(frozen=True)
class _Dated:
    """A grading, with the time that it has in the history."""

    grading: Grading
    at: datetime
    submissions: str | None = None


class History:
    """A history that gradings are added to."""

    def __init__(
        self, repository: HistoryRepository, cases: Mapping[str, Sequence[str]], name_of: Callable[[str], str]
    ) -> None:
        """`cases` are the benchmark cases of the course's tasks; `name_of` says what the students are called here."""
        self._repository = repository
        self._cases = cases
        self._name_of = name_of

    @property
    def gradings(self) -> int:
        """How many there are."""
        return len(self._repository.trailers("Grading"))

    @property
    def submissions(self) -> frozenset[str]:
        """The commits of the submissions that are there."""
        return frozenset(self._repository.trailers("Submissions"))

    def add(self, store: Store, *, trust_code: bool) -> tuple[Added, ...]:
        """Every grading of the store that is not there yet, with the time at which it ended."""
        gradings, seen = new_gradings(store, self._seen(store), trust_code=trust_code)
        return self._add([_Dated(one, one.ended_at) for one in gradings], store, seen)

    def add_state(self, store: Store, state: PastState, *, trust_code: bool) -> tuple[Added, ...]:
        """All that is new in the store as one grading: of a commit of the submissions, and with its time."""
        gradings, seen = new_gradings(store, self._seen(store), trust_code=trust_code)
        if not gradings:
            return ()
        whole = Grading(
            checks=tuple(check for one in gradings for check in one.checks),
            runs=tuple(run for one in gradings for run in one.runs),
            ended_at=gradings[-1].ended_at,
        )
        return self._add([_Dated(whole, state.at, state.commit)], store, seen)

    def _seen(self, store: Store) -> Seen:
        origin = store.origin()
        for said in self._repository.trailers("Seen"):
            known, checks, runs = said.split()
            if known == origin:
                return Seen(origin, int(checks), int(runs))
        return Seen(origin)

    def _add(self, gradings: Iterable[_Dated], store: Store, seen: Seen) -> tuple[Added, ...]:
        head = before = self._repository.head()
        added: list[Added] = []
        figures: list[tuple[Added, Conditions, Figures]] = []
        for one in gradings:
            found = {key: self._shown(of_key) for key, of_key in figures_of(one.grading, store, self._cases).items()}
            tasks = tuple(sorted({task for of_conditions in found.values() for task, _, _ in of_conditions}))
            if tasks:
                head = self._repository.commit(head, Commit(_message(one, tasks), one.at, {}))
                added.append(Added(head, one.at, tasks, one.submissions))
                figures += [(added[-1], conditions, of_conditions) for conditions, of_conditions in found.items()]
        if added:
            what = "Figures of one grading" if len(added) == 1 else f"Figures of {len(added)} gradings"
            message = f"{what}\n\nSeen: {seen.store} {seen.checks} {seen.runs}\n"
            self._repository.move(
                self._repository.commit(head, Commit(message, added[-1].at, self._files(figures, store))), before
            )
        return tuple(added)

    def _files(self, figures: Sequence[tuple[Added, Conditions, Figures]], store: Store) -> dict[str, str]:
        """All that asv reads of these figures, by path."""
        every = series_before(self._repository.file(BENCHMARKS))
        for _, _, of_one in figures:
            for task, own in series_of(of_one, self._cases).items():
                every[task] = own.joined(every.get(task, Series((), ())))
        files = {BENCHMARKS: benchmarks_text(every)}
        for grading, conditions, of_one in figures:
            machine, environment = _machine(store, conditions), conditions.environment
            series = {task: every[task] for task in grading.tasks}
            files[machine_path(machine)] = machine_text(machine)
            files[results_path(grading.commit, machine, environment)] = results_text(
                grading.commit, grading.at, machine, environment, of_one, series
            )
        return files

    def _shown(self, figures: Figures) -> Figures:
        """The same, under the names that the students have here."""
        return {(task, self._competitor(key), case): timing for (task, key, case), timing in figures.items()}

    def _competitor(self, key: str) -> str:
        author = student_of(key)
        return key if author is None else f"student/{self._name_of(author)}"


def _machine(store: Store, conditions: Conditions) -> Machine:
    machine = store.machine(conditions.machine)
    if machine is None:
        raise GraderError(f"the store {store.path} does not say what the machine {conditions.machine} is; restore it")
    return machine


def _message(one: _Dated, tasks: Sequence[str]) -> str:
    counts = f"{len(one.grading.checks)} checked, {len(one.grading.runs)} runs"
    source = "" if one.submissions is None else f"Submissions: {one.submissions}\n"
    subject = f"Grading of {one.at:%Y-%m-%d %H:%M}: {listed(tasks)}"
    return f"{subject}\n\n{counts}\n\nGrading: {one.at.isoformat(timespec='seconds')}\n{source}"
