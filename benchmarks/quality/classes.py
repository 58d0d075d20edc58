"""The classes: kernels of different kinds, and of each the programs whose true order is known."""

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.profiles import Profile

PIECES = 200
"""Of equal work in a call of a base program: 1 % more work is two pieces more, one for each of two threads."""

THREADS = 2
"""The budget of the course's machine; without so many cores, kernels of several threads are left out."""

_FOLDER = Path(__file__).parent / "kernels"


@dataclass(frozen=True)
class Kernel:
    """One kind of work; `kernels/<name>.py` is its base program, and the name is the task's too."""

    name: str
    title: str
    about: str
    profile: Profile = Profile.SINGLE

    @property
    def source(self) -> str:
        """The text of the base program."""
        return (_FOLDER / f"{self.name}.py").read_text(encoding="utf-8")


KERNELS = (
    Kernel("pure_python", "pure Python", "a recurrence in an interpreted loop"),
    Kernel("compute", "NumPy in the cache", "an exponential of few numbers"),
    Kernel("memory", "NumPy from memory", "the sum of an array larger than the cache"),
    Kernel("sorting", "sorting", "a merge sort of scrambled numbers, whose branches nobody can predict"),
    Kernel("allocation", "small objects", "tuples in lists in a dictionary, made and thrown away"),
    Kernel("compiled", "Numba", "a recurrence in a scalar loop"),
    Kernel("threads", "Numba, two threads", "the same, its pieces shared out over two threads", Profile.THREADS),
)


class Text(StrEnum):
    """How a program's text differs from the base program's, beside the amount of work."""

    SAME = "same"
    REWORDED = "reworded"
    """Comments, names of variables, an unused import, an unused function."""


@dataclass(frozen=True)
class Program:
    """One author's program: the base program with `percent` % more work."""

    author: str
    percent: int
    text: Text = Text.SAME


BASE = Program("base", 0)
PROGRAMS = (
    BASE,
    Program("copy", 0),
    Program("reworded", 0, Text.REWORDED),
    *(Program(f"more-{percent:02}", percent) for percent in (1, 2, 4, 5, 6, 8, 10)),
    Program("more-02-copy", 2),
    Program("more-05-copy", 5),
)
LADDER = ("base", "more-02", "more-04", "more-06", "more-08", "more-10")
"""The authors whose order is compared from grading to grading."""

_OTHER_WORDS = {"piece": "portion", "results": "answers", "number": "index", "total": "summed", "groups": "buckets"}
_SEVERAL_COMMENTS = "# Written from scratch.\n# The idea: first every number once,\n# and then what is left to do.\n"
_NEVER_CALLED = '\n\ndef never_called(rows):\n    """Nobody calls this."""\n    return sorted(rows, key=len)[::-1]\n'


def source_of(kernel: Kernel, program: Program, size: int) -> str:
    """The text that this author hands in, with pieces of `size`."""
    text = re.sub(r"(?m)^SIZE = .*$", f"SIZE = {size}", kernel.source, count=1)
    text = re.sub(r"(?m)^PERCENT = .*$", f"PERCENT = {program.percent}", text, count=1)
    return _reworded(text) if program.text is Text.REWORDED else text


def _reworded(text: str) -> str:
    for word, other in _OTHER_WORDS.items():
        text = re.sub(rf"\b{word}\b", other, text)
    with_import = text.replace("\nimport numpy as np\n", "\nimport string\n\nimport numpy as np\n", 1)
    return _SEVERAL_COMMENTS + with_import + _NEVER_CALLED
