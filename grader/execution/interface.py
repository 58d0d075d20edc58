"""The narrow interface behind which submissions run: everything that grades is written against it, and tests script it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Inputs, Outputs
from grader.noise import Snapshot
from grader.profiles import Profile


class FailureKind(StrEnum):
    """How a submission's code ended without an answer."""

    EXCEPTION = "exception"
    SYNTAX = "syntax"
    IMPORT = "import"
    INVALID = "invalid"  # the result does not fit the contract
    MEMORY = "memory"
    TIME = "time"
    EXIT = "exit"
    SIGNAL = "signal"
    PROTOCOL = "protocol"  # it wrote to the grader's channel
    BUILD = "build"
    CORES = "cores"  # a thread was on a core that it may not use
    PROCESSES = "processes"  # more processes and threads at once than are allowed


@dataclass(frozen=True)
class Failure:
    """A submission's failure, in text that came from the untrusted side: shown after escaping, never parsed."""

    kind: FailureKind
    message: str
    module: str | None = None
    """The module that could not be imported."""
    final: bool = False
    """Whether the processes that were left cannot be called again."""


@dataclass(frozen=True)
class Call:
    """One call as the parent saw it. The times are the parent's; `outputs` is a copy made while the worker stood still."""

    wall_time_s: float
    cpu_time_s: float
    threads: int
    outputs: Outputs | None
    failure: Failure | None
    peak_memory_bytes: int | None = None
    """Growth of resident memory during the call; None where it was not asked for or cannot be read."""
    idle_cpu_s: float = 0.0
    """CPU time used since the last call ended, when the worker should have stood still."""
    waited_s: float = 0.0
    """How long its first thread could have run, and something else had its core; 0 where the system does not tell."""
    process_peaks_bytes: tuple[int, ...] = ()
    """Growth of resident memory of each MPI process by itself, the largest first."""


@dataclass(frozen=True)
class Load:
    """The import of a submission."""

    import_time_s: float
    failure: Failure | None


class Worker(Protocol):
    """One process with one submission. After a failure other than a plain exception it may be dead: `alive` says so."""

    @property
    def alive(self) -> bool: ...  # noqa: D102 -- said above

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        """Import the submission, giving back what `compiled_functions` returned in an earlier run.

        `processes` are those of MPI; a worker of another profile is always one.
        """

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        """One call of the protocol: reveal `inputs`, time it, stop it, copy the outputs.

        An MPI submission is started and imported anew where it stands in another number of `processes`; that is not timed.
        """

    def release(self) -> None:
        """Give back the memory of its calls, where there is much of it, until the next one: another worker's turn has come."""

    def compiled_functions(self) -> bytes:
        """The submission's own compiled Numba functions, to be handed to `load` of its next worker."""

    def compiled_count(self) -> int | None:
        """How many Numba functions it says it has compiled; None where it does not say."""

    def printed(self) -> str:
        """What it printed so far, capped."""

    def close(self) -> None:
        """End the process."""


class Generation(Protocol):
    """The workers of one run: those of one profile and number of cores are started from the same fresh zygote."""

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> Worker:
        """A new worker that has not seen the submission's code yet; raises GraderError where none can be started.

        It runs on as many cores as its profile allows, or on so many of them.
        """


class Backend(Protocol):
    """A way of running submissions on this machine."""

    @property
    def sandbox(self) -> str:
        """The isolation tier that every figure made with it carries: `full`, `reduced (…why…)` or `none`."""

    def generation(self) -> AbstractContextManager[Generation]:
        """A fresh generation; leaving the context ends all of its processes."""

    def snapshot(self, profile: Profile = Profile.SINGLE) -> Snapshot:
        """What else the machine has done so far, above all on the cores that workers of this profile run on."""
