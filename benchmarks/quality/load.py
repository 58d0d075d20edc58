"""Load that is put on the machine on purpose while a class is measured."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from grader.machine import usable_cpus

QUIET = "none"
_PHASE_S = (1.0, 4.0)


@dataclass(frozen=True)
class Load:
    """One kind of load."""

    about: str
    neighbour: str
    other_core: bool
    """Kept on the first core, where no worker of one core runs; else the scheduler puts it where it likes."""
    in_phases: bool = False
    """Stopped and continued in phases of seconds."""


LOADS = {
    "busy": Load("a process that computes all the time on the other core", "busy", other_core=True),
    "bursts": Load("0.2 to 1 s of computing, 0.2 to 1 s of rest, on any core", "bursts", other_core=False),
    "traffic": Load("128 MiB copied over and over on the other core", "traffic", other_core=True),
    "phases": Load(
        "computing on the other core, stopped and continued every 1 to 4 s", "busy", other_core=True, in_phases=True
    ),
}


@contextmanager
def loaded(name: str) -> Iterator[None]:
    """Keep the load up; `QUIET` is none."""
    if name == QUIET:
        yield
        return
    load = LOADS[name]
    neighbour = subprocess.Popen([sys.executable, "-m", "benchmarks.quality.neighbour", load.neighbour])
    over = threading.Event()
    phases = threading.Thread(target=_phases, args=(neighbour, over))
    try:
        if load.other_core and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(neighbour.pid, usable_cpus()[:1])
        if load.in_phases:
            phases.start()
        yield
    finally:
        over.set()
        if load.in_phases:
            phases.join()
        neighbour.kill()
        neighbour.wait()


def _phases(neighbour: subprocess.Popen[bytes], over: threading.Event) -> None:
    going = True
    while not over.wait(random.uniform(*_PHASE_S)):  # noqa: S311 -- when a neighbour works is no secret
        going = not going
        neighbour.send_signal(signal.SIGCONT if going else signal.SIGSTOP)
