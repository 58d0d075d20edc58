"""Commands about the course and the machine: its tasks, a starter for one of them, what this machine has."""

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import typer
from rich import box
from rich.table import Table
from rich.text import Text

from grader.cli.terminal import TerminalProgress, results_console
from grader.content.course import Course, assignments_of, load_course
from grader.content.new_course import start_course
from grader.content.task import LoadedTask, load_task, task_names
from grader.doctor import FINDINGS, Finding, Health, examine
from grader.errors import GraderError, UsageError
from grader.nearest import did_you_mean
from grader.report.as_json import dump
from grader.text import harmless

_STYLES = {Health.GOOD: "green", Health.WEAK: "yellow", Health.BAD: "red"}


def list_tasks(course_folder: Path, *, as_json: bool) -> None:
    """Print every task with its interface and its cases."""
    course = load_course(course_folder)
    tasks = [load_task(course_folder, name) for name in task_names(course_folder)]
    if as_json:
        typer.echo(dump({"tasks": [_task_document(course, task) for task in tasks]}))
        return
    for task in tasks:
        assignments = ", ".join(assignment.title for assignment in assignments_of(course, task.name))
        results_console().print(
            Text.assemble((task.name, "bold"), f" · {task.task.title}", (f" · {assignments}" if assignments else "", "dim")),
            Text(f"  {task.interface}"),
            Text(f"  {_cases_text(task)}", style="dim"),
            Text(f"  statement: {task.folder / 'README.md'} · start with: grader new {task.name}", style="dim"),
            sep="\n",
        )


def new_submission(course_folder: Path, task: str, folder: Path, *, as_json: bool) -> None:
    """Copy a task's starter to `DIR/<task>.py`; UsageError where the file exists already."""
    known = task_names(course_folder)
    if task not in known:
        raise UsageError(f"there is no task {task!r}{did_you_mean(task, known)}")
    starter = course_folder / "tasks" / task / "starter.py"
    target = folder / f"{task}.py"
    try:
        content = starter.read_bytes()
    except OSError as error:
        raise GraderError(f"the task's starter {starter} cannot be read: {error.strerror}") from error
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:  # fails where the file exists
            file.write(content)
    except FileExistsError:
        raise UsageError(f"{target} exists already and is left as it is; name another folder: grader new {task} DIR") from None
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {error.strerror}") from error
    if as_json:
        typer.echo(dump({"task": task, "file": str(target)}))
    else:
        typer.echo(f"{target} · statement: {course_folder / 'tasks' / task / 'README.md'} · next: grader check {target}")


def init_course(course_folder: Path, folder: Path, *, as_json: bool) -> None:
    """Start a new course in `folder` with the content of this one; UsageError where there is something already."""
    load_course(course_folder)  # what does not load here would not load there either
    made = start_course(course_folder, folder)
    if as_json:
        typer.echo(dump({"course": str(made.folder), "tasks": list(made.tasks)}))
    else:
        go_there = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
        typer.echo(
            f"{folder}: a course with the tasks {', '.join(made.tasks)}, and no submissions yet"
            f"\nwhat is what: {folder / 'README.md'}\nnext: {go_there}grader tasks"
        )


def examine_machine(course_folder: Path, *, as_json: bool) -> None:
    """Print what this machine has, each finding with its remedy; exit code 3 where something does not work."""
    findings = _examined(load_course(course_folder), course_folder)
    if as_json:
        typer.echo(dump({"findings": [asdict(finding) for finding in findings]}))
    else:
        results_console().print(_findings_table(findings))
    if any(finding.health is Health.BAD for finding in findings):
        raise typer.Exit(3)


def _examined(course: Course, course_folder: Path) -> list[Finding]:
    findings = []
    with TerminalProgress() as progress:
        progress.begin("looking at this machine", FINDINGS)
        for finding in examine(course, course_folder):
            findings.append(finding)
            progress.advance(1, finding.what)
    return findings


def _cases_text(task: LoadedTask) -> str:
    public = sum(case.public for case in task.task.check_cases)
    secret = len(task.task.check_cases) - public
    return f"{public} public check cases" + (f", {secret} secret ones" if secret else "")


def _task_document(course: Course, task: LoadedTask) -> dict[str, object]:
    return {
        "name": task.name,
        "title": task.task.title,
        "interface": str(task.interface),
        "work_unit": task.task.work_unit,
        "check_cases": [{"name": case.name, "public": case.public, "about": case.about} for case in task.task.check_cases],
        "benchmark_cases": [case.name for case in task.task.benchmark_cases],
        "assignments": [assignment.id for assignment in assignments_of(course, task.name)],
    }


def _findings_table(findings: Sequence[Finding]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("what")
    table.add_column("")
    table.add_column("found")
    table.add_column("remedy")
    for finding in findings:
        health = Text(finding.health.value, style=_STYLES[finding.health])
        table.add_row(finding.what, health, Text(harmless(finding.found)), Text(finding.remedy))
    return table
