"""Rules about memory: what is copied, what is made too large, and in which order it is gone through."""

import ast
from collections.abc import Iterator

from grader.advice.arrays import TRANSFORMS, Value, temporaries
from grader.advice.code import Loop, Statement, names_changed, names_in, names_stored, words
from grader.advice.facts import LEAST_SHARE, SHOWN_CHARACTERS, Facts
from grader.advice.finding import Cause, Finding
from grader.execution.line_looks import Seen, Sort
from grader.text import shortened_name
from grader.units import memory_text

_READERS = words("len abs sum enumerate zip range min max")
_JOINERS = words("append concatenate vstack hstack stack column_stack row_stack insert delete r_ c_")
_MAKERS = words("array asarray vstack hstack stack concatenate column_stack fromiter")
_LARGE_BYTES = 8_000_000
"""More than a core's own caches hold."""
_SMALL_BYTES = 200_000
"""Less stays in a cache, whatever the order."""
_RAISED = 2
"""So many times what it is made of, and a temporary is more than one more copy."""
_SHORT_AXIS = 16
_COMPILED_SHARE = 0.25
"""Of the work as Python, from which on a compiled line is spoken of: where its time really goes is a guess."""
_REDUCTIONS = words("sum mean prod max min any all dot vdot inner count_nonzero std var")


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
        grows = f", from {_shape(sizes[0])} to {_shape(sizes[-1])} while it was looked at" if len(sizes) > 1 else ""
        return facts.finding(
            Cause.GROWING_IN_LOOP,
            statement,
            facts.share(statement),
            f"`{joined}` is copied as a whole to get longer{grows}: the line {facts.each(statement)},"
            f" {facts.share(statement):.0%} of the time",
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
        case _:
            return None


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(f"{size:,}" for size in shape)


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
    for statement in facts.in_python():
        largest = _raised(facts, statement)
        if largest is None or largest.size_bytes is None:
            continue
        using = [one for one in facts.in_python() if one.function is statement.function and _uses(one, statement)]
        every = list(dict.fromkeys([statement, *using]))
        share = min(1.0, sum(map(facts.share, every)))
        if share < LEAST_SHARE:
            continue
        shape = "×".join(f"{size:,}" for size in largest.shape or () if size is not None)
        return facts.finding(
            Cause.LARGE_TEMPORARIES,
            max(every, key=facts.share),
            share,
            f"an intermediate array of {shape} numbers takes {memory_text(largest.size_bytes)}, far beyond the caches:"
            f" {share:.0%} of the time passes where it is made and read again",
            "go through it in batches of rows that fit a cache (some 100,000 numbers), or let a product of matrices do the sum",
        )
    return None


def _raised(facts: Facts, statement: Statement) -> Value | None:
    """The largest array that is made on a line, where it is many times what it is made of."""
    lookup = facts.lookup(statement)
    found = [
        value
        for expression in statement.expressions
        for value in temporaries(expression, statement.function, lookup)
        if (value.size_bytes or 0) >= _LARGE_BYTES
    ]
    largest = max(found, key=lambda value: value.size_bytes or 0, default=None)
    read = [lookup(name) for name in sorted(statement.read)]
    spans = [seen.span_bytes for seen in read if seen is not None and seen.sort is Sort.ARRAY and not _is_index(seen)]
    if largest is None or largest.size_bytes is None or not spans or largest.size_bytes < _RAISED * max(spans):
        return None
    return largest


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
            share = facts.share(statement)
            return facts.finding(
                Cause.NEEDLESS_COPY,
                statement,
                share,
                f"`{ast.unparse(call)}` makes a copy{size} each time: the line {facts.each(statement)}, {share:.0%} of the time",
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
        if value is not None and value.is_array and not value.is_new and not any(one.arg == "dtype" for one in call.keywords):
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


def _is_handed_on(facts: Facts, statement: Statement) -> bool:
    """Whether the copy goes to something that may change it: a function of the submission's own, or one that shuffles."""
    for one in facts.program.statements:
        if one.function is not statement.function:
            continue
        for name, call in one.calls():
            given = frozenset().union(*map(names_in, call.args)) & statement.targets
            if (
                given
                and not name.startswith(("numpy.", "scipy."))
                and name not in {"len", "abs", "sum", "enumerate", "zip", "range"}
            ):
                return True
            if given and name.startswith("numpy.random"):
                return True
    return False


def memory_order(facts: Facts) -> Finding | None:
    """A large array is gone through down its columns, though its rows lie together."""
    for statement in facts.hot_in_python():
        for node in statement.walk():
            seen = _strided(facts, statement, node) if isinstance(node, ast.Subscript) else None
            if seen is None:
                continue
            is_reduced = _reduces(statement, node)
            across = "column" if seen.c_order else "row"
            share = facts.share(statement)
            return facts.finding(
                Cause.STRIDED_REDUCTION if is_reduced else Cause.MEMORY_ORDER,
                statement,
                share,
                f"`{ast.unparse(node)}` takes one number from each {'row' if seen.c_order else 'column'} of {_shape(seen.shape)},"
                f" {memory_text(seen.size_bytes)} in all: the line {facts.each(statement)}, {share:.0%} of the time",
                f"keep the array the other way round, so that each {across} lies together, and transpose the result (`.T` is free)",
            )
    return None


def _strided(facts: Facts, statement: Statement, node: ast.AST) -> Seen | None:
    """The large array of which a subscript takes a slice along the axis with the longest steps, by the variable of a loop."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=[*_, first, last])):
            pass
        case _:
            return None
    variables = frozenset().union(*(names_stored(loop.target) for loop in statement.loops if isinstance(loop, ast.For)))
    seen = max(facts.seen(statement, name), key=lambda one: one.looks, default=None)
    if seen is None or seen.sort is not Sort.ARRAY or len(seen.shape) < 2 or seen.size_bytes < _SMALL_BYTES:  # noqa: PLR2004
        return None
    down = isinstance(first, ast.Slice) and bool(names_in(last) & variables) and not isinstance(last, ast.Slice)
    along = isinstance(last, ast.Slice) and bool(names_in(first) & variables) and not isinstance(first, ast.Slice)
    is_strided = (down and seen.c_order and not seen.fortran_order) or (along and seen.fortran_order and not seen.c_order)
    return seen if is_strided and min(seen.shape[-2:]) > 1 else None


def _reduces(statement: Statement, node: ast.AST) -> bool:
    """Whether a sum or a product is taken over just this."""
    for name, call in statement.calls():
        if name.split(".")[-1] in _REDUCTIONS and (node in call.args or getattr(call.func, "value", None) is node):
            return True
    products = (one for one in statement.walk() if isinstance(one, ast.BinOp) and isinstance(one.op, ast.MatMult))
    return any(node in (one.left, one.right) for one in products)


def memory_order_compiled(facts: Facts) -> Finding | None:
    """The innermost compiled loop goes down the columns of an array."""
    for statement in facts.hot_in_compiled():
        if facts.share(statement) < _COMPILED_SHARE or not statement.loops or statement.node in statement.loops:
            continue
        for node in statement.walk():
            found = _jumps(facts, statement, node)
            if found is None:
                continue
            variable, seen = found
            share = facts.share(statement)
            return facts.finding(
                Cause.MEMORY_ORDER,
                statement,
                share,
                f"`{ast.unparse(node)}` moves to another row with each `{variable}`, of {_shape(seen.shape)} in the run as"
                f" Python: each number comes from another cache line; the line is {share:.0%} of the work",
                f"put the loop over `{variable}` outside and the one over the last index inside, so that neighbours are used"
                " one after the other",
            )
    return None


def _jumps(facts: Facts, statement: Statement, node: ast.AST) -> tuple[str, Seen] | None:
    """The innermost loop's variable, where it is in another index of an array than the one along which neighbours lie."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=[*others, last])):
            pass
        case _:
            return None
    innermost = statement.loops[-1]
    if not isinstance(innermost, ast.For):
        return None
    variables = names_stored(innermost.target)
    first = others[0] if others else last
    seen = max(facts.seen(statement, name), key=lambda one: one.looks, default=None)
    if seen is None or seen.sort is not Sort.ARRAY or min(seen.shape[-2:], default=0) <= 1:
        return None
    jumping, near = (others, [last]) if not seen.fortran_order else ([last], [first])
    found = frozenset().union(*map(names_in, jumping)) & variables
    if not found or frozenset().union(*map(names_in, near)) & variables:
        return None
    return min(found), seen


def strided_reduction(facts: Facts) -> Finding | None:
    """A sum over a short last axis: a loop of a few steps is started for each number of the result."""
    for statement in facts.hot_in_python():
        for name, call in statement.calls():
            reduced = _reduced(call, name)
            value = None if reduced is None else facts.value(reduced, statement)
            axis = _axis(call)
            if value is None or axis is None or not value.shape or not value.is_array:
                continue
            length = value.shape[axis] if -len(value.shape) <= axis < len(value.shape) else None
            is_last = axis in {-1, len(value.shape) - 1}
            if not is_last or length is None or length > _SHORT_AXIS or len(value.shape) < 2:  # noqa: PLR2004 -- an axis of several
                continue
            if value.size is not None and value.size < _SMALL_BYTES // 8:
                continue
            share = facts.share(statement)
            return facts.finding(
                Cause.STRIDED_REDUCTION,
                statement,
                share,
                f"`{shortened_name(ast.unparse(call), SHOWN_CHARACTERS)}` adds up {length} neighbours at a time, of {_shape_of(value)}:"
                f" the line {facts.each(statement)}, {share:.0%} of the time",
                "put the short axis first and sum over axis 0, or add the parts up one after the other: whole rows at a time",
            )
    return None


def transform_along_columns(facts: Facts) -> Finding | None:
    """A Fourier transform along an axis whose numbers lie far apart."""
    for statement in facts.hot_in_python():
        for name, call in statement.calls():
            last = name.split(".")[-1]
            value = facts.value(call.args[0], statement) if call.args else None
            axis = _axis(call)
            is_transform = "fft" in name and last in TRANSFORMS
            if not is_transform or value is None or axis != 0 or not value.shape or len(value.shape) < 2:  # noqa: PLR2004
                continue
            share = facts.share(statement)
            return facts.finding(
                Cause.MEMORY_ORDER,
                statement,
                share,
                f"`{shortened_name(ast.unparse(call), SHOWN_CHARACTERS)}` transforms columns, whose numbers lie a row apart: the line"
                f" {facts.each(statement)}, {share:.0%} of the time",
                "keep what is transformed in rows (axis=-1), and transpose the result",
            )
    return None


def _reduced(call: ast.Call, name: str) -> ast.expr | None:
    last = name.split(".")[-1]
    if last not in _REDUCTIONS:
        return None
    if name.startswith("numpy."):
        return call.args[0] if call.args else None
    return call.func.value if name.startswith(".") and isinstance(call.func, ast.Attribute) else None


def _axis(call: ast.Call) -> int | None:
    for one in call.keywords:
        match one:
            case ast.keyword(arg="axis", value=ast.Constant(value=int(axis))):
                return axis
            case ast.keyword(arg="axis", value=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(axis)))):
                return -axis
            case _:
                continue
    return None


def _shape_of(value: Value) -> str:
    return "×".join("?" if size is None else f"{size:,}" for size in value.shape or ())
