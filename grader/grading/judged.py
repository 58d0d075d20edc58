"""One call with its judgement: the answer by itself, and where the task asks for it beside further, untimed calls."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from grader.content.task import ArraySpec, Case, Inputs, Task
from grader.execution.interface import Call, Worker
from grader.grading.judge import failed, judge, judge_further, the_courses_code
from grader.records import PreparedCase, Problem


@dataclass(frozen=True)
class Judged:
    """A call, what is wrong with it, and what only a person can decide about it."""

    call: Call
    problem: Problem | None
    review: str | None = None
    inside_s: float = 0.0
    """Time spent in the submission, the further calls included."""


@dataclass(frozen=True)
class CallLimits:
    """What one call may use."""

    wall_time_s: float
    memory_bytes: int


class Witnesses:
    """Workers of one submission for its further calls: each place among them has a process of its own.

    None of them has seen the call that it is asked about, nor the other further calls. So whatever a submission remembers of
    its calls, all that it can answer with is what follows from the arguments.
    """

    def __init__(self, start: Callable[[], Worker], first_call_s: float, compiled: bytes = b"") -> None:
        """`start` makes a worker; nothing is started yet."""
        self._start = start
        self._compiled = compiled
        self._first_call_s = first_call_s
        self._workers: list[Worker] = []

    def spare_compiling(self, worker: Worker) -> None:
        """Let them have what the submission has compiled so far, where they have nothing yet.

        What a submission compiled comes from its own process, which may have written anything into it. So this is asked for
        before a call that will be followed up is revealed, and never after it.
        """
        if not self._compiled:
            self._compiled = worker.compiled_functions()

    def call(self, place: int, inputs: Inputs, outputs: Sequence[ArraySpec], limit_s: float) -> Call:
        """The call at one place; a worker's first one may compile."""
        if place < len(self._workers):
            return self._workers[place].call(inputs, outputs, limit_s)
        worker = self._start()
        self._workers.append(worker)
        load = worker.load(self._first_call_s, self._compiled)
        if load.failure is not None:
            return Call(load.import_time_s, 0.0, 0, None, load.failure)
        return worker.call(inputs, outputs, max(limit_s, self._first_call_s))

    def close(self) -> None:
        """End them all."""
        for worker in self._workers:
            worker.close()


def judged_call(
    worker: Worker,
    task: Task,
    case: Case,
    prepared: PreparedCase,
    limits: CallLimits,
    witnesses: Witnesses | None,
    *,
    passed: Sequence[PreparedCase] = (),
    track_memory: bool = False,
) -> Judged:
    """Call once, judge the answer, and let the witnesses make the further calls that prove it; without them, none is made.

    Further calls are not timed, but limited alike.
    """
    call = worker.call(prepared.inputs, prepared.outputs, limits.wall_time_s, track_memory=track_memory)
    problem = judge(task, case, prepared, call, limits.memory_bytes, passed)
    inside_s = call.wall_time_s
    if problem is None and witnesses is not None and prepared.follow_ups:
        further = _further_calls(witnesses, prepared, limits)
        inside_s += sum(one.wall_time_s for one in further)
        problem = _beside(task, case, prepared, call, further, limits)
    return Judged(call, problem, None if problem else _review(task, case, prepared, call), inside_s)


def _further_calls(witnesses: Witnesses, prepared: PreparedCase, limits: CallLimits) -> list[Call]:
    """The calls that the task asks for, up to the first that fails."""
    calls: list[Call] = []
    for place, (inputs, outputs) in enumerate(prepared.follow_ups):
        calls.append(witnesses.call(place, inputs, outputs, limits.wall_time_s))
        if calls[-1].failure is not None:
            break
    return calls


def _beside(
    task: Task, case: Case, prepared: PreparedCase, call: Call, further: Sequence[Call], limits: CallLimits
) -> Problem | None:
    """What is wrong with the further calls, or with the answer beside theirs."""
    last_inputs, _ = prepared.follow_ups[len(further) - 1]
    if further[-1].failure is not None:
        where = f"when called again beside case {case.name!r}"
        return failed(further[-1].failure, limits.memory_bytes, where=where, case=case, inputs=last_inputs)
    answers = tuple(
        (inputs, one.outputs) for (inputs, _), one in zip(prepared.follow_ups, further, strict=True) if one.outputs is not None
    )
    assert call.outputs is not None  # noqa: S101 -- it was judged right
    return judge_further(task, case, prepared, call.outputs, answers)


def _review(task: Task, case: Case, prepared: PreparedCase, call: Call) -> str | None:
    if task.review is None or call.outputs is None:
        return None
    with the_courses_code(case), np.errstate(all="ignore"):
        evidence = task.review(prepared.inputs, call.outputs, prepared.expected)
    return f"on case {case.name!r}: {evidence}" if evidence else None
