"""What came of one file of the corpus, what counts as a win for it, and the table of all of them. Nothing is run here."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from grader.verdicts import Verdict
from tests.attacks.corpus import Entry

LEAST_TIME = 0.9
"""Of the honest work's time: less is a win."""
OWN_ACCOUNT = "attack-won: "
"""What an attack prints in front of what it has reached, where nothing else can show it."""

_DASH = "–"


@dataclass(frozen=True)
class Outcome:
    """One file, graded."""

    entry: Entry
    verdict: Verdict | None
    """None where the grader gave none."""
    message: str = ""
    review: str | None = None
    suspicions: tuple[str, ...] = ()
    time_over_honest: float | None = None
    """The median over rounds of its time over its honest twin's; None where it was not timed."""
    leaked: tuple[str, ...] = ()
    """The places whose canary was seen."""
    host: tuple[str, ...] = ()
    """What has changed outside the sandbox, and what the attack itself says that it reached."""
    following: tuple[str, ...] = ()
    """What went wrong with the controls that were graded right after it."""
    fault: str | None = None
    """The grader's own failure."""
    took_s: float = 0.0


def wins(outcome: Outcome) -> tuple[str, ...]:
    """What a hostile file has won, or what a legitimate one has lost; empty where the grader held."""
    entry = outcome.entry
    found = []
    if outcome.fault is not None:
        found.append(f"the grader failed: {outcome.fault}")
    elif outcome.verdict not in entry.verdicts:
        wanted = " or ".join(entry.verdicts)
        found.append(f"{outcome.verdict} instead of {wanted}: {_first_line(outcome.message)}")
    elif entry.message is not None and entry.message not in outcome.message:
        found.append(f"the message does not say {entry.message!r}: {_first_line(outcome.message)}")
    if outcome.time_over_honest is not None and outcome.time_over_honest < LEAST_TIME and entry.kind == "hostile":
        found.append(f"{outcome.time_over_honest:.2f} of the honest work's time")
    if outcome.leaked:
        found.append(f"leaked: {', '.join(outcome.leaked)}")
    found += [*outcome.host, *outcome.following]
    if outcome.fault is None:
        found += _flags(outcome)
    return tuple(found)


def _flags(outcome: Outcome) -> list[str]:
    entry = outcome.entry
    if entry.reviewed and outcome.review is None:
        return ["nobody is asked to review it"]
    if entry.flagged and not outcome.suspicions:
        return ["nothing is flagged"]
    if entry.kind == "legitimate" and outcome.suspicions:
        return [f"flagged, though it is honest: {'; '.join(outcome.suspicions)}"]
    return []


def pooled(ratios_of_runs: Sequence[Sequence[float]]) -> float:
    """The median of all rounds of all runs."""
    return median(ratio for ratios in ratios_of_runs for ratio in ratios)


# The table

HEADS = ("file", "verdict", "time / honest", "leaked", "host", "next")


def row(outcome: Outcome) -> tuple[str, ...]:
    """The cells of one outcome, below `HEADS`."""
    ratio = outcome.time_over_honest
    return (
        outcome.entry.name,
        _DASH if outcome.verdict is None else outcome.verdict.value,
        _DASH if ratio is None else f"{ratio:.2f}",
        "LEAKED" if outcome.leaked else "no",
        "CHANGED" if outcome.host else "same",
        "AFFECTED" if outcome.following else "fine",
    )


def lines_of(outcome: Outcome, width: int) -> list[str]:
    """Its row, and under it what it has won."""
    name, *cells = row(outcome)
    verdict, ratio, leaked, host, following = cells
    found = wins(outcome)
    line = f"{name:{width}}  {verdict:13}  {ratio:>13}  {leaked:6}  {host:7}  {following:8}  {outcome.took_s:5.1f} s"
    return [f"{line}{'  WON' if found else ''}", *(f"{'':{width}}    {what}" for what in found)]


def head(width: int) -> str:
    """The line above all rows."""
    name, verdict, ratio, leaked, host, following = HEADS
    return f"{name:{width}}  {verdict:13}  {ratio:>13}  {leaked:6}  {host:7}  {following:8}  {'took':>7}"


def last_line(outcomes: Sequence[Outcome]) -> str:
    """The counts."""
    hostile = [outcome for outcome in outcomes if outcome.entry.kind == "hostile"]
    honest = [outcome for outcome in outcomes if outcome.entry.kind != "hostile"]
    won = sum(bool(wins(outcome)) for outcome in hostile)
    lost = sum(bool(wins(outcome)) for outcome in honest)
    took_s = sum(outcome.took_s for outcome in outcomes)
    return (
        f"{len(hostile)} attacks, {won} of them won; {len(honest)} honest files, {lost} of them graded wrongly or flagged"
        f" ({took_s:.0f} s)"
    )


def as_json(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """All outcomes, for programs."""
    listed = []
    for outcome in outcomes:
        fields = asdict(outcome)
        del fields["entry"]
        listed.append({"file": outcome.entry.name, **fields, "won": wins(outcome)})
    return listed


def _first_line(message: str) -> str:
    return message.strip().partition("\n")[0][:200]
