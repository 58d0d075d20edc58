"""Does anything that comes from the untrusted side hang, crash or fool the trusted one? A long random run against the parsers.

    python -m benchmarks.fuzz [--inputs 1000000] [--seed 0] [--only TARGET] [--first N] [--failures DIR]

Each target makes an input from the seed, the target's name and the input's number, so that every input can be made again with
`--only TARGET --seed S --first N --inputs 1`. Inputs run in a process of their own with bounded memory; where one makes no
progress for a while or ends the process, it is a finding, and the next process goes on behind it. An input that fails is
written out. Exit code 1 where there are findings.
"""

import argparse
import mmap
import multiprocessing
import pickle
import pprint
import re
import resource
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import hostile_answers, hostile_files, hostile_peer

PATIENCE_S = 60.0
"""No input may take longer, even where other programs want the cores: the slowest takes five seconds alone."""
MEMORY_BYTES = 4 << 30
"""Of the process that runs the inputs, libraries included."""
FINDINGS_SHOWN = 20
_LOOK_EVERY_S = 0.2
_COUNTER_BYTES = 8
_MIB = 1 << 20


@dataclass(frozen=True)
class Target:
    """Something that takes input from the untrusted side."""

    name: str
    share: float
    """Of all inputs of a run."""
    make: Callable[[Random], Any]
    run: Callable[[Any], None]
    """Whatever it raises is a finding."""
    most: int | None = None
    """Inputs that there are, where they are not random."""


BOMBS = list(hostile_files.BOMBS.values())

TARGETS = (
    Target("frames", 0.35, hostile_peer.random_flow, hostile_peer.listen),
    Target("failures", 0.25, hostile_peer.random_failure, hostile_peer.explain),
    Target("lives", 0.25, hostile_peer.random_script, hostile_peer.converse),
    Target("answers", 0.03, hostile_answers.random_answer, hostile_answers.judge_answer),
    Target("sources", 0.03, hostile_files.random_source, hostile_files.read),
    Target("notebooks", 0.03, hostile_files.random_notebook, hostile_files.read),
    Target("tracebacks", 0.03, hostile_files.random_traceback, hostile_files.locate),
    Target("compiled", 0.02, hostile_files.random_packed, hostile_files.restore),
    Target("cases", 0.01, hostile_files.random_case, hostile_files.open_case),
    Target("bombs", 0.0, lambda random: BOMBS[random.randrange(len(BOMBS))](), hostile_files.read, most=len(BOMBS)),
)


@dataclass(frozen=True)
class Finding:
    """An input that did what none may do."""

    target: str
    number: int
    what: str


@dataclass
class Outcome:
    """What one target came to."""

    target: str
    inputs: int = 0
    wall_time_s: float = 0.0
    slowest_s: float = 0.0
    slowest: int = 0
    memory_bytes: int = 0
    """Of the largest process."""
    findings: list[Finding] = field(default_factory=list)


def input_of(target: Target, seed: int, number: int) -> Any:  # noqa: ANN401 -- each target has its own
    """The same input for the same seed and number, whatever ran before."""
    if target.most is not None:
        return BOMBS[number]()
    return target.make(Random(f"{seed}/{target.name}/{number}"))  # noqa: S311 -- it must come again


def fuzz(target: Target, seed: int, first: int, count: int) -> Outcome:
    """Run inputs `first` to `first + count` of a target."""
    outcome = Outcome(target.name)
    start = time.perf_counter()
    number, end = first, first + count if target.most is None else min(first + count, target.most)
    while number < end:
        number = _one_process(target, seed, number, end, outcome)
    outcome.inputs = max(0, end - first)
    outcome.wall_time_s = time.perf_counter() - start
    return outcome


def _one_process(target: Target, seed: int, number: int, end: int, outcome: Outcome) -> int:
    """Let a process run inputs until it is done, hangs or dies; the number to go on from."""
    place = memoryview(mmap.mmap(-1, _COUNTER_BYTES)).cast("Q")  # shared with the process, and written in one piece
    place[0] = at = number
    since = time.monotonic()
    receiver, sender = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_work, args=(target, seed, number, end, place, sender))
    process.start()
    sender.close()
    what = None
    while True:
        for message in _messages(receiver):
            _take(message, target, outcome)
        if not process.is_alive():
            break
        if place[0] != at:
            at, since = place[0], time.monotonic()
        if time.monotonic() - since > PATIENCE_S:
            what = f"no end within {PATIENCE_S:g} s"
            process.kill()
        process.join(_LOOK_EVERY_S)
    for message in _messages(receiver):
        _take(message, target, outcome)
    if process.exitcode == 0:
        return end
    outcome.findings.append(Finding(target.name, place[0], what or f"the process ended with {process.exitcode}"))
    return place[0] + 1


def _messages(receiver: Connection) -> Iterator[tuple[str, Any]]:
    try:
        while receiver.poll():
            yield receiver.recv()
    except EOFError:
        return


def _take(message: tuple[str, Any], target: Target, outcome: Outcome) -> None:
    kind, value = message
    if kind == "finding":
        outcome.findings.append(Finding(target.name, *value))
    else:
        slowest_s, slowest, memory_bytes = value
        if slowest_s > outcome.slowest_s:
            outcome.slowest_s, outcome.slowest = slowest_s, slowest
        outcome.memory_bytes = max(outcome.memory_bytes, memory_bytes)


def _work(target: Target, seed: int, number: int, end: int, place: memoryview, sender: Connection) -> None:
    """Run the inputs, and say what failed; the place says which one is running."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("error")
    slowest_s, slowest, open_before = 0.0, number, None
    for at in range(number, end):
        content = input_of(target, seed, at)
        start = time.monotonic()
        place[0] = at
        try:
            target.run(content)
        except Exception:  # noqa: BLE001 -- whatever it is
            sender.send(("finding", (at, traceback.format_exc())))
        took_s = time.monotonic() - start
        if took_s > slowest_s:
            slowest_s, slowest = took_s, at
        if at == number + 10:
            open_before = _descriptors()
    if open_before is not None and _descriptors() > open_before:
        sender.send(("finding", (end - 1, f"{_descriptors() - open_before} descriptors were left open on the way here")))
    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sender.send(("summary", (slowest_s, slowest, peak_bytes)))


def _descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


# What is said


def _told(outcome: Outcome) -> str:
    rate = outcome.inputs / outcome.wall_time_s if outcome.wall_time_s else 0.0
    return (
        f"{outcome.target:12} {outcome.inputs:>9,} {rate:>9,.0f} {outcome.wall_time_s:>8.1f} {outcome.slowest_s:>10.3f}"
        f" {outcome.memory_bytes / _MIB:>10.0f} {len(outcome.findings):>9}"
    )


HEADS = f"{'target':12} {'inputs':>9} {'a second':>9} {'s':>8} {'slowest s':>10} {'peak MiB':>10} {'findings':>9}"


def _kind(finding: Finding) -> str:
    """The last line of what is said about it, without the names and numbers that differ from input to input."""
    return re.sub(r"\d+|'.*", "…", finding.what.strip().splitlines()[-1])[:100]


def _write(finding: Finding, seed: int, folder: Path) -> Path:
    """The input and what came of it."""
    (target,) = (one for one in TARGETS if one.name == finding.target)
    content = input_of(target, seed, finding.number)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{finding.target}-{seed}-{finding.number}"
    path.with_suffix(".pickle").write_bytes(pickle.dumps(content))
    path.with_suffix(".txt").write_text(f"{finding.what}\n\n{pprint.pformat(content)[:100_000]}\n", "utf-8", "backslashreplace")
    return path.with_suffix(".txt")


def _tell_findings(findings: Sequence[Finding], seed: int, folder: Path) -> None:
    """The first of each kind in full, written out, and how many there were."""
    kinds: dict[str, list[Finding]] = {}
    for finding in findings:
        kinds.setdefault(_kind(finding), []).append(finding)
    for kind, alike in list(kinds.items())[:FINDINGS_SHOWN]:
        path = _write(alike[0], seed, folder)
        _say(f"\n{len(alike)} × {kind}\ninput {alike[0].number}, written to {path}:\n{alike[0].what[-2000:]}")


def _together(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(
        "all",
        inputs=sum(one.inputs for one in outcomes),
        wall_time_s=sum(one.wall_time_s for one in outcomes),
        slowest_s=max(one.slowest_s for one in outcomes),
        memory_bytes=max(one.memory_bytes for one in outcomes),
        findings=[finding for one in outcomes for finding in one.findings],
    )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    """Run, and print a line per target and what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000, help="over all targets")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=[target.name for target in TARGETS], help="all inputs for one target")
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--failures", type=Path, default=Path("results") / "fuzz", help="where inputs that fail are written")
    asked = parser.parse_args()
    _say(HEADS)
    outcomes = []
    for target in TARGETS:
        if asked.only in (None, target.name):
            count = asked.inputs if asked.only else target.most or round(asked.inputs * target.share)
            outcomes.append(fuzz(target, asked.seed, asked.first, count))
            _say(_told(outcomes[-1]))
            _tell_findings(outcomes[-1].findings, asked.seed, asked.failures)
    total = _together(outcomes)
    _say(_told(total))
    return 1 if total.findings else 0


if __name__ == "__main__":
    sys.exit(main())
