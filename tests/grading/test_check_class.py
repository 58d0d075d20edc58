"""The check stage over a class: references first, our own faults apart, what was found is kept."""

from dataclasses import replace

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import Array, Inputs
from grader.errors import GraderError
from grader.grading.check_class import align_cases, failing_case_path
from grader.grading.class_report import Report
from grader.grading.session import member_of, read_class
from grader.records import Member
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import TASK, Classroom, doubled, length, of, paced, ranks, write

ADA = Member("ada", "student", "content")


def tripled(x: Array) -> Array:
    return 3 * x


def slow_at(size: int, time_s: float) -> Script:
    return Script(doubled, lambda inputs, _number: time_s if length(inputs) == size else 1e-6 * length(inputs))


def verdicts(report: Report) -> dict[str, Verdict]:
    return {result.author: result.verdict for result in report.results if result.kind == "student"}


# References


def noting(author: str, called: list[str]) -> Script:
    """A right script that leaves its name at every call."""

    def call_s(inputs: Inputs, _number: int) -> float:
        called.append(author)
        return 1e-5 * length(inputs)

    return Script(doubled, call_s)


def test_the_naive_reference_is_checked_before_all_others(classroom: Classroom) -> None:
    called: list[str] = []
    for level in ("another", "naive", "numba", "numpy"):
        classroom.refer(level, noting(level, called))
    classroom.submit("ada", noting("ada", called))
    classroom.grade()
    assert list(dict.fromkeys(called))[:5] == ["naive", "another", "numba", "numpy", "ada"]


@pytest.mark.parametrize(("naive_pace_s", "verdict"), [(1e-3, Verdict.TIME_LIMIT), (3e-3, Verdict.ACCEPTED)])
def test_the_naive_references_times_set_everyones_limit(classroom: Classroom, naive_pace_s: float, verdict: Verdict) -> None:
    classroom.refer("naive", paced(naive_pace_s))
    classroom.submit("ada", slow_at(100, 2.5))
    assert of(classroom.grade(), "ada").verdict is verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("import numba\nnumba.njit(abs)\n", Verdict.ACCEPTED), ("import numpy\nnumpy.abs(1)\n", Verdict.TIME_LIMIT)],
)
def test_only_code_that_may_compile_has_time_for_it(classroom: Classroom, text: str, verdict: Verdict) -> None:
    classroom.submit("ada", paced(1e-6, compile_time_s=5.0), text)
    assert of(classroom.grade(), "ada").verdict is verdict


def test_a_reference_that_fails_its_own_check_is_the_courses_fault(classroom: Classroom) -> None:
    classroom.refer("numba", paced(1e-6, compute=tripled))
    with pytest.raises(GraderError, match="the course's own reference/numba/double is WRONG_ANSWER: Wrong on case 'one'"):
        classroom.grade()


def test_a_reference_that_cannot_be_run_ends_the_grading(classroom: Classroom) -> None:
    classroom.backend.faults += ["numba", "numba"]
    with pytest.raises(GraderError, match="no worker for numba"):
        classroom.grade()


# The grader's own faults


def test_a_fault_of_the_graders_is_tried_again_with_a_new_generation(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.grade()
    usual = classroom.backend.generations
    classroom.backend.generations = 0
    classroom.backend.faults.append("ada")
    report = classroom.grade(fresh=True)
    assert of(report, "ada").verdict is Verdict.ACCEPTED
    assert report.faults == ()
    assert classroom.backend.generations == usual + 1


def test_a_fault_that_stays_is_reported_and_costs_nobody_else_a_result(classroom: Classroom) -> None:
    for author in ("ada", "bob", "eve"):
        classroom.submit(author, paced(2e-6))
    classroom.backend.faults += ["bob", "bob"]
    report = classroom.grade()
    assert verdicts(report) == {"ada": Verdict.ACCEPTED, "bob": Verdict.GRADER_ERROR, "eve": Verdict.ACCEPTED}
    assert ranks(report) == {"ada": 1, "eve": 1}
    assert of(report, "bob").message == "no worker for bob, as scripted"
    assert report.faults == ("student/bob · double: no worker for bob, as scripted",)


def test_a_fault_is_never_a_zero_and_is_graded_the_next_time(classroom: Classroom) -> None:
    classroom.submit("bob", paced(2e-6))
    classroom.backend.faults += ["bob", "bob"]
    report = classroom.grade()
    assert of(report, "bob").points is None
    assert [marks.points for marks in report.marks] == [None]
    calls = classroom.calls_in(lambda: verdicts(classroom.grade()))
    assert calls["bob"] > 0
    assert "naive" not in calls
    assert of(classroom.report(), "bob").points == 5


def test_a_checker_that_breaks_on_one_answer_costs_only_that_author_a_result(classroom: Classroom) -> None:
    broken = TASK.replace("first = wrong[0]", "first = wrong[outputs[0].size]")
    write(classroom.folder / "tasks" / "double" / "task.py", broken)
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2e-6, compute=tripled))
    report = classroom.grade()
    assert verdicts(report) == {"ada": Verdict.ACCEPTED, "bob": Verdict.GRADER_ERROR}
    assert "the task's own code fails on case 'one': IndexError" in of(report, "bob").message


# What is judged without being run


def test_what_cannot_be_run_has_its_verdict_without_being_run(classroom: Classroom) -> None:
    classroom.hand_in("ada", "def double(x):\n    return 2 *\n")
    classroom.hand_in("bob", "def double(x, y, z): ...\n")
    (classroom.folder / "submissions" / "eve").mkdir()
    calls = classroom.calls_in(classroom.grade)
    assert verdicts(classroom.report()) == {"ada": Verdict.BUILD_ERROR, "bob": Verdict.INVALID, "eve": Verdict.MISSING}
    assert calls.keys() == {"naive", "numpy", "numba", "control"}


# The failing case as a file


def test_the_failing_case_is_kept_with_the_inputs_it_failed_on(classroom: Classroom) -> None:
    seen: list[Array] = []

    def compute(x: Array) -> Array:
        seen.append(x)
        return tripled(x) if x.size == 3 else doubled(x)

    classroom.submit("ada", paced(2e-6, compute=compute))
    assert of(classroom.grade(), "ada").verdict is Verdict.WRONG_ANSWER
    with np.load(failing_case_path(classroom.store_file, ADA, "double")) as saved:
        assert (str(saved["task"]), str(saved["case"])) == ("double", "three")
        assert np.array_equal(saved["input_0"], seen[-1])


def test_where_the_case_cannot_be_written_the_verdict_stands(classroom: Classroom) -> None:
    write(classroom.store_file.parent / "cases", "a file where a folder should be")
    classroom.submit("ada", paced(2e-6, compute=tripled))
    classroom.submit("bob", paced(2e-6))
    report = classroom.grade()
    assert verdicts(report) == {"ada": Verdict.WRONG_ANSWER, "bob": Verdict.ACCEPTED}
    (fault,) = report.faults
    assert fault.startswith("student/ada · double: the failing case cannot be written: ")


# Cases


def test_a_student_who_outruns_every_reference_is_measured_where_one_can_be_compared(classroom: Classroom) -> None:
    for level in ("numpy", "numba"):
        classroom.refer(level, paced(1e-4))
    classroom.submit("ada", paced(1e-6))
    result = of(classroom.grade(), "ada")
    assert (result.verdict, result.case) == (Verdict.ACCEPTED, "medium")
    assert result.speedup == pytest.approx(100)


def test_students_can_be_put_at_one_case(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(1e-4))
    report = classroom.grade()
    assert (of(report, "ada").case, of(report, "bob").case) == ("large", "medium")
    session = classroom.session
    with classroom.store() as store:
        align_cases(session, read_class(session), classroom.backend, store)
    report = classroom.grade()
    assert [(of(report, author).case, of(report, author).rank) for author in ("ada", "bob")] == [("medium", 1), ("medium", 2)]
    assert of(report, "ada").counted_rate == of(report, "ada").rate, "she is not there for being slow at the larger case"


def test_a_changed_reference_is_checked_again(classroom: Classroom) -> None:
    classroom.grade()
    write(classroom.folder / "reference" / "numpy" / "double.py", "def double(x):\n    return x + x\n")
    assert "numpy" in classroom.calls_in(classroom.grade)


def test_two_versions_of_one_author_are_two_members(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    (before,) = (one for one in read_class(classroom.session)[0].everyone if one.author == "ada")
    classroom.submit("ada", paced(2e-6), code="# second thoughts")
    (after,) = (one for one in read_class(classroom.session)[0].everyone if one.author == "ada")
    assert isinstance(before, Submission)
    assert member_of(before) != member_of(after)
    assert member_of(before).key == member_of(after).key == member_of(replace(before, function="other")).key
