"""What `grader check` says, as HTML for a notebook: nothing in it is loaded or run, and no student's text is markup."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from grader.grading.class_report import Report
from grader.grading.standings import Result
from grader.report.figures import limit_text
from grader.report.leaderboard import confidence_lines, thresholds_lines
from grader.report.own_files import (
    COLUMNS,
    NUMBERS,
    closing_line,
    comparison_rows,
    notes,
    own_results,
    printed,
    reference_results,
)
from grader.text import harmless, harmless_line, harmless_name
from grader.verdicts import Verdict

_RIGHT, _WRONG, _REMARK = "#0b863a", "#d32f2f", "#966a00"
"""Their words tell them apart, too. Contrast on white is above 4.5, and on a dark notebook's #111 above 3.7."""


@dataclass(frozen=True)
class Picture:
    """A PNG of somebody's output."""

    title: str
    content: bytes
    is_right: bool


def html_summary(report: Report, authors: Sequence[str], picture: Picture | None, hand_in: Sequence[Path] = ()) -> str:
    """Each function's verdict, the table beside the references, the picture, the notes, and what to hand in."""
    mine, references = own_results(report, authors), reference_results(report)
    accepted = [result for result in mine if result.verdict is Verdict.ACCEPTED]
    parts = [_verdict(result, references) for result in mine]
    if accepted:
        parts.append(_table(report, [*accepted, *references]))
    if picture is not None:
        parts.append(_figure(picture))
    parts += [_list([note for result in mine for note in notes(result)], f"color:{_REMARK}")]
    parts += [_list(_background(report, result, references), "opacity:0.7") for result in accepted[:1]]
    parts += [_paragraph(f"hand in: {harmless_line(str(file))}", "font-weight:bold") for file in hand_in]
    return f"<div>{''.join(parts)}</div>"


def _verdict(result: Result, references: Sequence[Result]) -> str:
    """`you: correct · …`; else what is wrong, in the words of the terminal."""
    if result.verdict is Verdict.ACCEPTED:
        return _paragraph(f"✓ {closing_line(result, references)}", f"color:{_RIGHT};font-weight:bold")
    heading = f"✗ {harmless_name(result.author)} · {result.task} · {result.verdict.value}"
    parts = [_paragraph(heading, f"color:{_WRONG};font-weight:bold"), _text(harmless(result.message))]
    if result.printed.strip():
        parts.append(_text(f"it printed:\n{printed(result)}"))
    return "".join(parts)


def _table(report: Report, results: Sequence[Result]) -> str:
    head = "".join(f'<th scope="col" style="{_alignment(heading)}">{escape(heading)}</th>' for heading in COLUMNS)
    rows = "".join(_row(result, cells) for result, cells in comparison_rows(report, results))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _row(result: Result, cells: Sequence[str]) -> str:
    weight = "bold" if result.kind == "student" else "normal"
    name, *others = cells
    texts = "".join(
        f'<td style="{_alignment(heading)}">{escape(cell)}</td>' for heading, cell in zip(COLUMNS[1:], others, strict=True)
    )
    heading = f'<th scope="row" style="text-align:left;font-weight:inherit">{escape(name)}</th>'
    return f'<tr style="font-weight:{weight}">{heading}{texts}</tr>'


def _alignment(heading: str) -> str:
    return f"padding:0 0.5em;text-align:{'right' if heading in NUMBERS else 'left'}"


def _figure(picture: Picture) -> str:
    caption = f"{picture.title}, from your output{'' if picture.is_right else ', which is wrong'}"
    content = base64.b64encode(picture.content).decode()
    return (
        f'<figure style="margin:0.5em 0"><img alt="{escape(caption)}" style="max-width:100%" '
        f'src="data:image/png;base64,{content}"><figcaption>{escape(caption)}</figcaption></figure>'
    )


def _background(report: Report, result: Result, references: Sequence[Result]) -> list[str]:
    """How finely it was measured, what earns points, and how far the machine would go."""
    lines = [line.plain for line in (*confidence_lines(report, result.task), *thresholds_lines(report, result.task))]
    limit = limit_text(result, references)
    return [*lines, limit] if limit else lines


def _list(lines: Sequence[str], style: str) -> str:
    items = "".join(f'<li style="white-space:pre-wrap">{escape(line)}</li>' for line in lines)
    return f'<ul style="{style}">{items}</ul>' if items else ""


def _paragraph(text: str, style: str) -> str:
    return f'<p style="{style}">{escape(text)}</p>'


def _text(text: str) -> str:
    return f'<pre style="white-space:pre-wrap">{escape(text)}</pre>'
