"""A class whose names, messages, prints and files try to steer the terminal: every command shows text, and nothing else."""

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from grader.content.case_file import read_case
from tests.end_to_end.small_course import PROJECT, VECTORS, SmallCourse, make_course
from tests.report.example import HOSTILE_TEXTS

HOSTILE = "".join(text[:200] for text in HOSTILE_TEXTS.values())
HEAD = f"HOSTILE = {HOSTILE!r}\n"
SQUARED = VECTORS.replace("np.sqrt", "")
SOURCES = {
    "=cmd()": f"{HEAD}def distances(points):\n    raise ValueError(HOSTILE)\n",
    "-rf": SQUARED,
    "CON": f"{HEAD}print(HOSTILE)\n{SQUARED}",
    "[red]x[bold]": f"{HEAD}import os\nfor _ in range(4000): print(HOSTILE[:60])\n{SQUARED}",
    "<script>alert(1)<": f"{HEAD}import os, sys\nos.write(1, HOSTILE.encode('utf-8', 'surrogatepass'))\n{VECTORS}",
    "x; touch pwned": f"{HEAD}raise ImportError(HOSTILE, name=HOSTILE)\n",
    "y" * 200: "def distances(" + "a" * 5000 + "): pass\n",
    "ada": f"{HEAD}class {'E' * 2000}(Exception): pass\ndef distances(points):\n    raise {'E' * 2000}(HOSTILE * 1000)\n",
    "Ada": "def distances(points:\n    x = '\x1b[2J\u202e'\n",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallCourse]:
    """The class, graded."""
    made = make_course(tmp_path_factory.mktemp("hostile"))
    for author, source in SOURCES.items():
        made.hand_in(author, source.encode("utf-8", "surrogatepass"))
    for name in ("\x1b[2J.py", "[red].py", "\u202egnp.py", "=1+1.py"):
        made.hand_in("CON", "x = 1", name)
    out, _ = run(made, "grade", "--budget", "0")
    assert b"ACCEPTED" in out
    yield made
    assert not list(made.folder.rglob("pwned"))


def run(course: SmallCourse, *words: str | Path, codes: tuple[int, ...] = (0,)) -> tuple[bytes, bytes]:
    """What the real command writes, byte for byte; it must be text."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", *map(str, words), *([] if "--" in words else ["--course", str(course.folder)])],
        capture_output=True,
        timeout=300,
        check=False,
        env={**os.environ, "GRADER_COURSE": str(course.folder)},
        cwd=PROJECT,
    )
    assert done.returncode in codes, done.stderr
    assert b"Traceback (most recent call last)" not in done.stderr
    for written in (done.stdout, done.stderr):
        text = written.decode("utf-8")
        assert text.replace("\n", "").isprintable(), [one for one in text if not one.isprintable() and one != "\n"][:5]
        assert "\r" not in text
    return done.stdout, done.stderr


@pytest.mark.parametrize("author", SOURCES, ids=[name[:20] for name in SOURCES])
def test_show_is_text_and_ends_with_the_marks(course: SmallCourse, author: str) -> None:
    out, _ = run(course, "show", "--", author, "distances")
    text = out.decode()
    assert author[:59] in text
    assert text.count("\n") < 200
    assert text.index("Distances: ") > text.index(author[:59])


@pytest.mark.parametrize("author", SOURCES, ids=[name[:20] for name in SOURCES])
def test_json_of_an_author_is_ascii_and_has_an_end(course: SmallCourse, author: str) -> None:
    out, _ = run(course, "show", "--json", "--", author)
    assert out.isascii()
    assert len(out) < 1_000_000
    (result,) = json.loads(out)["results"]
    assert result["author"] == author
    assert len(result["message"]) <= 25_000


def test_the_leaderboard_and_its_picture_are_text(course: SmallCourse, tmp_path: Path) -> None:
    picture = tmp_path / "board.svg"
    out, _ = run(course, "rank", "distances", "--picture", picture)
    assert "[red]x[bold]" in out.decode()
    tree = ET.fromstring(picture.read_text(encoding="utf-8"))  # noqa: S314 -- it is ours, and that is what is tested
    words = " ".join("".join(element.itertext()) for element in tree.iter())
    assert "<script>alert(1)<" in words.replace("\xa0", " ")
    assert {element.tag.split("}")[-1] for element in tree.iter()}.isdisjoint({"script", "a", "image", "use", "foreignObject"})
    json.loads(run(course, "rank", "--json")[0])


def test_a_replay_is_text(course: SmallCourse) -> None:
    for author in ("=cmd()", "[red]x[bold]"):
        run(course, "replay", author, "distances", "--budget", "0")
        json.loads(run(course, "replay", author, "distances", "--budget", "0", "--json")[0])


def test_a_failing_case_lies_under_its_author_and_the_command_for_it_can_be_copied(course: SmallCourse) -> None:
    cases = course.folder / "results" / "cases"
    assert {path.name for path in cases.iterdir()} <= set(SOURCES)
    for author in ("-rf", "=cmd()", "CON"):
        assert read_case(cases / author / "distances.npz", 1).task == "distances"
    (result,) = json.loads(run(course, "show", "--json", "--", "=cmd()")[0])["results"]
    words = shlex.split(result["message"].rpartition("again on this case: ")[2])
    assert words == ["grader", "check", "FILE", "--case", "results/cases/=cmd()/distances.npz"]


@pytest.mark.parametrize("author", ["=cmd()", "CON", "[red]x[bold]", "x; touch pwned", "ada", "Ada"])
def test_check_is_text(course: SmallCourse, author: str) -> None:
    file = course.folder / "submissions" / author / "distances.py"
    run(course, "check", file, "--budget", "0", codes=(1,))
    json.loads(run(course, "check", file, "--budget", "0", "--json", codes=(1,))[0])


def test_the_names_of_files_are_text(course: SmallCourse, tmp_path: Path) -> None:
    file = tmp_path / "\x1b]0;owned\x07[red].py"
    file.write_text(VECTORS, encoding="utf-8")
    run(course, "check", file, "--task", "distances", "--budget", "0", codes=(1, 2))
    case = course.folder / "results" / "cases" / "CON" / "distances.npz"
    run(course, "check", file, "--task", "distances", "--case", case, codes=(1, 2))
    run(course, "check", tmp_path / "\x1b[2J.py", codes=(2,))
    run(course, "check", file, file, "--task", "distances", codes=(2,))


def test_an_author_whose_name_cannot_be_printed_is_named_safely(tmp_path: Path) -> None:
    course = make_course(tmp_path)
    course.hand_in("\x1b[2Jada", VECTORS)
    _, err = run(course, "grade", codes=(2,))
    assert rb"\x1b[2Jada" in err
