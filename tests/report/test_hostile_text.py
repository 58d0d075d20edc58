"""Every renderer shows text from outside as text: no control characters, no markup, no script, and an end to everything."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from grader.grading.asv_ranking import Agreement, AsvRanking, OtherOrder
from grader.grading.asv_results import AsvFile
from grader.grading.class_report import Report
from grader.grading.rank import Ranking, Standing
from grader.grading.versions import Compared, Comparison, Outcome, Speed
from grader.report.as_json import comparison_document, dump, report_document
from grader.report.asv_ranking import asv_rankings
from grader.report.leaderboard import author_details, leaderboard, leaderboard_svg
from grader.report.own_files import summary
from grader.report.replay import replayed
from grader.report.versions import comparison_text
from tests.report.example import HOSTILE_TEXTS, accepted, final, marks, rendered, report, wrong
from tests.report.test_replay import ACCOUNT, NOW, of
from tests.report.test_replay import wrong as wrong_account

EVERY_TEXT = pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
LONGEST_LINES = 400
"""Of all that is shown about two authors."""


def hostile_report(text: str) -> Report:
    """Two authors of that name, one right and one wrong, with the text wherever one can stand."""
    name = text[:300] or "nobody"
    right = accepted(name, flags=(text,) * 50, review=text)
    failed = replace(wrong(name, text, printed=text), flags=(text,))
    return report(
        right,
        failed,
        replace(wrong(name), verdict=right.verdict.MISSING),
        faults=(text,),
        ungraded=(text[:300],),
        marks=(marks(name, because=text),),
        finals=(final(name),),
    )


def assert_is_text(shown: str) -> None:
    assert shown.replace("\n", "").isprintable()
    shown.encode("utf-8")
    assert shown.count("\n") < LONGEST_LINES


@EVERY_TEXT
@pytest.mark.parametrize("width", [80, 140])
def test_a_terminal_gets_text(text: str, width: int) -> None:
    shown = hostile_report(text)
    name = shown.results[0].author
    for renderable in (leaderboard(shown), author_details(shown, name), summary(shown, [name])):
        assert_is_text(rendered(renderable, width))


@EVERY_TEXT
def test_a_replay_is_text(text: str) -> None:
    name = text[:300] or "nobody"
    for replay in (
        of(then=wrong_account(text), now=replace(NOW, message=text), author=name, notes=(text,)),
        of(then=replace(ACCOUNT, message=text), now=replace(NOW, message=text), author=name),
    ):
        assert_is_text(rendered(replayed(replay)))


@EVERY_TEXT
def test_two_versions_are_text(text: str) -> None:
    name = text[:300] or "nobody"
    speed = Speed("large", 1.5, 1.4, 1.6, 0.03, 0.02, 3)
    compared = tuple(Compared(name, "double", outcome, text, speed, notes=(text,)) for outcome in Outcome)
    comparison = Comparison(compared, 0.02, "full", only_old=(name,) * 50, only_new=(name,))
    assert_is_text(rendered(comparison_text(comparison, 0.05)))
    assert dump(comparison_document(comparison, 0.05)).isascii()


@EVERY_TEXT
def test_a_ranking_of_asvs_samples_is_text(text: str) -> None:
    name = text[:300] or "nobody"
    file = AsvFile(machine=name, commit=name, environment=name, date_ms=0, recorded={})
    standings = (Standing(f"student/{name}", 0.0, -0.1, 0.1, 1, 12, erratic=False),)
    order = OtherOrder(f"student/{name}", "student/bo", 1.1, 0.9, (1, 2), (2, 1), ("small", "large"))
    ranking = AsvRanking(
        task="double",
        case="large",
        file=file,
        baseline=f"reference/{name}",
        rounds=12,
        ranking=Ranking(standings, 0.01, control_split=False, contested=()),
        times_s={f"student/{name}": 0.01},
        absent={name: "failed"},
        agreement=Agreement(2, 0.5, (order,) * 50),
    )
    assert_is_text(rendered(asv_rankings([ranking])))


@EVERY_TEXT
def test_the_picture_is_a_picture_of_text(text: str) -> None:
    svg = leaderboard_svg(hostile_report(text))
    tree = ET.fromstring(svg)  # noqa: S314 -- it is ours, and that is what is tested
    tags = {element.tag.split("}")[-1] for element in tree.iter()}
    assert tags <= {"svg", "style", "defs", "clipPath", "rect", "g", "circle", "text", "title"}
    attributes = {name.lower() for element in tree.iter() for name in element.attrib}
    assert not [name for name in attributes if name.startswith("on") or name.endswith("href")]
    assert len(svg) < 1_000_000


@EVERY_TEXT
def test_json_is_printable_ascii(text: str) -> None:
    written = dump(report_document(hostile_report(text)))
    assert written.isascii()
    assert written.replace("\n", "").isprintable()


def test_a_print_without_an_end_leaves_the_marks_on_the_screen_and_says_how_to_see_it() -> None:
    flooded = report(wrong("ada", "Wrong", printed="x\n" * 32_000), marks=(marks("ada"),))
    shown = rendered(author_details(flooded, "ada"))
    assert shown.count("\n") < 60
    assert "all of it: grader show ada double --json" in shown
    assert "Doubling" in shown


def test_a_command_with_a_hostile_name_is_safe_to_copy() -> None:
    for name, words in (("x; rm -rf ~", "'x; rm -rf ~' double"), ("-rf", "--note WHY -- -rf double")):
        shown = rendered(author_details(report(accepted(name, None, review="it")), name))
        assert f"grader accept {words}" in shown
