"""Reports made by hand, and how they look on a terminal."""

from rich.console import Console, RenderableType

from grader.grading.class_report import Report, SpeedThresholds
from grader.grading.marks import AssignmentMarks, FinalMark, Share
from grader.grading.score import Points, Threshold
from grader.grading.standings import Result
from grader.machine import Machine
from grader.verdicts import Verdict

MACHINE = Machine("laptop", "a CPU", 2, 1 << 34, "Linux x86_64", 1)
THRESHOLDS = SpeedThresholds("double", "doubling", "speed", (Threshold(0.5, 2.5e-6), Threshold(1.0, 1.2e-8)))


def accepted(author: str, rank: int | None = 1, **facts: object) -> Result:
    """A right and measured submission; `facts` change it."""
    fields = {
        "case": "large",
        "baseline": "numba",
        "wall_time_s": 0.02,
        "work": 1e6,
        "speedup": 1.25,
        "speedup_low": 1.24,
        "speedup_high": 1.26,
        "rank": rank,
        "points": 4.5,
        "max_points": 7.0,
        "import_time_s": 0.1,
        "compile_time_s": 0.0,
        "peak_memory_bytes": 80_000,
        "cpu_over_wall": 0.99,
        "runs": 3,
    }
    return Result(author, "student", "double", Verdict.ACCEPTED, "correct", **{**fields, **facts})  # type: ignore[arg-type]  # a Result's


def reference(level: str, **facts: object) -> Result:
    """A reference: no rank, no points."""
    result = accepted(level, None, **{"points": None, "max_points": None, **facts})
    return Result(**{**vars(result), "kind": "reference"})


def wrong(author: str, message: str = "Wrong on case 'one'", printed: str = "") -> Result:
    """A submission without figures."""
    return Result(author, "student", "double", Verdict.WRONG_ANSWER, message, points=0.0, max_points=7.0, printed=printed)


def marks(author: str, speed: float | None = 3.5, because: str = "it is fast") -> AssignmentMarks:
    """Someone's marks: one point for a right answer, these for speed, a figure that nobody has looked at, and a bonus."""
    criteria = (
        Points("correct", "It is right", 1.0, 1.0, "every check case was answered correctly", "double"),
        Points("speed", "It is fast", speed, 4.0, because, "double"),
        Points("figure", "It is drawn", None, 2.0, "a person decides"),
        Points("extra", "It is drawn in colour", 0.5, 1.0, "tess on 2026-10-05: nearly", bonus=True),
    )
    return AssignmentMarks(author, "doubling", "Doubling [an array]", "lab", criteria)


def final(author: str, points: float = 5.0) -> FinalMark:
    """Someone's final mark so far: these points of seven in the labs, which are 30 % of the whole."""
    return FinalMark(author, (Share("lab", 30.0, points, 7.0, 2.0),))


def report(*results: Result, sandbox: str = "reduced (no cgroup)", **facts: object) -> Report:
    """A report of these results; without marks and thresholds, unless they are given."""
    fields = {
        "machine": MACHINE,
        "sandbox": sandbox,
        "baseline": {"double": "numba"},
        "alpha": 0.02,
        "results": results,
        "marks": (),
        "finals": (),
        "thresholds": (),
        "work_units": {"double": "numbers"},
    }
    return Report(**{**fields, **facts})  # type: ignore[arg-type]  # the fields of a Report


def marked(*results: Result) -> Report:
    """A report of these results in which every student has marks."""
    students = [result.author for result in results if result.kind == "student"]
    return report(
        *results,
        marks=tuple(map(marks, students)),
        finals=tuple(map(final, students)),
        thresholds=(THRESHOLDS,),
    )


def rendered(renderable: RenderableType, width: int = 140) -> str:
    """What a terminal of this width shows."""
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(renderable)
    return capture.get()


HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07 \x9b31m \u202egnp.exe\u2066 \ud800 \r\n \u2028z"
    " [bold red]x[/bold red] [/] [link=file:///etc]y[/link]"
)
"""Terminal escapes, characters that turn the direction of text, markup, a lone surrogate, line ends."""
