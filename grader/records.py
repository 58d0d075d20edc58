"""The frozen records that pass between the stages of grading."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from grader.content.task import ArraySpec, Difference, Inputs
from grader.noise import Disturbance
from grader.verdicts import Verdict

FurtherCall: TypeAlias = tuple[Inputs, tuple[ArraySpec, ...]]
"""An untimed call that is made after another one: what will be revealed, and the form of what must come back."""


@dataclass(frozen=True)
class PreparedCase:
    """One draw of a case on the trusted side: what will be revealed, and what must come back."""

    inputs: Inputs
    outputs: tuple[ArraySpec, ...]
    expected: Any
    work: float
    follow_ups: tuple[FurtherCall, ...] = ()
    processes: int = 1
    """How many MPI processes are to make the call."""


@dataclass(frozen=True)
class Problem:
    """Why a submission is not accepted."""

    verdict: Verdict
    message: str
    case: str | None = None
    inputs: Inputs | None = None
    mistake: str | None = None
    difference: Difference | None = None
    """Of a wrong answer."""
    failure: str = ""
    """Of no answer: how it failed, in the failure's own words; alike failures have the same."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use; all but `naive_times_s` come from the course file."""

    first_call_s: float
    least_time_s: float
    time_over_naive: float
    memory_bytes: int
    longest_call_s: float
    naive_times_s: Mapping[str, float] = field(default_factory=dict)
    """The naive reference's time on each case that it was run on; empty while the naive reference itself is checked."""
    compiles: bool = True
    """Whether the code may compile in its first call on a case; if not, that call has no more time than any other."""

    strictest: bool = False
    """Whether calls have the least time that any limit can be, where the naive reference's is not known."""

    def call_s(self, case: str) -> float:
        """The time limit of one call on `case`, in seconds."""
        naive_s = self.naive_times_s.get(case)
        if naive_s is None:
            return self.least_time_s if self.strictest else self.first_call_s
        return max(self.least_time_s, self.time_over_naive * naive_s)

    def cold_call_s(self, case: str) -> float:
        """The time limit of a worker's first call on `case`, in seconds."""
        return self.first_call_s if self.compiles else self.call_s(case)


@dataclass(frozen=True)
class CheckResult:
    """The outcome of the check stage for one submission: everything that is known of it before it is measured."""

    verdict: Verdict
    message: str
    failing_case: str | None = None
    mistake: str | None = None
    case: str | None = None
    """The benchmark case at which it will be measured; None where it is not accepted."""
    case_work: Mapping[str, float] = field(default_factory=dict)
    """Units of work of one call, per benchmark case it was run on."""
    case_operations: Mapping[str, float] = field(default_factory=dict)
    """Operations of one call by the usual algorithm, per benchmark case; nothing where the task counts none."""
    case_input_bytes: Mapping[str, int] = field(default_factory=dict)
    """The size of one call's arrays, per benchmark case."""
    case_sizes: Mapping[str, float] = field(default_factory=dict)
    """The size of one call, per benchmark case, where the task says what its size is."""
    case_output_bytes: Mapping[str, int] = field(default_factory=dict)
    """The size of one call's answer, per benchmark case."""
    case_times_s: Mapping[str, float] = field(default_factory=dict)
    """Call time per case it was run on: single calls for check cases, medians for benchmark cases."""
    case_calls_s: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """The calls behind each median, per benchmark case."""
    import_time_s: float | None = None
    compile_time_s: float | None = None
    """First call minus a second call on the same case."""
    case_memory_bytes: Mapping[str, int | None] = field(default_factory=dict)
    """Growth of resident memory in one call, per benchmark case, by the kernel's high-water mark."""
    threads: int | None = None
    compiled_functions: int | None = None
    """How many functions Numba had compiled when the check was over, as the submission's own process says."""
    picture_answered: bool = False
    """Whether the cases of the task's first picture were called and answered rightly."""
    review: str | None = None
    """What only a person can decide about its answers, though they are right; it is not ranked before somebody has."""
    notes: tuple[str, ...] = ()
    printed: str = ""


@dataclass(frozen=True)
class Turn:
    """One competitor's calls in one round: a warm call, then the timed ones, all of them checked."""

    competitor: str
    round: int
    warm_time_s: float
    timed_s: tuple[float, ...]
    cpu_time_s: float
    """CPU time of the timed calls together."""
    threads: int
    idle_cpu_s: float
    """CPU time used before the calls of this turn since the last one ended, when the worker should have stood still."""
    waited_s: float = 0.0
    """Of the fastest timed call: how long the worker's first thread could have run, and something else had its core."""


@dataclass(frozen=True)
class RunRecord:
    """One run of one block: raw samples, and where the time went."""

    seed: int
    """Secret: with it, the same inputs can be drawn again."""
    turns: tuple[Turn, ...]
    problems: Mapping[str, tuple[Verdict, str]]
    """Competitors that failed while they were measured, with what the student reads."""
    started_at: str
    wall_time_s: float
    inside_s: float
    """The part of `wall_time_s` that was spent in submissions' calls and imports."""
    reviews: Mapping[str, str] = field(default_factory=dict)
    """What only a person can decide about competitors' answers, though they are right."""
    disturbance: Disturbance | None = None
    """What else the machine did meanwhile; None where nobody looked."""
    set_aside: bool = False
    """It was disturbed, and the run that was made in its place less so: verdicts stand, and no figure comes from it."""


@dataclass(frozen=True)
class Member:
    """A competitor of a block: who, and which version of the code."""

    author: str
    kind: str
    content_hash: str

    @property
    def key(self) -> str:
        """The competitor's name in samples and rankings: `student/ada`, `reference/numba`."""
        return f"{self.kind}/{self.author}"


def student_of(key: str) -> str | None:
    """The author behind a student's `Member.key`; None of references and of the control."""
    kind, _, author = key.partition("/")
    return author if kind == "student" else None


@dataclass(frozen=True)
class Block:
    """Competitors that are measured together at one case of one task, always with the baseline and its control."""

    task: str
    case: str
    baseline: Member
    members: tuple[Member, ...]
    """Everyone but the control; the baseline is in it where it is also measured at this case."""
    calls_s: Mapping[str, float]
    """Each competitor's call time at this case as the check stage saw it: it decides how many turns a run gives it."""
    left: tuple[Member, ...] = ()
    """Members once, who were graded again since: what was measured of them here still counts for their marks."""


@dataclass(frozen=True)
class Decision:
    """What a person decided about one criterion of an author's marks; the latest one counts."""

    author: str
    assignment: str
    criterion: str
    points: float | None
    """None takes earlier decisions back: the grader's own points count again."""
    note: str
    who: str
    decided_at: str


@dataclass(frozen=True)
class Acceptance:
    """A person has looked at what had to be reviewed of one version of a submission, and lets it be ranked."""

    author: str
    task: str
    content_hash: str
    note: str
    who: str
    accepted_at: str


CONTROL = "control"
