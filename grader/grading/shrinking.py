"""Shrinking: from the inputs that a submission failed on to the smallest that were found to fail alike. Nothing of it is timed.

A task offers smaller inputs, the most drastic first. The first that fails alike is taken, and what is smaller than it is tried
next, until nothing smaller fails or the budget is spent (A. Zeller and R. Hildebrandt, *Simplifying and isolating
failure-inducing input*, IEEE Trans. Softw. Eng. 28, 2002). Only what a student is shown anyway is shrunk: public cases.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np

from grader.content.python_text import arguments_text, forms_text
from grader.content.submission import Submission
from grader.content.task import Case, Inputs, LoadedTask, Outputs
from grader.execution.interface import Call, Generation, Worker
from grader.grading.check import prepare
from grader.grading.judge import shows_mistake, the_courses_code
from grader.grading.judged import CallLimits, Witnesses, judged_call
from grader.records import Limits, PreparedCase, Problem
from grader.verdicts import Verdict

Failed = TypeVar("Failed")

_SHRUNK = (Verdict.WRONG_ANSWER, Verdict.RUNTIME_ERROR, Verdict.INVALID)
"""Too slow, or too much memory: that is not told on inputs that are small."""
_SHOWN_NUMBERS = 24
"""An answer of more numbers is not shown in full beside the right one."""


@dataclass(frozen=True)
class Budget:
    """How much is tried, for one submission."""

    offers: int = 400
    seconds: float = 2.0


@dataclass(frozen=True)
class Smallest:
    """The smallest inputs that were found to fail, and how."""

    problem: Problem
    right: Outputs | None
    """None where there is not one right answer."""
    got: Outputs | None
    """None where no answer came."""

    @property
    def inputs(self) -> Inputs:
        """What it was called with."""
        assert self.problem.inputs is not None  # noqa: S101 -- it was called with something
        return self.problem.inputs


def smallest(
    inputs: Inputs,
    smaller: Callable[[Inputs], Iterator[Inputs]],
    fails: Callable[[Inputs], Failed | None],
    budget: Budget,
    now_s: Callable[[], float] = time.monotonic,
) -> Failed | None:
    """How the smallest inputs fail that were found to; None where none smaller than these were.

    Args:
        inputs: known to fail.
        smaller: what to try instead of some inputs.
        fails: how inputs fail, or None where they do not, or in another way.
        budget: how much of it.
        now_s: a clock.
    """
    ends_at_s = now_s() + budget.seconds
    found, offers, tried = None, smaller(inputs), {_digest(inputs)}
    for _ in range(budget.offers):
        one = next(offers, None)
        if one is None or now_s() >= ends_at_s:
            break
        digest = _digest(one)
        failed = None if digest in tried else fails(one)
        tried.add(digest)
        if failed is not None:
            found, offers = failed, smaller(one)
    return found


def _digest(inputs: Inputs) -> bytes:
    digest = hashlib.sha256()
    for value in inputs:
        array = np.ascontiguousarray(value)
        digest.update(f"{array.dtype}{array.shape}".encode() + array.tobytes())
    return digest.digest()


def shrink(
    generation: Generation,
    submission: Submission,
    task: LoadedTask,
    limits: Limits,
    problem: Problem,
    compiled: bytes = b"",
    budget: Budget = Budget(),
) -> Smallest | None:
    """The smallest call that fails as the problem's does; None where there is nothing to shrink, or it does not fail again.

    Raises:
        GraderError: the task's own code fails on what it offers.
    """
    case = next((case for case in task.cases if case.name == problem.case), None)
    offered = task.task.shrink
    if case is None or not case.public or offered is None or problem.inputs is None or problem.verdict not in _SHRUNK:
        return None

    def smaller(inputs: Inputs) -> Iterator[Inputs]:
        with the_courses_code(case):
            yield from offered(inputs)

    with closing(_Trials(generation, submission, task, limits, problem, case, compiled)) as trials:
        if trials.fails(problem.inputs, limits.cold_call_s(case.name)) is None:
            return None  # it takes more than these inputs to fail: calls before, or chance
        limit_s = min(limits.cold_call_s(case.name), budget.seconds)
        found = smallest(problem.inputs, smaller, partial(trials.fails, limit_s=limit_s), budget)
    return None if found is None or _is_only_rounder(found, problem) else found


def _is_only_rounder(found: Smallest, problem: Problem) -> bool:
    """Rounder numbers alone say nothing more about a failure that needs no certain numbers."""
    return found.got is None and forms_text(found.inputs) == forms_text(problem.inputs or ())


class _Trials:
    """Calls of one submission, beside the problem that they are to have, too. A worker that ended is replaced."""

    def __init__(
        self,
        generation: Generation,
        submission: Submission,
        task: LoadedTask,
        limits: Limits,
        problem: Problem,
        case: Case,
        compiled: bytes,
    ) -> None:
        self._task = task.task
        self._limits = limits
        self._problem = problem
        self._case = case
        self._compiled = compiled
        self._start = partial(generation.start, submission, self._task.profile, self._task.cores)
        self._witnesses = Witnesses(self._start, limits.first_call_s, compiled)
        self._worker: Worker | None = None

    def fails(self, inputs: Inputs, limit_s: float) -> Smallest | None:
        """How a call fails that fails alike."""
        worker = self._ready()
        if worker is None:
            return None
        case = replace(self._case, draw=lambda _generator: inputs)  # no check case: mistakes are not looked for again
        prepared = prepare(self._task, case, np.random.default_rng(0))  # equal inputs are followed up by equal calls
        judged = judged_call(
            worker, self._task, case, prepared, CallLimits(limit_s, self._limits.memory_bytes), self._witnesses
        )
        if judged.problem is None or not self._is_alike(judged.problem, prepared, judged.call):
            return None
        return Smallest(replace(judged.problem, inputs=inputs), self._solution(prepared), judged.call.outputs)

    def close(self) -> None:
        """End all processes."""
        self._witnesses.close()
        if self._worker is not None:
            self._worker.close()

    def _ready(self) -> Worker | None:
        """A worker that has imported the submission; None where it cannot be imported any more."""
        if self._worker is None or not self._worker.alive:
            if self._worker is not None:
                self._worker.close()
            self._worker = self._start()
            load = self._worker.load(self._limits.first_call_s, self._compiled, processes=self._case.processes)
            if load.failure is not None:
                return None
        return self._worker

    def _is_alike(self, problem: Problem, prepared: PreparedCase, call: Call) -> bool:
        """The same verdict, the same kind of failure, and what shows a known mistake if that was named."""
        if (problem.verdict, problem.failure) != (self._problem.verdict, self._problem.failure):
            return False
        if self._problem.mistake is None or call.outputs is None:
            return True
        with the_courses_code(self._case), np.errstate(all="ignore"):
            return shows_mistake(self._task, self._problem.mistake, prepared, call.outputs)

    def _solution(self, prepared: PreparedCase) -> Outputs | None:
        if self._task.solution is None:
            return None
        with the_courses_code(self._case):
            return self._task.solution(prepared.inputs, prepared.expected)


# What the student reads


def smallest_text(function: str, found: Smallest) -> str:
    """The call, to be pasted, what it should have given, and what it gave."""
    arguments = arguments_text(found.inputs)
    lines = [f"{function}({arguments})" if arguments else f"{function} of {forms_text(found.inputs)}: see the case file"]
    difference = found.problem.difference
    if difference is not None:
        lines += [difference.summary, f"at {difference.where}: expected {difference.expected}, got {difference.got}"]
    if found.right is not None and found.got is not None:
        lines += _beside(found.right, found.got)
    return "\n".join(f"  {line}" for line in lines)


def _beside(right: Outputs, got: Outputs) -> Iterator[str]:
    """Both answers in full, where they are short and more than the one number that was told already."""
    if 1 < sum(output.size for output in right) <= _SHOWN_NUMBERS:
        yield f"expected in full: {_in_full(right)}"
        yield f"got in full:      {_in_full(got)}"


def _in_full(outputs: Outputs) -> str:
    return " and ".join(" ".join(np.array2string(output, separator=", ").split()) for output in outputs)
