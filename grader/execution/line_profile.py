"""Calls of a submission line by line, through the protocol that submissions are timed with, in a worker like any other.

The worker gets the submission's files, a driver of the grader's (`profile_driver.py`) and an entry that joins them. The clock
around the whole call is the parent's; what comes back for each line was found out inside the process, and decides nothing.
"""

import keyword
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from grader.content.library_names import LIBRARY_NAMES
from grader.content.parsing import code_lines
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import Array, ArraySpec, Inputs
from grader.execution.interface import Call, Failure, Worker
from grader.execution.line_looks import (
    COMPILED_COLUMNS,
    MOST_COMPILED,
    MOST_SEEN,
    MOST_TRANSFORMS,
    SEEN_COLUMNS,
    SPENT,
    TRANSFORM_COLUMNS,
    Looks,
    read_looks,
)

DRIVER = Path(__file__).with_name("profile_driver.py")
"""What the worker runs; the grader itself only reads it."""

PLAIN, TIME, MEMORY, LOOK = range(4)
"""How a call is watched; as the driver has it."""

_ENTRY = "grader_line_profile.py"
_DRIVER = "grader_profile_driver.py"
_WITHOUT_COMPILER = "import numba\nnumba.config.DISABLE_JIT = True\n"
"""Before the submission is imported: its compiled functions are then the Python that they are written in."""


@dataclass(frozen=True)
class LineTable:
    """Of every line of every file, in the order of `Submission.files`; only what was asked for is not zero."""

    hits: Array
    times_s: Array
    growths_bytes: Array


@dataclass(frozen=True)
class WatchedCall:
    """One call as the parent saw it, and its lines as they were seen from inside; no table where it failed."""

    call: Call
    table: LineTable | None


def with_driver(submission: Submission, *, as_python: bool, names: Mapping[int, Collection[str]] | None = None) -> Submission:
    """The submission as it is sent to be profiled.

    Args:
        submission: as it was handed in.
        as_python: without Numba's compiler.
        names: of each row the variables, and the masks without a name, that `looked_at` tells about.
    """
    path = PurePosixPath(submission.file)
    module = _module_name(path.stem)
    own = tuple(
        replace(file, path=str(path.with_name(f"{module}.py"))) if file.path == submission.file else file
        for file in submission.files
    )
    lines = [(file.path, line_count(file)) for file in own]
    known, names_of = numbered(names or {})
    entry = (
        f"{_WITHOUT_COMPILER if as_python else ''}"
        f"from {module} import {submission.function} as function\n"
        f"from {_DRIVER.removesuffix('.py')} import LineByLine\n"
        f"profiled = LineByLine(function, {lines!r}, {len(path.parts) - 1}, {known!r}, {names_of!r})\n"
    )
    added = (
        SourceFile(str(path.with_name(_DRIVER)), DRIVER.read_bytes()),
        SourceFile(str(path.with_name(_ENTRY)), entry.encode("utf-8", "backslashreplace")),
    )
    return replace(submission, files=(*own, *added), file=added[-1].path, function="profiled")


def line_count(file: SourceFile) -> int:
    """How many lines Python numbers in it, whatever text it holds: in its encoding, the ends of lines are those of ASCII."""
    return len(code_lines(file.content.decode("latin-1")))


def import_with_driver(worker: Worker, limit_s: float, compiled: bytes = b"") -> Failure | None:
    """Import what `with_driver` made, giving back what an earlier worker of it has compiled; why it failed, if it did."""
    failure = worker.load(limit_s, compiled).failure
    return None if failure is None else _told(failure)


def numbered(names: Mapping[int, Collection[str]]) -> tuple[tuple[str, ...], dict[int, tuple[int, ...]]]:
    """All names once, and of each row their numbers."""
    known = tuple(sorted(set().union(*names.values())))
    number = {name: one for one, name in enumerate(known)}
    return known, {row: tuple(sorted(number[name] for name in found)) for row, found in names.items()}


def watched_call(worker: Worker, submission: Submission, kind: int, inputs: Inputs, limit_s: float) -> WatchedCall:
    """One call of a worker that was started with `with_driver(submission)`; its memory is tracked where it is not watched."""
    rows = sum(map(line_count, submission.files))
    form = (ArraySpec("int64", (rows,)), ArraySpec("float64", (rows,)), ArraySpec("float64", (rows,)))
    call = worker.call((kind, *inputs), form, limit_s, track_memory=kind == PLAIN)
    if call.failure is not None:
        return WatchedCall(replace(call, failure=_told(call.failure)), None)
    assert call.outputs is not None  # noqa: S101 -- a call has outputs or a failure
    hits, times_s, growths_bytes = call.outputs
    return WatchedCall(call, LineTable(np.maximum(hits, 0), _plausible(times_s, 0.0), _plausible(growths_bytes, -np.inf)))


def looked_at(
    worker: Worker, names: Mapping[int, Collection[str]], rows: int, inputs: Inputs, limit_s: float
) -> tuple[Call, Looks]:
    """One call of a worker that was started with `with_driver(…, names=names)`, and what its variables held.

    Where it failed, nothing is known of them.
    """
    form = (
        ArraySpec("int64", (MOST_SEEN, SEEN_COLUMNS)),
        ArraySpec("int64", (MOST_TRANSFORMS, TRANSFORM_COLUMNS)),
        ArraySpec("int64", (MOST_COMPILED, COMPILED_COLUMNS)),
        ArraySpec("float64", (SPENT,)),
    )
    call = worker.call((LOOK, *inputs), form, limit_s)
    if call.failure is not None:
        return replace(call, failure=_told(call.failure)), Looks()
    assert call.outputs is not None  # noqa: S101 -- a call has outputs or a failure
    seen, transforms, compiled, spent_s = call.outputs
    return call, read_looks(seen, transforms, compiled, spent_s, numbered(names)[0], rows)


def _module_name(stem: str) -> str:
    """A name that can be imported, and is no library's."""
    name = re.sub(r"\W", "_", stem)
    is_free = name.isidentifier() and not keyword.iskeyword(name) and name not in LIBRARY_NAMES
    return name if is_free else f"_{name}"


def _plausible(values: Array, least: float) -> Array:
    """What came from the other side may hold anything; what is no number is nothing."""
    finite: Array = np.where(np.isfinite(values), values, 0.0)
    return np.maximum(finite, least)


def _told(failure: Failure) -> Failure:
    """Without the frames of the driver, which mean nothing to the student."""
    ours = "|".join(map(re.escape, (_DRIVER, _ENTRY)))
    frame = re.compile(rf"^(?:\S*/)?(?:{ours}), line [^\n]*\n(?:    [^\n]*\n)?", re.MULTILINE)
    return replace(failure, message=frame.sub("", failure.message))
