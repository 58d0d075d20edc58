"""One call is judged: right or not, and if not, in words that a student can act on."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Array, ArraySpec, Case, Difference, FollowUp, Inputs, Mistake, Outputs, Task
from grader.errors import GraderError
from grader.execution.interface import Call, Failure, FailureKind
from grader.grading.judge import WHILE_IMPORTED, failed, judge, judge_further
from grader.records import PreparedCase, Problem
from grader.verdicts import Verdict

MEMORY_BYTES = 3 << 29  # 1.5 GiB
INPUTS: Inputs = (np.array([1.25, 2.0]), 7)
PREPARED = PreparedCase(INPUTS, (ArraySpec("float64", (2,)),), np.array([2.5, 4.0]), 2.0)
PUBLIC = Case("pair", lambda _generator: INPUTS, about="Two numbers.")
SECRET = replace(PUBLIC, public=False)

Checker = Callable[[Inputs, Outputs, Array], Difference | None]


def exact(_inputs: Inputs, outputs: Outputs, expected: Array) -> Difference | None:
    if np.array_equal(outputs[0], expected):
        return None
    return Difference("the numbers differ", "[0]", "<2.5>", f"<{outputs[0][0]}>")


def careless(_inputs: Inputs, _outputs: Outputs, _expected: Array) -> None:
    return None


def task(check: Checker = exact, *mistakes: Mistake) -> Task:
    return Task(
        title="Double",
        work_unit="numbers",
        outputs=lambda _inputs: PREPARED.outputs,
        expect=lambda _inputs: PREPARED.expected,
        check=check,
        work=lambda _inputs, _expected: 2.0,
        check_cases=(PUBLIC,),
        benchmark_cases=(PUBLIC,),
        mistakes=mistakes,
    )


def mistake(compute: Callable[..., object], name: str = "slip") -> Mistake:
    def outputs(*inputs: object) -> Outputs:
        return (np.asarray(compute(*inputs)),)

    return Mistake(name, f"this is a {name}", outputs)


def answer(*values: complex, of: Task | None = None, case: Case = PUBLIC) -> Problem | None:
    """The judgement on an answer."""
    return judge(of or task(), case, PREPARED, Call(0.01, 0.01, 1, (np.array(values),), None), MEMORY_BYTES)


def wrong(*values: complex, of: Task | None = None, case: Case = PUBLIC) -> Problem:
    problem = answer(*values, of=of, case=case)
    assert problem is not None
    assert problem.verdict is Verdict.WRONG_ANSWER
    return problem


def ended(kind: FailureKind, message: str = "as it said", module: str | None = None) -> Problem:
    """The judgement on a call that ended in a failure."""
    call = Call(0.01, 0.01, 1, None, Failure(kind, message, module))
    problem = judge(task(), PUBLIC, PREPARED, call, MEMORY_BYTES)
    assert problem is not None
    return problem


# Wrong answers


def test_a_right_answer_is_no_problem() -> None:
    assert answer(2.5, 4.0) is None


def test_a_wrong_answer_says_where_what_was_expected_and_what_came() -> None:
    problem = wrong(9.0, 4.0)
    assert problem.message.splitlines() == [
        "Wrong on case 'pair': the numbers differ",
        "at [0]: expected <2.5>, got <9.0>",
        "about this case: Two numbers.",
        "inputs: np.array([1.25, 2.0]), 7",
    ]
    assert (problem.case, problem.inputs, problem.mistake) == ("pair", INPUTS, None)


def test_a_secret_case_keeps_its_inputs_to_itself() -> None:
    problem = wrong(9.0, 4.0, case=SECRET)
    assert "Two numbers." in problem.message
    assert "expected <2.5>, got <9.0>" in problem.message
    assert "1.25" not in problem.message
    assert "inputs" not in problem.message


def test_a_failure_on_a_secret_case_keeps_its_inputs_to_itself() -> None:
    problem = failed(Failure(FailureKind.EXCEPTION, "boom"), MEMORY_BYTES, where="here", case=SECRET, inputs=INPUTS)
    assert "Two numbers." in problem.message
    assert "1.25" not in problem.message


def test_inputs_too_long_to_read_are_not_shown() -> None:
    inputs: Inputs = tuple(np.arange(60.0) for _ in range(4))
    problem = failed(Failure(FailureKind.EXCEPTION, "boom"), MEMORY_BYTES, where="here", case=PUBLIC, inputs=inputs)
    assert problem.message == "An exception was raised here\nboom\nabout this case: Two numbers."


@settings(deadline=None)
@given(st.sampled_from([np.nan, np.inf, -np.inf, complex(0, np.nan), complex(np.inf, 1)]), st.integers(0, 1))
def test_what_is_not_finite_never_passes_however_careless_the_checker(value: complex, place: int) -> None:
    values: list[complex] = [2.5, 4.0]
    values[place] = value
    problem = wrong(*values, of=task(careless))
    assert f"1 of 2 values are not finite\nat [{place}]: expected a finite number" in problem.message


def test_whole_numbers_are_left_to_the_checker() -> None:
    call = Call(0.01, 0.01, 1, (np.array([1, 2]),), None)
    assert judge(task(careless), PUBLIC, PREPARED, call, MEMORY_BYTES) is None


# Named mistakes


def test_a_known_mistake_is_named() -> None:
    problem = wrong(3.75, 6.0, of=task(exact, mistake(lambda x, _: x + 1, "miss"), mistake(lambda x, _: 3 * x, "slip")))
    assert problem.mistake == "this is a slip"
    assert "known mistake: this is a slip" in problem.message.splitlines()


def test_three_mistakes_that_fit_alike_are_all_named_and_more_are_none() -> None:
    same = [mistake(lambda x, _: 3 * x, name) for name in ("first", "second", "third", "fourth")]
    assert wrong(3.75, 6.0, of=task(exact, *same[:3])).mistake == "this is a first Or: this is a second Or: this is a third"
    assert wrong(3.75, 6.0, of=task(exact, *same)).mistake is None


def test_a_mistake_that_fails_a_case_which_was_passed_is_not_the_one_that_was_made() -> None:
    tripled = task(exact, mistake(lambda x, _: 3 * x))
    call = Call(0.01, 0.01, 1, (np.array([3.75, 6.0]),), None)
    problem = judge(tripled, PUBLIC, PREPARED, call, MEMORY_BYTES, passed=[PREPARED])
    assert problem is not None
    assert problem.mistake is None


def test_a_mistake_that_gives_the_right_answer_on_these_inputs_explains_nothing() -> None:
    almost_right = 2.5 * (1 + 1e-12)
    assert wrong(almost_right, 4.0, of=task(exact, mistake(lambda x, _: 2 * x))).mistake is None


def test_a_mistake_that_cannot_be_made_on_these_inputs_is_passed_over() -> None:
    impossible = mistake(lambda x, _: x.reshape(3, 3), "impossible")
    assert wrong(3.75, 6.0, of=task(exact, impossible, mistake(lambda x, _: 3 * x))).mistake == "this is a slip"


def test_a_mistake_of_another_shape_is_not_taken_for_the_answer() -> None:
    assert wrong(3.75, 6.0, of=task(exact, mistake(lambda x, _: 3 * x[:1]))).mistake is None


def test_a_mistake_may_change_its_inputs_and_give_what_is_not_finite() -> None:
    def zeroed(x: Array, _: int) -> Array:
        x[:] = 0
        return x / x

    assert wrong(np.nan, np.nan, of=task(exact, mistake(zeroed))).mistake == "this is a slip"
    assert np.asarray(INPUTS[0]).tolist() == [1.25, 2.0]


def test_a_mistake_whose_values_cannot_be_compared_says_itself_how_it_is_recognised() -> None:
    other_values = replace(mistake(lambda x, _: 9 * x), same=lambda wrong, outputs: wrong[0].sum() > outputs[0].sum())
    assert wrong(3.75, 6.0, of=task(exact, other_values)).mistake == "this is a slip"
    assert wrong(99.0, 6.0, of=task(exact, other_values)).mistake is None


# Further calls


def together(_inputs: Inputs, outputs: Outputs, further: tuple[tuple[Inputs, Outputs], ...]) -> Difference | None:
    """The numbers of a call and of all further ones add up to ten."""
    total = sum(values.sum() for values in (outputs[0], *(more[0] for _, more in further)))
    return None if total == 10 else Difference("they do not add up", "the sum", "<10>", f"<{total}>")


def judged_together(*further: float, case: Case = PUBLIC) -> Problem | None:
    """The judgement on a right answer, which sums to 6.5, beside further calls that gave these numbers."""
    asking = replace(task(), follow_up=FollowUp(lambda _inputs, _generator: (), together))
    outputs = (np.array([2.5, 4.0]),)
    return judge_further(asking, case, PREPARED, outputs, tuple((INPUTS, (np.array([number]),)) for number in further))


def test_answers_that_go_together_are_no_problem() -> None:
    assert judged_together(1.5, 2.0) is None


def test_answers_that_do_not_go_together_are_wrong_and_say_why() -> None:
    problem = judged_together(1.5)
    assert problem is not None
    assert (problem.verdict, problem.case, problem.inputs) == (Verdict.WRONG_ANSWER, "pair", INPUTS)
    assert problem.message.splitlines() == [
        "Wrong on case 'pair': they do not add up",
        "at the sum: expected <10>, got <8.0>",
        "about this case: Two numbers.",
        "inputs: np.array([1.25, 2.0]), 7",
    ]


def test_of_a_secret_case_they_tell_no_inputs() -> None:
    problem = judged_together(1.5, case=SECRET)
    assert problem is not None
    assert "inputs" not in problem.message


# The course's own code


def test_a_checker_that_raises_is_the_courses_fault() -> None:
    def broken(_inputs: Inputs, outputs: Outputs, _expected: Array) -> None:
        raise IndexError(f"no {outputs[0][0]}")

    with pytest.raises(GraderError, match=r"the task's own code fails on case 'pair': IndexError: no 2\.5"):
        answer(2.5, 4.0, of=task(broken))


def test_a_mistake_that_raises_what_no_input_explains_is_the_courses_fault() -> None:
    def broken(_x: Array, _: int) -> Array:
        raise TypeError("two were given")

    with pytest.raises(GraderError, match="the task's own code fails on case 'pair': TypeError: two were given"):
        answer(9.0, 4.0, of=task(exact, mistake(broken)))


def test_a_checker_that_computes_with_what_is_not_finite_warns_nobody() -> None:
    def computing(_inputs: Inputs, outputs: Outputs, _expected: Array) -> Difference | None:
        return None if np.all(np.abs(outputs[0] - outputs[0]) < 1) else Difference("far off", "[0]", "2.5", "?")

    assert "far off" in wrong(np.inf, 4.0, of=task(computing)).message  # a warning would be an error here


# Code that gives no answer

VERDICTS = {
    FailureKind.EXCEPTION: Verdict.RUNTIME_ERROR,
    FailureKind.SYNTAX: Verdict.BUILD_ERROR,
    FailureKind.IMPORT: Verdict.BUILD_ERROR,
    FailureKind.INVALID: Verdict.INVALID,
    FailureKind.MEMORY: Verdict.MEMORY_LIMIT,
    FailureKind.TIME: Verdict.TIME_LIMIT,
    FailureKind.EXIT: Verdict.RUNTIME_ERROR,
    FailureKind.SIGNAL: Verdict.RUNTIME_ERROR,
    FailureKind.PROTOCOL: Verdict.RUNTIME_ERROR,
    FailureKind.PROCESSES: Verdict.RUNTIME_ERROR,
    FailureKind.CORES: Verdict.RUNTIME_ERROR,
    FailureKind.BUILD: Verdict.BUILD_ERROR,
}


@pytest.mark.parametrize("kind", FailureKind)
def test_every_failure_has_its_verdict_and_says_what_happened_and_where(kind: FailureKind) -> None:
    problem = ended(kind)
    assert problem.verdict is VERDICTS[kind]
    headline, message, *_ = problem.message.splitlines()
    assert headline.endswith("on case 'pair'")
    assert message == "as it said"
    assert "about this case: Two numbers." in problem.message


def test_every_kind_of_failure_has_a_headline_of_its_own() -> None:
    assert len({ended(kind).message.splitlines()[0] for kind in FailureKind}) == len(FailureKind)


def test_out_of_memory_names_the_limit() -> None:
    assert "Out of memory (the limit is 1.5 GiB) on case 'pair'" in ended(FailureKind.MEMORY).message


@pytest.mark.parametrize(
    ("kind", "message", "hint"),
    [
        (
            FailureKind.EXCEPTION,
            "ValueError: The number of threads must be between 1 and 1",
            "leave the number of threads alone",
        ),
        (FailureKind.EXCEPTION, "RuntimeError: Cannot set NUMBA_NUM_THREADS", "leave NUMBA_NUM_THREADS alone"),
        (FailureKind.EXCEPTION, "RuntimeError: can't start new thread", "than this task's budget allows"),
        (FailureKind.EXCEPTION, "PermissionError: [Errno 1] Operation not permitted", "new processes, sockets"),
        (FailureKind.EXCEPTION, "RecursionError: maximum recursion depth exceeded", "use a loop"),
        (FailureKind.EXIT, "it ended with exit code 0", "it must return its result"),
    ],
)
def test_what_to_do_next_is_said(kind: FailureKind, message: str, hint: str) -> None:
    (line,) = (line for line in ended(kind, message).message.splitlines() if line.startswith("hint: "))
    assert hint in line


def test_an_unknown_module_is_named() -> None:
    assert (
        "hint: the module 'torch' is neither among your files nor provided by the course"
        in ended(FailureKind.IMPORT, "No module named 'torch.nn'", "torch").message
    )


@pytest.mark.parametrize(
    ("module", "asked"),
    [
        ("nunpy", "(did you mean 'numpy'?)"),
        ("Numba", "(did you mean 'numba'?)"),
        ("torch", "(known: matplotlib, numba, numpy, scipy)"),
    ],
)
def test_with_the_package_that_may_be_meant_or_those_that_there_are(module: str, asked: str) -> None:
    assert asked in ended(FailureKind.IMPORT, f"No module named {module!r}", module).message


def test_who_ends_the_program_at_the_top_of_the_file_is_told_that_it_is_imported() -> None:
    failure = Failure(FailureKind.EXIT, "julia.py, line 9\nSystemExit: 2")
    message = failed(failure, MEMORY_BYTES, where=WHILE_IMPORTED).message
    assert "hint: the file is imported" in message
    assert 'under `if __name__ == "__main__":`' in message
    assert "out of the function" not in message


def test_an_exception_without_a_hint_stands_for_itself() -> None:
    assert "hint" not in ended(FailureKind.EXCEPTION, "KeyError: 'x'").message
