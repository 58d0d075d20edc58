"""The course's references as kernels that a benchmark times, call by call."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.content.submission import Submission
from grader.content.task import Case, LoadedTask
from grader.errors import GraderError
from grader.execution.interface import Worker
from grader.grading.session import Session, read_class
from grader.records import PreparedCase

LIMIT_S = 60.0
"""Of an import and of a call: a reference that hangs ends the benchmark."""


@dataclass(frozen=True)
class Kernel:
    """One reference at one benchmark case."""

    task: LoadedTask
    submission: Submission
    case: Case


def kernel_of(session: Session, task: str, level: str, number: int) -> Kernel:
    """By the task, the level, and the number of the benchmark case."""
    hand_ins = next(one for one in read_class(session) if one.task.name == task)
    return Kernel(hand_ins.task, hand_ins.submissions[f"reference/{level}"], hand_ins.task.task.benchmark_cases[number])


def call_times_s(worker: Worker, inputs: Iterable[PreparedCase]) -> list[float]:
    """The wall times of these calls, one after the other; GraderError where one fails."""
    calls = [worker.call(one.inputs, one.outputs, LIMIT_S) for one in inputs]
    failure = next((call.failure for call in calls if call.failure is not None), None)
    if failure is not None:
        raise GraderError(f"a reference failed: {failure.message}")
    return [call.wall_time_s for call in calls]
