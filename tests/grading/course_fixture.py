"""A classroom: a course of one tiny task on disk, whose authors are scripts with reported times, and its store.

The task is to double an array. Every author's time is a pace (seconds per number) times the length of the input.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from textwrap import dedent

import numpy as np

from grader.content.task import Array, Inputs, LoadedTask, load_task
from grader.execution.interface import Failure, FailureKind
from grader.grading.class_report import Report, stand
from grader.grading.pipeline import Wanted, grade
from grader.grading.progress import Silent
from grader.grading.score import Points
from grader.grading.session import Session, member_of, open_session, read_class
from grader.grading.standings import Result
from grader.records import Acceptance, Decision
from grader.store import Store
from grader.testing import Script, ScriptedBackend

COURSE = """
[course]
title = "Lab"
term = "autumn"
machine = "laptop"

[machines.laptop]
threads = 1

[[assignments]]
id = "doubling"
title = "Doubling"
kind = "lab"
tasks = ["double"]
full_marks = "numba"

[[assignments.criteria]]
id = "correct"
text = "It is right"
points = 1
by = "correct"

[[assignments.criteria]]
id = "speed"
text = "It is fast"
points = 4
by = "speed"

[[assignments.criteria]]
id = "report"
text = "It is explained"
points = 2
by = "hand"

[measurement]
min_runs = 3
calls_per_run = 8
turn_s = 1
max_timed_calls_per_turn = 3
"""

TASK = dedent('''
    """Double an array."""

    import numpy as np

    from grader.content.task import ArraySpec, Case, Difference, Mistake, Task


    def numbers(size):
        return lambda generator: (generator.random(size) + 1,)


    def compare(inputs, outputs, expected):
        wrong = np.flatnonzero(outputs[0] != expected)
        if len(wrong) == 0:
            return None
        first = wrong[0]
        return Difference(
            f"{len(wrong)} numbers differ", f"[{first}]", f"<{expected[first]}>", f"<{outputs[0][first]}>"
        )


    TASK = Task(
        title="Double",
        work_unit="numbers",
        outputs=lambda inputs: (ArraySpec("float64", inputs[0].shape),),
        expect=lambda inputs: 2 * inputs[0],
        check=compare,
        work=lambda inputs, expected: float(inputs[0].size),
        check_cases=(
            Case("one", numbers(1), about="A single number."),
            Case("three", numbers(3), about="A few numbers."),
            Case("seven", numbers(7), about="More numbers than fit in a hurry.", public=False),
        ),
        benchmark_cases=(Case("small", numbers(100)), Case("medium", numbers(1_000)), Case("large", numbers(10_000))),
        mistakes=(Mistake("tripled", "this is three times the input", lambda x: (3 * x,)),),
    )
''')

FOLLOWED_TASK = TASK + dedent("""
    from dataclasses import replace

    from grader.content.task import FollowUp


    def factor(inputs, outputs):
        return float(np.rint(outputs[0][0] / inputs[0][0]))


    def some_multiple(inputs, outputs, expected):
        return compare(inputs, outputs, factor(inputs, outputs) * inputs[0])


    def the_same_multiple(inputs, outputs, further):
        ours, theirs = factor(inputs, outputs), [factor(*one) for one in further]
        if all(one == ours for one in theirs):
            return None
        return Difference("every call has another factor", "the further calls", f"<{ours}>", f"<{theirs}>")


    def others(inputs, generator):
        return tuple((generator.random(5) + 1,) for _ in range(2))


    TASK = replace(TASK, check=some_multiple, follow_up=FollowUp(others, the_same_multiple), mistakes=())
""")
"""Any multiple of the array is right, as long as it is the same in every call: by itself an answer proves nothing."""

FURTHER_LENGTH = 5
"""The length of the array in each of the two further calls, and in no other call."""

REVIEWED_TASK = TASK + dedent("""
    from dataclasses import replace


    def nearly(inputs, outputs, expected):
        close = np.abs(outputs[0] - expected) <= 1e-9
        return compare(inputs, (np.where(close, expected, outputs[0]),), expected)


    def unexplained(inputs, outputs, expected):
        count = np.count_nonzero(outputs[0] != expected)
        return f"{count} numbers are nearly doubled" if count else None


    TASK = replace(TASK, check=nearly, review=unexplained)
""")
"""A number that is nearly doubled is right, and a person has to look at it."""

PICTURED_TASK = TASK + dedent("""
    from dataclasses import replace

    from grader.content.task import Picture


    def curve(answers, figure):
        axes = figure.add_subplot()
        for inputs, (output,) in answers:
            axes.plot(inputs[0], output)


    def moving(answers, figure):
        axes = figure.add_subplot(xlim=(0, 2), ylim=(0, 4))
        (line,) = axes.plot([], [])

        def show(number):
            inputs, (output,) = answers[number]
            line.set_data(inputs[0], output)

        return show


    DRAWN = Case("picture", numbers(11), about="What is drawn.")
    FRAMES = (DRAWN, *(Case(f"frame-{n}", numbers(n)) for n in (12, 13)))
    TASK = replace(
        TASK,
        pictures=(
            Picture("curve", "A curve", "It rises.", (DRAWN,), curve),
            Picture("moving", "A moving curve", "It moves.", FRAMES, moving, frames=3, size_inches=(2.0, 1.5)),
        ),
    )
""")
"""Its picture is drawn from eleven numbers, and its animation from these, twelve and thirteen."""

NAIVE_PACE_S, NUMPY_PACE_S, NUMBA_PACE_S = 1e-4, 1e-5, 2e-6
"""Of the references: naive is measured at `medium`, the others at `large`."""


def doubled(x: Array) -> Array:
    """The right answer."""
    return 2 * x


def nearly_doubled(x: Array) -> Array:
    """What a person has to look at."""
    return 2 * x * (1 + 1e-12)


def invented() -> Callable[[Array], Array]:
    """An answer with another factor in every call: each is right by itself, and they do not go together."""
    factors = count(2)
    return lambda x: next(factors) * x


def paced(pace_s: float, *, compute: Callable[..., object] = doubled, compile_time_s: float = 0.0, **facts: object) -> Script:
    """A script that always takes `pace_s` per number, and longer in a worker's first call."""

    def call_s(inputs: Inputs, number: int) -> float:
        return pace_s * length(inputs) + (compile_time_s if number == 0 else 0.0)

    return replace(Script(compute, call_s), **facts)  # type: ignore[arg-type]  # the fields of Script


def noisy(pace_s: float, *, scatter: float = 0.003, seed: int = 0) -> Script:
    """A script whose workers differ in speed by a standard deviation of `scatter`, as real processes do."""
    generator = np.random.default_rng(seed)
    level = 1.0

    def call_s(inputs: Inputs, number: int) -> float:
        nonlocal level
        if number == 0:
            level = generator.lognormal(sigma=scatter)
        return pace_s * length(inputs) * level * generator.uniform(1, 1.001)

    return Script(doubled, call_s)


def failing(call: int, kind: FailureKind, message: str = "as scripted", module: str | None = None) -> Mapping[int, Failure]:
    """The failures of a script that ends its `call`-th call so."""
    return {call: Failure(kind, message, module)}


def wrong_at(*lengths: int) -> Callable[[Array], Array]:
    """Wrong for arrays of these lengths."""
    return lambda x: 3 * x if x.size in lengths else doubled(x)


def wrong_from(call: int) -> Callable[[Array], Array]:
    """Right until the `call`-th call over all workers, wrong from there on."""
    numbers = count()
    return lambda x: doubled(x) if next(numbers) < call else 3 * x


def length(inputs: Inputs) -> int:
    (x,) = inputs
    assert isinstance(x, np.ndarray)
    return x.size


class Classroom:
    """The course's folder, the scripts behind its authors, and a store that every grading opens anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.backend = ScriptedBackend({})
        self.store_file = folder / "store" / "results.sqlite"
        (folder / "submissions").mkdir(parents=True)
        self.describe()
        self.teach(TASK)
        for level, pace_s in (("naive", NAIVE_PACE_S), ("numpy", NUMPY_PACE_S), ("numba", NUMBA_PACE_S)):
            self.refer(level, paced(pace_s))

    def describe(self, measurement: str = "") -> None:
        """Write course.toml, with these lines in `[measurement]`, in place of those of the same keys."""
        changed = {line.partition(" = ")[0] for line in measurement.splitlines()}
        kept = "".join(line for line in COURSE.splitlines(keepends=True) if line.partition(" = ")[0] not in changed - {""})
        write(self.folder / "course.toml", kept + dedent(measurement))

    def teach(self, task: str) -> None:
        """Change the task to one of those above."""
        write(self.folder / "tasks" / "double" / "task.py", task)

    def refer(self, level: str, script: Script) -> None:
        """Add or change a reference."""
        self._author(self.folder / "reference" / level, script, "")

    def submit(self, author: str, script: Script, code: str = "") -> None:
        """Add or change a student's submission; more `code` in the file makes it another version."""
        self._author(self.folder / "submissions" / author, script, code)

    def hand_in(self, author: str, text: str) -> None:
        """A student's file as it stands, for what is judged without being run."""
        write(self.folder / "submissions" / author / "double.py", text)

    @property
    def task(self) -> LoadedTask:
        """The task, as the course's folder has it now."""
        return load_task(self.folder, "double")

    @property
    def session(self) -> Session:
        """The course, read anew."""
        return open_session(self.folder, None, ())

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, open for a while."""
        with Store(self.store_file) as store:
            yield store

    def grade(self, *authors: str, budget_s: float = 0.0, fresh: bool = False) -> Report:
        """One grading from start to end; without a budget, it makes the least number of runs."""
        with self.store() as store:
            return grade(self.session, Wanted(authors, budget_s, fresh), self.backend, store, Silent())

    def decide(self, author: str, criterion: str, points: float | None, note: str = "as agreed") -> None:
        """A person gives points for a criterion; None takes earlier ones back."""
        with self.store() as store:
            store.add_decision(Decision(author, "doubling", criterion, points, note, "tess", "2026-10-05T10:00:00+00:00"))

    def accept(self, author: str, ago: timedelta = timedelta()) -> None:
        """A person has looked at what an author has handed in, and lets it be ranked."""
        accepted_at = (datetime.now(UTC) - ago).isoformat(timespec="seconds")
        member = next(member_of(one) for one in read_class(self.session)[0].everyone if one.author == author)
        with self.store() as store:
            store.add_acceptance(Acceptance(author, "double", member.content_hash, "looked at", "tess", accepted_at))

    def report(self) -> Report:
        """What the store says now; nothing is run."""
        session = self.session
        with self.store() as store:
            return stand(session, read_class(session), {}, session.conditions(self.backend.sandbox), store)

    def calls_in(self, grading: Callable[[], object]) -> dict[str, int]:
        """How often each author is called in a grading; nobody who is not."""
        before = self.backend.calls_of.copy()
        grading()
        return dict(self.backend.calls_of - before)

    def _author(self, folder: Path, script: Script, code: str) -> None:
        write(folder / "double.py", f'def double(x: "float64[n]") -> "float64[n]":\n    return 2 * x\n{code}\n')
        self.backend.scripts[folder.name] = script


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def of(report: Report, author: str) -> Result:
    """One author's result."""
    (result,) = (result for result in report.results if result.author == author)
    return result


def points_of(report: Report, author: str) -> dict[str, Points]:
    """An author's points for the only assignment, by criterion."""
    (marks,) = (marks for marks in report.marks if marks.author == author)
    return {points.criterion: points for points in marks.criteria}


def ranks(report: Report) -> dict[str, int]:
    """The rank of everyone who has one."""
    return {result.author: result.rank for result in report.results if result.rank is not None}
