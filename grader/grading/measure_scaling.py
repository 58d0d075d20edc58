"""The runs of a scaling study: one right program on several numbers of cores, measured as competitors are.

Each number of cores is a competitor: workers of its own, started with that budget, in every round, in random order, on the
round's own inputs, each answer checked. One core is the baseline, and a second copy on one core its control. So what slows the
machine for a while slows all of them, and cancels.
"""

import statistics
import time
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Inputs, LoadedTask
from grader.errors import GraderError, UsageError
from grader.execution.interface import Backend, Call, Generation, Load, Worker
from grader.execution.wrapped import WrappedWorker
from grader.grading.check import DrawnInputs, new_seed, prepare
from grader.grading.check_class import Checked, check_one
from grader.grading.estimate import score_run, turn_time_s
from grader.grading.gate import WAITING_SHARE, Gate, disturbances
from grader.grading.judge import judge
from grader.grading.measure import Competitor, competitors_of, measure_run
from grader.grading.progress import Progress
from grader.grading.scaling import Scaling, scaling
from grader.grading.session import HandIns, Session
from grader.noise import between
from grader.profiles import Profile
from grader.records import CONTROL, Block, CheckResult, Limits, Member, RunRecord
from grader.verdicts import Verdict

LEAST_RUNS, MOST_RUNS = 3, 10
_LONGEST_CALL_S = 0.25
"""On one core: what threads and processes cost to start and to join would be most of a short call on many."""
_SECONDS_PER_RUN, _TURNS_PER_RUN = 0.5, 3
"""Of each number of cores; three turns at least, so that a disturbed one is outvoted."""


@dataclass(frozen=True)
class Figures:
    """What was measured on so many cores beside the speedup."""

    cores: int
    time_s: float
    """Of a call: the median of all turns."""
    cores_at_work: float
    """CPU time over wall time of the timed calls."""
    threads: int
    """The most threads, over all processes, that were alive at the end of a call."""
    peak_memory_bytes: int | None
    """Growth of resident memory in one call, of all processes together."""
    process_peaks_bytes: tuple[int, ...] = ()
    """The same of each MPI process by itself, the largest first."""


@dataclass(frozen=True)
class Study:
    """A program's strong scaling, and what it rests on."""

    author: str
    task: str
    case: str
    work: float
    sandbox: str
    scaling: Scaling
    figures: tuple[Figures, ...]
    """In the order of the scaling's numbers of cores."""
    notes: tuple[str, ...]
    of_processes: bool = False
    """Whether each core has an MPI process of its own."""


def study_task(task: LoadedTask) -> LoadedTask:
    """The task with at least threads on several cores: a study is no grading, and may ask what more cores would bring."""
    if task.task.profile.cores(2, 2) > 1:
        return task
    return replace(task, task=replace(task.task, profile=Profile.THREADS))


def measure_scaling(
    session: Session,
    submission: Submission,
    counts: Sequence[int],
    budget_s: float,
    backend: Backend,
    progress: Progress,
) -> Study:
    """Check the program on one core, then measure it on each number of cores, at the largest case that one core does in time.

    Three runs are made at least; then more until the budget is spent.

    Raises:
        UsageError: its answer is wrong, on one core or on more.
        GraderError: the grader itself fails.
    """
    task = study_task(session.tasks[submission.task])
    limits = replace(session.limits({}), longest_call_s=max(_LONGEST_CALL_S, session.limits({}).longest_call_s))
    progress.begin(f"scaling of {submission.author}", 1 + LEAST_RUNS)
    progress.advance(0, "checking")
    checked = Checked()
    result = _right_on_one_core(submission, task, limits, backend, checked)
    progress.advance(1, "measuring")
    case = result.case or ""
    study = _Study(session, task, submission, case, counts, limits, result.case_times_s[case])
    records = study.runs(backend, checked.compiled, time.monotonic() + budget_s, progress)
    memory = study.calls_for_memory(backend)
    keys = {_key(cores): cores for cores in counts}
    scores = [_scores(record) for record in records]
    found = scaling(
        [{cores: run[key] for key, cores in keys.items()} for run in scores], control=[run[CONTROL] for run in scores]
    )
    return Study(
        author=submission.author,
        task=task.name,
        case=case,
        work=result.case_work[case],
        sandbox=backend.sandbox,
        scaling=found,
        figures=tuple(_figures(cores, records, memory[cores]) for cores in counts),
        notes=_notes(found, records, counts, session.machine.cores),
        of_processes=task.task.profile is Profile.MPI,
    )


def _right_on_one_core(
    submission: Submission, task: LoadedTask, limits: Limits, backend: Backend, checked: Checked
) -> CheckResult:
    alone = task.on_cores(1)
    inputs = DrawnInputs(alone.task, new_seed())
    with backend.generation() as generation:
        result, _ = check_one(generation, submission, HandIns(alone, (submission,)), limits, inputs, checked)
    if result.verdict is not Verdict.ACCEPTED:
        raise UsageError(f"only a right program is measured, and this one is {result.verdict}: {result.message}")
    return result


class _OnCores:
    """A generation whose competitors have numbers of cores of their own."""

    def __init__(self, generation: Generation, cores: Mapping[str, int]) -> None:
        self._generation = generation
        self._cores = cores

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> Worker:
        """On the cores of this competitor, and where the task is MPI's with a process for each."""
        del cores
        number = self._cores[submission.author]
        worker = self._generation.start(submission, profile, number)
        return _OfProcesses(worker, number) if profile is Profile.MPI else worker


class _OfProcesses(WrappedWorker):
    """A worker whose calls are made by so many MPI processes, whatever a case says."""

    def __init__(self, worker: Worker, processes: int) -> None:
        super().__init__(worker)
        self._processes = processes

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        del processes
        return self._worker.load(limit_s, compiled, processes=self._processes)

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        del processes
        return self._worker.call(inputs, outputs, limit_s, track_memory=track_memory, processes=self._processes)


class _Study:
    """A study in progress: what it needs in every run."""

    def __init__(
        self,
        session: Session,
        task: LoadedTask,
        submission: Submission,
        case: str,
        counts: Sequence[int],
        limits: Limits,
        call_s: float,
    ) -> None:
        self._task = task
        self._limits = limits
        longer = {"seconds_per_run": _SECONDS_PER_RUN, "min_turns_per_run": _TURNS_PER_RUN}
        self._measurement = session.course.measurement.model_copy(update=longer)
        self._on = {cores: replace(submission, author=f"on {cores}") for cores in counts}
        self._cores = {one.author: cores for cores, one in self._on.items()} | {CONTROL: 1}
        members = {cores: Member(str(cores), "cores", submission.content_hash) for cores in counts}
        calls_s = {member.key: call_s for member in members.values()}
        self._block = Block(task.name, case, members[1], tuple(members.values()), calls_s)
        submissions = {members[cores].key: one for cores, one in self._on.items()}
        self._competitors: list[Competitor] = competitors_of(submissions, list(submissions), members[1].key)

    def runs(
        self, backend: Backend, compiled: MutableMapping[str, bytes], deadline: float, progress: Progress
    ) -> list[RunRecord]:
        """With fresh workers each; UsageError where an answer on more cores is wrong."""
        records: list[RunRecord] = []
        snapshot = partial(backend.snapshot, self._task.task.profile)
        gate = Gate(WAITING_SHARE * (deadline - time.monotonic()), snapshot, partial(progress.advance, 0.0))
        while len(records) < LEAST_RUNS or (len(records) < MOST_RUNS and time.monotonic() < deadline):
            gate.wait()
            before = snapshot()
            with backend.generation() as generation:
                record = measure_run(
                    _OnCores(generation, self._cores),
                    self._task,
                    self._block,
                    self._competitors,
                    seed=new_seed(),
                    measurement=self._measurement,
                    limits=self._limits,
                    compiled=compiled,
                )
            for key, (verdict, message) in record.problems.items():
                raise UsageError(f"it failed on {_words(key)} ({verdict}): {message}")
            records.append(replace(record, disturbance=between(before, snapshot())))
            progress.advance(1, f"run {len(records)}")
        return records

    def calls_for_memory(self, backend: Backend) -> dict[int, Call]:
        """A warm call on each number of cores, in workers of their own; not timed."""
        task = self._task.task
        case = next(one for one in task.benchmark_cases if one.name == self._block.case)
        prepared = prepare(task, case, np.random.default_rng(new_seed()))
        found: dict[int, Call] = {}
        with backend.generation() as started:
            generation = _OnCores(started, self._cores)
            for cores, submission in self._on.items():
                worker = generation.start(submission, task.profile, cores)
                try:
                    worker.load(self._limits.first_call_s)
                    for _ in range(2):
                        call = worker.call(prepared.inputs, prepared.outputs, self._limits.first_call_s, track_memory=True)
                        problem = judge(task, case, prepared, call, self._limits.memory_bytes)
                        if problem is not None:
                            raise UsageError(f"it failed on {cores} cores ({problem.verdict}): {problem.message}")
                finally:
                    worker.close()
                found[cores] = call
        return found


def _scores(record: RunRecord) -> dict[str, float]:
    """Of every number of cores and the control: log(time over that on one core), as in a ranking."""
    rounds: dict[int, dict[str, float]] = {}
    for turn in record.turns:
        rounds.setdefault(turn.round, {})[turn.competitor] = turn_time_s(turn.timed_s)
    scores = score_run([rounds[number] for number in sorted(rounds)], _key(1))
    if not scores:
        raise GraderError("a run of a scaling study has no turns")
    return scores


def _figures(cores: int, records: Sequence[RunRecord], memory: Call) -> Figures:
    turns = [turn for record in records for turn in record.turns if turn.competitor == _key(cores)]
    return Figures(
        cores=cores,
        time_s=statistics.median(turn_time_s(turn.timed_s) for turn in turns),
        cores_at_work=sum(turn.cpu_time_s for turn in turns) / sum(sum(turn.timed_s) for turn in turns),
        threads=max(turn.threads for turn in turns),
        peak_memory_bytes=memory.peak_memory_bytes,
        process_peaks_bytes=memory.process_peaks_bytes,
    )


def _notes(found: Scaling, records: Sequence[RunRecord], counts: Sequence[int], cores: int) -> tuple[str, ...]:
    notes = []
    disturbed = disturbances(records, _key(1))
    if disturbed is not None:
        notes.append(f"the machine was {disturbed}")
    elif found.disturbed:
        notes.append(
            f"the machine was disturbed: a second copy on one core took {found.control.value:.3g} times as long as the first;"
            " measure again when it is quiet"
        )
    if max(counts) >= cores:
        notes.append("on all of the machine's cores there is none left for the rest of the system: expect less there")
    return tuple(notes)


def _key(cores: int) -> str:
    return Member(str(cores), "cores", "").key


def _words(key: str) -> str:
    """Of a competitor."""
    return "one core, as the control" if key == CONTROL else f"{key.rpartition('/')[2]} cores"
