"""What the stages hand to each other: whose a key is."""

import pytest

from grader.records import CONTROL, Member, student_of


@pytest.mark.parametrize("author", ["ada", "a/b", "reference"])
def test_a_students_key_names_the_student(author: str) -> None:
    assert student_of(Member(author, "student", "hash").key) == author


@pytest.mark.parametrize("key", [Member("numba", "reference", "hash").key, CONTROL])
def test_references_and_the_control_are_no_students(key: str) -> None:
    assert student_of(key) is None
