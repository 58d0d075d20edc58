"""The rule about what a function shows or writes while it computes: text, pictures, files."""

from grader.advice.code import Statement
from grader.advice.facts import Facts, shown
from grader.advice.finding import Cause, Finding

_OUTPUT = frozenset({"print", "open"})
_OUTPUT_MODULES = ("sys.stdout.", "sys.stderr.", "matplotlib.", "logging.")
_OUTPUT_ENDINGS = (".savefig", ".write_text", ".write_bytes", ".tofile", "numpy.save", "numpy.savez", "numpy.savetxt")


def output_in_function(facts: Facts) -> Finding | None:
    """Lines print, draw or write, which is no part of what is asked for."""
    found = {one: called for one in facts.hot_in_python() if (called := output_call(one)) is not None}
    if not found:
        return None
    hottest = max(found, key=facts.share)
    return facts.finding(
        Cause.OUTPUT,
        hottest,
        min(1.0, sum(map(facts.share, found))),
        f"`{found[hottest]}` shows, reads or writes something while the function computes: the {facts.told(hottest)}",
        "take it out of the function, which has its answer to return: show or write that afterwards",
    )


def output_call(statement: Statement) -> str | None:
    """What a statement calls to show or to write something, if it does; as it stands there."""
    return next((shown(call.func) for name, call in statement.calls() if _is_output(name)), None)


def _is_output(name: str) -> bool:
    return name in _OUTPUT or name.startswith(_OUTPUT_MODULES) or name.endswith(_OUTPUT_ENDINGS)
