"""The check stage: prove a submission right or wrong, then find the largest benchmark case that it does in time."""

import math
import secrets
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import partial
from itertools import zip_longest
from typing import Protocol

import numpy as np
from threadpoolctl import threadpool_limits

from grader.content.submission import Submission
from grader.content.task import Array, Case, LoadedTask, Task
from grader.execution.interface import Call, Generation, Worker
from grader.grading.judge import WHILE_IMPORTED, failed, the_courses_code
from grader.grading.judged import CallLimits, Witnesses, judged_call
from grader.grading.placing import BORDERLINE
from grader.records import CheckResult, Limits, PreparedCase, Problem
from grader.verdicts import Verdict

_SIZING_CALLS = 3
_MOMENT_S = 0.25
"""Before each call of a case that is timed again: what disturbed the machine may be over."""
_HOPELESS = 10.0
"""A call of so many times `longest_call_s` is followed by no further one, however much the machine may be disturbed."""
_SHORT = 0.1
"""A call of less than this part of `longest_call_s` may take many times as long where the machine is disturbed."""

LIMITS_OF_SIZE = (Verdict.TIME_LIMIT, Verdict.MEMORY_LIMIT)
"""What a program that is right may meet at a larger case."""

_KEPT_BYTES = 64 << 20
"""Of draws that everyone is checked on. Most of a task's take little; the largest are drawn again for whoever comes to them,
so that the grader's own memory depends neither on the class nor on how many draws there are."""


@dataclass(frozen=True)
class CaseFacts:
    """What can be told of a case without holding its arrays: of its first draw."""

    work: float
    operations: float | None
    """By the usual algorithm, where the task counts them."""
    size: float | None
    """Where the task says what its size is."""
    input_bytes: int
    output_bytes: int


class Inputs(Protocol):
    """Where the check stage gets its inputs from."""

    def __call__(self, case: Case, number: int) -> PreparedCase:
        """The `number`-th draw of a case."""

    def facts(self, case: Case) -> CaseFacts:
        """Of a case's first draw."""


class DrawnInputs:
    """Draws of a task's cases from one secret seed: equal for everyone who is checked in one grading, fresh in the next.

    Expected answers are computed on first use and kept up to `_KEPT_BYTES`, since every submission is checked on the same
    inputs. What is not kept is drawn again, and comes out the same.
    """

    def __init__(self, task: Task, seed: int) -> None:
        self.seed = seed
        self._task = task
        self._kept: dict[tuple[str, int], PreparedCase] = {}
        self._kept_bytes = 0
        self._facts: dict[str, CaseFacts] = {}

    def __call__(self, case: Case, number: int) -> PreparedCase:
        """The `number`-th draw of a case."""
        key = (case.name, number)
        if key in self._kept:
            return self._kept[key]
        words = np.frombuffer(case.name.encode() + bytes(-len(case.name.encode()) % 4), dtype=np.uint32)
        generator = np.random.default_rng([self.seed, number, *words.tolist()])
        prepared = prepare(self._task, case, generator)
        if number <= _SIZING_CALLS:  # what is drawn beyond that, hardly anybody else needs
            self._keep(key, prepared)
        return prepared

    def facts(self, case: Case) -> CaseFacts:
        """Of a case's first draw; it is made for that at most once."""
        if case.name not in self._facts:
            self._facts[case.name] = facts_of(self._task, case, self(case, 0))
        return self._facts[case.name]

    def _keep(self, key: tuple[str, int], prepared: PreparedCase) -> None:
        size_bytes = held_bytes(prepared)
        if self._kept_bytes + size_bytes <= _KEPT_BYTES:
            self._kept[key] = prepared
            self._kept_bytes += size_bytes


def held_bytes(prepared: PreparedCase) -> int:
    """What the arrays of a draw take, each counted once: those of the inputs, and of the expected answer if they are found."""
    return sum({id(array): array.nbytes for array in _arrays_in(prepared)}.values())


def _arrays_in(value: object) -> Iterator[Array]:
    """The arrays in a value, in dataclasses, and in sequences and mappings of such."""
    if isinstance(value, np.ndarray):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _arrays_in(getattr(value, field.name))
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _arrays_in(part)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _arrays_in(part)


def facts_of(task: Task, case: Case, prepared: PreparedCase) -> CaseFacts:
    """What one draw of a case needs."""
    with the_courses_code(case):
        return CaseFacts(
            work=prepared.work,
            operations=task.usual_operations(prepared.inputs, prepared.expected) if task.usual_operations else None,
            size=float(task.size.of(prepared.inputs)) if task.size else None,
            input_bytes=sum(value.nbytes for value in prepared.inputs if isinstance(value, np.ndarray)),
            output_bytes=sum(math.prod(spec.shape) * np.dtype(spec.dtype).itemsize for spec in prepared.outputs),
        )


def new_seed() -> int:
    """What inputs are drawn from: a secret, of 128 bits."""
    return secrets.randbits(128)


def prepare(task: Task, case: Case, generator: np.random.Generator) -> PreparedCase:
    """Draw inputs and compute what must come back; whatever the course's code raises is the course's fault."""
    with the_courses_code(case):
        inputs = case.draw(generator)
        expected = task.expect(inputs)
        further = task.follow_up.draw(inputs, generator) if task.follow_up else ()
        return PreparedCase(
            inputs=inputs,
            outputs=task.outputs(inputs),
            expected=expected,
            work=float(task.work(inputs, expected)),
            follow_ups=tuple((one, task.outputs(one)) for one in further),
            processes=case.processes,
        )


@dataclass(frozen=True)
class _Stop(Exception):  # noqa: N818 -- not an error: the first problem ends the check
    problem: Problem


def check(
    worker: Worker,
    witnesses: Witnesses,
    task: LoadedTask,
    limits: Limits,
    inputs: Inputs,
    notes: tuple[str, ...] = (),
    when_right: Callable[[], None] = lambda: None,
) -> tuple[CheckResult, Problem | None]:
    """All check cases, the first failing one stops; then the sizing, before which `when_right` is called.

    The problem holds the failing inputs.
    """
    # One core each: a library's own threads would go on spinning after an answer is checked, and disturb the next call.
    with threadpool_limits(1):
        return _Check(worker, witnesses, task.task, limits, inputs, notes).run(when_right)


def check_answers(worker: Worker, task: LoadedTask, limits: Limits, inputs: Inputs) -> Problem | None:
    """What is wrong with the first answer to a check case that is not right, each judged by itself: without further calls."""
    with threadpool_limits(1):
        return _Check(worker, None, task.task, limits, inputs, ()).answers()


def call_once(
    generation: Generation, submission: Submission, task: Task, case: Case, prepared: PreparedCase, limits: Limits
) -> tuple[Call | None, Problem | None]:
    """Import a submission and call it once: the call, None where the import fails, and what is wrong with it."""
    worker = generation.start(submission, task.profile, task.cores)
    witnesses = Witnesses(partial(generation.start, submission, task.profile, task.cores), limits.first_call_s)
    load = worker.load(limits.first_call_s, processes=case.processes)
    if load.failure is not None:
        return None, failed(load.failure, limits.memory_bytes, where=WHILE_IMPORTED)
    judged = judged_call(worker, task, case, prepared, CallLimits(limits.first_call_s, limits.memory_bytes), witnesses)
    return judged.call, judged.problem


class _Check:
    """One submission's check in progress; what is known so far stands in `_result`."""

    def __init__(
        self, worker: Worker, witnesses: Witnesses | None, task: Task, limits: Limits, inputs: Inputs, notes: tuple[str, ...]
    ) -> None:
        self._worker = worker
        self._witnesses = witnesses
        self._passed: list[PreparedCase] = []
        self._task = task
        self._limits = limits
        self._inputs = inputs
        self._result = CheckResult(Verdict.ACCEPTED, "correct", notes=notes)

    def run(self, when_right: Callable[[], None]) -> tuple[CheckResult, Problem | None]:
        problem = None
        try:
            self._load()
            self._check_cases()
            self._picture()
            when_right()
            self._size()
            self._note(compiled_functions=self._worker.compiled_count())
        except _Stop as stop:
            problem = stop.problem
            self._note(
                verdict=problem.verdict,
                message=problem.message,
                failing_case=problem.case,
                mistake=problem.mistake,
                case=None,
                review=None,
            )
        self._note(printed=self._worker.printed())
        return self._result, problem

    def answers(self) -> Problem | None:
        """The check cases alone."""
        try:
            self._load()
            self._check_cases()
        except _Stop as stop:
            return stop.problem
        return None

    def _note(self, **facts: object) -> None:
        self._result = replace(self._result, **facts)  # type: ignore[arg-type]  # the fields of CheckResult

    def _load(self) -> None:
        load = self._worker.load(self._limits.first_call_s, processes=self._task.check_cases[0].processes)
        if load.failure is not None:
            raise _Stop(failed(load.failure, self._limits.memory_bytes, where=WHILE_IMPORTED))
        self._note(import_time_s=load.import_time_s)

    def _check_cases(self) -> None:
        first, *others = self._task.check_cases
        cold = self._right_call(first, 0, self._limits.cold_call_s(first.name), followed_up=False)
        if self._task.follow_up is not None and self._witnesses is not None:
            self._witnesses.spare_compiling(self._worker)
        warm = self._right_call(first, 1, self._limits.call_s(first.name))
        self._note(compile_time_s=max(0.0, cold.wall_time_s - warm.wall_time_s))
        self._time(first, warm.wall_time_s)
        for case in others:
            self._time(case, self._right_call(case, 0, self._limits.cold_call_s(case.name)).wall_time_s)

    def _picture(self) -> None:
        """The cases that the first picture is drawn from: it shows what was proved right."""
        for picture in self._task.pictures[:1]:
            for case in picture.cases:
                self._time(case, self._right_call(case, 0, self._limits.cold_call_s(case.name)).wall_time_s)
            self._note(picture_answered=True)

    def _size(self) -> None:
        """Decide the case: the largest whose median call takes at most `longest_call_s`, or else the smallest."""
        smallest = self._task.benchmark_cases[0]
        for case, calls in self._sizing_calls():
            median_s = _median_s(calls)
            self._time(case, median_s)
            self._note_facts(case)
            peaks = [call.peak_memory_bytes for call in calls if call.peak_memory_bytes is not None]
            self._note(
                case_calls_s={**self._result.case_calls_s, case.name: tuple(call.wall_time_s for call in calls)},
                case_memory_bytes={**self._result.case_memory_bytes, case.name: max(peaks, default=None)},
            )
            if median_s <= self._limits.longest_call_s or case is smallest:
                self._note(case=case.name)

    def _note_facts(self, case: Case) -> None:
        """What the task says of this case, beside what it said of those before."""
        facts, result = self._inputs.facts(case), self._result
        self._note(
            case_work={**result.case_work, case.name: facts.work},
            case_operations={**result.case_operations, **_if_known(case, facts.operations)},
            case_sizes={**result.case_sizes, **_if_known(case, facts.size)},
            case_input_bytes={**result.case_input_bytes, case.name: facts.input_bytes},
            case_output_bytes={**result.case_output_bytes, case.name: facts.output_bytes},
        )

    def _sizing_calls(self) -> Iterator[tuple[Case, list[Call]]]:
        """Calls per benchmark case, from the smallest up, until one takes too long or is bound to.

        Where that is in doubt, the case is called again, and the faster calls decide: a disturbance of the machine is not to
        cost anybody a case.
        """
        longest_s = self._limits.longest_call_s
        promised_s = 0.0
        for case, following in zip_longest(self._task.benchmark_cases, self._task.benchmark_cases[1:]):
            if promised_s > BORDERLINE * longest_s:
                return
            try:
                self._right_call(case, 0, self._limits.cold_call_s(case.name))  # what it compiles or plans for this size
                calls = self._timed_calls(case, 1, BORDERLINE * longest_s)
                if self._is_in_doubt(promised_s, calls, case, following):
                    again = self._timed_calls(case, 1 + _SIZING_CALLS, _HOPELESS * longest_s, _MOMENT_S)
                    calls = min(calls, again, key=_median_s)
            except _Stop as stop:
                if self._result.case is None or stop.problem.verdict not in LIMITS_OF_SIZE:
                    raise
                return  # it does the smaller cases, and is measured there
            yield case, calls
            if _median_s(calls) > longest_s or following is None:
                return
            promised_s = self._promised_s(calls, case, following)

    def _promised_s(self, calls: Sequence[Call], case: Case, following: Case) -> float:
        """What a call at the following case takes at the best rate of this one: noise only ever adds time."""
        fastest_s = min(call.wall_time_s for call in calls)
        return fastest_s / max(self._inputs.facts(case).work, 1.0) * self._inputs.facts(following).work

    def _is_in_doubt(self, promised_s: float, calls: Sequence[Call], case: Case, following: Case | None) -> bool:
        """Whether a case takes too long that was promised in time, or promises too much by calls that say little."""
        longest_s = self._limits.longest_call_s
        if 0 < promised_s <= longest_s < _median_s(calls):
            return True
        if following is None or _median_s(calls) > _SHORT * longest_s:
            return False
        return self._promised_s(calls, case, following) > BORDERLINE * longest_s

    def _timed_calls(self, case: Case, first: int, too_long_s: float, pause_s: float = 0.0) -> list[Call]:
        """Calls on the draws of a case from the `first` on: one where that takes far too long, or else as many as decide."""
        calls: list[Call] = []
        for number in range(first, first + _SIZING_CALLS):
            time.sleep(pause_s)
            calls.append(self._right_call(case, number, self._limits.call_s(case.name)))
            if calls[0].wall_time_s > too_long_s:
                break
        return calls

    def _right_call(self, case: Case, number: int, limit_s: float, *, followed_up: bool = True) -> Call:
        """One call whose answer is right, without the answer, or the end of the check."""
        prepared = self._inputs(case, number)
        limits = CallLimits(limit_s, self._limits.memory_bytes)
        witnesses = self._witnesses if followed_up else None
        judged = judged_call(
            self._worker, self._task, case, prepared, limits, witnesses, passed=self._passed, track_memory=True
        )
        if judged.problem is not None:
            raise _Stop(judged.problem)
        if case in self._task.check_cases:
            self._passed.append(prepared)
        self._note(threads=max(judged.call.threads, self._result.threads or 0), review=self._result.review or judged.review)
        return judged.without_outputs().call

    def _time(self, case: Case, seconds: float) -> None:
        self._note(case_times_s={**self._result.case_times_s, case.name: seconds})


def _median_s(calls: Sequence[Call]) -> float:
    return statistics.median(call.wall_time_s for call in calls)


def _if_known(case: Case, value: float | None) -> dict[str, float]:
    return {} if value is None else {case.name: value}
