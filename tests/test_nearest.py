"""Messages about an unknown name offer the nearest known one."""

import pytest

from grader.nearest import did_you_mean, nearest

TASKS = ("bifurcation", "julia", "matmul")


@pytest.mark.parametrize(
    ("typed", "meant"), [("jullia", "julia"), ("JULIA", "julia"), ("matmull", "matmul"), ("bifurcaton", "bifurcation")]
)
def test_a_slip_finds_the_name_that_was_meant(typed: str, meant: str) -> None:
    assert nearest(typed, TASKS) == meant
    assert did_you_mean(typed, TASKS) == f" (did you mean '{meant}'?)"


def test_the_match_is_given_as_it_is_known_whatever_its_case() -> None:
    assert nearest("ada", ["Ada", "Grace"]) == "Ada"


def test_where_nothing_is_close_all_names_are_listed_in_order() -> None:
    assert nearest("schelling", TASKS) is None
    assert did_you_mean("schelling", reversed(TASKS)) == " (known: bifurcation, julia, matmul)"


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert did_you_mean("julia", []) == ""
