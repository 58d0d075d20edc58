"""What is asked and what is brought back comes through its file as it was, or is refused."""

import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.cluster.elements import (
    Checked,
    Checking,
    Element,
    Fault,
    Measuring,
    Node,
    Outcome,
    Probe,
    read_record,
    rest_of,
    write_record,
)
from grader.errors import GraderError
from grader.machine import Bandwidth, Machine, Peaks, VectorPeak
from grader.records import Block, CheckResult, Member, RunRecord
from grader.store import Conditions
from grader.verdicts import Verdict
from tests.test_store import blocks, checks, members, runs, texts

known = st.lists(st.builds(Checked, members, checks), max_size=2).map(tuple)
works = st.one_of(
    st.just(Probe()),
    st.builds(Checking, st.just("double"), texts, st.lists(members, max_size=3).map(tuple), known, st.integers(0, 2**128 - 1)),
    st.builds(
        *(Measuring, st.just("double"), texts, st.integers(1, 99), blocks),
        *(st.lists(runs, max_size=2).map(tuple), known, st.none() | st.floats(0, 99)),
    ),
)
conditions = st.none() | st.builds(Conditions, texts, texts, texts)
elements = st.builds(
    *(Element, works, texts, texts, texts, texts, st.booleans(), conditions, st.integers(1, 3), st.floats(0, 9)),
    st.lists(texts, max_size=2).map(tuple),
)
MACHINE = Machine("zhores", "a CPU", 24, 1 << 37, "Linux x86_64", 1)
PEAKS = Peaks(1e11, (Bandwidth(1 << 14, 1e9, 1e9, 1e9, "L1"),), (VectorPeak(512, 1e11),), Peaks(2e11, ()))
outcomes = st.builds(
    Outcome,
    node=st.none() | st.just(Node("n1", MACHINE, "+avx2", "full")),
    fault=st.none() | texts,
    checks=known,
    runs=st.lists(runs, max_size=2).map(tuple),
    complete=st.booleans(),
    faults=st.lists(st.builds(Fault, texts, texts, texts), max_size=2).map(tuple),
    peaks=st.none() | st.just(PEAKS),
)


@contextmanager
def written(record: Element | Outcome) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "0.json"
        write_record(path, record)
        yield path


@settings(max_examples=30, deadline=None)
@given(elements)
def test_what_is_asked_comes_back_as_it_was(element: Element) -> None:
    with written(element) as path:
        assert read_record(path, Element) == element


@settings(max_examples=30, deadline=None)
@given(outcomes)
def test_what_is_brought_comes_back_as_it_was(outcome: Outcome) -> None:
    with written(outcome) as path:
        assert read_record(path, Outcome) == outcome


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"node": 5}', "\N{LATIN SMALL LETTER A WITH ACUTE}"])
def test_anything_else_is_refused_with_the_files_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "0.result.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GraderError, match=r"0\.result\.json"):
        read_record(path, Outcome)


def test_where_there_is_no_file_there_is_no_record(tmp_path: Path) -> None:
    assert read_record(tmp_path / "0.json", Element) is None


def test_others_cannot_read_what_holds_secret_seeds_and_nothing_half_written_is_left(tmp_path: Path) -> None:
    path = tmp_path / "0.json"
    write_record(path, Outcome(None))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["0.json"]
    with pytest.raises(OSError, match="No such file"):
        write_record(tmp_path / "missing" / "0.json", Outcome(None))


def test_what_is_finished_is_not_asked_for_again_and_references_that_are_checked_are_known_from_there_on() -> None:
    ada, numpy = Member("ada", "student", "1"), Member("numpy", "reference", "2")
    block = Block("double", "large", numpy, (ada,), {})
    check = CheckResult(Verdict.ACCEPTED, "")
    run = RunRecord(1, (), {}, "2026-10-05T10:00:00+00:00", 1.0, 0.0, {})
    place = ("", "", "", "zhores", False, None)
    checking = Element(Checking("double", "1", (numpy, ada), (), 7), *place)
    runs = Measuring("double", "1", 1, block, (run,), (), None)
    measuring = Element(runs, *place)

    checked = rest_of(checking, Outcome(None, checks=(Checked(numpy, check),))).work
    assert checked == Checking("double", "1", (ada,), (Checked(numpy, check),), 7)
    assert rest_of(measuring, Outcome(None, runs=(run,))).work == replace(runs, runs=(run, run))
    assert [rest_of(element, Outcome(None)) for element in (checking, measuring)] == [checking, measuring]


def test_an_element_says_in_few_words_what_it_does() -> None:
    members = tuple(Member(name, "student", "") for name in ("ada", "bob", "eve", "max", "zoe"))
    place = ("", "", "", "zhores", False, None)
    block = Block("double", "large", members[0], members[:2], {})
    assert Element(Checking("double", "1", members, (), 1), *place).label == "double · check · ada, bob, eve and 2 more"
    assert Element(Measuring("double", "1", 1, block, (), (), None), *place).label == "double · measure large · ada, bob"
    assert [Element(work, *place).size for work in (Probe(), Checking("double", "1", members, (), 1))] == [0, 5]
