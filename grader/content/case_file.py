"""A saved case: the inputs that a submission failed on, as `.npz`, there and back. What is read may come from anybody."""

import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from grader.content.task import Inputs

_LIMIT_BYTES = 1 << 30
"""Of all arrays of a case together; the largest case of a task takes a few hundred megabytes."""
_MOST_MEMBERS = 100
_NUMBERS = "biufc"
_TEXT = "U"
_NOT_PORTABLE = "gG"
"""NumPy's long doubles: no task's inputs."""
_TEXT_LIMIT_BYTES = 4000
_ARRAY = ".npy"
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""What NumPy writes; other methods have memory needs and errors of their own."""


class NotACaseError(Exception):
    """Why a file is no saved case; the text continues the sentence that the file's path begins."""


@dataclass(frozen=True)
class SavedCase:
    """What stands in the file."""

    task: str
    case: str
    values: tuple[NDArray[Any], ...]
    """The inputs in order; a scalar is an array without dimensions."""


def write_case(path: Path, task: str, case: str, inputs: Inputs) -> None:
    """Write a case as `input_0`, `input_1`, … beside the names of the task and the case."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {f"input_{number}": np.asarray(value) for number, value in enumerate(inputs)}
    np.savez(path, allow_pickle=False, task=np.asarray(task), case=np.asarray(case), **arrays)


def read_case(path: Path, inputs: int) -> SavedCase:
    """A case with this many inputs. Nothing is unpickled, and no more is read than the file says that it holds.

    Raises:
        NotACaseError: the file is something else, damaged, or too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            return SavedCase(
                task=_text(archive, members, "task"),
                case=_text(archive, members, "case"),
                values=tuple(_array(archive, members, f"input_{number}", _NUMBERS) for number in range(inputs)),
            )
    except _DAMAGED as error:
        raise NotACaseError(f"is not a case file as `grader` writes them ({type(error).__name__})") from None


_DAMAGED = (
    *(OSError, EOFError, KeyError, ValueError, TypeError, IndexError, MemoryError, OverflowError, RecursionError, SyntaxError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError, NotImplementedError, RuntimeError),
)
"""What `zipfile` and NumPy's header parser raise for bytes that are none of theirs."""


def _members(archive: zipfile.ZipFile) -> Mapping[str, zipfile.ZipInfo]:
    """By name without the ending; what each unpacks to is bounded by the size that is summed here."""
    members = archive.infolist()
    if any(member.compress_type not in _COMPRESSIONS for member in members):
        raise ValueError("compression")
    size_bytes = sum(member.file_size for member in members)
    if len(members) > _MOST_MEMBERS or size_bytes > _LIMIT_BYTES:
        raise NotACaseError(f"is too large for a case: at most {_LIMIT_BYTES >> 20} MiB are read")
    return {member.filename.removesuffix(_ARRAY): member for member in members if member.filename.endswith(_ARRAY)}


def _text(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str) -> str:
    array = _array(archive, members, name, _TEXT)
    if array.ndim or array.nbytes > _TEXT_LIMIT_BYTES:
        raise ValueError(name)
    return str(array)


def _array(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, kinds: str) -> NDArray[Any]:
    """One array, whose header must not promise more than its member holds: NumPy would make room for it first."""
    with archive.open(members[name]) as file:
        shape, fortran_order, dtype = _header(file)
        if dtype.kind not in kinds or dtype.char in _NOT_PORTABLE or dtype.itemsize > _TEXT_LIMIT_BYTES:
            raise ValueError(name)
        content = file.read()
    count = 1
    for length in shape:
        count *= length
    if min(shape, default=0) < 0 or count * dtype.itemsize != len(content):
        raise ValueError(name)
    array = np.frombuffer(content, dtype) if count else np.empty(0, dtype)
    return array.reshape(shape, order="F" if fortran_order else "C").copy()


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
    shape, fortran_order, dtype = read(file)
    return shape, fortran_order, dtype
