"""What axe-core finds on the pages, in a real Chromium, light and dark, at a desk and on a phone: nothing."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from grader.content.submission import SourceFile, Submission
from grader.grading.versions import Compared, Comparison, Outcome, Speed
from grader.report.feedback_pages import feedback_pages
from grader.report.html import live_page, page
from grader.report.own_files_html import html_summary
from grader.report.profile_html import html_profile
from grader.report.published_pages import published_pages
from grader.report.slower_page import slower_page
from grader.report.staff_pages import staff_pages
from tests.report.browser import CHROMIUM, Browser, browser
from tests.report.example import accepted, line_profile, line_times, marked, reference, report, wrong
from tests.report.test_pages_in_browser import COURSE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
FINDINGS = """axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations.map(
    (one) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`))"""
"""Every rule: WCAG 2.0 and 2.1, levels A and AA, and best practices."""
SUSPECT = accepted("sam", 3, suspicions=("a call took no time",), flags=("you asked for 8 threads", "uses numpy.dot"))
SOURCE = SourceFile("double.py", b"def double(x):\n    return " + b" + ".join([b"x"] * 200))
LONG_LINES = Submission("ada", "student", "double", Path(), (SOURCE,), SOURCE.path, "double", (), "content")
EVERYBODY = [accepted("ada", 1), accepted("bob", 2), SUSPECT, wrong("eve", printed="x = 1"), reference("numba")]
ATTEMPTS = Comparison(
    (
        Compared("bo", "double", Outcome.BROKEN),
        Compared("cy", "double", Outcome.NOT_MEASURED, "measured over different baselines"),
        Compared("di", "double", Outcome.NOT_MEASURED, "at other cases", Speed("small", 0.1, 0.0, 1.0, 0.01, 0.1, 0)),
        Compared("ada", "double", Outcome.SLOWER, speed=Speed("large", 0.5, 0.49, 0.51, 0.01, 0.02, 3)),
    ),
    alpha=0.02,
    sandbox="full",
    is_stored=True,
)
NOTEBOOK = (
    "<!doctype html><html lang='en'><title>A notebook</title><body style='{colours}'><main><h1>A notebook</h1>{cell}</main>"
)


def notebook(cell: str) -> dict[str, str]:
    """What a cell shows, on the paper of a light notebook and of a dark one."""
    papers = {"light": "color:#000;background:#fff", "dark": "color:#fff;background:#111"}
    return {kind: NOTEBOOK.format(colours=colours, cell=cell) for kind, colours in papers.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    shown = marked(*EVERYBODY, *(replace(one, task="triple") for one in EVERYBODY))
    shown = replace(shown, work_units={"double": "numbers", "triple": "numbers"})
    techniques = {("student", "ada", "double"): ("numba",)}
    feedback = feedback_pages(shown, COURSE, {("student", "ada", "double"): LONG_LINES}, str)
    checked = html_summary(marked(*EVERYBODY[:1], reference("numba")), ["ada"], None, [Path("double.py")])
    refused = html_summary(report(EVERYBODY[3]), ["eve"], None)
    compiled = line_profile(as_python=line_times(0.0, 0.3, 0.6, 0.1, 0.0, as_python=True), notes=("it was quiet",))
    pages = {
        **{f"staff/{path}": text for path, text in staff_pages(shown, COURSE, {}).items()},
        **{f"board/{path}": text for path, text in published_pages(shown, COURSE, techniques, str).items()},
        **{f"feedback/{path}": text for path, text in feedback.items()},
        "history/slower.html": slower_page("Lab", ATTEMPTS),
        "history/nobody.html": slower_page("Lab", replace(ATTEMPTS, compared=()), "../board/index.html"),
        "served/listing.html": page("folder.html", title="feedback", paths=sorted(feedback), footer=()),
        "served/ada.html": live_page(feedback["ada.html"], "changes"),
        **{f"notebook/checked-{kind}.html": text for kind, text in notebook(checked).items()},
        **{f"notebook/refused-{kind}.html": text for kind, text in notebook(refused).items()},
        **{f"notebook/profiled-{kind}.html": text for kind, text in notebook(html_profile(compiled)).items()},
    }
    for path, text in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as found:
        yield found


def findings(chromium: Browser) -> list[str]:
    found: list[str] = chromium.run(FINDINGS)
    return found


@pytest.mark.parametrize("kind", ["staff", "board", "feedback", "history", "served", "notebook"])
def test_axe_finds_nothing(chromium: Browser, folder: Path, kind: str) -> None:
    for path in sorted((folder / kind).rglob("*.html")):
        chromium.open(path)
        chromium.run(AXE)
        for width, dark in ((1200, False), (360, True)):
            chromium.look_like(width=width, dark=dark)
            assert findings(chromium) == [], path


def test_what_is_wrong_would_be_found(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    text = (folder / "feedback" / "ada.html").read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace('lang="en"', "").replace("</main>", "<img src='x'></main>"), encoding="utf-8")
    chromium.open(broken)
    chromium.run(AXE)
    assert {one.split(":")[0] for one in findings(chromium)} == {"html-has-lang", "image-alt"}
