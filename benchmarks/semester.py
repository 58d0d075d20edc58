"""A semester to look at: a git repository of submissions, its history graded commit by commit, and the site of it.

`python -m benchmarks.semester DIR` makes a course in DIR/course, whose submissions are a repository with a commit for each of
ten weeks: three students' attempts at the Julia set, real programs, with what they gain and one step back. Then the grader
grades that past (`grader history --from-git`), and asv draws it: DIR/history/html/index.html. It takes some two minutes.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.course_files import write_file
from benchmarks.figures import COURSE
from grader.content.course import load_course
from grader.content.course_folder import COURSE_FILE
from grader.content.new_course import SUBMISSIONS_FOLDER, start_course
from grader.errors import UsageError

FIRST_MONDAY = datetime(2026, 9, 7, 18, 0, tzinfo=UTC)
_LONGEST_CALL, _FEW_RUNS = "longest_call_s = 0.1", "min_runs = 2"
_HEAD = '"""The Julia set."""\n\nimport numpy as np\n{imports}\n\n'

LOOPS = (
    _HEAD.format(imports="")
    + """def julia(x, y, c, max_iter):
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            z = complex(x[column], y[row])
            while counts[row, column] < max_iter and abs(z) <= 2:
                z = z * z + c
                counts[row, column] += 1
    return counts
"""
)
LOCALS = (
    _HEAD.format(imports="")
    + """def updates(z, c, max_iter):
    for count in range(max_iter):
        if z.real * z.real + z.imag * z.imag > 4:
            return count
        z = z * z + c
    return max_iter


def julia(x, y, c, max_iter):
    xs, ys = x.tolist(), y.tolist()
    counts = [updates(complex(re, im), c, max_iter) for im in ys for re in xs]
    return np.array(counts, dtype=np.int32).reshape(len(ys), len(xs))
"""
)
MASKS = (
    _HEAD.format(imports="")
    + """def julia(x, y, c, max_iter):
    z = x + 1j * y[:, np.newaxis]
    counts = np.zeros(z.shape, dtype=np.int32)
    for _ in range(max_iter):
        inside = np.abs(z) <= 2
        counts[inside] += 1
        z[inside] = z[inside] * z[inside] + c
    return counts
"""
)
SHRINKING = (
    _HEAD.format(imports="")
    + """def julia(x, y, c, max_iter):
    counts = np.full(len(x) * len(y), max_iter, dtype=np.int32)
    z = (x + 1j * y[:, np.newaxis]).ravel()
    where = np.arange(z.size)
    for step in range(max_iter):
        inside = np.abs(z) <= 2
        counts[where[~inside]] = step
        where = where[inside]
        z = z[inside] ** 2 + c
    return counts.reshape(len(y), len(x))
"""
)
COMPILED = (
    _HEAD.format(imports="from numba import njit\n")
    + """@njit
def julia(x, y, c, max_iter):
    counts = np.zeros((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            z = complex(x[column], y[row])
            count = 0
            while count < max_iter and z.real * z.real + z.imag * z.imag <= 4:
                z = z * z + c
                count += 1
            counts[row, column] = count
    return counts
"""
)
_REAL_UPDATES = """@njit
def updates(re, im, c_re, c_im, max_iter):
    re2, im2 = re * re, im * im
    count = 0
    while count < max_iter and re2 + im2 <= 4.0:
        im = 2.0 * re * im + c_im
        re = re2 - im2 + c_re
        re2, im2 = re * re, im * im
        count += 1
    return count


"""
_REAL_LOOPS = """def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), dtype=np.int32)
    for row in range(len(y)):
        for column in range(len(x)):
            counts[row, column] = updates(x[column], y[row], c.real, c.imag, max_iter)
    return counts
"""
REAL = f"{_HEAD.format(imports='from numba import njit')}\n{_REAL_UPDATES}@njit\n{_REAL_LOOPS}"
HALF_COMPILED = f"{_HEAD.format(imports='from numba import njit')}\n{_REAL_UPDATES}{_REAL_LOOPS}"
"""The step back: the loops over pixels have lost their decorator, and call compiled code from Python, pixel by pixel."""
ONE_TOO_FEW = COMPILED.replace("<= 4", "< 4").replace("count = 0", "count = -1")
"""It is wrong."""

WEEKS: tuple[Mapping[str, str], ...] = (
    {"ada": LOOPS, "ben": REAL},
    {"ada": LOCALS, "cyd": ONE_TOO_FEW},
    {"ada": MASKS, "ben": REAL + "# tidied up\n"},
    {"cyd": LOOPS},
    {"ada": SHRINKING, "ben": REAL + "# explained\n"},
    {"ada": COMPILED, "cyd": SHRINKING},
    {"ben": HALF_COMPILED},
    {"ada": REAL, "ben": HALF_COMPILED + "# tidied up\n"},
    {"cyd": COMPILED},
    {"ada": REAL + "# tidied up\n", "ben": HALF_COMPILED + "# explained\n"},
)
"""Who hands in what, week by week."""


def main() -> None:
    """Make the semester, and its history."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    folder: Path = parser.parse_args().folder
    course = folder / "course"
    start_course(COURSE, course)
    measure_briefly(course / COURSE_FILE)
    hand_in_week_by_week(course / SUBMISSIONS_FOLDER, "julia", WEEKS)
    words = (str(folder / "history"), "--from-git", "main", "--publish", "--budget", "0", "--course", str(course))
    sys.exit(subprocess.run([sys.executable, "-m", "grader", "history", *words], check=False).returncode)


def measure_briefly(course_file: Path) -> None:
    """Fewer runs than a course wants: this is to be looked at, and ranks nobody.

    Raises:
        UsageError: the file does not have the line that this stands behind, or is no course with both.
    """
    text = course_file.read_text(encoding="utf-8")
    brief = text.replace(_LONGEST_CALL, f"{_LONGEST_CALL}\n{_FEW_RUNS}", 1)
    if brief == text:
        raise UsageError(f"{course_file} has no line {_LONGEST_CALL!r} that {_FEW_RUNS!r} could stand behind")
    course_file.write_text(brief, encoding="utf-8")
    load_course(course_file.parent)


def hand_in_week_by_week(submissions: Path, task: str, weeks: tuple[Mapping[str, str], ...]) -> None:
    """Make a folder of submissions a git repository, with a commit for each week."""
    _git(submissions, "init", "--quiet", "--initial-branch=main")
    for number, texts in enumerate(weeks):
        for author, text in texts.items():
            write_file(submissions / author / f"{task}.py", text)
        _git(submissions, "add", "--all")
        at = (FIRST_MONDAY + timedelta(weeks=number)).isoformat()
        _git(submissions, "commit", "--quiet", "--message", f"Week {number + 1}", date=at)


def _git(folder: Path, *words: str, date: str = "") -> None:
    who = {f"GIT_{role}_{key}": "course" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date} if date else {}
    command = ["git", "-C", str(folder), *words]
    subprocess.run(command, check=True, env={**os.environ, **who, **dates})


if __name__ == "__main__":
    main()
