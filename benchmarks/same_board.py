"""Whether a course graded here and by jobs on two nodes gets the same leaderboards: the sample class, graded both ways.

`python -m benchmarks.same_board [--gradings N] [--task TASK …] [--keep DIR]`: N whole gradings each way, in turns, and each is
compared with each. Two gradings here differ, too, and so do two of the cluster's: that is as far as any two can agree. The
cluster's nodes are on this host, so that they share its cores: a real one's do not.
"""

import argparse
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import combinations, product
from pathlib import Path
from typing import Any

from benchmarks.figures import COURSE
from grader.text import harmless_line
from tests.cluster.slurm_on_this_host import SlurmHere, missing

HERE, CLUSTER = "laptop", "zhores"
"""Machines of the course: the same threads, imports and environment, so that figures are of one kind."""


@dataclass(frozen=True)
class Place:
    """One student's result in one task."""

    verdict: str
    rank: int | None
    rate_low: float | None = None
    rate_high: float | None = None

    def is_apart_from(self, other: "Place") -> bool:
        """Whether their intervals have nothing in common; False where one has none."""
        if self.rate_low is None or self.rate_high is None or other.rate_low is None or other.rate_high is None:
            return False
        return self.rate_high < other.rate_low or other.rate_high < self.rate_low


_WITH_FAULTS = 3
"""How a grading ends that could not do all: whom it concerns stands on one board alone."""

Boards = Mapping[tuple[str, str], Place]
"""By task and author."""


@dataclass(frozen=True)
class Agreement:
    """How two gradings of one class agree, all tasks together; sums of such add up."""

    results: int = 0
    other_verdicts: tuple[str, ...] = ()
    on_one_board: tuple[str, ...] = ()
    """Who is ranked in one of them alone."""
    alike: int = 0
    """Pairs of a task that both rank in this order; or both tie, see `both_tie`."""
    both_tie: int = 0
    tied_in_first: int = 0
    """And in the second one told apart."""
    tied_in_second: int = 0
    contradicted: tuple[str, ...] = ()
    """Pairs that are ranked strictly opposite."""
    surely_contradicted: tuple[str, ...] = ()
    """Those of them whose intervals are disjoint in both gradings: each is sure of the contrary."""

    def __add__(self, other: "Agreement") -> "Agreement":
        return Agreement(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def pairs(self) -> int:
        """Of students whom both have ranked in a task."""
        return self.alike + self.both_tie + self.tied_in_first + self.tied_in_second + len(self.contradicted)

    @property
    def tau_b(self) -> float | None:
        """Kendall's (Biometrika 33, 1945), over the pairs of all tasks; None where a grading separates nobody."""
        strict = self.alike + len(self.contradicted)
        separated = (strict + self.tied_in_second) * (strict + self.tied_in_first)
        return (self.alike - len(self.contradicted)) / math.sqrt(separated) if separated else None


def boards_of(document: Mapping[str, Any]) -> dict[tuple[str, str], Place]:
    """The students' places in what `grader grade --json` prints."""
    return {
        (one["task"], one["author"]): Place(one["verdict"], one["rank"], one["rate_low"], one["rate_high"])
        for one in document["results"]
        if one["kind"] == "student"
    }


def agreement(first: Boards, second: Boards) -> Agreement:
    """Of two gradings of the same class."""
    both = sorted(first.keys() & second.keys())
    named = {key: f"{key[1]} · {key[0]}" for key in first.keys() | second.keys()}
    places = [key for key in both if first[key].rank is not None and second[key].rank is not None]
    pairs = [(one, other) for one, other in combinations(places, 2) if one[0] == other[0]]
    total = Agreement(
        results=len(named),
        other_verdicts=tuple(named[key] for key in both if first[key].verdict != second[key].verdict)
        + tuple(named[key] for key in sorted(first.keys() ^ second.keys())),
        on_one_board=tuple(named[key] for key in both if (first[key].rank is None) != (second[key].rank is None)),
    )
    return sum((_of_pair(first, second, *pair) for pair in pairs), total)


def _of_pair(first: Boards, second: Boards, one: tuple[str, str], other: tuple[str, str]) -> Agreement:
    before, now = (_order(boards[one], boards[other]) for boards in (first, second))
    if before * now < 0:
        name = (f"{one[1]} and {other[1]} · {one[0]}",)
        is_sure = all(boards[one].is_apart_from(boards[other]) for boards in (first, second))
        return Agreement(contradicted=name, surely_contradicted=name if is_sure else ())
    return Agreement(
        alike=int(before == now != 0),
        both_tie=int(before == now == 0),
        tied_in_first=int(before == 0 != now),
        tied_in_second=int(now == 0 != before),
    )


def _order(one: Place, other: Place) -> int:
    return ((one.rank or 0) > (other.rank or 0)) - ((one.rank or 0) < (other.rank or 0))


def table(graded: Mapping[str, Sequence[Boards]]) -> str:
    """A line for each kind of two gradings, and what they contradict each other in."""
    here, cluster = graded[HERE], graded[CLUSTER]
    kinds = {
        "two gradings here": combinations(here, 2),
        "two by jobs": combinations(cluster, 2),
        "here and by jobs": product(here, cluster),
    }
    lines = list[str]()
    for name, twos in kinds.items():
        found = [agreement(*two) for two in twos]
        if found:
            lines += _lines(name, len(found), sum(found, Agreement()))
    return "".join(f"{line}\n" for line in lines)


def _lines(name: str, compared: int, total: Agreement) -> Iterator[str]:
    tau = "–" if total.tau_b is None else f"{total.tau_b:.3f}"
    tied = total.tied_in_first + total.tied_in_second
    yield (
        f"{name}, {compared} compared: {total.results} verdicts, {len(total.other_verdicts)} differ;"
        f" {total.pairs} pairs: {total.alike} in the same order, {total.both_tie} tied in both, {tied} tied in one,"
        f" {len(total.contradicted)} contradicted ({len(total.surely_contradicted)} with intervals apart in both); τ_b {tau}"
    )
    for what in ("other_verdicts", "on_one_board", "contradicted"):
        names: Iterable[str] = getattr(total, what)
        if names:
            yield f"  {what.replace('_', ' ')}: {', '.join(sorted(set(names)))}"


def main() -> None:
    """Grade, say how long each took, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gradings", type=int, default=2, help="each way")
    parser.add_argument("--task", action="append", default=[], help="that alone; may be repeated")
    parser.add_argument("--keep", type=Path, help="a folder for what gradings printed; those that it has are not repeated")
    asked = parser.parse_args()
    reason = missing()
    if reason is not None:
        sys.exit(reason)
    words = [word for task in asked.task for word in ("--task", task)]
    with tempfile.TemporaryDirectory(prefix="board-") as name, SlurmHere(Path(name) / "slurm") as slurm:
        os.environ.update(slurm.environment)
        kept = asked.keep or Path(name) / "kept"
        course = copy_of_course(Path(name) / "course")
        graded: dict[str, list[Boards]] = {HERE: [], CLUSTER: []}
        for number in range(asked.gradings):
            for machine, so_far in graded.items():
                so_far.append(boards_of(_graded(course, machine, kept / f"{machine}-{number}.json", words, slurm)))
    sys.stdout.write(table(graded))


def copy_of_course(folder: Path) -> Path:
    """The sample course without any results."""
    for part in ("tasks", "reference", "submissions"):
        shutil.copytree(COURSE / part, folder / part)
    shutil.copy(COURSE / "course.toml", folder)
    return folder


def _graded(course: Path, machine: str, kept: Path, words: Sequence[str], slurm: SlurmHere) -> dict[str, Any]:
    """What a whole grading into a store of its own prints. RuntimeError where it fails."""
    if not kept.is_file():
        store = course / "results" / kept.stem / "results.sqlite"
        start = time.perf_counter()
        into = ["--course", str(course), "--store", str(store)]
        command = [sys.executable, "-m", "grader", "grade", "--on", machine, "--json", *into, *words]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=COURSE)
        if ran.returncode not in (0, _WITH_FAULTS):
            raise RuntimeError(f"grading on {machine} failed:\n{ran.stderr}\n{slurm.logs()}")
        sys.stdout.write(f"{kept.stem}: graded in {time.perf_counter() - start:.0f} s\n")
        sys.stdout.flush()
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(ran.stdout, encoding="utf-8")
    document: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    sys.stdout.writelines(f"{kept.stem}: the grader itself failed: {harmless_line(fault)}\n" for fault in document["faults"])
    return document


if __name__ == "__main__":
    main()
