"""Detection with the real command on real code: honest programs are left alone, and a slow check is noticed.

The course's fastest references, which come nearest to what the machine can do, stay far below its limits.
"""

import numpy as np
import pytest

from grader.content.submission import read_submission
from grader.content.task import LoadedTask, load_task, task_names
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.grading.check import DrawnInputs
from grader.grading.roofline import limit
from grader.grading.session import Session, open_session
from grader.grading.suspicion import LIMIT_MARGIN
from grader.machine import Peaks
from grader.profiles import Profile
from tests.end_to_end.small_course import LOOPS, PROJECT, VECTORS, SmallCourse

TASKS = [task for name in task_names(PROJECT) if (task := load_task(PROJECT, name)).task.profile is Profile.SINGLE]
LIMITED = [task.name for task in TASKS if task.task.least_operations is not None]
COUNTED = [task.name for task in TASKS if task.task.usual_operations is not None]
SLOW_IN_THE_CHECK = """
import time

import numpy as np

checked = None

def distances(points):
    global checked
    if checked is None:
        checked = len(points) == 1  # the check begins with a single point, a measurement never
    if checked and len(points) >= 60:
        time.sleep(0.15)
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)).sum(axis=1)
"""


def test_honest_code_is_left_alone_and_code_that_sleeps_in_the_check_is_noticed(course: SmallCourse) -> None:
    course.hand_in("lena", LOOPS)
    course.hand_in("vera", VECTORS)
    course.hand_in("wily", SLOW_IN_THE_CHECK)
    ran = course.grader("grade", "--json")
    suspected = {result["author"]: result["suspicions"] for result in ran.json["results"] if result["suspicions"]}
    assert suspected.keys() == {"wily"}
    assert any("in the check, which decides where it is measured" in sentence for sentence in suspected["wily"])
    assert ran.json["peaks"]["flop_per_s"] > 1e9
    wily = course.results(ran)["wily"]
    assert (wily["verdict"], wily["looked_at"]) == ("ACCEPTED", None)
    assert wily["rank"] is not None

    assert "!: a person should look at it: grader show AUTHOR TASK" in course.grader("rank").out
    accepted = course.grader("accept", "wily", "distances", "--note", "we talked about it", "--who", "tess")
    assert accepted.code == 0, accepted.err
    assert "a person should look at it" not in course.grader("rank").out
    after = course.results(course.grader("rank", "--json"))["wily"]
    assert after["suspicions"] == wily["suspicions"]
    assert after["looked_at"].endswith("we talked about it")


@pytest.fixture(scope="module")
def session() -> Session:
    return open_session(PROJECT, None, ())


@pytest.fixture(scope="module")
def backend(session: Session) -> Backend:
    return choose_backend(session.course.machine, session.course.limits, trust_code=False)


@pytest.fixture(scope="module")
def peaks(session: Session, backend: Backend) -> Peaks:
    return measure_peaks(backend, session.machine.threads)


def fastest_s(backend: Backend, level: str, task: LoadedTask, inputs: DrawnInputs) -> float:
    """The fastest of a few calls of a reference, at the last case but one."""
    folder = PROJECT / "reference" / level
    submission = read_submission(folder, level, "reference", task.interface, task_names(PROJECT), source_bytes_limit=1 << 20)
    case = task.task.benchmark_cases[-2]
    times_s = []
    with backend.generation() as generation:
        worker = generation.start(submission)  # type: ignore[arg-type]  # the course's own files can be run
        assert worker.load(60.0).failure is None
        for number in range(6):
            prepared = inputs(case, number % 2)
            call = worker.call(prepared.inputs, prepared.outputs, 60.0)
            assert call.failure is None
            times_s.append(call.wall_time_s)
    return min(times_s)


@pytest.mark.parametrize("name", LIMITED)
def test_the_fastest_references_stay_below_the_limits_by_a_margin(
    session: Session, backend: Backend, peaks: Peaks, name: str
) -> None:
    task = session.tasks[name]
    inputs = DrawnInputs(task.task, seed=1)
    prepared = inputs(task.task.benchmark_cases[-2], 0)
    size_bytes = sum(int(np.prod(spec.shape)) * np.dtype(spec.dtype).itemsize for spec in prepared.outputs)
    least_operations = task.task.least_operations
    assert least_operations is not None
    for level in ("tuned", "numpy"):
        seconds = fastest_s(backend, level, task, inputs)
        assert least_operations * prepared.work / seconds < LIMIT_MARGIN * peaks.flop_per_s / 2
        assert size_bytes / seconds < LIMIT_MARGIN * peaks.write_bytes_per_s(size_bytes) / 2


@pytest.mark.parametrize("name", COUNTED)
def test_the_fastest_references_come_near_the_machines_limit_and_not_beyond_it(
    session: Session, backend: Backend, peaks: Peaks, name: str
) -> None:
    """The usual operations are a fair scale. The margin is for peaks that were measured while others were at work."""
    task = session.tasks[name]
    inputs = DrawnInputs(task.task, seed=1)
    prepared = inputs(task.task.benchmark_cases[-2], 0)
    assert task.task.usual_operations is not None
    operations = task.task.usual_operations(prepared.inputs, prepared.expected)
    read_bytes = sum(value.nbytes for value in prepared.inputs if isinstance(value, np.ndarray))
    written_bytes = sum(int(np.prod(spec.shape)) * np.dtype(spec.dtype).itemsize for spec in prepared.outputs)
    least_s = limit(operations, read_bytes, written_bytes, 1, peaks).least_time_s
    for level in ("tuned", "numpy"):
        assert 0.005 < least_s / fastest_s(backend, level, task, inputs) < LIMIT_MARGIN
