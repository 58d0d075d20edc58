"""Which backend runs submissions, and what its workers get: cores, threads, variables, limits."""

import shutil
from collections.abc import Callable

import llvmlite.binding
import pytest
from pydantic import ByteSize

from grader.content.course import Limits, Machine
from grader.errors import GraderError, UsageError
from grader.execution import seccomp
from grader.execution.bubblewrap import BubblewrapBackend, sandbox_user
from grader.execution.choose import choose_backend, worker_environment, worker_settings
from grader.execution.empty_call import empty_call_times_s
from grader.execution.generation import WorkerSettings
from grader.execution.plain import PlainBackend
from grader.machine import usable_cpus
from grader.profiles import Profile

MACHINE = Machine(preload=("numpy",))
LIMITS = Limits()


# The workers' settings


@pytest.mark.parametrize(("profile", "threads"), [("single", "1"), ("threads", "2"), ("processes", "2"), ("compile", "1")])
def test_the_budget_of_a_profile_reaches_every_library_and_is_its_cores(profile: str, threads: str) -> None:
    settings = WorkerSettings(("numpy",), {"LANG": "C"}, cpus=(2, 3), memory_bytes=1).for_profile(Profile(profile))
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
        assert settings.environment[name] == threads
    assert settings.cpus == (2, 3)[-int(threads) :]
    assert settings.environment["LANG"] == "C"


def test_a_task_may_be_given_fewer_cores_than_the_machine_has_and_never_more() -> None:
    settings = WorkerSettings(("numpy",), {}, cpus=(4, 5, 6, 7), memory_bytes=1)
    for wanted, cpus in ((1, (7,)), (3, (5, 6, 7)), (9, (4, 5, 6, 7))):
        limited = settings.for_profile(Profile.THREADS, wanted)
        assert (limited.cpus, limited.environment["OMP_NUM_THREADS"]) == (cpus, str(len(cpus)))
    assert settings.for_profile(Profile.SINGLE, 3).cpus == (7,)


def test_workers_get_as_many_cores_as_threads_and_leave_the_first_to_the_machine() -> None:
    cpus = usable_cpus()
    assert worker_settings(Machine(threads=1), LIMITS).cpus == cpus[-1:]
    assert worker_settings(Machine(threads=len(cpus)), LIMITS).cpus == cpus


def test_more_threads_than_cores_is_the_courses_mistake() -> None:
    cores = len(usable_cpus())
    with pytest.raises(UsageError, match=f"gives workers {cores + 1} threads, and this machine has {cores} cores; lower"):
        worker_settings(Machine(threads=cores + 1), LIMITS)


def test_the_limits_are_the_courses() -> None:
    settings = worker_settings(MACHINE, Limits(memory_bytes=ByteSize(12345), output_bytes=ByteSize(678)))
    assert (settings.memory_bytes, settings.output_bytes, settings.preload) == (12345, 678, ("numpy",))


def test_host_stands_for_the_features_of_this_cpu() -> None:
    value = worker_environment(Machine(environment={"NUMBA_CPU_FEATURES": "host,-prefer-256-bit"}))["NUMBA_CPU_FEATURES"]
    *features, last = value.split(",")
    assert last == "-prefer-256-bit"
    host = llvmlite.binding.get_host_cpu_features()
    assert features == [f"{'+' if has else '-'}{name}" for name, has in sorted(host.items())]
    assert "host" not in features


def test_a_variable_of_the_course_stands_as_written_and_goes_before_the_graders() -> None:
    environment = worker_environment(Machine(environment={"NUMBA_THREADING_LAYER": "tbb", "HOSTNAME": "ghost,a"}))
    assert environment["NUMBA_THREADING_LAYER"] == "tbb"
    assert environment["HOSTNAME"] == "ghost,a"


# The backend


@pytest.mark.usefixtures("sandbox")
def test_the_sandbox_is_taken_where_it_is_to_be_had() -> None:
    backend = choose_backend(MACHINE, LIMITS, trust_code=False)
    assert isinstance(backend, BubblewrapBackend)
    assert backend.sandbox == "full" or backend.sandbox.startswith("reduced (no ")


def test_trusted_code_runs_in_plain_processes_and_says_so() -> None:
    backend = choose_backend(MACHINE, LIMITS, trust_code=True)
    assert isinstance(backend, PlainBackend)
    assert backend.sandbox == "none"


def test_the_plain_backend_has_to_be_asked_for_by_who_trusts_the_code() -> None:
    plain = Machine(backend="plain")
    assert isinstance(choose_backend(plain, LIMITS, trust_code=True), PlainBackend)
    with pytest.raises(UsageError, match="isolates nothing: say --trust-code"):
        choose_backend(plain, LIMITS, trust_code=False)


def _no_bubblewrap(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shutil, "which", lambda _name: None)


def _no_filter(patch: pytest.MonkeyPatch) -> None:
    def fail(_profile: Profile) -> bytes:
        raise ImportError("libseccomp.so.2: cannot open shared object file")

    patch.setattr(seccomp, "program", fail)


def _no_user(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("grader.execution.bubblewrap._SANDBOX_USERS", ("no-such-user",))
    patch.setattr("os.geteuid", lambda: 0)


def _no_namespaces(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("grader.execution.bubblewrap._namespaces", lambda **_: ["--no-such-option"])


MISSING = {
    "bubblewrap": (_no_bubblewrap, "apt-get install bubblewrap"),
    "libseccomp": (_no_filter, "install libseccomp2"),
    "an unprivileged user": (_no_user, "useradd --system grader-sandbox"),
    "namespaces": (_no_namespaces, "no-such-option"),
}


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(("take_away", "remedy"), MISSING.values(), ids=MISSING)
def test_without_a_layer_nothing_is_graded_unless_the_code_is_trusted(
    monkeypatch: pytest.MonkeyPatch, take_away: Callable[[pytest.MonkeyPatch], None], remedy: str
) -> None:
    take_away(monkeypatch)
    with pytest.raises(GraderError, match=remedy) as raised:
        choose_backend(MACHINE, LIMITS, trust_code=False)
    assert "--trust-code" in str(raised.value)


def test_the_sandboxs_user_is_not_root() -> None:
    assert sandbox_user().pw_uid != 0


def test_the_system_call_filter_is_a_program_of_whole_instructions() -> None:
    for profile in Profile:
        program = seccomp.program(profile)
        assert program
        assert len(program) % 8 == 0


# The cost of a call


def test_an_empty_call_is_measured_as_often_as_asked(plain: PlainBackend) -> None:
    times_s = empty_call_times_s(plain, calls=5)
    assert len(times_s) == 5
    assert min(times_s) > 0
