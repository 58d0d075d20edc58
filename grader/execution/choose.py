"""Which backend runs submissions on this machine: the sandbox, or plain processes where the user says so."""

import sys
from contextlib import suppress
from dataclasses import replace

from grader.content.course import Limits, Machine
from grader.errors import GraderError, UsageError
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.empty_call import nothing_submission
from grader.execution.generation import WorkerSettings
from grader.execution.interface import Backend
from grader.execution.landlock_only import LandlockBackend
from grader.execution.plain import PlainBackend
from grader.machine import siblings_first, usable_cpus, worker_cpus

_HOST_FEATURES = "host"


def worker_settings(machine: Machine, limits: Limits) -> WorkerSettings:
    """What every worker of this machine gets; UsageError where the machine has fewer cores than its budget."""
    cpus = usable_cpus()
    if machine.threads > len(cpus):
        raise UsageError(
            f"course.toml gives workers {machine.threads} threads, and this machine has {len(cpus)} cores; lower `threads`"
        )
    return WorkerSettings(
        preload=tuple(machine.preload),
        environment=worker_environment(machine),
        cpus=worker_cpus(machine.threads),
        mpi_cpus=siblings_first(cpus),
        memory_bytes=int(limits.memory_bytes),
        output_bytes=int(limits.output_bytes),
    )


def worker_environment(machine: Machine, features: str | None = None) -> dict[str, str]:
    """What holds for every profile: the course's own variables with `host` features spelt out, and the grader's.

    How many threads there may be follows from the profile (`WorkerSettings.for_profile`). `features` are those of another
    machine's CPU, where the workers will run there; this one's otherwise.
    """
    variables = {"NUMBA_THREADING_LAYER": "workqueue", "MPLBACKEND": "Agg"}
    for name, value in machine.environment.items():
        words = value.split(",")
        if _HOST_FEATURES in words and features is None:
            features = host_features()
        variables[name] = ",".join(str(features) if word == _HOST_FEATURES else word for word in words)
    return variables


def choose_backend(machine: Machine, limits: Limits, *, trust_code: bool) -> Backend:
    """The sandbox where it is to be had.

    Raises:
        GraderError: no sandbox on this machine, and the user did not say that the code is to be trusted.
    """
    settings = worker_settings(machine, limits)
    if trust_code or machine.backend == "plain":
        if not trust_code:
            raise UsageError(
                "course.toml asks for the plain backend, which isolates nothing: say --trust-code to grade with it"
            )
        return PlainBackend(settings)
    if sys.platform != "linux":
        raise GraderError(f"no sandbox on {sys.platform}: other people's code is graded on Linux, or with --trust-code")
    try:
        return _started(LandlockBackend if machine.backend == "landlock" else BubblewrapBackend, settings)
    except GraderError as error:
        if machine.scheduler is not None and machine.backend == "auto":
            with suppress(GraderError):
                return _started(LandlockBackend, settings)
        remedy = "see `grader doctor`; --trust-code grades without a sandbox and stamps every figure"
        raise GraderError(f"the sandbox does not start here: {error}\n{remedy}") from error


def _started(kind: type[BubblewrapBackend | LandlockBackend], settings: WorkerSettings) -> Backend:
    """A backend that has been seen to start a worker."""
    with kind(replace(settings, preload=())).generation() as generation:
        generation.start(nothing_submission())
        return kind(settings)


def host_features() -> str:
    """The features of this CPU as LLVM names them; an empty list lets Numba detect them."""
    import llvmlite.binding

    features = llvmlite.binding.get_host_cpu_features()
    return ",".join(f"{'+' if has else '-'}{name}" for name, has in sorted(features.items()))
