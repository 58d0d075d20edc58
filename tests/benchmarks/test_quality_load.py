"""Load on purpose: there while it is wanted, where it is wanted, and gone afterwards."""

import psutil
import pytest

from benchmarks.quality.load import LOADS, QUIET, loaded
from grader.machine import usable_cpus


def neighbours() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "benchmarks.quality.neighbour" in child.cmdline()]


@pytest.mark.parametrize("name", LOADS)
def test_a_load_is_there_on_its_core_and_ends_with_its_context(name: str) -> None:
    with loaded(name):
        (neighbour,) = neighbours()
        assert tuple(neighbour.cpu_affinity()) == (usable_cpus()[:1] if LOADS[name].other_core else usable_cpus())
    assert not neighbour.is_running()


def test_a_load_ends_where_what_it_was_for_fails() -> None:
    with pytest.raises(ZeroDivisionError), loaded("phases"):
        raise ZeroDivisionError
    assert neighbours() == []


def test_no_load_is_no_process() -> None:
    with loaded(QUIET):
        assert neighbours() == []
