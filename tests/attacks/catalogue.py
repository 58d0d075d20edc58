"""The catalogue of attacks on autograders, and what covers each phrase of it."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.attacks.corpus import FOLDER, Entry

FILE = FOLDER / "catalogue.toml"


@dataclass(frozen=True)
class Phrase:
    """One kind of attack; where no file of the corpus covers it, it is tested elsewhere, or open for a reason."""

    id: str
    text: str
    tested_by: str | None = None
    open: str | None = None


def load_catalogue(path: Path = FILE) -> tuple[Phrase, ...]:
    """Every phrase, in the catalogue's order; TypeError for a key that is none."""
    return tuple(Phrase(**fields) for fields in tomllib.loads(path.read_text(encoding="utf-8"))["phrases"])


def covering(phrase: Phrase, entries: Sequence[Entry]) -> list[str]:
    """The files that stand for a phrase: their headers hold it, or words of it."""
    return [entry.name for entry in entries if any(words in phrase.text for words in entry.covers)]


def unknown_words(entries: Sequence[Entry], phrases: Sequence[Phrase]) -> list[str]:
    """What headers say that they cover, and no phrase holds."""
    return [
        f"{entry.name}: {words}"
        for entry in entries
        for words in entry.covers
        if not any(words in phrase.text for phrase in phrases)
    ]
