"""The asv suite: what the harness costs. Each figure is taken by the grader's own clock, outside the workers."""

from benchmarks.figures import empty_call_us, open_course, worker_start_ms


class Harness:
    """The parts of every grading that are not the students'."""

    timeout = 120.0

    def setup(self) -> None:
        """The sandbox of this machine."""
        _, self.backend = open_course()

    def track_empty_call(self) -> float:
        """A call of the protocol that does nothing."""
        return empty_call_us(self.backend)

    def track_worker_start(self) -> float:
        """From asking for a worker to its being confined and ready."""
        return worker_start_ms(self.backend)

    track_empty_call.unit = "µs"  # type: ignore[attr-defined]  # asv reads the unit from the function
    track_worker_start.unit = "ms"  # type: ignore[attr-defined]  # the same
