"""The corpus: hostile, legitimate and control files, each with what an honest grader gives it said in its own header.

A header is the file's docstring: one sentence, an empty line, then TOML. All faults of all headers are reported at once.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, Strict, ValidationError

from grader.content.schema import Section, explained
from grader.nearest import did_you_mean
from grader.verdicts import Verdict
from tests.attacks.setups import SETUPS

FOLDER = Path(__file__).resolve().parent
COURSE = FOLDER.parents[1]
CATEGORIES = ("forging", "checker", "time", "breakout", "denial")
TIMED_CATEGORY = "time"

Kind = Literal["hostile", "legitimate", "control"]

_HEADER = re.compile(r'r?"""(?P<summary>[^\n]+)\n\n(?P<toml>.*?)"""', flags=re.DOTALL)


class CorpusError(Exception):
    """Headers that are wrong: one fault a line, each with its file and key."""


@dataclass(frozen=True)
class Entry:
    """One file of the corpus: what is handed in, and what an honest grader makes of it."""

    name: str
    """`forging/frame-walk`, `legitimate/memoised`, `controls/correct`: the path without the rest."""
    kind: Kind
    summary: str
    covers: tuple[str, ...]
    """The phrases of the attack catalogue that it stands for."""
    task: str
    verdicts: tuple[Verdict, ...]
    """What an honest grader gives it; several where the machine decides which limit is met first."""
    honest: str | None
    """The control, or the reference's level, that does the same work honestly: it must take 0.9 of its time at least."""
    source: bytes
    also: Mapping[str, str]
    """Further files of the folder, by relative path."""
    setup: str | None
    flagged: bool
    message: str | None
    reviewed: bool


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


_Texts = Annotated[tuple[str, ...], Strict(strict=False)]


class _Header(Section):
    """The keys of a header."""

    task: str
    verdict: Annotated[_Texts, BeforeValidator(_listed)]
    covers: _Texts = ()
    honest: str | None = None
    also: Mapping[str, str] = Field(default_factory=dict)
    setup: str | None = None
    flagged: bool = False
    message: str | None = None
    reviewed: bool = False


def load_corpus(folder: Path = FOLDER, course: Path = COURSE) -> tuple[Entry, ...]:
    """Every file of the corpus, sorted by name.

    Raises:
        CorpusError: a header that is missing or wrong.
    """
    entries: list[Entry] = []
    faults: list[str] = []
    for kind, path in _files(folder):
        try:
            entries.append(_read(kind, path, folder, course))
        except CorpusError as error:
            faults.append(str(error))
    if faults:
        raise CorpusError("\n".join(faults))
    return tuple(sorted(entries, key=lambda entry: entry.name))


def category_of(entry: Entry) -> str:
    """`forging` of `forging/frame-walk`."""
    return entry.name.split("/", maxsplit=1)[0]


def _files(folder: Path) -> Iterator[tuple[Kind, Path]]:
    for category in CATEGORIES:
        yield from (("hostile", path) for path in sorted((folder / "hostile" / category).glob("*.py")))
    yield from (("legitimate", path) for path in sorted((folder / "legitimate").glob("*.py")))
    yield from (("control", path) for path in sorted((folder / "controls").glob("*.py")))


def _read(kind: Kind, path: Path, folder: Path, course: Path) -> Entry:
    source = path.read_bytes()
    shown = path.relative_to(folder)
    match = _HEADER.match(source.decode("utf-8"))
    if match is None:
        raise CorpusError(f'{shown}: opens with no header: """One sentence., an empty line, TOML, """')
    try:
        header = _Header.model_validate(tomllib.loads(match["toml"]))
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(f"{shown}: the header is not TOML: {error}") from None
    except ValidationError as error:
        raise CorpusError("\n".join(f"{shown}: {problem}" for problem in explained(error, _Header))) from None
    faults = list(_faults(kind, path, header, folder, course))
    if faults:
        raise CorpusError("\n".join(f"{shown}: {fault}" for fault in faults))
    return Entry(
        name=f"{path.parent.name}/{path.stem}",
        kind=kind,
        summary=match["summary"],
        covers=header.covers,
        task=header.task,
        verdicts=tuple(Verdict(verdict) for verdict in header.verdict),
        honest=header.honest,
        source=source,
        also=header.also,
        setup=header.setup,
        flagged=header.flagged,
        message=header.message,
        reviewed=header.reviewed,
    )


def _faults(kind: Kind, path: Path, header: _Header, folder: Path, course: Path) -> Iterator[str]:
    tasks = sorted(found.name for found in (course / "tasks").iterdir() if (found / "task.py").exists())
    if header.task not in tasks:
        yield f"task: there is no task {header.task!r}{did_you_mean(header.task, tasks)}"
    verdicts = [verdict.value for verdict in Verdict if verdict is not Verdict.GRADER_ERROR]
    yield from (
        f"verdict: {verdict!r} is none that a submission can get{did_you_mean(verdict, verdicts)}"
        for verdict in header.verdict
        if verdict not in verdicts
    )
    if not header.verdict:
        yield "verdict: must hold at least one"
    if header.setup is not None and header.setup not in SETUPS:
        yield f"setup: there is no function {header.setup!r} in setups.py{did_you_mean(header.setup, SETUPS)}"
    accepted = Verdict.ACCEPTED.value in header.verdict
    if kind == "hostile" and not header.covers:
        yield "covers: is missing: which phrases of the catalogue does it stand for?"
    if kind == "legitimate" and tuple(header.verdict) != (Verdict.ACCEPTED.value,):
        yield "verdict: legitimate code is ACCEPTED"
    if header.honest is None:
        if kind == "hostile" and path.parent.name == TIMED_CATEGORY and accepted and not header.reviewed:
            yield "honest: is missing: whose time may it not undercut?"
    elif not accepted:
        yield "honest: only what is ACCEPTED is timed"
    elif not (
        (folder / "controls" / f"{header.honest}.py").exists()
        or (course / "reference" / header.honest / f"{header.task}.py").exists()
    ):
        yield f"honest: there is neither controls/{header.honest}.py nor reference/{header.honest}/{header.task}.py"
