"""What the tests of all tasks share: loading a task with its references and variants, and the whole judgement of one call."""

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import numpy as np
from matplotlib.figure import Figure

from grader.content.submission import authors
from grader.content.task import (
    Answered,
    ArraySpec,
    Case,
    Difference,
    Inputs,
    LoadedTask,
    Mistake,
    Outputs,
    Picture,
    Task,
    load_task,
)

COURSE = Path(__file__).parents[2]
LEVELS = tuple(level for level in authors(COURSE / "reference") if level != "mpi")
"""Whose programs can be called in this process; those of `mpi` are called by `test_with_mpi.py`."""

Variant: TypeAlias = Callable[..., Any]
"""A way to compute the task, called and answering as a submission does."""


@dataclass(frozen=True)
class TaskUnderTest:
    """A task of the course with all the ways to compute it that its tests know."""

    loaded: LoadedTask
    references: Mapping[str, Variant]
    honest: Mapping[str, Variant]
    """The references among them."""
    wrong: Mapping[str, Variant]

    @property
    def name(self) -> str:
        return self.loaded.name

    @property
    def task(self) -> Task:
        return self.loaded.task

    @property
    def fastest(self) -> Variant:
        """The reference that takes the shortest time."""
        return next(self.references[level] for level in ("tuned", "numba", "numpy") if level in self.references)

    @property
    def own_mistakes(self) -> dict[str, Mistake]:
        """By name; without those that are another task's of which this one is a variant."""
        first = self.task.variant_of
        inherited = {mistake.name for mistake in task_under_test(first).task.mistakes} if first else set()
        return {mistake.name: mistake for mistake in self.task.mistakes if mistake.name not in inherited}


@cache
def module_at(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{'_'.join(path.with_suffix('').parts[-3:])}_under_test", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # what it hands to other processes is named by its module
    spec.loader.exec_module(module)
    return module


@cache
def task_under_test(name: str) -> TaskUnderTest:
    variants = module_at(Path(__file__).with_name(f"{name}_variants.py"))
    references = {level: reference(level, name) for level in LEVELS if (COURSE / "reference" / level / f"{name}.py").is_file()}
    named = {f"reference {level}": function for level, function in references.items()}
    return TaskUnderTest(load_task(COURSE, name), references, {**variants.HONEST, **named}, variants.WRONG)


def has_variants(name: str) -> bool:
    return Path(__file__).with_name(f"{name}_variants.py").is_file()


def reference(level: str, name: str) -> Variant:
    function: Variant = getattr(module_at(COURSE / "reference" / level / f"{name}.py"), name)
    return function


def drawn(case: Case, seed: int = 0) -> Inputs:
    return case.draw(np.random.default_rng(seed))


def case_named(task: Task, name: str) -> Case:
    return next(case for case in (*task.check_cases, *task.benchmark_cases) if case.name == name)


def own_copy(inputs: Inputs) -> Inputs:
    return tuple(value.copy() if isinstance(value, np.ndarray) else value for value in inputs)


def picture_of(task: Task, name: str) -> Picture:
    return next(picture for picture in task.pictures if picture.name == name)


def figure_of_answers(picture: Picture, *answers: Answered) -> Figure:
    """What a picture draws of these answers."""
    figure = Figure(layout="constrained")
    picture.draw(answers, figure)
    figure.draw_without_rendering()
    return figure


def answer_of(task: Task, compute: Variant, inputs: Inputs) -> Outputs:
    """What a variant returns, as the worker would hand it over: in the declared dtypes and shapes, which must hold it."""
    result = compute(*own_copy(inputs))
    specs = task.outputs(inputs)
    results = (result,) if len(specs) == 1 else result
    assert len(results) == len(specs)
    return tuple(_declared(one, spec) for one, spec in zip(results, specs, strict=True))


def _declared(result: object, spec: ArraySpec) -> np.ndarray[Any, Any]:
    array = np.asarray(result)
    declared = array.astype(spec.dtype)
    assert array.shape == spec.shape
    np.testing.assert_array_equal(declared.astype(array.dtype), array)
    return declared


def verdict_of(task: Task, compute: Variant, inputs: Inputs, seed: int = 0) -> Difference | None:
    """The whole judgement of one call: the answer by itself, and then beside the further calls that the task asks for."""
    answer = answer_of(task, compute, inputs)
    difference = task.check(inputs, answer, task.expect(inputs))
    return difference or further_difference(task, compute, inputs, answer, seed)


def further_difference(task: Task, compute: Variant, inputs: Inputs, answer: Outputs, seed: int = 0) -> Difference | None:
    """What the further calls that the task asks for find; None where it asks for none."""
    if task.follow_up is None:
        return None
    further = task.follow_up.draw(inputs, np.random.default_rng([seed, 1]))
    return task.follow_up.check(inputs, answer, tuple((one, answer_of(task, compute, one)) for one in further))


def rejected_somewhere(task: Task, compute: Variant) -> bool:
    return any(verdict_of(task, compute, drawn(case)) is not None for case in task.check_cases)
