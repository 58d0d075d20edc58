"""A wrong answer as a picture: expected, yours, and the difference."""

import io

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from grader.content.task import Array
from grader.report.difference_picture import can_be_drawn, difference_figure
from grader.report.theme import DARK, LIGHT, Theme, themed

EXPECTED = np.arange(12, dtype=np.int32).reshape(3, 4)


def changed(array: Array, place: tuple[int, ...], value: complex) -> Array:
    other = array.copy()
    other[place] = value
    return other


def drawn(expected: Array, got: Array) -> Figure:
    figure = difference_figure("Task, case small", (expected,), (got,))
    figure.savefig(io.BytesIO(), dpi=20)  # what cannot be rendered raises
    return figure


def test_expected_yours_and_the_difference_each_have_a_panel_and_the_farthest_place_is_told() -> None:
    figure = drawn(EXPECTED, changed(EXPECTED, (2, 1), 30))
    panels = figure.axes[:3]
    assert [axes.get_title() for axes in panels] == ["expected", "yours", "difference"]
    assert figure.get_suptitle() == "Task, case small\nfarthest off at row 2, column 1: expected 9, got 30"
    for axes in panels:
        (mark,) = axes.lines
        assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (1, 2)  # type: ignore[index]  # a sequence


def test_both_maps_have_the_scale_of_what_is_expected() -> None:
    figure = drawn(EXPECTED, changed(EXPECTED, (0, 0), 10**6))
    limits = [axes.images[0].get_clim() for axes in figure.axes[:2]]
    assert limits == [(0, 11), (0, 11)]


def test_the_difference_has_its_sign_and_none_is_in_the_middle() -> None:
    figure = drawn(EXPECTED, changed(EXPECTED, (0, 3), -5))
    off = figure.axes[2].images[0]
    assert off.get_clim() == (-8, 8)
    assert np.asarray(off.get_array())[0].tolist() == [0, 0, 0, -8]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_where_nothing_differs_the_difference_has_the_colour_of_the_paper(theme: Theme) -> None:
    with themed(theme):
        signed = drawn(EXPECTED, changed(EXPECTED, (0, 3), -5)).axes[2].images[0]
        sized = drawn(10.0 ** np.arange(-9, 0).reshape(3, 3), np.full((3, 3), 1e-9)).axes[2].images[0]
    assert signed.cmap(0.5)[:3] == pytest.approx(to_rgb(theme.paper), abs=0.01)
    assert sum(np.abs(np.subtract(sized.cmap(0.0)[:3], to_rgb(theme.paper)))) < 1 / 2


def test_powers_of_very_different_size_are_shown_by_their_logarithm() -> None:
    powers = 10.0 ** np.arange(-9, 0).reshape(3, 3)
    figure = drawn(powers, changed(powers, (0, 0), 2e-9))
    assert figure.axes[2].images[0].norm.__class__.__name__ == "LogNorm"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_marked(value: float) -> None:
    expected = EXPECTED.astype(float)
    figure = drawn(expected, changed(expected, (1, 1), value))
    assert "row 1, column 1" in figure.get_suptitle()
    assert np.ma.getmaskarray(np.ma.masked_invalid(np.asarray(figure.axes[1].images[0].get_array())))[1, 1]


def test_arrays_of_one_dimension_are_curves() -> None:
    figure = drawn(np.arange(4.0), np.array([0.0, 1.0, 5.0, 3.0]))
    assert figure.get_suptitle().endswith("farthest off at item 2: expected 2, got 5")


def test_of_several_outputs_the_first_that_differs_is_drawn() -> None:
    same, other = np.zeros(3), np.ones((2, 2))
    figure = difference_figure("Task", (same, other), (same, 2 * other))
    assert "expected 1, got 2" in figure.get_suptitle()


@pytest.mark.parametrize("array", [np.zeros((0, 4)), np.zeros((2, 2, 2)), np.zeros((2, 2), complex), np.array(1.0)])
def test_what_has_no_picture_is_said_to_have_none(array: Array) -> None:
    assert not can_be_drawn((array,), (array,))
    with pytest.raises(ValueError, match="no array of one or two dimensions"):
        difference_figure("Task", (array,), (array,))


@pytest.mark.parametrize("value", [0.0, 1e300, -1e300, np.nan])
def test_anything_that_comes_can_be_drawn(value: float) -> None:
    drawn(np.zeros((2, 3)), np.full((2, 3), value))
    drawn(np.full((2, 3), 5.0), np.full((2, 3), value))
