"""Grading by jobs says what a laptop says, whatever becomes of the jobs."""

import errno
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from grader.cluster import batches as batches_module
from grader.cluster.elements import Checking, Element, Measuring, Outcome, Probe, Work, write_record
from grader.cluster.slurm import Answer
from grader.content.course import Course
from grader.errors import GraderError, UsageError
from grader.grading import session as session_module
from grader.grading.class_report import Report
from grader.grading.progress import Silent
from grader.machine import Machine
from grader.machine import this_machine as really_this_machine
from grader.verdicts import Verdict
from tests.cluster.fake_slurm import Campus, FakeSlurm, Killed
from tests.grading.course_fixture import Classroom, of, paced, points_of, ranks


def what_counts(report: Report) -> dict[str, tuple[object, ...]]:
    """Of everyone: verdict, case, rank, figures and points."""
    return {
        f"{result.kind}/{result.author}": (
            *(result.verdict, result.case, result.rank, result.rate, result.speedup, result.points, result.runs),
            result.message.partition(":")[0],
        )
        for result in report.results
    }


def measured(element: Element) -> bool:
    return isinstance(element.work, Measuring)


def once(*states: str, when: Callable[[Element], bool] = measured) -> Callable[[Element], str | None]:
    """The first elements of a kind end so, one after the other; the others are done."""
    left = list(states)
    return lambda element: left.pop(0) if left and when(element) else None


# The same grading


def test_jobs_give_the_verdicts_ranks_figures_and_points_of_a_laptop(campus: Campus, tmp_path: Path) -> None:
    by_jobs = campus.grade()
    classroom = campus.classroom
    classroom.store_file = tmp_path / "laptop" / "results.sqlite"
    assert what_counts(by_jobs) == what_counts(classroom.grade())
    assert ranks(by_jobs) == {"ada": 1, "bob": 2}
    assert of(by_jobs, "eve").verdict is Verdict.WRONG_ANSWER
    assert of(by_jobs, "max").verdict is Verdict.BUILD_ERROR
    assert (by_jobs.machine.name, by_jobs.sandbox, by_jobs.faults) == ("zhores", "scripted", ())


def test_a_failing_case_lies_beside_the_store_though_the_job_has_a_store_of_its_own(campus: Campus) -> None:
    message = of(campus.grade(), "eve").message
    assert "grader check FILE --case store/cases/eve/double.npz" in message
    assert (campus.classroom.store_file.parent / "cases" / "eve" / "double.npz").exists()


def test_competitors_that_are_compared_are_one_element_and_all_are_checked_on_the_same_inputs(campus: Campus) -> None:
    campus.grade()
    works = [element.work for element in campus.slurm.done]
    blocks = [work for work in works if isinstance(work, Measuring)]
    assert {member.author for work in blocks if work.block.case == "large" for member in work.block.members} >= {"ada", "bob"}
    assert len({work.block.case for work in blocks}) == len(blocks)
    assert len({work.seed for work in works if isinstance(work, Checking)}) == 1


def test_what_has_not_changed_is_not_submitted_again(campus: Campus) -> None:
    first = campus.grade()
    submitted = len(campus.slurm.submitted)
    assert campus.grade() == first
    assert len(campus.slurm.submitted) == submitted
    assert campus.left() == []


def test_one_changed_file_takes_one_check_and_one_block(campus: Campus) -> None:
    campus.grade()
    before = len(campus.slurm.done)
    campus.classroom.submit("bob", paced(4e-6), code="# another")
    assert of(campus.grade(), "bob").speedup == pytest.approx(0.5)
    new = [element.work for element in campus.slurm.done[before:]]
    assert [[member.author for member in work.members] for work in new if isinstance(work, Checking)] == [["bob"]]
    assert [len(work.block.members) for work in new if isinstance(work, Measuring)] == [1]


def test_fresh_looks_at_the_node_again_and_grades_everyone(campus: Campus) -> None:
    campus.grade()
    before = len(campus.slurm.done)
    report = campus.grade(fresh=True)
    assert sum(isinstance(element.work, Probe) for element in campus.slurm.done[before:]) == 1
    assert len(campus.slurm.done) == 2 * before
    assert ranks(report) == {"ada": 1, "bob": 2}


def test_a_large_class_goes_in_arrays_no_larger_than_the_cluster_takes(campus: Campus) -> None:
    for number in range(10):
        campus.classroom.submit(f"student-{number}", paced(2e-6))
    campus.classroom.describe("block_size = 4\nmin_runs = 2")
    campus = Campus(campus.classroom, campus.slurm)
    campus.slurm.most_elements = 3
    report = campus.grade()
    assert max(elements for elements, _ in campus.slurm.submitted) == 3
    assert len(ranks(report)) == 12


def test_where_a_user_may_have_few_jobs_the_rest_is_submitted_when_some_have_ended(campus: Campus) -> None:
    for number in range(6):
        campus.classroom.submit(f"student-{number}", paced(2e-6))
    campus.classroom.describe("block_size = 4\nmin_runs = 2")
    campus = Campus(campus.classroom, campus.slurm)
    campus.slurm.most_jobs = 1
    assert len(ranks(campus.grade())) == 8


# What becomes of jobs


@pytest.mark.parametrize("state", ["NODE_FAIL", "PREEMPTED", "FAILED", "TIMEOUT", "BOOT_FAIL", "COMPLETED", "VANISHED"])
@pytest.mark.parametrize("when", [measured, lambda element: isinstance(element.work, Checking), lambda _: True])
def test_a_job_that_ends_without_a_result_is_submitted_once_more(
    campus: Campus, state: str, when: Callable[[Element], bool]
) -> None:
    campus.slurm.fate = once(state, when=when)
    report = campus.grade()
    assert ranks(report) == {"ada": 1, "bob": 2}
    assert report.faults == ()
    assert campus.left() == []


def test_after_a_time_out_there_is_twice_the_time(campus: Campus) -> None:
    campus.slurm.fate = once("TIMEOUT")
    campus.grade()
    times = [next(option for option in options if option.startswith("--time=")) for _, options in campus.slurm.submitted]
    assert Counter(times)["--time=120"] == 1
    assert times[0] == "--time=60"


@pytest.mark.parametrize("when", [measured, lambda element: isinstance(element.work, Checking)])
@pytest.mark.parametrize("at_once", [True, False])
def test_where_twice_the_time_is_refused_that_is_a_fault_of_the_element_and_the_grading_goes_on(
    campus: Campus, when: Callable[[Element], bool], at_once: bool
) -> None:
    campus.slurm.longest_minutes, campus.slurm.enforces = 60, at_once
    campus.slurm.fate = once("TIMEOUT", when=when)
    faults = campus.grade().faults
    assert {"not done in 60 minutes, and more is refused: raise `time` in [machines.zhores]" in one for one in faults} == {True}
    assert campus.left() == []
    assert all(one.state != "PENDING" for one in campus.slurm.elements.values()), "nothing is left waiting for good"
    assert ranks(campus.grade()) == {"ada": 1, "bob": 2}


def test_where_it_is_refused_later_because_slurm_did_not_answer_at_first_that_is_the_same(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = FakeSlurm._sbatch
    silences = [Answer(1, "", "sbatch: error: Unable to contact slurm controller (connect failure)")]

    def silent_once(slurm: FakeSlurm, options: Sequence[str]) -> Answer:
        return silences.pop() if silences and "--time=120" in options else really(slurm, options)

    monkeypatch.setattr(FakeSlurm, "_sbatch", silent_once)
    campus.slurm.longest_minutes = 60
    campus.slurm.fate = once("TIMEOUT")
    (fault,) = campus.grade().faults
    assert "more is refused" in fault
    assert silences == []
    assert campus.left() == []


def test_a_node_cannot_be_looked_at_in_a_time_that_may_not_be_longer(campus: Campus) -> None:
    campus.slurm.longest_minutes = 60
    campus.slurm.fate = once("TIMEOUT", when=lambda _: True)
    with pytest.raises(GraderError, match=r"no node of zhores can be looked at: .*more is refused"):
        campus.grade()
    assert campus.left() == []


def test_a_node_that_failed_is_left_out_and_taken_all_the_same_where_there_is_no_other(campus: Campus) -> None:
    campus.slurm.fate = once("NODE_FAIL")
    campus.grade()
    assert any("--exclude=n1" in options or "--exclude=n2" in options for _, options in campus.slurm.submitted)
    campus.slurm.nodes = ["n1"]
    campus.slurm.fate = once("NODE_FAIL")
    assert campus.grade(fresh=True).faults == ()


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("NODE_FAIL", "the node of its job failed, 3 times, at last on n1"),
        ("PREEMPTED", "its job had to make room for others, 3 times: choose another `partition`"),
        ("TIMEOUT", "its job was not done in 120 minutes on n1: raise `time` in [machines.zhores]"),
        ("OUT_OF_MEMORY", "its job needed more memory than it has on n1: raise `memory`"),
        ("CANCELLED", "its job was cancelled; grade again"),
        ("FAILED", "its job ended without a result on n1"),
        ("COMPLETED", "is there space and quota left?"),
        ("VANISHED", "its job is gone: Slurm knows it no more"),
        ("was OUT_OF_MEMORY", "its job needed more memory than it has"),
    ],
)
def test_what_fails_again_and_again_is_a_fault_of_ours_with_a_reason_of_its_own(campus: Campus, state: str, said: str) -> None:
    campus.slurm.nodes = ["n1"]
    campus.slurm.fate = lambda element: state if measured(element) and element.work.block.case == "large" else None  # type: ignore[union-attr]
    report = campus.grade()
    (fault,) = report.faults
    assert said in fault
    assert of(report, "ada").verdict is Verdict.ACCEPTED
    assert of(report, "ada").rank is None
    assert points_of(report, "ada")["speed"].points is None, "it waits for a measurement, and is no zero"
    campus.slurm.fate = lambda _element: None
    assert ranks(campus.grade()) == {"ada": 1, "bob": 2}


def test_a_job_that_cannot_write_its_result_is_quoted(campus: Campus) -> None:
    said = "grader: the result cannot be written to /home/hpp/jobs: Disk quota exceeded"
    campus.slurm.fate = lambda element: "FAILED" if measured(element) else None
    campus.slurm.says = f"{said}\n"
    faults = campus.grade().faults
    assert len(faults) > 0
    assert all(f"; it said: {said}; does the node see {campus.batches.folder}, and is there" in fault for fault in faults)


def test_students_whose_check_has_failed_wait_for_the_next_grading(campus: Campus) -> None:
    campus.slurm.fate = lambda element: (
        "OUT_OF_MEMORY"
        if isinstance(element.work, Checking) and any(member.author == "ada" for member in element.work.members)
        else None
    )
    report = campus.grade()
    assert of(report, "ada").verdict is Verdict.GRADER_ERROR
    assert points_of(report, "ada")["correct"].points is None
    assert {fault.partition(" · ")[0] for fault in report.faults} == {"student/ada", "student/bob", "student/eve"}


def test_where_a_reference_cannot_be_checked_nobody_is(campus: Campus) -> None:
    campus.classroom.refer("numpy", paced(1e-5, compute=lambda x: 3 * x))
    report = campus.grade()
    assert all("the course's own reference/numpy/double is WRONG_ANSWER" in fault for fault in report.faults)
    assert ranks(report) == {}


def test_cancelled_jobs_are_submitted_by_the_next_grading(campus: Campus) -> None:
    campus.slurm.fate = once("CANCELLED")
    assert "cancelled" in str(campus.grade().faults)
    assert campus.grade().faults == ()


def test_nothing_is_submitted_twice_while_slurm_does_not_answer(campus: Campus) -> None:
    silent_at = list(range(3))

    def sleep(seconds: float) -> None:
        campus.slurm.answers = not (silent_at and len(campus.slurm.done) == 3)
        if not campus.slurm.answers:
            silent_at.pop()
        campus.slurm.pass_time(seconds)

    campus.sleep = sleep
    report = campus.grade()
    assert ranks(report) == {"ada": 1, "bob": 2}
    assert Counter(element.label for element in campus.slurm.done).most_common(1)[0][1] == 1


def test_what_slurm_refuses_is_the_courses_fault_and_leaves_nothing(campus: Campus) -> None:
    campus.slurm.refuses = "Invalid partition name specified"
    with pytest.raises(UsageError, match=r"Slurm refuses the jobs: .*Invalid partition name") as refused:
        campus.grade()
    assert "[machines." in str(refused.value)
    assert campus.left() == []


def test_a_refusal_that_passes_is_waited_for(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    really = FakeSlurm._sbatch
    passing = [Answer(1, "", "sbatch: error: Batch job submission failed: Slurm backup controller in standby mode")] * 2

    def in_standby(slurm: FakeSlurm, options: Sequence[str]) -> Answer:
        return passing.pop() if passing and len(slurm.submitted) == 3 else really(slurm, options)

    monkeypatch.setattr(FakeSlurm, "_sbatch", in_standby)
    report = campus.grade()
    assert (ranks(report), report.faults, passing) == ({"ada": 1, "bob": 2}, (), [])
    assert Counter(element.label for element in campus.slurm.done).most_common(1)[0][1] == 1


# How far it is


class Told(Silent):
    """What a grading tells of itself."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []
        """With their totals."""
        self.done = 0.0
        """Of the last one."""
        self.doing: list[str] = []

    def begin(self, stage: str, total: float) -> None:
        self.stages.append((stage, total))
        self.done = 0.0

    def advance(self, amount: float, doing: str) -> None:
        self.done += amount
        self.doing.append(doing)


def told_by(campus: Campus) -> Told:
    """A grading, which in the end must have done all that it announced."""
    told = Told()
    campus.grade(progress=told)
    assert told.stages[-1] == ("grading on zhores", told.done)
    return told


def everyone(campus: Campus) -> int:
    """Students and references."""
    (hand_ins,) = session_module.read_class(campus.classroom.session)
    return len(hand_ins.everyone)


def test_in_the_end_as_much_is_done_as_was_announced(campus: Campus) -> None:
    told = told_by(campus)
    assert told.stages[0] == ("looking at a node of zhores", 1)
    assert told.done == 2 * everyone(campus), "a check and a measurement of each, also of who is wrong"
    assert told_by(campus).done == 0


def block_fails(campus: Campus) -> None:
    campus.slurm.fate = lambda element: "NODE_FAIL" if measured(element) else None


def check_fails(campus: Campus) -> None:
    campus.slurm.fate = lambda element: "OUT_OF_MEMORY" if "check" in element.label and "ada" in element.label else None


def reference_fails(campus: Campus) -> None:
    campus.classroom.refer("numpy", paced(1e-5, compute=lambda x: 3 * x))


def time_is_refused(campus: Campus) -> None:
    campus.slurm.longest_minutes = 60
    campus.slurm.fate = once("TIMEOUT")


def code_changes(campus: Campus) -> None:
    def change(element: Element) -> None:
        if isinstance(element.work, Checking) and "bob" in element.label:
            campus.classroom.submit("bob", paced(4e-6), code="# another")

    campus.slurm.fate = change


@pytest.mark.parametrize("trouble", [block_fails, check_fails, reference_fails, time_is_refused, code_changes])
def test_what_is_given_up_is_work_no_more(campus: Campus, trouble: Callable[[Campus], None]) -> None:
    trouble(campus)
    told = told_by(campus)
    assert told.done == 2 * everyone(campus)
    assert campus.batches.faults("zhores") != ()


def test_a_job_that_is_cut_off_is_no_further_work(campus: Campus) -> None:
    campus.slurm.cut_off = cut_off_once("PREEMPTED")
    assert told_by(campus).done == 2 * everyone(campus)


def test_a_block_that_was_given_up_is_the_work_of_the_next_grading(campus: Campus) -> None:
    given_up: list[Element] = []

    def fate(element: Element) -> str | None:
        if not measured(element):
            return None
        given_up.append(element)
        return "CANCELLED"

    campus.slurm.fate = fate
    campus.grade()
    campus.slurm.fate = lambda _element: None
    assert told_by(campus).done == sum(element.size for element in given_up) > 0


@pytest.mark.parametrize("moment", [2, 3, 4])
def test_whoever_goes_on_after_a_kill_announces_what_is_left(campus: Campus, moment: int) -> None:
    moments = iter(range(100))

    def sleep(seconds: float) -> None:
        campus.slurm.pass_time(seconds)
        if next(moments) == moment:
            raise Killed

    campus.sleep = sleep
    with pytest.raises(Killed):
        campus.grade()
    campus.sleep = campus.slurm.pass_time
    assert 0 < told_by(campus).done < 2 * everyone(campus)


def test_meanwhile_it_says_what_runs_what_waits_and_slurms_reason(campus: Campus) -> None:
    told = Told()
    fates = ["RUNNING", "PENDING"]
    kept: dict[str, str] = {}

    def fate(element: Element) -> str | None:
        if not measured(element) or not fates:
            return None
        if element.label not in kept:
            kept[element.label] = fates[len(kept)]
        return kept[element.label]

    def sleep(seconds: float) -> None:
        campus.slurm.pass_time(seconds)
        if "1 run, 1 wait (Priority: others come first)" in told.doing:
            fates.clear()
            for one in campus.slurm.elements.values():
                one.state = one.state.replace("RUNNING", "PENDING")

    campus.slurm.fate, campus.sleep = fate, sleep
    assert ranks(campus.grade(progress=told)) == {"ada": 1, "bob": 2}
    assert fates == [], "it was said while they did so"


# What was finished


def cut_off_once(state: str) -> Callable[[Element, int], str | None]:
    """Every element ends so behind its first check or run, the first time."""
    seen: set[str] = set()

    def cut_off(element: Element, finished: int) -> str | None:
        if finished != 1 or element.label in seen:
            return None
        seen.add(element.label)
        return state

    return cut_off


@pytest.mark.parametrize("state", ["PENDING", "PREEMPTED", "NODE_FAIL", "TIMEOUT", "VANISHED"])
def test_a_job_that_is_cut_off_goes_on_behind_what_it_has_finished(campus: Campus, state: str) -> None:
    whole = campus.classroom.calls_in(campus.grade)
    campus.slurm.cut_off = cut_off_once(state)
    assert campus.classroom.calls_in(lambda: campus.grade(fresh=True)) == whole, "nothing is done twice"
    report = campus.grade()
    assert (ranks(report), report.faults) == ({"ada": 1, "bob": 2}, ())
    assert {result.runs for result in report.results if result.rank is not None} == {3}
    assert campus.left() == []


@pytest.mark.parametrize("state", ["PREEMPTED", "NODE_FAIL", "TIMEOUT"])
def test_whoever_finishes_something_each_time_is_not_given_up_however_often_that_is(campus: Campus, state: str) -> None:
    campus.classroom.describe("min_runs = 6")
    campus = Campus(campus.classroom, campus.slurm)
    campus.slurm.cut_off = lambda element, finished: state if finished == 1 and isinstance(element.work, Measuring) else None
    report = campus.grade()
    assert (ranks(report), report.faults) == ({"ada": 1, "bob": 2}, ())
    assert {result.runs for result in report.results if result.rank is not None} == {6}
    times = {option for _, options in campus.slurm.submitted for option in options if option.startswith("--time=")}
    assert times == {"--time=60"}, "more time is for whoever finishes nothing in it"


@pytest.mark.parametrize("is_watched", [True, False])
def test_what_a_cancelled_job_has_finished_is_not_done_again_by_the_next_grading(campus: Campus, is_watched: bool) -> None:
    whole = campus.classroom.calls_in(campus.grade)

    def sleep(seconds: float) -> None:
        campus.slurm.pass_time(seconds)
        if not is_watched and any(one.state == "CANCELLED" for one in campus.slurm.elements.values()):
            raise Killed

    def gradings() -> None:
        campus.slurm.cut_off = cut_off_once("CANCELLED")
        campus.sleep = sleep
        with suppress(Killed):
            campus.grade(fresh=True)
        campus.slurm.cut_off = lambda _element, _finished: None
        campus.sleep = campus.slurm.pass_time
        assert ranks(campus.grade()) == {"ada": 1, "bob": 2}

    assert campus.classroom.calls_in(gradings) == whole
    assert campus.left() == []


def test_fresh_grades_again_what_a_cancelled_job_has_finished(campus: Campus) -> None:
    whole = campus.classroom.calls_in(campus.grade)
    campus.classroom.submit("bob", paced(4e-6), code="# another")
    campus.slurm.cut_off = cut_off_once("CANCELLED")
    campus.grade()
    campus.slurm.cut_off = lambda _element, _finished: None
    assert campus.classroom.calls_in(lambda: campus.grade(fresh=True)) == whole


def test_on_a_node_of_another_kind_nothing_goes_on(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    campus.grade()
    other_kind(monkeypatch, "n2")
    campus.slurm.cut_off = cut_off_once("PENDING")
    report = campus.grade(fresh=True)
    assert ranks(report) == {"ada": 1, "bob": 2}
    assert {result.runs for result in report.results if result.rank is not None} == {3}
    assert any("--exclude=n2" in options for _, options in campus.slurm.submitted), "one was put back, and came to n2"


# Kills


@pytest.mark.parametrize("moment", range(14))
def test_a_grading_killed_at_any_moment_is_taken_up_and_nothing_is_done_twice(campus: Campus, moment: int) -> None:
    moments = iter(range(100))

    def sleep(seconds: float) -> None:
        if next(moments) == moment:
            campus.slurm.pass_time(seconds)  # the cluster goes on
            raise Killed
        campus.slurm.pass_time(seconds)

    campus.sleep = sleep
    try:
        campus.grade()
    except Killed:
        campus.sleep = campus.slurm.pass_time
    report = campus.grade()
    assert ranks(report) == {"ada": 1, "bob": 2}
    assert Counter(element.label for element in campus.slurm.done).most_common(1)[0][1] == 1
    assert {result.runs for result in report.results if result.rank is not None} == {3}
    assert campus.left() == []


@pytest.mark.parametrize("was_taken", [True, False])
def test_a_kill_around_the_submission_loses_nothing_and_submits_nothing_twice(
    campus: Campus, was_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = FakeSlurm._sbatch

    def killed(self: FakeSlurm, options: list[str]) -> object:
        if len(self.submitted) == 2:
            if was_taken:
                really(self, options)
            raise Killed
        return really(self, options)

    with monkeypatch.context() as patch:
        patch.setattr(FakeSlurm, "_sbatch", killed)
        with pytest.raises(Killed):
            campus.grade()
    assert ranks(campus.grade()) == {"ada": 1, "bob": 2}
    assert Counter(element.label for element in campus.slurm.done).most_common(1)[0][1] == 1


@pytest.mark.parametrize("which", range(6))
def test_a_result_that_was_kept_before_a_kill_is_not_kept_twice(
    campus: Campus, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    closed = iter(range(100))
    really = batches_module.Batch.close

    def close(self: batches_module.Batch, index: int) -> None:
        if next(closed) == which:
            raise Killed
        really(self, index)

    with monkeypatch.context() as patch:
        patch.setattr(batches_module.Batch, "close", close)
        with pytest.raises(Killed):
            campus.grade()
    report = campus.grade()
    assert {result.runs for result in report.results if result.rank is not None} == {3}
    assert Counter(element.label for element in campus.slurm.done if element.size).most_common(1)[0][1] == 1


def test_fresh_is_refused_while_an_earlier_grading_is_in_the_queue(campus: Campus) -> None:
    def killed(_seconds: float) -> None:
        raise Killed

    campus.sleep = killed
    with pytest.raises(Killed):
        campus.grade()
    with pytest.raises(UsageError, match="grader jobs cancel"):
        campus.grade(fresh=True)


def test_what_another_grading_has_left_for_other_tasks_is_left_to_it(campus: Campus) -> None:
    batch = campus.batches.new(
        session_module.open_session(campus.classroom.folder, None, (), "zhores").course.machine,
        [Element(Checking("another", "1", (), (), 1), "", "", "", "zhores", trust_code=False, conditions=None)],
    )
    batch.with_job("99")
    write_record(batch.folder / "0.result.json", Outcome(None))
    assert ranks(campus.grade()) == {"ada": 1, "bob": 2}
    assert campus.left() == ["0.json", "0.result.json", "batch.json"]


# The nodes, the files, the code


def test_elements_that_come_to_another_kind_of_node_go_elsewhere(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    other_kind(monkeypatch, "n2")
    report = campus.grade()
    assert ranks(report) == {"ada": 1, "bob": 2}
    refused = [options for _, options in campus.slurm.submitted if "--exclude=n2" in options]
    assert refused
    assert {result.cpu_over_wall for result in report.results if result.rank is not None} == {1.0}


def test_where_all_nodes_are_of_other_kinds_that_is_what_is_said(campus: Campus, monkeypatch: pytest.MonkeyPatch) -> None:
    campus.grade()
    campus.classroom.submit("bob", paced(4e-6), code="# another")
    other_kind(monkeypatch, "n1", "n2")
    report = campus.grade()
    assert "figures of different kinds do not compare" in str(report.faults)
    assert of(report, "bob").verdict is Verdict.GRADER_ERROR
    assert ranks(campus.grade(fresh=True)) == {"ada": 1, "bob": 2}


def other_kind(monkeypatch: pytest.MonkeyPatch, *nodes: str) -> None:
    """These nodes have a CPU more than the others."""
    import os

    def this_machine(name: str, threads: int) -> Machine:
        machine = really_this_machine(name, threads)
        return replace(machine, cores=machine.cores + (os.environ.get("SLURMD_NODENAME") in nodes))

    monkeypatch.setattr(session_module, "this_machine", this_machine)


@pytest.mark.parametrize("damage", ["", "{", '{"node": 5}', '{"node": null, "checks": [1]}'])
def test_a_damaged_result_is_made_again(campus: Campus, damage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    damaged = [True]

    def write(path: Path, record: Outcome) -> None:
        write_record(path, record)
        if "result" in path.name and damaged:
            path.write_text(damage, encoding="ascii")
            damaged.clear()

    monkeypatch.setattr("tests.cluster.fake_slurm.write_record", write)
    assert ranks(campus.grade()) == {"ada": 1, "bob": 2}


def test_a_full_disk_on_the_submitting_side_says_so_and_keeps_what_is_finished(
    campus: Campus, monkeypatch: pytest.MonkeyPatch
) -> None:
    campus.grade()
    campus.classroom.submit("bob", paced(4e-6), code="# another")

    def full(path: Path, _record: object) -> None:
        raise OSError(errno.EDQUOT, "Disk quota exceeded", str(path))

    before = len(campus.slurm.submitted)
    monkeypatch.setattr(batches_module, "write_record", full)
    with pytest.raises(GraderError, match="Disk quota exceeded; free some space or quota there"):
        campus.grade()
    assert (len(campus.slurm.submitted), campus.left()) == (before, [])
    assert of(campus.classroom.report(), "ada").rank == 1


@pytest.mark.parametrize("kind", [Checking, Measuring])
def test_code_that_changes_while_its_job_waits_is_graded_by_the_next_grading(campus: Campus, kind: type[Work]) -> None:
    def change(element: Element) -> str | None:
        if isinstance(element.work, kind) and "ada" in element.label and not changed:
            changed.append(True)
            campus.classroom.submit("bob", paced(4e-6), code="# another")
        return None

    changed: list[bool] = []
    campus.slurm.fate = change
    first = campus.grade()
    assert "student/bob · double: the code changed while its job waited; grade again" in first.faults
    assert of(first, "ada").rank == 1, "nobody else waits for that"
    report = campus.grade()
    assert report.faults == ()
    assert of(report, "bob").speedup == pytest.approx(0.5)


def test_the_course_is_opened_on_a_machine_that_it_has(classroom: Classroom, campus: Campus) -> None:
    with pytest.raises(UsageError, match=r"course.toml has no machine 'zhore' in \[machines\] \(did you mean 'zhores'\?\)"):
        session_module.open_session(classroom.folder, None, (), "zhore")
    course: Course = session_module.open_session(classroom.folder, None, (), "zhores").course
    assert course.machine.partition == "cpu"
    assert campus.batches.node("zhores", trust_code=False) is None
