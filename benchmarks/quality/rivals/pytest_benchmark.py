"""pytest-benchmark: a fixture that calls a function for a second, and a table in the order of the minima."""

import importlib.util
import json

from benchmarks.quality.rivals.session import Field, Heard

_TESTS = """\
import programs
import pytest

PATHS = {paths!r}


@pytest.mark.parametrize("author", PATHS)
def test_call(benchmark, author):
    programs.call(PATHS[author])  # what is compiled, is compiled before
    benchmark(programs.call, PATHS[author])
"""


class PytestBenchmark:
    """The plugin of pytest."""

    name = "pytest-benchmark"
    about = (
        "`pytest --benchmark-json FILE --benchmark-max-time S`, defaults otherwise, each function called once before; in"
        " the order of the minima, as its table is by default: it knows no ties"
    )

    def missing(self) -> str | None:
        """An optional library."""
        return None if importlib.util.find_spec("pytest_benchmark") else "pip install 'hppl-grader[bench]'"

    def hear(self, field: Field) -> Heard:
        """One run of a test file."""
        paths = {author: str(path) for author, path in field.paths.items()}
        (field.folder / "test_calls.py").write_text(_TESTS.format(paths=paths), encoding="utf-8")
        (field.folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        field.python(
            *("-m", "pytest", "-q", "-c", "pytest.ini", "-p", "no:cacheprovider", "test_calls.py"),
            *("--benchmark-json", "calls.json", "--benchmark-max-time", f"{field.seconds:g}"),
        )
        document = json.loads((field.folder / "calls.json").read_text(encoding="utf-8"))
        times_s = {one["params"]["author"]: float(one["stats"]["min"]) for one in document["benchmarks"]}
        return Heard(times_s, lambda one, other: times_s[one] != times_s[other])
