"""What every other tool is given, and what comes back."""

import itertools
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from benchmarks.quality.classes import PIECES, THREADS, Kernel, Program
from benchmarks.quality.course import path_of
from benchmarks.quality.merit import Outcome
from grader.errors import GraderError

_PATIENCE_S = 600.0

PROGRAMS_MODULE = f'''\
"""The programs of one kernel, as the other tools call them."""

import functools
import importlib.util
import sys
from pathlib import Path

import numpy as np

X = np.random.default_rng(0).uniform(0.1, 1.0, {PIECES})


@functools.cache
def load(path):
    """The function of a hand-in; what Numba compiles is kept beside the file, as the grader keeps it for later runs."""
    name, author = Path(path).stem, Path(path).parent.name
    spec = importlib.util.spec_from_file_location(f"{{name}} of {{author}}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where Numba looks for what it compiled
    spec.loader.exec_module(module)
    for value in vars(module).values():
        if hasattr(value, "enable_caching"):
            value.enable_caching()
    return getattr(module, name)


def call(path):
    """One call of a hand-in's function."""
    return load(path)(X)
'''


@dataclass(frozen=True)
class Field:
    """The programs of one kernel, for one session of a tool in a folder of its own."""

    folder: Path
    kernel: Kernel
    paths: Mapping[str, Path]
    """The file of each author."""
    seconds: float
    """For each program, where the tool lets one say so."""

    def run(self, *command: str) -> str:
        """Run a command in the folder, on no cores in particular; what it prints.

        Raises:
            GraderError: It failed.
        """
        done = subprocess.run(
            command,
            cwd=self.folder,
            env={**_own_environment(), **_threads(self.kernel), **_places(self.folder)},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
        if done.returncode != 0:
            raise GraderError(f"{command[0]} failed on {self.kernel.name}:\n{(done.stdout + done.stderr)[-2000:]}")
        return done.stdout

    def python(self, *words: str) -> str:
        """The same with this interpreter."""
        return self.run(sys.executable, *words)


@dataclass(frozen=True)
class Heard:
    """What a tool said."""

    times_s: Mapping[str, float]
    """Its headline figure of each author's program."""
    differ: Callable[[str, str], bool]
    """Whether two authors' programs differ, by the tool's own rule; the headline figures say which one is faster."""


class Rival(Protocol):
    """A tool."""

    @property
    def name(self) -> str:
        """As its authors write it."""

    @property
    def about(self) -> str:
        """The command, its options, and the rule by which it calls two programs different."""

    def missing(self) -> str | None:
        """Why it cannot be used here; None where it can."""

    def hear(self, field: Field) -> Heard:
        """One session."""


def field_of(course: Path, folder: Path, kernel: Kernel, programs: Sequence[Program], seconds: float) -> Field:
    """A folder with what every tool needs, and with the kernel compiled where that takes long."""
    folder.mkdir(parents=True)
    (folder / "programs.py").write_text(PROGRAMS_MODULE, encoding="utf-8")
    paths = {program.author: path_of(course, kernel, program) for program in programs}
    field = Field(folder, kernel, paths, seconds)
    field.python("-c", f"import programs; [programs.call(path) for path in {list(map(str, paths.values()))!r}]")
    return field


def outcome_of(rival: Rival, field: Field) -> Outcome:
    """One session as an outcome, like a grading's."""
    start = time.monotonic()
    heard = rival.hear(field)
    seconds = time.monotonic() - start
    faster = {
        (one, other) if heard.times_s[one] < heard.times_s[other] else (other, one)
        for one, other in itertools.combinations(heard.times_s, 2)
        if heard.differ(one, other)
    }
    return Outcome({author: math.log(time_s) for author, time_s in heard.times_s.items()}, frozenset(faster), seconds)


def _places(folder: Path) -> dict[str, str]:
    """Where modules are found, under the names that the tools look for; and a home, since asv writes into it."""
    return dict.fromkeys(("PYTHONPATH", "ASV_PYTHONPATH", "HOME"), str(folder))


def _own_environment() -> dict[str, str]:
    """This process's, without what a test runner says to its own processes."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


def _threads(kernel: Kernel) -> dict[str, str]:
    cores = str(kernel.profile.cores(THREADS))
    return {"NUMBA_NUM_THREADS": cores, "OMP_NUM_THREADS": cores, "OPENBLAS_NUM_THREADS": cores}
