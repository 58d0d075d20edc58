"""The ranking stage: from what the store keeps to who stands where, and for how many points."""

import math
import statistics
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.content.course import Assignment, Course, Measurement
from grader.content.submission import Submission, names_used, packages_used
from grader.content.task import LoadedTask
from grader.grading.estimate import score_run, turn_time_s
from grader.grading.marks import AssignmentMarks, FinalMark, final_marks, mark_class
from grader.grading.rank import Ranking, RunScores, Standing, rank
from grader.grading.score import Facts, Threshold, speed_thresholds
from grader.grading.session import NAIVE, HandedIn, HandIns, Session, member_of
from grader.machine import Machine
from grader.records import CONTROL, CheckResult, Member, RunRecord, Turn
from grader.store import Conditions, Store, StoredBlock
from grader.verdicts import Verdict

_IDLE_CPU_SHARE = 0.05
_BUSY_CORES_SLACK = 0.2
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
    rank: int | None = None
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
    runs: int = 0
    flags: tuple[str, ...] = ()
    printed: str = ""

    @property
    def rate(self) -> float | None:
        """Units of work per second."""
        return self.work / self.wall_time_s if self.work is not None and self.wall_time_s else None


@dataclass(frozen=True)
class SpeedThresholds:
    """What one can work towards: the seconds per unit of a task's work that earn a criterion's points on this machine."""

    task: str
    assignment: str
    criterion: str
    steps: tuple[Threshold, ...]


@dataclass(frozen=True)
class Report:
    """All that one grading says."""

    machine: Machine
    sandbox: str
    baseline: Mapping[str, str]
    """Per task, the reference that the largest measured case is compared with."""
    alpha: float
    results: tuple[Result, ...]
    """Task by task, the fastest first, what has no figure last."""
    marks: tuple[AssignmentMarks, ...]
    """Author by author, assignment by assignment."""
    finals: tuple[FinalMark, ...]
    """Nothing, where only some of the course's tasks are at hand."""
    thresholds: tuple[SpeedThresholds, ...]
    work_units: Mapping[str, str]
    faults: tuple[str, ...] = ()
    """Where the grader itself failed: reported, and tried again by the next grading."""
    ungraded: tuple[str, ...] = ()
    """`author · task` for everyone whose current code has not been graded under these conditions."""


def stand(
    session: Session,
    everyone: Sequence[HandIns],
    faults: Mapping[tuple[str, str], str],
    conditions: Conditions,
    store: Store,
) -> Report:
    """Everyone's results in all tasks of the session; nothing is run."""
    results: list[Result] = []
    ungraded: list[str] = []
    baseline: dict[str, str] = {}
    for hand_ins in everyone:
        standings = _TaskStandings(session, hand_ins, faults, conditions, store)
        of_task = standings.results()
        results += of_task
        ungraded += [f"{author} · {hand_ins.task.name}" for author in standings.ungraded()]
        compared = [result for result in of_task if result.baseline is not None]
        if compared:
            largest = max(compared, key=lambda result: hand_ins.task.case_names.index(str(result.case)))
            baseline[hand_ins.task.name] = str(largest.baseline)
    assignments = _assignments(session.course, everyone)
    results = _with_rule_flags(results, everyone, assignments)
    marks = mark_class(assignments, _facts(results, everyone), store.decisions())
    return Report(
        machine=session.machine,
        sandbox=conditions.sandbox,
        baseline=baseline,
        alpha=session.course.measurement.alpha,
        results=tuple(_with_points(result, marks) for result in results),
        marks=marks,
        finals=final_marks(session.course, marks) if _is_whole(session.course, everyone) else (),
        thresholds=tuple(_thresholds(assignments, _references(results))),
        work_units={hand_ins.task.name: hand_ins.task.task.work_unit for hand_ins in everyone},
        faults=tuple(f"{competitor} · {task}: {text}" for (task, competitor), text in faults.items()),
        ungraded=tuple(ungraded),
    )


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
    runs = [RunScores(str(one.id), scores) for one in blocks for scores in scores_of_runs(one, current)]
    students = {key for run in runs for key in run.scores if key.startswith("student/")}
    return rank(
        runs,
        baseline=blocks[0].block.baseline.key,
        control=CONTROL,
        students=students,
        alpha=measurement.alpha,
        min_difference=measurement.min_difference,
    )


def scores_of_runs(stored: StoredBlock, current: Collection[Member] | None = None) -> list[dict[str, float]]:
    """One score per competitor, run by run, but for those who failed; with `current`, only for those versions of the code."""
    block = stored.block
    keys = {turn.competitor for record in stored.runs for turn in record.turns}
    keys -= {key for record in stored.runs for key in record.problems}
    if current is not None:
        keys &= {CONTROL, *(member.key for member in (*block.members, block.baseline) if member in current)}
    return [score_run(_turn_times_s(record, keys), block.baseline.key) for record in stored.runs]


def _turn_times_s(record: RunRecord, keys: Collection[str]) -> list[dict[str, float]]:
    """Round by round, the time of these competitors' turns."""
    rounds: dict[int, dict[str, float]] = {}
    for turn in record.turns:
        if turn.competitor in keys:
            rounds.setdefault(turn.round, {})[turn.competitor] = turn_time_s(turn.timed_s)
    return [rounds[number] for number in sorted(rounds)]


class _TaskStandings:
    """One task's standings in the making."""

    def __init__(
        self, session: Session, hand_ins: HandIns, faults: Mapping[tuple[str, str], str], conditions: Conditions, store: Store
    ) -> None:
        self._session = session
        self._task: LoadedTask = hand_ins.task
        self._everyone = hand_ins.everyone
        self._faults = faults
        self._checks = {member_of(one): store.check(member_of(one), hand_ins.task, conditions) for one in hand_ins.everyone}
        stored = store.all_blocks(hand_ins.task, conditions)
        self._blocks = current_blocks([one for one in stored if not one.superseded], self._checks)
        self._stored = stored
        self._accepted = {(one.author, one.task, one.content_hash) for one in store.acceptances()}

    def results(self) -> list[Result]:
        """Checked, measured, ranked over the cases, and marked; the fastest first."""
        results = [self._checked(one) for one in self._everyone if self._is_graded(one)]
        by_key = {f"{result.kind}/{result.author}": result for result in results}
        for case in {one.block.case for one in self._blocks if one.runs}:
            by_key |= self._measured(case, by_key)
        ranked = _ranked_over_cases(list(by_key.values()))
        return sorted(ranked, key=lambda result: (-(result.rate or 0.0), result.verdict, result.kind, result.author))

    def ungraded(self) -> list[str]:
        """Whose current code has no verdict yet."""
        return [one.author for one in self._everyone if not self._is_graded(one)]

    def _is_graded(self, handed_in: HandedIn) -> bool:
        member = member_of(handed_in)
        return self._checks[member] is not None or (self._task.name, member.key) in self._faults

    def _checked(self, handed_in: HandedIn) -> Result:
        member = member_of(handed_in)
        check = self._checks[member]
        if check is None:
            fault = self._faults[self._task.name, member.key]
            return Result(member.author, member.kind, self._task.name, Verdict.GRADER_ERROR, fault)
        return Result(
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
            import_time_s=check.import_time_s,
            compile_time_s=check.compile_time_s,
            peak_memory_bytes=check.case_memory_bytes.get(check.case or ""),
            flags=(*check.notes, *_thread_flags(check, self._session.machine.threads)),
            printed=check.printed,
        )

    def _review(self, member: Member) -> str | None:
        """What a person has yet to look at in this version of the code."""
        check = self._checks.get(member)
        if member.kind == "reference" or (member.author, self._task.name, member.content_hash) in self._accepted:
            return None
        of_runs = (
            record.reviews[member.key]
            for one in self._blocks
            if member in one.block.members
            for record in one.runs
            if member.key in record.reviews
        )
        return check.review if check is not None and check.review else next(of_runs, None)

    def _measured(self, case: str, by_key: Mapping[str, Result]) -> dict[str, Result]:
        """The results at one case, with their figures.

        Ranks come from all blocks together. A competitor's figures come from its own block alone, and their absolute scale
        from the first block: what others hand in later changes nobody's time, interval or points.
        """
        measurement = self._session.course.measurement
        blocks = [one for one in self._blocks if one.block.case == case and one.runs]
        baseline = blocks[0].block.baseline
        first_turns = _turns_by_competitor(blocks[:1], self._checks)[baseline.key]
        baseline_s = statistics.median(turn_time_s(turn.timed_s) for turn in first_turns)
        ranked = [member for member in self._checks if self._review(member) is None]
        ranks = {one.competitor: one.rank for one in rank_case(blocks, measurement, ranked).standings}
        before = self._measured_before(case, baseline)
        measured: dict[str, Result] = {}
        for block in blocks:
            # Among all that were measured together: without what has been replaced since, the others' intervals would move.
            ranking = rank_case([block], measurement)
            turns = _turns_by_competitor([block], self._checks)
            for standing in ranking.standings:
                key = standing.competitor
                if key in turns and key not in measured and by_key[key].case == case:
                    figures = _with_figures(by_key[key], standing, baseline, baseline_s, turns[key], ranking)
                    measured[key] = replace(figures, rank=ranks.get(key), measured_before=before.get(key, ()))
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
            for standing in rank_case([one], self._session.course.measurement).standings:
                if standing.competitor in keys:
                    high = _favourable(standing.speedup, standing.speedup_high)
                    found[standing.competitor] = (*found.get(standing.competitor, ()), high)
        return found


# --- from turns to figures -------------------------------------------------------------------------------------------------


def _turns_by_competitor(blocks: Sequence[StoredBlock], current: Collection[Member]) -> dict[str, list[Turn]]:
    turns: dict[str, list[Turn]] = {}
    for one in blocks:
        keys = {member.key for member in (*one.block.members, one.block.baseline) if member in current}
        for record in one.runs:
            for turn in record.turns:
                if turn.competitor in keys:
                    turns.setdefault(turn.competitor, []).append(turn)
    return turns


def _problems(blocks: Sequence[StoredBlock], current: Collection[Member]) -> dict[str, tuple[Verdict, str]]:
    """Who failed while being measured, with the current version of the code."""
    found = {}
    for one in blocks:
        keys = {member.key for member in one.block.members if member in current}
        for record in one.runs:
            found.update({key: problem for key, problem in record.problems.items() if key in keys})
    return found


def _with_figures(
    result: Result, standing: Standing, baseline: Member, baseline_s: float, turns: Sequence[Turn], ranking: Ranking
) -> Result:
    cpu_over_wall = sum(turn.cpu_time_s for turn in turns) / sum(sum(turn.timed_s) for turn in turns)
    return replace(
        result,
        baseline=baseline.author,
        wall_time_s=baseline_s / standing.speedup,
        speedup=standing.speedup,
        speedup_low=standing.speedup_low,
        speedup_high=standing.speedup_high,
        cpu_over_wall=cpu_over_wall,
        runs=standing.runs,
        flags=(*result.flags, *_measuring_flags(standing, turns, ranking, cpu_over_wall)),
    )


def _failed_late(result: Result, verdict: Verdict, message: str) -> Result:
    """It passed the check and failed while being measured: that verdict holds, and no figure stands."""
    return Result(
        result.author, result.kind, result.task, verdict, message, flags=(*result.flags, "failed while it was measured")
    )


def _measuring_flags(standing: Standing, turns: Sequence[Turn], ranking: Ranking, cpu_over_wall: float) -> tuple[str, ...]:
    flags = []
    if ranking.control_split:
        flags.append("unsettled: the control, a copy of the baseline, did not tie with it; measure again on a quieter machine")
    if standing.erratic:
        flags.append("erratic: its own times scatter far more than the others'")
    if sum(turn.idle_cpu_s for turn in turns) > _IDLE_CPU_SHARE * sum(turn.cpu_time_s for turn in turns):
        flags.append("used CPU time between its calls, when it should have stood still")
    if cpu_over_wall > max(turn.threads for turn in turns) + _BUSY_CORES_SLACK:
        flags.append(f"used {cpu_over_wall:.1f} cores")
    return tuple(flags)


def _thread_flags(check: CheckResult, budget: int) -> tuple[str, ...]:
    """Of the threads that were alive when a call ended, the main one only waits."""
    asked = (check.threads or 1) - 1
    if asked <= budget:
        return ()
    return (f"you asked for {asked} threads; the budget is {budget}, so they shared {budget} core{'s' * (budget > 1)}",)


def _ranked_over_cases(results: Sequence[Result]) -> list[Result]:
    """Ranks over all cases of a task: the rank within the case, behind everyone of other cases who has a higher rate.

    Ties live within a case only. Who tie stay together, at the place of the fastest of them: somebody at another case does not
    come between.
    """
    students = [result for result in results if result.rank is not None]

    def place(result: Result) -> float:
        """The rate of the fastest among those who tie with it."""
        return max(other.rate or 0.0 for other in students if (other.case, other.rank) == (result.case, result.rank))

    def ranked(result: Result) -> Result:
        ahead = sum(place(other) > place(result) for other in students if other.case != result.case)
        return replace(result, rank=(result.rank or 0) + ahead)

    return [ranked(result) if result.rank is not None else result for result in results]


# --- marks -----------------------------------------------------------------------------------------------------------------


def _assignments(course: Course, everyone: Sequence[HandIns]) -> list[Assignment]:
    """Those of the tasks at hand; those without any task are about the whole course, and stand where all of it is."""
    tasks = {hand_ins.task.name for hand_ins in everyone}
    whole = _is_whole(course, everyone)
    return [one for one in course.assignments if tasks & set(one.tasks) or (whole and not one.tasks)]


def _is_whole(course: Course, everyone: Sequence[HandIns]) -> bool:
    """Whether every task that is marked is at hand: of some of them, no final mark follows."""
    return {hand_ins.task.name for hand_ins in everyone} >= {task for one in course.assignments for task in one.tasks}


def _references(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """The references' seconds per unit of work, by task and level."""
    seconds: dict[str, dict[str, float]] = {}
    for result in results:
        if result.kind == "reference" and result.rate:
            seconds.setdefault(result.task, {})[result.author] = 1.0 / result.rate
    return seconds


def _facts(results: Sequence[Result], everyone: Sequence[HandIns]) -> dict[str, dict[str, Facts]]:
    """What is known of each student's work, task by task."""
    submissions = {
        (one.author, hand_ins.task.name): one for hand_ins in everyone for one in hand_ins.everyone if one.kind == "student"
    }
    references = _references(results)
    facts: dict[str, dict[str, Facts]] = {author: {} for author, _ in sorted(submissions)}
    for result in results:
        if result.kind == "student":
            seconds = 1.0 / result.rate if result.rate else None
            submission = submissions[result.author, result.task]
            facts[result.author][result.task] = Facts(
                verdict=result.verdict,
                names_used=names_used(submission) if isinstance(submission, Submission) else frozenset(),
                seconds_per_unit=seconds,
                seconds_per_unit_low=_favourable_seconds(result, seconds),
                reference_seconds_per_unit=references.get(result.task, {}),
                measured_before=_seconds_before(result, seconds),
                compiled_functions=result.compiled_functions,
                picture_answered=result.picture_answered,
                review=result.review,
            )
    return facts


def _with_rule_flags(results: Sequence[Result], everyone: Sequence[HandIns], assignments: Sequence[Assignment]) -> list[Result]:
    """The results, with a flag for each name that an assignment of the task does not want."""
    submissions: dict[tuple[str, str, str], HandedIn] = {
        (one.author, one.kind, one.task): one for hand_ins in everyone for one in hand_ins.everyone
    }

    def flagged(result: Result) -> Result:
        submission = submissions[result.author, result.kind, result.task]
        if result.kind == "reference" or not isinstance(submission, Submission):
            return result
        flags = [flag for one in assignments if result.task in one.tasks for flag in _rule_flags(submission, one)]
        return replace(result, flags=(*result.flags, *flags))

    return [flagged(result) for result in results]


def _rule_flags(submission: Submission, assignment: Assignment) -> Iterator[str]:
    """Names that the assignment forbids, and packages that it does not allow."""
    forbidden = sorted(set(assignment.forbid) & names_used(submission))
    if forbidden:
        yield f"uses {', '.join(forbidden)}, which the assignment {assignment.id} forbids"
    foreign = sorted(packages_used(submission) - {*assignment.allowed, *sys.stdlib_module_names})
    if assignment.allowed and foreign:
        yield f"imports {', '.join(foreign)}; the assignment {assignment.id} allows {', '.join(assignment.allowed)}"


def _favourable(speedup: float, high: float) -> float:
    """The better end of the interval, but no further than `_MOST_BENEFIT`: scattering times must not pay."""
    return speedup if math.isinf(high) else min(high, speedup / (1 - _MOST_BENEFIT))


def _favourable_seconds(result: Result, seconds: float | None) -> float | None:
    if seconds is None or result.speedup is None or result.speedup_high is None:
        return None
    return seconds * result.speedup / _favourable(result.speedup, result.speedup_high)


def _seconds_before(result: Result, seconds: float | None) -> tuple[float, ...]:
    """Earlier speedups in today's seconds: the baseline's time of today is what both are measured in."""
    if seconds is None or result.speedup is None:
        return ()
    return tuple(seconds * result.speedup / before for before in result.measured_before)


def _with_points(result: Result, marks: Sequence[AssignmentMarks]) -> Result:
    """A student's result with the points of the criteria that its task decides."""
    if result.kind == "reference":
        return result
    own = [one for marked in marks if marked.author == result.author for one in marked.criteria if one.task == result.task]
    given = [one.points for one in own if one.points is not None]
    return replace(
        result,
        points=round(sum(given), 10) if given else None,
        max_points=sum(one.max_points for one in own) if own else None,
    )


def _thresholds(assignments: Sequence[Assignment], references: Mapping[str, Mapping[str, float]]) -> Iterator[SpeedThresholds]:
    """Of every speed criterion whose references have been measured."""
    for assignment in assignments:
        for criterion in assignment.criteria:
            task = assignment.task_of(criterion) or ""
            of_task = references.get(task, {})
            if criterion.by == "speed" and {NAIVE, assignment.full_marks} <= of_task.keys():
                steps = speed_thresholds(criterion.points, of_task[NAIVE], of_task[str(assignment.full_marks)])
                yield SpeedThresholds(task, assignment.id, criterion.id, steps)
