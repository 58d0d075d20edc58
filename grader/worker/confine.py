"""Give up everything that a submission must not have: namespaces, mounts, capabilities, system calls, resources.

Every step raises OSError where the kernel refuses it, and the worker then ends before it has seen the submission: the sandbox
fails closed. Runs inside bubblewrap with CAP_SYS_ADMIN and CAP_SETPCAP in the sandbox's own user namespace; the last steps take
these capabilities away too.
"""

import ctypes
import fcntl
import itertools
import os
import re
import resource
import signal
import socket
import stat
import struct
import sys

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x08000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x1000, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
PR_SET_CHILD_SUBREAPER = 36
PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
SECCOMP_MODE_FILTER = 2
CAPABILITY_VERSION_3 = 0x20080522
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
SIGNALS_QUEUED = 256

# landlock(7): the numbers of the system calls are the same on every architecture.
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
LANDLOCK_RULE_PATH_BENEATH = 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR, _TRUNCATE = 1 << 0, 1 << 1, 1 << 2, 1 << 3, 1 << 14
_MAKE_DEVICES = 1 << 6 | 1 << 11  # character and block
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
"""The rights that a rule about a single file can give."""
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights about files each version knows; 16 from the fifth on."""
_NETWORK_SINCE, _BIND_AND_CONNECT = 4, 0b11
_SCOPES_SINCE, _ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11


class _SockFprog(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def unshare_namespaces(*, network: bool) -> None:
    """Own mount, ipc and (for the children) pid namespaces; with `network`, also one with a loopback interface of its own."""
    _check(_libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID | (CLONE_NEWNET if network else 0)), "unshare")
    if network:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
            fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING))


def mount_private(tmpfs_bytes: int) -> None:
    """A `/tmp` and a `/dev/shm` that no other worker sees, and a `/proc` of this pid namespace that cannot be written.

    What the sandbox shows below these folders (an interpreter may be installed there) is shown again in the new ones, each with
    all that is mounted on it: a part of a locked mount alone could uncover what lies beneath, and the kernel refuses it.
    """
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    for folder in ("/tmp", "/dev/shm"):  # noqa: S108 -- the sandbox's own folders
        shown = [(path, os.open(path, os.O_PATH)) for path in _mounted_below(folder)]
        _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"size={tmpfs_bytes},nr_inodes=4096,mode=700")
        for path, descriptor in shown:
            _make_mount_point(path, is_folder=stat.S_ISDIR(os.fstat(descriptor).st_mode))
            _mount(f"/proc/self/fd/{descriptor}", path, None, MS_BIND | MS_REC)
            os.close(descriptor)
    _mount("proc", "/proc", "proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC)


def drop_privileges() -> None:
    """No capability now or ever again, for this process and its children."""
    known = itertools.takewhile(lambda capability: _libc.prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0, itertools.count())
    for capability in known:
        _check(_libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "capability bounding set")
    give_up_privileges()


def give_up_privileges() -> None:
    """No capability, and no program that would bring any: all that an ordinary user can give up."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    _check(_libc.capset(header, nothing), "capset")
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def restrict_files(rules: dict[str, list[str]], version: int, *, network: bool) -> None:
    """Enter a Landlock domain in which only these folders and files can be read, written or executed (landlock(7)).

    `rules` name paths under `read`, `write` and `execute`; those that do not exist here give nothing. From version 4 of the
    kernel's Landlock on TCP is refused unless `network`, from version 6 on abstract sockets and signals end at the domain.
    """
    handled = (1 << _FILE_RIGHTS.get(version, 16)) - 1
    attributes = [handled]
    if version >= _NETWORK_SINCE:
        attributes.append(0 if network else _BIND_AND_CONNECT)
    if version >= _SCOPES_SINCE:
        attributes.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    packed = struct.pack(f"{len(attributes)}Q", *attributes)
    ruleset = _libc.syscall(LANDLOCK_CREATE_RULESET, packed, ctypes.c_size_t(len(packed)), 0)
    _check(min(ruleset, 0), "Landlock ruleset")
    write = handled & ~_EXECUTE & ~_MAKE_DEVICES
    for rights, paths in ((_READ_FILE | _READ_DIR, "read"), (write, "write"), (_EXECUTE, "execute")):
        for path in rules[paths]:
            _allow(ruleset, path, rights & handled)
    _check(_libc.syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0), "Landlock")
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        beneath = os.open(path, os.O_PATH)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(beneath).st_mode):
        rights &= _OF_FILES
    rule = struct.pack("=Qi", rights, beneath)
    _check(_libc.syscall(LANDLOCK_ADD_RULE, ruleset, LANDLOCK_RULE_PATH_BENEATH, rule, 0), f"Landlock rule for {path}")
    os.close(beneath)


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


def adopt_orphans() -> None:
    """Become the parent of every descendant that outlives its own, as the first process of a pid namespace is (Linux)."""
    if sys.platform == "linux":
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_children() -> None:
    """Kill and reap this process's children, and what they leave behind, until there are none (Linux, with `adopt_orphans`)."""
    while sys.platform == "linux":
        children = [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _parent_of(pid) == os.getpid()]  # noqa: PTH208 -- the worker imports as little as it can
        if not children:
            return
        for pid in children:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _parent_of(pid: str) -> int | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 -- the same
            return int(file.read().rpartition(b")")[2].split()[1])
    except OSError:
        return None


def limit_memory(memory_bytes: int) -> None:
    """At most `memory_bytes` more address space than now, in each process."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 -- the worker imports as little as it can
            now_bytes = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        _lower(resource.RLIMIT_AS, now_bytes + memory_bytes)


def limit_resources(processes: int | None) -> None:
    """No core dumps; at most 256 open files; few queued signals, and no queues of messages.

    `processes` is the most that the sandbox's user may have in this user namespace, over all workers; None leaves it open.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, 256)
    if processes is not None:
        _lower(resource.RLIMIT_NPROC, processes)
    if sys.platform == "linux":
        _lower(resource.RLIMIT_SIGPENDING, SIGNALS_QUEUED)
        _lower(resource.RLIMIT_MSGQUEUE, 0)


def limit_files(size_bytes: int) -> None:
    """No file may become larger: where the worker's folder is not a file system of its own."""
    _lower(resource.RLIMIT_FSIZE, size_bytes)


def _mounted_below(folder: str) -> list[str]:
    """The mount points of this mount namespace below `folder`, and below no other one there (proc_pid_mountinfo(5))."""
    with open("/proc/self/mountinfo", "rb") as mounts:  # noqa: PTH123 -- the worker imports as little as it can
        points = [re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), line.split()[4]) for line in mounts]
    outer: list[str] = []
    for path in sorted(path for path in map(os.fsdecode, points) if path.startswith(folder + "/")):
        if not any(path == other or path.startswith(f"{other}/") for other in outer):
            outer.append(path)
    return outer


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
