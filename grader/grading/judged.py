"""One call with its judgement: the answer by itself, and where the task asks for it beside further, untimed calls."""

from dataclasses import dataclass

import numpy as np

from grader.content.task import Case, Task
from grader.execution.interface import Call, Worker
from grader.grading.judge import failed, judge, judge_further, the_courses_code
from grader.records import PreparedCase, Problem


@dataclass(frozen=True)
class Judged:
    """A call, what is wrong with it, and what only a person can decide about it."""

    call: Call
    problem: Problem | None
    review: str | None = None


@dataclass(frozen=True)
class CallLimits:
    """What one call may use."""

    wall_time_s: float
    memory_bytes: int


def judged_call(
    worker: Worker,
    task: Task,
    case: Case,
    prepared: PreparedCase,
    limits: CallLimits,
    *,
    follow_up: bool = True,
    track_memory: bool = False,
) -> Judged:
    """Call once, judge the answer, and make the further calls that prove it; these are not timed, but limited alike."""
    call = worker.call(prepared.inputs, prepared.outputs, limits.wall_time_s, track_memory=track_memory)
    problem = judge(task, case, prepared, call, limits.memory_bytes)
    if problem is None and follow_up:
        problem = _followed_up(worker, task, case, prepared, call, limits)
    return Judged(call, problem, None if problem else _review(task, case, prepared, call))


def _followed_up(
    worker: Worker, task: Task, case: Case, prepared: PreparedCase, call: Call, limits: CallLimits
) -> Problem | None:
    further = []
    for inputs, outputs in prepared.follow_ups:
        one = worker.call(inputs, outputs, limits.wall_time_s)
        if one.failure is not None:
            where = f"when called again beside case {case.name!r}"
            return failed(one.failure, limits.memory_bytes, where=where, case=case, inputs=inputs)
        assert one.outputs is not None  # noqa: S101 -- a call has outputs or a failure
        further.append((inputs, one.outputs))
    assert call.outputs is not None  # noqa: S101 -- it was judged right
    return judge_further(task, case, prepared, call.outputs, tuple(further)) if further else None


def _review(task: Task, case: Case, prepared: PreparedCase, call: Call) -> str | None:
    if task.review is None or call.outputs is None:
        return None
    with the_courses_code(case), np.errstate(all="ignore"):
        evidence = task.review(prepared.inputs, call.outputs, prepared.expected)
    return f"on case {case.name!r}: {evidence}" if evidence else None
