"""A past of real programs, graded commit by commit, and its step back found on asv's page in a real browser."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.semester import hand_in_week_by_week
from tests.end_to_end.small_course import LOOPS, VECTORS, SmallCourse, make_course
from tests.report.browser import CHROMIUM, browser

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")

WRONG = "def distances(points):\n    return points[:, 0]\n"
WEEKS: tuple[Mapping[str, str], ...] = (
    {"ada": VECTORS, "bob": WRONG},
    {"ada": f"{VECTORS}# tidied up\n"},
    {"ada": LOOPS},
    {"ada": f"{LOOPS}# explained\n"},
)
"""Loops in the place of vectors: a step back."""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    return make_course(tmp_path_factory.mktemp("course"))


def test_the_step_back_of_a_semester_is_on_the_page(course: SmallCourse, tmp_path: Path) -> None:
    hand_in_week_by_week(course.folder / "submissions", "distances", WEEKS)
    words = ("history", tmp_path / "history", "--from-git", "main", "--budget", "0", "--names", "--json")
    said = course.grader(*words, "--publish").json
    assert [one["at"][:10] for one in said["added"]] == ["2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28"]
    assert len({one["submissions"] for one in said["added"]}) == len(WEEKS)
    assert course.grader(*words).json["added"] == [], "what is there is not graded again"
    with browser() as chromium:
        chromium.open(f"{Path(said['site']).as_uri()}#/regressions")
        text = ""
        for _ in range(100):
            text = str(chromium.run("document.body.innerText"))
            if "student/ada" in text:
                break
            time.sleep(0.1)
        assert "distances.time_call('student/ada'" in text
        assert "2026-09-21" in text
        assert "student/bob" not in text
        assert [one for one in chromium.requests if one.startswith("http")] == []
