"""The jobs' side: whatever happens, the job says what it found or why it found nothing."""

import errno
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cluster import job
from grader.cluster.batches import Batch, result_file, so_far
from grader.cluster.elements import Checking, Element, Outcome, Probe, Refusal
from grader.errors import GraderError
from grader.grading.session import member_of, open_session, read_class
from tests.cluster.fake_slurm import Campus
from tests.grading.course_fixture import paced


@pytest.fixture
def batch(campus: Campus) -> Batch:
    """One element: look at the node."""
    session = open_session(campus.classroom.folder, None, (), "zhores")
    folder = campus.classroom.folder
    place = (str(folder), str(folder / "submissions"), str(campus.classroom.store_file), "zhores", False)
    return campus.batches.new(session.course.machine, [Element(Probe(), *place, conditions=None)])


def run(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> Outcome | None:
    monkeypatch.setattr(sys, "argv", ["job", str(batch.folder), "0"])
    job.main()
    return batch.outcome(0)


def test_a_node_is_what_the_job_finds_and_the_name_is_slurms(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURMD_NODENAME", "gn26")
    monkeypatch.setenv("SLURM_RESTART_COUNT", "2")
    outcome = run(batch, monkeypatch)
    assert outcome is not None
    assert outcome.node is not None
    assert (outcome.node.name, outcome.node.sandbox, outcome.restarts, outcome.fault) == ("gn26", "scripted", 2, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GraderError("the sandbox does not start here"), "the sandbox does not start here"),
        (ZeroDivisionError("division by zero"), "please report it: ZeroDivisionError: division by zero"),
    ],
)
def test_a_fault_of_ours_is_a_result_too(batch: Batch, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(job, "choose_backend", broken)
    outcome = run(batch, monkeypatch)
    assert outcome is not None
    assert outcome.fault is not None
    assert said in outcome.fault


def test_a_result_that_cannot_be_written_has_an_exit_code_of_its_own(
    batch: Batch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(job, "write_record", full)
    with pytest.raises(SystemExit) as ended:
        run(batch, monkeypatch)
    assert ended.value.code == job.EXIT_NOT_WRITTEN
    assert "cannot be written" in capsys.readouterr().err
    assert not result_file(batch.folder, 0).exists()


def test_an_element_that_nobody_wants_any_more_is_not_done(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    batch.close(0)
    with pytest.raises(SystemExit, match="not wanted any more"):
        run(batch, monkeypatch)


def test_of_a_changed_task_nothing_is_done_and_of_changed_code_the_others(campus: Campus, tmp_path: Path) -> None:
    campus.grade()
    element = next(element for element in campus.slurm.done if isinstance(element.work, Checking))
    assert isinstance(element.work, Checking)
    changed = replace(element, work=replace(element.work, task_version="other"))
    assert job.outcome_of(changed, so_far(tmp_path, 0)).refused is Refusal.CHANGED
    session = open_session(campus.classroom.folder, None, (), "zhores")
    members = tuple(member_of(one) for one in read_class(session)[0].everyone if one.author in ("naive", "ada", "bob"))
    campus.classroom.submit("bob", paced(4e-6), code="# another")
    outcome = job.outcome_of(replace(element, work=replace(element.work, members=members)), so_far(tmp_path, 0))
    assert {one.member.author for one in outcome.checks} == {"naive", "ada"}
