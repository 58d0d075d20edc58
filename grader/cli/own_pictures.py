"""`grader check --picture`: the task's pictures of the student's own output, as files."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import typer

from grader.cli.pictures import save_picture
from grader.content.submission import Submission
from grader.content.task import Case, LoadedTask, Picture
from grader.errors import UsageError
from grader.execution.interface import Backend, Call
from grader.grading.pictures import PictureAnswers, WrongAnswer, picture_answers, wrong_answer
from grader.grading.session import HandedIn, Session
from grader.records import PreparedCase
from grader.report.pictures import figure_of, format_of, rendered
from grader.report.theme import LIGHT, Theme
from grader.text import harmless, harmless_line


def draw_own_pictures(
    session: Session, task: LoadedTask, mine: HandedIn, backend: Backend, path: Path, theme: Theme = LIGHT
) -> None:
    """Draw all of a task's pictures into a folder, or one into a file: its first, or its first animation into a GIF.

    A wrong answer is drawn beside the right one, where there is one: in a folder too, in a still file instead.

    Raises:
        UsageError: there is nothing to draw, or nowhere to draw it.
    """
    wanted = dict(_wanted(task, path))
    if not isinstance(mine, Submission):
        raise UsageError(f"there is nothing to draw: {mine.message}")
    answered = picture_answers(session, task, mine, backend, list(wanted.values()))
    for file, one in zip(wanted, answered, strict=True):
        if one.answers:
            if path not in wanted or not _save_difference(task, one.wrong, path, theme):
                _save(one, file, theme)
            if one.problem is not None:
                typer.echo(f"{harmless_line(str(file))} shows a wrong answer", err=True)
        elif len(wanted) > 1:
            typer.echo(f"{one.picture.title}: not drawn: {_why(one)}", err=True)
    if not any(one.answers for one in answered):
        raise UsageError(f"there is nothing to draw: {_why(answered[0])}")
    if path not in wanted:
        _save_difference(task, next((one.wrong for one in answered if one.wrong is not None), None), path, theme)


def draw_failed_case(
    task: LoadedTask, case: Case, prepared: PreparedCase, call: Call | None, path: Path, theme: Theme = LIGHT
) -> None:
    """What a call answered beside what is right, into a file or a folder; it is said where there is nothing to draw."""
    if not _save_difference(task, wrong_answer(task, case, prepared, call), path, theme):
        typer.echo("nothing is drawn: there is no wrong answer to this case that could stand beside one right one", err=True)


def _save_difference(task: LoadedTask, wrong: WrongAnswer | None, path: Path, theme: Theme) -> bool:
    """Whether there was a difference to draw into this file, or into a folder of this name."""
    from grader.report.difference_picture import can_be_drawn, difference_figure

    if wrong is None or path.suffix.lower() == ".gif" or not can_be_drawn(wrong.right, wrong.got):
        return False
    if path.is_dir() or not path.suffix:
        _make_folder(path)
        path = path / "difference.png"
    title = f"{task.task.title}, case {wrong.case}"
    save_picture(lambda _: difference_figure(title, wrong.right, wrong.got), path, theme)
    return True


def _wanted(task: LoadedTask, path: Path) -> Iterator[tuple[Path, Picture]]:
    """The files to write, and their pictures."""
    pictures = task.task.pictures
    if not pictures:
        raise UsageError(f"task {task.name!r} has no picture")
    if path.is_dir() or not path.suffix:
        _make_folder(path)
        yield from ((path / f"{picture.name}.{format_of(picture)}", picture) for picture in pictures)
    elif path.suffix.lower() == ".gif":
        animations = [picture for picture in pictures if format_of(picture) == "gif"]
        if not animations:
            raise UsageError(f"task {task.name!r} has no animation: name a .png, .svg or .pdf")
        yield path, animations[0]
    else:
        yield path, next((picture for picture in pictures if format_of(picture) != "gif"), pictures[0])


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the pictures cannot be written into {path}: {error.strerror}") from error


def _save(one: PictureAnswers, file: Path, theme: Theme) -> None:
    if file.suffix.lower() != ".gif":
        save_picture(partial(figure_of, one.picture, one.answers), file, theme)
        return
    try:
        file.write_bytes(rendered(one.picture, one.answers, theme))
    except OSError as error:
        raise UsageError(f"the picture cannot be written to {file}: {error.strerror}") from error


def _why(one: PictureAnswers) -> str:
    return harmless(one.problem.message) if one.problem is not None else "no output came"
