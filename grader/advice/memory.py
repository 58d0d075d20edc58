"""Rules about memory that is taken for nothing: what grows by copies, what is copied, what is made too large."""

import ast
from collections.abc import Iterator

from grader.advice.arrays import Value, temporaries
from grader.advice.code import Loop, Statement, names_changed, names_in, names_stored, words
from grader.advice.facts import LEAST_SHARE, Facts, shape_text, shown
from grader.advice.finding import Cause, Finding
from grader.advice.repeated import has_effects, share_of
from grader.execution.line_looks import Seen, Sort
from grader.units import memory_text

_READERS = words("len abs sum enumerate zip range min max")
_JOINERS = words("append concatenate vstack hstack stack column_stack row_stack insert delete pad resize")
_MAKERS = words("array asarray vstack hstack stack concatenate column_stack fromiter")
_CACHE_BYTES = 3_000_000
"""What a core's own caches hold, where the machine does not tell."""
_RAISED = 2
"""So many times what it is made of, and a temporary is more than one more copy."""


def growing_in_loop(facts: Facts) -> Finding | None:
    """An array is made anew for each step, with everything that it held before."""
    for statement in facts.hot_in_python():
        node = statement.node
        if not statement.loops or not isinstance(node, ast.Assign | ast.AugAssign):
            continue
        joined = _joined(statement, node)
        if joined is None:
            continue
        sizes = sorted({seen.shape for seen in facts.seen(statement, joined)})
        grows = f", from {shape_text(sizes[0])} to {shape_text(sizes[-1])} while it was looked at" if len(sizes) > 1 else ""
        return facts.finding(
            Cause.GROWING_IN_LOOP,
            statement,
            facts.share(statement),
            f"`{joined}` is copied as a whole to get longer{grows}: the {facts.told(statement)}",
            f"make `{joined}` once at its full size with np.empty and fill its rows, or collect them in a list",
        )
    return None


def _joined(statement: Statement, node: ast.Assign | ast.AugAssign) -> str | None:
    """The variable that gets a longer copy of itself."""
    targets = sorted(statement.targets)
    if isinstance(node, ast.AugAssign):
        grows = isinstance(node.op, ast.Add) and isinstance(node.value, ast.Tuple)
        return targets[0] if targets and grows else None
    for name, call in statement.calls():
        if name.startswith("numpy.") and name.split(".")[-1] in _JOINERS:
            own = [one for one in targets if any(one in names_in(argument) for argument in call.args)]
            if own:
                return own[0]
    value = node.value
    if isinstance(value, ast.Subscript) and statement.function.name_of(value.value) in {"numpy.r_", "numpy.c_"}:
        return next((one for one in targets if one in names_in(value.slice)), None)
    match value:
        case ast.BinOp(op=ast.Add(), left=ast.Name(id=name), right=ast.List() | ast.Tuple()) if name in targets:
            return name
        case ast.List(elts=[ast.Starred(value=ast.Name(id=name)), *_]) if name in targets:
            return name
        case _:
            return None


def append_then_array(facts: Facts) -> Finding | None:
    """Numbers go into a list one by one, and from it into an array."""
    for statement in facts.in_python():
        for name, call in statement.calls():
            if not name.startswith("numpy.") or name.split(".")[-1] not in _MAKERS or not call.args:
                continue
            listed = _list_of(facts, statement, call.args[0])
            appends = [
                one for one in facts.in_python() if listed and one.function is statement.function and _appends(one, listed)
            ]
            every = [statement, *appends]
            share = min(1.0, sum(map(facts.share, every)))
            if not appends or share < LEAST_SHARE:
                continue
            length = max((seen.shape[0] for seen in facts.seen(statement, listed or "") if seen.shape), default=0)
            return facts.finding(
                Cause.APPEND_THEN_ARRAY,
                max(every, key=facts.share),
                share,
                f"`{listed}` takes {length:,} values as Python's objects before they become an array: {share:.0%} of the time",
                "make the array first, np.empty of the full size, and write each value or row into its place",
            )
    return None


def _list_of(facts: Facts, statement: Statement, node: ast.expr) -> str | None:
    """The list that a call makes an array of."""
    if not isinstance(node, ast.Name):
        return None
    return node.id if any(seen.sort is Sort.SEQUENCE for seen in facts.seen(statement, node.id)) else None


def _appends(statement: Statement, listed: str) -> bool:
    return bool(statement.loops) and any(
        name in {".append", ".extend"} and isinstance(call.func, ast.Attribute) and names_in(call.func.value) == {listed}
        for name, call in statement.calls()
    )


def large_temporaries(facts: Facts) -> Finding | None:
    """An intermediate result is many times as large as what it is made of, and as the caches."""
    for statement in facts.hot_in_python():
        largest = _raised(facts, statement)
        if largest is None or largest.size_bytes is None:
            continue
        using = [one for one in facts.in_python() if one.function is statement.function and _uses(one, statement)]
        every = list(dict.fromkeys([statement, *using]))
        share = min(1.0, sum(map(facts.share, every)))
        return facts.finding(
            Cause.LARGE_TEMPORARIES,
            max(every, key=facts.share),
            share,
            f"an intermediate array of {shape_text(largest.shape or ())} numbers takes {memory_text(largest.size_bytes)},"
            f" and {_cache_text(facts)}: {share:.0%} of the time passes where it is made and read again",
            "go through it in batches of rows that fit a cache (some 100,000 numbers), or let a product of matrices do the sum",
        )
    return None


def _cache_bytes(facts: Facts) -> int:
    """What fits the caches that a core has to itself."""
    return facts.hardware.cache_bytes or _CACHE_BYTES


def _cache_text(facts: Facts) -> str:
    known = facts.hardware.cache_bytes
    return "a core's own caches hold less" if known is None else f"the cache of a core holds {memory_text(known)}"


def _raised(facts: Facts, statement: Statement) -> Value | None:
    """The largest array that is made on a line, where it is many times what it is made of, and more than the caches hold."""
    lookup, large_bytes = facts.lookup(statement), _cache_bytes(facts)
    found = [
        value
        for expression in statement.expressions
        for value in temporaries(expression, statement.function, lookup)
        if (value.size_bytes or 0) > large_bytes
    ]
    found += [value for name in sorted(statement.targets) if (value := _made(lookup(name), large_bytes)) is not None]
    largest = max(found, key=lambda value: value.size_bytes or 0, default=None)
    read = [lookup(name) for name in sorted(statement.read)]
    spans = [seen.span_bytes for seen in read if seen is not None and seen.sort is Sort.ARRAY and not _is_index(seen)]
    if largest is None or largest.size_bytes is None or not spans or largest.size_bytes < _RAISED * max(spans):
        return None
    return largest


def _made(seen: Seen | None, large_bytes: int) -> Value | None:
    """The large array that a line leaves in a variable: no view of another one."""
    if seen is None or seen.sort is not Sort.ARRAY or not large_bytes < seen.size_bytes <= seen.span_bytes:
        return None
    return Value(seen.sort, seen.dtype, seen.shape, is_new=True)


def _is_index(seen: Seen) -> bool:
    return seen.dtype is not None and seen.dtype.kind in "iu" and len(seen.shape) > 1


def _uses(statement: Statement, maker: Statement) -> bool:
    return bool(maker.targets & statement.read)


def needless_copy(facts: Facts) -> Finding | None:
    """An array is copied, and neither the copy nor the original is changed afterwards."""
    for statement in facts.hot_in_python():
        for call, copied in _copies(facts, statement):
            changed = _changed_in_place(facts, statement)
            if names_in(copied) & changed or statement.targets & changed or _is_handed_on(facts, statement):
                continue
            value = facts.value(copied, statement)
            size = "" if value is None or not value.size_bytes else f" of {memory_text(value.size_bytes)}"
            share = share_of(facts, statement, call)
            if share < LEAST_SHARE:
                continue
            return facts.finding(
                Cause.NEEDLESS_COPY,
                statement,
                share,
                f"`{shown(call)}` makes a copy{size} each time: the {facts.told(statement)}",
                "work with the array itself: a slice is a view, and what is only read needs no copy",
            )
    return None


def _copies(facts: Facts, statement: Statement) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Calls that copy a whole array as it is, with what they copy."""
    for name, call in statement.calls():
        if name in {".copy", ".flatten"} and isinstance(call.func, ast.Attribute):
            copied = call.func.value
        elif name in {"numpy.copy", "numpy.array", "copy.copy", "copy.deepcopy"} and call.args:
            copied = call.args[0]
        elif name == ".astype" and isinstance(call.func, ast.Attribute):
            copied = call.func.value
            before, after = facts.value(copied, statement), facts.value(call, statement)
            if before is None or after is None or before.dtype is None or before.dtype != after.dtype:
                continue
        else:
            continue
        value = facts.value(copied, statement)
        if value is not None and value.is_array and not any(one.arg == "dtype" for one in call.keywords):
            yield call, copied


def _changed_in_place(facts: Facts, statement: Statement) -> frozenset[str]:
    """The variables of the function whose contents change."""
    own = (one for one in facts.program.statements if one.function is statement.function)
    changed = (
        names_changed(one.node) - (frozenset() if isinstance(one.node, ast.AugAssign) else names_stored(one.node))
        for one in own
        if not isinstance(one.node, Loop | ast.If | ast.With | ast.Try)
    )
    return frozenset().union(*changed)


def _only_reads(facts: Facts, name: str, call: ast.Call) -> bool:
    """Whether a call surely leaves what it is given as it is."""
    if isinstance(call.func, ast.Name) and facts.program.function_named(call.func.id) is not None:
        return not has_effects(facts, call.func.id)
    return name in _READERS or (name.startswith(("numpy.", "scipy.")) and not name.startswith("numpy.random"))


def _is_handed_on(facts: Facts, statement: Statement) -> bool:
    """Whether the copy goes to something that may change it: a function of the submission's own, or one that shuffles."""
    for one in facts.program.statements:
        if one.function is not statement.function:
            continue
        for name, call in one.calls():
            given = frozenset().union(*map(names_in, call.args)) & statement.targets
            if given and not _only_reads(facts, name, call):
                return True
    return False
