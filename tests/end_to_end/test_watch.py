"""`--watch` with the real command: a file is checked at every save, pages follow the store, and Ctrl-C ends both in order."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tests.end_to_end.small_course import PROJECT, VECTORS, SmallCourse
from tests.grading.course_fixture import NUMPY_PACE_S, Classroom, paced

LONGEST_S = 60.0


class Watching:
    """A command that does not end by itself, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._said: list[str] = []
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            Thread(target=self._said.extend, args=(stream,), daemon=True).start()

    @property
    def said(self) -> str:
        return "".join(self._said)

    def wait_for(self, condition: Callable[[], object]) -> None:
        deadline = time.monotonic() + LONGEST_S
        while not condition():
            assert time.monotonic() < deadline, self.said
            assert self._process.poll() is None, self.said
            time.sleep(0.05)

    def interrupt(self) -> int:
        """How it ends after Ctrl-C."""
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(20)
        assert "Traceback" not in self.said
        return code


@contextmanager
def watching(*words: str | Path) -> Iterator[Watching]:
    command = [sys.executable, "-m", "grader", *map(str, words)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT, env={**os.environ, "COLUMNS": "200"}
    ) as process:
        try:
            yield Watching(process)
        finally:
            process.kill()


def test_a_file_is_checked_again_at_every_save_and_a_broken_one_too(course: SmallCourse, tmp_path: Path) -> None:
    file, beside = tmp_path / "distances.py", tmp_path / "roots.py"
    file.write_text(VECTORS.replace("np.sqrt", "sqrt").replace("import", "from roots import sqrt\nimport"), encoding="utf-8")
    beside.write_text("from numpy import sqrt\n", encoding="utf-8")
    with watching("check", os.path.relpath(file, PROJECT), "--watch", "--budget", "0", "--course", course.folder) as watched:
        watched.wait_for(lambda: watched.said.count("checked again when you save") == 1)
        assert "you: correct" in watched.said
        beside.write_text("def sqrt(x):\n    return x\n", encoding="utf-8")
        watched.wait_for(lambda: watched.said.count("checked again when you save") == 2)
        assert "saved: roots.py" in watched.said
        assert "WRONG_ANSWER" in watched.said
        file.write_text("def distances(points:\n", encoding="utf-8")
        watched.wait_for(lambda: watched.said.count("checked again when you save") == 3)
        assert "BUILD_ERROR" in watched.said
        assert "saved: distances.py\n" in watched.said, "once, however it was named"
        file.unlink()
        file.write_text(VECTORS, encoding="utf-8")
        watched.wait_for(lambda: watched.said.count("checked again when you save") == 4)
        assert watched.said.count(": correct · ") == 2
        assert watched.interrupt() == 0


def test_what_cannot_be_checked_at_all_is_not_watched(course: SmallCourse, tmp_path: Path) -> None:
    ran = course.grader("check", tmp_path / "distances.py", "--watch")
    assert ran.code == 2
    assert "there is no file" in ran.err


@pytest.fixture
def classroom(tmp_path: Path) -> Classroom:
    classroom = Classroom(tmp_path / "course")
    classroom.submit("bob", paced(NUMPY_PACE_S))
    classroom.grade()
    return classroom


def test_the_pages_follow_the_store_until_ctrl_c(classroom: Classroom, tmp_path: Path) -> None:
    folder = tmp_path / "staff"
    here = ("--course", classroom.folder, "--store", classroom.store_file)
    with watching("report", folder, "--watch", *here) as watched:
        watched.wait_for(lambda: "live at" in watched.said)
        (address,) = re.findall(r"live at (http://127\.0\.0\.1:\d+/\S+/) until Ctrl-C", watched.said)
        on_disk = (folder / "students" / "bob.html").read_text(encoding="utf-8")
        served = urllib.request.urlopen(f"{address}students/bob.html", timeout=20).read().decode()  # noqa: S310 -- our own
        assert "EventSource" in served
        assert "EventSource" not in on_disk
        assert "connect-src" not in on_disk
        classroom.decide("bob", "report", 1.25, note="well explained")
        watched.wait_for(lambda: watched.said.count("live at") == 2)
        served = urllib.request.urlopen(f"{address}students/bob.html", timeout=20).read().decode()  # noqa: S310 -- the same
        assert "well explained" in served
        assert "well explained" in (folder / "students" / "bob.html").read_text(encoding="utf-8")
        assert watched.interrupt() == 0
