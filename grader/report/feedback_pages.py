"""One page for each student, to be handed back: what happened, the figures, how each mark comes about, the code.

A page names no other student. What a person should look at is the teaching staff's, and not on it; nor is a command on a file
that only the staff has.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, groupby, repeat
from operator import itemgetter
from typing import TypeAlias
from urllib.parse import urlsplit

from grader.advice.keeping import KeptProfile
from grader.content.course import About, Course
from grader.content.parsing import code_lines
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.grading.check_class import with_again
from grader.grading.class_report import Report
from grader.grading.own_history import Histories, PastResult
from grader.grading.standings import Result
from grader.report.advice import told
from grader.report.growth_chart import growth_chart
from grader.report.html import page
from grader.report.lazy_pages import LazyPages
from grader.report.leaderboard import (
    confidence_lines,
    final_line,
    footer_lines,
    own_facts,
    thresholds_lines,
)
from grader.report.names import file_names
from grader.report.page_inputs import Kept, PageInputs, Submissions
from grader.report.pictures import Drawn, remarks
from grader.report.roofline_chart import roofline_chart
from grader.report.scaling_chart import Scalings, scaling_chart
from grader.report.speed_bars import bar_lengths
from grader.text import harmless_line

_SHOWN_LINES = 5000
_TAB = 4

Profiles: TypeAlias = Callable[[Submission], KeptProfile | None]
"""The profile of just this version of a program; None where there is none."""


def no_profile(_submission: Submission) -> KeptProfile | None:
    """Where nobody was profiled."""
    return None


Pictures = Callable[[Submission], Drawn | None]
"""What was drawn of a submission; None where nothing was yet."""


@dataclass(frozen=True)
class SourceLine:
    """One line of a listing."""

    number: int
    """In its file; of a notebook in its code cell."""
    text: str
    heat: float
    """Its share of the time; 0 where nobody was profiled."""
    is_slowest: bool
    """Whether it is the one that takes the most time itself."""


@dataclass(frozen=True)
class Part:
    """Lines that stand together: a whole file, or what was taken of one code cell of a notebook."""

    cell: int | None
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True)
class Source:
    """One file of a submission, line by line."""

    path: str
    parts: tuple[Part, ...]
    left_out: int
    """Lines at its end."""
    is_heated: bool
    """Whether the program was profiled."""


def no_pictures(_submission: Submission) -> None:
    """Nothing was drawn."""


def feedback_pages(
    report: Report,
    course: Course,
    submissions: Submissions,
    name_of: Callable[[str], str],
    pictures: Pictures = no_pictures,
    profiles: Profiles = no_profile,
    histories: Histories | None = None,
    kept: Kept | None = None,
) -> LazyPages:
    """A page for each student, by its path; with heat and advice where there are profiles, and what there was before.

    The pages have digests where it is said what is `kept`, by which pictures and profiles are known to be others.
    """
    inputs = PageInputs(report, course, kept)

    def made(author: str) -> str:
        report = inputs.report(results[author])
        return page(
            "feedback.html",
            title=f"{course.about.title}, {course.about.term}: {harmless_line(author)}",
            author=author,
            pseudonym=name_of(author),
            published=published,
            **student_values(
                report,
                [_for_its_author(result) for result in results[author]],
                submissions,
                pictures,
                profiles,
                inputs.scalings(results[author]),
            ),
            developed=developed(author),
            footer=footer,
        )

    def developed(author: str) -> list[tuple[str, Sequence[PastResult]]]:
        return [(task, own) for (whose, task), own in (histories or {}).items() if whose == author]

    results = own_results(report)
    paths = file_names(results)
    published = tuple(_in_the_web(course.about))
    footer = [line.plain for line in footer_lines(report)]
    digests = {
        paths[author]: inputs.digest(own, submissions, name_of(author), developed(author))
        for author, own in (results.items() if kept is not None else ())
    }
    return LazyPages({paths[author]: partial(made, author) for author in results}, digests)


def _in_the_web(about: About) -> Iterator[tuple[str, str]]:
    """What a page that is handed back can lead to: who reads it does not have the folders around it."""
    for name, address in (("the leaderboard", about.leaderboard), ("the history of the course", about.history)):
        if address is not None and urlsplit(address).scheme:
            yield name, address


def _for_its_author(result: Result) -> Result:
    return replace(result, message=with_again(result.message, None))


def own_results(report: Report) -> dict[str, list[Result]]:
    """Every student's results."""
    found: dict[str, list[Result]] = {}
    for result in report.results:
        if result.kind == "student":
            found.setdefault(result.author, []).append(result)
    return dict(sorted(found.items()))


def student_values(
    report: Report,
    own: list[Result],
    submissions: Submissions,
    pictures: Pictures,
    profiles: Profiles,
    scalings: Scalings,
) -> dict[str, object]:
    """What a student's page shows, whoever it is for."""
    author = own[0].author
    return {
        "report": report,
        "tasks": [task_values(report, result, submissions, pictures, profiles, scalings) for result in own],
        "marks": [marks for marks in report.marks if marks.author == author],
        "final": next((final_line(final).plain for final in report.finals if final.author == author), None),
    }


def task_values(
    report: Report,
    result: Result,
    submissions: Submissions,
    pictures: Pictures,
    profiles: Profiles,
    scalings: Scalings,
) -> dict[str, object]:
    """One task of one student."""
    references = [one for one in report.results if (one.kind, one.task) == ("reference", result.task) and one.rate]
    beside = [result, *references] if result.rate else references
    submission = submissions.get((result.kind, result.author, result.task))
    drawn = None if submission is None else pictures(submission)
    profile = None if submission is None else profiles(submission)
    return {
        "result": result,
        "unit": report.work_units[result.task],
        "facts": [(name, text.plain) for name, text in own_facts(report, result)],
        "beside": sorted(beside, key=lambda one: one.counted_rate or 0.0, reverse=True),
        "bars": bar_lengths(beside),
        "growth": growth_chart(result, references),
        "scaling": scaling_chart([result], references, scalings),
        "roofline": roofline_chart([result], references, report.peaks),
        "notes": [
            line.plain for line in (*confidence_lines(report, result.task, result.case), *thresholds_lines(report, result.task))
        ],
        "pictures": () if drawn is None else drawn.pictures,
        "not_drawn": [] if drawn is None else remarks(drawn, result.verdict),
        "sources": [] if submission is None else list(sources(submission, profile)),
        "advice": None if profile is None else told(profile.findings),
        "profile": profile,
        "is_notebook": submission is not None and submission.lines is not None,
    }


def sources(submission: Submission, profile: KeptProfile | None = None) -> Iterator[Source]:
    """The files of a submission, that of the function first; with the heat of their lines where it is known."""
    for file in sorted(submission.files, key=lambda one: (one.path != submission.file, one.path)):
        texts = code_lines(file.content.decode("utf-8", "backslashreplace"))
        shares = () if profile is None else profile.shares.get(file.path, ())
        slowest = None if profile is None else profile.slowest
        lines = zip(_places(submission, file), texts[:_SHOWN_LINES], _heats(shares), strict=False)
        numbered = [
            (cell, SourceLine(number, harmless_line(text.expandtabs(_TAB)), heat, (file.path, row) == slowest))
            for row, ((cell, number), text, heat) in enumerate(lines, 1)
        ]
        parts = (Part(cell, tuple(line for _, line in of_it)) for cell, of_it in groupby(numbered, key=itemgetter(0)))
        yield Source(file.path, tuple(parts), max(0, len(texts) - _SHOWN_LINES), profile is not None)


def _places(submission: Submission, file: SourceFile) -> Iterable[tuple[int | None, int]]:
    """The code cell and the number in it of each line of a notebook's module; of other files' lines, their numbers."""
    if submission.lines is not None and file.path == submission.file:
        return submission.lines.places
    return zip(repeat(None), count(1), strict=False)


def _heats(shares: Sequence[float]) -> Iterator[float]:
    """A share for each line that there may be, whatever the program has made of the profile."""
    yield from (min(max(share, 0.0), 1.0) for share in shares)
    yield from repeat(0.0)
