"""Which function of a hand-in is meant for a task: exact names first, then near ones, and never a guess between two."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import islice
from pathlib import PurePosixPath

from grader.content.notebook import is_notebook
from grader.content.static_code import Code, Definition
from grader.content.task import Interface
from grader.nearest import nearest
from grader.text import listed, shortened
from grader.verdicts import Verdict

_NEAR = 0.8
"""The likeness from which two names count as a near miss: one slip in five letters."""
_LONGEST_NAME = 80
"""Longer names are cut before they are compared, which takes time with the square of their length."""

_MOST_COMPARED = 1000
"""Definitions of a file whose names are compared; each takes up to a tenth of a millisecond."""
_PROBLEMS_LISTED = 8
_NO_FUNCTION_IN_NOTEBOOK = "defines no function: put the work into the function of the starter, and hand in the notebook again"

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


class RefusedError(Exception):
    """What was handed in cannot be run; the text is for the student."""

    def __init__(self, verdict: Verdict, message: str) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = shortened(message)


@dataclass(frozen=True)
class HandIn:
    """The files of one author, by relative path: those that are Python, and what is wrong with the others."""

    codes: Mapping[str, Code]
    faults: Mapping[str, RefusedError]


@dataclass(frozen=True)
class Found:
    """The function that was found, and what the student should know about how."""

    path: str
    definition: Definition
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Places:
    """The files to look in, by how much their names say that they are the task's."""

    home: tuple[str, ...]
    near: tuple[str, ...]
    other: tuple[str, ...]
    """Neither this task's nor another's."""
    foreign: tuple[str, ...]
    """Named for another task: a function of the exact name may still stand there, as in one file for all labs."""


def meant_task(name: str, tasks: Collection[str]) -> str | None:
    """The task that the name of a function or of a file means, exactly or nearly; None where it means none of them."""
    likeness, task = max(((_likeness(name, task), task) for task in tasks), default=(0.0, ""))
    return task if likeness >= _NEAR else None


def task_of_file(path: str, tasks: Collection[str]) -> str | None:
    """The task that a file claims by its name."""
    return meant_task(PurePosixPath(path).stem, tasks)


def find_function(
    hand_in: HandIn, interface: Interface, tasks: Collection[str], *, home: str, among: Collection[str] | None = None
) -> Found:
    """The function for a task, by its name: first in the file `home`, then in files named nearly so, then in any other.

    Args:
        hand_in: all files that were read.
        interface: of the task.
        tasks: the names of all tasks of the course, so that `julia_period.py` is no near miss of `julia`.
        home: the file that should hold the function, whether it exists or not.
        among: the files that may hold it; all by default.

    Raises:
        RefusedError: there is none, there are two, or the one does not fit the interface.
    """
    if home in hand_in.faults:
        raise hand_in.faults[home]
    places = _places({*hand_in.codes, *hand_in.faults} if among is None else among, interface.name, tasks, home)
    path = _exactly_named(hand_in, places, interface.name)
    if path:
        if reason := hand_in.codes[path].unusable.get(interface.name):
            raise RefusedError(Verdict.BUILD_ERROR, reason)
        definition = _resolved(hand_in, path, interface.name)
        notes = _how_found(hand_in, places, interface.name, path, home)
    else:
        path, definition = _nearly_named(hand_in, places, interface, tasks)
        notes = (f"{path} defines no function {interface.name!r}: {definition.name!r} was taken for it; please rename it",)
    _check_fits(path, definition, interface)
    return Found(path, definition, notes + _order_notes(definition, interface))


# Names that mean a task


@lru_cache(maxsize=4096)  # a class hands in the same few file names again and again
def _likeness(name: str, task: str) -> float:
    """1 for the same letters, above 0.9 where the task is among the name's words, else difflib's ratio."""
    name = name[:_LONGEST_NAME]
    wanted = _letters(task)
    if _letters(name) == wanted:
        return 1.0
    words = [word.lower() for word in _WORDS.findall(name)]
    runs = ("".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1))
    if wanted in runs:
        return 0.9 + 0.1 * len(wanted) / (len(name) + 1)
    return SequenceMatcher(None, _letters(name), wanted).ratio()


def _letters(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


# Where the function stands


def _places(paths: Collection[str], task: str, tasks: Collection[str], home: str) -> _Places:
    claims = {path: task_of_file(path, tasks) for path in sorted(paths) if path != home}
    return _Places(
        home=(home,) if home in paths else (),
        near=tuple(path for path, claimed in claims.items() if claimed == task),
        other=tuple(path for path, claimed in claims.items() if claimed is None),
        foreign=tuple(path for path, claimed in claims.items() if claimed not in (None, task)),
    )


def _exactly_named(hand_in: HandIn, places: _Places, name: str) -> str | None:
    """The file that defines the function by its exact name; None where no file does."""
    candidates = (
        [path for path in places.home if _defines(hand_in, path, name)],
        [path for path in places.near if _defines(hand_in, path, name) and not _borrows(hand_in, path, name)],
        [path for path in (*places.other, *places.foreign) if _is_written_in(hand_in, path, name)],
    )
    paths = next(filter(None, candidates), [])
    if len(paths) > 1:
        names = " or ".join(dict.fromkeys(f"{name}{PurePosixPath(path).suffix.lower()}" for path in paths))
        message = f"{listed(paths)} each define {name!r}: keep one of them, or name the one that counts {names}"
        raise RefusedError(Verdict.INVALID, message)
    return paths[0] if paths else None


def _defines(hand_in: HandIn, path: str, name: str) -> bool:
    """Whether importing the file binds the name, by whatever statement."""
    if path not in hand_in.codes:
        return False
    code = hand_in.codes[path]
    starred = (hand_in.codes[star] for star in code.star_imports if star in hand_in.codes)
    return name in code.definitions or name in code.unusable or any(name in other.definitions for other in starred)


def _borrows(hand_in: HandIn, path: str, name: str) -> bool:
    """Whether the file only imports the name from another of the author's files, as tests and plots do."""
    code = hand_in.codes[path]
    definition = code.definitions.get(name)
    if definition is None:
        return name not in code.unusable
    return any(origin in hand_in.codes for origin in definition.origin)


def _is_written_in(hand_in: HandIn, path: str, name: str) -> bool:
    """Whether a `def` of the name stands in the file; `julia = …` in a file of another name may be anything."""
    code = hand_in.codes.get(path)
    if code is None:
        return False
    definition = code.definitions.get(name)
    return name in code.unusable or (definition is not None and definition.kind in ("function", "async function"))


def _resolved(hand_in: HandIn, path: str, name: str) -> Definition:
    """The definition behind a name, followed through imports from the author's own files, in a circle only once."""
    definition = _bound(hand_in.codes[path], name)
    seen: set[tuple[str, str]] = set()
    while True:
        wanted = definition.origin_name
        behind = next((origin for origin in definition.origin if _defines(hand_in, origin, wanted)), None)
        if behind is None or (behind, wanted) in seen:
            return replace(definition, name=name)
        seen.add((behind, wanted))
        definition = _bound(hand_in.codes[behind], wanted)


def _bound(code: Code, name: str) -> Definition:
    """What the file binds to the name; a name that it does not spell out comes from a star import."""
    return code.definitions.get(name, Definition(name, "import", origin=code.star_imports, origin_name=name))


def _nearly_named(hand_in: HandIn, places: _Places, interface: Interface, tasks: Collection[str]) -> tuple[str, Definition]:
    """The one function whose name is a near miss and whose parameters fit."""
    for paths in (places.home, places.near, places.other):
        near = [
            (path, definition)
            for path in paths
            if path in hand_in.codes
            for definition in islice(hand_in.codes[path].definitions.values(), _MOST_COMPARED)
            if definition.kind == "function" and not definition.name.startswith("_") and _accepts(definition, interface)
            if meant_task(definition.name, tasks) == interface.name
        ]
        if len(near) > 1:
            which = listed(f"{definition.name!r} ({path})" for path, definition in near)
            raise RefusedError(
                Verdict.INVALID,
                f"no function is named {interface.name!r}, and {which} could each be meant: rename the one that counts",
            )
        if near:
            return near[0]
    raise _not_found(hand_in, places, interface)


def _not_found(hand_in: HandIn, places: _Places, interface: Interface) -> RefusedError:
    name = interface.name
    claiming = (*places.home, *places.near)
    broken = [path for path in claiming if path in hand_in.faults]
    if broken:
        return hand_in.faults[broken[0]]
    if claiming:
        message = f"{listed(claiming)}: no function {name!r}{_what_is_there(hand_in, claiming, interface)}"
        problems = [problem for path in claiming for problem in hand_in.codes[path].problems]
        return RefusedError(Verdict.INVALID, "\n".join([message, *problems[:_PROBLEMS_LISTED]]))
    message = f"nothing was handed in for {name!r}: there is no file {name}.py, and no other file defines a function {name!r}"
    if hand_in.codes:
        message += f" (looked in {listed(hand_in.codes)})"
    problems = [fault.message for fault in hand_in.faults.values()]
    for path, code in hand_in.codes.items():
        if is_notebook(path) and not _callables(code):
            problems.append(f"{path} {_NO_FUNCTION_IN_NOTEBOOK}")
        problems += code.problems
    return RefusedError(Verdict.MISSING, "\n".join([message, *problems[:_PROBLEMS_LISTED]]))


def _what_is_there(hand_in: HandIn, paths: Collection[str], interface: Interface) -> str:
    name = interface.name
    codes = [hand_in.codes[path] for path in paths]
    if all(code.is_empty for code in codes):
        if all(map(is_notebook, paths)):
            return "; it has no code cell: put the work into the function of the starter"
        return f"; the file is empty: `grader new {name} DIR` writes the starter into the folder DIR"
    there = {found.name: shape for code in codes for found, shape in _callables(code)}
    if not there and all(map(is_notebook, paths)):
        return f"; it {_NO_FUNCTION_IN_NOTEBOOK}"
    if not there:
        return "; it defines no function at all (indented ones, within a class or a function, do not count)"
    return f"; there {'are' if len(there) > 1 else 'is'} {listed(there.values())}{_which_to_rename(codes, there, interface)}"


def _which_to_rename(codes: Collection[Code], there: Collection[str], interface: Interface) -> str:
    """The one of another name that may be meant: by its name, or as the only one that takes as many arguments."""
    closest = nearest(interface.name, islice(there, _MOST_COMPARED))
    if closest:
        return f"; is {closest!r} the one? Then rename it, and check its parameters"
    fitting = {
        found.name for code in codes for found, _ in _callables(code) if found.kind == "function" and _accepts(found, interface)
    }
    return f"; if {fitting.pop()!r} is the one, rename it to {interface.name!r}" if len(fitting) == 1 else ""


def _callables(code: Code) -> list[tuple[Definition, str]]:
    """The functions and classes that a file defines, each with how it is shown."""
    return [
        (definition, f"class {definition.name}" if definition.kind == "class" else definition.name + _parameters(definition))
        for definition in code.definitions.values()
        if definition.kind in ("function", "async function", "class")
    ]


def _how_found(hand_in: HandIn, places: _Places, name: str, path: str, home: str) -> tuple[str, ...]:
    if path != home and home in hand_in.codes:
        return (f"there is no {name!r} in {home}: the one in {path} was taken",)
    if path != home:
        return (f"{path} was taken for {home}",)
    rivals = [rival for rival in places.near if _defines(hand_in, rival, name) and not _borrows(hand_in, rival, name)]
    return (f"{path} was taken, though {name!r} is defined in {listed(rivals)} too",) if rivals else ()


# Whether it fits the interface


def _accepts(definition: Definition, interface: Interface) -> bool:
    return definition.signature is None or definition.signature.accepts(len(interface.parameters))


def _parameters(definition: Definition) -> str:
    return definition.signature.text if definition.signature else "(…)"


def _check_fits(path: str, definition: Definition, interface: Interface) -> None:
    if definition.kind == "class":
        raise RefusedError(Verdict.INVALID, f"{path}: {interface.name!r} is a class; the grader calls a function {interface}")
    if definition.kind == "async function":
        raise RefusedError(Verdict.INVALID, f"{path}: {interface.name!r} is an async function; write a plain `def` {interface}")
    if _accepts(definition, interface):
        return
    signature = definition.signature
    count = len(interface.parameters)
    wrong = f"it cannot be called with {count} argument{'' if count == 1 else 's'}"
    if signature is not None and signature.required_keywords:
        wrong = f"calls are positional, so {listed(signature.required_keywords)} needs a default"
    raise RefusedError(
        Verdict.INVALID, f"{path}: yours is {definition.name}{_parameters(definition)}, {wrong}; expected is {interface}"
    )


def _order_notes(definition: Definition, interface: Interface) -> tuple[str, ...]:
    """A warning where the parameters have the interface's names in another order: calls are positional."""
    if definition.signature is None:
        return ()
    expected = [parameter.name for parameter in interface.parameters]
    theirs = [name for name in definition.signature.positional if name in expected]
    if theirs == [name for name in expected if name in theirs]:
        return ()
    call = f"{interface.name}({', '.join(expected)})"
    return (f"calls are positional, as {call}; yours has another order: {definition.name}{definition.signature.text}",)
