"""Other tools: each runs a real session on two programs, and what it says becomes an outcome like a grading's."""

import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.quality.classes import BASE, KERNELS, Program
from benchmarks.quality.course import write_course
from benchmarks.quality.rivals import RIVALS
from benchmarks.quality.rivals.session import Field, Heard, Rival, field_of, outcome_of
from grader.errors import GraderError

DOUBLE = Program("double", 100)
SIZE = 500
HEARINGS = 3
"""Sessions in which a tool must see it once: they are short, and other programs may slow one of them down."""


class Scripted:
    """A tool that says what it is told to."""

    name = "scripted"
    about = "says what it is told to"

    def __init__(self, times_s: Mapping[str, float], least_difference_s: float) -> None:
        self.times_s = times_s
        self.least_difference_s = least_difference_s

    def missing(self) -> str | None:
        return None

    def hear(self, field: Field) -> Heard:  # noqa: ARG002 -- what every tool is given
        return Heard(self.times_s, lambda one, other: abs(self.times_s[one] - self.times_s[other]) >= self.least_difference_s)


@pytest.fixture
def field(tmp_path: Path) -> Field:
    write_course(tmp_path, KERNELS[:1], (BASE, DOUBLE), {KERNELS[0].name: SIZE})
    return field_of(tmp_path, tmp_path / "session", KERNELS[0], (BASE, DOUBLE), seconds=0.2)


def test_who_differs_by_the_tools_own_rule_ranks_apart_and_all_others_tie(field: Field) -> None:
    outcome = outcome_of(Scripted({"a": 1.0, "b": 1.5, "c": 3.0}, least_difference_s=1.0), field)
    assert set(outcome.faster) == {("a", "c"), ("b", "c")}
    assert outcome.ranks == {"a": 1, "b": 1, "c": 3}
    assert outcome.log_times["c"] == pytest.approx(math.log(3.0))


def test_what_a_tool_complains_of_is_said(field: Field) -> None:
    with pytest.raises(GraderError, match=r"failed on pure_python(.|\n)*no such option"):
        field.python("-c", "raise SystemExit('no such option')")


@pytest.mark.parametrize("rival", RIVALS, ids=lambda rival: rival.name)
def test_a_real_session_times_every_program_and_sees_twice_the_work(rival: Rival, field: Field) -> None:
    if (remedy := rival.missing()) is not None:
        pytest.skip(remedy)
    for _ in range(HEARINGS):
        heard = rival.hear(field)
        assert set(heard.times_s) == {"base", "double"}
        assert heard.differ("base", "double") == heard.differ("double", "base")
        if heard.times_s["double"] > heard.times_s["base"] > 0:
            return
    pytest.fail(f"in {HEARINGS} sessions it never took longer: {heard.times_s}")
