"""Results as JSON: the documented fields, null for what is absent, and nothing that is not JSON."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.grading.roofline import Bottleneck, Limit
from grader.machine import Bandwidth, Peaks, VectorPeak
from grader.report.as_json import dump, report_document, scaling_document
from tests.report.example import HOSTILE, accepted, marked, marks, reference, report, study, wrong

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "json.md"

OF_A_REPORT = {
    "schema",
    "machine",
    "peaks",
    "sandbox",
    "baseline",
    "alpha",
    "results",
    "marks",
    "finals",
    "thresholds",
    "faults",
    "ungraded",
}
OF_A_RESULT = {
    *("author", "kind", "task", "verdict", "case", "wall_time_s", "work", "speedup", "speedup_low", "speedup_high", "rank"),
    *("points", "max_points", "compile_time_s", "peak_memory_bytes", "cpu_over_wall", "flags", "message"),
    *("share_of_limit", "limit"),
    *("review", "compiled_functions", "picture_answered", "suspicions", "looked_at", "counted_rate"),
}


def parsed(text: str) -> dict[str, Any]:
    def refuse(constant: str) -> NoReturn:
        raise AssertionError(f"{constant} is not JSON")

    document = json.loads(text, parse_constant=refuse)
    assert isinstance(document, dict)
    return document


def test_the_document_has_its_fields_and_the_schema_first() -> None:
    text = dump(report_document(marked(accepted("ada"), reference("numba"))))
    document = parsed(text)
    assert text.startswith('{\n  "schema": 1,')
    assert document.keys() >= OF_A_REPORT
    assert all(result.keys() >= OF_A_RESULT for result in document["results"])
    assert (document["alpha"], document["baseline"]) == (0.02, {"double": "numba"})
    assert document["machine"].keys() >= {"name", "cpu", "cores", "memory_bytes", "threads", "fingerprint"}


def test_the_figures_are_those_of_the_result() -> None:
    (result,) = report_document(report(accepted("ada")))["results"]
    assert result["verdict"] == "ACCEPTED"
    assert (result["wall_time_s"], result["work"], result["speedup"], result["rank"]) == (0.02, 1e6, 1.25, 1)
    assert (result["first_rank"], result["last_rank"]) == (1, 1)


def test_a_result_says_what_share_of_the_machines_limit_it_reaches_and_what_limits_it() -> None:
    limit = Limit(1, 1e9, 8_000, 80_000, 0.005, Bottleneck.WRITE, "L2")
    (result,) = parsed(dump(report_document(report(accepted("ada", limit=limit)))))["results"]
    assert result["share_of_limit"] == pytest.approx(0.25)
    assert result["limit"] == {
        "cores": 1,
        "operations": 1e9,
        "read_bytes": 8_000,
        "written_bytes": 80_000,
        "least_time_s": 0.005,
        "by": "write",
        "level": "L2",
    }
    (unknown,) = report_document(report(accepted("ada")))["results"]
    assert (unknown["share_of_limit"], unknown["limit"]) == (None, None)


def test_what_a_person_should_look_at_is_said_and_who_has() -> None:
    ada, bob = accepted("ada", suspicions=("it is fast",)), accepted("bob", suspicions=("so is it",), looked_at="tess: fine")
    results = report_document(report(ada, bob))["results"]
    assert [(one["suspicions"], one["looked_at"]) for one in results] == [(["it is fast"], None), (["so is it"], "tess: fine")]


def test_the_machines_peaks_are_there_where_they_are_known() -> None:
    one = Peaks(1e11, (Bandwidth(1 << 14, 4e11, 2e11, 3e11, "L1"),), (VectorPeak(512, 1e11),))
    peaks = replace(one, together=one)
    document = parsed(dump(report_document(report(accepted("ada"), peaks=peaks))))
    of_memory = {
        "level": "L1",
        "size_bytes": 16384,
        "read_bytes_per_s": 4e11,
        "write_bytes_per_s": 2e11,
        "copy_bytes_per_s": 3e11,
    }
    of_one = {"flop_per_s": 1e11, "bandwidths": [of_memory], "vectors": [{"bits": 512, "flop_per_s": 1e11}]}
    of_one |= {"together": None, "beside": ""}
    assert document["peaks"] == {**of_one, "together": of_one}
    assert report_document(report(accepted("ada")))["peaks"] is None


def test_marks_say_of_each_criterion_what_it_gives_and_why() -> None:
    (of_ada,) = parsed(dump(report_document(marked(accepted("ada")))))["marks"]
    assert (of_ada["author"], of_ada["assignment"], of_ada["kind"]) == ("ada", "doubling", "lab")
    assert (of_ada["points"], of_ada["max_points"], of_ada["undecided_points"]) == (5, 7, 2)
    by_id = {criterion["criterion"]: criterion for criterion in of_ada["criteria"]}
    assert by_id["speed"] == {
        "criterion": "speed",
        "text": "It is fast",
        "points": 3.5,
        "max_points": 4,
        "because": "it is fast",
        "task": "double",
        "bonus": False,
    }
    assert (by_id["figure"]["points"], by_id["figure"]["task"], by_id["extra"]["bonus"]) == (None, None, True)


def test_a_final_mark_says_what_each_kind_of_work_adds() -> None:
    (of_ada,) = parsed(dump(report_document(marked(accepted("ada")))))["finals"]
    assert (of_ada["author"], of_ada["max_percent"]) == ("ada", 30)
    assert of_ada["percent"] == pytest.approx(30 * 5 / 7)
    (share,) = of_ada["shares"]
    assert share.pop("percent") == of_ada["percent"]
    assert share == {"kind": "lab", "weight_percent": 30, "points": 5, "max_points": 7, "undecided_points": 2}


def test_thresholds_say_which_time_per_unit_earns_which_points() -> None:
    assert parsed(dump(report_document(marked(accepted("ada")))))["thresholds"] == [
        {
            "task": "double",
            "assignment": "doubling",
            "criterion": "speed",
            "steps": [{"points": 0.5, "seconds_per_unit": 2.5e-6}, {"points": 1, "seconds_per_unit": 1.2e-8}],
            "estimate": None,
        }
    ]


def keys(document: object) -> set[str]:
    """The names of all fields, whatever they are fields of; but those of `baseline`, which are tasks."""
    if isinstance(document, list | tuple):
        return {key for item in document for key in keys(item)}
    if isinstance(document, dict):
        inner = {key for name, item in document.items() if name != "baseline" for key in keys(item)}
        return set(document) | inner
    return set()


def test_every_field_is_documented() -> None:
    fields = keys(report_document(marked(accepted("ada"), reference("numba"))))
    words = set(re.findall(r"`(\w+)`", DOCUMENTATION.read_text(encoding="utf-8")))
    assert {"speedup_low", "undecided_points", "weight_percent", "seconds_per_unit", "because"} <= fields
    assert fields <= words


def test_every_field_of_a_scaling_study_is_documented() -> None:
    document = parsed(dump(scaling_document(study())))
    words = set(re.findall(r"`(\w+)`", DOCUMENTATION.read_text(encoding="utf-8")))
    assert keys(document) - {"schema"} <= words
    assert [row["cores"] for row in document["on_cores"]] == [1, 2, 4]
    assert document["on_cores"][0]["karp_flatt"] is None
    assert document["on_cores"][2]["speedup"]["value"] == pytest.approx(1 / (0.1 + 0.9 / 4))
    assert document["serial"]["value"] == pytest.approx(0.1, rel=1e-4)
    assert document["most_speedup"] == pytest.approx(10, rel=1e-3)


def test_what_is_absent_is_null() -> None:
    failed, numba = parsed(dump(report_document(report(wrong("ada"), reference("numba")))))["results"]
    absent = OF_A_RESULT - {
        *("author", "kind", "task", "verdict", "points", "max_points", "flags", "suspicions", "message", "picture_answered")
    }
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
    hostile = replace(wrong("ada", HOSTILE, printed=HOSTILE), author="[bold]ada[/bold]", flags=(HOSTILE,), review=HOSTILE)
    text = dump(report_document(report(hostile, marks=(marks("ada", because=HOSTILE),))))
    assert text.replace("\n", "").isascii()
    assert text.replace("\n", "").isprintable()
    document = parsed(text)
    (result,) = document["results"]
    assert result["message"] == result["printed"] == result["flags"][0] == result["review"] == HOSTILE
    assert result["author"] == "[bold]ada[/bold]"
    assert document["marks"][0]["criteria"][1]["because"] == HOSTILE


@settings(deadline=None)
@given(st.text(st.characters(), max_size=50), st.text(st.characters(), max_size=50))
def test_any_text_comes_back(message: str, printed: str) -> None:
    (result,) = parsed(dump(report_document(report(wrong("ada", message, printed)))))["results"]
    assert (result["message"], result["printed"]) == (message, printed)
