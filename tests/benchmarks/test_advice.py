"""The score of the advice: what counts as right, what is a target missed, and what the table says."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.advice import Advised, Outcome, Said, chosen, markdown, score
from benchmarks.pairs import Ratio
from benchmarks.share import Share
from grader.advice.finding import Cause
from grader.errors import UsageError
from tests.advice.corpus import Corpus, Good, Planted

LOOP = Planted("matmul/one", "matmul", Path("one.py"), Path("one.py"), (Cause.PYTHON_LOOP,), frozenset({4, 5}), held_out=False)
HELD_OUT = replace(LOOP, name="matmul/two", held_out=True)
GOOD = Good("matmul/good", "matmul", Path("good.py"), held_out=False)
RIGHT = Advised((Said(5, "python-loop"), Said(9, "needless-copy")))
SECOND = Advised((Said(9, "needless-copy"), Said(4, "python-loop")))
NOTHING = Advised(())
FASTER = Ratio("64", 2.0, 1.9, 2.1)

ALL_RIGHT = Outcome(((LOOP, RIGHT),), ((GOOD, NOTHING),), {LOOP.name: FASTER})


def test_a_right_first_finding_counts_everywhere() -> None:
    found = score(ALL_RIGHT)
    assert {found.first_line, found.first_cause, found.any_line, found.any_cause, found.faster} == {Share(1, 1)}
    assert found.false_advice == Share(0, 1)
    assert found.missed() == ()


def test_a_right_second_finding_counts_as_any_alone() -> None:
    found = score(replace(ALL_RIGHT, planted=((LOOP, SECOND),)))
    assert (found.first_line, found.any_line) == (Share(0, 1), Share(1, 1))
    assert (found.first_cause, found.any_cause) == (Share(0, 1), Share(1, 1))


def test_line_and_cause_count_apart() -> None:
    found = score(replace(ALL_RIGHT, planted=((LOOP, Advised((Said(4, "object-mode"),))),)))
    assert (found.first_line, found.first_cause) == (Share(1, 1), Share(0, 1))


def test_silence_about_a_planted_line_is_wrong_and_about_a_good_one_right() -> None:
    found = score(Outcome(((LOOP, NOTHING),), ((GOOD, RIGHT),), {}))
    assert found.any_line == Share(0, 1)
    assert found.false_advice == Share(1, 1)
    assert found.faster == Share(0, 0)


def test_a_twin_is_faster_where_the_whole_interval_says_so() -> None:
    assert score(replace(ALL_RIGHT, ratios={LOOP.name: replace(FASTER, low=0.99)})).faster == Share(0, 1)


def test_the_held_out_part_is_counted_apart() -> None:
    outcome = replace(ALL_RIGHT, planted=((LOOP, RIGHT), (HELD_OUT, NOTHING)))
    assert score(outcome).first_line == Share(1, 2)
    assert score(outcome, held_out=True).first_line == Share(0, 1)
    assert score(outcome, held_out=False).first_line == Share(1, 1)


def test_each_target_that_is_missed_is_named() -> None:
    outcome = Outcome(((LOOP, NOTHING),), ((GOOD, RIGHT),), {LOOP.name: replace(FASTER, low=0.99)})
    assert score(outcome).missed() == (
        "right line first: 0 of 1, and 95 % are wanted",
        "right cause first: 0 of 1, and 90 % are wanted",
        "twin faster: 0 of 1, and 90 % are wanted",
        "good submissions with advice: 1, and none is wanted",
    )


def of_few(right: int, of: int, unjust: int = 0) -> Outcome:
    planted = tuple((LOOP, RIGHT if number < right else NOTHING) for number in range(of))
    return Outcome(planted, tuple((GOOD, RIGHT if number < unjust else NOTHING) for number in range(12)), {})


def test_a_wrong_one_of_a_few_leaves_doubt() -> None:
    assert "right line first: 9 of 10, and 95 % are wanted" in score(of_few(9, 10)).missed()
    assert score(of_few(9, 10)).missed_by_few() == ()


def test_more_than_that_are_too_many_though_the_interval_leaves_doubt() -> None:
    found = score(of_few(22, 25))
    assert found.first_line.interval_percent is not None
    assert found.first_line.interval_percent[1] > 95
    assert found.missed_by_few() == ("right line first: 22 of 25, and 90 % of few, 95 % of many are wanted",)
    assert len(score(of_few(21, 25)).missed_by_few()) == 2


def test_of_many_it_is_the_interval_that_tells() -> None:
    assert score(of_few(910, 1000)).missed_by_few() == (
        "right line first: 910 of 1000, and 90 % of few, 95 % of many are wanted",
    )


def test_one_good_submission_of_a_few_may_get_advice_and_no_more() -> None:
    assert score(of_few(10, 10, unjust=1)).missed_by_few() == ()
    assert score(of_few(10, 10, unjust=2)).missed_by_few() == ("good submissions with advice: 2, and 1 may have some",)


def test_the_table_has_the_shares_and_below_it_what_is_wrong() -> None:
    page = markdown(replace(ALL_RIGHT, planted=((LOOP, RIGHT), (HELD_OUT, SECOND))))
    (row,) = [line for line in page.splitlines() if line.startswith("| right line, first finding |")]
    assert [cell.split(",")[0].strip() for cell in row.split("|")[2:5]] == ["1 of 2", "1 of 1", "0 of 1"]
    assert "1 of 2, 50 % (1 to 99)" in row
    assert "- matmul/two: python-loop at line 4 or 5; said: needless-copy at line 9, python-loop at line 4" in page
    assert "matmul/one:" not in page


def test_planted_ones_are_chosen_by_their_names_or_causes() -> None:
    other = replace(LOOP, name="julia/three", causes=(Cause.MEMORY_ORDER,))
    corpus = Corpus((LOOP, HELD_OUT, other), (GOOD,))
    assert chosen(corpus, ["matmul/two", "memory-order"]) == Corpus((HELD_OUT, other), ())
    with pytest.raises(UsageError, match=r"did you mean 'matmul/two'"):
        chosen(corpus, ["matmul/tow"])
