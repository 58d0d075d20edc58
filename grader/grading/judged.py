"""One call with its judgement: the answer by itself, and where the task asks for it beside further, untimed calls."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import SystemRandom

import numpy as np

from grader.content.task import ArraySpec, Case, Inputs, Task
from grader.execution.interface import Call, Worker
from grader.grading.judge import failed, judge, judge_further, the_courses_code
from grader.records import FurtherCall, PreparedCase, Problem

_SPARE = 1
"""Witnesses beside those that one call needs: so not even who is not asked can be known."""


@dataclass(frozen=True)
class Judged:
    """A call, what is wrong with it, and what only a person can decide about it."""

    call: Call
    problem: Problem | None
    review: str | None = None
    inside_s: float = 0.0
    """Time spent in the submission, the further calls included."""

    def without_outputs(self) -> "Judged":
        """The same without the answer, which may be large, and of which all has been said."""
        return replace(self, call=replace(self.call, outputs=None))


@dataclass(frozen=True)
class CallLimits:
    """What one call may use."""

    wall_time_s: float
    memory_bytes: int


class Witnesses:
    """Workers of one submission for its further calls, each of which is made by another of them.

    None of them has seen the call that it is asked about, nor the other further calls. Who makes which, and in which order, is
    drawn anew each time, so that nobody has a part to play: all that a process can answer with is what follows from the
    arguments.
    """

    def __init__(self, start: Callable[[], Worker], first_call_s: float, compiled: bytes = b"") -> None:
        """`start` makes a worker; nothing is started yet."""
        self._start = start
        self._compiled = compiled
        self._first_call_s = first_call_s
        self._workers: dict[int, Worker] = {}
        self._chance = SystemRandom()

    def spare_compiling(self, worker: Worker) -> None:
        """Let them have what the submission has compiled so far, where they have nothing yet.

        What a submission compiled comes from its own process, which may have written anything into it. So this is asked for
        before a call that will be followed up is revealed, and never after it.
        """
        if not self._compiled:
            self._compiled = worker.compiled_functions()

    def answer(self, further: Sequence[FurtherCall], limit_s: float, processes: int = 1) -> dict[int, Call]:
        """The further calls by their number, up to the first that fails, in the order in which they were made."""
        made: dict[int, Call] = {}
        order = self._chance.sample(range(len(further)), len(further))
        who = self._chance.sample(range(len(further) + _SPARE), len(further))
        for number, witness in zip(order, who, strict=True):
            inputs, outputs = further[number]
            made[number] = self._call(witness, inputs, outputs, limit_s, processes)
            self._workers[witness].release()
            if made[number].failure is not None:
                break
        return made

    def _call(self, witness: int, inputs: Inputs, outputs: Sequence[ArraySpec], limit_s: float, processes: int) -> Call:
        """One call; a worker's first one may compile."""
        if witness in self._workers:
            return self._workers[witness].call(inputs, outputs, limit_s, processes=processes)
        worker = self._workers[witness] = self._start()
        load = worker.load(self._first_call_s, self._compiled, processes=processes)
        if load.failure is not None:
            return Call(load.import_time_s, 0.0, 0, None, load.failure)
        return worker.call(inputs, outputs, max(limit_s, self._first_call_s), processes=processes)

    def close(self) -> None:
        """End them all."""
        for worker in self._workers.values():
            worker.close()


def judged_call(
    worker: Worker,
    task: Task,
    case: Case,
    prepared: PreparedCase,
    limits: CallLimits,
    witnesses: Witnesses | None,
    *,
    passed: Sequence[PreparedCase] = (),
    track_memory: bool = False,
) -> Judged:
    """Call once, judge the answer, and let the witnesses make the further calls that prove it; without them, none is made.

    Further calls are not timed, but limited alike.
    """
    call = worker.call(
        prepared.inputs, prepared.outputs, limits.wall_time_s, track_memory=track_memory, processes=case.processes
    )
    problem = judge(task, case, prepared, call, limits.memory_bytes, passed)
    inside_s = call.wall_time_s
    if problem is None and witnesses is not None and prepared.follow_ups:
        further = witnesses.answer(prepared.follow_ups, limits.wall_time_s, case.processes)
        inside_s += sum(one.wall_time_s for one in further.values())
        problem = _beside(task, case, prepared, call, further, limits)
    return Judged(call, problem, None if problem else _review(task, case, prepared, call), inside_s)


def _beside(
    task: Task, case: Case, prepared: PreparedCase, call: Call, further: Mapping[int, Call], limits: CallLimits
) -> Problem | None:
    """What is wrong with the further calls, or with the answer beside theirs."""
    for number, one in further.items():
        if one.failure is not None:
            where = f"when called again beside case {case.name!r}"
            inputs, _ = prepared.follow_ups[number]
            return failed(one.failure, limits.memory_bytes, where=where, case=case, inputs=inputs)
    answers = tuple(
        (inputs, outputs)
        for number, (inputs, _) in enumerate(prepared.follow_ups)
        if (outputs := further[number].outputs) is not None
    )
    assert call.outputs is not None  # noqa: S101 -- it was judged right
    return judge_further(task, case, prepared, call.outputs, answers)


def _review(task: Task, case: Case, prepared: PreparedCase, call: Call) -> str | None:
    if task.review is None or call.outputs is None:
        return None
    with the_courses_code(case), np.errstate(all="ignore"):
        evidence = task.review(prepared.inputs, call.outputs, prepared.expected)
    return f"on case {case.name!r}: {evidence}" if evidence else None
