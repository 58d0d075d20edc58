"""The pictures of the README and docs, made again from the sample class: `make pictures`.

One task of the sample class is graded, profiled and drawn into a store of its own, in some minutes on a machine that should do
nothing else. What commands print is drawn as a terminal shows it, and pages as Chromium does.
"""

import argparse
import io
import os
import pty
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from PIL import Image
from rich.text import Text

from grader.report.terminal_picture import terminal_svg
from tests.report.browser import CHROMIUM, browser

COURSE = Path(__file__).resolve().parents[1]
TASK = "julia"
CHECKED = Path("submissions") / "boris" / f"{TASK}.py"
PROFILED = Path("submissions") / "ada" / f"{TASK}.py"
GIVEN_FEEDBACK = "boris"
LARGEST_BYTES = 150_000
"""Of each picture: pages that show them stay light."""
_COLUMNS = 132
_FEEDBACK_SIZE, _BOARD_SIZE = (860, 1500), (1100, 1000)
"""Width and height."""
_COLOURS = 64


def main() -> None:
    """Make all of them, and write each over the one before."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=COURSE / "docs", metavar="DIR")
    out: Path = parser.parse_args().out
    if CHROMIUM is None:
        sys.exit("Chromium is needed to picture a page (Debian: apt-get install chromium)")
    with tempfile.TemporaryDirectory() as name:
        for file, content in pictures(Path(name)).items():
            (out / file).write_bytes(content)
            sys.stdout.write(f"{out / file}: {len(content):,} bytes\n")


def pictures(folder: Path) -> Mapping[str, bytes]:
    """Every picture by its file; `folder` is for what is made on the way."""
    store, own = (f"--store={folder / name}.sqlite" for name in ("class", "own"))
    feedback, board = folder / "feedback", folder / "board"
    _printed("grade", f"--task={TASK}", store)
    _printed("profile", "--all", f"--task={TASK}", store)
    _printed("pictures", GIVEN_FEEDBACK, f"--task={TASK}", store)
    _printed("report", str(feedback), "--feedback", f"--task={TASK}", store)
    _printed("report", str(board), "--publish", f"--task={TASK}", store)
    check = ("check", str(CHECKED))
    _printed(*check, own)  # the first one of a task finds out about the references, too
    return {
        "leaderboard.svg": _terminal("rank", TASK, hidden=store),
        "check.svg": _terminal(*check, hidden=own),
        "profile.svg": _terminal("profile", str(PROFILED)),
        "feedback.png": page_png(feedback / f"{GIVEN_FEEDBACK}.html", *_FEEDBACK_SIZE),
        "board.png": page_png(board / "index.html", *_BOARD_SIZE),
    }


def _terminal(*words: str, hidden: str = "") -> bytes:
    """What a command prints, under its words but the hidden one."""
    printed = Text.from_ansi(_printed(*words, *filter(None, [hidden])).strip("\n"))
    return terminal_svg(printed, " ".join(("grader", *words)), _COLUMNS).encode()


def _printed(*words: str) -> str:
    """By a terminal of its own, in colour."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "grader", *words]
    environment = {**os.environ, "COLUMNS": str(_COLUMNS), "TERM": "xterm-256color"}
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        with subprocess.Popen(command, cwd=COURSE, env=environment, stdout=theirs) as process:
            os.close(theirs)
            printed = b"".join(_read_to_the_end(terminal))
        if process.returncode != 0:
            sys.exit(f"grader {shlex.join(words)} ended with {process.returncode}")
    return printed.decode().replace("\r\n", "\n")


def _read_to_the_end(terminal: io.RawIOBase) -> Iterator[bytes]:
    """Linux says by an error that nobody has the other side open any more."""
    with suppress(OSError):
        while part := terminal.read(1 << 16):
            yield part


def page_png(page: Path, width: int, height: int) -> bytes:
    """The top of a page as a light screen shows it, in few colours: that is small."""
    with browser() as chromium, tempfile.NamedTemporaryFile(suffix=".png") as whole:
        chromium.look_like(width=width)
        chromium.open(page)
        chromium.take_picture(Path(whole.name), height)
        written = io.BytesIO()
        with Image.open(whole.name) as picture:
            picture.convert("RGB").quantize(_COLOURS).save(written, format="PNG", optimize=True)
        return written.getvalue()


if __name__ == "__main__":
    main()
