"""`import grader` in a shell of its own brings all that a notebook needs: functions are checked, and cells have magics."""

import subprocess
import sys
from pathlib import Path

import grader
from tests.end_to_end.small_course import SmallCourse
from tests.notebook.test_checking import FUNCTION, NUMPY, POWER

CELLS = (
    "import grader",
    NUMPY,
    POWER,
    FUNCTION,
    "print(grader.check(distances, budget_s=0))",
    f"%%profile_lines distances\n{FUNCTION}",
    "%%submission\nx = 1",
    "%load_ext grader",
    "%%profile_lines\nx = 1",
)
SHELL = """
import sys
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

assert "grader" not in sys.modules
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
for number, cell in enumerate(sys.argv[1:], 1):
    print(f"In [{number}]:")
    shell.run_cell(cell, store_history=True)
"""


def test_it_is_imported_a_function_is_checked_and_both_magics_are_there(small_course: SmallCourse, tmp_path: Path) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(Path(grader.__file__).parents[1]),
        "GRADER_COURSE": str(small_course.folder),
        "HOME": str(tmp_path),
    }
    words = [sys.executable, "-c", SHELL, *CELLS]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment, timeout=300)
    shown = dict(enumerate(ran.stdout.split("In [")[1:], 1))
    assert "you: correct" in shown[5]
    assert "▶ slowest: code cell 6, line 3" in shown[6]
    assert "write %%submission TASK" in shown[7]
    assert "write %%profile_lines TASK" in shown[9], "`%load_ext grader` does no harm"
    assert "Traceback" not in ran.stdout + ran.stderr
