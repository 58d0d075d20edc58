"""The plain backend: a student's own, trusted code in ordinary processes, with the same protocol and no isolation."""

import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from grader.execution import mpi
from grader.execution.generation import Confined, WorkerSettings, Zygote, ZygoteGeneration
from grader.noise import Snapshot, snapshot
from grader.profiles import Profile


class PlainBackend:
    """Runs code as the user who calls the grader, in folders that keep their path between runs (Numba's cache wants that)."""

    sandbox = "none"

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def generation(self) -> ZygoteGeneration:
        """Zygotes without namespaces, system-call filter or other user."""
        return ZygoteGeneration(self._zygote)

    def snapshot(self, profile: Profile = Profile.SINGLE) -> Snapshot:
        """By the kernel's counters."""
        return snapshot(self._settings.for_profile(profile).cpus)

    def _zygote(self, profile: Profile, cores: int | None) -> Zygote:
        settings = self._settings.for_profile(profile, cores)
        return Zygote(
            profile,
            launch=partial(launch, settings),
            settings=settings,
            confined=Confined(sandboxed=False, mpi=mpi.processes(settings) if profile is Profile.MPI else None),
            folder_for=lambda submission: self._folder / submission.kind / submission.author / submission.task,
        )


def launch(settings: WorkerSettings, command: Sequence[str], control: int) -> subprocess.Popen[bytes]:
    """The zygote as an ordinary process, with nothing of this one's environment."""
    return subprocess.Popen(
        command,
        pass_fds=(control,),
        env={"PATH": os.defpath, **settings.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
