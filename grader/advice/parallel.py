"""Rules about threads and processes: what waits for the others, and what it costs to start and to feed them."""

import ast
import operator
from collections.abc import Callable, Iterable

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
_MANY_A_CORE = 2
"""More workers for each core are too many."""
_BUSY = 0.75
"""Of the cores that workers can use: where so much is at work, they do what they were started for."""
_ONE_AT_A_TIME, _AT_ONCE = 0.85, 1.3
"""Cores at work: between these, threads wait for each other's interpreter; below, something else had the cores."""
_STARTING_SHARE = 0.25
"""Of the time, from which on starting and ending processes costs too much, however busy the cores are with it."""
_SHORT_PIECE_S = 1e-3
"""A piece of work that takes less is not worth to be handed to another thread, which costs some 50 µs."""
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
        f"{share:.0%} of the time passes in threads that run Python's own loops, one at a time: {_at_work(facts)}",
        "make the loop itself fast first (NumPy, or @njit); threads help where the work is compiled and lets go of the"
        " interpreter: @njit(nogil=True), or prange with @njit(parallel=True)",
    )


def _at_work(facts: Facts) -> str:
    """`1.0 of 2 cores were at work`."""
    were = "was" if facts.hardware.cores == 1 else "were"
    return f"{facts.profile.times.cores_at_work:.1f} of {_cores_text(facts)} {were} at work"


def _cores_text(facts: Facts) -> str:
    cores = facts.hardware.cores
    return "1 core" if cores == 1 else f"{cores} cores"


def oversubscription(facts: Facts) -> Finding | None:
    """Many more workers than cores."""
    waiting, share = _waiting(facts, (*_THREADS, *_PROCESSES))
    workers = most_workers(facts)
    if waiting is None or not _is_many(facts, workers):
        return None
    if _waiting(facts, _THREADS)[0] is not None and _runs_python(facts):
        return None  # as few threads as there are cores would still run one at a time
    piece_s = (facts.hit_s(waiting) or 0.0) * facts.hardware.cores / workers
    if _keeps_busy(facts, facts.hardware.cores) and piece_s >= _SHORT_PIECE_S:
        return None  # they take turns, and nothing waits for that
    return _too_many(facts, waiting, share, workers, f"waiting for them is {share:.0%} of the time")


def library_threads(facts: Facts) -> Finding | None:
    """A library is told to use many more threads than there are cores."""
    asked = facts.profile.times.threads - 1  # the main one only waits
    share = max(facts.compiled_share, facts.profile.split.native)
    for statement in facts.in_python():
        for name, call in statement.calls():
            if not name.endswith(_THREAD_SETTERS) or share < LEAST_SHARE:
                continue
            given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in {"n", "limits"})]
            workers = max([asked, *(_number(facts, one, statement.function) or 0 for one in given)])
            if _is_many(facts, workers):
                return _too_many(facts, statement, share, workers, f"{share:.0%} of the time passes in compiled code")
    return None


_THREAD_SETTERS = ("set_num_threads", "threadpoolctl.threadpool_limits")


def _is_many(facts: Facts, workers: int) -> bool:
    return workers > _MANY_A_CORE * facts.hardware.cores


def _too_many(facts: Facts, statement: Statement, share: float, workers: int, waited: str) -> Finding:
    return facts.finding(
        Cause.OVERSUBSCRIPTION,
        statement,
        share,
        f"{workers} workers share {_cores_text(facts)}: {_at_work(facts)}, and {waited}",
        "as many workers as there are cores for the task, each with a large piece of the work"
        if facts.hardware.cores > 1
        else "the task has one core: do the work in the function itself, without workers",
    )


def _keeps_busy(facts: Facts, cores: int) -> bool:
    """Whether several cores are at work, as far as so many can be."""
    return cores > 1 and facts.profile.times.cores_at_work >= _BUSY * cores


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
    """Processes are started in every call, and that costs more than they gain."""
    waiting, share = _waiting(facts, _PROCESSES)
    if waiting is None:
        return None
    cores = facts.hardware.cores
    lines = [one for one in _waiting_lines(facts, _PROCESSES) if _starts(one, _PROCESSES) or _ends(one)]
    starting = min(1.0, sum(map(facts.share, lines)))
    if _keeps_busy(facts, min(cores, most_workers(facts) or cores)) and starting < _STARTING_SHARE:
        return None
    return facts.finding(
        Cause.PROCESS_STARTUP,
        waiting,
        share,
        f"processes are started and ended in each call: {starting:.0%} of the time passes in that,"
        f" {share - starting:.0%} in waiting for them; {_at_work(facts)}",
        "do it in one process first, vectorised or compiled; where processes are worth it, start them once for many calls",
    )


def _starts(statement: Statement, kinds: tuple[str, ...]) -> bool:
    return any(name.startswith(kinds) or name == ".start" for name, _ in statement.calls())


def _ends(statement: Statement) -> bool:
    return any(name in {".close", ".shutdown", ".terminate"} for name, _ in statement.calls())


def _waiting(facts: Facts, kinds: tuple[str, ...]) -> tuple[Statement | None, float]:
    """The hottest line of a function that starts such workers, in which it waits for them; and the share of all such lines."""
    lines = _waiting_lines(facts, kinds)
    share = min(1.0, sum(map(facts.share, lines)))
    if not lines or share < LEAST_SHARE:
        return None, 0.0
    return max(lines, key=facts.share), share


def _waiting_lines(facts: Facts, kinds: tuple[str, ...]) -> list[Statement]:
    """Those of functions that start such workers in this very call: not those that have some from an earlier one."""
    named = {one.function for one in facts.in_python() if any(name.startswith(kinds) for name, _ in one.calls())}
    starting = {one.function for one in facts.in_python() if _starts(one, kinds) and _ran(facts, one)} & named
    return [one for one in facts.in_python() if one.function in starting and _waits(one, kinds)]


def is_for_workers(facts: Facts, statement: Statement) -> bool:
    """Whether a line starts workers, hands them their work, or waits for it: its time is theirs."""
    if any(name in {*_HANDING, ".result"} for name, _ in statement.calls()):
        return True
    return statement in _waiting_lines(facts, (*_THREADS, *_PROCESSES))


def _ran(facts: Facts, statement: Statement) -> bool:
    return facts.hits(statement) > 0 or facts.time_s(statement) > 0  # of some lines it is not known how often


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
    """Whether a function that is handed to workers holds the interpreter: a loop of its own, or compiled code that keeps it.

    Where several cores are at work, none does. Of a loop that calls NumPy, which lets go of the interpreter for large arrays,
    only that tells.
    """
    at_work = facts.profile.times.cores_at_work
    if at_work >= _AT_ONCE:
        return False
    is_measured = facts.hardware.cores > 1 and at_work >= _ONE_AT_A_TIME
    handed: set[str] = set()
    for statement in facts.in_python():
        for name, call in statement.calls():
            if name in _HANDING or name.startswith(_THREADS):
                given = [*call.args, *(one.value for one in call.keywords)]
                handed |= {one for argument in given for one in names_in(argument)}
    functions = [one for one in facts.program.functions if one.name in handed]
    called = {name for one in functions for name in names_in(one.node)}
    functions += [one for one in facts.program.functions if one.name in called and one.is_compiled]
    return any(
        not _lets_go(one) if one.is_compiled else _loops(one) and (is_measured or not _calls_numpy(one)) for one in functions
    )


def _lets_go(function: Function) -> bool:
    """Whether compiled code lets other threads run Python meanwhile."""
    options = function.compiler.keywords if isinstance(function.compiler, ast.Call) else []
    return any(one.arg == "nogil" and isinstance(one.value, ast.Constant) and one.value.value is True for one in options)


def _loops(function: Function) -> bool:
    loops = ast.For | ast.While | ast.ListComp | ast.GeneratorExp
    return any(isinstance(one, loops) for one in ast.walk(function.node))


def _calls_numpy(function: Function) -> bool:
    names = (function.name_of(one.func) for one in ast.walk(function.node) if isinstance(one, ast.Call))
    return any(name.startswith(("numpy.", "scipy.")) for name in names)


def most_workers(facts: Facts) -> int:
    """The most workers that are asked for at once, as far as the program's text tells; 0 where it does not."""
    found = [0]
    for statement in facts.in_python():
        for name, call in statement.calls():
            if not name.startswith((*_THREADS, *_PROCESSES)):
                continue
            given = [*call.args[:1], *(one.value for one in call.keywords if one.arg in {"max_workers", "processes"})]
            if not given and name.startswith(_AS_MANY_AS_CORES):
                found.append(facts.hardware.all_cores)
            found += [number for one in given if (number := _number(facts, one, statement.function)) is not None]
    return max(found)


_AS_MANY_AS_CORES = ("multiprocessing.Pool", "multiprocessing.pool.Pool", "concurrent.futures.ProcessPoolExecutor")
"""Where nobody says how many workers there are to be, there is one for each core of the machine."""
_MOST_STEPS = 20


def _number(facts: Facts, node: ast.expr | None, function: Function, steps: int = _MOST_STEPS) -> int | None:  # noqa: PLR0911 -- one case a kind of node
    """What an expression of numbers, names of numbers, and counts of cores comes to."""

    def number(inner: ast.expr | None) -> int | None:
        return _number(facts, inner, function, steps - 1)

    if steps == 0:
        return None
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.Name(id=name):
            given = (one.node for one in facts.in_python() if name in one.targets)
            return next((number(one.value) for one in given if isinstance(one, ast.Assign | ast.AnnAssign)), None)
        case ast.BoolOp(op=ast.Or(), values=[first, *_]):
            return number(first)
        case ast.BinOp(left=left, op=kind, right=right) if type(kind) in _ARITHMETIC:
            both = number(left), number(right)
            return None if None in both else _ARITHMETIC[type(kind)](*both)
        case ast.Call(func=ast.Name(id="len"), args=[ast.Call(func=called)]) if (
            function.name_of(called) == "os.sched_getaffinity"
        ):
            return facts.hardware.cores
        case ast.Call(func=called):
            counts = {
                "os.cpu_count": facts.hardware.all_cores,
                "multiprocessing.cpu_count": facts.hardware.all_cores,
                "os.process_cpu_count": facts.hardware.cores,
            }
            return counts.get(function.name_of(called))
        case _:
            return None


_ARITHMETIC: dict[type[ast.operator], Callable[..., int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda left, right: left // max(right, 1),
}
