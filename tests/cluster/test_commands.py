"""The cluster's commands: `grade --on`, `rank --on`, `jobs`, `jobs cancel`."""

import errno
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest
from typer.testing import CliRunner, Result

from grader.cli import cluster as command
from grader.cli.app import EXIT_GRADER, EXIT_USAGE, app
from grader.cluster import batches
from grader.cluster.elements import Element, Measuring
from grader.cluster.slurm import Answer, Slurm
from grader.errors import GraderError, UsageError
from tests.cluster.fake_slurm import Campus, FakeSlurm, Killed


@pytest.fixture(autouse=True)
def here(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands meet the fake, whose time passes when they wait."""
    monkeypatch.setattr(command, "require_slurm", lambda: None)
    monkeypatch.setattr(command, "Slurm", lambda: Slurm(campus.slurm))
    monkeypatch.setattr(command, "Queue", lambda *_, **__: campus.queue())


def run(campus: Campus, *words: str) -> Result:
    place = ("--course", str(campus.classroom.folder), "--store", str(campus.classroom.store_file))
    return CliRunner().invoke(app, [*words, *place])


def killed(_seconds: float) -> None:
    raise Killed


def test_the_leaderboard_is_that_of_the_nodes_and_can_be_had_again(campus: Campus) -> None:
    graded = run(campus, "grade", "--on", "zhores", "--budget", "0", "--json")
    assert graded.exit_code == 0
    assert json.loads(graded.stdout)["machine"]["name"] == "zhores"
    assert run(campus, "rank", "--on", "zhores", "--json").stdout == graded.stdout
    assert "ada" in run(campus, "show", "ada", "--on", "zhores").stdout


def test_before_the_first_grading_there_is_nothing_to_show(campus: Campus) -> None:
    campus.classroom.grade()
    result = run(campus, "rank", "--on", "zhores")
    assert isinstance(result.exception, UsageError)
    assert "run `grader grade --on zhores` first" in str(result.exception)


def test_a_job_that_has_failed_ends_with_the_graders_own_exit_code(campus: Campus) -> None:
    campus.slurm.fate = lambda element: "OUT_OF_MEMORY" if element.size else None
    result = run(campus, "grade", "--on", "zhores", "--budget", "0")
    assert result.exit_code == EXIT_GRADER
    assert "raise `memory` in [machines.zhores]" in " ".join(result.stdout.split())


def test_whoever_ends_a_grading_is_told_that_the_jobs_go_on(campus: Campus) -> None:
    campus.sleep = killed
    with pytest.raises(Killed):
        run(campus, "grade", "--on", "zhores")
    document = json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)
    (job,) = document["jobs"]
    assert (job["job"], job["state"], job["why"], job["attempt"]) == ("1_0", "waiting", "Priority: others come first", 1)
    assert "zhores: 1 waiting" in run(campus, "jobs", "--on", "zhores").stdout
    assert "1 jobs cancelled" in run(campus, "jobs", "cancel", "--on", "zhores").stdout
    assert json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)["jobs"][0]["state"] == "cancelled"
    assert json.loads(run(campus, "jobs", "cancel", "--on", "zhores", "--json").stdout)["cancelled"] == 0


def kill_in_submission(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slurm takes the first array, and nobody hears of it."""
    really = FakeSlurm._sbatch

    def taken(slurm: FakeSlurm, options: Sequence[str]) -> Answer:
        really(slurm, options)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(FakeSlurm, "_sbatch", taken)
        with pytest.raises(Killed):
            run(campus, "grade", "--on", "zhores")


def test_an_array_that_was_taken_in_the_moment_of_a_kill_is_shown_and_ended(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    kill_in_submission(campus, monkeypatch)
    (job,) = json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)["jobs"]
    assert (job["job"], job["state"]) == ("1_0", "waiting")
    assert "1 jobs cancelled" in run(campus, "jobs", "cancel", "--on", "zhores").stdout
    assert [one.state for one in campus.slurm.elements.values()] == ["CANCELLED"]


def test_while_slurm_is_silent_nothing_is_said_to_be_cancelled(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    kill_in_submission(campus, monkeypatch)
    campus.slurm.answers = False
    cancelled = run(campus, "jobs", "cancel", "--on", "zhores")
    assert isinstance(cancelled.exception, GraderError)
    assert "may have jobs of which nobody has heard: " in str(cancelled.exception)
    assert "cancelled" not in cancelled.stdout


def test_whoever_meets_an_error_is_told_so_too(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    def fate(element: Element) -> str | None:
        if not isinstance(element.work, Measuring):
            return None
        monkeypatch.setattr(batches, "write_record", full)  # none can be submitted again
        return "NODE_FAIL" if element.work.block.case == "large" else "PENDING"

    def full(path: Path, _record: Element) -> NoReturn:
        raise OSError(errno.EDQUOT, "Disk quota exceeded", str(path))

    campus.slurm.fate = fate
    ended = run(campus, "grade", "--on", "zhores")
    assert isinstance(ended.exception, GraderError)
    assert "Disk quota exceeded" in str(ended.exception)
    assert "the jobs on zhores go on. `grader jobs --on zhores` shows them" in ended.stderr


def test_where_no_job_is_left_nothing_is_said_of_jobs(campus: Campus) -> None:
    campus.slurm.refuses = "Invalid partition name specified"
    ended = run(campus, "grade", "--on", "zhores")
    assert isinstance(ended.exception, UsageError)
    assert "go on" not in ended.stderr


def test_what_has_failed_is_still_known_after_the_grading(campus: Campus) -> None:
    campus.slurm.fate = lambda element: "CANCELLED" if element.size else None
    graded = run(campus, "grade", "--on", "zhores", "--budget", "0", "--json")
    document = json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)
    assert (document["jobs"], document["faults"]) == ([], json.loads(graded.stdout)["faults"])
    shown = " ".join(run(campus, "jobs", "--on", "zhores").stdout.split())
    assert "zhores: no jobs" in shown
    assert "its job was cancelled; grade again to have it submitted again" in shown
    campus.slurm.fate = lambda _element: None
    run(campus, "grade", "--on", "zhores", "--budget", "0")
    assert json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)["faults"] == []


def test_an_element_that_slurm_shows_no_more_is_looked_up_though_its_neighbours_wait(campus: Campus) -> None:
    failed: list[Element] = []

    def fate(element: Element) -> str | None:
        if not isinstance(element.work, Measuring):
            return None
        failed.extend([] if failed else [element])
        return "was OUT_OF_MEMORY" if element is failed[0] else "PENDING"

    def sleep(seconds: float) -> None:
        campus.slurm.pass_time(seconds)
        if failed:
            raise Killed

    campus.slurm.fate, campus.sleep = fate, sleep
    with pytest.raises(Killed):
        run(campus, "grade", "--on", "zhores", "--budget", "0")
    jobs = json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)["jobs"]
    assert [job["state"] for job in jobs] == ["out of memory", "waiting"]
    assert "OUT_OF_MEMORY, exit code 0:9" in jobs[0]["why"]


def test_results_that_wait_to_be_taken_up_are_shown_as_done_also_while_slurm_is_silent(campus: Campus) -> None:
    campus.sleep = killed
    with pytest.raises(Killed):
        run(campus, "grade", "--on", "zhores")
    campus.slurm.answers = False
    silent = json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)
    assert "Unable to contact" in silent["silent"]
    assert [job["state"] for job in silent["jobs"]] == ["not known"]
    campus.slurm.pass_time(1)
    assert [job["state"] for job in json.loads(run(campus, "jobs", "--on", "zhores", "--json").stdout)["jobs"]] == ["done"]


def test_jobs_knows_one_word(campus: Campus) -> None:
    result = run(campus, "jobs", "stop", "--on", "zhores")
    assert isinstance(result.exception, UsageError)
    assert (EXIT_USAGE, "knows `cancel` alone, not 'stop'" in str(result.exception)) == (2, True)
    assert "no jobs" in run(campus, "jobs", "--on", "zhores").stdout
