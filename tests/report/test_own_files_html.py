"""What a notebook shows after `grader.check`."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from grader.advice.program import Advice
from grader.report.own_files_html import html_summary
from grader.report.pictures import ANOTHER_CALL, Drawn, DrawnPicture
from tests.report.example import HOSTILE_TEXTS, accepted, findings, line_profile, marked, reference, report, wrong
from tests.report.test_roofline_picture import LIMIT, PEAKS
from tests.report.test_style import contrast

LEAST_CONTRAST_OF_SHAPES = 3.0
"""WCAG 2.2, success criterion 1.4.11."""
PNG = b"\x89PNG\r\n\x1a\n"


def drawn(*, is_right: bool) -> Drawn:
    files = {"light": PNG, "dark": PNG + b"dark"}
    picture = DrawnPicture("set", "A set", "What it shows.", "png", is_right=is_right, files=files)
    return Drawn((picture,), {"A film": "too slow"})


KNOWN_TAGS = frozenset(
    {"div", "p", "pre", "table", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "picture", "source", "img"}
    | {"ul", "li", "span", "style", "svg", "g", "path", "circle", "rect", "text", "title"}
)


class Page(HTMLParser):
    """The elements of a page, its texts, and what its pictures are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.texts: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.sources: list[dict[str, str | None]] = []
        self.html = html
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))
        elif tag == "source":
            self.sources.append(dict(attrs))
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_who_is_alone_has_no_rank_and_is_told_what_can_be_compared_where_cases_differ() -> None:
    page = Page(html_summary(report(accepted("you", 1), reference("numba", case="small")), ["you"], None))
    assert "rank" not in page.texts
    assert any(text.startswith("rates of different cases cannot be compared") for text in page.texts)


def test_a_right_function_stands_in_a_table_beside_the_references() -> None:
    page = Page(html_summary(marked(accepted("you"), reference("numba"), reference("naive")), ["you"], None))
    assert page.tags.count("tr") == 4
    assert {"you", "numba", "naive", "50 M numbers/s", "1.25 × ±0.81 %"} <= set(page.texts)
    assert any(
        text.startswith("✓ you: correct · 1.25× faster than numba (±0.81 %) · about 3.5 of 4 speed points here")
        for text in page.texts
    )
    assert any("speed points on this machine" in text for text in page.texts)


def test_it_has_its_speed_as_a_bar_and_how_its_time_grows_as_a_chart_and_in_a_line() -> None:
    page = Page(html_summary(marked(accepted("you"), reference("numba", wall_time_s=0.01), reference("naive")), ["you"], None))
    assert page.tags.count("svg") == page.tags.count("style") == 1
    assert {"you: work^1.00", "numba: work^1.00"} <= set(page.texts)
    assert "you: time ∝ work^1.00 (0.90 to 1.10, 2 cases)" in page.texts
    assert [float(found) for found in re.findall(r"width:([\d.]+)em", page.html)] == [8.0, 0.16, 0.16]


def test_where_the_machine_is_known_there_is_its_roofline_and_where_nothing_is_known_there_is_no_chart() -> None:
    known = replace(marked(accepted("you", limit=LIMIT), reference("numba")), peaks=PEAKS)
    page = Page(html_summary(known, ["you"], None))
    assert page.tags.count("svg") == 2
    assert "you: 42 %" in page.texts
    nothing = marked(accepted("you", growths=()), reference("numba"))
    for shown in (nothing, report(wrong("you"), reference("numba"))):
        assert not {"svg", "style"} & set(Page(html_summary(shown, ["you"], None)).tags)


@pytest.mark.parametrize("paper", ["#ffffff", "#111111"])
def test_its_colours_are_seen_on_light_paper_and_on_dark(paper: str) -> None:
    template = files("grader.report").joinpath("pages", "own_files.html").read_text(encoding="utf-8")
    colours = set(re.findall(r'"(#[0-9a-f]{6})"', template))
    assert {colour for colour in colours if contrast(colour, paper) < LEAST_CONTRAST_OF_SHAPES} == set()


def test_a_wrong_function_gets_its_reason_and_its_prints_and_no_table() -> None:
    page = Page(html_summary(report(wrong("you", "Wrong on case 'one'", printed="x is 1"), reference("numba")), ["you"], None))
    assert "✗ you · double · WRONG_ANSWER" in page.texts
    assert "Wrong on case 'one'" in page.texts
    assert "it printed:\nx is 1" in page.texts
    assert "table" not in page.tags


def test_advice_stands_below_the_table() -> None:
    advice = Advice(findings(), "numba", line_profile().lines[2])
    page = Page(html_summary(marked(accepted("you"), reference("numba")), ["you"], None, advice=advice))
    assert "What would make it faster" in page.texts
    assert any(text.endswith(" · slowest line 3") for text in page.texts)
    assert (
        "line 3: python-loop, up to 3.3 times as fast\nmeasured: it runs 1,000 times, 350 µs each\nto do: compile it"
        in page.texts
    )


def test_the_pictures_are_within_the_page_and_described_and_those_that_are_missing_are_named() -> None:
    right = Page(html_summary(report(accepted("you")), ["you"], drawn(is_right=True)))
    (image,) = right.images
    assert str(image["src"]).startswith("data:image/png;base64,iVBORw0KGgo=")
    assert image["alt"] == "What it shows."
    (dark,) = right.sources
    assert dark["media"] == "(prefers-color-scheme: dark)"
    assert str(dark["srcset"]).startswith("data:image/png;base64,iVBORw0KGgpkYXJr")
    assert "A set, from your output" in right.texts
    assert "A film: not drawn: too slow" in right.texts
    of_wrong = html_summary(report(wrong("you")), ["you"], drawn(is_right=False))
    assert "A set, from your output, which is wrong" in Page(of_wrong).texts


def test_where_all_that_is_drawn_is_right_it_is_said_that_another_call_is_not() -> None:
    for shown, is_right, is_said in ((wrong("you"), True, True), (wrong("you"), False, False), (accepted("you"), True, False)):
        texts = Page(html_summary(report(shown), ["you"], drawn(is_right=is_right))).texts
        assert (ANOTHER_CALL in texts) == is_said


def test_the_notes_and_what_to_hand_in_are_said() -> None:
    noted = accepted("you", flags=("you asked for 8 threads",), suspicions=("it is fast",), review="look")
    texts = Page(html_summary(report(noted), ["you"], None, [Path("double.py")])).texts
    assert "note: you asked for 8 threads" in texts
    assert "note: a person would look at this: it is fast" in texts
    assert "note: a person looks at this before it is ranked and gets speed points: look" in texts
    assert "hand in: double.py" in texts


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_hostile_text_is_text(text: str) -> None:
    bad = replace(wrong(text, text, printed=text), flags=(text,), suspicions=(text,), review=text)
    good = replace(accepted(text), flags=(text,))
    found = replace(drawn(is_right=False), left_out={"A film": text})
    html = html_summary(report(bad), [text], found, [Path("x.py")]) + html_summary(report(good), [text], None)
    page = Page(html)
    assert set(page.tags) <= KNOWN_TAGS
    assert page.open == []
    assert html.replace("\n", "").isprintable()
    assert len(html) < 100_000
