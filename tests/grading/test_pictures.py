"""What a submission is asked for its pictures: each call once, within a budget, and judged."""

from collections.abc import Callable

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.execution.interface import Failure, FailureKind
from grader.grading.pictures import PictureAnswers, picture_answers
from grader.grading.session import read_class
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import PICTURED_TASK, Classroom, paced, wrong_at


@pytest.fixture
def ask(classroom: Classroom) -> Callable[..., tuple[PictureAnswers, ...]]:
    """The answers of a script for both pictures of the task: a curve, and an animation of the curve and two more."""
    classroom.teach(PICTURED_TASK)

    def asked(script: Script, budget_s: float = 10.0) -> tuple[PictureAnswers, ...]:
        classroom.submit("ada", script)
        session = classroom.session
        (submission,) = (one for one in read_class(session)[0].everyone if one.author == "ada")
        assert isinstance(submission, Submission)
        (task,) = session.tasks.values()
        return picture_answers(session, task, submission, classroom.backend, task.task.pictures, budget_s)

    return asked


Ask = Callable[..., tuple[PictureAnswers, ...]]


def test_a_call_that_stands_in_several_pictures_is_made_once_and_all_in_one_worker(classroom: Classroom, ask: Ask) -> None:
    curve, moving = ask(paced(1e-6))
    assert [inputs[0].size for inputs, _ in moving.answers if isinstance(inputs[0], np.ndarray)] == [11, 12, 13]
    assert curve.answers[0] is moving.answers[0]
    assert classroom.backend.calls_of["ada"] == 3
    assert len(classroom.backend.workers) == 1
    assert curve.problem is moving.problem is None


def test_everybodys_pictures_show_the_same(ask: Ask) -> None:
    first, again = (ask(paced(1e-6))[1].answers for _ in range(2))
    for (one, _), (other, _) in zip(first, again, strict=True):
        np.testing.assert_array_equal(one[0], other[0])


def test_a_wrong_answer_is_drawn_and_said_to_be_wrong(ask: Ask) -> None:
    curve, moving = ask(paced(1e-6, compute=wrong_at(12)))
    assert curve.problem is None
    assert len(moving.answers) == 3
    assert moving.problem is not None
    assert moving.problem.verdict is Verdict.WRONG_ANSWER


def test_a_call_that_fails_takes_its_own_pictures_only(ask: Ask) -> None:
    curve, moving = ask(paced(1e-6, failures={1: Failure(FailureKind.EXCEPTION, "IndexError: 12")}))
    assert len(curve.answers) == 1
    assert moving.answers == ()
    assert moving.problem is not None
    assert "IndexError: 12" in moving.problem.message


def test_code_that_cannot_be_imported_gives_no_answers(ask: Ask) -> None:
    answered = ask(paced(1e-6, import_failure=Failure(FailureKind.IMPORT, "no module")))
    assert [one.answers for one in answered] == [(), ()]
    assert all(one.problem is not None and "no module" in one.problem.message for one in answered)


@pytest.mark.parametrize(("call_s", "made"), [(0.9, 3), (1.1, 2), (30.0, 1)])
def test_the_calls_of_all_pictures_have_one_budget(classroom: Classroom, ask: Ask, call_s: float, made: int) -> None:
    curve, moving = ask(Script(lambda x: 2 * x, lambda _inputs, _number: call_s), 2.75)
    assert bool(curve.answers) == (made > 1)
    assert bool(moving.answers) == (made == 3)
    assert classroom.backend.calls_of["ada"] == (3 if made == 2 else made)
    if made < 3:
        assert moving.problem is not None
        assert moving.problem.message == "the calls for the pictures take more than 2.75 s together"
