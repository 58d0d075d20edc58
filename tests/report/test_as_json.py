"""Results as JSON: the documented fields, null for what is absent, and nothing that is not JSON."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.report.as_json import dump, report_document
from tests.report.example import HOSTILE, accepted, reference, report, wrong

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "json.md"

OF_A_REPORT = {"schema", "machine", "sandbox", "baseline", "alpha", "results", "totals"}
OF_A_RESULT = {
    *("author", "kind", "task", "verdict", "case", "wall_time_s", "work", "speedup", "speedup_low", "speedup_high", "rank"),
    *("points", "max_points", "compile_time_s", "peak_memory_bytes", "cpu_over_wall", "flags", "message"),
}


def parsed(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is not JSON")

    document = json.loads(text, parse_constant=refuse)
    assert isinstance(document, dict)
    return document


def test_the_document_has_its_fields_and_the_schema_first() -> None:
    text = dump(report_document(report(accepted("ada"), reference("numba"))))
    document = parsed(text)
    assert text.startswith('{\n  "schema": 1,')
    assert document.keys() >= OF_A_REPORT
    assert all(result.keys() >= OF_A_RESULT for result in document["results"])
    assert document["totals"] == [{"author": "ada", "points": 4.5, "max_points": 7.0}]
    assert (document["alpha"], document["baseline"]) == (0.02, {"double": "numba"})
    assert document["machine"].keys() >= {"name", "cpu", "cores", "memory_bytes", "threads", "fingerprint"}


def test_the_figures_are_those_of_the_result() -> None:
    (result,) = report_document(report(accepted("ada")))["results"]
    assert result["verdict"] == "ACCEPTED"
    assert (result["wall_time_s"], result["work"], result["speedup"], result["rank"]) == (0.02, 1e6, 1.25, 1)
    assert [mark["criterion"] for mark in result["marks"]] == ["correct", "figure"]


def test_every_field_is_documented() -> None:
    document = report_document(report(accepted("ada")))
    words = set(re.findall(r"`(\w+)`", DOCUMENTATION.read_text(encoding="utf-8")))
    assert document.keys() | document["results"][0].keys() | document["totals"][0].keys() <= words


def test_what_is_absent_is_null() -> None:
    failed, numba = parsed(dump(report_document(report(wrong("ada"), reference("numba")))))["results"]
    absent = OF_A_RESULT - {"author", "kind", "task", "verdict", "points", "max_points", "flags", "message"}
    assert all(failed[field] is None for field in absent)
    assert (numba["rank"], numba["points"]) == (None, None)


def test_an_interval_without_an_end_is_null() -> None:
    first_run = accepted("ada", speedup_low=0.0, speedup_high=float("inf"))
    (result,) = parsed(dump(report_document(report(first_run))))["results"]
    assert result["speedup_high"] is None


@pytest.mark.parametrize("constant", [float("nan"), float("inf")])
def test_what_is_not_json_is_refused(constant: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        dump({"points": constant})


def test_text_from_outside_is_harmless_on_a_terminal_and_comes_back_as_it_was() -> None:
    hostile = replace(wrong("ada", HOSTILE, printed=HOSTILE), author="[bold]ada[/bold]", flags=(HOSTILE,))
    text = dump(report_document(report(hostile)))
    assert text.replace("\n", "").isascii()
    assert text.replace("\n", "").isprintable()
    (result,) = parsed(text)["results"]
    assert result["message"] == result["printed"] == result["flags"][0] == HOSTILE
    assert result["author"] == "[bold]ada[/bold]"


@settings(deadline=None)
@given(st.text(st.characters(), max_size=50), st.text(st.characters(), max_size=50))
def test_any_text_comes_back(message: str, printed: str) -> None:
    (result,) = parsed(dump(report_document(report(wrong("ada", message, printed)))))["results"]
    assert (result["message"], result["printed"]) == (message, printed)
