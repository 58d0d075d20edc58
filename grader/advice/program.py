"""The advice on one program of a course: what would make it faster, and which of the references goes on from there."""

from dataclasses import dataclass

from grader.advice.advise import advise, next_level
from grader.advice.finding import Finding
from grader.content.submission import Submission
from grader.errors import UsageError
from grader.execution.interface import Backend
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


def advice_on(profile: LineProfile, submission: Submission, session: Session) -> Advice:
    """What a profile says about the program that it is of."""
    (references,) = (one for one in read_references(session) if one.task.name == submission.task)
    levels = [one.author for one in references.everyone]
    slowest = None if profile.slowest is None else profile.lines[profile.slowest]
    return Advice(advise(profile, submission.files), next_level(profile, levels), slowest)


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
