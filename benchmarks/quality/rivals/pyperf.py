"""pyperf: processes, warm-ups and values of its own, and the t-test of `pyperf compare_to`."""

import importlib.util
import statistics

from benchmarks.quality.rivals.session import Field, Heard

_SCRIPT = """\
import programs
import pyperf

PATHS = {paths!r}

runner = pyperf.Runner()
for author, path in PATHS.items():
    runner.bench_func(author, programs.call, path)
"""
_VALUES = 3
_MIN_TIME_S = 0.1
_START_S = 0.15
_LEAST_PROCESSES = 2


class Pyperf:
    """The tool that CPython's own benchmarks run on."""

    name = "pyperf"
    about = (
        "`Runner.bench_func`, one warm-up and 3 values of ≥ 0.1 s a process, as by default, and as many processes (20 by"
        " default) as fit the seconds, at least 2; mean; different where `pyperf compare_to` calls it significant: Student's"
        " t-test at 95 %"
    )

    def missing(self) -> str | None:
        """An optional library."""
        return None if importlib.util.find_spec("pyperf") else "pip install 'hppl-grader[bench]'"

    def hear(self, field: Field) -> Heard:
        """One run of a script with all programs."""
        import pyperf
        from pyperf._utils import is_significant

        paths = {author: str(path) for author, path in field.paths.items()}
        (field.folder / "script.py").write_text(_SCRIPT.format(paths=paths), encoding="utf-8")
        processes = max(_LEAST_PROCESSES, round(field.seconds / ((_VALUES + 1) * _MIN_TIME_S + _START_S)))
        field.python("script.py", "--quiet", "--output", "values.json", "--processes", str(processes))
        suite = pyperf.BenchmarkSuite.load(str(field.folder / "values.json"))
        values = {benchmark.get_name(): benchmark.get_values() for benchmark in suite}
        return Heard(
            {author: statistics.fmean(of_one) for author, of_one in values.items()},
            lambda one, other: bool(is_significant(values[one], values[other])[0]),
        )
