"""A task's pictures, drawn of a submission's answers: figures, and files that pages can hold."""

import io
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from grader.content.task import Answered, Picture
from grader.errors import GraderError
from grader.grading.pictures import PictureAnswers, WrongAnswer
from grader.report.theme import THEMES, Theme, themed
from grader.text import harmless_remark
from grader.verdicts import Verdict

if TYPE_CHECKING:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL.Image import Image

Format = Literal["png", "gif"]

MOST_BYTES = {"png": 150_000, "gif": 500_000}
"""Of a file, by its format: with both themes of all pictures, a student's page stays below 3 MB."""
_RESOLUTIONS_DPI = (100, 75, 50)
"""Tried in turn until a picture is small enough."""
_FRAMES_FOR_COLOURS = 8
_COLOURS = {"png": 128, "gif": 48}
"""Few, since pictures of curves and one colour map need no more: a third of the size."""


ANOTHER_CALL = "What is drawn here is right: the answer that is wrong is to another call."


class TooLargeError(Exception):
    """A picture that stays too large at every resolution: its answer is noise."""


@dataclass(frozen=True)
class DrawnPicture:
    """One picture, and what there is to say of it."""

    name: str
    title: str
    about: str
    format: Format
    is_right: bool
    """Whether every answer that it is drawn of is right, as far as each can be judged alone."""
    files: Mapping[str, bytes]
    """By the names of the themes."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn of one submission."""

    pictures: tuple[DrawnPicture, ...]
    left_out: Mapping[str, str]
    """The title of every picture that could not be drawn, and why."""


def drawn(answered: Iterable[PictureAnswers], themes: Sequence[Theme] = THEMES, failing: WrongAnswer | None = None) -> Drawn:
    """Every picture whose answers came, in these themes; behind them what is wrong of the first answer that can be shown so.

    Last of all stands the case that was found to fail, `failing`, where there is one.

    Raises:
        GraderError: the task's own code fails to draw one.
    """
    pictures: list[DrawnPicture] = []
    left_out: dict[str, str] = {}
    wrong: list[WrongAnswer] = []
    for one in answered:
        picture = one.picture
        wrong += filter(None, [one.wrong])
        if not one.answers:
            left_out[picture.title] = "no answer came" if one.problem is None else one.problem.message
            continue
        try:
            files = {theme.name: small_file(picture, one.answers, theme) for theme in themes}
        except TooLargeError as error:
            left_out[picture.title] = str(error)
            continue
        is_right = one.problem is None
        pictures.append(DrawnPicture(picture.name, picture.title, picture.about, format_of(picture), is_right, files))
    differences = (
        *_differences("difference", "The difference", wrong, themes),
        *_differences("failing-case", "The case that fails", filter(None, [failing]), themes),
    )
    return Drawn((*pictures, *differences), left_out)


def remarks(drawn: Drawn, verdict: Verdict) -> list[str]:
    """What stands below the pictures: which are not there, and where they cannot show what is wrong."""
    all_right = bool(drawn.pictures) and all(one.is_right for one in drawn.pictures)
    return [*left_out_lines(drawn), *([ANOTHER_CALL] if verdict is Verdict.WRONG_ANSWER and all_right else [])]


def left_out_lines(drawn: Drawn) -> list[str]:
    """A line for each picture that is not there."""
    return [f"{title}: not drawn: {harmless_remark(why)}" for title, why in drawn.left_out.items()]


def format_of(picture: Picture) -> Format:
    """A GIF for an animation."""
    return "gif" if picture.frames > 1 else "png"


def figure_of(picture: Picture, answers: Sequence[Answered], theme: Theme) -> "Figure":
    """The figure; of an animation its beginning.

    Raises:
        GraderError: the task's own code fails to draw it.
    """
    with _the_courses_drawing(picture, theme):
        figure, _ = _drawn(picture, answers)
        return figure


def rendered(picture: Picture, answers: Sequence[Answered], theme: Theme, dpi: int = _RESOLUTIONS_DPI[0]) -> bytes:
    """A PNG, or a GIF of an animation.

    Raises:
        GraderError: the task's own code fails to draw it.
    """
    with _the_courses_drawing(picture, theme):
        figure, show = _drawn(picture, answers)
        figure.set_dpi(dpi)
        return _png(figure) if show is None else _gif(figure, show, picture)


def small_file(picture: Picture, answers: Sequence[Answered], theme: Theme) -> bytes:
    """As `rendered`, at the highest resolution at which it is small enough for a page.

    Raises:
        GraderError: the task's own code fails to draw it.
        TooLargeError: it is too large at every one.
    """
    return _small_enough(partial(rendered, picture, answers, theme), format_of(picture))


def _differences(name: str, title: str, wrong: Iterable[WrongAnswer], themes: Sequence[Theme]) -> Iterator[DrawnPicture]:
    """The first that can be drawn, if any; one that stays too large shows nothing that its message does not say."""
    from grader.report.difference_picture import can_be_drawn

    first = next((one for one in wrong if can_be_drawn(one.right, one.got)), None)
    if first is None:
        return
    about = f"Expected beside yours, and by how much they differ, in case {first.case!r}. The ring is where it is most."
    with suppress(TooLargeError):
        files = {theme.name: _small_enough(partial(_difference, first, theme), "png") for theme in themes}
        yield DrawnPicture(name, title, about, "png", is_right=False, files=files)


def _difference(wrong: WrongAnswer, theme: Theme, dpi: int) -> bytes:
    from grader.report.difference_picture import difference_figure

    with themed(theme):
        figure = difference_figure(f"Case {wrong.case}", wrong.right, wrong.got)
        figure.set_dpi(dpi)
        return _png(figure)


def _small_enough(render: Callable[[int], bytes], kind: Format) -> bytes:
    """A picture for a page, at the highest resolution at which it is small enough."""
    most_bytes = MOST_BYTES[kind]
    for dpi in _RESOLUTIONS_DPI:
        content = render(dpi)
        if len(content) <= most_bytes:
            return content
    raise TooLargeError(f"it stays above {most_bytes // 1000} kB at every resolution")


@contextmanager
def _the_courses_drawing(picture: Picture, theme: Theme) -> Iterator[None]:
    """Draw with a theme's colours; whatever goes wrong is the course's fault, never a student's."""
    try:
        with themed(theme), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # answers may hold NaN and infinity, and leave nothing to be drawn
            yield
    except Exception as error:
        raise GraderError(f"the task's own code fails to draw {picture.name!r}: {type(error).__name__}: {error}") from error


def _drawn(picture: Picture, answers: Sequence[Answered]) -> "tuple[Figure, Callable[[int], None] | None]":
    from matplotlib.figure import Figure

    figure = Figure(figsize=picture.size_inches, layout="constrained")
    show = picture.draw(tuple(answers), figure)
    if (show is None) != (picture.frames == 1):
        raise ValueError("`draw` returns a function where there is more than one frame, and only there")
    return figure, show


def _png(figure: "Figure") -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    content = io.BytesIO()
    _in_few_colours(_pixels(FigureCanvasAgg(figure)), _COLOURS["png"]).save(content, format="png", optimize=True)
    return content.getvalue()


def _gif(figure: "Figure", show: Callable[[int], None], picture: Picture) -> bytes:
    """All frames, in the colours of some of them."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    figure.set_layout_engine("constrained")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # the layout of the first frame is that of all, and takes the time
    frames = []
    for number in range(picture.frames):
        show(number)
        frames.append(_pixels(canvas))
    palette = _in_few_colours(_side_by_side(frames[:: -(-len(frames) // _FRAMES_FOR_COLOURS)]), _COLOURS["gif"])
    first, *others = (_in_few_colours(frame, _COLOURS["gif"], palette) for frame in frames)
    frame_ms = round(1000 * picture.frame_time_s)
    content = io.BytesIO()
    first.save(content, format="gif", save_all=True, append_images=others, duration=frame_ms, loop=0)
    return content.getvalue()


def _pixels(canvas: "FigureCanvasAgg") -> "Image":
    from PIL.Image import fromarray

    canvas.draw()  # type: ignore[no-untyped-call]  # it carries no types
    return fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())  # type: ignore[no-untyped-call]  # the same


def _in_few_colours(image: "Image", colours: int, palette: "Image | None" = None) -> "Image":
    """So many of its own colours, or those of another image; without a pattern of points, which would not compress."""
    from PIL.Image import Dither, Quantize

    return image.quantize(colours, method=None if palette else Quantize.MAXCOVERAGE, palette=palette, dither=Dither.NONE)


def _side_by_side(images: "Sequence[Image]") -> "Image":
    from PIL.Image import fromarray

    return fromarray(np.concatenate([np.asarray(image) for image in images], axis=1))
