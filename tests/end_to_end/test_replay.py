"""A teaching assistant answers a student who disputes a result, with the real command in the real sandbox."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.small_course import GradedCourse, SmallCourse


@pytest.fixture(scope="module")
def graded(graded_class: GradedCourse) -> Iterator[SmallCourse]:
    """The class that has been graded; it is afterwards as it was."""
    course = graded_class.course
    before = course.grader("rank", "--json").out
    yield course
    assert course.grader("rank", "--json").out == before
    assert course.processes() == []


def test_a_right_answer_is_checked_and_measured_again(graded: SmallCourse) -> None:
    ran = graded.grader("replay", "vera", "distances", "--json")
    assert ran.code == 0, ran.err
    document = ran.json
    assert document["then"]["verdict"] == document["now"]["verdict"] == "ACCEPTED"
    assert document["same_code"]
    assert document["same_conditions"]
    assert document["then"]["speedup"] > 0
    assert document["now"]["speedup"] > 0
    assert len(document["runs"]) == 3
    turns = [one for run in document["runs"] for one in run["rounds"]]
    assert all(one["then"]["turn_s"] > 0 and one["now"]["turn_s"] > 0 for one in turns)


def test_a_wrong_answer_is_wrong_in_the_same_numbers(graded: SmallCourse) -> None:
    ran = graded.grader("replay", "wim", "distances", "--json")
    assert ran.code == 0, ran.err
    message = ran.json["now"]["message"]
    assert ran.json["same_message"]
    assert "expected" in message  # the inputs are random: the same numbers come of the same inputs alone
    assert "inputs: np.array" in message


def test_a_reference_can_be_replayed_within_a_budget(graded: SmallCourse) -> None:
    ran = graded.grader("replay", "numpy", "distances", "--budget", "0")
    assert ran.code == 0, ran.err
    assert "1 of 3 runs were replayed" in ran.out
    assert "The verdict came out again" in ran.out


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("ver", "distances"), "did you mean 'vera'"),
        (("vera", "distance"), "did you mean 'distances'"),
        (("vera", "distances", "--trust-code"), "--trust-code"),
        (("vera", "distances", "--store", "nowhere/results.sqlite"), "run `grader grade` first"),
    ],
)
def test_what_cannot_be_replayed_is_named(graded: SmallCourse, words: tuple[str, ...], expected: str) -> None:
    ran = graded.grader("replay", *words)
    assert ran.code == 2
    assert expected in ran.err
    assert not ran.out
