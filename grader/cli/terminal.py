"""The terminal: one console for results, one for progress, and a progress bar with the time that is left."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from grader.report.figures import harmless

_PLAIN_WIDTH = 140


def results_console() -> Console:
    """Standard output; as wide as the tables need where it is not a terminal."""
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


class TerminalProgress:
    """Progress on standard error, gone when the work is done; silent where standard error is not a terminal."""

    def __init__(self) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[doing]}", style="dim"),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,  # a thread that draws ten times a second would disturb the calls that are timed
            disable=not sys.stderr.isatty(),
        )
        self._stage: TaskID | None = None

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._bars.stop()

    def begin(self, stage: str, total: float) -> None:
        """A new bar; the last stage's goes."""
        if self._stage is not None:
            self._bars.remove_task(self._stage)
        self._stage = self._bars.add_task(stage, total=total, doing="", visible=total > 0)

    def advance(self, amount: float, doing: str) -> None:
        """Move the bar; more work than was announced lengthens it."""
        if self._stage is None:
            return
        bar = self._bars.tasks[-1]
        if bar.total is not None and bar.completed + amount > bar.total:
            self._bars.update(self._stage, total=bar.completed + amount)
        self._bars.update(self._stage, advance=amount, doing=harmless(doing))
        self._bars.refresh()
