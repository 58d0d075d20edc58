"""What is found out about programs and kept beside the store: a JSON file for each version of a program."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.file_state import file_state
from grader.whole_files import write_whole

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kept = TypeVar("Kept", bound="DataclassInstance")


@dataclass(frozen=True)
class Kind(Generic[Kept]):
    """What is kept in a folder of its own."""

    folder: str
    """Beside the store."""
    name: str
    """`profile`, for messages."""
    version: int
    """Of the format: files of another one are not there."""
    read: Callable[[dict[str, Any]], Kept]
    """From what the file holds; whatever does not fit is a ValueError, KeyError or TypeError."""


class KeptFiles(Generic[Kept]):
    """All of one kind: new code has none until it is found out again."""

    def __init__(self, kind: Kind[Kept], store_file: Path) -> None:
        self._kind = kind
        self._folder = store_file.with_name(kind.folder)

    def get(self, submission: Submission) -> Kept | None:
        """What is kept of just this version; None where there is nothing that can be read."""
        try:
            kept = json.loads(self._path(submission).read_text(encoding="utf-8"))
            return self._kind.read(kept) if kept["version"] == self._kind.version else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def state(self, submission: Submission) -> tuple[int, ...]:
        """What is another one after something was kept or removed, without reading it."""
        return file_state(self._path(submission))

    def keep(self, submission: Submission, kept: Kept) -> None:
        """Write it, whole or not at all.

        Raises:
            GraderError: it cannot be written.
        """
        text = json.dumps({"version": self._kind.version, **asdict(kept)}, allow_nan=False)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._path(submission), text.encode())
        except OSError as error:
            raise GraderError(f"the {self._kind.name} cannot be kept in {self._folder}: {error.strerror}") from error

    def _path(self, submission: Submission) -> Path:
        return self._folder / f"{submission.task}-{submission.content_hash}.json"
