"""The nearest known name, for every message about an unknown one."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, ignoring case; None where nothing is close."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    matches = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)`, or the list of what is known where nothing is close."""
    names = sorted(known)
    match = nearest(name, names)
    if match is not None:
        return f" (did you mean {match!r}?)"
    return f" (known: {', '.join(names)})" if names else ""
