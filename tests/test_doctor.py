"""The doctor looks at everything that grading needs, says what it found, and for what is weak or bad, what to do."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from grader import doctor
from grader.clock_speed import ClockSpeed
from grader.content.course import Course
from grader.doctor import FINDINGS, Finding, Health, examine
from grader.execution import landlock
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.cgroup import find_groups
from grader.execution.equal_calls import Scatter
from grader.execution.probe import Probed
from grader.machine import Machine, usable_cpus
from grader.machine import this_machine as really_this_machine
from grader.noise import Program, Snapshot
from grader.profiles import Profile

PROJECT = Path(__file__).parent.parent


def course_with(threads: int = 1) -> Course:
    return Course.model_validate(
        {
            "course": {"title": "A course", "term": "autumn", "machine": "here"},
            "machines": {"here": {"threads": threads, "preload": ["numpy"]}},
        }
    )


def finding(findings: Iterable[Finding], what: str) -> Finding:
    """The one about this; of findings that are still made, none is waited for that comes after it."""
    return next(one for one in findings if one.what == what)


def assert_complete(findings: list[Finding]) -> None:
    """Every finding has its words, and every trouble its remedy."""
    assert len({one.what for one in findings}) == len(findings) == FINDINGS
    for one in findings:
        assert one.found, one.what
        assert one.remedy or one.health is Health.GOOD, one.what


@pytest.fixture(scope="module")
def here(sandbox: BubblewrapBackend) -> list[Finding]:
    """What is found on this machine."""
    del sandbox  # without it there is nothing to find
    return list(examine(course_with(), PROJECT))


def test_on_this_machine_the_sandbox_works_and_all_is_told(here: list[Finding]) -> None:
    assert_complete(here)
    sandbox = finding(here, "sandbox")
    assert sandbox.health is (Health.GOOD if sandbox.found.startswith("full") else Health.WEAK)
    assert "µs" in finding(here, "empty call").found
    assert "numpy" in finding(here, "libraries").found


def test_it_tries_from_inside_each_profile_what_could_be_done_there(here: list[Finding]) -> None:
    assert [one.what for one in here if one.what.startswith("inside: ")] == [f"inside: {profile}" for profile in Profile]
    for profile in Profile:
        assert finding(here, f"inside: {profile}").health is Health.GOOD, finding(here, f"inside: {profile}").found
    assert "it may fork" in finding(here, "inside: processes").found


def test_what_is_possible_and_should_not_be_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "probe", lambda _generation, profile, *_: Probed(profile, ("mount a file system",), tried=2))
    inside = finding(examine(course_with(), PROJECT), "inside: single")
    assert inside.health is Health.BAD
    assert inside.found == "it could mount a file system"


@pytest.mark.parametrize(
    ("name", "value", "tier"),
    [("landlock.abi", 0, "reduced (no Landlock)"), ("find_groups", None, "reduced (no control group)")],
)
def test_a_layer_that_this_machine_lacks_is_named_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, name: str, value: object, tier: str
) -> None:
    if find_groups() is None or not landlock.abi():
        pytest.skip("this machine lacks a layer itself")
    monkeypatch.setattr(f"grader.execution.bubblewrap.{name}", lambda: value)
    sandbox = finding(examine(course_with(), PROJECT), "sandbox")
    assert sandbox.health is Health.WEAK
    assert sandbox.found.startswith(tier)
    assert sandbox.remedy


def test_without_bubblewrap_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    findings = list(examine(course_with(), PROJECT))
    assert_complete(findings)
    sandbox = finding(findings, "sandbox")
    assert sandbox.health is Health.BAD
    assert "apt-get install bubblewrap" in sandbox.found
    assert "bubblewrap" in sandbox.remedy
    assert "--trust-code" in sandbox.remedy
    assert finding(findings, "empty call").health is Health.BAD


def test_more_threads_than_cores_are_found_before_anything_is_graded() -> None:
    findings = list(examine(course_with(threads=len(usable_cpus()) + 1), PROJECT))
    assert_complete(findings)
    assert finding(findings, "sandbox").health is Health.BAD
    assert "lower `threads`" in finding(findings, "sandbox").found
    assert finding(findings, "cores").health is Health.WEAK


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without fault, but for the sandbox, which other tests look at."""
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    monkeypatch.setattr(doctor, "equal_calls", lambda _backend: Scatter(0.01, 0.005, 0.0))
    monkeypatch.setattr(doctor, "clock_speed", lambda _cores: ClockSpeed())
    monkeypatch.setattr(doctor, "snapshot", _counting())
    monkeypatch.setattr(doctor, "_LOOK_S", 0.0)
    monkeypatch.setattr(doctor, "this_machine", _with_cores(8))
    monkeypatch.setattr(doctor, "_read", lambda _path: "tsc")
    monkeypatch.setattr(os, "getloadavg", lambda: (0.0, 0.0, 0.0))
    return monkeypatch


def _with_cores(cores: int) -> Callable[[str, int], Machine]:
    def this_machine(name: str, threads: int) -> Machine:
        return replace(really_this_machine(name, threads), cores=cores)

    return this_machine


def _counting(stolen: float = 0.0, load: float = 0.0) -> Callable[[object], Snapshot]:
    """Snapshots a second apart, between which so much is stolen, and `make` keeps a worker's core so busy."""
    moments = itertools.count()

    def snapshot(_cores: object) -> Snapshot:
        at_s = float(next(moments))
        return Snapshot(at_s, (1,), 8, stolen_s=stolen * at_s, programs={7: Program("make\x1b[2J", 1, load * at_s)})

    return snapshot


HEALTHY = ("cores", "clock", "noise", "frequency", "other load", "libraries")


def test_a_quiet_machine_is_healthy(quiet: pytest.MonkeyPatch) -> None:
    del quiet
    findings = list(examine(course_with(), PROJECT))
    assert [finding(findings, what).health for what in HEALTHY] == [Health.GOOD] * len(HEALTHY)
    assert [finding(findings, what).remedy for what in HEALTHY] == [""] * len(HEALTHY)


@pytest.mark.parametrize(
    ("what", "name", "value", "words"),
    [
        ("cores", "this_machine", _with_cores(1), "1 usable"),
        ("clock", "_read", lambda _path: "acpi_pm", "acpi_pm"),
        ("noise", "equal_calls", lambda _backend: Scatter(0.4, 0.01, 0.0), "scatter by 40.0 % within a run"),
        ("noise", "equal_calls", lambda _backend: Scatter(0.01, 0.2, 0.0), "by 20.0 % from run to run"),
        ("noise", "equal_calls", lambda _backend: Scatter(0.01, 0.01, 0.6), "waited 60.0 % of the time"),
        ("frequency", "clock_speed", lambda _cores: ClockSpeed(("powersave",)), "governor powersave"),
        ("other load", "snapshot", _counting(stolen=0.2), "20.0 % of the CPU time went to other virtual machines"),
        ("other load", "snapshot", _counting(load=0.9), r"make\x1b[2J (pid 7) keeps core 1 busy: 90 %"),
        ("other load", "_memory_pressure", lambda: 12.0, "something waited for memory 12.0 %"),
    ],
)
def test_each_weakness_is_seen(quiet: pytest.MonkeyPatch, what: str, name: str, value: object, words: str) -> None:
    quiet.setattr(doctor, name, value)
    findings = list(examine(course_with(), PROJECT))
    assert_complete(findings)
    assert finding(findings, what).health is Health.WEAK
    assert words in finding(findings, what).found


def test_a_busy_machine_is_seen(quiet: pytest.MonkeyPatch) -> None:
    quiet.setattr(os, "getloadavg", lambda: (100.0, 0.0, 0.0))
    other_load = finding(examine(course_with(), PROJECT), "other load")
    assert other_load.health is Health.WEAK
    assert "wait" in other_load.remedy


def test_a_missing_library_is_bad(quiet: pytest.MonkeyPatch) -> None:
    quiet.setattr(doctor, "library_versions", lambda: {"numpy": "2.0"})
    libraries = finding(examine(course_with(), PROJECT), "libraries")
    assert libraries.health is Health.BAD
    assert "make setup" in libraries.remedy
