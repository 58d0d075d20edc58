"""Rules about work that is done more than once: the same again, or for elements that are long decided."""

import ast
from collections.abc import Iterator

from grader.advice.arrays import ELEMENTWISE, TRANSFORMS
from grader.advice.code import Comprehension, Function, Loop, Statement, names_changed, names_in, names_stored, words
from grader.advice.facts import LEAST_SHARE, Facts, shown, shown_text
from grader.advice.finding import Cause, Finding
from grader.execution.line_looks import Seen, Sort

_CHEAP = words("len range int float bool complex enumerate zip slice isinstance print")
_NEVER_THE_SAME = words(
    "random shuffle permutation choice rand randn integers default_rng RandomState time perf_counter next iter open"
)
"""Calls with these in their names give something else each time."""
_NEW_EACH_TIME = words(
    "zeros empty ones full zeros_like empty_like ones_like full_like copy array list dict set deepcopy arange"
)
"""Calls that make what is then filled: a new one may be wanted each time."""
_PURE_MODULES = ("numpy.", "scipy.", "math.", "cmath.")
_COSTLY = words("abs exp roll sort sqrt")
_COPIES = words("copy array ascontiguousarray astype flatten")
_TRANSFORM_COST, _FUNCTION_COST, _CALL_COST, _OPERATION_COST = 20.0, 8.0, 4.0, 1.0
"""Of one operation over as many elements, about."""
_MANY_ELEMENTS = 1000
_LEAST_DONE = 0.75
"""Where more than this share of a mask is true, little is done in vain."""


def repeated_work(facts: Facts) -> Finding | None:
    """What a loop works out again and again comes out the same each time."""
    for statement in facts.hot_with_calls():
        for node, loop in _unchanged(facts, statement):
            share = share_of(facts, statement, node)
            if share >= LEAST_SHARE:
                return facts.finding(
                    Cause.REPEATED_WORK,
                    statement,
                    share,
                    f"`{shown(node)}` is the same each time that the loop of line {_line_of(facts, loop)} goes round:"
                    f" the line {facts.each(statement)}, about {share:.0%} of the time",
                    "work it out once, before the loop, and keep it in a variable",
                )
    return None


def _unchanged(facts: Facts, statement: Statement) -> Iterator[tuple[ast.expr, Loop]]:
    """Its largest expressions that take time and do not depend on a loop around it, with that loop."""
    around = [loop for loop in statement.loops if loop is not statement.node or isinstance(loop, ast.While)]
    for loop in reversed(around):
        changed = _changed_in(facts, loop)
        yield from ((node, loop) for node in _largest_unchanged(facts, statement, changed))


def _changed_in(facts: Facts, loop: Loop) -> frozenset[str]:
    target = names_stored(loop.target) if isinstance(loop, ast.For | ast.AsyncFor) else frozenset()
    changed = (names_changed(one.node) if not _holds(one) else _header_changes(one) for one in facts.program.within(loop))
    return target.union(*changed, *(_changed_by_own(facts, one) for one in facts.program.within(loop)))


def _changed_by_own(facts: Facts, statement: Statement) -> frozenset[str]:
    """What is given to functions of the submission's own that may change it."""
    found: frozenset[str] = frozenset()
    for _, call in statement.calls():
        if isinstance(call.func, ast.Name) and has_effects(facts, call.func.id):
            found = found.union(*map(names_in, call.args))
    return found


def _holds(statement: Statement) -> bool:
    return isinstance(statement.node, ast.For | ast.While | ast.If | ast.With | ast.Try)


def _header_changes(statement: Statement) -> frozenset[str]:
    return frozenset().union(*map(names_changed, statement.expressions))


def _largest_unchanged(facts: Facts, statement: Statement, changed: frozenset[str]) -> Iterator[ast.expr]:
    waiting = list(statement.expressions)
    known = statement.function.meanings.keys()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Comprehension | ast.Lambda):
            continue
        names = names_in(node) - known
        if isinstance(statement.node, ast.Expr) and node is statement.node.value:
            names = frozenset()  # its answer is not wanted, so that it is called for what it does
        if names and not names & changed and _takes_time(facts, statement, node) and _is_pure(facts, statement, node):
            yield node
        else:
            waiting.extend(one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr))
            waiting.extend(one.value for one in ast.iter_child_nodes(node) if isinstance(one, ast.keyword))


def _takes_time(facts: Facts, statement: Statement, node: ast.expr) -> bool:
    """Whether something is computed in it: a call, or an operation on arrays."""
    if not isinstance(node, ast.Call | ast.BinOp | ast.Compare | ast.UnaryOp | ast.Attribute | ast.Subscript):
        return False
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    names = {statement.function.name_of(one.func) or "own" for one in calls}
    if names - _CHEAP:
        return True
    operations = (one for one in ast.walk(node) if isinstance(one, ast.BinOp | ast.Compare))
    return any(_is_new_array(facts, statement, one) for one in operations)


def _is_new_array(facts: Facts, statement: Statement, node: ast.expr) -> bool:
    value = facts.value(node, statement)
    return value is not None and value.is_array and value.is_new


def _is_pure(facts: Facts, statement: Statement, node: ast.expr) -> bool:
    """Whether all that it calls gives the same for the same, and what it gives may be used again."""
    for one in ast.walk(node):
        if isinstance(one, ast.Await | ast.Yield | ast.YieldFrom | ast.NamedExpr):
            return False
        if not isinstance(one, ast.Call):
            continue
        name = statement.function.name_of(one.func)
        last = name.split(".")[-1]
        own = one.func.id if isinstance(one.func, ast.Name) else ""
        if set(name.split(".")) & _NEVER_THE_SAME or (one is node and last in _NEW_EACH_TIME):
            return False
        if (
            name.startswith((".", *_PURE_MODULES))
            or name in _CHEAP
            or name in {"abs", "sum", "min", "max", "sorted", "round", "pow"}
        ):
            continue
        function = facts.program.function_named(own)
        if function is None or has_effects(facts, own):
            return False
    return True


def has_effects(facts: Facts, name: str) -> bool:
    """Whether a function of the submission's own may do something else than give an answer, by itself or by what it calls."""
    waiting, seen = [name], {""}
    while waiting:
        function = facts.program.function_named(waiting.pop())
        if function is None or function.name in seen:
            continue
        seen.add(function.name)
        own = [one for one in facts.program.statements if one.function is function]
        bound = frozenset().union(*(names_stored(one.node) for one in own)) - function.parameters
        for one in own:
            changes = names_changed(one.node) - names_stored(one.node) - function.meanings.keys() - bound
            if isinstance(one.node, ast.AugAssign):  # of an array that was given it changes the elements
                changes |= names_in(one.node.target) & function.parameters
            called = {part for name, _ in one.calls() for part in name.split(".")}
            if changes or called & _NEVER_THE_SAME or isinstance(one.node, ast.Global | ast.Nonlocal):
                return True
            waiting += [call.func.id for _, call in one.calls() if isinstance(call.func, ast.Name)]
    return False


def share_of(facts: Facts, statement: Statement, node: ast.expr) -> float:
    """About which share of the whole time an expression takes within its line, with own functions that it calls."""
    names = (one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name))
    calls_own = any(facts.program.function_named(name) is not None for name in names)
    share = facts.share_with_calls(statement) if calls_own else facts.share(statement)
    whole = sum(_cost(facts, statement, one) for one in statement.expressions)
    return share * _cost(facts, statement, node) / max(whole, _OPERATION_COST)


def _cost(facts: Facts, statement: Statement, node: ast.expr) -> float:
    return sum(_cost_of_one(facts, statement, one) for one in ast.walk(node) if isinstance(one, ast.expr))


def _cost_of_one(facts: Facts, statement: Statement, node: ast.expr) -> float:
    """Of an operation or a call, beside others on the same line."""
    if isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp | ast.BoolOp):
        cost = _FUNCTION_COST if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _is_square(node) else 1.0
    elif isinstance(node, ast.Call):
        name = statement.function.name_of(node.func)
        last = name.split(".")[-1]
        own = node.func.id if isinstance(node.func, ast.Name) else ""
        if facts.program.function_named(own) is not None or last in TRANSFORMS:
            cost = _TRANSFORM_COST
        elif last in ELEMENTWISE:
            cost = _FUNCTION_COST if last in {"exp", "log", "sin", "cos", "tan", "power", "angle", "arctan2"} else 2.0
        else:
            cost = 0.5 if name in _CHEAP else _OPERATION_COST if last in _COPIES else _CALL_COST
    elif isinstance(node, ast.Subscript):
        cost = 0.5
    else:
        return 0.0
    value = facts.value(node, statement)
    size = value.size if value is not None and value.is_array else None
    return cost * max(1.0, (size or 0) / _MANY_ELEMENTS)


def _is_square(node: ast.BinOp) -> bool:
    return isinstance(node.right, ast.Constant) and node.right.value == 2  # noqa: PLR2004 -- x² is one product


def twice_the_same(facts: Facts) -> Finding | None:
    """The same is worked out twice, with nothing changed in between."""
    for statement in facts.hot_with_calls():
        for node in _costly(facts, statement):
            first = _earlier(facts, statement, node)
            if first is None:
                continue
            share = share_of(facts, statement, node)
            if share >= LEAST_SHARE:
                where = "in the same line" if first is statement else f"in line {facts.profile.lines[first.rows[0]].line}"
                return facts.finding(
                    Cause.REPEATED_WORK,
                    statement,
                    share,
                    f"`{shown(node)}` is worked out {where}, too: the line {facts.each(statement)},"
                    f" about {share:.0%} of the time for the second time",
                    "work it out once and keep it in a variable",
                )
    return None


def _costly(facts: Facts, statement: Statement) -> Iterator[ast.expr]:
    """Calls that are worth keeping the answer of."""
    for name, node in statement.calls():
        own = node.func.id if isinstance(node.func, ast.Name) else ""
        is_own = facts.program.function_named(own) is not None
        is_costly = name.startswith(("numpy.", "scipy.")) and name.split(".")[-1] in TRANSFORMS | {
            "abs",
            "exp",
            "sqrt",
            "roll",
            "sort",
        }
        if (is_own or is_costly) and _is_pure(facts, statement, node):
            yield node


def _earlier(facts: Facts, statement: Statement, node: ast.expr) -> Statement | None:
    """The statement that has surely worked the same out before, in the same round of the same loop."""
    text = ast.dump(node)
    if sum(ast.dump(one) == text for one in statement.walk() if isinstance(one, ast.Call)) > 1:
        return statement
    every = list(facts.program.statements)
    names = names_in(node) - statement.function.meanings.keys()
    for one in reversed(every[: every.index(statement)]):
        if one.function is not statement.function or one.loops != statement.loops:
            return None
        is_sure = one.around == statement.around[: len(one.around)]
        if is_sure and any(ast.dump(other) == text for _, other in one.calls()):
            return one
        if (_header_changes(one) if _holds(one) else names_changed(one.node)) & names:
            return None
    return None


def started_again(facts: Facts) -> Finding | None:
    """For each value that is kept, an orbit is followed from its start."""
    for statement in facts.hot(facts.program.statements):
        if len(statement.loops) < 2:  # noqa: PLR2004 -- a loop in a loop
            continue
        outer, inner = statement.loops[-2:]
        if not (isinstance(outer, ast.For) and isinstance(inner, ast.For)) or statement.node is inner:
            continue
        grows = names_stored(outer.target) & names_in(inner.iter)
        carried = statement.targets & frozenset().union(*map(names_in, statement.expressions))
        if grows and any(_is_reset(facts, name, outer, inner) for name in carried):
            share = facts.share(statement)
            return facts.finding(
                Cause.REPEATED_WORK,
                statement,
                share,
                f"it starts from the beginning for each round of the loop of line {_line_of(facts, outer)}:"
                f" the {facts.told(statement)}",
                "go on from where the last round has ended: one loop, which keeps the values as it passes them",
            )
    return None


def started_again_by_call(facts: Facts) -> Finding | None:
    """The same, where the orbit is a function's: it is called with how far to go, from the same start each time."""
    for statement in facts.program.statements:
        loop = statement.loops[-1] if statement.loops else None
        share = facts.share_with_calls(statement)
        if share < LEAST_SHARE or not isinstance(loop, ast.For) or statement.node is loop:
            continue
        variables = names_stored(loop.target)
        for _, call in statement.calls():
            function = facts.program.function_named(call.func.id) if isinstance(call.func, ast.Name) else None
            if function is None or not _goes_as_far_as(facts, function, call, variables):
                continue
            changing = _changed_in(facts, loop) - variables - statement.targets
            if any(names_in(argument) & changing for argument in call.args):
                continue
            return facts.finding(
                Cause.REPEATED_WORK,
                statement,
                share,
                f"`{shown(call)}` starts from the beginning for each round of the loop of line {_line_of(facts, loop)}:"
                f" {share:.0%} of the {'work' if statement.function.is_compiled else 'time'}",
                "go on from where the last round has ended: one loop, which keeps the values as it passes them",
            )
    return None


def _goes_as_far_as(facts: Facts, function: Function, call: ast.Call, variables: frozenset[str]) -> bool:
    """Whether just one argument depends on the loop, and is how often a loop of the function goes round."""
    depending = [number for number, argument in enumerate(call.args) if names_in(argument) & variables]
    parameters = getattr(function.node, "args", None)
    names = [] if parameters is None else [one.arg for one in (*parameters.posonlyargs, *parameters.args)]
    if len(depending) != 1 or depending[0] >= len(names) or not _is_sum_of_names(call.args[depending[0]]):
        return False
    bound = names[depending[0]]
    loops = (one.node for one in facts.program.statements if one.function is function and isinstance(one.node, ast.For))
    ends = (
        argument
        for loop in loops
        if isinstance(loop.iter, ast.Call) and function.name_of(loop.iter.func) == "range"
        for argument in loop.iter.args
    )
    return any(_is_sum_of_names(end) and bound in names_in(end) for end in ends)


def _is_sum_of_names(node: ast.expr) -> bool:
    """Whether it is a number by itself, such as `n + row + 1`: no element, length or answer of something."""
    parts = (one for one in ast.walk(node) if isinstance(one, ast.expr))
    return all(isinstance(one, ast.Name | ast.BinOp | ast.UnaryOp | ast.Constant) for one in parts)


def _is_reset(facts: Facts, name: str, outer: Loop, inner: Loop) -> bool:
    """Whether a variable gets a value that does not depend on it, in the outer loop and outside the inner one."""
    return any(
        name in one.targets and outer in one.loops and inner not in one.loops and name not in one.read
        for one in facts.program.statements
    )


def masked_everything(facts: Facts) -> Finding | None:
    """All elements take every step, though most of them are decided: a mask over whole arrays, which never get shorter."""
    for mask, statement in _masks(facts):
        loop = statement.loops[-1]
        indices = _indices_of(facts, loop, mask.name)
        chosen = indices | {mask.name}
        steps = [one for one in facts.program.within(loop) if _is_step(one, chosen)]
        followed = {name for one in steps for name in _stepped(one)}
        if not steps or not followed & _sources(facts, loop, mask.name, chosen):
            continue
        whole = [one for one in facts.program.within(loop) if _works_on_all(facts, one, mask, indices)]
        share = min(1.0, sum(map(facts.share, whole)))
        hot = facts.hot(whole)
        if share < LEAST_SHARE or not hot or mask.true_share is None:
            continue
        return facts.finding(
            Cause.MASKED_EVERYTHING,
            hot[0],
            share * (1 - mask.true_share),
            f"of `{shown_text(mask.name)}` {mask.true_share:.0%} is true on average, and still all {mask.size:,} elements are"
            f" gone through in every round: {share:.0%} of the time",
            "keep only what is still undecided: `z, where = z[inside], where[inside]`, so that the arrays get shorter",
        )
    return None


def _masks(facts: Facts) -> Iterator[tuple[Seen, Statement]]:
    """The masks over many elements, of one size throughout, few of which are true; each with a line in a loop that it is on."""
    found: set[str] = set()
    for statement in facts.in_python():
        if not statement.loops:
            continue
        named = {node.id for node in statement.walk() if isinstance(node, ast.Name)}
        inline = {mask for row in statement.rows for mask in facts.text.masks.get(row, ())}
        for name in sorted((named | inline) - found):
            seen = [one for one in facts.seen(statement, name) if one.sort is Sort.ARRAY]
            mask = max(seen, key=lambda one: one.looks, default=None)
            if mask is None or len({one.shape for one in seen}) > 1 or mask.true_share is None or mask.size < _MANY_ELEMENTS:
                continue
            if mask.true_share < _LEAST_DONE and mask.looks > 1:
                found.add(name)
                yield mask, statement


def _indices_of(facts: Facts, loop: Loop, mask: str) -> frozenset[str]:
    """The subscripts that stand for where a mask is true: `rows, columns` of `rows, columns = np.where(mask)`."""
    found: set[str] = set()
    for one in facts.program.within(loop):
        match one.node:
            case ast.Assign(targets=[target], value=ast.Call(args=[condition]) as call):
                if one.function.name_of(call.func) in _FINDERS and ast.unparse(condition) == mask:
                    found.add(ast.unparse(_alone(target)))
            case _:
                continue
    return frozenset(found)


def _alone(node: ast.expr) -> ast.expr:
    """`where` of `(where,)`."""
    return node.elts[0] if isinstance(node, ast.Tuple) and len(node.elts) == 1 else node


_FINDERS = frozenset({"numpy.where", "numpy.nonzero", "numpy.flatnonzero"})


def _is_step(statement: Statement, chosen: frozenset[str]) -> bool:
    """`z[mask] = f(z[mask])`, `z = np.where(mask, f(z), z)`, or `z = f(z)`, element by element."""
    return bool(_stepped(statement)) and _is_elementwise(statement, chosen)


def _stepped(statement: Statement) -> frozenset[str]:
    """The arrays that a statement makes of themselves."""
    node = statement.node
    if not isinstance(node, ast.Assign):
        return frozenset()
    changed = frozenset().union(*(names_changed(target) for target in node.targets))
    return changed & names_in(node.value)


def _is_elementwise(statement: Statement, chosen: frozenset[str]) -> bool:
    """Whether each element of what it gives depends on the same element of what it is made of alone: nothing is shifted.

    Subscripts that are `chosen` pick the same elements each.
    """
    for node in statement.walk():
        if isinstance(node, ast.Subscript) and ast.unparse(node.slice) not in chosen:
            return False
    names = (name for name, _ in statement.calls())
    return all(name.split(".")[-1] in ELEMENTWISE or name in {"abs", ".conj", ".copy"} for name in names)


def _sources(facts: Facts, loop: Loop, mask: str, chosen: frozenset[str]) -> frozenset[str]:
    """What a mask is made of, element by element, within a loop: over intermediate variables, too."""
    found: set[str] = set() if mask.isidentifier() else {*names_in(ast.parse(mask))}
    waiting = [mask, *found]
    while waiting:
        name = waiting.pop()
        for one in facts.program.within(loop):
            if name in names_changed(one.node) and not _holds(one) and _is_elementwise(one, chosen):
                new = {other for other in one.read if other not in found}
                found |= new
                waiting.extend(new)
    return frozenset(found)


def _works_on_all(facts: Facts, statement: Statement, mask: Seen, indices: frozenset[str]) -> bool:
    """Whether an array as long as the mask is gone through in it: not only where `indices` say."""
    subscripts = (one for one in statement.walk() if isinstance(one, ast.Subscript))
    picked_from = [one.value for one in subscripts if ast.unparse(one.slice) in indices]
    values = (facts.value(one, statement) for one in statement.walk() if isinstance(one, ast.expr) and one not in picked_from)
    return any(value is not None and value.is_array and value.size == mask.size for value in values)


def _line_of(facts: Facts, loop: Loop) -> int:
    row = next((one.rows[0] for one in facts.program.statements if one.node is loop), 0)
    return facts.profile.lines[row].line
