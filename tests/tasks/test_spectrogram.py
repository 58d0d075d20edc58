"""The spectrogram: its checker accepts what is right and rejects what is wrong, and its texts say what is so."""

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

UNDER_TEST: TaskUnderTest = task_under_test("spectrogram")
TASK = UNDER_TEST.task
assert TASK.tolerance_used is not None
TOLERANCE_USED = TASK.tolerance_used


def spectrogram_inputs(case: Case, seed: int = 0) -> tuple[Array, Array, int]:
    return cast("tuple[Array, Array, int]", drawn(case, seed))


def verdict(inputs: Inputs, power: Array) -> Difference | None:
    return TASK.check(inputs, (power,), TASK.expect(inputs))


def rejected(inputs: Inputs, power: Array) -> Difference:
    difference = verdict(inputs, power)
    assert difference is not None
    return difference


def right(inputs: Inputs) -> Array:
    power: Array = reference("naive", "spectrogram")(*own_copy(inputs))
    return power


def tolerance_as_published(inputs: Inputs, frame: int) -> float:
    signal, window, _ = inputs
    most = np.abs(signal).max() * np.abs(window).sum()
    return float(1e-10 * right(inputs)[frame].max() + 1e-26 * most**2)


def mistake_named(name: str) -> Mistake:
    return next(mistake for mistake in TASK.mistakes if mistake.name == name)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Array, Array, int]:
    """Any signal, of any size, window and hop; with at least one frame."""
    w = draw(st.integers(1, 40))
    n = draw(st.integers(w, w + 60))
    rng = np.random.default_rng(draw(st.integers(0, 2**31 - 1)))
    size = 10.0 ** draw(st.integers(-30, 30))
    offset = draw(st.sampled_from([0.0, 1.0, 1e6]))
    return size * (rng.standard_normal(n) + offset), rng.uniform(-1, 1, w), draw(st.integers(1, 50))


# What is right passes


@settings(deadline=None)
@given(problems(), st.sampled_from(["naive", "numpy", "numba", "tuned"]))
def test_every_reference_passes_on_anything(inputs: tuple[Array, Array, int], level: str) -> None:
    assert verdict_of(TASK, reference(level, "spectrogram"), inputs) is None


@settings(deadline=None, max_examples=30)
@given(st.integers(1024, 14_000), st.integers(1, 1500), st.integers(0, 2**31 - 1))
def test_the_transform_that_was_written_for_1024_is_right_for_any_number_of_frames(n: int, hop: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = (rng.standard_normal(n), rng.uniform(-1, 1, 1024), max(hop, n // 60))
    answer = answer_of(TASK, reference("tuned", "spectrogram"), inputs)
    assert TOLERANCE_USED(inputs, answer, TASK.expect(inputs)) < 1e-3


@pytest.mark.parametrize("name", UNDER_TEST.honest)
def test_honest_answers_use_a_thousandth_of_the_tolerance(name: str) -> None:
    for case in TASK.check_cases:
        inputs = drawn(case, seed=5)
        answer = answer_of(TASK, UNDER_TEST.honest[name], inputs)
        assert TOLERANCE_USED(inputs, answer, TASK.expect(inputs)) < 1e-3, case.name


@pytest.mark.parametrize("seed", range(20))
def test_two_frames_in_one_transform_pass_even_where_one_is_quiet(seed: int) -> None:
    inputs = drawn(case_named(TASK, "quiet"), seed)
    assert verdict_of(TASK, UNDER_TEST.honest["two frames in one transform"], inputs) is None


def test_an_impulse_has_a_flat_spectrum() -> None:
    signal, window = np.zeros(12), np.array([0.5, 1.0, 2.0, -3.0, 1.0])
    signal[6] = 2.0
    expected = TASK.expect((signal, window, 3)).power  # it is sample 3 of frame 1 and sample 0 of frame 2
    np.testing.assert_allclose(expected, [[0.0] * 3, [36.0] * 3, [1.0] * 3])


@settings(deadline=None)
@given(problems())
def test_the_powers_of_a_frame_add_up_to_its_energy(inputs: tuple[Array, Array, int]) -> None:
    signal, window, hop = inputs
    w = len(window)
    counted = np.full(w // 2 + 1, 2.0)  # each stands for its negative frequency too,
    counted[0] = 1.0  # but for 0 cycles a frame
    counted[(w + 1) // 2 :] = 1.0  # and w/2
    frames = [signal[start : start + w] * window for start in range(0, len(signal) - w + 1, hop)]
    np.testing.assert_allclose(TASK.expect(inputs).power @ counted, [w * (frame @ frame) for frame in frames], rtol=1e-9)


# What is wrong does not


@settings(deadline=None)
@given(problems(), st.sampled_from([-1, 1]), st.data())
def test_one_number_passes_just_inside_the_published_tolerance_and_fails_just_outside(
    inputs: tuple[Array, Array, int], sign: int, data: st.DataObject
) -> None:
    power = right(inputs)
    frame, column = data.draw(st.integers(0, power.shape[0] - 1)), data.draw(st.integers(0, power.shape[1] - 1))
    tolerance = tolerance_as_published(inputs, frame)
    before = power[frame, column]
    power[frame, column] = before + sign * 0.95 * tolerance
    assert verdict(inputs, power) is None
    assert 0.9 < TOLERANCE_USED(inputs, (power,), TASK.expect(inputs)) < 1
    power[frame, column] = before + sign * 1.05 * tolerance
    assert rejected(inputs, power).where.startswith(f"frame {frame} ")
    assert TOLERANCE_USED(inputs, (power,), TASK.expect(inputs)) > 1


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_never_passes(value: float) -> None:
    inputs = drawn(case_named(TASK, "small"))
    power = right(inputs)
    power[2, 1] = value
    assert rejected(inputs, power).got == str(value)
    assert TOLERANCE_USED(inputs, (power,), TASK.expect(inputs)) == np.inf


@pytest.mark.parametrize("seed", range(20))
def test_single_precision_and_skipped_frames_show_whatever_the_seed(seed: int) -> None:
    timed = drawn(case_named(TASK, "1024-of-7000"), seed)
    assert verdict(timed, mistake_named("single precision").compute(*timed)[0]) is not None
    quiet = drawn(case_named(TASK, "quiet"), seed)
    assert verdict(quiet, mistake_named("quiet frames skipped").compute(*quiet)[0]) is not None


def test_silence_must_be_exactly_zero() -> None:
    inputs = (np.zeros(20), np.ones(8), 4)
    assert verdict(inputs, np.zeros((4, 5))) is None
    assert verdict(inputs, np.full((4, 5), 1e-300)) is not None


def test_noise_of_every_timed_signal_stands_above_what_may_be_off() -> None:
    for name in ("1e4", "1e5"):
        expected = TASK.expect(drawn(case_named(TASK, name)))
        assert np.median(expected.power) > 10 * np.median(expected.tolerance)


# What a student reads


def test_a_difference_names_the_frame_the_column_and_both_numbers() -> None:
    inputs = (np.array([1.0, 0.0, -1.0, 0.0, 2.0, 2.0, 2.0, 2.0, 1.0]), np.array([1.0, 2.0, 2.0, 1.0]), 2)
    power = right(inputs)
    power[1, 1] += 1
    power[2] = 0
    assert verdict(inputs, power) == Difference(
        summary="3 of 9 numbers are off, in 2 of 3 frames",
        where="frame 1 (samples 2 to 5), column 1 (1 cycle a frame)",
        expected="29 ± 3e-09",
        got="30",
    )


@pytest.mark.parametrize("relative_error", [1e-3, 1e-8, 2e-10])
def test_two_numbers_are_shown_with_the_digits_that_tell_them_apart(relative_error: float) -> None:
    inputs = drawn(case_named(TASK, "one-sample"))
    difference = rejected(inputs, right(inputs) * (1 + relative_error))
    assert difference.expected.partition(" ")[0] != difference.got


def test_answers_in_single_precision_are_known_for_that_though_no_two_have_the_same_digits() -> None:
    same = mistake_named("single precision").same
    assert same is not None
    inputs = drawn(case_named(TASK, "small"))
    wrong = mistake_named("single precision").compute(*inputs)
    for name, alike in (("transformed in single precision", True), ("window in single precision", True), ("doubled", False)):
        assert same(wrong, answer_of(TASK, UNDER_TEST.wrong[name], inputs)) is alike
    assert not same(wrong, (np.full_like(wrong[0], np.nan),))


@pytest.mark.parametrize(
    ("name", "power"),
    [
        ("no window", [[9, 1, 1], [1, 5, 1]]),
        ("not squared", [[4, 2, 0], [1, 5**0.5, 1]]),
        ("real part only", [[16, 0, 0], [1, 4, 1]]),
        ("complex square", [[16, -4, 0], [1, 3, 1]]),
        ("last frame missing", [[16, 4, 0], [0, 0, 0]]),
        ("columns mirrored", [[0, 4, 16], [1, 5, 1]]),
        ("column 0 removed", [[0, 4, 0], [0, 5, 1]]),
        ("last column missing", [[16, 4, 0], [1, 5, 0]]),
        ("one-sided", [[16, 8, 0], [1, 10, 1]]),
        ("divided by w", [[4, 1, 0], [0.25, 1.25, 0.25]]),
        ("transposed", [[16, 1, 4], [5, 0, 1]]),
    ],
)
def test_mistakes_are_what_their_names_say(name: str, power: list[list[float]]) -> None:
    inputs = (np.array([1.0, 1.0, 1.0, 0.0, -1.0, 1.0]), np.array([1.0, 2.0, 1.0, 1.0]), 2)
    np.testing.assert_allclose(TASK.expect(inputs).power, [[16, 4, 0], [1, 5, 1]], atol=1e-12)
    np.testing.assert_allclose(mistake_named(name).compute(*inputs)[0], power, atol=1e-12)


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    text = "spectrogram(signal: float64[n], window: float64[w], hop: int) -> float64[n_frames,w//2+1]"
    assert str(UNDER_TEST.loaded.interface) == text


# The cases


def test_cases_cover_every_kind_of_window_and_hop() -> None:
    shapes = [(len(signal), len(window), hop) for signal, window, hop in map(spectrogram_inputs, TASK.check_cases)]
    assert any(n < w for n, w, _ in shapes)
    assert any(n == w for n, w, _ in shapes)
    assert any(hop > w for _, w, hop in shapes)
    assert any(hop == 1 for _, _, hop in shapes)
    assert any((n - w) % hop for n, w, hop in shapes if n > w)
    assert {1, 2, 1019, 1024} <= {w for _, w, _ in shapes}
    assert {len(set(case_shape)) for case_shape in shapes[:2]} == {3}


def test_work_counts_the_samples_of_all_frames() -> None:
    for case in TASK.benchmark_cases[:2]:
        inputs = spectrogram_inputs(case)
        signal, window, hop = inputs
        assert (len(signal), len(window), hop) == (float(case.name), 1024, 256)
        assert TASK.work(inputs, TASK.expect(inputs)) == 1024 * (1 + (len(signal) - 1024) // 256)


def test_the_expected_answer_does_not_depend_on_how_its_frames_are_shared_out() -> None:
    signal, window, hop = spectrogram_inputs(case_named(TASK, "1e5"))
    whole = TASK.expect((signal[:99_328], window, hop)).power  # 385 frames, on several threads where there are several cores
    one_by_one = [TASK.expect((signal[k * hop : k * hop + 1024], window, hop)).power[0] for k in range(385)]
    np.testing.assert_allclose(whole, one_by_one, rtol=1e-9, atol=1e-9)


# The picture


def test_the_picture_shows_signal_spectrum_and_spectrogram_of_four_packets() -> None:
    (picture,) = TASK.pictures
    inputs = drawn(picture.cases[0])
    above, middle, below, _ = figure_of_answers(picture, (inputs, (right(inputs),))).axes
    assert [axes.get_title() for axes in (above, below)] == ["Four wave packets", "Spectrogram"]
    assert (middle.get_xlabel(), middle.get_ylabel()) == ("angular frequency ω", "|spectrum|")
    assert (below.get_xlabel(), below.get_ylabel()) == ("time t", "angular frequency ω")
    frequency, size = middle.lines[0].get_data()
    for packet in (1.0, 3.0, 4.0, 5.5):
        near = np.abs(np.asarray(frequency) - packet) < 0.4
        assert abs(np.asarray(frequency)[near][np.asarray(size)[near].argmax()] - packet) < 0.1


def test_the_tables_of_the_tuned_transform_are_those_of_fourier() -> None:
    tuned = module_at(UNDER_TEST.loaded.folder.parents[1] / "reference" / "tuned" / "spectrogram.py")
    assert sorted(tuned.DIGIT_REVERSED) == list(range(512))
    assert int(np.prod(tuned.RADICES)) == 512
    np.testing.assert_allclose((tuned.STEP_FACTORS**2).sum(axis=-1), 1)
