"""The sandboxed backend: the zygote runs in bubblewrap, started as a user without privileges."""

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.errors import GraderError
from grader.execution import as_user, seccomp
from grader.execution.generation import PACKAGE_ROOT, Confined, WorkerSettings, ZygoteGeneration

_SANDBOX_USERS = ("grader-sandbox", "nobody")
_SYSTEM_FOLDERS = ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")
_WORKER_FOLDER = Path("/tmp")  # noqa: S108 -- a private tmpfs of each worker

MISSING_LAYERS = "no Landlock, no cgroup"


class BubblewrapBackend:
    """Namespaces, a read-only view of nothing but the interpreter and its libraries, no capability, a system-call filter."""

    sandbox = f"reduced ({MISSING_LAYERS})"

    def __init__(self, settings: WorkerSettings) -> None:
        """Raises GraderError where a layer is not to be had on this machine; the text says what to do."""
        self._settings = settings
        self._bubblewrap = find_bubblewrap()
        try:
            self._program = seccomp.single_process_program()
        except (ImportError, OSError) as error:
            raise GraderError(
                f"no system-call filter: {error}; install libseccomp2 and the Python package pyseccomp"
            ) from error

    def generation(self) -> ZygoteGeneration:
        """A zygote in a fresh sandbox; each of its workers has its own `/tmp`."""
        return ZygoteGeneration(
            launch=self._launch,
            settings=self._settings,
            confined=Confined(sandboxed=True, seccomp_program=self._program),
            folder_for=lambda _submission: _WORKER_FOLDER,
        )

    def _launch(self, command: Sequence[str], control: int) -> subprocess.Popen[bytes]:
        shown = exposed_paths()
        if os.geteuid() == 0:
            user = sandbox_user()
            plan = {
                "uid": user.pw_uid,
                "gid": user.pw_gid,
                "paths": [str(path) for path in shown],
                "before": [self._bubblewrap, *_namespaces()],
                "after": [*self._environment(), "--", *command],
            }
            arguments = [sys.executable, "-I", "-S", as_user.__file__, json.dumps(plan)]
        else:
            binds = [word for path in shown for word in ("--ro-bind", str(path), str(path))]
            arguments = [self._bubblewrap, *_namespaces(), *binds, *_SEAL, *self._environment(), "--", *command]
        return subprocess.Popen(
            arguments,
            pass_fds=(control,),
            env={"PATH": os.defpath},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def _environment(self) -> list[str]:
        variables = {"PATH": os.defpath, "HOME": str(_WORKER_FOLDER), "LANG": "C.UTF-8", **self._settings.environment}
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


def exposed_paths() -> tuple[Path, ...]:
    """All that the sandbox can read beside `/usr`: the interpreter, its environment, and the worker's own modules."""
    wanted = [
        Path(sys.base_prefix),
        Path(sys.prefix),
        PACKAGE_ROOT / "grader" / "__init__.py",
        PACKAGE_ROOT / "grader" / "worker",
        Path("/etc/ld.so.cache"),
    ]
    return tuple(path for path in dict.fromkeys(wanted) if path.exists() and not path.is_relative_to("/usr"))


def _namespaces() -> list[str]:
    words = ["--unshare-user", "--unshare-all", "--disable-userns", "--die-with-parent", "--new-session"]
    words += ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP", "--ro-bind", "/usr", "/usr"]
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            words += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            words += ["--ro-bind", str(folder), str(folder)]
    return [*words, "--proc", "/proc", "--dev", "/dev", "--tmpfs", str(_WORKER_FOLDER)]
