"""The scripted backend behaves as the real ones do, so that what is proved with it holds for them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.content.submission import Submission
from grader.content.task import Array, ArraySpec
from grader.errors import GraderError
from grader.execution.interface import Call, Failure, FailureKind, Worker
from grader.testing import Script, ScriptedBackend

ADA = Submission("ada", "student", "double", Path("submissions/ada"), (), "double.py", "double", (), "content")
X = np.array([1.0, 2.0])
OUTPUTS = (ArraySpec("float64", (2,)),)


def doubled(x: Array) -> Array:
    return 2 * x


Start = Callable[[Script], Worker]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a worker of a script."""
    with ExitStack() as stack:
        yield lambda script: stack.enter_context(ScriptedBackend({"ada": script}).generation()).start(ADA)


def called(worker: Worker, limit_s: float = 1.0) -> Call:
    return worker.call((X,), OUTPUTS, limit_s)


def failure_of(call: Call) -> Failure:
    assert call.outputs is None
    assert call.failure is not None
    return call.failure


def test_a_call_gives_what_is_computed_in_the_time_that_is_scripted(start: Start) -> None:
    worker = start(
        Script(doubled, lambda inputs, number: 0.1 * len(inputs) + 0.01 * number, cores=1.5, threads=2, idle_cpu_s=0.3)
    )
    first, second = called(worker), called(worker)
    assert first.outputs is not None
    assert first.outputs[0].tolist() == [2.0, 4.0]
    assert (first.wall_time_s, second.wall_time_s) == pytest.approx((0.1, 0.11))
    assert first.cpu_time_s == pytest.approx(0.15)
    assert first.idle_cpu_s == pytest.approx(0.3)
    assert (first.threads, first.failure, first.peak_memory_bytes) == (2, None, None)


def test_memory_is_told_where_it_is_asked_for(start: Start) -> None:
    assert start(Script(doubled)).call((X,), OUTPUTS, 1.0, track_memory=True).peak_memory_bytes == 16


def test_a_submission_cannot_change_the_graders_inputs(start: Start) -> None:
    def greedy(x: Array) -> Array:
        x *= 2
        return x

    assert called(start(Script(greedy))).failure is None
    assert X.tolist() == [1.0, 2.0]


def test_results_are_converted_as_a_worker_converts_them(start: Start) -> None:
    call = called(start(Script(lambda x: (2 * x).astype(int).tolist())))
    assert call.outputs is not None
    assert call.outputs[0].dtype == np.float64


@pytest.mark.parametrize("result", [None, "text", np.zeros(3)], ids=["None", "text", "another shape"])
def test_a_result_that_does_not_fit_is_invalid(start: Start, result: object) -> None:
    worker = start(Script(lambda _x: result))
    assert failure_of(called(worker)).kind is FailureKind.INVALID
    assert worker.alive


def test_a_call_beyond_its_limit_is_ended_and_the_worker_with_it(start: Start) -> None:
    worker = start(Script(doubled, lambda _inputs, _number: 2.0))
    call = called(worker, limit_s=0.5)
    assert failure_of(call).kind is FailureKind.TIME
    assert call.wall_time_s == pytest.approx(0.5)
    assert not worker.alive


def test_scripted_failures_come_at_their_calls(start: Start) -> None:
    crash = Failure(FailureKind.SIGNAL, "as scripted")
    worker = start(Script(doubled, failures={1: crash}))
    assert called(worker).failure is None
    assert failure_of(called(worker)) == crash


def test_an_import_takes_its_time_and_may_fail(start: Start) -> None:
    failure = Failure(FailureKind.IMPORT, "no torch", "torch")
    load = start(Script(doubled, import_time_s=0.2, import_failure=failure)).load(1.0)
    assert (load.import_time_s, load.failure) == (0.2, failure)
    too_slow = start(Script(doubled, import_time_s=9.0)).load(1.0).failure
    assert too_slow is not None
    assert too_slow.kind is FailureKind.TIME


def test_what_it_prints_and_compiles_is_told(start: Start) -> None:
    worker = start(Script(doubled, prints="hello", compiles=b"cache"))
    assert (worker.printed(), worker.compiled_functions()) == ("hello", b"cache")


def test_every_generation_starts_the_script_from_its_beginning() -> None:
    backend = ScriptedBackend({"ada": Script(doubled, lambda _inputs, number: 1.0 + number)})
    times_s = []
    for _ in range(2):
        with backend.generation() as generation:
            worker = generation.start(ADA)
            times_s += [called(worker, 9).wall_time_s, called(worker, 9).wall_time_s]
    assert times_s == [1.0, 2.0, 1.0, 2.0]
    assert (backend.generations, backend.calls_of) == (2, {"ada": 4})


def test_a_control_runs_the_script_of_the_baseline_it_copies_unless_it_has_its_own() -> None:
    control = replace(ADA, author="control")
    backend = ScriptedBackend({"ada": Script(doubled, lambda _inputs, _number: 0.2)})
    with backend.generation() as generation:
        assert called(generation.start(control)).wall_time_s == 0.2
        backend.scripts["control"] = Script(doubled, lambda _inputs, _number: 0.3)
        assert called(generation.start(control)).wall_time_s == 0.3
    assert backend.calls_of == {"control": 2}


def test_a_fault_is_the_graders_own_and_happens_once() -> None:
    backend = ScriptedBackend({"ada": Script(doubled)})
    backend.faults.append("ada")
    with backend.generation() as generation:
        with pytest.raises(GraderError, match="no worker for ada"):
            generation.start(ADA)
        assert called(generation.start(ADA)).failure is None


def test_workers_are_remembered_beyond_their_end() -> None:
    backend = ScriptedBackend({"ada": Script(doubled)})
    with backend.generation() as generation:
        worker = generation.start(ADA)
        worker.load(1.0, b"compiled earlier")
    assert backend.workers == [worker]
    assert backend.given == [("ada", b"compiled earlier")]
    worker.close()
    assert not backend.workers[0].alive
