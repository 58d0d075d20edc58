"""Values as one digest: by it a page knows later, in another process, that it would be made of the same again.

Equal values have equal digests. Whatever cannot be taken apart is refused, so that nothing a page is made of is passed over.
"""

import hashlib
import platform
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

_PAGES_ARE_MADE_BY = (".py", ".html", ".css", ".js")
_PLAIN = (bool, int, float, complex, type(None))
_PACKAGE = Path(__file__).resolve().parents[1]


def fingerprint(*values: object) -> str:
    """The digest of values and of the grader's own code, its templates among it.

    Args:
        values: Text, bytes, numbers, paths, dataclasses, and sequences, sets and mappings of them. The order of a mapping
            counts.

    Raises:
        TypeError: a value is of another kind.
    """
    digest = hashlib.sha256(_code().encode())
    for part in _parts(values):
        digest.update(part)
    return digest.hexdigest()


def _parts(value: object) -> Iterator[bytes]:
    """A value's bytes, from which no other value has the same."""
    if isinstance(value, str | Path):  # an enumeration's text is a str, too
        yield from _framed("text", str(value).encode("utf-8", "surrogatepass"))
    elif isinstance(value, bytes):
        yield from _framed("bytes", value)
    elif isinstance(value, _PLAIN):
        yield from _framed("plain", repr(value).encode())
    elif isinstance(value, np.generic):
        yield from _parts(value.item())
    elif is_dataclass(value) and not isinstance(value, type):
        yield from _framed(type(value).__qualname__, b"")
        yield from _several([getattr(value, one.name) for one in fields(value)])
    elif isinstance(value, Mapping):
        yield from _several([part for item in value.items() for part in item])
    elif isinstance(value, AbstractSet):
        yield from _several(sorted(b"".join(_parts(one)) for one in value))
    elif isinstance(value, Sequence):
        yield from _several(value)
    else:
        raise TypeError(f"a page is made of a {type(value).__qualname__}, of which there is no digest")


def _several(values: Sequence[object]) -> Iterator[bytes]:
    yield from _framed("several", str(len(values)).encode())
    for value in values:
        yield from _parts(value)


def _framed(kind: str, content: bytes) -> Iterator[bytes]:
    yield f"{kind} {len(content)} ".encode()
    yield content


@cache
def _code() -> str:
    """The digest of all that makes a page of the same values: this grader's code, its templates, and what they run on."""
    digest = hashlib.sha256(f"{platform.python_version()} {version('jinja2')}".encode())
    for path in sorted(one for one in _PACKAGE.rglob("*") if one.suffix in _PAGES_ARE_MADE_BY):
        for part in _several([path.relative_to(_PACKAGE).as_posix(), path.read_bytes()]):
            digest.update(part)
    return digest.hexdigest()
