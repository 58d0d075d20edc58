"""The leaderboard and one author's results on a terminal."""

import re
from dataclasses import replace
from math import inf

import pytest

from grader.grading.class_report import Report
from grader.grading.standings import Confidence
from grader.report.leaderboard import author_details, leaderboard, leaderboard_svg
from grader.verdicts import Verdict
from tests.report.example import HOSTILE, THRESHOLDS, accepted, final, marked, marks, reference, rendered, report, wrong

WIDTHS = [80, 140]


def a_class() -> Report:
    return marked(
        accepted("ada", 1, last_rank=2),
        accepted("bob", 1, last_rank=2),
        reference("numba"),
        accepted("eve", 3, flags=("erratic: its own times scatter",)),
        wrong("max"),
    )


def row(text: str, author: str) -> str:
    """The first line that begins with an author, perhaps after a rank."""
    return next(line for line in text.splitlines() if re.match(rf"\s*[\d–]*\s*{author}\b", line))


def lines(text: str) -> str:
    """Without the spaces that fill a terminal's lines."""
    return "\n".join(line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("width", WIDTHS)
def test_everyone_stands_with_rank_verdict_and_points(width: int) -> None:
    text = rendered(leaderboard(a_class()), width)
    assert [row(text, author).split()[0] for author in ("ada", "bob", "eve")] == ["1–2", "1–2", "3"]
    assert "ACCEPTED" in row(text, "ada")
    assert "WRONG_ANSWER" in row(text, "max")
    assert row(text, "numba").split()[0] == "numba"
    assert all(len(line) <= width for line in text.splitlines())
    assert "…" not in text  # a narrow terminal folds, and cuts nothing off


def test_the_fastest_first_with_rate_case_speedup_and_points() -> None:
    text = rendered(leaderboard(a_class()))
    for figure in ("50 M numbers/s", "large", "1.25 × ±0.81 %", "numba", "4.5 / 7"):
        assert figure in row(text, "ada")
    assert text.index("ada") < text.index("bob") < text.index("eve") < text.index("max")


def test_the_baseline_is_marked() -> None:
    assert "(baseline)" in row(rendered(leaderboard(a_class())), "numba")


@pytest.mark.parametrize("width", WIDTHS)
def test_who_should_be_looked_at_has_a_sign_that_is_explained(width: int) -> None:
    text = rendered(
        leaderboard(report(accepted("ada", suspicions=("fast",)), accepted("bob", suspicions=("f",), flags=("x",)))), width
    )
    assert row(text, "ada").split()[-1] == "!"
    assert row(text, "bob").split()[-2:] == ["1", "!"]
    assert "!: a person should look at it: grader show AUTHOR TASK" in text
    assert all(len(line) <= width for line in text.splitlines())


def test_whom_a_person_has_looked_at_has_no_sign() -> None:
    text = rendered(
        leaderboard(report(accepted("ada", suspicions=("fast",), looked_at="tess on 2026-10-05: fine"), accepted("bob")))
    )
    assert "!" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_what_was_made_without_a_sandbox_is_stamped(width: int) -> None:
    assert "UNSANDBOXED" in rendered(leaderboard(report(accepted("ada"), sandbox="none")), width)
    assert "UNSANDBOXED" in rendered(author_details(report(accepted("ada"), sandbox="none"), "ada"), width)
    assert "UNSANDBOXED" not in rendered(leaderboard(a_class()), width)


def test_the_graders_own_faults_are_said_to_be_its_own() -> None:
    failed = replace(wrong("ada", "no worker"), verdict=Verdict.GRADER_ERROR, points=None)
    text = rendered(leaderboard(report(failed, faults=("student/ada · double: no worker",))))
    assert "the grader failed, not the submission: student/ada · double: no worker" in text
    assert "GRADER_ERROR" in row(text, "ada")
    assert "– / 7" in row(text, "ada")
    assert " 0 / 7" not in text


def marks_table(text: str) -> str:
    return text[text.index("marks so far") :]


@pytest.mark.parametrize("width", WIDTHS)
def test_the_marks_go_from_the_best_final_mark_to_the_least(width: int) -> None:
    everyone = {"ada": 2.0, "bob": 5.5, "eve": 3.0}
    shown = report(
        *(accepted(author) for author in everyone),
        marks=tuple(marks(author, points - 1.5) for author, points in everyone.items()),
        finals=tuple(final(author, points) for author, points in everyone.items()),
    )
    table = marks_table(rendered(leaderboard(shown), width))
    assert table.index("bob") < table.index("eve") < table.index("ada")
    assert row(table, "bob").split() == ["bob", "5.5", "+", "23.6", "of", "30", "%"]
    assert row(table, "ada").split() == ["ada", "2", "+", "8.6", "of", "30", "%"]
    assert "doubling / 7" in " ".join(table.split())


def test_without_final_marks_the_points_decide_the_order() -> None:
    shown = report(accepted("ada"), accepted("bob"), marks=(marks("ada", 0.5), marks("bob", 3.0)))
    table = marks_table(rendered(leaderboard(shown)))
    assert table.index("bob") < table.index("ada")
    assert row(table, "bob").split() == ["bob", "4.5", "+"]
    assert "course" not in table.splitlines()[1]


def test_points_that_wait_are_a_plus_and_no_points_are_a_dash() -> None:
    waiting = replace(marks("ada"), criteria=marks("ada").criteria[2:3])
    decided = replace(marks("bob"), criteria=(*marks("bob").criteria[:2], replace(marks("bob").criteria[3], points=None)))
    table = marks_table(rendered(leaderboard(report(accepted("ada"), marks=(waiting, decided)))))
    assert row(table, "ada").split()[1] == "–"
    assert row(table, "bob").split()[1] == "4.5", "a bonus that nobody has looked at keeps nobody waiting"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_one_can_work_towards_is_said_in_units_of_this_machine(width: int) -> None:
    line = "speed points on this machine (doubling/speed), by time per number: 0.5 at 2.5 µs · 1 at 12 ns"
    for shown in (leaderboard(a_class()), author_details(a_class(), "eve")):
        assert line in " ".join(rendered(shown, width).split())
    elsewhere = report(accepted("ada"), thresholds=(replace(THRESHOLDS, task="triple"),))
    assert "speed points" not in rendered(leaderboard(elsewhere), width)


def test_an_empty_class_is_no_error() -> None:
    assert "sandbox: reduced" in rendered(leaderboard(report()))


@pytest.mark.parametrize("width", WIDTHS)
def test_after_a_single_run_there_is_no_interval(width: int) -> None:
    first = accepted("ada", speedup_low=0.0, speedup_high=float("inf"))
    assert "no interval yet" in " ".join(rendered(author_details(report(first), "ada"), width).split())
    rendered(leaderboard(report(first)), width)


# One author


@pytest.mark.parametrize("width", WIDTHS)
def test_an_author_sees_what_happened_and_how_the_marks_come_about(width: int) -> None:
    text = rendered(author_details(a_class(), "eve"), width)
    for words in (
        "eve · double · ACCEPTED",
        "20 ms at case large",
        "80 kB",
        "Doubling [an array]: 5 / 7",
        "every check case was answered correctly",
        "a person decides",
        "3.5 / 4",
        "– / 2",
        "extra (bonus)",
        "erratic: its own",
    ):
        assert words in text
    assert "bob" not in text


@pytest.mark.parametrize("width", WIDTHS)
def test_an_author_sees_how_the_final_mark_comes_about(width: int) -> None:
    text = " ".join(rendered(author_details(a_class(), "eve"), width).split())
    assert "course so far: 21.4 of 30 % · lab 5 / 7 of 30 % = 21.4 % (2 points undecided)" in text


@pytest.mark.parametrize("width", WIDTHS)
def test_who_is_not_ranked_yet_sees_what_is_looked_at_and_the_assistant_what_to_do(width: int) -> None:
    looked_at = accepted("eve", None, review="on case 'one': an unknown order of operations")
    text = " ".join(rendered(author_details(report(looked_at), "eve"), width).split())
    assert "not ranked yet a person has to look at on case 'one': an unknown order of operations" in text
    assert "(grader accept eve double --note WHY)" in text
    assert "not ranked yet" not in rendered(author_details(a_class(), "eve"), width)


@pytest.mark.parametrize("width", WIDTHS)
def test_an_author_is_shown_the_evidence_and_the_assistant_what_to_do(width: int) -> None:
    text = " ".join(rendered(author_details(report(accepted("eve", suspicions=("it is fast",))), "eve"), width).split())
    assert "to be looked at it is fast" in text
    assert "no grade depends on it; once you have looked: grader accept eve double --note WHY" in text


def test_evidence_that_was_looked_at_stays_with_who_when_and_why() -> None:
    looked_at = accepted("eve", suspicions=("it is fast",), looked_at="tess on 2026-10-05: a better idea")
    text = " ".join(rendered(author_details(report(looked_at), "eve")).split())
    assert "looked at it is fast by tess on 2026-10-05: a better idea" in text
    assert "to be looked at" not in text
    assert "grader accept" not in text


def test_an_author_who_is_wrong_sees_the_message_and_what_was_printed() -> None:
    text = lines(rendered(author_details(report(wrong("max", "expected <2>, got <3>\ninputs: 1", printed="x is 1")), "max")))
    assert "expected <2>, got <3>\n  inputs: 1" in text
    assert "it printed:\n  x is 1" in text
    assert "time of a call" not in text


# Text from outside


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["[bold]ada[/bold]", "[/]", "ada[link=x]", "\\[red]", ":smile:"])
def test_names_with_markup_are_names(width: int, name: str) -> None:
    shown = marked(accepted(name), wrong("max"))
    assert name in rendered(author_details(shown, name), width)
    squeezed = "".join(rendered(leaderboard(shown), 200).split())
    assert name in squeezed


@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_text_is_shown_as_text(width: int) -> None:
    hostile = wrong("max", HOSTILE, printed=HOSTILE)
    shown = report(
        replace(hostile, flags=(HOSTILE,), review=HOSTILE, suspicions=(HOSTILE,), looked_at=HOSTILE),
        faults=(HOSTILE,),
        ungraded=(HOSTILE,),
        marks=(marks("max", because=HOSTILE),),
    )
    for text in (rendered(leaderboard(shown), width), rendered(author_details(shown, "max"), width)):
        assert text.replace("\n", "").isprintable()
        text.encode("utf-8")
    assert "[boldred]x[/boldred]" in "".join(rendered(author_details(shown, "max"), width).split())


def test_endless_text_is_cut() -> None:
    text = rendered(author_details(report(wrong("max", "x" * 10**6, printed="y" * 10**6)), "max"))
    assert len(text) < 40_000
    assert "characters left out" in text


# The picture


def test_the_picture_shows_the_leaderboard_and_loads_nothing() -> None:
    svg = leaderboard_svg(a_class())
    assert "ada" in svg
    assert "url(http" not in svg
    assert "@font-face" not in svg


def test_the_picture_holds_hostile_names_as_text() -> None:
    svg = leaderboard_svg(marked(accepted("<script>alert(1)</script>")))
    assert "<script>" not in svg


# Confidence

SURE = Confidence("double", "large", 0.013, 5, 5, control_tied=True, disturbed_runs=0, counting_runs=5, set_aside_runs=0)


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (
            SURE,
            "large: differences of 1.3 % and more can be told apart (α = 0.02, 5 runs, a copy of the baseline came out equal)",
        ),
        (replace(SURE, difference=5.5), "large: differences of a factor of 6.5 and more can be told apart"),
        (replace(SURE, difference=None, runs=1, most_runs=1), "after a single run, no difference can be told from noise"),
        (replace(SURE, runs=3, set_aside_runs=2), "3 to 5 runs, 2 more set aside, a copy of the baseline came out equal"),
        (replace(SURE, control_tied=False), "a copy of the baseline did not come out equal"),
        (replace(SURE, disturbed_runs=2), "large: 2 of 5 runs were disturbed"),
        (replace(SURE, disturbed_runs=2), "grader grade --fresh --task double"),
    ],
)
def test_it_says_how_finely_those_who_are_ranked_can_be_told_apart(confidence: Confidence, words: str) -> None:
    assert words in rendered(leaderboard(report(accepted("ada"), confidence=(confidence,))))


def test_one_author_is_shown_the_confidence_of_the_own_case_and_the_interval_of_the_rate() -> None:
    elsewhere = replace(SURE, case="small")
    text = rendered(author_details(report(accepted("ada"), confidence=(SURE, elsewhere)), "ada"))
    assert "large: differences of 1.3 % and more" in text
    assert "small: differences" not in text
    assert re.search(r"rate +50 M numbers/s ±0.81 %", text)


def test_a_rate_with_a_wide_interval_stands_with_its_ends() -> None:
    wide = accepted("ada", speedup=1.0, speedup_low=0.2, speedup_high=6.5)
    text = rendered(author_details(report(wide), "ada"))
    assert re.search(r"rate +50 M numbers/s \(10 M numbers/s to 325 M numbers/s\)", text)


def test_a_rate_without_an_interval_says_so() -> None:
    single = accepted("ada", speedup_low=0.0, speedup_high=inf, runs=1)
    assert re.search(r"rate +50 M numbers/s \(no interval yet\)", rendered(author_details(report(single), "ada")))
