"""Marks: criteria add up to assignments, assignments to the final mark; what a person decided last counts."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.course import Assignment, Course, Criterion, Kind
from grader.grading.marks import KINDS, AssignmentMarks, FinalMark, Share, final_marks, latest, mark_class
from grader.grading.score import Facts, Points
from grader.records import Decision
from grader.verdicts import Verdict

RIGHT = {"julia": Facts(Verdict.ACCEPTED)}
COURSE = Course.model_validate(
    {
        "course": {"title": "Lab", "term": "autumn", "machine": "laptop"},
        "machines": {"laptop": {}},
        "weights": {"participation": 10, "homework": 20, "labs": 30, "project": 40},
    }
)
SHARES = {"participation": 10, "homework": 20, "lab": 30, "project": 40}


def lab(name: str = "lab") -> Assignment:
    criteria = (
        Criterion(id="correct", text="It is right", points=1, by="correct", task="julia"),
        Criterion(id="figure", text="It is drawn", points=2, by="hand"),
    )
    return Assignment(id=name, title=f"The {name}", kind="lab", tasks=("julia",), criteria=criteria)


def decision(points: float | None, criterion: str = "figure", author: str = "ada", assignment: str = "lab") -> Decision:
    return Decision(author, assignment, criterion, points, "seen", "tess", "2026-10-05T10:00:00+00:00")


def line(points: float | None, max_points: float = 4.0, *, bonus: bool = False) -> Points:
    return Points("it", "It", points, max_points, "as it is", bonus=bonus)


def marks(*criteria: Points, kind: Kind = "lab", author: str = "ada") -> AssignmentMarks:
    return AssignmentMarks(author, kind, "Title", kind, criteria)


def final(*of_ada: AssignmentMarks) -> FinalMark:
    (mark,) = final_marks(COURSE, of_ada)
    return mark


# Of an assignment


def test_everyone_has_marks_for_every_assignment_in_the_classs_and_the_courses_order() -> None:
    marked = mark_class([lab("first"), lab("second")], {"bob": RIGHT, "ada": {}}, [])
    assert [(one.author, one.assignment) for one in marked] == [
        ("bob", "first"),
        ("bob", "second"),
        ("ada", "first"),
        ("ada", "second"),
    ]
    assert (marked[0].title, marked[0].kind) == ("The first", "lab")
    assert [points.points for points in marked[0].criteria] == [1, None]


def test_points_are_what_has_been_decided_and_the_rest_is_said_to_wait() -> None:
    of_ada = marks(line(1.5), line(None), line(0.0))
    assert (of_ada.points, of_ada.max_points, of_ada.undecided_points) == (1.5, 12, 4)


def test_where_nothing_has_been_decided_there_are_no_points_and_no_zero() -> None:
    assert marks(line(None), line(None)).points is None
    assert marks(line(None), line(0.0)).points == 0


def test_a_bonus_comes_on_top_and_whoever_leaves_it_out_loses_nothing() -> None:
    with_it, without, undecided = (marks(line(3.0), line(points, 2, bonus=True)) for points in (2.0, 0.0, None))
    assert [(one.points, one.max_points) for one in (with_it, without, undecided)] == [(5, 4), (3, 4), (3, 4)]
    assert undecided.undecided_points == 0


def test_tenths_add_up_without_rounding() -> None:
    assert marks(line(0.1), line(0.2)).points == 0.3


# What a person decided


def test_a_decision_counts_for_its_author_assignment_and_criterion_alone() -> None:
    marked = mark_class([lab("lab"), lab("other")], {"ada": RIGHT, "bob": RIGHT}, [decision(1.5)])
    figures = {(one.author, one.assignment): one.criteria[1].points for one in marked}
    assert figures == {("ada", "lab"): 1.5, ("ada", "other"): None, ("bob", "lab"): None, ("bob", "other"): None}
    assert {one.criteria[0].points for one in marked} == {1}


def test_the_latest_decision_counts() -> None:
    counting = latest([decision(1), decision(2), decision(0.5, "correct")])
    assert {name: one.points for name, one in counting["ada", "lab"].items()} == {"figure": 2, "correct": 0.5}


def test_taking_back_takes_back_all_that_came_before_and_nothing_that_comes_after() -> None:
    history = [decision(1), decision(2), decision(None)]
    assert latest(history)["ada", "lab"] == {}
    assert latest([*history, decision(0)])["ada", "lab"] == {"figure": decision(0)}


def test_taking_back_what_was_never_decided_changes_nothing() -> None:
    (untouched,) = mark_class([lab()], {"ada": RIGHT}, [])
    (marked,) = mark_class([lab()], {"ada": RIGHT}, [decision(None), decision(None, "correct")])
    assert marked == untouched


# Of the course


def test_each_kind_of_work_gives_its_share_of_the_final_mark() -> None:
    mark = final(marks(line(2.0), kind="lab"), marks(line(4.0), kind="project"))
    assert [(share.kind, share.weight_percent, share.percent) for share in mark.shares] == [
        ("lab", 30, 15),
        ("project", 40, 40),
    ]
    assert (mark.percent, mark.max_percent) == (55, 70)


def test_within_a_kind_every_point_weighs_the_same() -> None:
    mark = final(marks(line(1.0, 1)), marks(line(0.0, 9)))
    assert mark.percent == pytest.approx(3)


def test_what_is_undecided_adds_nothing_yet_and_is_said_to_wait() -> None:
    (share,) = final(marks(line(2.0), line(None, 6))).shares
    assert (share.points, share.max_points, share.undecided_points) == (2, 10, 6)
    assert share.percent == pytest.approx(6)


def test_kinds_of_work_without_an_assignment_are_left_out() -> None:
    assert [share.kind for share in final(marks(line(1.0), kind="homework")).shares] == ["homework"]


def test_a_bonus_makes_up_for_lost_points_of_its_kind_and_for_no_more() -> None:
    lost, extra = marks(line(2.0)), line(3.0, 3, bonus=True)
    assert final(lost, marks(extra)).percent == 30
    assert final(marks(line(1.0)), marks(line(1.0, 3, bonus=True))).percent == 15
    other_kind = marks(line(0.0), kind="homework")
    assert final(lost, marks(extra), other_kind).percent == 30


def test_a_kind_that_is_all_bonus_can_neither_be_lost_nor_won() -> None:
    mark = final(marks(line(2.0, 2, bonus=True)))
    assert (mark.percent, mark.max_percent) == (0, 0)


def test_everyone_has_a_final_mark_of_their_own() -> None:
    mixed = (marks(line(4.0)), marks(line(1.0), author="bob"), marks(line(2.0), kind="project"))
    assert [(one.author, one.percent) for one in final_marks(COURSE, mixed)] == [("ada", 50), ("bob", 7.5)]


criteria = st.lists(
    st.tuples(st.sampled_from([0.5, 1, 3]), st.none() | st.floats(0, 1), st.booleans()).map(
        lambda parts: line(None if parts[1] is None else parts[0] * parts[1], parts[0], bonus=parts[2])
    ),
    min_size=1,
    max_size=5,
)
assignments = st.lists(st.builds(lambda lines, kind: marks(*lines, kind=kind), criteria, st.sampled_from(KINDS)), min_size=1)


@settings(deadline=None)
@given(assignments)
def test_a_final_mark_lies_between_nothing_and_what_could_be_earned(of_ada: list[AssignmentMarks]) -> None:
    mark = final(*of_ada)
    assert 0 <= mark.percent <= mark.max_percent * (1 + 1e-12)
    assert mark.max_percent <= 100
    assert {share.kind: share.weight_percent for share in mark.shares}.items() <= SHARES.items()


@settings(deadline=None)
@given(assignments)
def test_what_waits_for_a_person_counts_as_nothing_until_then(of_ada: list[AssignmentMarks]) -> None:
    def decided(one: AssignmentMarks) -> AssignmentMarks:
        return replace(one, criteria=tuple(replace(points, points=points.points or 0.0) for points in one.criteria))

    assert final(*map(decided, of_ada)).percent == final(*of_ada).percent


def test_a_share_without_points_to_be_had_is_nothing() -> None:
    assert Share("lab", 30, 0, 0, 0).percent == 0
