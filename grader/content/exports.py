"""What learning platforms know the class's hand-ins by: kept in the class's folder, so that feedback finds its way back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grader.content.upload_names import Layout, feedback_path, name_fault
from grader.errors import UsageError
from grader.nearest import did_you_mean
from grader.whole_files import write_whole

RECORD = ".exports.json"
"""Hidden, and for its owner's eyes only."""
_KEPT_EXPORTS = 100
_OF_PLATFORMS = (Layout.CANVAS, Layout.MOODLE)


@dataclass(frozen=True)
class Export:
    """One export of one assignment, as it was collected."""

    archive: str
    """The name of its file."""
    layout: Layout
    handles: Mapping[str, str]
    """By author."""

    def feedback_paths(self) -> dict[str, str]:
        """Where each author's feedback has to lie in the archive that the platform takes back."""
        return {author: feedback_path(self.layout, handle) for author, handle in self.handles.items()}


def keep_export(folder: Path, export: Export) -> None:
    """Add an export to the record, as the latest; one that names nobody, or no platform's, is not kept.

    Raises:
        UsageError: the record is damaged, or cannot be written.
    """
    if export.layout not in _OF_PLATFORMS or not export.handles:
        return
    others = [one for one in read_exports(folder) if one != export]
    exports = [*others, export][-_KEPT_EXPORTS:]
    content = json.dumps({"exports": [asdict(one) for one in exports]}, indent=0, ensure_ascii=False)
    try:
        write_whole(folder / RECORD, content.encode())
    except OSError as error:
        raise UsageError(f"{folder / RECORD} cannot be written: {error.strerror}") from None


def read_exports(folder: Path) -> list[Export]:
    """All that are kept, the latest last. UsageError where the record is damaged."""
    path = folder / RECORD
    try:
        return [_export(one) for one in json.loads(path.read_bytes())["exports"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError(f"{path} is damaged or cannot be read; delete it, and collect the exports again") from None


def chosen_export(exports: Sequence[Export], archive: str | None) -> Export | None:
    """The latest export, or the latest from a file of this name; None where there is none at all.

    Raises:
        UsageError: none is from a file of this name.
    """
    if archive is None:
        return exports[-1] if exports else None
    found = [one for one in exports if one.archive == archive]
    if not found:
        raise UsageError(f"no export {archive!r} has been collected{did_you_mean(archive, {one.archive for one in exports})}")
    return found[-1]


def _export(document: Mapping[str, Any]) -> Export:
    """ValueError, or what a wrong type raises, where it is none that was written here."""
    archive, layout, handles = document["archive"], Layout(document["layout"]), document["handles"]
    if not isinstance(archive, str) or layout not in _OF_PLATFORMS or not isinstance(handles, dict):
        raise ValueError(archive)
    for author, handle in handles.items():
        if not isinstance(handle, str) or name_fault(handle) or "/" in handle:
            raise ValueError(author)
    return Export(archive, layout, handles)
