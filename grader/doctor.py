"""What this machine has for grading: isolation, clocks, cores, noise, libraries; each finding with its remedy."""

import os
import platform
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from grader.clock_speed import clock_speed
from grader.content.course import Course
from grader.content.course_folder import COURSE_FILE
from grader.errors import GraderError, UsageError
from grader.execution import mpi
from grader.execution.bubblewrap import NO_CONTROL_GROUP, NO_LANDLOCK, BubblewrapBackend, sandbox_user
from grader.execution.choose import worker_settings
from grader.execution.empty_call import empty_call_times_s, nothing_submission
from grader.execution.equal_calls import CALLS, RUNS, equal_calls
from grader.execution.plain import PlainBackend
from grader.execution.probe import probe
from grader.grading.gate import MOST_TAKEN, busy
from grader.machine import library_versions, this_machine, worker_cpus
from grader.noise import between, loads, snapshot
from grader.profiles import Profile
from grader.text import harmless_line

_NOISY = 0.05
_SLOW_EMPTY_CALL_S = 200e-6
_COARSE_CLOCK_S = 1e-6
FINDINGS = 9 + len(Profile)
"""How many there are."""

_LAYERS = {
    NO_LANDLOCK: "boot a kernel with Landlock (5.13 or later; `landlock` among the `lsm=` of its command line)",
    NO_CONTROL_GROUP: "start the grader in a group of its own: systemd-run --user --scope -p Delegate=yes grader grade",
}
"""What to do about each layer that may be missing."""

_GOOD_CLOCKS = ("tsc", "arch_sys_counter", "kvm-clock")
_BUSY_LOAD = 0.5
_STOLEN = 0.01
_SHORT_OF_MEMORY = 1.0
_LOOK_S = 0.5
_NAMED, _WORTH_NAMING = 3, 0.05


class Health(StrEnum):
    """How much a finding matters."""

    GOOD = "good"
    WEAK = "weak"  # grading works, with less isolation or more noise
    BAD = "bad"  # something does not work


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    what: str
    health: Health
    found: str
    remedy: str = ""


def examine(course: Course, course_folder: Path) -> Iterator[Finding]:
    """All findings, one by one as they are made; takes a few seconds."""
    yield _python()
    yield _sandbox(course)
    yield from _inside(course, course_folder)
    yield _cores(course)
    yield _clock()
    yield _empty_call(course)
    yield _noise(course)
    yield _frequency(course)
    yield _other_load(course)
    yield _libraries()


def _python() -> Finding:
    found = f"{platform.python_implementation()} {platform.python_version()} on {platform.system()} {platform.release()}"
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return Finding("Python", Health.GOOD if supported else Health.WEAK, found, "" if supported else "use Python 3.11 to 3.13")


def _sandbox(course: Course) -> Finding:
    try:
        backend = BubblewrapBackend(worker_settings(course.machine, course.limits))
        with backend.generation() as generation:
            generation.start(nothing_submission())
    except (GraderError, UsageError) as error:
        remedy = "install bubblewrap and libseccomp2, and allow unprivileged user namespaces; or grade with --trust-code"
        return Finding("sandbox", Health.BAD, str(error), remedy)
    user = f", as the user {sandbox_user().pw_name}" if os.geteuid() == 0 else ""
    remedies = [remedy for layer, remedy in _LAYERS.items() if layer in backend.sandbox]
    health = Health.WEAK if remedies else Health.GOOD
    return Finding("sandbox", health, f"{backend.sandbox}: bubblewrap starts{user}", "; ".join(remedies))


def _inside(course: Course, course_folder: Path) -> Iterator[Finding]:
    """For each profile: what a program in it tried to do that it should not, and could."""
    for profile in Profile:
        what = f"inside: {profile}"
        if profile is Profile.MPI and (lacking := mpi.missing()) is not None:
            yield Finding(what, Health.WEAK, "MPI tasks cannot be graded here", f"install {lacking}")
            continue
        try:
            settings = worker_settings(course.machine, course.limits)
            with BubblewrapBackend(settings).generation() as generation:
                cores = profile.cores(course.machine.threads)
                probed = probe(generation, profile, course_folder / COURSE_FILE, settings.memory_bytes, cores)
        except (GraderError, UsageError) as error:
            yield Finding(what, Health.BAD, str(error), "see the sandbox's finding")
            continue
        if probed.holes:
            yield Finding(what, Health.BAD, f"it could {', '.join(probed.holes)}", "do not grade others' code on this machine")
        elif probed.missing:
            yield Finding(what, Health.WEAK, f"it could not {', '.join(probed.missing)}", "tasks that need it cannot be graded")
        else:
            allowed = f"; it may {', '.join(probed.possible)}" if probed.possible else ""
            refused = probed.tried - len(probed.possible)
            yield Finding(what, Health.GOOD, f"{refused} of {probed.tried} things that a program tried were refused{allowed}")


def _cores(course: Course) -> Finding:
    machine = this_machine(course.about.machine, course.machine.threads)
    found = f"{machine.cpu}: {machine.cores} usable, {machine.threads} for a submission"
    if machine.cores <= machine.threads:
        return Finding(
            "cores", Health.WEAK, found, "leave at least one core to the rest of the machine: lower `threads` in course.toml"
        )
    return Finding("cores", Health.GOOD, found)


def _clock() -> Finding:
    resolution_s = time.get_clock_info("perf_counter").resolution
    source = _read("/sys/devices/system/clocksource/clocksource0/current_clocksource")
    good = resolution_s <= _COARSE_CLOCK_S and (not source or source in _GOOD_CLOCKS)
    found = f"{source or 'perf_counter'}, resolution {resolution_s * 1e9:.0f} ns"
    return Finding(
        "clock", Health.GOOD if good else Health.WEAK, found, "" if good else "boot with a TSC clock source (clocksource=tsc)"
    )


def _empty_call(course: Course) -> Finding:
    try:
        settings = worker_settings(course.machine, course.limits)
        times_s = empty_call_times_s(BubblewrapBackend(settings))
    except (GraderError, UsageError) as error:
        return Finding("empty call", Health.BAD, str(error), "see the sandbox's finding")
    median_s = statistics.median(times_s)
    good = median_s <= _SLOW_EMPTY_CALL_S
    found = f"{median_s * 1e6:.0f} µs (best {min(times_s) * 1e6:.0f} µs): part of every measured call"
    return Finding(
        "empty call", Health.GOOD if good else Health.WEAK, found, "" if good else "let nothing else run beside the grader"
    )


def _noise(course: Course) -> Finding:
    """The same small computation again and again, through the real protocol, on the core where submissions run."""
    try:
        # The grader's own code needs no sandbox.
        scatter = equal_calls(PlainBackend(replace(worker_settings(course.machine, course.limits), preload=())))
    except (GraderError, UsageError) as error:
        return Finding("noise", Health.BAD, str(error), "see the sandbox's finding")
    found = (
        f"equal calls scatter by {100 * scatter.within_runs:.1f} % within a run (10th to 90th percentile of {CALLS}) and by"
        f" {100 * scatter.between_runs:.1f} % from run to run ({RUNS}); they waited {100 * scatter.waited:.1f} % of the time"
    )
    good = max(scatter.within_runs, scatter.between_runs) <= _NOISY and scatter.waited <= MOST_TAKEN
    remedy = "close what else runs, and see the findings on other load and frequency"
    return Finding("noise", Health.GOOD if good else Health.WEAK, found, "" if good else remedy)


def _frequency(course: Course) -> Finding:
    state = clock_speed(worker_cpus(course.machine.threads))
    found = "; ".join(state.known()) or "this machine does not tell"
    remedies = list(state.remedies())
    return Finding("frequency", Health.WEAK if remedies else Health.GOOD, found, "; ".join(remedies))


def _other_load(course: Course) -> Finding:
    """What else ran just now, by name, and over the last minute; what other virtual machines and a lack of memory took."""
    before = snapshot(worker_cpus(course.machine.threads))
    time.sleep(_LOOK_S)
    after = snapshot(worker_cpus(course.machine.threads))
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    stolen = between(before, after).stolen
    waited_for_memory = _memory_pressure()
    running = [one for one in loads(before, after) if one.share > _WORTH_NAMING][:_NAMED]
    words = [f"load {load:.2f} a core over the last minute", *map(harmless_line, map(str, running))]
    words.append(f"{100 * stolen:.1f} % of the CPU time went to other virtual machines")
    if waited_for_memory > 0:
        words.append(f"something waited for memory {waited_for_memory:.1f} % of the last 10 s")
    remedies = []
    if load > _BUSY_LOAD or busy(before, after) is not None:
        remedies.append("close what else runs, or wait until the machine is idle")
    if stolen > _STOLEN:
        remedies.append("measure when the host is quieter")
    if waited_for_memory > _SHORT_OF_MEMORY:
        remedies.append("free some memory")
    return Finding("other load", Health.WEAK if remedies else Health.GOOD, "; ".join(words), "; ".join(remedies))


def _memory_pressure() -> float:
    """Percent of the last 10 s in which something waited for memory (pressure stall information); 0 where it is not told."""
    first, _, _ = _read("/proc/pressure/memory").partition("\n")
    told = dict(word.split("=") for word in first.split() if "=" in word)
    return float(told.get("avg10", 0.0))


def _libraries() -> Finding:
    versions = library_versions()
    found = ", ".join(f"{name} {version}" for name, version in versions.items())
    missing = [name for name in ("numpy", "numba") if name not in versions]
    return Finding("libraries", Health.BAD if missing else Health.GOOD, found, "run `make setup`" if missing else "")


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
