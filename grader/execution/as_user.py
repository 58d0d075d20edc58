"""A program for a root parent: show some paths in a mount namespace of its own, become an unprivileged user, start bubblewrap.

The interpreter or the course may lie under a folder that the unprivileged user may not enter (`/root`). Root therefore binds
each of them under a fresh tmpfs that is seen by this process alone, and bubblewrap then binds them from there to their original
paths. Run as `python -I -S as_user.py PLAN` with PLAN in JSON: uid, gid, paths, and bubblewrap's words before and after the
binds.
"""

import ctypes
import json
import os
import sys

SEAL = ("--remount-ro", "/dev", "--remount-ro", "/")

_CLONE_NEWNS = 0x00020000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_STAGES = ("/mnt", "/media", "/srv", "/opt")


def stage_for(paths: list[str]) -> str:
    """An existing folder that holds none of `paths`, and so may be covered; OSError where there is none."""
    for folder in _STAGES:
        if os.path.isdir(folder) and not any(f"{path}/".startswith(f"{folder}/") for path in paths):  # noqa: PTH112 -- runs without site-packages and imports as little as it can
            return folder
    raise OSError(f"no folder to show the sandbox's files in: each of {', '.join(_STAGES)} is missing or holds some of them")


def main(plan_text: str) -> None:
    """Replace this process by bubblewrap, run by the plan's user."""
    plan = json.loads(plan_text)
    libc = ctypes.CDLL(None, use_errno=True)

    def mount(source: str, target: str, kind: str | None, flags: int) -> None:
        if libc.mount(source.encode(), target.encode(), kind and kind.encode(), ctypes.c_ulong(flags), None) != 0:
            number = ctypes.get_errno()
            raise OSError(number, f"mount {source} on {target}: {os.strerror(number)}")

    if libc.unshare(_CLONE_NEWNS) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"unshare: {os.strerror(number)}")
    mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    stage = stage_for(plan["paths"])
    mount("tmpfs", stage, "tmpfs", 0)
    binds = []
    for number, path in enumerate(plan["paths"]):
        staged = f"{stage}/{number}"
        if os.path.isdir(path):  # noqa: PTH112 -- the same
            os.mkdir(staged, 0o755)  # noqa: PTH102 -- the same
        else:
            os.close(os.open(staged, os.O_CREAT | os.O_WRONLY, 0o644))
        mount(path, staged, None, _MS_BIND | _MS_REC)
        binds += ["--ro-bind", staged, path]
    os.chmod(stage, 0o755)  # noqa: PTH101, S103 -- the same; the user must be able to look in
    os.setgroups([])
    os.setresgid(plan["gid"], plan["gid"], plan["gid"])
    os.setresuid(plan["uid"], plan["uid"], plan["uid"])
    command = [*plan["before"], *binds, *SEAL, *plan["after"]]
    os.execv(command[0], command)  # noqa: S606 -- there is no shell, and none is wanted


if __name__ == "__main__":
    main(sys.argv[1])
