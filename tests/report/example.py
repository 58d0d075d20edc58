"""Reports made by hand, and how they look on a terminal."""

import math
from dataclasses import replace

from rich.console import Console, RenderableType

from grader.advice.finding import Cause, Finding
from grader.grading.class_report import Report, SpeedThresholds
from grader.grading.growth import Growth, GrowthPoint
from grader.grading.line_facts import Split
from grader.grading.marks import AssignmentMarks, FinalMark, Share
from grader.grading.measure_scaling import Figures, Study
from grader.grading.profile_lines import Line, LineMemory, LineProfile, LineTimes
from grader.grading.scaling import amdahl, scaling
from grader.grading.score import Points, Threshold
from grader.grading.standings import Result
from grader.machine import Machine
from grader.verdicts import Verdict

MACHINE = Machine("laptop", "a CPU", 2, 1 << 34, "Linux x86_64", 1)
THRESHOLDS = SpeedThresholds("double", "doubling", "speed", (Threshold(0.5, 2.5e-6), Threshold(1.0, 1.2e-8)))

GROWTH = Growth("work", 1.0, 0.9, 1.1, (GrowthPoint("small", 1e4, 0.002), GrowthPoint("large", 1e6, 0.2)))


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
        "first_rank": rank,
        "last_rank": rank,
        "points": 4.5,
        "max_points": 7.0,
        "import_time_s": 0.1,
        "compile_time_s": 0.0,
        "peak_memory_bytes": 80_000,
        "cpu_over_wall": 0.99,
        "growths": (GROWTH,),
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


def study(author: str = "ada", peak_memory_bytes: int | None = 16_000_000) -> Study:
    """A program of which a tenth stays serial, on one core, two and four."""
    counts = (1, 2, 4)
    runs = [{cores: -math.log(amdahl(0.1, cores)) + (cores - 1) * noise for cores in counts} for noise in (-0.001, 0, 0.001)]
    figures = tuple(Figures(cores, 0.2 / amdahl(0.1, cores), cores - 0.1, cores + 1, peak_memory_bytes) for cores in counts)
    return Study(author, "double", "large", 1e6, "full", scaling(runs, [0.0, 0.001, -0.001]), figures, ("it was quiet",))


def of_processes() -> Study:
    """The same of MPI processes, of which the largest takes 7 MB."""
    made = study()
    figures = tuple(replace(one, process_peaks_bytes=(7_000_000, 3_000_000)) for one in made.figures)
    return replace(made, figures=figures, of_processes=True)


def line_times(*shares: float, case: str = "large", as_python: bool = False) -> LineTimes:
    """A call of 0.1 s that takes 0.8 s while its lines are watched; each line with a share ran a thousand times."""
    hits = tuple(1000 if share else 0 for share in shares)
    return LineTimes(case, as_python, 0.1, 0.8, hits, tuple(0.5 * share for share in shares), shares)


def line_profile(**facts: object) -> LineProfile:
    """Of a function of four lines, the third of which takes most of the time; `facts` change it."""
    texts = ("def double(x):", "    for one in x:", "        y = 2 * one", "    return y", "")
    fields = {
        "author": "ada",
        "task": "double",
        "sandbox": "full",
        "lines": tuple(Line("double.py", None, number, text) for number, text in enumerate(texts, 1)),
        "times": line_times(0.0, 0.28, 0.7, 0.02, 0.0),
        "as_python": None,
        "memory": LineMemory("small", 16_000_000, (0.0, 0.0, 12_300_000.0, -5_000_000.0, 0.0)),
        "slowest": 2,
        "split": Split(0.91, 0.05),
        "compile_time_s": 0.0,
        "compiled_functions": 0,
        "notes": (),
    }
    return LineProfile(**{**fields, **facts})  # type: ignore[arg-type]  # the fields of a LineProfile


def findings() -> tuple[Finding, ...]:
    """Two pieces of advice on that function."""
    lines = line_profile().lines
    return (
        Finding(Cause.PYTHON_LOOP, lines[2], "it runs 1,000 times, 350 µs each", "compile it", 3.3),
        Finding(Cause.APPEND_THEN_ARRAY, lines[3], "it takes 2 % of the time", "make the array first", 14.2),
    )


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

HOSTILE_TEXTS = {
    "terminal escapes": HOSTILE,
    "a link of the terminal": "\x1b]8;;https://example.org/\x1b\\click\x1b]8;;\x07",
    "a title and a clipboard": "\x1b]0;owned\x07\x1b]52;c;cm0gLXJm\x07\x9d0;x\x9c",
    "the cursor up, and other marks": "\x1b[5A\x1b[2K points 7 / 7 \r\x08\x08\x7f",
    "directions": "\u202eadmin\u2066\u2067\u2068\u2069\u200f\u061c",
    "zero widths": "a\u200bd\u200ca\u200d\u2060\ufeff\u00ad\u3164\u2800",
    "markup": "[red]x[/red] [/] [link=file:///etc/passwd]y[/link] :smile: [[ ]] \\[bold]",
    "a script": "<script>alert(1)</script> <svg onload=alert(1)> &amp; ]]> <![CDATA[ --> <?xml ?> <!ENTITY x>",
    "a formula": "=cmd|' /C calc'!A0",
    "half a surrogate pair and NUL": "\ud800 \udfff \x00 \uffff \ufffe",
    "a tower of accents": "e" + "\u0301" * 3000,
    "10 MB": "y" * 10_000_000,
    "100,000 lines": "line\n" * 100_000,
    "one line end after another": "\n" * 100_000,
    "other line ends": "a\u2028b\u2029c\x0bd\x0ce\x85f\r\ng" * 1000,
}
"""Texts that a student may put into a message, a print or a name."""
