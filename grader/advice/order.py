"""Rules about the order in which memory is gone through: along rows, whose numbers lie together, or across them."""

import ast

from grader.advice.arrays import TRANSFORMS
from grader.advice.code import Statement, names_in, names_stored, words
from grader.advice.facts import COMPILED_SHARE, LEAST_SHARE, Facts, shape_text, shown
from grader.advice.finding import Cause, Finding
from grader.execution.line_looks import Seen, Sort
from grader.units import memory_text

_SMALL_BYTES = 200_000
"""Less stays in a cache, whatever the order."""
_SHORT_AXIS, _FEW_NUMBERS = 16, 4096
_REDUCTIONS = words("sum mean prod max min any all dot vdot inner count_nonzero std var norm")


def memory_order(facts: Facts) -> Finding | None:
    """A large array is gone through down its columns, though its rows lie together."""
    for statement in facts.in_python():
        for node in statement.walk():
            seen = _strided(facts, statement, node)
            if seen is None:
                continue
            converting = facts.converting_share if _is_turned(facts, statement, seen.name) else 0.0
            share = min(1.0, facts.share(statement) + converting)
            if share < LEAST_SHARE:
                continue
            one, other = ("row", "column") if seen.c_order else ("column", "row")
            turned = f", and {converting:.0%} goes into turning what is returned into rows" if converting >= LEAST_SHARE else ""
            return facts.finding(
                Cause.STRIDED_REDUCTION if _reduces(statement, node) else Cause.MEMORY_ORDER,
                statement,
                share,
                f"`{shown(node)}` takes one number from each {one} of {shape_text(seen.shape)},"
                f" {memory_text(seen.size_bytes)} in all: the {facts.told(statement)}{turned}",
                f"keep the array the other way round, so that each {other} lies together in memory",
            )
    return None


def _is_turned(facts: Facts, statement: Statement, name: str) -> bool:
    """Whether an array is returned with its axes the other way round."""
    returns = (one for one in facts.in_python() if one.function is statement.function and isinstance(one.node, ast.Return))
    turns = (node for one in returns for node in one.walk() if isinstance(node, ast.Attribute | ast.Call))
    return any(
        names_in(node) >= {name} and ast.unparse(node).endswith((".T", ".transpose()", ".swapaxes(0, 1)")) for node in turns
    )


def _strided(facts: Facts, statement: Statement, node: ast.AST) -> Seen | None:
    """The large array of which a subscript takes a slice along the axis with the longest steps, by the variable of a loop."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=[*_, first, last])):
            pass
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Name() as first):
            last = ast.Slice()  # the rest of the row
        case _:
            return None
    variables = frozenset().union(*(names_stored(loop.target) for loop in statement.loops if isinstance(loop, ast.For)))
    seen = max(facts.seen(statement, name), key=lambda one: one.looks, default=None)
    if seen is None or seen.sort is not Sort.ARRAY or len(seen.shape) < 2 or seen.size_bytes < _SMALL_BYTES:  # noqa: PLR2004 -- rows
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
        if facts.share(statement) < COMPILED_SHARE or not statement.loops or statement.node in statement.loops:
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
                f"`{shown(node)}` moves to another row with each `{variable}`, of {shape_text(seen.shape)} in the run as"
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
            axis = _axis(call, 0 if name.startswith(".") else 1)
            if value is None or axis is None or not value.shape or not value.is_array:
                continue
            length = value.shape[axis] if -len(value.shape) <= axis < len(value.shape) else None
            is_last = axis in {-1, len(value.shape) - 1}
            if not is_last or length is None or length > _SHORT_AXIS or len(value.shape) < 2:  # noqa: PLR2004 -- an axis of several
                continue
            if value.size is not None and value.size < _FEW_NUMBERS:
                continue
            share = facts.share(statement)
            return facts.finding(
                Cause.STRIDED_REDUCTION,
                statement,
                share,
                f"`{shown(call)}` adds up {length} neighbours at a time, of {shape_text(value.shape or ())}:"
                f" the {facts.told(statement)}",
                "put the short axis first and sum over axis 0, or add the parts up one after the other: whole rows at a time",
            )
    return None


def transform_along_columns(facts: Facts) -> Finding | None:
    """A Fourier transform along an axis whose numbers lie far apart."""
    for statement in facts.hot_in_python():
        for name, call in statement.calls():
            last = name.split(".")[-1]
            value = facts.value(call.args[0], statement) if call.args else None
            axis = _axis(call, 2)
            is_transform = "fft" in name and last in TRANSFORMS
            if not is_transform or value is None or axis != 0 or not value.shape or len(value.shape) < 2:  # noqa: PLR2004 -- rows
                continue
            share = facts.share(statement)
            return facts.finding(
                Cause.MEMORY_ORDER,
                statement,
                share,
                f"`{shown(call)}` transforms columns, whose numbers lie a row apart: the {facts.told(statement)}",
                "keep what is transformed in rows (axis=-1), and transpose the result",
            )
    return None


def _reduced(call: ast.Call, name: str) -> ast.expr | None:
    if name.rpartition(".")[-1] not in _REDUCTIONS:
        return None
    if name.startswith("numpy."):
        return call.args[0] if call.args else None
    return call.func.value if name.startswith(".") and isinstance(call.func, ast.Attribute) else None


def _axis(call: ast.Call, position: int) -> int | None:
    """The axis that is named, or stands at its place among the arguments."""
    named = [one.value for one in call.keywords if one.arg == "axis"] or call.args[position : position + 1]
    match named:
        case [ast.Constant(value=int(axis))]:
            return axis
        case [ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(axis)))]:
            return -axis
        case _:
            return None
