"""What submissions compiled, kept in a temporary file: a large class's machine code is no load on the parent's memory."""

import tempfile
import weakref
from collections.abc import Iterator, MutableMapping


class CompiledFunctions(MutableMapping[str, bytes]):
    """The compiled functions of each submission, by content hash. The file has no name, and goes with this object."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as this object
        weakref.finalize(self, self._file.close)
        self._places: dict[str, tuple[int, int]] = {}
        """Of each, where it starts and how long it is."""

    def __getitem__(self, content_hash: str) -> bytes:
        start, size_bytes = self._places[content_hash]
        self._file.seek(start)
        return self._file.read(size_bytes)

    def __contains__(self, content_hash: object) -> bool:
        return content_hash in self._places

    def __setitem__(self, content_hash: str, functions: bytes) -> None:
        start = self._file.seek(0, 2)
        self._file.write(functions)
        self._places[content_hash] = (start, len(functions))

    def __delitem__(self, content_hash: str) -> None:
        del self._places[content_hash]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
