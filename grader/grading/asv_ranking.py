"""A ranking from what asv recorded of the suite, by the grader's statistics, and how it agrees with the grader's own.

A round of asv's is a process for each program, one after the other; its samples are the calls of one process. So a round
stands for a run with a single turn: the smallest of its calls, over the baseline's in the same round, which takes away what the
machine did to the whole round. asv has no control: that a copy of the baseline ties with it is not known here.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import median

from grader.content.course import Measurement, baseline_of
from grader.content.task import LoadedTask
from grader.errors import UsageError
from grader.grading.asv_results import HOW, Absence, AsvFile, Recorded
from grader.grading.asv_sources import OtherSources, other_sources
from grader.grading.board import board_of
from grader.grading.estimate import turn_time_s
from grader.grading.measure import choose_baseline
from grader.grading.rank import Ranking, RunScores, rank
from grader.grading.session import HandIns, Session, read_class
from grader.store import Conditions, Store

_REFERENCE, _STUDENT = "reference/", "student/"
_FEWEST_TO_RANK = 2


@dataclass(frozen=True)
class Place:
    """Where a student stands on the grader's own leaderboard."""

    rank: int
    rate: float
    """What it counts for over the cases, in units of work a second."""
    case: str
    """At which it was measured."""


@dataclass(frozen=True)
class OtherOrder:
    """Two students whose order is not the same in both rankings."""

    first: str
    second: str
    asv_ratio: float
    """The second's time over the first's."""
    grader_ratio: float
    """The same per unit of work, each at the case where the grader measures it."""
    asv_ranks: tuple[int, int]
    grader_ranks: tuple[int, int]
    grader_cases: tuple[str, str]

    @property
    def is_reversed(self) -> bool:
        """Whether each ranking puts another one in front; otherwise one of them has a tie."""
        by_asv, by_grader = (first - second for first, second in (self.asv_ranks, self.grader_ranks))
        return by_asv * by_grader < 0


@dataclass(frozen=True)
class Agreement:
    """asv's ranking at one case beside the grader's leaderboard of the task."""

    students: int
    tau_b: float | None
    """Kendall's (Biometrika 33, 1945), between the ranks; None where a ranking separates nobody."""
    otherwise: tuple[OtherOrder, ...]
    """All pairs that are not ordered alike, those first that are reversed."""


@dataclass(frozen=True)
class AsvRanking:
    """Everybody at one case of one task, in one environment of asv's."""

    task: str
    case: str
    file: AsvFile
    baseline: str
    rounds: int
    ranking: Ranking
    times_s: Mapping[str, float]
    """Of a call, by competitor: the median over the rounds."""
    absent: Mapping[str, str]
    """Who is not ranked, and why."""
    agreement: Agreement | None
    """None where the grader itself has not ranked two of these students, of the code that asv timed."""
    other_code: tuple[str, ...] = ()
    """Students whom both have ranked, but of whom asv timed another version: they are not in the agreement."""
    code_unknown: str = ""
    """Why it is not known which version asv timed."""

    @property
    def difference(self) -> float:
        """The fraction from which on two students are told apart; infinite after a single round."""
        return math.expm1(self.ranking.hsd)


def benchmark_of(task: str) -> str:
    """The suite's benchmark of a task's calls."""
    return f"bench_tasks.{''.join(part.capitalize() for part in task.split('_'))}.time_call"


def rank_asv(session: Session, files: Sequence[AsvFile], store: Store | None, conditions: Conditions) -> tuple[AsvRanking, ...]:
    """Rankings of every case at which two students were recorded, environment by environment.

    Args:
        session: with the tasks that are wanted.
        files: of one commit on this machine.
        store: of the grader's own results, to compare with; None where there is none.
        conditions: under which those were made.

    Raises:
        UsageError: nothing can be ranked; the text says why.
    """
    own: dict[str, dict[str, Place]] = {}
    other = OtherSources()
    if store is not None:
        everyone = read_class(session)
        own = _own_places(session, everyone, store, conditions)
        if any(own.values()):
            other = other_sources(session, everyone, files[0].commit)
    found = []
    for file in files:
        for task in session.tasks.values():
            recorded = file.recorded.get(benchmark_of(task.name))
            for case in task.case_names if recorded is not None else ():
                ranked = _rank_case(session, task, case, file, recorded, own.get(task.name, {}), other)
                found += [ranked] if ranked is not None else []
    if not found:
        raise UsageError(_nothing(files))
    return tuple(found)


def _nothing(files: Sequence[AsvFile]) -> str:
    """Why nothing can be ranked."""
    absences = [absence for file in files for one in file.recorded.values() for absence in one.absent.values()]
    if Absence.NO_SAMPLES in absences:
        return f"asv kept no samples of {files[0].commit[:12]}: run it again with --record-samples; {HOW}"
    if Absence.UNEVEN in absences:
        return f"of {files[0].commit[:12]}: {Absence.UNEVEN}; {HOW}"
    return f"at no case were a reference and two students recorded of {files[0].commit[:12]}; {HOW}"


def _rank_case(
    session: Session,
    task: LoadedTask,
    case: str,
    file: AsvFile,
    recorded: Recorded | None,
    own: Mapping[str, Place],
    other: OtherSources,
) -> AsvRanking | None:
    """None where no two students, or no reference, have samples at the case."""
    if recorded is None:
        return None
    turns = {
        author: [turn_time_s(calls_s) for calls_s in rounds] for (author, at), rounds in recorded.rounds_s.items() if at == case
    }
    absent: dict[str, str] = {author: str(why) for (author, at), why in recorded.absent.items() if at == case}
    rounds = _usual_number(turns)
    absent |= {
        author: f"it has {len(own_turns)} rounds, and the others {rounds}"
        for author, own_turns in turns.items()
        if len(own_turns) != rounds
    }
    turns = {author: own_turns for author, own_turns in turns.items() if len(own_turns) == rounds}
    times_s = {author: median(own_turns) for author, own_turns in turns.items()}
    baseline = _baseline(session, task, times_s)
    students = {author for author in turns if author.startswith(_STUDENT)}
    if baseline is None or len(students) < _FEWEST_TO_RANK:
        return None
    ranking = rank_rounds(turns, baseline, session.course.measurement)
    same = {student: place for student, place in own.items() if (task.name, student) not in other.competitors}
    return AsvRanking(
        task=task.name,
        case=case,
        file=file,
        baseline=baseline,
        rounds=rounds,
        ranking=ranking,
        times_s=times_s,
        absent=absent,
        agreement=agreement(ranking, same),
        other_code=tuple(sorted(students & (own.keys() - same.keys()))),
        code_unknown=other.unknown,
    )


def _usual_number(turns: Mapping[str, Sequence[float]]) -> int:
    """How many rounds most have."""
    numbers = [len(own_turns) for own_turns in turns.values()]
    return max(sorted(set(numbers), reverse=True), key=numbers.count, default=0)


def _baseline(session: Session, task: LoadedTask, times_s: Mapping[str, float]) -> str | None:
    """That reference which the grader would take, by asv's times."""
    of_references = {
        author.removeprefix(_REFERENCE): time_s for author, time_s in times_s.items() if author.startswith(_REFERENCE)
    }
    measurement = session.course.measurement
    named = baseline_of(session.course, task.name)
    level = choose_baseline(of_references, named, measurement.shortest_baseline_call_s, measurement.longest_call_s)
    return None if level is None else f"{_REFERENCE}{level}"


def rank_rounds(turns_s: Mapping[str, Sequence[float]], baseline: str, measurement: Measurement) -> Ranking:
    """Rank by the turns of common rounds: every competitor has one, in s, in each."""
    rounds = [dict(zip(turns_s, times_s, strict=True)) for times_s in zip(*turns_s.values(), strict=True)]
    runs = [
        RunScores("asv", {author: math.log(turn_s / of_round[baseline]) for author, turn_s in of_round.items()})
        for of_round in rounds
    ]
    return rank(
        runs,
        baseline=baseline,
        control=baseline,  # there is none: nothing can split
        students={author for author in turns_s if author.startswith(_STUDENT)},
        alpha=measurement.alpha,
        min_difference=measurement.min_difference,
    )


# --- beside the grader's own -----------------------------------------------------------------------------------------------


def _own_places(
    session: Session, everyone: Sequence[HandIns], store: Store, conditions: Conditions
) -> dict[str, dict[str, Place]]:
    """The leaderboards of the store, task by task: of whoever stands there with the code that is handed in now."""
    return {
        hand_ins.task.name: {
            f"{_STUDENT}{one.author}": Place(one.rank, one.counted_rate, one.case)
            for one in board_of(session, hand_ins, {}, conditions, store).results
            if one.rank is not None and one.counted_rate and one.case is not None
        }
        for hand_ins in everyone
    }


def agreement(by_asv: Ranking, places: Mapping[str, Place]) -> Agreement | None:
    """How asv's ranking orders the students beside the leaderboard, of those whom both have; None of fewer than two."""
    from scipy.stats import kendalltau  # here, for it takes long to import

    asv = {one.competitor: one for one in by_asv.standings if one.rank is not None}
    common = [name for name in asv if name in places]
    if len(common) < _FEWEST_TO_RANK:
        return None
    ranks = {name: (asv[name].rank or 0, places[name].rank) for name in common}
    tau_b = float(kendalltau(*zip(*ranks.values(), strict=True)).statistic)
    pairs = [
        OtherOrder(
            first,
            second,
            asv_ratio=math.exp(asv[second].score - asv[first].score),
            grader_ratio=places[first].rate / places[second].rate,
            asv_ranks=(ranks[first][0], ranks[second][0]),
            grader_ranks=(ranks[first][1], ranks[second][1]),
            grader_cases=(places[first].case, places[second].case),
        )
        for first, second in combinations(common, 2)
        if _order(ranks[first][0], ranks[second][0]) != _order(ranks[first][1], ranks[second][1])
    ]
    otherwise = tuple(sorted(pairs, key=lambda pair: not pair.is_reversed))
    return Agreement(len(common), None if math.isnan(tau_b) else tau_b, otherwise)


def _order(first: int, second: int) -> int:
    return (first > second) - (first < second)
