"""The roofline as a picture: every ceiling is named, and every point lies where its figures say."""

from dataclasses import replace

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from grader.grading.roofline import limit
from grader.grading.standings import Result
from grader.machine import Bandwidth, Peaks, VectorPeak
from grader.report.roofline_picture import roofline_figure
from grader.report.theme import DARK, LIGHT, Theme
from tests.report.example import HOSTILE, accepted, reference

PEAKS = Peaks(
    1.2e11,
    (Bandwidth(16_000, 4e11, 2e11, 3e11, "L1"), Bandwidth(1 << 27, 4e10, 2e10, 3e10, "memory")),
    (VectorPeak(64, 1.5e10), VectorPeak(512, 1.2e11)),
)
WIDE = replace(PEAKS, together=replace(PEAKS, flop_per_s=4e11, vectors=(VectorPeak(64, 6e10), VectorPeak(512, 4e11))))
LIMIT = limit(1e9, 8_000_000, 8_000_000, 1, PEAKS)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(Text) if isinstance(text, Text)]


def drawn(result: Result, *references: Result, peaks: Peaks = PEAKS) -> Figure:
    figure = roofline_figure(result, references, peaks)
    figure.canvas.draw()
    return figure


def test_each_width_of_vectors_and_each_memory_is_a_named_ceiling() -> None:
    words = texts(drawn(accepted("ada", limit=LIMIT)))
    for name in ("one number at a time, 15 G op/s", "vectors of 8 (512 bits), 120 G op/s", "L1 400 GB/s", "memory 40 GB/s"):
        assert name in words


def test_everyone_who_was_measured_stands_with_the_share_of_the_limit() -> None:
    figure = drawn(accepted("ada", limit=LIMIT), reference("numba", limit=LIMIT, wall_time_s=0.04), reference("naive"))
    words = texts(figure)
    assert "ada 42 %" in words
    assert "numba 21 %" in words
    assert not any("naive" in word for word in words)
    assert "ada · double: 42 % of the limit at case large" in words


def test_a_point_lies_at_its_operations_per_byte_and_per_second() -> None:
    (axes,) = drawn(accepted("ada", limit=LIMIT)).axes
    (point,) = [line for line in axes.lines if line.get_marker() == "o"]
    x, y = point.get_xydata().ravel().tolist()  # type: ignore[union-attr]  # an array: the line was made of numbers
    assert (x, y) == (pytest.approx(1e9 / 16e6), pytest.approx(1e9 / 0.02))
    left, right = axes.get_xlim()
    bottom, top = axes.get_ylim()
    assert left < x < right
    assert bottom < y < top


def test_a_task_on_several_cores_stands_below_what_they_do_together() -> None:
    words = texts(drawn(accepted("ada", limit=limit(1e9, 8, 8, 4, WIDE)), peaks=WIDE))
    assert "vectors of 8 (512 bits), 400 G op/s" in words
    assert "ada · double: 12 % of the limit at case large, on 4 cores" in words


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_what_is_drawn_has_the_colours_of_its_paper(theme: Theme) -> None:
    (axes,) = roofline_figure(accepted("ada", limit=LIMIT), [reference("numba", limit=LIMIT)], PEAKS, theme).axes
    assert {str(line.get_color()) for line in axes.lines} <= {*theme.curves, theme.ink, theme.line}


def test_hostile_names_are_text() -> None:
    for name in (HOSTILE, "$\\frac{1}{0}$", "$x"):
        assert any("double" in word for word in texts(drawn(accepted(name, limit=LIMIT))))
