"""The advice about one program: every rule is asked, and the few findings that would gain the most are kept."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from grader.advice.compiler import object_mode, object_mode_within, recompiles
from grader.advice.facts import Facts, gather, share_of_limit
from grader.advice.finding import Cause, Finding
from grader.advice.loops import (
    call_per_element,
    call_per_entry,
    no_njit,
    np_vectorize,
    python_loop,
    python_sum,
    string_keys,
    ufunc_method,
)
from grader.advice.memory import (
    append_then_array,
    growing_in_loop,
    large_temporaries,
    needless_copy,
)
from grader.advice.numbers import (
    counts_too_wide,
    division_in_loop,
    extended_precision,
    full_spectrum,
    needless_root,
    object_array,
    power_of_integer,
    prime_transform,
    truths_kept_wide,
    wider_than_given,
)
from grader.advice.order import memory_order, memory_order_compiled, strided_reduction, transform_along_columns
from grader.advice.output import output_in_function
from grader.advice.parallel import gil_threads, library_threads, oversubscription, process_copies, process_startup
from grader.advice.repeated import masked_everything, repeated_work, started_again, started_again_by_call, twice_the_same
from grader.content.reading import SourceFile
from grader.grading.profile_lines import LineProfile
from grader.machine import Peaks

Rule: TypeAlias = Callable[[Facts], Finding | None]

RULES: tuple[Rule, ...] = (
    output_in_function,
    recompiles,
    object_mode,
    object_mode_within,
    gil_threads,
    process_copies,
    process_startup,
    oversubscription,
    library_threads,
    np_vectorize,
    object_array,
    extended_precision,
    wider_than_given,
    counts_too_wide,
    truths_kept_wide,
    growing_in_loop,
    repeated_work,
    twice_the_same,
    started_again,
    started_again_by_call,
    masked_everything,
    python_sum,
    ufunc_method,
    string_keys,
    prime_transform,
    full_spectrum,
    power_of_integer,
    strided_reduction,
    memory_order,
    transform_along_columns,
    memory_order_compiled,
    needless_root,
    division_in_loop,
    needless_copy,
    call_per_element,
    call_per_entry,
    append_then_array,
    large_temporaries,
    no_njit,
    python_loop,
)
"""Of two that gain alike the earlier one is told first: it says more."""

MOST_FINDINGS = 3
LEAST_GAIN = 1.1
"""Less is not worth a student's time."""
NEAR_LIMIT = 0.8
"""Of what the machine can do: a program that reaches so much is told nothing about its lines."""

_GENERAL = frozenset({Cause.PYTHON_LOOP, Cause.NO_NJIT, Cause.APPEND_THEN_ARRAY, Cause.LARGE_TEMPORARIES})
"""What sums up many lines: behind a finding about one line that holds half of it."""


def advise(profile: LineProfile, files: Sequence[SourceFile], peaks: Peaks | None = None) -> tuple[Finding, ...]:
    """At most three findings, the one that would gain the most first; none where nothing would gain a tenth.

    Args:
        profile: of the submission.
        files: the submission's, those that were profiled.
        peaks: what this machine can do at most, where it was measured; who is near that is told nothing about lines.
    """
    if is_near_limit(share_of_limit(profile, peaks)):
        return ()
    facts = gather(profile, files)
    found = [finding for rule in RULES if (finding := rule(facts)) is not None and finding.gain >= LEAST_GAIN]
    ordered = sorted(found, key=lambda one: -_weight(one))
    return tuple(_one_a_line(ordered))[:MOST_FINDINGS]


LEVELS = ("numpy", "numba", "tuned")
"""References by the way they work: whole arrays, compiled loops, and the fastest that the course knows."""


def is_near_limit(share: float | None) -> bool:
    """Whether so large a share of what the machine can do leaves nothing to gain in the lines."""
    return share is not None and share >= NEAR_LIMIT


def next_level(profile: LineProfile, levels: Collection[str]) -> str | None:
    """The reference that shows the next step: of those there are, the first one that goes further than the program."""
    reached = 2 if profile.compiled_functions else 0 if profile.split.python > profile.split.native else 1
    return next((level for level in LEVELS[reached:] if level in levels), None)


def _weight(finding: Finding) -> float:
    share = 1 - 1 / finding.gain
    return share / 2 if finding.cause in _GENERAL else share


def _one_a_line(findings: Sequence[Finding]) -> list[Finding]:
    """The first finding of each line, and of each cause."""
    kept: list[Finding] = []
    for one in findings:
        if not any(one.line == other.line or one.cause is other.cause for other in kept):
            kept.append(one)
    return kept
