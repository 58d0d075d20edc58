"""What a large class takes: seconds a stage and a hand-in, the parent's memory, one changed author, and larger classes.

`python -m benchmarks.large_class [--authors 25 50 100 300] [--tasks julia …] [--scripted] [--json]` grades classes of these
sizes, real ones (`variant_class`) or scripted ones (`scripted_class`), which show what the engine itself costs. `--store 10000`
asks a store of so many scripted submissions for all of its boards. Two classes and more are projected to 300 and 1,000 authors.
"""

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.figures import COURSE, Meter, MeteredBackend
from benchmarks.scripted_class import TASKS, ScriptedClass
from benchmarks.variant_class import VariantClass
from grader.content.task import task_names
from grader.execution.interface import Backend
from grader.grading.board import board_of
from grader.grading.check_class import check_class
from grader.grading.class_report import stand
from grader.grading.measure_class import measure_class
from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Silent
from grader.grading.session import Session, open_session, read_class
from grader.grading.standings import TaskStandings
from grader.store import Store

_SIZES = (25, 50, 100, 300)
_PROJECTED = (300, 1000)
_ASKED = 5
_SEED = 1
_STAGES = ("read", "check", "measure", "report")


class LargeClass(Protocol):
    """A class that can be made and changed."""

    folder: Path
    tasks: tuple[str, ...]

    def add_students(self, count: int) -> None:
        """So many, drawn from the class's seed."""

    def change(self, number: int) -> None:
        """A student hands in one task once more."""

    def backend(self, session: Session) -> Backend:
        """What runs its code."""


@dataclass(frozen=True)
class Regraded:
    """What a grading ran after one author had changed one file."""

    wall_time_s: float
    checks: int
    runs: int
    competitors: tuple[str, ...]
    """In those runs."""


@dataclass(frozen=True)
class Graded:
    """One class graded from nothing, without a budget: everyone gets the runs that all get."""

    authors: int
    submissions: int
    stages_s: dict[str, float]
    per_hand_in_s: dict[str, float]
    inside_s: float
    """Of all stages: in the students' and references' own imports and calls."""
    kept_report_s: float
    """The report once more, from the kept boards."""
    peak_memory_mb: dict[str, float]
    """Of the parent since it started, by the end of each stage, the buffers that it shares with workers included."""
    regraded: Regraded


def main() -> None:
    """Print a line a class and the projection, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authors", type=int, nargs="+", default=list(_SIZES))
    parser.add_argument("--tasks", nargs="+", help="of the sample course; all of them by default")
    parser.add_argument("--scripted", action="store_true")
    parser.add_argument("--store", type=int, metavar="SUBMISSIONS")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.store:
        _show(asdict(ask_store(arguments.store)), as_json=arguments.json)
        return

    def make(folder: Path) -> LargeClass:
        if arguments.scripted:
            return ScriptedClass(folder, TASKS, _SEED)
        return VariantClass(folder, tuple(arguments.tasks or task_names(COURSE)), _SEED)

    classes = []
    for size in sorted(arguments.authors):
        classes.append(grade_class(make, size))
        _show(asdict(classes[-1]), as_json=arguments.json)
    if len(classes) > 1:
        for authors in _PROJECTED:
            _show({f"{authors} authors": project(classes, authors)}, as_json=arguments.json)


def grade_class(make: Callable[[Path], LargeClass], authors: int) -> Graded:
    """Make a class of so many, grade it stage by stage, then change one author and grade again."""
    with _class_of(make, authors) as (large, session), Store(large.folder / "results" / "results.sqlite") as store:
        meter = Meter()
        backend = MeteredBackend(large.backend(session), meter)
        stages_s, peaks_mb = _grade_by_stages(session, backend, store)
        submissions, inside_s = sum(len(hand_ins.everyone) for hand_ins in read_class(session)), meter.inside_s
        kept_report_s = statistics.median(_report_times_s(session, backend, store))
        large.change(authors // 2)
        regraded = _regrade(session, backend, store)
    per_hand_in_s = {stage: stages_s[stage] / submissions for stage in ("check", "measure")}
    return Graded(authors, submissions, stages_s, per_hand_in_s, inside_s, kept_report_s, peaks_mb, regraded)


def _grade_by_stages(session: Session, backend: Backend, store: Store) -> tuple[dict[str, float], dict[str, float]]:
    """What `pipeline.grade` does: the seconds of each stage, and the parent's peak memory by its end, in megabytes."""
    moments, peaks_mb = [time.perf_counter()], []

    def look() -> None:
        moments.append(time.perf_counter())
        peaks_mb.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6)

    store.add_machine(session.machine)
    everyone = read_class(session)
    look()
    checked = check_class(session, everyone, everyone, backend, store, Silent())
    look()
    faults = measure_class(session, everyone, checked.compiled, 0.0, backend, store, Silent())
    look()
    stand(session, everyone, checked.faults | faults, session.conditions(backend.sandbox), store)
    look()
    return dict(zip(_STAGES, np.diff(moments).tolist(), strict=True)), dict(zip(_STAGES, peaks_mb, strict=True))


def _regrade(session: Session, backend: Backend, store: Store) -> Regraded:
    before = _counts(session, backend, store)
    start = time.perf_counter()
    grade(session, Wanted(budget_s=0.0), backend, store, Silent())
    wall_time_s = time.perf_counter() - start
    after = _counts(session, backend, store)
    new = after.runs.keys() - before.runs.keys()
    competitors = {name for run in new for name in after.runs[run]}
    return Regraded(wall_time_s, after.checks - before.checks, len(new), tuple(sorted(competitors)))


@dataclass(frozen=True)
class _Counts:
    checks: int
    runs: dict[tuple[int, int], frozenset[str]]
    """By block and number, who took part."""


def _counts(session: Session, backend: Backend, store: Store) -> _Counts:
    conditions = session.conditions(backend.sandbox)
    checks, runs = 0, {}
    for hand_ins in read_class(session):
        for one in hand_ins.everyone:
            checks += len(store.checks_of(one.author, one.kind, hand_ins.task.name))
        for block in store.blocks(hand_ins.task, conditions):
            for number, record in enumerate(block.runs):
                runs[block.id, number] = frozenset(turn.competitor for turn in record.turns)
    return _Counts(checks, runs)


def project(classes: Sequence[Graded], authors: int) -> dict[str, float]:
    """Seconds a stage for so many authors, by a straight line through the classes (least squares)."""
    sizes = [one.authors for one in classes]
    lines = {stage: np.polyfit(sizes, [one.stages_s[stage] for one in classes], 1) for stage in _STAGES}
    projected = {stage: float(np.polyval(line, authors)) for stage, line in lines.items()}
    return {**projected, "hours": sum(projected.values()) / 3600}


@dataclass(frozen=True)
class Asked:
    """What a store of many submissions takes to answer."""

    submissions: int
    made_s: float
    """All boards, from raw samples."""
    kept_s: float
    """All boards, where nothing has changed: the median of several times."""


def ask_store(submissions: int) -> Asked:
    """Grade a scripted class, and ask for the boards of all tasks; what is handed in is read before."""

    def make(folder: Path) -> LargeClass:
        return ScriptedClass(folder, TASKS, _SEED)

    students = -(-submissions // len(TASKS))
    with _class_of(make, students) as (large, session), Store(large.folder / "results" / "results.sqlite") as store:
        backend = large.backend(session)
        _grade_by_stages(session, backend, store)
        kept_s = statistics.median(_board_times_s(session, backend, store))
        count = sum(len(hand_ins.everyone) for hand_ins in read_class(session))
        return Asked(count, _made_s(session, backend, store), kept_s)


def _board_times_s(session: Session, backend: Backend, store: Store) -> Iterator[float]:
    everyone, conditions = read_class(session), session.conditions(backend.sandbox)
    for _ in range(_ASKED):
        start = time.perf_counter()
        for hand_ins in everyone:
            board_of(session, hand_ins, {}, conditions, store)
        yield time.perf_counter() - start


def _made_s(session: Session, backend: Backend, store: Store) -> float:
    everyone, conditions = read_class(session), session.conditions(backend.sandbox)
    start = time.perf_counter()
    for hand_ins in everyone:
        TaskStandings(session, hand_ins, {}, conditions, store).results()
    return time.perf_counter() - start


def _report_times_s(session: Session, backend: Backend, store: Store) -> Iterator[float]:
    everyone, conditions = read_class(session), session.conditions(backend.sandbox)
    for _ in range(_ASKED):
        start = time.perf_counter()
        stand(session, everyone, {}, conditions, store)
        yield time.perf_counter() - start


@contextmanager
def _class_of(make: Callable[[Path], LargeClass], authors: int) -> Iterator[tuple[LargeClass, Session]]:
    with tempfile.TemporaryDirectory() as name:
        large = make(Path(name))
        large.add_students(authors)
        yield large, open_session(large.folder, None, large.tasks)


def _show(figures: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")
        return
    for name, value in figures.items():
        sys.stdout.write(f"{name:20} {_as_text(value)}\n")
    sys.stdout.write("\n")
    sys.stdout.flush()


def _as_text(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_as_text(part)}" for name, part in value.items())
    return f"{value:.3g}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    main()
