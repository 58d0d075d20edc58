"""The command for line profiles: where do the time and the memory of a program go, and what would make it faster?"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import typer

from grader.advice.finding import Finding
from grader.advice.keeping import PROFILES, KeptProfile, kept_profile
from grader.advice.program import Advice, advice_on, has_lines_to_watch, profile_with_advice
from grader.cli.class_commands import Place, StoredClass, stored_class
from grader.cli.one_program import open_for, own_file
from grader.cli.terminal import TerminalProgress, results_console
from grader.content.course_folder import results_folder
from grader.content.submission import Submission
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.known_peaks import stored_peaks
from grader.grading.own_files import OWN_RESULTS_FILE
from grader.grading.profile_lines import profile_lines
from grader.grading.progress import Progress
from grader.grading.session import Session, cannot_run
from grader.kept_files import KeptFiles
from grader.machine import Peaks
from grader.report.advice import in_short
from grader.report.as_json import dump, profile_document
from grader.report.profile import profiled
from grader.store import Store
from grader.text import harmless_name, harmless_remark
from grader.verdicts import Verdict


def show_profile(place: Place, who: str, task: str | None, *, trust_code: bool, as_json: bool) -> None:
    """Profile one program and print it; nothing is stored. A file of one's own runs as oneself, an author's in the sandbox."""
    session, submission = open_for(place, who, task)
    trusted = trust_code or own_file(who) is not None
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trusted)
    peaks = stored_peaks(session, backend, (place.store_file, results_folder(place.course) / OWN_RESULTS_FILE))
    with TerminalProgress() as progress:
        profile, advice = profile_with_advice(session, submission, backend, progress, peaks)
    if as_json:
        typer.echo(dump(profile_document(profile, advice)))
    else:
        results_console().print(profiled(profile, advice))


@dataclass(frozen=True)
class Profiled:
    """What came of one program of the class."""

    author: str
    task: str
    is_new: bool
    """Whether it was profiled now."""
    findings: tuple[Finding, ...]
    next_reference: str | None
    problem: str | None
    """Why it has no profile."""


def profile_class(place: Place, tasks: Sequence[str], *, trust_code: bool, as_json: bool) -> None:
    """Profile what of the class is right or too slow and has no profile yet; keep the profiles for `grader report`."""
    known = stored_class(place, tasks, trust_code=trust_code)
    backend = choose_backend(known.session.course.machine, known.session.course.limits, trust_code=trust_code)
    kept = KeptFiles(PROFILES, place.store_file)
    with Store(place.store_file) as store, store.exclusive(), TerminalProgress() as progress:
        peaks = store.peaks(known.session.conditions(backend.sandbox))
        found = [
            _profiled(known.session, one, kept, backend, progress, peaks, too_slow=is_slow)
            for one, is_slow in _worth_a_look(known)
        ]
    if as_json:
        typer.echo(dump({"profiles": [asdict(one) for one in found]}))
        return
    for one in found:
        said = one.problem or in_short(Advice(one.findings, one.next_reference))
        typer.echo(f"{harmless_name(one.author)} · {one.task}: {harmless_remark(said)}")


def _profiled(
    session: Session,
    submission: Submission,
    kept: KeptFiles[KeptProfile],
    backend: Backend,
    progress: Progress,
    peaks: Peaks | None,
    *,
    too_slow: bool,
) -> Profiled:
    def profiled(findings: tuple[Finding, ...], level: str | None, *, is_new: bool, problem: str | None = None) -> Profiled:
        return Profiled(submission.author, submission.task, is_new, findings, level, problem)

    before = kept.get(submission)
    if before is not None:
        return profiled(before.findings, before.next_reference, is_new=False)
    try:
        profile = profile_lines(session, submission, backend, progress, too_slow=too_slow)
    except UsageError as error:
        return profiled((), None, is_new=True, problem=str(error))
    advice = advice_on(profile, submission, session, peaks)
    kept.keep(submission, kept_profile(profile, submission, advice.findings, advice.next_reference))
    return profiled(advice.findings, advice.next_reference, is_new=True)


def _worth_a_look(known: StoredClass) -> list[tuple[Submission, bool]]:
    """The students' programs that are right or too slow, as far as they have been graded; and whether they are too slow."""
    too_slow = {
        (one.author, one.task): one.verdict is Verdict.TIME_LIMIT
        for one in known.report.results
        if one.kind == "student" and has_lines_to_watch(one)
    }
    return [
        (one, too_slow[one.author, one.task])
        for hand_ins in known.everyone
        for one in (hand_ins.everyone if cannot_run(hand_ins.task) is None else ())
        if isinstance(one, Submission) and one.kind == "student" and (one.author, one.task) in too_slow
    ]
