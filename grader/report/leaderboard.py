"""The leaderboard as a table per task, and one author's results in full: pure functions to things that rich can print."""

from collections.abc import Iterable, Sequence
from functools import partial

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.grading.class_report import Report, SpeedThresholds
from grader.grading.marks import AssignmentMarks, FinalMark
from grader.grading.reference_speeds import estimate_text
from grader.grading.standings import Confidence, Result
from grader.report.figures import difference_text, growth_text, limit_text, points_text, rank_text, speedup_text, within_text
from grader.report.terminal_picture import terminal_svg
from grader.text import command, harmless, harmless_line, harmless_name, harmless_remark
from grader.units import ABSENT, memory_text, rate_text, time_text
from grader.verdicts import Verdict

_UNSANDBOXED = "none"
_SHOWN_PRINTS_CHARACTERS = 2000
_SHOWN_PRINTS_LINES = 20
_SHOWN_FLAGS = 20


def leaderboard(report: Report) -> RenderableType:
    """A table per task, everyone's marks, and what the figures rest on."""
    parts: list[RenderableType] = []
    for task in dict.fromkeys(result.task for result in report.results):
        results = [result for result in report.results if result.task == task]
        parts += [_task_table(report, task, [result for result in results if result.verdict is not Verdict.MISSING])]
        parts += [*_missing_line(results), *_look_line(results), *confidence_lines(report, task)]
        parts += [*disturbed_lines(report, task), *thresholds_lines(report, task), Text()]
    if report.marks:
        parts += [
            _marks_table(report),
            Text("+: a person has yet to decide about more points (grader show AUTHOR)", style="dim"),
            Text(),
        ]
    return Group(*parts, *footer_lines(report), *trouble_lines(report))


def leaderboard_svg(report: Report) -> str:
    """The same as a picture that loads nothing from anywhere."""
    return terminal_svg(leaderboard(report), "grader rank")


def author_details(report: Report, author: str) -> RenderableType:
    """One author's results, task by task: what happened and the figures; then the marks with their reasons."""
    parts: list[RenderableType] = []
    for result in report.results:
        if result.author == author:
            parts += [_details(report, result), *confidence_lines(report, result.task, result.case)]
            parts += [*thresholds_lines(report, result.task), Text()]
    for marks in report.marks:
        if marks.author == author:
            parts += [_criteria_table(marks), Text()]
    parts += [final_line(final) for final in report.finals if final.author == author]
    return Group(*parts, Text(), *footer_lines(report), *trouble_lines(report))


def _task_table(report: Report, task: str, results: Sequence[Result]) -> Table:
    table = Table(title=task, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    # On a narrow terminal, names and figures take more lines, and nothing is cut off.
    table.add_column("rank", justify="right", no_wrap=True)
    table.add_column("author", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("rate", justify="right", overflow="fold")
    table.add_column("case", overflow="fold")
    table.add_column("speedup", justify="right", overflow="fold")
    table.add_column("over", overflow="fold")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("flags", justify="right", no_wrap=True)
    for result in results:
        is_reference = result.kind == "reference"
        table.add_row(
            rank_text(result.first_rank, result.last_rank),
            Text(harmless_name(result.author), style="dim italic" if is_reference else ""),
            _verdict_text(result.verdict),
            rate_text(result.rate, report.work_units[task]),
            result.case or "",
            *_compared(result),
            "" if is_reference else points_text(result.points, result.max_points),
            _flags_cell(result),
            style="dim" if is_reference else "",
        )
    return table


def _flags_cell(result: Result) -> Text:
    """How many flags; with a `!`, a person should look at it."""
    flags = str(len(result.flags)) if result.flags else ""
    return Text.assemble(flags, (" !" if flags else "!", "bold yellow")) if result.wants_a_look else Text(flags)


def _look_line(results: Iterable[Result]) -> list[Text]:
    """What the sign means, where somebody has it."""
    if not any(result.wants_a_look for result in results):
        return []
    return [Text("!: a person should look at it: grader show AUTHOR TASK", style="yellow")]


def _compared(result: Result) -> tuple[str, str]:
    """The speedup and what it is over; the baseline itself is compared with nothing."""
    if _is_baseline(result):
        return "1", "(baseline)"
    return speedup_text(result.speedup, result.speedup_low, result.speedup_high), result.baseline or ""


def _is_baseline(result: Result) -> bool:
    return result.kind == "reference" and result.author == result.baseline


def _missing_line(results: Iterable[Result]) -> list[Text]:
    """Who handed in nothing, in one line: in a large class they would fill the table."""
    missing = [harmless_name(result.author) for result in results if result.verdict is Verdict.MISSING]
    return [Text(f"nothing handed in: {', '.join(missing)}", style="dim")] if missing else []


def _marks_table(report: Report) -> Table:
    """A row for each student, a column for each assignment; behind them the final mark so far, where it is known."""
    table = Table(title="marks so far", title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("author", overflow="fold")
    assignments = dict.fromkeys((marks.assignment, marks.max_points) for marks in report.marks)
    for assignment, max_points in assignments:
        table.add_column(f"{assignment} / {max_points:g}", justify="right", overflow="fold")
    finals = {final.author: final for final in report.finals}
    if finals:
        table.add_column("course", justify="right", no_wrap=True)
    rows: dict[str, dict[str, AssignmentMarks]] = {}
    for marks in report.marks:
        rows.setdefault(marks.author, {})[marks.assignment] = marks

    def place(author: str) -> tuple[float, str]:
        points = sum(marks.points or 0.0 for marks in rows[author].values())
        return -(finals[author].percent if author in finals else points), author

    for author in sorted(rows, key=place):
        cells = [_cell(rows[author][assignment]) for assignment, _ in assignments]
        table.add_row(Text(harmless_name(author)), *cells, *([percent_text(finals[author])] if finals else []))
    return table


def _cell(marks: AssignmentMarks) -> str:
    """The points; with a `+`, some are still to be decided."""
    if marks.points is None:
        return ABSENT
    return f"{marks.points:g}{' +' if marks.undecided_points else ''}"


def percent_text(final: FinalMark) -> str:
    """`21.5 of 60 %`: what the marks so far give of the final mark, and what they could."""
    return f"{final.percent:.1f} of {final.max_percent:g} %"


def final_line(final: FinalMark) -> Text:
    """How the final mark so far comes about, kind by kind."""
    shares = (
        f"{share.kind} {points_text(share.points, share.max_points)} of {share.weight_percent:g} % = {share.percent:.1f} %"
        + (f" ({share.undecided_points:g} points undecided)" if share.undecided_points else "")
        for share in final.shares
    )
    return Text(f"course so far: {percent_text(final)} · {' · '.join(shares)}")


def _details(report: Report, result: Result) -> RenderableType:
    everything = command("grader show", result.author, result.task, options="--json")
    table = Table.grid(padding=(0, 2))
    for name, value in facts(report, result):
        table.add_row(Text(name, style="dim"), value)
    parts: list[RenderableType] = [
        Text.assemble((harmless_name(result.author), "bold"), f" · {result.task} · ", _verdict_text(result.verdict)),
        Padding(Text(harmless(result.message, all_of_it=everything)), (0, 0, 0, 2)),
        Padding(table, (0, 0, 0, 2)),
    ]
    if result.printed.strip():
        printed = harmless(result.printed, _SHOWN_PRINTS_CHARACTERS, _SHOWN_PRINTS_LINES, all_of_it=everything)
        parts.append(Padding(Text(f"it printed:\n{printed}", style="dim"), (0, 0, 0, 2)))
    return Group(*parts)


def confidence_lines(report: Report, task: str, case: str | None = None) -> list[Text]:
    """`large: differences of 1.3 % and more can be told apart (α = 0.02, 5 runs, …)`; of all cases, or of one."""
    return [
        Text(f"{one.case}: {_told_apart(one)} (α = {report.alpha:g}, {_how_measured(one)})", style="dim")
        for one in report.confidence
        if one.task == task and case in (None, one.case)
    ]


def _told_apart(one: Confidence) -> str:
    if one.difference is None:
        return "after a single run, no difference can be told from noise"
    return f"differences of {difference_text(one.difference)} and more can be told apart"


def _how_measured(one: Confidence) -> str:
    runs = f"{one.runs}" if one.runs == one.most_runs else f"{one.runs} to {one.most_runs}"
    aside = f", {one.set_aside_runs} more set aside" if one.set_aside_runs else ""
    control = f"a copy of the baseline {'came' if one.control_tied else 'did not come'} out equal"
    return f"{runs} run{'s' * (one.most_runs > 1)}{aside}, {control}"


def disturbed_lines(report: Report, task: str) -> list[Text]:
    """Where runs were disturbed, and how to measure again in a quieter hour."""
    remedy = command("grader grade", options=f"--fresh --task {task}")
    return [
        Text(
            f"{one.case}: {one.disturbed_runs} of {one.counting_runs} runs were disturbed (by what: grader show AUTHOR);"
            f" once the machine is quieter: {remedy}",
            style="yellow",
        )
        for one in report.confidence
        if one.task == task and one.disturbed_runs
    ]


def thresholds_lines(report: Report, task: str) -> list[Text]:
    """`speed points on this machine, by time per flop: 0.5 at 120 ns · …`: what one can work towards."""
    unit = report.work_units[task].removesuffix("s")
    return [
        Text(
            f"speed points on this machine ({one.assignment}/{one.criterion}), by time per {unit}: {_steps(one)}"
            + (f" (full marks by the estimate of {one.estimate.level})" if one.estimate is not None else ""),
            style="dim",
        )
        for one in report.thresholds
        if one.task == task
    ]


def estimate_lines(report: Report, task: str) -> list[Text]:
    """In a student's copy: what is known of the references that it lacks, and on how many cases it judges."""
    known = [Text(harmless_line(estimate_text(one)), style="dim") for one in report.estimates if one.task == task]
    count = report.public_cases.get(task)
    cases = f"checked on the {count} public cases of this copy of the course; a class's grading may try others, too"
    return known if count is None else [*known, Text(cases, style="dim")]


def _steps(thresholds: SpeedThresholds) -> str:
    return " · ".join(f"{step.points:g} at {time_text(step.seconds_per_unit)}" for step in thresholds.steps)


def facts(report: Report, result: Result) -> Iterable[tuple[str, Text]]:
    """All that is known of one result beside its message: the author's own facts, and what a person should look at."""
    yield from own_facts(report, result)
    if result.review is not None:
        remedy = command("grader accept", result.author, result.task, options="--note WHY")
        looked_at = harmless_remark(f"a person has to look at {result.review}")
        yield "not ranked yet", Text(f"{looked_at} ({harmless_line(remedy)})", style="yellow")
    yield from _look_facts(result)


def own_facts(report: Report, result: Result) -> Iterable[tuple[str, Text]]:
    """The figures and flags, which their author may keep."""
    if result.rank is not None:
        yield "rank", Text(rank_text(result.first_rank, result.last_rank))
    yield from _speed_facts(report, result)
    if result.import_time_s is not None:
        yield (
            "import, compilation",
            Text(f"{time_text(result.import_time_s)}, {time_text(result.compile_time_s)} (not in the rate)"),
        )
    if result.peak_memory_bytes is not None:
        yield "memory of a call", Text(memory_text(result.peak_memory_bytes))
    if result.cpu_over_wall is not None:
        yield "cores at work", Text(f"{result.cpu_over_wall:.2f}")
    for flag in result.flags[:_SHOWN_FLAGS]:
        yield "flag", Text(harmless_remark(flag), style="yellow")
    if len(result.flags) > _SHOWN_FLAGS:
        yield "flags", Text(f"{len(result.flags) - _SHOWN_FLAGS} more", style="yellow")


def _speed_facts(report: Report, result: Result) -> Iterable[tuple[str, Text]]:
    """What is known of the time of a call: beside others', the machine's limit, and larger calls."""
    if result.wall_time_s is not None:
        yield "time of a call", Text(f"{time_text(result.wall_time_s)} at case {result.case}")
        yield "rate", Text(_rate_within(result, report.work_units[result.task]))
        yield "speedup", Text(f"{speedup_text(result.speedup, result.speedup_low, result.speedup_high)} over {result.baseline}")
        share = limit_text(result, report.results)
        if share:
            yield "share of the limit", Text(share)
    for growth in result.growths:
        yield "growth", Text(harmless_line(growth_text(growth)))


def _rate_within(result: Result, work_unit: str) -> str:
    """The rate with its interval, which the baseline has none of: all others are measured against it."""
    rate = rate_text(result.rate, work_unit)
    if result.rate is None or result.rate_low is None or result.rate_high is None or _is_baseline(result):
        return rate
    return f"{rate} {within_text(result.rate, result.rate_low, result.rate_high, partial(rate_text, unit=work_unit))}"


def _look_facts(result: Result) -> Iterable[tuple[str, Text]]:
    """What a person should look at, or who has."""
    name, style = ("to be looked at", "bold yellow") if result.wants_a_look else ("looked at", "")
    for suspicion in result.suspicions:
        yield name, Text(harmless_remark(suspicion), style=style)
    if result.looked_at is not None:
        yield "by", Text(harmless_remark(result.looked_at))
    elif result.suspicions and result.kind == "student":
        remedy = command("grader accept", result.author, result.task, options="--note WHY")
        yield "", Text(f"no grade depends on it; once you have looked: {harmless_line(remedy)}", style="dim")


def _criteria_table(marks: AssignmentMarks) -> Table:
    """One assignment: each criterion, its points, and how they come about."""
    title = Text(f"{marks.title}: {points_text(marks.points, marks.max_points)}")
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("criterion")
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("because")
    for points in marks.criteria:
        name = f"{points.criterion} (bonus)" if points.bonus else points.criterion
        reasons = Text.assemble(points.text, "\n", (harmless(points.because), "dim"))
        table.add_row(name, points_text(points.points, points.max_points), reasons)
    return table


def footer_lines(report: Report) -> Iterable[Text]:
    """What all figures rest on."""
    machine = report.machine
    yield Text(
        f"{machine.name}: {machine.cpu}, {machine.threads} of {machine.cores} cores · sandbox: {report.sandbox}", style="dim"
    )
    yield Text(
        f"Ranks like 1–3 are ties: noise leaves all of them open (α = {report.alpha:g}). "
        "± is the interval of a rate and of its speedup alike. "
        "Rates of different cases are not one race. References are in italics and take no rank.",
        style="dim",
    )
    if report.sandbox == _UNSANDBOXED:
        yield Text("UNSANDBOXED: these figures were made without isolation", style="bold red")


def trouble_lines(report: Report) -> Iterable[Text]:
    """What has no figures yet, and where the grader itself failed."""
    if report.ungraded:
        names = ", ".join(map(harmless_line, report.ungraded))
        yield Text(f"not graded yet (grader grade): {names}", style="yellow")
    for fault in report.faults:
        yield Text(f"the grader failed, not the submission: {harmless_remark(fault)}", style="bold red")


def _verdict_text(verdict: Verdict) -> Text:
    styles = {Verdict.ACCEPTED: "green", Verdict.GRADER_ERROR: "bold magenta", Verdict.MISSING: "dim"}
    return Text(verdict.value, style=styles.get(verdict, "red"))
