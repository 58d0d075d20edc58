"""From one call to a judgement: is it right, and if not, what does the student read?"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from grader.content.python_text import arguments_text
from grader.content.task import Array, Case, Difference, Inputs, Mistake, Outputs, Task
from grader.errors import GraderError
from grader.execution.interface import Call, Failure, FailureKind
from grader.nearest import did_you_mean
from grader.records import PreparedCase, Problem
from grader.verdicts import Verdict

_MISTAKE_RELATIVE_TOLERANCE = 1e-9
_MISTAKES_NAMED = 3
"""More that fit alike would only confuse; a small case can round alike in three ways."""

_VERDICT_OF_FAILURE = {
    FailureKind.EXCEPTION: Verdict.RUNTIME_ERROR,
    FailureKind.SYNTAX: Verdict.BUILD_ERROR,
    FailureKind.IMPORT: Verdict.BUILD_ERROR,
    FailureKind.INVALID: Verdict.INVALID,
    FailureKind.MEMORY: Verdict.MEMORY_LIMIT,
    FailureKind.TIME: Verdict.TIME_LIMIT,
    FailureKind.EXIT: Verdict.RUNTIME_ERROR,
    FailureKind.SIGNAL: Verdict.RUNTIME_ERROR,
    FailureKind.PROTOCOL: Verdict.RUNTIME_ERROR,
    FailureKind.CORES: Verdict.RUNTIME_ERROR,
    FailureKind.PROCESSES: Verdict.RUNTIME_ERROR,
    FailureKind.BUILD: Verdict.BUILD_ERROR,
}

_HEADLINES = {
    FailureKind.EXCEPTION: "An exception was raised",
    FailureKind.SYNTAX: "The file is not valid Python",
    FailureKind.IMPORT: "An import failed",
    FailureKind.INVALID: "The result does not fit the task's contract",
    FailureKind.TIME: "Too slow: the call was ended",
    FailureKind.EXIT: "The code ended the program instead of returning",
    FailureKind.SIGNAL: "The code crashed the interpreter",
    FailureKind.PROTOCOL: "The code broke the grader's rules",
    FailureKind.BUILD: "It could not be built",
    FailureKind.CORES: "It moved to cores that are not its own",
    FailureKind.PROCESSES: "Too many processes and threads: the call was ended",
}

WHILE_IMPORTED = "while the file was imported"
"""Where a failure is the file's own, before its function is called."""

_PACKAGES = frozenset({"matplotlib", "numba", "numpy", "scipy"})
"""What every course provides."""
_COMES_AS_PARAMETERS = (
    'what the function needs comes as its parameters, and your own runs of it belong under `if __name__ == "__main__":`'
)
_HINTS = (
    (
        "number of threads must be between",
        "more threads were asked for than this task's budget allows; leave the number of threads alone",
    ),
    ("NUMBA_NUM_THREADS", "the number of threads is the grader's to set; leave NUMBA_NUM_THREADS alone"),
    ("Operation not permitted", "new processes, sockets and changes to the machine are not allowed in this task"),
    ("can't start new thread", "more threads were asked for than this task's budget allows"),
    ("maximum recursion depth", "the recursion goes too deep for Python: use a loop"),
    ("EOFError: EOF when reading a line", f"nobody answers input() here: {_COMES_AS_PARAMETERS}"),
    ("FileNotFoundError", f"your Python files are here, and no others: {_COMES_AS_PARAMETERS}"),
    ("sys.argv", f"there is no command line here: {_COMES_AS_PARAMETERS}"),
)


def judge(
    task: Task, case: Case, prepared: PreparedCase, call: Call, memory_bytes: int, passed: Sequence[PreparedCase] = ()
) -> Problem | None:
    """None where the call's outputs are right; GraderError where the task's own checker fails.

    `passed` are the cases that the submission has answered rightly: a mistake that fails one of them is not what it made.
    """
    if call.failure is not None:
        return failed(call.failure, memory_bytes, where=f"on case {case.name!r}", case=case, inputs=prepared.inputs)
    assert call.outputs is not None  # noqa: S101 -- a call has outputs or a failure
    with the_courses_code(case), np.errstate(all="ignore"):  # outputs may hold NaN and infinity
        difference = task.check(prepared.inputs, call.outputs, prepared.expected) or _not_finite(call.outputs)
        if difference is None:
            return None
        # At benchmark sizes a mistake made in plain Python would take minutes.
        mistake = named_mistake(task, prepared, call.outputs, passed) if case in task.check_cases else None
    return Problem(
        verdict=Verdict.WRONG_ANSWER,
        message=_wrong_answer_text(case, prepared.inputs, difference, mistake),
        case=case.name,
        inputs=prepared.inputs,
        mistake=mistake,
        difference=difference,
    )


def judge_further(
    task: Task, case: Case, prepared: PreparedCase, outputs: Outputs, further: tuple[tuple[Inputs, Outputs], ...]
) -> Problem | None:
    """None where a call's outputs, right by themselves, go together with those of the further calls."""
    assert task.follow_up is not None  # noqa: S101 -- who makes further calls has asked for them
    with the_courses_code(case), np.errstate(all="ignore"):
        not_finite = (_not_finite(answer) for _, answer in further)
        difference = next(filter(None, not_finite), None) or task.follow_up.check(prepared.inputs, outputs, further)
    if difference is None:
        return None
    message = _wrong_answer_text(case, prepared.inputs, difference, None)
    return Problem(Verdict.WRONG_ANSWER, message, case.name, prepared.inputs, difference=difference)


@contextmanager
def the_courses_code(case: Case) -> Iterator[None]:
    """Whatever the task's own code raises is the course's fault, never a student's: a GraderError."""
    try:
        yield
    except Exception as error:
        raise GraderError(f"the task's own code fails on case {case.name!r}: {type(error).__name__}: {error}") from error


def failed(
    failure: Failure, memory_bytes: int, *, where: str, case: Case | None = None, inputs: Inputs | None = None
) -> Problem:
    """The verdict on code that gave no answer, with what to do next."""
    lines = [f"{_headline(failure, memory_bytes)} {where}".strip(), failure.message]
    hint = hint_on(failure, imported=where == WHILE_IMPORTED)
    if hint:
        lines.append(f"hint: {hint}")
    if case is not None:
        lines += _about(case, inputs)
    verdict, name = _VERDICT_OF_FAILURE[failure.kind], case.name if case else None
    return Problem(verdict, "\n".join(lines), name, inputs, failure=_alike(failure))


def _alike(failure: Failure) -> str:
    """The kind of a failure, and of an exception its name, which stands before the colon of a traceback's last line."""
    last_line = failure.message.rstrip().rpartition("\n")[2]
    return f"{failure.kind} {last_line.partition(':')[0]}" if failure.kind is FailureKind.EXCEPTION else failure.kind.value


def shows_mistake(task: Task, sentences: str, prepared: PreparedCase, outputs: Outputs) -> bool:
    """Whether one of the mistakes that `named_mistake` has named gives these outputs, too."""
    return any(mistake.sentence in sentences and _gives(task, mistake, prepared, outputs) for mistake in task.mistakes)


def named_mistake(task: Task, prepared: PreparedCase, outputs: Outputs, passed: Sequence[PreparedCase] = ()) -> str | None:
    """The sentences of the known mistakes that give just these outputs, and right ones where the submission's were right."""
    found = [
        mistake.sentence
        for mistake in task.mistakes
        if _gives(task, mistake, prepared, outputs) and not any(_fails(task, mistake, case) for case in passed)
    ]
    if len(found) > _MISTAKES_NAMED:
        return None
    return " Or: ".join(found) or None


def _gives(task: Task, mistake: Mistake, prepared: PreparedCase, outputs: Outputs) -> bool:
    """Whether the mistake gives these outputs, and is one on these inputs."""
    if mistake.processes not in (None, prepared.processes):
        return False
    wrong = _made(mistake, prepared)
    if wrong is None or not (mistake.same or _same)(wrong, outputs):
        return False
    return task.check(prepared.inputs, wrong, prepared.expected) is not None


def _fails(task: Task, mistake: Mistake, prepared: PreparedCase) -> bool:
    """Whether the mistake shows on these inputs."""
    if mistake.processes not in (None, prepared.processes):
        return False
    wrong = _made(mistake, prepared)
    return wrong is not None and task.check(prepared.inputs, wrong, prepared.expected) is not None


def _made(mistake: Mistake, prepared: PreparedCase) -> Outputs | None:
    """What the mistake gives; None where it cannot be made on inputs of this shape."""
    try:
        return mistake.compute(*_copies(prepared.inputs))
    except (ValueError, IndexError, ZeroDivisionError, OverflowError):
        return None


def _headline(failure: Failure, memory_bytes: int) -> str:
    if failure.kind is FailureKind.MEMORY:
        return f"Out of memory (the limit is {memory_bytes / 2**30:.3g} GiB)"
    return _HEADLINES[failure.kind]


def hint_on(failure: Failure, *, imported: bool) -> str | None:
    """What to do about code that gave no answer, where that is known.

    Args:
        failure: how it ended.
        imported: whether it was the file itself, while it was imported, and not its function.
    """
    if failure.kind is FailureKind.IMPORT and failure.module:
        asked = did_you_mean(failure.module, _PACKAGES - {failure.module})
        return f"the module {failure.module!r} is neither among your files nor provided by the course{asked}"
    if failure.kind is FailureKind.EXIT and imported:
        return f"the file is imported, and nothing in it may end the program: {_COMES_AS_PARAMETERS}"
    if failure.kind is FailureKind.EXIT:
        return "take exit() and sys.exit() out of the function: it must return its result"
    return next((hint for sign, hint in _HINTS if sign in failure.message), None)


def _wrong_answer_text(case: Case, inputs: Inputs, difference: Difference, mistake: str | None) -> str:
    lines = [f"Wrong on case {case.name!r}: {difference.summary}"]
    lines.append(f"at {difference.where}: expected {difference.expected}, got {difference.got}")
    if mistake:
        lines.append(f"known mistake: {mistake}")
    return "\n".join([*lines, *_about(case, inputs)])


def _about(case: Case, inputs: Inputs | None) -> list[str]:
    lines = [f"about this case: {case.about}"] if case.about else []
    if case.processes > 1:
        lines.append(f"called by {case.processes} MPI processes")
    if case.public and inputs is not None:
        shown = arguments_text(inputs)
        if shown is not None:
            lines.append(f"inputs: {shown}")
    return lines


def _not_finite(outputs: Outputs) -> Difference | None:
    """A guard behind every checker: NaN and infinity are never an answer."""
    for output in outputs:
        if output.dtype.kind in "fc" and not np.isfinite(output).all():
            bad = np.argwhere(~np.isfinite(output))
            place = tuple(int(index) for index in bad[0])
            return Difference(
                f"{len(bad)} of {output.size} values are not finite", str(list(place)), "a finite number", str(output[place])
            )
    return None


def _copies(inputs: Inputs) -> Inputs:
    return tuple(value.copy() if isinstance(value, np.ndarray) else value for value in inputs)


def _same(wrong: Outputs, outputs: Outputs) -> bool:
    return len(wrong) == len(outputs) and all(_same_array(left, right) for left, right in zip(wrong, outputs, strict=True))


def _same_array(left: Array, right: Array) -> bool:
    if left.shape != right.shape:
        return False
    if right.dtype.kind in "fc":
        scale = float(np.max(np.abs(right), initial=0.0, where=np.isfinite(right)))
        return bool(
            np.allclose(left, right, rtol=_MISTAKE_RELATIVE_TOLERANCE, atol=_MISTAKE_RELATIVE_TOLERANCE * scale, equal_nan=True)
        )
    return bool(np.array_equal(left, right))
