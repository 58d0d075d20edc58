"""How jobs end on a real Slurm before they are done: too long, too much memory, for others' sake, or by somebody's hand.

What Slurm notices only every half minute, that a job is over its time, goes on meanwhile the other tests run.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.cluster.slurm import Job, Phase, Slurm, request
from grader.content.course import Machine
from grader.errors import UsageError
from tests.cluster.course_on_slurm import Start, course_on_cluster, gradings, jobs, know_the_node, nodes, verdicts
from tests.cluster.slurm_on_this_host import MEMORY_GROUPS, SlurmHere, missing
from tests.end_to_end.small_course import SmallCourse

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"no Slurm here: {missing()}")

MOST_ELEMENTS = 3
CAPS_MEMORY = MEMORY_GROUPS.is_dir() and os.access(MEMORY_GROUPS, os.W_OK)
SETTINGS = """
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=first Nodes=n1,n2 MaxTime=60 State=UP PriorityTier=10
"""
CAPPED = """
TaskPlugin=task/cgroup
SelectTypeParameters=CR_Core_Memory
"""


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SlurmHere]:
    """A cluster whose partition `first` comes before `cpu`, and which caps the memory of jobs where this host lets it."""
    settings = SETTINGS + (CAPPED if CAPS_MEMORY else "")
    with (
        SlurmHere(tmp_path_factory.mktemp("slurm"), MOST_ELEMENTS, settings=settings) as cluster,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("SLURM_CONF", cluster.environment["SLURM_CONF"])
        yield cluster


@pytest.fixture(scope="module")
def start() -> Iterator[Start]:
    """A grading that goes on while the test does something else."""
    with gradings() as started:
        yield started


def known_course(folder: Path, on: str) -> SmallCourse:
    course = course_on_cluster(folder)
    know_the_node(course, on)
    return course


def wait_for_a_job(slurm: SlurmHere, course: SmallCourse) -> tuple[str, str]:
    """Which job of the course runs, and where."""
    slurm.wait_until(lambda: nodes(slurm, course) != {}, "a job runs")
    ((job, node), *_) = nodes(slurm, course).items()
    return job, node


def as_slurm_sees(job: str) -> Job:
    """One element of an array."""
    array, _, index = job.partition("_")
    return Slurm().jobs()[array, int(index)]


@dataclass(frozen=True)
class Troubled:
    """A grading whose first job had to make room for another, started again, and is then over its time before Slurm notices."""

    grading: subprocess.Popen[str]
    job: str
    meanwhile: Job
    """What the job was while it was out of its place."""


@pytest.fixture(scope="module", autouse=True)
def troubled(slurm: SlurmHere, start: Start, tmp_path_factory: pytest.TempPathFactory) -> Troubled:
    course = known_course(tmp_path_factory.mktemp("late") / "course", "zhores")
    grading = start(course)
    job, node = wait_for_a_job(slurm, course)
    slurm.freeze(node)
    slurm.command("sbatch", "--partition=first", f"--nodelist={node}", "--exclusive", "--wrap=true", "--output=/dev/null")
    slurm.wait_until(lambda: as_slurm_sees(job).phase is Phase.WAITING, "it makes room")
    meanwhile = as_slurm_sees(job)
    slurm.wait_until(lambda: job in nodes(slurm, course), "it starts again")
    slurm.freeze(nodes(slurm, course)[job])
    slurm.command("scontrol", "update", f"JobId={job}", "EndTime=now+1seconds")
    return Troubled(grading, job, meanwhile)


def test_an_array_of_as_many_elements_as_slurm_says_is_taken_and_a_larger_one_is_refused(
    slurm: SlurmHere, tmp_path: Path
) -> None:
    script = tmp_path / "job.sh"
    script.write_text("#!/bin/sh\n", encoding="ascii")
    asked = ["--hold", *request(Machine(partition="gpu", scheduler="slurm"), time_s=60, not_on=(), logs=tmp_path)]
    cluster = Slurm()
    assert cluster.most_elements() == MOST_ELEMENTS
    job_id = cluster.submit(script, "three", MOST_ELEMENTS, asked)
    assert {job.phase for (array, _), job in cluster.jobs().items() if array == job_id} == {Phase.WAITING}
    assert cluster.find("three") == job_id
    with pytest.raises(UsageError, match="Invalid job array specification"):
        cluster.submit(script, "four", MOST_ELEMENTS + 1, asked)
    cluster.cancel([job_id])
    slurm.wait_until(
        lambda: {job.phase for (array, _), job in cluster.jobs().items() if array == job_id} <= {Phase.CANCELLED},
        "they are gone",
    )


@pytest.mark.skipif(not CAPS_MEMORY, reason="Slurm cannot cap the memory of jobs here: no control groups of version 1")
def test_a_job_that_needs_more_memory_than_it_has_is_not_tried_again(slurm: SlurmHere, tmp_path: Path) -> None:
    course = known_course(tmp_path / "course", "zhores-gpu")
    path = course.folder / "course.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('partition = "gpu"', 'partition = "gpu"\nmemory = "24 MiB"'), encoding="utf-8")
    ran = course.grader("grade", "--on", "zhores-gpu", "--json")
    assert ran.code == 3, ran.err + slurm.logs()
    (fault,) = ran.json["faults"]
    assert "its job needed more memory than it has on g1: raise `memory` in [machines.zhores-gpu]" in fault
    assert (verdicts(ran.json), len(ran.json["ungraded"])) == ({}, 3), "nobody has a zero of it"


def test_a_job_that_somebody_cancels_is_left_to_the_next_grading(slurm: SlurmHere, start: Start, tmp_path: Path) -> None:
    course = known_course(tmp_path / "course", "zhores")
    grading = start(course)
    job, node = wait_for_a_job(slurm, course)
    slurm.freeze(node)
    slurm.command("scancel", job)
    out, errors = grading.communicate(timeout=120)
    assert grading.returncode == 3, errors + slurm.logs()
    assert "its job was cancelled; grade again to have it submitted again" in str(json.loads(out)["faults"])
    assert jobs(course) == []


def test_a_job_that_makes_room_for_others_waits_for_its_turn(troubled: Troubled) -> None:
    assert troubled.meanwhile.phase is Phase.WAITING
    assert troubled.meanwhile.why == "BeginTime: was put back into the queue, and starts again in a moment"


def test_a_job_that_takes_too_long_is_submitted_again_with_twice_the_time(slurm: SlurmHere, troubled: Troubled) -> None:
    slurm.wait_until(lambda: as_slurm_sees(troubled.job).phase is Phase.TIMED_OUT, "its time is over")
    out, errors = troubled.grading.communicate(timeout=120)
    assert troubled.grading.returncode == 0, errors + slurm.logs()
    assert verdicts(json.loads(out)) == {"vera": ("ACCEPTED", 1), "lena": ("ACCEPTED", 2)}
    of_all = slurm.command("squeue", "--noheader", "--states=all", "--partition=cpu", "--sort=i", "--format=%l").split()
    assert (of_all[0], of_all.count("10:00")) == ("1:00", 1), "the job as it was cut short, and the same once again"
