"""What `grader jobs` shows: every open element, where it is, and why."""

from dataclasses import dataclass

from grader.cluster.batches import Batch, Batches, result_file
from grader.cluster.slurm import Job, JobId, NoAnswerError, Phase, Slurm, log_tail, with_log
from grader.errors import GraderError

DONE = "done"
"""It has brought its result; the next grading takes it up."""


@dataclass(frozen=True)
class Line:
    """One element."""

    job: str | None
    """As Slurm names it, `1234_5`; None where Slurm has not been heard to take it."""
    state: str
    why: str
    node: str | None
    what: str
    attempt: int
    submitted_at: str
    is_active: bool


@dataclass(frozen=True)
class Overview:
    """All open elements of a machine."""

    machine: str
    lines: tuple[Line, ...]
    silent: str | None
    """Why nothing is known of the jobs: Slurm does not answer."""
    faults: tuple[str, ...]
    """Of the last grading that came to its end."""


def overview(machine: str, batches: Batches, slurm: Slurm) -> Overview:
    """What the folder and Slurm know now; nothing is changed."""
    ours = [batch for batch in batches if batch.about.machine == machine]
    jobs: dict[JobId, Job] | None = None
    silent = None
    try:
        ours = [_found(batch, slurm) for batch in ours]
        jobs = slurm.jobs() if ours else {}
    except NoAnswerError as error:
        silent = str(error)
    else:
        gone = {batch.about.job_id for batch in ours if batch.about.job_id is not None and _has_others(batch, jobs)}
        jobs = {**slurm.history(sorted(gone)), **jobs} if gone else jobs
    lines = tuple(_line(batch, index, jobs) for batch in ours for index in batch.open_indices())
    return Overview(machine, lines, silent, batches.faults(machine))


def _found(batch: Batch, slurm: Slurm) -> Batch:
    """The batch with its array's id, which Slurm is asked for where nobody has heard it take it."""
    return batch if batch.about.job_id is not None else batch.known_as(slurm.find(batch.name))


def _has_others(batch: Batch, jobs: dict[JobId, Job]) -> bool:
    """Whether there are open elements of it that Slurm shows no more."""
    return any((batch.about.job_id, index) not in jobs for index in batch.open_indices())


def _line(batch: Batch, index: int, jobs: dict[JobId, Job] | None) -> Line:
    array = batch.about.job_id
    job = Job(Phase.LOST) if jobs is not None else None
    if jobs is not None and array is not None:
        job = jobs.get((array, index), job)
    is_done = result_file(batch.folder, index).exists()
    said = log_tail(batch.log(index)) if job is not None and not job.phase.is_active else ""
    if job is not None:
        job = with_log(job, said)
    try:
        element = batch.element(index)
        what, attempt = (element.label, element.attempt) if element is not None else ("", 1)
    except GraderError as error:
        what, attempt = str(error), 1
    state = DONE if is_done else job.phase.value if job is not None else "not known"
    why = "" if is_done or job is None else job.why
    if job is not None and not is_done and not job.phase.is_active:
        why = "; ".join(filter(None, (why, said)))
    return Line(
        job=None if array is None else f"{array}_{index}",
        state=state,
        why=why,
        node=job.node or None if job is not None else None,
        what=what,
        attempt=attempt,
        submitted_at=batch.about.submitted_at,
        is_active=not is_done and (job is None or job.phase.is_active),
    )
