"""The pages in a real Chromium, where there is one: sorting, filtering, hostile text, and no request or complaint."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.report.feedback_pages import feedback_pages
from grader.report.published_pages import published_pages
from grader.report.staff_pages import staff_pages
from tests.report.browser import CHROMIUM, Browser
from tests.report.example import HOSTILE_TEXTS, accepted, marked, reference, wrong
from tests.report.rich_pages import COURSE

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

PHONE, DESK = 360, 1200
RIGHT = [accepted(f"author{number}", number, wall_time_s=0.01 * number, speedup=2.0 / number) for number in range(1, 13)]
SCRIPTS = HOSTILE_TEXTS["a script"]
HOSTILE_NAME = "<img src=http://example.org/x onerror=alert(1)>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    both = [*RIGHT, reference("numba"), *(replace(one, task="triple") for one in RIGHT[:3])]
    shown = replace(
        marked(*both, wrong(HOSTILE_NAME, SCRIPTS, printed=SCRIPTS)),
        work_units={"double": "numbers", "triple": "numbers"},
    )
    techniques = {("student", one.author, "double"): ("numba",) for one in RIGHT[:4]}
    pages = {
        **{f"staff/{path}": text for path, text in staff_pages(shown, COURSE, {}).items()},
        **{f"board/{path}": text for path, text in published_pages(shown, COURSE, techniques, str).items()},
        **{f"feedback/{path}": text for path, text in feedback_pages(shown, COURSE, {}, str).items()},
    }
    for path, text in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def board(chromium: Browser, folder: Path) -> Browser:
    chromium.open(folder / "board" / "index.html")
    return chromium


TABLE = "document.querySelector('[data-assignments=doubling] table')"


def names(page: Browser) -> list[str]:
    found: list[str] = page.run(
        f"[...{TABLE}.tBodies[0].rows].filter((row) => !row.hidden).map((row) => row.cells[1].textContent)"
    )
    return found


def click(page: Browser, column: int) -> str:
    page.run(f"{TABLE}.tHead.rows[0].cells[{column}].querySelector('button').click()")
    state: str = page.run(f"{TABLE}.tHead.rows[0].cells[{column}].getAttribute('aria-sort')")
    return state


def choose(page: Browser, identifier: str, value: str) -> None:
    page.run(
        f"document.getElementById('{identifier}').value = '{value}';"
        f"document.getElementById('{identifier}').dispatchEvent(new Event('input', {{bubbles: true}}))"
    )


def pages_of(*folders: Path) -> Iterator[Path]:
    """All of them, but for the one that a server shows, which asks it for changes."""
    return (page for folder in folders for page in folder.rglob("*.html") if page.parts[-2:] != ("served", "ada.html"))


def test_no_page_asks_for_anything_or_complains(chromium: Browser, folder: Path, rich_folder: Path) -> None:
    for page in pages_of(folder, rich_folder):
        chromium.open(page)
        asked = [one for one in chromium.requests if not one.startswith("data:")]  # such a picture stands in the page itself
        assert asked == [page.as_uri()]
        assert chromium.complaints == [], page


def test_what_a_page_asked_for_or_complained_of_would_be_noticed(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = (folder / "feedback" / "author1.html").read_text(encoding="utf-8")
    page.write_text(text.replace("</main>", "<img src='beside.png'><p style='color: red'></p></main>"), encoding="utf-8")
    chromium.open(page)
    assert len(chromium.complaints) >= 2, "the policy refuses both"
    page.write_text("<!doctype html><script>console.log(1)</script><img src='beside.png'>", encoding="utf-8")
    chromium.open(page)
    assert (tmp_path / "beside.png").as_uri() in chromium.requests
    assert chromium.complaints != []


def test_a_column_is_sorted_by_its_head_and_the_other_way_by_a_second_click(board: Browser) -> None:
    assert names(board)[0] == "author1"
    assert click(board, 2) == "descending"
    assert names(board)[:2] == ["author1", "author2"]
    assert click(board, 2) == "ascending"
    assert names(board)[:2] == ["author12", "author11"]
    assert click(board, 0) == "ascending"
    assert names(board)[-1] == "numba", "who has no rank comes last"
    assert click(board, 0) == "descending"
    assert names(board)[0] == "author12", "by number, and not by text"
    assert names(board)[-1] == "numba"


def test_those_of_one_technique_are_shown_and_it_is_said_how_many(board: Browser) -> None:
    choose(board, "technique", "numba")
    assert names(board) == ["author1", "author2", "author3", "author4"]
    assert "rows are shown" in board.run("document.getElementById('status').textContent")


def test_the_tasks_of_one_assignment_are_shown(board: Browser) -> None:
    choose(board, "assignment", "tripling")
    sections = "[...document.querySelectorAll('section[data-assignments]')]"
    assert board.run(f"{sections}.filter((one) => !one.hidden).map((one) => one.dataset.assignments)") == ["tripling"]


def test_the_top_and_my_neighbours(board: Browser) -> None:
    choose(board, "me", "author9")
    board.run("document.getElementById('near').click()")
    assert names(board) == [f"author{number}" for number in (1, 2, 3, 7, 8, 9, 10, 11)]
    assert board.run(f"[...{TABLE}.querySelectorAll('tr.me')].map((row) => row.dataset.name)") == ["author9"]


def test_who_has_capitals_in_the_name_is_found_however_it_is_typed(chromium: Browser, tmp_path: Path) -> None:
    page = tmp_path / "index.html"
    shown = marked(*RIGHT[:4], accepted("Kira Nagy", 5, wall_time_s=0.05), *RIGHT[5:])
    page.write_text(published_pages(shown, COURSE, {}, str)["index.html"], encoding="utf-8")
    chromium.open(page)
    for typed in ("Kira Nagy", "kira nagy"):
        choose(chromium, "me", typed)
        assert chromium.run("[...document.querySelectorAll('tr.me')].map((row) => row.dataset.name)") == ["Kira Nagy"]
    chromium.run("document.getElementById('near').click()")
    assert names(chromium) == ["author1", "author2", "author3", "author4", "Kira Nagy", "author6", "author7"]


def test_a_hostile_name_is_text(chromium: Browser, folder: Path) -> None:
    chromium.open(folder / "staff" / "index.html")
    assert HOSTILE_NAME in chromium.run("document.body.textContent")
    assert chromium.run("document.images.length") == 0
    (hostile,) = (folder / "feedback").glob("author_*.html")
    chromium.open(hostile)
    assert "<script>alert(1)</script>" in chromium.run("document.body.textContent")
    assert chromium.run("document.querySelectorAll('script').length") == 0
    assert chromium.complaints == []


def test_on_a_phone_only_tables_scroll_sideways_and_dark_is_dark(chromium: Browser, folder: Path, rich_folder: Path) -> None:
    for page in pages_of(folder, rich_folder):
        chromium.open(page)
        for dark, paper in ((False, "rgb(255, 255, 255)"), (True, "rgb(20, 24, 29)")):
            for width in (PHONE, DESK):
                chromium.look_like(width=width, dark=dark)
                assert chromium.run("document.documentElement.scrollWidth") <= width, page
            if page.parent.name != "notebook":  # its paper is the notebook's
                assert chromium.run("getComputedStyle(document.body).backgroundColor") == paper


def test_a_column_is_sorted_by_the_keyboard_alone_and_where_one_is_can_be_seen(board: Browser) -> None:
    head = f"{TABLE}.tHead.rows[0].cells[2]"
    for _ in range(100):
        board.press("Tab")
        if board.run(f"document.activeElement === {head}.querySelector('button')"):
            break
    assert board.run("document.activeElement.matches('thead button:focus-visible')")
    assert board.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    board.press("Enter")
    assert board.run(f"{head}.getAttribute('aria-sort')") == "descending"
    board.press("Enter")
    assert names(board)[0] == "author12"


def test_every_head_is_reached_in_the_order_of_the_page(board: Browser) -> None:
    heads = f"[...{TABLE}.tHead.rows[0].cells]"
    for _ in range(100):
        board.press("Tab")
        if board.run(f"{heads}[0].contains(document.activeElement)"):
            break
    reached = [board.run(f"{heads}.findIndex((head) => head.contains(document.activeElement))")]
    for _ in range(6):
        board.press("Tab")
        reached.append(board.run(f"{heads}.findIndex((head) => head.contains(document.activeElement))"))
    assert reached == list(range(7))
