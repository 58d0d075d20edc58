"""The terminal: one console for results, one for progress: a bar with the time that is left, and the board as it fills."""

import sys
import time
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from grader.text import harmless_line, harmless_name
from grader.units import ABSENT
from grader.verdicts import Verdict

_PLAIN_WIDTH = 140
_LINE_EVERY_S = 15.0
"""Where nobody can see a bar move, in a log, a line now and then says how far the work is."""
_ROWS_LEFT_FREE = 6


def results_console() -> Console:
    """Standard output; as wide as the tables need where it is not a terminal."""
    width = None if sys.stdout.isatty() else _PLAIN_WIDTH
    return Console(width=width, highlight=False, soft_wrap=False)


class TerminalProgress:
    """Progress on standard error: drawn on a terminal, and gone when the work is done; elsewhere a line now and then.

    `authors` and `tasks` are the rows and columns of the board, which is drawn where there is more than one author.
    """

    def __init__(self, authors: Iterable[str] = (), tasks: Iterable[str] = ()) -> None:
        self._console = Console(stderr=True)
        self._drawn = sys.stderr.isatty()
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[doing]}", style="dim", markup=False),
            auto_refresh=False,
        )
        # A thread that draws ten times a second would disturb the calls that are timed.
        self._live = Live(console=self._console, auto_refresh=False, transient=True)
        self._tasks = tuple(tasks)
        self._board: dict[str, dict[str, str]] = {author: {} for author in authors}
        self._stage: TaskID | None = None
        self._said_at = time.monotonic()

    def __enter__(self) -> Self:
        if self._drawn:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._drawn:
            self._live.stop()

    def begin(self, stage: str, total: float) -> None:
        """A new bar; the last stage's goes."""
        if self._stage is not None:
            self._bars.remove_task(self._stage)
        self._stage = self._bars.add_task(stage, total=total, doing="", visible=total > 0)
        self._draw()

    def advance(self, amount: float, doing: str) -> None:
        """Move the bar; more work than was announced lengthens it."""
        if self._stage is None:
            return
        bar = self._bars.tasks[-1]
        if bar.total is not None and bar.completed + amount > bar.total:
            self._bars.update(self._stage, total=bar.completed + amount)
        self._bars.update(self._stage, advance=amount, doing=harmless_line(doing))
        self._draw()

    def found(self, author: str, task: str, result: str) -> None:
        """Fill a cell of the board."""
        if author in self._board:
            self._board[author][task] = result
            self._draw()

    def _draw(self) -> None:
        if self._drawn:
            self._live.update(Group(self._bars, self._board_table()), refresh=True)
        elif time.monotonic() - self._said_at > _LINE_EVERY_S:
            self._said_at = time.monotonic()
            self._console.print(self._line(), markup=False, highlight=False)

    def _line(self) -> str:
        bar = self._bars.tasks[-1]
        left = "" if bar.time_remaining is None else f", about {bar.time_remaining:.0f} s left"
        doing = f" · {bar.fields['doing']}" if bar.fields["doing"] else ""
        return f"{bar.description} {bar.completed:.0f}/{bar.total or 0:.0f}{left}{doing}"

    def _board_table(self) -> Table | Text:
        """As many authors as the terminal has lines for: those who have something first."""
        if len(self._board) <= 1:
            return Text()
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
        table.add_column("")
        for task in self._tasks:
            table.add_column(task, justify="right", no_wrap=True)
        rows = sorted(self._board.items(), key=lambda row: not row[1])
        for author, cells in rows[: max(3, self._console.height - _ROWS_LEFT_FREE)]:
            table.add_row(Text(harmless_name(author)), *(_cell(cells.get(task)) for task in self._tasks))
        return table


class OwnProgress(TerminalProgress):
    """The same for one's own files: whose answers are right hears of it at once, before the speed is known."""

    def __init__(self, authors: Iterable[str]) -> None:
        super().__init__()
        self._not_told = {*authors}

    def found(self, author: str, task: str, result: str) -> None:
        """Say once that the answers are right; what is wrong is said with its reason when the work is done."""
        if result == Verdict.ACCEPTED and author in self._not_told:
            self._not_told.remove(author)
            said = f"{harmless_name(author)}: every answer to {task} is right; now the speed"
            self._console.print(said, markup=False, highlight=False)


def _cell(result: str | None) -> Text:
    """A speedup, or what stands in its way; a right answer that is not measured yet is a tick."""
    if result is None:
        return Text("·", style="dim")
    if result == Verdict.ACCEPTED:
        return Text("✓", style="green")
    if result == Verdict.MISSING:
        return Text(ABSENT, style="dim")
    return Text(result, style="red" if result in list(Verdict) else "green")
