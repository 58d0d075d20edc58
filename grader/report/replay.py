"""A replay on a terminal: what was found then and what is found now, side by side, and what follows from it."""

import math
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.grading.rank import Standing
from grader.grading.replay import Account, Replay
from grader.report.figures import difference_text, speedup_text
from grader.text import command, harmless, harmless_line, harmless_name, harmless_remark
from grader.units import ABSENT, time_text

_SAME = "the same"
_HASH_DIGITS = 12
_VAGUE = 0.2
"""A log ratio; where noise hides differences as large as this, agreement says little."""


def replayed(replay: Replay) -> RenderableType:
    """Then beside now; for what was measured also its turns and its noise; and a conclusion."""
    parts: list[RenderableType] = [
        Text.assemble((harmless_name(replay.author), "bold"), f" · {replay.task} · replayed on the identical inputs"),
        _accounts_table(replay),
        *_messages(replay),
    ]
    if replay.runs:
        parts += [_turns_table(replay), _noise_table(replay)]
    parts += [Text(harmless_remark(note), style="yellow") for note in replay.notes]
    return Group(*parts, *_conclusion(replay))


# --- then beside now -------------------------------------------------------------------------------------------------------


def _accounts_table(replay: Replay) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", style="dim")
    table.add_column("then", overflow="fold")
    table.add_column("now", overflow="fold")
    then, now = replay.then, replay.now
    table.add_row("made at", then.made_at, now.made_at)
    _add_facts(table, "code", then.content_hash[:_HASH_DIGITS], now.content_hash[:_HASH_DIGITS])
    _add_facts(table, "machine", _machine_text(then), _machine_text(now))
    _add_facts(table, "environment", then.conditions.environment, now.conditions.environment)
    _add_facts(table, "sandbox", then.conditions.sandbox, now.conditions.sandbox)
    if replay.baseline is not None:
        _add_facts(table, f"baseline {replay.baseline}", _hash_text(then.baseline_hash), _hash_text(now.baseline_hash))
    _add_facts(table, "verdict", then.verdict, now.verdict)
    if then.standing is not None:
        table.add_row("speedup", _speedup_text(then.standing), _speedup_text(now.standing))
    return table


def _add_facts(table: Table, name: str, then: str, now: str) -> None:
    """A row in which a change stands out."""
    change = Text(_SAME, style="dim") if now == then else Text(harmless_line(now), style="yellow")
    table.add_row(name, Text(harmless_line(then)), change)


def _hash_text(content_hash: str | None) -> str:
    return ABSENT if content_hash is None else content_hash[:_HASH_DIGITS]


def _machine_text(account: Account) -> str:
    """The fingerprint decides what is the same; the name and the facts say what it is."""
    machine, fingerprint = account.machine, account.conditions.machine
    if machine is None:
        return f"unknown ({fingerprint})"
    return f"{machine.name}: {machine.cpu}, {machine.threads} of {machine.cores} cores ({fingerprint})"


def _speedup_text(standing: Standing | None) -> str:
    if standing is None:
        return ABSENT
    return speedup_text(standing.speedup, standing.speedup_low, standing.speedup_high)


def _messages(replay: Replay) -> Iterator[RenderableType]:
    """What the student reads: once where it is the same."""
    then, now = harmless(replay.then.message), harmless(replay.now.message)
    if replay.same_message:
        yield from (Text("message, then and now:", style="dim"), Padding(Text(then), (0, 0, 1, 2)))
    else:
        yield from (Text("message then:", style="dim"), Padding(Text(then), (0, 0, 0, 2)))
        yield from (Text("message now:", style="dim"), Padding(Text(now), (0, 0, 1, 2)))


# --- samples and noise -----------------------------------------------------------------------------------------------------


def _turns_table(replay: Replay) -> Table:
    """How the turns spread; every single one is in the JSON."""
    rounds = [one for run in replay.runs for one in run.rounds]
    sides = {
        "then": [one.then for one in rounds if one.then is not None],
        "now": [one.now for one in rounds if one.now is not None],
    }
    title = f"turns at case {replay.case}, in {len(replay.runs)} runs (each single one: --json)"
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("", overflow="fold")
    for name in ("turns", "smallest", "median", "largest"):
        table.add_column(name, justify="right", no_wrap=True)
    for side, samples in sides.items():
        table.add_row(f"time, {side}", str(len(samples)), *_spread([sample.turn_s for sample in samples], time_text))
    for side, samples in sides.items():
        ratios = _spread([sample.ratio for sample in samples], lambda ratio: f"{ratio:.4g}")
        table.add_row(f"over the baseline's in the same round, {side}", str(len(samples)), *ratios)
    return table


def _spread(values: Sequence[float], text: Callable[[float], str]) -> tuple[str, str, str]:
    if not values:
        return ABSENT, ABSENT, ABSENT
    return text(min(values)), text(median(values)), text(max(values))


def _noise_table(replay: Replay) -> Table:
    table = Table(
        title="noise, run by run (the control is a copy of the baseline: 0 % but for noise)",
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("run", justify="right")
    for name in ("control", "its scatter", f"scatter of {harmless_name(replay.author)}"):
        table.add_column(Text(f"{name}, then"), justify="right")
        table.add_column("now", justify="right")
    for run in replay.runs:
        table.add_row(
            str(run.number + 1),
            *(f"{100 * (noise.control_ratio - 1):+.2f} %" for noise in (run.then, run.now)),
            *(_percent(noise.control_scatter) for noise in (run.then, run.now)),
            *(_percent(noise.scatter) for noise in (run.then, run.now)),
        )
    return table


def _percent(share: float | None) -> str:
    return ABSENT if share is None else f"{100 * share:.2f} %"


# --- what follows ----------------------------------------------------------------------------------------------------------


def _conclusion(replay: Replay) -> Iterator[Text]:
    """Whether the result of then came out again; and what to do, for a replay itself changes nothing."""
    if not replay.same_code:
        yield Text(
            "The code has changed: `now` is about the files that are handed in now, and says nothing of the result of then. "
            "To replay that one, put its files back.",
            style="bold yellow",
        )
    elif replay.same_verdict:
        yield Text("The verdict came out again on the same inputs.", style="green")
    else:
        yield Text("The verdict came out differently on the same inputs: look at both messages above.", style="bold red")
    if replay.same_code and replay.then.standing is not None and replay.now.standing is not None:
        yield _on_the_speedup(replay)
    again = command("grader grade", replay.author, options=f"--task {replay.task} --fresh")
    if replay.kind == "reference":
        again = f"grader grade --task {replay.task} --fresh"
    yield Text(harmless(f"Nothing of this was stored, and no result has changed. To grade again: {again}"), style="dim")


def _on_the_speedup(replay: Replay) -> Text:
    if not replay.same_conditions:
        return Text("The speedups were found under different conditions, in yellow above: they do not compare.", style="yellow")
    change = replay.speedup_change
    if change is None:
        return Text("After so few runs the speedups have no interval: they do not compare.", style="yellow")
    sizes = f"they differ by {_apart(change.difference)}, and noise explains up to {_apart(change.allowed)}"
    if change.beyond_noise:
        return Text(f"The speedups changed: {sizes}. Look at the noise of each run above.", style="bold red")
    if change.allowed > _VAGUE:
        return Text(f"The speedups prove nothing: {sizes}. Replay on a quieter machine.", style="yellow")
    return Text(f"The speedups agree: {sizes}.", style="green")


def _apart(log_ratio: float) -> str:
    return difference_text(math.expm1(abs(log_ratio)))
