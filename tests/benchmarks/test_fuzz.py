"""The fuzzer itself: it finds what raises, hangs or dies, names the input, and goes on; and a part of what it runs."""

import os
import time
from pathlib import Path
from random import Random

import pytest

from benchmarks import fuzz, hostile_files
from benchmarks.fuzz import TARGETS, Finding, Target, input_of

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")

SLOW_ONES = (
    *("one deep import", "one deep import of much", "much of one long name", "one deep import in a magic"),
    *(
        "an encoding that is slow",
        "surrogates by way of an encoding",
        "a NUL by way of an encoding",
        "one long name that is wrong",
    ),
    *(
        "a million brackets",
        "nested f-strings",
        "a notebook of a million lists",
        "a notebook of decorators",
        "a notebook of spaces",
    ),
)


def target(run: object, name: str = "one") -> Target:
    return Target(name, 1.0, lambda random: random.randrange(1000), run)  # type: ignore[arg-type]  # what a test runs


def test_inputs_without_a_finding_are_counted() -> None:
    outcome = fuzz.fuzz(target(lambda _: None), seed=1, first=0, count=50)
    assert (outcome.inputs, outcome.findings) == (50, [])


def test_what_raises_is_found_and_the_rest_is_run() -> None:
    def run(value: int) -> None:
        if value % 5 == 0:
            raise ValueError(value)

    wanted = [number for number in range(50) if input_of(target(run), 1, number) % 5 == 0]
    outcome = fuzz.fuzz(target(run), seed=1, first=0, count=50)
    assert [finding.number for finding in outcome.findings] == wanted
    assert all("ValueError" in finding.what for finding in outcome.findings)


def test_what_ends_the_process_is_found_and_the_rest_is_run() -> None:
    at = input_of(target(None), 1, 7)
    outcome = fuzz.fuzz(target(lambda value: os._exit(9) if value == at else None), seed=1, first=5, count=5)
    assert outcome.findings == [Finding("one", 7, "the process ended with 9")]


def test_what_hangs_is_found_and_the_rest_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "PATIENCE_S", 0.3)
    at = input_of(target(None), 1, 2)
    outcome = fuzz.fuzz(target(lambda value: time.sleep(60) if value == at else None), seed=1, first=0, count=4)
    assert outcome.findings == [Finding("one", 2, "no end within 0.3 s")]
    assert outcome.wall_time_s < 10


def test_descriptors_that_are_left_open_are_found() -> None:
    (finding,) = fuzz.fuzz(target(lambda _: os.dup(0)), seed=1, first=0, count=20).findings
    assert "descriptors were left open" in finding.what


@pytest.mark.parametrize("name", [one.name for one in TARGETS if one.most is None])
def test_an_input_can_be_made_again_and_is_written_out(name: str, tmp_path: Path) -> None:
    (chosen,) = (one for one in TARGETS if one.name == name)
    assert repr(input_of(chosen, 3, 4)) == repr(input_of(chosen, 3, 4))
    path = fuzz._write(Finding(name, 4, "what happened"), 3, tmp_path)
    assert path.read_text(encoding="utf-8").startswith("what happened")


@pytest.mark.parametrize("name", SLOW_ONES)
def test_what_breaks_parsers_is_refused_in_time(name: str) -> None:
    number = list(hostile_files.BOMBS).index(name)
    (bombs,) = (one for one in TARGETS if one.name == "bombs")
    assert fuzz.fuzz(bombs, seed=0, first=number, count=1).findings == []


@pytest.mark.parametrize(
    ("make", "run", "count"),
    [
        (hostile_files.random_source, hostile_files.read, 150),
        (hostile_files.random_notebook, hostile_files.read, 100),
        (hostile_files.random_traceback, hostile_files.locate, 500),
        (hostile_files.random_packed, hostile_files.restore, 300),
        (hostile_files.random_case, hostile_files.open_case, 300),
    ],
    ids=["sources", "notebooks", "tracebacks", "compiled", "cases"],
)
def test_hostile_files_raise_nothing_and_say_little(make: object, run: object, count: int) -> None:
    for number in range(count):
        run(make(Random(f"test/{number}")))  # type: ignore[operator]  # noqa: S311 -- it must come again
