"""From a stream of runs to gradings: as many runs as the grader asks for, none of them twice."""

from collections.abc import Mapping

import pytest

from benchmarks.quality.gradings import gradings, reshuffled, whole
from grader.content.course import Measurement
from grader.records import CONTROL, Block, Member, RunRecord, Turn
from grader.store import StoredBlock

BASELINE = Member("naive", "reference", "0")
AUTHORS = ("base", "copy", "slow")
RULES = Measurement(min_runs=3, max_runs=5)


def pool(*noises: Mapping[str, float]) -> StoredBlock:
    """One run for each noise: by how much each author's time is off in it."""
    members = tuple(Member(author, "student", author) for author in AUTHORS)
    block = Block("kernel", "case", BASELINE, (*members, BASELINE), {})
    runs = tuple(_run(number, noise) for number, noise in enumerate(noises))
    return StoredBlock(id=1, block=block, complete=True, superseded=False, runs=runs)


def _run(number: int, noise: Mapping[str, float]) -> RunRecord:
    times_s = {BASELINE.key: 1.0, CONTROL: 1.0, "student/base": 1.0, "student/copy": 1.0, "student/slow": 1.2}
    turns = tuple(
        Turn(key, 0, time_s, (time_s * (1 + noise.get(key.partition("/")[2], 0.0)),), time_s, 1, 0.0)
        for key, time_s in times_s.items()
    )
    return RunRecord(number, turns, {}, "2026-01-01T00:00:00", wall_time_s=2.0, inside_s=1.0)


QUIET: Mapping[str, float] = {}
WILD = ({"base": 0.1}, {"base": -0.1, "slow": 0.1}, {"copy": 0.1}, {"slow": -0.1, "copy": -0.1}, {"base": 0.08, "copy": -0.1})


def test_what_is_settled_at_once_takes_the_least_number_of_runs() -> None:
    found = gradings(pool(*[QUIET] * 7), RULES)
    assert [one.runs for one in found] == [3, 3]
    assert found[0].ranks == {"base": 1, "copy": 1, "slow": 3}
    assert found[0].seconds == pytest.approx(6.0)


def test_what_never_settles_takes_the_greatest_number_and_splits_nobody() -> None:
    found = gradings(pool(*WILD, *WILD), RULES)
    assert [one.runs for one in found] == [5, 5]
    assert found[0].ranks["base"] == found[0].ranks["copy"] == 1


def test_a_grading_ends_when_its_seconds_are_spent_but_not_before_its_first_runs() -> None:
    short, shorter = (RULES.model_copy(update={"budget_s_per_submission": budget_s}) for budget_s in (1.9, 0.1))
    assert [one.runs for one in gradings(pool(*WILD, *WILD), short)] == [4, 4]  # of 2 s each, for four programs
    assert [one.runs for one in gradings(pool(*WILD, *WILD), shorter)] == [3, 3, 3]


def test_runs_that_do_not_suffice_are_no_grading() -> None:
    assert gradings(pool(*WILD[:4]), RULES) == []


def test_reshuffled_gradings_are_the_same_for_the_same_runs() -> None:
    several = pool(*WILD, *[QUIET] * 4)
    first, again = (reshuffled(several, RULES, 6) for _ in range(2))
    assert len(first) == 6
    assert first == again
    assert len({tuple(one.log_times.items()) for one in first}) > 1


def test_all_runs_together_estimate_the_true_difference() -> None:
    assert whole(pool(*[QUIET] * 4), RULES).over("slow", "base") == pytest.approx(1.2)
