"""The game of life: its checker accepts what is right and rejects what is wrong, and its texts say what is so."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from grader.content.task import Answered, Difference, Inputs, Outputs
from tests.tasks.life_variants import HONEST, rolled
from tests.tasks.task_under_test import (
    TaskUnderTest,
    answer_of,
    case_named,
    drawn,
    figure_of_answers,
    module_at,
    picture_of,
    task_under_test,
    verdict_of,
)

UNDER_TEST: TaskUnderTest = task_under_test("life")
TASK = UNDER_TEST.task
MODULE = module_at(UNDER_TEST.loaded.folder / "task.py")

BLINKER: Inputs = (np.array([[0] * 5, [0] * 5, [0, 1, 1, 1, 0], [0] * 5, [0] * 5], dtype=np.uint8), 1)


def mistaken(name: str, inputs: Inputs) -> Outputs:
    (mistake,) = (one for one in TASK.mistakes if one.name == name)
    return mistake.compute(*inputs)


def verdict(inputs: Inputs, answer: Outputs) -> Difference | None:
    return TASK.check(inputs, answer, TASK.expect(inputs))


def answer_to(inputs: Inputs) -> Outputs:
    return answer_of(TASK, rolled, inputs)


@st.composite
def problems(draw: st.DrawFn) -> tuple[NDArray[np.uint8], int]:
    """Any grid, of few rows and columns, too."""
    height, width = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    rng = np.random.default_rng(draw(st.integers(0, 2**31 - 1)))
    return (rng.random((height, width)) < draw(st.floats(0, 1))).astype(np.uint8), draw(st.integers(0, 5))


# What is right passes


@settings(deadline=None)
@given(problems(), st.sampled_from(["rolled", "set of cells", "looked up", "compiled"]))
def test_ways_that_share_nothing_agree_on_any_grid(inputs: tuple[NDArray[np.uint8], int], name: str) -> None:
    assert verdict_of(TASK, HONEST[name], inputs) is None


@settings(deadline=None)
@given(problems(), st.sampled_from(["naive", "numpy", "numba"]))
def test_every_reference_passes_on_anything(inputs: tuple[NDArray[np.uint8], int], level: str) -> None:
    assert verdict_of(TASK, UNDER_TEST.references[level], inputs) is None


def test_a_glider_comes_back_round_the_grid() -> None:
    grid = np.zeros((8, 8), dtype=np.uint8)
    grid[:3, :3] = [[0, 1, 0], [0, 0, 1], [1, 1, 1]]
    last, living = TASK.expect((grid, 32))
    np.testing.assert_array_equal(last, grid)
    assert set(living) == {5}


def test_the_gun_shoots_a_glider_every_30_generations() -> None:
    grid = MODULE._placed(MODULE.GUN, (80, 80), (4, 4))
    _, living = TASK.expect((grid, 120))
    counts = np.append([grid.sum()], living)
    assert [int(counts[30 * k]) for k in range(5)] == [36, 41, 46, 51, 56]


# What is wrong does not


@settings(deadline=None)
@given(problems(), st.data())
def test_one_cell_or_one_count_decides(inputs: tuple[NDArray[np.uint8], int], data: st.DataObject) -> None:
    last, living = answer_to(inputs)
    if last.size:
        place = (data.draw(st.integers(0, last.shape[0] - 1)), data.draw(st.integers(0, last.shape[1] - 1)))
        changed = last.copy()
        changed[place] ^= 1
        assert verdict(inputs, (changed, living)) is not None
    if len(living):
        changed = living.copy()
        changed[data.draw(st.integers(0, len(living) - 1))] += 1
        assert verdict(inputs, (last, changed)) is not None


@pytest.mark.parametrize("seed", range(10))
def test_mistakes_at_the_edges_of_bands_show_whatever_the_seed(seed: int) -> None:
    long = drawn(case_named(TASK, "long"), seed)
    for mistake in TASK.mistakes:
        if mistake.name.endswith("5 processes"):
            assert verdict(long, mistake.compute(*long)) is not None, mistake.name


# What a student reads


def test_a_difference_names_the_first_count_that_is_off() -> None:
    last, living = answer_to(BLINKER)
    assert verdict(BLINKER, (last, living + 1)) == Difference(
        summary="1 of 1 counts of living cells are off",
        where="living[0], after 1 generation of a grid of 5 × 5",
        expected="3",
        got="4",
    )


def test_a_difference_names_the_first_cell_that_is_off() -> None:
    _, living = answer_to(BLINKER)
    assert verdict(BLINKER, (np.asarray(BLINKER[0]), living)) == Difference(
        summary="4 of 25 cells are off", where="row 1, column 2, after 1 generation of a grid of 5 × 5", expected="1", got="0"
    )


@pytest.mark.parametrize(
    ("name", "living"),
    [
        ("four neighbours", 1),  # the ends have one neighbour each, and the cells above and below the middle one
        ("itself counted", 5),  # the middle one and its neighbours above and below; the ends see one and themselves
        ("nobody dies", 5),
        ("never alone", 5),
        ("first generation only", 3),
        ("dead counted", 22),
        ("dead between bands, 2 processes", 2),  # rows 0 and 1 do not see row 2, where the blinker lies
        ("own count only, 2 processes", 1),  # of rows 0 and 1
    ],
)
def test_mistakes_are_what_their_names_say(name: str, living: int) -> None:
    assert mistaken(name, BLINKER)[1].tolist() == [living]


def test_exchanging_edges_once_is_right_for_one_generation_only() -> None:
    grid, _ = drawn(case_named(TASK, "long"))
    once, twice = (grid, 1), (grid, 2)
    assert verdict(once, mistaken("edges exchanged once, 5 processes", once)) is None
    assert verdict(twice, mistaken("edges exchanged once, 5 processes", twice)) is not None


def test_the_interface_is_stated_by_the_readable_reference() -> None:
    text = "life(grid: uint8[h,w], generations: int) -> (uint8[h,w], int64[generations])"
    assert str(UNDER_TEST.loaded.interface) == text


# The pictures


def answered(name: str) -> list[Answered]:
    return [(inputs := drawn(case), answer_to(inputs)) for case in picture_of(TASK, name).cases]


def test_the_picture_shows_living_cells_over_time_for_three_starts() -> None:
    figure = figure_of_answers(picture_of(TASK, "living"), *answered("living"))
    living = figure.axes[0]
    assert [line.get_label() for line in living.lines] == ["Gosper's glider gun", "R-pentomino", "Acorn"]
    assert [np.asarray(line.get_ydata())[0] for line in living.lines] == [36, 5, 7]


def test_the_animation_begins_with_the_gun() -> None:
    answers = answered("glider-gun")
    axes = figure_of_answers(picture_of(TASK, "glider-gun"), *answers).axes[0]
    np.testing.assert_array_equal(np.asarray(axes.images[0].get_array()), answers[0][0][0])
    assert axes.get_title() == "Gosper's glider gun, generation 0"
