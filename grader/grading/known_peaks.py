"""What the machine can do at most: measured once for each machine and environment, and kept in the store."""

from grader.errors import GraderError
from grader.execution.interface import Backend
from grader.execution.peaks import measure_peaks
from grader.grading.progress import Progress
from grader.grading.session import Session
from grader.machine import Peaks
from grader.store import Store


def know_peaks(session: Session, backend: Backend, store: Store, progress: Progress, *, again: bool) -> Peaks:
    """What the store knows of this machine; measured now where it knows nothing, or `again`.

    Raises:
        GraderError: a worker cannot measure it.
    """
    conditions = session.conditions(backend.sandbox)
    known = store.peaks(conditions)
    if known is not None and not again:
        return known
    progress.begin("measuring the machine", 1)
    peaks = measure_peaks(backend, session.machine.threads)
    store.add_peaks(conditions, peaks)
    return peaks


def peaks_faults(session: Session, backend: Backend, store: Store, progress: Progress, *, again: bool) -> tuple[str, ...]:
    """Have the machine known; grading goes on without that where it fails, and what is returned says why."""
    try:
        know_peaks(session, backend, store, progress, again=again)
    except GraderError as error:
        return (str(error),)
    return ()
