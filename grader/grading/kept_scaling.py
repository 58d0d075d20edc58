"""Scaling studies of a class, kept beside the store for the pages: a file for each version of a program."""

from dataclasses import dataclass
from math import isfinite
from typing import Any

from grader.grading.measure_scaling import Study
from grader.kept_files import Kind


@dataclass(frozen=True)
class SpeedupOn:
    """The speedup over one core on so many, with its interval where there is one."""

    cores: int
    speedup: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class KeptScaling:
    """What is kept of one study."""

    machine: str
    """The fingerprint of the one that it was made on."""
    sandbox: str
    case: str
    of_processes: bool
    on_cores: tuple[SpeedupOn, ...]
    """From one core up."""
    serial: float
    """Amdahl's share of the time on one core that stays serial; below 0 where more cores gain more than their number."""


def kept_scaling(study: Study, machine: str) -> KeptScaling:
    """What is kept of a study that was made on the machine of this fingerprint."""
    on_cores = (SpeedupOn(one.cores, one.speedup.value, one.speedup.low, one.speedup.high) for one in study.scaling.on_cores)
    return KeptScaling(machine, study.sandbox, study.case, study.of_processes, tuple(on_cores), study.scaling.serial.value)


def _read(kept: dict[str, Any]) -> KeptScaling:
    on_cores = tuple(
        SpeedupOn(int(one["cores"]), float(one["speedup"]), _number(one["low"]), _number(one["high"]))
        for one in kept["on_cores"]
    )
    serial = float(kept["serial"])
    speedups_are_right = all(one.cores > 0 and one.speedup > 0 and isfinite(one.speedup) for one in on_cores)
    if not on_cores or not speedups_are_right or not isfinite(serial):
        raise ValueError("no speedups")
    return KeptScaling(
        machine=str(kept["machine"]),
        sandbox=str(kept["sandbox"]),
        case=str(kept["case"]),
        of_processes=bool(kept["of_processes"]),
        on_cores=on_cores,
        serial=serial,
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


STUDIES = Kind("scaling", "study", 2, _read)
"""New code has no study until it is measured again."""
