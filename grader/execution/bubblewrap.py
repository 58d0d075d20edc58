"""The sandboxed backend: the zygote runs in bubblewrap, started as a user without privileges."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from grader.errors import GraderError
from grader.execution import as_user, landlock, mpi, seccomp
from grader.execution.cgroup import Caps, find_groups
from grader.execution.generation import PACKAGE_ROOT, Confined, Watched, WorkerSettings, Zygote, ZygoteGeneration
from grader.noise import Snapshot, snapshot
from grader.profiles import Profile

_SANDBOX_USERS = ("grader-sandbox", "nobody")
_SYSTEM_FOLDERS = ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
_WORKER_FOLDER = Path("/tmp")  # noqa: S108 -- a private tmpfs of each worker

NO_LANDLOCK, NO_CONTROL_GROUP = "no Landlock", "no control group"
PROCESSES = 128
"""Processes and threads of one worker at once."""
_ALL_PROCESSES = 512
"""Of all workers of a zygote."""
BOOKKEEPING_BYTES = 64 << 20
"""What a control group counts beside the submission's own memory: page tables, files that were read."""


class BubblewrapBackend:
    """Namespaces, a read-only view of nothing but the interpreter and its libraries, no capability, a system-call filter.

    These are always there, or nothing runs. Landlock and control groups are added where the machine has them: `sandbox` says
    which are missing.
    """

    def __init__(self, settings: WorkerSettings) -> None:
        """Raises GraderError where a layer is not to be had on this machine; the text says what to do."""
        self._settings = settings
        self._bubblewrap = find_bubblewrap()
        self._landlock_version = landlock.abi()
        self._groups = find_groups()
        try:
            for profile in Profile:
                seccomp.program(profile)
        except (ImportError, OSError) as error:
            raise GraderError(
                f"no system-call filter: {error}; install libseccomp2 and the Python package pyseccomp"
            ) from error

    @property
    def sandbox(self) -> str:
        """`full`, or `reduced (…)` with the layers that this machine lacks."""
        missing = [] if self._landlock_version else [NO_LANDLOCK]
        if self._groups is None:
            missing.append(NO_CONTROL_GROUP)
        return f"reduced ({', '.join(missing)})" if missing else "full"

    def generation(self) -> ZygoteGeneration:
        """Zygotes in fresh sandboxes; each of their workers has its own `/tmp`."""
        return ZygoteGeneration(self._zygote)

    def snapshot(self, profile: Profile = Profile.SINGLE) -> Snapshot:
        """By the kernel's counters."""
        return snapshot(self._settings.for_profile(profile).cpus)

    def _zygote(self, profile: Profile, cores: int | None) -> Zygote:
        settings = self._settings.for_profile(profile, cores)
        confined = Confined(
            sandboxed=True,
            seccomp_program=seccomp.program(profile),
            network=_has_network(profile),
            landlock_version=self._landlock_version,
            landlock_rules=landlock.rules(profile, exposed_paths(profile)),
            processes=_ALL_PROCESSES,
            mpi=self._mpi(settings) if profile is Profile.MPI else None,
        )
        return Zygote(
            profile,
            launch=partial(self._launch, profile, settings),
            settings=settings,
            confined=confined,
            folder_for=lambda _submission: _WORKER_FOLDER,
            watched=Watched(Caps(settings.memory_bytes + BOOKKEEPING_BYTES, PROCESSES), self._groups),
        )

    def _mpi(self, settings: WorkerSettings) -> Mapping[str, object]:
        """Each process of MPI is confined as a worker of the profile `single`, which may load the libraries of MPI."""
        shown = (*exposed_paths(Profile.SINGLE), *mpi.folders())
        return mpi.processes(
            settings,
            seccomp_program=seccomp.program(Profile.SINGLE),
            landlock_version=self._landlock_version,
            landlock_rules=landlock.rules(Profile.SINGLE, shown),
        )

    def _launch(
        self, profile: Profile, settings: WorkerSettings, command: Sequence[str], control: int
    ) -> subprocess.Popen[bytes]:
        shown = exposed_paths(profile)
        namespaces = _namespaces(network=_has_network(profile))
        environment = _environment(settings)
        if os.geteuid() == 0:
            user = sandbox_user()
            plan = {
                "uid": user.pw_uid,
                "gid": user.pw_gid,
                "paths": [str(path) for path in shown],
                "before": [self._bubblewrap, *namespaces],
                "after": [*environment, "--", *command],
            }
            arguments = [sys.executable, "-I", "-S", as_user.__file__, json.dumps(plan)]
        else:
            binds = [word for path in shown for word in ("--ro-bind", str(path), str(path))]
            arguments = [self._bubblewrap, *namespaces, *binds, *_SEAL, *environment, "--", *command]
        return subprocess.Popen(
            arguments,
            pass_fds=(control,),
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )


def _has_network(profile: Profile) -> bool:
    return profile in (Profile.PROCESSES, Profile.MPI)


def _environment(settings: WorkerSettings) -> list[str]:
    variables = {"PATH": os.defpath, "HOME": str(_WORKER_FOLDER), "LANG": "C.UTF-8", **settings.environment}
    return ["--clearenv", *(word for name, value in variables.items() for word in ("--setenv", name, value))]


_SEAL = list(as_user.SEAL)


def find_bubblewrap() -> str:
    """The path of `bwrap`, or GraderError with the remedy."""
    found = shutil.which("bwrap")
    if found is None:
        raise GraderError("no sandbox: bubblewrap is not installed (Debian: apt-get install bubblewrap)")
    return found


def sandbox_user() -> pwd.struct_passwd:
    """The unprivileged user that a root grader starts the sandbox as: started by uid 0, bubblewrap can be escaped."""
    for name in _SANDBOX_USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise GraderError(
        f"no unprivileged user for the sandbox (looked for {', '.join(_SANDBOX_USERS)}): useradd --system grader-sandbox"
    )


def exposed_paths(profile: Profile = Profile.SINGLE) -> tuple[Path, ...]:
    """All that the sandbox can read beside `/usr`: the interpreter, its environment, and the worker's own modules.

    A build also gets the links behind names such as `cc`, and MPI tasks get Open MPI, wherever it is.
    """
    wanted = [
        Path(sys.base_prefix),
        Path(sys.prefix),
        PACKAGE_ROOT / "grader" / "__init__.py",
        PACKAGE_ROOT / "grader" / "worker",
        Path("/etc/ld.so.cache"),
        *([Path("/etc/alternatives")] if profile is Profile.COMPILE else []),
        *((*map(Path, (*mpi.programs(), mpi.SETTINGS_FOLDER)), *mpi.folders()) if profile is Profile.MPI else ()),
    ]
    return tuple(path for path in dict.fromkeys(wanted) if path.exists() and not path.is_relative_to("/usr"))


def _namespaces(*, network: bool) -> list[str]:
    """Bubblewrap's words for namespaces, capabilities and the system's folders; with `network`, for workers that have one."""
    words = ["--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session"]
    words += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"]
    words += [*(["--cap-add", "CAP_NET_ADMIN"] if network else []), "--ro-bind", "/usr", "/usr"]
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            words += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            words += ["--ro-bind", str(folder), str(folder)]
    return [*words, "--proc", "/proc", "--dev", "/dev", "--tmpfs", str(_WORKER_FOLDER)]
