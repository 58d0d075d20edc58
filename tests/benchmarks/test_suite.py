"""The asv suite: which figures there are, how they come about, and that asv finds them."""

import json
import math
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import asv.config
import asv.environment
import numpy as np
import pytest
from asv_runner.benchmarks.track import TrackBenchmark
from packaging.requirements import Requirement

from benchmarks import figures
from benchmarks.report_pages import KINDS
from benchmarks.suite import bench_gradings, bench_harness
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
from grader.execution import mpi
from grader.execution.interface import FailureKind
from grader.testing import Script
from tests.grading.course_fixture import FOLLOWED_TASK, Classroom, failing, paced
from tests.grading.test_mpi_tasks import LACKING, MPI_TASK

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


def test_and_stands_beside_the_references_where_little_is_asked_for(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.submit("bob", paced(PACE_S))
    monkeypatch.setenv(QUICK_VARIABLE, "1")
    monkeypatch.setenv(SUBMISSIONS_VARIABLE, str(room.folder / "submissions"))
    assert parameters() == (
        ["reference/naive", "reference/numba", "reference/numpy", "student/ada", "student/bob"],
        ["small"],
    )
    with room.store() as store:
        assert Field(room.session, store, room.backend).submission_at("student/bob", "small").author == "bob"


def test_who_does_not_do_a_case_in_time_has_no_figure_there(room: Classroom, field: Field) -> None:
    room.submit("slow", paced(1e-3))
    assert Field(room.session, field.store, room.backend).submission_at("student/slow", "small").author == "slow"
    with pytest.raises(LeftOutError, match="student/slow takes too long for large"):
        Field(room.session, field.store, room.backend).submission_at("student/slow", "large")


def test_nor_has_who_handed_in_nothing(room: Classroom, field: Field) -> None:
    (room.folder / "submissions" / "absent").mkdir()
    with pytest.raises(LeftOutError, match="student/absent has handed in nothing"):
        Field(room.session, field.store, room.backend).submission_at("student/absent", "small")


def test_nor_has_anybody_where_the_task_cannot_be_run(room: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    room.teach(MPI_TASK)
    monkeypatch.setattr(mpi, "missing", lambda: LACKING)
    with room.store() as store:
        field = Field(room.session, store, room.backend)
        for figure in (field.submission_at, field.peak_memory_bytes):
            with pytest.raises(LeftOutError, match="double cannot be run here: MPI tasks need Open MPI"):
                figure("reference/naive", "small")
    assert room.backend.processes == [], "nobody is called"


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


def as_asv_has_it(name: str, room: Classroom, author: str, case: str) -> tuple[float, str]:
    """A figure of `bench_gradings` and its unit: NaN where asv skips it."""
    benchmarks = for_each_task(bench_gradings._Gradings)["Double"]()
    vars(benchmarks)["_backend"] = room.backend
    method = getattr(benchmarks, name)
    benchmark = TrackBenchmark(name, method, [method, benchmarks])
    authors, cases = benchmarks.params
    benchmark.set_param_idx(authors.index(author) * len(cases) + cases.index(case))
    benchmark.set_cache(room.store_file)
    return (math.nan if benchmark.do_setup() else float(benchmark.do_run())), benchmark.unit


@pytest.fixture
def stored(room: Classroom) -> Classroom:
    """A course with a folder for the round's store, as asv has one."""
    room.store_file.parent.mkdir()
    return room


def test_asv_has_the_memory_in_bytes_and_the_speedup_as_a_factor(stored: Classroom) -> None:
    assert as_asv_has_it("track_peak_memory", stored, "student/ada", "medium") == (1000 * 8, "bytes")
    of_ada, unit = as_asv_has_it("track_speedup", stored, "student/ada", "medium")
    of_numba, _ = as_asv_has_it("track_speedup", stored, "reference/numba", "medium")
    assert of_ada == pytest.approx(2 * of_numba)
    assert unit == "×"


@pytest.mark.parametrize("name", ["track_peak_memory", "track_speedup"])
def test_asv_skips_who_is_left_out(name: str, stored: Classroom, capsys: pytest.CaptureFixture[str]) -> None:
    stored.submit("slow", paced(1e-3))
    figure, _ = as_asv_has_it(name, stored, "student/slow", "large")
    assert math.isnan(figure)
    assert "student/slow takes too long for large" in capsys.readouterr().out


def test_who_fails_while_speedups_are_measured_has_none(stored: Classroom) -> None:
    stored.submit("brittle", paced(PACE_S))
    assert as_asv_has_it("track_peak_memory", stored, "student/brittle", "medium")[0] > 0, "it passes the check"
    stored.backend.scripts["brittle"] = paced(PACE_S, failures=failing(1, FailureKind.EXCEPTION))
    assert math.isnan(as_asv_has_it("track_speedup", stored, "student/brittle", "medium")[0])
    assert as_asv_has_it("track_speedup", stored, "student/ada", "medium")[0] > 0


def test_without_a_reference_at_a_case_there_are_no_speedups(stored: Classroom) -> None:
    for level in ("naive", "numpy", "numba"):
        stored.refer(level, paced(1e-3))
    assert math.isnan(as_asv_has_it("track_speedup", stored, "student/ada", "large")[0])


def test_memory_that_cannot_be_had_is_no_figure(stored: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Field, "peak_memory_bytes", lambda *_: None)
    assert math.isnan(as_asv_has_it("track_peak_memory", stored, "student/ada", "medium")[0])


def test_a_workers_start_is_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "WORKER_STARTS", 1)
    harness = bench_harness.Harness()
    harness.setup()
    assert harness.track_worker_start() > 0


def test_boards_are_those_of_a_class_of_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_harness, "SUBMISSIONS", 7)
    large = bench_harness.LargeClass()
    asked = large.setup_cache()
    assert asked.submissions >= 7
    assert large.track_kept_boards(asked, 7) == 1e3 * asked.kept_s > 0
    assert large.track_made_boards(asked, 7) == 1e3 * asked.made_s > 0


def test_pages_are_counted_by_their_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_harness, "AUTHORS", 1)
    pages = bench_harness.ReportPages()
    written = pages.setup_cache()
    assert list(written) == pages.params[0] == [kind.value for kind in KINDS]
    assert all(pages.track_pages_per_s(written, kind, 1) > 0 for kind in written)
    assert written["feedback"].count == 1, "a page for each author"


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
    settings = {"number": 1, "rounds": 12, "repeat": 3, "warmup_time": 0.01, "unit": "seconds"}
    tasks = {folder.name for folder in (ROOT / "tasks").iterdir() if (folder / "task.py").is_file()}
    for task in tasks:
        name = "".join(part.capitalize() for part in task.split("_"))
        timed = benchmarks[f"bench_tasks.{name}.time_call"]
        assert timed["param_names"] == ["author", "case"]
        assert {key: timed[key] for key in settings} == settings, "plain asv puts copies apart at its own"
        assert {f"bench_gradings.{name}.track_peak_memory", f"bench_gradings.{name}.track_speedup"} <= benchmarks.keys()
    units = {name.removeprefix("bench_harness."): one["unit"] for name, one in benchmarks.items() if "harness" in name}
    assert units == {
        "Harness.track_empty_call": "µs",
        "Harness.track_worker_start": "ms",
        "LargeClass.track_kept_boards": "ms",
        "LargeClass.track_made_boards": "ms",
        "ReportPages.track_pages_per_s": "pages/s",
    }


def test_the_environments_are_releases_of_numpy_and_numba_and_the_python_that_is_there_is_run_once() -> None:
    configuration = asv.config.Config.load(str(ROOT / "asv.conf.json"))
    pairs = [
        (environment["req", "numpy"], environment["req", "numba"])
        for environment in asv.environment.iter_matrix("virtualenv", ["3.11"], configuration)
    ]
    assert pairs == [("1.26.4", "0.60.0"), ("2.2.6", "0.62.1"), ("2.2.6", "0.68.1"), ("2.4.6", "0.68.1")]
    assert len(list(asv.environment.iter_matrix("existing", ["same"], configuration, explicit_selection=True))) == 1


def test_processes_are_forked_and_every_environment_has_what_mpi_tasks_need() -> None:
    configuration = asv.config.Config.load(str(ROOT / "asv.conf.json"))
    assert configuration.launch_method == "forkserver"
    (command,) = configuration.install_command
    installed = Requirement(f"grader{command.partition('{wheel_file}')[2]}")
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert "mpi4py" in {Requirement(one).name for extra in installed.extras for one in extras[extra]}
