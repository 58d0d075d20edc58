"""Fixtures of the end-to-end tests."""

from pathlib import Path

import pytest

from tests.end_to_end.small_course import LOOPS, VECTORS, WRONG, GradedCourse, SmallCourse, make_course


@pytest.fixture
def course(tmp_path: Path) -> SmallCourse:
    """A course of one task, without submissions."""
    return make_course(tmp_path)


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> GradedCourse:
    """A class that has been graded, for whoever leaves it as it is.

    lena's loops are right, so are vera's arrays, which are twin's, too; wim has forgotten the root.
    """
    course = make_course(tmp_path_factory.mktemp("graded"))
    course.hand_in("lena", LOOPS)
    course.hand_in("vera", VECTORS)
    course.hand_in("twin", VECTORS.replace("    return", "    # all pairs at once\n    return"))
    course.hand_in("wim", WRONG)
    ran = course.grader("grade", "--budget", "0", "--json")
    assert ran.code == 0, ran.err
    return GradedCourse(course, ran)


@pytest.fixture
def graded(graded_class: GradedCourse, tmp_path: Path) -> SmallCourse:
    """A copy of it, which may be changed."""
    return graded_class.course.copy(tmp_path / "graded")
