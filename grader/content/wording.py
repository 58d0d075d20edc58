"""Names and lists in messages: safe to print, and short however much there is."""

from collections.abc import Iterable

_NAMES_LISTED = 8


def shown(text: str) -> str:
    """A student's text, safe to print: what is not printable becomes `·`, one for one."""
    return "".join(character if character.isprintable() else "·" for character in text)


def listed(names: Iterable[str]) -> str:
    """`a, b and c`; at most a few names, so that a message stays one."""
    every = list(names)
    more = [f"{len(every) - _NAMES_LISTED} more"] if len(every) > _NAMES_LISTED else []
    *first, last = [*every[:_NAMES_LISTED], *more]
    return f"{', '.join(first)} and {last}" if first else last
