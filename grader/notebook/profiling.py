"""A line profile of what would be handed in of a notebook: the stages of `grader profile`, shown as a heat map of its cells."""

from dataclasses import dataclass

from grader.advice.program import Advice, profile_with_advice
from grader.cli.terminal import TerminalProgress
from grader.content.course_folder import results_folder
from grader.content.submission import Rejection, Submission
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.grading.known_peaks import stored_peaks
from grader.grading.own_files import OWN_RESULTS_FILE
from grader.grading.profile_lines import LineProfile
from grader.grading.session import Session
from grader.notebook.checking import as_text
from grader.report.profile import profiled
from grader.report.profile_html import html_profile
from grader.text import harmless


@dataclass(frozen=True, repr=False)
class Profiled:
    """A line profile; a notebook shows it as a heat map, everything else as text."""

    profile: LineProfile
    advice: Advice
    """What would make it faster."""

    def __repr__(self) -> str:
        """What `grader profile` prints."""
        return as_text(profiled(self.profile, self.advice))

    def _repr_html_(self) -> str:
        return html_profile(self.profile, self.advice)


def profile_handed_in(session: Session, mine: Submission | Rejection) -> Profiled:
    """The stages of `grader profile`.

    Raises:
        UsageError: it cannot be run.
    """
    if isinstance(mine, Rejection):
        raise UsageError(f"there is nothing to profile: {harmless(mine.message)}")
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=True)
    with TerminalProgress() as progress:
        peaks = stored_peaks(session, backend, (results_folder(session.course_folder) / OWN_RESULTS_FILE,))
        return Profiled(*profile_with_advice(session, mine, backend, progress, peaks))
