"""Slurm's commands, and what they say: `sbatch`, `squeue`, `sacct`, `scancel`, `scontrol`, each line read with suspicion.

That a command fails says nothing about the jobs: a controller that does not answer is waited for, and a job is called lost only
where Slurm answers and knows it no more.
"""

import getpass
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from grader.content.course import Machine
from grader.errors import GraderError, UsageError
from grader.text import harmless_line, shortened

_PATIENCE_S = 60.0
_USUAL_ARRAY = 1001
"""Slurm's own default of MaxArraySize."""
_POLICY = re.compile(r"\b(?:Assoc|QOS)(?:Max|Min|Grp)\w+")
"""The limit that a request meets, as Slurm names it in a line of its own before it says in general that there are some."""
_LIMIT_REACHED = re.compile(
    r"(Max|Grp)SubmitJob|job submit limit|MaxJobCount|temporarily unable|Resource temporarily", re.IGNORECASE
)
_REFUSED = re.compile(
    r"Invalid (?!user id|authentication|job credential)|specification|specified|unrecognized option|permitted|denied"
    r"|node configuration|partition configuration|not in this partition|time limit is invalid|violates accounting"
    r"|required by task is not available|usage threshold|not supported|GRES|Unspecified error|cli_filter",
    re.IGNORECASE,
)
"""What it says of requests that it will not take later either; a site's own rules (job_submit) end in `Unspecified error`."""
_NO_CLUSTER = re.compile(r"configuration (source|file)|slurm\.conf", re.IGNORECASE)
"""What its commands say where they are installed and nothing else; also a login node that cannot ask its controller."""


class Phase(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"
    NODE_FAILED = "node failed"
    PREEMPTED = "preempted"
    TIMED_OUT = "timed out"
    OUT_OF_MEMORY = "out of memory"
    CANCELLED = "cancelled"
    LOST = "lost"
    """Slurm does not know it any more."""

    @property
    def is_active(self) -> bool:
        """Whether it may still bring a result."""
        return self in (Phase.WAITING, Phase.RUNNING)


_PHASES: Mapping[str, Phase] = {
    **dict.fromkeys(("RUNNING", "COMPLETING", "SIGNALING", "STAGE_OUT", "RESIZING"), Phase.RUNNING),
    "COMPLETED": Phase.ENDED,
    **dict.fromkeys(("FAILED", "SPECIAL_EXIT"), Phase.FAILED),
    **dict.fromkeys(("NODE_FAIL", "BOOT_FAIL", "LAUNCH_FAILED"), Phase.NODE_FAILED),
    **dict.fromkeys(("PREEMPTED", "REVOKED"), Phase.PREEMPTED),
    **dict.fromkeys(("TIMEOUT", "DEADLINE"), Phase.TIMED_OUT),
    "OUT_OF_MEMORY": Phase.OUT_OF_MEMORY,
    "CANCELLED": Phase.CANCELLED,
}
"""Of Slurm's words for states; all others (PENDING, CONFIGURING, REQUEUED, SUSPENDED, …) are of a job that is still to run."""

_REASONS = {
    "Resources": "waits for free nodes",
    "Priority": "others come first",
    "Dependency": "waits for another job",
    "BeginTime": "was put back into the queue, and starts again in a moment",
    "ReqNodeNotAvail": "the nodes that it may run on are down, drained or reserved",
    "PartitionDown": "the partition is down",
    "PartitionInactive": "the partition takes no jobs now",
    "PartitionTimeLimit": "asks for more `time` than the partition allows",
    "PartitionNodeLimit": "asks for more than the partition has",
    "BadConstraints": "no node has what it asks for: see `constraint`, `cpus`, `gpus` and `memory`",
    "JobHeldUser": "is held; scontrol release lets it go on",
    "JobHeldAdmin": "is held by an administrator",
    "JobHoldMaxRequeue": "was put back too often, and is held; scontrol release lets it go on",
    "launch failed requeued held": "could not be launched on its node, and is held; scontrol release lets it go on",
    "AssocGrpCpuLimit": "your group has all the cores that it may have",
    "QOSMaxJobsPerUserLimit": "you have as many jobs at once as you may",
    "JobArrayTaskLimit": "as many elements of the array run as may at once",
}

_TOO_MUCH_MEMORY = re.compile(
    r"^(?:srun|slurmstepd\S*): error: .*(?:Out Of Memory|oom.kill|Exceeded \w+ memory limit)", re.IGNORECASE | re.MULTILINE
)
"""What Slurm writes into the log of a job, a step of which the kernel or its own watch ended; the job it calls just FAILED."""
_TOO_LONG = re.compile(r"PartitionTimeLimit|(QOS|Assoc)MaxWallDurationPerJobLimit")


@dataclass(frozen=True)
class Answer:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


Run: TypeAlias = Callable[[Sequence[str]], Answer]

JobId: TypeAlias = tuple[str, int]
"""Of the array, and of the element in it."""


@dataclass(frozen=True)
class Job:
    """One element of an array, as Slurm sees it."""

    phase: Phase
    node: str = ""
    reason: str = ""

    @property
    def waits_for_good(self) -> bool:
        """Whether it asks for more time than it may, in a cluster that takes such jobs all the same and never starts them."""
        return self.phase is Phase.WAITING and _TOO_LONG.match(self.reason) is not None

    @property
    def why(self) -> str:
        """Slurm's reason, with what it means where that is known."""
        reason = harmless_line(self.reason)
        meaning = next((text for word, text in _REASONS.items() if self.reason.startswith(word)), "")
        return f"{reason}: {meaning}" if meaning else reason


class NoAnswerError(Exception):
    """Slurm does not answer now, or only that it cannot: nothing is known of the jobs."""


class FullError(Exception):
    """Slurm takes no more jobs of this user now."""


def run_command(words: Sequence[str]) -> Answer:
    """Run a command to its end, or for a minute."""
    try:
        done = subprocess.run(words, capture_output=True, timeout=_PATIENCE_S, check=False, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return Answer(124, "", f"{words[0]}: Socket timed out: no answer within {_PATIENCE_S:.0f} s")
    except OSError as error:
        return Answer(127, "", f"{words[0]}: {error.strerror}")
    return Answer(done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"))


def require_slurm(run: Run = run_command) -> None:
    """UsageError where there are no such commands, or they know of no cluster."""
    for name in ("sbatch", "squeue", "scancel"):
        if shutil.which(name) is None:
            raise UsageError(
                f"there is no {name} here: run this on the cluster's login node (perhaps after: module load slurm)"
            )
    answer = run(["squeue", "--noheader", f"--user={getpass.getuser()}"])
    if answer.code != 0 and _NO_CLUSTER.search(answer.err):
        raise UsageError(f"Slurm knows of no cluster here: {_said(answer)}\nrun this on the cluster's login node")


class Slurm:
    """The cluster, through its commands."""

    def __init__(self, run: Run = run_command) -> None:
        self._run = run

    # --- submitting --------------------------------------------------------------------------------------------------------

    def submit(self, script: Path, name: str, elements: int, request: Sequence[str]) -> str:
        """Submit an array with the elements 0 … `elements` − 1; returns the array's id.

        Raises:
            UsageError: Slurm refuses what is asked for; the text says where that is written.
            FullError: it takes no more jobs of this user now.
            NoAnswerError: it does not answer, or with what passes; whether it has taken the array, `find` tells later.
        """
        words = ["sbatch", "--parsable", f"--job-name={name}", f"--array=0-{elements - 1}", *request, str(script)]
        answer = self._run(words)
        job_id = answer.out.strip().splitlines()[-1].partition(";")[0] if answer.out.strip() else ""
        if answer.code == 0 and job_id.isdigit():
            return job_id
        said = _said(answer)
        limits = " ".join(_POLICY.findall(answer.err))
        if _LIMIT_REACHED.search(limits or answer.err):
            raise FullError(said)
        if answer.code != 0 and (limits or _REFUSED.search(answer.err)):
            raise UsageError(f"Slurm refuses the jobs: {said}\nwhat they ask for stands in [machines.…] of course.toml")
        raise NoAnswerError(said)

    def most_elements(self) -> int:
        """How many elements an array may have."""
        answer = self._run(["scontrol", "show", "config"])
        found = re.search(r"^MaxArraySize\s*=\s*(\d+)", answer.out, re.MULTILINE)
        return max(1, int(found[1]) if found else _USUAL_ARRAY)  # ids run from 0 to MaxArraySize − 1

    # --- watching ----------------------------------------------------------------------------------------------------------

    def jobs(self) -> dict[JobId, Job]:
        """All elements of this user's arrays that wait, run, or have ended in the last minutes; NoAnswerError."""
        answer = self._query(
            ["squeue", f"--user={getpass.getuser()}", "--array", "--noheader", "--states=all", "--format=%F|%K|%T|%N|%r"]
        )
        found: dict[JobId, Job] = {}
        for line in answer.out.splitlines():
            array, index, state, node, reason = (line.strip().split("|", 4) + [""] * 5)[:5]
            if array.isdigit() and index.isdigit():
                phase = phase_of(state)
                found[array, int(index)] = Job(phase, node, "" if reason == "None" else reason)
        return found

    def find(self, name: str) -> str | None:
        """The id of the array of this name, where Slurm has one; NoAnswerError."""
        answer = self._query(
            ["squeue", f"--user={getpass.getuser()}", "--noheader", "--states=all", f"--name={name}", "--format=%F"]
        )
        return next((line.strip() for line in answer.out.splitlines() if line.strip().isdigit()), None)

    def history(self, arrays: Iterable[str]) -> dict[JobId, Job]:
        """What the accounting remembers of arrays that `jobs` shows no more; nothing where the cluster keeps no accounts."""
        answer = self._run(
            [
                "sacct",
                f"--jobs={','.join(arrays)}",
                "--noheader",
                "--parsable2",
                "--allocations",
                "--format=JobID,State,ExitCode,NodeList",
            ]
        )
        found: dict[JobId, Job] = {}
        for line in answer.out.splitlines() if answer.code == 0 else ():
            job_id, state, code, node = (line.split("|") + [""] * 4)[:4]
            array, _, index = job_id.partition("_")
            if array.isdigit() and index.isdigit():
                found[array, int(index)] = Job(phase_of(state), node, f"{state}, exit code {code}")
        return found

    def cancel(self, arrays: Iterable[str]) -> None:
        """End what waits and runs of these arrays; those that have ended are no error. GraderError where Slurm refuses."""
        for array in arrays:
            answer = self._run(["scancel", array])
            if answer.code != 0 and "Invalid job id" not in answer.err:
                raise GraderError(f"the job {array} cannot be cancelled: {_said(answer)}")

    def _query(self, words: Sequence[str]) -> Answer:
        answer = self._run(words)
        if answer.code != 0:
            raise NoAnswerError(_said(answer))
        return answer


def _said(answer: Answer) -> str:
    """In one line, without the program's name before each."""
    lines = (answer.err.strip() or answer.out.strip() or f"exit code {answer.code}").splitlines()
    return harmless_line("; ".join(re.sub(r"^\w+: (error|fatal): ", "", line) for line in lines))


def phase_of(state: str) -> Phase:
    """Of Slurm's word, as `CANCELLED by 1000` or `NODE_FAIL+`; what is not known is left in Slurm's hands."""
    words = state.split()
    return _PHASES.get(words[0].rstrip("+").upper(), Phase.WAITING) if words else Phase.WAITING


# --- what a job asks for ---------------------------------------------------------------------------------------------------


def seconds_of(time: str) -> float:
    """Of a job's time, as `course.toml` writes it: `02:00:00`, `1-12:00:00`."""
    days, _, clock = time.rpartition("-")
    hours, minutes, seconds = map(int, clock.split(":"))
    return ((24 * int(days or 0) + hours) * 60 + minutes) * 60.0 + seconds


def request(machine: Machine, *, time_s: float, not_on: Sequence[str], logs: Path) -> list[str]:
    """The options of `sbatch` for one machine of `course.toml`. One task a node, so that nothing is compared across nodes."""
    words = ["--nodes=1", "--ntasks=1", f"--time={-(-int(time_s) // 60)}", "--requeue", "--open-mode=append"]
    words += [f"--output={logs / '%a.log'}", "--export=HOME,USER,LOGNAME,PATH,LANG"]
    for name in ("partition", "account", "constraint"):
        value = getattr(machine, name)
        if value is not None:
            words.append(f"--{name}={value}")
    if machine.exclusive:
        words.append("--exclusive")
    if machine.cpus is not None:
        words.append(f"--cpus-per-task={machine.cpus}")
    if machine.gpus:
        words.append(f"--gres=gpu:{machine.gpus}")
    if machine.memory is not None:
        words.append(f"--mem={-(-int(machine.memory) // (1 << 20))}M")
    elif machine.exclusive:
        words.append("--mem=0")  # all of the node's
    if not_on:
        words.append(f"--exclude={','.join(not_on)}")
    return words


def with_log(job: Job, tail: str) -> Job:
    """What the job is, by the end of its log, too."""
    if job.phase is Phase.FAILED and _TOO_MUCH_MEMORY.search(tail):
        return replace(job, phase=Phase.OUT_OF_MEMORY)
    return job


def log_tail(path: Path, limit: int = 600) -> str:
    """The end of what a job said; empty where there is nothing."""
    try:
        text = path.read_bytes()[-limit:].decode("utf-8", "replace").strip()
    except OSError:
        return ""
    return shortened(text)
