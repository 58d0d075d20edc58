"""The report: every figure in its place, and nothing where nothing was measured."""

import re
from dataclasses import replace

import pytest

from benchmarks.quality import plots, report
from benchmarks.quality.classes import KERNELS, PIECES, PROGRAMS
from benchmarks.quality.effort import FULL
from benchmarks.quality.load import QUIET
from benchmarks.quality.merit import Outcome, merit
from benchmarks.quality.quality import Quality
from grader.machine import Machine

KERNEL = KERNELS[-1]
LADDER = [program.author for program in sorted(PROGRAMS, key=lambda one: one.percent)]
ALL_APART = Outcome(
    {author: 0.01 * place for place, author in enumerate(LADDER)},
    {(one, other) for place, one in enumerate(LADDER) for other in LADDER[place + 1 :]},
    seconds=20.0,
    runs=4,
)
ALL_TIE = replace(ALL_APART, faster=set())
EFFORT = replace(FULL, kernels=(KERNEL,), loads=("bursts",), budgets_s=(2.0, 4.0))


@pytest.fixture
def quality() -> Quality:
    """Without load everybody ties, under load and with another tool nobody does."""
    tied, apart = ({KERNEL.name: merit([outcome] * 3, PROGRAMS)} for outcome in (ALL_TIE, ALL_APART))
    return Quality(
        effort=EFFORT,
        seconds_per_run=0.15,
        budget_s=2.0,
        date="2026-09-01",
        machine=Machine("here", "a processor", 2, 8 << 30, "Linux x86_64", 2),
        sandbox="full",
        python="3.11.7",
        libraries={"numpy": "2.4.6"},
        seconds=1500.0,
        kernels=(KERNEL,),
        sizes={KERNEL.name: 12_345},
        calls_s={KERNEL.name: 0.006},
        pieces_made={KERNEL.name: {one.author: PIECES * (100 + one.percent) // 100 for one in PROGRAMS}},
        measured={KERNEL.name: {one.author: one.percent / 100 for one in PROGRAMS}},
        outcomes={QUIET: {KERNEL.name: (ALL_TIE,) * 3}, "bursts": {KERNEL.name: (ALL_APART,) * 3}},
        merits={QUIET: tied, "bursts": apart},
        resampled={QUIET: {2.0: tied, 4.0: apart}, "bursts": {2.0: apart, 4.0: apart}},
        rivals={"timeit": apart},
        rivals_grader=tied,
        missing_rivals={"hyperfine": "apt-get install hyperfine"},
    )


def cells(page: str, first: str) -> list[str]:
    """The cells of the one row that begins so."""
    (row,) = re.findall(rf"(?m)^\| {re.escape(first)} \|.*$", page)
    return [cell.strip() for cell in str(row).strip("|").split("|")]


def test_a_row_holds_effort_splits_detection_and_agreement(quality: Quality) -> None:
    _, gradings, runs, seconds, split, *_, wrong, agreement, scatter = cells(
        report.markdown(quality), f"bursts: {KERNEL.title}"
    )
    assert (gradings, runs, seconds) == ("3", "4.0", "20")
    assert split.startswith("100.0 % (29.2 to 100.0)")
    assert wrong.startswith("0.0 %")
    assert (agreement, scatter) == ("1.00", "1.00 %")


def test_the_summary_is_of_the_gradings_without_load(quality: Quality) -> None:
    assert "of 3 gradings 0.0 % (0.0 to 70.8) split the fastest programs, which are equal" in report.markdown(quality)


def test_what_is_aimed_at_stands_beside_what_is_reached_and_the_worst_load_counts(quality: Quality) -> None:
    page = report.markdown(quality)
    assert cells(page, "no pair is in the wrong order")[1:] == ["0.0 %", "0.0 %", "0.0 %"]
    assert cells(page, "two gradings agree by τ_b ≥ 0.97")[1:] == ["0.00", "1.00", "1.00"]
    assert cells(page, "seconds a program")[1:] == ["1.7", "1.7", "1.7"]
    split = cells(page, "at most 2 % of gradings split equals")[1:]
    assert [cell.split(" %")[0] for cell in split] == ["0.0", "100.0", "100.0"]


def test_counted_work_and_measured_time_stand_beside_what_was_meant(quality: Quality) -> None:
    assert cells(report.markdown(quality), "more-05") == ["more-05", "5 %", "5.00 %", "+5.00 %"]


def test_threads_that_share_a_core_with_the_grader_are_noted(quality: Quality) -> None:
    assert "shares one of them" in report.markdown(quality)
    assert "shares one of them" not in report.markdown(replace(quality, kernels=()))


def test_a_tool_stands_beside_the_grader_with_its_rule_and_one_that_is_not_there_with_its_remedy(quality: Quality) -> None:
    page = report.markdown(quality)
    assert "minimum of `Timer.repeat(5, number)`" in page
    assert cells(page, "timeit")[1] == "3"
    assert cells(page, "the grader")[1] == "3"
    assert "*hyperfine* was not there: apt-get install hyperfine" in page


def test_what_was_not_measured_is_said_to_be_no_part_of_the_run(quality: Quality) -> None:
    alone = replace(quality, effort=replace(EFFORT, loads=()), merits={QUIET: quality.merits[QUIET]}, rivals={})
    page = report.markdown(alone)
    assert page.count("Not part of this run.") == 2
    assert "| timeit |" not in page


def test_resampled_shares_have_no_interval(quality: Quality) -> None:
    (row,) = re.findall(r"(?m)^\| bursts \| 4 s \|.*$", report.markdown(quality))
    assert " to " not in row


def test_what_longer_gradings_find_stands_beside_what_they_take(quality: Quality) -> None:
    assert cells(report.markdown(quality), f"none, {KERNEL.title}")[1:] == ["0.0 % in 1.7 s", "100.0 % in 1.7 s"]


def test_the_picture_names_every_load_and_tool(quality: Quality) -> None:
    drawn = plots.svg(quality).decode()
    assert all(f"<!-- {name} -->" in drawn for name in ("the grader", "the grader, load: bursts", "timeit"))
    assert plots.svg(quality).decode() == drawn
