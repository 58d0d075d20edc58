"""hyperfine: whole commands, compared by their means and standard deviations."""

import json
import shlex
import shutil
import sys

from benchmarks.quality.rivals.session import Field, Heard

_CALLS = 30
_RUNS = 5
_SCRIPT = f"""\
import sys

import programs

for _ in range({_CALLS}):
    programs.call(sys.argv[1])
"""


class Hyperfine:
    """The benchmark tool of the command line."""

    name = "hyperfine"
    about = (
        f"`hyperfine --warmup 1 --runs {_RUNS} --shell none` (10 runs, the default, would take twice the others' time)"
        f" of a script that makes {_CALLS} calls, start of Python included; different where mean ± σ,"
        " as it prints them, do not overlap"
    )

    def missing(self) -> str | None:
        """A program of the system."""
        return None if shutil.which("hyperfine") else "apt-get install hyperfine"

    def hear(self, field: Field) -> Heard:
        """One command line for all programs."""
        (field.folder / "calls.py").write_text(_SCRIPT, encoding="utf-8")
        commands = [shlex.join([sys.executable, "calls.py", str(path)]) for path in field.paths.values()]
        field.run(
            *("hyperfine", "--warmup", "1", "--runs", str(_RUNS), "--shell", "none", "--export-json", "commands.json"),
            *commands,
        )
        results = json.loads((field.folder / "commands.json").read_text(encoding="utf-8"))["results"]
        means_s = {author: float(one["mean"]) for author, one in zip(field.paths, results, strict=True)}
        sds_s = {author: float(one["stddev"]) for author, one in zip(field.paths, results, strict=True)}
        return Heard(means_s, lambda one, other: abs(means_s[one] - means_s[other]) > sds_s[one] + sds_s[other])
