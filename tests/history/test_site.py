"""asv's site, opened from its files in a real Chromium: nothing is loaded from the network, graphs are drawn."""

import ast
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GraderError, UsageError
from grader.history import site as site_module
from grader.history.site import main, make_local, outside_addresses, publish
from tests.grading.course_fixture import NUMPY_PACE_S, Classroom, paced
from tests.history.past import grade_on, history_of
from tests.report.browser import CHROMIUM, Browser, browser

HOSTILE_NAME = "<img src=http://example.org/x onerror=alert`1`>"
PACES_S = (NUMPY_PACE_S, NUMPY_PACE_S / 4, NUMPY_PACE_S / 5, NUMPY_PACE_S / 5, NUMPY_PACE_S / 2, NUMPY_PACE_S / 2)
"""Week by week, what ada's program takes: a gain, a smaller one, and a step back in the fifth week."""
EVES_WEEKS = (0, 3, 5)
BOARD = "../../board/index.html"
SLOWER = "<!doctype html><title>Slower</title><p>Nobody.</p>"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    classroom = Classroom(tmp_path_factory.mktemp("course"))
    for week, pace_s in enumerate(PACES_S):
        classroom.submit("ada", paced(pace_s), f"# week {week}")
        if week in EVES_WEEKS:
            classroom.submit("eve", paced(NUMPY_PACE_S), f"# week {week}")
        grade_on(classroom, 1 + 5 * week)
    with classroom.store() as store:
        history_of(classroom, lambda name: HOSTILE_NAME if name == "eve" else name).add(store, trust_code=False)
    return publish(classroom.folder / "history", BOARD, SLOWER)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium")
    with browser() as found:
        yield found


def shown(chromium: Browser, page: Path, place: str, wanted: str) -> str:
    """What a place of the site says once it says what is wanted of it, or after some seconds."""
    chromium.open("about:blank")
    chromium.open(f"{page.as_uri()}#{place}")
    text = ""
    for _ in range(100):
        text = str(chromium.run("document.body.innerText"))
        if wanted in text:
            break
        time.sleep(0.1)
    return text


def from_outside(chromium: Browser) -> list[str]:
    return [address for address in chromium.requests if not address.startswith(("file:", "data:", "about:"))]


@pytest.mark.parametrize("place", ["/", "/summarylist", "/regressions", "double.time_call"])
def test_nothing_is_loaded_from_the_network_and_nothing_complains(chromium: Browser, page: Path, place: str) -> None:
    assert "double" in shown(chromium, page, place, "double")
    assert from_outside(chromium) == []
    assert chromium.complaints == []


def test_a_students_copy_of_the_grader_has_no_libraries_and_says_so(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_module, "_LIBRARIES", "none")
    with pytest.raises(GraderError, match="student's copy of the grader"):
        make_local(page.parent)


def test_asvs_regressions_are_followed_by_ours(chromium: Browser, page: Path) -> None:
    shown(chromium, page, "/regressions", "Slower than before")
    chromium.open(str(chromium.run("document.querySelector('#nav a[href=\"slower.html\"]').href")))
    assert "Nobody." in str(chromium.run("document.body.innerText"))


def test_a_graph_is_drawn(chromium: Browser, page: Path) -> None:
    shown(chromium, page, "double.time_call", "author-student/ada")
    drawn = """(() => {
        const canvas = document.querySelector('#main-graph canvas');
        const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return pixels.reduce((sum, one) => sum + (one > 0), 0);
    })()"""
    assert chromium.run(drawn) > 1000


def test_a_line_goes_on_from_attempt_to_attempt(chromium: Browser, page: Path) -> None:
    shown(chromium, page, "double.time_call", "author-student/ada")
    points = "$('#main-graph').data('plot').getData().filter(one => one.label.includes('img')).map(one => one.data.length)"
    assert chromium.run(points) == [len(EVES_WEEKS)], "without holes where others alone were graded"


def points_of(page: Path) -> dict[str, int]:
    """In how many gradings the site's graph has a point of each competitor."""
    index = json.loads((page.parent / "index.json").read_text(encoding="utf-8"))
    competitors, cases = index["benchmarks"]["double.time_call"]["params"]
    (graph,) = (one for one in (page.parent / "graphs").rglob("double.time_call.json") if one.parent.name != "summary")
    counts = dict.fromkeys((ast.literal_eval(one) for one in competitors), 0)
    for _, figures in json.loads(graph.read_text(encoding="utf-8")):
        for number, name in enumerate(counts):
            own = figures[number * len(cases) : (number + 1) * len(cases)]
            counts[name] += any(figure is not None for figure in own)
    return counts


def test_of_the_references_the_baseline_alone_has_a_point_in_every_grading(page: Path) -> None:
    assert points_of(page) == {
        "reference/naive": 1,
        "reference/numba": len(PACES_S),
        "reference/numpy": 1,
        "student/ada": len(PACES_S),
        f"student/{HOSTILE_NAME}": len(EVES_WEEKS),
    }


def test_the_step_back_is_among_the_regressions_and_only_that(chromium: Browser, page: Path) -> None:
    text = shown(chromium, page, "/regressions", "student/ada")
    assert "2.50x" in text
    assert "2026-10-21" in text, "the fifth week"
    assert "reference/" not in text


def test_a_hostile_name_is_text(chromium: Browser, page: Path) -> None:
    assert HOSTILE_NAME in shown(chromium, page, "/summarylist", HOSTILE_NAME)
    assert chromium.run("document.querySelectorAll('img[onerror]').length") == 0
    shown(chromium, page, "double.time_call", HOSTILE_NAME)
    assert chromium.run("document.querySelectorAll('img[onerror]').length") == 0
    assert from_outside(chromium) == []


def test_the_projects_name_leads_to_the_leaderboard(chromium: Browser, page: Path) -> None:
    shown(chromium, page, "/", "double")
    assert chromium.run("document.getElementById('project-name').getAttribute('href')") == BOARD


def test_a_second_time_nothing_changes(page: Path) -> None:
    before = {path: path.read_bytes() for path in page.parent.rglob("*") if path.is_file()}
    make_local(page.parent)
    assert {path: path.read_bytes() for path in page.parent.rglob("*") if path.is_file()} == before
    assert list(outside_addresses(page.read_text(encoding="utf-8"))) == []


def test_any_site_of_asvs_is_made_local_by_the_module(page: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "grader.history.site", page.parent], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_projects_name_leads_where_that_is_said(page: Path, tmp_path: Path) -> None:
    site = tmp_path / "html"
    shutil.copytree(page.parent, site)
    main(site, "https://course.example/")
    assert json.loads((site / "index.json").read_text(encoding="utf-8"))["project_url"] == "https://course.example/"
    assert '"project_url": "https://course.example/"' in (site / "index.json.js").read_text(encoding="utf-8")


def test_what_is_no_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no site that `asv publish` has made"):
        make_local(tmp_path)


def test_a_library_that_is_not_at_hand_is_said(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<script src="https://example.org/new.min.js"></script>', encoding="utf-8")
    (tmp_path / "index.json").write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(GraderError, match=r"wants https://example\.org/new\.min\.js, of which the grader has no copy"):
        make_local(tmp_path)


def test_what_keeps_asv_from_publishing_is_said(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match=r"`asv publish`.*failed"):
        publish(tmp_path, None, SLOWER)
