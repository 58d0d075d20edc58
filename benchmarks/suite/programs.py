"""What the asv suite runs: which course, whose programs, at which cases; and one program at one case, ready to be called.

Nothing of a submission is imported here: every call is one of the protocol's, in a worker behind the sandbox, and its answer is
checked.
"""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.figures import COURSE
from grader.content.course import baseline_of
from grader.content.submission import Submission, authors
from grader.content.task import LoadedTask
from grader.errors import GraderError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend, Call
from grader.grading.check import new_seed, prepare
from grader.grading.check_class import check_class, naive_times_s, what_happened
from grader.grading.judged import CallLimits, Witnesses, judged_call
from grader.grading.measure import choose_baseline, competitors_of, is_broken, measure_run
from grader.grading.progress import Silent
from grader.grading.session import Session, cannot_run, known_checks, open_session, read_class, read_references
from grader.grading.standings import rank_case
from grader.records import Block, CheckResult, Limits, Member, PreparedCase
from grader.store import Store, StoredBlock
from grader.text import harmless
from grader.verdicts import Verdict

QUICK_VARIABLE = "GRADER_BENCH_QUICK"
"""Set to anything: the references, each at its task's smallest case, and no class but one that is named."""
SUBMISSIONS_VARIABLE = "GRADER_BENCH_SUBMISSIONS"
"""A folder of submissions in place of the sample class."""
_QUICK_RUNS = 1


class LeftOutError(NotImplementedError):
    """There is no figure: nothing is handed in, the case takes too long, or the task cannot be run here.

    asv skips what raises its base class.
    """


def is_quick() -> bool:
    """Whether little is asked for."""
    return bool(os.environ.get(QUICK_VARIABLE))


def _has_class() -> bool:
    """Whether others than references are run."""
    return not is_quick() or bool(os.environ.get(SUBMISSIONS_VARIABLE))


def course_folder() -> Path:
    """The course at the commit whose grader asv has installed; outside of its environments, the one that this file is in."""
    environment = os.environ.get("ASV_ENV_DIR")
    checkout = Path(environment) / "project" if environment else COURSE
    return checkout if (checkout / "course.toml").is_file() else COURSE


def submissions_folder() -> Path:
    """Whose programs stand beside the references."""
    named = os.environ.get(SUBMISSIONS_VARIABLE)
    return Path(named).resolve() if named else course_folder() / "submissions"


def competitors(task: str) -> list[str]:
    """Who may have handed something in for a task, `reference/numba`, `student/ada`; quick, the references that there are.

    A process that says that there is nothing takes as long as one with a figure.
    """
    folder = course_folder() / "reference"
    levels = [level for level in authors(folder) if not is_quick() or (folder / level / f"{task}.py").is_file()]
    students = authors(submissions_folder()) if _has_class() else ()
    return [*(f"reference/{level}" for level in levels), *(f"student/{name}" for name in students)]


class TaskBenchmarks:
    """What the benchmarks of one task share. asv reads it as its own: names without an underscore are settings of asv's."""

    param_names = ("author", "case")
    params: tuple[list[str], list[str]]
    version = "1"
    """To be raised when what is measured changes, not when only the code does: asv hides the results of other versions."""
    timeout = 1200.0
    """The first benchmark of a task checks all of its programs; the first speedup at a case measures all that do it."""
    _session: Session

    def setup_cache(self) -> Path:
        """The store of this round of benchmarks, in a folder of asv's."""
        return Path.cwd() / "results.sqlite"

    @cached_property
    def _backend(self) -> Backend:
        """Of this machine; to find out takes longer than to look a figure up, and a process asks twice."""
        course = self._session.course
        return choose_backend(course.machine, course.limits, trust_code=False)

    def _field(self, store: Store) -> "Field":
        return Field(self._session, store, self._backend)


def for_each_task(base: type[TaskBenchmarks]) -> dict[str, type[TaskBenchmarks]]:
    """These benchmarks for every task of the course, by the class's name: `JuliaPeriod`."""
    session = open_session(course_folder(), submissions_folder(), ())
    classes: dict[str, type[TaskBenchmarks]] = {}
    for name, of_course in session.tasks.items():
        task = _at_smallest_case(of_course) if is_quick() else of_course
        of_task = {"params": (competitors(name), list(task.case_names)), "_session": replace(session, tasks={name: task})}
        class_name = "".join(part.capitalize() for part in name.split("_"))
        classes[class_name] = type(class_name, (base,), of_task)
    return classes


def _at_smallest_case(task: LoadedTask) -> LoadedTask:
    """The task without its other benchmark cases: finding out who does those in time would take most of a quick round."""
    return replace(task, task=replace(task.task, benchmark_cases=task.task.benchmark_cases[:1]))


class Field:
    """One task's programs, and what the store knows of them: whoever comes first checks and measures them all."""

    def __init__(self, session: Session, store: Store, backend: Backend) -> None:
        self.session = session
        self.store = store
        self.backend = backend
        (self.hand_ins,) = read_class(session) if _has_class() else read_references(session)
        self.conditions = session.conditions(self.backend.sandbox)
        self._compiled_folder = store.path.parent / "compiled"

    def checks(self) -> Mapping[Member, CheckResult]:
        """Everyone's verdict, and the cases that each does in time.

        Raises:
            LeftOutError: the task cannot be run here.
        """
        reason = cannot_run(self.hand_ins.task, self.backend.sandbox)
        if reason is not None:
            raise LeftOutError(f"{self.hand_ins.task.name} cannot be run here: {reason}")
        if None in known_checks(self.hand_ins, self.conditions, self.store).values():
            self.store.add_machine(self.session.machine)
            checked = check_class(self.session, [self.hand_ins], [self.hand_ins], self.backend, self.store, Silent())
            self._keep(checked.compiled)
        known = known_checks(self.hand_ins, self.conditions, self.store)
        return {member: result for member, result in known.items() if result is not None}

    def compiled(self) -> dict[str, bytes]:
        """What submissions compiled while they were checked, by content hash: only their own workers read it."""
        paths = {one.content_hash: self._compiled_folder / one.content_hash for one in self.hand_ins.submissions.values()}
        return {content_hash: path.read_bytes() for content_hash, path in paths.items() if path.is_file()}

    def _keep(self, compiled: Mapping[str, bytes]) -> None:
        self._compiled_folder.mkdir(exist_ok=True)
        for content_hash, functions in compiled.items():
            (self._compiled_folder / content_hash).write_bytes(functions)

    def limits(self) -> Limits:
        """By the naive reference's times."""
        return self.session.limits(naive_times_s(self.checks()))

    def submission_at(self, author: str, case: str) -> Submission:
        """Whose answers are right, and who does the case in time.

        Raises:
            LeftOutError: nothing is handed in, the case takes too long, or the task cannot be run here.
            GraderError: the program is not right.
        """
        self._check_at(author, case)
        return self.hand_ins.submissions[author]

    def peak_memory_bytes(self, author: str, case: str) -> int | None:
        """The most that a warm call of the check took beside what was there before; None where it cannot be had.

        Raises:
            LeftOutError, GraderError: as `submission_at`.
        """
        return self._check_at(author, case).case_memory_bytes.get(case)

    def _check_at(self, author: str, case: str) -> CheckResult:
        found = next(((member, check) for member, check in self.checks().items() if member.key == author), None)
        if found is None or found[1].verdict is Verdict.MISSING:
            raise LeftOutError(f"{author} has handed in nothing")
        _, check = found
        if check.verdict is not Verdict.ACCEPTED:
            raise GraderError(harmless(f"{author} is {check.verdict}: {what_happened(check.message)}"))
        if case not in check.case_times_s:
            raise LeftOutError(f"{author} takes too long for {case}")
        return check

    def speedups(self, case: str) -> dict[str, float]:
        """Of everyone at a case, over the course's baseline there: measured in common rounds, once."""
        known = (one for one in self.store.blocks(self.hand_ins.task, self.conditions) if one.block.case == case)
        stored = next((one for one in known if one.complete), None) or self._measured(case)
        ranking = rank_case([stored], self.session.course.measurement)
        return {standing.competitor: standing.speedup for standing in ranking.standings}

    def _measured(self, case: str) -> StoredBlock:
        block = self._block(case)
        number = self.store.add_block(block, self.hand_ins.task, self.conditions)
        competing = competitors_of(self.hand_ins.submissions, [member.key for member in block.members], block.baseline.key)
        compiled = self.compiled()
        runs = _QUICK_RUNS if is_quick() else self.session.course.measurement.min_runs
        for _ in range(runs):
            with self.backend.generation() as generation:
                record = measure_run(
                    generation,
                    self.hand_ins.task,
                    block,
                    competing,
                    seed=new_seed(),
                    measurement=self.session.course.measurement,
                    limits=self.limits(),
                    compiled=compiled,
                )
            if is_broken(record, block):
                raise GraderError(f"the baseline of {block.task} failed while it was measured: {dict(record.problems)}")
            self.store.add_run(number, record)
        self.store.complete_block(number)
        return self.store.block(number)

    def _block(self, case: str) -> Block:
        """Everyone who does the case in time, against the baseline that a grading would choose there."""
        times_s = {
            member: check.case_times_s[case]
            for member, check in self.checks().items()
            if check.verdict is Verdict.ACCEPTED and case in check.case_times_s
        }
        references = {member.author: member for member in times_s if member.kind == "reference"}
        measurement = self.session.course.measurement
        level = choose_baseline(
            {level: times_s[member] for level, member in references.items()},
            baseline_of(self.session.course, self.hand_ins.task.name),
            measurement.shortest_baseline_call_s,
            measurement.longest_call_s,
        )
        if level is None:
            raise LeftOutError(f"no reference does {case} in time: there is nothing to compare with")
        calls_s = {member.key: time_s for member, time_s in times_s.items()}
        return Block(self.hand_ins.task.name, case, references[level], tuple(times_s), calls_s)


class Program:
    """One program at one case, in a worker that has compiled it; its time runs in its calls alone."""

    def __init__(self, field: Field, submission: Submission, case: str) -> None:
        self._task = field.hand_ins.task.task
        self._case = next(one for one in self._task.benchmark_cases if one.name == case)
        self._generator = np.random.default_rng(new_seed())
        self.inside_s = 0.0
        """Wall time of all calls so far, by the grader's clock."""
        limits = field.limits()
        self._limits = CallLimits(limits.first_call_s, limits.memory_bytes)
        with ExitStack() as opened:
            generation = opened.enter_context(field.backend.generation())
            start = partial(generation.start, submission, self._task.profile, self._task.cores)
            self._worker = start()
            opened.callback(self._worker.close)
            known = field.compiled().get(submission.content_hash, b"")
            load = self._worker.load(limits.first_call_s, known, processes=self._case.processes)
            if load.failure is not None:
                raise GraderError(harmless(f"it cannot be imported: {load.failure.message}"))
            # This answer is followed up, where the task proves answers so; those of the timed calls are checked by themselves.
            witnesses = Witnesses(start, limits.first_call_s, known)
            opened.callback(witnesses.close)
            self._judged(self.fresh(), witnesses)
            self._limits = CallLimits(limits.call_s(case), limits.memory_bytes)
            self._opened = opened.pop_all()

    def fresh(self) -> PreparedCase:
        """Inputs that were never seen before, and what must come back."""
        with threadpool_limits(1):  # a library's own threads would go on spinning, and disturb the call
            return prepare(self._task, self._case, self._generator)

    def call(self, prepared: PreparedCase) -> None:
        """One timed call; GraderError where the answer is wrong."""
        self.inside_s += self._judged(prepared).wall_time_s

    def close(self) -> None:
        """End its processes."""
        self._opened.close()

    def _judged(self, prepared: PreparedCase, witnesses: Witnesses | None = None) -> Call:
        with threadpool_limits(1):
            judged = judged_call(self._worker, self._task, self._case, prepared, self._limits, witnesses)
        if judged.problem is not None:
            raise GraderError(harmless(f"{judged.problem.verdict}: {judged.problem.message}"))
        return judged.call
