"""What the machine can do is measured once, and again where others were at work meanwhile."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading import known_peaks
from grader.grading.known_peaks import know_peaks, stored_peaks
from grader.grading.progress import Silent
from grader.machine import Peaks
from tests.grading.course_fixture import Classroom
from tests.grading.test_gate import stolen


class Machine:
    """One that is measured as scripted, and the store that keeps it."""

    def __init__(self, classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
        self._classroom = classroom
        self.measured: Iterator[float] = iter(())
        monkeypatch.setattr(known_peaks, "measure_peaks", lambda *_: Peaks(next(self.measured), ()))

    def know(self, *, again: bool = False) -> Peaks:
        with self._classroom.store() as store:
            return know_peaks(self._classroom.session, self._classroom.backend, store, Silent(), again=again)


@pytest.fixture
def machine(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(classroom, monkeypatch)


def test_it_is_measured_once_and_again_when_asked(machine: Machine) -> None:
    machine.measured = iter([1e11, 2e11])
    assert [machine.know().flop_per_s, machine.know().flop_per_s, machine.know(again=True).flop_per_s] == [1e11, 1e11, 2e11]


def test_beside_others_it_is_measured_again_until_nothing_disturbs(machine: Machine, classroom: Classroom) -> None:
    classroom.backend.snapshots = stolen(0.5, 0.5, 0.0)
    machine.measured = iter([4e10, 5e10, 1e11])
    assert machine.know() == Peaks(4e10, (), beside="other virtual machines")
    assert machine.know() == Peaks(5e10, (), beside="other virtual machines")
    assert machine.know() == machine.know() == Peaks(1e11, ())


@pytest.mark.parametrize("again", [False, True])
def test_what_was_better_is_not_given_up_for_what_was_disturbed(machine: Machine, classroom: Classroom, *, again: bool) -> None:
    classroom.backend.snapshots = stolen(0.5)
    machine.measured = iter([5e10, 4e10])
    machine.know()
    assert machine.know(again=again).flop_per_s == 5e10


def test_what_is_stored_is_found_in_the_first_file_that_knows_and_nothing_is_measured(
    machine: Machine, classroom: Classroom, tmp_path: Path
) -> None:
    files = (tmp_path / "none.sqlite", tmp_path / "broken.sqlite", classroom.store_file)
    files[1].write_bytes(b"no database at all" * 100)
    assert stored_peaks(classroom.session, classroom.backend, files) is None
    machine.measured = iter([1e11])
    machine.know()
    found = stored_peaks(classroom.session, classroom.backend, files)
    assert found is not None
    assert found.flop_per_s == 1e11
    assert not files[0].exists()
