"""A wrong answer as a picture: what was expected and what came, side by side, and below them by how much they differ.

It is made of the two arrays alone, so it serves every task with one right answer. Rows count downwards, as in the arrays: the
place that a message names is found where it says. Colour-blind readers tell the colours apart, too.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from matplotlib import colormaps, rcParams
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, LogNorm, Normalize, to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from grader.content.task import Outputs

Reals: TypeAlias = NDArray[np.float64]

_VALUES, _SIZES, _MARK = "cividis", "magma", "#d62728"
_OWN, _EXPECTED = "#D55E00", "#0072B2"
"""Of curves: Okabe and Ito's palette (Color Universal Design, 2008)."""
_WIDE_RANGE = 1e4
"""Positive values whose greatest is so many times their median are shown by their logarithm."""
_DECADES = 8
"""So far below the greatest, a logarithmic scale ends."""
_MAP, _CURVE = 2, 1
"""Dimensions."""


@dataclass(frozen=True)
class _Pair:
    """Two arrays of one shape; what came may hold anything."""

    expected: Reals
    got: Reals

    @property
    def off(self) -> Reals:
        """How much too large each value is; NaN where it is not finite."""
        with np.errstate(all="ignore"):
            return np.where(np.isfinite(self.got), self.got - self.expected, np.nan)

    @property
    def most(self) -> float:
        """The greatest finite difference, and 1 where there is none."""
        return float(np.nanmax(np.abs(self.off), initial=0.0)) or 1.0

    @property
    def farthest(self) -> tuple[int, ...]:
        """The place of the greatest difference; what is not finite comes first."""
        sizes = np.where(np.isnan(self.off), np.inf, np.abs(self.off))
        return tuple(int(index) for index in np.unravel_index(int(sizes.argmax()), sizes.shape))

    @property
    def is_wide(self) -> bool:
        """Whether the expected values are positive and of very different size."""
        positive = self.expected[self.expected > 0]
        return bool((self.expected >= 0).all()) and positive.size > 0 and positive.max() > _WIDE_RANGE * np.median(positive)


def can_be_drawn(expected: Outputs, got: Outputs) -> bool:
    """Whether there is an array of one or two dimensions with something in it."""
    return _chosen(expected, got) is not None


def difference_figure(title: str, expected: Outputs, got: Outputs) -> Figure:
    """Draw the first output that differs; ValueError where nothing `can_be_drawn`."""
    pair = _chosen(expected, got)
    if pair is None:
        raise ValueError("there is no array of one or two dimensions to draw")
    figure = Figure(figsize=(7, 6.5), layout="constrained")
    named = figure.subplot_mosaic([["expected", "yours"], ["difference", "difference"]])
    panels = [named[name] for name in ("expected", "yours", "difference")]
    draw = _draw_maps if pair.expected.ndim == _MAP else _draw_curves
    draw(figure, panels, pair)
    for axes, name in zip(panels, ("expected", "yours", "difference"), strict=True):
        axes.set_title(name)
    figure.suptitle(f"{title}\n{_told(pair)}", parse_math=False)
    return figure


def _chosen(expected: Outputs, got: Outputs) -> _Pair | None:
    pairs = [
        _Pair(right.astype(np.float64), own.astype(np.float64))
        for right, own in zip(expected, got, strict=True)
        if right.dtype.kind in "biuf" and right.ndim in (_MAP, _CURVE) and right.size
    ]
    return max(pairs, key=lambda pair: not np.array_equal(pair.expected, pair.got), default=None)


def _told(pair: _Pair) -> str:
    place = pair.farthest
    where = f"row {place[0]}, column {place[1]}" if len(place) == _MAP else f"item {place[0]}"
    return f"farthest off at {where}: expected {pair.expected[place]:.6g}, got {pair.got[place]:.6g}"


def _draw_maps(figure: Figure, panels: list[Axes], pair: _Pair) -> None:
    scale = _scale_of_values(pair)
    values = colormaps[_VALUES].with_extremes(bad=_MARK)
    for axes, array in zip(panels[:2], (pair.expected, pair.got), strict=True):
        finite = np.where(np.isfinite(array), np.clip(array, scale.vmin, scale.vmax), np.nan)
        image = axes.imshow(finite, cmap=values, norm=scale, aspect="auto", interpolation="nearest")
    figure.colorbar(image, ax=panels[:2], location="bottom", label="value", shrink=0.7)
    _draw_off(figure, panels[2], pair)
    row, column = pair.farthest
    for axes in panels:
        axes.plot(column, row, "o", markersize=14, markerfacecolor="none", markeredgecolor=_MARK, clip_on=False)
        axes.set(xlabel="column", ylabel="row")


def _draw_off(figure: Figure, axes: Axes, pair: _Pair) -> None:
    """With its sign; where values are of very different size, the logarithm of its size."""
    scale: Normalize
    if pair.is_wide:
        scale, colours, label = _decades(pair.most), _from_paper(), "size of the difference"
        off = np.clip(np.abs(pair.off), scale.vmin, None)  # NaN stays
    else:
        off, scale, colours, label = pair.off, Normalize(-pair.most, pair.most), _around_paper(), "yours − expected"
    image = axes.imshow(off, cmap=colours.with_extremes(bad=_MARK), norm=scale, aspect="auto", interpolation="nearest")
    figure.colorbar(image, ax=axes, location="bottom", label=label)


def _around_paper() -> Colormap:
    """Nothing has the colour of the paper; too small is orange, and too large blue."""
    blue, orange, *_ = rcParams["axes.prop_cycle"].by_key()["color"]
    return LinearSegmentedColormap.from_list("off", [orange, rcParams["figure.facecolor"], blue])


def _from_paper() -> Colormap:
    """Light or dark where there is least, as the paper is."""
    is_dark = sum(to_rgb(rcParams["figure.facecolor"])) < sum(to_rgb("grey"))
    return colormaps[_SIZES if is_dark else f"{_SIZES}_r"]


def _scale_of_values(pair: _Pair) -> Normalize:
    """By what is expected, so that a wild value among those that came does not darken all others."""
    greatest, least = float(pair.expected.max()), float(pair.expected.min())
    if pair.is_wide:
        return _decades(greatest)
    return Normalize(least, greatest if greatest > least else least + 1)


def _decades(greatest: float) -> LogNorm:
    return LogNorm(greatest / 10**_DECADES, greatest)


def _draw_curves(figure: Figure, panels: list[Axes], pair: _Pair) -> None:
    del figure
    for axes, values, colour in zip(
        panels, (pair.expected, pair.got, pair.off), (_EXPECTED, _OWN, rcParams["text.color"]), strict=True
    ):
        axes.plot(values, color=colour, marker=".")
        axes.axvline(pair.farthest[0], color=_MARK, linestyle=":", linewidth=1)
        axes.set(xlabel="item", ylabel="value")
        axes.grid(visible=True, alpha=0.3)
