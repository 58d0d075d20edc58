"""Scaling studies of a class, kept beside the store for the pages: a file for each version of a program."""

import json
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from grader.content.submission import Submission
from grader.errors import GraderError
from grader.grading.measure_scaling import Study
from grader.whole_files import write_whole

FOLDER = "scaling"
_VERSION = 2


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


class KeptScalings:
    """The folder that they lie in: new code has no study until it is measured again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, submission: Submission) -> KeptScaling | None:
        """The study of just this version; None where there is none that can be read."""
        try:
            return _read(json.loads(self._path(submission).read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, submission: Submission, kept: KeptScaling) -> None:
        """Write it, whole or not at all.

        Raises:
            GraderError: it cannot be written.
        """
        text = json.dumps({"version": _VERSION, **asdict(kept)}, allow_nan=False)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(self._path(submission), text.encode())
        except OSError as error:
            raise GraderError(f"the study cannot be kept in {self._folder}: {error.strerror}") from error

    def _path(self, submission: Submission) -> Path:
        return self._folder / f"{submission.task}-{submission.content_hash}.json"


def _read(kept: dict[str, Any]) -> KeptScaling | None:
    if kept["version"] != _VERSION:
        return None
    on_cores = tuple(
        SpeedupOn(int(one["cores"]), float(one["speedup"]), _number(one["low"]), _number(one["high"]))
        for one in kept["on_cores"]
    )
    serial = float(kept["serial"])
    if (
        not on_cores
        or not isfinite(serial)
        or not all(one.cores > 0 and one.speedup > 0 and isfinite(one.speedup) for one in on_cores)
    ):
        return None
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
