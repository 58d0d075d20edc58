"""Pictures that were drawn, kept beside the store: one file for each version of a submission, all at once or not at all."""

import hashlib
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

from grader.content.submission import Submission
from grader.content.task import LoadedTask
from grader.errors import UsageError
from grader.file_state import file_state
from grader.report.pictures import Drawn, DrawnPicture
from grader.whole_files import write_whole

FOLDER = "pictures"
_VERSION = 3
"""Of how pictures are drawn and kept: older ones are drawn anew."""
_CONTENTS = "contents.json"
_DIGITS = 32
_DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error, struct.error)


class PictureShelf:
    """The folder that they are kept in. What is damaged, or was drawn of another version of anything, is not there."""

    def __init__(self, store_file: Path) -> None:
        """Beside this store; the folder is made with the first picture."""
        self._folder = store_file.with_name(FOLDER)

    def path(self, submission: Submission, task: LoadedTask) -> Path:
        """Where the pictures of this very content are, for this version of the task."""
        parts = (str(_VERSION), task.name, task.version, submission.content_hash)
        digest = hashlib.sha256("\n".join(parts).encode()).hexdigest()
        return self._folder / f"{digest[:_DIGITS]}.zip"

    def get(self, submission: Submission, task: LoadedTask) -> Drawn | None:
        """None where nothing was drawn yet."""
        try:
            return _unpacked(self.path(submission, task).read_bytes())
        except _DAMAGED:
            return None

    def state(self, submission: Submission, task: LoadedTask) -> tuple[str | int, ...]:
        """What is another one after anything has been kept or removed, without reading it."""
        path = self.path(submission, task)
        return (path.name, *file_state(path))

    def put(self, submission: Submission, task: LoadedTask, drawn: Drawn) -> None:
        """Keep what was drawn. UsageError where it cannot be written."""
        path = self.path(submission, task)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, _packed(drawn))
        except OSError as error:
            raise UsageError(f"the pictures cannot be written to {path.parent}: {error.strerror}") from error

    def keep_only(self, paths: Collection[Path]) -> int:
        """Remove the pictures of everything else; how many files that were."""
        gone = [path for path in self._folder.glob("*.zip") if path not in paths]
        for path in gone:
            path.unlink(missing_ok=True)
        return len(gone)


def _packed(drawn: Drawn) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:  # pictures are compressed already
        contents = {"pictures": [_described(one) for one in drawn.pictures], "left_out": dict(drawn.left_out)}
        archive.writestr(_CONTENTS, json.dumps(contents))
        for one in drawn.pictures:
            for theme, picture in one.files.items():
                archive.writestr(_entry(one.name, theme), picture)
    return content.getvalue()


def _described(picture: DrawnPicture) -> dict[str, object]:
    """All but the pictures themselves."""
    return {
        "name": picture.name,
        "title": picture.title,
        "about": picture.about,
        "format": picture.format,
        "is_right": picture.is_right,
        "files": list(picture.files),
    }


def _entry(name: str, theme: str) -> str:
    return f"{name}.{theme}"


def _unpacked(content: bytes) -> Drawn:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        contents = json.loads(archive.read(_CONTENTS))
        pictures = tuple(
            DrawnPicture(**{**one, "files": {theme: archive.read(_entry(one["name"], theme)) for theme in one["files"]}})
            for one in contents["pictures"]
        )
        return Drawn(pictures, dict(contents["left_out"]))
