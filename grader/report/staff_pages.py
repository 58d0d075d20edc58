"""The teaching staff's pages: class × task, what wants a person's attention, a page for each student and each task."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from grader.content.course import Course
from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.feedback_pages import (
    Pictures,
    Profiles,
    Submissions,
    no_pictures,
    no_profile,
    own_results,
    student_values,
)
from grader.report.html import page
from grader.report.lazy_pages import LazyPages
from grader.report.leaderboard import confidence_lines, disturbed_lines, facts, footer_lines, thresholds_lines, trouble_lines
from grader.report.names import file_names
from grader.report.speed_bars import bar_lengths
from grader.text import command
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Attention:
    """Something that waits for a person."""

    author: str
    task: str
    what: str
    evidence: tuple[str, ...]
    remedy: str


def staff_pages(
    report: Report,
    course: Course,
    submissions: Submissions,
    pictures: Pictures = no_pictures,
    profiles: Profiles = no_profile,
) -> LazyPages:
    """All pages, by their paths."""
    title = _title(course)
    students = own_results(report)
    names = file_names(students)
    tasks = tuple(dict.fromkeys(result.task for result in report.results))
    footer = [line.plain for line in footer_lines(report)]

    def task_page(task: str) -> str:
        results = [result for result in report.results if result.task == task]
        notes = (*confidence_lines(report, task), *disturbed_lines(report, task), *thresholds_lines(report, task))
        return page(
            "task.html",
            title=f"{title}: {task}",
            task=task,
            unit=report.work_units[task],
            results=results,
            bars=bar_lengths(results),
            paths=names,
            notes=[line.plain for line in notes],
            footer=footer,
        )

    def student_page(author: str) -> str:
        own = students[author]
        return page(
            "student.html",
            title=f"{title}: {author}",
            author=author,
            **student_values(report, own, submissions, pictures, profiles),
            all_facts={one.task: [(name, text.plain) for name, text in facts(report, one)] for one in own},
            footer=footer,
        )

    return LazyPages(
        {
            "index.html": partial(_index, report, course, names),
            **{f"tasks/{task}.html": partial(task_page, task) for task in tasks},
            **{f"students/{names[author]}": partial(student_page, author) for author in students},
        }
    )


def _title(course: Course) -> str:
    return f"{course.about.title}, {course.about.term}"


def _index(report: Report, course: Course, names: dict[str, str]) -> str:
    tasks = tuple(dict.fromkeys(result.task for result in report.results))
    disturbed = [line for task in tasks for line in disturbed_lines(report, task)]
    return page(
        "staff.html",
        title=_title(course),
        about=course.about,
        report=report,
        paths=names,
        tasks=tasks,
        results={(one.author, one.task): one for one in report.results if one.kind == "student"},
        assignments=list(dict.fromkeys((one.assignment, one.max_points) for one in report.marks)),
        marks={(one.author, one.assignment): one for one in report.marks},
        finals={one.author: one for one in report.finals},
        attention=tuple(attention(report)),
        waiting=waiting(report, course),
        troubles=[line.plain for line in (*trouble_lines(report), *disturbed)],
        footer=[line.plain for line in footer_lines(report)],
    )


def attention(report: Report) -> Iterator[Attention]:
    """What a person has to decide or should look at, and the command for it."""
    for result in report.results:
        if result.kind == "student":
            yield from _wanted(result)


def _wanted(result: Result) -> Iterator[Attention]:
    accept = command("grader accept", result.author, result.task, options="--note WHY")
    if result.review is not None:
        yield Attention(result.author, result.task, "not ranked before somebody has looked", (result.review,), accept)
    if result.wants_a_look:
        yield Attention(result.author, result.task, "looks as if a time were not honest", result.suspicions, accept)
    if result.verdict is Verdict.GRADER_ERROR:
        again = command("grader grade", result.author, options=f"--task {result.task}")
        yield Attention(result.author, result.task, "the grader failed, not the submission", (result.message,), again)


def waiting(report: Report, course: Course) -> dict[tuple[str, str], int]:
    """By assignment and criterion: of how many students a person has to decide about it; others wait for a grading."""
    graded = {(one.author, one.task) for one in report.results if one.verdict is not Verdict.GRADER_ERROR}
    by_hand = {(one.id, criterion.id) for one in course.assignments for criterion in one.criteria if criterion.by == "hand"}
    undecided = (
        (marks.assignment, points.criterion)
        for marks in report.marks
        for points in marks.criteria
        if points.points is None and ((marks.assignment, points.criterion) in by_hand or (marks.author, points.task) in graded)
    )
    return dict(Counter(undecided))
