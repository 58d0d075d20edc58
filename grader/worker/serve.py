"""The worker's life: load one submission, then answer calls until the parent hangs up.

Inputs and outputs lie in shared memory; a call is one GO frame in, one DONE or FAILED frame out. The parent stops this process
between calls, so nothing here runs unseen, and nothing here is believed: the parent checks the output buffer, with its own
clock.
"""

import contextlib
import functools
import importlib.util
import json
import mmap
import os
import socket
import sys
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.worker import numba_cache, packed
from grader.worker.convert import UnfitResultError, store
from grader.worker.explain import MESSAGE_LIMIT_CHARACTERS, explain
from grader.worker.wire import Operation, receive_with_descriptors, send

REQUEST_LIMIT_BYTES = 64 << 20
_LOG_FOLDER = "/dev/shm"  # noqa: S108 -- the worker's own: where a build that has filled its disk can still say so
_SCALARS: dict[str, Callable[[NDArray[Any]], object]] = {
    "int": lambda cell: int(cell[0]),
    "float": lambda cell: float(cell[0]),
    "complex": lambda cell: complex(cell[0]),
    "bool": lambda cell: bool(cell[0]),
}


class BuildFailedError(Exception):
    """A build gave nothing; the text is the compiler's."""


def code_and_cache(folder: Path) -> tuple[Path, Path]:
    """Where in a worker's folder the submission's files lie, and what Numba compiles of them."""
    return folder / "submission", folder / "numba-cache"


def write_files(payload: bytes, folder: Path) -> tuple[dict[str, Any], bytes]:
    """Write the files that came with a frame; its header, and what follows the files."""
    length = int.from_bytes(payload[:4], "little")
    header: dict[str, Any] = json.loads(payload[4 : 4 + length])
    position = 4 + length
    for name, size in header["files"]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(payload[position : position + size])
        with contextlib.suppress(PermissionError):  # without namespaces, where each worker compiles anew
            os.utime(path, (0, 0))  # Numba's cache compares the source's time
        position += size
    return header, payload[position:]


def header_alone(header: dict[str, Any]) -> bytes:
    """The payload of the same frame for whoever finds the files written already."""
    told = json.dumps({**header, "files": []}).encode()
    return len(told).to_bytes(4, "little") + told


class Worker:
    """One submission's process: `serve` returns when the parent closes the channel."""

    def __init__(self, channel: socket.socket, folder: Path) -> None:
        self._channel = channel
        self._code_folder, self._cache_folder = code_and_cache(folder)
        self._function: Callable[..., object] | None = None
        self._inputs: list[tuple[str, NDArray[Any]]] = []
        self._outputs: tuple[NDArray[Any], ...] = ()

    def serve(self) -> None:
        """Answer the parent's frames in order."""
        while True:
            try:
                operation, payload, descriptors = receive_with_descriptors(self._channel, REQUEST_LIMIT_BYTES)
            except EOFError:
                return
            if operation is Operation.GO:
                self._guarded(self._call, Operation.DONE)
            elif operation is Operation.LOAD:
                self._guarded(functools.partial(self._load, payload), Operation.READY)
            elif operation is Operation.PREPARE:
                self._guarded(functools.partial(self._prepare, json.loads(payload), *descriptors), Operation.READY)
            elif operation is Operation.DUMP_CACHE:
                send(self._channel, Operation.READY, packed.pack(self._cache_folder))
            elif operation is Operation.COUNT_COMPILED:
                send(self._channel, Operation.READY, str(numba_cache.compiled_count(str(self._code_folder))).encode())
            elif operation is Operation.BUILD:
                self._guarded(functools.partial(self._build, payload), Operation.READY)

    def _guarded(self, action: Callable[[], bytes | None], success: Operation) -> None:
        """Run the submission's code: whatever it raises becomes a FAILED frame, what it returns goes with the success."""
        try:
            answer = action()
        except UnfitResultError as error:
            self._fail({"kind": "invalid", "message": str(error)})
        except BuildFailedError as error:
            self._fail({"kind": "build", "message": str(error)})
        except BaseException as error:  # noqa: BLE001 -- SystemExit and KeyboardInterrupt are the submission's doing, too
            self._fail(explain(error, str(self._code_folder)))
        else:
            send(self._channel, success, answer or b"")

    def _fail(self, failure: dict[str, str]) -> None:
        send(self._channel, Operation.FAILED, json.dumps(failure).encode())

    def _load(self, payload: bytes) -> None:
        """Write the files, restore the compiled functions, import the module, find the function."""
        header, compiled = write_files(payload, self._code_folder)
        packed.unpack(compiled, self._cache_folder)
        module = self._import(header["file"])
        function = getattr(module, header["function"], None)
        if function is None or not callable(function):
            raise UnfitResultError(f"{header['file']} has no function {header['function']!r} once it is imported")
        if isinstance(function, type):
            raise UnfitResultError(f"{header['function']!r} is a class; the grader calls a function of that name")
        numba_cache.enable(str(self._code_folder))
        self._function = function

    def _build(self, payload: bytes) -> bytes:
        """Write the files, run the command among them, and give back what it has put into `built`."""
        import subprocess

        header, _ = write_files(payload, self._code_folder)
        built = self._code_folder / "built"
        built.mkdir(parents=True)
        command = header["command"]
        with tempfile.TemporaryFile(dir=_LOG_FOLDER) as log:
            ended = subprocess.run(
                command, cwd=self._code_folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
            )
            log.seek(max(0, log.seek(0, os.SEEK_END) - MESSAGE_LIMIT_CHARACTERS))
            said = log.read().decode("utf-8", "replace").strip()
        if ended.returncode != 0:
            raise BuildFailedError(f"{command[0]} ended with code {ended.returncode}\n{said}")
        try:
            return packed.pack(built, all_or_nothing=True)
        except packed.TooLargeError:
            raise BuildFailedError(f"what was built is larger than {packed.LIMIT_BYTES >> 20} MiB") from None

    def _import(self, file: str) -> object:
        """Import the file as the module that its name says, with its own folder first on the path, as `python file` has it."""
        path = self._code_folder / file
        sys.path.insert(0, str(self._code_folder))
        if path.parent != self._code_folder:
            sys.path.insert(0, str(path.parent))
        os.chdir(self._code_folder)
        if path.stem.isidentifier() and path.stem not in sys.modules:
            return importlib.import_module(path.stem)
        # The name has to be the same in every worker: Numba's cache knows compiled functions by it.
        spec = importlib.util.spec_from_file_location(f"submission_{zlib.crc32(path.stem.encode())}", path)
        if spec is None or spec.loader is None:
            raise ImportError(f"{file} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    def _prepare(self, layout: dict[str, Any], descriptor: int) -> None:
        """Map the buffers that the following calls use."""
        memory = mmap.mmap(descriptor, layout["size"])
        os.close(descriptor)
        self._view(layout, inputs=memory, outputs=memory)

    def _view(self, layout: dict[str, Any], *, inputs: mmap.mmap, outputs: mmap.mmap) -> None:
        """The arrays of a layout, in these mappings of the buffers."""

        def view(entry: dict[str, Any], memory: mmap.mmap) -> NDArray[Any]:
            count = int(np.prod(entry["shape"], dtype=np.int64))
            flat = np.frombuffer(memory, entry["dtype"], count, entry["offset"]) if count else np.empty(0, entry["dtype"])
            return flat.reshape(entry["shape"])

        self._inputs = [(entry["kind"], view(entry, inputs)) for entry in layout["inputs"]]
        self._outputs = tuple(view(entry, outputs) for entry in layout["outputs"])

    def _call(self) -> None:
        store(self._answer(), self._outputs)

    def _answer(self) -> object:
        """What the submission's function returns."""
        assert self._function is not None  # noqa: S101 -- the parent loads before it calls
        arguments = [cell if kind == "array" else _SCALARS[kind](cell) for kind, cell in self._inputs]
        return self._function(*arguments)
