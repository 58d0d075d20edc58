"""How long a student waits for `grader check`: until the answers are known to be right, and until all is said.

`python -m benchmarks.own_check [--task TASK] [--author AUTHOR]` checks the sample class's own files one by one, each with
a store that knows nothing of the references yet (as on the first day), and once more with what that has left.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.content.task import task_names

COURSE = Path(__file__).resolve().parents[1]
_RIGHT = "is right; now the speed"


@dataclass(frozen=True)
class Waited:
    """Seconds from the command's start."""

    right_s: float | None
    """Until it was said that every answer is right; None where it was not."""
    all_s: float
    said: str
    """The last line."""


def main() -> None:
    """Print a line for each file and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=task_names(COURSE))
    parser.add_argument("--author")
    arguments = parser.parse_args()
    for file in sample_files(arguments.task, arguments.author):
        with tempfile.TemporaryDirectory() as folder:
            for store in ("cold", "warm"):
                waited = wait_for_check(file, Path(folder) / "results" / "own.sqlite")
                right = "     –" if waited.right_s is None else f"{waited.right_s:6.2f}"
                name = f"{file.parent.name}/{file.name}"
                sys.stdout.write(f"{name:25} {store}  right {right} s  all {waited.all_s:6.2f} s  {waited.said}\n")
                sys.stdout.flush()


def sample_files(task: str | None, author: str | None) -> Iterator[Path]:
    """What the sample class has handed in as plain files of a task's name."""
    for name in [task] if task else task_names(COURSE):
        yield from sorted((COURSE / "submissions").glob(f"{author or '*'}/{name}.py"))


def wait_for_check(file: Path, store: Path) -> Waited:
    """The real command, as a student types it."""
    command = [sys.executable, "-m", "grader", "check", str(file), "--store", str(store)]
    start = time.perf_counter()
    right_s = None
    last = ""
    with subprocess.Popen(command, cwd=COURSE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            if _RIGHT in line:
                right_s = time.perf_counter() - start
            last = line.strip() or last
    return Waited(right_s, time.perf_counter() - start, last)


if __name__ == "__main__":
    main()
