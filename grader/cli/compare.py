"""The command that compares two versions of programs: measured again in pairs, or from two stores."""

import re
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import typer

from grader.cli.class_commands import RESULTS_FILE, Place
from grader.cli.terminal import TerminalProgress, results_console
from grader.content.revisions import is_revision, unpack_revision
from grader.content.versions import Holding, Versions, find_versions
from grader.errors import UsageError
from grader.execution.choose import choose_backend
from grader.grading.own_files import common_task
from grader.grading.progress import Progress
from grader.grading.session import open_session
from grader.grading.stored_versions import compare_stores
from grader.grading.versions import Comparison, compare_versions
from grader.report.as_json import comparison_document, dump
from grader.report.versions import comparison_text
from grader.store import Store

_STORE_SUFFIX = ".sqlite"


@dataclass(frozen=True)
class Asked:
    """What is to be compared."""

    old: str
    new: str
    tasks: Sequence[str]
    slower_by: float | None
    """The fraction from which on being slower fails; None where nothing does."""
    budget_s: float | None


def fraction_of(text: str) -> float:
    """0.05 of `5%`; UsageError for what is no percentage."""
    found = re.fullmatch(r"\s*(\d{1,6}(?:\.\d{1,6})?)\s*%\s*", text, re.ASCII)
    if found is None:
        raise UsageError(f"--fail-slower takes a percentage, as in 5%, and not {text!r}")
    return float(found[1]) / 100


def compare(place: Place, asked: Asked, *, trust_code: bool, as_json: bool) -> Comparison:
    """Compare and print."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-compare-")))
        stores = [_store_in(text) for text in (asked.old, asked.new)]
        if all(stores):
            comparison = _compare_stores(place, asked, *(store for store in stores if store is not None))
        elif any(stores):
            raise UsageError(
                f"{asked.old} and {asked.new}: one is a store of results and the other is not; compare two stores, or programs"
            )
        else:
            progress = stack.enter_context(TerminalProgress())
            comparison = _compare_programs(place, asked, folder, progress, trust_code=trust_code)
    if as_json:
        typer.echo(dump(comparison_document(comparison, asked.slower_by)))
    else:
        results_console().print(comparison_text(comparison, asked.slower_by))
    return comparison


def _compare_programs(place: Place, asked: Asked, folder: Path, progress: Progress, *, trust_code: bool) -> Comparison:
    old, new = _at_hand(asked.old, folder / "old"), _at_hand(asked.new, folder / "new")
    versions = find_versions(old, new)
    session = open_session(place.course, place.submissions, asked.tasks or _tasks_of(place, versions))
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=trust_code)
    with Store(folder / RESULTS_FILE) as store:
        return compare_versions(session, versions, asked.budget_s, backend, store, progress)


def _at_hand(text: str, folder: Path) -> Path:
    if not is_revision(text):
        return Path(text)
    folder.mkdir()
    return unpack_revision(text, folder)


def _tasks_of(place: Place, versions: Versions) -> tuple[str, ...]:
    """Of two files the one that both are for; otherwise all."""
    return (common_task(place.course, (versions.old, versions.new)),) if versions.holding is Holding.FILE else ()


def _store_in(text: str) -> Path | None:
    """The store that is named, or the one in the folder that is; None where it is neither."""
    path = Path(text)
    if path.is_dir() and (path / RESULTS_FILE).is_file():
        return path / RESULTS_FILE
    return path if path.suffix == _STORE_SUFFIX and path.is_file() else None


def _compare_stores(place: Place, asked: Asked, old: Path, new: Path) -> Comparison:
    session = open_session(place.course, place.submissions, asked.tasks)
    with Store(old) as old_store, Store(new) as new_store:
        return compare_stores(session, old_store, new_store)
