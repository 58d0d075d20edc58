"""The least time that a call can take on a machine, and what decides it: the roofline.

S. Williams, A. Waterman and D. Patterson, *Roofline: an insightful visual performance model for multicore architectures*,
Communications of the ACM 52(4), 2009. A call makes so many operations and moves so many bytes, and both may go on at once. Of
bytes only those are counted that no program can do without: its inputs are read once, and its answer is written once.
"""

from dataclasses import dataclass
from enum import StrEnum

from grader.machine import Bandwidth, Peaks
from grader.records import CheckResult


class Bottleneck(StrEnum):
    """What takes a call the longest."""

    COMPUTE = "compute"
    READ = "read"
    WRITE = "write"


@dataclass(frozen=True)
class Limit:
    """How fast a call can be on so many cores."""

    cores: int
    operations: float
    """By the usual algorithm."""
    read_bytes: int
    written_bytes: int
    least_time_s: float
    by: Bottleneck
    level: str | None
    """Where what is read or written lies, if that is what takes the longest."""

    @property
    def intensity(self) -> float:
        """Operations per byte."""
        return self.operations / (self.read_bytes + self.written_bytes)

    def bytes_per_s(self, memory: Bandwidth) -> float:
        """What memory of one level moves, reading and writing as much as this call does of each, both at once."""
        moved_s = max(self.read_bytes / memory.read_bytes_per_s, self.written_bytes / memory.write_bytes_per_s)
        return (self.read_bytes + self.written_bytes) / moved_s


def limit_of(check: CheckResult, case: str | None, cores: int, peaks: Peaks | None) -> Limit | None:
    """The limit at a case; None where the task counts no operations, or nobody has measured the machine."""
    operations = check.case_operations.get(case or "")
    if case is None or operations is None or peaks is None:
        return None
    return limit(operations, check.case_input_bytes[case], check.case_output_bytes[case], cores, peaks)


def limit(operations: float, read_bytes: int, written_bytes: int, cores: int, peaks: Peaks) -> Limit:
    """The least time is the longest of the three that a call cannot do without."""
    of_cores = peaks.of_cores(cores)
    least_s = {
        Bottleneck.COMPUTE: compute_s(operations, of_cores),
        Bottleneck.READ: read_s(read_bytes, of_cores),
        Bottleneck.WRITE: write_s(written_bytes, of_cores),
    }
    by = max(least_s, key=least_s.__getitem__)
    moved_bytes = {Bottleneck.READ: read_bytes, Bottleneck.WRITE: written_bytes}.get(by)
    level = None if moved_bytes is None else of_cores.nearest(moved_bytes).level
    return Limit(cores, operations, read_bytes, written_bytes, least_s[by], by, level)


def compute_s(operations: float, peaks: Peaks) -> float:
    """The least time of so many operations."""
    return operations / peaks.flop_per_s


def read_s(size_bytes: int, peaks: Peaks) -> float:
    """The least time of reading so much."""
    return size_bytes / peaks.read_bytes_per_s(size_bytes)


def write_s(size_bytes: int, peaks: Peaks) -> float:
    """The least time of writing so much."""
    return size_bytes / peaks.write_bytes_per_s(size_bytes)
