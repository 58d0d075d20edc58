"""A worker that has another one do everything: for whoever changes, counts or watches a part of it."""

from collections.abc import Sequence

from grader.content.task import ArraySpec, Inputs
from grader.execution.interface import Call, Load, Worker


class WrappedWorker:
    """See `Worker`."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    @property
    def alive(self) -> bool:
        """The other one's."""
        return self._worker.alive

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        """By the other one."""
        return self._worker.load(limit_s, compiled, processes=processes)

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        """By the other one."""
        return self._worker.call(inputs, outputs, limit_s, track_memory=track_memory, processes=processes)

    def release(self) -> None:
        """The other one's memory."""
        self._worker.release()

    def compiled_functions(self) -> bytes:
        """The other one's."""
        return self._worker.compiled_functions()

    def compiled_count(self) -> int | None:
        """The other one's."""
        return self._worker.compiled_count()

    def printed(self) -> str:
        """By the other one."""
        return self._worker.printed()

    def close(self) -> None:
        """End the other one's process."""
        self._worker.close()
