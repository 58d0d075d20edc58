"""The ranking stage: from what the store keeps of one task to everyone's figures and ranks."""

import bisect
import itertools
import math
import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.content.course import Measurement
from grader.content.task import LoadedTask, Task
from grader.grading.counted import Bound, bound_of, works_of
from grader.grading.estimate import score_run, turn_time_s
from grader.grading.gate import disturbances, trouble
from grader.grading.growth import Growth, growths
from grader.grading.rank import Ranking, RunScores, Standing, rank
from grader.grading.roofline import Limit, limit_of
from grader.grading.session import TUNED, HandedIn, HandIns, Session, known_checks, member_of
from grader.grading.stopping import level_of_a_look
from grader.grading.suspicion import Observed, suspicions
from grader.profiles import Profile
from grader.records import CONTROL, Acceptance, CheckResult, Member, RunRecord, Turn, student_of
from grader.store import Conditions, Store, StoredBlock
from grader.units import rate_text, time_text
from grader.verdicts import Verdict

_ROUNDING = 1e-9
"""A rate comes about by logarithms: it is over its bound only where it is by more than these round."""

_MOST_BENEFIT = 0.05
"""A measurement within its uncertainty of a threshold gets the better side; more uncertainty than this is nobody's merit."""


@dataclass(frozen=True)
class Result:
    """One author's work on one task. None means that there is no such figure."""

    author: str
    kind: str
    task: str
    verdict: Verdict
    message: str
    case: str | None = None
    """The benchmark case that all figures of this result belong to."""
    baseline: str | None = None
    """The reference that `speedup` is over, at `case`."""
    wall_time_s: float | None = None
    work: float | None = None
    """Units of work of one call at `case`."""
    speedup: float | None = None
    speedup_low: float | None = None
    speedup_high: float | None = None
    bound: Bound | None = None
    """What its rate counts for at most over the cases."""
    limit: Limit | None = None
    """What a call at `case` takes at least on this machine, by the algorithm that is usual for the task."""
    rank: int | None = None
    first_rank: int | None = None
    """From here to `last_rank`: the ranks that the noise leaves open."""
    last_rank: int | None = None
    measured_before: tuple[float, ...] = ()
    """The favourable speedups over the same baseline of earlier measurements of the same code."""
    review: str | None = None
    """What a person has to look at before it is ranked."""
    points: float | None = None
    """Of the criteria that this task decides; the rest stands in the assignments' marks."""
    max_points: float | None = None
    compiled_functions: int | None = None
    picture_answered: bool = False
    import_time_s: float | None = None
    compile_time_s: float | None = None
    peak_memory_bytes: int | None = None
    cpu_over_wall: float | None = None
    growths: tuple[Growth, ...] = ()
    """How its time grows over the benchmark cases: with the work, and with the size where the task names one."""
    runs: int = 0
    flags: tuple[str, ...] = ()
    """What is no fault, and good to know."""
    suspicions: tuple[str, ...] = ()
    """What looks as if a time were not honest, each with its evidence; it changes nothing else."""
    looked_at: str | None = None
    """Who has looked at the suspicions, when, and why they are none."""
    printed: str = ""

    @property
    def rate(self) -> float | None:
        """Units of work per second."""
        return self.work / self.wall_time_s if self.work is not None and self.wall_time_s else None

    @property
    def rate_low(self) -> float | None:
        """The lower end of the rate's interval, which is as wide as the speedup's: both rest on the same ratio."""
        return self._rate_at(self.speedup_low)

    @property
    def rate_high(self) -> float | None:
        """The upper end."""
        return self._rate_at(self.speedup_high)

    def _rate_at(self, speedup: float | None) -> float | None:
        return self.rate * speedup / self.speedup if self.rate and self.speedup and speedup is not None else None

    @property
    def counted_rate(self) -> float | None:
        """What its rate counts for over the cases."""
        return min(self.rate, self.bound.rate) if self.rate is not None and self.bound is not None else self.rate

    @property
    def share_of_limit(self) -> float | None:
        """The least time over the measured one: at 1, the machine can do no more."""
        return self.limit.least_time_s / self.wall_time_s if self.limit is not None and self.wall_time_s else None

    @property
    def wants_a_look(self) -> bool:
        """Whether a person has yet to look at its suspicions."""
        return bool(self.suspicions) and self.looked_at is None


@dataclass(frozen=True)
class Confidence:
    """How finely the students who were measured at one case can be told apart."""

    task: str
    case: str
    difference: float | None
    """The fraction from which on two of them are told apart; None where a single run says nothing of scatter."""
    runs: int
    """That anybody there took part in, at least."""
    most_runs: int
    control_tied: bool
    disturbed_runs: int
    """Of all runs that count at this case."""
    counting_runs: int
    set_aside_runs: int


def current_blocks(stored: Sequence[StoredBlock], members: Collection[Member]) -> list[StoredBlock]:
    """The blocks whose baseline is still handed in as it was measured."""
    return [one for one in stored if one.block.baseline in members]


def without_failed(members: Collection[Member], blocks: Sequence[StoredBlock]) -> frozenset[Member]:
    """Those of the members that have not failed while they were measured."""
    return frozenset(members) - {
        member for one in blocks for record in one.runs for member in one.block.members if member.key in record.problems
    }


def rank_case(blocks: Sequence[StoredBlock], measurement: Measurement, current: Collection[Member] | None = None) -> Ranking:
    """Rank all that was measured at one case, over all of its blocks; with `current`, only those versions of the code."""
    runs = [run for one in blocks for run in scores_of_runs(one, current)]
    students = {key for run in runs for key in run.scores if student_of(key) is not None}
    return rank(
        runs,
        baseline=blocks[0].block.baseline.key,
        control=CONTROL,
        students=students,
        alpha=level_of_a_look(measurement),
        min_difference=measurement.min_difference,
    )


def scores_of_runs(stored: StoredBlock, current: Collection[Member] | None = None) -> list[RunScores]:
    """One score per competitor, run by run, but for those who failed; with `current`, only for those versions of the code."""
    block = stored.block
    keys = {turn.competitor for record in stored.runs for turn in record.turns}
    keys -= {key for record in stored.runs for key in record.problems}
    if current is not None:
        keys &= {CONTROL, *(member.key for member in (*block.members, block.baseline) if member in current)}
    return [_scores_of(stored, _turn_times_s(record, keys)) for record in stored.counting]


def _scores_of(stored: StoredBlock, rounds: Sequence[Mapping[str, float]]) -> RunScores:
    scores = score_run(rounds, stored.block.baseline.key)
    return RunScores(str(stored.id), scores, Counter(key for turns_s in rounds for key in turns_s))


def _turn_times_s(record: RunRecord, keys: Collection[str]) -> list[dict[str, float]]:
    """Round by round, the time of these competitors' turns."""
    rounds: dict[int, dict[str, float]] = {}
    for turn in record.turns:
        if turn.competitor in keys:
            rounds.setdefault(turn.round, {})[turn.competitor] = turn_time_s(turn.timed_s)
    return [rounds[number] for number in sorted(rounds)]


class TaskStandings:
    """Who stands where in one task; nothing is run."""

    def __init__(
        self, session: Session, hand_ins: HandIns, faults: Mapping[tuple[str, str], str], conditions: Conditions, store: Store
    ) -> None:
        self._session = session
        self._task: LoadedTask = hand_ins.task
        self._everyone = hand_ins.everyone
        self._faults = faults
        self._checks = known_checks(hand_ins, conditions, store)
        stored = store.all_blocks(hand_ins.task, conditions)
        self._blocks = current_blocks([one for one in stored if not one.superseded], self._checks)
        self._runs: dict[Member, list[RunRecord]] = {}
        for one in self._blocks:
            for member in one.block.members:
                self._runs.setdefault(member, []).extend(one.runs)
        self._stored = stored
        self._peaks = store.peaks(conditions)
        references = {
            member.author: check for member, check in self._checks.items() if member.kind == "reference" and check is not None
        }
        self._works = works_of(references.values())
        self._tuned = references.get(TUNED)
        self._accepted = {(one.author, one.task, one.content_hash): one for one in store.acceptances()}

    def results(self) -> list[Result]:
        """Checked, measured, ranked over the cases, and marked; in the order of the ranks."""
        results = [self._checked(one) for one in self._everyone if self._is_graded(one)]
        by_key = {f"{result.kind}/{result.author}": result for result in results}
        for case in {one.block.case for one in self._blocks if one.runs}:
            by_key |= self._measured(case, by_key)
        return in_order(ranked_over_cases(list(by_key.values())))

    def confidence(self) -> list[Confidence]:
        """Of every case at which students are ranked, from the smallest to the largest."""
        return [one for case in self._task.case_names if (one := self._confidence(case)) is not None]

    def _confidence(self, case: str) -> Confidence | None:
        blocks = self._measured_at(case)
        ranking = self._ranking(blocks) if blocks else None
        runs = [standing.runs for standing in ranking.standings if standing.rank is not None] if ranking is not None else []
        if ranking is None or not runs:
            return None
        counting = [(one.block.baseline.key, record) for one in blocks for record in one.counting]
        return Confidence(
            task=self._task.name,
            case=case,
            difference=None if math.isinf(ranking.hsd) else self._told_apart(ranking),
            runs=min(runs),
            most_runs=max(runs),
            control_tied=not ranking.control_split,
            disturbed_runs=sum(trouble(record, baseline) is not None for baseline, record in counting),
            counting_runs=len(counting),
            set_aside_runs=sum(record.set_aside for one in blocks for record in one.runs),
        )

    def _told_apart(self, ranking: Ranking) -> float:
        return max(math.expm1(ranking.hsd), self._session.course.measurement.min_difference)

    def _measured_at(self, case: str) -> list[StoredBlock]:
        return [one for one in self._blocks if one.block.case == case and one.runs]

    def _ranking(self, blocks: Sequence[StoredBlock]) -> Ranking:
        """Of all blocks of a case together, without whoever waits for a person's decision."""
        # Who failed in one block may have had good runs in another one.
        ranked = without_failed([member for member in self._checks if self._review(member) is None], blocks)
        return rank_case(blocks, self._session.course.measurement, ranked)

    def ungraded(self) -> list[str]:
        """Whose current code has no verdict yet."""
        return [one.author for one in self._everyone if not self._is_graded(one)]

    @property
    def _cores(self) -> int:
        """How many cores the task's submissions may keep busy."""
        return cores_of(self._task.task, self._session.machine.threads)

    def _is_graded(self, handed_in: HandedIn) -> bool:
        member = member_of(handed_in)
        return self._checks[member] is not None or (self._task.name, member.key) in self._faults

    def _checked(self, handed_in: HandedIn) -> Result:
        member = member_of(handed_in)
        check = self._checks[member]
        if check is None:
            fault = self._faults[self._task.name, member.key]
            return Result(member.author, member.kind, self._task.name, Verdict.GRADER_ERROR, fault)
        result = Result(
            author=member.author,
            kind=member.kind,
            task=self._task.name,
            verdict=check.verdict,
            message=check.message,
            review=self._review(member),
            compiled_functions=check.compiled_functions,
            picture_answered=check.picture_answered,
            case=check.case,
            work=check.case_work.get(check.case or ""),
            bound=bound_of(check, self._task.case_names, self._works, self._session.course.measurement.longest_call_s),
            limit=limit_of(check, check.case, self._cores, self._peaks),
            import_time_s=check.import_time_s,
            compile_time_s=check.compile_time_s,
            growths=growths(check, size.name if (size := self._task.task.size) is not None else None),
            peak_memory_bytes=check.case_memory_bytes.get(check.case or ""),
            flags=(
                *check.notes,
                *thread_flags(check, self._cores, of_mpi=self._task.task.profile is Profile.MPI),
                *self._acceptance(member),
            ),
            printed=check.printed,
        )
        return self._with_suspicions(result, member)

    def _review(self, member: Member) -> str | None:
        """What a person has yet to look at in this version of the code."""
        return None if self._acceptance_of(member) is not None else self._to_review(member)

    def _to_review(self, member: Member) -> str | None:
        """What only a person can decide about this version of the code, whether or not somebody has."""
        if member.kind == "reference":
            return None
        check = self._checks.get(member)
        of_runs = (record.reviews[member.key] for record in self._runs_with(member) if member.key in record.reviews)
        return check.review if check is not None and check.review else next(of_runs, None)

    def _runs_with(self, member: Member) -> Sequence[RunRecord]:
        """All runs in which this version was measured as a member of its block."""
        return self._runs.get(member, ())

    def _acceptance_of(self, member: Member) -> Acceptance | None:
        return None if member.kind == "reference" else self._accepted.get((member.author, self._task.name, member.content_hash))

    def _acceptance(self, member: Member) -> tuple[str, ...]:
        """Who has looked at it, when and why it is ranked all the same."""
        one = self._acceptance_of(member)
        if one is None or self._to_review(member) is None:
            return ()
        return (f"reviewed and let through by {_signed(one)}",)

    def _with_suspicions(
        self, result: Result, member: Member, runs: Sequence[tuple[Turn, ...]] = (), *, erratic: bool = False
    ) -> Result:
        """The result with what a person should look at, and with who has.

        An acceptance speaks for what was measured before it: new figures of the same code are looked at again.
        """
        check = self._checks[member]
        if check is None or result.verdict is not Verdict.ACCEPTED:
            return result
        observed = Observed(
            check=check,
            threads=self._cores,
            starts_processes=self._task.task.profile.starts_processes,
            case=check.case,
            runs=tuple(runs),
            erratic=erratic,
            peaks=self._peaks,
            least_operations=self._task.task.least_operations,
            tuned_s=self._tuned_s(check.case),
        )
        found = suspicions(observed)
        accepted = self._acceptance_of(member)
        started_at = [record.started_at for record in self._runs_with(member)]
        looked_at = found and accepted is not None and accepted.accepted_at >= max(started_at, default="")
        return replace(result, suspicions=found, looked_at=_signed(accepted) if accepted is not None and looked_at else None)

    def _tuned_s(self, case: str | None) -> float | None:
        """What a call of the course's fastest code took in the check; None where there is none, or not at this case."""
        return self._tuned.case_times_s.get(case or "") if self._tuned is not None else None

    def _measured(self, case: str, by_key: Mapping[str, Result]) -> dict[str, Result]:
        """The results at one case, with their figures.

        Ranks come from all blocks together. A competitor's figures come from its own block alone, and their absolute scale
        from the first block: what others hand in later changes nobody's time, interval or points.
        """
        measurement = self._session.course.measurement
        blocks = self._measured_at(case)
        baseline = blocks[0].block.baseline
        first_turns = itertools.chain(*_turns_by_run(blocks[:1], self._checks)[baseline.key])
        baseline_s = statistics.median(turn_time_s(turn.timed_s) for turn in first_turns)
        places = {one.competitor: one for one in self._ranking(blocks).standings}
        before = self._measured_before(case, baseline)
        members = {member.key: member for member in self._checks}
        measured: dict[str, Result] = {}
        for block in blocks:
            # Among all that were measured together: without what has been replaced since, the others' intervals would move.
            ranking = rank_case([block], measurement)
            turns_by_run = _turns_by_run([block], self._checks)
            for standing in ranking.standings:
                key = standing.competitor
                if key in turns_by_run and key not in measured and by_key[key].case == case:
                    runs = turns_by_run[key]
                    figures = _with_figures(by_key[key], standing, baseline, baseline_s, itertools.chain(*runs), ranking)
                    flags = (*disturbance_flags(block), *_bound_flags(figures, self._task.task.work_unit))
                    figures = replace(figures, flags=(*figures.flags, *flags))
                    figures = self._with_suspicions(figures, members[key], runs, erratic=standing.erratic)
                    measured[key] = _placed(replace(figures, measured_before=before.get(key, ())), places.get(key))
        for key, (verdict, message) in _problems(blocks, self._checks).items():
            measured[key] = _failed_late(by_key[key], verdict, message)
        return measured

    def _measured_before(self, case: str, baseline: Member) -> dict[str, tuple[float, ...]]:
        """The favourable speedups of earlier measurements of what is still handed in, at this case over this baseline."""
        found: dict[str, tuple[float, ...]] = {}
        for one in self._stored:
            block = one.block
            gone = block.members + block.left if one.superseded else block.left
            keys = {member.key for member in gone if member in self._checks}
            if not (keys and one.runs and block.case == case and block.baseline == baseline):
                continue
            ranking = rank_case([one], self._session.course.measurement)
            if ranking.control_split:
                continue  # the machine was disturbed: such a figure was flagged then, and is nobody's best now
            for standing in ranking.standings:
                if standing.competitor in keys and not standing.erratic:
                    high = favourable(standing.speedup, standing.speedup_high)
                    found[standing.competitor] = (*found.get(standing.competitor, ()), high)
        return found


# --- from turns to figures -------------------------------------------------------------------------------------------------


def _turns_by_run(blocks: Sequence[StoredBlock], current: Collection[Member]) -> dict[str, list[tuple[Turn, ...]]]:
    """Each competitor's turns, run by run, in the order in which they were taken."""
    found: dict[str, list[tuple[Turn, ...]]] = {}
    for one in blocks:
        keys = {member.key for member in (*one.block.members, one.block.baseline) if member in current}
        for record in one.counting:
            for key in keys:
                turns = tuple(turn for turn in record.turns if turn.competitor == key)
                if turns:
                    found.setdefault(key, []).append(turns)
    return found


def _problems(blocks: Sequence[StoredBlock], current: Collection[Member]) -> dict[str, tuple[Verdict, str]]:
    """Who failed while being measured, with the current version of the code."""
    found = {}
    for one in blocks:
        keys = {member.key for member in one.block.members if member in current}
        for record in one.runs:
            found.update({key: problem for key, problem in record.problems.items() if key in keys})
    return found


def _placed(result: Result, standing: Standing | None) -> Result:
    """Where it stands among all that were measured at its case."""
    if standing is None:
        return result
    return replace(result, rank=standing.rank, first_rank=standing.first_rank, last_rank=standing.last_rank)


def _with_figures(
    result: Result, standing: Standing, baseline: Member, baseline_s: float, turns: Iterable[Turn], ranking: Ranking
) -> Result:
    cpu_s, wall_s = (sum(times_s) for times_s in zip(*((turn.cpu_time_s, sum(turn.timed_s)) for turn in turns), strict=True))
    return replace(
        result,
        baseline=baseline.author,
        wall_time_s=baseline_s / standing.speedup,
        speedup=standing.speedup,
        speedup_low=standing.speedup_low,
        speedup_high=standing.speedup_high,
        cpu_over_wall=cpu_s / wall_s,
        runs=standing.runs,
        flags=(*result.flags, *_measuring_flags(standing, ranking)),
    )


def _failed_late(result: Result, verdict: Verdict, message: str) -> Result:
    """It passed the check and failed while being measured: that verdict holds, and no figure stands."""
    return Result(
        result.author, result.kind, result.task, verdict, message, flags=(*result.flags, "failed while it was measured")
    )


def _measuring_flags(standing: Standing, ranking: Ranking) -> tuple[str, ...]:
    flags = []
    if ranking.control_split:
        flags.append("unsettled: the control, a copy of the baseline, did not tie with it; measure again on a quieter machine")
    if standing.erratic:
        flags.append("erratic: its own times scatter far more than the others'")
    return tuple(flags)


def disturbance_flags(stored: StoredBlock) -> tuple[str, ...]:
    """What disturbed the runs that the figures come from."""
    found = disturbances(stored.counting, stored.block.baseline.key)
    return () if found is None else (found,)


def _bound_flags(result: Result, work_unit: str) -> tuple[str, ...]:
    """Where its rate does not count in full over the cases: why not, and for what it counts."""
    bound = result.bound
    if bound is None or result.rate is None or result.rate <= bound.rate * (1 + _ROUNDING):
        return ()
    found = "did not manage it" if bound.took_s is None else f"took {time_text(bound.took_s)}"
    promised, counts = time_text(bound.work / result.rate), rate_text(bound.rate, work_unit)
    promise = f"at this rate, case {bound.case} would take {promised}, but in the check it {found}"
    return (f"{promise}: beside programs that were timed at other cases it counts as {counts}",)


def _signed(acceptance: Acceptance) -> str:
    return f"{acceptance.who} on {acceptance.accepted_at[:10]}: {acceptance.note}"


def cores_of(task: Task, budget: int) -> int:
    """How many cores a task's submissions may keep busy: of a machine's budget, or as an MPI task's processes need them."""
    return task.profile.cores((task.cores or 1) if task.profile is Profile.MPI else budget, task.cores)


def thread_flags(check: CheckResult, budget: int, *, of_mpi: bool = False) -> tuple[str, ...]:
    """Of the threads that were alive when a call ended, the main one only waits; MPI has some that nobody asked for."""
    asked = (check.threads or 1) - 1
    if of_mpi or asked <= budget:
        return ()
    return (f"you asked for {asked} threads; the budget is {budget}, so they shared {budget} core{'s' * (budget > 1)}",)


def ranked_over_cases(results: Sequence[Result]) -> list[Result]:
    """Ranks over all cases of a task: the rank within the case, behind everyone of other cases whose rate counts for more.

    Ties live within a case only. Who tie stay together, at the place of the fastest of them: somebody at another case does not
    come between. The first and the last rank that are open to somebody are those of whom of the case they may still stand for.
    """
    students = [result for result in results if result.rank is not None]
    places = _places(students)
    by_case: dict[str | None, list[float]] = {}
    for result in students:
        by_case.setdefault(result.case, []).append(places[result.case, result.rank])
    of_case = {case: sorted(found) for case, found in by_case.items()}
    of_all = sorted(itertools.chain.from_iterable(by_case.values()))

    def ranked(result: Result) -> Result:
        at_case, place, rank = of_case[result.case], places[result.case, result.rank], result.rank or 1
        first, last = (min(open_rank or rank, len(at_case)) for open_rank in (result.first_rank, result.last_rank))
        return replace(
            result,
            rank=rank + ahead(place, at_case),
            first_rank=first + ahead(max(place, at_case[-first]), at_case),
            last_rank=last + ahead(min(place, at_case[-last]), at_case),
        )

    def ahead(place: float, at_case: Sequence[float]) -> int:
        return _count_above(place, of_all) - _count_above(place, at_case)

    return [ranked(result) if result.rank is not None else result for result in results]


def _places(students: Iterable[Result]) -> dict[tuple[str | None, int | None], float]:
    """By case and rank, the most that a rate counts for among those who tie there, and those whom they beat at their case.

    The latter have no higher rate, but may have a higher bound, and the order at one case stays as it is.
    """
    places: dict[tuple[str | None, int | None], float] = {}
    most: dict[str | None, float] = {}
    for result in sorted(students, key=lambda result: -(result.rank or 0)):
        most[result.case] = max(most.get(result.case, 0.0), result.counted_rate or 0.0)
        places[result.case, result.rank] = most[result.case]
    return places


def _count_above(value: float, ascending: Sequence[float]) -> int:
    return len(ascending) - bisect.bisect_right(ascending, value)


def in_order(results: Sequence[Result]) -> list[Result]:
    """By rank, of those who tie the fastest first; who has no rank stands among them where the rate belongs."""
    slowest_so_far: dict[str, float] = {}
    least = math.inf
    students = [result for result in results if result.rank is not None]
    for result in sorted(students, key=lambda result: (result.rank, _fastest_first(result))):
        least = min(least, result.counted_rate or 0.0)
        slowest_so_far[result.author] = least

    def place(result: Result) -> tuple[float, float, tuple[float, float, str, str, str]]:
        if result.rank is None:
            return -(result.counted_rate or 0.0), math.inf, _fastest_first(result)
        return -slowest_so_far[result.author], result.rank, _fastest_first(result)

    return sorted(results, key=place)


def _fastest_first(result: Result) -> tuple[float, float, str, str, str]:
    return -(result.counted_rate or 0.0), -(result.rate or 0.0), result.verdict, result.kind, result.author


def favourable(speedup: float, high: float) -> float:
    """The better end of the interval, but no further than `_MOST_BENEFIT`: scattering times must not pay."""
    return speedup if math.isinf(high) else min(high, speedup / (1 - _MOST_BENEFIT))
