"""What a student's copy says of the references that it lacks, there and back."""

from pathlib import Path

import pytest

from grader.content.release_notes import RELEASE_FILE, Estimate, ReleaseNotes, read_release_notes, written
from grader.errors import UsageError

NOTES = ReleaseNotes(
    format=1,
    estimates=(
        Estimate(task="julia", level="tuned", speedup=41.5, case="1000x1000-256", machine="laptop, a CPU"),
        Estimate(task="julia", level="numba", speedup=None, case=None, machine=None),
    ),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    (tmp_path / RELEASE_FILE).write_bytes(written(NOTES))
    assert read_release_notes(tmp_path) == NOTES


def test_the_course_itself_has_none(tmp_path: Path) -> None:
    assert read_release_notes(tmp_path) is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"format": 2, "estimates": []}', written(NOTES).replace(b"41.5", b"-1"), b"\xff"]
)
def test_what_is_damaged_is_said_to_be(tmp_path: Path, content: bytes) -> None:
    (tmp_path / RELEASE_FILE).write_bytes(content)
    with pytest.raises(UsageError, match=r"release\.json is damaged .*install your copy of the course again"):
        read_release_notes(tmp_path)
