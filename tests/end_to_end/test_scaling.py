"""`grader scaling` with real workers: an author in the sandbox, a file of one's own, and what is refused."""

from pathlib import Path

import pytest

from tests import cores
from tests.end_to_end.small_course import VECTORS, SmallCourse, make_course

pytestmark = [
    pytest.mark.usefixtures("every_core"),
    pytest.mark.skipif(len(cores.EVERY) < 2, reason="this machine has one core"),
]

THREADED = """from concurrent.futures import ThreadPoolExecutor
import os

import numpy as np

CORES = len(os.sched_getaffinity(0))

def rows(points, part):
    return np.sqrt(((points[part][:, None] - points) ** 2).sum(axis=2)).sum(axis=1)

def distances(points):
    with ThreadPoolExecutor(CORES) as pool:
        parts = np.array_split(np.arange(len(points)), CORES)
        return np.concatenate(list(pool.map(lambda part: rows(points, part), parts)))
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> SmallCourse:
    made = make_course(tmp_path_factory.mktemp("course") / "small")
    made.hand_in("ada", THREADED)
    made.hand_in("bob", VECTORS.replace("np.sqrt", "2 * np.sqrt"))
    return made


def test_an_authors_program_is_studied_in_the_sandbox(course: SmallCourse, tmp_path: Path) -> None:
    picture = tmp_path / "ada.svg"
    ran = course.grader(
        "scaling", "ada", "--task", "distances", "--cores", "2", "--budget", "0", "--json", "--picture", picture
    )
    assert ran.code == 0, ran.err
    document = ran.json
    one, two = document["on_cores"]
    assert (document["author"], document["runs"], one["cores"], two["cores"]) == ("ada", 3, 1, 2)
    assert document["sandbox"] != "none"
    assert one["speedup"]["value"] == 1
    assert one["cores_at_work"] < 1.1
    assert two["cores_at_work"] < 2.1
    assert 0.1 < two["speedup"]["value"] < 4
    assert "<svg" in picture.read_text(encoding="utf-8")
    assert course.processes() == []
    assert len(list((course.folder / "results" / "scaling").iterdir())) == 1, "it is kept for the pages"


def test_a_file_of_ones_own_needs_no_task_and_no_sandbox(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "distances.py"
    file.write_text(VECTORS, encoding="utf-8")
    kept = {*course.folder.glob("results/scaling/*")}
    ran = course.grader("scaling", file, "--cores", "2", "--budget", "0")
    assert ran.code == 0, ran.err
    assert "Amdahl" in ran.out
    assert "sandbox: none" in ran.out
    assert {*course.folder.glob("results/scaling/*")} == kept, "a file of one's own is not kept"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bob", "--task", "distances"), "only a right program is measured, and this one is WRONG_ANSWER"),
        (("adda", "--task", "distances"), "did you mean 'ada'?"),
        (("ada",), "say which of the author's programs it is: --task TASK"),
        (("ada", "--task", "distance"), "did you mean 'distances'?"),
        (("ada", "--task", "distances", "--cores", "1"), "with one core there is nothing to compare"),
        (("ada", "--task", "distances", "--cores", "4096"), "--cores 4096: this machine has"),
        (("nowhere.py",), "nowhere.py"),
    ],
)
def test_what_cannot_be_studied_is_refused_with_a_reason(course: SmallCourse, words: tuple[str, ...], said: str) -> None:
    ran = course.grader("scaling", *words)
    assert ran.code == 2
    assert said in ran.err
