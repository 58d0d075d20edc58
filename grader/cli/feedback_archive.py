"""The archive of feedback that a learning platform takes back: each page under the name that gives it to its student."""

import os
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.content.exports import Export
from grader.errors import UsageError
from grader.report.names import file_names

_MARK = b"feedback written by grader"
"""The archive's comment: no other file is ever replaced."""
_THE_SAME_DATE = (1980, 1, 1, 0, 0, 0)
"""The same pages make the same archive."""


@dataclass(frozen=True)
class FeedbackArchive:
    """What was written."""

    file: str
    export: str | None
    """The archive that was collected; None where none was."""
    layout: str | None
    returned: int
    """Pages that the platform can give to their students."""
    unknown: Sequence[str]
    """Authors whose pages lie in it under their own names, for the export does not name them."""


def write_feedback_archive(file: Path, pages: Mapping[str, Path], export: Export | None) -> FeedbackArchive:
    """Pack the pages' files, by author, into one zip. UsageError where it is something else, or cannot be written."""
    known = {} if export is None else export.feedback_paths()
    paths = file_names(pages) | {author: path for author, path in known.items() if author in pages}
    _require_ours(file)
    try:
        _write(file, {paths[author]: page for author, page in sorted(pages.items())})
    except OSError as error:
        raise UsageError(f"the archive cannot be written to {file}: {error.strerror}") from error
    return FeedbackArchive(
        file=str(file),
        export=export.archive if export else None,
        layout=export.layout.value if export else None,
        returned=sum(author in known for author in pages),
        unknown=[author for author in sorted(pages) if author not in known],
    )


def _require_ours(file: Path) -> None:
    """UsageError for a file that is no archive of feedback: it may be the only copy of what a class handed in."""
    if not file.exists():
        return
    try:
        with zipfile.ZipFile(file) as archive:
            is_ours = archive.comment == _MARK
    except (OSError, zipfile.BadZipFile):
        is_ours = False
    if not is_ours:
        raise UsageError(f"{file} exists already, and is no archive of feedback; name another file")


def _write(file: Path, pages: Mapping[str, Path]) -> None:
    """All at once, for its owner's eyes only."""
    descriptor, staged = tempfile.mkstemp(dir=file.parent, prefix=".feedback-")
    try:
        with os.fdopen(descriptor, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.comment = _MARK
            for path, page in pages.items():
                entry = zipfile.ZipInfo(path, _THE_SAME_DATE)
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, page.read_bytes(), zipfile.ZIP_DEFLATED)
        Path(staged).replace(file)
    except BaseException:
        Path(staged).unlink(missing_ok=True)
        raise
