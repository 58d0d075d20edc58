"""The asv suite: what the harness costs. Each figure is taken by the grader's own clock, outside the workers."""

from benchmarks.figures import empty_call_us, open_course, worker_start_ms
from benchmarks.large_class import Asked, ask_store

SUBMISSIONS = 2100


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


class LargeClass:
    """What the engine does beside submissions where they are many: scripts stand in for them."""

    timeout = 600.0

    def setup_cache(self) -> Asked:
        """A graded class of 300 students."""
        return ask_store(SUBMISSIONS)

    def track_kept_boards(self, asked: Asked) -> float:
        """The boards of all tasks, where nothing has changed since they were made."""
        return 1e3 * asked.kept_s

    def track_made_boards(self, asked: Asked) -> float:
        """The boards of all tasks, from raw samples."""
        return 1e3 * asked.made_s

    track_kept_boards.unit = "ms"  # type: ignore[attr-defined]  # as above
    track_made_boards.unit = "ms"  # type: ignore[attr-defined]  # as above
