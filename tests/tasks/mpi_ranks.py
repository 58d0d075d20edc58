"""One MPI process of several, which call the references of level `mpi`: `mpiexec -n 3 python -m tests.tasks.mpi_ranks FILE`.

Rank 0 writes what it answers to each check case of so many processes, as an archive of NumPy's: `task/case/output`. Nothing is
judged here, and little imported: there may be more processes than cores.
"""

import importlib.util
import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI

from grader.content.task import Array, load_task, task_names
from grader.profiles import Profile

COURSE = Path(__file__).parents[2]


def answers(comm: MPI.Comm) -> dict[str, Array]:
    """Every rank calls with inputs of its own; others than rank 0 must answer nothing, so that nobody relies on it."""
    found: dict[str, Array] = {}
    for name in task_names(COURSE):
        task = load_task(COURSE, name).task
        if task.profile is not Profile.MPI:
            continue
        spec = importlib.util.spec_from_file_location(f"mpi_{name}", COURSE / "reference" / "mpi" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for case in (one for one in task.check_cases if one.processes == comm.size):
            result = getattr(module, name)(*case.draw(np.random.default_rng(0)))
            if comm.rank == 0:
                outputs = result if isinstance(result, tuple) else (result,)
                found |= {f"{name}/{case.name}/{number}": np.asarray(output) for number, output in enumerate(outputs)}
            else:
                assert result is None, f"rank {comm.rank} answered in {name}: {case.name}"
    return found


if __name__ == "__main__":
    of_all = answers(MPI.COMM_WORLD)
    if MPI.COMM_WORLD.rank == 0:
        np.savez(Path(sys.argv[1]), **of_all)  # type: ignore[arg-type]  # one of its own parameters is a bool
