"""The plain backend: a student's own, trusted code in ordinary processes, with the same protocol and no isolation."""

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from grader.execution.generation import Confined, WorkerSettings, ZygoteGeneration


class PlainBackend:
    """Runs code as the user who calls the grader, in folders that keep their path between runs (Numba's cache wants that)."""

    sandbox = "none"

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        self._folder = tempfile.TemporaryDirectory(prefix="grader-")

    def generation(self) -> ZygoteGeneration:
        """A zygote without namespaces, system-call filter or other user."""
        return ZygoteGeneration(
            launch=self._launch,
            settings=self._settings,
            confined=Confined(sandboxed=False, seccomp_program=b""),
            folder_for=lambda submission: Path(self._folder.name) / submission.author,
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
