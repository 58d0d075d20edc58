"""What the machine can do at most: measured once for each machine and environment, and kept in the store.

Other load only makes it less. So what was measured while others took the cores is measured again at the next occasion, and the
better one is kept.
"""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from grader.errors import GraderError, UsageError
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.grading.gate import MOST_TAKEN
from grader.grading.progress import Progress
from grader.grading.session import Session
from grader.machine import Peaks
from grader.noise import Disturbance, between
from grader.store import Store


def know_peaks(session: Session, backend: Backend, store: Store, progress: Progress, *, again: bool) -> Peaks:
    """What the store knows of this machine; measured now where it knows nothing for certain, or `again`.

    Raises:
        GraderError: a worker cannot measure it.
    """
    conditions = session.conditions(backend.sandbox)
    known = store.peaks(conditions)
    if known is not None and not known.beside and not again:
        return known
    progress.begin("measuring the machine", 1)
    found = peaks_now(backend, session.machine.threads)
    if known is not None and found.beside and known.flop_per_s >= found.flop_per_s:
        return known
    store.add_peaks(conditions, found)
    return found


def stored_peaks(session: Session, backend: Backend, store_files: Iterable[Path]) -> Peaks | None:
    """What a grading or a check has measured of this machine, by the first of these files that knows; nothing is measured."""
    conditions = session.conditions(backend.sandbox)
    for file in store_files:
        if not file.exists():
            continue
        try:
            with Store(file) as store:
                peaks = store.peaks(conditions)
        except (GraderError, UsageError):  # no results' file, or a later version's: nobody has asked for it
            continue
        if peaks is not None:
            return peaks
    return None


def peaks_now(backend: Backend, cores: int) -> Peaks:
    """What one core can do now, and so many at once; and who else was at work meanwhile.

    Raises:
        GraderError: a worker cannot measure it.
    """
    before = backend.snapshot()
    found = measure_peaks(backend, cores)
    return replace(found, beside=_taken_by(between(before, backend.snapshot())))


def peaks_faults(session: Session, backend: Backend, store: Store, progress: Progress, *, again: bool) -> tuple[str, ...]:
    """Have the machine known; grading goes on without that where it fails, and what is returned says why."""
    try:
        know_peaks(session, backend, store, progress, again=again)
    except GraderError as error:
        return (str(error),)
    return ()


def _taken_by(happened: Disturbance) -> str:
    """Who took so much of the cores' time that the peaks cannot be trusted."""
    if happened.stolen > MOST_TAKEN:
        return "other virtual machines"
    return (happened.busiest or "other programs") if happened.others > MOST_TAKEN else ""
