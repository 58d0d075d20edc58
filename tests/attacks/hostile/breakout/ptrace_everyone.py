"""Attaches to every process, by ptrace and by reading and writing its memory, and lets its own parents trace it.

covers = ["ptrace, process_vm_writev, `kill` on the grader"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(8)
vector = (ctypes.c_void_p * 2)(ctypes.addressof(buffer), 8)
there = (ctypes.c_void_p * 2)(0x400000, 8)
if libc.ptrace(0, 0, None, None) == 0:
    print("attack-won: PTRACE_TRACEME")
try:
    there_are = {int(name) for name in os.listdir("/proc") if name.isdigit()}
except OSError:  # not even which processes there are
    there_are = set(range(1, 100))
for pid in {1, 2, os.getppid(), *there_are} - {os.getpid(), 0}:
    for request in (0x4206, 16):  # PTRACE_SEIZE, PTRACE_ATTACH
        if libc.ptrace(request, pid, None, None) == 0:
            print("attack-won: traces", pid)
            libc.ptrace(17, pid, None, None)
    for call in (libc.process_vm_readv, libc.process_vm_writev):
        if call(pid, vector, 1, there, 1, 0) > 0:
            print("attack-won: reached the memory of", pid)
    for number in (434, 438, 424, 312, 440):  # pidfd_open, pidfd_getfd, pidfd_send_signal, kcmp, process_madvise
        if libc.syscall(number, pid, 0, 0, 0, 0) > 0:
            print("attack-won: system call", number, "on", pid)


def matmul(a, b):
    return a @ b
