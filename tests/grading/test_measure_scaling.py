"""The runs of a scaling study: what a script gains from cores comes out, and only right answers count."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import Inputs
from grader.errors import UsageError
from grader.execution.interface import FailureKind
from grader.grading.measure_scaling import Study, measure_scaling
from grader.grading.progress import Progress, Silent
from grader.grading.scaling import amdahl
from grader.grading.session import read_class
from grader.noise import Program, Snapshot
from grader.profiles import Profile
from grader.testing import Script
from tests.grading.course_fixture import TASK, Classroom, failing, paced, write

PACE_S = 2e-5


class Told(Silent):
    """What is being done, as it was told."""

    def __init__(self) -> None:
        self.doing: list[str] = []

    def advance(self, amount: float, doing: str) -> None:
        del amount
        self.doing.append(doing)


def studied(
    classroom: Classroom,
    script: Script,
    counts: tuple[int, ...] = (1, 2, 4),
    budget_s: float = 0.0,
    on_two: Script | None = None,
    progress: Progress | None = None,
) -> Study:
    classroom.submit("ada", script)
    (hand_ins,) = read_class(classroom.session)
    submission = hand_ins.submissions["student/ada"]
    assert isinstance(submission, Submission)
    classroom.backend.scripts |= {f"on {cores}": script for cores in counts}
    if on_two is not None:
        classroom.backend.scripts["on 2"] = on_two
    return measure_scaling(classroom.session, submission, counts, budget_s, classroom.backend, progress or Silent())


def test_what_a_program_gains_from_cores_is_found(classroom: Classroom) -> None:
    study = studied(classroom, paced(PACE_S, speedup=lambda cores: amdahl(0.1, cores)))
    assert (study.author, study.task, study.case, study.work) == ("ada", "double", "large", 10_000)
    assert [one.speedup.value for one in study.scaling.on_cores] == pytest.approx([1, amdahl(0.1, 2), amdahl(0.1, 4)])
    assert study.scaling.serial.value == pytest.approx(0.1)
    assert study.scaling.control.value == pytest.approx(1)
    assert study.scaling.runs == 3
    assert [one.cores for one in study.figures] == [1, 2, 4]
    assert study.figures[0].time_s == pytest.approx(0.2)
    assert study.figures[2].time_s == pytest.approx(0.2 / amdahl(0.1, 4))
    assert [one.peak_memory_bytes for one in study.figures] == [80_000] * 3


def test_what_slows_a_round_slows_all_cores_and_cancels(classroom: Classroom) -> None:
    steady = paced(PACE_S, speedup=lambda cores: amdahl(0.5, cores))

    def by_round(inputs: Inputs, number: int) -> float:
        (x,) = inputs
        assert isinstance(x, np.ndarray)
        return steady.call_s(inputs, number) * float(x[0])  # from 1 to 2, and the same for all in a round

    study = studied(classroom, replace(steady, call_s=by_round))
    assert study.scaling.serial.value == pytest.approx(0.5)
    assert study.scaling.control.value == pytest.approx(1)


def test_every_number_of_cores_has_workers_that_were_started_with_it_and_one_has_a_control(classroom: Classroom) -> None:
    studied(classroom, paced(PACE_S), counts=(1, 2))
    check, *runs_and_memory = classroom.backend.cores
    assert check == 1
    assert runs_and_memory == [1, 2, 1] * 3 + [1, 2]
    assert set(classroom.backend.profiles) == {Profile.THREADS}, "a study may ask for more than a task of one core allows"


def test_a_task_of_processes_keeps_its_profile(classroom: Classroom) -> None:
    write(
        classroom.folder / "tasks" / "double" / "task.py",
        f"{TASK}\nfrom dataclasses import replace\nfrom grader.profiles import Profile\n"
        "TASK = replace(TASK, profile=Profile.PROCESSES)\n",
    )
    studied(classroom, paced(PACE_S))
    assert set(classroom.backend.profiles) == {Profile.PROCESSES}


def test_a_budget_buys_more_runs_up_to_a_limit(classroom: Classroom) -> None:
    assert studied(classroom, paced(PACE_S), budget_s=60).scaling.runs == 10


def test_what_disturbed_its_runs_is_told_with_the_remedy(classroom: Classroom) -> None:
    taken_s = (0.0, 0.0, 0.0, 0.5, 0.5, 0.5)  # before and after each of three runs, of a second each
    classroom.backend.snapshots = iter([Snapshot(float(at), (0,), 2, stolen_s) for at, stolen_s in enumerate(taken_s)])
    (note, *_) = studied(classroom, paced(PACE_S)).notes
    assert note == (
        "the machine was disturbed in 1 of 3 runs: other virtual machines took 50 % of its cores' time;"
        " measure again when the host is quieter"
    )


def test_it_says_for_whom_it_waits_and_waits_for_a_tenth_of_the_budget_at_most(classroom: Classroom) -> None:
    busy = (Program("make", 0, 0.9 * at) for at in count())
    classroom.backend.snapshots = (Snapshot(float(at), (0,), 2, programs={7: next(busy)}) for at in count())
    told = Told()
    studied(classroom, paced(PACE_S), budget_s=0.1, progress=told)
    assert "waiting: make (pid 7) keeps core 0 busy: 90 %" in told.doing


def test_a_wrong_program_is_not_measured(classroom: Classroom) -> None:
    with pytest.raises(UsageError, match="only a right program is measured, and this one is WRONG_ANSWER"):
        studied(classroom, paced(PACE_S, compute=lambda x: 3 * x))


def test_a_program_that_is_wrong_on_more_cores_is_told_where(classroom: Classroom) -> None:
    with pytest.raises(UsageError, match=r"it failed on 2 cores \(WRONG_ANSWER\): Wrong on case 'large'"):
        studied(classroom, paced(PACE_S), on_two=paced(PACE_S, compute=lambda x: 3 * x))


def test_a_crash_on_more_cores_is_told_where(classroom: Classroom) -> None:
    crashing = paced(PACE_S, failures=failing(1, FailureKind.SIGNAL))
    with pytest.raises(UsageError, match=r"it failed on 2 cores \(RUNTIME_ERROR\)"):
        studied(classroom, paced(PACE_S), on_two=crashing)


def test_all_cores_of_a_machine_come_with_a_warning(classroom: Classroom) -> None:
    cores = classroom.session.machine.cores
    assert any("none left for the rest" in note for note in studied(classroom, paced(PACE_S), (1, cores + 1)).notes)
