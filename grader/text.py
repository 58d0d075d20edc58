"""Text in messages: what comes from outside made harmless and short, and lists of names.

Everything that a student can write (names of files and folders, messages, tracebacks, prints, source) is text and nothing else:
it passes through `harmless` or `harmless_line` where it is shown, and through `shortened` where it is kept. JSON escapes by
itself, and the pictures are made of what `harmless` gives.
"""

import shlex
import unicodedata
from collections.abc import Iterable, Mapping

MESSAGE_LIMIT_CHARACTERS = 10_000
"""Of a message that is kept, in the store and in JSON."""
SHOWN_LIMIT_CHARACTERS = 4000
SHOWN_LIMIT_LINES = 60
"""Of a text that is shown among others."""
LINE_LIMIT_CHARACTERS = 300
NAME_LIMIT_CHARACTERS = 60

_REMARK_LIMIT_CHARACTERS = 600
_REMARK_LIMIT_LINES = 5
_NAMES_LISTED = 8
_HARMFUL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode's: controls, formats (directions, zero widths), half surrogate pairs, private, unassigned, separators of lines."""
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by category that show nothing: two names could look the same."""
_LAYOUT = {"\n": "\n", "\t": "    "}
_MARKS = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
"""Accents on one letter; more of them are drawn over the lines around."""


def harmless(
    text: str, limit: int = SHOWN_LIMIT_CHARACTERS, lines: int = SHOWN_LIMIT_LINES, all_of_it: str | None = None
) -> str:
    """A text of several lines, safe to show: what steers a terminal becomes an escape, the middle of too much is left out.

    Args:
        text: from outside.
        limit: characters shown.
        lines: lines shown.
        all_of_it: how to see the rest, told where something is left out.
    """
    if len(text) <= limit and text.count("\n") < lines:
        whole = "".join(_pieces(text))
        if len(whole) <= limit:
            return whole
    beginning = _fitting(_pieces(text[:limit]), 2 * limit // 3, 2 * lines // 3)
    end = _fitting(reversed(_pieces(text[-limit:])), limit // 3, lines // 3)[::-1]
    rest = f"; all of it: {harmless_line(all_of_it)}" if all_of_it else ""
    note = f"… {len(text) - len(beginning) - len(end):,} characters left out{rest} …"
    return "\n".join(["".join(beginning), note, "".join(end)])


def harmless_remark(text: str) -> str:
    """One of many short texts, such as a flag; the same as `harmless`, with less room."""
    return harmless(text, _REMARK_LIMIT_CHARACTERS, _REMARK_LIMIT_LINES)


def harmless_line(text: str, limit: int = LINE_LIMIT_CHARACTERS) -> str:
    """A text in one line, safe to show; line ends become escapes, too."""
    pieces = _pieces(text[: limit + 1], {})
    whole = "".join(pieces)
    return whole if len(whole) <= limit else "".join(_fitting(pieces, limit - 1, 1)) + "…"


def harmless_name(name: str) -> str:
    """A name in a table; one without an end would push away what stands beside it."""
    return harmless_line(name, NAME_LIMIT_CHARACTERS)


def shortened(text: str, limit: int = MESSAGE_LIMIT_CHARACTERS) -> str:
    """A text to be kept: its beginning, that something is missing, and its end; in characters that every file takes."""
    if len(text) > limit:
        half = max(limit // 2 - 30, 1)
        text = f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out …\n{text[-half:]}"
    return text.encode("utf-8", "backslashreplace").decode()


def command(words: str, *names: str, options: str = "") -> str:
    """`grader show 'a b'`: a command to be copied, in which names from outside are names and nothing else."""
    quoted = [shlex.quote(name) for name in names]
    given = [options] if options else []
    if any(name.startswith("-") for name in names):
        return " ".join([words, *given, "--", *quoted])
    return " ".join([words, *quoted, *given])


def listed(names: Iterable[str]) -> str:
    """`a, b and c`; at most a few names, so that a message stays one."""
    every = [shortened_name(name) for name in names]
    more = [f"{len(every) - _NAMES_LISTED} more"] if len(every) > _NAMES_LISTED else []
    *first, last = [*every[:_NAMES_LISTED], *more]
    return f"{', '.join(first)} and {last}" if first else last


def shortened_name(name: str, limit: int = LINE_LIMIT_CHARACTERS) -> str:
    """A name within a message, cut where it has no end."""
    return name if len(name) <= limit else f"{name[: limit - 1]}…"


def _pieces(text: str, kept: Mapping[str, str] = _LAYOUT) -> list[str]:
    """What is shown for each character; those of `kept` are harmless here."""
    if text.isascii() and text.isprintable():
        return list(text)
    pieces: list[str] = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character in kept:
            pieces.append(kept[character])
        elif category in _HARMFUL_CATEGORIES or character in _INVISIBLE_LETTERS or marks > _MOST_MARKS:
            pieces.append(_escape(character))
        else:
            pieces.append(character)
    return pieces


def _fitting(pieces: Iterable[str], limit: int, lines: int) -> list[str]:
    """As many pieces as fit."""
    fitting: list[str] = []
    characters = line_ends = 0
    for piece in pieces:
        characters += len(piece)
        line_ends += piece == "\n"
        if characters > limit or line_ends >= lines:
            break
        fitting.append(piece)
    return fitting


def _escape(character: str) -> str:
    return f"\\x{ord(character):02x}" if character.isascii() else character.encode("ascii", "backslashreplace").decode()
