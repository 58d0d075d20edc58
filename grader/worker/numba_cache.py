"""Keep a submission's compiled Numba functions from one run to the next, as bytes that only this submission gets back."""

import contextlib
import gc
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

CACHE_LIMIT_BYTES = 32 << 20
_ENTRY = struct.Struct("<II")


def enable(folder: str) -> None:
    """Let every Numba function of the modules under `folder` use the on-disk cache."""
    dispatcher_module = sys.modules.get("numba.core.dispatcher")
    if dispatcher_module is None:
        return
    for module in list(sys.modules.values()):
        if str(getattr(module, "__file__", None) or "").startswith(folder):
            for value in list(vars(module).values()):
                if _is_a(value, dispatcher_module.Dispatcher):
                    _enable_one(value)


def _enable_one(dispatcher: object) -> None:
    """Some functions cannot be cached (made by exec, or defined in a lambda): they are compiled anew in each run."""
    try:
        dispatcher.enable_caching()  # type: ignore[attr-defined]  # Numba carries no types
    except (RuntimeError, AttributeError, OSError):
        return


def compiled_count(folder: str) -> int:
    """How many Numba functions of the code under `folder` have been compiled, those made within other functions included."""
    dispatcher_module = sys.modules.get("numba.core.dispatcher")
    if dispatcher_module is None:
        return 0
    return sum(
        bool(found.signatures) and found.py_func.__code__.co_filename.startswith(folder)
        for found in gc.get_objects()
        if _is_a(found, dispatcher_module.Dispatcher)
    )


def _is_a(value: object, kind: type) -> bool:
    """Without asking the object, as `isinstance` does: the proxy of a weak reference that is gone would raise."""
    return issubclass(type(value), kind)


def pack(folder: Path) -> bytes:
    """All files under `folder`, as one byte string of at most `CACHE_LIMIT_BYTES` (the rest is left out)."""
    parts: list[bytes] = []
    size = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = os.fsencode(path.relative_to(folder))
            content = path.read_bytes()
            size += _ENTRY.size + len(name) + len(content)
            if size > CACHE_LIMIT_BYTES:
                break
            parts += [_ENTRY.pack(len(name), len(content)), name, content]
    return b"".join(parts)


def unpack(packed: bytes, folder: Path) -> None:
    """Write what `pack` made back under `folder`; what another made is written nowhere else, and may be left out."""
    for name, content in _entries(packed):
        if {"", ".", ".."}.isdisjoint(name.split("/")) and "\0" not in name:
            path = folder / name
            with contextlib.suppress(OSError):  # a name that is too long, or a file where a folder should be
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)


def _entries(packed: bytes) -> Iterator[tuple[str, bytes]]:
    position = 0
    while position + _ENTRY.size <= len(packed):
        name_length, content_length = _ENTRY.unpack_from(packed, position)
        position += _ENTRY.size
        name = os.fsdecode(packed[position : position + name_length])
        position += name_length
        yield name, packed[position : position + content_length]
        position += content_length
