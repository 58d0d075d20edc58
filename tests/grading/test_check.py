"""The check stage: every check case, then the largest benchmark case that is done in time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import Array, Case, Inputs, LoadedTask, Size
from grader.errors import GraderError
from grader.execution.interface import Failure, FailureKind
from grader.grading.check import CaseFacts, DrawnInputs, call_once, check, held_bytes, prepare
from grader.grading.judged import Witnesses
from grader.records import CheckResult, Limits, PreparedCase, Problem
from grader.testing import Script, ScriptedBackend
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    FOLLOWED_TASK,
    FURTHER_LENGTH,
    PICTURED_TASK,
    REVIEWED_TASK,
    TASK,
    Classroom,
    doubled,
    failing,
    invented,
    length,
    nearly_doubled,
    paced,
    wrong_at,
    wrong_from,
)

ADA = Submission("ada", "student", "double", Path("ada"), (), "double.py", "double", (), "content")
LIMITS = Limits(first_call_s=15, least_time_s=1, time_over_naive=10, memory_bytes=1 << 29, longest_call_s=0.25)
SEED = 20

ONE, WARM, THREE, SEVEN, SMALL = range(5)
"""The calls of a check by number, to the first benchmark case; each of those has four."""


class Checkup:
    """One script under check, and the lengths of all inputs it was called with."""

    def __init__(self, task: LoadedTask, script: Script, limits: Limits = LIMITS) -> None:
        self.lengths: list[int] = []
        with ScriptedBackend({"ada": replace(script, call_s=self._noting(script.call_s))}).generation() as generation:
            inputs = DrawnInputs(task.task, SEED)
            worker = generation.start(ADA)
            witnesses = Witnesses(lambda: generation.start(ADA), limits.first_call_s)
            self.result, self.problem = check(worker, witnesses, task, limits, inputs, notes=("a note",))

    def _noting(self, call_s: Callable[[Inputs, int], float]) -> Callable[[Inputs, int], float]:
        def noted(inputs: Inputs, number: int) -> float:
            self.lengths.append(length(inputs))
            return call_s(inputs, number)

        return noted


@pytest.fixture
def task(classroom: Classroom) -> LoadedTask:
    return classroom.task


def result_of(task: LoadedTask, script: Script, limits: Limits = LIMITS) -> CheckResult:
    return Checkup(task, script, limits).result


def problem_of(task: LoadedTask, script: Script, limits: Limits = LIMITS) -> Problem:
    checkup = Checkup(task, script, limits)
    assert checkup.problem is not None
    assert checkup.result.case is None
    assert (checkup.result.verdict, checkup.result.message) == (checkup.problem.verdict, checkup.problem.message)
    assert (checkup.result.failing_case, checkup.result.mistake) == (checkup.problem.case, checkup.problem.mistake)
    return checkup.problem


def timed(times_s: Mapping[int, float]) -> Callable[[Inputs, int], float]:
    """Call times by the length of the input."""
    return lambda inputs, _number: times_s.get(length(inputs), 0.01)


# Right and wrong


def test_a_right_submission_is_accepted_with_all_that_is_known_of_it(task: LoadedTask) -> None:
    checkup = Checkup(task, paced(1e-6, prints="hello", threads=2))
    assert checkup.problem is None
    result = checkup.result
    assert (result.verdict, result.message, result.case) == (Verdict.ACCEPTED, "correct", "large")
    assert (result.printed, result.notes, result.threads) == ("hello", ("a note",), 2)
    assert result.import_time_s == pytest.approx(0.001)
    assert result.case_work == {"small": 100, "medium": 1_000, "large": 10_000}
    assert result.case_input_bytes == {"small": 800, "medium": 8_000, "large": 80_000}
    assert result.case_output_bytes == {"small": 800, "medium": 8_000, "large": 80_000}
    assert result.case_operations == {}, "the task counts none"
    assert result.case_times_s == pytest.approx(
        {"one": 1e-6, "three": 3e-6, "seven": 7e-6, "small": 1e-4, "medium": 1e-3, "large": 1e-2}
    )
    assert result.case_memory_bytes == {"small": 800, "medium": 8_000, "large": 80_000}


def test_where_a_task_counts_operations_those_of_each_case_are_known(classroom: Classroom) -> None:
    classroom.teach(
        TASK.replace("check=compare,", "check=compare, usual_operations=lambda inputs, expected: 3.0 * expected.size,")
    )
    assert result_of(classroom.task, paced(1e-6)).case_operations == {"small": 300, "medium": 3_000, "large": 30_000}


def test_the_smallest_failing_case_is_shown_and_no_other_is_run(task: LoadedTask) -> None:
    checkup = Checkup(task, paced(1e-6, compute=wrong_at(3, 7, 1_000)))
    assert checkup.result.verdict is Verdict.WRONG_ANSWER
    assert checkup.result.failing_case == "three"
    assert max(checkup.lengths) == 3


def test_a_wrong_answer_names_its_mistake_and_keeps_the_inputs(task: LoadedTask) -> None:
    problem = problem_of(task, paced(1e-6, compute=wrong_at(1)))
    assert problem.mistake == "this is three times the input"
    assert problem.inputs is not None
    revealed = DrawnInputs(task.task, SEED)(task.task.check_cases[0], 0).inputs
    assert np.array_equal(np.asarray(problem.inputs[0]), np.asarray(revealed[0]))


def test_a_second_call_on_the_same_case_must_be_right_too(task: LoadedTask) -> None:
    assert problem_of(task, paced(1e-6, compute=wrong_from(1))).case == "one"


def test_an_answer_that_is_remembered_from_the_call_before_is_wrong(task: LoadedTask) -> None:
    remembered: dict[int, Array] = {}
    problem = problem_of(task, paced(1e-6, compute=lambda x: remembered.setdefault(x.size, doubled(x))))
    assert (problem.verdict, problem.case) == (Verdict.WRONG_ANSWER, "one")


def test_a_wrong_answer_at_a_benchmark_case_is_wrong_though_the_smaller_one_is_right(task: LoadedTask) -> None:
    problem = problem_of(task, paced(1e-6, compute=wrong_at(1_000)))
    assert (problem.verdict, problem.case) == (Verdict.WRONG_ANSWER, "medium")


def test_what_it_printed_is_kept_where_it_fails(task: LoadedTask) -> None:
    assert result_of(task, paced(1e-6, compute=wrong_at(1), prints="debug")).printed == "debug"


# Further calls, and what a person looks at


def test_every_call_of_a_check_but_the_first_is_followed_up_where_the_task_asks_for_it(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    checkup = Checkup(classroom.task, paced(1e-6))
    assert checkup.result.verdict is Verdict.ACCEPTED
    own = [index for index, size in enumerate(checkup.lengths) if size != FURTHER_LENGTH]
    first, *others = own  # the first one may compile, and its case is called again
    assert len(checkup.lengths) == 1 + 3 * len(others)
    assert first == 0
    assert all(checkup.lengths[index + 1 : index + 3] == [FURTHER_LENGTH] * 2 for index in others)


def test_a_submission_that_invents_what_is_right_by_itself_is_wrong_on_the_first_case(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    problem = problem_of(classroom.task, paced(1e-6, compute=invented()))
    assert (problem.verdict, problem.case) == (Verdict.WRONG_ANSWER, "one")
    assert "every call has another factor" in problem.message


def test_further_calls_take_no_part_in_the_times(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    result = result_of(classroom.task, Script(doubled, timed({FURTHER_LENGTH: 0.9})))
    assert set(result.case_times_s.values()) == {0.01}
    assert result.case == "large"


def test_everyone_who_is_checked_with_one_seed_is_followed_up_with_equal_inputs(classroom: Classroom) -> None:
    classroom.teach(FOLLOWED_TASK)
    task = classroom.task.task
    one, other = (DrawnInputs(task, SEED)(task.check_cases[0], 0).follow_ups for _ in range(2))
    assert np.array_equal(np.asarray(one[0][0][0]), np.asarray(other[0][0][0]))
    assert one[0][1] == task.outputs(one[0][0])


def test_what_a_person_has_to_look_at_is_said_and_costs_no_verdict(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    checkup = Checkup(classroom.task, paced(1e-6, compute=nearly_doubled))
    assert (checkup.result.verdict, checkup.result.case) == (Verdict.ACCEPTED, "large")
    assert checkup.result.review == "on case 'one': 1 numbers are nearly doubled", "the smallest case stands for the others"
    assert result_of(classroom.task, paced(1e-6)).review is None


def test_where_the_check_fails_in_the_end_there_is_nothing_to_look_at(classroom: Classroom) -> None:
    classroom.teach(REVIEWED_TASK)
    script = paced(1e-6, compute=lambda x: 3 * x if x.size == 7 else nearly_doubled(x))
    result = result_of(classroom.task, script)
    assert (result.verdict, result.review) == (Verdict.WRONG_ANSWER, None)


# The picture, and what was compiled


def test_the_answer_that_the_picture_is_drawn_from_is_checked(classroom: Classroom) -> None:
    classroom.teach(PICTURED_TASK)
    checkup = Checkup(classroom.task, paced(1e-6))
    assert checkup.result.picture_answered
    assert checkup.lengths.count(11) == 1
    problem = problem_of(classroom.task, paced(1e-6, compute=wrong_at(11)))
    assert (problem.verdict, problem.case) == (Verdict.WRONG_ANSWER, "picture")
    assert "about this case: What is drawn." in problem.message


def test_a_task_without_a_picture_has_no_answer_to_draw(task: LoadedTask) -> None:
    assert not result_of(task, paced(1e-6)).picture_answered


@pytest.mark.parametrize(("compiles", "count"), [(b"cache", 1), (b"", 0)])
def test_what_numba_compiled_is_noted_when_the_check_is_over(task: LoadedTask, compiles: bytes, count: int) -> None:
    assert result_of(task, paced(1e-6, compiles=compiles)).compiled_functions == count


def test_of_a_check_that_failed_nobody_asks_what_was_compiled(task: LoadedTask) -> None:
    assert result_of(task, paced(1e-6, compute=wrong_at(1), compiles=b"cache")).compiled_functions is None


# Import, compilation, time


def test_compilation_is_the_first_call_less_a_second_on_the_same_case(task: LoadedTask) -> None:
    result = result_of(task, paced(0.001, compile_time_s=2.5))
    assert result.compile_time_s == pytest.approx(2.5)
    assert result.case_times_s["one"] == pytest.approx(0.001)


def test_compilation_never_takes_less_than_no_time(task: LoadedTask) -> None:
    assert result_of(task, paced(0.001, compile_time_s=-0.0005)).compile_time_s == 0


def test_the_first_call_may_compile_for_longer_than_any_other_may_run(task: LoadedTask) -> None:
    limits = replace(LIMITS, naive_times_s={"one": 0.001})
    assert result_of(task, paced(0.001, compile_time_s=14), limits).verdict is Verdict.ACCEPTED
    assert problem_of(task, paced(0.001, compile_time_s=16), limits).verdict is Verdict.TIME_LIMIT


def test_an_import_that_fails_ends_the_check(task: LoadedTask) -> None:
    failure = Failure(FailureKind.IMPORT, "No module named 'torch'", "torch")
    checkup = Checkup(task, paced(1e-6, import_failure=failure))
    assert checkup.result.verdict is Verdict.BUILD_ERROR
    assert checkup.result.message.startswith("An import failed while the file was imported\nNo module named 'torch'")
    assert checkup.lengths == []


def test_an_import_without_end_is_ended(task: LoadedTask) -> None:
    assert problem_of(task, paced(1e-6, import_time_s=99)).verdict is Verdict.TIME_LIMIT


@pytest.mark.parametrize(
    ("naive_s", "limit_s"), [(None, 15), (0.5, 5), (0.02, 1)], ids=["no naive time", "ten times naive", "never less"]
)
def test_the_limit_of_a_call_follows_from_naive(naive_s: float | None, limit_s: float) -> None:
    times_s = {} if naive_s is None else {"small": naive_s}
    assert replace(LIMITS, naive_times_s=times_s).call_s("small") == pytest.approx(limit_s)


def test_too_slow_for_the_smallest_benchmark_case_is_too_slow(task: LoadedTask) -> None:
    limits = replace(LIMITS, naive_times_s={"small": 0.01})
    problem = problem_of(task, Script(doubled, timed({100: 2.0})), limits)
    assert (problem.verdict, problem.case) == (Verdict.TIME_LIMIT, "small")
    assert "no answer within 1 s" in problem.message


@pytest.mark.parametrize("case", ["medium", "large"])
def test_too_slow_for_a_larger_case_is_measured_at_the_smaller(task: LoadedTask, case: str) -> None:
    sizes = {"small": 100, "medium": 1_000, "large": 10_000}
    limits = replace(LIMITS, naive_times_s=dict.fromkeys(sizes, 0.01))
    result = result_of(task, Script(doubled, timed({sizes[case]: 2.0})), limits)
    assert (result.verdict, result.case) == (Verdict.ACCEPTED, {"medium": "small", "large": "medium"}[case])


def test_out_of_memory_at_the_smallest_benchmark_case_names_the_limit(task: LoadedTask) -> None:
    problem = problem_of(task, paced(1e-6, failures=failing(SMALL, FailureKind.MEMORY)))
    assert (problem.verdict, problem.case) == (Verdict.MEMORY_LIMIT, "small")
    assert "the limit is 0.5 GiB" in problem.message


def test_out_of_memory_at_a_larger_case_is_measured_at_the_smaller(task: LoadedTask) -> None:
    result = result_of(task, paced(1e-6, failures=failing(SMALL + 4, FailureKind.MEMORY)))
    assert (result.verdict, result.case) == (Verdict.ACCEPTED, "small")


@pytest.mark.parametrize("kind", [FailureKind.EXCEPTION, FailureKind.SIGNAL, FailureKind.EXIT, FailureKind.INVALID])
def test_any_other_failure_at_a_larger_case_is_a_failure(task: LoadedTask, kind: FailureKind) -> None:
    problem = problem_of(task, paced(1e-6, failures=failing(SMALL + 4, kind)))
    assert problem.case == "medium"
    assert problem.verdict in {Verdict.RUNTIME_ERROR, Verdict.INVALID}


@pytest.mark.parametrize(("call", "case"), [(ONE, "one"), (WARM, "one"), (THREE, "three"), (SEVEN, "seven"), (SMALL, "small")])
def test_a_failure_names_the_case_it_happened_on(task: LoadedTask, call: int, case: str) -> None:
    assert problem_of(task, paced(1e-6, failures=failing(call, FailureKind.EXCEPTION))).case == case


# The case to be measured at


@pytest.mark.parametrize(
    ("pace_s", "case"),
    [(1e-6, "large"), (2.4e-5, "large"), (2.6e-5, "medium"), (2.4e-4, "medium"), (2.6e-4, "small"), (2e-2, "small")],
)
def test_it_is_measured_at_the_largest_case_it_does_in_the_longest_call_or_else_the_smallest(
    task: LoadedTask, pace_s: float, case: str
) -> None:
    assert result_of(task, paced(pace_s)).case == case


def test_the_median_of_three_calls_decides(task: LoadedTask) -> None:
    slow = {SMALL + 8, SMALL + 9}  # the call that only decides whether there are more, and one of the three

    def call_s(inputs: Inputs, number: int) -> float:
        return 0.3 if number in slow else 2e-5 * length(inputs)

    result = result_of(task, Script(doubled, call_s))
    assert result.case == "large"
    assert result.case_times_s["large"] == pytest.approx(0.2)


def test_sizes_that_would_take_far_too_long_are_never_called(task: LoadedTask) -> None:
    assert max(Checkup(task, paced(1e-4)).lengths) == 1_000


def test_a_size_that_is_far_too_long_is_timed_once_after_a_warm_call(task: LoadedTask) -> None:
    checkup = Checkup(task, Script(doubled, timed({100: 0.03, 1_000: 0.5})))
    assert checkup.lengths.count(1_000) == 2
    assert checkup.result.case == "small"
    assert checkup.result.case_times_s["medium"] == pytest.approx(0.5)


DISTURBED_S = 0.3
"""Too long a call, though not too long to be called three times."""


def disturbed(*calls: int, time_s: float = DISTURBED_S) -> Script:
    """A steady program that takes so long in these calls."""
    return Script(doubled, lambda inputs, number: time_s if number in calls else 1e-5 * length(inputs))


@pytest.mark.parametrize(
    ("script", "calls"),
    [
        (disturbed(*range(SMALL + 9, SMALL + 12)), 1 + 3 + 3),
        (disturbed(SMALL + 9, time_s=0.9), 1 + 1 + 3),
        (disturbed(SMALL + 9, SMALL + 10, time_s=0.9), 1 + 1 + 3),
    ],
    ids=["three calls", "a call that took far too long to be followed by others", "and the first one after it, too"],
)
def test_a_disturbed_machine_costs_nobody_the_case_that_the_smaller_one_promised(
    task: LoadedTask, script: Script, calls: int
) -> None:
    checkup = Checkup(task, script)
    assert checkup.result.case == "large"
    assert checkup.result.case_times_s["large"] == pytest.approx(0.1)
    assert checkup.lengths.count(10_000) == calls


def test_of_two_sets_of_calls_the_faster_one_decides_and_there_is_no_third(task: LoadedTask) -> None:
    checkup = Checkup(task, disturbed(*range(SMALL + 8, SMALL + 99)))
    assert checkup.result.case == "medium"
    assert checkup.result.case_times_s["large"] == pytest.approx(DISTURBED_S)
    assert checkup.lengths.count(10_000) == 1 + 3 + 3


def test_a_disturbed_call_that_is_short_does_not_keep_it_from_a_far_larger_case(classroom: Classroom) -> None:
    classroom.teach(TASK.replace("numbers(1_000)", "numbers(4_000)"))
    result = result_of(classroom.task, disturbed(SMALL + 1, SMALL + 2, SMALL + 3, time_s=0.02))
    assert result.case == "large"
    assert result.case_times_s["small"] == pytest.approx(1e-3)


def test_one_call_that_nothing_disturbed_is_enough_to_come_to_the_next_case(task: LoadedTask) -> None:
    """The median would promise 0.7 s at the next case."""
    assert result_of(task, disturbed(SMALL + 1, SMALL + 3, time_s=0.07)).case == "large"


def test_calls_that_are_short_and_not_disturbed_are_made_twice_at_most(classroom: Classroom) -> None:
    classroom.teach(TASK.replace("numbers(1_000)", "numbers(4_000)"))
    checkup = Checkup(classroom.task, paced(2e-4))
    assert checkup.result.case == "small"
    assert checkup.lengths.count(100) == 1 + 3 + 3
    assert max(checkup.lengths) == 100


def test_a_draw_that_hardly_anybody_needs_is_not_kept(task: LoadedTask) -> None:
    inputs, case = DrawnInputs(task.task, SEED), task.task.benchmark_cases[0]
    assert inputs(case, 3) is inputs(case, 3)
    assert inputs(case, 4) is not inputs(case, 4)
    assert np.array_equal(np.asarray(inputs(case, 4).inputs[0]), np.asarray(inputs(case, 4).inputs[0]))


def test_what_takes_hopelessly_long_is_called_only_once_more(task: LoadedTask) -> None:
    assert Checkup(task, disturbed(*range(SMALL + 8, SMALL + 99), time_s=2.6)).lengths.count(10_000) == 1 + 1 + 1


def test_where_the_smaller_case_promised_nothing_it_is_called_no_more(task: LoadedTask) -> None:
    checkup = Checkup(task, paced(2.6e-5))
    assert checkup.result.case == "medium"
    assert checkup.lengths.count(10_000) == 1 + 3


def test_each_call_of_the_second_set_is_on_inputs_that_were_never_seen(task: LoadedTask) -> None:
    seen: list[float] = []

    def noting(x: Array) -> Array:
        seen.append(float(x[-1]))
        return doubled(x)

    result_of(task, replace(disturbed(*range(SMALL + 8, SMALL + 99)), compute=noting))
    assert len(seen[SMALL + 8 :]) == len(set(seen[SMALL + 8 :])) == 1 + 3 + 3


# Inputs


def test_everyone_who_is_checked_with_one_seed_gets_equal_inputs(task: LoadedTask) -> None:
    def drawn(seed: int, case: int, number: int) -> list[float]:
        return list(np.asarray(DrawnInputs(task.task, seed)(task.task.check_cases[case], number).inputs[0]))

    assert drawn(SEED, 1, 0) == drawn(SEED, 1, 0)
    assert drawn(SEED, 1, 0) != drawn(SEED, 1, 1)
    assert drawn(SEED, 1, 0) != drawn(SEED + 1, 1, 0)
    assert drawn(SEED, 1, 0) != drawn(SEED, 2, 0)[:3]


def test_the_answer_is_computed_once_for_everyone(task: LoadedTask) -> None:
    computed: list[Inputs] = []

    def expect(inputs: Inputs) -> object:
        computed.append(inputs)
        return task.task.expect(inputs)

    inputs = DrawnInputs(replace(task.task, expect=expect), SEED)
    assert inputs(task.task.check_cases[0], 0) is inputs(task.task.check_cases[0], 0)
    assert len(computed) == 1


def test_large_draws_are_not_kept_and_come_out_the_same_when_they_are_made_again(
    task: LoadedTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.check._KEPT_BYTES", 100_000)
    inputs, (small, medium, large) = DrawnInputs(task.task, SEED), task.task.benchmark_cases
    first, again = inputs(large, 0), inputs(large, 0)
    assert first is not again
    np.testing.assert_array_equal(np.asarray(first.inputs[0]), np.asarray(again.inputs[0]))
    np.testing.assert_array_equal(first.expected, again.expected)
    for case in (small, medium):
        assert inputs(case, 0) is inputs(case, 0)


def test_a_draw_takes_what_its_arrays_take_wherever_they_are_and_each_once() -> None:
    @dataclass(frozen=True)
    class Expected:
        sums: dict[str, Array]
        known: tuple[Array | float, ...]

    x, y, z = (np.zeros(size) for size in (100, 20, 3))
    prepared = PreparedCase((x, 2.5), (), Expected({"y": y}, (x, z, 1.0)), 1.0, follow_ups=(((x, 3), ()),))
    assert held_bytes(prepared) == 8 * (100 + 20 + 3)


def test_the_facts_of_a_case_are_told_without_drawing_it_again(task: LoadedTask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grading.check._KEPT_BYTES", 0)
    drawn: list[int] = []

    def draw(generator: np.random.Generator) -> Inputs:
        drawn.append(1)
        return (generator.random(5),)

    sized = replace(task.task, size=Size("n", length), usual_operations=lambda *_: 3.0)
    inputs, case = DrawnInputs(sized, SEED), Case("five", draw)
    assert inputs.facts(case) == inputs.facts(case) == CaseFacts(5.0, 3.0, 5.0, input_bytes=40, output_bytes=40)
    assert len(drawn) == 1


@pytest.mark.parametrize("part", ["usual_operations", "size"])
def test_a_slip_in_what_the_course_counts_is_the_courses_fault(task: LoadedTask, part: str) -> None:
    def broken(*_: object) -> float:
        raise ZeroDivisionError("a slip in the course")

    faulty = {"usual_operations": broken, "size": Size("n", broken)}[part]
    with pytest.raises(GraderError, match="the task's own code fails on case 'small': ZeroDivisionError: a slip in the course"):
        result_of(replace(task, task=replace(task.task, **{part: faulty})), paced(1e-6))  # type: ignore[arg-type]  # the same


@pytest.mark.parametrize("part", ["expect", "outputs", "work"])
def test_whatever_the_courses_code_raises_is_the_courses_fault(task: LoadedTask, part: str) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("a slip in the course")

    faulty = replace(task, task=replace(task.task, **{part: broken}))  # type: ignore[arg-type]  # one of the task's functions
    with pytest.raises(GraderError, match="the task's own code fails on case 'one': ZeroDivisionError: a slip in the course"):
        result_of(faulty, paced(1e-6))


def test_a_case_that_cannot_be_drawn_is_the_courses_fault(task: LoadedTask) -> None:
    def broken(_generator: np.random.Generator) -> Inputs:
        raise ValueError("nothing to draw")

    with pytest.raises(GraderError, match="on case 'odd': ValueError: nothing to draw"):
        prepare(task.task, Case("odd", broken), np.random.default_rng(0))


# One call


def outcome(task: LoadedTask, script: Script) -> Problem | None:
    case = task.task.check_cases[0]
    prepared: PreparedCase = DrawnInputs(task.task, SEED)(case, 0)
    with ScriptedBackend({"ada": script}).generation() as generation:
        return call_once(generation, ADA, task.task, case, prepared, LIMITS)[1]


def test_a_single_call_is_judged_like_any_other(task: LoadedTask) -> None:
    assert outcome(task, paced(1e-6)) is None
    wrong = outcome(task, paced(1e-6, compute=wrong_at(1)))
    unreadable = outcome(task, paced(1e-6, import_failure=Failure(FailureKind.SYNTAX, "line 1")))
    assert wrong is not None
    assert wrong.verdict is Verdict.WRONG_ANSWER
    assert unreadable is not None
    assert unreadable.verdict is Verdict.BUILD_ERROR
