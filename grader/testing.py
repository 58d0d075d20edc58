"""Test doubles: a backend whose submissions are scripts, so that every rule is tested without a process or a clock."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from itertools import repeat

import numpy as np

from grader.content.submission import Submission
from grader.content.task import ArraySpec, Inputs, Outputs
from grader.errors import GraderError
from grader.execution.interface import Call, Failure, FailureKind, Generation, Load, Worker
from grader.noise import Snapshot
from grader.profiles import Profile
from grader.worker.convert import UnfitResultError, store


@dataclass(frozen=True)
class Script:
    """How one submission behaves: what it computes, and how long it seems to take."""

    compute: Callable[..., object]
    call_s: Callable[[Inputs, int], float] = lambda _inputs, _number: 0.01
    """The wall time to report, from the inputs and the number of the call in its worker."""
    failures: Mapping[int, Failure] = field(default_factory=dict)
    """Calls of a worker, by number from 0, that end in a failure instead."""
    import_failure: Failure | None = None
    import_time_s: float = 0.001
    threads: int = 1
    cores: float = 1.0
    """CPU time over wall time."""
    speedup: Callable[[int], float] = lambda _cores: 1.0
    """On so many cores, over one: the call times are divided by it."""
    idle_cpu_s: float = 0.0
    """CPU time that every call reports to have been used before it, when the worker should have stood still."""
    waited: float = 0.0
    """The share of the time from each call's start to its answer that it had no core, as the operating system would tell."""
    process_peaks_bytes: Callable[[int], tuple[int, ...]] = lambda _processes: ()
    """The peak memory of each of so many MPI processes, as a call tells it whose memory is looked at."""
    compiles: bytes = b""
    """What its workers give for its compiled functions."""
    prints: str = ""


class ScriptedBackend:
    """Runs scripts by author; `calls_of` each author and `generations` count what was asked of it."""

    sandbox = "scripted"

    def __init__(self, scripts: Mapping[str, Script]) -> None:
        self.scripts = dict(scripts)
        self.calls_of: Counter[str] = Counter()
        self.generations = 0
        self.workers: list[Worker] = []
        """All that were started, ended or not."""
        self.holding: set[Worker] = set()
        """Workers that hold the memory of their last call."""
        self.most_holding = 0
        """So many did at once."""
        self.given: list[tuple[str, bytes]] = []
        """Of every import: the author, and the compiled functions that it was given."""
        self.sent: list[Submission] = []
        """Of every start: what the worker got."""
        self.profiles: list[Profile] = []
        """Of every start: the profile that was asked for."""
        self.cores: list[int | None] = []
        """Of every start: on how many cores, None for all that the profile allows."""
        self.processes: list[int] = []
        """Of every call: how many MPI processes were asked for."""
        self.faults: list[str] = []
        """Authors whose next start fails as the grader's own fault."""
        self.snapshots: Iterator[Snapshot] = repeat(Snapshot(0.0, (1,), machine_cores=2))
        """What `snapshot` gives, one after the other: a machine that does nothing else, unless a test says so."""

    def generation(self) -> AbstractContextManager[Generation]:
        """The scripts again, from their beginning."""
        self.generations += 1
        return nullcontext(_ScriptedGeneration(self))

    def snapshot(self, profile: Profile = Profile.SINGLE) -> Snapshot:
        """The next one of the script, whatever the profile."""
        del profile
        return next(self.snapshots)


class _ScriptedGeneration:
    def __init__(self, backend: ScriptedBackend) -> None:
        self._backend = backend

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> "_ScriptedWorker":
        self._backend.sent.append(submission)
        self._backend.profiles.append(profile)
        self._backend.cores.append(cores)
        if submission.author in self._backend.faults:
            self._backend.faults.remove(submission.author)
            raise GraderError(f"no worker for {submission.author}, as scripted")
        # A control is a copy of the baseline under another name: its folder is still the baseline's.
        script = self._backend.scripts.get(submission.author) or self._backend.scripts[submission.folder.name]
        speedup = script.speedup(profile.cores(cores or 1, cores))
        worker = _ScriptedWorker(self._backend, submission.author, script, speedup)
        self._backend.workers.append(worker)
        return worker


class _ScriptedWorker:
    def __init__(self, backend: ScriptedBackend, author: str, script: Script, speedup: float) -> None:
        self._backend = backend
        self._author = author
        self._script = script
        self._speedup = speedup
        self._number = 0
        self.alive = True

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        del processes
        self._backend.given.append((self._author, compiled))
        if self._script.import_time_s > limit_s:
            return Load(limit_s, Failure(FailureKind.TIME, f"no answer within {limit_s:.3g} s"))
        return Load(self._script.import_time_s, self._script.import_failure)

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        self._backend.processes.append(processes)
        number = self._number
        self._number += 1
        self._backend.calls_of[self._author] += 1
        self._backend.holding.add(self)
        self._backend.most_holding = max(self._backend.most_holding, len(self._backend.holding))
        wall_time_s = self._script.call_s(inputs, number) / self._speedup
        if wall_time_s > limit_s:
            self.alive = False
            return self._failed(limit_s, Failure(FailureKind.TIME, f"no answer within {limit_s:.3g} s"))
        if number in self._script.failures:
            return self._failed(wall_time_s, self._script.failures[number])
        buffers = tuple(np.empty(spec.shape, spec.dtype) for spec in outputs)
        try:
            own = (value.copy() if isinstance(value, np.ndarray) else value for value in inputs)
            store(self._script.compute(*own), buffers)
        except UnfitResultError as error:
            return self._failed(wall_time_s, Failure(FailureKind.INVALID, str(error)))
        call = self._call(wall_time_s, buffers, None)
        if not track_memory:
            return call
        peaks_bytes = self._script.process_peaks_bytes(processes)
        return replace(call, peak_memory_bytes=sum(buffer.nbytes for buffer in buffers), process_peaks_bytes=peaks_bytes)

    def release(self) -> None:
        self._backend.holding.discard(self)

    def compiled_functions(self) -> bytes:
        return self._script.compiles

    def compiled_count(self) -> int | None:
        return int(bool(self._script.compiles))

    def printed(self) -> str:
        return self._script.prints

    def close(self) -> None:
        self.release()
        self.alive = False

    def _failed(self, wall_time_s: float, failure: Failure) -> Call:
        return self._call(wall_time_s, None, failure)

    def _call(self, wall_time_s: float, outputs: Outputs | None, failure: Failure | None) -> Call:
        script = self._script
        cpu_time_s = script.cores * wall_time_s
        waited_s = script.waited / (1 - script.waited) * wall_time_s
        return Call(wall_time_s, cpu_time_s, script.threads, outputs, failure, None, script.idle_cpu_s, waited_s)
