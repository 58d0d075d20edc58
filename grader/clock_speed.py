"""What moves the speed of a machine's cores: governor, turbo, shared cores, heat, battery; read from `/sys`.

The files are those of the kernel's cpufreq, topology and power-supply documentation; what a system does not tell is absent.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_STEADY_GOVERNORS = ("performance",)


@dataclass(frozen=True)
class ClockSpeed:
    """Of some cores: those that workers run on."""

    governors: tuple[str, ...] = ()
    turbo: bool | None = None
    current_hz: float | None = None
    most_hz: float | None = None
    siblings: tuple[int, ...] = ()
    """Other logical cores that share a physical one with these."""
    throttled: int = 0
    """How often they were slowed down for heat since boot."""
    on_battery: bool = False

    def known(self) -> Iterator[str]:
        """What was found, in words."""
        if self.governors:
            yield f"governor {', '.join(self.governors)}"
        if self.turbo is not None:
            yield f"turbo {'on' if self.turbo else 'off'}"
        if self.current_hz is not None and self.most_hz is not None:
            yield f"{self.current_hz / 1e9:.1f} of {self.most_hz / 1e9:.1f} GHz now"
        if self.siblings:
            yield f"shared with the logical cores {', '.join(map(str, self.siblings))}"
        if self.throttled:
            yield f"slowed down for heat {self.throttled} times since boot"
        if self.on_battery:
            yield "on battery"

    def remedies(self) -> Iterator[str]:
        """What would make it steadier."""
        if any(governor not in _STEADY_GOVERNORS for governor in self.governors):
            yield "fix the frequency: cpupower frequency-set -g performance"
        if self.siblings:
            yield "let nothing run on the shared cores, or switch SMT off: echo off > /sys/devices/system/cpu/smt/control"
        if self.throttled:
            yield "cool the machine, or switch turbo off"
        if self.on_battery:
            yield "plug it in"


def clock_speed(cores: Sequence[int], root: Path = Path("/sys")) -> ClockSpeed:
    """As the kernel tells it now."""
    cpu = root / "devices/system/cpu"
    frequencies = [cpu / f"cpu{core}/cpufreq" for core in cores]
    siblings = {one for core in cores for one in _core_list(_read(cpu / f"cpu{core}/topology/thread_siblings_list"))} - set(
        cores
    )
    return ClockSpeed(
        governors=tuple(sorted({governor for one in frequencies if (governor := _read(one / "scaling_governor"))})),
        turbo=_turbo(cpu),
        current_hz=_least_hz(frequencies, "scaling_cur_freq"),
        most_hz=_least_hz(frequencies, "cpuinfo_max_freq"),
        siblings=tuple(sorted(siblings)),
        throttled=sum(_number(cpu / f"cpu{core}/thermal_throttle/core_throttle_count") or 0 for core in cores),
        on_battery=_on_battery(root / "class/power_supply"),
    )


def _turbo(cpu: Path) -> bool | None:
    """Intel's driver says whether there is none, the others whether there is."""
    no_turbo, boost = _number(cpu / "intel_pstate/no_turbo"), _number(cpu / "cpufreq/boost")
    if no_turbo is not None:
        return no_turbo == 0
    return None if boost is None else boost == 1


def _least_hz(folders: Sequence[Path], name: str) -> float | None:
    """The kernel counts in kHz."""
    return min((1e3 * value for folder in folders if (value := _number(folder / name)) is not None), default=None)


def _on_battery(supplies: Path) -> bool:
    """Whether a battery is being used up."""
    return any(_read(folder / "status") == "Discharging" for folder in (supplies.iterdir() if supplies.is_dir() else ()))


def _core_list(text: str) -> Iterator[int]:
    """`0-1,4` as the kernel writes lists of cores."""
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def _number(path: Path) -> int | None:
    text = _read(path)
    return int(text) if text.isdigit() else None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return ""
