"""The backend for nodes where nobody may make user namespaces: Landlock, a system-call filter and limits hold each worker.

It is weaker than bubblewrap, and says so in every figure. A worker shares process ids and the network with everybody; but it
can open nothing beside the interpreter, its libraries and a folder of its own, trace and signal nobody, make no process and no
socket, and change no file's mode, owner or times. Code that starts processes is not run: it needs process ids of its own.
"""

import os
import shutil
import tempfile
import weakref
from functools import partial
from pathlib import Path

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.execution import landlock, seccomp
from grader.execution.bubblewrap import BOOKKEEPING_BYTES, NO_CONTROL_GROUP, PROCESSES, exposed_paths
from grader.execution.cgroup import Caps, find_groups
from grader.execution.generation import Confined, Watched, WorkerSettings, Zygote, ZygoteGeneration
from grader.execution.plain import launch
from grader.noise import Snapshot, snapshot
from grader.profiles import Profile

NO_NAMESPACES = "no namespaces"


class LandlockBackend:
    """No namespaces; all other layers, or nothing runs."""

    def __init__(self, settings: WorkerSettings) -> None:
        """Raises GraderError where a layer is not to be had on this machine."""
        self._settings = settings
        self._version = landlock.abi()
        if self._version == 0:
            raise GraderError("this kernel has no Landlock (Linux 5.13 and later have it, where it is switched on)")
        try:
            seccomp.program(Profile.SINGLE, shares_processes=True)
        except (ImportError, OSError) as error:
            raise GraderError(
                f"no system-call filter: {error}; install libseccomp2 and the Python package pyseccomp"
            ) from error
        self._groups = find_groups()
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    @property
    def sandbox(self) -> str:
        """`reduced (no namespaces)`, with what else is missing."""
        missing = [NO_NAMESPACES] if self._groups is not None else [NO_NAMESPACES, NO_CONTROL_GROUP]
        return f"reduced ({', '.join(missing)})"

    def generation(self) -> ZygoteGeneration:
        """Zygotes as ordinary processes; each of their workers is confined before it has seen its submission."""
        return ZygoteGeneration(self._zygote)

    def snapshot(self, profile: Profile = Profile.SINGLE) -> Snapshot:
        """By the kernel's counters."""
        return snapshot(self._settings.for_profile(profile).cpus)

    def _zygote(self, profile: Profile, cores: int | None) -> Zygote:
        if profile.starts_processes:
            raise GraderError(
                f"without user namespaces, code of the profile {profile.value!r} is not run: nothing would hold it"
            )
        settings = self._settings.for_profile(profile, cores)
        confined = Confined(
            sandboxed=False,
            seccomp_program=seccomp.program(profile, shares_processes=True),
            landlock_version=self._version,
            landlock_rules=landlock.rules(profile, exposed_paths(profile), own_folders=()),
        )
        return Zygote(
            profile,
            launch=partial(launch, settings),
            settings=settings,
            confined=confined,
            folder_for=self._own_folder,
            watched=Watched(Caps(settings.memory_bytes + BOOKKEEPING_BYTES, PROCESSES), self._groups),
        )

    def _own_folder(self, submission: Submission) -> Path:
        """Another for each worker: a witness must find nothing of what the worker that it is asked about has left."""
        return Path(tempfile.mkdtemp(dir=self._folder, prefix=f"{os.getpid()}-")) / submission.task
