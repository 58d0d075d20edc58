"""A class is graded while other programs keep the workers' core busy: that is noticed, and costs nobody a result."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.machine import usable_cpus
from tests.end_to_end.small_course import LOOPS, VECTORS, make_course

PROGRAMS = 3
"""Beside that many a worker has a quarter of its core: of three calls, not even the fastest is left alone."""


@pytest.fixture
def busy_core() -> Iterator[None]:
    """Programs that compute without end on the core that workers of one core run on."""
    code = f"import os\nos.sched_setaffinity(0, {{{usable_cpus()[-1]}}})\nwhile True: pass"
    programs = [subprocess.Popen([sys.executable, "-c", code], start_new_session=True) for _ in range(PROGRAMS)]
    yield
    for program in programs:
        program.kill()
        program.wait()


@pytest.mark.usefixtures("busy_core")
def test_runs_on_a_busy_core_are_flagged_with_the_remedy_and_everybody_has_a_result(tmp_path: Path) -> None:
    course = make_course(tmp_path, longest_call_s=0.25)  # longer than any time for which the system leaves a program alone
    course.hand_in("lena", LOOPS)
    course.hand_in("vera", VECTORS)
    ran = course.grader("grade", "--budget", "0", "--json")
    assert ran.code == 0, ran.err
    results = course.results(ran)
    assert {result["verdict"] for result in results.values()} == {"ACCEPTED"}
    assert all(result["rank"] is not None for result in results.values())
    flags = [flag for flag in results["vera"]["flags"] if flag.startswith("disturbed")]
    assert len(flags) == 1
    assert "other programs" in flags[0]
    assert flags[0].endswith("close them and measure again")
    assert sum(one["disturbed_runs"] for one in ran.json["confidence"]) > 0
    assert "grader grade --fresh --task distances" in course.grader("rank").out
