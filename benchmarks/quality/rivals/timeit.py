"""timeit, as everybody uses it: the best of five, in a process for each program."""

import json

from benchmarks.quality.rivals.session import Field, Heard

_REPEAT = 5
_SCRIPT = f"""\
import json
import sys
import timeit

import programs

programs.call(sys.argv[1])
timer = timeit.Timer(lambda: programs.call(sys.argv[1]))
number = max(1, round(float(sys.argv[2]) / {_REPEAT} / timer.timeit(1)))
print(json.dumps(min(timer.repeat({_REPEAT}, number)) / number))
"""
_DIFFERENCE = 0.01


class Timeit:
    """The standard library's."""

    name = "timeit"
    about = (
        f"the minimum of `Timer.repeat({_REPEAT}, number)`, with the number that fills the seconds; each program in a fresh"
        " process and called once before; any difference above 1 % counts"
    )

    def missing(self) -> str | None:
        """It is always there."""
        return None

    def hear(self, field: Field) -> Heard:
        """One process for each program."""
        (field.folder / "best.py").write_text(_SCRIPT, encoding="utf-8")
        times_s = {
            author: float(json.loads(field.python("best.py", str(path), f"{field.seconds:g}")))
            for author, path in field.paths.items()
        }
        return Heard(
            times_s, lambda one, other: abs(times_s[one] - times_s[other]) > _DIFFERENCE * min(times_s[one], times_s[other])
        )
