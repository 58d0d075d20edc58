"""The command that makes the student's copy of the course: one archive to be installed, and how to."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import typer
from packaging.version import Version

from grader.cli.class_commands import Place, report_from_store
from grader.cli.report_folder import Output, Written, write_folder
from grader.content.engine import engine_distribution, engine_files
from grader.content.new_course import require_outside
from grader.content.release_notes import Estimate, ReleaseNotes
from grader.content.student_copy import README_FILE, Solution, by_task, copied, released, solutions, tasks_table
from grader.content.wheel import Distribution, wheel
from grader.errors import UsageError
from grader.grading.reference_speeds import estimate_of, estimate_text
from grader.grading.session import Session, open_session, read_references
from grader.grading.standings import Result
from grader.report.as_json import dump
from grader.report.student_readme import student_readme
from grader.text import command, harmless

_COURSE_IN_ARCHIVE = "grader/course"
"""Where `find_course` looks for it, once it is installed."""
_DIGITS = 8


@dataclass(frozen=True)
class Asked:
    """Where to, and for when."""

    folder: Path
    at: str | None
    """The time at which it is asked what is over; now, where None."""


@dataclass(frozen=True)
class _Made:
    """A student's copy, before it is written."""

    distribution: Distribution
    archive: bytes
    readme: str
    """For the folder that it is handed out from."""
    public_cases: Mapping[str, int]
    given: Sequence[Solution]
    estimates: Sequence[Estimate]
    """One for each reference that is left out."""


def release_course(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> None:
    """Write the archive and its README into a folder; nothing is run."""
    require_outside(place.course, asked.folder)
    made = _made(place, _time(asked.at), trust_code=trust_code)
    name = made.distribution.file_name
    written = write_folder(asked.folder, Output.RELEASE, {name: made.archive, README_FILE: made.readme})
    if as_json:
        typer.echo(dump(_document(made, asked.folder, written)))
    else:
        typer.echo(harmless("\n".join(_lines(made, asked.folder / name))))


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise UsageError(f"--at {text!r} is no date and time with its offset, as in 2026-10-05T23:59:00+03:00")
    return at


def _made(place: Place, at: datetime, *, trust_code: bool) -> _Made:
    session = open_session(place.course, place.submissions, ())
    if session.release is not None:
        raise UsageError(f"{place.course} is a student's copy itself: release the course that it was made from")
    course = session.course
    given = released(place.course, course, at)
    left_out = [one for one in solutions(place.course) if one not in given]
    estimates = _estimates(place, session, left_out, trust_code=trust_code)
    engine = engine_distribution()
    public_cases = {name: sum(case.public for case in one.task.check_cases) for name, one in session.tasks.items()}
    tasks = tuple(tasks_table(place.course, course, public_cases))
    readme = student_readme(course, engine.requires_python, tasks, given, estimates)
    content = copied(place.course, given, ReleaseNotes(format=1, estimates=tuple(estimates)), readme)
    files = {**engine_files(), **{f"{_COURSE_IN_ARCHIVE}/{path}": text for path, text in content.items()}}
    distribution = replace(engine, version=_version(engine, course.about.term, files), readme=readme)
    handed_out = student_readme(course, engine.requires_python, tasks, given, estimates, distribution.file_name)
    return _Made(distribution, wheel(distribution, files), handed_out, public_cases, given, estimates)


def _estimates(place: Place, session: Session, left_out: Sequence[Solution], *, trust_code: bool) -> list[Estimate]:
    """Of what the copy will lack, by what has been graded."""
    measured: dict[str, dict[str, Result]] = {}
    if left_out and place.store_file.exists():
        report = report_from_store(place, session, read_references(session), trust_code=trust_code)
        for result in report.results:
            if result.rate:
                measured.setdefault(result.task, {})[result.author] = result
    cases = {name: task.case_names for name, task in session.tasks.items()}
    return [estimate_of(one.level, one.task, measured.get(one.task, {}), cases[one.task], session.machine) for one in left_out]


def _version(engine: Distribution, term: str, files: Mapping[str, bytes]) -> str:
    """The engine's, and what tells this copy from others: pip installs another one only where the version is another."""
    digest = hashlib.sha256()
    for path, content in sorted(files.items()):
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    digest.update("\0".join(engine.requires).encode())
    words = [word for word in re.split(r"[^a-z0-9]+", term.lower()) if word]
    return str(Version(f"{engine.version}+{'.'.join([*words, f'g{digest.hexdigest()[:_DIGITS]}'])}"))


def _document(made: _Made, folder: Path, written: Written) -> dict[str, object]:
    return {
        "folder": str(folder),
        "archive": made.distribution.file_name,
        "version": made.distribution.version,
        "public_cases": dict(made.public_cases),
        "references": [asdict(one) for one in made.given],
        "estimates": [one.model_dump() for one in made.estimates],
        **asdict(written),
    }


def _lines(made: _Made, path: Path) -> list[str]:
    cases = sum(made.public_cases.values())
    counts = (_counted(len(made.public_cases), "task"), _counted(cases, "public case"), _counted(len(made.given), "reference"))
    lines = ["{}: {} with {}, {}".format(path, *counts)]
    lines += [f"  {task}: {', '.join(levels)}" for task, levels in by_task(made.given).items()]
    if made.estimates:
        lines.append("not in it:")
        lines += [f"  {one.task} · {estimate_text(one)}" for one in made.estimates]
    if any(one.speedup is None for one in made.estimates):
        lines.append("what has no estimate was not measured under today's conditions: grader grade, then release again")
    return [*lines, f"hand it out with {path.with_name(README_FILE)}; installed by: {command('pip install', str(path))}"]


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"
