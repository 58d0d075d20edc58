"""A line profile: where the time and the memory of one program go. It is no grading: nothing of it is stored, ranked or marked.

The program runs unwatched first (what a call takes, what compiling took, the kernel's own peak of memory), then on the same
inputs with its lines watched: so it is also seen how much the watching costs. What Numba compiles has no lines while it runs;
such a program is run once more without the compiler, on small inputs, as the Python that it is written in.
"""

import itertools
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np

from grader.content.parsing import BrokenCodeError, code_lines, decode
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.content.task import Case, LoadedTask
from grader.errors import UsageError
from grader.execution.interface import Backend, Call, Failure, FailureKind, Generation, Worker
from grader.execution.line_looks import Looks
from grader.execution.line_profile import (
    MEMORY,
    PLAIN,
    TIME,
    LineTable,
    import_with_driver,
    line_count,
    looked_at,
    watched_call,
    with_driver,
)
from grader.grading.check import CaseFacts, facts_of, new_seed, prepare
from grader.grading.judge import hint_on
from grader.grading.line_facts import LineFacts, Split, line_facts, slowest_row, split, total_s
from grader.grading.progress import Progress
from grader.grading.session import Session
from grader.grading.standings import cores_of
from grader.machine import own_cache_bytes
from grader.profiles import Profile
from grader.records import PreparedCase

_LIMIT_S = 120.0
"""Of a call that is watched: plain Python takes some ten times as long then."""
_EXPLORED_LIMIT_S = 10.0
"""Of a call that finds out how long a check case takes, of a program that is known to be slow: somebody may wait."""
_LONG_S = 1.0
"""A call that takes longer unwatched is none to be watched, where there are smaller inputs."""
_SHORT_S, _TRIES, _ALIKE = 0.5, 10, 1.25
_MOST_TRACED, _FAR_TOO_MANY = 100_000, 4
"""Lines that run in a call whose memory is watched; each takes some 10 µs. So many times as many are not even counted."""
_HITS_OF_LOOPS_COUNT = sys.version_info < (3, 12)
"""Since then line_profiler counts a loop that stands on one line wrongly."""


@dataclass(frozen=True)
class Line:
    """One line of the submission, as its author finds it again."""

    file: str
    cell: int | None
    """Of a notebook: the code cell, from 1; `line` then counts from its beginning."""
    line: int
    text: str

    @property
    def place(self) -> str:
        """`line 14`, or `code cell 3, line 14`."""
        return f"line {self.line}" if self.cell is None else f"code cell {self.cell}, line {self.line}"


@dataclass(frozen=True)
class LineTimes:
    """The time of each line in one call, with all that the line calls."""

    case: str
    as_python: bool
    """Whether it ran without Numba's compiler."""
    call_s: float
    """Of a call that nobody watched."""
    watched_s: float
    """Of the call on the same inputs whose lines were watched."""
    hits: tuple[int | None, ...]
    """How often each line ran; None where that is not known."""
    times_s: tuple[float, ...]
    shares: tuple[float, ...]
    """Of the time of all lines."""
    cores_at_work: float = 1.0
    """CPU time over wall time of the call that nobody watched, its children's included."""
    threads: int = 1
    """At the end of that call."""
    looks: Looks = field(default_factory=Looks)
    """What the variables of the lines held, in a call at the same case or at a smaller one."""

    @property
    def slowdown(self) -> float:
        """What watching costs: the time of the watched call over that of the other one."""
        return self.watched_s / self.call_s if self.call_s > 0 else 1.0


@dataclass(frozen=True)
class LineMemory:
    """By how much each line made the memory grow in one call, and the most that the call took, by the kernel."""

    case: str
    peak_bytes: int | None
    growths_bytes: tuple[float, ...]


@dataclass(frozen=True)
class Hardware:
    """What of the machine the program has to work with."""

    cores: int = 1
    """That it may keep busy."""
    all_cores: int = 1
    """What `os.cpu_count()` says there, whatever it may use."""
    cache_bytes: int | None = None
    """The largest cache that a core has to itself; None where that is not known."""


@dataclass(frozen=True)
class LineProfile:
    """All that is known about the lines of one submission; its columns have an entry for each of `lines`."""

    author: str
    task: str
    sandbox: str
    lines: tuple[Line, ...]
    times: LineTimes
    as_python: LineTimes | None
    """Where Numba compiles some of it: the same, as Python."""
    memory: LineMemory
    slowest: int | None
    """The index of the line that takes the most time itself."""
    split: Split
    compile_time_s: float
    compiled_functions: int
    notes: tuple[str, ...]
    hardware: Hardware = field(default_factory=Hardware)
    needs: CaseFacts | None = None
    """What a call at the case of `times` needs, whoever makes it."""


def profile_lines(
    session: Session,
    submission: Submission,
    backend: Backend,
    progress: Progress,
    *,
    memory: bool = True,
    case: str | None = None,
    too_slow: bool = False,
) -> LineProfile:
    """Profile one submission, right or wrong, at the largest case that it does in `longest_call_s`, or at a smaller one.

    It is sooner done without `memory`, and with a benchmark `case` that it is known to do in time. Of one that is known to be
    `too_slow` for a benchmark case, or is found to be, the lines are watched at a check case.

    Raises:
        UsageError: it cannot be imported, fails, or takes too long even at the smallest case.
    """
    study = _Study(session, submission, too_slow=too_slow)
    try:
        return _profile(study, session, submission, backend, progress, memory=memory, case=case)
    except _TooLongError:
        if too_slow:
            raise
    return profile_lines(session, submission, backend, progress, memory=memory, too_slow=True)


def _profile(
    study: "_Study",
    session: Session,
    submission: Submission,
    backend: Backend,
    progress: Progress,
    *,
    memory: bool,
    case: str | None,
) -> LineProfile:
    task = session.tasks[submission.task]
    progress.begin(f"lines of {submission.author}", 3)
    with backend.generation() as generation:
        progress.advance(0, "time")
        with study.worker(generation) as worker:
            compile_time_s, chosen = study.case_in_time(worker, case)
            times = study.times(worker, chosen, as_python=False)
            memory_case = study.memory_case(worker, times)
            compiled = worker.compiled_count() or 0
            code = worker.compiled_functions()
            times = replace(times, looks=study.looks(worker, memory_case))
        progress.advance(1, "memory")
        line_memory = study.memory(generation, memory_case, code) if memory else study.no_memory(memory_case)
        progress.advance(1, "as Python")
        as_python, notes = study.as_python(generation) if compiled else (None, ())
    progress.advance(1, "")
    return LineProfile(
        author=submission.author,
        task=task.name,
        sandbox=backend.sandbox,
        lines=_lines_of(submission),
        times=times,
        as_python=as_python,
        memory=line_memory,
        slowest=_slowest(times, as_python, study.facts),
        split=split(np.array(times.times_s), times.hits, study.facts),
        compile_time_s=compile_time_s,
        compiled_functions=compiled,
        notes=(*notes, *_about_the_profile(task)),
        hardware=Hardware(
            cores=cores_of(task.task, session.machine.threads),
            all_cores=os.cpu_count() or 1,
            cache_bytes=own_cache_bytes(),
        ),
        needs=study.needs(times.case),
    )


class _Study:
    """A profile in progress: what is profiled, and the inputs that were drawn for it."""

    def __init__(self, session: Session, submission: Submission, *, too_slow: bool) -> None:
        limits = session.limits({})
        self._task = session.tasks[submission.task]
        self._submission = submission
        self._longest_call_s = limits.longest_call_s
        self._first_call_s = limits.first_call_s
        self._too_slow = too_slow
        self._generator = np.random.default_rng(new_seed())
        self._prepared: dict[str, PreparedCase] = {}
        line_counts = [line_count(file) for file in submission.files]
        self._rows = sum(line_counts)
        self.facts = line_facts(submission.files, line_counts)

    @contextmanager
    def worker(self, generation: Generation, *, as_python: bool = False, compiled: bytes = b"") -> Iterator[Worker]:
        """A worker that has imported it, with what another has compiled; it ends with the context."""
        sent = with_driver(self._submission, as_python=as_python, names=self.facts.looked_for)
        worker = generation.start(sent, self._task.task.profile, self._task.task.cores)
        try:
            failure = import_with_driver(worker, self._first_call_s, compiled)
            if failure is not None:
                raise _ProfileError(_why("the file cannot be imported", failure, imported=True))
            yield worker
        finally:
            worker.close()

    def case_in_time(self, worker: Worker, known: str | None) -> tuple[float, Case]:
        """What compiling took, and the largest benchmark case that a call does in time: the one where it would be graded.

        Where even the smallest takes long, a check case. A case that is `known` to be done in time is taken.
        """
        if self._too_slow:
            return self._checked_in_time(worker)
        smallest, *larger = [one for one in self._task.task.benchmark_cases if known in (None, one.name)]
        cold_s = self._watched(worker, smallest, PLAIN, self._first_call_s)[0].wall_time_s
        warm = self._plain(worker, smallest) if known else self._fastest(worker, smallest, PLAIN)[0]
        warm_s = warm.wall_time_s
        compile_time_s = max(0.0, cold_s - warm_s)
        if warm_s > _LONG_S:
            return compile_time_s, self._checked_in_time(worker)[1]
        chosen = smallest
        for case in larger:
            promised_s = warm_s * self._prepare(case).work / max(self._prepare(chosen).work, 1.0)
            if promised_s > self._longest_call_s:
                break
            self._plain(worker, case)
            warm_s = self._fastest(worker, case, PLAIN)[0].wall_time_s
            if warm_s > self._longest_call_s:
                break
            chosen = case
        return compile_time_s, chosen

    def _checked_in_time(self, worker: Worker) -> tuple[float, Case]:
        """What compiling took, and the largest check case that a call does in a moment; the smallest, where there is none."""
        chosen, *larger = sorted(self._task.task.check_cases, key=lambda one: self._prepare(one).work)
        cold_s = self._explored_s(worker, chosen)
        first_s = warm_s = self._explored_s(worker, chosen)
        for case in larger:
            promised_s = warm_s * self._prepare(case).work / max(self._prepare(chosen).work, 1.0)
            if promised_s > _LONG_S or warm_s > _LONG_S:
                break
            warm_s = self._explored_s(worker, case)
            chosen = case if warm_s <= _LONG_S else chosen
        return max(0.0, cold_s - first_s), chosen

    def _explored_s(self, worker: Worker, case: Case) -> float:
        return self._watched(worker, case, PLAIN, _EXPLORED_LIMIT_S)[0].wall_time_s

    def needs(self, case: str) -> CaseFacts:
        """What a call at a case that was prepared needs."""
        (of_case,) = (one for one in self._cases if one.name == case)
        return facts_of(self._task.task, of_case, self._prepare(of_case))

    def times(self, worker: Worker, case: Case, *, as_python: bool) -> LineTimes:
        """The time of each line, and what a call takes that nobody watches."""
        self._watched(worker, self._task.task.check_cases[0], TIME)  # the profiler gets to know the functions
        self._plain(worker, case)
        plain, _ = self._fastest(worker, case, PLAIN)
        watched, table = self._fastest(worker, case, TIME)
        whole_s = total_s(table.times_s, self.facts)
        return LineTimes(
            case=case.name,
            as_python=as_python,
            call_s=plain.wall_time_s,
            watched_s=watched.wall_time_s,
            hits=tuple(self._known_hits(row, int(count)) for row, count in enumerate(table.hits)),
            times_s=tuple(map(float, table.times_s)),
            shares=tuple(min(1.0, float(one) / whole_s) if whole_s else 0.0 for one in table.times_s),
            cores_at_work=plain.cpu_time_s / plain.wall_time_s if plain.wall_time_s > 0 else 1.0,
            threads=plain.threads,
        )

    def memory_case(self, worker: Worker, times: LineTimes) -> Case:
        """The case of the times, or the largest check case that runs no more lines than can be watched in a moment."""
        case = next(one for one in self._cases if one.name == times.case)
        ran = sum(count or 0 for count in times.hits)
        for smaller in reversed(self._task.task.check_cases):
            if ran <= _MOST_TRACED:
                break
            promised = ran * self._prepare(smaller).work / max(self._prepare(case).work, 1.0)
            if promised <= _FAR_TOO_MANY * _MOST_TRACED:
                case = smaller
                ran = int(self._watched(worker, case, TIME)[1].hits.sum())
        return case

    def looks(self, worker: Worker, case: Case) -> Looks:
        """What the variables of the lines hold; nothing is known of a program that fails when it is followed line by line."""
        limit_s = max(_LIMIT_S, self._first_call_s)
        call, looks = looked_at(worker, self.facts.looked_for, self._rows, self._prepare(case).inputs, limit_s)
        return replace(looks, call_s=call.wall_time_s)

    def memory(self, generation: Generation, case: Case, compiled: bytes) -> LineMemory:
        """The kernel's peak, and the growth by line, each of the first large call of a process: later ones use memory again."""
        seen = []
        for kind in (PLAIN, MEMORY):
            with self.worker(generation, compiled=compiled) as worker:
                self._plain(worker, self._task.task.check_cases[0])  # it compiles, and loads what is loaded late
                seen.append(self._watched(worker, case, kind))
        (plain, _), (_, table) = seen
        return LineMemory(case.name, plain.peak_memory_bytes, tuple(map(float, table.growths_bytes)))

    def no_memory(self, case: Case) -> LineMemory:
        """Where nobody asks for it."""
        return LineMemory(case.name, None, (0.0,) * self._rows)

    def as_python(self, generation: Generation) -> tuple[LineTimes | None, tuple[str, ...]]:
        """The times of a program that Numba compiles, without the compiler; or None, and why it does not run so."""
        try:
            with self.worker(generation, as_python=True) as worker:
                times = self.times(worker, self._small_case(worker), as_python=True)
                return replace(times, looks=self.looks(worker, self.memory_case(worker, times))), ()
        except _ProfileError as error:
            return None, (f"its compiled functions do not run as Python, so their lines are not known: {error}",)

    def _small_case(self, worker: Worker) -> Case:
        """The smallest benchmark case where the largest check case promises that it takes no long time; else that one."""
        if self._too_slow:
            return self._checked_in_time(worker)[1]
        checked, smallest = self._task.task.check_cases[-1], self._task.task.benchmark_cases[0]
        self._plain(worker, checked)
        time_s = self._plain(worker, checked).wall_time_s
        promised_s = time_s * self._prepare(smallest).work / max(self._prepare(checked).work, 1.0)
        return smallest if promised_s <= _LONG_S else checked

    @property
    def _cases(self) -> tuple[Case, ...]:
        return (*self._task.task.check_cases, *self._task.task.benchmark_cases)

    def _prepare(self, case: Case) -> PreparedCase:
        if case.name not in self._prepared:
            self._prepared[case.name] = prepare(self._task.task, case, self._generator)
        return self._prepared[case.name]

    def _fastest(self, worker: Worker, case: Case, kind: int) -> tuple[Call, LineTable]:
        """Of several calls, where they are short: what else the machine does only adds time.

        The times of lines are the means of those calls that took about as long as the fastest: of one call, a line stands
        high on which the process lost its core for a moment.
        """
        found = [self._watched(worker, case, kind)]
        while sum(one.wall_time_s for one, _ in found) < _SHORT_S and len(found) < _TRIES:
            found.append(self._watched(worker, case, kind))
        call, table = min(found, key=lambda one: one[0].wall_time_s)
        alike = [other.times_s for one, other in found if one.wall_time_s <= _ALIKE * call.wall_time_s]
        return call, replace(table, times_s=np.mean(alike, axis=0))

    def _plain(self, worker: Worker, case: Case) -> Call:
        return self._watched(worker, case, PLAIN)[0]

    def _watched(self, worker: Worker, case: Case, kind: int, limit_s: float | None = None) -> tuple[Call, LineTable]:
        limit_s = max(_LIMIT_S, self._first_call_s) if limit_s is None else limit_s
        watched = watched_call(worker, self._submission, kind, self._prepare(case).inputs, limit_s)
        failure = watched.call.failure
        if failure is not None:
            error = _TooLongError if failure.kind is FailureKind.TIME else _ProfileError
            raise error(_why(f"it fails on case {case.name!r}", failure))
        assert watched.table is not None  # noqa: S101 -- a watched call has a table or a failure
        return watched.call, watched.table

    def _known_hits(self, row: int, count: int) -> int | None:
        return count if _HITS_OF_LOOPS_COUNT or row not in self.facts.one_line_loops else None


class _ProfileError(UsageError):
    """The submission does not run under the profiler; the text says why."""


class _TooLongError(_ProfileError):
    """It takes longer than anybody waits."""


def _why(headline: str, failure: Failure, *, imported: bool = False) -> str:
    """What failed, how, and what to do about it where that is known."""
    hint = hint_on(failure, imported=imported)
    return f"{headline}:\n{failure.message}" + (f"\nhint: {hint}" if hint else "")


def _slowest(times: LineTimes, as_python: LineTimes | None, facts: LineFacts) -> int | None:
    """Of a program of compiled functions the slowest line as Python, where all of the time is surely theirs.

    That is where no line was seen, or the slowest one calls them and nothing else: with a library it may wait for that.
    """
    row = slowest_row(np.array(times.times_s), facts)
    if as_python is None:
        return row
    if row is None:
        return slowest_row(np.array(as_python.times_s), facts)
    is_theirs = facts.only_calls_own(row) and any(
        as_python.times_s[one] and not times.times_s[one] for called in facts.called_by(row) for one in called.rows
    )
    return slowest_row(np.array(as_python.times_s), facts) if is_theirs else row


def _lines_of(submission: Submission) -> tuple[Line, ...]:
    return tuple(itertools.chain.from_iterable(_lines_in(submission, file) for file in submission.files))


def _lines_in(submission: Submission, file: SourceFile) -> Iterator[Line]:
    """As the author knows them: those of a notebook's module by their cells."""
    try:
        texts = code_lines(decode(file))
    except BrokenCodeError:
        texts = []
    cells = submission.lines if submission.lines is not None and file.path == submission.file else None
    for number in range(1, line_count(file) + 1):
        text = texts[number - 1] if number <= len(texts) else ""
        if cells is not None and number <= len(cells.places):
            cell, line = cells.places[number - 1]
            yield Line(cells.notebook, cell, line, text)
        else:
            yield Line(file.path, None, number, text)


def _about_the_profile(task: LoadedTask) -> tuple[str, ...]:
    if task.task.profile is Profile.SINGLE:
        return ()
    if task.task.profile is Profile.MPI:
        return ("it is one MPI process that is profiled: what several wait for each other is not in these figures",)
    return (
        "only the thread and the process that call the function are watched; what others do counts for the line that waits",
    )
