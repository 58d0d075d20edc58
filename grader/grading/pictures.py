"""What a submission answers to the calls that a task's pictures are drawn from, outside all that is timed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.content.submission import Submission
from grader.content.task import Answered, Case, LoadedTask, Outputs, Picture
from grader.errors import UsageError
from grader.execution.interface import Backend, Call, Worker
from grader.grading.check import call_once, prepare
from grader.grading.judge import WHILE_IMPORTED, failed, the_courses_code
from grader.grading.judged import CallLimits, judged_call
from grader.grading.saved_case import read_saved_case
from grader.grading.session import Session
from grader.records import Limits, PreparedCase, Problem
from grader.verdicts import Verdict

PICTURES_BUDGET_S = 20.0
"""Of a submission's own time, for all pictures of a task: the naive references need a fifth of it at most."""
_SEED = 2026
"""Everybody's pictures show the same."""


@dataclass(frozen=True)
class WrongAnswer:
    """What came, and what should have."""

    case: str
    right: Outputs
    got: Outputs


@dataclass(frozen=True)
class PictureAnswers:
    """What one picture is drawn from."""

    picture: Picture
    answers: tuple[Answered, ...]
    """One for each of the picture's cases; nothing where one did not come, and `problem` then says why."""
    problem: Problem | None
    """The first thing that is wrong with the answers."""
    wrong: WrongAnswer | None = None
    """The first wrong answer, where there is one right one."""


def picture_answers(
    session: Session,
    task: LoadedTask,
    submission: Submission,
    backend: Backend,
    pictures: Sequence[Picture],
    budget_s: float = PICTURES_BUDGET_S,
) -> tuple[PictureAnswers, ...]:
    """Call a submission for these pictures of its task, in their order, in one worker and within the budget.

    Each answer is judged by itself; the further calls that prove what cannot be judged so belong to the check.
    """
    limits = session.limits({})
    with backend.generation() as generation:
        worker = generation.start(submission, task.task.profile, task.task.cores)
        load = worker.load(limits.first_call_s, processes=pictures[0].cases[0].processes if pictures else 1)
        if load.failure is not None:
            problem = failed(load.failure, limits.memory_bytes, where=WHILE_IMPORTED)
            return tuple(PictureAnswers(picture, (), problem) for picture in pictures)
        questions = _Questions(worker, task, limits, budget_s)
        return tuple(questions.of(picture) for picture in pictures)


def wrong_answer(task: LoadedTask, case: Case, prepared: PreparedCase, call: Call | None) -> WrongAnswer | None:
    """What a call answered wrongly beside what is right; None where nothing came, or more than one answer is right.

    Raises:
        GraderError: the task's own code fails.
    """
    if call is None or call.outputs is None or task.task.solution is None:
        return None
    with the_courses_code(case):
        return WrongAnswer(case.name, task.task.solution(prepared.inputs, prepared.expected), call.outputs)


def failing_answer(
    session: Session, task: LoadedTask, submission: Submission, backend: Backend, case_file: Path
) -> WrongAnswer | None:
    """What a submission answers to the case that it was last found to fail; None where there is none that may be shown.

    The file holds the smallest call that fails, in which there may be little to see: so the case is first called at its own
    size. Of a secret case nothing is shown: the right answer would tell it.
    """
    if task.task.solution is None:
        return None
    try:
        case, smallest = read_saved_case(task, case_file)
    except UsageError:
        return None
    if not case.public or case not in task.cases:
        return None
    for prepared in (prepare(task.task, case, np.random.default_rng(_SEED)), smallest):
        with backend.generation() as generation:
            call, problem = call_once(generation, submission, task.task, case, prepared, session.limits({}))
        if problem is not None:
            return wrong_answer(task, case, prepared, call)
    return None


class _Questions:
    """The calls so far, and what is left of the budget."""

    def __init__(self, worker: Worker, task: LoadedTask, limits: Limits, budget_s: float) -> None:
        self._worker = worker
        self._loaded = task
        self._task = task.task
        self._limits = limits
        self._budget_s = budget_s
        self._left_s = budget_s
        self._known: dict[str, tuple[Answered | None, Problem | None]] = {}
        self._wrong: dict[str, WrongAnswer] = {}

    def of(self, picture: Picture) -> PictureAnswers:
        """A picture's answers; after the first that does not come, the others are not asked for."""
        answers: list[Answered] = []
        first_problem = None
        wrong = None
        for case in picture.cases:
            answered, problem = self._answer(case)
            first_problem = first_problem or problem
            if answered is None:
                return PictureAnswers(picture, (), problem)
            answers.append(answered)
            wrong = wrong or self._wrong.get(case.name)
        return PictureAnswers(picture, tuple(answers), first_problem, wrong)

    def _answer(self, case: Case) -> tuple[Answered | None, Problem | None]:
        if case.name not in self._known:
            self._known[case.name] = self._call(case)
        return self._known[case.name]

    def _call(self, case: Case) -> tuple[Answered | None, Problem | None]:
        if self._left_s <= 0:
            return None, self._out_of_time
        if not self._worker.alive:
            return None, Problem(Verdict.RUNTIME_ERROR, "an earlier call has ended the program")
        prepared = prepare(self._task, case, np.random.default_rng(_SEED))
        limits = CallLimits(min(self._limits.first_call_s, self._left_s), self._limits.memory_bytes)
        judged = judged_call(self._worker, self._task, case, prepared, limits, None)
        self._left_s -= judged.inside_s
        if judged.call.outputs is None:
            return None, self._out_of_time if self._left_s <= 0 else judged.problem
        wrong = None if judged.problem is None else wrong_answer(self._loaded, case, prepared, judged.call)
        if wrong is not None:
            self._wrong[case.name] = wrong
        return (prepared.inputs, judged.call.outputs), judged.problem

    @property
    def _out_of_time(self) -> Problem:
        return Problem(Verdict.TIME_LIMIT, f"the calls for the pictures take more than {self._budget_s:g} s together")
