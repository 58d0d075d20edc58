"""The figures: what is drawn is what was measured, and hostile names are only letters."""

import io
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from grader.grading.scaling import scaling
from grader.report.plots import growth_figure, scaling_figure
from grader.report.theme import DARK, LIGHT, Theme
from tests.report.example import GROWTH, accepted, of_processes, reference, report, study


def svg(figure: Figure) -> str:
    with io.StringIO() as file:
        figure.savefig(file, format="svg", metadata={"Date": None})
        return file.getvalue()


def test_the_growth_shows_the_author_and_the_references_with_their_exponents() -> None:
    figure = growth_figure(report(accepted("ada"), accepted("bob"), reference("numba")), "ada", "double")
    (axes,) = figure.axes
    legend = axes.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == [
        "numba: work^1.00 (0.90 to 1.10)",
        "ada: work^1.00 (0.90 to 1.10)",
    ]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    points = next(line for line in axes.get_lines() if str(line.get_label()).startswith("ada"))
    assert list(np.asarray(points.get_ydata())) == [point.time_s for point in GROWTH.points]


def test_the_fitted_line_has_the_slope_of_the_exponent() -> None:
    steep = replace(GROWTH, exponent=2.0)
    (axes,) = growth_figure(report(accepted("ada", growths=(steep,))), "ada", "double").axes
    line = axes.get_lines()[-1]
    x, y = np.log(np.asarray(line.get_xdata())), np.log(np.asarray(line.get_ydata()))
    assert (y[-1] - y[0]) / (x[-1] - x[0]) == pytest.approx(2.0)


def test_scaling_shows_speedup_efficiency_and_memory_with_the_law() -> None:
    figure = scaling_figure(study())
    speedup, efficiency, memory = figure.axes
    law = next(line for line in speedup.get_lines() if "Amdahl" in str(line.get_label()))
    assert np.asarray(law.get_ydata())[-1] == pytest.approx(1 / (0.1 + 0.9 / 4), rel=1e-3)
    assert list(speedup.get_xticks()) == [1, 2, 4]
    assert efficiency.get_title() == "efficiency"
    assert list(np.asarray(memory.get_lines()[0].get_ydata())) == [16.0, 16.0, 16.0]
    assert "<svg" in svg(figure)


def test_of_mpi_the_largest_process_is_drawn_beside_all_of_them() -> None:
    speedup, _, memory = scaling_figure(of_processes()).axes
    assert speedup.get_xlabel() == "processes"
    assert speedup.get_ylabel() == "speedup over one process"
    everything, largest = memory.get_lines()
    assert list(np.asarray(everything.get_ydata())) == [16.0, 16.0, 16.0]
    assert list(np.asarray(largest.get_ydata())) == [7.0, 7.0, 7.0]


def test_a_study_without_memory_or_intervals_and_with_more_than_the_ideal_can_be_drawn() -> None:
    faster = scaling([{1: 0.0, 2: -0.9, 4: -1.7}], [0.0])
    assert "<svg" in svg(scaling_figure(replace(study(peak_memory_bytes=None), scaling=faster)))


def test_a_hostile_name_is_only_letters() -> None:
    name = r"$\frac{$ \x1b"
    assert "<svg" in svg(growth_figure(report(accepted(name), reference("$x_$")), name, "double"))
    assert "<svg" in svg(scaling_figure(study(author=name)))


@pytest.mark.parametrize(("theme", "other"), [(LIGHT, DARK), (DARK, LIGHT)])
def test_what_is_drawn_has_the_colours_of_its_paper(theme: Theme, other: Theme) -> None:
    everyone = report(accepted("ada"), *(reference(level) for level in ("naive", "numpy", "numba", "mpi", "tuned")))
    for figure in (growth_figure(everyone, "ada", "double", theme), scaling_figure(of_processes(), theme)):
        colours = {to_hex(line.get_color()).lower() for axes in figure.axes for line in axes.get_lines()}
        assert colours <= {colour.lower() for colour in (*theme.curves, theme.line)}
        assert not colours & ({colour.lower() for colour in (*other.curves, other.line)} - set(map(str.lower, theme.curves)))
