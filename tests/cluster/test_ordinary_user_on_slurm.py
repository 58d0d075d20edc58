"""On a cluster one is an ordinary user: neither the side that submits nor a job is root, and nodes may allow less."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.execution.bubblewrap import sandbox_user
from grader.execution.landlock import abi
from tests.cluster.course_on_slurm import OPENED, SEEN, batches_of, course_on_cluster, spy, verdicts
from tests.cluster.ordinary_user import OrdinaryUser, interpreter_for
from tests.cluster.slurm_on_this_host import SlurmHere, missing
from tests.end_to_end.small_course import SmallCourse

pytestmark = pytest.mark.skipif(missing() is not None, reason=f"no Slurm here: {missing()}")

PROFILE = 'module() { echo "$* as $(id --user --name)" >> "$HOME/modules"; }\n'
"""What a login shell reads: the command that a cluster's own profile brings."""
KNOW_THE_NODE = """
import sys
from pathlib import Path

from tests.cluster.course_on_slurm import know_the_node
from tests.end_to_end.small_course import SmallCourse

know_the_node(SmallCourse(Path(sys.argv[1]), ""), sys.argv[2])
"""
WITHOUT_NAMESPACES = """
[machines.zhores-landlock]
backend = "landlock"
preload = ["numpy"]
scheduler = "slurm"
partition = "cpu"
time = "00:05:00"

[limits]"""


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that everybody may enter, and no sandbox has another in its place."""
    with tempfile.TemporaryDirectory(prefix="slurm-", dir="/var/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="module")
def slurm(place: Path) -> Iterator[SlurmHere]:
    with SlurmHere(place / "slurm") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def user(place: Path, slurm: SlurmHere) -> OrdinaryUser:
    account = sandbox_user()
    python = interpreter_for(account, place / "environment")
    if python is None:
        pytest.skip(f"no interpreter that an ordinary user ({account.pw_name}) may start, or the project cannot be read")
    home = place / "home"
    home.mkdir()
    (home / ".bash_profile").write_text(PROFILE, encoding="ascii")
    user = OrdinaryUser(account, home, python, slurm.environment)
    user.owns(home)
    return user


@pytest.fixture
def scratch(place: Path, user: OrdinaryUser) -> Path:
    """On a node's own disk."""
    folder = place / "scratch of nodes"
    folder.mkdir(exist_ok=True)
    user.owns(folder)
    return folder


def course_of(user: OrdinaryUser, slurm: SlurmHere, folder: Path, on: str, *, look: str, machine: str = "") -> SmallCourse:
    """A class with a spy in it, who looks for what the user can read."""
    course = course_on_cluster(folder)
    path = folder / "course.toml"
    text = path.read_text(encoding="utf-8").replace("[limits]", WITHOUT_NAMESPACES)
    path.write_text(text.replace('partition = "cpu"', f'partition = "cpu"\n{machine}'), encoding="utf-8")
    hidden = [user.home / ".bash_profile", slurm.folder / "slurm.conf", slurm.folder / "munge.socket", path]
    course.hand_in("spy", spy([*hidden, batches_of(course).folder], look))
    user.owns(folder)
    user.run("-c", KNOW_THE_NODE, folder, on)
    return course


def test_jobs_of_an_ordinary_user_load_the_modules_and_leave_nothing_in_the_scratch_folder(
    slurm: SlurmHere, user: OrdinaryUser, scratch: Path, place: Path
) -> None:
    machine = f'modules = ["python/3.11", "openmpi"]\nscratch = "{scratch}"'
    course = course_of(user, slurm, place / "course", "zhores", look=SEEN, machine=machine)
    with user.start("-m", "grader", "grade", "--on", "zhores", "--budget", "0", "--json", "--course", course.folder) as grading:
        slurm.wait_until(lambda: any(scratch.iterdir()), "a job has a folder of its own")
        out, errors = grading.communicate(timeout=120)
    assert grading.returncode == 0, errors + slurm.logs()
    found = verdicts(json.loads(out))
    assert {author: verdict for author, (verdict, _) in found.items()} == dict.fromkeys(("lena", "spy", "vera"), "ACCEPTED")
    name = user.account.pw_name
    assert set((user.home / "modules").read_text().splitlines()) == {f"load python/3.11 openmpi as {name}"}
    assert set(slurm.command("squeue", "--noheader", "--states=all", "--format=%u").split()) == {name}
    slurm.wait_until(lambda: not any(scratch.iterdir()), "the scratch folder is empty")


@pytest.mark.skipif(abi() == 0, reason="this kernel has no Landlock")
def test_where_a_machine_has_no_namespaces_a_job_holds_the_spy_without_them_and_says_so(
    slurm: SlurmHere, user: OrdinaryUser, place: Path
) -> None:
    on = "zhores-landlock"
    course = course_of(user, slurm, place / "without namespaces", on, look=OPENED)
    document = json.loads(user.run("-m", "grader", "grade", "--on", on, "--budget", "0", "--json", "--course", course.folder))
    assert document["faults"] == []
    assert document["sandbox"].startswith("reduced (no namespaces")
    assert {author: verdict for author, (verdict, _) in verdicts(document).items()} == dict.fromkeys(
        ("lena", "spy", "vera"), "ACCEPTED"
    )
