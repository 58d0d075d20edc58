"""The sample class, checked in the real sandbox: every author gets the verdict that was planted, and the words that explain it.

Nothing is measured here. `submissions/` is what a real class hands in: good and poor work of every level of the course, two
notebooks, files that are named slightly wrong, and every way to fail that a student has.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

import pytest
from _pytest.mark import ParameterSet

from grader.content.submission import Submission, authors, names_used
from grader.execution import mpi
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend, Worker
from grader.grading.check import DrawnInputs, check
from grader.grading.check_class import check_class
from grader.grading.class_report import Report, stand
from grader.grading.judged import Witnesses
from grader.grading.progress import Silent
from grader.grading.score import Points
from grader.grading.session import NAIVE, HandIns, Session, member_of, open_session, read_class
from grader.grading.standings import Result
from grader.records import CheckResult
from grader.store import Store
from grader.verdicts import Verdict
from tests.end_to_end.planted import NOBODYS, WITH_MPI, planted
from tests.end_to_end.small_course import PROJECT

T = TypeVar("T")

LONGEST_CALL_S = 0.02
"""Nothing is measured, so nobody has to be seen at larger cases."""

needs_mpi = pytest.mark.skipif(mpi.missing() is not None, reason=f"MPI tasks need {mpi.missing()}")

SAID_IN_THE_MESSAGE = [
    ("ada", "spectrogram", "no answer within 2 s"),  # a Fourier transform by hand, in plain Python
    ("dana", "matmul", "known mistake: The sums are kept in float32"),
    ("dana", "julia", "known mistake: This is what comes out when the first update is made, uncounted"),
    ("dana", "schelling", "leave at once"),  # hers move one after another
    ("dana", "spectrogram", "known mistake: This is what comes out when each frame's mean is subtracted"),
    ("emil", "julia", "no answer within 2 s"),  # the loop never ends where a point stays
    ("emil", "spectrogram", "on case 'no-frame'"),
    ("emil", "spectrogram", "ValueError: need at least one array to concatenate"),
    ("fay", "bifurcation", "there are logistic_map(r, x) and evolution("),
    ("fay", "julia", "julia.py, line 12: expected ':'"),
    ("gita", "schelling", "there is class Schelling"),
    ("hugo", "julia", "Out of memory (the limit is 2 GiB)"),  # all orbits of all pixels at once
    ("hugo", "schelling", "called again with the same arguments"),  # no seed
    ("jonas", "julia", "known mistake: This is what comes out when an orbit that comes back is counted again"),
    ("kira", "scalogram", "Wrong on case 'impulse-3x150'"),
    ("ines", "matmul", "nothing was handed in for 'matmul'"),
    ("dana", "integral", "known mistake: The last n % P intervals are missing"),
    ("emil", "life", "no answer within 2 s"),  # everybody receives first
    ("emil", "life", "rank 1 is at life.py, line 24, in life: above = comm.recv("),
]

SAID_IN_THE_FLAGS = [
    ("fay", "spectrogram", "uses scipy.signal, which the assignment spectrogram forbids"),
    ("gita", "julia", "julia (1).py was taken for julia.py"),
    ("hugo", "spectrogram", "you asked for 4 threads; the budget is 1, so they shared 1 core"),
    ("ines", "julia", "'julia' and what it needs (RADIUS_2, inside, np and plane) was taken from code cells 1 and 2"),
    ("ines", "julia_period", "julia.ipynb was taken for julia_period.py"),
    ("jonas", "bifurcation", "labs.py was taken for bifurcation.py"),
    ("jonas", "spectrogram", "labs.py was taken for spectrogram.py"),
    ("jonas", "scalogram", "labs.py was taken for scalogram.py"),
    ("kira", "bifurcation", "'bifurcation' is defined 2 times, in code cells 3 and 6: the last one was taken"),
    ("kira", "julia", "Julia_set.py defines no function 'julia': 'julia_set' was taken for it; please rename it"),
]


@dataclass(frozen=True)
class SampleClass:
    """The class and what the check stage found of it."""

    session: Session
    backend: Backend
    hand_ins: dict[str, HandIns]
    report: Report
    checks: dict[tuple[str, str], CheckResult]
    """By author and task."""

    def result(self, author: str, task: str) -> Result:
        """What is reported of one author's work on a task."""
        (found,) = (one for one in self.report.results if (one.author, one.kind, one.task) == (author, "student", task))
        return found

    def submission(self, author: str, task: str) -> Submission:
        """What is run of it."""
        return self.hand_ins[task].submissions[f"student/{author}"]

    def criterion(self, author: str, assignment: str, criterion: str) -> Points:
        """What one criterion of an assignment gives an author."""
        (marks,) = (one for one in self.report.marks if (one.author, one.assignment) == (author, assignment))
        return next(points for points in marks.criteria if points.criterion == criterion)


def known_here(table: Sequence[tuple[str, str, T]]) -> list[ParameterSet]:
    """The rows of a table, those about an MPI task skipped where there is no MPI."""
    return [pytest.param(*row, marks=needs_mpi if row[1] in WITH_MPI else ()) for row in table]


@pytest.fixture(scope="module")
def sample_class(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SampleClass]:
    """All twelve authors, checked beside the naive references, which set the limits of time."""
    session = _with_short_calls(open_session(PROJECT, None, ()))
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=False)
    everyone = [one.beside((NAIVE,)) for one in read_class(session) if one.task.name not in NOBODYS]
    conditions = session.conditions(backend.sandbox)
    with Store(tmp_path_factory.mktemp("sample") / "results" / "results.sqlite") as store:
        store.add_machine(session.machine)
        checked = check_class(session, everyone, everyone, backend, store, Silent())
        found = {
            (one.author, hand_ins.task.name): store.check(member_of(one), hand_ins.task, conditions)
            for hand_ins in everyone
            for one in hand_ins.everyone
            if one.kind == "student"
        }
        yield SampleClass(
            session=session,
            backend=backend,
            hand_ins={hand_ins.task.name: hand_ins for hand_ins in everyone},
            report=stand(session, everyone, checked.faults, conditions, store),
            checks={key: result for key, result in found.items() if result is not None},
        )


def _with_short_calls(session: Session) -> Session:
    measurement = session.course.measurement.model_copy(update={"longest_call_s": LONGEST_CALL_S})
    return replace(session, course=session.course.model_copy(update={"measurement": measurement}))


# The verdicts


@pytest.mark.parametrize(("author", "task", "verdict"), known_here(planted()))
def test_the_verdict_is_the_planted_one(sample_class: SampleClass, author: str, task: str, verdict: Verdict) -> None:
    result = sample_class.result(author, task)
    assert result.verdict is verdict, result.message


@pytest.mark.parametrize(("author", "task", "words"), known_here(SAID_IN_THE_MESSAGE))
def test_the_message_says_what_went_wrong(sample_class: SampleClass, author: str, task: str, words: str) -> None:
    assert words in sample_class.result(author, task).message


@pytest.mark.parametrize(("author", "task", "words"), SAID_IN_THE_FLAGS)
def test_what_is_no_fault_is_flagged(sample_class: SampleClass, author: str, task: str, words: str) -> None:
    assert words in "\n".join(sample_class.result(author, task).flags)


def test_nobody_needs_a_persons_review(sample_class: SampleClass) -> None:
    assert [(one.author, one.task, one.review) for one in sample_class.report.results if one.review] == []


def test_nobody_is_suspected_of_anything(sample_class: SampleClass) -> None:
    """Of what the check alone can show; what is measured is looked at in `test_suspicions.py`."""
    assert [(one.author, one.task, one.suspicions) for one in sample_class.report.results if one.suspicions] == []


def test_the_grader_itself_failed_nowhere(sample_class: SampleClass) -> None:
    assert (sample_class.report.faults, sample_class.report.ungraded) == ((), ())


# Special ones


def test_one_mistake_shows_in_a_secret_case_alone(sample_class: SampleClass) -> None:
    loaded = sample_class.hand_ins["julia"].task
    public = tuple(case for case in loaded.task.check_cases if case.public)
    failing = sample_class.checks["jonas", "julia"].failing_case
    assert failing not in {None, *(case.name for case in public)}
    assert "inputs:" not in sample_class.result("jonas", "julia").message

    only_public = replace(loaded, task=replace(loaded.task, check_cases=public))
    limits = sample_class.session.limits({})
    with _worker(sample_class, sample_class.submission("jonas", "julia")) as worker:
        nobody = Witnesses(lambda: worker, limits.first_call_s)  # the task asks for none
        result, _ = check(worker, nobody, only_public, limits, DrawnInputs(loaded.task, seed=1))
    assert result.verdict is Verdict.ACCEPTED, result.message


def test_plots_at_the_top_level_are_no_fault(sample_class: SampleClass) -> None:
    assert b"\nplt.show()" in _source(sample_class.submission("boris", "bifurcation"))
    assert sample_class.result("boris", "bifurcation").flags == ()


def test_what_is_printed_is_kept(sample_class: SampleClass) -> None:
    printed = sample_class.result("kira", "schelling").printed
    assert printed.count("households are dissatisfied") > 100


@pytest.mark.parametrize(("author", "used"), [("boris", "numpy.dot"), ("hugo", "@")])
def test_a_product_that_is_not_ones_own_waits_for_a_person(sample_class: SampleClass, author: str, used: str) -> None:
    points = sample_class.criterion(author, "boot-camp", "own-product")
    assert points.points is None
    assert f"flagged for review: the code uses {used}" in points.because


def test_an_own_product_earns_its_point(sample_class: SampleClass) -> None:
    assert sample_class.criterion("chen", "boot-camp", "own-product").points == 1


def test_a_helper_module_comes_along(sample_class: SampleClass) -> None:
    shipped = {file.path for file in sample_class.submission("liang", "schelling").files}
    assert shipped == {"neighbours.py", "schelling.py"}


def test_one_file_serves_three_tasks(sample_class: SampleClass) -> None:
    served = {task: sample_class.submission("jonas", task).file for task in ("bifurcation", "spectrogram", "scalogram")}
    assert set(served.values()) == {"labs.py"}


def test_one_submission_is_a_copy_of_a_handout_but_for_its_comments(sample_class: SampleClass) -> None:
    handout = (PROJECT / "reference" / "numba" / "bifurcation.py").read_bytes()
    copy = _source(sample_class.submission("liang", "bifurcation"))
    assert copy != handout
    assert _code(copy) == _code(handout)


def test_both_ways_of_numba_and_threads_are_there(sample_class: SampleClass) -> None:
    used = {(author, task): names_used(sample_class.submission(author, task)) for author, task in _accepted()}
    assert "numba.njit" in used["chen", "julia"]
    assert "numba.prange" not in used["chen", "julia"]
    assert "numba.prange" in used["gita", "julia"]
    assert "concurrent.futures.ThreadPoolExecutor" in used["hugo", "spectrogram"]


# The class as a whole


def test_twelve_authors_hand_in_and_every_task_of_one_process_has_four_of_them() -> None:
    table = planted()
    folder = PROJECT / "submissions"
    assert list(dict.fromkeys(author for author, _, _ in table)) == list(authors(folder))
    assert len(authors(folder)) == 12
    handed_in = Counter(task for _, task, verdict in table if verdict is not Verdict.MISSING)
    assert {task: handed_in.pop(task) for task in WITH_MPI} == dict.fromkeys(WITH_MPI, 2)
    assert len(handed_in) == 7
    assert min(handed_in.values()) >= 4


def test_every_verdict_that_a_student_can_get_is_there() -> None:
    assert {verdict for _, _, verdict in planted()} == set(Verdict) - {Verdict.GRADER_ERROR}


def test_the_table_names_every_task_of_the_course(sample_class: SampleClass) -> None:
    assert {task for _, task, _ in planted()} == set(sample_class.session.tasks) - NOBODYS


@contextmanager
def _worker(sample_class: SampleClass, submission: Submission) -> Iterator[Worker]:
    with sample_class.backend.generation() as generation:
        worker = generation.start(submission)
        try:
            yield worker
        finally:
            worker.close()


def _accepted() -> Iterator[tuple[str, str]]:
    one_process = (row for row in planted() if row[1] not in WITH_MPI)
    return ((author, task) for author, task, verdict in one_process if verdict is Verdict.ACCEPTED)


def _source(submission: Submission) -> bytes:
    return next(file.content for file in submission.files if file.path == submission.file)


def _code(source: bytes) -> str:
    """The statements alone: comments, docstrings and empty lines are no part of them."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef) and ast.get_docstring(node) is not None:
            del node.body[0]
    return ast.dump(tree)
