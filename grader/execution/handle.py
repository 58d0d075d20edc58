"""A worker's process as the operating system shows it: stop and continue, kill, CPU time, memory.

On Linux through a pidfd and `/proc`; elsewhere (macOS) through psutil, which is slower and cannot reset the memory's high-water
mark. Where a profile allows further processes, all of them are held together (`LinuxTreeHandle`).
"""

import contextlib
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

_STOP_PAUSE_S = 2e-5
"""Between two looks: a thread that shares our core needs it to come to a stop."""
_LONGEST_STOP_PAUSE_S = 0.01
"""Of a stop that takes long: on a crowded core every look takes time from what is to come to a stop."""
_STOP_PATIENCE_S = 5.0
_STILL = "TZX"
"""The states in `/proc` of what does not run: stopped, ended, gone."""
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_MOST_HELD = 200
"""Processes of one worker that are held one by one; what starts more is ended as a whole."""


class NotStoppedError(Exception):
    """A process went on after SIGSTOP; it has been killed."""


@dataclass(frozen=True)
class Usage:
    """What a worker takes at one moment."""

    memory_bytes: int
    """Resident; what several processes share is counted once."""
    processes: int
    """Processes and threads."""


class ProcessHandle(Protocol):
    """What the call protocol needs of a process. A process that has ended is stopped, and killing it again does nothing."""

    def proceed(self) -> None:
        """Continue it (SIGCONT)."""

    def stop(self) -> int:
        """Stop it (SIGSTOP) and return once every thread stands still; the number of threads.

        Raises NotStoppedError, with the process killed, where one goes on.
        """

    def still_at_s(self) -> float:
        """When every thread was seen to stand still at the last `stop`, by `time.perf_counter`.

        Whoever may have been started meanwhile is looked for after that, and where there is somebody it is a later moment.
        """

    def is_still(self) -> bool:
        """Whether every thread stands still at this moment."""

    def kill(self) -> None:
        """End it (SIGKILL)."""

    def cpu_time_s(self) -> float:
        """CPU time of all of its threads since it started; 0 once it has ended."""

    def waited_s(self) -> float:
        """How long its first thread was ready and had no core, since it started; 0 where that cannot be had."""

    def start_memory_peak(self) -> int | None:
        """Let the memory's high-water mark start from now; the resident bytes now, None where that cannot be had."""

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """How far the high-water mark has grown over `resident_bytes`."""

    def memory_peaks(self) -> tuple[int, ...]:
        """The same since `start_memory_peak` of each of several processes held as one; empty where there is one."""

    def usage(self) -> Usage:
        """What it takes now; nothing once it has ended."""

    def cpus(self) -> frozenset[int]:
        """The cores that any thread of it may run on, as the kernel says; empty where that cannot be seen."""

    def close(self) -> None:
        """Let go of what is held for it."""


def open_handle(pid: int) -> ProcessHandle:
    """A handle on a running process of this user."""
    return LinuxHandle(pid) if sys.platform == "linux" else PortableHandle(pid)


class LinuxHandle:
    """Through a pidfd, so that a recycled pid can never be hit, and through `/proc`."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._pidfd = os.pidfd_open(pid)
        self._stat = os.open(f"/proc/{pid}/stat", os.O_RDONLY)
        self._schedstat = _open_schedstat(pid)
        self._cpu_clock = (~pid << 3) | 2  # clock_getcpuclockid(3): the process's CPU clock
        self._still_at_s = 0.0

    def proceed(self) -> None:
        """Continue it."""
        self._signal(signal.SIGCONT)

    def stop(self) -> int:
        """Stop it; confirmed in `/proc/PID/task/*/stat`."""
        for _ in _looks():
            self.ask_to_stop()  # again and again: something may have continued it
            stopped, threads = self.stands_still()
            if stopped:
                self._still_at_s = time.perf_counter()
                return threads
        self.kill()
        raise NotStoppedError

    def still_at_s(self) -> float:
        """There is nobody else to be looked for."""
        return self._still_at_s

    def is_still(self) -> bool:
        """By the states in `/proc`."""
        return self.stands_still()[0]

    def ask_to_stop(self) -> None:
        """Without waiting for it."""
        self._signal(signal.SIGSTOP)

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def cpu_time_s(self) -> float:
        """By the kernel's CPU clock of the process, in nanoseconds."""
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return 0.0

    def waited_s(self) -> float:
        """By the kernel's scheduler, in nanoseconds (`/proc/PID/schedstat`, sched-stats.rst of the kernel)."""
        return 0.0 if self._schedstat is None else _waited_s(self._schedstat)

    def start_memory_peak(self) -> int | None:
        """By writing 5 to `clear_refs` (proc(5)); needs the same user."""
        try:
            Path(f"/proc/{self._pid}/clear_refs").write_text("5", encoding="ascii")
        except OSError:
            return None
        return self._status_bytes("VmRSS")

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """`VmHWM` minus the resident bytes at the start: exact, at no cost to the process."""
        peak_bytes = self._status_bytes("VmHWM")
        return None if peak_bytes is None else max(0, peak_bytes - resident_bytes)

    def memory_peaks(self) -> tuple[int, ...]:
        """There is one."""
        return ()

    def usage(self) -> Usage:
        """By `VmRSS` and the number of threads."""
        try:
            _, threads = _state_and_threads(os.pread(self._stat, 1024, 0))
        except ProcessLookupError:
            return Usage(0, 0)
        return Usage(self._status_bytes("VmRSS") or 0, threads)

    def cpus(self) -> frozenset[int]:
        """By sched_getaffinity(2) of each thread: what `/proc/PID/task/*/status` shows as `Cpus_allowed_list`."""
        found: set[int] = set()
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{self._pid}/task"):  # noqa: PTH208 -- in every call: no paths for names
                with contextlib.suppress(ProcessLookupError):
                    found |= os.sched_getaffinity(int(thread))
        return frozenset(found)

    def wait(self, limit_s: float) -> None:
        """Until it has ended; the first process of a pid namespace ends after all others of it (pid_namespaces(7))."""
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        poll.poll(1000 * limit_s)

    def proportional_bytes(self) -> int:
        """Its resident memory, each page divided by the number of processes that share it (`Pss`, proc(5))."""
        try:
            lines = Path(f"/proc/{self._pid}/smaps_rollup").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return self._status_bytes("VmRSS") or 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)

    def childrens_cpu_time_s(self) -> float:
        """CPU time of its children that have ended, and of theirs, in the kernel's ticks."""
        try:
            fields = os.pread(self._stat, 1024, 0).rpartition(b")")[2].split()
        except ProcessLookupError:
            return 0.0
        return (int(fields[13]) + int(fields[14])) / _TICKS_PER_S

    def close(self) -> None:
        """Close the descriptors."""
        os.close(self._pidfd)
        os.close(self._stat)
        if self._schedstat is not None:
            os.close(self._schedstat)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def stands_still(self) -> tuple[bool, int]:
        """Whether every thread stands still, and how many there are."""
        try:
            state, threads = _state_and_threads(os.pread(self._stat, 1024, 0))
        except ProcessLookupError:
            return True, 0
        if state not in _STILL or threads <= 1:
            return state in _STILL, threads
        states = []
        for task in Path(f"/proc/{self._pid}/task").iterdir():  # the main thread may have ended while others go on
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                states.append(_state_and_threads((task / "stat").read_bytes())[0])
        return all(state in _STILL for state in states), len(states)

    def _status_bytes(self, key: str) -> int | None:
        try:
            lines = Path(f"/proc/{self._pid}/status").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:")), None)


class PortableHandle:
    """Through psutil, where there is no `/proc`."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._still_at_s = 0.0

    def proceed(self) -> None:
        """Continue it."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process.resume()

    def stop(self) -> int:
        """Stop it; confirmed by its status."""
        deadline = time.perf_counter() + _STOP_PATIENCE_S
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process.suspend()
            while self._process.status() not in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE):
                if time.perf_counter() > deadline:
                    self.kill()
                    raise NotStoppedError
            self._still_at_s = time.perf_counter()
            return int(self._process.num_threads())
        self._still_at_s = time.perf_counter()
        return 0

    def still_at_s(self) -> float:
        """There is nobody else to be looked for."""
        return self._still_at_s

    def is_still(self) -> bool:
        """By its status."""
        try:
            return self._process.status() in (psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return True

    def kill(self) -> None:
        """End it."""
        with contextlib.suppress(psutil.NoSuchProcess):
            self._process.kill()

    def cpu_time_s(self) -> float:
        """User and system time, in the kernel's ticks."""
        try:
            times = self._process.cpu_times()
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return 0.0
        return float(times.user + times.system)

    def waited_s(self) -> float:
        """Nothing tells it."""
        return 0.0

    def start_memory_peak(self) -> int | None:
        """There is no high-water mark that could be reset."""
        return None

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """See `start_memory_peak`."""
        del resident_bytes
        return None

    def memory_peaks(self) -> tuple[int, ...]:
        """There is one."""
        return ()

    def usage(self) -> Usage:
        """By psutil."""
        try:
            return Usage(int(self._process.memory_info().rss), int(self._process.num_threads()))
        except psutil.Error:
            return Usage(0, 0)

    def cpus(self) -> frozenset[int]:
        """Nothing binds a process to cores there."""
        return frozenset()

    def close(self) -> None:
        """Nothing is held."""


class LinuxTreeHandle:
    """A process and all that it has started, as one: stopped and continued together, their times and memory added up.

    `members` gives the pids of all of them, those whose parents have ended included.
    """

    def __init__(self, pid: int, members: Callable[[], Collection[int]], *, own_namespace: bool) -> None:
        """With a pid namespace of its own, all end with its init."""
        self._own_namespace = own_namespace
        self._first = LinuxHandle(pid)
        self._init = LinuxHandle(_parent_of(pid))
        self._pid = pid
        self._list_members = members
        self._others: dict[int, LinuxHandle] = {}
        self._resident: dict[LinuxHandle, int] = {}
        self._still_at_s = 0.0

    @property
    def _everyone(self) -> tuple[LinuxHandle, ...]:
        """The first one, and those that it has started, as far as they are known."""
        return (self._first, *self._others.values())

    def proceed(self) -> None:
        """Continue them, the first one last."""
        for handle in (*self._others.values(), self._first):
            handle.proceed()

    def stop(self) -> int:
        """Stop them all, again and again until nobody has been started meanwhile."""
        for _ in _looks():
            if len(self._others) >= _MOST_HELD:
                break
            everyone = self._everyone
            for handle in everyone:
                handle.ask_to_stop()
            states = [handle.stands_still() for handle in everyone]
            self._still_at_s = time.perf_counter()
            if all(stopped for stopped, _ in states) and not self._refresh():
                return sum(threads for _, threads in states)
        self.kill()
        raise NotStoppedError

    def still_at_s(self) -> float:
        """When all those that were known stood still; after that, others were looked for and there were none."""
        return self._still_at_s

    def is_still(self) -> bool:
        """All of them, and nobody is new."""
        return not self._refresh() and all(one.stands_still()[0] for one in self._everyone)

    def kill(self) -> None:
        """End them all, and return when they are gone."""
        self._refresh()
        for handle in self._everyone:
            handle.kill()
        if self._own_namespace:
            self._init.kill()
        self._init.wait(_STOP_PATIENCE_S)

    def cpu_time_s(self) -> float:
        """Of those that run, by their clocks; of those that have ended, in the kernel's ticks."""
        ended_s = sum(handle.childrens_cpu_time_s() for handle in (self._init, *self._everyone))
        return ended_s + sum(handle.cpu_time_s() for handle in self._everyone)

    def waited_s(self) -> float:
        """Not known: its processes also wait for each other."""
        return 0.0

    def start_memory_peak(self) -> int | None:
        """The sum over all of them; None where it cannot be had of one."""
        started = {handle: handle.start_memory_peak() for handle in self._everyone}
        self._resident = {handle: resident for handle, resident in started.items() if resident is not None}
        return sum(self._resident.values()) if len(self._resident) == len(started) else None

    def memory_peaks(self) -> tuple[int, ...]:
        """Of those that were there then, and still are."""
        still_there = self._resident.keys() & set(self._everyone)
        return tuple(handle.memory_peak_since(self._resident[handle]) or 0 for handle in still_there)

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """The sum of the high-water marks of those that run now: an upper bound, since they share pages."""
        self._refresh()
        peaks = [handle.memory_peak_since(0) for handle in self._everyone]
        return max(0, sum(peak for peak in peaks if peak is not None) - resident_bytes)

    def usage(self) -> Usage:
        """The sum over all of them, shared pages counted once; of too many the number alone."""
        count = len(self._list_members())
        if count > _MOST_HELD:
            return Usage(0, count)
        self._refresh()
        bytes_each = (one.proportional_bytes() for one in self._everyone)
        return Usage(sum(bytes_each), sum(one.usage().processes for one in self._everyone))

    def cpus(self) -> frozenset[int]:
        """Those of all of them."""
        return frozenset().union(*(handle.cpus() for handle in self._everyone))

    def close(self) -> None:
        """Let go of all of them."""
        for handle in (self._init, *self._everyone):
            handle.close()

    def _refresh(self) -> bool:
        """Whether there is somebody who was not known; who has ended is forgotten."""
        pids = set(sorted(self._list_members())[:_MOST_HELD]) - {self._pid}
        for pid in self._others.keys() - pids:
            self._others.pop(pid).close()
        new = pids - self._others.keys()
        for pid in new:
            with contextlib.suppress(OSError):
                self._others[pid] = LinuxHandle(pid)
        for pid in new - set(self._list_members()) if new else ():  # its pid may be another's by now
            if pid in self._others:
                self._others.pop(pid).close()
        return bool(new)


def _open_schedstat(process: int | str) -> int | None:
    """Of a process, as `/proc` names it; None where the kernel keeps no such account."""
    try:
        return os.open(f"/proc/{process}/schedstat", os.O_RDONLY)
    except FileNotFoundError:
        return None


def _waited_s(schedstat: int) -> float:
    """The second number there; 0 where it cannot be read."""
    try:
        _, waited_ns, _ = os.pread(schedstat, 100, 0).split()
    except (OSError, ValueError):
        return 0.0
    return int(waited_ns) / 1e9


def own_waited_s() -> float:
    """How long the calling thread was ready and had no core, since it started; 0 where that cannot be had."""
    schedstat = _open_schedstat("thread-self")
    if schedstat is None:
        return 0.0
    try:
        return _waited_s(schedstat)
    finally:
        os.close(schedstat)


def descendants_of_parent(pid: int) -> Callable[[], list[int]]:
    """Lists a worker and all that it has started, by way of its init, which adopts them: where there is no control group."""
    init = _parent_of(pid)

    def members() -> list[int]:
        parents = {}
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    parents[int(entry.name)] = _parent_of(int(entry.name))
        found, level = set[int](), {init}
        while level:
            level = {child for child, parent in parents.items() if parent in level} - found
            found |= level
        return sorted(found)

    return members


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])


def _looks() -> Iterator[None]:
    """One look after the other at what is to stop, as long as there is patience; the pauses are a tenth of the time so far."""
    start = time.perf_counter()
    while (passed_s := time.perf_counter() - start) < _STOP_PATIENCE_S:
        yield
        time.sleep(min(max(_STOP_PAUSE_S, passed_s / 10), _LONGEST_STOP_PAUSE_S))


def _state_and_threads(stat: bytes) -> tuple[str, int]:
    """State (field 3) and number of threads (field 20) of `/proc/PID/stat`; the name before them may hold anything."""
    fields = stat[stat.rindex(b")") + 2 :].split()
    return fields[0].decode(), int(fields[17])
