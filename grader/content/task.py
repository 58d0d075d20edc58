"""A task: one function to compute, with its cases, its checker, its known mistakes and its pictures.

A course author writes `tasks/<name>/task.py` with one module-level `TASK = Task(...)`; everything in it is trusted code
that runs on the grader's side of the wall. The interface (name, parameters, meaning) is the annotated signature of the
function `<name>` in `reference/naive/<name>.py`, which is read as text and never imported.
"""

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.errors import GraderError, UsageError
from grader.nearest import did_you_mean
from grader.profiles import Profile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = NDArray[Any]
Value: TypeAlias = Array | int | float | complex
"""One positional argument: a C-contiguous array of numbers, or a Python scalar."""

SECRET_FOLDER = "secret"  # noqa: S105 -- where it is
"""In a task's folder: what no student's copy of the course holds."""
CASES_FILE = "cases.py"
"""In that folder: `secret_cases(task)`, from the module of `task.py` to the task's secret cases."""

Inputs: TypeAlias = tuple[Value, ...]
Outputs: TypeAlias = tuple[Array, ...]

Answered: TypeAlias = tuple[Inputs, Outputs]
"""A call's inputs, and what it answered."""


@dataclass(frozen=True)
class ArraySpec:
    """The dtype and the shape that one output must have."""

    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Case:
    """One input size or kind. `draw` makes fresh inputs; equal generators give equal inputs."""

    name: str
    draw: Callable[[np.random.Generator], Inputs]
    about: str = ""
    """What this case probes, in one sentence that helps a student whose code fails it."""
    public: bool = True
    """A failing public case is shown in full; of a secret one only its name, `about` and the first difference.

    Those of `tasks/<name>/secret/cases.py` are secret whatever they say.
    """
    processes: int = 1
    """How many MPI processes make the call, in a task whose profile is `mpi`; more than there are cores share them."""


@dataclass(frozen=True)
class Difference:
    """The first place where an output is wrong, in words and numbers a student can follow."""

    summary: str
    where: str
    expected: str
    got: str


@dataclass(frozen=True)
class Mistake:
    """A known wrong way to compute the task. `compute` takes the inputs and returns the outputs of that mistake."""

    name: str
    sentence: str
    compute: Callable[..., Outputs]
    same: Callable[[Outputs, Outputs], bool] | None = None
    """`same(mistake's outputs, a submission's)`: how it is recognised where values cannot be compared; by them otherwise."""
    processes: int | None = None
    """Of how many MPI processes it is the mistake: in calls by another number it is not looked for. Any where None."""


@dataclass(frozen=True)
class FollowUp:
    """Untimed calls that are made once the answer of a call is frozen, for answers that prove nothing by themselves.

    Their arguments are secret until then, so the answer cannot have been made to fit them.
    """

    draw: Callable[[Inputs, np.random.Generator], tuple[Inputs, ...]]
    """From the inputs of the call, those of the further calls."""
    check: Callable[[Inputs, Outputs, tuple[Answered, ...]], Difference | None]
    """`check(inputs, outputs, further)`, with each further call's inputs and outputs: None where they go together."""


@dataclass(frozen=True)
class Size:
    """What a task's statement calls the size of a problem, where one number is all of it."""

    name: str
    of: Callable[[Inputs], float]


Draw: TypeAlias = "Callable[[tuple[Answered, ...], Figure], Callable[[int], None] | None]"
"""Draws the answers to a picture's cases, in their order, on an empty matplotlib figure.

Of an animation, which it draws as it begins, it returns what changes the figure to the frame of a number, from 0. Answers have
the declared dtypes and shapes; they may be wrong, and hold NaN.
"""


@dataclass(frozen=True)
class Picture:
    """What is drawn of a submission's answers to some calls.

    The figure's ground is the reader's paper, light or dark, and so are matplotlib's defaults for lines and text: what is to be
    drawn in the colour of the paper has `figure.get_facecolor()`.
    """

    name: str
    """Part of a file's name: small letters, digits and hyphens."""
    title: str
    about: str
    """What there is to see, for whoever does not see it."""
    cases: tuple[Case, ...]
    """The calls. All of a task's are drawn from equal generators; one that stands in several pictures is made once."""
    draw: Draw
    frames: int = 1
    """More than one for an animation."""
    frame_time_s: float = 0.12
    size_inches: tuple[float, float] = (7.0, 5.0)


@dataclass(frozen=True)
class Parameter:
    """One parameter of the task's function, with the annotation's text (`"float64[n,k]"`)."""

    name: str
    annotation: str


@dataclass(frozen=True)
class Interface:
    """The task's signature, as the naive reference states it."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    docstring: str

    def __str__(self) -> str:
        """`name(a: float64[n,k], …) -> float64[n,m]`."""
        inside = ", ".join(f"{parameter.name}: {parameter.annotation}" for parameter in self.parameters)
        return f"{self.name}({inside}) -> {self.returns}"


@dataclass(frozen=True)
class Task:
    """What the engine knows of a task; `tasks/<name>/task.py` makes one."""

    title: str
    work_unit: str
    """What `work` counts, in the plural: "pixel-iterations", "flop"."""
    outputs: Callable[[Inputs], tuple[ArraySpec, ...]]
    expect: Callable[[Inputs], Any]
    """The trusted answer to one call's inputs, in whatever form `check` and `work` want; it must not change the inputs.

    Computed once per inputs and shared by all competitors; the inputs of several calls may be prepared in several threads.
    """
    check: Callable[[Inputs, Outputs, Any], Difference | None]
    """`check(inputs, outputs, expected)`: None where right. Outputs have the declared dtypes and shapes, and may hold NaN."""
    work: Callable[[Inputs, Any], float]
    """`work(inputs, expected)`: the units of work one call has to do."""
    check_cases: tuple[Case, ...]
    """From the smallest to the largest: the first that fails is the one shown. The secret ones follow the public ones."""
    benchmark_cases: tuple[Case, ...]
    """From the smallest to the largest. Random inputs change the answer, and the work by 1 % at most."""
    mistakes: tuple[Mistake, ...] = ()
    size: Size | None = None
    """Of the benchmark cases' inputs: the growth of the time is told by it, beside that by work."""
    least_operations: float | None = None
    """The fewest arithmetic operations that any honest program needs for a unit of work, however clever: a call that would need
    more of them a second than the machine can make is looked at by a person. None where there is no such number."""
    usual_operations: Callable[[Inputs, Any], float] | None = None
    """`usual_operations(inputs, expected)`: the additions and multiplications in double precision that one call takes by the
    algorithm that is usual for it, as the field counts them: a program's speed is shown as a share of what the machine makes of
    so many. Unlike `least_operations`, of which it is at least as many, it proves nothing: a better algorithm may take fewer.
    None where it is not such operations that take the time."""
    follow_up: FollowUp | None = None
    review: Callable[[Inputs, Outputs, Any], str | None] | None = None
    """`review(inputs, outputs, expected)` of an answer that passed `check`: what only a person can decide, in a sentence with
    its evidence; None where there is nothing. The answer stays correct, and is not ranked before somebody has looked."""
    tolerance_used: Callable[[Inputs, Outputs, Any], float] | None = None
    """The greatest share of its tolerance that any value of an answer uses; above 1 is wrong. For tests of the checker."""
    solution: Callable[[Inputs, Any], Outputs] | None = None
    """`solution(inputs, expected)`: the right outputs, where there is one answer up to rounding: they are shown beside a wrong
    one. None where many answers are right."""
    shrink: Callable[[Inputs], Iterator[Inputs]] | None = None
    """`shrink(inputs)`: smaller inputs that are as valid, the most drastic first: fewer items, fewer steps, rounder numbers
    (`grader.content.smaller` has what they are made of). With it, a student is shown the smallest call that was found to fail
    like the first; None where nothing is smaller."""
    variant_of: str | None = None
    """The task whose code judges this one, too, because it is the same problem under another profile: its `task.py` comes from
    `task_beside`, and what changes there changes this task's version."""
    profile: Profile = Profile.SINGLE
    """What a submission may use beside its own process: `COMPILE` is for builds, and no task's."""
    cores: int | None = None
    """How many cores a submission may keep busy, where `[tasks.<name>] threads` of the course says so; else by its profile."""
    pictures: tuple[Picture, ...] = ()
    """The first is drawn of answers that every check proves: a criterion `by = "picture"` asks for them."""


@dataclass(frozen=True)
class LoadedTask:
    """A task with its name, its interface, and the version that says whether stored results still hold."""

    name: str
    folder: Path
    interface: Interface
    version: str
    task: Task

    @property
    def case_names(self) -> tuple[str, ...]:
        """The benchmark cases, from the smallest to the largest."""
        return tuple(case.name for case in self.task.benchmark_cases)

    @property
    def cases(self) -> tuple[Case, ...]:
        """All that somebody may be called with: those of the check, of the benchmark, and of the pictures."""
        return all_cases(self.task)

    def on_cores(self, cores: int) -> "LoadedTask":
        """The same on so many cores of the machine's budget: other results than those on all of them.

        Benchmark cases are made by no more MPI processes than these.
        """
        version = _digest(self.version.encode(), b"cores", str(cores).encode())
        cases = tuple(replace(case, processes=min(case.processes, cores)) for case in self.task.benchmark_cases)
        return replace(self, version=version, task=replace(self.task, cores=cores, benchmark_cases=cases))


def all_cases(task: Task) -> tuple[Case, ...]:
    """Those of its check, of its benchmark, and of its pictures."""
    pictured = (case for picture in task.pictures for case in picture.cases)
    return (*task.check_cases, *task.benchmark_cases, *pictured)


def task_names(course_folder: Path) -> tuple[str, ...]:
    """The folders of `tasks/` that hold a `task.py`, sorted."""
    return tuple(sorted(path.parent.name for path in (course_folder / "tasks").glob("*/task.py")))


def load_task(course_folder: Path, name: str) -> LoadedTask:
    """Import `tasks/<name>/task.py` (trusted) and read the interface from `reference/naive/<name>.py` (as text)."""
    folder = course_folder / "tasks" / name
    path = folder / "task.py"
    if not path.is_file():
        raise UsageError(
            f"there is no task {name!r} in {course_folder / 'tasks'}{did_you_mean(name, task_names(course_folder))}"
        )
    naive = course_folder / "reference" / "naive" / f"{name}.py"
    if not naive.is_file():
        raise GraderError(f"task {name!r} has no reference/naive/{name}.py, which states its interface")
    task = _task_of(path, name)
    folders = (folder, *((folder.with_name(task.variant_of),) if task.variant_of else ()))
    files = (*(file for one in folders for file in _code(one)), naive)
    return LoadedTask(
        name=name,
        folder=folder,
        interface=read_interface(naive.read_bytes(), name),
        version=_digest(*(file.read_bytes() for file in files)),
        task=task,
    )


# For a task's own code


def module_beside(file: str, name: str) -> ModuleType:
    """A further module of a task's folder, for its code: `module_beside(__file__, "kernels.py")`.

    It is known under a name of its own task's, since other tasks have modules of the same file name.
    """
    path = Path(file).with_name(name)
    return _import_task(path, f"{path.parent.name}_{path.stem}")


def task_beside(file: str, name: str) -> ModuleType:
    """The `task.py` of another task of the course, which this one is a variant of: `task_beside(__file__, "julia")`."""
    folder = Path(file).parent
    return _import_task(folder.with_name(name) / "task.py", f"{folder.name}_variant_of_{name}")


def secret_beside(file: str, name: str) -> ModuleType | None:
    """The same for a module of the folder's `secret/`; None in a student's copy, which has no such folder."""
    path = Path(file).with_name(SECRET_FOLDER) / name
    if not path.parent.is_dir():
        return None
    return _import_task(path, f"{Path(file).parent.name}_{SECRET_FOLDER}_{path.stem}")


def naive_beside(file: str) -> ModuleType:
    """The task's naive reference, for its own code: what a student's copy computes its expected answers with."""
    name = Path(file).parent.name
    return _import_task(Path(file).parents[2] / "reference" / "naive" / f"{name}.py", f"{name}_naive")


# The interface


def read_interface(source: str | bytes, name: str) -> Interface:
    """The interface from the source of the naive reference: annotations are text and stand as written."""
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise GraderError(f"reference/naive/{name}.py, line {error.lineno}: {error.msg}") from error
    for node in body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return Interface(
                name=name,
                parameters=tuple(Parameter(argument.arg, _annotation(argument.annotation)) for argument in node.args.args),
                returns=_annotation(node.returns),
                docstring=ast.get_docstring(node) or "",
            )
    raise GraderError(f"reference/naive/{name}.py defines no function {name!r}")


def _code(folder: Path) -> list[Path]:
    """The files that decide what is right and what is measured: all of the task's code but the students' starter."""
    files = (*folder.glob("*.py"), *(folder / SECRET_FOLDER).glob("*.py"))
    return sorted(file for file in files if file.name != "starter.py")


def _annotation(node: ast.expr | None) -> str:
    if node is None:
        return ""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)


def _task_of(path: Path, name: str) -> Task:
    """`TASK` of `task.py`; its secret cases, where it has any, come last."""
    module = _import_task(path, name)
    task = getattr(module, "TASK", None)
    if not isinstance(task, Task):
        raise GraderError(f"{path} must define TASK = Task(...)")
    secret = (replace(case, public=False) for case in _secret_cases(path.parent / SECRET_FOLDER / CASES_FILE, name, module))
    task = replace(task, check_cases=(*task.check_cases, *secret))
    _require_processes(path, task)
    return task


def _require_processes(path: Path, task: Task) -> None:
    """GraderError where a case names processes that the task's profile does not start."""
    for case in all_cases(task):
        if case.processes < 1 or (case.processes > 1 and task.profile is not Profile.MPI):
            remedy = "name 1 or more" if case.processes < 1 else "set profile=Profile.MPI, or leave `processes` out"
            raise GraderError(f"{path}: the case {case.name!r} names {case.processes} processes: {remedy}")


def _secret_cases(path: Path, name: str, task: ModuleType) -> tuple[Case, ...]:
    """What `secret/cases.py` makes with the functions of `task.py`; nothing, where there is no such file."""
    if not path.is_file():
        return ()
    make = getattr(_import_task(path, f"{name}_{SECRET_FOLDER}_{path.stem}"), "secret_cases", None)
    try:
        cases = tuple(make(task)) if callable(make) else ()
    except Exception as error:
        raise GraderError(f"{path} fails: {type(error).__name__}: {error}") from error
    if not cases or not all(isinstance(case, Case) for case in cases):
        raise GraderError(f"{path} must define secret_cases(task), which makes Cases with what task.py defines")
    return cases


def _import_task(path: Path, name: str) -> ModuleType:
    """Import the course's own code; whatever it raises is the course's fault, not a student's."""
    module_name = f"course_task_{name}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise GraderError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise GraderError(f"{path} fails to import: {type(error).__name__}: {error}") from error
    return module


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()[:16]
