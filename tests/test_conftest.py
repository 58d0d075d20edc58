"""A skipped test is a failure where everything is to be there, unless it is the machine that lacks something."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REQUIRE_ALL
from tests.end_to_end.small_course import PROJECT

TESTS = """
import pytest

@pytest.mark.skipif(True, reason="needs Chromium")
def test_by_a_mark(): ...

def test_in_its_body():
    pytest.skip("MPI tasks need Open MPI")

@pytest.fixture
def slurm():
    pytest.skip("no Slurm here: munged not installed")

def test_in_a_fixture(slurm): ...

@pytest.mark.skipif(True, reason="no Slurm here: Slurm's daemons are started as root")
def test_of_the_user(): ...

@pytest.mark.skipif(True, reason="this machine has one core")
def test_of_the_machine(): ...

@pytest.mark.xfail(strict=True)
def test_that_is_expected_to_fail():
    assert False

def test_that_passes(): ...
"""


@pytest.mark.parametrize(
    ("variables", "outcomes"),
    [
        ({}, {"passed": 1, "skipped": 5, "xfailed": 1}),
        ({REQUIRE_ALL: "1"}, {"failed": 1, "errors": 2, "passed": 1, "skipped": 2, "xfailed": 1}),
    ],
)
def test_what_is_missing_is_skipped_or_fails_as_the_variable_says(
    tmp_path: Path, variables: dict[str, str], outcomes: dict[str, int]
) -> None:
    path = tmp_path / "test_some.py"
    path.write_text(TESTS, encoding="ascii")
    words = ["-c", PROJECT / "pyproject.toml", "-p", "no:cacheprovider", "-p", "tests.conftest", "-n0", path]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        env={**{name: value for name, value in os.environ.items() if name != REQUIRE_ALL}, **variables},
    )
    summary = ran.stdout.splitlines()[-1].partition(" in ")[0]
    assert {name: int(count) for count, name in re.findall(r"(\d+) (\w+)", summary)} == outcomes, ran.stdout
    if variables:
        assert "no Slurm here: munged not installed" in ran.stdout
