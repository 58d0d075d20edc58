"""`grader history`: what it says, what it refuses, and that the leaderboard and the site lead to each other."""

import json
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli.app import app
from grader.cli.report import SECRET_FILE, course_secret
from grader.report.names import pseudonym
from tests.grading.course_fixture import NUMPY_PACE_S, Classroom, paced, write
from tests.history.past import grade_on


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.submit("ada", paced(NUMPY_PACE_S))
    grade_on(classroom, 5)
    return classroom


def run(classroom: Classroom, *words: str | Path) -> Result:
    here = ("--course", str(classroom.folder), "--store", str(classroom.store_file))
    return CliRunner().invoke(app, [*map(str, words), *here], catch_exceptions=True)


def everything(folder: Path) -> str:
    """All that was ever committed."""
    command = ["git", "-C", str(folder), "log", "--patch"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_it_says_what_was_added(classroom: Classroom, tmp_path: Path) -> None:
    said = json.loads(run(classroom, "history", tmp_path / "history", "--json").stdout)
    (added,) = said.pop("added")
    assert said == {"schema": 1, "folder": str(tmp_path / "history"), "gradings": 1, "faults": [], "slower": [], "site": None}
    assert added == {
        "commit": added["commit"],
        "at": added["at"],
        "tasks": ["double"],
        "submissions": None,
    }
    assert added["at"].startswith("2026-10-05T10:01:")
    assert "0 gradings added, 1 there are" in run(classroom, "history", tmp_path / "history").stdout


def test_students_have_the_pseudonyms_of_the_leaderboard(classroom: Classroom, tmp_path: Path) -> None:
    run(classroom, "history", tmp_path / "history")
    secret = course_secret(classroom.store_file.with_name(SECRET_FILE))
    text = everything(tmp_path / "history")
    assert f"student/{pseudonym(secret, 'ada')}" in text
    assert "student/ada" not in text
    assert secret.hex() not in text


def test_the_staff_has_names(classroom: Classroom, tmp_path: Path) -> None:
    run(classroom, "history", tmp_path / "history", "--names")
    assert "student/ada" in everything(tmp_path / "history")
    assert (tmp_path / "history").stat().st_mode & 0o077 == 0, "for its owner alone"
    assert "say --names" in str(run(classroom, "history", tmp_path / "history").exception)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--budget", "1"), "--budget belongs to --from-git"),
        (("--from-git", "main"), "there are no commits 'main' of a git repository"),
    ],
)
def test_what_cannot_be_done_is_said(classroom: Classroom, tmp_path: Path, words: tuple[str, ...], why: str) -> None:
    assert why in str(run(classroom, "history", tmp_path / "history", *words).exception)


CLUSTER = """
[machines.zhores]
threads = 1
scheduler = "slurm"
"""


def test_the_past_is_graded_here_and_it_is_said_which_machine_that_is(classroom: Classroom, tmp_path: Path) -> None:
    course = classroom.folder / "course.toml"
    text = course.read_text(encoding="utf-8") + CLUSTER
    on_cluster = text.replace('machine = "laptop"', 'machine = "zhores"')
    alone = on_cluster.replace("[machines.laptop]\nthreads = 1\n", "")
    words = ("history", tmp_path / "history", "--from-git", "main")
    for content, options, remedy in (
        (text, ("--on", "zhores"), "name laptop with --on"),
        (on_cluster, (), "name laptop with --on"),
        (alone, (), "name a machine of course.toml that has no `scheduler` with --on"),
    ):
        write(course, content)
        assert f"the past is graded where you are, and on zhores jobs are: {remedy}" in str(
            run(classroom, *words, *options).exception
        )


def test_before_the_first_grading_there_is_no_history(tmp_path: Path) -> None:
    classroom = Classroom(tmp_path / "course")
    assert "nothing has been graded yet" in str(run(classroom, "history", tmp_path / "history").exception)
    assert not (tmp_path / "history").exists()


def test_who_got_slower_is_said_and_has_a_page_under_the_name_that_the_history_shows(
    classroom: Classroom, tmp_path: Path
) -> None:
    classroom.submit("ada", paced(2 * NUMPY_PACE_S), "# slower")
    classroom.submit("eve", paced(NUMPY_PACE_S))
    classroom.submit("max", paced(NUMPY_PACE_S))
    grade_on(classroom, 12)
    classroom.submit("eve", paced(NUMPY_PACE_S, compute=lambda x: 3 * x), "# wrong")
    classroom.submit("max", paced(8 * NUMPY_PACE_S), "# so slow that it is measured at a smaller case")
    grade_on(classroom, 19)
    ran = run(classroom, "history", tmp_path / "history", "--publish", "--json")
    secret = course_secret(classroom.store_file.with_name(SECRET_FILE))
    ada, eve, max_ = (pseudonym(secret, name) for name in ("ada", "eve", "max"))
    slower = {one["author"]: one for one in json.loads(ran.stdout)["slower"]}
    assert {name: one["outcome"] for name, one in slower.items()} == {ada: "slower", eve: "broken", max_: "not measured"}
    assert slower[ada]["speedup"] == pytest.approx(0.5)
    assert (slower[max_]["speedup"], slower[max_]["speedup_high"]) == (pytest.approx(1 / 8), None)
    page = (tmp_path / "history" / "html" / "slower.html").read_text(encoding="utf-8")
    assert f"<li>{eve} · double</li>" in page
    assert f'<th scope="row">{ada}</th><td>double</td><td>large</td>' in page
    assert "2× slower" in page
    assert "large and then medium; at medium some 8× slower by the few calls of the checks" in page
    assert "three times the input" not in page
    assert "2× slower" in run(classroom, "history", tmp_path / "history").stdout


def link(classroom: Classroom, key: str, address: str) -> None:
    text = (classroom.folder / "course.toml").read_text(encoding="utf-8")
    changed = text.replace("[course]", f'[course]\n{key} = "{address}"')
    write(classroom.folder / "course.toml", changed)


def test_the_leaderboard_leads_to_the_history_and_back(classroom: Classroom, tmp_path: Path) -> None:
    link(classroom, "history", "../history/html/index.html")
    link(classroom, "leaderboard", "../../board/index.html")
    run(classroom, "report", tmp_path / "board", "--publish")
    run(classroom, "history", tmp_path / "history", "--publish")
    assert 'href="../history/html/index.html"' in (tmp_path / "board" / "index.html").read_text(encoding="utf-8")
    index = json.loads((tmp_path / "history" / "html" / "index.json").read_text(encoding="utf-8"))
    assert index["project_url"] == "../../board/index.html"


def test_a_history_with_names_leads_to_the_staffs_pages_and_back(classroom: Classroom, tmp_path: Path) -> None:
    link(classroom, "leaderboard", "../../board/index.html")
    link(classroom, "staff_pages", "../../staff/index.html")
    link(classroom, "staff_history", "../history/html/index.html")
    run(classroom, "report", tmp_path / "staff")
    run(classroom, "history", tmp_path / "history", "--names", "--publish")
    assert 'href="../history/html/index.html"' in (tmp_path / "staff" / "index.html").read_text(encoding="utf-8")
    index = json.loads((tmp_path / "history" / "html" / "index.json").read_text(encoding="utf-8"))
    assert index["project_url"] == "../../staff/index.html"
    assert 'href="../../staff/index.html"' in (tmp_path / "history" / "html" / "slower.html").read_text(encoding="utf-8")


def test_without_a_history_the_leaderboard_does_not_speak_of_one(classroom: Classroom, tmp_path: Path) -> None:
    run(classroom, "report", tmp_path / "board", "--publish")
    assert "The history" not in (tmp_path / "board" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "", " index.html", "data:text/html,x"])
def test_a_link_is_one_to_a_page(classroom: Classroom, tmp_path: Path, address: str) -> None:
    link(classroom, "history", address)
    assert "is no address of a page" in str(run(classroom, "history", tmp_path / "history").exception)
