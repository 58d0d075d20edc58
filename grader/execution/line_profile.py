"""Calls of a submission line by line, through the protocol that submissions are timed with, in a worker like any other.

The worker gets the submission's files, a driver of the grader's (`profile_driver.py`) and an entry that joins them. The clock
around the whole call is the parent's; what comes back for each line was found out inside the process, and decides nothing.
"""

import keyword
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np

from grader.content.library_names import LIBRARY_NAMES
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import Array, ArraySpec, Inputs
from grader.execution.interface import Call, Failure, Worker

DRIVER = Path(__file__).with_name("profile_driver.py")
"""What the worker runs; the grader itself only reads it."""

PLAIN, TIME, MEMORY = range(3)
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


def with_driver(submission: Submission, *, as_python: bool) -> Submission:
    """The submission as it is sent to be profiled; `as_python` without Numba's compiler."""
    path = PurePosixPath(submission.file)
    module = _module_name(path.stem)
    own = tuple(
        replace(file, path=str(path.with_name(f"{module}.py"))) if file.path == submission.file else file
        for file in submission.files
    )
    lines = [(file.path, line_count(file)) for file in own]
    entry = (
        f"{_WITHOUT_COMPILER if as_python else ''}"
        f"from {module} import {submission.function} as function\n"
        f"from {_DRIVER.removesuffix('.py')} import LineByLine\n"
        f"profiled = LineByLine(function, {lines!r}, {len(path.parts) - 1})\n"
    )
    added = (
        SourceFile(str(path.with_name(_DRIVER)), DRIVER.read_bytes()),
        SourceFile(str(path.with_name(_ENTRY)), entry.encode("utf-8", "backslashreplace")),
    )
    return replace(submission, files=(*own, *added), file=added[-1].path, function="profiled")


def line_count(file: SourceFile) -> int:
    """As Python counts lines: by line feeds, carriage returns, and both together."""
    return len(re.findall(rb"\r\n|\r|\n", file.content)) + (not file.content.endswith((b"\r", b"\n")))


def import_with_driver(worker: Worker, limit_s: float, compiled: bytes = b"") -> Failure | None:
    """Import what `with_driver` made, giving back what an earlier worker of it has compiled; why it failed, if it did."""
    failure = worker.load(limit_s, compiled).failure
    return None if failure is None else _told(failure)


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
