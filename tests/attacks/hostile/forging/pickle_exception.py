"""Raises an exception whose text, arguments and pickle are an attack.

covers = ["unpickling payloads"]
task = "matmul"
verdict = "RUNTIME_ERROR"
"""

import os


class Payload(Exception):
    def __reduce__(self):
        return os.system, ("touch /tmp/attack-mark-exception",)

    def __str__(self):
        return "{0.__class__.__init__.__globals__} %(secret)s ${GRADER_CANARY} `id`"


def matmul(a, b):
    raise Payload(Payload(), "\x00\ud800")
