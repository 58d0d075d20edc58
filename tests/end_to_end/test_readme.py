"""Every command of the README works in a fresh clone, in its order."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Mapping
from contextlib import nullcontext
from importlib.metadata import distributions
from pathlib import Path
from threading import Timer

import pytest
from packaging.utils import canonicalize_name

from tests import cores
from tests.end_to_end.small_course import PROJECT
from tests.end_to_end.working_tree import copy_to

LONGEST_S = 540.0
ONES_OWN = ("VIRTUAL_ENV", "PYTEST", "PYTHON")
"""Variables that a reader of the README does not have."""

SMALLER = {
    "make grade": "make grade GRADE_OPTIONS='chen --task julia --budget 1'",
    "make test": "make test PYTEST_OPTIONS=tests/test_units.py",
    "make attacks": "make attacks ATTACKS_OPTIONS='--only correct frame_walk'",
    "grader grade": "grader grade chen --task julia --budget 1",
    "grader replay chen julia": "grader replay chen julia --budget 0",
    "grader scaling tuned --task julia": "grader scaling tuned --task matmul --budget 0",
    "grader check submissions/ada/matmul.py submissions/chen/matmul.py": (
        "grader check submissions/ada/matmul.py submissions/chen/matmul.py --budget 0"
    ),
    "grader compare submissions/ada/matmul.py submissions/chen/matmul.py": (
        "grader compare submissions/ada/matmul.py submissions/chen/matmul.py --budget 0"
    ),
}
"""The same commands on a small budget, one author and one task, which compiles nothing where any will do; `make test` would run
this again."""

BRIEF = "longest_call_s = 0.05\nmin_runs = 2\nmax_timed_calls_per_turn = 2\ncalls_per_run = 24"

EXPECTED_CODES = {
    "grader check mine/julia.py": 1,
    "grader scaling tuned --task julia": 0 if len(cores.EVERY) > 1 else 2,
    "grader grade --on zhores": 2,
    "grader rank julia --from asv": 2,
}
"""The starter, just put into place, is not a right answer yet; one core compares with nothing; here are neither a cluster nor
results of asv."""


def commands() -> list[str]:
    """The lines of the README's shell blocks, without comments."""
    blocks = re.findall(r"```sh\n(.*?)```", (PROJECT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    lines = [line.split("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone") / "grader"
    copy_to(folder)
    unpack(folder / ".venv")
    measure_briefly(folder / "course.toml")
    export_a_class(folder)
    return folder


def unpack(environment: Path) -> None:
    """Put the packages of `constraints.txt` where pip would unpack them once more, as they were unpacked here.

    pip still finds out what the clone needs, builds the project, and gets what is not there.
    """
    here = Path(sysconfig.get_path("purelib"))
    there = environment / here.relative_to(sys.prefix)
    pinned = {line.strip().lower() for line in (PROJECT / "constraints.txt").read_text(encoding="utf-8").splitlines()}
    known = {f"{canonicalize_name(name)}=={version}" for name, _, version in (line.partition("==") for line in pinned)}
    for one in distributions(path=[str(here)]):
        if f"{canonicalize_name(one.name)}=={one.version}" in known:
            for file in one.files or ():
                if ".." not in file.parts:  # programs, which name the interpreter of here
                    (there / file).parent.mkdir(parents=True, exist_ok=True)
                    same_file(here / file, there / file)


def same_file(source: Path, target: Path) -> None:
    """Under two names; twice where the two lie on different disks."""
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copy2(source, target)


def export_a_class(folder: Path) -> None:
    """The archive that the README collects: what the sample class holds of one author already."""
    with zipfile.ZipFile(folder / "class.zip", "w") as archive:
        archive.write(folder / "submissions" / "chen" / "bifurcation.py", "chen/bifurcation.py")


def measure_briefly(course_file: Path) -> None:
    """Shorter runs than a course wants: the commands are tried here, not the figures."""
    text = course_file.read_text(encoding="utf-8")
    text = text.replace("longest_call_s = 0.1 ", f"{BRIEF} ")
    assert BRIEF in text
    course_file.write_text(text, encoding="utf-8")


def test_the_readme_names_the_two_commands_first_and_all_the_others() -> None:
    names = commands()
    assert names[:3] == ["make grade", "make test", "make attacks"]
    assert {name.split()[1] for name in names if name.startswith("grader ")} == {
        "new",
        "check",
        "collect",
        "compare",
        "grade",
        "rank",
        "show",
        "report",
        "pictures",
        "mark",
        "scaling",
        "replay",
        "init",
        "release",
        "doctor",
        "peaks",
        "profile",
        "jobs",
        "history",
    }


@pytest.mark.parametrize("command", commands())
def test_the_command_works_in_a_fresh_clone(clone: Path, command: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ONES_OWN)}
    environment = {**inherited, "PIP_NO_COMPILE": "1", "PATH": f"{clone / '.venv' / 'bin'}:{os.environ['PATH']}"}
    with cores.every_core() if command.startswith("grader scaling") else nullcontext():
        code, said = run(SMALLER.get(command, command), clone, environment)
    assert code == EXPECTED_CODES.get(command, 0), said[-3000:]


def test_the_pages_that_its_commands_made_lead_to_each_other(clone: Path) -> None:
    results = clone / "results"
    board, staff = results / "board" / "index.html", results / "staff" / "index.html"
    history, with_names = (results / name / "html" / "index.html" for name in ("history", "history-staff"))
    assert history in pages_behind(board)
    assert with_names in pages_behind(staff)
    for site, home in ((history, board), (with_names, staff)):
        assert home in pages_behind(site.with_name("slower.html"))
        index = json.loads(site.with_name("index.json").read_text(encoding="utf-8"))
        assert (site.parent / index["project_url"]).resolve() == home


def pages_behind(page: Path) -> set[Path]:
    """Those beside a page that it has a link to, as far as they are there."""
    links = re.findall(r'href="([^"#:]+)"', page.read_text(encoding="utf-8"))
    return {target for target in ((page.parent / link).resolve() for link in links) if target.is_file()}


def run(command: str, folder: Path, environment: Mapping[str, str]) -> tuple[int, str]:
    """How a line of the README ends, typed as it is, and what it says; what would go on is ended when it offers that."""
    with subprocess.Popen(  # noqa: S602 -- the README's own line, as a reader types it
        f"exec {command}",
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        at_last = Timer(LONGEST_S, process.kill)
        at_last.start()
        said = ""
        for line in process.stdout:
            said += line
            if command.endswith("--watch") and "Ctrl-C" in line:
                process.send_signal(signal.SIGINT)
        at_last.cancel()
        return process.wait(), said


def test_the_pages_that_the_readme_links_to_exist() -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", (PROJECT / "README.md").read_text(encoding="utf-8"))
    missing = [target for target in targets if not target.startswith("http") and not (PROJECT / target).exists()]
    assert missing == []
