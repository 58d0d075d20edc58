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
    assert defects({"sort": [RIGHT, RIGHT]}, CLASS) == []


def test_a_split_of_copies_is_a_defect_when_it_comes_again_in_the_same_kernel() -> None:
    assert defects({"sort": [SPLIT, RIGHT], "fft": [SPLIT]}, CLASS) == []
    assert defects({"sort": [SPLIT, SPLIT_THE_OTHER_WAY]}, CLASS) == []
    assert defects({"sort": [SPLIT, RIGHT, SPLIT]}, CLASS) == [
        "sort: base and copy do the same work, and base was ranked ahead in 2 of 3 gradings"
    ]


def test_ten_percent_that_are_missed_twice_are_a_defect_in_whatever_kernels() -> None:
    assert defects({"sort": [MISSED, RIGHT, RIGHT]}, CLASS) == []
    for kernel, found in zip(("sort", "fft"), defects({"sort": [MISSED, RIGHT], "fft": [MISSED]}, CLASS), strict=True):
        assert found.startswith(f"{kernel}: more-10, which does 10 % more, was not ranked behind base in 1 of the gradings")


def test_a_machine_that_is_too_noisy_to_tell_ten_percent_and_a_ranking_that_says_so_are_none() -> None:
    noisy = [outcome(told_apart=0.08), outcome(told_apart=math.inf)]
    assert defects({"sort": [MISSED, *noisy], "fft": noisy}, CLASS) == []
