"""What a hostile worker may leave in the output buffer, judged by the course's own checkers."""

from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np

from benchmarks.hostile_peer import HoleError
from grader.content.task import Array, Case, Outputs, Task, task_names
from grader.execution.arena import poison
from grader.execution.interface import Call
from grader.grading.check import prepare
from grader.grading.judge import judge, the_courses_code
from grader.records import PreparedCase
from tests.tasks.task_under_test import COURSE, answer_of, task_under_test

_MEMORY_BYTES = 1 << 30
_EXTREMES = (0.0, -0.0, 1.0, -1.0, 255.0, 1e-320, 1e300, -1e300, float("nan"), float("inf"), float("-inf"))


@dataclass(frozen=True)
class Answer:
    """The outputs of one call of a task's case."""

    task: str
    case: int
    outputs: Outputs
    is_junk: bool
    """Whether nothing of it was computed: accepting it is a hole."""


@dataclass(frozen=True)
class _Question:
    """A case with what must come back for it."""

    case: Case
    prepared: PreparedCase
    right: Outputs


def judge_answer(answer: Answer) -> None:
    """Judge it as a grading does: there is a problem or none, but no fault of the course's own code."""
    task, questions = _questions(answer.task)
    question = questions[answer.case]
    call = Call(0.01, 0.01, 1, answer.outputs, None)
    problem = judge(task, question.case, question.prepared, call, _MEMORY_BYTES)
    if problem is not None:
        problem.message.encode()
        return
    if answer.is_junk and not _close(answer.outputs, question.right):
        raise HoleError("junk was accepted")
    if task.review is not None:
        with the_courses_code(question.case), np.errstate(all="ignore"):
            task.review(question.prepared.inputs, answer.outputs, question.prepared.expected)


def random_answer(random: Random) -> Answer:
    """Junk of the right dtype and shape, or a right answer with some of its values changed."""
    name = random.choice(task_names(COURSE))
    _, questions = _questions(name)
    number = random.randrange(len(questions))
    right = questions[number].right
    is_junk = random.random() < 0.5
    outputs = tuple(_junk(random, one) if is_junk else _changed(random, one) for one in right)
    return Answer(name, number, outputs, is_junk)


def _close(outputs: Outputs, right: Outputs) -> bool:
    """Whether what was junk happens to be the answer, as zeros are that of an empty signal."""
    return all(np.allclose(one, other, rtol=1e-6, atol=1e-12) for one, other in zip(outputs, right, strict=True))


def _junk(random: Random, right: Array) -> Array:
    how = random.randrange(4)
    if how == 0:
        return np.full_like(right, poison(right.dtype))
    if how == 1:
        return np.full_like(right, _extreme(random, right.dtype))
    if how == 2:
        return np.frombuffer(random.randbytes(right.nbytes), right.dtype).reshape(right.shape).copy()
    small = np.random.default_rng(random.getrandbits(64)).integers(-2, 5, right.shape)
    return small.astype(right.dtype)


def _changed(random: Random, right: Array) -> Array:
    changed = right.copy()
    flat = changed.reshape(-1)
    for _ in range(random.choice((1, 1, 3, 10)) if flat.size else 0):
        flat[random.randrange(flat.size)] = _extreme(random, right.dtype)
    return changed


def _extreme(random: Random, dtype: np.dtype[np.generic]) -> object:
    if dtype.kind in "fc":
        return random.choice(_EXTREMES)
    limits = np.iinfo(str(dtype))
    return random.choice([value for value in (0, 1, -1, 2, 255, limits.min, limits.max) if limits.min <= value <= limits.max])


@cache
def _questions(name: str) -> tuple[Task, tuple[_Question, ...]]:
    """The smallest check cases of a task with right answers; those of three are enough."""
    under_test = task_under_test(name)
    task = under_test.task
    made = []
    for case in task.check_cases[:3]:
        prepared = prepare(task, case, np.random.default_rng(1))
        made.append(_Question(case, prepared, answer_of(task, under_test.references["naive"], prepared.inputs)))
    return task, tuple(made)
