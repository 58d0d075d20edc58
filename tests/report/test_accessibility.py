"""What axe-core finds on the pages, in a real Chromium, light and dark, at a desk and on a phone: nothing."""

from importlib.resources import files
from itertools import product
from pathlib import Path

import pytest

from tests.report.browser import CHROMIUM, Browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FINDINGS = """axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`))"""
"""Every rule: WCAG 2.0 and 2.1, levels A and AA, and best practices."""


def findings(chromium: Browser) -> list[str]:
    found: list[str] = chromium.run(FINDINGS)
    return found


@pytest.mark.parametrize("kind", ["staff", "board", "feedback", "history", "served", "notebook"])
def test_axe_finds_nothing(chromium: Browser, rich_folder: Path, kind: str) -> None:
    for path in sorted((rich_folder / kind).rglob("*.html")):
        chromium.open(path)
        chromium.run(AXE)
        for width, dark in product((1200, 360), (False, True)):
            chromium.look_like(width=width, dark=dark)
            assert findings(chromium) == [], (path, width, dark)


def test_a_page_that_has_everything_is_among_them(rich_folder: Path) -> None:
    page = (rich_folder / "feedback" / "ada.html").read_text(encoding="utf-8")
    for part in ("data:image/png", "data:image/gif", "The difference", 'class="heat"', "to do: compile it", "How it developed"):
        assert part in page
    assert 'aria-label="Time of a call over its work' in page
    assert "Strong scaling: how many times as fast as on one" in page
    assert "what the machine can do: ada 42 % of the limit" in page


def test_what_is_wrong_would_be_found(chromium: Browser, rich_folder: Path, tmp_path: Path) -> None:
    text = (rich_folder / "feedback" / "ada.html").read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace('lang="en"', "").replace("</main>", "<img src='x'></main>"), encoding="utf-8")
    chromium.open(broken)
    chromium.run(AXE)
    assert {one.split(":")[0] for one in findings(chromium)} == {"html-has-lang", "image-alt"}
