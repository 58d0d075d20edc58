"""A large class of real code: students' variants of the references, with real differences, drawn from a seed.

A variant has a level that it started from, compiler options, constants (tile, panel, lanes) and superfluous work of its own. A
few are wrong, fail, or hand in nothing.
"""

import re
import shutil
from pathlib import Path
from random import Random

from benchmarks.figures import COURSE
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.session import Session

_LEVELS = {"naive": 2, "numpy": 4, "numba": 4, "tuned": 1}
"""What students start from, by how many do."""
_DECORATORS = ("@njit", "@njit(boundscheck=True)", '@njit(error_model="numpy")', "@njit(nogil=True)", "@njit(inline='never')")
_CONSTANTS = {"LANES": (256, 512, 2048), "PANEL_DEPTH": (64, 256), "PANEL_WIDTH": (128, 512), "STEPS": (2, 8)}
"""Constants of the tuned references that change the speed and not the answer."""
_MOST_COPIES = 8

_WRONG, _FAILING, _MISSING = 0.03, 0.01, 0.03

_COPIES = """

_own_{task} = {task}


def {task}(*arguments):
    result = _own_{task}(*arguments)
    for _ in range({copies}):
        result = tuple(part.copy() for part in result) if isinstance(result, tuple) else result.copy()
    return result
"""
_OFF_BY_ONE = """

_own_{task} = {task}


def {task}(*arguments):
    result = _own_{task}(*arguments)
    return tuple(part + 1 for part in result) if isinstance(result, tuple) else result + 1
"""
_RAISES = """

def {task}(*arguments):
    raise NotImplementedError("to do")
"""


class VariantClass:
    """The sample course in a folder of its own, with a class of variants; they run in this machine's sandbox."""

    def __init__(self, folder: Path, tasks: tuple[str, ...], seed: int) -> None:
        self.folder = folder
        self.tasks = tasks
        self._seed = seed
        for name in ("tasks", "reference"):
            shutil.copytree(COURSE / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(COURSE / "course.toml", folder)
        self._submissions.mkdir()

    def backend(self, session: Session) -> Backend:
        """The sandbox."""
        return choose_backend(session.course.machine, session.course.limits, trust_code=False)

    def add_students(self, count: int) -> None:
        """So many; each hands in every task, or nearly."""
        for number in range(count):
            generator = Random(f"{self._seed} {number}")  # noqa: S311 -- nothing secret is made of it
            author = self._submissions / f"student_{number:04}"
            author.mkdir(parents=True)
            for task in self.tasks:
                if generator.random() >= _MISSING:
                    self._hand_in(author, task, generator)

    def change(self, number: int) -> None:
        """A student hands in the first task that there is once more, with other text."""
        author = self._submissions / f"student_{number:04}"
        path = next(author / f"{task}.py" for task in self.tasks if (author / f"{task}.py").exists())
        path.write_text(f"{path.read_text(encoding='utf-8')}\n# once more\n", encoding="utf-8")

    @property
    def _submissions(self) -> Path:
        return self.folder / "submissions"

    def _hand_in(self, author: Path, task: str, generator: Random) -> None:
        level = generator.choices(list(_LEVELS), list(_LEVELS.values()))[0]
        text = (self.folder / "reference" / level / f"{task}.py").read_text(encoding="utf-8")
        text = re.sub(r"^@njit$", generator.choice(_DECORATORS), text, flags=re.MULTILINE)
        for name, values in _CONSTANTS.items():
            text = re.sub(rf"^{name} = \d+", f"{name} = {generator.choice(values)}", text, flags=re.MULTILINE)
        kind = generator.random()
        end = _OFF_BY_ONE if kind < _WRONG else _RAISES if kind < _WRONG + _FAILING else _COPIES
        text += end.format(task=task, copies=generator.randrange(_MOST_COPIES))
        (author / f"{task}.py").write_text(text, encoding="utf-8")
