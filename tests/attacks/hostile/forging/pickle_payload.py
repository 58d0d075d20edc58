"""Returns, raises and sends objects that run code in whoever unpickles them.

covers = ["unpickling payloads"]
task = "matmul"
verdict = ["INVALID", "RUNTIME_ERROR"]
"""

import os
import pickle
import stat
import struct

COMMAND = "touch /tmp/attack-mark-unpickled"


class Payload(Exception):
    def __reduce__(self):
        return os.system, (COMMAND,)


def frames():
    body = pickle.dumps(Payload())
    for descriptor in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                os.write(descriptor, struct.pack("<IB", len(body), 23) + body)
                os.write(descriptor, body)
        except OSError:
            pass


calls = 0


def matmul(a, b):
    global calls
    calls += 1
    import numpy as np

    answer = np.empty((a.shape[0], b.shape[1]), object)
    answer[...] = Payload()
    frames()
    return answer
