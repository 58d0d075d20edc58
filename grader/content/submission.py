"""What an author handed in for a task: found, read and judged as text, never imported."""

import builtins
import hashlib
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.content.extraction import CellLines, extract
from grader.content.finding import Found, HandIn, RefusedError, find_function, meant_task, task_of_file
from grader.content.library_names import LIBRARY_NAMES, shadowed_library
from grader.content.notebook import SUFFIX, is_notebook
from grader.content.parsing import BrokenCodeError, check_compiles
from grader.content.reading import Allowance, SourceFile, UnreadableError, read_folder, read_source
from grader.content.static_code import Code, read_code
from grader.content.task import Interface
from grader.errors import UsageError
from grader.nearest import did_you_mean
from grader.text import harmless_line, shortened
from grader.verdicts import Verdict

__all__ = [
    "AuthorKind",
    "Rejection",
    "SourceFile",
    "Submission",
    "authors",
    "files_beside",
    "infer_task",
    "names_used",
    "packages_used",
    "read_files",
    "read_submission",
    "read_unsaved",
    "require_files",
]

AuthorKind = Literal["student", "reference"]

_NOTE_LIMIT_CHARACTERS = 1000

ALONE = "you"
"""The author of the one file that someone checks."""


@dataclass(frozen=True)
class Submission:
    """Something that can be run: an author's function for a task, with the files that it needs."""

    author: str
    kind: AuthorKind
    task: str
    folder: Path
    files: tuple[SourceFile, ...]
    """What a worker gets, sorted by path."""
    file: str
    """The path, among `files`, of the one with the function; of a notebook, that of the module made of it."""
    function: str
    notes: tuple[str, ...]
    """What the author should know though it is no fault, a sentence each."""
    content_hash: str
    lines: CellLines | None = None
    """Of a notebook: where the lines of `file` stand in it."""

    def located(self, text: str) -> str:
        """A message or a traceback with the lines that the student knows: cells, where a notebook was handed in."""
        return text if self.lines is None else self.lines.located(text)


@dataclass(frozen=True)
class Rejection:
    """What was handed in cannot be run, and why."""

    author: str
    kind: AuthorKind
    task: str
    verdict: Verdict
    message: str
    content_hash: str


def authors(folder: Path) -> tuple[str, ...]:
    """The sub-folders of `submissions/` or `reference/`, sorted, without hidden ones and `__pycache__`.

    Raises:
        UsageError: the folder does not exist, or an author's name cannot be printed.
    """
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}")
    names = sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith((".", "__pycache__")))
    for name in names:
        if not name.isprintable():
            raise UsageError(f"a folder in {folder} is named {name!a}, which cannot be printed; rename it")
    return tuple(names)


def read_submission(
    folder: Path,
    author: str,
    kind: AuthorKind,
    interface: Interface,
    all_tasks: Collection[str],
    *,
    source_bytes_limit: int,
    not_from: Collection[Path] = (),
) -> Submission | Rejection:
    """What an author's folder holds for one task.

    Args:
        folder: the author's own, which may not exist.
        author: the folder's name.
        kind: whether this is a student's work or a reference.
        interface: of the task.
        all_tasks: every task of the course: files named for another one are shipped only where they are imported.
        source_bytes_limit: of all Python files of the folder together.
        not_from: folders that hold others' work: a link that leads into one of them is no hand-in.
    """
    origin = _Origin(author, kind, interface.name, folder)
    if folder.is_symlink() and any(_real(folder).is_relative_to(_real(other)) for other in not_from):
        why = f"the folder {author} is a link into the course; hand in files of your own"
        return _rejected(origin, RefusedError(Verdict.INVALID, why))
    tasks = {*all_tasks, interface.name}
    homes = (f"{interface.name}.py", f"{interface.name}{SUFFIX}")

    def urgency(path: str) -> int:
        return 0 if path in homes else 1 if task_of_file(path, tasks) == interface.name else 2

    reading = read_folder(folder, limit_bytes=source_bytes_limit, urgency=urgency)
    sources = {file.path: file for file in reading.files}
    codes, faults = _read_codes(reading.files)
    faults |= {left.path: RefusedError(Verdict.INVALID, f"{left.path} {left.reason}") for left in reading.left_out}
    hand_in = HandIn(codes, faults)
    home = next((path for path in homes if path in codes or path in faults), homes[0])
    try:
        found = find_function(hand_in, interface, tasks, home=home)
        module = _module_of(sources[found.path], found)
        shipped = _shipped(sources, codes, module, beside=lambda path: task_of_file(path, tasks) in (None, interface.name))
        unread = tuple(f"{left.path} {left.reason}" for left in reading.left_out if task_of_file(left.path, tasks) is None)
        return _accepted(origin, found, module, shipped, unread)
    except RefusedError as refused:
        return _rejected(origin, refused)


def read_files(
    paths: Sequence[Path], interface: Interface, all_tasks: Collection[str], *, source_bytes_limit: int
) -> tuple[Submission | Rejection, ...]:
    """Single files given by path, as a student checks them; what each imports from beside it comes along.

    The author of one file is `you`; several files have their stems as authors, with the folder's name where stems repeat.

    Raises:
        UsageError: a path is not an existing file.
    """
    require_files(paths)
    names = [ALONE] if len(paths) == 1 else _different_names(paths)
    return tuple(
        _read_file(path, author, interface, all_tasks, source_bytes_limit) for path, author in zip(paths, names, strict=True)
    )


def read_unsaved(
    notebook: SourceFile, folder: Path, interface: Interface, all_tasks: Collection[str], *, source_bytes_limit: int
) -> Submission | Rejection:
    """A notebook that lies in no file: cells as they were run; what they import from `folder` comes along.

    The author is `you`.
    """
    origin = _Origin(ALONE, "student", interface.name, folder)
    return _read_one(notebook.path, origin, interface, all_tasks, source_bytes_limit, unsaved=notebook)


def files_beside(file: Path, *, source_bytes_limit: int) -> tuple[Path, ...]:
    """A file that somebody checks, and those beside it that it imports; none where they cannot be read."""
    folder = file.resolve().parent
    try:
        sources = _read_beside(folder, file.resolve().name, source_bytes_limit)
    except RefusedError:
        return ()
    return tuple(folder / source.path for source in sources)


def require_files(paths: Iterable[Path]) -> None:
    """UsageError for a path that is not an existing file, with the nearest name beside it."""
    for path in paths:
        if not path.is_file():
            beside = [other.name for kind in (".py", SUFFIX) for other in path.parent.glob(f"*{kind}")]
            raise UsageError(f"there is no file {path}{did_you_mean(path.name, beside)}")


def infer_task(file: Path, task_names: Iterable[str], *, source_bytes_limit: int) -> str:
    """The task that a file is for: by its name, then by the function in it, each exactly before nearly.

    Raises:
        UsageError: it is for none, or for several.
    """
    tasks = sorted(task_names)
    if file.stem in tasks:
        return file.stem
    defined = _defined_in(file, source_bytes_limit)
    by_file = meant_task(file.stem, tasks)
    for candidates in (
        [task for task in tasks if task in defined],
        [by_file] if by_file else [],
        [task for task in tasks if any(meant_task(name, tasks) == task for name in defined)],
    ):
        if len(candidates) > 1:
            raise UsageError(f"{file} defines {' and '.join(candidates)}; say which one with --task")
        if candidates:
            return candidates[0]
    raise UsageError(
        f"{file} is for no task that is known: looked for a file named, or a function in it called, {', '.join(tasks)}; "
        "say which one with --task"
    )


def names_used(submission: Submission) -> frozenset[str]:
    """The names that the function's file, and what it imports from beside it, use: `numba.njit`, `numpy.dot`, `.dot`, `@`.

    An imported name counts where it is used, and its modules with it: `numba` of `numba.njit`.
    """
    codes, _ = _read_codes(submission.files)
    used = (codes[path].names for path in _reached(submission.file, codes) if path in codes)
    return frozenset().union(*used)


def packages_used(submission: Submission) -> frozenset[str]:
    """The packages behind the names that are used, without the author's own modules."""
    own = {file.path.split("/")[0].removesuffix(".py") for file in submission.files} - LIBRARY_NAMES
    roots = {name for name in names_used(submission) if name.isidentifier() and not hasattr(builtins, name)}
    return frozenset(roots - own)


@dataclass(frozen=True)
class _Origin:
    """Whose work it is, for which task, and where it lies."""

    author: str
    kind: AuthorKind
    task: str
    folder: Path


def _real(path: Path) -> Path:
    """Unlike `Path.resolve`, without an error for a loop of links on Python 3.11 and 3.12."""
    return Path(os.path.realpath(path))


# One file


def _read_file(
    path: Path, author: str, interface: Interface, all_tasks: Collection[str], source_bytes_limit: int
) -> Submission | Rejection:
    resolved = path.resolve()
    origin = _Origin(author, "student", interface.name, resolved.parent)
    return _read_one(resolved.name, origin, interface, all_tasks, source_bytes_limit)


def _read_one(
    name: str,
    origin: _Origin,
    interface: Interface,
    all_tasks: Collection[str],
    source_bytes_limit: int,
    unsaved: SourceFile | None = None,
) -> Submission | Rejection:
    """The file of this name in the origin's folder, or what is `unsaved` in its place."""
    try:
        sources = {file.path: file for file in _read_beside(origin.folder, name, source_bytes_limit, unsaved)}
        codes, faults = _read_codes(sources.values())
        found = find_function(HandIn(codes, faults), interface, {*all_tasks, interface.name}, home=name, among=(name,))
        module = _module_of(sources[found.path], found)
        return _accepted(origin, found, module, _shipped(sources, codes, module, beside=lambda _: False))
    except RefusedError as refused:
        return _rejected(origin, refused)


def _read_beside(folder: Path, name: str, limit_bytes: int, unsaved: SourceFile | None = None) -> tuple[SourceFile, ...]:
    """A file and, transitively, those beside it that it imports: a folder of other things is not searched through."""
    sources: dict[str, SourceFile] = {}
    allowance = Allowance(limit_bytes)
    waiting = deque([name])
    while waiting:
        path = waiting.popleft()
        given = unsaved if unsaved is not None and unsaved.path == path else None
        if path in sources or (given is None and not (folder / path).is_file()):
            continue
        try:
            if given is not None:
                allowance.of_code(len(given.content))
            sources[path] = given or read_source(folder, path, allowance)
        except UnreadableError as error:
            raise RefusedError(Verdict.INVALID, f"{harmless_line(path)} {error}") from None
        codes, _ = _read_codes([sources[path]])
        waiting.extend(sorted(found for code in codes.values() for found in code.imports))
    return tuple(sources[path] for path in sorted(sources))


def _different_names(paths: Sequence[Path]) -> list[str]:
    """The stems, with as many of the folders above as it takes to tell them apart.

    Raises:
        UsageError: the same file twice.
    """
    resolved = [path.resolve() for path in paths]
    for path in paths:
        if resolved.count(path.resolve()) > 1:
            raise UsageError(f"{path} is named twice: a file is compared with other files")

    def name(path: Path, length: int, last: str) -> str:
        return "/".join((*path.parent.parts[1:], getattr(path, last))[-length:])

    lengths = range(1, max(len(path.parts) for path in resolved) + 1)
    ways = [(length, last) for last in ("stem", "name") for length in lengths]
    return [
        next(name(path, *way) for way in ways if [name(other, *way) for other in resolved].count(name(path, *way)) == 1)
        for path in resolved
    ]


def _defined_in(file: Path, source_bytes_limit: int) -> frozenset[str]:
    """The functions a file defines; none where it cannot be read, which the check itself will explain."""
    try:
        sources = _read_beside(file.resolve().parent, file.resolve().name, source_bytes_limit)
    except RefusedError:
        return frozenset()
    codes, _ = _read_codes(sources)
    code = codes.get(file.resolve().name)
    return frozenset(code.definitions) if code else frozenset()


# Shared by folders and files


def _read_codes(files: Iterable[SourceFile]) -> tuple[dict[str, Code], dict[str, RefusedError]]:
    codes: dict[str, Code] = {}
    faults: dict[str, RefusedError] = {}
    for file in files:
        try:
            codes[file.path] = read_code(file)
        except BrokenCodeError as error:
            faults[file.path] = RefusedError(Verdict.BUILD_ERROR, str(error))
    return codes, faults


def _reached(start: str, codes: Mapping[str, Code]) -> frozenset[str]:
    """The files that importing `start` may import, itself included."""
    reached: set[str] = set()
    waiting = deque([start])
    while waiting:
        path = waiting.popleft()
        if path not in reached:
            reached.add(path)
            waiting.extend(codes[path].imports if path in codes else ())
    return frozenset(reached)


@dataclass(frozen=True)
class _Module:
    """The file that a worker imports."""

    file: SourceFile
    lines: CellLines | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Shipment:
    """What a worker gets, and what the author should know of what it does not get."""

    files: tuple[SourceFile, ...]
    notes: tuple[str, ...]


def _module_of(source: SourceFile, found: Found) -> _Module:
    """The function's file itself, or what is taken of a notebook."""
    if not is_notebook(source.path):
        return _Module(source)
    try:
        extraction = extract(source, found.definition.name)
    except BrokenCodeError as error:
        raise RefusedError(Verdict.BUILD_ERROR, str(error)) from None
    return _Module(extraction.file, extraction.lines, extraction.notes)


def _shipped(
    sources: Mapping[str, SourceFile], codes: Mapping[str, Code], module: _Module, *, beside: Callable[[str], bool]
) -> _Shipment:
    """The module, what it imports, and those files beside it that count as its own: others must not regrade it.

    But never what would be imported in a library's place, by this file or by what the worker itself imports.
    """
    main = module.file.path
    own_code, _ = _read_codes([module.file])
    reached = _reached(main, {**codes, **own_code})
    shipped = {path: file for path, file in sources.items() if not is_notebook(path) and (path in reached or beside(path))}
    shipped[main] = module.file
    shadows = {path: name for path in sorted(shipped) if (name := shadowed_library(path, main))}
    notes = [
        f"{path} has the name of the library {name!r}"
        + ("; rename it" if path == main else ", in whose place it would be imported, and was left out; rename it")
        for path, name in shadows.items()
    ]
    files = tuple(shipped[path] for path in sorted(shipped) if path == main or path not in shadows)
    return _Shipment(files, tuple(notes))


def _accepted(origin: _Origin, found: Found, module: _Module, shipment: _Shipment, notes: tuple[str, ...] = ()) -> Submission:
    function = found.definition.name
    parts = [part for file in shipment.files for part in (file.path.encode(), file.content)]
    places = [] if module.lines is None else [repr(module.lines.places).encode()]  # messages name them
    submission = Submission(
        author=origin.author,
        kind=origin.kind,
        task=origin.task,
        folder=origin.folder,
        files=shipment.files,
        file=module.file.path,
        function=function,
        notes=tuple(shortened(note, _NOTE_LIMIT_CHARACTERS) for note in (*found.notes, *module.notes, *shipment.notes, *notes)),
        content_hash=_digest(module.file.path.encode(), function.encode(), *parts, *places),
        lines=module.lines,
    )
    try:
        check_compiles(module.file)
    except BrokenCodeError as error:
        raise RefusedError(Verdict.BUILD_ERROR, submission.located(str(error))) from None
    return submission


def _rejected(origin: _Origin, refused: RefusedError) -> Rejection:
    """Nothing runs, so what was said is all that the result depends on, and what the hash is of."""
    return Rejection(
        author=origin.author,
        kind=origin.kind,
        task=origin.task,
        verdict=refused.verdict,
        message=refused.message,
        content_hash=_digest(refused.verdict.encode(), refused.message.encode()),
    )


def _digest(*parts: bytes) -> str:
    """Lengths go in with the parts, so that no two lists of parts run together alike."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
