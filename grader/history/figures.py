"""The figures of one grading: the time of a call of everyone who was checked or measured in it, task by task, case by case.

At the case that somebody was measured at, the time is the grader's own: what the baseline took in these runs, times how many
times as long. At other cases it is that of the check's few calls, so that a program that has moved on to a larger case can
still be compared with what it was.
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
    for check in grading.checks:
        waits = check.result.review is not None and _version(check.member, check.task) not in accepted
        if not waits:
            found.setdefault(check.conditions, {}).update(_of_check(check, cases.get(check.task, ())))
    for conditions, stored, keys in _measured(grading, store):
        found.setdefault(conditions, {}).update(_of_block(stored, keys, accepted, cases.get(stored.block.task, ())))
    return found


def _version(member: Member, task: str) -> tuple[str, str, str]:
    return member.author, task, member.content_hash


def _of_check(check: PastCheck, cases: Sequence[str]) -> Figures:
    if check.result.verdict is Verdict.MISSING:
        return {}
    if check.result.verdict is not Verdict.ACCEPTED:
        return {(check.task, check.member.key, case): None for case in cases}
    calls_s = check.result.case_calls_s
    return {
        (check.task, check.member.key, case): Timing(statistics.median(times_s), times_s)
        for case, times_s in calls_s.items()
        if times_s
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
    stored: StoredBlock, keys: Collection[str], accepted: Collection[tuple[str, str, str]], cases: Sequence[str]
) -> Figures:
    block = stored.block
    members = {one.key: one for one in (*block.members, *block.left, block.baseline) if one.key in keys}
    failed = {key for record in stored.runs for key in record.problems}
    waiting = {
        key
        for record in stored.runs
        for key in record.reviews
        if key in members and _version(members[key], block.task) not in accepted
    }
    scores = scores_of_runs(stored)
    turns_s: dict[str, list[float]] = {}
    for record in stored.counting:
        for turn in record.turns:
            turns_s.setdefault(turn.competitor, []).append(turn_time_s(turn.timed_s))
    baseline_s = statistics.median(turns_s.get(block.baseline.key, [math.nan]))
    figures: Figures = {}
    for key in members.keys() - waiting:
        if key in failed:
            figures |= {(block.task, key, case): None for case in cases}
            continue
        own = [of_run[key] for of_run in scores if key in of_run]
        if own and math.isfinite(baseline_s):
            time_s = baseline_s * math.exp(winsorised_mean(own))
            figures[block.task, key, block.case] = Timing(time_s, tuple(turns_s[key]))
    return figures
