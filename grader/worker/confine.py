"""Give up everything that a submission must not have: namespaces, mounts, capabilities, system calls, resources.

Every step raises OSError where the kernel refuses it, and the worker then ends before it has seen the submission: the sandbox
fails closed. Runs inside bubblewrap with CAP_SYS_ADMIN and CAP_SETPCAP in the sandbox's own user namespace; the last steps take
these capabilities away too.
"""

import ctypes
import itertools
import os
import re
import resource
import stat
import sys

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x00020000, 0x08000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522


class _SockFprog(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def unshare_namespaces() -> None:
    """Own mount, ipc and (for the children) pid namespaces."""
    _check(_libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID), "unshare")


def mount_private(tmpfs_bytes: int) -> None:
    """A `/tmp` and a `/dev/shm` that no other worker sees, and a `/proc` of this pid namespace that cannot be written.

    What the sandbox shows below these folders (an interpreter may be installed there) is shown again in the new ones.
    """
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    for folder in ("/tmp", "/dev/shm"):  # noqa: S108 -- the sandbox's own folders
        shown = [(path, os.open(path, os.O_PATH)) for path in _mounted_below(folder)]
        _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"size={tmpfs_bytes},nr_inodes=4096,mode=700")
        for path, descriptor in shown:
            _make_mount_point(path, is_folder=stat.S_ISDIR(os.fstat(descriptor).st_mode))
            _mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND)
            os.close(descriptor)
    _mount("proc", "/proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)


def drop_privileges() -> None:
    """No capability now or ever again, for this process and its children."""
    known = itertools.takewhile(lambda capability: _libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0, itertools.count())
    for capability in known:
        _check(_libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "capability bounding set")
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, nothing), "capset")
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def install_seccomp(program: bytes) -> None:
    """Install a BPF program (an array of 8-byte instructions, as libseccomp exports it) for this process and its threads."""
    instructions = ctypes.create_string_buffer(program, len(program))
    filter_program = _SockFprog(len(program) // 8, ctypes.cast(instructions, ctypes.c_void_p))
    _check(_libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(filter_program), 0, 0), "seccomp")


def hide_memory() -> None:
    """No other process of this user may look into this one."""
    _check(_libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")


def die_with_parent() -> None:
    """Be killed when the parent process ends (Linux; elsewhere the zygote kills what it started)."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0)


def limit_resources(memory_bytes: int) -> None:
    """At most `memory_bytes` more address space than now; no core dumps; at most 256 open files."""
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, 256)
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 -- the worker imports as little as it can
            now_bytes = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        _lower(resource.RLIMIT_AS, now_bytes + memory_bytes)


def _mounted_below(folder: str) -> list[str]:
    """The mount points of this mount namespace below `folder`, outer ones first (proc_pid_mountinfo(5))."""
    with open("/proc/self/mountinfo", "rb") as mounts:  # noqa: PTH123 -- the worker imports as little as it can
        points = (re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[4]) for line in mounts)
        return sorted(path for path in map(os.fsdecode, points) if path.startswith(folder + "/"))


def _make_mount_point(path: str, *, is_folder: bool) -> None:
    os.makedirs(path if is_folder else os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 -- the same
    if not is_folder:
        os.close(os.open(path, os.O_CREAT | os.O_RDONLY))


def _lower(limit: int, value: int) -> None:
    _soft, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    result = _libc.mount(
        source.encode(), target.encode(), kind and kind.encode(), ctypes.c_ulong(flags), data and data.encode()
    )
    _check(result, f"mount {target}")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
