"""The advice on one program of a course: what would make it faster, and which of the references goes on from there."""

from contextlib import closing
from dataclasses import dataclass

from grader.advice.advise import advise, is_near_limit, next_level
from grader.advice.facts import share_of_limit
from grader.advice.finding import Finding
from grader.content.submission import Submission
from grader.errors import UsageError
from grader.execution.interface import Backend
from grader.grading.check import LIMITS_OF_SIZE, DrawnInputs, check_answers, new_seed
from grader.grading.class_report import Report
from grader.grading.profile_lines import Line, LineProfile, profile_lines
from grader.grading.progress import Progress
from grader.grading.session import HandedIn, Session, read_references
from grader.grading.standings import Result
from grader.machine import Peaks
from grader.verdicts import Verdict


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
    share_of_limit: float | None = None
    """How much of what this machine can do it reaches; None where that is not known."""


def profile_with_advice(
    session: Session, submission: Submission, backend: Backend, progress: Progress, peaks: Peaks | None = None
) -> tuple[LineProfile, Advice]:
    """The profile of a program that may be wrong, and what makes it faster where it is right.

    `peaks` are what this machine can do, where that was measured.

    Raises:
        UsageError: it cannot be profiled.
    """
    profile = profile_lines(session, submission, backend, progress)
    wrong = _wrong(session, submission, backend)
    if wrong is not None:
        return profile, Advice((), None, _slowest(profile), wrong)
    return profile, advice_on(profile, submission, session, peaks)


def _wrong(session: Session, submission: Submission, backend: Backend) -> str | None:
    """What is wrong with its answers; a program that is too slow to be checked is not wrong."""
    loaded = session.tasks[submission.task]
    task = loaded.task
    with backend.generation() as generation, closing(generation.start(submission, task.profile, task.cores)) as worker:
        problem = check_answers(worker, loaded, session.limits({}), DrawnInputs(task, new_seed()))
    if problem is None or problem.verdict in LIMITS_OF_SIZE:
        return None
    return problem.message.split("\n", 1)[0]


def advice_on(profile: LineProfile, submission: Submission, session: Session, peaks: Peaks | None) -> Advice:
    """What a profile says about the program that it is of; where it does what the machine can do, no reference goes on."""
    (references,) = (one for one in read_references(session) if one.task.name == submission.task)
    share = share_of_limit(profile, peaks)
    level = None if is_near_limit(share) else next_level(profile, [one.author for one in references.everyone])
    return Advice(advise(profile, submission.files, peaks), level, _slowest(profile), share_of_limit=share)


def _slowest(profile: LineProfile) -> Line | None:
    return None if profile.slowest is None else profile.lines[profile.slowest]


def advice_beside_check(
    session: Session, mine: HandedIn, report: Report, backend: Backend, progress: Progress
) -> Advice | None:
    """The advice on a program that was just found right, at the case where it was measured; or too slow, at a check case.

    None where it is wrong, was not measured, or cannot be profiled: its check has said all that there is to say.
    """
    result = next((one for one in report.results if one.author == mine.author and one.kind == mine.kind), None)
    if not isinstance(mine, Submission) or result is None or not has_lines_to_watch(result):
        return None
    too_slow = result.verdict is Verdict.TIME_LIMIT
    try:
        profile = profile_lines(session, mine, backend, progress, memory=False, case=result.case, too_slow=too_slow)
    except UsageError:
        return None
    return advice_on(profile, mine, session, report.peaks)


def has_lines_to_watch(result: Result) -> bool:
    """Whether a result is of a program whose profile helps: it is right and was measured, or it takes too long in its calls."""
    if result.verdict is Verdict.TIME_LIMIT:
        return result.import_time_s is not None
    return result.verdict is Verdict.ACCEPTED and result.case is not None
