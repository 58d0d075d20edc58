"""What else the machine does while something is measured: other programs, other virtual machines, heat.

A snapshot reads the kernel's counters (proc(5): `/proc/stat`, `/proc/PID/stat`; `/sys` for heat); what lies between two of them
is a `Disturbance`. The grader's own processes, its workers among them, are left out of every snapshot.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_STEAL = 7
"""The field of a core's line in `/proc/stat`, from 0, that counts what went to other virtual machines."""


@dataclass(frozen=True)
class Program:
    """Another process: its name, the core that it ran on last, and its CPU time with that of its children that have ended."""

    name: str
    core: int
    cpu_time_s: float
    started: int = 0
    """In ticks since boot: with the pid, this tells a process from a later one, whatever it calls itself by now."""


@dataclass(frozen=True)
class Snapshot:
    """The machine's counters at one moment, as far as they concern some cores: those that workers run on."""

    at_s: float
    cores: tuple[int, ...]
    machine_cores: int
    """All that the machine has."""
    stolen_s: float = 0.0
    """Of these cores together, what went to other virtual machines since boot."""
    throttled: int = 0
    """How often these cores were slowed down for heat since boot."""
    programs: Mapping[int, Program] = field(default_factory=dict)
    """Other processes of the whole machine, by pid."""


@dataclass(frozen=True)
class Load:
    """One other program's share of one core."""

    name: str
    pid: int
    core: int
    share: float
    """Of one core's time; above 1 for one that keeps several busy."""

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid}) keeps core {self.core} busy: {100 * min(self.share, 1.0):.0f} %"


@dataclass(frozen=True)
class Disturbance:
    """What else the machine did between two snapshots; shares are of the time of the workers' cores."""

    others: float = 0.0
    """What other programs must have taken, for there was more of them than the other cores hold."""
    stolen: float = 0.0
    """What went to other virtual machines."""
    throttled: int = 0
    """How often a core was slowed down for heat."""
    busiest: str = ""
    """The other program that used most CPU time; empty where none used any."""


def snapshot(cores: Sequence[int], proc: Path = Path("/proc"), sys_cpu: Path = Path("/sys/devices/system/cpu")) -> Snapshot:
    """Now; of a system that tells nothing, nothing but the time. Takes some 15 µs for each process of the machine."""
    found = Snapshot(time.monotonic(), tuple(cores), os.cpu_count() or 1)
    if sys.platform != "linux":
        return found
    return replace(
        found,
        stolen_s=_stolen_s(proc, cores),
        throttled=_throttled(sys_cpu, cores),
        programs=_without_ours(dict(_processes(proc)), os.getpid()),
    )


def between(before: Snapshot, after: Snapshot) -> Disturbance:
    """What happened from one snapshot to the next."""
    running = loads(before, after)
    excess = sum(load.share for load in running) - (after.machine_cores - len(after.cores))
    time_s = max(after.at_s - before.at_s, 1e-9) * len(after.cores)
    return Disturbance(
        # What ended in between counts with all that it ever used; no more is taken of cores than all that they have.
        others=min(max(0.0, excess) / len(after.cores), 1.0),
        stolen=min(max(0.0, after.stolen_s - before.stolen_s) / time_s, 1.0),
        throttled=max(0, after.throttled - before.throttled),
        busiest=running[0].name if running else "",
    )


def loads(before: Snapshot, after: Snapshot) -> list[Load]:
    """The other programs that used CPU time between two snapshots, on any core, the busiest first."""
    time_s = max(after.at_s - before.at_s, 1e-9)
    found = []
    for pid, program in after.programs.items():
        earlier = before.programs.get(pid)
        is_same = earlier is not None and earlier.started == program.started
        used_s = program.cpu_time_s - (earlier.cpu_time_s if earlier is not None and is_same else 0.0)
        if used_s > 0:
            # A child that ended counts now with all that it ever used; no program has more than the machine.
            share = min(used_s / time_s, after.machine_cores)
            found.append(Load(program.name, pid, program.core, share))
    return sorted(found, key=lambda load: -load.share)


# --- the kernel's files ----------------------------------------------------------------------------------------------------


def _stolen_s(proc: Path, cores: Sequence[int]) -> float:
    wanted = {f"cpu{core}" for core in cores}
    lines = (line.split() for line in _read(proc / "stat").splitlines())
    return (
        sum(int(words[1 + _STEAL]) for words in lines if words and words[0] in wanted and len(words) > 1 + _STEAL)
        / _TICKS_PER_S
    )


def _throttled(sys_cpu: Path, cores: Sequence[int]) -> int:
    counts = (_read(sys_cpu / f"cpu{core}/thermal_throttle/core_throttle_count") for core in cores)
    return sum(int(count) for count in counts if count.isdigit())


def _processes(proc: Path) -> Iterator[tuple[int, tuple[int, Program]]]:
    """Every process with its parent; those that end meanwhile, or may not be seen, are left out."""
    for entry in os.scandir(proc):
        if entry.name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                yield int(entry.name), _process((proc / entry.name / "stat").read_bytes())


def _process(stat: bytes) -> tuple[int, Program]:
    """Fields 4 (parent), 14 to 17 (CPU times), 22 (start), 39 (last core) of `/proc/PID/stat`; the name may hold anything."""
    head, _, tail = stat.rpartition(b")")
    fields = tail.split()
    ticks = sum(map(int, fields[11:15]))
    name = head.partition(b"(")[2].decode("utf-8", "replace")
    return int(fields[1]), Program(name, int(fields[36]), ticks / _TICKS_PER_S, int(fields[19]))


def _without_ours(processes: Mapping[int, tuple[int, Program]], own: int) -> dict[int, Program]:
    """Those that descend neither from us nor we from them: a shell that waits for us counts us when we have ended."""
    ours = {own}
    while more := {pid for pid, (parent, _) in processes.items() if parent in ours} - ours:
        ours |= more
    while own in processes:
        own = processes[own][0]
        ours.add(own)
    return {pid: program for pid, (_, program) in processes.items() if pid not in ours}


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
