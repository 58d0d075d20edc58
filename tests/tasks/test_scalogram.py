"""The scalogram: its checker accepts what is right and rejects what is wrong, and its texts say what is so."""

from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.task import Array, Case, Difference, Inputs, Mistake
from tests.tasks.task_under_test import (
    TaskUnderTest,
    answer_of,
    case_named,
    drawn,
    figure_of_answers,
    module_at,
    own_copy,
    reference,
    task_under_test,
    verdict_of,
)

UNDER_TEST: TaskUnderTest = task_under_test("scalogram")
TASK = UNDER_TEST.task
assert TASK.tolerance_used is not None
TOLERANCE_USED = TASK.tolerance_used
BAND_OF_7 = UNDER_TEST.honest["without the frequency, |sω − 6| < 7"]


def scalogram_inputs(case: Case, seed: int = 0) -> tuple[Array, Array]:
    return cast("tuple[Array, Array]", drawn(case, seed))


def verdict(inputs: Inputs, power: Array) -> Difference | None:
    return TASK.check(inputs, (power,), TASK.expect(inputs))


def rejected(inputs: Inputs, power: Array) -> Difference:
    difference = verdict(inputs, power)
    assert difference is not None
    return difference


def right(inputs: Inputs) -> Array:
    power: Array = reference("naive", "scalogram")(*own_copy(inputs))
    return power


def tolerance_as_published(inputs: tuple[Array, Array], row: int) -> float:
    signal, scales = inputs
    amplitude = 1e-10 * np.sqrt(scales[row]) * np.abs(signal).max()
    greatest = right(inputs)[row].max()
    return float(2e-8 * greatest + 2 * amplitude * np.sqrt(greatest) + amplitude**2)


def mistake_named(name: str) -> Mistake:
    return next(mistake for mistake in TASK.mistakes if mistake.name == name)


def tones(n: int, cycles: tuple[int, ...], amplitudes: tuple[float, ...]) -> Array:
    """Waves with whole numbers of periods in n samples."""
    turns = 2 * np.pi * np.arange(n) / n
    waves = [size * np.cos(count * turns + count) for count, size in zip(cycles, amplitudes, strict=True)]
    return np.asarray(np.sum(waves, axis=0))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Array, Array]:
    """Noise, two tones of any two sizes, or an impulse, of any size; lengths that 64 divides, and others."""
    fours, sixty_fours = st.integers(1, 300).map(lambda count: 4 * count), st.integers(1, 30).map(lambda count: 64 * count)
    n = draw(st.integers(1, 80) | fours | sixty_fours)
    rng = np.random.default_rng(draw(st.integers(0, 2**31 - 1)))
    kind = draw(st.sampled_from(["noise", "tones", "impulse", "tones and noise"]))
    signal = np.zeros(n)
    if "tones" in kind and n > 4:
        count = st.integers(1, (n - 1) // 2)
        signal += tones(n, (draw(count), draw(count)), (1.0, 10.0 ** draw(st.integers(-9, 0))))
    if "noise" in kind:
        signal += 10.0 ** draw(st.integers(-6, 0)) * rng.standard_normal(n)
    if kind == "impulse":
        signal[rng.integers(n)] = 1.0
    scales = np.exp(rng.uniform(np.log(12 / np.pi), np.log(max(8, n)), draw(st.integers(0, 6))))
    return 10.0 ** draw(st.integers(-30, 30)) * signal, scales


# What is right passes


@settings(deadline=None)
@given(problems(), st.sampled_from(["naive", "numpy", "numba"]))
def test_references_that_transform_every_row_are_right_on_anything(inputs: tuple[Array, Array], level: str) -> None:
    answer = answer_of(TASK, reference(level, "scalogram"), inputs)
    assert TOLERANCE_USED(inputs, answer, TASK.expect(inputs)) < 1e-2


@settings(deadline=None, max_examples=300)
@given(problems())
def test_the_tuned_reference_is_right_on_anything(inputs: tuple[Array, Array]) -> None:
    assert verdict_of(TASK, reference("tuned", "scalogram"), inputs) is None


@pytest.mark.parametrize("step", [2, 4, 8, 16, 32, 64])
def test_the_tuned_reference_uses_less_than_half_of_the_tolerance_on_every_coarse_grid(step: int) -> None:
    tuned = module_at(UNDER_TEST.loaded.folder.parents[1] / "reference" / "tuned" / "scalogram.py")
    n, rng = 64 * 63, np.random.default_rng(step)
    scales = step * rng.uniform(5, 10, 5)
    assert [tuned.coarsest_step(n, scale) for scale in scales] == [step] * 5
    inputs = (rng.standard_normal(n), scales)
    answer = answer_of(TASK, tuned.scalogram, inputs)
    assert TOLERANCE_USED(inputs, answer, TASK.expect(inputs)) < 0.5
    assert answer[0].min() >= 0


@pytest.mark.parametrize("seed", range(20))
def test_a_band_cut_at_seven_passes_whatever_the_seed_and_one_cut_at_six_does_not(seed: int) -> None:
    for name in ("tone", "loud-and-quiet", "1500x6"):
        assert verdict_of(TASK, BAND_OF_7, drawn(case_named(TASK, name), seed)) is None
    inputs = drawn(case_named(TASK, "tone"), seed)
    assert verdict(inputs, mistake_named("band of 6").compute(*inputs)[0]) is not None


def test_an_impulse_gives_the_wavelet_in_time() -> None:
    signal, scales = np.zeros(401), np.array([5.0, 12.0])
    signal[200] = 3.0
    time = np.arange(401) - 200
    gaussians = [9.0 / (np.sqrt(np.pi) * scale) * np.exp(-((time / scale) ** 2)) for scale in scales]
    np.testing.assert_allclose(TASK.expect((signal, scales)).power, gaussians, rtol=1e-3, atol=1e-8)


def test_a_tone_gives_rows_of_one_number() -> None:
    n, scales = 360, np.array([4.0, 20.0, 30.0])
    omega = 2 * np.pi * 18 / n
    passed = np.pi**-0.25 * np.sqrt(2 * np.pi * scales) * np.exp(-((scales * omega - 6) ** 2) / 2) / 2
    expected = TASK.expect((tones(n, (18,), (1.0,)), scales)).power
    np.testing.assert_allclose(expected, np.repeat(passed[:, np.newaxis] ** 2, n, axis=1), rtol=1e-6, atol=1e-20)


@settings(deadline=None)
@given(problems(), st.integers(0, 2000))
def test_moving_the_signal_moves_the_answer(inputs: tuple[Array, Array], by: int) -> None:
    signal, scales = inputs
    expected = TASK.expect(inputs)
    moved = np.roll(expected.power, by, axis=1)
    assert TASK.check((np.roll(signal, by), scales), (moved,), TASK.expect((np.roll(signal, by), scales))) is None


# What is wrong does not


@settings(deadline=None)
@given(
    problems().filter(lambda inputs: inputs[1].size > 0 and np.abs(inputs[0]).max() > 0), st.sampled_from([-1, 1]), st.data()
)
def test_one_number_passes_just_inside_the_published_tolerance_and_fails_just_outside(
    inputs: tuple[Array, Array], sign: int, data: st.DataObject
) -> None:
    power = right(inputs)
    row, sample = data.draw(st.integers(0, power.shape[0] - 1)), data.draw(st.integers(0, power.shape[1] - 1))
    tolerance = tolerance_as_published(inputs, row)
    before = power[row, sample]
    power[row, sample] = before + sign * 0.95 * tolerance
    assert verdict(inputs, power) is None
    assert 0.9 < TOLERANCE_USED(inputs, (power,), TASK.expect(inputs)) < 1
    power[row, sample] = before + sign * 1.05 * tolerance
    assert rejected(inputs, power).where == f"row {row} (scale {inputs[1][row]:.6g}), sample {sample}"
    assert TOLERANCE_USED(inputs, (power,), TASK.expect(inputs)) > 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_passes(value: float) -> None:
    inputs = drawn(case_named(TASK, "small-2x24"))
    power = right(inputs)
    power[1, 7] = value
    assert rejected(inputs, power).got == str(value)
    assert TOLERANCE_USED(inputs, (power,), TASK.expect(inputs)) == np.inf


@pytest.mark.parametrize("seed", range(20))
def test_single_precision_shows_whatever_the_seed_even_if_only_the_result_has_it(seed: int) -> None:
    inputs = drawn(case_named(TASK, "1500x6"), seed)
    for name in ("in single precision", "result in single precision", "scales in single precision"):
        assert verdict_of(TASK, UNDER_TEST.wrong[name], inputs) is not None


@pytest.mark.parametrize("seed", range(20))
def test_what_is_not_at_positive_frequencies_shows_whatever_the_seed(seed: int) -> None:
    constant, slow = (drawn(case_named(TASK, name), seed) for name in ("constant", "slow"))
    assert verdict(constant, mistake_named("zero frequency kept").compute(*constant)[0]) is not None
    assert verdict(slow, mistake_named("negative frequencies kept").compute(*slow)[0]) is not None


def test_silence_must_be_exactly_zero() -> None:
    inputs = (np.zeros(20), np.array([5.0]))
    assert verdict(inputs, np.zeros((1, 20))) is None
    assert verdict(inputs, np.full((1, 20), 1e-300)) is not None


# What a student reads


def test_a_difference_names_the_scale_the_sample_and_both_numbers() -> None:
    inputs = (np.array([0.0, 1.0, 0.0, -1.0, 0.0, 1.0, 0.0, -1.0]), np.array([4.0, 4.5, 5.0]))
    power = right(inputs)
    power[1, 5] = 1.5
    power[2] = 0
    assert verdict(inputs, power) == Difference(
        summary="9 of 24 numbers are off, in 2 of 3 rows",
        where="row 1 (scale 4.5), sample 5",
        expected="1.27306 ± 3e-08",
        got="1.5",
    )


@pytest.mark.parametrize("relative_error", [1e-3, 1e-7])
def test_two_numbers_are_shown_with_the_digits_that_tell_them_apart(relative_error: float) -> None:
    inputs = drawn(case_named(TASK, "one-scale"))
    difference = rejected(inputs, right(inputs) * (1 + relative_error))
    assert difference.expected.partition(" ")[0] != difference.got


def test_answers_in_single_precision_are_known_for_that_though_no_two_have_the_same_digits() -> None:
    same = mistake_named("single precision").same
    assert same is not None
    inputs = drawn(case_named(TASK, "small-2x24"))
    wrong = mistake_named("single precision").compute(*inputs)
    for name, alike in (("in single precision", True), ("result in single precision", True), ("doubled", False)):
        assert same(wrong, answer_of(TASK, UNDER_TEST.wrong[name], inputs)) is alike
    assert not same(wrong, (np.full_like(wrong[0], np.nan),))


@pytest.mark.parametrize(
    ("name", "factors"),
    [
        ("doubled", [4, 4]),
        ("no π^(−1/4)", [np.sqrt(np.pi)] * 2),
        ("π^(1/4)", [np.pi] * 2),
        ("no √(2πs)", [1 / (8 * np.pi), 1 / (20 * np.pi)]),
        ("√s for √(2πs)", [1 / (2 * np.pi)] * 2),
        ("√(2π) for √(2πs)", [1 / 4, 1 / 10]),
        ("2πs without its root", [8 * np.pi, 20 * np.pi]),
        ("divided by the scale", [1 / 4, 1 / 10]),
        ("inverse not scaled", [900, 900]),
    ],
)
def test_mistakes_of_scale_are_what_their_names_say(name: str, factors: list[float]) -> None:
    signal, scales = np.random.default_rng(0).standard_normal(30), np.array([4.0, 10.0])
    power = TASK.expect((signal, scales)).power
    np.testing.assert_allclose(mistake_named(name).compute(signal, scales)[0], power * np.array(factors)[:, np.newaxis])


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    assert str(UNDER_TEST.loaded.interface) == "scalogram(signal: float64[n], scales: float64[s]) -> float64[s,n]"


# The cases


def test_cases_keep_the_contract_and_cover_its_edges() -> None:
    sizes = []
    for case in (*TASK.check_cases, *TASK.benchmark_cases[:3]):
        signal, scales = scalogram_inputs(case)
        assert signal.dtype == scales.dtype == np.float64
        assert np.all(scales >= 12 / np.pi), case.name
        sizes.append((len(scales), len(signal)))
    assert {0, 1} <= {count for count, _ in sizes}
    assert {1, 2, 101, 211, 4096} <= {n for _, n in sizes}
    assert any(np.any(scales > len(signal)) for signal, scales in map(scalogram_inputs, TASK.check_cases))
    assert any(np.any(np.diff(scales) < 0) for _, scales in map(scalogram_inputs, TASK.check_cases))


def test_work_counts_the_numbers_of_the_answer() -> None:
    for case, count, n in zip(TASK.benchmark_cases[:3], (8, 64, 64), (1024, 10_000, 30_000), strict=True):
        inputs = scalogram_inputs(case)
        assert (len(inputs[1]), len(inputs[0])) == (count, n)
        assert inputs[1].max() == pytest.approx(n / 16, rel=2e-3)
    smallest = drawn(TASK.benchmark_cases[0])
    assert TASK.work(smallest, TASK.expect(smallest)) == 8 * 1024


# The picture


def test_the_picture_shows_each_packet_at_its_frequency() -> None:
    (picture,) = TASK.pictures
    inputs = scalogram_inputs(picture.cases[0])
    above, below, _ = figure_of_answers(picture, (inputs, (right(inputs),))).axes
    assert (above.get_title(), above.get_ylabel()) == ("Four wave packets", "signal")
    assert (below.get_title(), below.get_yscale()) == ("Scalogram", "log")
    assert (below.get_xlabel(), below.get_ylabel()) == ("time t", "scale s, in units of t")
    time = np.linspace(-50, 110, 1024, endpoint=False)
    omega = 6 / (inputs[1] * (time[1] - time[0]))
    for frequency, cycles in ((1.0, 0), (4.0, 7), (5.5, 10)):
        column = right(inputs)[:, np.abs(time - 2 * np.pi * cycles).argmin()]
        near = np.abs(np.log(omega / frequency)) < 0.2
        assert omega[near][column[near].argmax()] == pytest.approx(frequency, rel=0.1)
