"""What the page about one student is made of: a report without anybody else, and by which digest it is known to be the same."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from grader.content.course import Course
from grader.content.submission import Submission
from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.fingerprint import fingerprint
from grader.report.scaling_chart import Scalings, scalings_of

Submissions = Mapping[tuple[str, str, str], Submission]
"""By kind, author and task: what can be run."""
KeptState = Callable[[Submission], Hashable]
"""What changes whenever anything does that is kept beside the store about a submission: its pictures, its profile."""


@dataclass(frozen=True)
class Kept:
    """What is kept beside the store, but for what is read when a page is made."""

    state: KeptState
    scalings: Scalings = field(default_factory=dict)
    """Studies of what more cores bring."""


class PageInputs:
    """A class's report, student by student: a page is made of its student's part alone, so the digest of that says all."""

    def __init__(self, report: Report, course: Course, kept: Kept | None) -> None:
        references = tuple(one for one in report.results if one.kind == "reference")
        self._shared = replace(report, results=references, marks=(), finals=(), faults=(), ungraded=())
        self._report = report
        self._course = course
        self._kept = kept
        self._scalings = {} if kept is None else scalings_of(report, kept.scalings)

    def report(self, own: list[Result]) -> Report:
        """All that is said of one student and of the references."""
        author = own[0].author
        return replace(
            self._shared,
            results=(*own, *self._shared.results),
            marks=tuple(one for one in self._report.marks if one.author == author),
            finals=tuple(one for one in self._report.finals if one.author == author),
        )

    @property
    def all_scalings(self) -> Scalings:
        """The same of everybody's programs."""
        return self._scalings

    def scalings(self, own: list[Result]) -> Scalings:
        """What is known of how the student's programs and the references scale."""
        author = own[0].author
        return {key: one for key, one in self._scalings.items() if key[0] == "reference" or key[1] == author}

    def digest(self, own: list[Result], submissions: Submissions, *more: object) -> str:
        """Of all that the page is made of; `more` is what else is shown on it."""
        report = self.report(own)
        programs = [submissions.get((one.kind, one.author, one.task)) for one in own]
        kept = [self._kept.state(one) for one in programs if one is not None and self._kept is not None]
        return fingerprint(self._of_all, own, report.marks, report.finals, programs, kept, self.scalings(own), more)

    @cached_property
    def _of_all(self) -> str:
        """The digest of what all pages share."""
        return fingerprint(self._shared, self._course.about.model_dump())
