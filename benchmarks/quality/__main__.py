"""How good is the ranking? Classes of programs whose true order is known, graded again and again, beside other tools.

    python -m benchmarks.quality [--quick] [--json FILE] [--out DIR]

Full, it takes half an hour on two cores that nobody else uses. The other tools come with the extra `bench`, and hyperfine from
the system. Writes `measurement.md` and `measurement.svg` into DIR; without it, the report goes to the terminal. Exit code 1
where two gradings of a class without load split the same equals, or two of all miss 10 % more work and say that they tell 5 %
apart.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.quality import plots, report
from benchmarks.quality.defects import defects
from benchmarks.quality.effort import FULL, QUICK
from benchmarks.quality.load import QUIET
from benchmarks.quality.quality import Quality, benchmark
from grader.errors import GraderError


def main() -> int:
    """Measure, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--quick", action="store_true", help="a few kernels, a few gradings, no other tools: some three minutes"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, for programs")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the report goes")
    arguments = parser.parse_args()
    try:
        with TemporaryDirectory(prefix="quality-") as folder:
            quality = benchmark(QUICK if arguments.quick else FULL, Path(folder), _say)
    except GraderError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _write(quality, arguments.out, arguments.json)
    found = defects(quality.outcomes[QUIET], quality.programs)
    for sentence in found:
        _say(sentence)
    return 1 if found else 0


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


def _write(quality: Quality, out: Path | None, json_file: Path | None) -> None:
    if json_file is not None:
        json_file.write_text(json.dumps(_plain(asdict(quality)), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if out is None:
        sys.stdout.write(report.markdown(quality))
        return
    out.mkdir(parents=True, exist_ok=True)
    (out / "measurement.md").write_text(report.markdown(quality), encoding="utf-8")
    (out / "measurement.svg").write_bytes(plots.svg(quality))


def _plain(value: object) -> object:
    """Sets as sorted lists: JSON knows none."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=str)
    return value


if __name__ == "__main__":
    sys.exit(main())
