"""The roofline on a page: points lie where their figures say, below what the machine can do, and each has its share."""

from dataclasses import replace
from itertools import pairwise

import pytest

from grader.grading.roofline import limit
from grader.report.feedback_pages import feedback_pages
from grader.report.growth_chart import BOTTOM, LEFT, LINE_HEIGHT, RIGHT, TOP
from grader.report.roofline_chart import RooflineChart, roofline_chart
from grader.report.staff_pages import staff_pages
from tests.report.example import HOSTILE_TEXTS, accepted, reference, report
from tests.report.rich_pages import COURSE
from tests.report.test_roofline_picture import LIMIT, PEAKS, WIDE

OWN, BESIDE = accepted("ada", limit=LIMIT), reference("numba", limit=LIMIT, wall_time_s=0.04)


@pytest.fixture
def chart() -> RooflineChart:
    found = roofline_chart([OWN], [BESIDE], PEAKS)
    assert found is not None
    return found


def test_everyone_stands_with_the_share_of_the_limit_and_the_own_comes_last(chart: RooflineChart) -> None:
    assert [(one.author, one.is_own, one.share) for one in chart.points] == [("numba", False, "21 %"), ("ada", True, "42 %")]
    assert chart.in_words == "numba 21 %, ada 42 % of the limit"
    assert chart.all_named


def test_twice_as_fast_is_the_same_step_and_no_point_is_above_its_limit(chart: RooflineChart) -> None:
    numba, ada = chart.points
    assert numba.at[0] == ada.at[0], "they do the same"
    roof = next(one for one in chart.ceilings if one.name == "arithmetic 120 G op/s")
    assert roof.start[1] == roof.end[1] == ada.limit_at < ada.at[1] < numba.at[1]
    (slower,) = roofline_chart([replace(OWN, wall_time_s=0.08)], [BESIDE], PEAKS).points[1:]  # type: ignore[union-attr]  # there is one
    assert slower.at[1] - numba.at[1] == pytest.approx(numba.at[1] - ada.at[1], abs=0.2)


def test_memories_rise_up_to_the_roof_and_all_is_within_the_frame(chart: RooflineChart) -> None:
    slopes = {one.name: one for one in chart.ceilings if "GB/s" in one.name}
    assert slopes.keys() == {"L1 400 GB/s", "memory 40 GB/s"}
    assert slopes["L1 400 GB/s"].end[0] < slopes["memory 40 GB/s"].end[0]
    for x, y in [place for one in chart.ceilings for place in (one.start, one.end)] + [one.at for one in chart.points]:
        assert LEFT <= x <= RIGHT
        assert TOP <= y <= BOTTOM


def test_no_name_lies_on_another() -> None:
    beside = [reference(f"level {number}", limit=LIMIT, wall_time_s=0.04) for number in range(5)]
    found = roofline_chart([OWN], beside, PEAKS)
    assert found is not None
    places = sorted(one.label_at for one in found.points if one.label_at is not None)
    assert len(places) == 6
    assert all(later - earlier >= LINE_HEIGHT - 0.01 for earlier, later in pairwise(places))


def test_on_several_cores_the_roof_is_theirs() -> None:
    found = roofline_chart([accepted("ada", limit=limit(1e9, 8, 8, 4, WIDE))], [], WIDE)
    assert found is not None
    assert "arithmetic 400 G op/s" in [one.name for one in found.ceilings]
    assert found.cores == 4


def test_there_is_none_where_the_machine_is_not_measured_or_the_task_counts_no_operations() -> None:
    assert roofline_chart([OWN], [BESIDE], None) is None
    assert roofline_chart([accepted("ada")], [BESIDE], PEAKS) is None
    assert roofline_chart([], [BESIDE], PEAKS) is None


def test_it_stands_on_the_students_page_and_without_names_of_students_on_the_tasks() -> None:
    shown = report(OWN, replace(OWN, author="bob", wall_time_s=0.05), BESIDE, peaks=PEAKS)
    own = feedback_pages(shown, COURSE, {}, str)["ada.html"]
    assert "numba 21 %, ada 42 % of the limit" in own
    assert "bob" not in own
    of_all = staff_pages(shown, COURSE, {})["tasks/double.html"]
    assert "points without a name are students" in of_all
    assert "<title>bob 17 %</title>" in of_all


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_a_hostile_name_is_text(text: str) -> None:
    name = text[:200] or "nobody"
    shown = report(replace(OWN, author=name), BESIDE, peaks=PEAKS)
    for page in (*feedback_pages(shown, COURSE, {}, str).values(), staff_pages(shown, COURSE, {})["tasks/double.html"]):
        assert "<script>alert" not in page
        assert "Roofline" in page
