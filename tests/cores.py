"""The machine's cores, shared out among pytest's processes: what one of them measures, the others do not disturb."""

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.machine import usable_cpus

EVERY = usable_cpus()
"""All that there are."""


def own(every: tuple[int, ...], number: int, count: int) -> tuple[int, ...]:
    """The part of process `number`, from 0, of `count`: equal parts, and all for everybody where there are fewer cores."""
    part = len(every) // count
    return every[number * part : (number + 1) * part] or every


OWN = own(
    EVERY,
    int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")),
    int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")),
)
"""Those of this process; whatever it starts keeps to them, too."""


def keep_to(cores: Collection[int]) -> None:
    """Bind this process to these cores, with all the threads that it has; elsewhere than on Linux nothing is bound."""
    if not hasattr(os, "sched_setaffinity"):
        return
    for thread in Path("/proc/self/task").iterdir():
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(int(thread.name), cores)


@contextmanager
def every_core() -> Iterator[None]:
    """All cores of the machine, for a while."""
    keep_to(EVERY)
    try:
        yield
    finally:
        keep_to(OWN)
