"""Slurm's commands without Slurm: arrays whose elements are done in this process when time passes, or end as a test says."""

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from grader.cluster import job
from grader.cluster.batches import Batches, SoFar, result_file, so_far
from grader.cluster.elements import Element, Outcome, read_record, write_record
from grader.cluster.grade import Cluster, grade_by_jobs
from grader.cluster.queue import Pace, Queue
from grader.cluster.slurm import Answer, Slurm
from grader.content.course import load_course
from grader.grading.class_report import Report
from grader.grading.pipeline import Wanted
from grader.grading.progress import Progress, Silent
from grader.grading.session import open_session
from grader.store import Store
from tests.grading.course_fixture import Classroom, write

MACHINE = """
[machines.zhores]
threads = 1
scheduler = "slurm"
partition = "cpu"
"""
PACE = Pace(look_s=1, longest_look_s=2, ask_s=2, longest_ask_s=4, grace_s=2)


@dataclass
class FakeElement:
    """One element of an array, as Slurm would see it."""

    folder: Path
    index: int
    options: Sequence[str]
    state: str = "PENDING"
    node: str = ""
    reason: str = "Priority"


class Killed(BaseException):
    """Stands for a kill: nothing on the way up does anything about it."""


@dataclass(frozen=True)
class _CutOff(SoFar):
    """The job is killed once it has finished so much."""

    state_after: Callable[[int], str | None]

    def write(self, finished: Outcome) -> None:
        super().write(finished)
        state = self.state_after(len(finished.checks) + len(finished.runs))
        if state is not None:
            raise Killed(state)


@dataclass
class FakeSlurm:
    """The commands; `pass_time` is the cluster at work."""

    nodes: list[str] = field(default_factory=lambda: ["n1", "n2"])
    most_elements: int = 1001
    most_jobs: int = 10**6
    """Of one user, at once."""
    accounts: bool = True
    """Whether sacct remembers what squeue does not show any more."""
    fate: Callable[[Element], str | None] = lambda _element: None
    """The state in which an element ends instead of being done; `PENDING` keeps it waiting, `VANISHED` forgets it."""
    says: str = ""
    """What is in the log of an element that ends so."""
    cut_off: Callable[[Element, int], str | None] = lambda _element, _finished: None
    """The state of an element that is ended once it has finished so many checks or runs; `PENDING` is back in the queue."""
    answers: bool = True
    longest_minutes: int = 10**6
    """That the partition allows."""
    enforces: bool = True
    """Whether what asks for more is refused at once, or left waiting for good."""
    refuses: str = ""
    """What sbatch says instead of taking anything."""

    def __post_init__(self) -> None:
        self.elements: dict[tuple[str, int], FakeElement] = {}
        self.names: dict[str, str] = {}
        self.submitted: list[tuple[int, Sequence[str]]] = []
        """Of each array: how many elements, and what was asked for."""
        self.done: list[Element] = []
        self.now_s = 0.0
        self.next_node = 0

    def __call__(self, words: Sequence[str]) -> Answer:
        program, *options = words
        if not self.answers:
            return Answer(1, "", f"{program}: error: Unable to contact slurm controller (connect failure)")
        return getattr(self, f"_{program}")(options)  # type: ignore[no-any-return]  # one method for each program

    def _sbatch(self, options: Sequence[str]) -> Answer:
        if self.refuses:
            return Answer(1, "", f"sbatch: error: Batch job submission failed: {self.refuses}")
        last = int(_option(options, "array").partition("-")[2])
        if self.enforces and self._is_too_long(options):
            said = "Requested time limit is invalid (missing or exceeds some limit)"
            return Answer(1, "", f"sbatch: error: Batch job submission failed: {said}")
        waiting = sum(one.state == "PENDING" for one in self.elements.values())
        if last >= self.most_elements:
            return Answer(1, "", "sbatch: error: Batch job submission failed: Invalid job array specification")
        if waiting + last + 1 > self.most_jobs:
            return Answer(1, "", "sbatch: error: AssocMaxSubmitJobLimit (job submit limit, user's size and/or time limits)")
        excluded = set(_option(options, "exclude").split(","))
        if excluded >= set(self.nodes):
            return Answer(1, "", "sbatch: error: Requested node configuration is not available")
        array = str(len(self.submitted) + 1)
        self.names[_option(options, "job-name")] = array
        self.submitted.append((last + 1, options))
        for index in range(last + 1):
            self.elements[array, index] = FakeElement(Path(options[-1]).parent, index, options)
        return Answer(0, f"{array}\n", "")

    def _is_too_long(self, options: Sequence[str]) -> bool:
        return int(_option(options, "time")) > self.longest_minutes

    def _squeue(self, options: Sequence[str]) -> Answer:
        name = _option(options, "name")
        shown = {key: one for key, one in self.elements.items() if one.state != "VANISHED"}
        if name:
            return Answer(0, "\n".join(array for array, _ in shown if array == self.names.get(name)), "")
        lines = [f"{array}|{index}|{one.state}|{one.node}|{one.reason}" for (array, index), one in shown.items()]
        return Answer(0, "\n".join(["", *lines, "garbage", "5|N/A|RUNNING"]), "")

    def _sacct(self, options: Sequence[str]) -> Answer:
        if not self.accounts:
            return Answer(1, "", "Slurm accounting storage is disabled")
        arrays = _option(options, "jobs").split(",")
        shown = {key: one for key, one in self.elements.items() if key[0] in arrays and one.reason.startswith("was ")}
        return Answer(0, "\n".join(f"{array}_{index}|{one.reason[4:]}|0:9|n1" for (array, index), one in shown.items()), "")

    def _scancel(self, options: Sequence[str]) -> Answer:
        for (array, index), one in self.elements.items():
            if {array, f"{array}_{index}"} & set(options) and one.state == "PENDING":
                one.state = "CANCELLED"
        return Answer(0, "", "")

    def _scontrol(self, _options: Sequence[str]) -> Answer:
        return Answer(0, f"Configuration data\nMaxArraySize            = {self.most_elements}\n", "")

    def pass_time(self, seconds: float) -> None:
        """What waits is done, one after the other, in turns on the nodes."""
        self.now_s += seconds
        for one in self.elements.values():
            if one.state == "PENDING":
                self._do(one)

    def _do(self, one: FakeElement) -> None:
        path = one.folder / f"{one.index}.json"
        element = read_record(path, Element)
        if element is None:
            one.state = "COMPLETED"
            return
        if self._is_too_long(one.options):
            one.reason = "PartitionTimeLimit"
            return
        fate = self.fate(element)
        if fate == "PENDING":
            return
        excluded = _option(one.options, "exclude").split(",")
        possible = [node for node in self.nodes if node not in excluded]
        one.node = possible[self.next_node % len(possible)]
        self.next_node += 1
        if fate is not None:
            one.state, one.reason = fate, "as the test says"
            if self.says:
                (one.folder / f"{one.index}.log").write_text(self.says, encoding="utf-8")
            if fate.startswith("was "):
                one.state, one.reason = "VANISHED", fate
            return
        kept = _CutOff(so_far(one.folder, one.index).path, lambda finished: self.cut_off(element, finished))
        try:
            with mock.patch.dict(os.environ, SLURMD_NODENAME=one.node):
                self.work(one, element, kept)
        except Killed as killed:
            one.state, one.reason = str(killed), "as the test says"
            return
        self.done.append(element)
        one.state, one.reason = "COMPLETED", "None"

    def work(self, one: FakeElement, element: Element, kept: SoFar) -> None:
        """What the element's job does."""
        write_record(result_file(one.folder, one.index), job.outcome_of(element, kept))


class Campus:
    """A classroom whose course is graded on a cluster."""

    def __init__(self, classroom: Classroom, slurm: FakeSlurm) -> None:
        self.classroom, self.slurm = classroom, slurm
        course = classroom.folder / "course.toml"
        write(course, course.read_text(encoding="utf-8") + MACHINE)
        self.sleep: Callable[[float], None] = slurm.pass_time

    def grade(self, *authors: str, fresh: bool = False, progress: Progress | None = None) -> Report:
        """One grading by jobs, until nothing is open any more."""
        folder, store_file = self.classroom.folder, self.classroom.store_file
        session = open_session(folder, None, (), "zhores")
        with Store(store_file) as store:
            queue = self.queue()
            cluster = Cluster(self.batches, queue, trust_code=False)
            return grade_by_jobs(session, Wanted(authors, 0.0, fresh), cluster, store, progress or Silent())

    def queue(self) -> Queue:
        """What is in Slurm's hands, as a new process sees it."""
        machine = load_course(self.classroom.folder).machines["zhores"]
        return Queue(
            *(self.batches, Slurm(self.slurm), ("zhores", machine)),
            trust_code=False,
            pace=PACE,
            clock=lambda: self.slurm.now_s,
            sleep=self.sleep,
        )

    @property
    def batches(self) -> Batches:
        """The folder of the jobs."""
        return Batches(self.classroom.store_file)

    def left(self) -> list[str]:
        """The files that are still in the folder of the jobs, but for what is known of the nodes and of the last grading."""
        return sorted(
            path.name for path in self.batches.folder.rglob("*.json") if not path.name.startswith(("node-", "faults-"))
        )


def _option(options: Sequence[str], name: str) -> str:
    with suppress(StopIteration):
        return next(match[1] for option in options if (match := re.fullmatch(rf"--{name}=(.*)", option)))
    return ""
