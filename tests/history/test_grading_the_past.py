"""Which programs of past commits are run, and what comes of them."""

from pathlib import Path

import pytest

from grader.grading.progress import Silent
from grader.history.grading_the_past import grade_past
from grader.history.past_submissions import PastSubmissions
from grader.store import Store
from tests.grading.course_fixture import NUMPY_PACE_S, Classroom, paced
from tests.history.past import Repository, history_of

CODE = 'def double(x: "float64[n]") -> "float64[n]":\n    return 2 * x\n'


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.backend.scripts |= {"ada": paced(NUMPY_PACE_S), "bob": paced(NUMPY_PACE_S)}
    return classroom


@pytest.fixture
def repository(classroom: Classroom) -> Repository:
    """The course's folder of submissions is one."""
    return Repository(classroom.folder / "submissions", ".")


def run_in(classroom: Classroom, commits: str) -> list[set[str]]:
    """Whose programs are called, commit by commit; each commit comes into the history."""
    past, history = PastSubmissions(classroom.folder / "submissions"), history_of(classroom)
    called: list[set[str]] = []
    before = classroom.backend.calls_of.copy()
    with Store(classroom.store_file) as store:
        states = past.states(commits)
        there = history.submissions
        for one in grade_past(classroom.session, past, states, there, 0.0, classroom.backend, store, Silent()):
            assert one.faults == ()
            history.add_state(store, one.state, trust_code=False)
            called.append({*(classroom.backend.calls_of - before)} & {"ada", "bob"})
            before = classroom.backend.calls_of.copy()
    return called


def test_only_what_changed_in_a_commit_is_run(classroom: Classroom, repository: Repository) -> None:
    repository.commit(ada=CODE, bob=CODE)
    repository.commit(bob=f"{CODE}# better\n")
    (repository.submissions / "README").write_text("not a program", encoding="utf-8")
    repository.commit()
    assert run_in(classroom, "main") == [{"ada", "bob"}, {"bob"}, set()]


def test_of_a_range_the_commit_before_it_is_known(classroom: Classroom, repository: Repository) -> None:
    first = repository.commit(ada=CODE, bob=CODE)
    repository.commit(bob=f"{CODE}# better\n")
    assert run_in(classroom, f"{first}..main") == [{"bob"}]


def test_what_is_brought_back_is_measured_anew(classroom: Classroom, repository: Repository) -> None:
    repository.commit(ada=CODE)
    repository.commit(ada=f"{CODE}# another way\n")
    repository.commit(ada=CODE)
    assert run_in(classroom, "main") == [{"ada"}] * 3
    assert history_of(classroom).gradings == 3


def test_what_is_in_the_history_is_not_graded_again(classroom: Classroom, repository: Repository) -> None:
    repository.commit(ada=CODE)
    run_in(classroom, "main")
    repository.commit(ada=f"{CODE}# another way\n")
    assert run_in(classroom, "main") == [{"ada"}]
    assert run_in(classroom, "main") == []
    assert history_of(classroom).gradings == 2
