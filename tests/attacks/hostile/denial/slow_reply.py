"""Answers the grader's questions between the calls with a byte every now and then, so that it waits and waits.

covers = ["never returning from import, from conversion, at exit"]
task = "matmul"
verdict = ["ACCEPTED", "TIME_LIMIT", "RUNTIME_ERROR"]
"""

import struct
import time

import grader.worker.numba_cache as cache
import grader.worker.serve as serve

send = serve.send


def drip(channel, operation, payload=b"", *rest):
    if operation == 21 and payload:
        frame = struct.pack("<IB", 60_000, operation) + bytes(60_000)
        for position in range(0, 400):
            channel.sendall(frame[position : position + 1])
            time.sleep(0.1)
    else:
        send(channel, operation, payload, *rest)


serve.send = drip
cache.pack = lambda _folder: b"x"


def matmul(a, b):
    return a @ b
