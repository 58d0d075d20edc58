"""What a call costs that does nothing: the protocol's own part of every measured time."""

from pathlib import Path

import numpy as np

from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import ArraySpec
from grader.errors import GraderError
from grader.execution.interface import Backend

_SOURCE = b"def nothing(values):\n    return 0.0\n"
_LIMIT_S = 10.0


def nothing_submission() -> Submission:
    """A function that takes an array and returns a number."""
    source = SourceFile("nothing.py", _SOURCE)
    return Submission("nobody", "student", "nothing", Path(), (source,), "nothing.py", "nothing", (), "nothing")


def empty_call_times_s(backend: Backend, calls: int = 200) -> list[float]:
    """Wall times of `calls` calls of a function that does nothing, in seconds."""
    with backend.generation() as generation:
        worker = generation.start(nothing_submission())
        worker.load(_LIMIT_S)
        inputs, outputs = (np.zeros(1),), (ArraySpec("float64", ()),)
        times_s = []
        for _ in range(calls):
            call = worker.call(inputs, outputs, _LIMIT_S)
            if call.failure is not None:
                raise GraderError(f"an empty call failed: {call.failure.message}")
            times_s.append(call.wall_time_s)
    return times_s
