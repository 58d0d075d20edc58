"""What a student's copy of the course says of the references that it does not hold: how fast the course's machine saw them."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from grader.content.schema import Section
from grader.errors import UsageError

RELEASE_FILE = "release.json"
"""Beside `course.toml`; only a student's copy has one."""


class Estimate(Section):
    """How fast a reference is that the copy lacks."""

    task: str
    level: str
    speedup: Annotated[float, Field(gt=0)] | None
    """Over `naive`, by unit of work; None where the course's machine has not measured both."""
    case: str | None
    """Where the reference was measured."""
    machine: str | None
    """The one that measured it, as it is shown."""


class ReleaseNotes(Section):
    """The whole of `release.json`."""

    format: Literal[1]
    estimates: tuple[Estimate, ...]
    """One for each reference that was left out."""


def read_release_notes(course_folder: Path) -> ReleaseNotes | None:
    """Of a student's copy; None of the course itself.

    Raises:
        UsageError: the file is damaged.
    """
    path = course_folder / RELEASE_FILE
    try:
        return ReleaseNotes.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        first = str(error).partition("\n")[0]
        raise UsageError(f"{path} is damaged ({first}): install your copy of the course again") from None


def written(notes: ReleaseNotes) -> bytes:
    """The file's content."""
    return notes.model_dump_json(indent=1).encode() + b"\n"
