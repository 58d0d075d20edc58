"""The folder of the jobs, beside the store: what was submitted, and which elements are still open. It survives every kill.

A batch is one job array. Its folder is written before the array is submitted, and its name is not Slurm's choice: so after a
kill between the two, the array is found again by its name. An element is open as long as its file is there.
"""

import json
import secrets
import shlex
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.cluster.elements import Element, Node, Outcome, read_record, write_record
from grader.content.course import Machine
from grader.errors import GraderError
from grader.execution.generation import PACKAGE_ROOT

_BATCH_FILE, _SCRIPT_FILE = "batch.json", "job.sh"
_NAME = "grader-"


@dataclass(frozen=True)
class About:
    """What is known of a batch as a whole."""

    machine: str
    """Of `course.toml`."""
    trust_code: bool
    submitted_at: str
    job_id: str | None = None
    """Of the array; None as long as nobody has seen Slurm take it."""


@dataclass(frozen=True)
class Batch:
    """One job array, by its folder."""

    folder: Path
    about: About

    @property
    def name(self) -> str:
        """What Slurm calls the jobs."""
        return f"{_NAME}{self.folder.name}"

    @property
    def script(self) -> Path:
        """What each element runs."""
        return self.folder / _SCRIPT_FILE

    def with_job(self, job_id: str) -> "Batch":
        """The batch, once Slurm has taken it; kept at once."""
        batch = self.known_as(job_id)
        batch.keep()
        return batch

    def known_as(self, job_id: str | None) -> "Batch":
        """The batch with the array's id, which is written nowhere."""
        return Batch(self.folder, replace(self.about, job_id=job_id))

    def keep(self) -> None:
        """Write what is known of it; GraderError where that cannot be."""
        try:
            unfinished = self.folder / f".{_BATCH_FILE}"
            unfinished.write_text(json.dumps(asdict(self.about)), encoding="ascii")
            unfinished.replace(self.folder / _BATCH_FILE)
        except OSError as error:
            raise cannot_write(self.folder, error) from error

    def element(self, index: int) -> Element | None:
        """One element; None where it is not open any more."""
        return read_record(self.folder / f"{index}.json", Element)

    def outcome(self, index: int) -> Outcome | None:
        """What it has brought; None as long as it has brought nothing."""
        return read_record(result_file(self.folder, index), Outcome)

    def log(self, index: int) -> Path:
        """What it said."""
        return self.folder / f"{index}.log"

    def open_indices(self) -> list[int]:
        """Of the elements that are not dealt with yet."""
        return sorted(int(path.stem) for path in self.folder.glob("*.json") if path.stem.isdigit())

    def close(self, index: int) -> None:
        """The element is dealt with."""
        (self.folder / f"{index}.json").unlink(missing_ok=True)
        result_file(self.folder, index).unlink(missing_ok=True)
        so_far(self.folder, index).path.unlink(missing_ok=True)

    def remove(self) -> None:
        """All of its elements are dealt with."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Batches:
    """All batches of one store."""

    def __init__(self, store_file: Path) -> None:
        self.folder = store_file.with_name(f"{store_file.name}.jobs").absolute()

    def __iter__(self) -> Iterator[Batch]:
        """Oldest first; what is damaged is passed over."""
        found = []
        for path in self.folder.glob(f"*/{_BATCH_FILE}"):
            try:
                about = TypeAdapter(About).validate_python(json.loads(path.read_text(encoding="ascii")))
            except (OSError, ValueError, ValidationError):
                continue
            found.append(Batch(path.parent, about))
        yield from sorted(found, key=lambda batch: (batch.about.submitted_at, batch.folder.name))

    def new(self, machine: Machine, elements: Sequence[Element]) -> Batch:
        """Write a batch that is to be submitted next; GraderError where the folder cannot be written."""
        folder = self.folder / secrets.token_hex(6)
        first = elements[0]
        batch = Batch(folder, About(first.machine, first.trust_code, datetime.now(UTC).isoformat(timespec="microseconds")))
        try:
            folder.mkdir(parents=True, mode=0o700)
            batch.script.write_text(_script(machine, folder), encoding="utf-8")
            for index, element in enumerate(elements):
                write_record(folder / f"{index}.json", element)
            batch.keep()
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise cannot_write(folder, error) from error
        return batch

    # --- what the nodes are ------------------------------------------------------------------------------------------------

    def node(self, machine: str, *, trust_code: bool) -> Node | None:
        """What the jobs of a machine were found to run on; None where none has run yet."""
        return read_record(self._node_file(machine, trust_code=trust_code), Node)

    def keep_node(self, node: Node, *, trust_code: bool) -> None:
        """Remember it; GraderError where it cannot be written."""
        path = self._node_file(node.machine.name, trust_code=trust_code)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_record(path, node)
        except OSError as error:
            raise cannot_write(path, error) from error

    def forget_node(self, machine: str, *, trust_code: bool) -> None:
        """The next grading asks again."""
        self._node_file(machine, trust_code=trust_code).unlink(missing_ok=True)

    # --- what has failed ---------------------------------------------------------------------------------------------------

    def faults(self, machine: str) -> tuple[str, ...]:
        """Those of the last grading that came to its end; none where they cannot be read."""
        try:
            return TypeAdapter(tuple[str, ...]).validate_python(
                json.loads(self._faults_file(machine).read_text(encoding="ascii"))
            )
        except (OSError, ValueError):
            return ()

    def keep_faults(self, machine: str, faults: Sequence[str]) -> None:
        """Remember them until the next grading. On a full disk nothing is: the grading has said them itself."""
        with suppress(OSError):
            if faults:
                self._faults_file(machine).write_text(json.dumps(faults), encoding="ascii")
            else:
                self._faults_file(machine).unlink(missing_ok=True)

    def _faults_file(self, machine: str) -> Path:
        return self.folder / f"faults-{machine.encode().hex()}.json"

    def _node_file(self, machine: str, *, trust_code: bool) -> Path:
        digest = machine.encode().hex()  # a key of TOML may hold anything
        return self.folder / f"node-{digest}{'-trusted' if trust_code else ''}.json"


def result_file(folder: Path, index: int) -> Path:
    """Where an element writes what it brings back."""
    return folder / f"{index}.result.json"


@dataclass(frozen=True)
class SoFar:
    """What an element has finished by now: whoever goes on with it, after its job was ended, begins there."""

    path: Path

    def read(self) -> Outcome | None:
        """What there is; None where that is nothing, or is damaged: then it is done again."""
        try:
            return read_record(self.path, Outcome)
        except GraderError:
            return None

    def write(self, finished: Outcome) -> None:
        """Keep it in place of what there was. On a full disk nothing is: it costs time, and no result."""
        with suppress(OSError):
            write_record(self.path, finished)


def so_far(folder: Path, index: int) -> SoFar:
    """That of one element."""
    return SoFar(folder / f"{index}.finished.json")


def cannot_write(path: Path, error: OSError) -> GraderError:
    """What to say of a folder that takes nothing."""
    return GraderError(
        f"{path} cannot be written: {error.strerror}; free some space or quota there, or name another --store, and grade again:"
        " what is finished is kept"
    )


def _script(machine: Machine, folder: Path) -> str:
    """The batch script: modules, temporary files, then the job's side of the grader, on cores of its own."""
    program = f"import sys; sys.path.insert(0, {str(PACKAGE_ROOT)!r}); from grader.cluster.job import main; main()"
    command = shlex.join([sys.executable, "-I", "-c", program, str(folder)]) + ' "$SLURM_ARRAY_TASK_ID"'
    if not machine.exclusive:
        command = f"srun --exact --cpu-bind=cores --ntasks=1 --cpus-per-task={machine.cpus} --export=ALL {command}"
    lines = ["#!/bin/bash -l" if machine.modules else "#!/bin/bash"]
    if machine.modules:
        lines.append(f"module load {shlex.join(machine.modules)} || exit 1")
    if machine.scratch is not None:
        lines += [
            f"TMPDIR=$(mktemp -d -p {shlex.quote(machine.scratch)} grader.XXXXXX) || exit 1",
            "export TMPDIR",
            "trap 'rm -rf \"$TMPDIR\"' EXIT",
        ]
    return "\n".join([*lines, command, ""])
