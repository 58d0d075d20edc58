"""The plain backend: a student's own, trusted code in ordinary processes, with the same protocol and no isolation."""

import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Sequence
from pathlib import Path

from grader.execution.generation import Confined, WorkerSettings, ZygoteGeneration


class PlainBackend:
    """Runs code as the user who calls the grader, in folders that keep their path between runs (Numba's cache wants that)."""

    sandbox = "none"

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._folder = Path(tempfile.mkdtemp(prefix="grader-"))
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)

    def generation(self) -> ZygoteGeneration:
        """A zygote without namespaces, system-call filter or other user."""
        return ZygoteGeneration(
            launch=self._launch,
            settings=self._settings,
            confined=Confined(sandboxed=False, seccomp_program=b""),
            folder_for=lambda submission: self._folder / submission.kind / submission.author / submission.task,
        )

    def _launch(self, command: Sequence[str], control: int) -> subprocess.Popen[bytes]:
        environment = {"PATH": os.defpath, **self._settings.environment}
        return subprocess.Popen(
            command,
            pass_fds=(control,),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
