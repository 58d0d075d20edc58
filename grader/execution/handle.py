"""A worker's process as the operating system shows it: stop and continue, kill, CPU time, memory.

On Linux through a pidfd and `/proc`; elsewhere (macOS) through psutil, which is slower and cannot reset the memory's high-water
mark.
"""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import Protocol

import psutil

from grader.errors import GraderError

_STOP_PATIENCE_S = 5.0
_STILL = "TZX"
"""The states in `/proc` of what does not run: stopped, ended, gone."""


class ProcessHandle(Protocol):
    """What the call protocol needs of a process. A process that has ended is stopped, and killing it again does nothing."""

    def proceed(self) -> None:
        """Continue it (SIGCONT)."""

    def stop(self) -> int:
        """Stop it (SIGSTOP) and return once every thread stands still; the number of threads."""

    def kill(self) -> None:
        """End it (SIGKILL)."""

    def cpu_time_s(self) -> float:
        """CPU time of all of its threads since it started; 0 once it has ended."""

    def start_memory_peak(self) -> int | None:
        """Let the memory's high-water mark start from now; the resident bytes now, None where that cannot be had."""

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """How far the high-water mark has grown over `resident_bytes`."""

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
        self._cpu_clock = (~pid << 3) | 2  # clock_getcpuclockid(3): the process's CPU clock

    def proceed(self) -> None:
        """Continue it."""
        self._signal(signal.SIGCONT)

    def stop(self) -> int:
        """Stop it; confirmed in `/proc/PID/task/*/stat`."""
        self._signal(signal.SIGSTOP)
        deadline = time.perf_counter() + _STOP_PATIENCE_S
        while time.perf_counter() < deadline:
            stopped, threads = self._threads_stopped()
            if stopped:
                return threads
        self.kill()
        raise GraderError(f"process {self._pid} did not stop within {_STOP_PATIENCE_S:g} s")

    def kill(self) -> None:
        """End it."""
        self._signal(signal.SIGKILL)

    def cpu_time_s(self) -> float:
        """By the kernel's CPU clock of the process, in nanoseconds."""
        try:
            return time.clock_gettime(self._cpu_clock)
        except OSError:
            return 0.0

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

    def close(self) -> None:
        """Close the descriptors."""
        os.close(self._pidfd)
        os.close(self._stat)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def _threads_stopped(self) -> tuple[bool, int]:
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
                    raise GraderError(f"process {self._process.pid} did not stop within {_STOP_PATIENCE_S:g} s")
            return int(self._process.num_threads())
        return 0

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

    def start_memory_peak(self) -> int | None:
        """There is no high-water mark that could be reset."""
        return None

    def memory_peak_since(self, resident_bytes: int) -> int | None:
        """See `start_memory_peak`."""
        del resident_bytes
        return None

    def close(self) -> None:
        """Nothing is held."""


def _state_and_threads(stat: bytes) -> tuple[str, int]:
    """State (field 3) and number of threads (field 20) of `/proc/PID/stat`; the name before them may hold anything."""
    fields = stat[stat.rindex(b")") + 2 :].split()
    return fields[0].decode(), int(fields[17])
