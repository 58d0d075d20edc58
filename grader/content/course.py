"""The course: what `course.toml` says of assignments, marks, machines and measuring, every key checked."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isclose
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import AfterValidator, AwareDatetime, ByteSize, Field, Strict, ValidationError, ValidationInfo, model_validator

from grader.content.course_folder import COURSE_FILE
from grader.content.release_notes import read_release_notes
from grader.content.schema import Problem, Section, explained, refuse
from grader.content.submission import authors
from grader.content.task import task_names
from grader.errors import UsageError
from grader.nearest import did_you_mean

# The words of the file


class _Identified(Protocol):
    @property
    def id(self) -> str: ...


_Item = TypeVar("_Item")
_IdentifiedItem = TypeVar("_IdentifiedItem", bound=_Identified)


@dataclass(frozen=True)
class _Existing:
    """What the names in the file may refer to."""

    tasks: Collection[str]
    levels: Collection[str]
    machines: Collection[str]


def _names(what: str, kind: Literal["tasks", "levels", "machines"], where: str) -> AfterValidator:
    """Accepts the name of something that exists; everything, where a model is made without a course's folder."""

    def check(name: str, info: ValidationInfo) -> str:
        if isinstance(info.context, _Existing):
            existing: Collection[str] = getattr(info.context, kind)
            if name not in existing:
                raise ValueError(f"there is no {what} {name!r} in {where}{did_you_mean(name, existing)}")
        return name

    return AfterValidator(check)


def _unique_ids(items: tuple[_IdentifiedItem, ...]) -> tuple[_IdentifiedItem, ...]:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise ValueError(f"two have the id {item.id!r}; each needs its own")
        seen.add(item.id)
    return items


def _left_to_the_grader(environment: Mapping[str, str]) -> Mapping[str, str]:
    for name in environment:
        if name.endswith("_NUM_THREADS"):
            raise ValueError(f"{name} is set by the grader from the machine's `threads`; remove it here")
    return environment


def _duration(text: str) -> str:
    if _DURATION.fullmatch(text) is None:
        raise ValueError(f"{text!r} is no time of a job; write '02:00:00' (hours, minutes, seconds) or '1-12:00:00' with days")
    return text


_DURATION = re.compile(r"(\d+-)?\d{1,2}:\d\d:\d\d")


def _version_range(text: str) -> str:
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        raise ValueError(f"{text!r} is no range of versions; write one as '>=2,<3' or '==2.1.*'") from None
    return text


def _address(text: str) -> str:
    """A link runs nothing: it leads into the web, or to another page."""
    parts = urlsplit(text)
    if not text or text != text.strip() or parts.scheme not in {"", "http", "https"}:
        raise ValueError(f"{text!r} is no address of a page; write 'https://…' or a relative path as '../history/index.html'")
    return text


TaskName = Annotated[str, _names("task", "tasks", "tasks/")]
LevelName = Annotated[str, _names("level", "levels", "reference/")]
MachineName = Annotated[str, _names("machine", "machines", "[machines]")]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Text = Annotated[str, Field(min_length=1)]
Word = Annotated[str, Field(pattern=r"^[^\s-]\S*$")]
"""What a program gets as one word, and cannot take for an option."""
Address = Annotated[str, AfterValidator(_address)]
"""Of a page: in the web, or relative to the page that leads there."""
Positive = Annotated[float, Field(gt=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Bytes = Annotated[ByteSize, Field(gt=0)]
List = Annotated[tuple[_Item, ...], Strict(strict=False)]
"""A TOML array; only this outermost conversion is lenient, the items are as strict as everything else."""


# The tables of the file


class About(Section):
    """`[course]`: what the course is, and the machine that grades it."""

    title: Text
    term: Text
    machine: MachineName
    leaderboard: Address | None = None
    """Where `grader report --publish` is to be seen, from the history's site: it leads there."""
    history: Address | None = None
    """Where the history's site is to be seen, from the leaderboard: that leads there."""
    staff_pages: Address | None = None
    """Where `grader report` is to be seen, from the site of the history with names: it leads there, not to the leaderboard."""
    staff_history: Address | None = None
    """Where the history with names is to be seen, from the staff's first page: that leads there, and else to `history`."""
    suite: Address | None = None
    """Where the site of the grader's own suite is to be seen, from the staff's first page: that leads there."""


class Measurement(Section):
    """`[measurement]`: how long, how often and how finely submissions are measured."""

    alpha: Annotated[float, Field(gt=0, lt=0.5)] = 0.02
    """The chance of splitting equals, over all comparisons of a task's case together."""
    min_difference: Positive = 0.01
    """Submissions closer than this fraction tie, however well they are measured."""
    target_difference: Positive = 0.0135
    """Measuring stops when differences of this fraction can be told apart."""
    min_runs: Annotated[int, Field(ge=2)] = 4
    max_runs: Annotated[int, Field(ge=2)] = 16
    reference_runs: AtLeastOne = 2
    """Where references stand alone, nobody is ranked: two runs give a rate and an interval, one a rate."""
    calls_per_run: AtLeastOne = 168
    seconds_per_run: Positive = 0.5
    """A competitor's share of a run; it ends with this or with `calls_per_run`."""
    min_turns_per_run: AtLeastOne = 2
    """Of everybody, however slow."""
    turn_s: Positive = 0.008
    """The timed calls of a turn take about so long together, where `max_timed_calls_per_turn` are enough."""
    max_timed_calls_per_turn: AtLeastOne = 6
    longest_call_s: Positive = 0.25
    """A submission is measured at the largest case that it does in this time a call."""
    slow_ratio: Annotated[float, Field(gt=1)] = 20.0
    """One that is slower than the fastest by more than this factor has `min_turns_per_run`."""
    budget_s_per_submission: Positive = 3.0
    """No run of a class begins when this has passed for each submission that is measured, but for the first `min_runs`."""
    block_size: AtLeastOne = 16
    """Submissions that are measured in the same rounds."""
    shortest_baseline_call_s: Positive = 0.005
    """The baseline is quoted at cases where its call takes at least this long."""

    @model_validator(mode="after")
    def _the_range_of_runs_is_not_empty(self) -> "Measurement":
        if self.max_runs < self.min_runs:
            refuse(self, [(("max_runs",), f"must not be less than min_runs ({self.min_runs})")])
        return self


class Limits(Section):
    """`[limits]`: what one submission may use."""

    time_over_naive: Positive = 10.0
    """A call may take this many times as long as `naive` on the same case, and never less than `least_time_s`."""
    least_time_s: Positive = 2.0
    first_call_s: Positive = 15.0
    """For the import, and for the first call with its compilation."""
    memory_bytes: Bytes = ByteSize(2 << 30)
    output_bytes: Bytes = ByteSize(64 << 10)
    """Of what a submission prints."""
    source_bytes: Bytes = ByteSize(1 << 20)
    """Of an author's Python files, together."""


class Machine(Section):
    """`[machines.<name>]`: how workers are started on one kind of machine."""

    threads: AtLeastOne = 1
    backend: Literal["auto", "bubblewrap", "landlock", "plain"] = "auto"
    """`auto` is bubblewrap; on a cluster's nodes, where nobody may make user namespaces, the weaker `landlock`."""
    preload: List[Text] = ("numpy", "numba")
    """Imported once, before any submission's worker is forked."""
    environment: Annotated[Mapping[str, str], AfterValidator(_left_to_the_grader)] = {}

    scheduler: Literal["slurm"] | None = None
    """Where it is set, a class is graded by jobs on a cluster's nodes, and the keys below say what each job asks for."""
    partition: Word | None = None
    account: Word | None = None
    constraint: Word | None = None
    """Features of the nodes, as Slurm names them: nodes of one kind, since figures of different kinds do not compare."""
    modules: List[Word] = ()
    """Environment modules that are loaded before the interpreter starts."""
    cpus: AtLeastOne | None = None
    """Cores of a job that does not have the node to itself."""
    gpus: Annotated[int, Field(ge=0)] = 0
    memory: Bytes | None = None
    """The partition's default where it is left out; all of the node's where that is the job's own."""
    time: Annotated[str, AfterValidator(_duration)] = "01:00:00"
    """The longest that a job may take, as `hours:minutes:seconds` or with days, `1-12:00:00`."""
    exclusive: bool = True
    """Nobody else is on the node meanwhile: whoever is there is noise."""
    scratch: Annotated[str, Field(pattern=r"^/")] | None = None
    """A folder on the node's own disk for temporary files; /tmp otherwise."""

    @model_validator(mode="after")
    def _keys_fit_together(self) -> "Machine":
        refuse(self, self._misfits())
        return self

    def _misfits(self) -> Iterator[Problem]:
        if self.scheduler is None:
            for name in _OF_JOBS:
                if name in self.model_fields_set:
                    yield (name,), "is said of jobs: it needs scheduler = 'slurm'"
        elif self.cpus is not None and self.cpus < self.threads:
            yield ("cpus",), f"must not be less than `threads` ({self.threads})"
        elif self.cpus is None and not self.exclusive:
            yield ("cpus",), "is missing: a job that shares its node must say how many cores it takes"


_OF_JOBS = (*("partition", "account", "constraint", "modules", "cpus", "gpus", "memory", "time", "exclusive", "scratch"),)


class TaskSettings(Section):
    """`[tasks.<name>]`: what the course says of one task."""

    baseline: LevelName | None = None
    """Speedups are quoted against this reference, where it is slow enough to be measured well."""
    threads: AtLeastOne | None = None
    """Cores for this task's submissions, where they are to be fewer than the machine's `threads`."""


Release = Literal["always", "after_due", "never"]
INTERFACE_LEVEL = "naive"
"""It states each task's interface, so nobody can do without it."""


class Reference(Section):
    """`[references.<level>]`: what becomes of one level's solutions."""

    release: Release = "never"
    """When a student's copy of the course holds them: always, once the task's assignments are due, or never."""


Kind = Literal["participation", "homework", "lab", "project"]
By = Literal["correct", "speed", "technique", "picture", "hand"]


class Criterion(Section):
    """One line of an assignment's rubric."""

    id: Identifier
    text: Text
    points: Positive
    by: By
    task: TaskName | None = None
    """May be left out where the assignment has one task, or where a person decides."""
    uses: List[Text] = ()
    """Of a technique: all of these are used, as `"numba"`, `"numpy.dot"`, `".dot"` (a method of anything) or `"@"`."""
    avoids: List[Text] = ()
    """Of a technique: none of these is used."""
    bonus: bool = False
    """Its points come on top: whoever leaves it out loses nothing."""

    @model_validator(mode="after")
    def _names_belong_to_techniques(self) -> "Criterion":
        named = bool(self.uses or self.avoids)
        if named and self.by != "technique":
            raise ValueError(f"`uses` and `avoids` belong to by = 'technique', not to {self.by!r}")
        if not named and self.by == "technique":
            raise ValueError("a technique needs `uses` or `avoids`: the names that tell it")
        return self


class Assignment(Section):
    """`[[assignments]]`: what is handed in together, and how it is marked."""

    id: Identifier
    title: Text
    kind: Kind
    tasks: List[TaskName] = ()
    due: AwareDatetime | None = None
    full_marks: LevelName | None = None
    """The reference whose speed earns every point of a speed criterion."""
    allowed: List[Text] = ()
    """The packages that may be imported beside the standard library and the author's own files; any, where it is empty."""
    forbid: List[Text] = ()
    """Names that the code should not use, written as those of a technique: `"scipy.signal"`, `".dot"`, `"@"`."""
    libraries: Mapping[Text, Annotated[str, AfterValidator(_version_range)]] = {}
    """The versions it is graded with: `{numpy = ">=2,<3"}`; with others, nothing is graded."""
    criteria: Annotated[List[Criterion], Field(min_length=1), AfterValidator(_unique_ids)]

    @property
    def max_points(self) -> float:
        """What the criteria add up to, without the bonus."""
        return sum(criterion.points for criterion in self.criteria if not criterion.bonus)

    def task_of(self, criterion: Criterion) -> str | None:
        """The task that decides a criterion; None only where a person does."""
        if criterion.task is not None or len(self.tasks) != 1:
            return criterion.task
        return self.tasks[0]

    @model_validator(mode="after")
    def _criteria_can_be_decided(self) -> "Assignment":
        refuse(
            self, [problem for index, criterion in enumerate(self.criteria) for problem in self._undecided(index, criterion)]
        )
        return self

    def _undecided(self, index: int, criterion: Criterion) -> Iterator[Problem]:
        where = ("criteria", index, "task")
        task = self.task_of(criterion)
        if task is None and criterion.by != "hand":
            yield where, "is missing: the assignment does not have exactly one task"
        if task is not None and task not in self.tasks:
            yield where, f"{task!r} is not a task of this assignment{did_you_mean(task, self.tasks)}"
        if criterion.by == "speed" and self.full_marks is None:
            yield ("full_marks",), f"is missing: the speed criterion {criterion.id!r} needs the reference that earns full marks"


class Weights(Section):
    """`[weights]`: the share of each kind of work in the final mark, in percent."""

    participation: Annotated[float, Field(ge=0)] = 10.0
    homework: Annotated[float, Field(ge=0)] = 30.0
    labs: Annotated[float, Field(ge=0)] = 30.0
    project: Annotated[float, Field(ge=0)] = 30.0

    def of(self, kind: Kind) -> float:
        """The share of one kind of work."""
        return {
            "participation": self.participation,
            "homework": self.homework,
            "lab": self.labs,
            "project": self.project,
        }[kind]

    @model_validator(mode="after")
    def _sum_is_100(self) -> "Weights":
        total = self.participation + self.homework + self.labs + self.project
        if not isclose(total, 100):
            raise ValueError(f"the weights must add up to 100 (they add up to {total:g})")
        return self


class Course(Section):
    """The whole of `course.toml`."""

    about: About = Field(alias="course")
    measurement: Measurement = Measurement()
    limits: Limits = Limits()
    machines: Annotated[Mapping[str, Machine], Field(min_length=1)]
    tasks: Mapping[TaskName, TaskSettings] = {}
    references: Mapping[LevelName, Reference] = {}
    assignments: Annotated[List[Assignment], AfterValidator(_unique_ids)] = ()
    weights: Weights = Weights()

    @model_validator(mode="after")
    def _tasks_fit_the_machine(self) -> "Course":
        machine = self.machines.get(self.about.machine)
        most = machine.threads if machine is not None else 1
        text = f"must not be more than {most}, as [machines.{self.about.machine}] has it: lower it, or raise that"
        beyond = [name for name, settings in self.tasks.items() if (settings.threads or 1) > most]
        refuse(self, [(("tasks", name, "threads"), text) for name in beyond])
        return self

    @model_validator(mode="after")
    def _the_interface_is_released(self) -> "Course":
        naive = self.references.get(INTERFACE_LEVEL)
        text = f"must be 'always': {INTERFACE_LEVEL} states each task's interface, which no copy of the course can do without"
        refuse(self, [(("references", INTERFACE_LEVEL, "release"), text)] if naive and naive.release != "always" else [])
        return self

    @property
    def machine(self) -> Machine:
        """The machine that the course names as its own."""
        return self.machines[self.about.machine]

    def on_machine(self, name: str) -> "Course":
        """The course as another of its machines grades it; UsageError where there is none, or a task does not fit it."""
        if name not in self.machines:
            raise UsageError(f"course.toml has no machine {name!r} in [machines]{did_you_mean(name, self.machines)}")
        threads = self.machines[name].threads
        for task, settings in self.tasks.items():
            if (settings.threads or 1) > threads:
                raise UsageError(f"[machines.{name}] has {threads} threads, and [tasks.{task}] wants {settings.threads}")
        return self.model_copy(update={"about": self.about.model_copy(update={"machine": name})})


# Questions to a course


def assignments_of(course: Course, task: str) -> tuple[Assignment, ...]:
    """The assignments that a task belongs to, in the file's order."""
    return tuple(assignment for assignment in course.assignments if task in assignment.tasks)


def baseline_of(course: Course, task: str) -> str | None:
    """The reference level that the course names for a task's speedups; None where it leaves the choice to the grader."""
    settings = course.tasks.get(task)
    return settings.baseline if settings else None


def is_released(course: Course, level: str, task: str, at: datetime) -> bool:
    """Whether students may have a level's solution of a task at this time.

    What is released after it is due waits for all assignments of the task; for ever, where one has no date, or there is none.
    """
    settings = course.references.get(level)
    release = "always" if level == INTERFACE_LEVEL else settings.release if settings else "never"
    if release != "after_due":
        return release == "always"
    due = [assignment.due for assignment in assignments_of(course, task)]
    return bool(due) and all(date is not None and date <= at for date in due)


# Loading


def load_course(folder: Path) -> Course:
    """Read and check `course.toml`; names of tasks and levels must be folders of `tasks/` and `reference/`.

    Raises:
        UsageError: the file is missing, is not TOML, or says something wrong: every such place, one a line.
    """
    path = folder / COURSE_FILE
    content = _read_toml(path)
    machines = content.get("machines")
    reference = folder / "reference"
    release = read_release_notes(folder)
    left_out = {estimate.level for estimate in release.estimates} if release else set()
    existing = _Existing(
        tasks=task_names(folder),
        levels=left_out.union(authors(reference) if reference.is_dir() else ()),
        machines=machines.keys() if isinstance(machines, dict) else (),
    )
    try:
        return Course.model_validate(content, context=existing)
    except ValidationError as error:
        raise UsageError("\n".join(f"{path}: {problem}" for problem in explained(error, Course))) from None


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"there is no {COURSE_FILE} in {path.parent}; --course DIR points to the folder of another course"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not TOML: {error}") from None
