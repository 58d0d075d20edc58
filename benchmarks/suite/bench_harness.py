"""The asv suite: what the harness costs. Each figure is taken by the grader's own clock, outside the workers."""

from benchmarks.figures import empty_call_us, open_course, worker_start_ms
from benchmarks.large_class import Asked, ask_store
from benchmarks.report_pages import KINDS, Pages, write_all_pages
from benchmarks.suite.programs import is_quick

SUBMISSIONS = 210 if is_quick() else 10_000
AUTHORS = 10 if is_quick() else 300


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

    params = (SUBMISSIONS,)
    param_names = ("submissions",)
    timeout = 1200.0

    def setup_cache(self) -> Asked:
        """What a graded class of scripts takes to be ranked."""
        return ask_store(SUBMISSIONS)

    def track_kept_boards(self, asked: Asked, _submissions: int) -> float:
        """The boards of all tasks, where nothing has changed since they were made."""
        return 1e3 * asked.kept_s

    def track_made_boards(self, asked: Asked, _submissions: int) -> float:
        """The boards of all tasks, from raw samples."""
        return 1e3 * asked.made_s

    track_kept_boards.unit = "ms"  # type: ignore[attr-defined]  # as above
    track_made_boards.unit = "ms"  # type: ignore[attr-defined]  # as above


class ReportPages:
    """How many pages a second come from the store onto the disk, where all of them are new."""

    params = ([output.value for output in KINDS], [AUTHORS])
    param_names = ("pages", "authors")
    timeout = 1200.0

    def setup_cache(self) -> dict[str, Pages]:
        """The pages of a graded class of scripts, by their kind."""
        return {output.value: written for output, written in write_all_pages(AUTHORS)}

    def track_pages_per_s(self, written: dict[str, Pages], pages: str, _authors: int) -> float:
        """Of one kind of pages."""
        return written[pages].per_s

    track_pages_per_s.unit = "pages/s"  # type: ignore[attr-defined]  # as above
