"""What Slurm's commands say is read with suspicion, and what is asked of them is one word each."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.cluster.slurm import (
    Answer,
    FullError,
    Job,
    NoAnswerError,
    Phase,
    Slurm,
    phase_of,
    request,
    require_slurm,
    run_command,
    seconds_of,
    with_log,
)
from grader.content.course import Machine
from grader.errors import GraderError, UsageError


class Script:
    """Answers by the program's name."""

    def __init__(self, **answers: Answer) -> None:
        self.answers = answers
        self.asked: list[Sequence[str]] = []

    def __call__(self, words: Sequence[str]) -> Answer:
        self.asked.append(words)
        return self.answers[words[0]]


def test_commands_that_know_of_no_cluster_are_told_from_a_cluster_that_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    alone = "squeue: error: fetch_config: DNS SRV lookup failed\nsqueue: fatal: Could not establish a configuration source\n"
    with pytest.raises(UsageError, match=r"knows of no cluster here: .*\nrun this on the cluster's login node"):
        require_slurm(Script(squeue=Answer(1, "", alone)))
    require_slurm(Script(squeue=Answer(1, "", "slurm_load_jobs error: Unable to contact slurm controller (connect failure)")))
    require_slurm(Script(squeue=Answer(0, "", "")))


def test_where_there_are_no_commands_it_says_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(UsageError, match="there is no sbatch here: run this on the cluster's login node"):
        require_slurm()


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        *[
            (word, Phase.WAITING)
            for word in ("PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "SUSPENDED", "", "A_NEW_ONE")
        ],
        *[(word, Phase.RUNNING) for word in ("RUNNING", "COMPLETING", "SIGNALING", "STAGE_OUT")],
        *[(word, Phase.NODE_FAILED) for word in ("NODE_FAIL", "BOOT_FAIL", "NODE_FAIL+")],
        *[(word, Phase.CANCELLED) for word in ("CANCELLED", "CANCELLED by 1000", "CANCELLED+")],
        ("COMPLETED", Phase.ENDED),
        ("FAILED", Phase.FAILED),
        ("PREEMPTED", Phase.PREEMPTED),
        ("TIMEOUT", Phase.TIMED_OUT),
        ("OUT_OF_MEMORY", Phase.OUT_OF_MEMORY),
    ],
)
def test_every_word_for_a_state_has_its_phase_and_what_is_unknown_is_left_to_slurm(word: str, phase: Phase) -> None:
    assert phase_of(word) is phase


@pytest.mark.parametrize(
    "said",
    [
        "srun: error: g1: task 0: Out Of Memory\n",
        "hello\nslurmstepd-g1: error: Detected 1 oom-kill event(s) in StepId=7.0. Some of your processes may have been killed",
        "slurmstepd: error: Exceeded job memory limit",
    ],
)
def test_a_job_that_is_only_called_failed_has_run_out_of_memory_where_its_log_says_so(said: str) -> None:
    assert with_log(Job(Phase.FAILED, "g1", "NonZeroExitCode"), said) == Job(Phase.OUT_OF_MEMORY, "g1", "NonZeroExitCode")
    assert with_log(Job(Phase.NODE_FAILED, "g1"), said).phase is Phase.NODE_FAILED


@pytest.mark.parametrize("said", ["", "srun: error: g1: task 0: Exited with exit code 1", "MemoryError: Out Of Memory"])
def test_and_nowhere_else(said: str) -> None:
    assert with_log(Job(Phase.FAILED), said).phase is Phase.FAILED


def test_only_what_waits_or_runs_may_still_bring_something() -> None:
    assert {phase for phase in Phase if phase.is_active} == {Phase.WAITING, Phase.RUNNING}


def test_the_queue_is_read_line_by_line_and_what_is_no_line_of_ours_is_passed_over() -> None:
    said = "12|0|RUNNING|n1|None\n12|3|PENDING||Resources\n  13|1|FAILED|n2|NonZeroExitCode\n12|N/A|PENDING||\nslurm: hello\n\n"
    assert Slurm(Script(squeue=Answer(0, said, ""))).jobs() == {
        ("12", 0): Job(Phase.RUNNING, "n1"),
        ("12", 3): Job(Phase.WAITING, "", "Resources"),
        ("13", 1): Job(Phase.FAILED, "n2", "NonZeroExitCode"),
    }


def test_a_reason_comes_with_its_meaning_where_that_is_known() -> None:
    assert Job(Phase.WAITING, "", "Resources").why == "Resources: waits for free nodes"
    assert Job(Phase.WAITING, "", "ReqNodeNotAvail, UnavailableNodes:n1").why.endswith("down, drained or reserved")
    assert Job(Phase.WAITING, "", "SomethingNew").why == "SomethingNew"
    assert "\x1b" not in Job(Phase.WAITING, "", "\x1b[31mred").why


@pytest.mark.parametrize("reason", ["PartitionTimeLimit", "QOSMaxWallDurationPerJobLimit", "AssocMaxWallDurationPerJobLimit"])
def test_a_job_that_asks_for_too_much_time_waits_for_good(reason: str) -> None:
    assert Job(Phase.WAITING, "", reason).waits_for_good
    assert not Job(Phase.RUNNING, "n1", reason).waits_for_good
    assert not Job(Phase.WAITING, "", "Priority").waits_for_good


@pytest.mark.parametrize("said", ["12\n", "12;cluster\n", "sbatch: a word of welcome\n12\n"])
def test_the_arrays_id_is_the_last_line(said: str) -> None:
    assert Slurm(Script(sbatch=Answer(0, said, ""))).submit(Path("job.sh"), "name", 3, ["--x"]) == "12"


POLICY = "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)"
LIMITS_OF_A_JOB = ("QOSMaxWallDurationPerJobLimit", "AssocMaxCpuPerJobLimit", "QOSMinGRES", "AssocMaxWallDurationPerJobLimit")
LIMITS_OF_A_USER = ("QOSMaxSubmitJobPerUserLimit", "AssocMaxSubmitJobLimit", "AssocGrpSubmitJobsLimit", "QOSGrpSubmitJobsLimit")
FOR_GOOD = (
    "Invalid partition name specified",
    "User's group not permitted to use this partition",
    "Requested node configuration is not available",
    "Requested time limit is invalid (missing or exceeds some limit)",
    "More processors requested than permitted",
    "Memory required by task is not available",
    "Node count specification invalid",
    "Access/permission denied",
    "Unspecified error",
)
PASSING = (
    "Slurm backup controller in standby mode",
    "I/O error writing script/environment to file",
    "Required node not available (down, drained or reserved)",
    "Requested nodes are busy",
    "Rate limit exceeded, please retry momentarily",
    "Invalid authentication credential",
    "Something that no version has said yet",
)


def refusal(said: str, limit: str = "") -> Answer:
    """As sbatch prints it."""
    lines = [limit, f"Batch job submission failed: {said}"]
    return Answer(1, "", "\n".join(f"sbatch: error: {line}" for line in lines if line))


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (
            Answer(1, "", "sbatch: error: Batch job submission failed: Invalid account or account/partition combination"),
            UsageError,
        ),
        (Answer(1, "", "sbatch: error: Invalid --time specification"), UsageError),
        (
            Answer(1, "", "sbatch: error: QOSMaxSubmitJobPerUserLimit\nBatch job submission failed: Job violates accounting"),
            FullError,
        ),
        *[(refusal(said), UsageError) for said in FOR_GOOD],
        *[(refusal(said), NoAnswerError) for said in PASSING],
        *[(refusal(POLICY, limit), UsageError) for limit in LIMITS_OF_A_JOB],
        *[(refusal(POLICY, limit), FullError) for limit in LIMITS_OF_A_USER],
        (refusal(POLICY), FullError),
        (refusal("Slurm temporarily unable to accept job, sleeping and retrying"), FullError),
        (Answer(1, "", "sbatch: error: Unable to contact slurm controller (connect failure)"), NoAnswerError),
        (Answer(1, "", "sbatch: error: Socket timed out on send/recv operation"), NoAnswerError),
        (Answer(124, "", "sbatch: Socket timed out: no answer within 60 s"), NoAnswerError),
        (Answer(0, "", ""), NoAnswerError),
        (Answer(0, "what?", ""), NoAnswerError),
    ],
)
def test_what_may_have_been_taken_is_told_from_what_was_refused(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error):
        Slurm(Script(sbatch=answer)).submit(Path("job.sh"), "name", 3, [])


def test_a_controller_that_does_not_answer_says_nothing_about_jobs() -> None:
    silent = Slurm(Script(squeue=Answer(1, "", "slurm_load_jobs error: Unable to contact slurm controller")))
    with pytest.raises(NoAnswerError, match="Unable to contact"):
        silent.jobs()
    with pytest.raises(NoAnswerError):
        silent.find("name")


def test_the_history_is_what_the_accounting_remembers_and_nothing_without_one() -> None:
    said = "12_0|OUT_OF_MEMORY|0:125|n1\n12_1|CANCELLED by 0|0:0|None assigned\n12|RUNNING|0:0|\nwhat?\n"
    found = Slurm(Script(sacct=Answer(0, said, ""))).history(["12"])
    assert {key: job.phase for key, job in found.items()} == {("12", 0): Phase.OUT_OF_MEMORY, ("12", 1): Phase.CANCELLED}
    assert Slurm(Script(sacct=Answer(1, "", "Slurm accounting storage is disabled"))).history(["12"]) == {}


def test_how_large_an_array_may_be_is_asked_and_assumed_where_nobody_says() -> None:
    assert Slurm(Script(scontrol=Answer(0, "MaxJobCount = 5\nMaxArraySize            = 4001\n", ""))).most_elements() == 4001
    assert Slurm(Script(scontrol=Answer(1, "", "no"))).most_elements() == 1001


def test_to_cancel_what_has_ended_is_no_fault_and_to_be_refused_is() -> None:
    Slurm(Script(scancel=Answer(1, "", "scancel: error: Invalid job id 12"))).cancel(["12"])
    with pytest.raises(GraderError, match=r"12 cannot be cancelled: .*Access/permission denied"):
        Slurm(Script(scancel=Answer(1, "", "scancel: error: Kill job error on job id 12: Access/permission denied"))).cancel(
            ["12"]
        )


def test_a_command_that_is_not_there_is_an_answer() -> None:
    assert run_command(["no-such-program-here"]).code == 127


@pytest.mark.parametrize(("time", "seconds"), [("00:01:30", 90), ("2:00:00", 7200), ("1-12:00:00", 129_600)])
def test_a_time_is_read_as_slurm_reads_it(time: str, seconds: float) -> None:
    assert seconds_of(time) == seconds


def asked(machine: Machine, *not_on: str) -> list[str]:
    return request(machine, time_s=90, not_on=not_on, logs=Path("/jobs/x"))


def test_a_job_has_its_node_to_itself_with_all_of_its_memory() -> None:
    words = asked(Machine(scheduler="slurm", partition="cpu", account="hpp", constraint="skylake&ib", gpus=2))
    assert {"--partition=cpu", "--account=hpp", "--constraint=skylake&ib", "--gres=gpu:2", "--exclusive", "--mem=0"} <= set(
        words
    )
    assert {"--nodes=1", "--ntasks=1", "--time=2", "--requeue", "--output=/jobs/x/%a.log"} <= set(words)
    assert not any(word.startswith(("--cpus-per-task", "--exclude")) for word in words)


def test_a_job_that_shares_its_node_asks_for_its_cores_and_memory() -> None:
    machine = Machine.model_validate({"scheduler": "slurm", "exclusive": False, "cpus": 4, "memory": "1 GiB"})
    words = asked(machine, "n1", "n2")
    assert {"--cpus-per-task=4", "--mem=1024M", "--exclude=n1,n2"} <= set(words)
    assert "--exclusive" not in words


def test_nothing_of_the_login_nodes_environment_goes_with_a_job_but_what_a_shell_needs() -> None:
    assert "--export=HOME,USER,LOGNAME,PATH,LANG" in asked(Machine(scheduler="slurm"))
