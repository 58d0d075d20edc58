"""Names for what is handed out: pseudonyms that only the course can undo, and file names that every system takes."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from grader.content.upload_names import name_fault

_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aeiou"
_SYLLABLES = len(_CONSONANTS) * len(_VOWELS)
_WORDS, _SYLLABLES_OF_A_WORD = 2, 3
"""2.6 · 10¹¹ names: that two of 1,000 students share one has a chance of 2 in a million."""
_DIGEST_CHARACTERS = 10
_LONGEST_NAME = 80


def pseudonym(secret: bytes, author: str) -> str:
    """`bakotu-lemisa`: the same as long as the secret is, and without the secret nobody can try names out on it."""
    number = int.from_bytes(hmac.digest(secret, author.encode("utf-8", "surrogatepass"), "sha256"))
    syllables = []
    for _ in range(_WORDS * _SYLLABLES_OF_A_WORD):
        number, index = divmod(number, _SYLLABLES)
        syllables.append(_CONSONANTS[index % len(_CONSONANTS)] + _VOWELS[index // len(_CONSONANTS)])
    words = [
        "".join(syllables[start : start + _SYLLABLES_OF_A_WORD]) for start in range(0, len(syllables), _SYLLABLES_OF_A_WORD)
    ]
    return "-".join(words)


def file_names(authors: Iterable[str]) -> dict[str, str]:
    """The author's name plus `.html` where that can be a file's anywhere; otherwise what is left of it, and a digest."""
    every = sorted(set(authors))
    folded = [author.casefold() for author in every]
    return {author: _file_name(author, is_alone=folded.count(author.casefold()) == 1) for author in every}


def _file_name(author: str, *, is_alone: bool) -> str:
    plain = re.sub(r"[^\w. -]", "_", author)[:_LONGEST_NAME].strip(". ")
    if is_alone and plain == author and not author.startswith("-") and name_fault(author) is None:
        return f"{author}.html"
    digest = hashlib.sha256(author.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_CHARACTERS]
    return f"author_{plain}_{digest}.html"
