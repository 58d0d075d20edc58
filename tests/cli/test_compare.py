"""`grader compare`: what the words on the command line mean."""

from pathlib import Path

import pytest

from grader.cli.class_commands import Place
from grader.cli.compare import Asked, compare, fraction_of
from grader.errors import UsageError
from grader.store import Store
from tests.grading.course_fixture import Classroom


@pytest.mark.parametrize(("text", "fraction"), [("5%", 0.05), ("5 %", 0.05), ("0.5%", 0.005), ("100%", 1.0), ("0%", 0.0)])
def test_a_percentage_is_a_fraction(text: str, fraction: float) -> None:
    assert fraction_of(text) == pytest.approx(fraction)


@pytest.mark.parametrize("text", ["", "%", "5", "0.05", "-5%", "five%", "٥%", "nan%", "5%%", "1e400%", f"{10**400}%"])
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(UsageError, match="takes a percentage, as in 5%"):
        fraction_of(text)


def test_a_store_is_compared_with_a_store_alone(tmp_path: Path) -> None:
    room = Classroom(tmp_path / "course")
    for name in ("then", "now"):
        with Store(tmp_path / name / "results.sqlite"):
            pass
    place = Place(room.folder, None, None)
    asked = Asked(str(tmp_path / "then"), str(room.folder / "submissions"), (), None, None)
    with pytest.raises(UsageError, match="one is a store of results and the other is not"):
        compare(place, asked, trust_code=False, as_json=False)
    both = Asked(str(tmp_path / "then"), str(tmp_path / "now" / "results.sqlite"), (), None, None)
    comparison = compare(place, both, trust_code=False, as_json=False)
    assert comparison.is_stored
    assert comparison.compared == ()
