"""What the harness itself costs, and how fast the references are: measured by the grader's own means."""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Inputs
from grader.execution.choose import choose_backend
from grader.execution.empty_call import empty_call_times_s, nothing_submission
from grader.execution.interface import Backend, Call, Generation, Load, Worker
from grader.execution.wrapped import WrappedWorker
from grader.grading.class_report import Report
from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Silent
from grader.grading.session import Session, open_session
from grader.noise import Snapshot
from grader.profiles import Profile
from grader.store import Store

COURSE = Path(__file__).resolve().parent.parent
WORKER_STARTS = 20
HELP_RUNS = 5


@dataclass
class Meter:
    """Seconds spent inside submissions: their imports and their calls."""

    inside_s: float = 0.0


class MeteredBackend:
    """A backend that adds up what its submissions take."""

    def __init__(self, backend: Backend, meter: Meter) -> None:
        self.sandbox = backend.sandbox
        self._backend = backend
        self._meter = meter

    def generation(self) -> "AbstractContextManager[Generation]":
        """A metered generation."""
        return _MeteredGeneration(self._backend.generation(), self._meter)

    def snapshot(self, profile: Profile = Profile.SINGLE) -> Snapshot:
        """The other backend's."""
        return self._backend.snapshot(profile)


class _MeteredGeneration:
    def __init__(self, generation: AbstractContextManager[Generation], meter: Meter) -> None:
        self._context = generation
        self._meter = meter

    def __enter__(self) -> Self:
        self._generation = self._context.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._context.__exit__(kind, error, trace)

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> "_MeteredWorker":
        return _MeteredWorker(self._generation.start(submission, profile, cores), self._meter)


class _MeteredWorker(WrappedWorker):
    def __init__(self, worker: Worker, meter: Meter) -> None:
        super().__init__(worker)
        self._meter = meter

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        load = self._worker.load(limit_s, compiled, processes=processes)
        self._meter.inside_s += load.import_time_s
        return load

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        call = self._worker.call(inputs, outputs, limit_s, track_memory=track_memory, processes=processes)
        self._meter.inside_s += call.wall_time_s
        return call


def open_course() -> tuple[Session, Backend]:
    """The sample course, and this machine's backend for it."""
    session = open_session(COURSE, None, ())
    return session, choose_backend(session.course.machine, session.course.limits, trust_code=False)


def empty_call_us(backend: Backend) -> float:
    """The median cost of a call that does nothing, in microseconds."""
    return 1e6 * statistics.median(empty_call_times_s(backend))


def worker_start_ms(backend: Backend) -> float:
    """The median time from asking for a worker to its being confined and ready, in milliseconds."""
    times_s = []
    with backend.generation() as generation:
        for _ in range(WORKER_STARTS):
            start = time.perf_counter()
            worker = generation.start(nothing_submission())
            times_s.append(time.perf_counter() - start)
            worker.close()
    return 1e3 * statistics.median(times_s)


def help_time_s() -> float:
    """The median time of `grader --help`, in seconds."""
    times_s = []
    for _ in range(HELP_RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "grader", "--help"], check=True, stdout=subprocess.DEVNULL, cwd=COURSE)
        times_s.append(time.perf_counter() - start)
    return statistics.median(times_s)


@dataclass(frozen=True)
class ClassGraded:
    """One grading of the sample class from nothing."""

    report: Report
    wall_time_s: float
    inside_s: float

    @property
    def outside_over_inside(self) -> float:
        """Starts, inputs, checks and statistics, over the time in submissions."""
        return self.wall_time_s / self.inside_s - 1


def grade_class(session: Session, backend: Backend) -> ClassGraded:
    """Grade the sample class into a store of its own."""
    meter = Meter()
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "results.sqlite") as store:
        start = time.perf_counter()
        report = grade(session, Wanted(), MeteredBackend(backend, meter), store, Silent())
        return ClassGraded(report, time.perf_counter() - start, meter.inside_s)


def rates_over_naive(report: Report, task: str) -> dict[str, float]:
    """Each reference's rate over the naive one's, per unit of work and each at its own case."""
    rates = {result.author: result.rate for result in report.results if result.kind == "reference" and result.task == task}
    naive = rates.get("naive")
    return {level: rate / naive for level, rate in rates.items() if rate and naive}
