"""Which files each profile's code may touch: as rules, and as the kernel holds a process to them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.execution import landlock
from grader.execution.generation import PACKAGE_ROOT
from grader.profiles import Profile

ENTER = f"""
import json, os, sys
sys.path.insert(0, {str(PACKAGE_ROOT)!r})
from grader.worker import confine
rules, version, network, attempt = json.loads(sys.argv[1])
confine.drop_privileges()
confine.restrict_files(rules, version, network=network)
try:
    exec(attempt)
except OSError as error:
    sys.exit(f"refused: {{error}}")
"""


def attempt(statement: str, *, version: int | None = None, network: bool = False, **rules: list[str]) -> str:
    """What a process says that tries something in a domain of these rules: nothing where it could."""
    import json

    version = landlock.abi() if version is None else version
    told = json.dumps([{"read": [], "write": [], "execute": [], **rules}, version, network, statement])
    ended = subprocess.run([sys.executable, "-I", "-c", ENTER, told], capture_output=True, text=True, check=False)
    return ended.stderr.strip()


@pytest.fixture(autouse=True)
def _with_landlock() -> None:
    if not landlock.abi():
        pytest.skip("this kernel has no Landlock")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder that the kernel alone can close to this user."""
    (tmp_path / "file").write_text("content")
    return tmp_path


def test_what_no_rule_names_is_closed(folder: Path) -> None:
    assert "refused" in attempt(f"open({str(folder / 'file')!r}).read()")
    assert "refused" in attempt(f"os.listdir({str(folder)!r})")
    assert "refused" in attempt(f"open({str(folder / 'new')!r}, 'w')")
    assert not (folder / "new").exists()


def test_what_may_be_read_may_not_be_written(folder: Path) -> None:
    assert attempt(f"assert open({str(folder / 'file')!r}).read() == 'content'", read=[str(folder)]) == ""
    for statement in ("open(path, 'a')", "os.truncate(path, 0)", "os.unlink(path)", "os.rename(path, path + '2')"):
        assert "refused" in attempt(f"path = {str(folder / 'file')!r}; {statement}", read=[str(folder)])
    assert (folder / "file").read_text() == "content"


def test_what_may_be_written_takes_files_folders_and_links_but_no_devices(folder: Path) -> None:
    work = f"os.chdir({str(folder)!r}); os.mkdir('d'); open('d/f', 'w').write('x'); os.symlink('f', 'd/l'); os.unlink('file')"
    assert attempt(work, write=[str(folder)]) == ""
    assert (folder / "d" / "l").read_text() == "x"
    device = f"os.mknod({str(folder / 'null')!r}, 0o020666, os.makedev(1, 3))"
    assert "refused" in attempt(device, write=[str(folder)])


@pytest.mark.parametrize("version", range(1, landlock.abi() + 1))
def test_each_version_of_the_kernels_interface_is_spoken(folder: Path, version: int) -> None:
    assert attempt(f"open({str(folder / 'file')!r}).read()", version=version, read=[str(folder)]) == ""
    assert "refused" in attempt(f"open({str(folder / 'file')!r}, 'a')", version=version, read=[str(folder)])


def test_paths_that_do_not_exist_give_nothing(folder: Path) -> None:
    assert attempt(f"open({str(folder / 'file')!r})", read=["/no/such/folder", str(folder)]) == ""


def test_a_program_starts_where_a_rule_names_it(folder: Path) -> None:
    del folder
    start = f"os.execv({sys.executable!r}, ['python', '-I', '-c', ''])"
    everything = ["/"]
    assert "refused" in attempt(start, read=everything)
    interpreter = os.path.realpath(sys.executable)
    loaders = landlock.rules(Profile.PROCESSES, ())["execute"]
    assert attempt(start, read=everything, execute=[interpreter, *loaders]) == ""
    assert "refused" in attempt("os.execv('/bin/true', ['true'])", read=everything, execute=[interpreter, *loaders])


@pytest.mark.parametrize(("network", "refused"), [(False, True), (True, False)])
def test_tcp_is_closed_unless_there_is_a_network(network: bool, refused: bool) -> None:
    if landlock.abi() < 4:
        pytest.skip("this kernel's Landlock knows no TCP")
    statement = "import socket; socket.socket().bind(('127.0.0.1', 0))"
    assert ("refused" in attempt(statement, network=network, read=["/"])) is refused


def test_signals_end_at_the_domain() -> None:
    if landlock.abi() < 6:
        pytest.skip("this kernel's Landlock knows no signals")
    assert "refused" in attempt("os.kill(os.getppid(), 0)")


# The rules


def test_only_builds_see_and_run_the_systems_programs() -> None:
    for profile in Profile:
        rules = landlock.rules(profile, ())
        assert ("/usr" in rules["execute"]) is (profile is Profile.COMPILE)
        assert ("/usr" in rules["read"]) is (profile is Profile.COMPILE)
    assert landlock.rules(Profile.SINGLE, ())["execute"] == []
    assert os.path.realpath(sys.executable) in landlock.rules(Profile.PROCESSES, ())["execute"]


def test_every_profile_writes_in_its_own_folders_and_devices_alone() -> None:
    written = {path for profile in Profile for path in landlock.rules(profile, (Path("/course"),))["write"]}
    assert {path for path in written if not path.startswith("/dev/")} == {"/tmp"}  # noqa: S108 -- the sandbox's own
