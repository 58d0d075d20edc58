"""Measured values as text: three digits, and the unit that suits them."""

from collections.abc import Sequence

ABSENT = "–"
"""What stands where there is no value."""

_TIME_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9), ("ps", 1e-12))
_RATE_UNITS = (("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3), ("", 1.0))
_MEMORY_UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0))


def number_text(value: float, digits: int = 3) -> str:
    """`1.23`, `1230`, `0.0123`: so many digits, and no power of ten below a million."""
    return f"{float(f'{value:.{digits}g}'):g}"


def time_text(seconds: float | None) -> str:
    """`12.3 ms`."""
    if seconds is None:
        return ABSENT
    return _in_units(seconds, _TIME_UNITS) if seconds >= _TIME_UNITS[-1][1] else "0 s"


def count_text(count: float, unit: str) -> str:
    """`1.23 G flop`."""
    return f"{_in_units(count, _RATE_UNITS)} {unit}"


def rate_text(units_per_s: float | None, unit: str) -> str:
    """`1.23 G flop/s`."""
    if units_per_s is None:
        return ABSENT
    return f"{count_text(units_per_s, unit)}/s"


def memory_text(size_bytes: int | None) -> str:
    """`12.3 MB` (10⁶ bytes)."""
    return ABSENT if size_bytes is None else _in_units(size_bytes, _MEMORY_UNITS)


def _in_units(value: float, units: Sequence[tuple[str, float]]) -> str:
    """Three digits and the largest unit that fits what is left after rounding: 999.7 ms is 1 s."""
    rounded = float(f"{value:.3g}")
    unit, factor = next(((unit, factor) for unit, factor in units if rounded >= factor), units[-1])
    number = rounded / factor
    return f"{number:.3g} {unit}".rstrip() if number < 1000 else f"{number:.0f} {unit}"  # noqa: PLR2004 -- no larger unit
