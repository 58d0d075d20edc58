"""What this machine is: figures from machines with different fingerprints are never ranked together."""

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_LIBRARIES = ("numpy", "numba", "llvmlite", "scipy")
_CPUS = Path("/sys/devices/system/cpu")


@dataclass(frozen=True)
class Machine:
    """The facts that decide how fast code runs here."""

    name: str
    cpu: str
    cores: int
    memory_bytes: int
    system: str
    threads: int
    """The budget of one worker."""

    @property
    def fingerprint(self) -> str:
        """Equal for equal facts; the host's name is not part of it."""
        facts = {key: value for key, value in asdict(self).items() if key != "name"}
        facts["memory_bytes"] = self.memory_bytes >> 28  # the kernel's own share varies from boot to boot
        return _digest(facts)


@dataclass(frozen=True)
class VectorPeak:
    """The arithmetic of vectors of one width."""

    bits: int
    """64 is a number by itself."""
    flop_per_s: float


@dataclass(frozen=True)
class Bandwidth:
    """Bytes a second of cores that go over the same memory again and again."""

    size_bytes: int
    """How much memory that is, of all cores together: what fits a cache is faster."""
    read_bytes_per_s: float
    write_bytes_per_s: float
    copy_bytes_per_s: float
    """Bytes read and bytes written together."""
    level: str = "memory"
    """Where so much lies on common machines: `L1`, `L2`, `L3`, `memory`."""


@dataclass(frozen=True)
class Peaks:
    """The most that one core of a machine was seen to do, as a worker sees it (`grader/execution/peaks.py`)."""

    flop_per_s: float
    """Double precision; a fused multiply-add counts as two."""
    bandwidths: tuple[Bandwidth, ...]
    """From the smallest memory to the largest."""
    vectors: tuple[VectorPeak, ...] = ()
    """From the narrowest to the widest that the CPU has, and the workers' environment allows."""
    together: "Peaks | None" = None
    """All cores of a worker's budget at once; None where that is one core."""
    beside: str = ""
    """What else took the cores' time while this was measured, so that it may be too low; empty where nothing did."""

    def of_cores(self, cores: int) -> "Peaks":
        """What so many cores do at once: one of them, or the whole budget."""
        return self if cores == 1 or self.together is None else self.together

    def nearest(self, size_bytes: int) -> Bandwidth:
        """The largest memory that was measured and is no larger than this one; the smallest, where there is none."""
        below = [one for one in self.bandwidths if one.size_bytes <= size_bytes]
        return below[-1] if below else self.bandwidths[0]

    def read_bytes_per_s(self, size_bytes: int) -> float:
        """What is read at most of that much memory: seen at the nearest size or beyond, since larger is never faster."""
        return max(one.read_bytes_per_s for one in self._from(size_bytes))

    def write_bytes_per_s(self, size_bytes: int) -> float:
        """What is written at most into that much memory, likewise."""
        return max(one.write_bytes_per_s for one in self._from(size_bytes))

    def _from(self, size_bytes: int) -> tuple[Bandwidth, ...]:
        return self.bandwidths[self.bandwidths.index(self.nearest(size_bytes)) :]


def this_machine(name: str, threads: int) -> Machine:
    """The machine that this process runs on, under its name in the course file."""
    return Machine(
        name=name,
        cpu=_cpu_model(),
        cores=len(usable_cpus()),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=f"{platform.system()} {platform.machine()}",
        threads=threads,
    )


def usable_cpus() -> tuple[int, ...]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return tuple(sorted(os.sched_getaffinity(0)))
    return tuple(range(os.cpu_count() or 1))


def siblings_of(cpu: int) -> frozenset[int]:
    """The logical cores that share this one's physical core, itself among them, as far as the kernel shows it."""
    try:
        text = (_CPUS / f"cpu{cpu}" / "topology" / "thread_siblings_list").read_text(encoding="ascii")
    except OSError:
        return frozenset({cpu})
    return _listed(text) | {cpu}


def own_cache_bytes(folder: Path = _CPUS) -> int | None:
    """The largest cache that a core of this machine has to itself, most often its second level; None where nobody shows it."""
    cpu = usable_cpus()[0]
    core = folder / f"cpu{cpu}"
    try:
        own = _listed((core / "topology" / "thread_siblings_list").read_text(encoding="ascii"))
        found = [_cache_bytes(one, own) for one in core.glob("cache/index*")]
    except (OSError, ValueError):
        return None
    return max(found, default=0) or None


def _cache_bytes(folder: Path, own: Collection[int]) -> int:
    """The size of one cache; 0 where it holds instructions alone, or others than a core's own threads share it."""
    kind, size, sharing = ((folder / name).read_text(encoding="ascii").strip() for name in ("type", "size", "shared_cpu_list"))
    if kind == "Instruction" or not _listed(sharing) <= set(own):
        return 0
    return int(size.rstrip("KMG")) << {"K": 10, "M": 20, "G": 30}.get(size[-1], 0)


def _listed(text: str) -> frozenset[int]:
    """The numbers in a list of the kernel's: `0-3,8`."""
    found: set[int] = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def siblings_first(cpus: Sequence[int], siblings: Callable[[int], Collection[int]] = siblings_of) -> tuple[int, ...]:
    """The cores in an order of which the last ones share no physical core with each other, as long as there are any such.

    Two threads on one physical core are each slower than on a core of their own, and by how much depends on the code.
    """
    alone = [cpu for cpu in cpus if cpu == max(set(cpus) & set(siblings(cpu)), default=cpu)]
    return (*(cpu for cpu in cpus if cpu not in alone), *alone)


def worker_cpus(threads: int) -> tuple[int, ...]:
    """The cores that submissions run on, or all where there are fewer; the first one takes most of the machine's interrupts."""
    return siblings_first(usable_cpus())[-threads:]


def environment_key(variables: Mapping[str, str], rules: Mapping[str, float]) -> str:
    """A digest of what else decides a result: interpreter, libraries, the workers' variables, and the course's limits."""
    return _digest(
        {
            "python": platform.python_version(),
            "libraries": library_versions(),
            "variables": dict(variables),
            "rules": dict(rules),
        }
    )


def environment_with(environment: str, versions: str) -> str:
    """The digest of an environment in which the versions of something more decide a result."""
    return _digest({"environment": environment, "versions": versions})


def library_versions() -> dict[str, str]:
    """The versions of the numerical libraries that are installed."""
    versions = {}
    for library in _LIBRARIES:
        try:
            versions[library] = importlib.metadata.version(library)
        except importlib.metadata.PackageNotFoundError:
            continue
    return versions


def cpu_flags() -> tuple[str, ...]:
    """The CPU's feature flags as the kernel names them (Linux on x86; empty elsewhere)."""
    return tuple(_cpuinfo("flags").split())


def _cpu_model() -> str:
    return _cpuinfo("model name") or platform.processor() or platform.machine()


def _cpuinfo(key: str) -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return ""
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""


def _digest(facts: object) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:12]
