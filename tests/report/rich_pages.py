"""Pages of every kind that have all that pages can have, as they are written by what writes them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from grader.advice.keeping import KeptProfile
from grader.advice.program import Advice
from grader.content.course import Course
from grader.content.extraction import CellLines
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import Answered, Case, Picture
from grader.grading.kept_scaling import kept_scaling
from grader.grading.own_history import PastResult
from grader.grading.pictures import PictureAnswers, WrongAnswer
from grader.grading.versions import Compared, Comparison, Outcome, Speed
from grader.records import Problem
from grader.report.feedback_pages import feedback_pages
from grader.report.html import live_page, page
from grader.report.own_files_html import html_summary
from grader.report.page_inputs import Kept
from grader.report.pictures import Drawn, drawn
from grader.report.profile_html import html_profile
from grader.report.published_pages import published_pages
from grader.report.slower_page import slower_page
from grader.report.staff_pages import staff_pages
from grader.verdicts import Verdict
from tests.report.example import MACHINE, accepted, line_profile, line_times, marked, reference, report, study, wrong
from tests.report.example import findings as advised
from tests.report.test_roofline_picture import LIMIT, PEAKS

COURSE = Course.model_validate(
    {
        "course": {"title": "Lab", "term": "autumn", "machine": "laptop"},
        "machines": {"laptop": {}},
        "assignments": [
            {"id": name, "title": name, "kind": "lab", "tasks": [task], "full_marks": "numba", "criteria": [criterion]}
            for name, task in (("doubling", "double"), ("tripling", "triple"))
            for criterion in ({"id": "right", "text": "right", "points": 1, "by": "correct"},)
        ],
    }
)
SUSPECT = accepted("sam", 3, suspicions=("a call took no time",), flags=("you asked for 8 threads", "uses numpy.dot"))
SOURCE = SourceFile("double.py", b"def double(x):\n    return " + b" + ".join([b"x"] * 200))
LONG_LINES = Submission("ada", "student", "double", Path(), (SOURCE,), SOURCE.path, "double", (), "content")
EVERYBODY = [accepted("ada", 1, limit=LIMIT), accepted("bob", 2), SUSPECT, wrong("eve", printed="x = 1"), reference("numba")]
ATTEMPTS = Comparison(
    (
        Compared("bo", "double", Outcome.BROKEN),
        Compared("cy", "double", Outcome.NOT_MEASURED, "measured over different baselines"),
        Compared("di", "double", Outcome.NOT_MEASURED, "at other cases", Speed("small", 0.1, 0.0, 1.0, 0.01, 0.1, 0)),
        Compared("ada", "double", Outcome.SLOWER, speed=Speed("large", 0.5, 0.49, 0.51, 0.01, 0.02, 3)),
    ),
    alpha=0.02,
    sandbox="full",
    is_stored=True,
)
HEATED = KeptProfile("large", {"double.py": (0.0, 0.95)}, ("double.py", 2), advised(), "numba")
DEVELOPED = [
    PastResult("2026-10-05T09:30:12+00:00", Verdict.WRONG_ANSWER),
    PastResult("2026-10-06T10:00:00+00:00", Verdict.ACCEPTED, "large", "numba", 0.5, 0.49, 0.51),
]
NOTEBOOK = (
    "<!doctype html><html lang='en'><title>A notebook</title><body style='{colours}'><main><h1>A notebook</h1>{cell}</main>"
)


def notebook(cell: str) -> dict[str, str]:
    """What a cell shows, on the paper of a light notebook and of a dark one."""
    papers = {"light": "color:#000;background:#fff", "dark": "color:#fff;background:#111"}
    return {kind: NOTEBOOK.format(colours=colours, cell=cell) for kind, colours in papers.items()}


def drawings() -> Drawn:
    """A picture, an animation, and what is wrong of an answer, each drawn as the course's are; one that could not be."""
    x = np.linspace(0.0, 1.0, 20)
    right, wrong = (np.outer(x, x),), (np.outer(x, x) + np.eye(20),)

    def draw(answers: Sequence[Answered], figure: Figure) -> Callable[[int], None] | None:
        (curve,) = figure.subplots().plot(answers[0][1][0][5])
        return lambda frame: curve.set_ydata(right[0][frame])

    def still(answers: Sequence[Answered], figure: Figure) -> None:
        draw(answers, figure)

    case = Case("small", lambda _: (x,))
    set_of = Picture("set", "A set", "What there is to see.", (case,), still)
    film = replace(set_of, name="film", title="A film", draw=draw, frames=2)
    came = ((x,), wrong)
    wrongly = PictureAnswers(set_of, (came,), None, WrongAnswer("small", right, wrong))
    late = Problem(Verdict.TIME_LIMIT, "it took more than 20 s")
    return drawn([wrongly, PictureAnswers(film, (came,), None), PictureAnswers(replace(film, title="Another"), (), late)])


def write_rich_pages(folder: Path) -> None:
    """Pages of each kind, in a folder of its own each."""
    shown = marked(*EVERYBODY, *(replace(one, task="triple") for one in EVERYBODY))
    shown = replace(shown, work_units={"double": "numbers", "triple": "numbers"}, peaks=PEAKS)
    techniques = {("student", "ada", "double"): ("numba",)}
    of_notebook = replace(
        LONG_LINES, author="eve", lines=CellLines("double.ipynb", SOURCE.path, ((1, 1), (3, 2)), ("", "", ""))
    )
    own = {("student", "ada", "double"): LONG_LINES, ("student", "eve", "double"): of_notebook}
    pictures = drawings()
    study_here = replace(kept_scaling(study(), MACHINE.fingerprint), sandbox=shown.sandbox)
    kept = Kept(lambda _: (), {("student", "ada", "double"): study_here})
    histories = {("ada", "double"): DEVELOPED}
    feedback = feedback_pages(shown, COURSE, own, str, lambda _: pictures, lambda _: HEATED, histories, kept)
    staff = staff_pages(shown, COURSE, own, lambda _: pictures, lambda _: HEATED, kept)
    right = replace(marked(*EVERYBODY[:1], reference("numba", limit=LIMIT)), peaks=PEAKS)
    checked = html_summary(right, ["ada"], pictures, [Path("double.py")], Advice(advised(), "numba", line_profile().lines[2]))
    refused = html_summary(report(EVERYBODY[3]), ["eve"], None)
    compiled = line_profile(as_python=line_times(0.0, 0.3, 0.6, 0.1, 0.0, as_python=True), notes=("it was quiet",))
    pages = {
        **{f"staff/{path}": text for path, text in staff.items()},
        **{f"board/{path}": text for path, text in published_pages(shown, COURSE, techniques, str).items()},
        **{f"feedback/{path}": text for path, text in feedback.items()},
        "history/slower.html": slower_page("Lab", ATTEMPTS),
        "history/nobody.html": slower_page("Lab", replace(ATTEMPTS, compared=()), "../board/index.html"),
        "served/listing.html": page("folder.html", title="feedback", paths=sorted(feedback), footer=()),
        "served/ada.html": live_page(feedback["ada.html"], "changes"),
        **{f"notebook/checked-{kind}.html": text for kind, text in notebook(checked).items()},
        **{f"notebook/refused-{kind}.html": text for kind, text in notebook(refused).items()},
        **{f"notebook/profiled-{kind}.html": text for kind, text in notebook(html_profile(compiled)).items()},
    }
    for path, text in pages.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
