"""From a stream of runs to gradings: the grader's own rules say after which run it stops, and who ranks where."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from benchmarks.quality.merit import Outcome
from grader.content.course import Measurement
from grader.grading.rank import Ranking
from grader.grading.standings import rank_case
from grader.grading.stopping import contestants
from grader.records import CONTROL, RunRecord, student_of
from grader.store import StoredBlock


def gradings(pool: StoredBlock, measurement: Measurement) -> list[Outcome]:
    """Independent gradings: the first from the pool's first runs, the next from those behind them; a rest is not used."""
    found, runs = [], pool.runs
    while (graded := _graded(pool, runs, measurement)) is not None:
        found.append(graded)
        runs = runs[graded.runs :]
    return found


def reshuffled(pool: StoredBlock, measurement: Measurement, count: int) -> list[Outcome]:
    """Gradings from the pool's runs in orders of chance: they share runs, and so are not independent of each other."""
    order = random.Random(0)  # noqa: S311 -- the same figures from the same runs
    shuffles = (_graded(pool, order.sample(pool.runs, len(pool.runs)), measurement) for _ in range(count))
    return [graded for graded in shuffles if graded is not None]


def whole(pool: StoredBlock, measurement: Measurement) -> Outcome:
    """One grading of all runs of the pool: the best estimate of every program's time."""
    return _outcome(rank_case([pool], measurement), pool.runs)


def _graded(pool: StoredBlock, runs: Sequence[RunRecord], measurement: Measurement) -> Outcome | None:
    """A grading of the first of the runs, as many as the grader asks for and has time for; None where they do not suffice."""
    everyone = frozenset(member.key for member in pool.block.members)
    budget_s = measurement.budget_s_per_submission * len(everyone)
    participants, taken = everyone, pool.runs[:0]
    for record in runs:
        taken = (*taken, _of(record, participants | {pool.block.baseline.key, CONTROL}))
        so_far = replace(pool, runs=taken)
        participants = contestants(len(so_far.counting), partial(rank_case, [so_far], measurement), everyone, measurement)
        is_over = len(taken) >= measurement.min_runs and _seconds(taken) > budget_s
        if is_over or not participants:
            return _outcome(rank_case([so_far], measurement), taken)
    return None


def _of(record: RunRecord, participants: frozenset[str]) -> RunRecord:
    return replace(record, turns=tuple(turn for turn in record.turns if turn.competitor in participants))


def _outcome(ranking: Ranking, runs: Sequence[RunRecord]) -> Outcome:
    students = {author: one for one in ranking.standings if (author := student_of(one.competitor)) is not None}
    ranks = {author: one.rank for author, one in students.items() if one.rank is not None}
    return Outcome(
        log_times={author: one.score for author, one in students.items()},
        faster=frozenset((one, other) for one, rank in ranks.items() for other, others in ranks.items() if rank < others),
        seconds=_seconds(runs),
        runs=len(runs),
        told_apart=ranking.hsd,
    )


def _seconds(runs: Sequence[RunRecord]) -> float:
    return sum(record.wall_time_s for record in runs)
