"""The leaderboard for everyone: who has which rank under a pseudonym, and nothing that is private.

The page is made from a report from which all that is private has been taken before: names, messages, prints, flags, marks.
"""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

from grader.content.course import Course
from grader.content.submission import Submission, packages_used
from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.html import page
from grader.report.lazy_pages import LazyPages
from grader.report.leaderboard import confidence_lines, footer_lines, thresholds_lines
from grader.report.speed_bars import bar_lengths

Techniques = Mapping[tuple[str, str, str], tuple[str, ...]]
"""By kind, author and task: the libraries that the code uses."""

_TECHNIQUES = frozenset({"concurrent", "ctypes", "cython", "mpi4py", "multiprocessing", "numba", "numpy", "scipy", "threading"})
"""Libraries that tell how a program is made fast; others may tell whose it is, and are not named."""
_PLAIN = "plain Python"


@dataclass(frozen=True)
class Place:
    """Somebody's place over all tasks."""

    first_rank: int
    """From here to `last_rank`: the ranks that are open, whichever of the ranks that are open in each task is the true one."""
    last_rank: int
    author: str
    mean_rank: float
    results: tuple[Result | None, ...]
    """Task by task; None where there is no rank."""


def published_pages(report: Report, course: Course, techniques: Techniques, name_of: Callable[[str], str]) -> LazyPages:
    """The one page, by its path."""
    shown = without_private(report, name_of)
    renamed = {
        (kind, name_of(author) if kind == "student" else author, task): used
        for (kind, author, task), used in techniques.items()
    }
    tasks = tuple(dict.fromkeys(result.task for result in shown.results))
    made = partial(
        page,
        "published.html",
        title=f"{course.about.title}, {course.about.term}: leaderboard",
        report=shown,
        course=course,
        tasks=[_task_values(shown, course, task, renamed) for task in tasks],
        task_names=tasks,
        overall=overall(shown),
        techniques=sorted({one for used in renamed.values() for one in used}),
        footer=[line.plain for line in footer_lines(shown)],
    )
    return LazyPages({"index.html": made})


def techniques_of(submissions: Mapping[tuple[str, str, str], Submission]) -> Techniques:
    """What everybody's code uses, read from its text."""
    return {key: tuple(sorted(packages_used(one) & _TECHNIQUES)) or (_PLAIN,) for key, one in submissions.items()}


def without_private(report: Report, name_of: Callable[[str], str]) -> Report:
    """The references and those who have a rank, under other names; of them, only what a leaderboard shows."""
    return replace(
        report,
        results=tuple(_public(result, name_of) for result in report.results if _is_shown(result)),
        marks=(),
        finals=(),
        faults=(),
        ungraded=(),
    )


def _is_shown(result: Result) -> bool:
    return result.rate is not None and (result.kind == "reference" or result.rank is not None)


def _public(result: Result, name_of: Callable[[str], str]) -> Result:
    """Built from nothing, so that a field that comes to results later is private until somebody adds it here."""
    return Result(
        author=name_of(result.author) if result.kind == "student" else result.author,
        kind=result.kind,
        task=result.task,
        verdict=result.verdict,
        message="",
        case=result.case,
        baseline=result.baseline,
        wall_time_s=result.wall_time_s,
        work=result.work,
        speedup=result.speedup,
        speedup_low=result.speedup_low,
        speedup_high=result.speedup_high,
        bound=result.bound,
        rank=result.rank,
        first_rank=result.first_rank,
        last_rank=result.last_rank,
    )


def overall(report: Report) -> tuple[Place, ...]:
    """Everyone by the mean of their ranks; in a task without a rank, one comes behind all who have one."""
    tasks = tuple(dict.fromkeys(result.task for result in report.results))
    ranked = {(one.author, one.task): one for one in report.results if one.rank is not None}
    behind_all = {task: 1 + sum(of_task == task for _, of_task in ranked) for task in tasks}
    authors = sorted({author for author, _ in ranked})

    def means(rank_of: Callable[[Result], int | None]) -> dict[str, float]:
        def rank(author: str, task: str) -> int:
            found = ranked.get((author, task))
            return behind_all[task] if found is None else rank_of(found) or 0

        return {author: statistics.fmean(rank(author, task) for task in tasks) for author in authors}

    mean, best, worst = (means(attrgetter(name)) for name in ("rank", "first_rank", "last_rank"))
    return tuple(
        Place(
            first_rank=1 + sum(other < best[author] for other in worst.values()),
            last_rank=len(authors) - sum(other > worst[author] for other in best.values()),
            author=author,
            mean_rank=mean[author],
            results=tuple(ranked.get((author, task)) for task in tasks),
        )
        for author in sorted(authors, key=lambda author: (mean[author], author))
    )


def _task_values(report: Report, course: Course, task: str, techniques: Techniques) -> dict[str, object]:
    results = [result for result in report.results if result.task == task]
    return {
        "name": task,
        "unit": report.work_units[task],
        "results": results,
        "bars": bar_lengths(results),
        "techniques": {(one.kind, one.author): techniques.get((one.kind, one.author, task), ()) for one in results},
        "assignments": [one.id for one in course.assignments if task in one.tasks],
        "notes": [line.plain for line in (*confidence_lines(report, task), *thresholds_lines(report, task))],
    }
