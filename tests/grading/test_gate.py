"""The noise gate: waits for a quiet moment, makes a disturbed run again once, flags what stays, and always comes to an end."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, count, repeat

import pytest

from grader.grading.gate import Gate, quieter, trouble
from grader.noise import Disturbance, Program, Snapshot
from grader.records import CONTROL, RunRecord, Turn
from tests.grading.course_fixture import Classroom, of, paced, ranks, wrong_from

BASELINE = "reference/numba"
QUIET = Disturbance()


def run(*, control: float = 1.0, waited: float = 0.0, threads: int = 1, disturbance: Disturbance | None = QUIET) -> RunRecord:
    """Rounds of a baseline and a control that takes `control` times as long, both waiting this share of their time."""
    turns = tuple(
        Turn(name, number, 0.01, (time_s,) * 3, time_s, threads, 0.0, waited / (1 - waited) * time_s)
        for number in range(8)
        for name, time_s in ((BASELINE, 0.01), (CONTROL, 0.01 * control * (1 + 0.001 * (number % 3))))
    )
    return RunRecord(1, turns, {}, "2026-10-05T10:00:00+00:00", 1.0, 1.0, disturbance=disturbance)


# When a run was disturbed


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (run(waited=0.4, disturbance=Disturbance(busiest="make")), "waited 40 % of their time for other programs (make)"),
        (run(disturbance=Disturbance(others=0.4, busiest="make")), "other programs (make) took 40 % of its cores' time"),
        (run(disturbance=Disturbance(stolen=0.3)), "other virtual machines took 30 %"),
        (run(disturbance=Disturbance(throttled=1)), "heat slowed its cores down (1 ×)"),
        (run(control=1.2), "the control, a copy of the baseline, took 20 % more than it"),
        (run(control=1 / 1.3), "the control, a copy of the baseline, took 30 % less than it"),
    ],
    ids=["waiting", "programs", "stolen", "heat", "control", "control, faster"],
)
def test_each_disturbance_is_seen_and_has_its_remedy(record: RunRecord, words: str) -> None:
    found = trouble(record, BASELINE)
    assert found is not None
    assert words in found.text
    assert "measure again" in found.remedy


@pytest.mark.parametrize(
    "record",
    [run(), run(waited=0.2), run(control=1.05), run(disturbance=Disturbance(0.1, 0.1, busiest="make")), run(disturbance=None)],
    ids=["quiet", "a little waiting", "the scatter between workers", "a little load", "nobody looked"],
)
def test_what_a_quiet_machine_does_passes(record: RunRecord) -> None:
    assert trouble(record, BASELINE) is None


def test_threads_that_wait_for_each_other_are_no_disturbance() -> None:
    assert trouble(run(waited=0.5, threads=3), BASELINE) is None


def test_what_students_do_disturbs_no_run() -> None:
    slow = Turn("student/ada", 0, 1.0, (9.0,), 0.1, 1, 0.0, 8.0)
    assert trouble(replace(run(), turns=(*run().turns, slow)), BASELINE) is None


def test_a_cause_that_was_seen_is_named_before_what_it_did_to_the_control() -> None:
    found = trouble(run(control=9.0, waited=0.4, disturbance=Disturbance(busiest="make")), BASELINE)
    assert found is not None
    assert "other programs (make)" in found.text


def test_of_two_runs_the_quieter_one_counts() -> None:
    bad, worse = run(waited=0.4), run(waited=0.6)
    assert quieter(bad, worse, BASELINE) is quieter(worse, bad, BASELINE) is bad


# Waiting


def busy_machine(share: float = 0.9, core: int = 1) -> Iterator[Snapshot]:
    """One that `make` keeps busy: a second goes by from snapshot to snapshot."""
    return (Snapshot(float(at), (1,), 2, programs={7: Program("make", core, share * at)}) for at in count())


def gate_on(snapshots: Iterator[Snapshot], patience_s: float = 5.0) -> list[str]:
    """What a gate says while it waits."""
    said: list[str] = []
    Gate(patience_s, lambda: next(snapshots), said.append).wait()
    return said


def test_it_opens_at_once_where_nothing_runs() -> None:
    assert gate_on(repeat(Snapshot(0.0, (1,), 2))) == []


def test_it_opens_at_once_where_only_other_cores_are_busy() -> None:
    assert gate_on(busy_machine(core=0)) == []


def test_it_names_whom_it_waits_for_and_opens_when_that_is_over() -> None:
    busy = [next(snapshots) for snapshots in [busy_machine()] for _ in range(4)]
    assert gate_on(chain(busy, repeat(busy[-1]))) == ["waiting: make (pid 7) keeps core 1 busy: 90 %"] * 2


def test_its_patience_has_an_end() -> None:
    said = gate_on(busy_machine(), patience_s=5.0)
    assert 3 <= len(said) <= 6


def test_without_patience_it_does_not_even_look() -> None:
    assert gate_on(iter(()), patience_s=0.0) == []


# A class on a machine that is disturbed


def runs_of(classroom: Classroom) -> list[RunRecord]:
    """All runs of the class, those of the references included."""
    with classroom.store() as store:
        blocks = store.blocks(classroom.task, classroom.session.conditions(classroom.backend.sandbox))
    return [record for one in blocks for record in one.runs]


def stolen(*shares: float) -> Iterator[Snapshot]:
    """Snapshots in pairs, before and after a run of one second each; the last share for ever."""
    total = 0.0
    for at, share in enumerate(chain(shares, repeat(shares[-1]))):
        yield Snapshot(2.0 * at, (1,), 2, total)
        total += share
        yield Snapshot(2.0 * at + 1, (1,), 2, total)


def test_a_disturbed_run_is_made_again_and_set_aside(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    # The gate looks before the first run, which is disturbed, and again before it is repeated.
    classroom.backend.snapshots = stolen(0.0, 0.5, 0.0)
    report = classroom.grade(budget_s=60)
    (aside,) = (record for record in runs_of(classroom) if record.set_aside)
    assert aside.disturbance == Disturbance(stolen=0.5)
    assert not any("disturbed" in flag for result in report.results for flag in result.flags)
    assert of(report, "ada").runs == 3
    assert ranks(report) == {"ada": 1}


def test_a_machine_that_is_always_disturbed_ends_within_the_budget_flagged_with_the_remedy(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(3e-6))
    classroom.backend.snapshots = stolen(0.5)
    report = classroom.grade(budget_s=60)
    assert ranks(report) == {"ada": 1, "bob": 2}
    (flag,) = (flag for flag in of(report, "ada").flags if flag.startswith("disturbed"))
    assert flag == (
        "disturbed in 3 of 3 runs: other virtual machines took 50 % of its cores' time; measure again when the host is quieter"
    )
    assert [record.set_aside for record in runs_of(classroom)].count(True) == 1  # once in vain is enough
    assert [(one.case, one.disturbed_runs, one.counting_runs) for one in report.confidence] == [("large", 3, 3)]


def test_without_a_budget_no_run_is_made_again(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.backend.snapshots = stolen(0.5)
    report = classroom.grade(budget_s=0)
    assert not any(record.set_aside for record in runs_of(classroom))
    assert any(flag.startswith("disturbed in 3 of 3 runs") for flag in of(report, "ada").flags)


def test_a_baseline_that_waits_for_its_core_is_flagged(classroom: Classroom) -> None:
    classroom.refer("numba", paced(2e-6, waited=0.4))
    classroom.submit("ada", paced(2e-6))
    assert any("even the fastest calls waited 40 %" in flag for flag in of(classroom.grade(), "ada").flags)


def test_a_student_who_waits_or_sleeps_is_measured_as_ever(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, waited=0.9, cores=0.1))
    result = of(classroom.grade(budget_s=60), "ada")
    assert not any(flag.startswith("disturbed") for flag in result.flags)
    assert result.runs == 3


def test_a_wrong_answer_in_a_run_that_is_set_aside_is_still_wrong(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2e-6, compute=wrong_from(20)))
    classroom.backend.snapshots = stolen(0.0, *[0.5] * 9, 0.0)
    report = classroom.grade(budget_s=60)
    assert of(report, "bob").verdict == "WRONG_ANSWER"
    assert of(report, "ada").verdict == "ACCEPTED"
