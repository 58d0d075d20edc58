"""Short ways to run a piece of source in a real worker."""

import json
from collections.abc import Callable, Mapping, Sequence
from textwrap import dedent, indent
from typing import Any

import numpy as np

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Value
from grader.execution.generation import ZygoteGeneration
from grader.execution.interface import Call, Load
from grader.execution.process import WorkerProcess

ONE_NUMBER = (ArraySpec("float64", ()),)
LONG_S = 30.0
"""A limit that only a hanging worker reaches."""

CHANNEL = {
    "channel.py": dedent("""
        import os, stat

        def is_socket(descriptor):
            try:
                return stat.S_ISSOCK(os.fstat(descriptor).st_mode)
            except OSError:
                return False

        FD = next(filter(is_socket, range(3, 64)))
    """)
}
"""A helper file with which a submission finds the grader's channel."""


class Workers:
    """The workers that one test starts in a generation that it may share with other tests."""

    def __init__(self, generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> None:
        self.generation = generation
        self._submission_of = submission_of
        self._started: list[WorkerProcess] = []

    def start(self, source: str, **details: Any) -> WorkerProcess:  # noqa: ANN401 -- as `submission_of` takes them
        """A worker that has not seen the submission yet."""
        worker = self.generation.start(self._submission_of(dedent(source), **details))
        self._started.append(worker)
        return worker

    def load(self, source: str, limit_s: float = LONG_S, **details: Any) -> Load:  # noqa: ANN401 -- the same
        """The import of a submission."""
        return self.start(source, **details).load(limit_s)

    def ready(self, source: str, helpers: Mapping[str, str] | None = None) -> WorkerProcess:
        """A worker whose submission is imported."""
        worker = self.start(source, helpers=helpers)
        load = worker.load(LONG_S)
        assert load.failure is None, load.failure
        return worker

    def call(
        self,
        source: str,
        *inputs: Value,
        outputs: Sequence[ArraySpec] = ONE_NUMBER,
        limit_s: float = LONG_S,
        helpers: Mapping[str, str] | None = None,
    ) -> Call:
        """One call of the function `f` of a new worker."""
        return self.ready(source, helpers).call(inputs, outputs, limit_s)

    def observe(self, body: str) -> Any:  # noqa: ANN401 -- whatever JSON holds
        """What the body of a function returns when a submission runs it, by way of JSON."""
        source = "import json, os, sys\nfrom pathlib import Path\n\ndef observe():\n" + indent(dedent(body), "    ")
        worker = self.ready(f"{source}\n\ndef f():\n    print(json.dumps(observe()))\n    return 0.0\n")
        call = worker.call((), ONE_NUMBER, LONG_S)
        assert call.failure is None, call.failure
        return json.loads(worker.printed())

    def close(self) -> None:
        """End them all."""
        for worker in self._started:
            worker.close()


def number(call: Call) -> float:
    """The one number that came out."""
    assert call.outputs is not None, call.failure
    return float(np.asarray(call.outputs[0]))
