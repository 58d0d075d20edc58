"""The system calls that a submission of the single-process profile cannot make, as a BPF program made by libseccomp."""

import tempfile
from functools import cache

CLONE_THREAD = 0x00010000

_DENIED = (
    # no other process: fork and exec (threads are allowed below)
    *("fork", "vfork", "execve", "execveat"),
    # nobody to talk to
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4"),
    # no look into, and no change of, another process
    *(
        "ptrace",
        "process_vm_readv",
        "process_vm_writev",
        "process_madvise",
        "kcmp",
        "pidfd_open",
        "pidfd_getfd",
        "pidfd_send_signal",
    ),
    # no way around the budget: affinity, priority, memory outside the address-space limit
    *(
        "sched_setaffinity",
        "sched_setscheduler",
        "sched_setparam",
        "sched_setattr",
        "setpriority",
        "ioprio_set",
        "memfd_create",
    ),
    *("memfd_secret", "migrate_pages", "move_pages", "mbind", "set_mempolicy"),
    # no side channels: keyrings, System V and POSIX queues and shared memory
    *(
        "keyctl",
        "add_key",
        "request_key",
        "shmget",
        "shmat",
        "shmctl",
        "msgget",
        "msgsnd",
        "msgrcv",
        "msgctl",
        "semget",
        "semop",
    ),
    *("semctl", "mq_open", "mq_unlink"),
    # no kernel surface that numerical code does not need
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "userfaultfd", "perf_event_open", "fanotify_init"),
    *("seccomp", "personality", "modify_ldt", "iopl", "ioperm", "vmsplice", "lookup_dcookie", "quotactl", "acct", "syslog"),
    # no change of the sandbox
    *(
        "mount",
        "umount2",
        "pivot_root",
        "chroot",
        "unshare",
        "setns",
        "open_tree",
        "move_mount",
        "fsopen",
        "fsconfig",
        "fsmount",
    ),
    *("fspick", "mount_setattr", "swapon", "swapoff", "reboot", "kexec_load", "kexec_file_load", "init_module", "finit_module"),
    *(
        "delete_module",
        "open_by_handle_at",
        "name_to_handle_at",
        "mknod",
        "mknodat",
        "setuid",
        "setgid",
        "setreuid",
        "setregid",
    ),
    *("setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset"),
    # no clock but to read it
    *("settimeofday", "clock_settime", "clock_adjtime", "adjtimex"),
)


@cache
def single_process_program() -> bytes:
    """Deny the list above with EPERM, and every clone that is not a thread; calls of other architectures kill the process.

    Raises ImportError or OSError where libseccomp is not to be had.
    """
    import errno

    import pyseccomp

    rules = pyseccomp.SyscallFilter(defaction=pyseccomp.ALLOW)
    denied = pyseccomp.ERRNO(errno.EPERM)
    for name in _DENIED:
        try:
            number = pyseccomp.resolve_syscall(pyseccomp.Arch.NATIVE, name)
        except ValueError:
            continue  # a call that this architecture or libseccomp does not know cannot be made by name either
        if number >= 0:
            rules.add_rule(denied, name)
    rules.add_rule(denied, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags cannot be inspected; the C library falls back to clone
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return file.read()
