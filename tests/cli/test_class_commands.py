"""`grader grade`: the machine is measured once, and grading does not hang on it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import class_commands
from grader.cli import peaks as peaks_command
from grader.cli.app import EXIT_GRADER, app
from grader.errors import GraderError, UsageError
from grader.execution.interface import Backend
from grader.grading import known_peaks
from grader.machine import Bandwidth, Peaks
from tests.grading.course_fixture import TASK, Classroom, paced

PEAKS = Peaks(1e11, (Bandwidth(1 << 14, 4e11, 2e11, 3e11),))


class Machine:
    """Stands for the measurement of the machine: counts how often it is asked, and may fail."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False

    def measure(self, _backend: Backend, _cores: int) -> Peaks:
        self.asked += 1
        if self.fails:
            raise GraderError("the machine's peaks cannot be measured: no memory")
        return PEAKS


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path)
    classroom.submit("ada", paced(2e-6))
    return classroom


@pytest.fixture
def machine(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> Machine:
    machine = Machine()
    monkeypatch.setattr(known_peaks, "measure_peaks", machine.measure)
    for module in (class_commands, peaks_command):
        monkeypatch.setattr(module, "choose_backend", lambda *_, **__: classroom.backend)
    return machine


def grade(classroom: Classroom, *words: str) -> Result:
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file), "--budget", "0", "--json")
    return CliRunner().invoke(app, ["grade", *here, *words])


def test_the_machine_is_measured_once_and_again_when_all_is_graded_afresh(classroom: Classroom, machine: Machine) -> None:
    document = json.loads(grade(classroom).stdout)
    assert document["peaks"]["flop_per_s"] == 1e11
    assert json.loads(grade(classroom).stdout)["peaks"] == document["peaks"]
    grade(classroom, "ada", "--fresh")
    assert machine.asked == 1
    grade(classroom, "--fresh")
    assert machine.asked == 2


def test_where_it_cannot_be_measured_the_class_is_graded_and_that_is_reported(classroom: Classroom, machine: Machine) -> None:
    machine.fails = True
    result = grade(classroom)
    document = json.loads(result.stdout)
    assert (result.exit_code, document["peaks"]) == (EXIT_GRADER, None)
    assert document["faults"] == ["the machine's peaks cannot be measured: no memory"]
    assert {one["author"]: one["verdict"] for one in document["results"]}["ada"] == "ACCEPTED"
    machine.fails = False
    assert grade(classroom).exit_code == 0, "it is tried again"


def peaks_of(classroom: Classroom, *words: str) -> Result:
    return CliRunner().invoke(app, ["peaks", "--course", str(classroom.folder), "--store", str(classroom.store_file), *words])


def test_the_peaks_are_printed_and_measured_only_where_the_store_has_none(classroom: Classroom, machine: Machine) -> None:
    first = json.loads(peaks_of(classroom, "--json").stdout)
    assert first["peaks"]["flop_per_s"] == 1e11
    assert first["machine"].keys() >= {"fingerprint", "cpu"}
    assert json.loads(peaks_of(classroom, "--json").stdout) == first
    assert "100 G operations/s" in peaks_of(classroom).stdout
    grade(classroom)
    assert machine.asked == 1
    peaks_of(classroom, "--fresh")
    assert machine.asked == 2


def test_where_there_is_nothing_to_print_it_is_said_why(classroom: Classroom, machine: Machine) -> None:
    machine.fails = True
    assert isinstance(peaks_of(classroom).exception, GraderError)


COUNTED = TASK.replace(
    'work_unit="numbers",', 'work_unit="numbers", usual_operations=lambda inputs, expected: 1e6 * expected.size,'
)


def show(classroom: Classroom, *words: str) -> Result:
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file))
    return CliRunner().invoke(app, ["show", *words, *here])


def test_somebody_sees_the_share_of_the_machines_limit_and_has_it_drawn(
    classroom: Classroom, machine: Machine, tmp_path: Path
) -> None:
    classroom.teach(COUNTED)
    document = json.loads(grade(classroom).stdout)
    (ada,) = (one for one in document["results"] if one["author"] == "ada")
    assert machine.asked == 1
    assert ada["limit"]["by"] == "compute"
    assert ada["share_of_limit"] == pytest.approx(ada["limit"]["least_time_s"] / ada["wall_time_s"])
    picture = tmp_path / "ada.svg"
    shown = show(classroom, "ada", "double", "--roofline", str(picture))
    assert shown.exit_code == 0, shown.output
    assert "of what the machine can do" in " ".join(shown.stdout.split())
    assert picture.read_text(encoding="utf-8").lstrip().startswith("<?xml")


@pytest.mark.usefixtures("machine")
def test_without_counted_operations_no_share_is_shown_and_no_picture_is_drawn(classroom: Classroom, tmp_path: Path) -> None:
    grade(classroom)
    assert "share of the limit" not in show(classroom, "ada", "double").stdout
    refused = show(classroom, "ada", "double", "--roofline", str(tmp_path / "ada.svg")).exception
    assert isinstance(refused, UsageError)
    assert "the task counts no operations" in str(refused)


@pytest.mark.usefixtures("machine")
def test_a_picture_that_cannot_be_written_is_a_clear_error(classroom: Classroom, tmp_path: Path) -> None:
    classroom.teach(COUNTED)
    grade(classroom)
    for file in (tmp_path / "nowhere" / "ada.svg", tmp_path / "ada.unknown"):
        refused = show(classroom, "ada", "double", "--roofline", str(file)).exception
        assert isinstance(refused, UsageError)
        assert "the picture cannot be written" in str(refused)
