"""What asv recorded of the project's suite: result files of format 2, which are read and judged as text; asv is not asked.

A file that is damaged in any way is an error with its name. The format: `benchmarks.json` says how each benchmark is measured;
`<machine>/machine.json` what the machine is; `<machine>/<commit>-<environment>.json` the figures, a row for each benchmark.
"""

import ast
import json
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from grader.errors import UsageError
from grader.machine import Machine
from grader.nearest import did_you_mean
from grader.text import harmless_line, listed

BENCHMARKS_FILE = "benchmarks.json"
MACHINE_FILE = "machine.json"
HOW = "docs/history.md says how asv is run"


class Absence(StrEnum):
    """Why there is nothing to be ranked of a program at a case."""

    FAILED = "failed"
    LEFT_OUT = "not handed in, not done in time, or not asked for"
    NO_SAMPLES = "without samples: they are kept by asv run --record-samples"
    UNEVEN = "its samples are no whole rounds: asv run without --quick, and without an interruption"


@dataclass(frozen=True)
class Recorded:
    """One benchmark of one file: a program at a case is either here with its samples, or absent for a reason."""

    rounds_s: Mapping[tuple[str, str], tuple[tuple[float, ...], ...]]
    """By author and case (`student/ada`, `1024`): of each round, which is a process of its own, the times of its calls in s."""
    absent: Mapping[tuple[str, str], Absence]


@dataclass(frozen=True)
class AsvFile:
    """What was recorded of one commit in one environment."""

    machine: str
    commit: str
    environment: str
    date_ms: int
    """When the commit was made."""
    recorded: Mapping[str, Recorded]
    """By the name of the benchmark; one that is measured otherwise by now is none."""


# --- the files' shape --------------------------------------------------------------------------------------------------------


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class _Machine(_Part):
    machine: str
    cpu: str
    num_cpu: str
    ram: str


class _Description(_Part):
    """Of a benchmark, what its samples mean."""

    version: str
    repeat: Annotated[int, Field(ge=1)]


class _File(_Part):
    version: Annotated[int, Field(ge=2, le=2)]
    commit_hash: Annotated[str, Field(min_length=1)]
    env_name: str
    date: int
    result_columns: list[str]
    results: dict[str, list[Any]]


class _Row(_Part):
    """The figures of one benchmark, an entry for each combination of its parameters."""

    result: list[float | None] | None = None
    params: list[list[str]]
    version: str | None = None
    samples: list[list[float] | None] | None = None


_Shape = TypeVar("_Shape", bound=_Part)


# --- reading -----------------------------------------------------------------------------------------------------------------


def read_asv_files(folder: Path, machine: Machine, commit: str | None, benchmarks: Sequence[str]) -> tuple[AsvFile, ...]:
    """The files of one commit on this machine, one for each environment.

    Args:
        folder: asv's `results_dir`.
        machine: this one; figures of others are refused.
        commit: the beginning of its hash; the latest that there is where None.
        benchmarks: the names of those that are wanted; all others are passed over.

    Raises:
        UsageError: there are none, only those of other machines, or a file is damaged.
    """
    descriptions = _descriptions(folder, benchmarks)
    files = [
        _read_file(path, own, descriptions)
        for own in _folders_of(folder, machine)
        for path in sorted(own.glob("*.json"))
        if path.name != MACHINE_FILE
    ]
    with_figures = [one for one in files if one.recorded]
    if not with_figures:
        raise UsageError(f"{folder} has no times of this suite's programs ({', '.join(benchmarks)}) on this machine; {HOW}")
    commits = {one.commit: one.date_ms for one in with_figures}
    if commit is None:
        chosen = {max(commits, key=lambda known: (commits[known], known))}
    else:
        chosen = {known for known in commits if known.startswith(commit)}
    if len(chosen) != 1:
        known = [one[:12] for one in commits]
        what = "no figures of the commit" if not chosen else "figures of several commits that begin with"
        raise UsageError(f"{folder} has {what} {commit!r}{did_you_mean(commit or '', known)}")
    return tuple(one for one in with_figures if one.commit in chosen)


def _descriptions(folder: Path, benchmarks: Sequence[str]) -> dict[str, _Description]:
    path = folder / BENCHMARKS_FILE
    if not path.is_file():
        raise UsageError(f"there are no results of asv in {folder}: it has no {BENCHMARKS_FILE}; {HOW}")
    document = _document(path)
    return {name: _shaped(_Description, _plain(document[name]), path, name) for name in benchmarks if name in document}


def _folders_of(folder: Path, machine: Machine) -> list[Path]:
    """Those whose figures are of this machine; a name says nothing, the facts do."""
    found, others = [], []
    for path in sorted(folder.glob(f"*/{MACHINE_FILE}")):
        facts = _shaped(_Machine, _document(path), path)
        if _is_this(facts, machine):
            found.append(path.parent)
        else:
            others.append(f"{facts.machine} ({facts.cpu}, {facts.num_cpu} cores)")
    if not found and others:
        raise UsageError(
            f"{folder} has figures of {harmless_line(listed(others))}, and this is {machine.cpu}, {os.cpu_count()} cores:"
            " figures of different machines are never ranked together; rank them there"
        )
    return found


def _is_this(facts: _Machine, machine: Machine) -> bool:
    """By the facts that asv keeps; of the memory only so much of it as does not vary from boot to boot."""
    of_memory = facts.ram.isascii() and facts.ram.isdecimal() and len(facts.ram) < 20  # noqa: PLR2004 -- no machine has more
    if not of_memory or int(facts.ram) >> 28 != machine.memory_bytes >> 28:
        return False
    return (facts.cpu, facts.num_cpu) == (machine.cpu, str(os.cpu_count()))


def _read_file(path: Path, machine_folder: Path, descriptions: Mapping[str, _Description]) -> AsvFile:
    file = _shaped(_File, _document(path), path)
    recorded = {}
    for name, description in descriptions.items():
        values = file.results.get(name)
        if values is None:
            continue
        row = _shaped(_Row, dict(zip(file.result_columns, values, strict=False)), path, name)
        if row.version == description.version:
            recorded[name] = _recorded(row, description.repeat, path, name)
    return AsvFile(machine_folder.name, file.commit_hash, file.env_name, file.date, recorded)


def _recorded(row: _Row, repeat: int, path: Path, name: str) -> Recorded:
    if len(row.params) != len(("author", "case")):
        raise _damaged(path, f"{name} has {len(row.params)} parameters, and not author and case")
    programs = [_program(words, path, name) for words in product(*row.params)]
    results = [None] * len(programs) if row.result is None else row.result
    samples = [None] * len(programs) if row.samples is None else row.samples
    if not len(results) == len(samples) == len(programs):
        raise _damaged(path, f"{name} has {len(programs)} programs, {len(results)} results and {len(samples)} samples")
    rounds_s, absent = {}, {}
    for program, result, timed_s in zip(programs, results, samples, strict=True):
        absence = _absence(result, timed_s, repeat)
        if absence is not None:
            absent[program] = absence
            continue
        times_s = timed_s or []
        if not all(math.isfinite(time_s) and time_s > 0 for time_s in times_s):
            raise _damaged(path, f"{name} has a sample of {' at '.join(program)} that is no time")
        rounds_s[program] = tuple(tuple(times_s[start : start + repeat]) for start in range(0, len(times_s), repeat))
    return Recorded(rounds_s, absent)


def _absence(result: float | None, timed_s: Sequence[float] | None, repeat: int) -> Absence | None:
    if result is None:
        return Absence.FAILED
    if math.isnan(result):
        return Absence.LEFT_OUT
    if not timed_s:
        return Absence.NO_SAMPLES
    return Absence.UNEVEN if len(timed_s) % repeat else None


def _program(words: Sequence[str], path: Path, name: str) -> tuple[str, str]:
    """Author and case, of which asv keeps Python's literals."""
    try:
        author, case = (ast.literal_eval(word) for word in words)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        author, case = None, None
    if not (isinstance(author, str) and isinstance(case, str)):
        raise _damaged(path, f"the parameters of {name} are not author and case: {', '.join(words)}")
    return author, case


# --- a file ----------------------------------------------------------------------------------------------------------------


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, f"no JSON ({error})") from None
    return _plain(document, path)


def _plain(value: object, path: Path | None = None) -> dict[str, Any]:
    """An object of JSON; another value has no fields, and its shape is refused."""
    if isinstance(value, dict):
        return value
    if path is not None:
        raise _damaged(path, "no JSON object")
    return {}


def _shaped(shape: type[_Shape], document: Mapping[str, Any], path: Path, within: str = "") -> _Shape:
    try:
        return shape.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, (*([within] if within else []), *first["loc"])))
        raise _damaged(path, f"{place}: {first['msg']}") from None


def _damaged(path: Path, what: str) -> UsageError:
    return UsageError(f"{path} is damaged, or not of asv's format 2: {harmless_line(what)}; take it away, or let asv run again")
