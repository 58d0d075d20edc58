"""The zygote: a process that only imports libraries, and forks a worker for each submission of one run.

Theory of operation. The parent starts one zygote per run (so that each run has a new address layout and hash seed). It imports
the libraries once and then, for each START frame, forks: a first child takes its own namespaces and ends; its child is the
trusted init of the new pid namespace; the init's child is the worker, which gives up every privilege and says HELLO. Only then
is the submission sent to it. The zygote and the inits never hold a seed, an expected answer or a line of a submission.
"""

import base64
import gc
import importlib
import io
import json
import os
import shutil
import signal
import socket
import struct
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.worker import confine
from grader.worker.conductor import Conductor
from grader.worker.serve import Worker
from grader.worker.wire import Operation, receive_with_descriptors, send

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_REQUEST_LIMIT_BYTES = 1 << 20


@dataclass(frozen=True)
class Confinement:
    """What a worker of this zygote may have; all but the limits are left out for a student's own, trusted code."""

    sandboxed: bool
    network: bool
    """Whether each worker has a network of its own, of nothing but a loopback interface; none at all otherwise."""
    landlock_version: int
    """0 where the kernel has no Landlock."""
    landlock_rules: dict[str, list[str]]
    seccomp_program: bytes
    memory_bytes: int
    processes: int | None
    tmpfs_bytes: int
    output_bytes: int
    mpi: dict[str, Any] | None = None
    """How the processes of MPI are started and held (`grader.worker.conductor`); None where there are none."""


class CappedOutput(io.RawIOBase):
    """Takes everything that is written to it and passes on the first bytes: as many as it may, and as the pipe holds."""

    def __init__(self, descriptor: int, limit_bytes: int) -> None:
        self._descriptor = descriptor
        self._left_bytes = limit_bytes

    def fileno(self) -> int:
        """The descriptor itself."""
        return self._descriptor

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Pass on what still fits; the rest is dropped without an error."""
        view = memoryview(data).cast("B")
        if self._left_bytes > 0:
            try:
                self._left_bytes -= os.write(self._descriptor, view[: self._left_bytes])
            except BlockingIOError:
                self._left_bytes = 0  # the pipe is full
        return len(view)


def main(control_descriptor: int) -> None:
    """Serve the parent's control socket until it closes, then end with everything that was started."""
    control = socket.socket(fileno=control_descriptor)
    send(control, Operation.HELLO, str(os.getpid()).encode())
    operation, payload, _ = receive_with_descriptors(control, _REQUEST_LIMIT_BYTES)
    if operation is not Operation.CONFIGURE:
        raise SystemExit(f"expected CONFIGURE, got {operation.name}")
    settings = json.loads(payload)
    for module in settings["preload"]:
        importlib.import_module(module)
    program = base64.b64decode(settings["confinement"].pop("seccomp_program"))
    confinement = Confinement(seccomp_program=program, **settings["confinement"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are reaped by the kernel
    gc.collect()
    gc.freeze()  # a collection in a worker must not copy the pages shared with the zygote
    send(control, Operation.READY)
    while True:
        try:
            operation, payload, descriptors = receive_with_descriptors(control, _REQUEST_LIMIT_BYTES)
        except EOFError:
            return
        _start_worker(control, confinement, json.loads(payload), descriptors)


def _start_worker(control: socket.socket, confinement: Confinement, request: dict[str, Any], descriptors: list[int]) -> None:
    """Fork one init with its worker; `descriptors` are the worker's channel, the init's status pipe and the output pipe."""
    if os.fork() == 0:
        control.close()
        try:
            if confinement.sandboxed:
                confine.unshare_namespaces(network=confinement.network)
                if os.fork() != 0:
                    os._exit(0)  # the init lives on as a child of the sandbox's first process
            else:
                confine.die_with_parent()
            _run_init(confinement, Path(request["folder"]), *descriptors)
        except BaseException:  # noqa: BLE001 -- whatever it is, the parent shows it and no worker starts
            os.write(descriptors[2], traceback.format_exc().encode())
        finally:
            os._exit(1)
    for descriptor in descriptors:
        os.close(descriptor)


def _run_init(confinement: Confinement, folder: Path, channel: int, status: int, output: int) -> None:
    """The trusted parent of one worker: prepares its namespaces, waits for it, reports how it ended, and cleans up."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(
        signal.SIGINT, signal.SIG_DFL
    )  # the first process of a namespace is sent none from inside that it has no handler for
    if confinement.sandboxed:
        confine.mount_private(confinement.tmpfs_bytes)
        confine.drop_privileges()
    else:
        confine.adopt_orphans()
    worker = os.fork()
    if worker == 0:
        os.close(status)
        _run_worker(confinement, folder, channel, output)
    if confinement.sandboxed:
        confine.hide_memory()
    os.close(channel)
    os.close(output)
    ended, wait_status = os.wait()
    while ended != worker:  # an orphan of the worker's
        ended, wait_status = os.wait()
    if not confinement.sandboxed:
        confine.end_children()
        shutil.rmtree(folder, ignore_errors=True)
    os.write(status, struct.pack("<i", wait_status))
    os._exit(0)


def _run_worker(confinement: Confinement, folder: Path, channel: int, output: int) -> None:
    """Become the untrusted worker; never returns."""
    code = 1
    try:
        confine.die_with_parent()
        os.setpgid(0, 0)  # a signal to its own group reaches nobody else; a session of its own would be scheduled by itself
        signal.signal(signal.SIGINT, signal.default_int_handler)
        redirect_output(output, confinement.output_bytes)
        folder.mkdir(parents=True, exist_ok=True)
        os.environ.update(
            HOME=str(folder), TMPDIR=str(folder), MPLCONFIGDIR=str(folder), NUMBA_CACHE_DIR=str(folder / "numba-cache")
        )
        _set_numba_cache_folder(str(folder / "numba-cache"))
        confine.limit_resources(confinement.processes)
        if confinement.mpi is None:  # else each of its processes has as much for itself
            confine.limit_memory(confinement.memory_bytes)
        if confinement.landlock_version:
            if not confinement.sandboxed:
                confine.give_up_privileges()
                confine.limit_files(confinement.tmpfs_bytes)
            rules = {**confinement.landlock_rules, "write": [*confinement.landlock_rules["write"], str(folder)]}
            confine.restrict_files(rules, confinement.landlock_version, network=confinement.network)
        if confinement.seccomp_program:
            confine.install_seccomp(confinement.seccomp_program)
        connection = socket.socket(fileno=channel)
        send(connection, Operation.HELLO, str(os.getpid()).encode())
        if confinement.mpi is not None:
            Conductor(connection, folder, confinement.mpi).serve()
        else:
            Worker(connection, folder).serve()
        code = 0
    except BaseException:  # noqa: BLE001 -- a failed step of the sandbox ends the worker before it has a submission
        traceback.print_exc()
    finally:
        os._exit(code)


def redirect_output(output: int, limit_bytes: int) -> None:
    """Standard input is empty; standard output and error go to the parent's pipe, which never blocks the worker."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.set_blocking(output, False)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    os.close(nothing)
    capped = CappedOutput(1, limit_bytes)
    sys.stdout = sys.stderr = io.TextIOWrapper(capped, encoding="utf-8", errors="backslashreplace", write_through=True)


def _set_numba_cache_folder(folder: str) -> None:
    """Numba read its configuration when the zygote imported it."""
    config = sys.modules.get("numba.core.config")
    if config is not None:
        config.CACHE_DIR = folder  # type: ignore[attr-defined]  # Numba carries no types
