"""asv, as it is used out of the box: `asv run` in a project of its own, and the rule of `asv compare`."""

from asv import _stats
from asv.results import Results

from benchmarks.quality.rivals.session import Field, Heard

_CONFIG = """\
{"version": 1, "project": "programs", "repo": ".", "branches": ["HEAD"], "environment_type": "existing",
 "benchmark_dir": "suite", "results_dir": "results"}
"""
_SUITE = """\
import programs

PATHS = {paths!r}


def time_call(author):
    programs.call(PATHS[author])


time_call.params = [list(PATHS)]
time_call.param_names = ["author"]
"""
_GIT = ("git", "-c", "user.name=nobody", "-c", "user.email=nobody@localhost", "-c", "commit.gpgsign=false")


class Asv:
    """Airspeed velocity."""

    name = "asv"
    about = (
        "`asv run --python=same --set-commit-hash HASH --record-samples`, defaults otherwise (2 rounds of 5 samples of"
        " 10 ms or more); median; different where `asv compare --factor 1` says so: a Mann-Whitney U test at p < 0.002"
    )

    def missing(self) -> str | None:
        """It is one of the grader's own libraries."""
        return None

    def hear(self, field: Field) -> Heard:
        """One `asv run`."""
        commit = _project(field)
        field.python("-m", "asv", "machine", "--yes", "--machine", "here")
        field.python(
            *("-m", "asv", "run", "--python=same", "--machine", "here"),
            *("--set-commit-hash", commit, "--record-samples", "--show-stderr"),
        )
        (path,) = (field.folder / "results" / "here").glob(f"{commit[:8]}*.json")
        results = Results.load(str(path))
        (key,) = results.get_all_result_keys()
        params = results.get_result_params(key)
        authors = list(field.paths)
        times_s = dict(zip(authors, results.get_result_value(key, params), strict=True))
        stats = dict(zip(authors, results.get_result_stats(key, params), strict=True))
        samples = dict(zip(authors, results.get_result_samples(key, params), strict=True))

        def differ(one: str, other: str) -> bool:
            return bool(_stats.is_different(samples[one], samples[other], stats[one], stats[other]))

        return Heard(times_s, differ)


def _project(field: Field) -> str:
    """What `asv run` needs: a configuration, a suite, and a repository with one commit, whose hash is returned."""
    (field.folder / "suite").mkdir()
    (field.folder / "suite" / "__init__.py").touch()
    paths = {author: str(path) for author, path in field.paths.items()}
    (field.folder / "suite" / "calls.py").write_text(_SUITE.format(paths=paths), encoding="utf-8")
    (field.folder / "asv.conf.json").write_text(_CONFIG, encoding="utf-8")
    field.run(*_GIT, "init", "--quiet")
    field.run(*_GIT, "add", "asv.conf.json")
    field.run(*_GIT, "commit", "--quiet", "--message", "programs")
    return field.run(*_GIT, "rev-parse", "HEAD").strip()
