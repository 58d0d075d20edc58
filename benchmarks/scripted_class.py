"""A large class whose submissions are scripts: what the engine itself takes, apart from students' code and the machine's noise.

Its seven tasks are all to double an array. Every author has a pace, and every process and call of theirs scatters about it.
"""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.course_files import write_file
from grader.content.task import Inputs
from grader.execution.interface import Backend
from grader.grading.session import Session
from grader.testing import Script, ScriptedBackend

TASKS = tuple(f"double_{letter}" for letter in "abcdefg")

_LEVELS_PACE_S = {"naive": 1e-4, "numpy": 1e-5, "numba": 2e-6, "tuned": 1e-6}
"""Seconds per number. A student is anywhere between the slowest and the fastest, more often near one of them."""
_NEAR_A_LEVEL = 0.5
"""The share of students who are."""
_STEPS = 8
"""Students who are near a level have one of so many paces, 1 % apart: many are equal."""
_BETWEEN_WORKERS, _BETWEEN_CALLS = 0.006, 0.004
"""Standard deviations of log times, as seen of real processes (docs/measuring.md)."""
_WRONG, _RARELY_STEADY = 0.03, 0.02
"""The shares of the class whose answers are wrong, and whose processes scatter by `_ERRATIC`."""
_ERRATIC = 0.1
_FIRST_SEED = 1000
"""Of the students' scripts; the references' are below."""

Numbers: TypeAlias = NDArray[np.float64]

_COURSE = """
[course]
title = "A large class"
term = "autumn"
machine = "any"

[machines.any]
threads = 1
"""

_ASSIGNMENT = """
[[assignments]]
id = "{task}"
title = "Doubling"
kind = "lab"
tasks = ["{task}"]
full_marks = "numba"
criteria = [
    {{ id = "correct", text = "It is right", points = 1, by = "correct" }},
    {{ id = "speed", text = "It is fast", points = 4, by = "speed" }},
]
"""

_TASK = dedent('''
    """Double an array."""

    import numpy as np

    from grader.content.task import ArraySpec, Case, Difference, Task


    def numbers(size):
        return lambda generator: (generator.random(size) + 1,)


    def compare(inputs, outputs, expected):
        wrong = np.flatnonzero(outputs[0] != expected)
        return Difference(f"{len(wrong)} differ", f"[{wrong[0]}]", "this", "that") if len(wrong) else None


    TASK = Task(
        title="Double",
        work_unit="numbers",
        outputs=lambda inputs: (ArraySpec("float64", inputs[0].shape),),
        expect=lambda inputs: 2 * inputs[0],
        check=compare,
        work=lambda inputs, expected: float(inputs[0].size),
        check_cases=(Case("one", numbers(1)), Case("seven", numbers(7))),
        benchmark_cases=(Case("small", numbers(100)), Case("medium", numbers(1_000)), Case("large", numbers(10_000))),
    )
''')

_CODE = 'def {task}(x: "float64[n]") -> "float64[n]":\n    return 2 * x\n'


class ScriptedClass:
    """The course of the seven tasks in a folder, and the scripts behind its authors."""

    def __init__(self, folder: Path, tasks: tuple[str, ...], seed: int) -> None:
        self.folder = folder
        self.tasks = tasks
        self._generator = np.random.default_rng(seed)
        self._scripts: dict[str, Script] = {}
        write_file(folder / "course.toml", _COURSE + "".join(_ASSIGNMENT.format(task=task) for task in tasks))
        for task in tasks:
            write_file(folder / "tasks" / task / "task.py", _TASK)
        for number, (level, pace_s) in enumerate(_LEVELS_PACE_S.items()):
            self._hand_in(folder / "reference" / level, _script(pace_s, _BETWEEN_WORKERS, number))
        (folder / "submissions").mkdir()

    def backend(self, _session: Session) -> Backend:
        """What plays the scripts."""
        return ScriptedBackend(self._scripts)

    def add_students(self, count: int) -> None:
        """Students, each of whom hands in every task."""
        for number, pace_s in enumerate(_paces_s(count, self._generator)):
            scatter = _ERRATIC if self._generator.random() < _RARELY_STEADY else _BETWEEN_WORKERS
            script = _script(pace_s, scatter, _FIRST_SEED + number, wrong=bool(self._generator.random() < _WRONG))
            self._hand_in(self._folder_of(number), script)

    def change(self, number: int) -> None:
        """A student hands in the first task once more, with other text."""
        path = self._folder_of(number) / f"{self.tasks[0]}.py"
        path.write_text(f"{path.read_text(encoding='utf-8')}# once more\n", encoding="utf-8")

    def _folder_of(self, number: int) -> Path:
        return self.folder / "submissions" / f"student_{number:04}"

    def _hand_in(self, folder: Path, script: Script) -> None:
        self._scripts[folder.name] = script
        for task in self.tasks:
            write_file(folder / f"{task}.py", _CODE.format(task=task))


def _paces_s(count: int, generator: np.random.Generator) -> Iterator[float]:
    levels = np.array(list(_LEVELS_PACE_S.values()))
    for _ in range(count):
        if generator.random() < _NEAR_A_LEVEL:
            yield float(generator.choice(levels) * 1.01 ** generator.integers(_STEPS))
        else:
            yield float(np.exp(generator.uniform(*np.log((levels.min(), levels.max())))))


def _script(pace_s: float, scatter: float, seed: int, *, wrong: bool = False) -> Script:
    generator = np.random.default_rng(seed)
    level = 1.0

    def call_s(inputs: Inputs, number: int) -> float:
        nonlocal level
        if number == 0:
            level = generator.lognormal(sigma=scatter)
        (x,) = inputs
        return float(pace_s * np.size(x) * level * generator.lognormal(sigma=_BETWEEN_CALLS))

    return Script(_tripled if wrong else _doubled, call_s)


def _doubled(x: Numbers) -> Any:  # noqa: ANN401 -- a script may answer with anything
    return 2 * x


def _tripled(x: Numbers) -> Any:  # noqa: ANN401 -- the same
    return 3 * x
