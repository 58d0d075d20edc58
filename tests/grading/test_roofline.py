"""The roofline: the least time of a call is that of its operations or of its bytes, whichever takes longer."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.roofline import Bottleneck, Limit, limit, limit_of
from grader.machine import Bandwidth, Peaks
from grader.records import CheckResult
from grader.verdicts import Verdict

PEAKS = Peaks(
    flop_per_s=1e11,
    bandwidths=(
        Bandwidth(10_000, 4e11, 2e11, 3e11, "L1"),
        Bandwidth(1_000_000, 2e11, 1e11, 1e11, "L2"),
        Bandwidth(100_000_000, 4e10, 2e10, 3e10, "memory"),
    ),
    together=Peaks(3e11, (Bandwidth(40_000, 1e12, 8e11, 1e12, "L1"), Bandwidth(100_000_000, 5e10, 3e10, 4e10, "memory"))),
)
CHECK = CheckResult(
    Verdict.ACCEPTED, "correct", case_operations={"large": 1e9}, case_input_bytes={"large": 8}, case_output_bytes={"large": 80}
)


def test_much_arithmetic_on_few_bytes_is_limited_by_arithmetic() -> None:
    assert limit(1e9, 8_000, 8_000, 1, PEAKS) == Limit(1, 1e9, 8_000, 8_000, 0.01, Bottleneck.COMPUTE, None)


@pytest.mark.parametrize(
    ("read_bytes", "written_bytes", "seconds", "by", "level"),
    [
        (400_000_000, 100_000_000, 0.01, Bottleneck.READ, "memory"),
        (100_000_000, 200_000_000, 0.01, Bottleneck.WRITE, "memory"),
        (0, 2_000_000, 2e-5, Bottleneck.WRITE, "L2"),
        (8_000, 100, 2e-8, Bottleneck.READ, "L1"),
    ],
)
def test_little_arithmetic_is_limited_by_what_takes_longer_of_reading_and_writing(
    read_bytes: int, written_bytes: int, seconds: float, by: Bottleneck, level: str
) -> None:
    found = limit(10, read_bytes, written_bytes, 1, PEAKS)
    assert found.least_time_s == pytest.approx(seconds)
    assert (found.by, found.level) == (by, level)


def test_a_budget_of_several_cores_has_a_limit_of_its_own() -> None:
    assert limit(3e9, 0, 0, 4, PEAKS).least_time_s == pytest.approx(0.01)
    assert limit(0, 50_000_000_000, 0, 4, PEAKS).least_time_s == pytest.approx(1.0)


def test_there_is_none_where_no_operations_are_counted_or_the_machine_is_not_known() -> None:
    assert limit_of(CHECK, "large", 1, PEAKS) == limit(1e9, 8, 80, 1, PEAKS)
    assert limit_of(CHECK, "large", 1, None) is None
    assert limit_of(CHECK, None, 1, PEAKS) is None
    assert limit_of(replace(CHECK, case_operations={}), "large", 1, PEAKS) is None


sizes = st.integers(1, 1 << 34)


@given(st.floats(1, 1e15), sizes, sizes)
def test_the_point_of_a_call_at_its_limit_lies_on_the_roof_of_the_picture(
    operations: float, read_bytes: int, written_bytes: int
) -> None:
    """Under the ceiling of arithmetic and the slope of some memory, and on one of them where one memory holds all."""
    found = limit(operations, read_bytes, written_bytes, 1, PEAKS)
    speed = operations / found.least_time_s
    slopes = [found.intensity * found.bytes_per_s(memory) for memory in PEAKS.bandwidths]
    assert speed <= min(PEAKS.flop_per_s, max(slopes)) * (1 + 1e-9)
    if PEAKS.nearest(read_bytes) == PEAKS.nearest(written_bytes):
        slope = slopes[PEAKS.bandwidths.index(PEAKS.nearest(read_bytes))]
        assert speed == pytest.approx(min(PEAKS.flop_per_s, slope))


@given(st.floats(1, 1e15), sizes, sizes)
def test_nothing_that_stays_within_the_peaks_is_beyond_the_limit(
    operations: float, read_bytes: int, written_bytes: int
) -> None:
    one_after_the_other_s = (
        operations / PEAKS.flop_per_s
        + read_bytes / PEAKS.read_bytes_per_s(read_bytes)
        + written_bytes / PEAKS.write_bytes_per_s(written_bytes)
    )
    assert limit(operations, read_bytes, written_bytes, 1, PEAKS).least_time_s <= one_after_the_other_s
