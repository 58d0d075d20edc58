"""A small class on a real Slurm: the real command, the real sandbox, and what goes wrong on clusters."""

import fcntl
import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.same_board import agreement, boards_of
from grader.cluster.batches import so_far
from grader.execution import mpi
from grader.execution.bubblewrap import exposed_paths
from tests import cores
from tests.cluster.course_on_slurm import (
    Start,
    batches_of,
    course_on_cluster,
    gradings,
    jobs,
    know_the_node,
    nodes,
    sample_course,
    spy,
    verdicts,
)
from tests.cluster.slurm_on_this_host import CPU_NODES, SlurmHere, missing
from tests.end_to_end.planted import planted
from tests.end_to_end.small_course import VECTORS, SmallCourse
from tests.grading.test_mpi_tasks import MPI_TASK

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"no Slurm here: {missing()}")

CHECKS = 3
"""Jobs that check the class of two: of the naive reference, of the others, of the students."""
NAIVE_DOUBLE = 'def double(x: "float64[n]") -> "float64[n]":\n    return 2 * x\n'
SHARED_OUT = """import os
import numpy as np
from mpi4py import MPI

def double(x):
    seen = [name for name in os.environ if name.startswith(("SLURM", "MUNGE"))]
    if seen:
        raise RuntimeError("I see " + ", ".join(seen))
    world = MPI.COMM_WORLD
    parts = world.gather(2 * np.array_split(x, world.size)[world.rank])
    return np.concatenate(parts) if parts is not None else x
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmHere]:
    """A cluster of two nodes for `cpu` and one for `gpu`."""
    with SlurmHere(tmp_path_factory.mktemp("slurm")) as cluster:
        yield cluster


@pytest.fixture
def course(tmp_path: Path, slurm: SlurmHere, monkeypatch: pytest.MonkeyPatch) -> SmallCourse:
    """A class of two on that cluster; its nodes are known already, since to measure one takes longer than all the rest."""
    monkeypatch.setenv("SLURM_CONF", slurm.environment["SLURM_CONF"])
    course = course_on_cluster(tmp_path / "course")
    know_the_node(course)
    return course


@pytest.fixture
def start() -> Iterator[Start]:
    """A grading that goes on while the test does something else."""
    with gradings() as started:
        yield started


def test_a_small_class_gets_the_laptops_verdicts_and_leaderboard_and_sees_nothing_of_the_cluster(
    slurm: SlurmHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_CONF", slurm.environment["SLURM_CONF"])
    course = course_on_cluster(tmp_path / "course")
    shown = exposed_paths()
    at_home = [path for path in Path.home().iterdir() if not any(one.is_relative_to(path) for one in shown)]
    hidden: list[str | Path] = ["/etc/munge", "/run/munge", "/etc/slurm", "/var/spool", *at_home]
    hidden += [
        slurm.folder,
        slurm.folder / "munge.socket",
        slurm.folder / "munge.key",
        course.folder,
        batches_of(course).folder,
    ]
    course.hand_in("spy", spy(hidden))
    course.hand_in("wim", VECTORS.replace("np.sqrt", ""))
    ran = course.grader("grade", "--on", "zhores", "--json")
    assert ran.code == 0, ran.err + slurm.logs()
    assert {author: verdict for author, (verdict, _) in verdicts(ran.json).items()} == {
        "lena": "ACCEPTED",
        "vera": "ACCEPTED",
        "wim": "WRONG_ANSWER",
        "spy": "ACCEPTED",
    }
    results = course.results(ran)
    assert results["vera"]["rank"] < results["lena"]["rank"]
    here = course.grader("grade", "--on", "here", "--store", course.folder / "results" / "own.sqlite", "--json")
    assert here.code == 0, here.err
    found = agreement(boards_of(here.json), boards_of(ran.json))
    assert (found.other_verdicts, found.on_one_board, found.surely_contradicted) == ((), (), ())
    assert found.pairs == 3, "lena, spy and vera"
    assert (ran.json["machine"]["name"], ran.json["faults"]) == ("zhores", [])
    assert ran.json["peaks"]["flop_per_s"] > 0
    assert ran.json["sandbox"].startswith(("full", "reduced (no "))
    assert course.grader("rank", "--on", "zhores", "--json").out == ran.out
    assert jobs(course) == []


SAMPLED = "spectrogram"
"""A task of the sample class in which six hand in, with four verdicts, and nobody compiles anything."""


def test_a_task_of_the_sample_class_gets_the_verdicts_that_were_planted(
    slurm: SlurmHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_CONF", slurm.environment["SLURM_CONF"])
    course = sample_course(tmp_path / "course")
    know_the_node(course)
    ran = course.grader("grade", "--on", "zhores", "--task", SAMPLED, "--budget", "0", "--json")
    assert ran.code == 0, ran.err + slurm.logs()
    assert ran.json["faults"] == []
    expected = {author: verdict for author, task, verdict in planted() if task == SAMPLED}
    assert len(set(expected.values())) > 4, "one who hands in nothing among them"
    assert {author: verdict for author, (verdict, _) in verdicts(ran.json).items()} == expected


def finished_runs(course: SmallCourse) -> dict[str, set[int]]:
    """By job, the seeds of the runs that blocks have finished so far."""
    found = {}
    for batch in batches_of(course):
        for index in batch.open_indices():
            finished = so_far(batch.folder, index).read()
            if finished is not None and finished.runs:
                found[f"{batch.about.job_id}_{index}"] = {run.seed for run in finished.runs}
    return found


def kept(course: SmallCourse, question: str) -> list[Any]:
    """What the store answers, a value a row."""
    with closing(sqlite3.connect(course.folder / "results" / "results.sqlite")) as connection:
        return [value for (value,) in connection.execute(question)]


def kept_runs(course: SmallCourse) -> set[int]:
    """The seeds of the runs in the store."""
    return {int(seed, 16) for seed in kept(course, "SELECT seed FROM runs")}


def test_a_requeue_a_power_cut_and_a_killed_grader_cost_no_result_and_no_finished_run(
    slurm: SlurmHere, course: SmallCourse, start: Start
) -> None:
    path = course.folder / "course.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("min_runs = 2", "min_runs = 4"), encoding="utf-8")
    grading = start(course)
    slurm.wait_until(lambda: finished_runs(course) != {}, "a block has finished a run")
    grading.kill()
    grading.communicate()
    ((job, seeds), *_) = finished_runs(course).items()
    slurm.command("scontrol", "requeue", job)
    grading = start(course)
    slurm.wait_until(lambda: job in nodes(slurm, course), "it runs again")
    node = nodes(slurm, course)[job]
    slurm.kill(node)
    out, errors = grading.communicate(timeout=120)
    slurm.start_node(node)
    assert grading.returncode == 0, errors + slurm.logs()
    assert verdicts(json.loads(out)) == {"vera": ("ACCEPTED", 1), "lena": ("ACCEPTED", 2)}
    assert seeds <= kept_runs(course), "what it had finished was not done again"
    assert jobs(course) == []


def submitted(slurm: SlurmHere) -> set[str]:
    """All jobs that this Slurm remembers."""
    return set(slurm.command("squeue", "--noheader", "--states=all", "--format=%F_%K").split())


def test_a_controller_that_does_not_answer_is_waited_for_and_nothing_is_submitted_twice(
    slurm: SlurmHere, course: SmallCourse, start: Start
) -> None:
    before = submitted(slurm)
    grading = start(course)
    slurm.wait_until(lambda: nodes(slurm, course) != {}, "a job runs")
    slurm.stop_controller()
    silent = course.grader("jobs", "--on", "zhores", "--json").json
    assert "Unable to contact slurm controller" in silent["silent"]
    assert {job["state"] for job in silent["jobs"]} <= {"not known", "done"}
    slurm.wait_until(lambda: any(batch.about.job_id is None for batch in batches_of(course)), "the next job is to be submitted")
    slurm.start_controller()
    out, errors = grading.communicate(timeout=120)
    assert grading.returncode == 0, errors + slurm.logs()
    assert verdicts(json.loads(out)) == {"vera": ("ACCEPTED", 1), "lena": ("ACCEPTED", 2)}
    assert len(submitted(slurm) - before) == CHECKS + kept(course, "SELECT count(*) FROM blocks")[0]
    assert jobs(course) == []


@pytest.fixture
def other_kind(slurm: SlurmHere) -> Iterator[str]:
    """The node that comes first has fewer cores than the others."""
    if len(cores.OWN) == 1:
        pytest.skip("this machine has one core for this process")
    node = CPU_NODES[0]
    slurm.kill(node)
    slurm.start_node(node, core=cores.OWN[0])
    yield node
    slurm.kill(node)
    slurm.start_node(node)


def test_a_node_of_another_kind_does_nothing_and_is_left_out(slurm: SlurmHere, course: SmallCourse, other_kind: str) -> None:
    ran = course.grader("grade", "--on", "zhores", "--json")
    assert ran.code == 0, ran.err + slurm.logs()
    assert ran.json["faults"] == []
    assert verdicts(ran.json) == {"vera": ("ACCEPTED", 1), "lena": ("ACCEPTED", 2)}
    excluded = slurm.command("squeue", "--noheader", "--states=all", "--format=%x").split()
    assert other_kind in excluded, "each job that came to it was sent elsewhere"


@pytest.mark.skipif(mpi.missing() is not None, reason=f"MPI tasks need {mpi.missing()}")
def test_an_mpi_task_is_graded_by_the_mpiexec_that_a_job_step_finds_and_its_processes_see_nothing_of_slurm(
    slurm: SlurmHere, course: SmallCourse
) -> None:
    for place, text in (("tasks/double/task.py", MPI_TASK), ("reference/naive/double.py", NAIVE_DOUBLE)):
        path = course.folder / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    course.hand_in("mia", SHARED_OUT, "double.py")
    know_the_node(course, "zhores-gpu")
    ran = course.grader("grade", "--on", "zhores-gpu", "--task", "double", "--json")
    assert ran.code == 0, ran.err + slurm.logs()
    assert ran.json["faults"] == []
    assert verdicts(ran.json)["mia"] == ("ACCEPTED", 1), course.results(ran)["mia"]["message"]


@pytest.fixture
def drained(slurm: SlurmHere) -> Iterator[None]:
    """The nodes of the partition `cpu` take no jobs."""
    for node in CPU_NODES:
        slurm.command("scontrol", "update", f"NodeName={node}", "State=DRAIN", "Reason=test")
    yield
    for node in CPU_NODES:
        slurm.command("scontrol", "update", f"NodeName={node}", "State=RESUME")


@pytest.mark.usefixtures("drained")
def test_two_graders_share_the_cluster_one_of_which_cannot_start_says_why_is_left_taken_up_and_cancelled(
    slurm: SlurmHere, course: SmallCourse, start: Start, tmp_path: Path
) -> None:
    other = course_on_cluster(tmp_path / "other")
    know_the_node(other, "zhores-gpu")
    on_shared_gpu_node = start(other, "zhores-gpu")

    waiting = start(course)
    slurm.wait_until(lambda: slurm.command("squeue", "--noheader", "--partition=cpu", "--states=PENDING") != "", "a job waits")
    waiting.send_signal(signal.SIGINT)
    _, errors = waiting.communicate(timeout=60)
    assert waiting.returncode == 130
    assert "the jobs on zhores go on" in errors
    assert "`grader grade --on zhores` takes up what they bring" in errors
    (job,) = jobs(course)
    assert job["state"] == "waiting"
    assert "down, drained or reserved" in job["why"].lower()

    waiting = start(course)
    lock = course.folder / "results" / "results.sqlite.lock"
    slurm.wait_until(lambda: is_locked(lock), "it is at work again")
    second = course.grader("grade", "--on", "zhores")
    assert (second.code, "another grading into" in second.err) == (2, True)
    (still,) = jobs(course)
    assert {**still, "why": job["why"]} == job, "it was not submitted a second time; why it waits, Slurm may say otherwise"
    assert course.grader("jobs", "cancel", "--on", "zhores").code == 0
    out, errors = waiting.communicate(timeout=120)
    assert waiting.returncode == 3, errors
    assert "its job was cancelled" in str(json.loads(out)["faults"])

    out, errors = on_shared_gpu_node.communicate(timeout=120)
    assert on_shared_gpu_node.returncode == 0, errors + slurm.logs()
    assert verdicts(json.loads(out)) == {"vera": ("ACCEPTED", 1), "lena": ("ACCEPTED", 2)}


def is_locked(path: Path) -> bool:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_what_the_cluster_does_not_have_is_refused_at_once(slurm: SlurmHere, course: SmallCourse) -> None:
    path = course.folder / "course.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('partition = "cpu"', 'partition = "cpus"'), encoding="utf-8")
    ran = course.grader("grade", "--on", "zhores")
    assert ran.code == 2
    assert "invalid partition" in ran.err.lower()
    assert slurm.states()
