"""A disputed result is replayed on the identical inputs, shown beside what was found then, and changes nothing."""

import math
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Array, Inputs
from grader.errors import GraderError, UsageError
from grader.execution.interface import FailureKind
from grader.grading.measure import rounds_again
from grader.grading.progress import Silent
from grader.grading.replay import Replay, ReplayedRun, replay
from grader.machine import Machine
from grader.records import CONTROL, RunRecord, Turn
from grader.testing import Script
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    FOLLOWED_TASK,
    NUMBA_PACE_S,
    REVIEWED_TASK,
    Classroom,
    doubled,
    failing,
    length,
    of,
    paced,
    ranks,
)

CHECK_CALLS, RUN_CALLS, RUNS = 16, 8, 3
"""Of someone who is measured at the largest case."""


def replayed(classroom: Classroom, author: str = "ada", budget_s: float | None = None) -> Replay:
    with classroom.store() as store:
        return replay(classroom.session, author, budget_s, classroom.backend, store, Silent())


def heard(classroom: Classroom, *authors: str) -> dict[str, list[bytes]]:
    """From now on, the inputs of every call of these authors, in order."""
    calls: dict[str, list[bytes]] = {author: [] for author in authors}
    for author in authors:
        script = classroom.backend.scripts[author]
        classroom.backend.scripts[author] = replace(script, call_s=_heard(script, calls[author]))
    return calls


def _heard(script: Script, calls: list[bytes]) -> Callable[[Inputs, int], float]:
    def call_s(inputs: Inputs, number: int) -> float:
        calls.append(np.asarray(inputs[0]).tobytes())
        return script.call_s(inputs, number)

    return call_s


def wrong_at(call: int) -> Callable[[Array], Array]:
    """Wrong in the `call`-th call over all workers, and right in all others."""
    numbers = count()
    return lambda x: x + 1 if next(numbers) == call else doubled(x)


def kept(classroom: Classroom) -> str:
    """All that the store holds."""
    with closing(sqlite3.connect(classroom.store_file)) as connection:
        return "\n".join(connection.iterdump())


# The same inputs


@pytest.mark.parametrize("pace_s", [2e-6, 1.8e-5], ids=["in every round", "in some rounds"])
def test_every_call_gets_the_inputs_that_it_got_then(classroom: Classroom, pace_s: float) -> None:
    classroom.teach(FOLLOWED_TASK)
    classroom.submit("ada", paced(pace_s))
    for other in ("bob", "eve", "max"):
        classroom.submit(other, paced(3e-6))
    classroom.submit("zoe", paced(3e-6, compute=wrong_at(3 * CHECK_CALLS - 1)))  # in a check all but the first have two more
    calls = heard(classroom, "ada", "numba")
    assert "zoe" not in ranks(classroom.grade())
    then = calls["ada"].copy()
    for each in calls.values():
        each.clear()
    replayed(classroom)
    assert sorted(calls["ada"]) == sorted(then)  # further calls are made in an order of chance
    assert len(set(then)) == len(then) > CHECK_CALLS
    in_runs = set(calls["numba"])  # the baseline and its control are called in the runs alone
    assert 2 * len(in_runs) == len(calls["numba"])
    assert in_runs & set(then) == {one for one in then if one in in_runs} != set()


def test_the_inputs_do_not_hang_on_how_the_course_measures_now(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    calls = heard(classroom, "ada")
    classroom.grade()
    then = calls["ada"].copy()
    calls["ada"].clear()
    classroom.describe("max_timed_calls_per_turn = 5\nseconds_per_run = 0.01\nblock_size = 2")
    replayed(classroom)
    assert calls["ada"] == then


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from("abcde"), unique=True), min_size=1), st.sets(st.sampled_from("abcde")))
def test_rounds_again_are_those_of_then_without_the_others(rounds: Sequence[Sequence[str]], keys: set[str]) -> None:
    turns = [Turn(one, number, 0.1, (0.1,), 0.1, 1, 0.0) for number, order in enumerate(rounds) for one in ("baseline", *order)]
    again = rounds_again(RunRecord(1, tuple(turns), {}, "", 1.0, 1.0), {*keys, "baseline"})
    took_part = {one for order in rounds for one in order}
    absent = sorted(keys - took_part)
    assert again == [[*absent, "baseline", *(one for one in order if one in keys)] for order in rounds]


def test_nobody_else_is_called(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2e-6))
    classroom.grade()
    calls = classroom.calls_in(lambda: replayed(classroom))
    assert calls == {"ada": CHECK_CALLS + RUNS * RUN_CALLS, "numba": RUNS * RUN_CALLS, CONTROL: RUNS * RUN_CALLS}


# Nothing changes


@pytest.mark.parametrize("author", ["ada", "wim", "numpy"])
def test_a_replay_stores_nothing(classroom: Classroom, author: str) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("wim", paced(2e-6, compute=lambda x: 3 * x))
    report = classroom.grade()
    before = kept(classroom)
    classroom.backend.scripts["ada"] = paced(9e-6, compute=lambda x: 3 * x)
    replayed(classroom, author)
    assert kept(classroom) == before
    assert classroom.report() == report


# What is found again


def test_what_is_unchanged_comes_out_again(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    report = classroom.grade()
    found = replayed(classroom)
    assert (found.author, found.kind, found.task, found.case, found.baseline) == ("ada", "student", "double", "large", "numba")
    assert found.then.verdict is found.now.verdict is Verdict.ACCEPTED
    assert found.same_code
    assert found.same_conditions
    assert found.same_message
    assert found.then.standing is not None
    assert found.then.standing.speedup == of(report, "ada").speedup == pytest.approx(0.5)
    assert found.now.standing is not None
    assert found.now.standing.speedup == pytest.approx(0.5)
    assert found.speedup_change is not None
    assert not found.speedup_change.beyond_noise
    assert found.then.machine == found.now.machine == classroom.session.machine
    assert found.notes == ()


def test_every_turn_of_then_stands_beside_that_of_now(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.backend.scripts["ada"] = paced(5e-6)
    found = replayed(classroom)
    assert [run.number for run in found.runs] == [0, 1, 2]
    for run in found.runs:
        assert [one.number for one in run.rounds] == [0, 1]
        for one in run.rounds:
            assert one.then is not None
            assert one.now is not None
            assert (one.then.turn_s, one.now.turn_s) == pytest.approx((0.04, 0.05))
            assert (one.then.ratio, one.now.ratio) == pytest.approx((2.0, 2.5))


def test_a_change_beyond_the_noise_is_called_one(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.backend.scripts["ada"] = paced(5e-6)
    change = replayed(classroom).speedup_change
    assert change is not None
    assert change.difference == pytest.approx(math.log(4 / 5))
    assert change.beyond_noise


def test_a_change_that_would_be_a_tie_is_none(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.backend.scripts["ada"] = paced(4.03e-6)
    change = replayed(classroom).speedup_change
    assert change is not None
    assert not change.beyond_noise


def test_what_was_compiled_in_the_check_is_given_to_the_runs(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6, compiles=b"ada's"))
    classroom.grade()
    classroom.backend.given.clear()
    replayed(classroom)
    assert [compiled for author, compiled in classroom.backend.given if author == "ada"] == [b"", *[b"ada's"] * RUNS]


def test_the_control_and_the_scatter_say_how_noisy_each_run_was(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    turns = count()
    classroom.backend.scripts[CONTROL] = paced(1.1 * NUMBA_PACE_S)
    classroom.backend.scripts["ada"] = Script(
        doubled, lambda inputs, _number: 4e-6 * length(inputs) * (1 + 0.1 * (next(turns) // 4 % 2))
    )
    run: ReplayedRun = replayed(classroom).runs[0]
    assert run.then.control_ratio == pytest.approx(1)
    assert run.then.scatter == pytest.approx(0, abs=1e-12)
    assert run.now.control_ratio == pytest.approx(1.1)
    assert run.now.control_scatter == pytest.approx(0, abs=1e-12)
    assert run.now.scatter == pytest.approx(1.4826 * math.log(1.1) / 2)


# Whoever was or is not accepted


def test_whoever_was_wrong_is_only_checked_again_and_reads_the_same(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=lambda x: 3 * x))
    classroom.grade()
    found = replayed(classroom)
    assert found.then.verdict is found.now.verdict is Verdict.WRONG_ANSWER
    assert found.same_message
    assert "grader check FILE --case" in found.then.message
    assert found.now.message
    assert found.runs == ()
    assert (found.case, found.then.standing, found.now.standing) == (None, None, None)


def test_what_was_refused_unread_is_refused_again(classroom: Classroom) -> None:
    classroom.hand_in("ada", "def double(x):\n    return (\n")
    classroom.grade()
    found = replayed(classroom)
    assert found.same_code
    assert found.then.verdict is found.now.verdict is Verdict.BUILD_ERROR


def test_whoever_fails_the_check_now_is_not_measured(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=wrong_at(CHECK_CALLS + RUNS * RUN_CALLS + 2)))
    classroom.grade()
    found = replayed(classroom)
    assert (found.then.verdict, found.now.verdict) == (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
    assert not found.same_verdict
    assert not found.same_message
    assert found.runs == ()
    assert found.then.standing is not None
    assert found.now.standing is None
    assert found.same_conditions
    assert "does not pass its check now" in found.notes[0]


def test_whoever_failed_while_measured_takes_a_turn_in_every_round(classroom: Classroom) -> None:
    classroom.submit("ada", paced(1.8e-5, compute=wrong_at(CHECK_CALLS + RUN_CALLS + 1)))  # in the second run
    assert of(classroom.grade(), "ada").verdict is Verdict.WRONG_ANSWER
    found = replayed(classroom)
    assert (found.then.verdict, found.now.verdict) == (Verdict.WRONG_ANSWER, Verdict.ACCEPTED)
    first, second = found.runs
    assert [one.then is None for one in first.rounds] == [False, False]
    assert [(one.then, one.now is None) for one in second.rounds] == [(None, False), (None, False)]
    assert second.then.scatter is None


def test_whoever_fails_while_measured_now_is_out_and_it_is_said(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=wrong_at(2 * CHECK_CALLS + RUNS * RUN_CALLS + 1)))
    classroom.grade()
    found = replayed(classroom)
    assert (found.then.verdict, found.now.verdict) == (Verdict.ACCEPTED, Verdict.WRONG_ANSWER)
    assert "1 of 3 runs" in found.notes[0]
    assert "failed" in found.notes[0]
    assert all(one.then is not None and one.now is None for run in found.runs for one in run.rounds)


# What has changed since


def test_changed_code_is_said_and_replayed_as_it_is_now(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.submit("ada", paced(2e-6), code="# better")
    found = replayed(classroom)
    assert not found.same_code
    assert len(found.runs) == RUNS
    assert found.now.standing is not None
    assert found.now.standing.speedup == pytest.approx(1)
    assert found.speedup_change is None


def test_of_several_versions_the_one_that_is_handed_in_is_replayed(classroom: Classroom) -> None:
    for code, pace_s in (("# first", 4e-6), ("# second", 8e-6)):
        classroom.submit("ada", paced(pace_s), code=code)
        classroom.grade()
    classroom.submit("ada", paced(4e-6), code="# first")
    found = replayed(classroom)
    assert found.same_code
    assert found.then.standing is not None
    assert found.then.standing.speedup == pytest.approx(0.5)


def test_of_several_versions_none_of_which_is_handed_in_the_newest_is_shown(classroom: Classroom) -> None:
    for code, pace_s in (("# first", 4e-6), ("# second", 8e-6)):
        classroom.submit("ada", paced(pace_s), code=code)
        classroom.grade()
    classroom.submit("ada", paced(4e-6), code="# third")
    then = replayed(classroom).then
    assert then.standing is not None
    assert then.standing.speedup == pytest.approx(0.25)


def test_another_machine_is_named_and_its_figures_are_not_compared(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    then = classroom.session.machine
    elsewhere = Machine("cluster", "another CPU", 64, 1 << 38, "Linux x86_64", 1)
    monkeypatch.setattr("grader.grading.session.this_machine", lambda _name, _threads: elsewhere)
    found = replayed(classroom)
    assert (found.then.machine, found.now.machine) == (then, elsewhere)
    assert found.same_code
    assert not found.same_conditions
    assert len(found.runs) == RUNS
    assert found.speedup_change is None


def test_on_another_machine_the_naive_reference_sets_the_limits_anew(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    monkeypatch.setattr("grader.grading.session.this_machine", lambda name, _: Machine(name, "CPU", 8, 1, "Linux", 1))
    classroom.backend.scripts["ada"] = paced(0.1)  # 10 s at `small`: less than a reference may take that sets the limits
    found = replayed(classroom)
    assert classroom.session.limits({}).first_call_s > 10
    assert found.now.verdict is Verdict.TIME_LIMIT
    assert "'small'" in found.now.message


def test_a_changed_baseline_is_named_and_the_figures_are_not_compared(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    with (classroom.folder / "reference" / "numba" / "double.py").open("a") as file:
        file.write("# tuned\n")
    found = replayed(classroom)
    assert found.then.baseline_hash != found.now.baseline_hash
    assert not found.same_conditions
    assert len(found.runs) == RUNS
    assert found.speedup_change is None


def test_without_its_baseline_the_check_alone_is_replayed(classroom: Classroom) -> None:
    classroom.refer("tuned", paced(1e-6))
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    shutil.rmtree(classroom.folder / "reference" / "tuned")
    found = replayed(classroom)
    assert found.baseline == "tuned"
    assert found.same_verdict
    assert found.runs == ()
    assert "reference/tuned" in found.notes[0]


def test_a_changed_task_cannot_be_replayed_and_says_what_to_put_back(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.teach(REVIEWED_TASK)
    with pytest.raises(UsageError, match=r"has changed since ada was graded.*tasks/double/"):
        replayed(classroom)


# References, and budgets


def test_references_are_authors_too(classroom: Classroom) -> None:
    classroom.grade()
    found = replayed(classroom, "numpy")
    assert (found.kind, found.case, found.baseline) == ("reference", "large", "numba")
    assert found.now.standing is not None
    assert found.now.standing.speedup == pytest.approx(0.2)


def test_a_baseline_has_no_speedup_and_its_turns_are_shown(classroom: Classroom) -> None:
    classroom.grade()
    found = replayed(classroom, "numba")
    assert found.baseline == "numba"
    assert (found.then.standing, found.now.standing, found.speedup_change) == (None, None, None)
    assert "it is the baseline" in found.notes[0]
    assert len(found.runs) == 2  # a case at which references stand alone


def test_naive_which_sets_the_limits_is_not_held_to_those_it_set(classroom: Classroom) -> None:
    classroom.grade()
    classroom.backend.scripts["naive"] = Script(
        doubled, lambda inputs, _number: 10.0 if length(inputs) == 7 else 1e-4 * length(inputs)
    )
    assert replayed(classroom, "naive").now.verdict is Verdict.ACCEPTED


def test_a_student_comes_before_a_reference_of_the_same_name(classroom: Classroom) -> None:
    classroom.submit("numba", paced(4e-6))
    classroom.grade()
    assert replayed(classroom, "numba").kind == "student"


def test_a_budget_ends_the_runs_after_the_first_at_the_earliest(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    found = replayed(classroom, budget_s=0.0)
    assert len(found.runs) == 1
    assert found.notes == ("1 of 3 runs were replayed: the budget was spent",)
    assert found.speedup_change is None  # one run has no interval


# What cannot be done


def test_whoever_does_not_exist_is_named_with_who_was_meant(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    with pytest.raises(UsageError, match="did you mean 'ada'"):
        replayed(classroom, "adda")


def test_whoever_was_never_graded_has_nothing_to_replay(classroom: Classroom) -> None:
    classroom.grade()
    classroom.submit("ada", paced(4e-6))
    with pytest.raises(UsageError, match="no result in double yet"):
        replayed(classroom)


def test_another_sandbox_is_refused(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.backend.sandbox = "none"
    with pytest.raises(UsageError, match="--trust-code"):
        replayed(classroom)


def test_a_control_that_fails_now_is_a_fault_of_ours(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.backend.scripts[CONTROL] = paced(NUMBA_PACE_S, failures=failing(3, FailureKind.SIGNAL))
    with pytest.raises(GraderError, match="the baseline of double failed"):
        replayed(classroom)
    assert all(not worker.alive for worker in classroom.backend.workers)
