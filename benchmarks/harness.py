"""`make bench`: what the harness costs beside its targets, and the references beside the course's figures."""

import json
import sys
from dataclasses import dataclass

from benchmarks.figures import empty_call_us, grade_class, help_time_s, open_course, rates_over_naive, worker_start_ms

COURSE_RATES_OVER_NAIVE = {
    "julia": {"numpy": 2970 / 174, "numba": 2970 / 76, "tuned": 2970 / 14.2},
    "matmul": {"numpy": 68 / 0.037, "numba": 1.6 / 0.037, "tuned": 31.5 / 0.037},
    "bifurcation": {"numpy": 0.75 / 0.0124, "numba": 0.34 / 0.0124, "tuned": 5.35 / 0.0124},
    "schelling": {"numpy": 37 / 0.75, "numba": 36 / 0.75, "tuned": 750 / 0.75},
    "spectrogram": {"tuned": 88 / 22},
    "scalogram": {"numba": 6.0 / 2.05, "tuned": 6.0 / 0.49},
}
"""Measured on another machine (2 cores, AVX-512): orientation, not a target; ranges by their middle."""


@dataclass(frozen=True)
class Line:
    """One figure with its target."""

    name: str
    value: float
    unit: str
    target: str


def main() -> None:
    """Print all figures; with `--json`, as JSON."""
    session, backend = open_course()
    lines = [
        Line("empty call", empty_call_us(backend), "µs", "≤ 100"),
        Line("worker start, NumPy and Numba ready", worker_start_ms(backend), "ms", "≤ 30"),
    ]
    lines.append(Line("grader --help", help_time_s(), "s", "≤ 0.3"))
    graded = grade_class(session, backend)
    lines += [
        Line("the sample class graded from nothing", graded.wall_time_s, "s", "≤ 300"),
        Line("time outside submissions over time inside", 100 * graded.outside_over_inside, "%", "≤ 30"),
    ]
    for task, known in COURSE_RATES_OVER_NAIVE.items():
        here = rates_over_naive(graded.report, task)
        lines += [
            Line(f"{task}: {level} over naive", here[level], "×", f"course {known[level]:.3g}")
            for level in known
            if level in here
        ]
    if "--json" in sys.argv[1:]:
        sys.stdout.write(json.dumps([vars(line) for line in lines], indent=2, ensure_ascii=False) + "\n")
        return
    for line in lines:
        sys.stdout.write(f"{line.name:45} {line.value:10.3g} {line.unit:3} ({line.target})\n")


if __name__ == "__main__":
    main()
