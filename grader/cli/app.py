"""The command line's table of contents: every command, its options, and the exit codes.

Exit codes: 0 done (wrong submissions are results, not failures) · 1 `check`: a file is wrong, `compare --fail-slower`: one is
slower, or not right any more · 2 usage or configuration · 3 the grader itself failed somewhere · 130 interrupted.
"""

import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from grader.content.course_folder import COURSE_VARIABLE, HERE, find_course
from grader.errors import GraderError, UsageError
from grader.windows import require_unix

EXIT_WRONG, EXIT_USAGE, EXIT_GRADER, EXIT_INTERRUPTED = 1, 2, 3, 130

app = typer.Typer(
    help="Check, measure and rank numerical Python, fairly.",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

AuthorsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[AUTHOR]...", help="Only these; the whole class otherwise.")
]
CourseOption = Annotated[
    Path,
    typer.Option(
        "--course", metavar="DIR", envvar=COURSE_VARIABLE, callback=find_course, help="The course's folder, with course.toml."
    ),
]
SubmissionsOption = Annotated[
    Path | None, typer.Option("--submissions", metavar="DIR", help="The class's folder; submissions/ of the course otherwise.")
]
StoreOption = Annotated[
    Path | None,
    typer.Option("--store", metavar="FILE", help="The results' file; results/results.sqlite of the course otherwise."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
TasksOption = Annotated[list[str] | None, typer.Option("--task", "-t", metavar="TASK", help="Only this task; may be repeated.")]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="MACHINE", envvar="GRADER_ON", help="A machine of course.toml; the course's own otherwise."),
]
TrustOption = Annotated[
    bool, typer.Option("--trust-code", help="Run submissions without a sandbox; every figure is stamped so.")
]
UnsandboxedOption = Annotated[bool, typer.Option("--trust-code", help="What was graded without a sandbox.")]
NoteOption = Annotated[str, typer.Option("--note", metavar="TEXT", help="Why; the student is shown it.")]
WhoOption = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who decides; you otherwise.")]
DarkOption = Annotated[bool, typer.Option("--dark", help="Draw on dark paper.")]
BudgetOption = Annotated[float | None, typer.Option("--budget", metavar="S", min=0.0, help="Seconds for measuring.")]


@app.command()
def grade(
    authors: AuthorsArgument = None,
    tasks: TasksOption = None,
    budget: BudgetOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Grade again what is in the store.")] = False,
    on: OnOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """Check and measure the class, and show the leaderboard. What has not changed is not run again."""
    from grader.cli.class_commands import Place, grade_class
    from grader.grading.pipeline import Wanted

    place = Place(course, submissions, store, on)
    graded = grade_class(place, tasks or (), Wanted(authors or (), budget, fresh), trust_code=trust_code, as_json=as_json)
    if graded.faults:
        raise typer.Exit(EXIT_GRADER)


@app.command()
def check(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Your own files; several are compared with each other.")
    ],
    task: Annotated[
        str | None, typer.Option("--task", "-t", metavar="TASK", help="What they compute; inferred otherwise.")
    ] = None,
    case: Annotated[
        Path | None, typer.Option("--case", metavar="CASE.npz", help="Run this case only, as a failed check wrote it.")
    ] = None,
    budget: BudgetOption = 5.0,
    picture: Annotated[
        Path | None,
        typer.Option(
            "--picture", metavar="DIR|FILE", help="Draw the task's pictures from your output: all, or one (png, gif…)."
        ),
    ] = None,
    dark: DarkOption = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and check again whenever you save, until Ctrl-C.")] = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="FILE", help="What is remembered of the references; results/own.sqlite.")
    ] = None,
) -> None:
    """Are your own files right, and how fast are they against each reference? Runs them as you, without a sandbox."""
    from grader.cli.own_files import Checkup, check_own_files, watch_own_files

    _refuse_dark(dark, "--picture", picture)
    asked = Checkup(tuple(files), task, case, budget, picture, course, store, dark)
    if watch:
        with suppress(Interrupted):  # as it is meant to end
            watch_own_files(asked, as_json=as_json)
        return
    right = check_own_files(asked, as_json=as_json)
    if not right:
        raise typer.Exit(EXIT_WRONG)


@app.command()
def rank(
    task: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Only this task.")] = None,
    trust_code: UnsandboxedOption = False,
    picture: Annotated[Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw it, too.")] = None,
    source: Annotated[
        str | None, typer.Option("--from", metavar="asv", help="Instead: what asv recorded of the suite, beside the store.")
    ] = None,
    asv_results: Annotated[
        Path | None, typer.Option("--results", metavar="DIR", help="With --from asv: its results; .asv/results of the course.")
    ] = None,
    commit: Annotated[
        str | None, typer.Option("--commit", metavar="HASH", help="With --from asv: of this commit; the latest otherwise.")
    ] = None,
    on: OnOption = None,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """The leaderboard from the store; nothing is run."""
    from grader.cli.class_commands import Place, rank_class

    place = Place(course, submissions, store, on)
    if source is not None:
        from grader.cli.asv_ranking import rank_from

        if picture is not None:
            raise UsageError("--picture draws the store's leaderboard: leave --from away")
        rank_from(source, place, (task,) if task else (), asv_results, commit, trust_code=trust_code, as_json=as_json)
        return
    if asv_results is not None or commit is not None:
        raise UsageError("--results and --commit belong to --from asv")
    rank_class(place, (task,) if task else (), trust_code=trust_code, as_json=as_json, picture=picture)


@app.command()
def show(
    author: Annotated[str, typer.Argument(metavar="AUTHOR")],
    task: Annotated[str | None, typer.Argument(metavar="[TASK]", help="Only this task.")] = None,
    trust_code: UnsandboxedOption = False,
    roofline: Annotated[
        Path | None, typer.Option("--roofline", metavar="FILE.svg", help="Draw how far the machine's limits are, for one TASK.")
    ] = None,
    growth: Annotated[
        Path | None, typer.Option("--growth", metavar="FILE.svg", help="Draw the time over the size, for one TASK.")
    ] = None,
    dark: DarkOption = False,
    on: OnOption = None,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """One author's results in full: what happened, the figures, how each mark comes about."""
    from grader.cli.class_commands import Place, show_author

    place = Place(course, submissions, store, on)
    _refuse_dark(dark, "--roofline or --growth", roofline, growth)
    drawings = {"roofline": roofline, "growth": growth}
    show_author(place, author, (task,) if task else (), trust_code=trust_code, as_json=as_json, **drawings, dark=dark)


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, an empty one, or the same as the last time.")],
    tasks: TasksOption = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Instead: the leaderboard for everyone, under pseudonyms.")
    ] = False,
    names: Annotated[bool, typer.Option("--names", help="With --publish: the authors' own names.")] = False,
    feedback: Annotated[bool, typer.Option("--feedback", help="Instead: one page for each student.")] = False,
    archive: Annotated[
        Path | None, typer.Option("--zip", metavar="FILE.zip", help="With --feedback: as Canvas or Moodle takes it back, too.")
    ] = None,
    export: Annotated[
        str | None, typer.Option("--export", metavar="NAME", help="With --zip: for this collected archive; the last otherwise.")
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and show them live in a browser here, until Ctrl-C.")] = False,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=1, max=65535, help="With --watch: not any free one, but this.")
    ] = None,
    on: OnOption = None,
    trust_code: UnsandboxedOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """The store as pages to be opened from their files: for the teaching staff, for everyone, or for each student."""
    from grader.cli.class_commands import Place
    from grader.cli.report import Asked, watch_report, write_report
    from grader.cli.report_folder import Output

    if publish and feedback:
        raise UsageError("say either --publish or --feedback; each has a folder of its own")
    if names and not publish:
        raise UsageError("--names belongs to --publish: all other pages have names anyway")
    if archive is not None and not feedback:
        raise UsageError("--zip belongs to --feedback: only that is given back")
    if export is not None and archive is None:
        raise UsageError("--export belongs to --zip: it says whose names the archive has")
    if port is not None and not watch:
        raise UsageError("--port belongs to --watch: without it, nothing is served")
    output = Output.PUBLISHED if publish else Output.FEEDBACK if feedback else Output.STAFF
    place, asked = Place(course, submissions, store, on), Asked(folder, output, names, tasks or (), archive, export)
    if not watch:
        write_report(place, asked, trust_code=trust_code, as_json=as_json)
        return
    with suppress(Interrupted):  # as it is meant to end
        watch_report(place, asked, port or 0, trust_code=trust_code, as_json=as_json)


@app.command()
def history(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, an empty one, or the same as the last time.")],
    names: Annotated[bool, typer.Option("--names", help="The authors' own names, for the staff.")] = False,
    commits: Annotated[
        str | None,
        typer.Option("--from-git", metavar="RANGE", help="Grade past commits of the submissions, what changed in each."),
    ] = None,
    publish: Annotated[bool, typer.Option("--publish", help="Let asv make its site, to be opened from its files.")] = False,
    budget: BudgetOption = None,
    on: OnOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """The course's history: a git repository of what was graded, drawn over time by asv. Nothing is added twice."""
    from grader.cli.class_commands import Place
    from grader.cli.history import Asked, keep_history

    if budget is not None and commits is None:
        raise UsageError("--budget belongs to --from-git: otherwise nothing is run")
    asked = Asked(folder, names, publish, commits, budget)
    kept = keep_history(Place(course, submissions, store, on), asked, trust_code=trust_code, as_json=as_json)
    if kept.faults:
        raise typer.Exit(EXIT_GRADER)


@app.command()
def pictures(
    authors: AuthorsArgument = None,
    tasks: TasksOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Draw again what is there already.")] = False,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """Draw the tasks' pictures of every answer, for `grader report` to show; what is there is not drawn again."""
    from grader.cli.class_commands import Place
    from grader.cli.class_pictures import draw_class

    place = Place(course, submissions, store)
    if not draw_class(place, tasks or (), authors or (), fresh=fresh, trust_code=trust_code, as_json=as_json):
        raise typer.Exit(EXIT_GRADER)


@app.command()
def replay(
    author: Annotated[str, typer.Argument(metavar="AUTHOR")],
    task: Annotated[str, typer.Argument(metavar="TASK")],
    budget: BudgetOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """For disputes: the identical inputs again, beside what was found then. Nothing is stored, and no result changes."""
    from grader.cli.class_commands import Place
    from grader.cli.replay import replay_result

    place = Place(course, submissions, store)
    replay_result(place, author, task, budget_s=budget, trust_code=trust_code, as_json=as_json)


@app.command()
def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A file, an author's folder, a class's, REV:PATH, or a store.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The same in another version.")],
    tasks: TasksOption = None,
    fail_slower: Annotated[
        str | None, typer.Option("--fail-slower", metavar="N%", help="Exit code 1 where something is slower by more than that.")
    ] = None,
    budget: BudgetOption = None,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
) -> None:
    """Who got faster or slower: two versions of programs, measured again in the same rounds. Nothing is stored."""
    from grader.cli.class_commands import Place
    from grader.cli.compare import Asked, fraction_of
    from grader.cli.compare import compare as compare_and_print

    slower_by = None if fail_slower is None else fraction_of(fail_slower)
    asked = Asked(old, new, tasks or (), slower_by, budget)
    comparison = compare_and_print(Place(course, None, None), asked, trust_code=trust_code, as_json=as_json)
    if slower_by is not None and comparison.failing(slower_by):
        raise typer.Exit(EXIT_WRONG)
    if comparison.faults:
        raise typer.Exit(EXIT_GRADER)


@app.command()
def scaling(
    who: Annotated[str, typer.Argument(metavar="AUTHOR|FILE", help="Of the class or the references, or your own file.")],
    task: Annotated[
        str | None, typer.Option("--task", "-t", metavar="TASK", help="Which program; inferred for a file.")
    ] = None,
    cores: Annotated[
        int | None, typer.Option("--cores", metavar="N", min=1, help="Up to so many; all of this machine's otherwise.")
    ] = None,
    budget: Annotated[float, typer.Option("--budget", metavar="S", min=0.0, help="Seconds for measuring.")] = 20.0,
    picture: Annotated[Path | None, typer.Option("--picture", metavar="FILE.svg", help="Draw it, too (svg, png, pdf).")] = None,
    dark: DarkOption = False,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
) -> None:
    """Strong scaling: speedup, efficiency, serial part and memory on one core, two, and more. Nothing is marked.

    Of an author or a reference, the pages of `grader report` show it from then on.
    """
    from grader.cli.class_commands import Place
    from grader.cli.scaling import Asked, study_scaling

    _refuse_dark(dark, "--picture", picture)
    asked = Asked(who, task, cores, budget, picture, dark)
    study_scaling(Place(course, submissions, None), asked, trust_code=trust_code, as_json=as_json)


@app.command()
def profile(
    who: Annotated[
        str | None, typer.Argument(metavar="[FILE|AUTHOR]", help="Your own file, or of the class or the references.")
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", "-t", metavar="TASK", help="Which program; inferred for a file.")
    ] = None,
    everyone: Annotated[
        bool, typer.Option("--all", help="Instead: all of the class that is right, kept for the pages of grader report.")
    ] = False,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """Line by line: where do the time and the memory go, and what would make it faster? Nothing is marked."""
    from grader.cli.class_commands import Place
    from grader.cli.profile import profile_class, show_profile

    place = Place(course, submissions, store)
    if everyone == (who is not None):
        raise UsageError("say either whose program is to be profiled (a file or an author), or --all")
    if who is None:
        profile_class(place, (task,) if task else (), trust_code=trust_code, as_json=as_json)
    else:
        show_profile(place, who, task, trust_code=trust_code, as_json=as_json)


@app.command()
def mark(
    author: Annotated[str, typer.Argument(metavar="AUTHOR")],
    criterion: Annotated[str, typer.Argument(metavar="CRITERION", help="As assignment/criterion, or alone where it is clear.")],
    points: Annotated[float | None, typer.Argument(metavar="[POINTS]", help="From 0 to the criterion's points.")] = None,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Instead of POINTS: the grader's own points count again.")
    ] = False,
    note: NoteOption = "",
    who: WhoOption = None,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """Give points by hand: for what a person decides, or over what the grader found. Who, when and why are kept."""
    from grader.cli.class_commands import Place
    from grader.cli.decisions import Signature
    from grader.cli.decisions import mark as keep

    if (points is None) != take_back:
        raise UsageError("say either POINTS or --take-back")
    keep(Place(course, submissions, store), author, criterion, points, Signature(who, note), as_json=as_json)


@app.command()
def accept(
    author: Annotated[str, typer.Argument(metavar="AUTHOR")],
    task: Annotated[str, typer.Argument(metavar="TASK")],
    note: NoteOption = "",
    who: WhoOption = None,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
    store: StoreOption = None,
) -> None:
    """You have looked at what the grader wanted a person to look at: it is ranked, and not marked any more; new code is."""
    from grader.cli.class_commands import Place
    from grader.cli.decisions import Signature
    from grader.cli.decisions import accept as keep

    keep(Place(course, submissions, store), author, task, Signature(who, note), as_json=as_json)


@app.command()
def tasks(as_json: JsonOption = False, course: CourseOption = HERE) -> None:
    """The course's tasks, with their interfaces."""
    from grader.cli.course_commands import list_tasks

    list_tasks(course, as_json=as_json)


@app.command()
def new(
    task: Annotated[str, typer.Argument(metavar="TASK")],
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to put it; here otherwise.")] = HERE,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
) -> None:
    """Put a task's starter into place; an existing file is never overwritten."""
    from grader.cli.course_commands import new_submission

    new_submission(course, task, folder, as_json=as_json)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an empty one.")],
    as_json: JsonOption = False,
    course: CourseOption = HERE,
) -> None:
    """Start a new course: this one's course.toml, tasks and references, and no submissions. Nothing is overwritten."""
    from grader.cli.course_commands import init_course

    init_course(course, folder, as_json=as_json)


@app.command()
def release(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, an empty one, or the same as the last time.")],
    at: Annotated[
        str | None, typer.Option("--at", metavar="TIME", help="As if it were then, as in 2026-10-05T23:59:00+03:00.")
    ] = None,
    trust_code: Annotated[bool, typer.Option("--trust-code", help="Estimates from what was graded without a sandbox.")] = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    store: StoreOption = None,
) -> None:
    """The student's copy of the course: one archive for pip, without secret cases and what is not released yet."""
    from grader.cli.class_commands import Place
    from grader.cli.release import Asked, release_course

    release_course(Place(course, None, store), Asked(folder, at), trust_code=trust_code, as_json=as_json)


@app.command()
def collect(
    archives: Annotated[
        list[Path], typer.Argument(metavar="ARCHIVE...", help="Zips or tars: Canvas's, Moodle's, or a folder for each author.")
    ],
    author: Annotated[
        str | None, typer.Option("--author", metavar="NAME", help="The archives hold the files of this one student.")
    ] = None,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    submissions: SubmissionsOption = None,
) -> None:
    """Unpack what was handed in into the class's folder: Python files and notebooks, each author all at once or not at all."""
    from grader.cli.collect import collect_archives

    whole = collect_archives(archives, author, submissions or course / "submissions", as_json=as_json)
    if not whole:
        raise typer.Exit(EXIT_USAGE)


@app.command()
def doctor(as_json: JsonOption = False, course: CourseOption = HERE) -> None:
    """What this machine has for grading: isolation, clocks, cores, noise, libraries, each with its remedy."""
    from grader.cli.course_commands import examine_machine

    examine_machine(course, as_json=as_json)


@app.command()
def peaks(
    fresh: Annotated[bool, typer.Option("--fresh", help="Measure again what is in the store.")] = False,
    trust_code: TrustOption = False,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    store: StoreOption = None,
) -> None:
    """What this machine can do at most: arithmetic by the width of vectors, bytes by the level of memory."""
    from grader.cli.class_commands import Place
    from grader.cli.peaks import show_peaks

    store_file = Place(course, None, store).store_file
    show_peaks(course, store_file, again=fresh, trust_code=trust_code, as_json=as_json)


@app.command()
def jobs(
    cancel: Annotated[
        str | None, typer.Argument(metavar="[cancel]", help="End those that wait and run; what is finished is kept.")
    ] = None,
    on: OnOption = None,
    as_json: JsonOption = False,
    course: CourseOption = HERE,
    store: StoreOption = None,
) -> None:
    """The jobs of a grading on a cluster: what runs, what waits and why, what has failed."""
    from grader.cli.class_commands import Place
    from grader.cli.cluster import cancel_jobs, show_jobs

    if cancel not in (None, "cancel"):
        raise UsageError(f"grader jobs knows `cancel` alone, not {cancel!r}")
    act = show_jobs if cancel is None else cancel_jobs
    act(Place(course, None, store, on), as_json=as_json)


def _refuse_dark(dark: bool, belongs_to: str, *pictures: Path | None) -> None:
    """UsageError where nothing is drawn that could be dark."""
    if dark and not any(pictures):
        raise UsageError(f"--dark belongs to {belongs_to}: without it, nothing is drawn")


class Interrupted(BaseException):
    """Ctrl-C, or a request to end: unlike KeyboardInterrupt, nothing on the way up swallows it or words it differently."""


def main() -> None:
    """The `grader` command: every fault is one clear message and a documented exit code, never a traceback."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        require_unix(sys.platform)
        app()
    except UsageError as error:
        _fail(error, EXIT_USAGE)
    except GraderError as error:
        _fail(error, EXIT_GRADER)
    except Exception as error:  # noqa: BLE001 -- a fault of ours is never a traceback, and never the code of a wrong answer
        _fail(f"a fault of the grader's own, please report it: {type(error).__name__}: {error}", EXIT_GRADER)
    except Interrupted:
        _fail("interrupted: a grading keeps what was finished, and the next one goes on from there", EXIT_INTERRUPTED)


def _interrupt(_number: int, _frame: object) -> None:
    raise Interrupted


def _fail(reason: Exception | str, code: int) -> None:
    from grader.text import harmless  # messages quote names of files, which may hold anything

    typer.echo(f"grader: {harmless(str(reason))}", err=True)
    sys.exit(code)
