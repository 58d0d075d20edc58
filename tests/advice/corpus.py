"""The corpus of advice: submissions with one inefficiency planted in each, their twins without it, and good submissions.

`corpus.toml` says what is planted where, with the texts of the lines, so that no number has to follow an edit. A third of the
corpus, `held_out/`, is of the same shape, and the rules were written without it.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Strict, ValidationError

from grader.advice.finding import Cause
from grader.content.schema import Section, explained
from grader.nearest import did_you_mean
from grader.profiles import Profile

FOLDER = Path(__file__).resolve().parent
COURSE = FOLDER.parents[1]

_Texts = Annotated[tuple[str, ...], Strict(strict=False), Field(min_length=1)]


class CorpusError(Exception):
    """What is wrong in the corpus: one fault a line, each with its file and key."""


@dataclass(frozen=True)
class Planted:
    """A submission with one inefficiency, and where to look for it."""

    name: str
    """`matmul/ijk`."""
    task: str
    path: Path
    fixed: Path
    """The twin: the same code without what was planted."""
    causes: tuple[Cause, ...]
    """What was planted, then what it may be called just as well."""
    lines: frozenset[int]
    """From 1; advice that names one of them is right."""
    held_out: bool
    profile: Profile | None = None
    """What it is graded under, on two cores, where that is not the task's own."""


@dataclass(frozen=True)
class Good:
    """A submission for which no advice is right."""

    name: str
    task: str
    path: Path
    held_out: bool
    profile: Profile | None = None
    """What it is graded under, on two cores, where that is not the task's own."""


@dataclass(frozen=True)
class Corpus:
    """All of it, sorted by task and name."""

    planted: tuple[Planted, ...]
    good: tuple[Good, ...]
    """The references that are good among them."""


class _GoodEntry(Section):
    """The keys of a good submission; it needs an entry only where it has one."""

    profile: Literal["threads", "processes"] | None = None


class _Entry(_GoodEntry):
    """The keys of one planted submission."""

    causes: _Texts
    lines: _Texts


class _File(Section):
    """A `corpus.toml`: entries by task and name."""

    good_references: Annotated[tuple[str, ...], Strict(strict=False)] = ()
    good: dict[str, dict[str, _GoodEntry]] = Field(default_factory=dict)
    planted: dict[str, dict[str, _Entry]]


def load_corpus(folder: Path = FOLDER, course: Path = COURSE) -> Corpus:
    """Both parts of the corpus.

    Raises:
        CorpusError: a file without an entry, an entry without its files, or an entry that is wrong.
    """
    parts = [_load_part(one, course, held_out=one != folder) for one in (folder, folder / "held_out")]
    return Corpus(tuple(one for part in parts for one in part.planted), tuple(one for part in parts for one in part.good))


def _load_part(folder: Path, course: Path, *, held_out: bool) -> Corpus:
    path = folder / "corpus.toml"
    try:
        entries = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{path}: is not TOML: {error}") from None
    except ValidationError as error:
        raise CorpusError("\n".join(f"{path}: {problem}" for problem in explained(error, _File))) from None
    named = [
        (task, name, entry) for task, of_task in sorted(entries.planted.items()) for name, entry in sorted(of_task.items())
    ]
    faults = [*_unpaired(folder, entries), *_missing_references(entries, course)]
    for task, name, entry in named:
        faults += [f"{path}: planted.{task}.{name}: {fault}" for fault in _faults(entry, _source(folder, task, name))]
    if faults:
        raise CorpusError("\n".join(faults))
    own = [
        Good(f"{one.parent.name}/{one.stem}", one.parent.name, one, held_out, _profile(entries, one))
        for one in _files(folder / "good")
    ]
    references = [course / "reference" / f"{one}.py" for one in entries.good_references]
    return Corpus(
        tuple(_planted(folder, task, name, entry, held_out=held_out) for task, name, entry in named),
        (*own, *(Good(f"{one.stem}/reference {one.parent.name}", one.stem, one, held_out) for one in references)),
    )


def _profile(entries: _File, path: Path) -> Profile | None:
    entry = entries.good.get(path.parent.name, {}).get(path.stem)
    return None if entry is None or entry.profile is None else Profile(entry.profile)


def _planted(folder: Path, task: str, name: str, entry: _Entry, *, held_out: bool) -> Planted:
    path = folder / "planted" / task / f"{name}.py"
    texts = path.read_text(encoding="utf-8").splitlines()
    return Planted(
        name=f"{task}/{name}",
        task=task,
        path=path,
        fixed=folder / "fixed" / task / f"{name}.py",
        causes=tuple(map(Cause, entry.causes)),
        lines=frozenset(number for number, text in enumerate(texts, 1) if text.strip() in entry.lines),
        held_out=held_out,
        profile=None if entry.profile is None else Profile(entry.profile),
    )


def _faults(entry: _Entry, source: str) -> Iterator[str]:
    """What is wrong with the entry of a submission."""
    known, texts = list(map(str, Cause)), {text.strip() for text in source.splitlines()}
    yield from (f"there is no cause {one!r}{did_you_mean(one, known)}" for one in entry.causes if one not in known)
    yield from (f"there is no line {one!r}{did_you_mean(one, texts)}" for one in entry.lines if one not in texts)


def _source(folder: Path, task: str, name: str) -> str:
    path = folder / "planted" / task / f"{name}.py"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _unpaired(folder: Path, entries: _File) -> Iterator[str]:
    """Entries without files, and files without entries."""
    named = {(task, name) for task, of_task in entries.planted.items() for name in of_task}
    for kind in ("planted", "fixed"):
        there = {(one.parent.name, one.stem) for one in _files(folder / kind)}
        yield from (f"{folder / kind / task / name}.py: is missing" for task, name in sorted(named - there))
        yield from (f"{folder / kind / task / name}.py: has no entry in corpus.toml" for task, name in sorted(there - named))
    for task, of_task in sorted(entries.good.items()):
        missing = sorted(name for name in of_task if not (folder / "good" / task / f"{name}.py").exists())
        yield from (f"{folder / 'good' / task / name}.py: is missing" for name in missing)


def _missing_references(entries: _File, course: Path) -> Iterator[str]:
    for one in entries.good_references:
        if not (course / "reference" / f"{one}.py").exists():
            yield f"good_references: there is no reference/{one}.py"


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/*.py"))
