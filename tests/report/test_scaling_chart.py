"""Strong scaling on a page: the speedups over the cores, beside the references', where they were measured as the report was."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from grader.grading.kept_scaling import kept_scaling
from grader.report.feedback_pages import feedback_pages
from grader.report.growth_chart import BOTTOM, LEFT, RIGHT, TOP
from grader.report.page_inputs import Kept
from grader.report.scaling_chart import ScalingChart, Scalings, scaling_chart
from grader.report.staff_pages import staff_pages
from tests.report.example import HOSTILE_TEXTS, MACHINE, accepted, reference, report, study
from tests.report.rich_pages import COURSE

OWN, BESIDE, OTHER = accepted("ada"), reference("numba"), accepted("bob", 2)
STUDY = kept_scaling(study(), MACHINE.fingerprint)
STUDIES = {(one.kind, one.author, one.task): STUDY for one in (OWN, BESIDE, OTHER)}
SHOWN = report(OWN, OTHER, BESIDE, sandbox="full")


def kept(scalings: Scalings) -> Kept:
    return Kept(lambda _: (), scalings)


@pytest.fixture
def chart() -> ScalingChart:
    found = scaling_chart([OWN], [BESIDE], STUDIES)
    assert found is not None
    return found


def test_everyone_stands_with_the_speedup_on_the_most_cores_and_the_own_comes_last(chart: ScalingChart) -> None:
    assert chart.in_words == "numba 3.08 × on 4 cores, 10 % serial; ada 3.08 × on 4 cores, 10 % serial"
    assert [one.is_own for one in chart.authors] == [False, True]
    first, second = chart.authors
    assert first.label_at != second.label_at


def test_points_lie_below_the_ideal_within_the_frame_and_have_their_intervals(chart: ScalingChart) -> None:
    ada = chart.authors[-1]
    (x0, y0), (x1, y1) = chart.ideal
    assert len(ada.points) == 3
    for x, y in ada.points:
        assert LEFT <= x <= RIGHT
        assert y0 + (x - x0) / (x1 - x0) * (y1 - y0) <= y + 0.2, "downwards is less"
        assert TOP <= y <= BOTTOM
    assert [x for x, *_ in ada.intervals] == [x for x, _ in ada.points[1:]]
    assert all(low >= y >= high for (_, low, high), (_, y) in zip(ada.intervals, ada.points[1:], strict=True))


def test_amdahls_law_goes_with_the_own_serial_part_alone_and_never_above_the_ideal(chart: ScalingChart) -> None:
    beside, own = chart.authors
    assert beside.law == ()
    assert own.law[0] == own.points[0], "one core is one core"
    assert own.law[-1] == pytest.approx(own.points[-1], abs=0.2), "the example keeps to the law"
    superlinear = scaling_chart([OWN], [], {("student", "ada", "double"): replace(STUDY, serial=-0.05)})
    assert superlinear is not None
    (ada,) = superlinear.authors
    assert ada.law[-1] == superlinear.ideal[1]
    assert ada.said == "3.08 × on 4 cores"


def test_there_is_none_where_nobody_was_studied() -> None:
    assert scaling_chart([OWN], [BESIDE], {}) is None
    assert scaling_chart([OWN], [BESIDE], {("reference", "numba", "double"): STUDY}) is None


def test_of_many_cores_some_are_named() -> None:
    (one, *_) = STUDY.on_cores
    wide = replace(STUDY, on_cores=(one, replace(one, cores=64, speedup=20.0, low=None, high=None)))
    found = scaling_chart([OWN], [], {("student", "ada", "double"): wide})
    assert found is not None
    assert [tick.text for tick in found.cores_ticks] == ["8", "16", "24", "32", "40", "48", "56", "64"]


def test_it_stands_on_the_students_page_and_everybodys_on_the_tasks() -> None:
    own = feedback_pages(SHOWN, COURSE, {}, str, kept=kept(STUDIES))["ada.html"]
    assert "numba 3.08 × on 4 cores, 10 % serial; ada 3.08 × on 4 cores, 10 % serial" in own
    assert "bob" not in own
    of_all = staff_pages(SHOWN, COURSE, {}, kept=kept(STUDIES))["tasks/double.html"]
    assert "bob 3.08 × on 4 cores" in of_all


@pytest.mark.parametrize("facts", [{"machine": "another"}, {"sandbox": "none"}])
def test_a_study_of_another_machine_or_sandbox_does_not_stand_beside_these_figures(facts: Mapping[str, Any]) -> None:
    elsewhere = {key: replace(one, **facts) for key, one in STUDIES.items()}
    assert "Strong scaling" not in feedback_pages(SHOWN, COURSE, {}, str, kept=kept(elsewhere))["ada.html"]


def test_a_new_study_makes_the_page_another_one_and_somebody_elses_does_not() -> None:
    def digest(scalings: Scalings) -> str:
        return feedback_pages(SHOWN, COURSE, {}, str, kept=kept(scalings)).digests["ada.html"]

    without_bobs = {key: one for key, one in STUDIES.items() if key[1] != "bob"}
    assert digest(STUDIES) == digest(without_bobs)
    assert len({digest({}), digest(STUDIES), digest({("student", "ada", "double"): STUDY})}) == 3


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_a_hostile_name_is_text(text: str) -> None:
    name = text[:200] or "nobody"
    shown = report(replace(OWN, author=name), BESIDE, sandbox="full")
    scalings = {("student", name, "double"): STUDY}
    page = staff_pages(shown, COURSE, {}, kept=kept(scalings))["tasks/double.html"]
    assert "<script>alert" not in page
    assert "Strong scaling" in page
