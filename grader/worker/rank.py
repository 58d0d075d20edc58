"""One process of an MPI program: initialises MPI, gives up all that a worker must not have, and answers its conductor's frames.

Each process maps the parent's buffers: the inputs privately, so that what one changes no other sees, as in processes of
different machines; the outputs only where it is rank 0, whose return value is the answer.
"""

import base64
import contextlib
import faulthandler
import itertools
import json
import mmap
import os
import signal
import socket
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from grader.worker import confine
from grader.worker.convert import store
from grader.worker.serve import Worker
from grader.worker.wire import Operation, send

WHERE_SIGNAL = signal.SIGUSR2
"""At which a rank writes its stack."""
_STANDARD = 3
"""Descriptors below this are the standard ones."""


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


def run(
    channel: socket.socket, stack: int, environment: Mapping[bytes, bytes], settings: Mapping[str, Any], folder: Path
) -> NoReturn:
    """Take a place that `mpiexec` has made, be confined, and serve until the conductor hangs up. In a process just forked."""
    code = 1
    try:
        confine.die_with_parent()
        os.setpgid(0, 0)
        _close_all_but(channel.fileno(), stack)
        os.environb.update(environment)
        from mpi4py import MPI

        os.environ["TMPDIR"] = str(folder)
        os.chdir(folder)
        faulthandler.register(WHERE_SIGNAL, stack, all_threads=True)
        _confine(settings)
        send(channel, Operation.READY)
        Rank(channel, folder, MPI.COMM_WORLD.Get_rank()).serve()
        code = 0
    except BaseException as error:  # noqa: BLE001 -- a failed step ends the launch, before there is a submission
        message = "".join(traceback.format_exception_only(error)).strip()
        with contextlib.suppress(OSError):
            send(channel, Operation.FAILED, json.dumps({"kind": "exit", "message": message}).encode())
    finally:
        os._exit(code)


def _close_all_but(*kept: int) -> None:
    """What the conductor has open is nothing for a rank."""
    borders = [_STANDARD - 1, *sorted(kept), os.sysconf("SC_OPEN_MAX")]
    for low, high in itertools.pairwise(borders):
        os.closerange(low + 1, high)


def _confine(settings: Mapping[str, Any]) -> None:
    """What a worker of the profile `single` gives up; what MPI needs has been opened by now."""
    confine.limit_memory(settings["memory_bytes"])
    if settings["landlock_version"]:
        confine.restrict_files(settings["landlock_rules"], settings["landlock_version"], network=False)
    program = base64.b64decode(settings["seccomp_program"])
    if program:
        confine.install_seccomp(program)
