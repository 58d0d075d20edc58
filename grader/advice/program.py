"""The advice on one program of a course: what would make it faster, and which of the references goes on from there."""

from contextlib import closing
from dataclasses import dataclass

from grader.advice.advise import advise, next_level
from grader.advice.finding import Finding
from grader.content.submission import Submission
from grader.errors import UsageError
from grader.execution.interface import Backend
from grader.grading.check import LIMITS_OF_SIZE, DrawnInputs, check_answers, new_seed
from grader.grading.class_report import Report
from grader.grading.profile_lines import Line, LineProfile, profile_lines
from grader.grading.progress import Progress
from grader.grading.session import HandedIn, Session, read_references


@dataclass(frozen=True)
class Advice:
    """What is said about one program."""

    findings: tuple[Finding, ...]
    next_reference: str | None
    """The reference that shows the next step, where there is one."""
    slowest: Line | None = None
    """The line that takes the most time itself."""
    wrong: str | None = None
    """What is wrong with the program's answer, in one line: nothing is advised then."""


def profile_with_advice(
    session: Session, submission: Submission, backend: Backend, progress: Progress
) -> tuple[LineProfile, Advice]:
    """The profile of a program that may be wrong, and what makes it faster where it is right.

    Raises:
        UsageError: it cannot be profiled.
    """
    profile = profile_lines(session, submission, backend, progress)
    wrong = _wrong(session, submission, backend)
    if wrong is not None:
        return profile, Advice((), None, _slowest(profile), wrong)
    return profile, advice_on(profile, submission, session)


def _wrong(session: Session, submission: Submission, backend: Backend) -> str | None:
    """What is wrong with its answers; a program that is too slow to be checked is not wrong."""
    loaded = session.tasks[submission.task]
    task = loaded.task
    with backend.generation() as generation, closing(generation.start(submission, task.profile, task.cores)) as worker:
        problem = check_answers(worker, loaded, session.limits({}), DrawnInputs(task, new_seed()))
    if problem is None or problem.verdict in LIMITS_OF_SIZE:
        return None
    return problem.message.split("\n", 1)[0]


def advice_on(profile: LineProfile, submission: Submission, session: Session) -> Advice:
    """What a profile says about the program that it is of."""
    (references,) = (one for one in read_references(session) if one.task.name == submission.task)
    levels = [one.author for one in references.everyone]
    return Advice(advise(profile, submission.files), next_level(profile, levels), _slowest(profile))


def _slowest(profile: LineProfile) -> Line | None:
    return None if profile.slowest is None else profile.lines[profile.slowest]


def advice_beside_check(
    session: Session, mine: HandedIn, report: Report, backend: Backend, progress: Progress
) -> Advice | None:
    """The advice on a program that was just found right, at the case where it was measured.

    None where it is not right, was not measured, or cannot be profiled: its check has said all that there is to say.
    """
    case = next((one.case for one in report.results if one.author == mine.author and one.kind == mine.kind), None)
    if not isinstance(mine, Submission) or case is None:
        return None
    try:
        profile = profile_lines(session, mine, backend, progress, memory=False, case=case)
    except UsageError:
        return None
    return advice_on(profile, mine, session)
