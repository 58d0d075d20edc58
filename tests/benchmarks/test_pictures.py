"""The pictures of README and docs: all there, none too large, and what makes them draws what is measured."""

import io
import re
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from benchmarks.pictures import CHECKED, COURSE, GIVEN_FEEDBACK, LARGEST_BYTES, PROFILED, TASK, page_png
from grader.report.feedback_pages import feedback_pages
from grader.report.profile import profiled
from grader.report.terminal_picture import terminal_svg
from tests.report.browser import CHROMIUM
from tests.report.example import accepted, line_profile, marked, reference
from tests.report.rich_pages import COURSE as LAB

NAMED = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
MADE_HERE = {"leaderboard.svg", "check.svg", "profile.svg", "feedback.png", "board.png"}


def named() -> list[tuple[Path, str]]:
    """Each picture that a page of the documentation shows, with the words that stand for it."""
    pages = [COURSE / "README.md", *sorted((COURSE / "docs").glob("*.md"))]
    return [
        (page.parent / picture, words) for page in pages for words, picture in NAMED.findall(page.read_text(encoding="utf-8"))
    ]


def test_every_picture_is_there_and_small_and_described() -> None:
    for picture, words in named():
        assert picture.is_file(), picture
        assert picture.stat().st_size <= LARGEST_BYTES, picture
        assert len(words.split()) > 2, picture


def test_each_picture_that_is_made_is_shown() -> None:
    assert {picture.name for picture, _ in named() if picture.parent.name == "docs"} >= MADE_HERE
    assert (COURSE / "submissions" / GIVEN_FEEDBACK / f"{TASK}.py").is_file()
    assert (COURSE / PROFILED).is_file()
    assert (COURSE / CHECKED).is_file()


def test_one_command_makes_them() -> None:
    planned = subprocess.run(["make", "-n", "pictures"], cwd=COURSE, capture_output=True, text=True, check=True)  # noqa: S607
    assert "python -m benchmarks.pictures" in planned.stdout


def test_a_terminal_is_drawn_with_its_title_and_loads_nothing() -> None:
    svg = terminal_svg(profiled(line_profile()), "grader profile a&b.py")
    assert svg.startswith("<svg")
    assert "slowest:" in svg.replace("&#160;", " ")
    assert "grader&#160;profile&#160;a&amp;b.py" in svg
    assert re.findall(r"(?:href|src|url)\W*https?:", svg) == []


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_page_is_pictured_from_its_top_in_few_colours(tmp_path: Path) -> None:
    page = tmp_path / "ada.html"
    pages = feedback_pages(marked(accepted("ada"), reference("numba")), LAB, {}, str)
    page.write_text(pages["ada.html"], encoding="utf-8")
    content = page_png(page, 860, 500)
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.format == "PNG"
        assert picture.height == 500
        assert len(picture.getcolors() or ()) > 8, "it is not blank"
    assert len(content) < LARGEST_BYTES
