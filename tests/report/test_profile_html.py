"""The heat map that a notebook shows of a program's lines."""

from dataclasses import replace

import pytest

from grader.advice.program import Advice
from grader.grading.profile_lines import Line
from grader.report.profile_html import html_profile
from tests.report.example import HOSTILE_TEXTS, findings, line_profile, line_times
from tests.report.test_own_files_html import Page

KNOWN_TAGS = frozenset(
    {"div", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "span", "code", "ul", "li"},
)


def test_each_line_has_its_figures_and_a_bar_and_the_slowest_a_mark() -> None:
    page = Page(html_profile(line_profile()))
    assert {"ada · double · case large", "line", "hits", "per hit", "share", "memory", "1,000", "70 %", "+12.3 MB"} <= set(
        page.texts
    )
    assert "▶         y = 2 * one" in page.texts
    assert "      return y" in page.texts
    assert "width:3.50em" in html_profile(line_profile())
    assert any(text.startswith("▶ slowest: line 3, 70 % of the time") for text in page.texts)


def test_a_compiled_program_has_its_second_column() -> None:
    compiled = line_profile(as_python=line_times(0.0, 0.3, 0.6, 0.1, 0.0, as_python=True))
    assert "as Python" in Page(html_profile(compiled)).texts
    assert "as Python" not in Page(html_profile(line_profile())).texts


def test_cells_are_named_above_their_lines() -> None:
    lines = tuple(Line("a.ipynb", 2 + number // 3, number, one.text) for number, one in enumerate(line_profile().lines))
    texts = Page(html_profile(line_profile(lines=lines))).texts
    assert [text for text in texts if text.startswith("a.ipynb")] == ["a.ipynb, code cell 2", "a.ipynb, code cell 3"]


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_source_is_text_and_nothing_else(text: str) -> None:
    lines = tuple(replace(one, file=text[:300], text=text) for one in line_profile().lines)
    html = html_profile(line_profile(author=text[:300], lines=lines, notes=(text,)))
    page = Page(html)
    assert set(page.tags) <= KNOWN_TAGS
    assert page.open == []
    assert html.replace("\n", "").isprintable()
    assert len(html) < 100_000


def test_advice_stands_below_the_sentences() -> None:
    page = Page(html_profile(line_profile(), Advice(findings(), None)))
    assert "line 3: python-loop, up to 3.3 times as fast" in page.texts
    assert page.texts[-1].endswith("to do: make the array first")
