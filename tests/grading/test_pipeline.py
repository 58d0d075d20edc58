"""A grading from start to end: nothing is done twice, nothing is lost, and nobody pays for what another does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from grader.content.task import Inputs
from grader.errors import GraderError, UsageError
from grader.execution.interface import Generation
from grader.grading.class_report import Report
from grader.grading.pipeline import Wanted, grade
from grader.grading.session import open_session, require_authors
from grader.profiles import Profile
from grader.store import StoredBlock
from grader.verdicts import Verdict
from tests.grading.course_fixture import (
    COURSE,
    FOLLOWED_TASK,
    TASK,
    Classroom,
    noisy,
    of,
    paced,
    points_of,
    ranks,
    write,
    wrong_from,
)

RUNS_OF_REFERENCES = 2
"""A case at which references stand alone ranks nobody."""
PARTS = 20
"""Into so many parts a grading is cut: after each of them it is interrupted once."""


class Recorder:
    """Progress that remembers what it heard."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.doing: list[str] = []
        self.heard: dict[tuple[str, str], list[str]] = {}

    def begin(self, stage: str, total: float) -> None:
        self.stages[stage] = total

    def advance(self, amount: float, doing: str) -> None:
        del amount
        if doing:
            self.doing.append(doing)

    def found(self, author: str, task: str, result: str) -> None:
        self.heard.setdefault((author, task), []).append(result)


def small_class(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2.4e-6))
    classroom.submit("eve", paced(1e-4))


def blocks(classroom: Classroom) -> tuple[StoredBlock, ...]:
    with classroom.store() as store:
        return store.blocks(classroom.task, classroom.session.conditions(classroom.backend.sandbox))


def figures(report: Report) -> dict[str, tuple[object, ...]]:
    return {
        result.author: (result.verdict, result.case, result.rank, result.wall_time_s, result.speedup_low, result.runs)
        for result in report.results
    }


# How it is run


@pytest.mark.parametrize("profile", ["single", "threads", "processes"])
def test_every_process_of_a_task_has_its_profile_in_the_check_and_in_every_run(classroom: Classroom, profile: str) -> None:
    classroom.teach(
        FOLLOWED_TASK + f"\nfrom grader.profiles import Profile\nTASK = replace(TASK, profile=Profile({profile!r}))\n"
    )
    small_class(classroom)
    classroom.grade()
    assert set(classroom.backend.profiles) == {Profile(profile)}
    assert len(classroom.backend.profiles) > 20


PARALLEL_TASK = (
    TASK
    + """
from dataclasses import replace

from grader.profiles import Profile

TASK = replace(TASK, profile=Profile.THREADS)
"""
)


def give_threads(classroom: Classroom, machine: int, task: int) -> None:
    text = COURSE.replace("threads = 1", f"threads = {machine}")
    write(classroom.folder / "course.toml", f"{text}\n[tasks.double]\nthreads = {task}\n")


def test_a_tasks_own_threads_are_the_cores_of_all_its_workers(classroom: Classroom) -> None:
    small_class(classroom)
    classroom.teach(PARALLEL_TASK)
    give_threads(classroom, machine=4, task=2)
    classroom.submit("ada", paced(2e-6, threads=4, cores=2.0))
    ada = of(classroom.grade(budget_s=0), "ada")
    assert set(classroom.backend.cores) == {2}
    assert len(classroom.backend.cores) > 20
    assert ada.suspicions == ()
    assert ada.flags == ("you asked for 3 threads; the budget is 2, so they shared 2 cores",)


def test_with_other_threads_a_task_is_graded_anew(classroom: Classroom) -> None:
    small_class(classroom)
    classroom.teach(PARALLEL_TASK)
    give_threads(classroom, machine=4, task=2)
    classroom.grade(budget_s=0)
    assert classroom.calls_in(lambda: classroom.grade(budget_s=0)) == {}
    give_threads(classroom, machine=4, task=3)
    assert classroom.calls_in(lambda: classroom.grade(budget_s=0)).keys() >= {"ada", "numba"}


def test_threads_for_a_task_of_one_core_are_the_courses_mistake(classroom: Classroom) -> None:
    give_threads(classroom, machine=4, task=2)
    with pytest.raises(UsageError, match=r"gives the task double 2 threads, and its profile is 'single': set profile="):
        _ = classroom.session


# What has not changed


def test_a_second_grading_runs_nothing_and_says_the_same(classroom: Classroom) -> None:
    small_class(classroom)
    classroom.hand_in("max", "def double(x): return (\n")
    first = classroom.grade()
    generations = classroom.backend.generations
    assert classroom.calls_in(classroom.grade) == {}
    assert classroom.backend.generations == generations
    assert classroom.grade() == first == classroom.report()


def test_changed_code_is_graded_again_and_nobody_elses(classroom: Classroom) -> None:
    small_class(classroom)
    before = figures(classroom.grade())
    classroom.submit("bob", paced(4e-6), code="# slower, but clearer")
    calls = classroom.calls_in(classroom.grade)
    assert calls.keys() == {"bob", "numba", "control"}  # the baseline and its control are in every block
    after = figures(classroom.report())
    assert {author for author in after if after[author] != before[author]} == {"bob"}
    assert of(classroom.report(), "bob").speedup == pytest.approx(0.5)


def test_code_that_is_back_as_it_was_is_not_graded_again(classroom: Classroom) -> None:
    small_class(classroom)
    before = figures(classroom.grade())
    classroom.submit("bob", paced(4e-6), code="# slower, but clearer")
    classroom.grade()
    classroom.submit("bob", paced(2.4e-6))
    assert classroom.calls_in(classroom.grade) == {}
    assert figures(classroom.report()) == before


def test_a_failure_that_is_repaired_is_gone(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=wrong_from(20)))
    assert of(classroom.grade(), "ada").verdict is Verdict.WRONG_ANSWER
    classroom.submit("ada", paced(2e-6), code="# repaired")
    result = of(classroom.grade(), "ada")
    assert (result.verdict, result.rank, result.runs) == (Verdict.ACCEPTED, 1, 3)


def test_a_changed_task_grades_everyone_again(classroom: Classroom) -> None:
    small_class(classroom)
    classroom.grade()
    path = classroom.folder / "tasks" / "double" / "task.py"
    path.write_text(path.read_text() + "\n# a better checker\n")
    assert classroom.calls_in(classroom.grade).keys() == {"naive", "numpy", "numba", "control", "ada", "bob", "eve"}


def test_whoever_leaves_the_class_leaves_the_leaderboard(classroom: Classroom) -> None:
    small_class(classroom)
    classroom.grade()
    (classroom.folder / "submissions" / "ada" / "double.py").unlink()
    (classroom.folder / "submissions" / "ada").rmdir()
    assert classroom.calls_in(classroom.grade) == {}
    assert ranks(classroom.report()) == {"bob": 1, "eve": 2}


# Only some


def test_only_the_authors_that_are_wanted_are_graded_beside_the_references(classroom: Classroom) -> None:
    small_class(classroom)
    calls = classroom.calls_in(lambda: classroom.grade("ada"))
    assert calls.keys() == {"naive", "numpy", "numba", "control", "ada"}
    report = classroom.report()
    assert of(report, "ada").rank == 1
    assert "bob · double" in report.ungraded
    classroom.grade()
    assert ranks(classroom.report()) == {"ada": 1, "bob": 2, "eve": 3}


@pytest.mark.parametrize("order", [("ada", "bob"), ("bob", "ada")])
def test_copies_on_either_side_of_a_limit_meet_though_they_are_graded_one_by_one(
    classroom: Classroom, order: tuple[str, str]
) -> None:
    classroom.submit("ada", paced(2.45e-5))
    classroom.submit("bob", paced(2.55e-5))
    for author in order:
        classroom.grade(author)
    report = classroom.report()
    assert of(report, "ada").case == of(report, "bob").case is not None


def test_an_author_who_comes_later_is_measured_in_a_new_block_with_the_same_baseline(classroom: Classroom) -> None:
    small_class(classroom)
    before = classroom.grade()
    classroom.submit("late", paced(2e-6))
    calls = classroom.calls_in(classroom.grade)
    assert calls.keys() == {"late", "numba", "control"}
    *_, newest = blocks(classroom)
    assert [member.author for member in newest.block.members] == ["late"]
    assert newest.block.baseline.author == "numba"
    after = classroom.report()
    assert ranks(after) == {"ada": 1, "late": 1, "bob": 3, "eve": 4}
    assert {author: figures(after)[author][3:] for author in ("ada", "bob", "eve")} == {
        author: figures(before)[author][3:] for author in ("ada", "bob", "eve")
    }


@pytest.mark.parametrize("seed", range(4))
def test_whoever_comes_later_reverses_no_two_others(classroom: Classroom, seed: int) -> None:
    classroom.refer("numba", noisy(2e-6, seed=1000 + seed))
    for number, author in enumerate(("ada", "bob", "eve", "max")):
        classroom.submit(author, noisy((2 + 0.03 * number) * 1e-6, scatter=0.01, seed=10 * seed + number))
    before = ranks(classroom.grade())
    classroom.submit("late", noisy(2.05e-6, scatter=0.05, seed=500 + seed))
    after = ranks(classroom.grade())
    assert all(after[one] <= after[other] for one in before for other in before if before[one] < before[other])


# Again


def test_fresh_grades_everyone_again(classroom: Classroom) -> None:
    small_class(classroom)
    first = classroom.calls_in(classroom.grade)
    assert classroom.calls_in(lambda: classroom.grade(fresh=True)) == first


def test_fresh_for_one_author_leaves_everyone_elses_figures(classroom: Classroom) -> None:
    small_class(classroom)
    before = figures(classroom.grade())
    calls = classroom.calls_in(lambda: classroom.grade("ada", fresh=True))
    assert calls.keys() == {"ada", "numba", "control"}
    after = figures(classroom.report())
    assert {author: after[author] for author in after if author != "ada"} == {
        author: before[author] for author in before if author != "ada"
    }
    assert ranks(classroom.report()) == {"ada": 1, "bob": 2, "eve": 3}


# Measured several times: the best counts


def remeasured(classroom: Classroom, pace_s: float, *authors: str) -> Report:
    """The same code of `ada` is graded again, and takes this time now."""
    classroom.backend.scripts["ada"] = paced(pace_s)
    return classroom.grade(*authors, fresh=True)


@pytest.mark.parametrize("authors", [(), ("ada",)], ids=["the whole class again", "one author again"])
def test_of_two_measurements_of_the_same_code_the_better_one_counts(classroom: Classroom, authors: tuple[str, ...]) -> None:
    small_class(classroom)
    classroom.submit("ada", paced(4e-6))
    first = classroom.grade()
    second = remeasured(classroom, 8e-6, *authors)
    assert of(second, "ada").speedup == pytest.approx(0.25), "the figures are those of the last measurement"
    assert points_of(second, "ada")["speed"].points == points_of(first, "ada")["speed"].points == 3.2
    assert points_of(second, "ada")["speed"].because.startswith(
        "8 µs per unit of work (measured 2 times; the best, 4 µs, counts); naive takes 100 µs (0 points)"
    )
    third = remeasured(classroom, 2e-6, *authors)
    assert points_of(third, "ada")["speed"].points == 4
    assert "measured" not in points_of(third, "ada")["speed"].because


def test_the_best_of_three_counts_wherever_it_stands(classroom: Classroom) -> None:
    classroom.submit("ada", paced(8e-6))
    classroom.grade()
    remeasured(classroom, 4e-6)
    report = remeasured(classroom, 6e-6, "ada")
    assert points_of(report, "ada")["speed"].points == 3.2
    assert "(measured 3 times; the best, 4 µs, counts)" in points_of(report, "ada")["speed"].because
    assert classroom.report() == report


def test_of_other_code_no_measurement_counts(classroom: Classroom) -> None:
    classroom.submit("ada", paced(4e-6))
    classroom.grade()
    classroom.submit("ada", paced(8e-6), code="# another version, and a slower one")
    for report in (classroom.grade(), classroom.grade(fresh=True)):
        assert points_of(report, "ada")["speed"].points == 2.5
        assert "measured" not in points_of(report, "ada")["speed"].because
    classroom.submit("ada", paced(8e-6))
    assert points_of(classroom.grade(), "ada")["speed"].points == 3.2, "the first version is back, with its measurement"


def test_a_measurement_of_somebody_else_never_counts(classroom: Classroom) -> None:
    classroom.submit("ada", paced(8e-6))
    classroom.submit("bob", paced(4e-6))
    classroom.grade()
    report = classroom.grade(fresh=True)
    assert [points_of(report, author)["speed"].points for author in ("ada", "bob")] == [2.5, 3.2]


def test_a_measurement_in_which_it_failed_never_counts(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6, compute=wrong_from(25)))
    assert points_of(classroom.grade(), "ada")["speed"].points == 0
    report = remeasured(classroom, 8e-6)
    assert points_of(report, "ada")["speed"].points == 2.5


def test_a_better_measurement_of_before_saves_nobody_who_is_wrong_now(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.grade()
    classroom.backend.scripts["ada"] = paced(2e-6, compute=wrong_from(0))
    assert points_of(classroom.grade(fresh=True), "ada")["speed"].points == 0


def test_to_be_measured_again_and_again_is_worth_nothing_to_whoever_is_steady(classroom: Classroom) -> None:
    small_class(classroom)
    before = classroom.grade()
    after = [classroom.grade(fresh=True) for _ in range(2)][-1]
    assert after.marks == before.marks


# Interruptions


def interrupt(classroom: Classroom, when: Callable[[], bool], error: BaseException) -> None:
    """Let the first call for which `when()` holds raise, whoever is called."""

    def fused(call_s: Callable[[Inputs, int], float]) -> Callable[[Inputs, int], float]:
        def burning(inputs: Inputs, number: int) -> float:
            if when():
                raise error
            return call_s(inputs, number)

        return burning

    scripts = classroom.backend.scripts
    burning = {author: replace(script, call_s=fused(script.call_s)) for author, script in scripts.items()}
    classroom.backend.scripts = burning
    try:
        with pytest.raises(type(error)):
            classroom.grade(budget_s=60)
    finally:
        classroom.backend.scripts = scripts


def interrupt_in_run(classroom: Classroom, run: int) -> None:
    """Press Ctrl-C in the first call of a run, counted from 1."""
    checking = 1
    interrupt(classroom, lambda: classroom.backend.generations == checking + run, KeyboardInterrupt())


@pytest.fixture(scope="module")
def calls_of_a_grading(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many calls it takes to grade the class of the next tests."""
    classroom = Classroom(tmp_path_factory.mktemp("whole"))
    pair(classroom)
    return sum(classroom.calls_in(classroom.grade).values())


def pair(classroom: Classroom) -> None:
    classroom.submit("ada", paced(2e-6))
    classroom.submit("bob", paced(2.4e-6))


@pytest.mark.parametrize("part", range(PARTS))
def test_an_interrupted_grading_goes_on_where_it_stopped(classroom: Classroom, calls_of_a_grading: int, part: int) -> None:
    pair(classroom)
    calls_before = count()
    interrupt(classroom, lambda: next(calls_before) == part * calls_of_a_grading // PARTS, KeyboardInterrupt())
    assert not any(worker.alive for worker in classroom.backend.workers)
    kept = {block.id: block.runs for block in blocks(classroom)}

    calls = classroom.calls_in(classroom.grade)
    report = classroom.report()
    assert ranks(report) == {"ada": 1, "bob": 2}
    finished = {block.id: block.runs for block in blocks(classroom)}
    with_students = {block.id for block in blocks(classroom) if any(member.kind == "student" for member in block.block.members)}
    assert {number: len(runs) for number, runs in finished.items()} == {
        number: 3 if number in with_students else RUNS_OF_REFERENCES for number in finished
    }
    assert all(finished[number][: len(runs)] == runs for number, runs in kept.items())
    assert sum(calls.values()) <= calls_of_a_grading
    assert classroom.calls_in(classroom.grade) == {}


def test_a_generation_that_cannot_be_started_keeps_what_is_finished(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair(classroom)
    start = classroom.backend.generation

    def broken_at_the_third() -> AbstractContextManager[Generation]:
        if classroom.backend.generations == 2:
            raise GraderError("the zygote died")
        return start()

    monkeypatch.setattr(classroom.backend, "generation", broken_at_the_third)
    with pytest.raises(GraderError, match="the zygote died"):
        classroom.grade()
    monkeypatch.undo()
    assert [len(block.runs) for block in blocks(classroom)] == [1, 1]
    classroom.grade()
    assert ranks(classroom.report()) == {"ada": 1, "bob": 2}


def test_after_an_interruption_one_author_may_be_graded_and_nobody_is_forgotten(classroom: Classroom) -> None:
    pair(classroom)
    interrupt_in_run(classroom, 1)
    classroom.grade("ada")
    report = classroom.grade()
    assert ranks(report) == {"ada": 1, "bob": 2}
    assert {result.runs for result in report.results if result.kind == "student"} == {3}


def test_code_that_changes_after_an_interruption_is_measured_as_it_is_now(classroom: Classroom) -> None:
    pair(classroom)
    interrupt_in_run(classroom, 2)
    for author in ("ada", "bob"):
        classroom.submit(author, paced(4e-6), code="# another")
    report = classroom.grade()
    assert ranks(report) == {"ada": 1, "bob": 1}
    assert of(report, "ada").runs == of(report, "bob").runs == 3


def test_no_run_is_made_for_nobody(classroom: Classroom) -> None:
    classroom.describe("min_runs = 2\ntarget_difference = 0.000001")
    pair(classroom)
    classroom.refer("numba", noisy(2e-6))
    interrupt_in_run(classroom, 4)
    classroom.grade(budget_s=0)
    taking_part = [{turn.competitor for turn in run.turns} for block in blocks(classroom) for run in block.runs]
    assert all(competitors - {"control", "reference/numba"} for competitors in taking_part)


def test_the_leaderboard_can_be_had_in_the_middle(classroom: Classroom) -> None:
    pair(classroom)
    interrupt_in_run(classroom, 2)
    report = classroom.report()
    assert of(report, "ada").runs == 1
    assert ranks(report) == {"ada": 1, "bob": 1}  # nothing is known of the noise after a single run


# What the user hears


def test_progress_names_the_stages_and_who_is_worked_on(classroom: Classroom) -> None:
    small_class(classroom)
    progress = Recorder()
    with classroom.store() as store:
        grade(classroom.session, Wanted(budget_s=0), classroom.backend, store, progress)
    assert progress.stages == {"checking": 6, "measuring": 2 * 3}
    assert "ada · double" in progress.doing
    assert "double · large" in progress.doing
    assert progress.heard["eve", "double"] == ["ACCEPTED", "ACCEPTED", "0.1 ×", "0.1 ×", "0.1 ×"], "right, then fast enough"
    assert {author for author, _ in progress.heard} == {"ada", "bob", "eve"}, "nobody waits for a reference"


def test_an_unknown_author_or_task_is_refused_with_the_nearest(classroom: Classroom, tmp_path: Path) -> None:
    small_class(classroom)
    with pytest.raises(UsageError, match=r"there is no author 'adda' in .* \(did you mean 'ada'\?\)"):
        require_authors(classroom.session, ["adda"])
    with pytest.raises(UsageError, match=r"there is no task 'doubel' \(did you mean 'double'\?\)"):
        open_session(tmp_path, None, ["doubel"])
