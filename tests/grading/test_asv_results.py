"""asv's files: what is taken from them, and that a damaged one is one clear error."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.grading.asv_ranking import benchmark_of
from grader.grading.asv_results import Absence, AsvFile, read_asv_files
from grader.machine import Machine
from tests.grading.asv_files import COMMIT, Samples, facts_of, write_results

MACHINE = Machine("laptop", "A CPU of 1 GHz", 2, 16 << 30, "Linux x86_64", 1)
NAME = benchmark_of("double")
TWO_ROUNDS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0)


def read(folder: Path, commit: str | None = None) -> tuple[AsvFile, ...]:
    return read_asv_files(folder, MACHINE, commit, [NAME])


def test_samples_come_round_by_round(tmp_path: Path) -> None:
    write_results(tmp_path, MACHINE, {"student/ada": {"large": TWO_ROUNDS}})
    (file,) = read(tmp_path)
    assert (file.commit, file.environment, file.machine) == (COMMIT, "virtualenv-py3.11", "host")
    assert file.recorded[NAME].rounds_s == {("student/ada", "large"): ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))}


def test_who_failed_and_who_was_left_out_stand_apart(tmp_path: Path) -> None:
    authors: dict[str, dict[str, Samples]] = {
        "student/ada": {"large": None},
        "student/bo": {"large": ()},
        "student/cy": {"large": (1.0,)},
    }
    write_results(tmp_path, MACHINE, authors)
    (file,) = read(tmp_path)
    assert file.recorded[NAME].rounds_s == {}
    assert [file.recorded[NAME].absent[author, "large"] for author in authors] == [
        Absence.FAILED,
        Absence.LEFT_OUT,
        Absence.UNEVEN,
    ]


def test_without_record_samples_there_are_no_samples(tmp_path: Path) -> None:
    write_results(tmp_path, MACHINE, {"student/ada": {"large": TWO_ROUNDS}}, keep_samples=False)
    (file,) = read(tmp_path)
    assert file.recorded[NAME].absent == {("student/ada", "large"): Absence.NO_SAMPLES}


def test_the_latest_commit_is_taken_or_the_one_that_is_named(tmp_path: Path) -> None:
    authors = {"student/ada": {"large": TWO_ROUNDS}}
    write_results(tmp_path, MACHINE, authors, commit="b" * 40, date=1)
    write_results(tmp_path, MACHINE, authors, commit="a" * 40, date=2)
    write_results(tmp_path, MACHINE, authors, commit="a" * 40, date=2, environment="another")
    assert [(file.commit[0], file.environment) for file in read(tmp_path)] == [("a", "another"), ("a", "virtualenv-py3.11")]
    assert [file.commit[0] for file in read(tmp_path, "bbb")] == ["b"]
    with pytest.raises(UsageError, match="no figures of the commit 'ccc'"):
        read(tmp_path, "ccc")


def test_figures_of_another_machine_are_refused_with_both_machines(tmp_path: Path) -> None:
    write_results(tmp_path, MACHINE, {"student/ada": {"large": TWO_ROUNDS}})
    facts = {**facts_of(MACHINE), "cpu": "Another CPU", "version": 1}
    (tmp_path / "host" / "machine.json").write_text(json.dumps(facts))
    with pytest.raises(UsageError, match=r"Another CPU.*and this is A CPU of 1 GHz"):
        read(tmp_path)


def test_where_asv_has_not_run_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there are no results of asv in"):
        read(tmp_path)


def test_what_is_measured_otherwise_by_now_is_passed_over(tmp_path: Path) -> None:
    write_results(tmp_path, MACHINE, {"student/ada": {"large": TWO_ROUNDS}})
    (tmp_path / "benchmarks.json").write_text(json.dumps({NAME: {"version": "2", "repeat": 3}}))
    with pytest.raises(UsageError, match="has no times of this suite's programs"):
        read(tmp_path)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=5,
)


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:  # noqa: ANN401 -- any JSON
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inner for place in leaves(one, (*path, key)))]


def put(document: Any, place: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401 -- any JSON
    """The document with another value in that place."""
    if not place:
        return value
    document[place[0]] = put(document[place[0]], place[1:], value)
    return document


@given(data=st.data())
def test_a_damaged_file_is_one_clear_error_or_still_what_it_was(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = write_results(folder, MACHINE, {"student/ada": {"large": TWO_ROUNDS}, "student/bo": {"large": None}})
        path = data.draw(st.sampled_from([figures, folder / "benchmarks.json", folder / "host" / "machine.json"]))
        document = json.loads(path.read_text())
        damaged = put(document, data.draw(st.sampled_from(leaves(document))), data.draw(JSON))
        path.write_text(json.dumps(damaged))
        _is_read_or_refused(folder)


@given(data=st.data())
def test_a_file_that_was_cut_or_overwritten_is_one_clear_error_too(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = write_results(folder, MACHINE, {"student/ada": {"large": TWO_ROUNDS}})
        content = figures.read_bytes()
        start = data.draw(st.integers(0, len(content)))
        figures.write_bytes(content[:start] + data.draw(st.binary(max_size=20)))
        _is_read_or_refused(folder)


def _is_read_or_refused(folder: Path) -> None:
    with suppress(UsageError):
        files = read(folder)
        every = [round_s for file in files for one in file.recorded.values() for of in one.rounds_s.values() for round_s in of]
        assert all(time_s > 0 for round_s in every for time_s in round_s)
