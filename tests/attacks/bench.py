"""Grades files of the corpus by the very code that grades a class, and looks at everything that they could have touched."""

import shutil
import signal
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from pydantic import ByteSize

from grader.content.course import Measurement
from grader.content.submission import Rejection, Submission, read_submission
from grader.content.task import ArraySpec, Inputs, task_names
from grader.errors import GraderError
from grader.execution.interface import Backend, Call, Failure, Generation, Load, Worker
from grader.execution.peaks import measure_peaks
from grader.execution.wrapped import WrappedWorker
from grader.grading.check import DrawnInputs, new_seed
from grader.grading.check_class import Checked, check_one
from grader.grading.estimate import turn_time_s
from grader.grading.measure import competitors_of, measure_run
from grader.grading.session import NAIVE, HandedIn, HandIns, Session, member_of, open_session
from grader.grading.standings import cores_of, thread_flags
from grader.grading.suspicion import Observed, suspicions
from grader.profiles import Profile
from grader.records import CONTROL, Block, CheckResult, Limits, RunRecord, Turn
from grader.verdicts import Verdict
from tests.attacks.canaries import Canaries
from tests.attacks.corpus import COURSE, Entry
from tests.attacks.host import Catcher, Host, Watch, changes
from tests.attacks.outcomes import LEAST_TIME, OWN_ACCOUNT, Outcome, pooled
from tests.attacks.setups import SETUPS, HandIn

AUTHOR = "mallory"
LEAST_TIME_S = 1.0
FIRST_CALL_S = 5.0
MEMORY_BYTES = 512 << 20
OUTPUT_BYTES = 64 << 10
LONGEST_CALL_S = 0.05
CONTROLS = ("correct", "wrong")
PATIENCE_S = 30.0
"""A submission that keeps the grader busy for longer has won."""
READING_S = 5.0
"""The same for what is read before anything of it runs, and has no limit but its size."""

_NAIVE_S = 120.0
_CONTROLS_LONGEST_CALL_S = 0.002
_CONTROLS_PATIENCE_S = 15.0
SECONDS_PER_RUN = (0.3, 0.6, 1.2)
"""Of each competitor; a suspicious time is measured again, for longer."""


class HungError(Exception):
    """The grader did not come back."""


class CopiedCourse:
    """A copy of the course that attacks may hope to find, with the limits of the corpus."""

    def __init__(self, folder: Path) -> None:
        """Copy the real course's content to `folder`."""
        self.folder = folder
        folder.mkdir(parents=True)
        shutil.copy2(COURSE / "course.toml", folder)
        for name in ("tasks", "reference"):
            shutil.copytree(COURSE / name, folder / name)
        (folder / "submissions").mkdir()

    def session(self, tasks: Sequence[str]) -> Session:
        """The course, ready to grade these tasks."""
        session = open_session(self.folder, None, tasks)
        limits = {
            "least_time_s": LEAST_TIME_S,
            "first_call_s": FIRST_CALL_S,
            "memory_bytes": ByteSize(MEMORY_BYTES),
            "output_bytes": ByteSize(OUTPUT_BYTES),
        }
        course = session.course.model_copy(
            update={
                "limits": session.course.limits.model_copy(update=limits),
                "measurement": session.course.measurement.model_copy(update={"longest_call_s": LONGEST_CALL_S}),
            }
        )
        return replace(session, course=course)


@dataclass
class _Seen:
    """What came back from workers while one submission was graded."""

    leaked: set[str] = field(default_factory=set)
    text: list[str] = field(default_factory=list)


class Bench:
    """Grades one file after the other in a generation that they share, as the check stage does."""

    def __init__(self, session: Session, backend: Backend, entries: Sequence[Entry], canaries: Canaries, watch: Watch) -> None:
        """`entries` are all of the corpus: controls and honest twins are looked up among them."""
        self._session = session
        self._controls = {entry.name.removeprefix("controls/"): entry for entry in entries if entry.kind == "control"}
        self._canaries = canaries
        self._watch = watch
        self._seen = _Seen()
        self._backend = _WatchedBackend(backend, canaries, lambda: self._seen)
        self._stack = ExitStack()
        self._generation: Generation | None = None
        self._inputs = {name: DrawnInputs(task.task, new_seed()) for name, task in session.tasks.items()}
        self._naive_times_s: dict[str, dict[str, float]] = {}
        self._twins: dict[tuple[str, str], tuple[Submission, CheckResult]] = {}
        self._compiled = Checked()
        self._peaks = measure_peaks(backend, session.machine.threads)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._renew()

    def grade(self, entry: Entry, catcher: Catcher) -> Outcome:
        """One file: handed in, graded, timed beside its honest twin, and followed by the controls."""
        self._prepare(entry)
        folder = self._hand_in(entry)
        before = self._watch.look()
        catcher.caught()
        self._seen = _Seen()
        start = time.perf_counter()
        drawn = tuple(self._inputs[entry.task]._kept)
        outcome = self._graded(entry, folder)
        self._forget(entry.task, drawn)
        printed = "\n".join(self._seen.text)
        account = [line for line in printed.splitlines() if line.startswith(OWN_ACCOUNT)]
        host, sent = self._host(before, catcher)
        leaked = self._seen.leaked | self._canaries.leaks_in(f"{printed}\n{outcome.message}".encode()) | sent
        following = self._following()
        _remove(folder)
        if outcome.fault is not None or following:
            self._renew()
        return replace(
            outcome,
            leaked=tuple(sorted(leaked)),
            host=(*dict.fromkeys(account), *host),
            following=following,
            took_s=time.perf_counter() - start,
        )

    def pass_by(self, entry: Entry) -> Outcome:
        """One file of many in a row: handed in and checked, without being timed, followed or looked after."""
        self._prepare(entry)
        folder = self._hand_in(entry)
        self._seen = _Seen()
        drawn = tuple(self._inputs[entry.task]._kept)
        outcome = self._graded(replace(entry, honest=None, flagged=False), folder)
        self._forget(entry.task, drawn)
        _remove(folder)
        if outcome.fault is not None:
            self._renew()
        return outcome

    # --- one submission ----------------------------------------------------------------------------------------------------

    def _graded(self, entry: Entry, folder: Path) -> Outcome:
        try:
            with _patience(PATIENCE_S):
                start = time.perf_counter()
                handed_in = self._read(entry.task, folder, "student")
                _require_quick(time.perf_counter() - start)
                if isinstance(handed_in, Rejection):
                    return Outcome(entry, handed_in.verdict, handed_in.message)
                result = self._check(handed_in, entry.task)
                if result.verdict is not Verdict.ACCEPTED or not _is_timed(entry):
                    return Outcome(
                        entry,
                        result.verdict,
                        result.message,
                        result.review,
                        self._suspicions(entry.task, result, result.case, ()),
                    )
                return self._timed(entry, handed_in, result)
        except Exception as error:  # noqa: BLE001 -- whatever a submission makes the grader raise is a win for it
            return Outcome(entry, None, fault=f"{type(error).__name__}: {error}")

    def _check(self, submission: Submission, task: str, longest_call_s: float | None = None) -> CheckResult:
        limits = replace(self._limits(task), longest_call_s=longest_call_s or LONGEST_CALL_S)
        result, problem = check_one(
            self._current(), submission, self._hand_ins(task, submission), limits, self._inputs[task], self._compiled
        )
        if problem is not None and problem.inputs is not None:
            self._seen.leaked |= self._canaries.leaks_in(repr(problem.inputs).encode())
        return result

    def _timed(self, entry: Entry, submission: Submission, result: CheckResult) -> Outcome:
        """Beside its honest twin, in the same rounds; once more and for longer where it seems to be faster than it can be."""
        twin, twin_result = self._twin(entry.task, entry.honest or "numpy")
        cases = self._session.tasks[entry.task].case_names
        case = min(result.case or cases[0], twin_result.case or cases[0], key=cases.index)
        runs: list[list[float]] = []
        runs_of_turns: list[tuple[Turn, ...]] = []
        for seconds in SECONDS_PER_RUN:
            record = self._run(entry.task, case, submission, twin, seconds, (result, twin_result))
            if "student/" + AUTHOR in record.problems:
                verdict, message = record.problems["student/" + AUTHOR]
                return Outcome(entry, verdict, message, suspicions=("failed while it was measured",))
            runs.append(_ratios(record, member_of(twin).key))
            runs_of_turns.append(tuple(turn for turn in record.turns if turn.competitor == "student/" + AUTHOR))
            if pooled(runs) >= LEAST_TIME:
                break
        review = result.review or record.reviews.get("student/" + AUTHOR)
        return Outcome(
            entry,
            result.verdict,
            result.message,
            review,
            self._suspicions(entry.task, replace(result, review=review), case, runs_of_turns),
            pooled(runs) if entry.honest is not None else None,
        )

    def _suspicions(
        self, name: str, result: CheckResult, case: str | None, runs: Sequence[tuple[Turn, ...]]
    ) -> tuple[str, ...]:
        """All for which the grader would ask a person to look at this work, and what it says of its threads."""
        task, budget = self._session.tasks[name].task, self._session.machine.threads
        observed = Observed(
            check=result,
            threads=cores_of(task, budget),
            starts_processes=task.profile.starts_processes,
            case=case,
            runs=tuple(runs),
            peaks=self._peaks,
            least_operations=task.least_operations,
        )
        reviewed = () if result.review is None else (result.review,)
        return (
            *reviewed,
            *thread_flags(result, cores_of(task, budget), of_mpi=task.profile is Profile.MPI),
            *suspicions(observed),
        )

    def _run(
        self,
        task: str,
        case: str,
        submission: Submission,
        twin: Submission,
        seconds: float,
        results: tuple[CheckResult, CheckResult],
    ) -> RunRecord:
        member, baseline = member_of(submission), member_of(twin)
        calls_s = {
            key: one.case_times_s.get(case, LONGEST_CALL_S)
            for key, one in zip((member.key, baseline.key), results, strict=True)
        }
        competitors = competitors_of({member.key: submission, baseline.key: twin}, [member.key], baseline.key)
        return measure_run(
            self._current(),
            self._session.tasks[task],
            Block(task, case, baseline, (member,), calls_s),
            [one for one in competitors if one.key != CONTROL],  # it says whether ranks can be trusted, and here are none
            seed=new_seed(),
            measurement=Measurement(
                calls_per_run=48,
                seconds_per_run=seconds,
                min_turns_per_run=5,
                turn_s=1,
                max_timed_calls_per_turn=3,
                slow_ratio=1e9,
            ),
            limits=self._limits(task),
            compiled=self._compiled.compiled,
        )

    # --- what surrounds it -------------------------------------------------------------------------------------------------

    def _prepare(self, entry: Entry) -> None:
        """All that would otherwise happen for the first time while the attack is watched."""
        if self._generation is None:
            self._current()
            for task in {entry.task, *(self._controls[name].task for name in CONTROLS)}:
                self._limits(task)
            self._following()
        self._limits(entry.task)
        self._twin(entry.task, entry.honest or "numpy")

    def _forget(self, task: str, drawn: Collection[tuple[str, int]]) -> None:
        """Inputs of larger cases than its twin does, which the grader keeps for the next one: they are nobody's growth."""
        kept = self._inputs[task]._kept
        for key in kept.keys() - set(drawn):
            del kept[key]

    def _hand_in(self, entry: Entry) -> Path:
        folder = self._session.course_folder / "submissions" / AUTHOR
        _write_hand_in(entry, folder, self._session.course_folder)
        return folder

    def _read(self, task: str, folder: Path, kind: str) -> HandedIn:
        return read_submission(
            folder,
            folder.name,
            "reference" if kind == "reference" else "student",
            self._session.tasks[task].interface,
            task_names(self._session.course_folder),
            source_bytes_limit=int(self._session.course.limits.source_bytes),
            not_from=(self._session.course_folder, self._session.submissions_folder),
        )

    def _twin(self, task: str, name: str) -> tuple[Submission, CheckResult]:
        """The honest work that a file is compared with: a control, or a level of the reference; checked once."""
        if (task, name) not in self._twins:
            submission = self._control(name) if name in self._controls else self._reference(task, name)
            result = self._check(submission, task)
            if result.verdict is not Verdict.ACCEPTED:
                raise GraderError(f"the honest twin {name} is {result.verdict}: {result.message}")
            # A first run, of the twin with itself: libraries keep the memory that they measure with.
            self._run(task, result.case or "", submission, submission, 0.01, (result, result))
            self._twins[task, name] = submission, result
        return self._twins[task, name]

    def _control(self, name: str) -> Submission:
        entry = self._controls[name]
        folder = self._session.course_folder / "submissions" / f"control-{name}"
        if not folder.exists():
            _write_hand_in(entry, folder, self._session.course_folder)
        return _runnable(self._read(entry.task, folder, "student"))

    def _reference(self, task: str, level: str) -> Submission:
        return _runnable(self._read(task, self._session.course_folder / "reference" / level, "reference"))

    def _limits(self, task: str) -> Limits:
        """The limits as the course has them once the naive reference has been timed."""
        if task not in self._naive_times_s:
            generous = replace(self._session.limits({}), first_call_s=_NAIVE_S)
            naive = self._reference(task, NAIVE)
            result, _ = check_one(
                self._current(), naive, self._hand_ins(task, naive), generous, self._inputs[task], self._compiled
            )
            if result.verdict is not Verdict.ACCEPTED:
                raise GraderError(f"reference/naive/{task} is {result.verdict}: {result.message}")
            self._naive_times_s[task] = dict(result.case_times_s)
        return self._session.limits(self._naive_times_s[task])

    def _hand_ins(self, task: str, *everyone: Submission) -> HandIns:
        return HandIns(self._session.tasks[task], everyone)

    def _host(self, before: Host, catcher: Catcher) -> tuple[tuple[str, ...], set[str]]:
        """What has changed, and the canaries that were sent out."""
        after = self._watch.settled(before)
        sent = catcher.caught()
        leaked = {place for data in sent for place in self._canaries.leaks_in(data)}
        self._watch.clean(before, after)
        return (*(f"reached the host by a socket: {data[:60]!r}" for data in sent), *changes(before, after)), leaked

    def _following(self) -> tuple[str, ...]:
        """What goes wrong with a correct and a wrong control in the same generation."""
        found: list[str] = []
        for name in CONTROLS:
            entry = self._controls[name]
            try:
                with _patience(_CONTROLS_PATIENCE_S):
                    result = self._check(self._control(name), entry.task, _CONTROLS_LONGEST_CALL_S)
            except Exception as error:  # noqa: BLE001 -- as for the attack itself
                return (*found, f"the {name} control after it: {type(error).__name__}: {error}")
            else:
                if result.verdict not in entry.verdicts:
                    found.append(f"the {name} control after it: {result.verdict}: {result.message[:200]}")
        return tuple(found)

    def _current(self) -> Generation:
        if self._generation is None:
            self._generation = self._stack.enter_context(self._backend.generation())
        return self._generation

    def _renew(self) -> None:
        """As the grader does after a fault of its own: the next file finds new processes."""
        self._stack.close()
        self._generation = None


def _is_timed(entry: Entry) -> bool:
    return entry.honest is not None or entry.kind == "legitimate" or entry.flagged


def _ratios(record: RunRecord, honest: str) -> list[float]:
    """Round by round, the file's turn over its twin's."""
    times_s: dict[int, dict[str, float]] = {}
    for turn in record.turns:
        times_s.setdefault(turn.round, {})[turn.competitor] = turn_time_s(turn.timed_s)
    mine = "student/" + AUTHOR
    ratios = [one[mine] / one[honest] for one in times_s.values() if mine in one and honest in one]
    if not ratios:
        raise GraderError(f"no round has both turns; what failed: {dict(record.problems)}")
    return ratios


def _require_quick(reading_s: float) -> None:
    """Where one call of the parser cannot be interrupted, it is seen afterwards."""
    if reading_s > READING_S:
        raise HungError(f"busy for {reading_s:.1f} s with reading")


def _runnable(handed_in: HandedIn) -> Submission:
    if isinstance(handed_in, Rejection):
        raise GraderError(f"{handed_in.author} cannot be read: {handed_in.message}")
    return handed_in


def _write_hand_in(entry: Entry, folder: Path, course: Path) -> None:
    folder.mkdir()
    file = f"{entry.task}.py"
    if entry.setup is None:
        (folder / file).write_bytes(entry.source)
    else:
        SETUPS[entry.setup](HandIn(folder, file, entry.source, course, entry.task))
    for name, text in entry.also.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder)


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """HungError in the middle of whatever takes longer."""

    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise HungError(f"busy for more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# What comes back from workers, looked through


class _WatchedBackend:
    """A backend whose workers' every word and answer is searched for canaries."""

    def __init__(self, backend: Backend, canaries: Canaries, seen: Callable[[], _Seen]) -> None:
        self.sandbox = backend.sandbox
        self._backend = backend
        self._canaries = canaries
        self._seen = seen

    @contextmanager
    def generation(self) -> Iterator[Generation]:
        with self._backend.generation() as generation:
            yield _WatchedGeneration(generation, self._canaries, self._seen)


@dataclass(frozen=True)
class _WatchedGeneration:
    generation: Generation
    canaries: Canaries
    seen: Callable[[], _Seen]

    def start(self, submission: Submission, profile: Profile = Profile.SINGLE, cores: int | None = None) -> Worker:
        return _WatchedWorker(self.generation.start(submission, profile, cores), self.canaries, self.seen())


class _WatchedWorker(WrappedWorker):
    def __init__(self, worker: Worker, canaries: Canaries, seen: _Seen) -> None:
        super().__init__(worker)
        self._canaries = canaries
        self._seen = seen
        self._closed = False

    def load(self, limit_s: float, compiled: bytes = b"", *, processes: int = 1) -> Load:
        load = self._worker.load(limit_s, compiled, processes=processes)
        self._note(load.failure)
        return load

    def call(
        self,
        inputs: Inputs,
        outputs: Sequence[ArraySpec],
        limit_s: float,
        *,
        track_memory: bool = False,
        processes: int = 1,
    ) -> Call:
        call = self._worker.call(inputs, outputs, limit_s, track_memory=track_memory, processes=processes)
        self._note(call.failure)
        if call.outputs is not None:
            self._seen.leaked |= self._canaries.leaks_in_outputs(call.outputs)
        return call

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            printed = self._worker.printed()
            self._seen.text.append(printed)
            if len(printed) > 2 * OUTPUT_BYTES:
                self._seen.text.append(
                    f"\n{OWN_ACCOUNT}printed {len(printed):,} characters, where {OUTPUT_BYTES:,} bytes are kept"
                )
        super().close()

    def _note(self, failure: Failure | None) -> None:
        if failure is not None:
            self._seen.text += [failure.message, failure.module or ""]
