"""What reports of a large class take as pages: seconds from the store to the disk, the first time and once more.

`python -m benchmarks.report_pages [--authors 300] [--lines 60] [--pictures-kb 190]` grades a scripted class (`scripted_class`),
whose programs are made as long as students' are, gives every submission pictures, a profile with advice and a scaling study,
and writes all three kinds of pages.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.scripted_class import TASKS, ScriptedClass
from grader.advice.finding import Cause, Finding
from grader.advice.keeping import PROFILES, KeptProfile
from grader.cli.class_commands import Place, stored_class
from grader.cli.report import Asked, write_report
from grader.cli.report_folder import Output
from grader.content.submission import Submission
from grader.execution.line_profile import line_count
from grader.grading.class_report import Report
from grader.grading.kept_scaling import STUDIES, KeptScaling, SpeedupOn
from grader.grading.pipeline import Wanted, grade
from grader.grading.profile_lines import Line
from grader.grading.progress import Silent
from grader.grading.scaling import amdahl
from grader.grading.session import open_session
from grader.kept_files import KeptFiles
from grader.report.picture_shelf import PictureShelf
from grader.report.pictures import Drawn, DrawnPicture
from grader.store import Store

KINDS = (Output.STAFF, Output.PUBLISHED, Output.FEEDBACK)
"""Those that a class has."""
_SEED = 1
_LINES, _PICTURES_KB = 60, 190
_SERIAL, _CORES = 0.1, (1, 2, 4, 8)
_LINE = "#     out[i, j] = escape(x[j], y[i], c.real, c.imag, max_iter)\n"


@dataclass(frozen=True)
class Took:
    """Of one writing."""

    wall_s: float
    cpu_s: float


@dataclass(frozen=True)
class Pages:
    """What pages of one kind take to be written."""

    count: int
    first: Took
    again: Took
    """Where they are on the disk already, and have not changed."""

    @property
    def per_s(self) -> float:
        """How many a second, the first time."""
        return self.count / self.first.wall_s


def main() -> None:
    """Print a line for each kind of pages and time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authors", type=int, default=300)
    parser.add_argument("--lines", type=int, default=_LINES, help="of each program")
    parser.add_argument("--pictures-kb", type=int, default=_PICTURES_KB, help="of each program, on both papers together")
    arguments = parser.parse_args()
    for output, pages in write_all_pages(arguments.authors, arguments.lines, arguments.pictures_kb):
        for when, took in (("first", pages.first), ("again", pages.again)):
            sys.stdout.write(f"{output.value:10} {when:6} {took.wall_s:6.2f} s, of CPU {took.cpu_s:6.2f} s\n")


def write_all_pages(authors: int, lines: int = _LINES, pictures_kb: int = _PICTURES_KB) -> Iterator[tuple[Output, Pages]]:
    """Each kind of pages of a scripted class, written twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        large = ScriptedClass(folder / "course", TASKS, _SEED)
        large.add_students(authors)
        for program in (large.folder / "submissions").rglob("*.py"):
            program.write_text(program.read_text(encoding="utf-8") + _LINE * lines, encoding="utf-8")
        place = Place(large.folder, None, None)
        session = open_session(large.folder, None, ())
        with Store(place.store_file) as store:
            grade(session, Wanted(budget_s=0.0), large.backend(session), store, Silent())
        _find_out(place, pictures_kb * 1000)
        for output in KINDS:
            first, again = (_written(place, folder / output.value, output) for _ in range(2))
            yield output, Pages(sum(1 for _ in (folder / output.value).rglob("*.html")), first, again)


def _written(place: Place, folder: Path, output: Output) -> Took:
    start, cpu_start = time.perf_counter(), time.process_time()
    with redirect_stdout(io.StringIO()):  # the command says what it has written
        write_report(place, Asked(folder, output, by_name=False, tasks=()), trust_code=False, as_json=False)
    return Took(time.perf_counter() - start, time.process_time() - cpu_start)


def _find_out(place: Place, pictures_bytes: int) -> None:
    """What a full page shows beside the results, of every program: as if its commands had been given for the whole class."""
    known = stored_class(place, (), trust_code=False)
    shelf, drawn = PictureShelf(place.store_file), _drawn(pictures_bytes)
    profiles, studies = KeptFiles(PROFILES, place.store_file), KeptFiles(STUDIES, place.store_file)
    for hand_ins in known.everyone:
        for one in hand_ins.everyone:
            if isinstance(one, Submission):
                shelf.put(one, hand_ins.task, drawn)
                profiles.keep(one, _profile(one))
                studies.keep(one, _study(known.report))


def _drawn(size_bytes: int) -> Drawn:
    """Noise in the place of pictures: it is only carried from the shelf into the pages."""
    content = np.random.default_rng(_SEED).bytes(size_bytes // 2)
    noise = DrawnPicture("noise", "Noise", "Nothing.", "png", is_right=True, files={"light": content, "dark": content})
    return Drawn((noise,), {})


def _profile(submission: Submission) -> KeptProfile:
    """Each line with a share of its own, and as much advice as a profile often has."""
    count = line_count(submission.files[0])
    shares = tuple(float(share) for share in np.random.default_rng(_SEED).dirichlet(np.ones(count)).round(4))
    line = Line(submission.file, None, 2, "    return 2 * x")
    evidence, step = "line 2 takes 93 % of the time, in Python itself", "say it as one operation on the whole array"
    findings = (Finding(cause, line, evidence, step, 14.0) for cause in (Cause.PYTHON_LOOP, Cause.NO_NJIT, Cause.DTYPE_UPCAST))
    return KeptProfile("large", {submission.file: shares}, (submission.file, 2), tuple(findings), "numba")


def _study(report: Report) -> KeptScaling:
    """By Amdahl's law, with intervals, on the machine of the report."""
    speedups = [(cores, amdahl(_SERIAL, cores)) for cores in _CORES]
    on_cores = tuple(SpeedupOn(cores, one, 0.98 * one, 1.02 * one) for cores, one in speedups)
    return KeptScaling(
        report.machine.fingerprint, report.sandbox, "large", of_processes=False, on_cores=on_cores, serial=_SERIAL
    )


if __name__ == "__main__":
    main()
