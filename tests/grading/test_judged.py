"""A call with its judgement: further calls prove what an answer by itself does not, and some answers a person looks at."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Case, Difference, FollowUp, Inputs, LoadedTask, Outputs, Task
from grader.errors import GraderError
from grader.execution.interface import Call, Failure, FailureKind, Worker
from grader.grading.check import prepare
from grader.grading.judged import CallLimits, Judged, Witnesses, judged_call
from grader.records import PreparedCase, Problem
from grader.testing import Script, ScriptedBackend
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    FOLLOWED_TASK,
    FURTHER_LENGTH,
    REVIEWED_TASK,
    Classroom,
    doubled,
    failing,
    invented,
    length,
    nearly_doubled,
    paced,
)

ADA = Submission("ada", "student", "double", Path("ada"), (), "double.py", "double", (), "content")
LIMITS = CallLimits(wall_time_s=1.0, memory_bytes=1 << 29)


class Called:
    """One judged call of a script on the case `three`, and the lengths of all inputs that the script was called with."""

    def __init__(
        self, task: Task, script: Script, *, follow_up: bool = True, case: Case | None = None, limits: CallLimits = LIMITS
    ) -> None:
        self.lengths: list[int] = []
        self.case = case or task.check_cases[1]
        self.prepared: PreparedCase = prepare(task, self.case, np.random.default_rng(0))
        with ScriptedBackend({"ada": replace(script, call_s=self._noting(script.call_s))}).generation() as generation:
            worker = generation.start(ADA)
            witnesses = Witnesses(lambda: generation.start(ADA), limits.wall_time_s)
            answered = witnesses if follow_up else None
            self.judged: Judged = judged_call(worker, task, self.case, self.prepared, limits, answered)

    def _noting(self, call_s: Callable[[Inputs, int], float]) -> Callable[[Inputs, int], float]:
        def noted(inputs: Inputs, number: int) -> float:
            self.lengths.append(length(inputs))
            return call_s(inputs, number)

        return noted

    @property
    def problem(self) -> Problem:
        assert self.judged.problem is not None
        return self.judged.problem


def taught(classroom: Classroom, text: str) -> Task:
    classroom.teach(text)
    loaded: LoadedTask = classroom.task
    return loaded.task


@pytest.fixture
def followed(classroom: Classroom) -> Task:
    """Any multiple of the input, the same in every call."""
    return taught(classroom, FOLLOWED_TASK)


@pytest.fixture
def reviewed(classroom: Classroom) -> Task:
    """What is nearly right is right, and somebody looks at it."""
    return taught(classroom, REVIEWED_TASK)


# Further calls


def test_a_task_that_asks_for_no_further_call_has_none(classroom: Classroom) -> None:
    called = Called(classroom.task.task, paced(1e-3))
    assert (called.judged.problem, called.judged.review, called.lengths) == (None, None, [3])


def test_an_answer_that_goes_together_with_those_of_the_further_calls_is_right(followed: Task) -> None:
    called = Called(followed, paced(1e-3, compute=lambda x: 7 * x))
    assert called.judged.problem is None
    assert called.lengths == [3, FURTHER_LENGTH, FURTHER_LENGTH]


def test_what_is_right_by_itself_and_invented_is_wrong(followed: Task) -> None:
    problem = Called(followed, paced(1e-3, compute=invented())).problem
    assert problem.verdict is Verdict.WRONG_ANSWER
    what, where, about = problem.message.splitlines()[:3]
    assert what == "Wrong on case 'three': every call has another factor"
    got = ("<[3.0, 4.0]>", "<[4.0, 3.0]>")  # whichever is made first
    assert where.removeprefix("at the further calls: expected <2.0>, got ") in got
    assert about == "about this case: A few numbers."


def test_the_inputs_of_the_call_itself_are_kept_to_be_run_again(followed: Task) -> None:
    called = Called(followed, paced(1e-3, compute=invented()))
    assert (called.problem.case, called.problem.inputs) == ("three", called.prepared.inputs)


def test_without_its_further_calls_the_same_answer_passes(followed: Task) -> None:
    called = Called(followed, paced(1e-3, compute=invented()), follow_up=False)
    assert (called.judged.problem, called.lengths) == (None, [3])


@pytest.mark.parametrize(
    "script",
    [paced(1e-3, compute=lambda x: x + 0.5), paced(1e-3, failures=failing(0, FailureKind.EXCEPTION))],
    ids=["wrong", "raised"],
)
def test_after_a_wrong_answer_or_none_there_is_nothing_to_prove(followed: Task, script: Script) -> None:
    called = Called(followed, script)
    assert "on case 'three'" in called.problem.message
    assert called.lengths == [3]


def test_the_time_of_the_call_is_its_own(followed: Task) -> None:
    script = Script(doubled, lambda inputs, _number: 0.25 if length(inputs) == FURTHER_LENGTH else 0.125)
    assert Called(followed, script).judged.call.wall_time_s == 0.125


@pytest.mark.parametrize("call", [1, 2])
def test_a_failure_in_a_further_call_says_that_it_was_called_again(followed: Task, call: int) -> None:
    called = Called(followed, slow_from_further_call(call))
    assert called.problem.verdict is Verdict.TIME_LIMIT
    assert called.problem.message.splitlines()[:2] == [
        "Too slow: the call was ended when called again beside case 'three'",
        "no answer within 1 s",
    ]
    assert called.lengths == [3, *[FURTHER_LENGTH] * call]
    assert any(called.problem.inputs is inputs for inputs, _ in called.prepared.follow_ups)


def slow_from_further_call(number: int) -> Script:
    """A script whose further calls take too long, from the `number`-th on."""
    further = count(1)
    return Script(doubled, lambda inputs, _: 1.5 if length(inputs) == FURTHER_LENGTH and next(further) >= number else 0.5)


def test_the_further_calls_of_one_call_are_made_by_different_workers_and_nobody_has_a_part_to_play(followed: Task) -> None:
    """Who makes which is drawn anew: over many calls every witness has made every one of them, first and last."""
    prepared = prepare(followed, followed.check_cases[1], np.random.default_rng(0))
    asked: list[list[tuple[int, bytes]]] = []

    class Witness:
        """Notes who is asked what."""

        def __init__(self, number: int, worker: Worker) -> None:
            self._number = number
            self._worker = worker
            self.load = worker.load
            self.release = worker.release
            self.close = worker.close

        def call(self, inputs: Inputs, outputs: Sequence[ArraySpec], limit_s: float, *, processes: int) -> Call:
            asked[-1].append((self._number, np.asarray(inputs[0]).tobytes()))
            return self._worker.call(inputs, outputs, limit_s, processes=processes)

    backend = ScriptedBackend({"ada": paced(1e-3)})
    numbers = count()
    with backend.generation() as generation:
        worker = generation.start(ADA)
        witnesses = Witnesses(lambda: cast("Worker", Witness(next(numbers), generation.start(ADA))), 1.0)
        for _ in range(200):
            asked.append([])
            judged_call(worker, followed, followed.check_cases[1], prepared, LIMITS, witnesses)
        witnesses.close()
    further = {np.asarray(inputs[0]).tobytes() for inputs, _ in prepared.follow_ups}
    everyone = set(range(len(prepared.follow_ups) + 1))
    for made in asked:
        assert len({witness for witness, _ in made}) == len(made)
        assert {inputs for _, inputs in made} == further
    for position in range(len(further)):
        assert {made[position] for made in asked} == {(witness, inputs) for witness in everyone for inputs in further}
    assert [one.alive for one in backend.workers] == [True, *[False] * len(everyone)]


def test_what_a_witness_is_given_was_compiled_before_the_call_that_it_is_asked_about(followed: Task) -> None:
    """What a submission compiled is bytes of its own making: after a call they could tell its witnesses of that call."""
    backend = ScriptedBackend({"ada": paced(1e-3, compiles=b"before")})
    prepared = prepare(followed, followed.check_cases[1], np.random.default_rng(0))
    with backend.generation() as generation:
        worker = generation.start(ADA)
        witnesses = Witnesses(lambda: generation.start(ADA), 1.0)
        witnesses.spare_compiling(worker)
        backend.scripts["ada"] = paced(1e-3, compiles=b"what the call was")
        for _ in range(2):
            judged_call(worker, followed, followed.check_cases[1], prepared, LIMITS, witnesses)
            witnesses.spare_compiling(generation.start(ADA))
    assert {compiled for _, compiled in backend.given} == {b"before"}


def test_where_nothing_was_compiled_before_a_witness_compiles_by_itself(followed: Task) -> None:
    backend = ScriptedBackend({"ada": paced(1e-3, compiles=b"what the call was")})
    prepared = prepare(followed, followed.check_cases[1], np.random.default_rng(0))
    with backend.generation() as generation:
        witnesses = Witnesses(lambda: generation.start(ADA), 1.0)
        judged_call(generation.start(ADA), followed, followed.check_cases[1], prepared, LIMITS, witnesses)
    assert {compiled for _, compiled in backend.given} == {b""}


def test_a_witness_that_cannot_be_imported_is_the_submissions_failure(followed: Task) -> None:
    script = paced(1e-3)
    backend = ScriptedBackend({"ada": script})
    with backend.generation() as generation:
        worker = generation.start(ADA)
        backend.scripts["ada"] = replace(script, import_failure=Failure(FailureKind.EXCEPTION, "KeyError: 5"))
        witnesses = Witnesses(lambda: generation.start(ADA), 1.0)
        prepared = prepare(followed, followed.check_cases[1], np.random.default_rng(0))
        judged = judged_call(worker, followed, followed.check_cases[1], prepared, LIMITS, witnesses)
    assert judged.problem is not None
    assert judged.problem.verdict is Verdict.RUNTIME_ERROR


def test_a_further_call_has_the_same_limit_as_the_call(followed: Task) -> None:
    script = Script(doubled, lambda inputs, _number: 1.5 if length(inputs) == FURTHER_LENGTH else 0.5)
    problem = Called(followed, script).problem
    assert problem.verdict is Verdict.TIME_LIMIT
    assert "no answer within 1 s" in problem.message
    assert Called(followed, script, limits=replace(LIMITS, wall_time_s=2.0)).judged.problem is None


def test_the_further_inputs_of_a_secret_case_are_secret_too(followed: Task) -> None:
    script = slow_from_further_call(1)
    public, secret = (Called(followed, script, case=followed.check_cases[number]).problem for number in (1, 2))
    assert "inputs: np.array(" in public.message
    assert "inputs" not in secret.message


def test_a_further_result_that_does_not_fit_is_invalid(followed: Task) -> None:
    called = Called(followed, paced(1e-3, compute=lambda x: x[:3] * 2))
    assert called.problem.verdict is Verdict.INVALID
    assert "when called again beside case 'three'" in called.problem.message


def test_a_comparison_that_raises_is_the_courses_fault(followed: Task) -> None:
    def broken(_inputs: Inputs, _outputs: Outputs, _further: object) -> Difference | None:
        raise ZeroDivisionError("a slip in the course")

    assert followed.follow_up is not None
    faulty = replace(followed, follow_up=FollowUp(followed.follow_up.draw, broken))
    with pytest.raises(GraderError, match="the task's own code fails on case 'three': ZeroDivisionError: a slip in the course"):
        Called(faulty, paced(1e-3))


def test_further_inputs_that_cannot_be_drawn_are_the_courses_fault(followed: Task) -> None:
    def broken(_inputs: Inputs, _generator: np.random.Generator) -> tuple[Inputs, ...]:
        raise ValueError("nothing to draw")

    assert followed.follow_up is not None
    faulty = replace(followed, follow_up=FollowUp(broken, followed.follow_up.check))
    with pytest.raises(GraderError, match="on case 'three': ValueError: nothing to draw"):
        Called(faulty, paced(1e-3))


# What a person looks at


def test_an_answer_that_only_a_person_can_decide_is_right_and_says_what_to_look_at(reviewed: Task) -> None:
    judged = Called(reviewed, paced(1e-3, compute=nearly_doubled)).judged
    assert (judged.problem, judged.review) == (None, "on case 'three': 3 numbers are nearly doubled")


def test_where_there_is_nothing_to_look_at_nobody_is_asked(reviewed: Task) -> None:
    assert Called(reviewed, paced(1e-3)).judged.review is None


def test_nobody_looks_at_a_wrong_answer_or_at_none(reviewed: Task) -> None:
    wrong = Called(reviewed, paced(1e-3, compute=lambda x: 2 * x + 1e-3)).judged
    ended = Called(reviewed, paced(1e-3, failures=failing(0, FailureKind.SIGNAL))).judged
    assert (wrong.review, ended.review) == (None, None)
    assert wrong.problem is not None
    assert ended.problem is not None


def test_nobody_looks_at_an_answer_that_further_calls_have_proved_wrong(followed: Task) -> None:
    task = replace(followed, review=lambda _inputs, _outputs, _expected: "look at this")
    assert Called(task, paced(1e-3)).judged.review == "on case 'three': look at this"
    assert Called(task, paced(1e-3, compute=invented())).judged.review is None


def test_a_review_that_raises_is_the_courses_fault(reviewed: Task) -> None:
    def broken(_inputs: Inputs, _outputs: Outputs, _expected: object) -> str | None:
        raise IndexError("beyond the end")

    with pytest.raises(GraderError, match="the task's own code fails on case 'three': IndexError: beyond the end"):
        Called(replace(reviewed, review=broken), paced(1e-3))
