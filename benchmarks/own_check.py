"""How long a student waits for `grader check`: until the answers are known to be right, the speed is, and all is said.

`python -m benchmarks.own_check [--task TASK] [--author AUTHOR] [--notebook]` checks the sample class's files one by one, each
in a course that knows nothing of the references yet (as on the first day), and once more with what that has left. With
`--notebook` their text is a cell, and `grader.check(…)` the next one; pictures are then drawn, too.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.content.task import task_names

COURSE = Path(__file__).resolve().parents[1]
_RIGHT, _SPEED, _CLOSED = "is right; now the speed", "time of a call", ": correct · "
_OF_A_COURSE = ("course.toml", "tasks", "reference")
_NOTEBOOK = """
import sys
from pathlib import Path
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

file = Path(sys.argv[1])
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
for cell in (file.read_text(encoding="utf-8"), f"import grader\\nprint(grader.check({file.stem}))"):
    shell.run_cell(cell, store_history=True)
"""


@dataclass(frozen=True)
class Waited:
    """Seconds from the command's start."""

    right_s: float | None
    """Until it was said that every answer is right; None where it was not."""
    speed_s: float | None
    """Until the speed and what earns points were said; None where they were not."""
    closed_s: float | None
    """Until all of it was said in one line, with the points and the slowest line, the first time."""
    all_s: float
    said: str
    """The last line."""


def main() -> None:
    """Print a line for each file and store."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", choices=task_names(COURSE))
    parser.add_argument("--author")
    parser.add_argument("--notebook", action="store_true", help="as cells of a notebook")
    arguments = parser.parse_args()
    for file in sample_files(arguments.task, arguments.author):
        with tempfile.TemporaryDirectory() as folder:
            course = _unused_course(Path(folder))
            for store in ("cold", "warm"):
                waited = wait_for_check(file, course, in_notebook=arguments.notebook)
                name = f"{file.parent.name}/{file.name}"
                steps = {"right": waited.right_s, "speed": waited.speed_s, "closed": waited.closed_s, "all": waited.all_s}
                told = "  ".join(f"{step} {_seconds(value)}" for step, value in steps.items())
                sys.stdout.write(f"{name:25} {store}  {told}  {waited.said}\n")
                sys.stdout.flush()


def _seconds(value: float | None) -> str:
    return "      –  " if value is None else f"{value:6.2f} s"


def _unused_course(folder: Path) -> Path:
    """A copy of the course that nothing has been checked in: its checkers are not compiled yet either."""
    for name in _OF_A_COURSE:
        if (COURSE / name).is_dir():
            shutil.copytree(COURSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(COURSE / name, folder / name)
    return folder


def sample_files(task: str | None, author: str | None) -> Iterator[Path]:
    """What the sample class has handed in as plain files of a task's name."""
    for name in [task] if task else task_names(COURSE):
        yield from sorted((COURSE / "submissions").glob(f"{author or '*'}/{name}.py"))


def wait_for_check(file: Path, course: Path, *, in_notebook: bool = False) -> Waited:
    """The real command, as a student types it; or the real cells."""
    words = ["-c", _NOTEBOOK, str(file)] if in_notebook else ["-m", "grader", "check", str(file)]
    environment = {**os.environ, "GRADER_COURSE": str(course), "PYTHONUNBUFFERED": "1"}
    start = time.perf_counter()
    first_s: dict[str, float] = {}
    last = ""
    with subprocess.Popen(
        [sys.executable, *words], cwd=COURSE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            now_s = time.perf_counter() - start
            for words_of_step in (_RIGHT, _SPEED, _CLOSED):
                if words_of_step in line:
                    first_s.setdefault(words_of_step, now_s)
            last = line.strip() or last
    all_s = time.perf_counter() - start
    return Waited(first_s.get(_RIGHT), first_s.get(_SPEED), first_s.get(_CLOSED), all_s, last)


if __name__ == "__main__":
    main()
