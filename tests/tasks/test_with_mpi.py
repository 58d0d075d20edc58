"""The references of level `mpi` are right with any number of processes, started by Open MPI as at a terminal."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from grader.content.task import load_task, task_names
from grader.profiles import Profile
from tests.tasks.task_under_test import COURSE, drawn

TASKS = {name: task for name in task_names(COURSE) if (task := load_task(COURSE, name).task).profile is Profile.MPI}
MPIEXEC = shutil.which("mpiexec") or ""
MISSING = not MPIEXEC or importlib.util.find_spec("mpi4py") is None

needs_mpi = pytest.mark.skipif(MISSING, reason="needs Open MPI and mpi4py: apt-get install openmpi-bin, pip install mpi4py")


@needs_mpi
@pytest.mark.parametrize("processes", [1, 2, 3, 5])
def test_the_references_answer_every_check_case(processes: int, tmp_path: Path) -> None:
    written = tmp_path / "answers.npz"
    as_root = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    started = subprocess.run(
        [MPIEXEC, "-n", str(processes), "--oversubscribe", sys.executable, "-m", "tests.tasks.mpi_ranks", str(written)],
        cwd=COURSE,
        env={**os.environ, **as_root},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    answers = np.load(written)
    for name, task in TASKS.items():
        for case in (one for one in task.check_cases if one.processes == processes):
            inputs = drawn(case)
            outputs = tuple(answers[f"{name}/{case.name}/{number}"] for number in range(len(task.outputs(inputs))))
            assert [(str(one.dtype), one.shape) for one in outputs] == [(s.dtype, s.shape) for s in task.outputs(inputs)]
            assert task.check(inputs, outputs, task.expect(inputs)) is None, f"{name}: {case.name}"


@pytest.mark.parametrize("name", TASKS)
def test_a_task_starts_mpi_as_seldom_as_it_can(name: str) -> None:
    """Each change of the number of processes starts Open MPI anew; the secret cases come after the public ones."""
    task = TASKS[name]
    for public in (True, False):
        processes = [case.processes for case in task.check_cases if case.public is public]
        assert processes == sorted(processes)
    assert {1, 2, 3, 5} == {case.processes for case in task.check_cases}
    assert {2} == {case.processes for case in task.benchmark_cases}


def test_a_variant_of_a_task_has_its_checker_and_changes_with_it() -> None:
    for name in ("mpi_bifurcation", "mpi_spectrogram"):
        varied = load_task(COURSE, name)
        assert varied.task.variant_of == name.removeprefix("mpi_")
        assert varied.interface.parameters == load_task(COURSE, varied.task.variant_of).interface.parameters
