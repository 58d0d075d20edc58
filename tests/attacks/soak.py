"""Grades very many hostile submissions in a row, in one generation, and says what they have left behind all together.

    python -m tests.attacks.soak [--submissions N] [--seed S]

Exit code 1: something is left, or the grader itself failed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

from tests.attacks.bench import Bench, CopiedCourse
from tests.attacks.canaries import Canaries, planted
from tests.attacks.corpus import Entry, load_corpus
from tests.attacks.host import Host, Watch, adopting_orphans, catching, changes
from tests.attacks.run import sandbox_for

LONGEST_S = 4.0
"""What took longer once is left out from then on: a thousand endless loops prove no more than one."""
LINE_EVERY = 100


def in_random_order(entries: Sequence[Entry], count: int, too_slow: set[str], random: Random) -> Iterator[Entry]:
    """So many of them, each as often as any other, without those that have become too slow."""
    waiting: list[Entry] = []
    for _ in range(count):
        while not waiting or waiting[-1].name in too_slow:
            waiting = waiting[:-1] or random.sample(entries, len(entries))
        yield waiting.pop()


def main() -> int:
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    asked = parser.parse_args()
    entries = [entry for entry in load_corpus() if entry.kind == "hostile"]
    verdicts: Counter[str] = Counter()
    faults: list[str] = []
    too_slow: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="attacked-") as folder, catching() as catcher, adopting_orphans():
        course, home = CopiedCourse(Path(folder) / "course"), Path(folder) / "home"
        canaries = Canaries.fresh()
        with planted(canaries, course.folder, home):
            session = course.session(sorted({entry.task for entry in entries}))
            watch = Watch((course.folder / "tasks", course.folder / "reference", home))
            with Bench(session, sandbox_for(session), load_corpus(), canaries, watch) as bench:
                for entry in entries:  # so that what is drawn, compiled and imported once is no growth
                    bench._prepare(entry)
                start = time.perf_counter()
                before = watch.look()
                for number, entry in enumerate(in_random_order(entries, asked.submissions, too_slow, Random(asked.seed)), 1):  # noqa: S311 -- it must come again
                    began = time.perf_counter()
                    outcome = bench.pass_by(entry)
                    if time.perf_counter() - began > LONGEST_S:
                        too_slow.add(entry.name)
                    verdicts[str(outcome.verdict)] += 1
                    if outcome.fault is not None:
                        faults.append(f"{entry.name}: {outcome.fault}")
                    if number % LINE_EVERY == 0:
                        catcher.caught()
                        _say(_line(number, time.perf_counter() - start, before, watch.settled(before)))
                after = watch.settled(before)
    left = changes(before, after)
    _say(f"verdicts: {dict(verdicts.most_common())}", *faults, *left)
    _say(
        f"{asked.submissions} hostile submissions in a row: {len(faults)} faults of the grader, {len(left)} things left behind"
    )
    return int(bool(faults or left))


def _line(number: int, seconds: float, before: Host, now: Host) -> str:
    grown = (now.resident_bytes - before.resident_bytes) >> 20
    processes = len(now.processes.keys() - before.processes.keys())
    return (
        f"{number:5} in {seconds:5.0f} s: {processes:+d} processes, {now.descriptors - before.descriptors:+d} descriptors, "
        f"{len(now.marks - before.marks):+d} files, {grown:+d} MiB"
    )


def _say(*lines: str) -> None:
    sys.stdout.write("".join(f"{text}\n" for text in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
