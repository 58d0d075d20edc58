"""The figures of one grading: the time of a call of everyone who was checked or measured in it, task by task, case by case.

At the case that somebody was measured at, the time is the leaderboard's: how many times as long as the baseline in the same
rounds, times what the baseline took when it was first measured there. So a day on which the machine is slow moves nobody but
the baseline, whose own time is what it was. At other cases the time is that of the check's fastest call, so that a program that
has moved on to a larger case can still be compared with what it was; as far as the check was slower than the runs at the case
that it has in common with them, it is taken to have been so at all.
"""

import math
import statistics
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from grader.grading.estimate import turn_time_s, winsorised_mean
from grader.grading.standings import scores_of_runs
from grader.history.gradings import Grading
from grader.records import Member
from grader.store import Conditions, PastCheck, Store, StoredBlock
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Timing:
    """The time of one call, in seconds, and the samples behind it: of the check's calls, or of the turns in the runs."""

    time_s: float
    samples_s: tuple[float, ...]


Cell: TypeAlias = tuple[str, str, str]
"""Task, competitor (`student/ada`, `reference/numba`), case."""
Figures: TypeAlias = dict[Cell, Timing | None]
"""None where the program fails; what was not tried is not there."""


def figures_of(grading: Grading, store: Store, cases: Mapping[str, Sequence[str]]) -> dict[Conditions, Figures]:
    """The figures of a grading by the conditions under which they were made.

    What a person has yet to look at is not among them.

    Args:
        grading: of this store.
        store: with the runs' samples.
        cases: of each task of the course, its benchmark cases: whoever fails, fails at all of them.
    """
    accepted = frozenset((one.author, one.task, one.content_hash) for one in store.acceptances())
    found: dict[Conditions, Figures] = {}
    for conditions, stored, keys in _measured(grading, store):
        scale_s = _baseline_s(store.first_block_like(stored.id))
        figures = _of_block(stored, keys, scale_s, accepted, cases.get(stored.block.task, ()))
        found.setdefault(conditions, {}).update(figures)
    for check in grading.checks:
        waits = check.result.review is not None and _version(check.member, check.task) not in accepted
        measured = found.setdefault(check.conditions, {})
        of_check = {} if waits else _of_check(check, measured, cases.get(check.task, ()))
        found[check.conditions] = {**of_check, **measured}
    return {conditions: figures for conditions, figures in found.items() if figures}


def _version(member: Member, task: str) -> tuple[str, str, str]:
    return member.author, task, member.content_hash


def _of_check(check: PastCheck, measured: Figures, cases: Sequence[str]) -> Figures:
    if check.result.verdict is Verdict.MISSING:
        return {}
    if check.result.verdict is not Verdict.ACCEPTED:
        return {(check.task, check.member.key, case): None for case in cases}
    calls_s = {case: times_s for case, times_s in check.result.case_calls_s.items() if times_s}
    common = check.result.case or ""
    in_runs = measured.get((check.task, check.member.key, common))
    slower = turn_time_s(calls_s[common]) / in_runs.time_s if in_runs is not None and common in calls_s else 1.0
    return {
        (check.task, check.member.key, case): Timing(
            turn_time_s(times_s) / slower, tuple(time_s / slower for time_s in times_s)
        )
        for case, times_s in calls_s.items()
    }


def _measured(grading: Grading, store: Store) -> Iterator[tuple[Conditions, StoredBlock, frozenset[str]]]:
    """The blocks as they were when the grading was over, and who took part in its own runs of them."""
    by_block: dict[tuple[int, Conditions], list[int]] = {}
    for run in grading.runs:
        by_block.setdefault((run.block_id, run.conditions), []).append(run.number_in_block)
    for (block_id, conditions), numbers in by_block.items():
        stored = store.block(block_id)
        own = [stored.runs[number] for number in numbers]
        keys = {turn.competitor for record in own for turn in record.turns} | {key for record in own for key in record.problems}
        yield conditions, replace(stored, runs=stored.runs[: max(numbers) + 1]), frozenset(keys)


def _of_block(
    stored: StoredBlock,
    keys: Collection[str],
    scale_s: float | None,
    accepted: Collection[tuple[str, str, str]],
    cases: Sequence[str],
) -> Figures:
    """Of those who took part; `scale_s` is the baseline's time that ratios become times with."""
    block = stored.block
    members = {one.key: one for one in (*block.members, *block.left, block.baseline) if one.key in keys}
    failed = {key for record in stored.runs for key in record.problems}
    reviewed = {key for record in stored.runs for key in record.reviews}
    scores = scores_of_runs(stored)
    figures: Figures = {}
    for key, member in members.items():
        own = [of_run.scores[key] for of_run in scores if key in of_run.scores]
        if key in reviewed and _version(member, block.task) not in accepted:
            continue
        if key in failed:
            figures |= {(block.task, key, case): None for case in cases}
        elif own and scale_s is not None:
            here_s = _baseline_s(stored) or scale_s
            slower = 1.0 if key == block.baseline.key else here_s / scale_s
            samples_s = tuple(turn_s / slower for turn_s in _turns_s(stored, key))
            figures[block.task, key, block.case] = Timing(here_s / slower * math.exp(winsorised_mean(own)), samples_s)
    return figures


def _baseline_s(stored: StoredBlock) -> float | None:
    """What the baseline took in a block; None where no run counts."""
    turns_s = _turns_s(stored, stored.block.baseline.key)
    return statistics.median(turns_s) if turns_s else None


def _turns_s(stored: StoredBlock, key: str) -> tuple[float, ...]:
    return tuple(turn_time_s(turn.timed_s) for record in stored.counting for turn in record.turns if turn.competitor == key)
