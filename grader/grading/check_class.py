"""The check stage over a class: whoever has no stored verdict is checked, each in a worker of its own."""

import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Self

from grader.content.case_file import write_case
from grader.content.submission import Rejection, Submission, names_used
from grader.content.task import LoadedTask
from grader.errors import GraderError
from grader.execution.interface import Backend, Generation
from grader.grading.check import DrawnInputs, check, new_seed
from grader.grading.compiled import CompiledFunctions
from grader.grading.judged import Witnesses
from grader.grading.placing import common_case, place
from grader.grading.progress import Progress
from grader.grading.session import NAIVE, HandedIn, HandIns, Session, known_checks, member_of
from grader.grading.shrinking import Smallest, shrink, smallest_text
from grader.records import CheckResult, Limits, Member, Problem
from grader.store import Conditions, Store
from grader.verdicts import Verdict

_COMPILERS = frozenset({"numba", "jax", "torch"})
"""Whoever uses none of these has nothing to compile: an endless loop is found out in seconds."""

SMALLEST = "\nthe smallest call found that fails like this one:\n"
AGAIN = "\nagain on this case: "
"""They stand behind what happened: how little it takes, and how to run that alone."""


@dataclass(frozen=True)
class Checked:
    """What the check stage leaves beside the store."""

    compiled: CompiledFunctions = field(default_factory=CompiledFunctions)
    """What submissions compiled, by content hash: given back to their own next worker."""
    faults: dict[tuple[str, str], str] = field(default_factory=dict)
    """Where the grader itself failed, by task and competitor: reported, tried again in the next grading, never a zero."""


def check_class(
    session: Session,
    everyone: Sequence[HandIns],
    chosen: Sequence[HandIns],
    backend: Backend,
    store: Store,
    progress: Progress,
    *,
    before_naive: bool = False,
    drawn: Mapping[str, DrawnInputs] | None = None,
) -> Checked:
    """Check what is missing of the chosen; the naive references first, for they set the time limits.

    `before_naive` is for whoever waits: where the naive reference has not been timed yet, each call has the least time that any
    limit can be. Who keeps to that keeps every limit, and has a verdict; who does not has none yet.

    `drawn` are the inputs, by task, where others are checked on the same ones before or elsewhere; fresh ones otherwise.

    Raises:
        GraderError: a reference fails its own task's check, or cannot be run at all.
    """
    conditions = session.conditions(backend.sandbox)
    known = [known_checks(hand_ins, conditions, store) for hand_ins in everyone]
    missing = [
        [one for one in sorted(wanted.everyone, key=_is_not_naive) if checks[member_of(one)] is None]
        for wanted, checks in zip(chosen, known, strict=True)
    ]
    progress.begin("checking", sum(map(len, missing)))
    checked = Checked()
    with _Generations(backend) as generations:
        for hand_ins, checks, to_check in zip(everyone, known, missing, strict=True):
            # One task's at a time: they are large.
            inputs = (drawn or {}).get(hand_ins.task.name) or DrawnInputs(hand_ins.task.task, new_seed())
            task, cases = hand_ins.task, hand_ins.task.case_names
            for handed_in in to_check:
                member = member_of(handed_in)
                progress.advance(0, f"{handed_in.author} · {task.name}")
                naive_s = naive_times_s(checks)
                limits = replace(session.limits(naive_s), strictest=before_naive and not naive_s)
                when_right = partial(_told, progress, member, task.name, Verdict.ACCEPTED)
                try:
                    result, problem = _check_with_retry(generations, handed_in, hand_ins, limits, inputs, checked, when_right)
                except GraderError as error:
                    if member.kind == "reference":
                        raise
                    checked.faults[task.name, member.key] = str(error)
                else:
                    if limits.strictest and result.verdict is Verdict.TIME_LIMIT:
                        continue
                    require_right_reference(member, hand_ins, result)
                    if isinstance(handed_in, Submission) and problem is not None:
                        found = _smallest(generations, handed_in, task, limits, problem, checked)
                        result = _with_failing_case(result, problem, found, member, task.name, store, checked)
                    result = settled(result, member, checks, cases, limits.longest_call_s)
                    store.add_check(member, task, conditions, inputs.seed, result)
                    checks[member] = result
                    _told(progress, member, task.name, result.verdict)
                progress.advance(1, "")
    return checked


def _told(progress: Progress, member: Member, task: str, verdict: Verdict) -> None:
    """References have names that students may have, too, and nobody waits for theirs."""
    if member.kind == "student":
        progress.found(member.author, task, verdict)


def _smallest(
    generations: "_Generations", submission: Submission, task: LoadedTask, limits: Limits, problem: Problem, checked: Checked
) -> Smallest | None:
    """The smallest call that fails alike. The verdict does not hang on it: a fault of the grader's is told, and no more."""
    try:
        compiled = checked.compiled.get(submission.content_hash, b"")
        return shrink(generations.current(), submission, task, limits, problem, compiled)
    except GraderError as error:
        generations.renew()
        member = member_of(submission)
        checked.faults[task.name, member.key] = f"no smaller case could be looked for: {error}"
        return None


def _with_failing_case(
    result: CheckResult, problem: Problem, found: Smallest | None, member: Member, task: str, store: Store, checked: Checked
) -> CheckResult:
    """The result with the smallest call that fails, and how to run it again: it is written beside the store."""
    message, inputs = result.message, problem.inputs
    if found is not None:
        message, inputs = f"{message}{SMALLEST}{smallest_text(task, found)}", found.inputs
    if inputs is None:
        return result
    path = failing_case_path(store.path, member, task)
    try:
        write_case(path, task, problem.case or "", inputs)
    except OSError as error:  # the verdict does not hang on the file
        checked.faults[task, member.key] = f"the failing case cannot be written: {error}"
        return replace(result, message=message)
    again = f"grader check FILE --case {shlex.quote(str(path.relative_to(store.path.parent.parent)))}"
    return replace(result, message=f"{message}{AGAIN}{again}")


def what_happened(message: str) -> str:
    """A message without what is said of how to make it happen again."""
    return message.rsplit(AGAIN, 1)[0].rsplit(SMALLEST, 1)[0]


def with_again(message: str, again: str | None) -> str:
    """A message with another command that makes it happen again behind it, or with none; as it is where it names none."""
    before, found, _ = message.rpartition(AGAIN)
    if not found:
        return message
    return before if again is None else f"{before}{AGAIN}{again}"


def naive_times_s(checks: Mapping[Member, CheckResult | None]) -> Mapping[str, float]:
    """The naive reference's call times by case; empty until it is checked itself."""
    naive = (result for member, result in checks.items() if (member.kind, member.author) == ("reference", NAIVE))
    result = next(naive, None)
    return result.case_times_s if result is not None else {}


def settled(
    result: CheckResult,
    member: Member,
    checks: Mapping[Member, CheckResult | None],
    cases: Sequence[str],
    longest_call_s: float,
) -> CheckResult:
    """The result with its case settled: near those who are placed already, and where a reference was run, too."""
    result = place(result, filter(None, checks.values()), cases, longest_call_s)
    return _beside_a_reference(result, checks, cases) if member.kind == "student" else result


def students_checks(hand_ins: HandIns, conditions: Conditions, store: Store) -> dict[Member, CheckResult]:
    """What is known of a task's students."""
    known = known_checks(hand_ins, conditions, store)
    return {member: result for member, result in known.items() if member.kind == "student" and result is not None}


def align_cases(session: Session, everyone: Sequence[HandIns], backend: Backend, store: Store) -> None:
    """Put a task's accepted students at one case, the largest that all of them and a reference do in time, to compare them."""
    conditions = session.conditions(backend.sandbox)
    for hand_ins in everyone:
        cases = hand_ins.task.case_names
        checks = known_checks(hand_ins, conditions, store)
        students = {member: result for member, result in checks.items() if member.kind == "student" and result is not None}
        comparable = {member: _beside_a_reference(result, checks, cases) for member, result in students.items()}
        common = common_case(comparable.values(), cases)
        for member, result in students.items():
            if result.case not in (None, common):
                store.replace_check(member, hand_ins.task, conditions, replace(result, case=common))


def failing_case_path(store_file: Path, member: Member, task: str) -> Path:
    """Where the failing case of a submission is kept, beside the store, for `grader check FILE --case CASE.npz`."""
    return store_file.parent / "cases" / member.author / f"{task}.npz"


class _Generations:
    """One generation for many checks, and a new one after a fault."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._stack = ExitStack()
        self._current: Generation | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def current(self) -> Generation:
        """The generation in use; started when it is first needed."""
        if self._current is None:
            self._current = self._stack.enter_context(self._backend.generation())
        return self._current

    def renew(self) -> None:
        """End the generation: the next check starts a new one."""
        self._stack.close()
        self._current = None


def _check_with_retry(
    generations: _Generations,
    handed_in: HandedIn,
    hand_ins: HandIns,
    limits: Limits,
    inputs: DrawnInputs,
    checked: Checked,
    when_right: Callable[[], None],
) -> tuple[CheckResult, Problem | None]:
    """A fault of the grader's is tried once more, with a new zygote."""
    if isinstance(handed_in, Rejection):
        return CheckResult(handed_in.verdict, handed_in.message), None
    try:
        return check_one(generations.current(), handed_in, hand_ins, limits, inputs, checked, when_right)
    except GraderError:
        generations.renew()
        return check_one(generations.current(), handed_in, hand_ins, limits, inputs, checked, when_right)


def check_one(
    generation: Generation,
    submission: Submission,
    hand_ins: HandIns,
    limits: Limits,
    inputs: DrawnInputs,
    checked: Checked,
    when_right: Callable[[], None] = lambda: None,
) -> tuple[CheckResult, Problem | None]:
    """Check one submission in a worker of its own; what it compiled is added to `checked`."""
    task = hand_ins.task.task
    worker = generation.start(submission, task.profile, task.cores)
    witnesses = Witnesses(partial(generation.start, submission, task.profile, task.cores), limits.first_call_s)
    try:
        own_limits = replace(limits, compiles=not _COMPILERS.isdisjoint(names_used(submission)))
        result, problem = check(worker, witnesses, hand_ins.task, own_limits, inputs, submission.notes, when_right)
        functions = worker.compiled_functions()
        if functions:
            checked.compiled[submission.content_hash] = functions
    finally:
        witnesses.close()
        worker.close()
    return result, problem


def _beside_a_reference(result: CheckResult, checks: Mapping[Member, CheckResult | None], cases: Sequence[str]) -> CheckResult:
    """The result at the largest of its cases that a reference was run on too: at others there is nothing to compare it with.

    It stays where it is as long as some reference has not been checked.
    """
    references = [check for member, check in checks.items() if member.kind == "reference"]
    if result.case is None or None in references:
        return result
    compared = {case for check in references if check is not None for case in check.case_times_s}
    return replace(result, case=[case for case in cases[: cases.index(result.case) + 1] if case in compared][-1])


def _is_not_naive(handed_in: HandedIn) -> bool:
    return (handed_in.kind, handed_in.author) != ("reference", NAIVE)


def require_right_reference(member: Member, hand_ins: HandIns, result: CheckResult) -> None:
    """GraderError where one of the course's own references is not right."""
    if member.kind == "reference" and result.verdict is not Verdict.ACCEPTED:
        raise GraderError(
            f"the course's own reference/{member.author}/{hand_ins.task.name} is {result.verdict}: {result.message}"
        )
