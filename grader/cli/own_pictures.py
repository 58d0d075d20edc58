"""`grader check --picture`: the task's pictures of the student's own output, as files."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import typer

from grader.cli.pictures import save_picture
from grader.content.submission import Submission
from grader.content.task import Case, LoadedTask, Picture
from grader.errors import UsageError
from grader.execution.interface import Backend, Call
from grader.grading.pictures import PictureAnswers, WrongAnswer, failing_answer, picture_answers, wrong_answer
from grader.grading.session import HandedIn, Session
from grader.records import PreparedCase
from grader.report.pictures import ANOTHER_CALL, TooLargeError, figure_of, format_of, small_file
from grader.report.theme import LIGHT, Theme
from grader.text import harmless, harmless_line


def draw_own_pictures(
    session: Session,
    task: LoadedTask,
    mine: HandedIn,
    backend: Backend,
    path: Path,
    theme: Theme = LIGHT,
    failing_case: Path | None = None,
) -> None:
    """Draw all of a task's pictures into a folder, or one into a file: its first, or its first animation into a GIF.

    A wrong answer is drawn beside the right one, where there is one: in a folder too, in a still file instead. So is that to
    the case that the check found to fail, which `failing_case` holds where there is one; in a file where that is right.

    Raises:
        UsageError: there is nothing to draw, or nowhere to draw it.
    """
    wanted = dict(_wanted(task, path))
    if not isinstance(mine, Submission):
        raise UsageError(f"there is nothing to draw: {mine.message}")
    answered = dict(zip(wanted, picture_answers(session, task, mine, backend, list(wanted.values())), strict=True))
    failing = None if failing_case is None else failing_answer(session, task, mine, backend, failing_case)
    into = _draw_file if path in wanted else _draw_folder
    shows_what_is_wrong = into(task, answered, failing, path, theme)
    if failing_case is not None and not shows_what_is_wrong:
        typer.echo(ANOTHER_CALL, err=True)


def _draw_file(
    task: LoadedTask, answered: Mapping[Path, PictureAnswers], failing: WrongAnswer | None, file: Path, theme: Theme
) -> bool:
    """Whether what was drawn is a wrong answer."""
    one = answered[file]
    is_wrong = _save_difference(task, one.wrong or failing, file, theme)
    if not is_wrong:
        why = _save(one, file, theme)
        if why is not None:
            raise UsageError(f"there is nothing to draw: {why}")
        is_wrong = one.problem is not None
    if is_wrong:
        _say_wrong(file)
    return is_wrong


def _draw_folder(
    task: LoadedTask, answered: Mapping[Path, PictureAnswers], failing: WrongAnswer | None, folder: Path, theme: Theme
) -> bool:
    """Whether one of those that were drawn is a wrong answer; what is missing is said."""
    missing = {file: why for file, one in answered.items() if (why := _save(one, file, theme)) is not None}
    first = next((one.wrong for one in answered.values() if one.wrong is not None), None)
    differences = [
        _save_difference(task, wrong, folder / f"{name}.png", theme)
        for name, wrong in (("difference", first), ("failing-case", failing))
    ]
    if len(missing) == len(answered) and not any(differences):
        raise UsageError(f"there is nothing to draw: {next(iter(missing.values()))}")
    for file, why in missing.items():
        typer.echo(f"{answered[file].picture.title}: not drawn: {why}", err=True)
    wrong_files = [file for file, one in answered.items() if file not in missing and one.problem is not None]
    for file in wrong_files:
        _say_wrong(file)
    return bool(wrong_files) or any(differences)


def _say_wrong(file: Path) -> None:
    typer.echo(f"{harmless_line(str(file))} shows a wrong answer", err=True)


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


def _save(one: PictureAnswers, file: Path, theme: Theme) -> str | None:
    """Why there is nothing to draw; None where it was drawn."""
    if not one.answers:
        return harmless(one.problem.message) if one.problem is not None else "no output came"
    if file.suffix.lower() != ".gif":
        save_picture(partial(figure_of, one.picture, one.answers), file, theme)
        return None
    try:
        file.write_bytes(small_file(one.picture, one.answers, theme))
    except TooLargeError as error:
        return str(error)
    except OSError as error:
        raise UsageError(f"the picture cannot be written to {file}: {error.strerror}") from error
    return None
