"""One page for each student, to be handed back: what happened, the figures, how each mark comes about, the code.

A page names no other student. What a person should look at is the teaching staff's, and not on it; nor is a command on a file
that only the staff has.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias
from urllib.parse import urlsplit

from grader.advice.keeping import KeptProfile
from grader.content.course import About, Course
from grader.content.submission import Submission
from grader.grading.check_class import with_again
from grader.grading.class_report import Report
from grader.grading.own_history import Histories
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
from grader.report.pictures import Drawn, left_out_lines
from grader.report.speed_bars import bar_lengths
from grader.text import harmless_line

_SHOWN_LINES = 5000
_TAB = 4

Profiles: TypeAlias = Callable[[Submission], KeptProfile | None]
"""The profile of just this version of a program; None where there is none."""


def no_profile(_submission: Submission) -> KeptProfile | None:
    """Where nobody was profiled."""
    return None


Submissions = Mapping[tuple[str, str, str], Submission]
"""By kind, author and task: what can be run."""
Pictures = Callable[[Submission], Drawn | None]
"""What was drawn of a submission; None where nothing was yet."""


@dataclass(frozen=True)
class Source:
    """One file of a submission, line by line."""

    path: str
    lines: tuple[str, ...]
    left_out: int
    """Lines at its end."""
    heats: tuple[float, ...] = ()
    """Of each line its share of the time, where the program was profiled."""
    slowest: int | None = None
    """The line that takes the most time itself, from 1."""


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
) -> LazyPages:
    """A page for each student, by its path; with heat and advice where there are profiles, and what there was before."""

    def made(author: str) -> str:
        return page(
            "feedback.html",
            title=f"{course.about.title}, {course.about.term}: {harmless_line(author)}",
            author=author,
            pseudonym=name_of(author),
            published=published,
            **student_values(report, [_for_its_author(result) for result in results[author]], submissions, pictures, profiles),
            developed=[(task, own) for (whose, task), own in (histories or {}).items() if whose == author],
            footer=footer,
        )

    results = own_results(report)
    paths = file_names(results)
    published = tuple(_in_the_web(course.about))
    footer = [line.plain for line in footer_lines(report)]
    return LazyPages({paths[author]: partial(made, author) for author in results})


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
    report: Report, own: list[Result], submissions: Submissions, pictures: Pictures, profiles: Profiles
) -> dict[str, object]:
    """What a student's page shows, whoever it is for."""
    author = own[0].author
    return {
        "report": report,
        "tasks": [task_values(report, result, submissions, pictures, profiles) for result in own],
        "marks": [marks for marks in report.marks if marks.author == author],
        "final": next((final_line(final).plain for final in report.finals if final.author == author), None),
    }


def task_values(
    report: Report, result: Result, submissions: Submissions, pictures: Pictures, profiles: Profiles
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
        "notes": [
            line.plain for line in (*confidence_lines(report, result.task, result.case), *thresholds_lines(report, result.task))
        ],
        "pictures": () if drawn is None else drawn.pictures,
        "not_drawn": [] if drawn is None else left_out_lines(drawn),
        "sources": [] if submission is None else list(sources(submission, profile)),
        "advice": None if profile is None else told(profile.findings),
        "profile": profile,
        "is_notebook": submission is not None and submission.lines is not None,
    }


def sources(submission: Submission, profile: KeptProfile | None = None) -> Iterator[Source]:
    """The files of a submission, that of the function first; with the heat of their lines where it is known."""
    for file in sorted(submission.files, key=lambda one: (one.path != submission.file, one.path)):
        lines = file.content.decode("utf-8", "backslashreplace").splitlines()
        kept = tuple(harmless_line(line.expandtabs(_TAB)) for line in lines[:_SHOWN_LINES])
        heats = () if profile is None else _of_each_line(profile.shares.get(file.path, ()), len(kept))
        marked = profile.slowest[1] if profile is not None and profile.slowest and profile.slowest[0] == file.path else None
        yield Source(file.path, kept, len(lines) - len(kept), heats, marked)


def _of_each_line(shares: Sequence[float], count: int) -> tuple[float, ...]:
    """A share for each line that is shown, whatever the program has made of the profile."""
    known = [min(max(share, 0.0), 1.0) for share in shares[:count]]
    return (*known, *(0.0 for _ in range(count - len(known))))
