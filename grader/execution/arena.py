"""The shared memory in which a call's inputs are revealed and its outputs come back."""

import mmap
import os
import secrets
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.content.task import ArraySpec, Inputs, Outputs, Value
from grader.errors import GraderError

_PAGE_BYTES = 4096
_LINE_BYTES = 64
_MUCH_BYTES = 1 << 20
"""Less is not worth the time to give it back and to get it again."""
_SCALAR_DTYPES = {"bool": "int8", "int": "int64", "float": "float64", "complex": "complex128"}

Signature = tuple[tuple[str, str, tuple[int, ...]], ...]


class Arena:
    """Buffers for inputs and outputs of fixed dtypes and shapes, mapped by the parent and by one worker.

    On Linux it is a memfd sealed against growing, shrinking and resealing, so that the worker cannot truncate it under the
    parent. Each array starts at a random cache line of its own page: the layout differs between runs and never favours one
    author.
    """

    def __init__(self, inputs: Inputs, outputs: Sequence[ArraySpec]) -> None:
        self.signature = signature_of(inputs, outputs)
        entries = []
        size = 0
        for kind, dtype, shape in self.signature:
            offset = size + _LINE_BYTES * secrets.randbelow(_PAGE_BYTES // _LINE_BYTES)
            length = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
            size = -(-(offset + length) // _PAGE_BYTES) * _PAGE_BYTES
            entries.append({"kind": kind, "dtype": dtype, "shape": shape, "offset": offset})
        self.descriptor = _shared_file(max(size, _PAGE_BYTES))
        self._memory = mmap.mmap(self.descriptor, max(size, _PAGE_BYTES))
        self.layout: dict[str, Any] = {
            "size": max(size, _PAGE_BYTES),
            "inputs": entries[: len(inputs)],
            "outputs": entries[len(inputs) :],
        }
        self._inputs = [self._view(entry) for entry in self.layout["inputs"]]
        self._outputs = [self._view(entry) for entry in self.layout["outputs"]]

    def reveal(self, inputs: Inputs) -> None:
        """Write fresh inputs and poison the outputs, so that nothing of an earlier call can pass for an answer."""
        for cell, value in zip(self._inputs, inputs, strict=True):
            cell[...] = value
        for output in self._outputs:
            output.fill(poison(output.dtype))

    def copy_outputs(self) -> Outputs:
        """The outputs as they stand now."""
        return tuple(output.copy() for output in self._outputs)

    def release(self) -> None:
        """Give the pages back to the system, of both mappings; whoever touches them next gets new ones.

        In a round everyone but the worker whose turn it is stands still: their buffers together would be many times the memory
        of one. The next `reveal` writes all of it anew, and the turn's first call, which does not count, maps it anew.
        """
        if sys.platform == "linux" and self.layout["size"] >= _MUCH_BYTES:
            self._memory.madvise(mmap.MADV_REMOVE)

    def close(self) -> None:
        """Let go of the descriptor; the pages go with the last mapping."""
        self._inputs.clear()
        self._outputs.clear()
        os.close(self.descriptor)

    def _view(self, entry: dict[str, Any]) -> NDArray[Any]:
        count = int(np.prod(entry["shape"], dtype=np.int64))
        flat = np.frombuffer(self._memory, entry["dtype"], count, entry["offset"]) if count else np.empty(0, entry["dtype"])
        return flat.reshape(entry["shape"])


def signature_of(inputs: Inputs, outputs: Sequence[ArraySpec]) -> Signature:
    """Kind, dtype and shape of each input and output: calls of equal signature share an arena."""
    described = [_describe(value) for value in inputs]
    described += [("array", np.dtype(spec.dtype).str, tuple(spec.shape)) for spec in outputs]
    return tuple(described)


def poison(dtype: np.dtype[Any]) -> float | int:
    """A value that no right answer holds: NaN, or the smallest integer (the largest of an unsigned type).

    Raises:
        GraderError: the dtype has no such value (bool), so that an output that was never written could pass for an answer.
    """
    if dtype.kind in "fc":
        return float("nan")
    if dtype.kind not in "iu":
        raise GraderError(f"a task's output cannot have dtype {dtype}; declare an integer or a floating-point type")
    limits = np.iinfo(dtype)
    return int(limits.max if dtype.kind == "u" else limits.min)


def _describe(value: Value) -> tuple[str, str, tuple[int, ...]]:
    if isinstance(value, np.ndarray):
        return "array", value.dtype.str, value.shape
    kind = type(value).__name__
    if kind not in _SCALAR_DTYPES:
        raise GraderError(f"a task's input is a {kind}; inputs are NumPy arrays, int, float, complex or bool")
    return kind, _SCALAR_DTYPES[kind], (1,)


def _shared_file(size: int) -> int:
    """A descriptor of `size` bytes of memory that two processes can map."""
    if sys.platform == "linux":
        import fcntl

        descriptor = os.memfd_create("arena", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, size)
        fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)
        return descriptor
    with tempfile.TemporaryFile() as file:
        descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, size)
    return descriptor
