"""Bars of speed."""

import pytest

from grader.report.speed_bars import bar_lengths
from tests.report.example import accepted, reference, wrong


def test_each_doubling_of_the_speed_adds_the_same_length() -> None:
    results = [accepted(name, wall_time_s=seconds) for name, seconds in (("a", 1.0), ("b", 2.0), ("c", 4.0))]
    lengths = bar_lengths(results)
    assert lengths["student", "a"] == 100
    assert lengths["student", "a"] - lengths["student", "b"] == pytest.approx(lengths["student", "b"] - lengths["student", "c"])
    assert lengths["student", "c"] > 0


def test_who_has_no_figure_has_no_bar_and_a_reference_of_the_same_name_has_its_own() -> None:
    lengths = bar_lengths([accepted("numba"), reference("numba", wall_time_s=0.1), wrong("max")])
    assert lengths == {("student", "numba"): 100, ("reference", "numba"): 2}
    assert bar_lengths([accepted("ada")]) == {("student", "ada"): 100}
    assert bar_lengths([wrong("max")]) == {}
