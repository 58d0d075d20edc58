"""How much a quality benchmark measures."""

from dataclasses import dataclass

from benchmarks.quality.classes import BASE, KERNELS, LADDER, PROGRAMS, Kernel, Program
from benchmarks.quality.load import LOADS


@dataclass(frozen=True)
class Effort:
    """How many gradings, runs and seconds."""

    kernels: tuple[Kernel, ...]
    programs: tuple[Program, ...]
    call_s: float
    """What a call of a base program takes, about."""
    quiet_runs: int
    """Runs of each kernel's class without load; the gradings are made of them."""
    loads: tuple[str, ...]
    loaded_kernels: tuple[str, ...]
    """Graded under load too."""
    loaded_runs: int
    reshuffles: int
    """Gradings of each pool of runs in an order of chance, for the resampled figures."""
    budgets_s: tuple[float, ...]
    """The resampled gradings may take so long for each program, one after the other: what more time brings."""
    rival_sessions: int
    """Independent sessions with each of the other tools; at none they are left out."""
    rival_kernels: tuple[str, ...]
    rival_programs: tuple[Program, ...]
    rival_seconds: float
    """For each program, where a tool lets one say so: about what the grader spends on an author."""


FULL = Effort(
    kernels=KERNELS,
    programs=PROGRAMS,
    call_s=0.006,
    quiet_runs=16,
    loads=tuple(LOADS),
    loaded_kernels=("pure_python", "memory"),
    loaded_runs=11,
    reshuffles=20,
    budgets_s=(3.0, 6.0),
    rival_sessions=1,
    rival_kernels=("pure_python", "memory", "threads"),
    rival_programs=tuple(one for one in PROGRAMS if one.author in {*LADDER, "copy", "more-05"}),
    rival_seconds=3.0,
)
QUICK = Effort(
    kernels=tuple(kernel for kernel in KERNELS if kernel.name in {"pure_python", "compute", "allocation"}),
    programs=tuple(one for one in PROGRAMS if one == BASE or one.author in {"copy", "reworded", "more-05", "more-10"}),
    call_s=0.005,
    quiet_runs=14,
    loads=(),
    loaded_kernels=(),
    loaded_runs=0,
    reshuffles=20,
    budgets_s=(3.0,),
    rival_sessions=0,
    rival_kernels=(),
    rival_programs=(),
    rival_seconds=0.0,
)
