"""The asv suite: which figures there are, how they come about, and that asv finds them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asv.config
import asv.environment
import numpy as np
import pytest

from benchmarks.suite.programs import (
    QUICK_VARIABLE,
    SUBMISSIONS_VARIABLE,
    Field,
    LeftOutError,
    Program,
    TaskBenchmarks,
    for_each_task,
)
from grader.errors import GraderError
from grader.testing import Script
from tests.grading.course_fixture import FOLLOWED_TASK, Classroom, paced

ROOT = Path(__file__).resolve().parents[2]
PACE_S = 1e-5


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """A course that lies where asv checks a commit out."""
    monkeypatch.setenv("ASV_ENV_DIR", str(tmp_path))
    monkeypatch.delenv(QUICK_VARIABLE, raising=False)
    monkeypatch.delenv(SUBMISSIONS_VARIABLE, raising=False)
    room = Classroom(tmp_path / "project")
    room.refer("numba", paced(2 * PACE_S))
    room.submit("ada", paced(PACE_S))
    return room


@pytest.fixture
def field(room: Classroom) -> Iterator[Field]:
    with room.store() as store:
        yield Field(room.session, store, room.backend)


def parameters() -> tuple[list[str], list[str]]:
    return for_each_task(TaskBenchmarks)["Double"].params


def test_figures_are_of_every_author_of_the_commits_course_at_every_case(room: Classroom) -> None:
    del room
    assert parameters() == (
        ["reference/naive", "reference/numba", "reference/numpy", "student/ada"],
        ["small", "medium", "large"],
    )


def test_quick_are_the_references_at_the_smallest_case(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    del room
    monkeypatch.setenv(QUICK_VARIABLE, "1")
    assert parameters() == (["reference/naive", "reference/numba", "reference/numpy"], ["small"])


def test_quick_there_is_nobody_who_has_nothing(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    (room.folder / "reference" / "mpi").mkdir()
    assert "reference/mpi" in parameters()[0]
    monkeypatch.setenv(QUICK_VARIABLE, "1")
    assert "reference/mpi" not in parameters()[0]


def test_another_folder_takes_the_place_of_the_class(room: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del room
    (tmp_path / "attempts" / "bob").mkdir(parents=True)
    monkeypatch.setenv(SUBMISSIONS_VARIABLE, str(tmp_path / "attempts"))
    assert parameters()[0] == ["reference/naive", "reference/numba", "reference/numpy", "student/bob"]


def test_who_does_not_do_a_case_in_time_has_no_figure_there(room: Classroom, field: Field) -> None:
    room.submit("slow", paced(1e-3))
    assert Field(room.session, field.store, room.backend).submission_at("student/slow", "small").author == "slow"
    with pytest.raises(LeftOutError, match="student/slow takes too long for large"):
        Field(room.session, field.store, room.backend).submission_at("student/slow", "large")


def test_nor_has_who_handed_in_nothing(room: Classroom, field: Field) -> None:
    (room.folder / "submissions" / "absent").mkdir()
    with pytest.raises(LeftOutError, match="student/absent has handed in nothing"):
        Field(room.session, field.store, room.backend).submission_at("student/absent", "small")


def test_a_wrong_program_is_a_failure(room: Classroom, field: Field) -> None:
    room.submit("wrong", Script(lambda x: 3 * x, lambda _inputs, _number: 1e-3))
    with pytest.raises(GraderError, match="student/wrong is WRONG_ANSWER"):
        Field(room.session, field.store, room.backend).submission_at("student/wrong", "small")


def test_everyone_is_checked_once(room: Classroom, field: Field) -> None:
    field.checks()
    again = Field(room.session, field.store, room.backend)
    assert room.calls_in(again.checks) == {}


def test_what_a_program_compiled_when_it_was_checked_is_given_back_to_it(room: Classroom, field: Field) -> None:
    room.submit("compiler", Script(lambda x: 2 * x, lambda _inputs, _number: 1e-3, compiles=b"machine code"))
    checked = Field(room.session, field.store, room.backend)
    submission = checked.submission_at("student/compiler", "small")
    Program(Field(room.session, field.store, room.backend), submission, "small").close()
    assert room.backend.given[-1] == ("compiler", b"machine code")


def test_the_time_is_that_of_the_calls_alone(field: Field) -> None:
    program = Program(field, field.submission_at("student/ada", "medium"), "medium")
    before_s = program.inside_s
    first, second = program.fresh(), program.fresh()
    assert not np.array_equal(first.inputs[0], second.inputs[0])
    assert program.inside_s == before_s
    program.call(first)
    assert program.inside_s - before_s == pytest.approx(1000 * PACE_S)
    program.close()


def test_a_call_whose_answer_is_wrong_has_no_time(room: Classroom, field: Field) -> None:
    factors = [2]
    room.submit("fickle", Script(lambda x: factors[0] * x, lambda _inputs, _number: 1e-3))
    program = Program(field, Field(room.session, field.store, room.backend).submission_at("student/fickle", "small"), "small")
    before_s = program.inside_s
    factors[0] = 3
    with pytest.raises(GraderError, match="WRONG_ANSWER"):
        program.call(program.fresh())
    assert program.inside_s == before_s
    program.close()


def test_the_warm_call_is_followed_up_where_the_task_asks_for_it(room: Classroom, field: Field) -> None:
    room.teach(FOLLOWED_TASK)
    followed = Field(room.session, field.store, room.backend)
    submission = followed.submission_at("student/ada", "small")
    opening = room.calls_in(lambda: Program(followed, submission, "small").close())
    assert opening["ada"] > 1


def test_memory_is_that_of_a_call_of_the_check(room: Classroom, field: Field) -> None:
    assert field.peak_memory_bytes("student/ada", "medium") == 1000 * 8
    assert room.calls_in(lambda: field.peak_memory_bytes("student/ada", "small")) == {}


def test_speedups_are_over_the_courses_baseline_and_measured_once(room: Classroom, field: Field) -> None:
    speedups = field.speedups("medium")
    assert speedups["student/ada"] == pytest.approx(2 * speedups["reference/numba"])
    again = Field(room.session, field.store, room.backend)
    assert room.calls_in(lambda: again.speedups("medium")) == {}


def test_quick_speedups_are_of_a_single_run(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(QUICK_VARIABLE, "1")
    with room.store() as store:
        field = Field(room.session, store, room.backend)
        assert field.speedups("small").keys() >= {"reference/naive", "reference/numba", "reference/numpy"}
        (block,) = store.blocks(field.hand_ins.task, field.conditions)
    assert len(block.runs) == 1


def test_asv_finds_a_class_for_every_task_wherever_it_is_started(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    code = "import sys; from asv_runner.discovery import _discover; _discover(sys.argv[1:])"
    environment = {"PYTHONPATH": str(Path(asv.environment.__file__).parents[1]), "PATH": "", QUICK_VARIABLE: "1"}
    subprocess.run(
        [sys.executable, "-c", code, str(ROOT / "benchmarks" / "suite"), str(found)], check=True, cwd=tmp_path, env=environment
    )
    benchmarks = {one["name"]: one for one in json.loads(found.read_text(encoding="utf-8"))}
    tasks = {folder.name for folder in (ROOT / "tasks").iterdir() if (folder / "task.py").is_file()}
    for task in tasks:
        name = "".join(part.capitalize() for part in task.split("_"))
        assert benchmarks[f"bench_tasks.{name}.time_call"]["param_names"] == ["author", "case"]
        assert {f"bench_gradings.{name}.track_peak_memory", f"bench_gradings.{name}.track_speedup"} <= benchmarks.keys()
    assert "bench_harness.Harness.track_empty_call" in benchmarks


def test_the_environments_are_releases_of_numpy_and_numba_and_the_python_that_is_there_is_run_once() -> None:
    configuration = asv.config.Config.load(str(ROOT / "asv.conf.json"))
    pairs = [
        (environment["req", "numpy"], environment["req", "numba"])
        for environment in asv.environment.iter_matrix("virtualenv", ["3.11"], configuration)
    ]
    assert pairs == [("1.26.4", "0.60.0"), ("2.2.6", "0.62.1"), ("2.2.6", "0.68.1"), ("2.4.6", "0.68.1")]
    assert len(list(asv.environment.iter_matrix("existing", ["same"], configuration, explicit_selection=True))) == 1
