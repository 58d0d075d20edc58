"""Rankings of what asv recorded, on a terminal: each case's table, who is not in it, and how far the grader's own agrees."""

from collections.abc import Iterator, Sequence
from math import isinf

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader.grading.asv_ranking import Agreement, AsvRanking, OtherOrder
from grader.report.figures import difference_text, rank_text, speedup_text
from grader.text import harmless_line, harmless_name
from grader.units import number_text, time_text

_PAIRS_SHOWN = 20
_ALL_OF_IT = "grader rank --from asv --json"
_COMMIT_DIGITS = 8


def asv_rankings(rankings: Sequence[AsvRanking]) -> RenderableType:
    """All of them, and at last the pairs that are ordered otherwise."""
    return Group(*(part for one in rankings for part in _ranking(one)))


def _ranking(one: AsvRanking) -> Iterator[RenderableType]:
    where = harmless_line(f"{one.file.commit[:_COMMIT_DIGITS]}, {one.file.environment}")
    title = f"{one.task} · {one.case} · from asv's samples of {where}"
    table = Table(title=Text(title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("rank", "author", "time of a call", "speedup"):
        table.add_column(heading, justify="left" if heading == "author" else "right")
    for standing in one.ranking.standings:
        cells = (
            rank_text(standing.first_rank, standing.last_rank),
            _author(standing.competitor),
            time_text(one.times_s[standing.competitor]),
            speedup_text(standing.speedup, standing.speedup_low, standing.speedup_high),
        )
        table.add_row(*map(Text, cells), style="dim" if standing.rank is None else "")
    yield table
    if isinf(one.ranking.hsd):
        yield Text("after a single round nothing can be told apart", style="dim")
    else:
        differences = f"differences of {difference_text(one.difference)} and more can be told apart"
        yield Text(f"{differences} ({one.rounds} rounds, over {_author(one.baseline)}; asv has no control)", style="dim")
    for why in dict.fromkeys(one.absent.values()):
        names = ", ".join(_author(name) for name, because in one.absent.items() if because == why)
        yield Text(f"not here: {harmless_line(names)}: {why}", style="dim")
    yield from _agreement(one.agreement)
    if one.other_code:
        names = harmless_line(", ".join(map(_author, one.other_code)))
        yield Text(f"left out of that: {names}: the code at asv's commit is not what is handed in now", style="yellow")
    if one.code_unknown:
        yield Text(f"whether asv timed the code of now is not known: {harmless_line(one.code_unknown)}", style="yellow")
    yield Text()


def _author(competitor: str) -> str:
    return harmless_name(competitor.removeprefix("student/"))


def _agreement(agreement: Agreement | None) -> Iterator[Text]:
    if agreement is None:
        yield Text("the grader itself has not ranked two of these students: nothing to compare with", style="dim")
        return
    tau = "not known, for a ranking separates nobody" if agreement.tau_b is None else f"{agreement.tau_b:.2f}"
    pairs = agreement.otherwise
    count = f"{len(pairs)} pairs are" if len(pairs) != 1 else "1 pair is"
    yield Text(
        f"beside the grader's own leaderboard, {agreement.students} students: Kendall's τ_b {tau}; {count} ordered otherwise"
    )
    for pair in pairs[:_PAIRS_SHOWN]:
        yield Text(f"  {_pair_text(pair)}", style="yellow" if pair.is_reversed else "dim")
    if len(pairs) > _PAIRS_SHOWN:
        yield Text(f"  and {len(pairs) - _PAIRS_SHOWN} more: {_ALL_OF_IT}", style="dim")


def _pair_text(pair: OtherOrder) -> str:
    """`ada and bo: asv ranks them 1 and 2 (1.031 ×), the grader 1 and 1 (1.004 ×, at 256 and 512)`."""
    names = f"{_author(pair.first)} and {_author(pair.second)}"
    by_asv = f"{pair.asv_ranks[0]} and {pair.asv_ranks[1]} ({number_text(pair.asv_ratio, 4)} ×)"
    cases = " and ".join(dict.fromkeys(pair.grader_cases))
    by_grader = f"{pair.grader_ranks[0]} and {pair.grader_ranks[1]} ({number_text(pair.grader_ratio, 4)} ×, at {cases})"
    reversed_ = "reversed, " if pair.is_reversed else ""
    return f"{names}: {reversed_}asv ranks them {by_asv}, the grader {by_grader}"
