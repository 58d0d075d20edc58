"""The report: figures of merit put into the words of `measurement.template.md`. Pure functions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from string import Template

from benchmarks.quality.classes import PIECES, Kernel
from benchmarks.quality.load import LOADS, QUIET
from benchmarks.quality.merit import DIFFERENCES, Merit, together
from benchmarks.quality.quality import ByKernel, Quality
from benchmarks.quality.rivals import RIVALS
from benchmarks.share import Share
from grader.profiles import Profile
from grader.units import ABSENT

_TEMPLATE = Path(__file__).parent / "measurement.template.md"
_NOT_IN_THIS_RUN = "Not part of this run."
_THREADS_NOTE = (
    "; where the machine has two cores, the grader's own process, which only waits during a call, shares one of them"
)
_SPLITS = ["gradings that split equals", "split copies", "split reworded", "split copies behind others"]
_MEASURES = [*_SPLITS, *(f"{difference} % found" for difference in DIFFERENCES), "wrong order", "τ_b", "sd of equals"]
_EFFORT = ["gradings", "runs", "s"]
_SMALL = 2
"""Percent: the smallest difference that should be found."""


def markdown(quality: Quality) -> str:
    """The whole page."""
    machine, effort = quality.machine, quality.effort
    libraries = ", ".join(f"{name} {version}" for name, version in quality.libraries.items())
    return Template(_TEMPLATE.read_text(encoding="utf-8")).substitute(
        date=quality.date,
        minutes=f"{quality.seconds / 60:.0f}",
        machine=f"{machine.cores} cores of {machine.cpu} ({machine.system}, {machine.memory_bytes / (1 << 30):.0f} GiB)",
        sandbox=quality.sandbox,
        versions=f"Python {quality.python}, {libraries}",
        summary=_summary(_all(quality.merits[QUIET])),
        aims=_aims(quality),
        pieces=PIECES,
        classes=_classes(quality),
        kernels=_list(_kernel(quality, kernel) for kernel in quality.kernels),
        quiet_runs=effort.quiet_runs,
        loaded_runs=effort.loaded_runs,
        budget_s=f"{quality.budget_s:g}",
        seconds_per_run=f"{quality.seconds_per_run:g}",
        reshuffles=effort.reshuffles,
        quiet=_table(["kernel", *_EFFORT, *_MEASURES], _by_kernel(quality.kernels, quality.merits[QUIET])),
        loads=_list(f"*{name}*: {LOADS[name].about}" for name in effort.loads) or _NOT_IN_THIS_RUN,
        loaded=_loaded(quality),
        resampled=_resampled(quality),
        rivals=_rivals(quality) if quality.rivals else _NOT_IN_THIS_RUN,
    )


def _summary(merit: Merit) -> str:
    return (
        f"of {merit.gradings} gradings {_share(merit.split_gradings)} split the fastest programs, which are equal; of the"
        f" programs that do 5 % more work {_share(merit.found[5])} were found to be slower, of those with 2 %"
        f" {_share(merit.found[2])}; of all unequal pairs {_percent(merit.wrong)} were ranked the wrong way round; of equal"
        f" pairs behind others {_share(merit.split_among_others)} had two ranks;"
        f" two gradings agreed by τ_b = {_agreement(merit)}."
    )


# Sections


def _aims(quality: Quality) -> str:
    """What the ranking is meant to reach beside what it does; and what more time would bring."""
    quiet, loaded = _all(quality.merits[QUIET]), [_all(quality.merits[load]) for load in quality.effort.loads]
    most_s = max(quality.effort.budgets_s)
    longer = _all(quality.resampled[QUIET][most_s])

    def row(
        aim: str, share_of: Callable[[Merit], Share], worst: Callable[..., Share], text: Callable[[Share], str] = _share
    ) -> list[str]:
        under_load = [share for share in map(share_of, loaded) if share.of]
        worst_of_loads = text(worst(under_load, key=_fraction)) if under_load else ABSENT
        return [aim, text(share_of(quiet)), worst_of_loads, _percent(share_of(longer))]

    agreements = [one.agreement for one in loaded if one.agreement is not None]
    return _table(
        ["aim", "without load", "under the worst of the loads", f"without load, {most_s:g} s a program (resampled)"],
        [
            row("at most 2 % of gradings split equals", lambda one: one.split_gradings, max),
            row("99.9 % of what does 5 % more work is found", lambda one: one.found[5], min),
            row("95 % of what does 2 % more work is found", lambda one: one.found[_SMALL], min),
            row("no pair is in the wrong order", lambda one: one.wrong, max, _percent),
            [
                "two gradings agree by τ_b ≥ 0.97",
                _agreement(quiet),
                f"{min(agreements):.2f}" if agreements else ABSENT,
                _agreement(longer),
            ],
            ["seconds a program", *_seconds(quality, quiet, loaded, longer)],
        ],
    )


def _fraction(share: Share) -> float:
    return share.count / share.of


def _seconds(quality: Quality, quiet: Merit, loaded: Sequence[Merit], longer: Merit) -> list[str]:
    """Of a program; the aim is at most half of what asv takes by default, where it was tried."""
    programs = len(quality.programs)
    asv = quality.rivals.get("asv")
    beside = "" if asv is None else f"; asv {_all(asv).seconds / len(quality.effort.rival_programs):.1f} (aim: half of that)"
    most = max((one.seconds for one in loaded), default=None)
    return [
        f"{quiet.seconds / programs:.1f}{beside}",
        ABSENT if most is None else f"{most / programs:.1f}",
        f"{longer.seconds / programs:.1f}",
    ]


def _classes(quality: Quality) -> str:
    rows = []
    for program in quality.programs:
        made = [quality.pieces_made[kernel.name] for kernel in quality.kernels]
        counted = sorted({100 * (of_kernel[program.author] / of_kernel["base"] - 1) for of_kernel in made})
        measured = (100 * quality.measured[kernel.name][program.author] for kernel in quality.kernels)
        cells = (f"{percent:+.2f} %" for percent in measured)
        rows.append([program.author, f"{program.percent} %", " to ".join(f"{one:.2f} %" for one in counted), *cells])
    return _table(["program", "more work", "counted", *(kernel.title for kernel in quality.kernels)], rows)


def _kernel(quality: Quality, kernel: Kernel) -> str:
    note = _THREADS_NOTE if kernel.profile is Profile.THREADS else ""
    call_ms, size = 1e3 * quality.calls_s[kernel.name], quality.sizes[kernel.name]
    return f"*{kernel.title}*: {kernel.about}; {call_ms:.1f} ms a call, pieces of size {size:,}{note}"


def _loaded(quality: Quality) -> str:
    rows = [
        [f"{load}: {title}", *cells]
        for load in quality.effort.loads
        for title, *cells in _by_kernel(quality.kernels, quality.merits[load])
    ]
    return _table(["load: kernel", *_EFFORT, *_MEASURES], rows) if rows else ""


def _resampled(quality: Quality) -> str:
    rows = []
    for load, by_budget in quality.resampled.items():
        for budget_s, merits in by_budget.items():
            merit = _all(merits)
            if merit.gradings:  # a pool that is too short for a longer grading says nothing of it
                rows.append([load, f"{budget_s:g} s", *_effort(merit), *_measures(merit, _percent)])
    everything = _table(["load", "budget", *_EFFORT, *_MEASURES], rows)
    return f"{everything}\n\n{_longer(quality)}"


def _longer(quality: Quality) -> str:
    """What longer gradings find of 2 %, and what they take."""
    rows = [
        [
            f"{load}, {kernel.title}",
            *(_found_in(merits[kernel.name], len(quality.programs)) for merits in by_budget.values()),
        ]
        for load, by_budget in quality.resampled.items()
        for kernel in quality.kernels
        if all(kernel.name in merits for merits in by_budget.values())
    ]
    return f"""\
Programs that do {_SMALL} % more, found by gradings that may be longer, and the seconds that those took for each program:

{_table(["load, kernel", *(f"{budget_s:g} s" for budget_s in quality.effort.budgets_s)], rows)}"""


def _found_in(merit: Merit, programs: int) -> str:
    if not merit.gradings:
        return "–"
    return f"{_percent(merit.found[_SMALL])} in {merit.seconds / programs:.1f} s"


def _rivals(quality: Quality) -> str:
    everyone: dict[str, ByKernel] = {"the grader": quality.rivals_grader, **quality.rivals}
    authors = len(quality.effort.rival_programs)
    heads = ["tool", "sessions", "s a program", *_MEASURES]
    rows, details = [], []
    for name, merits in everyone.items():
        merit = _all(merits)
        rows.append([name, str(merit.gradings), f"{merit.seconds / authors:.1f}", *_measures(merit, _share)])
        details += [
            [f"{name}: {kernel.title}", str(merits[kernel.name].gradings), *_measures(merits[kernel.name], _share)]
            for kernel in quality.kernels
            if kernel.name in merits
        ]
    rules = [f"*{rival.name}*: {rival.about}" for rival in RIVALS if rival.name in quality.rivals]
    rules += [f"*{name}* was not there: {remedy}" for name, remedy in quality.missing_rivals.items()]
    return f"""\
The same files, {authors} programs of each class, in the same session on the same machine without load, pinned to no core; Numba
finds what it compiled before. A tool's inputs are the same in every call, which is easier than the grader's fresh ones. Its
statistics are taken at face value: two programs differ where its own rule says so, and a rank is one more than the number of
programs that are called faster. Where a tool can be told how long to measure, it had {quality.effort.rival_seconds:g} s a
program. Nobody made these tools to rank a class: this says what happens where they are used so.

{_list(rules)}

{_table(heads, rows)}

The first row is the grader's gradings without load, of which these programs alone are looked at, with their part of the seconds
that its runs took. Kernel by kernel:

{_table(["tool: kernel", "sessions", *_MEASURES], details)}"""


# Rows and cells


def _all(merits: ByKernel) -> Merit:
    return together(list(merits.values()))


def _by_kernel(kernels: Iterable[Kernel], merits: Mapping[str, Merit]) -> list[list[str]]:
    named = [(kernel.title, merits[kernel.name]) for kernel in kernels if kernel.name in merits]
    return [[title, *_effort(merit), *_measures(merit, _share)] for title, merit in [*named, ("**all**", _all(merits))]]


def _effort(merit: Merit) -> list[str]:
    return [str(merit.gradings), f"{merit.runs:.1f}", f"{merit.seconds:.0f}"]


def _measures(merit: Merit, text: Callable[[Share], str]) -> list[str]:
    splits = (merit.split_gradings, merit.split_copies, merit.split_texts, merit.split_among_others)
    found = (merit.found[difference] for difference in DIFFERENCES)
    return [
        *map(text, (*splits, *found)),
        _percent(merit.wrong),
        _agreement(merit),
        ABSENT if merit.copies_sd_percent is None else f"{merit.copies_sd_percent:.2f} %",
    ]


def _agreement(merit: Merit) -> str:
    return ABSENT if merit.agreement is None else f"{merit.agreement:.2f}"


def _share(share: Share) -> str:
    interval = share.interval_percent
    return ABSENT if interval is None else f"{_percent(share)} ({interval[0]:.1f} to {interval[1]:.1f})"


def _percent(share: Share) -> str:
    return ABSENT if share.percent is None else f"{share.percent:.1f} %"


def _list(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in (heads, ["---"] * len(heads), *rows))
