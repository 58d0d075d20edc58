"""A student's copy of the course judges as the course does: without the secrets, the same is right, and the same is wrong."""

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from grader.content.release_notes import ReleaseNotes
from grader.content.student_copy import Solution, copied
from grader.content.task import LoadedTask, load_task, task_names
from tests.tasks.task_under_test import COURSE, drawn, own_copy, task_under_test, verdict_of

NAMES = task_names(COURSE)
NOTES = ReleaseNotes(format=1, estimates=())


@pytest.fixture(scope="module")
def copy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy of somebody who has nothing but the naive references."""
    folder = tmp_path_factory.mktemp("copy")
    for place, content in copied(COURSE, [Solution(name, "naive") for name in NAMES], NOTES, "").items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture(params=NAMES)
def copy(request: pytest.FixtureRequest, copy_folder: Path) -> LoadedTask:
    return load_task(copy_folder, request.param)


def test_it_has_the_public_cases_in_their_order(copy: LoadedTask) -> None:
    public = [case.name for case in task_under_test(copy.name).task.check_cases if case.public]
    assert [case.name for case in copy.task.check_cases] == public
    assert len(public) >= 8


def test_right_answers_pass_and_make_the_same_work(copy: LoadedTask) -> None:
    course = task_under_test(copy.name)
    for case in (*copy.task.check_cases, copy.task.benchmark_cases[0]):
        inputs = drawn(case)
        assert verdict_of(copy.task, course.references["numpy"], inputs) is None, case.name
        works = [task.work(inputs, task.expect(inputs)) for task in (copy.task, course.task)]
        assert works[0] == pytest.approx(works[1], rel=1e-3), case.name


def test_wrong_answers_fail_where_they_fail_in_the_course(copy: LoadedTask) -> None:
    course = task_under_test(copy.name).task
    failed = 0
    for case in copy.task.check_cases:
        inputs = drawn(case)
        ours, theirs = (task.expect(inputs) for task in (copy.task, course))
        for mistake in course.mistakes:
            with contextlib.suppress(ValueError, IndexError, ZeroDivisionError):
                made = mistake.compute(*own_copy(inputs))
                is_wrong = course.check(inputs, made, theirs) is not None
                assert (copy.task.check(inputs, made, ours) is not None) == is_wrong, (case.name, mistake.name)
                failed += is_wrong
    assert failed


def test_nothing_of_a_secret_file_or_another_reference_is_in_it(copy_folder: Path) -> None:
    written = b"\n".join(path.read_bytes() for path in sorted(copy_folder.rglob("*")) if path.suffix in {".py", ".toml", ".md"})
    withheld = [
        *COURSE.glob("tasks/*/secret/*.py"),
        *(path for path in COURSE.glob("reference/*/*.py") if "naive" not in path.parts),
    ]
    assert len(withheld) > 20
    for path in withheld:
        first_line = path.read_bytes().splitlines()[0]
        assert first_line not in written, path


@pytest.mark.parametrize("name", NAMES)
def test_listing_a_task_of_a_copy_does_not_import_numba(copy_folder: Path, name: str) -> None:
    program = (
        "import sys; from pathlib import Path; from grader.content.task import load_task;"
        f"load_task(Path({str(copy_folder)!r}), {name!r}); sys.exit('numba' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], cwd=COURSE, check=False).returncode == 0
