"""The project's asv suite by asv's own commands, in a clone and in the environment that is there (`--python=same`).

asv cannot put another commit into an environment that is there: results of an older commit are named so by `--set-commit-hash`,
and `asv continuous`, which changes between commits, says that it needs an environment of its own.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from benchmarks.suite.programs import QUICK_VARIABLE
from tests.end_to_end.working_tree import copy_to

PYTHON = Path(sys.prefix).resolve() / "bin" / Path(sys.executable).name
"""This environment's: where it is reached through a link, asv takes its own modules for the suite's."""
EMPTY_CALL, NUMPY_CALL = "bench_harness.Harness.track_empty_call", "bench_tasks.Matmul.time_call"
IDENTITY = ("-c", "user.name=ada", "-c", "user.email=ada@example.org")


@dataclass(frozen=True)
class Clone:
    """A repository of two commits, and how to call programs in it."""

    folder: Path
    environment: Mapping[str, str]

    def git(self, *words: str) -> str:
        return self._said("git", *IDENTITY, *words).strip()

    def asv(self, *words: str, code: int = 0) -> str:
        return self._said(str(PYTHON), "-m", "asv", *words, code=code)

    def run(self, commit: str, benchmark: str) -> str:
        """What is there, as the results of a commit."""
        saved_as = ("--set-commit-hash", self.git("rev-parse", commit))
        return self.asv("run", "--python=same", "--quick", *saved_as, "--bench", benchmark)

    def _said(self, *command: str, code: int = 0) -> str:
        ran = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert ran.returncode == code, ran.stdout
        return ran.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """The empty call is measured at both of its commits, and a task's references at the later one."""
    home = tmp_path_factory.mktemp("asv")
    clone = Clone(home / "grader", {**os.environ, "HOME": str(home), QUICK_VARIABLE: "1"})
    copy_to(clone.folder)
    clone.git("init", "--quiet")
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message=before")
    clone.git("commit", "--quiet", "--allow-empty", "--message=after")
    clone.asv("machine", "--yes")
    clone.run("HEAD~1", f"{EMPTY_CALL}$")
    clone.run("HEAD", rf"{EMPTY_CALL}$|{NUMPY_CALL}\('reference/numpy'")
    return clone


def test_run_keeps_what_was_measured_and_show_tells_it(clone: Clone) -> None:
    said = clone.asv("show", "HEAD")
    assert re.search(rf"{EMPTY_CALL} .*\n  [\d.]+\n", said), said
    assert re.search(rf"{NUMPY_CALL} (.*\n)+?.*reference/numpy.* [\d.±]+[mμn]?s", said), said


def test_compare_sets_two_commits_side_by_side(clone: Clone) -> None:
    said = clone.asv("compare", "HEAD~1", "HEAD")
    assert re.search(rf"\| +[\d.]+ +\| +[\d.]+ +\| +[\d.]+ +\| {EMPTY_CALL} ", said), said


def test_continuous_needs_an_environment_that_commits_can_be_installed_into(clone: Clone) -> None:
    said = clone.asv("continuous", "--python=same", "HEAD~1", "HEAD", code=1)
    assert "No range spec may be specified if benchmarking in an existing environment" in said


def test_publish_makes_the_site_and_preview_serves_it(clone: Clone) -> None:
    clone.asv("publish")
    with served(clone) as address:
        assert "airspeed velocity" in read(address)
        index = json.loads(read(f"{address}index.json"))
    assert index["project"] == "hppl-grader"
    assert {EMPTY_CALL, NUMPY_CALL} <= index["benchmarks"].keys()
    assert sorted(index["revision_to_hash"].values()) == sorted(clone.git("rev-parse", "HEAD", "HEAD~1").split())


@contextmanager
def served(clone: Clone) -> Iterator[str]:
    """Where `asv preview` says that the site is, as long as it serves it."""
    with subprocess.Popen(
        [PYTHON, "-m", "asv", "preview"],
        cwd=clone.folder,
        env={**clone.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            addresses = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stdout)
            yield next(found.group() for found in addresses if found)
        finally:
            process.terminate()


def read(address: str) -> str:
    with urlopen(address, timeout=30) as page:  # noqa: S310 -- of this machine
        text: str = page.read().decode()
    return text
