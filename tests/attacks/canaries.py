"""Canaries: secrets that are planted wherever an attack may look, so that a leak is seen, whatever it is dressed as."""

import base64
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from grader.content.task import Outputs

PREFIX = "CANARY-"
"""What attacks look for; a leak is the rest of it."""
VARIABLE = "GRADER_CANARY"
FILE_PREFIX = ".attack-canary-"
PLACES = ("reference", "checker", "results", "neighbour", "environment", "home", "tmp", "shm", "user", "memory")

_MOST_NUMBERS = 1 << 20


@dataclass(frozen=True)
class Canaries:
    """The values of one run of the corpus: `CANARY-<token>-<place>`."""

    token: str

    @classmethod
    def fresh(cls) -> "Canaries":
        """A token that nobody can guess."""
        return cls(secrets.token_hex(16))

    def value(self, place: str) -> str:
        """What is planted in one place."""
        return f"{PREFIX}{self.token}-{place}"

    def leaks_in(self, data: bytes) -> frozenset[str]:
        """Where what is seen in `data` was taken from; `somewhere` where its form does not say."""
        if not any(form in data for form in self._forms):
            return frozenset()
        places = {place for place in PLACES if self.value(place).encode() in data}
        return frozenset(places or {"somewhere"})

    def leaks_in_outputs(self, outputs: Outputs) -> frozenset[str]:
        """The same for an answer: as its bytes, and as numbers that are character codes."""
        found: frozenset[str] = frozenset()
        for output in outputs:
            array = np.asarray(output)
            found |= self.leaks_in(array.tobytes())
            if 0 < array.size <= _MOST_NUMBERS and array.dtype.kind in "iuf":
                found |= self.leaks_in(_as_codes(array.ravel()))
        return found

    @cached_property
    def _forms(self) -> tuple[bytes, ...]:
        token = self.token.encode()
        forms = [token, token.upper(), token[::-1], token.hex().encode(), token.hex().upper().encode()]
        forms += [token[::-1].hex().encode(), self.token.encode("utf-16-le"), self.token.encode("utf-32-le")]
        forms += [bytes.fromhex(self.token)]
        for skipped in range(3):  # the three ways in which text can stand in base64, without the characters at the borders
            for encode in (base64.b64encode, base64.urlsafe_b64encode):
                forms.append(encode(bytes(skipped) + token)[4 : 4 * (len(token) // 3)])
        return tuple(forms)


def _as_codes(numbers: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    with np.errstate(all="ignore"):
        codes = numbers.astype(np.uint8)
        return bytes(codes[(codes == numbers) & (codes > 0)])


@contextmanager
def planted(canaries: Canaries, course: Path, home: Path) -> Iterator[bytes]:
    """Plant one in every place; all are taken away again. Yields the one in memory, which the caller keeps alive."""
    _append(course.glob("reference/*/*.py"), f"# {canaries.value('reference')}")
    _append(course.glob("tasks/*/task.py"), f"COURSE_NOTE = {canaries.value('checker')!r}")
    _write(course / "results" / "results.sqlite", canaries.value("results"))
    _write(course / "results" / "cases" / "bob" / "julia.npz", canaries.value("results"))
    _write(course / "submissions" / "bob" / "julia.py", f"# {canaries.value('neighbour')}\n")
    _write(home / ".ssh" / "id_ed25519", canaries.value("home"))
    with ExitStack() as undo:
        for place, folder in (("tmp", Path("/tmp")), ("shm", Path("/dev/shm")), ("user", Path.home())):  # noqa: S108 -- where attacks look
            path = folder / f"{FILE_PREFIX}{os.getpid()}"
            _write(path, canaries.value(place))
            path.chmod(0o644)
            undo.callback(path.unlink, missing_ok=True)
        os.environ[VARIABLE] = canaries.value("environment")
        undo.callback(os.environ.pop, VARIABLE, None)
        yield canaries.value("memory").encode()


def _append(paths: Iterator[Path], line: str) -> None:
    for path in paths:
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
