"""Tasks of MPI processes in every stage: who is called by how many, and what becomes of them where MPI is missing."""

import re
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest
from rich.console import Console

from grader.cli import class_commands
from grader.cli.class_commands import Place, grade_class
from grader.content.task import load_task
from grader.errors import GraderError, UsageError
from grader.execution import mpi
from grader.grading import session as sessions
from grader.grading.measure_scaling import measure_scaling
from grader.grading.own_files import open_own_session
from grader.grading.pipeline import Wanted
from grader.grading.progress import Silent
from grader.grading.session import cannot_run, read_class
from grader.profiles import Profile
from grader.report.as_json import scaling_document
from grader.report.scaling import scaled
from grader.verdicts import Verdict
from tests.grading.course_fixture import TASK, Classroom, of, paced

MPI_TASK = TASK + dedent("""
    from dataclasses import replace

    from grader.profiles import Profile

    one, three, seven = TASK.check_cases
    TASK = replace(
        TASK,
        profile=Profile.MPI,
        check_cases=(one, replace(three, processes=3), replace(seven, processes=5)),
        benchmark_cases=tuple(replace(case, processes=2) for case in TASK.benchmark_cases),
    )
""")
LACKING = "Open MPI (Debian: apt-get install openmpi-bin)"


@pytest.fixture
def of_processes(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """The task as one of MPI processes, on a machine of two cores that has Open MPI: scripts need neither."""
    classroom.teach(MPI_TASK)
    monkeypatch.setattr(mpi, "missing", lambda: None)
    monkeypatch.setattr(sessions, "usable_cpus", lambda: (0, 1))
    return classroom


def test_each_case_is_called_by_the_processes_that_it_names(of_processes: Classroom) -> None:
    of_processes.submit("ada", paced(1e-6))
    report = of_processes.grade()
    assert of(report, "ada").verdict is Verdict.ACCEPTED
    assert of(report, "ada").rank == 1
    called = of_processes.backend.processes
    assert set(called) == {1, 2, 3, 5}
    assert called[:4] == [1, 1, 3, 5], "the check of the naive reference: the first case is called twice"
    assert set(of_processes.backend.profiles) == {Profile.MPI}
    assert set(of_processes.backend.cores) == {2}


def test_where_there_are_fewer_cores_than_processes_the_benchmark_has_as_many_as_cores(
    of_processes: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "usable_cpus", lambda: (0,))
    (task,) = of_processes.session.tasks.values()
    assert {case.processes for case in task.task.benchmark_cases} == {1}
    assert [case.processes for case in task.task.check_cases] == [1, 3, 5], "the check asks for any number all the same"
    assert task.version == of_processes.task.version, "the machine is among the conditions of a result already"


def test_a_courses_threads_are_fewer_cores_and_other_results(of_processes: Classroom) -> None:
    course = of_processes.folder / "course.toml"
    course.write_text(course.read_text(encoding="utf-8") + "\n[tasks.double]\nthreads = 1\n", encoding="utf-8")
    (task,) = of_processes.session.tasks.values()
    assert task.task.cores == 1
    assert task.version != of_processes.task.version


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("profile=Profile.MPI", "names 0 processes: name 1 or more"),
        ("profile=Profile.THREADS", "names 2 processes: set profile=Profile.MPI, or leave `processes` out"),
    ],
)
def test_a_case_that_cannot_have_its_processes_is_the_courses_fault(classroom: Classroom, change: str, said: str) -> None:
    count = said.split()[1]
    classroom.teach(
        f"{TASK}\nfrom dataclasses import replace\nfrom grader.profiles import Profile\n"
        f"TASK = replace(TASK, {change}, check_cases=(replace(TASK.check_cases[0], processes={count}),))\n"
    )
    with pytest.raises(GraderError, match=said):
        load_task(classroom.folder, "double")


def test_a_mistake_of_so_many_processes_is_named_where_these_call_though_others_were_right(of_processes: Classroom) -> None:
    of_processes.teach(
        f"{MPI_TASK}\n"
        "lost = lambda x: (np.append(2 * x[:-1], 0.0),)\n"
        "named = [Mistake(f'lost by {n}', f'the last is lost: {n}', lost, processes=n) for n in (3, 5)]\n"
        "TASK = replace(TASK, mistakes=tuple(named))\n"
    )
    of_processes.submit("ada", paced(1e-6, compute=lambda x: np.append(2 * x[:-1], 0.0) if len(x) == 3 else 2 * x))
    message = of(of_processes.grade(), "ada").message
    assert "known mistake: the last is lost: 3" in message
    assert "called by 3 MPI processes" in message


def test_strong_scaling_is_over_numbers_of_processes(of_processes: Classroom) -> None:
    rank_0_has_most = {1: (9_000_000,), 2: (5_000_000, 4_000_000), 4: (3_000_000, *[2_000_000] * 3)}
    script = paced(
        2e-5, speedup=lambda cores: cores**0.5, process_peaks_bytes=lambda processes: rank_0_has_most.get(processes, ())
    )
    of_processes.submit("ada", script)
    (hand_ins,) = read_class(of_processes.session)
    of_processes.backend.scripts |= {f"on {cores}": script for cores in (1, 2, 4)}
    before = len(of_processes.backend.processes)
    submission = hand_ins.submissions["student/ada"]
    study = measure_scaling(of_processes.session, submission, (1, 2, 4), 0.0, of_processes.backend, Silent())
    assert study.of_processes
    assert [one.speedup.value for one in study.scaling.on_cores] == pytest.approx([1, 2**0.5, 2])
    called = of_processes.backend.processes[before:]
    assert set(called) == {1, 2, 3, 4, 5}
    assert called[-6:] == [1, 1, 2, 2, 4, 4], "the calls for the memory"
    assert {one.cores: one.process_peaks_bytes for one in study.figures} == rank_0_has_most
    assert [one["process_peaks_bytes"] for one in scaling_document(study)["on_cores"]] == list(rank_0_has_most.values())
    console = Console(width=150)
    with console.capture() as shown:
        console.print(scaled(study))
    for processes, largest in ((1, "9 MB"), (2, "5 MB"), (4, "3 MB")):
        assert re.search(rf"^ *{processes} .* {largest}\s*$", shown.get(), re.MULTILINE), shown.get()


# Another version of MPI


def test_results_of_another_mpi_do_not_count_for_tasks_of_mpi_processes(
    of_processes: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_processes.submit("ada", paced(1e-6))
    monkeypatch.setattr(mpi, "versions", lambda: "Open MPI 4.1.4, mpi4py 4.1.1")
    of_processes.grade()
    assert of_processes.calls_in(of_processes.grade) == {}
    assert of(of_processes.report(), "ada").rank == 1
    monkeypatch.setattr(mpi, "versions", lambda: "Open MPI 5.0.6, mpi4py 4.1.1")
    assert "ada · double" in of_processes.report().ungraded
    assert "ada" in of_processes.calls_in(of_processes.grade)


def test_they_do_for_all_other_tasks(classroom: Classroom) -> None:
    task, mine = classroom.task, classroom.session.conditions("full")
    assert replace(mine, mpi="Open MPI 5.0.6").of(task) == mine.of(task)


def test_the_conditions_of_a_task_are_the_same_however_often_they_are_asked_for(of_processes: Classroom) -> None:
    task = of_processes.task
    mine = replace(of_processes.session.conditions("full"), mpi="Open MPI 5.0.6")
    assert mine.of(task).of(task) == mine.of(task) != replace(mine, mpi="Open MPI 4.1.4").of(task)


@pytest.mark.skipif(mpi.missing() is not None, reason=f"MPI tasks need {mpi.missing()}")
def test_the_versions_are_those_that_the_programs_say() -> None:
    assert re.fullmatch(r"Open MPI \d+\.\d+\S*, mpi4py \d+\S*", mpi.versions())


# Where MPI is missing


def test_without_mpi_its_tasks_stay_ungraded_and_nobody_is_called(
    of_processes: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mpi, "missing", lambda: LACKING)
    of_processes.submit("ada", paced(1e-6))
    report = of_processes.grade()
    assert report.results == ()
    assert report.faults == ()
    assert "ada · double" in report.ungraded
    assert of_processes.backend.processes == []


def test_without_namespaces_they_do_too(of_processes: Classroom) -> None:
    (task,) = of_processes.session.tasks.values()
    assert cannot_run(task) is None
    assert "without user namespaces" in str(cannot_run(task, "reduced (no namespaces)"))


def test_who_asks_for_such_a_task_hears_what_to_install(of_processes: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mpi, "missing", lambda: LACKING)
    with pytest.raises(UsageError, match="double cannot be run here: MPI tasks need Open MPI"):
        open_own_session(of_processes.folder, "double")
    place = Place(of_processes.folder, None, None)
    with pytest.raises(UsageError, match="double cannot be run here: MPI tasks need Open MPI"):
        grade_class(place, ["double"], Wanted(), trust_code=True, as_json=False)


def test_a_grading_of_everything_says_in_one_line_what_is_left_out(
    of_processes: Classroom, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mpi, "missing", lambda: LACKING)
    monkeypatch.setattr(class_commands, "choose_backend", lambda *_, **_how: of_processes.backend)
    monkeypatch.setattr(class_commands, "peaks_faults", lambda *_, **_how: ())
    report = grade_class(Place(of_processes.folder, None, None), [], Wanted(), trust_code=True, as_json=True)
    assert report.faults == ()
    assert f"left out: double: MPI tasks need {LACKING}\n" in capsys.readouterr().err


def test_what_is_missing_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert str(mpi.missing()).startswith(LACKING)
