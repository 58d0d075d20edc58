"""The pictures of the README, made again from the sample class: `make pictures`.

One task of the sample class is graded into a store of its own, in a minute or two on a machine that should do nothing else.
Then the leaderboard and a line profile are drawn as a terminal shows them, and a feedback page as Chromium does.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from PIL import Image
from rich.console import RenderableType

from grader.cli.class_commands import Place, grade_class
from grader.cli.one_program import open_for
from grader.cli.report import Asked, write_report
from grader.cli.report_folder import Output
from grader.execution.choose import choose_backend
from grader.grading.pipeline import Wanted
from grader.grading.profile_lines import profile_lines
from grader.grading.progress import Silent
from grader.report.leaderboard import leaderboard_svg
from grader.report.profile import profiled
from grader.report.terminal_picture import terminal_svg
from tests.report.browser import CHROMIUM, browser

COURSE = Path(__file__).resolve().parents[1]
TASK = "julia"
PROFILED = Path("submissions") / "ada" / f"{TASK}.py"
GIVEN_FEEDBACK = "chen"
LARGEST_BYTES = 150_000
"""Of each picture: pages that show them stay light."""
_PAGE_WIDTH, _PAGE_HEIGHT = 860, 1000
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
    place = Place(COURSE, None, folder / "results" / "results.sqlite")
    report = grade_class(place, (TASK,), Wanted(), trust_code=False, as_json=False)
    feedback = Asked(folder / "feedback", Output.FEEDBACK, by_name=False, tasks=(TASK,))
    write_report(place, feedback, trust_code=False, as_json=False)
    return {
        "leaderboard.svg": leaderboard_svg(report).encode(),
        "profile.svg": terminal_svg(_profile(place), f"grader profile {PROFILED}").encode(),
        "feedback.png": page_png(feedback.folder / f"{GIVEN_FEEDBACK}.html"),
    }


def _profile(place: Place) -> RenderableType:
    session, submission = open_for(place, str(COURSE / PROFILED), TASK)
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=True)
    return profiled(profile_lines(session, submission, backend, Silent()))


def page_png(page: Path, height: int = _PAGE_HEIGHT) -> bytes:
    """The top of a page as a light screen shows it, in few colours: that is small."""
    with browser() as chromium, tempfile.NamedTemporaryFile(suffix=".png") as whole:
        chromium.look_like(width=_PAGE_WIDTH)
        chromium.open(page)
        chromium.take_picture(Path(whole.name), height)
        written = io.BytesIO()
        with Image.open(whole.name) as picture:
            picture.convert("RGB").quantize(_COLOURS).save(written, format="PNG", optimize=True)
        return written.getvalue()


if __name__ == "__main__":
    main()
