"""The measuring stage: the calls of one run of one block, and who is measured with whom.

In each round every competitor has at most one turn, in random order; a turn is one warm call and a few timed ones, the more
the shorter they are. Every call of a round's turn has inputs of its own, fresh, and the same for all competitors, and every
answer is checked in full. Where a task proves answers by further calls, at most one timed call of each turn is followed up, and
which one is known afterwards.

All of a run's inputs follow from its seed and the number of its timed calls, whoever takes part: so it can be repeated for some
of its competitors alone.
"""

import math
import time
from collections.abc import Collection, Iterator, Mapping, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise

import numpy as np
from threadpoolctl import threadpool_limits

from grader.content.course import Measurement
from grader.content.submission import Submission
from grader.content.task import Case, LoadedTask
from grader.execution.interface import Generation, Worker
from grader.grading.check import prepare
from grader.grading.judge import WHILE_IMPORTED, failed
from grader.grading.judged import CallLimits, Witnesses, judged_call
from grader.profiles import Profile
from grader.records import CONTROL, Block, Limits, Member, PreparedCase, RunRecord, Turn
from grader.verdicts import Verdict

_TIMED_CALLS_ON_SEVERAL_CORES = 4
"""The system now and then puts two threads on one core for a call; the smallest of several calls is free of that."""

_FOLLOWED_UP_ONE_IN = 3
"""No more of the timed calls are followed up, so that a run takes not several times as long."""


@dataclass(frozen=True)
class Competitor:
    """One worker's part in a run."""

    key: str
    submission: Submission


def timed_calls_per_turn(fastest_s: float, measurement: Measurement, profile: Profile = Profile.SINGLE) -> int:
    """How many calls of a turn are timed, the same for everyone in a block: the smallest of more would be smaller.

    The calls after a change of process find its data gone from the caches, so short calls need several to be undisturbed by it;
    of long ones, many turns with a single timed call say more about a program than few turns with several.
    """
    least = _TIMED_CALLS_ON_SEVERAL_CORES if profile.cores(2) > 1 else 1
    wanted = math.ceil(measurement.turn_s / max(fastest_s, 1e-9))
    return min(measurement.max_timed_calls_per_turn, max(least, wanted))


def turns_per_run(call_s: float, fastest_s: float, measurement: Measurement, profile: Profile = Profile.SINGLE) -> int:
    """A competitor's turns in a run: `calls_per_run` calls or `seconds_per_run`, and at least `min_turns_per_run`."""
    if call_s > measurement.slow_ratio * fastest_s:
        return measurement.min_turns_per_run
    calls = min(measurement.calls_per_run, measurement.seconds_per_run / max(call_s, 1e-9))
    return max(measurement.min_turns_per_run, int(calls // (timed_calls_per_turn(fastest_s, measurement, profile) + 1)))


def rounds_of(turns: Mapping[str, int], baseline: str, generator: np.random.Generator) -> list[list[str]]:
    """Who takes part in which round, in random order; the baseline and its control are in every round.

    A competitor with fewer turns than there are rounds has them in rounds drawn at random. There are as many rounds as the
    baseline has turns: it pays for each of them twice, with its control.
    """
    count = turns[baseline]
    rounds: list[list[str]] = [[] for _ in range(count)]
    for competitor, wanted in turns.items():
        everywhere = competitor in (baseline, CONTROL)
        chosen = range(count) if everywhere else generator.choice(count, min(wanted, count), replace=False)
        for number in chosen:
            rounds[number].append(competitor)
    return [[competitors[index] for index in generator.permutation(len(competitors))] for competitors in rounds]


def choose_baseline(times_s: Mapping[str, float], named: str | None, shortest_s: float, longest_s: float) -> str | None:
    """The reference that everyone is compared with at one case, from the references' call times there.

    It should take at least `shortest_s` a call (below, the cost of the call itself would be in the comparison) and at most
    `longest_s` (it is in every round): the one that the course names, or else the fastest. Where none does, the nearest.
    """
    suitable = {level: seconds for level, seconds in times_s.items() if shortest_s <= seconds <= longest_s}
    if named in suitable:
        return named
    if suitable:
        return min(suitable, key=lambda level: suitable[level])
    middle_s = math.sqrt(shortest_s * longest_s)
    return min(times_s, key=lambda level: abs(math.log(times_s[level] / middle_s)), default=None)


def plan_blocks(
    task: str, case: str, baseline: Member, members: Sequence[Member], calls_s: Mapping[str, float], block_size: int
) -> list[Block]:
    """Split the competitors of one case into blocks of about equal size, close call times together, that share the baseline.

    The slowest of a block is also the fastest of the next one: so any two neighbours are measured in the same rounds.
    """
    ordered = sorted(members, key=lambda member: (calls_s[member.key], member.key))
    blocks = []
    for start, end in _parts(len(ordered), block_size):
        part = tuple(ordered[start:end])
        keys = {member.key for member in part} | {baseline.key}
        blocks.append(Block(task, case, baseline, part, {key: calls_s[key] for key in sorted(keys)}))
    return blocks


def _parts(count: int, most: int) -> list[tuple[int, int]]:
    """Where parts of at most so many start and end; each but the first starts with the last one of the part before."""
    if most == 1:
        return [(number, number + 1) for number in range(count)]
    parts = max(math.ceil((count - 1) / (most - 1)), min(count, 1))
    borders = [number * (count - 1) // parts for number in range(parts + 1)] if parts else [0]
    return [(start, end + 1) for start, end in pairwise(borders)]


def competitors_of(submissions: Mapping[str, Submission], keys: Collection[str], baseline: str) -> list[Competitor]:
    """These and the baseline, and the control: a copy of the baseline under another name, which must tie with it."""
    control = Competitor(CONTROL, replace(submissions[baseline], author=CONTROL))
    return [*(Competitor(key, submissions[key]) for key in sorted({*keys, baseline})), control]


def is_broken(record: RunRecord, block: Block) -> bool:
    """Whether nothing can be compared in this run: its baseline or control failed."""
    return not {block.baseline.key, CONTROL}.isdisjoint(record.problems)


def measure_run(
    generation: Generation,
    task: LoadedTask,
    block: Block,
    competitors: Sequence[Competitor],
    *,
    seed: int,
    measurement: Measurement,
    limits: Limits,
    compiled: MutableMapping[str, bytes],
) -> RunRecord:
    """One run: fresh workers for all `competitors` (baseline and control among them), and their rounds.

    A competitor that fails is out of the run from there on, with its verdict; the others go on. `compiled` holds what
    submissions compiled in earlier runs, by content hash; what is new is added.
    """
    profile = task.task.profile
    rounds = _planned_rounds(block, [competitor.key for competitor in competitors], measurement, profile, seed)
    timed_calls = timed_calls_per_turn(min(block.calls_s.values()), measurement, profile)
    run = _Run(task, block.case, limits, seed, timed_calls)
    return run.measure(generation, competitors, rounds, compiled)


def repeat_run(
    generation: Generation,
    task: LoadedTask,
    block: Block,
    competitors: Sequence[Competitor],
    record: RunRecord,
    *,
    limits: Limits,
    compiled: MutableMapping[str, bytes],
) -> RunRecord:
    """An earlier run of the block once more, for some of its competitors: the same inputs, rounds, turns, and order in them."""
    rounds = rounds_again(record, [competitor.key for competitor in competitors])
    run = _Run(task, block.case, limits, record.seed, len(record.turns[0].timed_s))
    return run.measure(generation, competitors, rounds, compiled)


def rounds_again(record: RunRecord, keys: Collection[str]) -> list[list[str]]:
    """The rounds of an earlier run with these competitors alone, in the order of then.

    Whoever failed then has left no turns: they take one in every round, and so meet every input that they met.
    """
    rounds: list[list[str]] = [[] for _ in range(1 + max(turn.round for turn in record.turns))]
    for turn in record.turns:
        if turn.competitor in keys:
            rounds[turn.round].append(turn.competitor)
    without_turns = set(keys) - {turn.competitor for turn in record.turns}
    return [[*sorted(without_turns), *order] for order in rounds]


def _planned_rounds(
    block: Block, keys: Sequence[str], measurement: Measurement, profile: Profile, seed: int
) -> list[list[str]]:
    fastest_s = min(block.calls_s.values())
    calls_s = {key: block.calls_s[block.baseline.key if key == CONTROL else key] for key in keys}
    turns = {key: turns_per_run(call_s, fastest_s, measurement, profile) for key, call_s in calls_s.items()}
    return rounds_of(turns, block.baseline.key, np.random.default_rng(seed))


class _Run:
    """A run in progress."""

    def __init__(self, task: LoadedTask, case: str, limits: Limits, seed: int, timed_calls_per_turn: int) -> None:
        self._task = task.task
        self._case: Case = next(one for one in self._task.benchmark_cases if one.name == case)
        self._limits = limits
        self._seed = seed
        self._timed_calls_per_turn = timed_calls_per_turn
        self._problems: dict[str, tuple[Verdict, str]] = {}
        self._reviews: dict[str, str] = {}
        self._inside_s = 0.0

    def measure(
        self,
        generation: Generation,
        competitors: Sequence[Competitor],
        rounds: Sequence[Sequence[str]],
        compiled: MutableMapping[str, bytes],
    ) -> RunRecord:
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        start = time.perf_counter()
        workers: dict[str, Worker] = {}
        witnesses: dict[str, Witnesses] = {}
        try:
            for competitor in competitors:
                worker = workers[competitor.key] = self._start(generation, competitor, compiled)
                start_another = partial(generation.start, competitor.submission, self._task.profile, self._task.cores)
                known = compiled.get(competitor.submission.content_hash, b"")
                witnesses[competitor.key] = Witnesses(start_another, self._limits.first_call_s, known)
            turns = list(self._turns(workers, witnesses, rounds))
            for competitor in competitors:
                if competitor.submission.content_hash not in compiled:
                    functions = workers[competitor.key].compiled_functions()
                    if functions:
                        compiled[competitor.submission.content_hash] = functions
        finally:
            for worker in workers.values():
                worker.close()
            for witness in witnesses.values():
                witness.close()
        kept = tuple(turn for turn in turns if turn.competitor not in self._problems)
        return RunRecord(
            seed=self._seed,
            turns=kept,
            problems=self._problems,
            started_at=started_at,
            wall_time_s=time.perf_counter() - start,
            inside_s=self._inside_s,
            reviews=self._reviews,
        )

    def _start(self, generation: Generation, competitor: Competitor, compiled: Mapping[str, bytes]) -> Worker:
        worker = generation.start(competitor.submission, self._task.profile, self._task.cores)
        known = compiled.get(competitor.submission.content_hash, b"")
        load = worker.load(self._limits.first_call_s, known, processes=self._case.processes)
        self._inside_s += load.import_time_s
        if load.failure is not None:
            problem = failed(load.failure, self._limits.memory_bytes, where=WHILE_IMPORTED)
            self._problems[competitor.key] = (problem.verdict, problem.message)
        return worker

    def _turns(
        self, workers: Mapping[str, Worker], witnesses: Mapping[str, Witnesses], rounds: Sequence[Sequence[str]]
    ) -> Iterator[Turn]:
        # Spawned generators follow from the seed and their number alone.
        generator = np.random.default_rng(self._seed)
        # One core each: a library's own threads would go on spinning for a while, and disturb the call that comes next.
        with threadpool_limits(1), ThreadPoolExecutor() as threads:
            for number, order in enumerate(rounds):
                *of_calls, of_follow_up = generator.spawn(self._timed_calls_per_turn + 2)
                slots = list(threads.map(partial(prepare, self._task, self._case), of_calls))
                followed_up = int(of_follow_up.integers(1, max(len(slots), _FOLLOWED_UP_ONE_IN + 1)))
                for key in order:
                    if key not in self._problems:
                        turn = self._turn(key, workers[key], number, slots, followed_up, witnesses[key])
                        workers[key].release()
                        if turn is not None:
                            yield turn
                slots.clear()  # the next round's are made only when these are gone: they may be large

    def _turn(
        self, key: str, worker: Worker, number: int, slots: Sequence[PreparedCase], followed_up: int, witnesses: Witnesses
    ) -> Turn | None:
        """One warm call and the timed ones, of which that at `followed_up` is, if there is one; None where a call fails.

        The first round's warm call may compile.
        """
        calls = []
        for position, prepared in enumerate(slots):
            limit_s = self._limits.first_call_s if number == 0 or position == 0 else self._limits.call_s(self._case.name)
            limits = CallLimits(limit_s, self._limits.memory_bytes)
            witnessed = witnesses if position == followed_up else None
            judged = judged_call(worker, self._task, self._case, prepared, limits, witnessed).without_outputs()
            self._inside_s += judged.inside_s
            if judged.problem is not None:
                self._problems[key] = (judged.problem.verdict, judged.problem.message)
                return None
            if judged.review is not None:
                self._reviews.setdefault(key, judged.review)
            calls.append(judged.call)
            if position == 0 and self._task.follow_up is not None:
                witnesses.spare_compiling(worker)
        warm, *timed = calls
        return Turn(
            competitor=key,
            round=number,
            warm_time_s=warm.wall_time_s,
            timed_s=tuple(call.wall_time_s for call in timed),
            cpu_time_s=sum(call.cpu_time_s for call in timed),
            threads=max(call.threads for call in calls),
            idle_cpu_s=sum(call.idle_cpu_s for call in calls),
            waited_s=min(timed, key=lambda call: call.wall_time_s).waited_s,
        )
