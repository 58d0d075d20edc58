"""What one element of a job array is asked to do, and what it brings back: frozen values, in JSON files.

An element is a check of some authors of a task, or a block: competitors that must be compared are measured by one element, on
one node and in one stretch of time. The files are read with every type checked; nothing in them is executed or unpickled.
"""

import json
import os
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

from grader.errors import GraderError
from grader.machine import Machine, Peaks
from grader.records import Block, CheckResult, Member, RunRecord
from grader.store import Conditions

FORMAT = 1

CODE_CHANGED = "the code changed while its job waited; grade again"
"""Of one author: the others of the element are graded all the same."""


@dataclass(frozen=True)
class Node:
    """What a job found itself on."""

    name: str
    machine: Machine
    features: str
    """Of its CPU, as LLVM names them."""
    sandbox: str
    """The isolation tier."""
    mpi: str = ""
    """The versions of what MPI tasks are run by; empty where it has none."""


@dataclass(frozen=True)
class Checked:
    """The check of one version of an author's code."""

    member: Member
    result: CheckResult


@dataclass(frozen=True)
class Probe:
    """Say what the node is, and what it can do at most."""

    kind: Literal["probe"] = "probe"


@dataclass(frozen=True)
class Checking:
    """Check these authors in one task."""

    task: str
    task_version: str
    members: tuple[Member, ...]
    known: tuple[Checked, ...]
    """The references that are checked already: the naive one sets the time limits, the others are what can be compared with."""
    seed: int
    """Of the inputs, the same for all who are checked in one grading; secret."""
    kind: Literal["check"] = "check"


@dataclass(frozen=True)
class Measuring:
    """Make the runs of one block."""

    task: str
    task_version: str
    block_id: int
    """In the store that the runs go to."""
    block: Block
    runs: tuple[RunRecord, ...]
    """Those that were made before."""
    known: tuple[Checked, ...]
    """The checks of the naive reference, the baseline and the members."""
    budget_s: float | None
    kind: Literal["measure"] = "measure"


Work: TypeAlias = Probe | Checking | Measuring


@dataclass(frozen=True)
class Element:
    """One element: the work, and where and how it is to be done."""

    work: Work
    course: str
    submissions: str
    store: str
    """The file that results go to in the end: failing cases are written beside it. The element itself never opens it."""
    machine: str
    """Of `course.toml`."""
    trust_code: bool
    conditions: Conditions | None
    """Elsewhere nothing is done: figures of other nodes do not compare. None for a probe."""
    attempt: int = 1
    time_s: float = 0.0
    """What is asked of Slurm."""
    not_on: tuple[str, ...] = ()
    """Nodes on which an earlier attempt failed."""
    format: int = FORMAT

    @property
    def label(self) -> str:
        """What is done, in few words: `julia · check · ada, bob`."""
        match self.work:
            case Probe():
                return "what the nodes are"
            case Checking(task=task, members=members):
                return f"{task} · check · {_some(members)}"
            case Measuring(task=task, block=block):
                return f"{task} · measure {block.case} · {_some(block.members)}"

    @property
    def size(self) -> int:
        """How many results it brings."""
        match self.work:
            case Probe():
                return 0
            case Checking(members=members):
                return len(members)
            case Measuring(block=block):
                return len(block.members)


class Refusal(StrEnum):
    """Why an element did nothing."""

    OTHER_NODE = "the node is of another kind"
    CHANGED = "the task or the code has changed since"


@dataclass(frozen=True)
class Fault:
    """Where the grader itself failed within an element."""

    task: str
    where: str
    """A competitor, or a case."""
    text: str


@dataclass(frozen=True)
class Outcome:
    """What one element brings back."""

    node: Node | None
    """None where it failed before it knew."""
    restarts: int = 0
    """How often Slurm has put it back into the queue."""
    refused: Refusal | None = None
    fault: str | None = None
    """The grader failed as a whole."""
    checks: tuple[Checked, ...] = ()
    runs: tuple[RunRecord, ...] = ()
    """Those that are new."""
    complete: bool = False
    """No more runs of the block are wanted."""
    faults: tuple[Fault, ...] = ()
    peaks: Peaks | None = None
    format: int = FORMAT


def rest_of(element: Element, finished: Outcome) -> Element:
    """What is left to do of an element of which so much is finished."""
    work = element.work
    if isinstance(work, Checking):
        there = {one.member for one in finished.checks}
        references = (one for one in finished.checks if one.member.kind == "reference")
        left = tuple(member for member in work.members if member not in there)
        return replace(element, work=replace(work, members=left, known=(*work.known, *references)))
    if isinstance(work, Measuring):
        return replace(element, work=replace(work, runs=(*work.runs, *finished.runs)))
    return element


_Record = TypeVar("_Record", Element, Outcome, Node)


def write_record(path: Path, record: Element | Outcome | Node) -> None:
    """Write a record, all of it or nothing: nobody ever reads a half-written file. OSError where it cannot be written."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o600)  # inputs' seeds are secret
            json.dump(asdict(record), file)
            file.flush()
            os.fsync(file.fileno())  # on a full disk or beyond a quota, this is what says so
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def read_record(path: Path, kind: type[_Record]) -> _Record | None:
    """The record that a file holds; None where there is no file.

    Raises:
        GraderError: it holds something else, or cannot be read.
    """
    try:
        return TypeAdapter(kind).validate_python(json.loads(path.read_text(encoding="ascii")))
    except FileNotFoundError:
        return None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise GraderError(f"{path} is damaged, or of another version of the grader: {where}: {first['msg']}") from None
    except (OSError, ValueError) as error:
        raise GraderError(f"{path} cannot be read: {error}") from None


def _some(members: tuple[Member, ...]) -> str:
    """A few names."""
    names = [member.author for member in members]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")  # noqa: PLR2004 -- said above
