"""What reports of a large class take as pages: seconds from the store to the disk, the first time and once more.

`python -m benchmarks.report_pages [--authors 300] [--lines 60] [--pictures-kb 190]` grades a scripted class (`scripted_class`),
whose programs are made as long as students' are, gives every submission pictures, and writes all three kinds of pages.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.scripted_class import TASKS, ScriptedClass
from grader.cli.class_commands import Place
from grader.cli.report import Asked, write_report
from grader.cli.report_folder import Output
from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Silent
from grader.grading.session import Session, open_session, read_class
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import Drawn, DrawnPicture
from grader.store import Store

_SEED = 1
_LINE = "#     out[i, j] = escape(x[j], y[i], c.real, c.imag, max_iter)\n"


def main() -> None:
    """Print a line for each kind of pages and time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authors", type=int, default=300)
    parser.add_argument("--lines", type=int, default=60, help="of each program")
    parser.add_argument("--pictures-kb", type=int, default=190, help="of each program, on both papers together")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = ScriptedClass(folder / "course", TASKS, _SEED)
        large.add_students(arguments.authors)
        for program in (large.folder / "submissions").rglob("*.py"):
            program.write_text(program.read_text(encoding="utf-8") + _LINE * arguments.lines, encoding="utf-8")
        place = Place(large.folder, None, None)
        session = open_session(large.folder, None, ())
        with Store(place.store_file) as store:
            grade(session, Wanted(budget_s=0.0), large.backend(session), store, Silent())
        _draw(session, PictureShelf(place.store_file), arguments.pictures_kb * 1000)
        for output in Output:
            for when in ("first", "again"):
                start, cpu_start = time.perf_counter(), time.process_time()
                write_report(
                    place, Asked(folder / output.value, output, by_name=False, tasks=()), trust_code=False, as_json=False
                )
                wall_s, cpu_s = time.perf_counter() - start, time.process_time() - cpu_start
                sys.stdout.write(f"{output.value:10} {when:6} {wall_s:6.2f} s, of CPU {cpu_s:6.2f} s\n")


def _draw(session: Session, shelf: PictureShelf, size_bytes: int) -> None:
    """Noise in the place of pictures: it is only carried from the shelf into the pages."""
    content = np.random.default_rng(_SEED).bytes(size_bytes // 2)
    noise = DrawnPicture("noise", "Noise", "Nothing.", "png", is_right=True, files={"light": content, "dark": content})
    drawn = Drawn((noise,), {})
    for hand_ins in read_class(session):
        for one in hand_ins.submissions.values():
            shelf.put(one, hand_ins.task, drawn)


if __name__ == "__main__":
    main()
