"""Rules about threads and processes: what waits for the others, and what it costs to start and to feed them."""

import ast
from collections.abc import Iterable

from grader.advice.code import Function, Statement, names_in
from grader.advice.facts import LEAST_SHARE, Facts
from grader.advice.finding import Cause, Finding
from grader.execution.line_looks import Seen, Sort
from grader.units import memory_text

_THREADS = (
    "threading.Thread",
    "concurrent.futures.ThreadPoolExecutor",
    "multiprocessing.pool.ThreadPool",
    "multiprocessing.dummy",
)
_PROCESSES = (
    "multiprocessing.Pool",
    "multiprocessing.pool.Pool",
    "multiprocessing.Process",
    "concurrent.futures.ProcessPoolExecutor",
    "multiprocessing.get_context",
)
_HANDING = (".map", ".submit", ".apply", ".apply_async", ".starmap", ".imap", ".imap_unordered", ".map_async", ".starmap_async")
_MANY_WORKERS = 8
_LARGE_BYTES = 30_000
"""To be sent to another process with each piece of work."""


def gil_threads(facts: Facts) -> Finding | None:
    """Threads over Python code: the interpreter lets one of them run at a time."""
    waiting, share = _waiting(facts, _THREADS)
    if waiting is None or not _runs_python(facts):
        return None
    return facts.finding(
        Cause.GIL_THREADS,
        waiting,
        share,
        f"{share:.0%} of the time passes in threads that run Python's own loops, one at a time:"
        f" {facts.profile.times.cores_at_work:.1f} cores were at work",
        "make the loop itself fast first (NumPy, or @njit); threads help where the work is compiled and lets go of the"
        " interpreter: @njit(nogil=True), or prange with @njit(parallel=True)",
    )


def oversubscription(facts: Facts) -> Finding | None:
    """Many more workers than cores."""
    waiting, share = _waiting(facts, (*_THREADS, *_PROCESSES))
    workers = _workers(facts)
    if waiting is None or workers < _MANY_WORKERS:
        return None
    if _waiting(facts, _THREADS)[0] is not None and _runs_python(facts):
        return None  # as few threads as there are cores would still run one at a time
    return facts.finding(
        Cause.OVERSUBSCRIPTION,
        waiting,
        share,
        f"{workers} workers share {facts.profile.times.cores_at_work:.1f} cores; waiting for them is {share:.0%} of the time",
        "as many workers as there are cores for the task, each with a large piece of the work",
    )


def process_copies(facts: Facts) -> Finding | None:
    """A whole array is sent to the other process with each piece of work."""
    waiting, share = _waiting(facts, _PROCESSES)
    if waiting is None or any(name.startswith(_PROCESSES) for name, _ in waiting.calls()):
        return None  # starting them takes longer
    for statement in facts.in_python():
        for name, call in statement.calls():
            if name not in _HANDING:
                continue
            large = max(_sent(facts, statement, call), key=lambda one: one.size_bytes, default=None)
            if large is not None and large.size_bytes >= _LARGE_BYTES:
                return facts.finding(
                    Cause.PROCESS_COPIES,
                    statement,
                    share,
                    f"`{large.name}`, {memory_text(large.size_bytes)}, is pickled and copied to other processes:"
                    f" {share:.0%} of the time passes in waiting for them",
                    "send indices and keep the array in shared memory (multiprocessing.shared_memory), or use threads over"
                    " compiled code, which share it anyway",
                )
    return None


def _sent(facts: Facts, statement: Statement, call: ast.Call) -> list[Seen]:
    """The arrays in what a call hands on, and in the lists of jobs among that, which were made before."""
    names = _given(call.args)
    made = [one for one in facts.in_python() if one.function is statement.function and one.targets & names]
    listed = [(one, _given([one.node.value])) for one in made if isinstance(one.node, ast.Assign)]
    found = (seen for line, given in ((statement, names), *listed) for name in sorted(given) for seen in facts.seen(line, name))
    return [one for one in found if one.sort is Sort.ARRAY]


def _given(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names whose values are handed on with these expressions, whole: not those of which a part is, or only the length."""
    found: set[str] = set()
    for node in nodes:
        match node:
            case ast.Subscript() | ast.Call(func=ast.Name(id="len" | "range")) | ast.Attribute(attr="shape" | "size"):
                continue
            case ast.Name(id=name):
                found.add(name)
            case _:
                found |= _given(ast.iter_child_nodes(node))
    return frozenset(found)


def process_startup(facts: Facts) -> Finding | None:
    """Processes are started in every call."""
    waiting, share = _waiting(facts, _PROCESSES)
    if waiting is None:
        return None
    return facts.finding(
        Cause.PROCESS_STARTUP,
        waiting,
        share,
        f"processes are started and ended in each call: {share:.0%} of the time passes in that and in waiting for them",
        "do it in one process first, vectorised or compiled; where processes are worth it, start them once for many calls",
    )


def _waiting(facts: Facts, kinds: tuple[str, ...]) -> tuple[Statement | None, float]:
    """The hottest line of a function that starts such workers, in which it waits for them; and the share of all such lines."""
    starting = {one.function for one in facts.in_python() if any(name.startswith(kinds) for name, _ in one.calls())}
    lines = [one for one in facts.in_python() if one.function in starting and _waits(one, kinds)]
    share = min(1.0, sum(map(facts.share, lines)))
    if not lines or share < LEAST_SHARE:
        return None, 0.0
    return max(lines, key=facts.share), share


def _waits(statement: Statement, kinds: tuple[str, ...]) -> bool:
    named = [name for name, _ in statement.calls()]
    waits = {
        ".result",
        ".join",
        ".get",
        ".recv",
        ".close",
        ".shutdown",
        ".start",
        "concurrent.futures.wait",
        "concurrent.futures.as_completed",
    }
    return isinstance(statement.node, ast.With) or any(
        name.startswith(kinds) or name in waits or name in _HANDING for name in named
    )


def _runs_python(facts: Facts) -> bool:
    """Whether a function that is handed to workers holds the interpreter: a loop of its own, or compiled code that keeps it."""
    handed: set[str] = set()
    for statement in facts.in_python():
        for name, call in statement.calls():
            if name in _HANDING or name.startswith(_THREADS):
                given = [*call.args, *(one.value for one in call.keywords)]
                handed |= {one for argument in given for one in names_in(argument)}
    functions = [one for one in facts.program.functions if one.name in handed]
    called = {name for one in functions for name in names_in(one.node)}
    functions += [one for one in facts.program.functions if one.name in called and one.is_compiled]
    return any(not _lets_go(one) if one.is_compiled else _loops(one.node) for one in functions)


def _lets_go(function: Function) -> bool:
    """Whether compiled code lets other threads run Python meanwhile."""
    options = function.compiler.keywords if isinstance(function.compiler, ast.Call) else []
    return any(one.arg == "nogil" and isinstance(one.value, ast.Constant) and one.value.value is True for one in options)


def _loops(node: ast.AST) -> bool:
    loops = ast.For | ast.While | ast.ListComp | ast.GeneratorExp
    return any(isinstance(one, loops) for one in ast.walk(node))


def _workers(facts: Facts) -> int:
    """The most workers that are asked for by a number, or by the name of one."""
    found = [0]
    constants = {
        name: one.node.value for one in facts.in_python() if isinstance(one.node, ast.Assign) for name in sorted(one.targets)
    }
    for statement in facts.in_python():
        for name, call in statement.calls():
            if not name.startswith((*_THREADS, *_PROCESSES)):
                continue
            given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in {"max_workers", "processes"})]
            numbers = [constants.get(one.id) if isinstance(one, ast.Name) else one for one in given]
            found += [one.value for one in numbers if isinstance(one, ast.Constant) and isinstance(one.value, int)]
    return max(found)
