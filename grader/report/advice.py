"""Advice in words: what would make a program faster, a few lines for each finding; pure functions from findings to text."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.advice.advise import is_near_limit
from grader.advice.finding import Finding
from grader.advice.program import Advice
from grader.report.figures import share_text
from grader.text import harmless_line, harmless_name

WRONG = "the answer is wrong: `grader check FILE` says where"
NOTHING = "nothing to fix that would gain a tenth"
_MANY_TIMES = 10


@dataclass(frozen=True)
class Told:
    """One finding in words."""

    title: str
    """`line 14: growing-in-loop, up to 3.2 times as fast`."""
    evidence: str
    next_step: str


def told(findings: Sequence[Finding]) -> list[Told]:
    """Each finding in words, the one that would gain the most first."""
    return [
        Told(
            f"{harmless_line(one.line.place)}: {one.cause.value}, up to {gain_text(one.gain)} times as fast",
            harmless_line(one.evidence),
            harmless_line(one.next_step),
        )
        for one in findings
    ]


def advice_lines(advice: Advice) -> Iterator[tuple[str, str]]:
    """Lines with what each is: `title`, `evidence`, `step`, and `next` for where it goes on; `wrong` instead of all advice."""
    if advice.wrong is not None:
        yield "wrong", WRONG
        yield "evidence", harmless_line(advice.wrong)
        return
    for number, one in enumerate(told(advice.findings), 1):
        title, evidence, step = in_lines(one).split("\n")
        yield "title", f"{number} · {title}"
        yield "evidence", evidence
        yield "step", step
    if not advice.findings:
        yield "title", first_to_do(advice)
    if advice.next_reference is not None:
        yield "next", f"the next step is shown by the reference {harmless_name(advice.next_reference)}"


def in_lines(one: Told) -> str:
    """A finding as one text of three lines."""
    return f"{one.title}\nmeasured: {one.evidence}\nto do: {one.next_step}"


def gain_text(gain: float) -> str:
    """`1.3`, `14`, `100`."""
    return f"{gain:.0f}" if gain >= _MANY_TIMES else f"{gain:.2g}"


def in_short(advice: Advice) -> str:
    """`slowest: line 14 · line 12: growing-in-loop, up to 3.2 times as fast`; a line that is both is named once."""
    said = first_to_do(advice)
    if advice.slowest is None:
        return said
    if advice.findings and advice.findings[0].line == advice.slowest:
        return f"slowest: {said}"
    return f"slowest: {harmless_line(advice.slowest.place)} · {said}"


def first_to_do(advice: Advice) -> str:
    """`line 12: growing-in-loop, up to 3.2 times as fast`, or that there is nothing, and why."""
    if advice.wrong is not None:
        return WRONG
    if advice.findings:
        return told(advice.findings[:1])[0].title
    if advice.share_of_limit is not None and is_near_limit(advice.share_of_limit):
        reached = share_text(advice.share_of_limit)
        return f"{reached} of what this machine can do by the usual algorithm: only another algorithm would be faster"
    return NOTHING
