"""What this machine has for grading: isolation, clocks, cores, noise, libraries; each finding with its remedy."""

import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from grader.content.course import COURSE_FILE, Course
from grader.errors import GraderError, UsageError
from grader.execution.bubblewrap import NO_CONTROL_GROUP, NO_LANDLOCK, BubblewrapBackend, sandbox_user
from grader.execution.choose import worker_settings
from grader.execution.empty_call import empty_call_times_s, nothing_submission
from grader.execution.probe import probe
from grader.machine import library_versions, this_machine
from grader.profiles import Profile

_NOISE_PROBES, _PROBE_ADDITIONS = 200, 50_000
_NOISY = 0.05
_SLOW_EMPTY_CALL_S = 200e-6
_COARSE_CLOCK_S = 1e-6
FINDINGS = 8 + len(Profile)
"""How many there are."""

_LAYERS = {
    NO_LANDLOCK: "boot a kernel with Landlock (5.13 or later; `landlock` among the `lsm=` of its command line)",
    NO_CONTROL_GROUP: "start the grader in a group of its own: systemd-run --user --scope -p Delegate=yes grader grade",
}
"""What to do about each layer that may be missing."""

_GOOD_CLOCKS = ("tsc", "arch_sys_counter", "kvm-clock")
_BUSY_LOAD = 0.5
_STOLEN = 0.01


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
    yield _noise()
    yield _other_load()
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


def _noise() -> Finding:
    """The same small computation again and again: how far does its time scatter?"""
    times_s = [_time(_spin) for _ in range(_NOISE_PROBES)]
    low, *_, high = statistics.quantiles(times_s, n=10)
    spread = high / low - 1
    good = spread <= _NOISY
    found = f"equal work scatters by {100 * spread:.1f} % (10th to 90th percentile of {_NOISE_PROBES})"
    remedy = "close what else runs, plug the laptop in, fix the CPU's frequency (cpupower frequency-set -g performance)"
    return Finding("noise", Health.GOOD if good else Health.WEAK, found, "" if good else remedy)


def _other_load() -> Finding:
    load = os.getloadavg()[0] / (os.cpu_count() or 1)
    stolen = _stolen_share()
    good = load <= _BUSY_LOAD and stolen <= _STOLEN
    found = f"load {load:.2f} a core over the last minute; {100 * stolen:.1f} % of the CPU time went to other virtual machines"
    return Finding("other load", Health.GOOD if good else Health.WEAK, found, "" if good else "wait until the machine is idle")


def _libraries() -> Finding:
    versions = library_versions()
    found = ", ".join(f"{name} {version}" for name, version in versions.items())
    missing = [name for name in ("numpy", "numba") if name not in versions]
    return Finding("libraries", Health.BAD if missing else Health.GOOD, found, "run `make setup`" if missing else "")


def _spin() -> None:
    total = 0
    for number in range(_PROBE_ADDITIONS):
        total += number


def _time(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _stolen_share() -> float:
    """Steal time over all CPU time since boot, from `/proc/stat`; 0 where it is not told."""
    fields = _read("/proc/stat").split("\n")[0].split()[1:]
    steal = 7
    if len(fields) <= steal:
        return 0.0
    return int(fields[steal]) / max(1, sum(int(field) for field in fields[: steal + 1]))


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError:
        return ""
