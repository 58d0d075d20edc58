"""The student's copy as a student has it: installed by pip, far from the course, and used."""

import json
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from email import message_from_string
from pathlib import Path

import pytest

from tests.end_to_end.small_course import LOOPS, PROJECT, VECTORS, Ran, make_course

SQUARED = VECTORS.replace("np.sqrt", "")


@dataclass(frozen=True)
class Installed:
    """A copy in a folder of its own, and another folder to work in."""

    site: Path
    work: Path

    def python(self, *words: str) -> Ran:
        """Python with the copy, in an environment that knows nothing of the course."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.work), "PYTHONPATH": str(self.site)}
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, timeout=300, check=False, env=environment, cwd=self.work
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def grader(self, *words: str) -> Ran:
        """The command."""
        return self.python("-m", "grader", *words)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("release")
    course = make_course(folder / "course")
    made = course.grader("release", folder / "out", "--json")
    assert made.code == 0, made.err
    installed = Installed(folder / "site", folder / "work")
    installed.work.mkdir()
    archive = folder / "out" / made.json["archive"]
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(installed.site)]
    subprocess.run([*pip, str(archive)], check=True, cwd=folder)
    return installed


@pytest.fixture
def work(copy: Installed) -> Path:
    (copy.work / "right.py").write_text(VECTORS, encoding="utf-8")
    (copy.work / "wrong.py").write_text(SQUARED, encoding="utf-8")
    (copy.work / "slow.py").write_text(LOOPS, encoding="utf-8")
    return copy.work


def test_it_is_the_copy_that_is_used(copy: Installed) -> None:
    where = copy.python("-c", "import grader; print(grader.__file__)").out
    assert where.startswith(str(copy.site))


def test_pip_is_told_of_the_projects_dependencies_and_its_pythons(copy: Installed) -> None:
    (metadata,) = copy.site.glob("hppl_grader-*.dist-info/METADATA")
    said = message_from_string(metadata.read_text(encoding="utf-8"))
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = {one.replace(" ", "").replace('"', "'") for one in said.get_all("Requires-Dist", [])}
    assert named == {one.replace(" ", "") for one in project["dependencies"]}
    assert set(said["Requires-Python"].split(",")) == set(project["requires-python"].split(","))
    assert said["Version"].startswith(f"{project['version']}+always.g")


def test_the_tasks_are_there_with_their_starters(copy: Installed) -> None:
    assert "distances(points: float64[n,k])" in copy.grader("tasks").out
    assert copy.grader("new", "distances", "mine").code == 0
    assert (copy.work / "mine" / "distances.py").is_file()


def test_a_right_file_is_compared_with_what_the_copy_has(copy: Installed, work: Path) -> None:
    ran = copy.grader("check", "right.py", "--task", "distances", "--budget", "0")
    assert ran.code == 0, ran.err
    assert "correct" in ran.out
    assert "naive (" in ran.out
    assert "numpy is not in this copy of the course" in ran.out
    assert "the 4 public cases of this copy" in ran.out
    assert (work / "results" / "own.sqlite").is_file(), "what is remembered stays with the student"
    assert not (copy.site / "grader" / "course" / "results").exists()


def test_a_wrong_file_is_told_its_mistake_and_its_case_can_be_run_again(copy: Installed, work: Path) -> None:
    ran = copy.grader("check", "wrong.py", "--task", "distances", "--json")
    assert ran.code == 1, ran.err
    (wrong,) = (result for result in json.loads(ran.out)["results"] if result["kind"] == "student")
    assert "the root is missing" in wrong["message"]
    case = shlex.split(wrong["message"].rpartition("--case ")[2])[0]
    assert (work / case).is_file()
    assert copy.grader("check", "right.py", "--task", "distances", "--case", case).code == 0


def test_a_notebook_needs_to_import_it_and_nothing_else(copy: Installed, work: Path) -> None:
    ran = copy.python("-c", f"import grader; print(grader.check({str(work / 'slow.py')!r}, 'distances', budget_s=0).is_right)")
    assert ran.out.strip() == "True", ran.err


def test_on_native_windows_it_says_where_it_runs(copy: Installed) -> None:
    command = copy.python("-c", "import sys; from grader.cli.app import main; sys.platform = 'win32'; main()")
    assert (command.code, command.err.count("\n")) == (2, 1)
    notebook = copy.python("-c", "import sys; sys.platform = 'win32'; import grader; grader.check(len)")
    for ran in (command, notebook):
        assert "use WSL" in ran.err
