"""Equal values have equal digests, in every process; others have others."""

import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pytest

from grader.report.fingerprint import fingerprint
from tests.report.example import accepted, final, marks, reference, report


@dataclass(frozen=True)
class Point:
    """Something of two parts."""

    x: object
    y: object


class Colour(StrEnum):
    """Something of a kind."""

    RED = "red"
    BLUE = "blue"


def test_the_same_made_again_has_the_same_digest() -> None:
    def made() -> list[object]:
        shown = report(accepted("ada"), reference("numba"), marks=(marks("ada"),), finals=(final("ada"),))
        return [shown, {"a": frozenset("xyz")}, np.float64(1.5), Colour.RED, b"\0", None]

    assert fingerprint(*made()) == fingerprint(*made())


def test_and_so_in_a_process_whose_sets_are_in_another_order() -> None:
    program = "from grader.report.fingerprint import fingerprint; print(fingerprint({'one', 'two', 'three', 'four'}))"
    seen = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(seen) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ab", "c"), ("a", "bc")),
        ((("a",), "b"), ("a", ("b",))),
        (1, "1"),
        (1, 1.0),
        (None, "None"),
        (b"a", "a"),
        (Point(1, None), Point(None, 1)),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (Colour.RED, Colour.BLUE),
        (accepted("ada"), accepted("ada", peak_memory_bytes=80_001)),
        (float("nan"), float("inf")),
        ([], [[]]),
    ],
)
def test_others_have_others(one: object, other: object) -> None:
    assert fingerprint(one) != fingerprint(other)


def test_what_cannot_be_taken_apart_is_refused() -> None:
    with pytest.raises(TypeError, match="of which there is no digest"):
        fingerprint([Point(1, object())])
