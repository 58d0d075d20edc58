"""What the tests of the grading stages share."""

from pathlib import Path

import pytest

from tests.grading.course_fixture import Classroom


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    """A course with its three references; nobody has handed in anything yet."""
    return Classroom(tmp_path)
