"""One's own file among the references: in short, on the same inputs, and without measuring more than is told."""

from pathlib import Path

import pytest

from grader.grading import known_peaks
from grader.grading.class_report import Report
from grader.grading.own_files import grade_own, grade_rest, open_own_session
from grader.grading.progress import Silent
from grader.grading.session import read_class
from tests.cli.test_class_commands import COUNTED, PEAKS
from tests.grading.course_fixture import Classroom, of, paced


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path)
    classroom.submit("ada", paced(2e-6))
    return classroom


def checked(classroom: Classroom) -> Report:
    """What is said first."""
    session = open_own_session(classroom.folder, "double")
    mine = [one for one in read_class(session)[0].everyone if one.kind == "student"]
    with classroom.store() as store:
        return grade_own(session, mine, 0.0, classroom.backend, store, Silent())


def completed(classroom: Classroom) -> Report | None:
    """What is said at last, if there is anything."""
    session = open_own_session(classroom.folder, "double")
    mine = [one for one in read_class(session)[0].everyone if one.kind == "student"]
    with classroom.store() as store:
        return grade_rest(session, mine, classroom.backend, store, Silent())


def references_in(report: Report | None) -> set[str]:
    return set() if report is None else {one.author for one in report.results if one.kind == "reference" and one.rate}


def test_a_first_check_says_the_speed_beside_what_tells_it_and_the_points_and_then_all_the_rest(classroom: Classroom) -> None:
    classroom.refer("tuned", paced(1e-7))
    assert references_in(checked(classroom)) == {"naive", "numba"}
    assert references_in(completed(classroom)) == {"naive", "numpy", "numba", "tuned"}
    assert completed(classroom) is None
    assert references_in(checked(classroom)) == {"naive", "numpy", "numba", "tuned"}


def test_for_a_wrong_file_nothing_is_found_out(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=lambda x: 3 * x))
    checked(classroom)
    assert classroom.calls_in(lambda: completed(classroom)) == {}


def test_what_the_machine_can_do_is_found_out_at_last(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_peaks, "measure_peaks", lambda *_: PEAKS)
    classroom.teach(COUNTED)
    assert of(checked(classroom), "ada").share_of_limit is None
    complete = completed(classroom)
    assert complete is not None
    assert of(complete, "ada").share_of_limit is not None
    assert of(checked(classroom), "ada").share_of_limit is not None


def test_a_file_and_the_references_are_checked_on_the_same_inputs(classroom: Classroom) -> None:
    checked(classroom)
    with classroom.store() as store:
        seeds = {one.seed for kind in ("student", "reference") for one in store.checks_in("double", kind)}
    assert len(seeds) == 1


def test_where_references_stand_alone_one_run_is_enough_and_the_file_itself_gets_three(classroom: Classroom) -> None:
    course_file = classroom.folder / "course.toml"
    course_file.write_text(course_file.read_text(encoding="utf-8").replace("min_runs = 3", "min_runs = 5"), encoding="utf-8")
    session = open_own_session(classroom.folder, "double")
    checked(classroom)
    with classroom.store() as store:
        blocks = store.blocks(session.tasks["double"], session.conditions(classroom.backend.sandbox))
    runs = {any(member.kind == "student" for member in one.block.members): len(one.runs) for one in blocks}
    assert runs == {True: 3, False: 1}


def test_a_second_check_runs_no_reference_but_the_one_it_is_compared_with(classroom: Classroom) -> None:
    checked(classroom)
    called = classroom.calls_in(lambda: checked(classroom))
    assert called.keys() == {"ada", "numba", "control"}
