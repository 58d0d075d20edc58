"""From failing inputs to the smallest that fail alike: it ends, is true, repeats itself, and survives what it calls."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.content.smaller import fewer, rounder
from grader.content.submission import Submission
from grader.content.task import Array, Case, Inputs, LoadedTask
from grader.errors import GraderError
from grader.execution.interface import Failure, FailureKind
from grader.grading.check import DrawnInputs, call_once, prepare
from grader.grading.shrinking import Budget, Smallest, shrink, smallest, smallest_text
from grader.records import Limits, Problem
from grader.testing import Script, ScriptedBackend
from grader.verdicts import Verdict
from tests.grading.course_fixture import TASK, Classroom, doubled, length, of, paced

ADA = Submission("ada", "student", "double", Path("ada"), (), "double.py", "double", (), "content")
LIMITS = Limits(first_call_s=15, least_time_s=1, time_over_naive=10, memory_bytes=1 << 29, longest_call_s=0.25)
FEW = Budget(offers=60, seconds=1e9)

SHRINKING_TASK = (
    TASK
    + """
from dataclasses import replace

from grader.content.smaller import changed, fewer, rounder


def shrink(inputs):
    yield from changed(inputs, 0, fewer)
    yield from changed(inputs, 0, rounder)


TASK = replace(TASK, shrink=shrink, solution=lambda inputs, expected: (expected,))
"""
)


def offers(inputs: Inputs) -> Iterator[Inputs]:
    (x,) = inputs
    yield from ((one,) for one in fewer(np.asarray(x)))
    yield from ((one,) for one in rounder(x))


def numbers(inputs: Inputs) -> list[float]:
    return list(np.asarray(inputs[0]))


# The search


lists = st.lists(st.integers(-9, 9), min_size=1, max_size=30)


@given(lists, st.sets(st.integers(-9, 9)))
def test_what_is_found_fails_and_comes_out_the_same_again(values: list[int], bad: set[int]) -> None:
    def fails(inputs: Inputs) -> Inputs | None:
        return inputs if bad & set(numbers(inputs)) else None

    inputs = (np.array(values, float),)
    found, again = (smallest(inputs, offers, fails, FEW) for _ in range(2))
    if found is None:
        assert len(values) == 1 or not bad & set(values)
    else:
        assert again is not None
        assert numbers(found) == numbers(again)
        assert len(numbers(found)) == 1, "one bad number is enough to fail"
        assert bad & set(numbers(found))


@given(st.lists(st.booleans(), max_size=80), lists)
def test_whatever_the_answers_only_what_failed_is_found(answers: list[bool], values: list[int]) -> None:
    failed: list[Inputs] = []
    chance = itertools.chain(answers, itertools.cycle([False]))

    def flips(inputs: Inputs) -> Inputs | None:
        if not next(chance):
            return None
        failed.append(inputs)
        return inputs

    found = smallest((np.array(values, float),), offers, flips, FEW)
    assert found is (failed[-1] if failed else None)


@given(st.integers(0, 50))
def test_no_more_is_tried_than_the_budget_has(most: int) -> None:
    tried: list[Inputs] = []

    def endless(inputs: Inputs) -> Iterator[Inputs]:
        (x,) = inputs
        return ((np.asarray(x) + count,) for count in itertools.count(1))

    smallest((np.zeros(1),), endless, tried.append, Budget(most, 1e9))
    assert len(tried) == most


def test_the_same_offers_again_and_again_come_to_an_end_and_are_tried_once() -> None:
    tried: list[Inputs] = []
    smallest((np.zeros(2),), lambda _: itertools.cycle([(np.zeros(2),), (np.zeros(1),)]), tried.append, FEW)
    assert [length(inputs) for inputs in tried] == [1]


def test_it_ends_when_its_time_is_over() -> None:
    clock = itertools.count(0.0, 0.5)
    tried: list[Inputs] = []
    smallest((np.arange(30.0),), offers, tried.append, Budget(1000, 2.0), now_s=lambda: next(clock))
    assert len(tried) == 3


# One submission


class Trial:
    """A script, the case that it fails, and what is found for it."""

    def __init__(self, task: LoadedTask, script: Script, case: int = 1, mistake: str | None = None) -> None:
        self.backend = ScriptedBackend({"ada": script})
        self.task, self.script = task, script
        one = task.task.check_cases[case]
        with self.backend.generation() as generation:
            _, problem = call_once(generation, ADA, task.task, one, DrawnInputs(task.task, 20)(one, 0), LIMITS)
        assert problem is not None
        self.problem = replace(problem, mistake=mistake or problem.mistake)
        self.calls_before = self.backend.calls_of["ada"]

    def found(self) -> Smallest | None:
        with self.backend.generation() as generation:
            return shrink(generation, ADA, self.task, LIMITS, self.problem)

    @property
    def calls(self) -> int:
        return self.backend.calls_of["ada"] - self.calls_before


@pytest.fixture
def task(classroom: Classroom) -> LoadedTask:
    classroom.teach(SHRINKING_TASK)
    return classroom.task


def wrong_behind(first: int) -> Callable[[Array], Array]:
    """Every number from the `first` on is one too large."""
    return lambda x: 2 * x + (np.arange(x.size) >= first)


def failing_always(kind: FailureKind, message: str) -> dict[int, Failure]:
    return dict.fromkeys(range(1000), Failure(kind, message))


def test_a_wrong_answer_is_found_on_the_fewest_and_roundest_numbers(task: LoadedTask) -> None:
    found = Trial(task, paced(1e-9, compute=wrong_behind(1))).found()
    assert found is not None
    assert found.problem.verdict is Verdict.WRONG_ANSWER
    assert length(found.inputs) == 2
    assert set(numbers(found.inputs)) <= {1.0, 2.0}
    assert found.right is not None
    assert found.got is not None
    assert (found.got[0] - found.right[0]).tolist() == [0, 1]


def test_the_student_reads_a_call_to_paste_and_both_answers(task: LoadedTask) -> None:
    found = Trial(task, paced(1e-9, compute=wrong_behind(1))).found()
    assert found is not None
    x = np.asarray(found.inputs[0])
    assert smallest_text("double", found).splitlines() == [
        f"  double(np.array({x.tolist()}))",
        "  1 numbers differ",
        f"  at [1]: expected <{2 * x[1]}>, got <{2 * x[1] + 1}>",
        f"  expected in full: [{2 * x[0]:.0f}., {2 * x[1]:.0f}.]",
        f"  got in full:      [{2 * x[0]:.0f}., {2 * x[1] + 1:.0f}.]",
    ]


def test_an_exception_is_found_again_by_its_kind(task: LoadedTask) -> None:
    trial = Trial(task, paced(1e-9, failures=failing_always(FailureKind.EXCEPTION, "double.py, line 2\nIndexError: 3")))
    found = trial.found()
    assert found is not None
    assert (found.problem.verdict, length(found.inputs), found.got) == (Verdict.RUNTIME_ERROR, 1, None)


def test_rounder_numbers_alone_say_nothing_of_an_exception(task: LoadedTask) -> None:
    trial = Trial(task, paced(1e-9, failures=failing_always(FailureKind.EXCEPTION, "IndexError: 3")), case=0)
    assert trial.found() is None
    assert trial.calls > 1


def test_another_exception_is_not_alike(task: LoadedTask) -> None:
    first = {0: Failure(FailureKind.EXCEPTION, "IndexError: 3")}  # of every worker
    failures = failing_always(FailureKind.EXCEPTION, "ZeroDivisionError: 3") | first
    assert Trial(task, paced(1e-9, failures=failures)).found() is None


def test_who_hangs_on_smaller_inputs_costs_the_budget_and_no_more(task: LoadedTask) -> None:
    def call_s(inputs: Inputs, _number: int) -> float:
        return 1e9 if length(inputs) == 1 else 1e-6

    trial = Trial(task, Script(wrong_behind(1), call_s))
    found = trial.found()
    assert found is not None
    assert length(found.inputs) == 2
    assert len(trial.backend.workers) > 2, "a worker that was ended is replaced"
    assert not any(worker.alive for worker in trial.backend.workers[1:])


def test_who_crashes_is_started_again_each_time(task: LoadedTask) -> None:
    found = Trial(task, paced(1e-9, failures=failing_always(FailureKind.SIGNAL, "SIGSEGV"))).found()
    assert found is not None
    assert length(found.inputs) == 1


def test_who_answers_by_chance_gets_a_call_that_failed_or_none(task: LoadedTask) -> None:
    for seed in range(20):
        chance = np.random.default_rng(seed)
        failed: list[bytes] = []

        def flips(x: Array, chance: np.random.Generator = chance, failed: list[bytes] = failed) -> Array:
            if failed and chance.random() < 0.5:
                return doubled(x)
            failed.append(x.tobytes())
            return doubled(x) + 1

        found = Trial(task, paced(1e-9, compute=flips)).found()
        assert found is None or np.asarray(found.inputs[0]).tobytes() in failed


def test_what_does_not_fail_again_is_left_alone(task: LoadedTask) -> None:
    calls = itertools.count()
    trial = Trial(task, paced(1e-9, compute=lambda x: doubled(x) + (next(calls) == 0)))
    assert trial.found() is None
    assert trial.calls == 1


def test_the_smallest_call_shows_the_mistake_that_was_named(task: LoadedTask) -> None:
    trial = Trial(task, paced(1e-9, compute=lambda x: 3 * x if x.size > 1 else x))
    assert trial.problem.mistake == "this is three times the input"
    found = trial.found()
    assert found is not None
    assert length(found.inputs) == 2, "of one number, the answer is wrong in another way"


@pytest.mark.parametrize("case", [2, 3])
def test_a_secret_case_is_never_called_again(task: LoadedTask, case: int) -> None:
    one = [*task.task.check_cases, Case("unknown", task.task.check_cases[0].draw)][case]
    prepared = prepare(task.task, one, np.random.default_rng(0))
    problem = Problem(Verdict.WRONG_ANSWER, "wrong", one.name, prepared.inputs)
    backend = ScriptedBackend({"ada": paced(1e-9, compute=wrong_behind(0))})
    with backend.generation() as generation:
        assert shrink(generation, ADA, task, LIMITS, problem) is None
    assert backend.workers == []


@pytest.mark.parametrize("verdict", [Verdict.TIME_LIMIT, Verdict.MEMORY_LIMIT, Verdict.BUILD_ERROR])
def test_what_small_inputs_do_not_tell_is_not_shrunk(task: LoadedTask, verdict: Verdict) -> None:
    trial = Trial(task, paced(1e-9, compute=wrong_behind(0)))
    trial.problem = replace(trial.problem, verdict=verdict)
    assert trial.found() is None
    assert trial.calls == 0


def test_a_task_that_offers_nothing_is_left_alone(classroom: Classroom) -> None:
    trial = Trial(classroom.task, paced(1e-9, compute=wrong_behind(0)))
    assert trial.found() is None
    assert trial.calls == 0


def test_a_course_that_fails_on_what_it_offers_is_at_fault_itself(task: LoadedTask) -> None:
    def broken(_inputs: Inputs) -> Iterator[Inputs]:
        raise ZeroDivisionError("a slip in the course")
        yield ()

    trial = Trial(replace(task, task=replace(task.task, shrink=broken)), paced(1e-9, compute=wrong_behind(0)))
    with pytest.raises(GraderError, match="the task's own code fails on case 'three': ZeroDivisionError: a slip"):
        trial.found()


# In a class's grading


def test_the_message_and_the_case_file_have_the_smallest_call(classroom: Classroom) -> None:
    classroom.teach(SHRINKING_TASK)
    classroom.submit("ada", paced(1e-6, compute=wrong_behind(1)))
    result = of(classroom.grade(), "ada")
    assert "\nthe smallest call found that fails like this one:\n  double(np.array([" in result.message
    assert result.message.splitlines()[0] == "Wrong on case 'three': 2 numbers differ"
    with np.load(classroom.store_file.parent / "cases" / "ada" / "double.npz") as saved:
        assert (str(saved["case"]), saved["input_0"].size) == ("three", 2)


def test_a_fault_in_what_the_course_offers_costs_nobody_a_verdict(classroom: Classroom) -> None:
    classroom.teach(SHRINKING_TASK.replace("changed(inputs, 0, fewer)", "changed(inputs, 9, fewer)"))
    classroom.submit("ada", paced(1e-6, compute=wrong_behind(1)))
    report = classroom.grade()
    result = of(report, "ada")
    assert (result.verdict, result.points) == (Verdict.WRONG_ANSWER, 0)
    assert "the smallest call" not in result.message
    (fault,) = report.faults
    assert "no smaller case could be looked for: the task's own code fails on case 'three': IndexError" in fault
