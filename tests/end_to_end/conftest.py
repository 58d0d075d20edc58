"""Fixtures of the end-to-end tests."""

from pathlib import Path

import pytest

from tests.end_to_end.small_course import SmallCourse, make_course


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course of one task, without submissions."""
    return make_course(tmp_path)
