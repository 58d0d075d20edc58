"""Open MPI on this machine: what is missing, how its processes are started, and what each of them may have."""

import base64
import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.execution.generation import WorkerSettings

SETTINGS_FOLDER = "/etc/openmpi"
_MPIEXEC = ("mpiexec.openmpi", "mpiexec")
"""The first is Debian's name for it, where there may be another MPI's, too."""
_OPEN_MPIS_OWN = "ompi_info"
"""A program that no other MPI has."""
_MPI4PY = "mpi4py"
_OWN_FOLDERS = ("bin", "lib*", "share/openmpi", "etc/openmpi*")
_LIBRARIES = ("lib*/libmpi.so*", "lib*/*/libmpi.so*")
"""The second is Debian's, by architecture."""
_PATIENCE_S = 10.0
_PARAMETERS: Mapping[str, str] = {
    "plm": "isolated",  # starts processes on this machine alone, by no other program
    "ras": "^slurm,gridengine,tm",  # no allocation of a scheduler's is looked for
    "btl": "self,vader",  # messages go through shared memory
    "btl_vader_single_copy_mechanism": "none",  # not by one process that reads the other's memory
    "oob_tcp_if_include": "lo",
    "shmem": "mmap",
    "mpi_yield_when_idle": "1",  # who waits for a message looks for it again and again, and lets others come first
    "odls_base_sigkill_timeout": "0",  # what only holds a place needs no time to end
    "mpi_dynamics_enabled": "0",  # nobody starts further processes
    "btl_base_warn_component_unused": "0",  # what this machine lacks is no news to whoever prints
    "mca_base_component_show_load_errors": "0",
}
_ENVIRONMENT = {
    "HWLOC_SYNTHETIC": "core:1 pu:1",  # the sandbox shows nothing of the machine that it could be discovered from
    "PMIX_MCA_gds": "hash",  # no memory with locks, which the sandbox refuses
    "PMIX_MCA_psec": "native",
    "PMIX_MCA_ptl_tcp_if_include": "lo",
}


def missing() -> str | None:
    """What is to be installed so that MPI tasks can be run here; None where all is there."""
    if sys.platform != "linux":
        return "Linux"
    lacking = []
    if not programs() or shutil.which(_OPEN_MPIS_OWN) is None:
        lacking.append("Open MPI (Debian: apt-get install openmpi-bin)")
    try:
        importlib.metadata.version(_MPI4PY)
    except importlib.metadata.PackageNotFoundError:
        lacking.append("mpi4py (pip install mpi4py)")
    return " and ".join(lacking) or None


def versions() -> str:
    """What decides how fast messages are: `Open MPI 4.1.4, mpi4py 4.1.1`; empty where one of them is missing."""
    if missing() is not None:
        return ""
    try:
        said = subprocess.run(
            [*programs(), "--version"], capture_output=True, text=True, errors="replace", timeout=_PATIENCE_S, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        said = ""
    found = re.search(r"\d+(\.\w+)+", said)
    return f"Open MPI {found[0] if found else 'unknown'}, {_MPI4PY} {importlib.metadata.version(_MPI4PY)}"


def programs() -> list[str]:
    """The program that starts the processes, where it is installed."""
    found = next(filter(None, map(shutil.which, _MPIEXEC)), None)
    return [] if found is None else [str(Path(found).resolve())]


def folders() -> tuple[Path, ...]:
    """What else of it lies beside that program, where it is not in `/usr`: programs, libraries with their plug-ins, texts.

    Of a prefix that holds more than Open MPI, a home for instance, these folders alone are named.
    """
    where = _prefix()
    return () if where is None else tuple(path for pattern in _OWN_FOLDERS for path in sorted(where.glob(pattern)))


def variables() -> dict[str, str]:
    """By what its programs and libraries find each other there; nothing is to be said of `/usr`."""
    where = _prefix()
    if where is None:
        return {}
    libraries = dict.fromkeys(str(path.parent) for pattern in _LIBRARIES for path in sorted(where.glob(pattern)))
    return {"OPAL_PREFIX": str(where), "LD_LIBRARY_PATH": ":".join(libraries)}


def _prefix() -> Path | None:
    found = programs()
    return None if not found or Path(found[0]).is_relative_to("/usr") else Path(found[0]).parent.parent


def processes(
    settings: "WorkerSettings",
    *,
    seccomp_program: bytes = b"",
    landlock_version: int = 0,
    landlock_rules: Mapping[str, Sequence[str]] | None = None,
) -> Mapping[str, object]:
    """For `grader.worker.conductor`: the command that starts processes, up to their number, and how each is confined."""
    return {
        "command": _command(),
        "environment": _ENVIRONMENT,
        "rank": {
            "memory_bytes": settings.memory_bytes,
            "seccomp_program": base64.b64encode(seccomp_program).decode(),
            "landlock_version": landlock_version,
            "landlock_rules": landlock_rules or {},
        },
    }


def _command() -> list[str]:
    words = [*(programs() or _MPIEXEC[-1:]), "--oversubscribe", "--bind-to", "none"]
    if os.geteuid() == 0:  # a student's own code, run as who runs it: the sandbox's user is never root
        words.append("--allow-run-as-root")
    for name, value in _PARAMETERS.items():
        words += ["--mca", name, value]
    return words
