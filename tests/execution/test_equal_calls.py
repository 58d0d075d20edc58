"""How far equal calls scatter: by the noisiest run, and by what lies between runs."""

import pytest

from grader.errors import GraderError
from grader.execution.equal_calls import equal_calls, scatter_of
from grader.execution.interface import Call, Failure, FailureKind
from grader.execution.plain import PlainBackend
from grader.testing import Script, ScriptedBackend


def calls(*times_s: float, waited: float = 0.0) -> list[Call]:
    return [Call(time_s, time_s, 1, None, None, waited_s=waited / (1 - waited) * time_s) for time_s in times_s]


def test_the_noisiest_run_and_the_distance_of_the_runs_are_told() -> None:
    steady, slower, noisy = calls(*[1.0] * 20), calls(*[1.1] * 20), calls(*[1.0, 2.0] * 10)
    assert scatter_of([steady, steady]).within_runs == scatter_of([steady, steady]).between_runs == 0.0
    assert scatter_of([steady, slower]).between_runs == pytest.approx(0.1)
    assert scatter_of([steady, noisy]).within_runs == pytest.approx(1.0)


def test_the_share_of_waiting_is_over_all_calls() -> None:
    assert scatter_of([calls(*[1.0] * 20), calls(*[1.0] * 20, waited=0.5)]).waited == pytest.approx(1 / 3)


def test_real_calls_are_measured(plain: PlainBackend) -> None:
    scatter = equal_calls(plain)
    assert scatter.within_runs > 0
    assert scatter.between_runs > 0
    assert 0 <= scatter.waited < 1


def test_a_call_that_fails_is_a_fault_of_the_machine() -> None:
    broken = Script(lambda count: count, failures={3: Failure(FailureKind.SIGNAL, "it was killed")})
    with pytest.raises(GraderError, match="a call of known work failed"):
        equal_calls(ScriptedBackend({"nobody": broken}))
