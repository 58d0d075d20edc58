"""Control groups: the kernel's where this machine lets the grader make them, and both interfaces as the files say."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.execution import cgroup
from grader.execution.cgroup import Caps, Groups, GroupsV1, GroupsV2, find_groups

CAPS = Caps(memory_bytes=64 << 20, processes=8)


# The kernel's own


@pytest.fixture
def groups() -> Groups:
    """This machine's."""
    found = find_groups()
    if found is None:
        pytest.skip("this machine lets the grader make no control groups")
    return found


def run_in(groups: Groups, source: str) -> tuple[int, bool]:
    """A program's exit code when it runs in a group, and whether the kernel ended something for its memory."""
    group = groups.make(CAPS)
    try:
        program = subprocess.Popen(
            [sys.executable, "-c", f"input()\n{source}"], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        group.add(program.pid)
        assert group.members() == [program.pid]
        program.communicate(b"\n")
        return program.returncode, group.killed_for_memory()
    finally:
        group.remove()


def test_who_stays_below_the_limits_is_left_alone(groups: Groups) -> None:
    assert run_in(groups, "kept = bytearray(b'x') * (16 << 20)") == (0, False)


def test_memory_ends_at_the_limit(groups: Groups) -> None:
    assert run_in(groups, "kept = bytearray(b'x') * (128 << 20)") == (-9, True)


def test_so_do_processes_and_threads(groups: Groups) -> None:
    source = """
import threading, time
started = 0
try:
    while True:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        started += 1
except RuntimeError:
    import os
    os._exit(started)
"""
    code, _ = run_in(groups, source)
    assert code == CAPS.processes - 1


def test_a_group_goes_when_it_is_removed_and_again_does_nothing(groups: Groups) -> None:
    group = groups.make(CAPS)
    folders = [path for path in vars(group).values() if isinstance(path, Path)]
    assert folders
    assert all(folder.is_dir() for folder in folders)
    group.remove()
    group.remove()
    assert not any(folder.exists() for folder in folders)


# As the files say


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes what `/proc` and the control groups' file system show, in a folder."""

    def make(mounts: str, own: str, files: dict[str, str]) -> Path:
        for name, text in {"mounts": mounts.format(root=tmp_path), "own": own, **files}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        monkeypatch.setattr(cgroup, "_MOUNTS", tmp_path / "mounts")
        monkeypatch.setattr(cgroup, "_OWN", tmp_path / "own")
        # Of a folder of the kernel's the files need not be removed.
        monkeypatch.setattr(cgroup, "_remove", lambda folder: [file.unlink() for file in folder.iterdir()] and folder.rmdir())
        return tmp_path

    return make


V2 = "cgroup2 {root}/fs cgroup2 rw,nosuid 0 0\n"
V1 = "cgroup {root}/memory cgroup rw,memory 0 0\ncgroup {root}/pids cgroup rw,pids 0 0\n"


def test_of_version_2_a_delegated_group_is_used_where_it_hands_controllers_on(tree: Callable[..., Path]) -> None:
    root = tree(V2, "0::/user/grader\n", {"fs/user/grader/cgroup.subtree_control": "cpu memory pids"})
    groups = find_groups()
    assert isinstance(groups, GroupsV2)
    group = groups.make(CAPS)
    (folder,) = (root / "fs/user/grader").glob("grader-*")
    assert (folder / "memory.max").read_text() == str(CAPS.memory_bytes)
    assert (folder / "memory.swap.max").read_text() == "0"
    assert (folder / "pids.max").read_text() == str(CAPS.processes)
    group.add(123)
    assert group.members() == [123]
    assert group.killed_for_memory() is False
    (folder / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    assert group.killed_for_memory() is True


def test_it_makes_room_where_the_controllers_are_there_but_not_handed_on(tree: Callable[..., Path]) -> None:
    files = {"cgroup.subtree_control": "", "cgroup.controllers": "cpu memory pids"}
    root = tree(V2, "0::/scope\n", {f"fs/scope/{name}": text for name, text in files.items()})
    assert isinstance(find_groups(), GroupsV2)
    assert (root / "fs/scope/cgroup.subtree_control").read_text() == "+memory +pids"
    assert (root / f"fs/scope/grader-{os.getpid()}-itself/cgroup.procs").read_text() == str(os.getpid())


def test_without_the_controllers_there_are_no_groups(tree: Callable[..., Path]) -> None:
    files = {"cgroup.subtree_control": "", "cgroup.controllers": "cpu"}
    tree(V2, "0::/\n", {f"fs/{name}": text for name, text in files.items()})
    assert find_groups() is None


def test_version_1_is_used_where_memory_and_processes_are_both_counted(tree: Callable[..., Path]) -> None:
    root = tree(V1, "4:memory:/job\n3:pids:/\n0::/\n", {"memory/job/x": "", "pids/x": ""})
    groups = find_groups()
    assert isinstance(groups, GroupsV1)
    group = groups.make(CAPS)
    (memory,), (pids,) = (root / "memory/job").glob("grader-*"), (root / "pids").glob("grader-*")
    assert (memory / "memory.limit_in_bytes").read_text() == str(CAPS.memory_bytes)
    assert (pids / "pids.max").read_text() == str(CAPS.processes)
    group.add(7)
    assert ((memory / "cgroup.procs").read_text(), (pids / "cgroup.procs").read_text()) == ("7", "7")


def test_of_one_controller_alone_nothing_is_made(tree: Callable[..., Path]) -> None:
    tree(V1.splitlines()[0] + "\n", "4:memory:/\n", {"memory/x": ""})
    assert find_groups() is None


@pytest.mark.parametrize("mounts", ["", "proc {root}/proc proc rw 0 0\n"])
def test_a_machine_without_control_groups_has_none(tree: Callable[..., Path], mounts: str) -> None:
    tree(mounts, "", {})
    assert find_groups() is None


def test_what_a_killed_grader_left_is_removed_and_a_running_ones_is_not(tree: Callable[..., Path]) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    root = tree(V1, "4:memory:/\n3:pids:/\n", {"memory/x": "", "pids/x": ""})
    left, running = root / "memory" / f"grader-{ended.pid}-0", root / "memory" / f"grader-{os.getpid()}-999"
    left.mkdir()
    running.mkdir()
    find_groups()
    assert not left.exists()
    assert running.exists()
