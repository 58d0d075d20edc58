"""One quality benchmark from beginning to end: classes, pools of runs, gradings, other tools; and what it found."""

import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.quality.classes import BASE, THREADS, Kernel, Program
from benchmarks.quality.course import sample_measurement, write_course
from benchmarks.quality.effort import Effort
from benchmarks.quality.gradings import gradings, reshuffled, whole
from benchmarks.quality.load import QUIET
from benchmarks.quality.merit import Merit, Outcome, merit
from benchmarks.quality.pools import CheckedClasses, check_classes, record
from benchmarks.quality.rivals import RIVALS
from benchmarks.quality.rivals.session import field_of, outcome_of
from benchmarks.quality.true_work import pieces_made, size_for
from grader.content.course import Measurement
from grader.grading.estimate import turn_time_s
from grader.machine import Machine, library_versions, this_machine, usable_cpus
from grader.store import StoredBlock

Say = Callable[[str], None]
ByKernel = Mapping[str, Merit]


@dataclass(frozen=True)
class Quality:
    """What one quality benchmark found. Merits stand by load or tool, and by kernel."""

    effort: Effort
    seconds_per_run: float
    """Of each program, as the sample course measures."""
    budget_s: float
    """What a grading may take for each program, by the same."""
    date: str
    machine: Machine
    sandbox: str
    python: str
    libraries: Mapping[str, str]
    seconds: float
    kernels: tuple[Kernel, ...]
    sizes: Mapping[str, int]
    calls_s: Mapping[str, float]
    """Of the base programs: the median turn without load."""
    pieces_made: Mapping[str, Mapping[str, int]]
    """By kernel and author."""
    measured: Mapping[str, Mapping[str, float]]
    """By kernel and author: the time over the base program's, less 1, over all runs without load."""
    outcomes: Mapping[str, Mapping[str, tuple[Outcome, ...]]]
    """By load and kernel: the independent gradings."""
    merits: Mapping[str, ByKernel]
    resampled: Mapping[str, Mapping[float, ByKernel]]
    """By load, and the seconds that a grading may take for each program."""
    rivals: Mapping[str, ByKernel]
    rivals_grader: ByKernel
    """The grader's gradings without load, of the other tools' programs alone."""
    missing_rivals: Mapping[str, str]
    """Which tool is not there, and how to get it."""

    @property
    def programs(self) -> tuple[Program, ...]:
        """The authors of each class."""
        return self.effort.programs


def benchmark(effort: Effort, folder: Path, say: Say) -> Quality:
    """Measure everything in a folder of its own."""
    start = time.monotonic()
    kernels = tuple(kernel for kernel in effort.kernels if kernel.profile.cores(THREADS) <= len(usable_cpus()))
    say(f"sizes of {len(kernels)} kernels")
    sizes = {kernel.name: size_for(kernel, effort.call_s) for kernel in kernels}
    made = {kernel.name: pieces_made(kernel, effort.programs) for kernel in kernels}
    write_course(folder, kernels, effort.programs, sizes)
    say(f"checking {len(kernels)} classes of {len(effort.programs)}")
    classes = check_classes(folder, kernels, effort.programs)
    pools = _pools(classes, kernels, effort, say)
    rules = sample_measurement()
    outcomes = {
        load: {name: tuple(gradings(pool, rules)) for name, pool in by_kernel.items()} for load, by_kernel in pools.items()
    }
    return Quality(
        effort=effort,
        seconds_per_run=rules.seconds_per_run,
        budget_s=rules.budget_s_per_submission,
        date=datetime.now(UTC).date().isoformat(),
        machine=this_machine("here", min(THREADS, len(usable_cpus()))),
        sandbox=classes.backend.sandbox,
        python=platform.python_version(),
        libraries=library_versions(),
        kernels=kernels,
        sizes=sizes,
        calls_s={name: _call_s(pool) for name, pool in pools[QUIET].items()},
        pieces_made=made,
        measured={name: _over_base(whole(pool, rules)) for name, pool in pools[QUIET].items()},
        outcomes=outcomes,
        merits={load: _merits(by_kernel, effort.programs) for load, by_kernel in outcomes.items()},
        resampled={
            load: {budget_s: _resampled(by_kernel, rules, budget_s, effort) for budget_s in effort.budgets_s}
            for load, by_kernel in pools.items()
        },
        rivals=_rivals(folder, kernels, effort, say),
        rivals_grader=_merits(_of_programs(outcomes[QUIET], effort), effort.rival_programs),
        missing_rivals={rival.name: why for rival in RIVALS if (why := rival.missing()) is not None},
        seconds=time.monotonic() - start,
    )


def _pools(classes: CheckedClasses, kernels: tuple[Kernel, ...], effort: Effort, say: Say) -> dict[str, dict[str, StoredBlock]]:
    say(f"{effort.quiet_runs} runs without load")
    pools = {QUIET: record(classes, kernels, effort.quiet_runs, QUIET)}
    chosen = [kernel for kernel in kernels if kernel.name in effort.loaded_kernels]
    for load in effort.loads:
        say(f"{effort.loaded_runs} runs of {len(chosen)} kernels under load: {load}")
        pools[load] = record(classes, chosen, effort.loaded_runs, load)
    return pools


def _rivals(folder: Path, kernels: tuple[Kernel, ...], effort: Effort, say: Say) -> dict[str, ByKernel]:
    """The sessions of one tool with a kernel lie as far apart as the benchmark allows."""
    there = [rival for rival in RIVALS if rival.missing() is None] if effort.rival_sessions else []
    chosen = [kernel for kernel in kernels if kernel.name in effort.rival_kernels]
    found: dict[str, dict[str, list[Outcome]]] = {rival.name: {kernel.name: [] for kernel in chosen} for rival in there}
    for session in range(effort.rival_sessions):
        for kernel in chosen:
            for rival in there:
                say(f"{rival.name}, {kernel.title}, session {session + 1} of {effort.rival_sessions}")
                own_folder = folder / "rivals" / f"{rival.name}-{kernel.name}-{session}"
                field = field_of(folder, own_folder, kernel, effort.rival_programs, effort.rival_seconds)
                found[rival.name][kernel.name].append(outcome_of(rival, field))
    return {name: _merits(by_kernel, effort.rival_programs) for name, by_kernel in found.items()}


def _merits(outcomes: Mapping[str, tuple[Outcome, ...] | list[Outcome]], programs: tuple[Program, ...]) -> dict[str, Merit]:
    return {name: merit(of_kernel, programs) for name, of_kernel in outcomes.items()}


def _resampled(pools: Mapping[str, StoredBlock], rules: Measurement, budget_s: float, effort: Effort) -> dict[str, Merit]:
    longer = rules.model_copy(update={"budget_s_per_submission": budget_s})
    return _merits({name: reshuffled(pool, longer, effort.reshuffles) for name, pool in pools.items()}, effort.programs)


def _of_programs(outcomes: Mapping[str, tuple[Outcome, ...]], effort: Effort) -> dict[str, tuple[Outcome, ...]]:
    authors = {program.author for program in effort.rival_programs}
    return {name: tuple(one.only(authors) for one in outcomes[name]) for name in effort.rival_kernels if name in outcomes}


def _call_s(pool: StoredBlock) -> float:
    baseline = pool.block.baseline.key
    turns = (turn for record in pool.runs for turn in record.turns if turn.competitor == baseline)
    return statistics.median(turn_time_s(turn.timed_s) for turn in turns)


def _over_base(outcome: Outcome) -> dict[str, float]:
    return {author: outcome.over(author, BASE.author) - 1 for author in outcome.log_times}
