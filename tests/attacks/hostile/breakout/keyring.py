"""Leaves a message in the kernel's keyrings for another submission, and looks for others' messages.

covers = ["keyring, SysV and POSIX shared memory, `flock` as side channels"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes

libc = ctypes.CDLL(None, use_errno=True)
ADD_KEY, REQUEST_KEY, KEYCTL = 248, 249, 250
for ring in (-1, -2, -3, -4, -5, -6):
    if libc.syscall(ADD_KEY, b"user", b"attack-mark", b"message", 7, ring) > 0:
        print("attack-won: a key in ring", ring)
    if libc.syscall(KEYCTL, 0, ring, 1) > 0 or libc.syscall(KEYCTL, 11, ring, None, 0) > 0:
        print("attack-won: looked into ring", ring)
if libc.syscall(REQUEST_KEY, b"user", b"attack-mark", None, 0) > 0:
    print("attack-won: another's key")
try:
    print(open("/proc/keys").read())
except OSError:
    pass


def matmul(a, b):
    return a @ b
