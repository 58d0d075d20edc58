"""Two versions of programs on a terminal: what is not right first, then who got slower, then who got faster."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.grading.versions import Compared, Comparison, Outcome, Speed
from grader.report.figures import half_width, share_text, within_text
from grader.text import harmless, harmless_line, harmless_name, harmless_remark, listed
from grader.units import number_text, time_text

_CLOSE = 0.05
"""Who may differ by more than this is not said to be as fast."""
_ALL_OF_IT = "grader compare OLD NEW --json"
_TOLD_AT_LENGTH = (Outcome.BROKEN, Outcome.STILL_WRONG, Outcome.REPAIRED, Outcome.NOT_MEASURED)
_MEASURED = (Outcome.SLOWER, Outcome.UNDECIDED, Outcome.FASTER, Outcome.AS_FAST)
_IN_ONE_LINE = {
    Outcome.SAME_TEXT: "the same text in both, not run",
    Outcome.ONLY_OLD: "not in the new version",
    Outcome.ONLY_NEW: "not in the old version",
}
_STYLES = {
    Outcome.BROKEN: "red",
    Outcome.STILL_WRONG: "red",
    Outcome.REPAIRED: "green",
    Outcome.NOT_MEASURED: "yellow",
    Outcome.SLOWER: "red",
    Outcome.UNDECIDED: "yellow",
    Outcome.FASTER: "green",
    Outcome.AS_FAST: "",
}
_SAID = {
    Outcome.BROKEN: "was right, and is not any more: not compared",
    Outcome.STILL_WRONG: "was not right, and is not: not compared",
    Outcome.REPAIRED: "is right now; the old version was not, so there is nothing to compare with",
    Outcome.NOT_MEASURED: "not measured",
}


def comparison_text(comparison: Comparison, slower_by: float | None = None) -> RenderableType:
    """All pairs; with `slower_by`, also which of them fail."""
    parts: list[RenderableType] = []
    for one in _of(comparison, _TOLD_AT_LENGTH):
        parts += _at_length(one)
    measured = _of(comparison, _MEASURED)
    if measured:
        parts += [_table(measured), *_confidence(comparison, measured)]
    for outcome, text in _IN_ONE_LINE.items():
        of_outcome = [f"{one.author} · {one.task}" for one in _of(comparison, (outcome,))]
        if of_outcome:
            parts.append(Text(f"{text}: {harmless_line(listed(of_outcome))}", style="dim"))
    for names, text in ((comparison.only_old, "authors who are gone"), (comparison.only_new, "new authors")):
        if names:
            parts.append(Text(f"{text}: {harmless_line(listed(names))}", style="dim"))
    if not comparison.compared:
        parts.append(Text("there is nothing to compare: no task has a program in either version"))
    if slower_by is not None:
        parts.append(_failing(comparison, slower_by))
    return Group(*parts)


def _of(comparison: Comparison, outcomes: Sequence[Outcome]) -> list[Compared]:
    return [one for one in comparison.compared if one.outcome in outcomes]


def _at_length(one: Compared) -> Iterator[RenderableType]:
    """What happened to a program that is not right."""
    yield Text.assemble((harmless_name(one.author), "bold"), f" · {one.task} · ", (_SAID[one.outcome], _STYLES[one.outcome]))
    yield Padding(Text(harmless(one.because, all_of_it=_ALL_OF_IT)), (0, 0, 0, 2))


def _table(measured: Sequence[Compared]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("author", "task", "case", "old", "new", "the new version is", "runs"):
        table.add_column(heading, justify="right" if heading in {"old", "new", "runs"} else "left")
    for one in measured:
        if one.speed is not None:
            times = (time_text(one.speed.old_time_s), time_text(one.speed.new_time_s))
            cells = (harmless_name(one.author), one.task, one.speed.case, *times, outcome_text(one), str(one.speed.runs))
            table.add_row(*map(Text, cells), style=_STYLES[one.outcome])
    notes = [
        Text(f"note: {harmless_name(one.author)} · {one.task}: {harmless_remark(note)}", style="yellow")
        for one in measured
        for note in one.notes
    ]
    return Group(table, *notes)


def outcome_text(one: Compared) -> str:
    """`1.42× faster (±1.2 %)`, `as fast (±0.8 %)`."""
    if one.speed is None:
        return one.outcome.value
    within = within_text(one.speed.speedup, one.speed.speedup_low, one.speed.speedup_high).strip("()")
    if one.outcome is Outcome.FASTER:
        return f"{number_text(one.speed.speedup)}× faster ({within})"
    if one.outcome is Outcome.SLOWER:
        slower = _upside_down(one.speed)
        return f"{number_text(slower[0])}× slower ({within_text(*slower).strip('()')})"
    if one.outcome is Outcome.UNDECIDED:
        return "undecided: the machine was disturbed, measure again"
    reach = half_width(one.speed.speedup, one.speed.speedup_low, one.speed.speedup_high)
    return f"as fast ({within})" if reach <= _CLOSE else f"no difference found ({within})"


def _upside_down(speed: Speed) -> tuple[float, float, float]:
    return 1 / speed.speedup, 1 / speed.speedup_high, 1 / speed.speedup_low


def _confidence(comparison: Comparison, measured: Sequence[Compared]) -> Iterator[Text]:
    pairs = f"all {len(measured)} pairs together" if len(measured) > 1 else "the pair"
    if comparison.is_stored:
        yield Text(
            "from stored samples: each version beside the baseline in its own rounds, not both in the same ones", style="yellow"
        )
    else:
        sandbox = "" if comparison.sandbox == "full" else f", sandbox: {comparison.sandbox}"
        yield Text(f"in the same rounds, α = {comparison.alpha:g} over {pairs}{sandbox}", style="dim")


def _failing(comparison: Comparison, slower_by: float) -> Text:
    failing = [f"{one.author} · {one.task}" for one in comparison.failing(slower_by)]
    if not failing:
        return Text(f"nothing is slower by more than {share_text(slower_by)} with confidence", style="green")
    text = f"slower by more than {share_text(slower_by)}, or not right any more: {harmless_line(listed(failing))}"
    return Text(text, style="red")
