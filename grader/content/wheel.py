"""A wheel, the archive that `pip install` takes: the same bytes for the same files, wherever and whenever it is made.

The format is that of the Python Packaging User Guide ("Binary distribution format", "Core metadata specifications"). Nothing is
compressed, since what a compressor gives depends on its version; and no file has a date.
"""

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

_NO_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip can say."""
_UNIX = 3
_READABLE_FILE = 0o100644
_TAG = "py3-none-any"


@dataclass(frozen=True)
class Distribution:
    """What an archive says of itself."""

    name: str
    version: str
    summary: str
    requires_python: str
    requires: tuple[str, ...]
    """What has to be installed with it, as pip reads it: `numpy>=1.26`."""
    readme: str
    """Markdown."""
    commands: Mapping[str, str]
    """What each installed command runs: `{"grader": "grader.cli.app:main"}`."""

    @property
    def file_name(self) -> str:
        """As pip wants it."""
        return f"{self._escaped_name}-{self.version}-{_TAG}.whl"

    @property
    def info_folder(self) -> str:
        """Where in the archive these facts are."""
        return f"{self._escaped_name}-{self.version}.dist-info"

    @property
    def _escaped_name(self) -> str:
        return re.sub(r"[-_.]+", "_", self.name).lower()


def wheel(distribution: Distribution, files: Mapping[str, bytes]) -> bytes:
    """The archive's bytes; `files` are the packages, by their path in it."""
    info = distribution.info_folder
    commands = "".join(f"{name} = {target}\n" for name, target in distribution.commands.items())
    everything = {
        **files,
        f"{info}/METADATA": _metadata(distribution).encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: hppl-grader\nRoot-Is-Purelib: true\nTag: {_TAG}\n".encode(),
        f"{info}/entry_points.txt": f"[console_scripts]\n{commands}".encode(),
    }
    record = "".join(f"{path},{_digest(content)},{len(content)}\n" for path, content in sorted(everything.items()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path, content in (*sorted(everything.items()), (f"{info}/RECORD", f"{record}{info}/RECORD,,\n".encode())):
            archive.writestr(_entry(path), content)
    return packed.getvalue()


def _metadata(distribution: Distribution) -> str:
    fields = [
        ("Metadata-Version", "2.1"),
        ("Name", distribution.name),
        ("Version", distribution.version),
        ("Summary", distribution.summary),
        ("Requires-Python", distribution.requires_python),
        *(("Requires-Dist", one) for one in distribution.requires),
        ("Description-Content-Type", "text/markdown; charset=UTF-8"),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields) + f"\n{distribution.readme}"


def _digest(content: bytes) -> str:
    return f"sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()}"


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _NO_DATE)
    entry.create_system = _UNIX
    entry.external_attr = _READABLE_FILE << 16
    return entry
