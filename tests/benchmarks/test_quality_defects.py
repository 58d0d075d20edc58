"""What a ranking must not do twice."""

import math

from benchmarks.quality.classes import BASE, Program
from benchmarks.quality.defects import defects
from benchmarks.quality.merit import Outcome

CLASS = (BASE, Program("copy", 0), Program("more-02", 2), Program("more-10", 10))


def outcome(*faster: tuple[str, str], told_apart: float = 0.02) -> Outcome:
    return Outcome({program.author: 0.0 for program in CLASS}, set(faster), seconds=1.0, told_apart=told_apart)


RIGHT = outcome(("base", "more-10"), ("copy", "more-10"))
SPLIT = outcome(("base", "copy"), ("base", "more-10"), ("copy", "more-10"))
SPLIT_THE_OTHER_WAY = outcome(("copy", "base"), ("base", "more-10"), ("copy", "more-10"))
MISSED = outcome()


def test_right_rankings_have_none_and_small_differences_may_tie() -> None:
    assert defects([RIGHT, RIGHT], CLASS) == []


def test_a_split_of_copies_is_a_defect_when_it_comes_again() -> None:
    assert defects([SPLIT, RIGHT], CLASS) == []
    assert defects([SPLIT, SPLIT_THE_OTHER_WAY], CLASS) == []
    (found,) = defects([SPLIT, SPLIT], CLASS)
    assert found.startswith("base and copy do the same work")


def test_ten_percent_that_are_missed_twice_are_a_defect() -> None:
    assert defects([MISSED, RIGHT], CLASS) == []
    assert defects([MISSED, MISSED], CLASS) == [
        f"more-10 does 10 % more work than {author}, and never ranked behind it, though 2.0 % can be told apart, it says"
        for author in ("base", "copy")
    ]


def test_a_machine_that_is_too_noisy_to_tell_ten_percent_and_a_ranking_that_says_so_are_none() -> None:
    assert defects([MISSED, outcome(told_apart=0.08)], CLASS) == []
    assert defects([MISSED, outcome(told_apart=math.inf)], CLASS) == []


def test_one_grading_proves_nothing() -> None:
    assert defects([SPLIT], CLASS) == []
