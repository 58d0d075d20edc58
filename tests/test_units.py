"""Measured values as text: three digits, the unit that suits them, a dash where there is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.units import memory_text, number_text, rate_text, time_text

TIME_UNITS = {"ps": 1e-12, "ns": 1e-9, "µs": 1e-6, "ms": 1e-3, "s": 1.0}
RATE_UNITS = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
MEMORY_UNITS = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9}


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(1.2345, 3, "1.23"), (1234.5, 3, "1230"), (550.4, 2, "550"), (0.00234, 2, "0.0023"), (999.6, 3, "1000"), (0.0, 3, "0")],
)
def test_a_number_has_its_digits_and_no_power_of_ten(value: float, digits: int, text: str) -> None:
    assert number_text(value, digits) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.0, "0 s"),
        (1e-15, "0 s"),
        (0.0123, "12.3 ms"),
        (4.56e-7, "456 ns"),
        (1.0, "1 s"),
        (0.9996, "1 s"),
        (0.9994, "999 ms"),
        (9.999e-4, "1 ms"),
        (12.34, "12.3 s"),
        (1234.0, "1230 s"),
    ],
)
def test_a_time_has_three_digits_and_the_unit_that_suits_it(seconds: float | None, text: str) -> None:
    assert time_text(seconds) == text


@pytest.mark.parametrize(
    ("rate", "text"),
    [(None, "–"), (1.234e9, "1.23 G flop/s"), (999.9e6, "1 G flop/s"), (12.0, "12 flop/s"), (0.0123, "0.0123 flop/s")],
)
def test_a_rate_has_its_unit_of_work(rate: float | None, text: str) -> None:
    assert rate_text(rate, "flop") == text


@pytest.mark.parametrize(
    ("size_bytes", "text"),
    [(None, "–"), (0, "0 B"), (999, "999 B"), (12_345, "12.3 kB"), (999_999, "1 MB"), (2**31, "2.15 GB")],
)
def test_memory_counts_in_powers_of_ten(size_bytes: int | None, text: str) -> None:
    assert memory_text(size_bytes) == text


def value_of(text: str, units: dict[str, float]) -> tuple[float, list[str]]:
    """What a text says, and its unit's place among the units."""
    number, _, unit = text.partition(" ")
    assert "e" not in number, text
    return float(number) * units[unit], list(units)[: list(units).index(unit)]


@settings(deadline=None)
@given(st.floats(1e-12, 1e6), st.floats(1, 1e3))
def test_a_longer_time_never_has_a_smaller_unit_and_reads_as_what_it_is(seconds: float, factor: float) -> None:
    value, below = value_of(time_text(seconds), TIME_UNITS)
    _, below_longer = value_of(time_text(seconds * factor), TIME_UNITS)
    assert value == pytest.approx(seconds, rel=0.0051)
    assert len(below) <= len(below_longer)


@settings(deadline=None)
@given(st.floats(1, 1e14), st.floats(1, 1e3))
def test_a_higher_rate_never_has_a_smaller_unit_and_reads_as_what_it_is(rate: float, factor: float) -> None:
    value, below = value_of(rate_text(rate, "").removesuffix("/s").strip(), RATE_UNITS)
    _, below_higher = value_of(rate_text(rate * factor, "").removesuffix("/s").strip(), RATE_UNITS)
    assert value == pytest.approx(rate, rel=0.0051)
    assert len(below) <= len(below_higher)


@settings(deadline=None)
@given(st.integers(0, 10**14), st.integers(0, 10**6))
def test_more_memory_never_has_a_smaller_unit_and_reads_as_what_it_is(size_bytes: int, more: int) -> None:
    value, below = value_of(memory_text(size_bytes), MEMORY_UNITS)
    _, below_more = value_of(memory_text(size_bytes + more), MEMORY_UNITS)
    assert value == pytest.approx(size_bytes, rel=0.0051)
    assert len(below) <= len(below_more)


@settings(deadline=None)
@given(st.floats())
def test_no_number_breaks_a_text(number: float) -> None:
    assert time_text(number)
    assert rate_text(number, "flop").endswith("flop/s")
