"""What learning platforms export goes into the class's folder with one command, and is graded from there."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.content.archives_to_read import canvas_zip, overlapping_zip, tar_of, zip_of
from tests.end_to_end.small_course import PROJECT, VECTORS, SmallCourse

SOURCE = VECTORS.encode()


def test_an_export_is_collected_and_graded(course: SmallCourse, tmp_path: Path) -> None:
    inner = zip_of({"hw/distances.py": SOURCE, "hw/numpy.py": b"raise SystemExit", "hw/conftest.py": b""})
    (tmp_path / "export.zip").write_bytes(zip_of({"lovelaceada_1_2_hw.zip": inner, "weichen_LATE_3_4_notes.pdf": b"%PDF"}))
    ran = course.grader("collect", tmp_path / "export.zip")
    assert ran.code == 0, ran.err
    assert "lovelaceada_1: 2 files (2 new); a new author" in ran.out
    assert "  hw.zip/hw/conftest.py is not read: pytest runs files of this name by itself; rename it" in ran.out
    assert "weichen_3: no file was taken; late; 1 of kinds that are not graded" in ran.out
    graded = course.results(course.grader("grade", "--budget", "0", "--json"))
    assert list(graded) == ["lovelaceada_1"]
    assert graded["lovelaceada_1"]["verdict"] == "ACCEPTED"
    back = tmp_path / "back.zip"
    ran = course.grader("report", tmp_path / "feedback", "--feedback", "--zip", back)
    assert "1 page for Canvas, under the names of export.zip" in " ".join(ran.out.split())
    with zipfile.ZipFile(back) as archive:
        assert archive.namelist() == ["lovelaceada_1_2_hw.zip_feedback.html"]


def test_what_is_replaced_is_said(course: SmallCourse, tmp_path: Path) -> None:
    course.hand_in("ada", "old")
    (tmp_path / "hw.tgz").write_bytes(tar_of({"distances.py": SOURCE, "helper.py": b""}, packed="gz"))
    ran = course.grader("collect", tmp_path / "hw.tgz", "--author", "ada")
    assert "ada: 2 files (1 new, 1 replaced)" in ran.out
    assert (course.folder / "submissions/ada/distances.py").read_bytes() == SOURCE


def test_a_refused_archive_costs_the_others_nothing(course: SmallCourse, tmp_path: Path) -> None:
    archives = {
        "bomb.zip": zip_of({"ada/a.zip": b"", "x" * 60 + "/a.py": b""}) + b"x",
        "overlap.zip": overlapping_zip(["ada/a.py", "ada/b.py"], b"#"),
        "text.zip": b"hello",
        "good.zip": tar_of({"ben/distances.py": SOURCE}),
    }
    for name, content in archives.items():
        (tmp_path / name).write_bytes(content)
    ran = course.grader("collect", *(tmp_path / name for name in archives), tmp_path / "gone.zip", "--json")
    assert ran.code == 2
    problems = {Path(one["archive"]).name: one["problem"] for one in ran.json["archives"]}
    assert problems["good.zip"] is None
    assert "is a damaged zip: its end is missing" in problems["bomb.zip"]
    assert "overlap" in problems["overlap.zip"]
    assert "is no archive" in problems["text.zip"]
    assert "cannot be read: No such file or directory" in problems["gone.zip"]
    assert [path.name for path in (course.folder / "submissions").iterdir()] == ["ben"]


def test_the_json_has_its_documented_fields(course: SmallCourse, tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(canvas_zip())
    ran = course.grader("collect", tmp_path / "export.zip", "--json")
    (archive,) = ran.json["archives"]
    documented = (PROJECT / "docs" / "json.md").read_text(encoding="utf-8").split("## `collect`")[1]
    assert archive["layout"] == "canvas"
    assert [(one["author"], one["new"]) for one in archive["authors"]] == [
        ("lovelaceada_12", ["julia.py", "lib/fast.py"]),
        ("weichen_9", ["julia.ipynb"]),
    ]
    assert [key for key in (*archive, *archive["authors"][0]) if f"`{key}`" not in documented] == []


def test_names_are_printed_harmlessly(course: SmallCourse, tmp_path: Path) -> None:
    (tmp_path / "hw.zip").write_bytes(zip_of({"a\x1b[2J.py": b"", "b\ngrader: all is well.py": b""}))
    ran = course.grader("collect", tmp_path / "hw.zip", "--author", "ada")
    assert "\x1b" not in ran.out
    assert "\ngrader:" not in ran.out


@pytest.mark.parametrize("author", ["../eve", "", ".", "a\\b"])
def test_an_author_who_cannot_have_a_folder_is_a_mistake_of_the_command(
    course: SmallCourse, tmp_path: Path, author: str
) -> None:
    (tmp_path / "hw.zip").write_bytes(zip_of({"a.py": b""}))
    before = sorted(course.folder.rglob("*"))
    assert course.grader("collect", tmp_path / "hw.zip", "--author", author).code == 2
    assert sorted(course.folder.rglob("*")) == before


def test_a_kill_leaves_each_author_old_or_new(course: SmallCourse, tmp_path: Path) -> None:
    count = 300
    versions = []
    for version in (b"1", b"2"):
        files = {f"author{index}/{name}.py": version for index in range(count) for name in ("a", "b")}
        versions.append(tmp_path / f"{version.decode()}.zip")
        versions[-1].write_bytes(zip_of(files))
    assert course.grader("collect", versions[0]).code == 0
    command = [sys.executable, "-m", "grader", "collect", str(versions[1]), "--course", str(course.folder)]
    collecting = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL)
    folder = course.folder / "submissions"
    deadline = time.monotonic() + 60
    while (folder / "author0" / "a.py").read_bytes() == b"1" and time.monotonic() < deadline:
        time.sleep(0.001)
    os.kill(collecting.pid, signal.SIGKILL)
    collecting.wait()
    found = [{(folder / f"author{index}" / f"{name}.py").read_bytes() for name in "ab"} for index in range(count)]
    assert all(len(versions_of_author) == 1 for versions_of_author in found)
    assert {b"1"} in found, "the kill came too late to prove anything"
    assert course.grader("collect", versions[1]).code == 0
    assert sorted(path.name for path in folder.iterdir() if path.name.startswith(".")) == []


STRAY = (
    "numpy.py",
    "random.py",
    "numpy/__init__.py",
    "sitecustomize.py",
    "usercustomize.py",
    "conftest.py",
    "x.pth",
    "distances.so",
)


def test_stray_files_that_were_put_there_by_hand_neither_run_nor_harm(course: SmallCourse) -> None:
    for name in STRAY:
        course.hand_in("ada", "raise SystemExit('stray')\n", file=name)
    course.hand_in("ada", VECTORS.replace("import numpy", "import random, numpy") + "random.random()\n")
    result = course.results(course.grader("grade", "--budget", "0", "--json"))["ada"]
    assert (result["verdict"], result["printed"]) == ("ACCEPTED", "")
    for name in STRAY[:6]:
        assert any(flag.startswith(f"{name} ") and flag.endswith("rename it") for flag in result["flags"]), name
