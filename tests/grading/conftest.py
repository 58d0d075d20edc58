"""What the tests of the grading stages share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading import check, gate
from tests.grading.course_fixture import Classroom


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    """A course with its three references; nobody has handed in anything yet."""
    return Classroom(tmp_path)


@pytest.fixture(scope="session", autouse=True)
def _no_waiting() -> Iterator[None]:
    """Scripts disturb no machine: nobody has to wait until that is over."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(check, "_MOMENT_S", 0.0)
        patch.setattr(gate, "sleep", lambda _pause_s: None)
        yield
