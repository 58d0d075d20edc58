"""The system calls that each profile's code cannot make, as BPF programs made by libseccomp."""

import errno
import tempfile
from functools import cache
from typing import Any

from grader.profiles import Profile

_CLONE_THREAD = 0x00010000
_CLONE_NAMESPACES = (0x00000080, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
"""CLONE_NEWTIME, NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET (clone(2))."""
_PR_SET_SECCOMP = 22
_LOCKS_AND_LEASES = (5, 6, 7, 36, 37, 38, 1024, 1026, 1031)
"""fcntl(2): F_GETLK, F_SETLK, F_SETLKW, the three for open file descriptions, F_SETLEASE, F_NOTIFY; and F_SETPIPE_SZ, since
what pipes hold is counted over all processes of the user."""
_SIGNALS_BY_DESCRIPTORS = (8, 10, 15)
"""fcntl(2): F_SETOWN, F_SETSIG, F_SETOWN_EX. A descriptor that is written to could send SIGCONT to a stopped process."""
_F_SETFL, _O_ASYNC = 4, 0o20000
_ASYNCHRONOUS = (0x5452, 0x8901, 0x8902)
"""ioctl(2): FIOASYNC, FIOSETOWN, SIOCSPGRP: the same by other names."""
_SIGNAL_CALLS = (("kill", 1), ("tkill", 1), ("tgkill", 2))
"""With the place of the signal among their arguments."""
_REAL_TIME_SIGNALS = 34
"""The first that the C library does not use itself. They are queued, and queues are counted over all processes of the user."""
_LOCAL_FAMILIES = (0, 1, 2, 10)
"""socket(2): unspecified, Unix, IPv4, IPv6. All of them end within the sandbox's own network namespace."""
_LAST_FAMILY = max(_LOCAL_FAMILIES)
_INT = 0xFFFFFFFF
"""The kernel reads these arguments as 32 bits: a comparison of all 64 could be got round with the others."""

_SHARED_COUNTS = (6, 11)
"""setrlimit(2): RLIMIT_NPROC and RLIMIT_SIGPENDING are counted over all processes of the user. Lowering one's own limit until
something is refused would tell how many there are of others."""

_PROCESSES = ("fork", "vfork", "execve", "execveat")
_SOCKETS = ("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4")
_DENIED = (
    # no look into, and no change of, another process
    *("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp"),
    *("pidfd_open", "pidfd_getfd", "pidfd_send_signal"),
    # no way around the budget: affinity, priority, memory that no limit counts
    *("sched_setaffinity", "sched_setscheduler", "sched_setparam", "sched_setattr", "setpriority", "ioprio_set"),
    *("timer_create", "rt_sigqueueinfo", "rt_tgsigqueueinfo"),  # which are counted over all processes of the user
    *("memfd_create", "memfd_secret", "migrate_pages", "move_pages", "mbind", "set_mempolicy", "set_mempolicy_home_node"),
    # no side channels: keyrings, System V and POSIX queues and shared memory, notes about files that others open too
    *("keyctl", "add_key", "request_key", "shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl"),
    *("semget", "semop", "semtimedop", "semctl", "mq_open", "mq_unlink", "mincore", "cachestat"),
    "sysinfo",  # which tells how many threads the machine runs
    *("inotify_init", "inotify_init1", "inotify_add_watch", "fanotify_init", "fanotify_mark"),
    # no kernel surface that numerical code does not need
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup", "bpf", "userfaultfd", "perf_event_open"),
    *("seccomp", "personality", "modify_ldt", "iopl", "ioperm", "vmsplice", "lookup_dcookie", "quotactl", "quotactl_fd"),
    *("acct", "syslog", "uselib", "ustat", "sysfs", "nfsservctl", "remap_file_pages"),
    # no change of the sandbox
    *("mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "open_tree", "move_mount", "fsopen", "fsconfig"),
    *("fsmount", "fspick", "mount_setattr", "swapon", "swapoff", "reboot", "kexec_load", "kexec_file_load"),
    *("init_module", "finit_module", "delete_module", "open_by_handle_at", "name_to_handle_at", "mknod", "mknodat"),
    *("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset"),
    *("sethostname", "setdomainname", "vhangup"),
    # no clock but to read it
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex"),
)


_SHARED = (
    # Landlock leaves these to the owner of a file, or reached them late
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "truncate"),
    *("utime", "utimes", "futimesat", "utimensat", "setxattr", "lsetxattr", "fsetxattr", "setxattrat"),
    *("removexattr", "lremovexattr", "fremovexattr", "removexattrat"),
    # nobody else's process can be meant
    *("kill", "tkill", "tgkill"),
)
"""Refused where a worker has no process ids, and no files of its user's, to itself."""


@cache
def program(profile: Profile, *, shares_processes: bool = False) -> bytes:
    """What no profile may do is refused with EPERM, and so is what this one may not; foreign architectures kill the process.

    With `shares_processes` so is what would reach others where the worker has no namespaces of its own.

    Raises ImportError or OSError where libseccomp is not to be had.
    """
    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    refused = pyseccomp.ERRNO(errno.EPERM)
    _refuse(rules, refused, (*_DENIED, *(_SHARED if shares_processes else ())))
    _refuse(rules, refused, ("preadv2",), pyseccomp.Arg(5, pyseccomp.NE, 0))  # which tells whether a file has been read before
    _refuse_signals(rules, refused, () if shares_processes else _SIGNAL_CALLS)
    if profile is not Profile.MPI:  # what starts its processes is the grader's own; each of them installs that of `single`
        rules.add_rule(refused, "prctl", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _INT, _PR_SET_SECCOMP))
    _refuse_limits(rules, refused)
    _refuse_processes(rules, refused, profile)
    _refuse_sockets(rules, refused, profile)
    if profile is not Profile.COMPILE:  # locks on files that all workers can read would be a channel between them
        _refuse(rules, refused, ("flock",))
        for command in _LOCKS_AND_LEASES:
            rules.add_rule(refused, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, command))
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()


def _refuse_signals(rules: Any, refused: Any, allowed: tuple[tuple[str, int], ...]) -> None:  # noqa: ANN401 -- pyseccomp has no types
    """Those that descriptors send, and that are queued."""
    import pyseccomp

    for command in _SIGNALS_BY_DESCRIPTORS:
        rules.add_rule(refused, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, command))
    asynchronous = pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _O_ASYNC, _O_ASYNC)
    rules.add_rule(refused, "fcntl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, _F_SETFL), asynchronous)
    for request in _ASYNCHRONOUS:
        rules.add_rule(refused, "ioctl", pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, request))
    for name, place in allowed:
        rules.add_rule(refused, name, pyseccomp.Arg(place, pyseccomp.GE, _REAL_TIME_SIGNALS))


def _refuse_limits(rules: Any, refused: Any) -> None:  # noqa: ANN401 -- pyseccomp has no types
    """Another process's limits, and those that are counted over all processes of the user."""
    import pyseccomp

    _refuse(rules, refused, ("prlimit64",), pyseccomp.Arg(0, pyseccomp.NE, 0))
    for limit in _SHARED_COUNTS:
        _refuse(rules, refused, ("setrlimit",), pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _INT, limit))
        changes = (pyseccomp.Arg(1, pyseccomp.MASKED_EQ, _INT, limit), pyseccomp.Arg(2, pyseccomp.NE, 0))
        _refuse(rules, refused, ("prlimit64",), *changes)


def _refuse_processes(rules: Any, refused: Any, profile: Profile) -> None:  # noqa: ANN401 -- pyseccomp has no types
    import pyseccomp

    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags cannot be inspected; the C library falls back to clone
    if profile.starts_processes:
        for flag in _CLONE_NAMESPACES:
            rules.add_rule(refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, flag, flag))
    else:
        _refuse(rules, refused, _PROCESSES)
        rules.add_rule(refused, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _CLONE_THREAD, 0))


def _refuse_sockets(rules: Any, refused: Any, profile: Profile) -> None:  # noqa: ANN401 -- pyseccomp has no types
    import pyseccomp

    if profile not in (Profile.PROCESSES, Profile.MPI):
        _refuse(rules, refused, _SOCKETS)
        return
    for family in set(range(_LAST_FAMILY)) - set(_LOCAL_FAMILIES):
        _refuse(rules, refused, ("socket", "socketpair"), pyseccomp.Arg(0, pyseccomp.MASKED_EQ, _INT, family))
    _refuse(rules, refused, ("socket", "socketpair"), pyseccomp.Arg(0, pyseccomp.GT, _LAST_FAMILY))  # of all 64 bits


def _refuse(rules: Any, action: Any, names: tuple[str, ...], *conditions: Any) -> None:  # noqa: ANN401 -- pyseccomp has no types
    """A call that this architecture or this libseccomp does not know cannot be made by name, and needs no rule."""
    import pyseccomp

    for name in names:
        try:
            known = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name) >= 0
        except ValueError:
            known = False
        if known:
            rules.add_rule(action, name, *conditions)
