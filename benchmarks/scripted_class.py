"""A large class whose submissions are scripts: what the engine itself takes, apart from students' code and the machine's noise.

Its seven tasks are all to double an array. Every author has a pace, and every process and call of theirs scatters about it.
"""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from grader.content.task import Inputs
from grader.testing import Script, ScriptedBackend

TASKS = tuple(f"double_{letter}" for letter in "abcdefg")

_LEVELS_PACE_S = {"naive": 1e-4, "numpy": 1e-5, "numba": 2e-6, "tuned": 1e-6}
"""Seconds per number. A student is anywhere between the slowest and the fastest, more often near one of them."""
_STEPS = 8
"""Students who are near a level have one of so many paces, 1 % apart: many are equal."""
_BETWEEN_WORKERS, _BETWEEN_CALLS = 0.006, 0.004
"""Standard deviations of log times, as seen of real processes (docs/measuring.md)."""
_WRONG, _RARELY_STEADY = 0.03, 0.02
_ERRATIC = 0.1

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


def write_course(folder: Path) -> ScriptedBackend:
    """The course with its references, and the backend that plays them; nobody has handed in anything yet."""
    assignments = "".join(_ASSIGNMENT.format(task=task) for task in TASKS)
    _write(folder / "course.toml", _COURSE + assignments)
    for task in TASKS:
        _write(folder / "tasks" / task / "task.py", _TASK)
    for level in _LEVELS_PACE_S:
        _hand_in(folder / "reference" / level)
    (folder / "submissions").mkdir()
    return ScriptedBackend(
        {level: _script(pace_s, _BETWEEN_WORKERS, number) for number, (level, pace_s) in enumerate(_LEVELS_PACE_S.items())}
    )


def add_students(folder: Path, backend: ScriptedBackend, count: int, seed: int) -> None:
    """Students, each of whom hands in every task."""
    generator = np.random.default_rng(seed)
    for number, pace_s in enumerate(_paces_s(count, generator)):
        author = f"student_{number:04}"
        _hand_in(folder / "submissions" / author)
        scatter = _ERRATIC if generator.random() < _RARELY_STEADY else _BETWEEN_WORKERS
        backend.scripts[author] = _script(pace_s, scatter, 1000 + number, wrong=bool(generator.random() < _WRONG))


def change(folder: Path, author: str) -> None:
    """An author hands in the first task once more, with other text."""
    path = folder / "submissions" / author / f"{TASKS[0]}.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}# once more\n", encoding="utf-8")


def _paces_s(count: int, generator: np.random.Generator) -> Iterator[float]:
    levels = np.array(list(_LEVELS_PACE_S.values()))
    for _ in range(count):
        if generator.random() < 0.5:  # noqa: PLR2004 -- half of them
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


def _hand_in(folder: Path) -> None:
    for task in TASKS:
        _write(folder / f"{task}.py", _CODE.format(task=task))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
