"""`grader mark` and `grader accept`: what a person decides is kept with who, when and why, and a slip is named."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from grader.cli.app import app
from grader.cli.decisions import Signature, find_criterion
from grader.content.course import load_course
from grader.errors import UsageError
from grader.records import Acceptance, Decision
from grader.report.leaderboard import author_details
from tests.grading.course_fixture import COURSE, REVIEWED_TASK, Classroom, nearly_doubled, of, paced, write
from tests.report.example import rendered

SECOND = """
[[assignments]]
id = "tripling"
title = "Tripling"
kind = "homework"
criteria = [
    { id = "report", text = "It is explained", points = 3, by = "hand" },
    { id = "figure", text = "It is drawn", points = 1.5, by = "hand" },
]

[measurement]
"""


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    """A class of two in a course of two assignments, both of which have a criterion `report`."""
    classroom = Classroom(tmp_path)
    write(tmp_path / "course.toml", COURSE.replace("[measurement]", SECOND))
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2e-6))
    return classroom


def run(classroom: Classroom, command: str, *words: str) -> Result:
    """`grader COMMAND WORDS…` in this course."""
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file))
    return CliRunner().invoke(app, [command, *here, *words])


def said(classroom: Classroom, command: str, *words: str) -> str:
    """What a command that succeeds prints, in one line."""
    result = run(classroom, command, *words)
    assert result.exception is None, result.exception
    return " ".join(result.stdout.split())


def refused(classroom: Classroom, command: str, *words: str) -> str:
    """Why a command is refused; nothing is kept of it."""
    result = run(classroom, command, *words)
    assert isinstance(result.exception, UsageError), result.output
    assert not result.stdout
    assert decisions(classroom) == ()
    assert acceptances(classroom) == ()
    return str(result.exception)


def decisions(classroom: Classroom) -> tuple[Decision, ...]:
    with classroom.store() as store:
        return store.decisions()


def acceptances(classroom: Classroom) -> tuple[Acceptance, ...]:
    with classroom.store() as store:
        return store.acceptances()


def is_now(written: str) -> bool:
    return abs(datetime.now(UTC) - datetime.fromisoformat(written)) < timedelta(minutes=1)


def parsed(result: Result) -> dict[str, Any]:
    assert result.exception is None, result.exception
    document = json.loads(result.stdout)
    assert isinstance(document, dict)
    return document


# Points by hand


def test_points_are_kept_with_who_gave_them_when_and_why(classroom: Classroom) -> None:
    text = said(classroom, "mark", "ada", "doubling/report", "1.5", "--note", " clear and short ", "--who", "tess")
    assert text == "ada · doubling/report: 1.5 of 2 points (tess: clear and short)"
    (kept,) = decisions(classroom)
    assert (kept.author, kept.assignment, kept.criterion, kept.points) == ("ada", "doubling", "report", 1.5)
    assert (kept.note, kept.who) == ("clear and short", "tess")
    assert is_now(kept.decided_at)


def test_a_criterion_that_only_one_assignment_has_needs_no_more_than_its_name(classroom: Classroom) -> None:
    assert "ada · tripling/figure: 0 of 1.5 points" in said(classroom, "mark", "ada", "figure", "0", "--note", "empty")


def test_whoever_decides_is_you_where_nobody_is_named(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "tim")
    said(classroom, "mark", "ada", "figure", "1", "--note", "fine")
    assert decisions(classroom)[0].who == "tim"


def test_a_user_without_a_name_has_a_number(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    said(classroom, "mark", "ada", "figure", "1", "--note", "fine")
    assert decisions(classroom)[0].who.startswith("user ")


def test_the_student_is_shown_the_points_and_why(classroom: Classroom) -> None:
    classroom.grade()
    said(classroom, "mark", "ada", "figure", "1.5", "--note", "clear and short", "--who", "tess")
    shown = " ".join(rendered(author_details(classroom.report(), "ada")).split())
    assert "Tripling: 1.5 / 4.5" in shown
    assert f"tess on {decisions(classroom)[0].decided_at[:10]}: clear and short" in shown


def test_points_over_the_graders_own_show_both(classroom: Classroom) -> None:
    classroom.grade()
    said(classroom, "mark", "ada", "correct", "0.5", "--note", "a late repair", "--who", "tess")
    (marks,) = (marks for marks in classroom.report().marks if (marks.author, marks.assignment) == ("ada", "doubling"))
    correct = marks.criteria[0]
    assert correct.points == 0.5
    assert correct.because.startswith("tess on ")
    assert correct.because.endswith(": a late repair (by itself the grader gives 1: every check case was answered correctly)")


def test_taken_back_the_graders_own_points_count_again_and_the_history_stays(classroom: Classroom) -> None:
    classroom.grade()
    before = classroom.report().marks
    said(classroom, "mark", "ada", "correct", "0", "--note", "copied")
    text = said(classroom, "mark", "ada", "correct", "--take-back", "--note", "it was not", "--who", "tess")
    assert text == "ada · doubling/correct: the decision is taken back (tess: it was not)"
    assert classroom.report().marks == before
    assert [(kept.points, kept.note) for kept in decisions(classroom)] == [(0, "copied"), (None, "it was not")]


def test_as_json_it_is_what_was_kept(classroom: Classroom) -> None:
    document = parsed(run(classroom, "mark", "ada", "figure", "1", "--note", "fine", "--who", "tess", "--json"))
    assert is_now(document.pop("decided_at"))
    assert document == {
        "schema": 1,
        "author": "ada",
        "assignment": "tripling",
        "criterion": "figure",
        "points": 1,
        "note": "fine",
        "who": "tess",
    }


def test_a_note_is_text_and_no_markup(classroom: Classroom) -> None:
    note = "[bold]x[/bold] \x1b[2J [/]"
    text = said(classroom, "mark", "ada", "figure", "1", "--note", note, "--who", "[red]")
    assert r"([red]: [bold]x[/bold] \x1b[2J [/])" in text
    assert decisions(classroom)[0].note == note


# Slips in a mark


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("adda", "figure", "1"), "there is no author 'adda' (did you mean 'ada'?)"),
        (("zoe", "figure", "1"), "there is no author 'zoe' (known: ada, bob)"),
        (("ada", "figur", "1"), "there is no criterion 'figur' (did you mean 'figure'?)"),
        (("ada", "tripling/figur", "1"), "there is no criterion 'tripling/figur' (did you mean 'tripling/figure'?)"),
        (("ada", "report", "1"), "several assignments have a criterion 'report': name doubling/report or tripling/report"),
        (("ada", "figure", "1.6"), "tripling/figure is worth 0 to 1.5 points, not 1.6"),
        (("ada", "figure", "nan"), "tripling/figure is worth 0 to 1.5 points, not nan"),
        (("ada", "figure", "inf"), "tripling/figure is worth 0 to 1.5 points, not inf"),
        (("ada", "figure"), "say either POINTS or --take-back"),
        (("ada", "figure", "1", "--take-back"), "say either POINTS or --take-back"),
    ],
)
def test_a_slip_is_named_with_what_was_meant(classroom: Classroom, words: tuple[str, ...], why: str) -> None:
    assert refused(classroom, "mark", *words, "--note", "fine") == why


def test_points_below_nothing_are_refused(classroom: Classroom) -> None:
    why = refused(classroom, "mark", "--note", "fine", "--", "ada", "figure", "-1")
    assert why == "tripling/figure is worth 0 to 1.5 points, not -1"


@pytest.mark.parametrize("note", [(), ("--note", ""), ("--note", " \n ")])
@pytest.mark.parametrize(("command", "words"), [("mark", ("ada", "figure", "1")), ("accept", ("ada", "double"))])
def test_without_a_reason_nothing_is_decided(
    classroom: Classroom, command: str, words: tuple[str, ...], note: tuple[str, ...]
) -> None:
    assert refused(classroom, command, *words, *note).startswith("say why with --note")


def test_a_reason_without_end_is_refused(classroom: Classroom) -> None:
    why = refused(classroom, "mark", "ada", "figure", "1", "--note", "x" * 2001)
    assert why == "the note has 2001 characters, where 2000 are allowed"


@pytest.mark.parametrize("words", [("--note", "\udcff"), ("--note", "fine", "--who", "\udcff")])
def test_what_is_no_text_cannot_be_kept_and_is_refused(classroom: Classroom, words: tuple[str, ...]) -> None:
    assert refused(classroom, "mark", "ada", "figure", "1", *words) == "--note and --who must be UTF-8 text"


def test_of_all_criteria_each_is_listed_once_where_none_is_like_it(classroom: Classroom) -> None:
    with pytest.raises(UsageError) as caught:
        find_criterion(load_course(classroom.folder), "zzz")
    listed = str(caught.value).partition("(known: ")[2].rstrip(")").split(", ")
    assert sorted(set(listed)) == listed
    assert {"doubling/report", "tripling/report", "report", "speed"} <= set(listed)


def test_a_full_name_wins_over_everything(classroom: Classroom) -> None:
    assignment, criterion = find_criterion(load_course(classroom.folder), "tripling/report")
    assert (assignment.id, criterion.points) == ("tripling", 3)


# Accepting what had to be looked at


@pytest.fixture
def waiting(classroom: Classroom) -> Classroom:
    """`ada` is right, and nobody has looked at it yet."""
    classroom.teach(REVIEWED_TASK)
    classroom.submit("ada", paced(2e-6, compute=nearly_doubled))
    classroom.grade()
    assert of(classroom.report(), "ada").rank is None
    return classroom


def test_where_nothing_waits_there_is_nothing_to_accept(classroom: Classroom) -> None:
    classroom.grade()
    assert refused(classroom, "accept", "ada", "double", "--note", "fine").startswith("nothing that ada has handed in")


def test_where_nobody_has_decided_there_is_nothing_to_take_back(classroom: Classroom) -> None:
    words = ("mark", "ada", "figure", "--take-back", "--note", "never mind")
    assert refused(classroom, *words).endswith("of ada: there is nothing to take back")


def test_what_is_accepted_is_ranked_and_has_its_points(waiting: Classroom) -> None:
    text = said(waiting, "accept", "ada", "double", "--note", "another order of additions", "--who", "tess")
    assert text == "ada · double: what is handed in now may be ranked (tess: another order of additions)"
    result = of(waiting.report(), "ada")
    assert (result.rank, result.review) == (1, None)
    (kept,) = acceptances(waiting)
    assert (kept.author, kept.task, kept.note, kept.who) == ("ada", "double", "another order of additions", "tess")
    assert is_now(kept.accepted_at)


def test_it_is_accepted_as_it_is_handed_in_now_and_new_code_waits_again(waiting: Classroom) -> None:
    said(waiting, "accept", "ada", "double", "--note", "fine")
    waiting.submit("ada", paced(2e-6, compute=nearly_doubled), code="# another version")
    assert of(waiting.grade(), "ada").rank is None
    said(waiting, "accept", "ada", "double", "--note", "still fine")
    assert of(waiting.report(), "ada").rank == 1
    assert len({kept.content_hash for kept in acceptances(waiting)}) == 2


def test_as_json_it_is_the_version_that_was_accepted(waiting: Classroom) -> None:
    document = parsed(run(waiting, "accept", "ada", "double", "--note", "fine", "--who", "tess", "--json"))
    (kept,) = acceptances(waiting)
    assert document == {
        "schema": 1,
        "author": "ada",
        "task": "double",
        "content_hash": kept.content_hash,
        "note": "fine",
        "who": "tess",
        "accepted_at": kept.accepted_at,
    }


def test_what_looked_suspicious_is_accepted_once_and_not_marked_any_more(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, idle_cpu_s=0.002))
    classroom.grade()
    assert "to be looked at" in rendered(author_details(classroom.report(), "ada"))
    text = said(classroom, "accept", "ada", "double", "--note", "a timer of a library", "--who", "tess")
    assert text == "ada · double: what is handed in now has been looked at (tess: a timer of a library)"
    result = of(classroom.report(), "ada")
    assert (result.wants_a_look, result.rank) == (False, 1)
    shown = rendered(author_details(classroom.report(), "ada"))
    assert "to be looked at" not in shown
    assert "a timer of a library" in shown
    again = run(classroom, "accept", "ada", "double", "--note", "again")
    assert str(again.exception).startswith("nothing that ada has handed in for double waits for a review")
    assert len(acceptances(classroom)) == 1


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("adda", "double"), "there is no author 'adda' (did you mean 'ada'?)"),
        (("ada", "doubel"), "there is no task 'doubel' (did you mean 'double'?)"),
        (("bad", "double"), "bad has handed in nothing for double that could be ranked"),
        (("numba", "double"), "there is no author 'numba' (known: ada, bad, bob)"),
    ],
)
def test_a_slip_in_what_is_accepted_is_named(classroom: Classroom, words: tuple[str, ...], why: str) -> None:
    classroom.hand_in("bad", "def double(:\n")
    assert refused(classroom, "accept", *words, "--note", "fine") == why


# Signatures


def test_a_signature_says_who_why_and_when() -> None:
    who, note, when = Signature("tess", "  fine\n").signed()
    assert (who, note) == ("tess", "fine")
    assert is_now(when)
