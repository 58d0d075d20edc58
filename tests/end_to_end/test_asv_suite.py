"""The project's asv suite by asv's own commands, in a clone and in the environment that is there (`--python=same`).

asv cannot put another commit into an environment that is there: results of an older commit are named so by `--set-commit-hash`,
and `asv continuous`, which changes between commits, says that it needs an environment of its own.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from benchmarks.suite.programs import QUICK_VARIABLE, SUBMISSIONS_VARIABLE
from grader.grading.asv_results import Absence
from grader.history.site import outside_addresses
from tests.end_to_end.working_tree import copy_to

PYTHON = Path(sys.prefix).resolve() / "bin" / Path(sys.executable).name
"""This environment's: where it is reached through a link, asv takes its own modules for the suite's."""
EMPTY_CALL, MATMUL_CALL = "bench_harness.Harness.track_empty_call", "bench_tasks.Matmul.time_call"
COPIES = ("amy", "bob")
"""They hand in what a reference is."""
ROUNDS = 2
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

    def run(self, commit: str, benchmark: str, *how: str) -> str:
        """What is there, as the results of a commit."""
        saved_as = ("--set-commit-hash", self.git("rev-parse", commit))
        return self.asv("run", "--python=same", *how, *saved_as, "--bench", benchmark)

    def python(self, *words: str) -> str:
        return self._said(str(PYTHON), *words)

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
    """The empty call is measured at both of its commits; at the later one a reference and two copies of it, with samples."""
    home = tmp_path_factory.mktemp("asv")
    quick = {QUICK_VARIABLE: "1", SUBMISSIONS_VARIABLE: str(home / "class")}
    clone = Clone(home / "grader", {**os.environ, "HOME": str(home), **quick})
    copy_to(clone.folder)
    for copy in COPIES:
        (home / "class" / copy).mkdir(parents=True)
        shutil.copy2(clone.folder / "reference" / "numpy" / "matmul.py", home / "class" / copy)
    clone.git("init", "--quiet")
    clone.git("add", "--all")
    clone.git("commit", "--quiet", "--message=before")
    clone.git("commit", "--quiet", "--allow-empty", "--message=after")
    clone.asv("machine", "--yes")
    clone.run("HEAD~1", f"{EMPTY_CALL}$", "--quick")
    with_samples = ("--record-samples", "--attribute", f"rounds={ROUNDS}")
    clone.run("HEAD", rf"{EMPTY_CALL}$|{MATMUL_CALL}\('(reference/numpy|student/.*)'", *with_samples)
    return clone


def test_run_keeps_what_was_measured_and_show_tells_it(clone: Clone) -> None:
    said = clone.asv("show", "HEAD")
    assert re.search(rf"{EMPTY_CALL} .*\n  [\d.]+\n", said), said
    assert re.search(rf"{MATMUL_CALL} (.*\n)+?.*reference/numpy.* [\d.±]+[mμn]?s", said), said


def test_compare_sets_two_commits_side_by_side(clone: Clone) -> None:
    said = clone.asv("compare", "HEAD~1", "HEAD")
    assert re.search(rf"\| +[\d.]+ +\| +[\d.]+ +\| +[\d.]+ +\| {EMPTY_CALL} ", said), said


def test_continuous_needs_an_environment_that_commits_can_be_installed_into(clone: Clone) -> None:
    said = clone.asv("continuous", "--python=same", "HEAD~1", "HEAD", code=1)
    assert "No range spec may be specified if benchmarking in an existing environment" in said


def test_what_asv_recorded_is_ranked(clone: Clone) -> None:
    (ranking,) = json.loads(clone.python("-m", "grader", "rank", "matmul", "--from", "asv", "--json"))["rankings"]
    assert (ranking["task"], ranking["commit"]) == ("matmul", clone.git("rev-parse", "HEAD"))
    assert (ranking["baseline"], ranking["rounds"]) == ("reference/numpy", ROUNDS)
    ranked = {one["competitor"]: one["wall_time_s"] for one in ranking["results"]}
    assert ranked.keys() == {"reference/numpy", *(f"student/{copy}" for copy in COPIES)}
    assert all(time_s > 0 for time_s in ranked.values())
    assert {one["because"] for one in ranking["absent"]} == {Absence.LEFT_OUT}, "the other references were not asked for"


def test_publish_makes_the_site_and_preview_serves_it(clone: Clone) -> None:
    clone.asv("publish")
    with served(clone) as address:
        assert "airspeed velocity" in read(address)
        index = json.loads(read(f"{address}index.json"))
    assert index["project"] == "hppl-grader"
    assert {EMPTY_CALL, MATMUL_CALL} <= index["benchmarks"].keys()
    assert sorted(index["revision_to_hash"].values()) == sorted(clone.git("rev-parse", "HEAD", "HEAD~1").split())


def test_the_published_site_is_made_to_need_no_network(clone: Clone) -> None:
    home = "../results/staff/index.html"
    clone.asv("publish")
    site = clone.folder / "html"
    assert list(outside_addresses((site / "index.html").read_text(encoding="utf-8"))) != []
    clone.python("-m", "grader.history.site", "html", "--home", home)
    for page in site.rglob("*.html"):
        assert list(outside_addresses(page.read_text(encoding="utf-8"))) == [], page
    assert json.loads((site / "index.json").read_text(encoding="utf-8"))["project_url"] == home


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
