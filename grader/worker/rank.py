"""One process of an MPI program: initialises MPI, gives up all that a worker must not have, and answers its conductor's frames.

Each process maps the parent's buffers: the inputs privately, so that what one changes no other sees, as in processes of
different machines; the outputs only where it is rank 0, whose return value is the answer.
"""

import base64
import faulthandler
import json
import mmap
import os
import socket
import traceback
from pathlib import Path
from typing import Any

from grader.worker import confine
from grader.worker.conductor import WHERE_SIGNAL
from grader.worker.convert import store
from grader.worker.serve import REQUEST_LIMIT_BYTES, Worker
from grader.worker.wire import Operation, receive_with_descriptors, send
from grader.worker.zygote import redirect_output


class Rank(Worker):
    """The worker's life, as one of several."""

    def __init__(self, channel: socket.socket, folder: Path, number: int) -> None:
        super().__init__(channel, folder)
        self._number = number
        self._shared: mmap.mmap | None = None

    def _prepare(self, layout: dict[str, Any], descriptor: int) -> None:
        self._shared = mmap.mmap(descriptor, layout["size"], flags=mmap.MAP_PRIVATE)
        outputs = mmap.mmap(descriptor, layout["size"]) if self._number == 0 else self._shared
        os.close(descriptor)
        self._view(layout, inputs=self._shared, outputs=outputs)

    def _call(self) -> None:
        assert self._shared is not None  # noqa: S101 -- the parent prepares before it calls
        self._shared.madvise(mmap.MADV_DONTNEED)  # what an earlier call has changed of it is not the parent's
        result = self._answer()
        if self._number == 0:
            store(result, self._outputs)


def main(socket_name: str) -> None:
    """Come up under `mpiexec`, be confined, and serve until the conductor hangs up."""
    from mpi4py import MPI

    number = MPI.COMM_WORLD.Get_rank()
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(socket_name)
    send(channel, Operation.HELLO, json.dumps({"rank": number, "pid": os.getpid()}).encode())
    _, payload, (output, stack) = receive_with_descriptors(channel, REQUEST_LIMIT_BYTES)
    settings = json.loads(payload)
    folder = Path(settings["folder"])
    try:
        _confine(settings, folder, output, stack)
    except BaseException as error:  # noqa: BLE001 -- a failed step of the sandbox ends the launch, before there is a submission
        message = "".join(traceback.format_exception_only(error)).strip()
        send(channel, Operation.FAILED, json.dumps({"kind": "exit", "message": message}).encode())
        os._exit(1)
    send(channel, Operation.READY)
    Rank(channel, folder, number).serve()
    os._exit(0)


def _confine(settings: dict[str, Any], folder: Path, output: int, stack: int) -> None:
    """What a worker of the profile `single` gives up; what MPI needs has been opened by now."""
    confine.die_with_parent()
    redirect_output(output, settings["output_bytes"])
    faulthandler.register(WHERE_SIGNAL, stack, all_threads=True)
    os.environ["TMPDIR"] = str(folder)
    os.chdir(folder)
    confine.limit_memory(settings["memory_bytes"])
    if settings["landlock_version"]:
        confine.restrict_files(settings["landlock_rules"], settings["landlock_version"], network=False)
    program = base64.b64decode(settings["seccomp_program"])
    if program:
        confine.install_seccomp(program)
