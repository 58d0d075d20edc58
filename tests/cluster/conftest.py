"""Fixtures of the cluster's tests: a classroom that is graded by jobs, on a Slurm that is a fake."""

from pathlib import Path

import pytest

from grader.cluster import job
from tests.cluster.fake_slurm import Campus, FakeSlurm
from tests.grading.course_fixture import Classroom, paced


@pytest.fixture
def slurm() -> FakeSlurm:
    """Two nodes, and nothing goes wrong."""
    return FakeSlurm()


@pytest.fixture
def classroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Classroom:
    """Two students who are right, one who is wrong, and one whose file is none; jobs run the classroom's scripts."""
    classroom = Classroom(tmp_path)
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2.4e-6))
    classroom.submit("eve", paced(2e-6, compute=lambda x: 3 * x))
    classroom.hand_in("max", "def double(x): return (\n")
    monkeypatch.setattr(job, "choose_backend", lambda *_, **__: classroom.backend)
    monkeypatch.setattr(job, "peaks_now", lambda *_: None)
    return classroom


@pytest.fixture
def campus(classroom: Classroom, slurm: FakeSlurm) -> Campus:
    """The classroom's course, on the cluster."""
    return Campus(classroom, slurm)
