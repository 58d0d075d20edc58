"""The report: from figures of merit to Markdown. Pure functions."""

from collections.abc import Iterable, Mapping, Sequence

from benchmarks.quality.classes import Kernel
from benchmarks.quality.load import LOADS, QUIET
from benchmarks.quality.merit import DIFFERENCES, Merit, Share, together
from benchmarks.quality.quality import Quality
from benchmarks.quality.rivals import RIVALS

ABSENT = "–"


def markdown(quality: Quality) -> str:
    """The whole report."""
    parts = [_head(quality), _classes(quality), _method(quality)]
    parts += [_grader(quality), _under_load(quality), _resampled(quality)]
    parts += [_beside_others(quality)] if quality.rivals else []
    return "\n\n".join(parts) + "\n"


def _head(quality: Quality) -> str:
    everything = together(list(quality.merits[QUIET].values()))
    machine = quality.machine
    return f"""\
# How good the ranking is

Classes of programs whose true order is known, graded again and again. The grader's promise is at most 2 % of gradings in which programs
tie wrongly apart, and a true difference of 5 % found. This page is written by `python -m benchmarks.quality --out docs`; nothing on it is typed.

Made on {quality.date}, on {machine.cores} cores of {machine.cpu} ({machine.system}, {machine.memory_bytes >> 30} GiB), sandbox: {quality.sandbox}; \
Python {quality.python}, {", ".join(f"{name} {version}" for name, version in quality.libraries.items())}. It took {quality.seconds / 60:.0f} minutes.

Over all kernels, without load: {_sentence(everything)}

Shares stand with their 95 % interval after Clopper and Pearson, which takes what is counted as independent; several pairs of one grading
are not quite that. τ_b is Kendall's, between the ranks of every two gradings on the ladder of 0, 2, 4, 6, 8 and 10 %.

![Detection and false splits](measurement.svg)"""


def _sentence(merit: Merit) -> str:
    return (
        f"{merit.gradings} gradings; programs of equal work were split in {_share(merit.split_gradings)} of them; "
        f"of the pairs that differ by 5 % {_share(merit.found[5])} were found, by 2 % {_share(merit.found[2])};"
        f" {_share(merit.wrong)} of all unequal pairs were ranked the wrong way round."
    )


def _classes(quality: Quality) -> str:
    programs = quality.programs
    pieces = quality.pieces_made
    rows = []
    for program in programs:
        counted = {pieces[kernel.name][program.author] / pieces[kernel.name]["base"] - 1 for kernel in quality.kernels}
        measured = [quality.measured[kernel.name][program.author] for kernel in quality.kernels]
        rows.append(
            [
                program.author,
                program.text,
                f"{program.percent} %",
                " to ".join(f"{100 * share:.2f} %" for share in sorted(counted)),
                *(f"{100 * value:+.2f} %" for value in measured),
            ]
        )
    heads = ["program", "text", "more work", "counted", *(kernel.title for kernel in quality.kernels)]
    return f"""\
## The classes

A call of a base program makes 200 pieces of equal work. A program with p % more makes the first p % of them once more, and the mean of the two
counts: real work, which nothing can leave out without knowing that the answers are equal. Compiled programs of one kernel run the same machine code, and
are told at run time how many pieces to repeat. All answers are checked as any hand-in's. *counted* is the number of pieces that one call really made,
counted by a profiler hook in the interpreter with compilation switched off; the columns of the kernels are what all runs of this session together say
of the times.

{_table(heads, rows)}"""


def _method(quality: Quality) -> str:
    effort = quality.effort
    ledger = "\n".join(
        f"- *{kernel.title}*{_note(kernel)}: {quality.calls_s[kernel.name] * 1e3:.1f} ms a call, pieces of size {quality.sizes[kernel.name]:,}"
        for kernel in quality.kernels
    )
    loads = "\n".join(f"- *{name}*: {LOADS[name].about}" for name in effort.loads) or "- none in this run"
    return f"""\
## Method

The grader itself checks the classes in the sandbox and makes {effort.quiet_runs} runs of each, the classes in turns, and under each load {effort.loaded_runs}
more of some. Gradings are then made of the stream of runs as the grader would make them: after each run its own rule says who takes part in the next one; turns of
whoever would not have taken part are left out. A grading ends at {effort.most_runs} runs at the latest; the next one begins with the run after it, so no two
share one. *Resampled* gradings take the same runs in {effort.reshuffles} orders of chance: they share runs, so they have no interval.

{ledger}

The loads:

{loads}

A pair is *split* or *found* by its ranks, which is what students see. Among programs of the base's work nobody is faster, so a split there is false by itself. A rank
counts who is significantly faster, so copies that have others close in front of them can differ in rank where one of them alone is found to be slower than those:
these are counted apart (*copies behind others*)."""


def _note(kernel: Kernel) -> str:
    if kernel.profile.starts_processes or kernel.name != "threads":
        return ""
    return " (on a machine of two cores the grader's own process shares one of them with the submission's threads; it sleeps during a call)"


_MERIT_HEADS = [
    "gradings",
    "runs",
    "s",
    "gradings that split equals",
    "split copies",
    "split texts",
    "split copies behind others",
    *(f"{difference} % found" for difference in DIFFERENCES),
    "wrong order",
    "τ_b",
    "sd of equals",
]


def _merit_cells(merit: Merit, *, intervals: bool = True) -> list[str]:
    share = _share if intervals else _percent
    return [
        str(merit.gradings),
        f"{merit.runs:.1f}",
        f"{merit.seconds:.0f}",
        share(merit.split_gradings),
        share(merit.split_copies),
        share(merit.split_texts),
        share(merit.split_among_others),
        *(share(merit.found[difference]) for difference in DIFFERENCES),
        share(merit.wrong),
        ABSENT if merit.agreement is None else f"{merit.agreement:.2f}",
        ABSENT if merit.copies_sd_percent is None else f"{merit.copies_sd_percent:.2f} %",
    ]


def _grader(quality: Quality) -> str:
    rows = _rows(quality.kernels, quality.merits[QUIET])
    return f"""\
## Without load

*s* is what a grading of the class took, *sd of equals* the standard deviation between programs of the base's work within a grading.

{_table(["kernel", *_MERIT_HEADS], rows)}"""


def _rows(kernels: Iterable[Kernel], merits: Mapping[str, Merit], *, intervals: bool = True) -> list[list[str]]:
    rows = [
        [kernel.title, *_merit_cells(merits[kernel.name], intervals=intervals)] for kernel in kernels if kernel.name in merits
    ]
    return [*rows, ["**all**", *_merit_cells(together(list(merits.values())), intervals=intervals)]]


def _under_load(quality: Quality) -> str:
    loads = [load for load in quality.merits if load != QUIET]
    if not loads:
        return "## Under load\n\nNot part of this run."
    rows = [
        [f"{load}: {row[0]}" if row[0] != "**all**" else f"**{load}: all**", *row[1:]]
        for load in loads
        for row in _rows(quality.kernels, quality.merits[load])
    ]
    return f"## Under load\n\n{_table(['load: kernel', *_MERIT_HEADS], rows)}"


def _resampled(quality: Quality) -> str:
    rows = [
        [load if load != QUIET else "without load", *_merit_cells(together(list(merits.values())), intervals=False)]
        for load, merits in quality.resampled.items()
    ]
    return f"## Resampled\n\nAll kernels of a load together.\n\n{_table(['load', *_MERIT_HEADS], rows)}"


def _beside_others(quality: Quality) -> str:
    share_of = {name: together(list(merits.values())) for name, merits in quality.rivals.items()}
    kernels = [kernel for kernel in quality.kernels if any(kernel.name in merits for merits in quality.rivals.values())]
    own = {name: merit for name, merit in quality.rivals_grader.items()}
    everyone = {"the grader": together(list(own.values())), **share_of}
    count = len(quality.effort.rival_programs)
    rows = [
        [
            name,
            str(merit.gradings),
            f"{merit.seconds / count:.1f}",
            *_merit_cells(merit)[3:6],
            *(_share(merit.found[difference]) for difference in (2, 5, 10)),
            *_merit_cells(merit)[-3:],
        ]
        for name, merit in everyone.items()
    ]
    heads = ["tool", "sessions", "s a program", "sessions that split equals", "split copies", "split texts"]
    heads += ["2 % found", "5 % found", "10 % found", "wrong order", "τ_b", "sd of equals"]
    by_kernel = [
        [f"{name}: {kernel.title}", *(_merit_cells(merits[kernel.name])[3:])]
        for name, merits in {"the grader": own, **quality.rivals}.items()
        for kernel in kernels
        if kernel.name in merits
    ]
    rules = "\n".join(f"- *{rival.name}*: {rival.about}" for rival in RIVALS if rival.name in quality.rivals)
    absent = "".join(f"\n- *{name}* was not there: {why}" for name, why in quality.missing_rivals.items())
    return f"""\
## Beside other tools

The same files and the same sizes, {count} programs of each class, in the same session on the same machine without load, on no cores in particular; \
Numba finds what it compiled before. Inputs are the same in every call, which is easier than the grader's fresh ones. Each tool's statistics are taken at face value: two programs rank apart where its own rule calls them different, and the rank is
one more than the number of programs that are called faster. None of these tools was made for ranking programs of hundreds of authors.

{rules}{absent}

{_table(heads, rows)}

The grader's row are its gradings without load, of which only these programs are looked at; its seconds include those of the others in the class.

Kernel by kernel:

{_table(["tool: kernel", *_MERIT_HEADS[3:]], by_kernel)}"""


def _share(share: Share) -> str:
    interval = share.interval_percent
    if interval is None:
        return ABSENT
    low, high = interval
    return f"{_percent(share)} ({low:.1f}–{high:.1f})"


def _percent(share: Share) -> str:
    return ABSENT if share.percent is None else f"{share.percent:.1f} %"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
