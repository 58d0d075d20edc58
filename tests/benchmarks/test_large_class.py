"""The benchmark of large classes: what it counts, and how it looks ahead."""

from pathlib import Path

import pytest

from benchmarks.large_class import Graded, LargeClass, Regraded, ask_store, grade_class, project
from benchmarks.scripted_class import TASKS, ScriptedClass


def small(folder: Path) -> LargeClass:
    return ScriptedClass(folder, TASKS[:2], 1)


def graded(authors: int, check_s: float) -> Graded:
    stages_s = {"read": 1.0, "check": check_s, "measure": 2 * check_s, "report": 0.0}
    return Graded(authors, 7 * authors, stages_s, {}, 0.0, 0.0, {}, Regraded(1.0, 1, 3, ()))


def test_one_changed_author_is_checked_and_measured_beside_the_baseline_alone() -> None:
    one = grade_class(small, 4)
    assert one.submissions == 2 * (4 + 4), "the references, too"
    assert one.regraded.checks == 1
    students = {name for name in one.regraded.competitors if name.startswith("student/")}
    assert len(students) == 1
    assert len(one.regraded.competitors) == 3, "with the baseline and its control"
    assert all(seconds >= 0 for seconds in one.stages_s.values())


def test_a_store_is_asked_for_at_least_so_many() -> None:
    asked = ask_store(20)
    assert asked.submissions >= 20


def test_a_larger_class_lies_on_the_line_through_the_smaller_ones() -> None:
    projected = project([graded(10, 10.0), graded(20, 20.0), graded(40, 40.0)], 1000)
    assert projected == pytest.approx({"read": 1.0, "check": 1000.0, "measure": 2000.0, "report": 0.0, "hours": 3001 / 3600})
