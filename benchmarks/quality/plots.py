"""The report's picture: what is found at which true difference, and how often equals are split."""

from io import BytesIO
from typing import TYPE_CHECKING

from benchmarks.quality.load import QUIET
from benchmarks.quality.merit import DIFFERENCES, Merit, together
from benchmarks.quality.quality import Quality
from benchmarks.share import Share

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PROMISED_SPLITS_PERCENT = 2
_SIZE_INCHES = (11, 5)


def svg(quality: Quality) -> bytes:
    """Detection on the left, false splits on the right; the same file for the same figures."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "quality", "font.size": 9}):
        figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
        left, right = figure.subplots(1, 2)
        kinds = _kinds(quality)
        _detection(left, kinds)
        _splits(right, kinds)
        file = BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _kinds(quality: Quality) -> dict[str, Merit]:
    """Under every load, and by every other tool."""
    loads = {
        "the grader" if load == QUIET else f"the grader, load: {load}": together(list(merits.values()))
        for load, merits in quality.merits.items()
    }
    return {**loads, **{name: together(list(merits.values())) for name, merits in quality.rivals.items()}}


def _detection(axes: "Axes", kinds: dict[str, Merit]) -> None:
    for name, merit in kinds.items():
        shares = {difference: merit.found[difference].percent for difference in DIFFERENCES}
        seen = {difference: percent for difference, percent in shares.items() if percent is not None}
        style = "-" if name.startswith("the grader") else ":"
        axes.plot(list(seen), list(seen.values()), style, marker="o", markersize=4, label=name)
    axes.set(xscale="log", xlabel="true difference, %", ylabel="pairs ranked in the right order, %", ylim=(-3, 103))
    axes.set_xticks(DIFFERENCES, [str(difference) for difference in DIFFERENCES])
    axes.minorticks_off()
    axes.legend(frameon=False, fontsize=8, ncols=3, loc="upper center", bbox_to_anchor=(0.5, -0.13))
    axes.grid(alpha=0.3)


def _splits(axes: "Axes", kinds: dict[str, Merit]) -> None:
    names = list(kinds)[::-1]
    for place, name in enumerate(names):
        share = kinds[name].split_gradings
        percent, interval = share.percent, share.interval_percent
        if percent is not None and interval is not None:
            axes.barh(place, percent, xerr=_arms(share), color="0.7", error_kw={"elinewidth": 1, "capsize": 3})
    axes.axvline(_PROMISED_SPLITS_PERCENT, color="black", linestyle="--", linewidth=1)
    axes.set_yticks(range(len(names)), names)
    axes.set(xlabel="gradings that split programs of equal work, %\n(dashed: at most so many are promised)", xlim=(0, 100))


def _arms(share: Share) -> list[list[float]]:
    """From the share down and up to the ends of its interval."""
    percent, interval = share.percent or 0.0, share.interval_percent or (0.0, 0.0)
    return [[percent - interval[0]], [interval[1] - percent]]
