"""A small class on a real Slurm: its course, what the jobs are seen to do, and the command while a test does something else."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from grader.cluster.batches import Batches
from grader.cluster.job import this_node
from grader.execution.choose import choose_backend
from grader.grading.session import open_session
from tests.cluster.slurm_on_this_host import SlurmHere
from tests.end_to_end.small_course import LOOPS, PROJECT, VECTORS, SmallCourse, make_course

MACHINES = """
[machines.zhores]
threads = 1
preload = ["numpy"]
scheduler = "slurm"
partition = "cpu"
time = "00:05:00"

[machines.zhores.environment]
GRADER_TEST_MARK = "{mark}"

[machines.zhores-gpu]
preload = ["numpy"]
scheduler = "slurm"
partition = "gpu"
gpus = 1
exclusive = false
cpus = 1
time = "00:05:00"

[limits]"""

SEEN = "os.stat(path)"
OPENED = "os.close(os.open(path, os.O_RDONLY))"
"""Where there are no namespaces, whether a file of a known name exists can be asked."""
_SPY = """import os
import socket
import numpy as np

def look(path):
    if path.endswith(".socket"):
        with socket.socket(socket.AF_UNIX) as end:
            end.connect(path)
    {look}

def seen():
    found = [name for name in os.environ if name.startswith(("SLURM", "MUNGE"))]
    for path in {hidden}:
        try:
            look(path)
            found.append(path)
        except OSError:
            pass
    return found

def distances(points):
    if seen():
        raise RuntimeError("I see " + ", ".join(seen()))
    return np.sqrt(((points[:, None] - points) ** 2).sum(axis=2)).sum(axis=1)
"""


def spy(hidden: Iterable[str | Path], look: str = SEEN) -> str:
    """A right program as long as it sees none of this, and nothing of Slurm's in its environment."""
    return _SPY.format(hidden=[str(path) for path in hidden], look=look)


def course_on_cluster(folder: Path) -> SmallCourse:
    """A class of two, one of whom is much faster, in a course that knows the cluster's partitions."""
    folder.mkdir()
    course = make_course(folder)
    path = folder / "course.toml"
    text = path.read_text(encoding="utf-8").replace("[limits]", MACHINES.format(mark=course.mark))
    path.write_text(text.replace("min_runs = 3", "min_runs = 2"), encoding="utf-8")
    course.hand_in("lena", LOOPS)
    course.hand_in("vera", VECTORS)
    return course


def sample_course(folder: Path) -> SmallCourse:
    """The sample class with its course in a folder of its own; little is measured of whoever is right."""
    folder.mkdir()
    for name in ("tasks", "reference", "submissions"):
        (folder / name).symlink_to(PROJECT / name)
    text = (PROJECT / "course.toml").read_text(encoding="utf-8")
    shorter = re.sub(r"^(longest_call_s|seconds_per_run) = \S+", r"\1 = 0.02", text, flags=re.MULTILINE)
    shorter = shorter.replace("[measurement]", "[measurement]\nmin_runs = 2")
    (folder / "course.toml").write_text(shorter, encoding="utf-8")
    return SmallCourse(folder, mark="")


def know_the_node(course: SmallCourse, on: str = "zhores") -> None:
    """Save the grading the job that looks at a node: to measure one takes longer than all the rest."""
    session = open_session(course.folder, None, (), on)
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=False)
    batches_of(course).keep_node(this_node(session, backend), trust_code=False)


def batches_of(course: SmallCourse) -> Batches:
    """What of the course is in Slurm's hands."""
    return Batches(course.folder / "results" / "results.sqlite")


Start = Callable[..., subprocess.Popen[str]]


@contextmanager
def gradings() -> Iterator[Start]:
    """`grader grade --on MACHINE`, while the test does something else; ended with it, whatever happens."""
    with ExitStack() as stack:

        def started(course: SmallCourse, on: str = "zhores") -> subprocess.Popen[str]:
            command = [sys.executable, "-m", "grader", "grade", "--on", on, "--json", "--course", str(course.folder)]
            grading = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT)
            stack.enter_context(grading)
            stack.callback(grading.kill)
            return grading

        yield started


def jobs(course: SmallCourse, on: str = "zhores") -> list[dict[str, str]]:
    """What `grader jobs` says."""
    found: list[dict[str, str]] = course.grader("jobs", "--on", on, "--json").json["jobs"]
    return found


def nodes(slurm: SlurmHere, course: SmallCourse) -> dict[str, str]:
    """By job, where it runs for this course."""
    names = ",".join(batch.name for batch in batches_of(course))
    if not names:
        return {}
    lines = slurm.command("squeue", "--noheader", f"--name={names}", "--states=RUNNING", "--format=%F_%K %N").splitlines()
    return {job: node for job, _, node in (line.partition(" ") for line in lines)}


def verdicts(document: dict[str, object]) -> dict[str, tuple[str, int | None]]:
    """Of the students, with their ranks."""
    results: list[dict[str, object]] = document["results"]  # type: ignore[assignment]
    return {one["author"]: (one["verdict"], one["rank"]) for one in results if one["kind"] == "student"}  # type: ignore[misc]
