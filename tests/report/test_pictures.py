"""Pictures as files: on both papers, small enough for a page, and a fault of the course's where its code cannot draw."""

import io
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

from grader.content.task import Answered, Case, Picture
from grader.errors import GraderError
from grader.grading.pictures import PictureAnswers
from grader.records import Problem
from grader.report import pictures
from grader.report.pictures import drawn, left_out_lines, rendered
from grader.report.theme import DARK, LIGHT, THEMES, Theme
from grader.verdicts import Verdict

CASE = Case("one", lambda _generator: (np.arange(3.0),))
ANSWERS: tuple[Answered, ...] = (((np.arange(3.0),), (np.arange(3.0),)),)


def curve(answers: tuple[Answered, ...], figure: Figure) -> None:
    ((_, (output,)),) = answers
    figure.add_subplot().plot(output)


def turning(answers: tuple[Answered, ...], figure: Figure) -> Callable[[int], None]:
    ((_, (output,)),) = answers
    axes: Axes = figure.add_subplot(ylim=(0, 10))
    (line,) = axes.plot(output)
    return lambda number: line.set_ydata(output + number)


def noise(_answers: tuple[Answered, ...], figure: Figure) -> None:
    figure.add_subplot().imshow(np.random.default_rng(1).random((1000, 1400, 3)), aspect="auto")


def broken(answers: tuple[Answered, ...], _figure: Figure) -> None:
    raise KeyError(len(answers))


def stuck(answers: tuple[Answered, ...], _figure: Figure) -> Callable[[int], None]:
    def show(number: int) -> None:
        raise IndexError(number, answers)

    return show


STILL = Picture("curve", "A curve", "It rises.", (CASE,), curve, size_inches=(3.0, 2.0))
FILM = replace(STILL, name="film", draw=turning, frames=4)


def image_of(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
@pytest.mark.parametrize("picture", [STILL, FILM], ids=["still", "film"])
def test_the_ground_is_the_paper_of_the_theme(picture: Picture, theme: Theme) -> None:
    corner = image_of(rendered(picture, ANSWERS, theme)).convert("RGB").getpixel((1, 1))
    assert isinstance(corner, tuple)
    assert np.array(corner[:3]) / 255 == pytest.approx(to_rgb(theme.paper), abs=0.02)


def test_a_film_has_its_frames_at_its_pace_and_turns_forever() -> None:
    image = image_of(rendered(FILM, ANSWERS, LIGHT))
    assert image.format == "GIF"
    assert getattr(image, "n_frames", 1) == 4
    assert image.info["duration"] == 120
    assert image.info["loop"] == 0
    frames = []
    for number in range(4):
        image.seek(number)
        frames.append(np.asarray(image.convert("RGB")))
    assert all((one != other).any() for one, other in pairwise(frames))


def test_what_was_drawn_says_what_there_is_to_see_and_whether_it_is_right() -> None:
    wrong = Problem(Verdict.WRONG_ANSWER, "Wrong on case 'one'")
    found = drawn([PictureAnswers(STILL, ANSWERS, None), PictureAnswers(FILM, ANSWERS, wrong)])
    still, film = found.pictures
    assert (still.name, still.title, still.about, still.format, still.is_right) == (
        "curve",
        "A curve",
        "It rises.",
        "png",
        True,
    )
    assert (film.format, film.is_right) == ("gif", False)
    assert still.files.keys() == {"light", "dark"}
    assert drawn([PictureAnswers(STILL, ANSWERS, None)], (DARK,)).pictures[0].files == {"dark": still.files["dark"]}


def test_a_picture_whose_answers_did_not_come_is_left_out_with_the_reason() -> None:
    late = Problem(Verdict.TIME_LIMIT, "the calls take too long")
    found = drawn([PictureAnswers(STILL, (), late)])
    assert found.pictures == ()
    assert left_out_lines(found) == ["A curve: not drawn: the calls take too long"]


def test_a_picture_that_is_too_large_is_drawn_smaller(monkeypatch: pytest.MonkeyPatch) -> None:
    large = rendered(STILL, ANSWERS, LIGHT)
    monkeypatch.setitem(pictures.MOST_BYTES, "png", len(large) - 1)
    (one,) = drawn([PictureAnswers(STILL, ANSWERS, None)], (LIGHT,)).pictures
    assert image_of(one.files["light"]).width < image_of(large).width


def test_noise_that_stays_too_large_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(pictures.MOST_BYTES, "png", 5_000)
    found = drawn([PictureAnswers(replace(STILL, draw=noise), ANSWERS, None)])
    assert left_out_lines(found) == ["A curve: not drawn: it stays above 5 kB at every resolution"]


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (replace(STILL, draw=broken), "KeyError"),
        (replace(STILL, frames=3), "more than one frame"),
        (replace(FILM, frames=1), "more than one frame"),
        (replace(FILM, draw=stuck), "IndexError"),
    ],
    ids=["draws not", "no frames", "frames unsaid", "shows not"],
)
def test_a_picture_that_the_course_cannot_draw_is_the_courses_fault(picture: Picture, why: str) -> None:
    with pytest.raises(GraderError, match=why):
        rendered(picture, ANSWERS, LIGHT)
