"""How figures are written: three digits, the unit that suits them, and text from outside made harmless."""

import unicodedata
from collections.abc import Sequence
from math import isinf

_TIME_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12))
_RATE_UNITS = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0))
_MEMORY_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0))
_ABSENT = "–"
_WIDE = 0.5
"""An interval that reaches further than this share of its middle is written as an interval."""


def time_text(seconds: float | None) -> str:
    """`12.3 ms`."""
    if seconds is None:
        return _ABSENT
    return _in_units(seconds, _TIME_UNITS) if seconds >= _TIME_UNITS[-1][1] else "0 s"


def rate_text(units_per_s: float | None, unit: str) -> str:
    """`1.23 G flop/s`."""
    if units_per_s is None:
        return _ABSENT
    return f"{_in_units(units_per_s, _RATE_UNITS)} {unit}/s"


def memory_text(size_bytes: int | None) -> str:
    """`12.3 MB` (10⁶ bytes)."""
    return _ABSENT if size_bytes is None else _in_units(size_bytes, _MEMORY_UNITS)


def _in_units(value: float, units: Sequence[tuple[str, float]]) -> str:
    """Three digits and the largest unit that fits what is left after rounding: 999.7 ms is 1 s."""
    rounded = float(f"{value:.3g}")
    unit, factor = next(((unit, factor) for unit, factor in units if rounded >= factor), units[-1])
    number = rounded / factor
    return f"{number:.3g} {unit}".rstrip() if number < 1000 else f"{number:.0f} {unit}"  # noqa: PLR2004 -- no larger unit


def points_text(points: float | None, max_points: float | None) -> str:
    """`3.5 / 7`; a dash where nothing has been decided yet."""
    if max_points is None:
        return _ABSENT
    return f"{_ABSENT if points is None else f'{points:g}'} / {max_points:g}"


def speedup_text(speedup: float | None, low: float | None, high: float | None) -> str:
    """`1.23 × ±1.4 %`, or the interval itself where it is wide."""
    if speedup is None or low is None or high is None:
        return _ABSENT
    if low == 0 or isinf(high):
        return f"{speedup:.3g} × (no interval yet)"
    half_width = max(high / speedup, speedup / low) - 1
    if half_width > _WIDE:
        return f"{speedup:.3g} × ({low:.3g} to {high:.3g})"
    return f"{speedup:.3g} × ±{100 * half_width:.2g} %"


def harmless(text: str, limit: int = 20_000) -> str:
    """Untrusted text as text: control and direction characters become escapes, tabs spaces, the rest is cut at `limit`."""
    cut = text[:limit] + (f"\n… {len(text) - limit} characters left out" if len(text) > limit else "")
    return "".join(_shown(character) for character in cut.expandtabs(4))


def _shown(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return character
    return f"\\x{ord(character):02x}" if character.isascii() else character.encode("ascii", "backslashreplace").decode()
