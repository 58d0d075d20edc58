"""Strong scaling: laws that are put in come out, and noise is told by the interval."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.grading.scaling import Scaling, amdahl, core_counts, karp_flatt, scaling, serial_share

COUNTS = (1, 2, 4, 8)


def scores(serial: float, counts: tuple[int, ...] = COUNTS) -> dict[int, float]:
    return {cores: -math.log(amdahl(serial, cores)) for cores in counts}


def study(serial: float, runs: int = 3) -> Scaling:
    return scaling([scores(serial)] * runs, [0.0] * runs)


@given(st.floats(0, 1), st.lists(st.integers(2, 64), min_size=1, max_size=6, unique=True))
def test_amdahls_share_is_found_exactly_whatever_the_cores(serial: float, counts: list[int]) -> None:
    speedups = {cores: amdahl(serial, cores) for cores in (1, *counts)}
    assert serial_share(speedups) == pytest.approx(serial, abs=1e-9)
    for cores in counts:
        assert karp_flatt(speedups[cores], cores) == pytest.approx(serial, abs=1e-9)


def test_a_program_without_a_serial_part_has_full_efficiency_and_no_bound() -> None:
    found = study(0.0)
    assert [one.speedup.value for one in found.on_cores] == pytest.approx(COUNTS)
    assert [one.efficiency for one in found.on_cores] == pytest.approx([1, 1, 1, 1])
    assert found.serial.value == pytest.approx(0, abs=1e-12)
    assert scaling([{1: 0.0, 2: -math.log(2.2)}] * 3, [0.0] * 3).most_speedup is None, "faster than linear"


def test_a_program_that_uses_one_core_is_serial() -> None:
    found = study(1.0)
    assert [one.speedup.value for one in found.on_cores] == pytest.approx([1, 1, 1, 1])
    assert [one.efficiency for one in found.on_cores] == pytest.approx([1, 1 / 2, 1 / 4, 1 / 8])
    assert found.most_speedup == pytest.approx(1)


def test_a_tenth_that_is_serial_promises_ten_times_at_most() -> None:
    found = study(0.1)
    assert found.most_speedup == pytest.approx(10)
    assert found.on_cores[0].karp_flatt is None
    assert [one.karp_flatt.value for one in found.on_cores[1:] if one.karp_flatt] == pytest.approx([0.1, 0.1, 0.1])


def test_what_grows_with_the_cores_shows_in_karp_and_flatts_share() -> None:
    # T(p)/T(1) = 1/p + (p - 1)/100: nothing is serial, and each further core costs a hundredth.
    run = {cores: math.log(1 / cores + (cores - 1) / 100) for cores in COUNTS}
    shares = [one.karp_flatt.value for one in scaling([run] * 3, [0.0] * 3).on_cores if one.karp_flatt is not None]
    assert shares == pytest.approx([0.02, 0.04, 0.08])


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    generator = np.random.default_rng(7)
    trials, serial, speedup = 400, 0, 0
    for _ in range(trials):
        runs = [
            {cores: score + (generator.normal(0, 0.02) if cores > 1 else 0.0) for cores, score in scores(0.2).items()}
            for _ in range(5)
        ]
        found = scaling(runs, list(generator.normal(0, 0.02, 5)))
        for estimate, truth in ((found.serial, 0.2), (found.on_cores[-1].speedup, amdahl(0.2, 8))):
            assert estimate.low is not None
            assert estimate.high is not None
            held = estimate.low <= truth <= estimate.high
            serial += held and estimate is found.serial
            speedup += held and estimate is not found.serial
    assert 0.92 <= serial / trials <= 0.98
    assert 0.92 <= speedup / trials <= 0.98


def test_a_single_run_has_no_interval() -> None:
    found = study(0.5, runs=1)
    assert found.serial.value == pytest.approx(0.5)
    assert (found.serial.low, found.on_cores[1].speedup.high) == (None, None)
    assert not found.disturbed


def test_a_control_that_is_no_copy_any_more_tells_of_a_disturbance() -> None:
    steady, apart, scattered = [0.001, -0.001, 0.0], [0.1, 0.11, 0.105], [0.3, -0.2, 0.1]
    assert [scaling([scores(0.5)] * 3, control).disturbed for control in (steady, apart, scattered)] == [False, True, False]


@pytest.mark.parametrize(
    ("most", "counts"),
    [(1, (1,)), (2, (1, 2)), (3, (1, 2, 3)), (4, (1, 2, 3, 4)), (6, (1, 2, 3, 4, 6)), (16, (1, 2, 3, 4, 8, 16))],
)
def test_few_cores_are_all_measured_and_many_by_doubling(most: int, counts: tuple[int, ...]) -> None:
    assert core_counts(most) == counts


@given(st.integers(1, 1000))
def test_one_core_and_all_cores_are_always_among_them(most: int) -> None:
    counts = core_counts(most)
    assert (counts[0], counts[-1]) == (1, most)
    assert list(counts) == sorted(set(counts))
