"""Two versions of programs against each other, with the real command in the real sandbox."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.small_course import LOOPS, VECTORS, WRONG, SmallCourse, make_course

COPY = f"# the same again\n{VECTORS}"
SLOWER = f"{VECTORS.replace('distances', 'once')}\ndef distances(points):\n    return [once(points) for _ in range(5)][-1]\n"


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCourse]:
    """A class that has handed in twice: `submissions` is the first time, `second` the other."""
    course = make_course(tmp_path_factory.mktemp("compare"))
    for author, old, new in (
        ("fast", LOOPS, VECTORS),
        ("same", VECTORS, COPY),
        ("slow", VECTORS, SLOWER),
        ("bad", VECTORS, WRONG),
        ("good", WRONG, VECTORS),
        ("idle", VECTORS, VECTORS),
    ):
        course.hand_in(author, old)
        course.hand_in(f"../second/{author}", new)
    course.hand_in("left", VECTORS)
    course.hand_in("../second/came", VECTORS)
    before = stored(course)
    yield course
    assert course.processes() == []
    assert stored(course) == before, "nothing is stored"


def stored(course: SmallCourse) -> dict[Path, bytes]:
    """All that lies in the folder of results."""
    return {path: path.read_bytes() for path in (course.folder / "results").rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def compared(classes: SmallCourse) -> dict[str, Mapping[str, Any]]:
    """What is said of each author when both classes are compared."""
    ran = classes.grader(
        "compare", classes.folder / "submissions", classes.folder / "second", "--fail-slower", "5%", "--budget", "0", "--json"
    )
    assert ran.code == 1, ran.err
    assert ran.json["only_old"] == ["left"]
    assert ran.json["only_new"] == ["came"]
    return {one["author"]: one for one in ran.json["compared"]}


@pytest.mark.parametrize(
    ("author", "outcome"),
    [("bad", "broken"), ("good", "repaired"), ("slow", "slower"), ("fast", "faster"), ("idle", "same text")],
)
def test_each_author_hears_what_became_of_the_program(
    compared: dict[str, Mapping[str, Any]], author: str, outcome: str
) -> None:
    assert compared[author]["outcome"] == outcome


def test_a_copy_is_not_told_to_be_faster_or_slower_by_much(compared: dict[str, Mapping[str, Any]]) -> None:
    assert compared["same"]["speedup"] == pytest.approx(1, abs=0.3)  # other programs may disturb the machine
    assert not compared["same"]["fails"]


def test_what_is_slower_or_not_right_any_more_fails(compared: dict[str, Mapping[str, Any]]) -> None:
    assert {author for author, one in compared.items() if one["fails"]} == {"slow", "bad"}


def test_what_is_wrong_is_shown_and_has_no_speed(compared: dict[str, Mapping[str, Any]]) -> None:
    assert compared["bad"]["because"].startswith("WRONG_ANSWER")
    assert compared["bad"]["speedup"] is None


def test_two_files_are_compared_and_what_got_faster_fails_nothing(classes: SmallCourse) -> None:
    files = (classes.folder / "submissions/fast/distances.py", classes.folder / "second/fast/distances.py")
    ran = classes.grader("compare", *files, "--fail-slower", "5 %", "--budget", "0")
    assert ran.code == 0, ran.err
    assert "× faster (" in ran.out
    assert "nothing is slower by more than 5 % with confidence" in ran.out


def test_a_revision_is_compared_with_what_stands_in_the_folder(classes: SmallCourse, tmp_path: Path) -> None:
    author = tmp_path / "mine"
    author.mkdir()
    program = author / "distances.py"
    program.write_text(VECTORS)
    git = ["git", "-c", "user.name=tester", "-c", "user.email=tester@example.org", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "mine"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "first"], check=True)
    program.write_text(WRONG)
    ran = classes.grader("compare", "HEAD:mine", author, "--json", here=tmp_path)
    assert ran.code == 0, ran.err
    (one,) = ran.json["compared"]
    assert (one["author"], one["outcome"]) == ("mine", "broken")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("submissions", "nowhere"), "there is no file or folder nowhere"),
        (("submissions", "second/slow"), "is an author's folder"),
        (("submissions", "second", "--fail-slower", "0.05"), "takes a percentage"),
        (("submissions", "second", "--task", "distance"), "did you mean 'distances'"),
        (("no-such-revision:submissions", "second"), "no-such-revision:submissions"),
    ],
)
def test_what_cannot_be_compared_is_named(classes: SmallCourse, words: tuple[str, ...], expected: str) -> None:
    ran = classes.grader("compare", *words, here=classes.folder)
    assert ran.code == 2
    assert expected in ran.err
    assert not ran.out
