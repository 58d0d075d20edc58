"""What a student reads after `grader check`."""

import math
from dataclasses import replace

import pytest

from grader.advice.program import Advice
from grader.grading.standings import Result
from grader.report.own_files import closing_line, summary, summary_of_the_rest
from grader.text import command
from grader.verdicts import Verdict
from tests.report.example import (
    GROWTH,
    HOSTILE,
    accepted,
    findings,
    line_profile,
    marked,
    reference,
    rendered,
    report,
    wrong,
)


def test_a_right_file_stands_beside_the_references() -> None:
    shown = report(accepted("you"), reference("numba"), reference("naive", case="small", work=1e3))
    text = rendered(summary(shown, ["you"]))
    assert "50 M numbers/s" in text
    assert "you: correct · 1.25× faster than numba (±0.81 %) · 4.5 of 7 points so far here" in text


@pytest.mark.parametrize(
    ("speedup", "low", "high", "said"),
    [
        (0.32, 0.31, 0.33, "3.12× slower than numba (±3.2 %)"),
        (0.1, 0.05, 0.2, "10× slower than numba (5 to 20)"),
        (1.01, 0.99, 1.03, "as fast as numba (±2 %)"),
        (0.35, 0.0614, 1.99, "not to be told apart yet from numba (0.0614 to 1.99)"),
        (1.15, 0.98, 1.35, "not to be told apart yet from numba (±17 %)"),
        (2.0, 0.0, math.inf, "2× as fast as numba (no interval yet)"),
        (None, None, None, "correct · about"),
    ],
)
def test_how_fast_it_is_beside_the_baseline_is_said_in_words(
    speedup: float | None, low: float | None, high: float | None, said: str
) -> None:
    mine = accepted("you", speedup=speedup, speedup_low=low, speedup_high=high)
    assert said in closing_line(marked(mine, reference("numba")), mine)


def test_how_the_time_grows_is_one_line_where_it_is_known() -> None:
    over_n = replace(GROWTH, over="n", exponent=2.0, low=None, high=None)
    text = rendered(summary(report(accepted("you", growths=(GROWTH, over_n)), reference("numba")), ["you"]), 80)
    assert [line.strip() for line in text.splitlines() if "∝" in line] == [
        "you: time ∝ n^2.00 (2 cases, too few for an interval)"
    ]
    assert "∝" not in rendered(summary(report(accepted("you", growths=()), reference("numba")), ["you"]))


def test_the_points_for_speed_stand_in_the_closing_line_and_where_the_time_goes_if_it_is_known() -> None:
    mine = accepted("you")
    line = closing_line(marked(mine, reference("numba")), mine, "grader profile julia.py", "line 14")
    assert line.endswith(" · about 3.5 of 4 speed points here · slowest line 14 · next: grader profile julia.py")


def test_it_ends_with_the_first_thing_to_do_and_then_one_line_that_says_all() -> None:
    advice = Advice(findings(), None, line_profile().lines[1])
    text = rendered(
        summary(marked(accepted("you"), reference("numba")), ["you"], {"you": "grader profile x.py"}, advice=advice)
    )
    *_, first, line = text.rstrip().splitlines()
    assert first.strip() == "line 3: python-loop, up to 3.3 times as fast"
    assert line.startswith("you: correct · 1.25× faster than numba")
    assert line.rstrip().endswith(" · slowest line 2 · next: grader profile x.py")


def too_slow(author: str, import_time_s: float | None = 0.1) -> Result:
    message = "Too slow on case 'small'"
    return replace(wrong(author, message), verdict=Verdict.TIME_LIMIT, import_time_s=import_time_s)


def test_a_file_that_is_too_slow_ends_with_its_slowest_line_and_how_to_see_more() -> None:
    advice = Advice(findings(), None, line_profile().lines[1])
    shown = report(too_slow("you"), reference("numba"))
    *_, first, line = rendered(summary(shown, ["you"], {"you": "grader profile x.py"}, advice=advice)).rstrip().splitlines()
    assert first.strip() == "line 3: python-loop, up to 3.3 times as fast"
    assert line.strip() == "you: too slow · slowest line 2 · next: grader profile x.py"
    unknown = rendered(summary(shown, ["you"], {"you": "grader profile x.py"}))
    assert unknown.rstrip().endswith("you: too slow · next: grader profile x.py")


def test_one_that_is_not_even_imported_in_time_has_nothing_to_profile() -> None:
    assert "next" not in rendered(summary(report(too_slow("you", None)), ["you"], {"you": "grader profile x.py"}))


def test_a_right_file_is_told_what_comes_next_where_there_is_a_command() -> None:
    shown = report(accepted("you"), wrong("other"))
    assert "points so far here · next: grader profile 'my julia.py'" in rendered(
        summary(shown, ["you", "other"], {"you": command("grader profile", "my julia.py"), "other": "grader profile x.py"})
    )
    assert "next" not in rendered(summary(shown, ["you", "other"]))


def test_where_something_is_left_out_the_command_that_tells_all_of_it_names_the_file() -> None:
    long = replace(wrong("you", printed="x\n" * 100), flags=("a flag",) * 30)
    text = " ".join(rendered(summary(report(long), ["you"], {}, {"you": "grader check julia.py --json"})).split())
    assert text.count("grader check julia.py --json") == 2
    assert "FILE" not in text


def test_a_wrong_file_says_what_is_wrong_and_gets_no_table() -> None:
    text = rendered(summary(report(wrong("you", "Wrong on case 'one'", printed="x is 1"), reference("numba")), ["you"]))
    assert [line.strip() for line in text.splitlines()[:4]] == [
        "you · double · WRONG_ANSWER",
        "Wrong on case 'one'",
        "it printed:",
        "x is 1",
    ]
    assert "correct" not in text
    assert "speedup" not in text


def test_of_several_files_each_has_its_line() -> None:
    mine = (
        accepted("one", 1, suspicions=("it is fast",)),
        accepted("two", 2, flags=("you asked for 8 threads",)),
        wrong("three"),
    )
    text = rendered(summary(report(*mine, reference("numba")), ["one", "two", "three"]))
    assert text.count(": correct") == 2
    assert "note: you asked for 8 threads" in text
    assert "note: a person would look at this: it is fast" in text
    assert "three · double · WRONG_ANSWER" in text


def test_a_right_file_is_told_what_it_can_work_towards_once() -> None:
    mine = (accepted("one", 1), accepted("two", 2), wrong("three"))
    text = rendered(summary(marked(*mine, reference("numba")), ["one", "two", "three"]))
    assert text.count("speed points on this machine (doubling/speed), by time per number: 0.5 at 2.5 µs · 1 at 12 ns") == 1
    assert "speed points" not in rendered(summary(marked(wrong("three")), ["three"]))


def test_a_reference_that_is_run_once_waits_for_no_interval() -> None:
    once = reference("numpy", case="small", speedup=0.65, speedup_low=0.0, speedup_high=math.inf)
    text = rendered(summary(report(accepted("you"), reference("numba"), once), ["you"]))
    assert "0.65 × (one run)" in text
    assert "no interval yet" not in text


def test_who_is_alone_has_no_rank() -> None:
    alone = rendered(summary(report(accepted("you", 1), reference("numba")), ["you"]))
    assert "rank" not in alone
    both = report(accepted("one", 1, last_rank=2), accepted("two", 2, first_rank=1), reference("numba"))
    text = rendered(summary(both, ["one", "two"]))
    assert "rank" in text
    assert text.count("1–2") == 2, "the ranks that noise leaves open"


def test_where_cases_differ_it_is_said_what_can_be_compared() -> None:
    said = "rates of different cases cannot be compared"
    assert said in rendered(summary(report(accepted("you"), reference("numba", case="small")), ["you"]))
    assert said in rendered(summary_of_the_rest(report(accepted("you"), reference("numba", case="small")), ["you"]))
    assert said not in rendered(summary(report(accepted("you"), reference("numba"), wrong("other")), ["you", "other"]))


def test_a_file_that_a_person_has_to_look_at_is_told_so() -> None:
    looked_at = accepted("you", None, review="on case 'one': an unknown order of operations")
    text = " ".join(rendered(summary(report(looked_at, reference("numba")), ["you"])).split())
    assert "you: correct" in text
    assert "a person looks at this before it is ranked and gets speed points: on case 'one': an unknown order" in text


def test_a_file_that_was_not_measured_is_still_right() -> None:
    unmeasured = replace(accepted("you"), wall_time_s=None, speedup=None, speedup_low=None, speedup_high=None, points=None)
    text = rendered(summary(report(unmeasured, reference("numba")), ["you"]))
    assert "you: correct\n" in text
    assert Verdict.WRONG_ANSWER not in text


@pytest.mark.parametrize("name", ["[bold]my file[/bold]", "[/]", "[link=x]"])
@pytest.mark.parametrize("width", [80, 140])
def test_a_files_name_is_no_markup(name: str, width: int) -> None:
    text = rendered(summary(report(accepted(name), reference("numba")), [name]), width)
    assert f"{name}: correct" in text


def test_hostile_text_is_shown_as_text() -> None:
    hostile = replace(wrong("you", HOSTILE, printed=HOSTILE), flags=(HOSTILE,), review=HOSTILE, suspicions=(HOSTILE,))
    text = rendered(summary(report(hostile), ["you"]))
    assert text.replace("\n", "").isprintable()


def test_the_rest_is_told_of_right_files_beside_all_references() -> None:
    shown = marked(accepted("you"), wrong("other"), reference("numba"), reference("tuned"))
    text = rendered(summary_of_the_rest(shown, ["you", "other"]))
    assert text.startswith("beside all references, which are remembered from now on:")
    rows = [line.split()[0] for line in text.splitlines() if line.strip()]
    assert {"you", "numba", "tuned"} <= {*rows}
    assert "other" not in rows
