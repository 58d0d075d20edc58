"""`grader check --picture`: the task's pictures of the student's own output, as files."""

from collections.abc import Iterator
from pathlib import Path

import typer

from grader.cli.pictures import save_picture
from grader.content.submission import Submission
from grader.content.task import LoadedTask, Picture
from grader.errors import UsageError
from grader.execution.interface import Backend
from grader.grading.pictures import PictureAnswers, picture_answers
from grader.grading.session import HandedIn, Session
from grader.report.pictures import figure_of, format_of, rendered
from grader.report.theme import LIGHT
from grader.text import harmless, harmless_line


def draw_own_pictures(session: Session, task: LoadedTask, mine: HandedIn, backend: Backend, path: Path) -> None:
    """Draw all of a task's pictures into a folder, or one into a file: its first, or its first animation into a GIF.

    Raises:
        UsageError: there is nothing to draw, or nowhere to draw it.
    """
    wanted = dict(_wanted(task, path))
    if not isinstance(mine, Submission):
        raise UsageError(f"there is nothing to draw: {mine.message}")
    answered = picture_answers(session, task, mine, backend, list(wanted.values()))
    for file, one in zip(wanted, answered, strict=True):
        if one.answers:
            _save(one, file)
            if one.problem is not None:
                typer.echo(f"{harmless_line(str(file))} shows a wrong answer", err=True)
        elif len(wanted) > 1:
            typer.echo(f"{one.picture.title}: not drawn: {_why(one)}", err=True)
    if not any(one.answers for one in answered):
        raise UsageError(f"there is nothing to draw: {_why(answered[0])}")


def _wanted(task: LoadedTask, path: Path) -> Iterator[tuple[Path, Picture]]:
    """The files to write, and their pictures."""
    pictures = task.task.pictures
    if not pictures:
        raise UsageError(f"task {task.name!r} has no picture")
    if path.is_dir() or not path.suffix:
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"the pictures cannot be written into {path}: {error.strerror}") from error
        yield from ((path / f"{picture.name}.{format_of(picture)}", picture) for picture in pictures)
    elif path.suffix.lower() == ".gif":
        animations = [picture for picture in pictures if format_of(picture) == "gif"]
        if not animations:
            raise UsageError(f"task {task.name!r} has no animation: name a .png, .svg or .pdf")
        yield path, animations[0]
    else:
        yield path, next((picture for picture in pictures if format_of(picture) != "gif"), pictures[0])


def _save(one: PictureAnswers, file: Path) -> None:
    if file.suffix.lower() != ".gif":
        save_picture(figure_of(one.picture, one.answers, LIGHT), file)
        return
    try:
        file.write_bytes(rendered(one.picture, one.answers, LIGHT))
    except OSError as error:
        raise UsageError(f"the picture cannot be written to {file}: {error.strerror}") from error


def _why(one: PictureAnswers) -> str:
    return harmless(one.problem.message) if one.problem is not None else "no output came"
