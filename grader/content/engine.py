"""The grader itself as students get it: its files, and what pip is told of it."""

import importlib.metadata
import tomllib
from pathlib import Path

from packaging.requirements import Requirement

from grader.content.new_course import content_files
from grader.content.wheel import Distribution
from grader.errors import GraderError

PROJECT = "hppl-grader"
"""Its name among distributions; the package is `grader`."""
_PACKAGE = Path(__file__).parents[1]
_SITE_FILES = "grader/history/site_files/"
"""What draws a course's history, which a student does not have: it is larger than half of the code."""


def engine_files() -> dict[str, bytes]:
    """The package's files, by their path in an archive; without those of the history's site."""
    files = ((path.relative_to(_PACKAGE.parent).as_posix(), path) for path in content_files(_PACKAGE))
    return {name: path.read_bytes() for name, path in files if not name.startswith(_SITE_FILES)}


def engine_distribution() -> Distribution:
    """Its name, version, dependencies and command; its readme is left empty.

    In a checkout `pyproject.toml` says them, which may have changed since it was installed; elsewhere pip has kept them.

    Raises:
        GraderError: it runs from files alone, and nobody knows what they need.
    """
    source = _PACKAGE.parent / "pyproject.toml"
    project = tomllib.loads(source.read_text(encoding="utf-8"))["project"] if source.is_file() else {}
    if project.get("name") == PROJECT:
        return Distribution(
            name=PROJECT,
            version=project["version"],
            summary=project["description"],
            requires_python=project["requires-python"],
            requires=tuple(project["dependencies"]),
            readme="",
            commands=project["scripts"],
        )
    return _as_installed()


def _as_installed() -> Distribution:
    try:
        found = importlib.metadata.distribution(PROJECT)
    except importlib.metadata.PackageNotFoundError:
        raise GraderError(f"{PROJECT} is not installed here, so its dependencies are not known: pip install it first") from None
    about = found.metadata
    return Distribution(
        name=about["Name"],
        version=about["Version"],
        summary=about["Summary"],
        requires_python=about["Requires-Python"],
        requires=tuple(one for one in found.requires or () if not _is_optional(one)),
        readme="",
        commands={one.name: one.value for one in found.entry_points if one.group == "console_scripts"},
    )


def _is_optional(requirement: str) -> bool:
    """Whether it belongs to an extra, which nobody has who does not ask for it."""
    marker = Requirement(requirement).marker
    return marker is not None and "extra" in str(marker)
