"""What `grader scaling` says of a program."""

import math
from dataclasses import replace

from grader.grading.scaling import Estimate, scaling
from grader.report.scaling import scaled, share_text
from tests.report.example import of_processes, rendered, study


def test_each_number_of_cores_has_a_row_and_the_law_one_sentence() -> None:
    text = rendered(scaled(study()))
    assert "ada · double · case large · 3 runs" in text
    row = next(line.split() for line in text.splitlines() if line.strip().startswith("4 "))
    assert row[:4] == ["4", "65", "ms", "3.08"]
    assert {"77%", "3.90", "16", "MB"} <= set(row)
    assert "Amdahl: 10.0 %" in text
    assert "of the time on one core stays serial: 10 × at most, however many cores" in text
    assert "note: it was quiet" in text


def test_a_program_that_gains_more_than_its_cores_has_no_bound() -> None:
    faster = scaling([{1: 0.0, 2: -0.8}] * 3, [0.0] * 3)
    assert "no bound" in rendered(scaled(replace(study(), scaling=faster, figures=study().figures[:2])))


def test_a_program_that_more_cores_make_slower_is_said_to_be_so_and_has_no_share_above_all_of_its_time() -> None:
    slower = scaling([{1: 0.0, 2: math.log(1.91)}] * 3, [0.0] * 3)
    text = rendered(scaled(replace(study(), scaling=slower, figures=study().figures[:2])))
    assert "Amdahl: nothing to gain: on 2 cores a call takes 1.91 times as long as on one" in text
    assert "at most" not in text
    assert "over 100 %: slower" in text
    assert "282" not in text, "no share of 282 %"


def test_memory_that_the_machine_does_not_tell_is_absent() -> None:
    assert "–" in rendered(scaled(study(peak_memory_bytes=None))).splitlines()[4]


def test_of_mpi_the_rows_are_processes_and_the_largest_stands_beside_all_of_them() -> None:
    text = rendered(scaled(of_processes()))
    assert "processes" in text.splitlines()[2]
    row = next(line.split() for line in text.splitlines() if line.strip().startswith("4 "))
    assert row[-4:] == ["16", "MB", "7", "MB"]
    assert "of the time on one process stays serial" in text


def test_a_hostile_name_does_nothing_to_the_terminal() -> None:
    assert "\x1b" not in rendered(scaled(study(author="ada\x1b[2J")))


def test_a_share_stands_with_its_interval() -> None:
    assert share_text(Estimate(0.123, 0.119, 0.127)) == "12.3 % (11.9 to 12.7)"
    assert share_text(Estimate(0.123)) == "12.3 %"
