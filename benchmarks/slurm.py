"""What the way through Slurm costs: the blocks of one small class, measured here and by jobs of a cluster on this host.

`python -m benchmarks.slurm [--gradings N]` checks the class once each way. Then the real command measures its blocks again, N
times and in turns: what a block takes beside its own runs is the way's. The cluster has one node, which does one block after
the other: so nothing hides what a job costs. A machine that does anything else meanwhile is seen in the figures.
"""

import argparse
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.cluster.slurm_on_this_host import GPU_NODES, SlurmHere, missing
from tests.end_to_end.small_course import LOOPS, VECTORS, SmallCourse, make_course

_HERE, _CLUSTER = "here", "cluster"
_MACHINE = """
[machines.cluster]
preload = ["numpy"]
scheduler = "slurm"
partition = "gpu"  # one node
time = "00:10:00"

[limits]"""
_MEASUREMENT = """[measurement]
block_size = 3"""


@dataclass(frozen=True)
class Graded:
    """The blocks of a class, measured once."""

    wall_time_s: float
    """Of the command."""
    runs_s: float
    """Of all runs, their workers' starts included."""
    blocks: int

    @property
    def beside_runs_s(self) -> float:
        """Seconds a block, beside its runs."""
        return (self.wall_time_s - self.runs_s) / self.blocks


def main() -> None:
    """Print a line for each grading, and what Slurm adds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gradings", type=int, default=5, help="each way")
    gradings = parser.parse_args().gradings
    reason = missing()
    if reason is not None:
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="slurm-") as name, SlurmHere(Path(name) / "slurm") as slurm:
        os.environ.update(slurm.environment)
        course = small_class(Path(name) / "course")
        graded = measured_in_turns(course, slurm, gradings)
    sys.stdout.write(summary(graded[_HERE], graded[_CLUSTER]))


def small_class(folder: Path) -> SmallCourse:
    """Eight students, in blocks of three competitors."""
    folder.mkdir()
    course = make_course(folder)
    path = folder / "course.toml"
    text = path.read_text(encoding="utf-8").replace("[limits]", _MACHINE).replace("[measurement]", _MEASUREMENT)
    path.write_text(text, encoding="utf-8")
    for number in range(4):
        course.hand_in(f"loops-{number}", f"{LOOPS}# {number}\n")
        course.hand_in(f"vectors-{number}", f"{VECTORS}# {number}\n")
    return course


def measured_in_turns(course: SmallCourse, slurm: SlurmHere, gradings: int) -> dict[str, list[Graded]]:
    """By the machine of `course.toml`; each has a store of its own, in which all is checked."""
    graded: dict[str, list[Graded]] = {_HERE: [], _CLUSTER: []}
    for machine in graded:
        measured(course, slurm, machine)
    for _ in range(gradings):
        for machine, so_far in graded.items():
            so_far.append(measured(course, slurm, machine))
            one = so_far[-1]
            sys.stdout.write(
                f"{machine:8} {one.blocks} blocks: {one.wall_time_s:6.1f} s, of which their runs {one.runs_s:5.1f} s;"
                f" a block {one.beside_runs_s:5.2f} s beside them\n"
            )
            sys.stdout.flush()
    return graded


def measured(course: SmallCourse, slurm: SlurmHere, machine: str) -> Graded:
    """Have the real command measure all blocks anew; what is checked stays. RuntimeError where it fails."""
    store = course.folder / "results" / machine / "results.sqlite"
    if store.exists():
        with closing(sqlite3.connect(store)) as connection:
            connection.executescript("DELETE FROM turns; DELETE FROM runs; DELETE FROM blocks;")
    start = time.perf_counter()
    ran = course.grader("grade", "--on", machine, "--store", store, "--json")
    wall_time_s = time.perf_counter() - start
    if ran.code != 0:
        raise RuntimeError(f"grading on {machine} failed:\n{ran.err}\n{slurm.logs()}")
    with closing(sqlite3.connect(store)) as connection:
        ((runs_s,),) = connection.execute("SELECT sum(wall_time_s) FROM runs").fetchall()
        ((blocks,),) = connection.execute("SELECT count(*) FROM blocks").fetchall()
    return Graded(wall_time_s, runs_s, blocks)


def summary(here: Sequence[Graded], cluster: Sequence[Graded]) -> str:
    """What a block takes each way, and what the cluster adds: the median, and the least and most of the gradings."""
    ways = {
        "here": [one.beside_runs_s for one in here],
        f"by jobs, on {len(GPU_NODES)} node": [one.beside_runs_s for one in cluster],
        "added by Slurm": [one.beside_runs_s - other.beside_runs_s for one, other in zip(cluster, here, strict=True)],
    }
    lines = [f"{name:20} {median(each):5.2f} s a block ({min(each):.2f} to {max(each):.2f})\n" for name, each in ways.items()]
    return f"beside its runs, in {len(here)} gradings each way:\n{''.join(lines)}"


if __name__ == "__main__":
    main()
