"""Load on purpose: there while it is wanted, where it is wanted, and gone afterwards."""

import psutil
import pytest

from benchmarks.quality.load import LOADS, QUIET, loaded
from grader.machine import usable_cpus


def neighbours() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "benchmarks.quality.neighbour" in command_line(child)]


def command_line(process: psutil.Process) -> list[str]:
    """Nothing of a process that has ended, as others' tests leave them."""
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []


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
