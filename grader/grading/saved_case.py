"""A case that a submission failed on, from its file to something that can be called again."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from grader.content.case_file import NotACaseError, read_case
from grader.content.task import Case, LoadedTask
from grader.errors import GraderError, UsageError
from grader.grading.check import prepare
from grader.records import PreparedCase


def read_saved_case(task: LoadedTask, path: Path) -> tuple[Case, PreparedCase]:
    """The inputs of a case file; UsageError where it is none, or one of another task."""
    if not path.is_file():
        raise UsageError(f"there is no case file {path}")
    try:
        saved = read_case(path, len(task.interface.parameters))
    except NotACaseError as error:
        raise UsageError(f"{path} {error}") from error
    if saved.task != task.name:
        raise UsageError(f"{path} is a case of {saved.task}, not of {task.name}")
    inputs = tuple(value if value.ndim else value.item() for value in saved.values)
    new = Case(saved.case, lambda _generator: inputs)
    known = next((case for case in task.cases if case.name == saved.case), new)
    try:
        return known, prepare(task.task, replace(known, draw=lambda _generator: inputs), np.random.default_rng())
    except GraderError as error:
        raise UsageError(f"{path} does not fit the task {task.name}: {error}") from error
