"""Which files each profile's code may read, write and execute: the rules that a worker's Landlock domain is made of.

Landlock (landlock(7)) is a second fence inside the sandbox's mount namespace: where a mount shows more than it should, nothing
but these folders can be opened. The worker applies the rules to itself (`grader.worker.confine.restrict_files`); here they are
decided, since only the parent knows the course's paths.
"""

import ctypes
import sys
from collections.abc import Iterable
from pathlib import Path

from grader.execution import mpi
from grader.profiles import Profile

_SYSTEM_LIBRARIES = ("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/local/lib", "/usr/share")
_LOADERS = ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-linux.so.2", "/lib64/ld64.so.2")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
OWN_FOLDERS = ("/tmp", "/dev/shm")  # noqa: S108 -- private to each worker, in namespaces
_CREATE_RULESET = 444
_ASK_VERSION = 1


def abi() -> int:
    """The kernel's Landlock version; 0 where it has none."""
    if sys.platform != "linux":
        return 0
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _ASK_VERSION)))


def rules(profile: Profile, shown: Iterable[Path], own_folders: Iterable[str] = OWN_FOLDERS) -> dict[str, list[str]]:
    """The folders and files by what is allowed in them: `read`, `write` (reading and making files included), `execute`.

    `shown` are the paths that the sandbox shows beside `/usr`. What does not exist in the sandbox is passed over there. Beside
    `own_folders`, which no other worker sees, each worker may write where it is told to live.
    """
    prefix = Path(sys.base_prefix)
    interpreter = Path(sys.executable).resolve()
    # What /proc shows of the whole machine (open files, memory, load) would tell processes of each other.
    proc = ("/proc",) if profile.starts_processes else ("/proc/self", "/proc/cpuinfo")
    read = [*map(str, shown), *_SYSTEM_LIBRARIES, *proc]
    if prefix != Path("/usr"):
        read.append(str(prefix))
    execute: list[str] = []
    if profile in (Profile.PROCESSES, Profile.MPI):
        execute = [str(interpreter), *_LOADERS]
        read.append(str(interpreter))
    if profile is Profile.MPI:
        execute += mpi.programs()
        read += [*mpi.programs(), mpi.SETTINGS_FOLDER]
    if profile is Profile.COMPILE:
        read.append("/usr")
        execute = ["/usr", str(interpreter), *_LOADERS]
    return {"read": read, "write": [*own_folders, *_DEVICES], "execute": execute}
