"""Control groups: the kernel's own limits on what one worker and all of its processes take together.

Where this process may make control groups, each worker gets one, with its memory and its number of processes limited; where it
may not, the parent's watchdog stands in (`grader.execution.process`). Both versions of the interface are known: version 2 where
a group was delegated to this user (`systemd-run --user --scope -p Delegate=yes`, a job step of Slurm's), version 1 as root.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_MOUNTS = Path("/proc/self/mounts")
_OWN = Path("/proc/self/cgroup")
_CONTROLLERS = ("memory", "pids")
_PREFIX = "grader"
_REMOVAL_TRIES, _REMOVAL_PAUSE_S = 100, 0.002
_number = itertools.count()


@dataclass(frozen=True)
class Caps:
    """What one worker and all of its processes may take together."""

    memory_bytes: int
    processes: int
    """Processes and threads."""


class Group(Protocol):
    """One worker's control group."""

    def add(self, pid: int) -> None:
        """Put a process in; what it starts afterwards is in it, too."""

    def members(self) -> list[int]:
        """The pids of all processes in it."""

    def killed_for_memory(self) -> bool:
        """Whether the kernel has ended a process because the limit was reached."""

    def remove(self) -> None:
        """Take it away, once its processes have ended."""


class Groups(Protocol):
    """Where groups are made."""

    def make(self, caps: Caps) -> Group:
        """A new group; raises OSError."""


def find_groups() -> Groups | None:
    """The way to make groups here; None where this process may not. What an earlier, killed grader left is removed."""
    mounts = [line.split() for line in _MOUNTS.read_text(encoding="utf-8").splitlines()] if _MOUNTS.exists() else []
    own = dict(_own_paths(_OWN.read_text(encoding="utf-8"))) if _OWN.exists() else {}
    for groups in (_version_1(mounts, own), _version_2(mounts, own)):
        if groups is None:
            continue
        with contextlib.suppress(OSError):
            groups.make(Caps(1 << 30, 100)).remove()
            return groups
    return None


def _own_paths(text: str) -> Iterator[tuple[str, str]]:
    """Of `/proc/self/cgroup`: this process's group by controller; that of version 2 under the empty name (cgroups(7))."""
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            yield controller, path


def _version_1(mounts: list[list[str]], own: Mapping[str, str]) -> "GroupsV1 | None":
    folders = {}
    for _, point, kind, options, *_ in mounts:
        for controller in set(_CONTROLLERS) & set(options.split(",")) if kind == "cgroup" else ():
            folders[controller] = Path(point) / own.get(controller, "/").lstrip("/")
    if set(folders) != set(_CONTROLLERS):
        return None
    _sweep(folders.values())
    return GroupsV1(folders["memory"], folders["pids"])


def _version_2(mounts: list[list[str]], own: Mapping[str, str]) -> "GroupsV2 | None":
    point = next((Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"), None)
    if point is None or "" not in own:
        return None
    folder = point / own[""].lstrip("/")
    _sweep([folder])
    return GroupsV2(folder) if _enabled(folder) else None


def _enabled(folder: Path) -> bool:
    """Whether the folder's sub-groups have the controllers; where they do not, this process makes room for them.

    A group that has processes of its own cannot hand controllers on, so this process moves into a sub-group.
    """
    wanted = set(_CONTROLLERS)
    try:
        if wanted <= set((folder / "cgroup.subtree_control").read_text(encoding="ascii").split()):
            return True
        if not wanted <= set((folder / "cgroup.controllers").read_text(encoding="ascii").split()):
            return False
        own = folder / f"{_PREFIX}-{os.getpid()}-itself"
        own.mkdir(exist_ok=True)
        (own / "cgroup.procs").write_text(str(os.getpid()), encoding="ascii")
        (folder / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in _CONTROLLERS), encoding="ascii")
    except OSError:
        return False
    return True


class GroupsV1:
    """Version 1: a folder for each controller."""

    def __init__(self, memory: Path, pids: Path) -> None:
        self._memory = memory
        self._pids = pids

    def make(self, caps: Caps) -> "GroupV1":
        """A group in both hierarchies."""
        group = GroupV1(_new(self._memory), _new(self._pids))
        _write(group.memory / "memory.limit_in_bytes", caps.memory_bytes)
        with contextlib.suppress(OSError):  # where the kernel counts swap, too
            _write(group.memory / "memory.memsw.limit_in_bytes", caps.memory_bytes)
        _write(group.pids / "pids.max", caps.processes)
        return group


@dataclass(frozen=True)
class GroupV1:
    """A group of version 1: its two folders."""

    memory: Path
    pids: Path

    def add(self, pid: int) -> None:
        """Into both."""
        for folder in (self.memory, self.pids):
            _write(folder / "cgroup.procs", pid)

    def members(self) -> list[int]:
        """By the hierarchy of processes."""
        return _pids_of(self.pids)

    def killed_for_memory(self) -> bool:
        """By `oom_kill` of `memory.oom_control`."""
        return _count(self.memory / "memory.oom_control", "oom_kill") > 0

    def remove(self) -> None:
        """Both folders."""
        for folder in (self.memory, self.pids):
            _remove(folder)


class GroupsV2:
    """Version 2: one folder, whose controllers are handed on to its sub-groups."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self, caps: Caps) -> "GroupV2":
        """A sub-group."""
        group = GroupV2(_new(self._folder))
        _write(group.folder / "memory.max", caps.memory_bytes)
        with contextlib.suppress(OSError):  # where the kernel counts swap, too
            _write(group.folder / "memory.swap.max", 0)
        _write(group.folder / "pids.max", caps.processes)
        return group


@dataclass(frozen=True)
class GroupV2:
    """A group of version 2."""

    folder: Path

    def add(self, pid: int) -> None:
        """Into its folder."""
        _write(self.folder / "cgroup.procs", pid)

    def members(self) -> list[int]:
        """By its folder."""
        return _pids_of(self.folder)

    def killed_for_memory(self) -> bool:
        """By `oom_kill` of `memory.events`."""
        return _count(self.folder / "memory.events", "oom_kill") > 0

    def remove(self) -> None:
        """Its folder."""
        _remove(self.folder)


def _new(folder: Path) -> Path:
    made = folder / f"{_PREFIX}-{os.getpid()}-{next(_number)}"
    made.mkdir()
    return made


def _write(file: Path, value: int) -> None:
    file.write_text(str(value), encoding="ascii")


def _pids_of(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "cgroup.procs").read_text(encoding="ascii").split()]


def _count(file: Path, key: str) -> int:
    """The number behind a key of a file of `key number` lines; 0 where there is none."""
    try:
        lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    except OSError:
        return 0
    return next((int(words[1]) for words in lines if words[0] == key), 0)


def _remove(folder: Path) -> None:
    """The kernel lets go of ended processes a moment after their parent has seen them end."""
    for _ in range(_REMOVAL_TRIES):
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(_REMOVAL_PAUSE_S)
        else:
            return


def _sweep(folders: Iterable[Path]) -> None:
    """Remove the groups of graders that do not run any more."""
    for left in (left for folder in folders for left in folder.glob(f"{_PREFIX}-*-*")):
        pid = left.name.split("-")[1]
        if pid.isdigit() and not Path(f"/proc/{pid}").exists():
            with contextlib.suppress(OSError):
                left.rmdir()
