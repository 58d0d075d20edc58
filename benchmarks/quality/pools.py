"""Pools of runs: the grader itself checks the classes, and measures them again and again under each load."""

import shutil
import time
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.quality.classes import Kernel, Program
from benchmarks.quality.course import write_rules
from benchmarks.quality.load import loaded
from grader.errors import GraderError
from grader.execution.choose import choose_backend
from grader.execution.interface import Backend
from grader.grading.check_class import Checked, check_class
from grader.grading.measure_class import measure_class
from grader.grading.progress import Silent
from grader.grading.session import Session, open_session, read_class
from grader.store import Store, StoredBlock


@dataclass(frozen=True)
class CheckedClasses:
    """Classes whose programs were all found right: every pool begins with a copy of this store."""

    folder: Path
    programs: tuple[Program, ...]
    backend: Backend
    compiled: MutableMapping[str, bytes]
    seconds: float

    @property
    def store(self) -> Path:
        """What the check stage found."""
        return self.folder / "checked.sqlite"


def check_classes(folder: Path, kernels: Sequence[Kernel], programs: tuple[Program, ...]) -> CheckedClasses:
    """Check every program of the course in the folder.

    Raises:
        GraderError: A program is not accepted, or the grader fails.
    """
    start = time.monotonic()
    session = _session(folder, kernels, programs, runs=2)
    backend = choose_backend(session.course.machine, session.course.limits, trust_code=False)
    everyone = read_class(session)
    checked_path = folder / "checked.sqlite"
    with Store(checked_path) as store:
        store.add_machine(session.machine)
        checked: Checked = check_class(session, everyone, everyone, backend, store, Silent())
        _refuse(checked.faults)
    return CheckedClasses(folder, programs, backend, checked.compiled, time.monotonic() - start)


def record(classes: CheckedClasses, kernels: Sequence[Kernel], runs: int, load: str) -> dict[str, StoredBlock]:
    """So many runs of each kernel's class under a load, by the kernel's name; the kernels take turns, run by run."""
    session = _session(classes.folder, kernels, classes.programs, runs)
    path = classes.folder / f"pool-{load}.sqlite"
    shutil.copy(classes.store, path)
    with Store(path) as store, loaded(load):
        _refuse(measure_class(session, read_class(session), classes.compiled, None, classes.backend, store, Silent()))
        conditions = session.conditions(classes.backend.sandbox)
        return {kernel.name: _whole_block(store.blocks(session.tasks[kernel.name], conditions), classes) for kernel in kernels}


def _session(folder: Path, kernels: Sequence[Kernel], programs: Sequence[Program], runs: int) -> Session:
    write_rules(folder, runs, programs)
    return open_session(folder, None, [kernel.name for kernel in kernels])


def _whole_block(blocks: Sequence[StoredBlock], classes: CheckedClasses) -> StoredBlock:
    """The one block of a class, with everybody in every run."""
    (stored,) = blocks
    missing = {f"student/{program.author}" for program in classes.programs} - {member.key for member in stored.block.members}
    problems = {key: problem for record in stored.runs for key, problem in record.problems.items()}
    if missing or problems:
        raise GraderError(f"{stored.block.task}: not measured: {sorted(missing)}, failed: {problems}")
    return stored


def _refuse(faults: object) -> None:
    if faults:
        raise GraderError(f"the grader failed: {faults}")
