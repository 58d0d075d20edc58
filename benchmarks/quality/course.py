"""The classes as a course in a folder, in the shape that the grader grades."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.course_files import write_file
from benchmarks.figures import COURSE
from benchmarks.quality.classes import BASE, PIECES, THREADS, Kernel, Program, source_of
from grader.content.course import Measurement, load_course
from grader.machine import usable_cpus

_COURSE = """\
[course]
title = "Quality"
term = "always"
machine = "here"

[machines.here]
threads = {threads}
preload = ["numpy", "numba"]

[measurement]
{measurement}
"""

_TASK = '''\
"""Right is what `piece` of the base program makes of every number."""

import numpy as np

from grader.content.task import ArraySpec, Case, Difference, Task, module_beside
from grader.profiles import Profile

base = module_beside(__file__, "base.py")


def numbers(count):
    return Case(f"{{count}} pieces", lambda generator: (generator.uniform(0.1, 1.0, count),))


def check(inputs, outputs, expected):
    wrong = np.flatnonzero(~np.isclose(outputs[0], expected, rtol=1e-12, atol=0))
    if len(wrong) == 0:
        return None
    first = wrong[0]
    return Difference(f"{{len(wrong)}} pieces are wrong", f"piece {{first}}", str(expected[first]), str(outputs[0][first]))


TASK = Task(
    title="{title}",
    work_unit="pieces",
    outputs=lambda inputs: (ArraySpec("float64", inputs[0].shape),),
    expect=lambda inputs: np.array([base.piece(number, value) for number, value in enumerate(inputs[0].tolist())]),
    check=check,
    work=lambda inputs, expected: float(len(expected)),
    check_cases=(numbers(1), numbers(7)),
    benchmark_cases=(numbers({pieces}),),
    profile=Profile("{profile}"),
)
'''


def write_course(folder: Path, kernels: Sequence[Kernel], programs: Sequence[Program], sizes: Mapping[str, int]) -> None:
    """All files but `course.toml`: tasks, the base programs as references, and everybody's hand-ins."""
    for kernel in kernels:
        size = sizes[kernel.name]
        task = _TASK.format(title=kernel.title, pieces=PIECES, profile=kernel.profile)
        write_file(folder / "tasks" / kernel.name / "task.py", task)
        write_file(folder / "tasks" / kernel.name / "base.py", source_of(kernel, BASE, size))
        write_file(folder / "reference" / "naive" / f"{kernel.name}.py", source_of(kernel, BASE, size))
        for program in programs:
            write_file(path_of(folder, kernel, program), source_of(kernel, program, size))


def sample_measurement() -> Measurement:
    """How the sample course measures."""
    return load_course(COURSE).measurement


def write_rules(folder: Path, runs: int, programs: Sequence[Program]) -> None:
    """`course.toml`: as the sample course measures, but so many runs of everyone: its rules are applied to them afterwards."""
    so_many = {"min_runs": runs, "max_runs": runs, "budget_s_per_submission": 1e6, "block_size": len(programs) + 1}
    keys = sample_measurement().model_copy(update=so_many).model_dump()
    measurement = "\n".join(f"{key} = {value}" for key, value in keys.items())
    threads = min(THREADS, len(usable_cpus()))
    write_file(folder / "course.toml", _COURSE.format(threads=threads, measurement=measurement))


def path_of(folder: Path, kernel: Kernel, program: Program) -> Path:
    """Where an author's program of a kernel lies."""
    return folder / "submissions" / program.author / f"{kernel.name}.py"
