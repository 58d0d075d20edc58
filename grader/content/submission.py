"""What an author handed in for a task: found, read and judged as text, never imported."""

import hashlib
from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.content.finding import Found, HandIn, RefusedError, find_function, meant_task, task_of_file
from grader.content.parsing import BrokenCodeError, check_compiles
from grader.content.reading import SourceFile, UnreadableError, read_bytes, read_folder, shown
from grader.content.static_code import Code, read_code
from grader.content.task import Interface
from grader.errors import UsageError
from grader.nearest import did_you_mean
from grader.verdicts import Verdict

__all__ = [
    "AuthorKind",
    "Rejection",
    "SourceFile",
    "Submission",
    "authors",
    "infer_task",
    "names_used",
    "read_files",
    "read_submission",
    "require_files",
]

AuthorKind = Literal["student", "reference"]

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
    """The path, among `files`, of the one with the function."""
    function: str
    notes: tuple[str, ...]
    """What the author should know though it is no fault, a sentence each."""
    content_hash: str


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
) -> Submission | Rejection:
    """What an author's folder holds for one task.

    Args:
        folder: the author's own, which may not exist.
        author: the folder's name.
        kind: whether this is a student's work or a reference.
        interface: of the task.
        all_tasks: every task of the course: files named for another one are shipped only where they are imported.
        source_bytes_limit: of all Python files of the folder together.
    """
    origin = _Origin(author, kind, interface.name, folder)
    tasks = {*all_tasks, interface.name}
    home = f"{interface.name}.py"

    def urgency(path: str) -> int:
        return 0 if path == home else 1 if task_of_file(path, tasks) == interface.name else 2

    reading = read_folder(folder, limit_bytes=source_bytes_limit, urgency=urgency)
    sources = {file.path: file for file in reading.files}
    codes, faults = _read_codes(reading.files)
    faults |= {left.path: RefusedError(Verdict.INVALID, f"{left.path} {left.reason}") for left in reading.left_out}
    hand_in = HandIn(codes, faults)
    try:
        found = find_function(hand_in, interface, tasks, home=home)
        files = _shipped(sources, codes, found.path, tasks, interface.name)
        unread = tuple(f"{left.path} {left.reason}" for left in reading.left_out if task_of_file(left.path, tasks) is None)
        return _accepted(origin, found, files, unread)
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


def require_files(paths: Iterable[Path]) -> None:
    """UsageError for a path that is not an existing file, with the nearest name beside it."""
    for path in paths:
        if not path.is_file():
            beside = [other.name for other in path.parent.glob("*.py")] if path.parent.is_dir() else []
            raise UsageError(f"there is no file {path}{did_you_mean(path.name, beside)}")


def infer_task(file: Path, interfaces: Iterable[Interface], *, source_bytes_limit: int) -> str:
    """The task that a file is for: by its name, then by the function in it, each exactly before nearly.

    Raises:
        UsageError: it is for none, or for several.
    """
    tasks = sorted(interface.name for interface in interfaces)
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


@dataclass(frozen=True)
class _Origin:
    """Whose work it is, for which task, and where it lies."""

    author: str
    kind: AuthorKind
    task: str
    folder: Path


# One file


def _read_file(
    path: Path, author: str, interface: Interface, all_tasks: Collection[str], source_bytes_limit: int
) -> Submission | Rejection:
    folder = path.resolve().parent
    name = path.resolve().name
    origin = _Origin(author, "student", interface.name, folder)
    try:
        files = _read_beside(folder, name, source_bytes_limit)
        codes, faults = _read_codes(files)
        found = find_function(HandIn(codes, faults), interface, {*all_tasks, interface.name}, home=name, among=(name,))
        return _accepted(origin, found, files)
    except RefusedError as refused:
        return _rejected(origin, refused)


def _read_beside(folder: Path, name: str, limit_bytes: int) -> tuple[SourceFile, ...]:
    """A file and, transitively, those beside it that it imports: a folder of other things is not searched through."""
    sources: dict[str, SourceFile] = {}
    waiting = deque([name])
    while waiting:
        path = waiting.popleft()
        if path in sources or not (folder / path).is_file():
            continue
        remaining = limit_bytes - sum(len(file.content) for file in sources.values())
        try:
            sources[path] = SourceFile(path, read_bytes(folder, path, limit_bytes=limit_bytes, remaining_bytes=remaining))
        except UnreadableError as error:
            raise RefusedError(Verdict.INVALID, f"{shown(path)} {error}") from None
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

    def name(path: Path, length: int) -> str:
        return "/".join((*path.parent.parts[1:], path.stem)[-length:])

    lengths = range(1, max(len(path.parts) for path in resolved) + 1)
    return [
        next(
            (
                name(path, length)
                for length in lengths
                if [name(other, length) for other in resolved].count(name(path, length)) == 1
            ),
            str(path),
        )
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


def _shipped(
    sources: Mapping[str, SourceFile], codes: Mapping[str, Code], main: str, tasks: Collection[str], task: str
) -> tuple[SourceFile, ...]:
    """All files but those named for other tasks, which must not regrade this one, unless the function's file imports them."""
    reached = _reached(main, codes)
    return tuple(sources[path] for path in sorted(sources) if path in reached or task_of_file(path, tasks) in (None, task))


def _accepted(origin: _Origin, found: Found, files: tuple[SourceFile, ...], notes: tuple[str, ...] = ()) -> Submission:
    try:
        check_compiles(next(file for file in files if file.path == found.path))
    except BrokenCodeError as error:
        raise RefusedError(Verdict.BUILD_ERROR, str(error)) from None
    function = found.definition.name
    parts = [part for file in files for part in (file.path.encode(), file.content)]
    return Submission(
        author=origin.author,
        kind=origin.kind,
        task=origin.task,
        folder=origin.folder,
        files=files,
        file=found.path,
        function=function,
        notes=found.notes + notes,
        content_hash=_digest(found.path.encode(), function.encode(), *parts),
    )


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
