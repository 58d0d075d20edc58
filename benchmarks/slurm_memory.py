"""How much memory the side that submits takes, by the size of the class: a scripted class, on a Slurm that is scripted, too.

`python -m benchmarks.slurm_memory [--students 100 300 1000] [--tasks 7]`. Every class has a process of its own, and every job
another: what a job takes is a node's. All jobs of a stage have ended when they are next looked at, which is the most at once.
"""

import argparse
import multiprocessing
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from benchmarks.scripted_class import TASKS, ScriptedClass
from grader.cluster import job
from grader.cluster.batches import Batches, SoFar
from grader.cluster.elements import Element
from grader.cluster.grade import Cluster, grade_by_jobs
from grader.cluster.queue import Queue
from grader.cluster.slurm import Slurm
from grader.grading.pipeline import Wanted
from grader.grading.progress import Silent
from grader.grading.session import open_session, read_class
from grader.store import Store
from tests.cluster.fake_slurm import MACHINE, PACE, FakeElement, FakeSlurm

_SIZES = (100, 300, 1000)
_SEED = 1


@dataclass(frozen=True)
class Submitted:
    """One class graded by jobs, from nothing."""

    students: int
    hand_ins: int
    """With the references'."""
    jobs: int
    wall_time_s: float
    """Of the jobs, too, one after the other."""
    read_mb: float
    """The peak memory of the submitting side by when it had read the class, in megabytes."""
    peak_mb: float
    """The same in the end."""


class _JobsElsewhere(FakeSlurm):
    """Each job is a process."""

    jobs = 0

    def work(self, one: FakeElement, element: Element, kept: SoFar) -> None:
        """RuntimeError where it does not come to its end."""
        process = multiprocessing.get_context("fork").Process(target=super().work, args=(one, element, kept))
        process.start()
        process.join()
        if process.exitcode != 0:
            raise RuntimeError(f"the job of {element.label} ended with {process.exitcode}")
        self.jobs += 1

    def pass_time(self, seconds: float) -> None:
        """Slurm remembers no element that is done."""
        super().pass_time(seconds)
        self.done.clear()


def submitted(students: int, tasks: int) -> Submitted:
    """Grade a class of so many, and look at this process's memory."""
    with tempfile.TemporaryDirectory(prefix="slurm-memory-") as name:
        folder = Path(name)
        scripted = ScriptedClass(folder, TASKS[:tasks], _SEED)
        scripted.add_students(students)
        course = folder / "course.toml"
        course.write_text(course.read_text(encoding="utf-8") + MACHINE, encoding="utf-8")
        session = open_session(folder, None, (), "zhores")
        backend = scripted.backend(session)
        hand_ins = sum(len(one.everyone) for one in read_class(session))
        read_mb = _peak_mb()
        slurm = _JobsElsewhere()
        start = time.perf_counter()
        with (
            mock.patch.object(job, "choose_backend", return_value=backend),
            mock.patch.object(job, "peaks_now", return_value=None),
            Store(folder / "results" / "results.sqlite") as store,
        ):
            batches = Batches(store.path)
            queue = Queue(
                *(batches, Slurm(slurm), ("zhores", session.course.machine)),
                trust_code=False,
                pace=PACE,
                clock=lambda: slurm.now_s,
                sleep=slurm.pass_time,
            )
            report = grade_by_jobs(session, Wanted(budget_s=0.0), Cluster(batches, queue, trust_code=False), store, Silent())
        if report.faults:
            raise RuntimeError(f"of {students} students: {report.faults[0]}")
        return Submitted(students, hand_ins, slurm.jobs, time.perf_counter() - start, read_mb, _peak_mb())


def _peak_mb() -> float:
    """The most that this process had in memory so far; what it had before it became another program is not counted."""
    found = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    if found is None:
        raise RuntimeError("this kernel does not tell the peak memory of a process")
    return int(found[1]) * 1024 / 1e6


def line(one: Submitted) -> str:
    """What one class took."""
    return (
        f"{one.students:5} students, {one.hand_ins:5} hand-ins, {one.jobs:4} jobs: {one.peak_mb:4.0f} MB at most,"
        f" {one.read_mb:4.0f} MB when the class was read; {one.wall_time_s:4.0f} s with the jobs\n"
    )


def main(words: Sequence[str] | None = None) -> None:
    """Print a line for each class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, nargs="+", default=list(_SIZES))
    parser.add_argument("--tasks", type=int, default=len(TASKS), help=f"so many, {len(TASKS)} at most")
    arguments = parser.parse_args(words)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as processes:
        for one in processes.map(submitted, arguments.students, [arguments.tasks] * len(arguments.students)):
            sys.stdout.write(line(one))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
