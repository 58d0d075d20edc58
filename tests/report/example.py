"""Reports made by hand, and how they look on a terminal."""

from rich.console import Console, RenderableType

from grader.grading.score import Points
from grader.grading.standings import Report, Result, Total
from grader.machine import Machine
from grader.verdicts import Verdict

MACHINE = Machine("laptop", "a CPU", 2, 1 << 34, "Linux x86_64", 1)


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
        "marks": (Points("correct", 1.0, 1.0, "it is right"), Points("figure", None, 2.0, "a person decides")),
        "import_time_s": 0.1,
        "compile_time_s": 0.0,
        "peak_memory_bytes": 80_000,
        "cpu_over_wall": 0.99,
        "runs": 3,
    }
    return Result(author, "student", "double", Verdict.ACCEPTED, "correct", **{**fields, **facts})  # type: ignore[arg-type]  # a Result's


def reference(level: str, **facts: object) -> Result:
    """A reference: no rank, no points."""
    result = accepted(level, None, **{"points": None, "max_points": None, "marks": (), **facts})
    return Result(**{**vars(result), "kind": "reference"})


def wrong(author: str, message: str = "Wrong on case 'one'", printed: str = "") -> Result:
    """A submission without figures."""
    return Result(author, "student", "double", Verdict.WRONG_ANSWER, message, points=0.0, max_points=7.0, printed=printed)


def report(*results: Result, sandbox: str = "reduced (no cgroup)", **facts: object) -> Report:
    """A report of these results."""
    students = [result for result in results if result.kind == "student"]
    return Report(
        machine=MACHINE,
        sandbox=sandbox,
        baseline={"double": "numba"},
        alpha=0.02,
        results=results,
        totals=tuple(Total(result.author, result.points, result.max_points or 0.0) for result in students),
        work_units={"double": "numbers"},
        **facts,  # type: ignore[arg-type]  # the other fields of a Report
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
