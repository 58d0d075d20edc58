"""Rules about loops that Python itself goes through, and about what is called in them for one number at a time."""

import ast

from grader.advice.arrays import ELEMENTWISE
from grader.advice.code import Comprehension, Function, Statement, words
from grader.advice.facts import LEAST_SHARE, Facts
from grader.advice.finding import Cause, Finding
from grader.advice.output import output_call
from grader.advice.parallel import is_for_workers
from grader.execution.line_looks import Sort

_LOOP_SHARE = 0.25
"""Of the time in lines that Python goes through, together, from which on they are what to look at."""
_MANY_CALLS = 500
_SHORT_CALL_S = 20e-6
"""A call that takes less is made for few numbers: some microseconds of it are the call itself."""
_ONE_BY_ONE = frozenset({"sum", "max", "min", "any", "all", "sorted"})
_VECTORIZERS = frozenset({"numpy.vectorize", "numpy.frompyfunc"})
_APPLIERS = frozenset({"numpy.apply_along_axis", "numpy.apply_over_axes"})


def python_loop(facts: Facts) -> Finding | None:
    """Python goes through numbers one by one, and nothing in the program is compiled."""
    found = _interpreted(facts)
    if found is None or facts.profile.compiled_functions:
        return None
    hottest, share = found
    return facts.finding(
        Cause.PYTHON_LOOP,
        hottest,
        share,
        f"it {facts.each(hottest)}: {share:.0%} of the time passes in lines that Python goes through one number at a time",
        "let one NumPy operation handle a whole array, or compile the function that holds the loop: @njit from numba",
    )


def no_njit(facts: Facts) -> Finding | None:
    """The program compiles some of its functions, but not the one that holds the hot loop."""
    found = _interpreted(facts)
    if found is None or not facts.profile.compiled_functions:
        return None
    hottest, share = found
    name = hottest.function.name
    return facts.finding(
        Cause.NO_NJIT,
        hottest,
        share,
        f"it {facts.each(hottest)}, in Python: {share:.0%} of the time passes in lines that are not compiled",
        f"put @njit before `{name}`, too, so that the whole loop is compiled"
        if name
        else "move the loop into an @njit function",
    )


def _interpreted(facts: Facts) -> tuple[Statement, float] | None:
    """The hottest of the lines that Python goes through one number at a time, and the share of all of them."""
    lines = [one for one in facts.in_python() if _is_interpreted(facts, one)]
    share = min(1.0, sum(map(facts.share, lines)))
    if share < _LOOP_SHARE:
        return None
    return max(lines, key=facts.share), share


def _is_interpreted(facts: Facts, statement: Statement) -> bool:
    if facts.calls_compiled(statement) or output_call(statement) is not None or is_for_workers(facts, statement):
        return False
    if _goes_round(facts, statement):
        return facts.share(statement) >= LEAST_SHARE
    return facts.is_interpreted(statement) and not makes_arrays(facts, statement)


def _goes_round(facts: Facts, statement: Statement) -> bool:
    """Whether a loop stands in the line itself, of Python's own arithmetic."""
    loops = [one for one in statement.walk() if isinstance(one, Comprehension | ast.Lambda)]
    return any(not _calls_numpy(one, statement.function) for one in loops) and not makes_arrays(facts, statement)


def _calls_numpy(node: ast.AST, function: Function) -> bool:
    names = (function.name_of(one.func) for one in ast.walk(node) if isinstance(one, ast.Call))
    return any(name.startswith(("numpy.", "scipy.")) for name in names)


def makes_arrays(facts: Facts, statement: Statement) -> bool:
    """Whether NumPy works on whole arrays in it."""
    values = (
        facts.value(one, statement)
        for one in statement.walk()
        if isinstance(one, ast.BinOp | ast.Call | ast.Compare | ast.Subscript)
    )
    return any(value is not None and value.is_array and value.is_new for value in values)


def call_per_element(facts: Facts) -> Finding | None:
    """A function of NumPy's, or a compiled one, is called for each number."""
    for statement in facts.hot_in_python():
        called = _called_for_one(facts, statement)
        hit_s = facts.hit_s(statement)
        if called is None or hit_s is None or facts.hits(statement) < _MANY_CALLS or hit_s > _SHORT_CALL_S:
            continue
        is_compiled = called in facts.compiled_called(statement)
        return facts.finding(
            Cause.CALL_PER_ELEMENT,
            statement,
            facts.share(statement),
            f"`{called}` is called for single numbers: the {facts.told(statement)}",
            f"move the loop into the compiled function: a call of `{called}` from Python costs more than it computes"
            if is_compiled
            else f"call `{called}` once with a whole array; for a single number, Python's own function is several times faster",
        )
    return None


def _called_for_one(facts: Facts, statement: Statement) -> str | None:
    """What is called for single numbers: NumPy's by its dotted name, a compiled one by its own."""
    compiled = facts.compiled_called(statement)
    for name, call in statement.calls():
        plain = call.func.id if isinstance(call.func, ast.Name) else ""
        values = [facts.value(one, statement) for one in call.args]
        if plain in compiled and statement.loops and not any(value is not None and value.is_array for value in values):
            return plain
        of_numpy = name.startswith("numpy.") and name.split(".")[-1] in ELEMENTWISE
        if of_numpy and values and all(value is not None and value.sort in _NUMBERS for value in values):
            return name.replace("numpy.", "np.")
        if _draws_one(name, call) and statement.loops:
            return name.replace("numpy.", "np.")
    return None


def _draws_one(name: str, call: ast.Call) -> bool:
    """Whether one random number is drawn: `np.random.randint(n)`, `rng.integers(n)`."""
    sized = any(one.arg == "size" for one in call.keywords) or len(call.args) > 2  # noqa: PLR2004 -- from, to, how many
    return not sized and (name.startswith("numpy.random.") or name in _DRAWS) and name.rpartition(".")[-1] not in _WHOLE


_DRAWS = frozenset({".integers", ".random", ".uniform", ".normal", ".standard_normal"})
_WHOLE = words("shuffle permutation permuted default_rng seed RandomState Generator")
_NUMBERS = frozenset({Sort.NUMBER, Sort.NUMPY_NUMBER})


def call_per_entry(facts: Facts) -> Finding | None:
    """A product or a sum of NumPy's is called for each entry of the result."""
    for statement in facts.hot_in_python():
        hit_s = facts.hit_s(statement)
        called = _called_for_entry(facts, statement)
        if called is None or hit_s is None or facts.hits(statement) < _MANY_CALLS or hit_s > _SHORT_CALL_S:
            continue
        share = facts.share(statement)
        return facts.finding(
            Cause.CALL_PER_ELEMENT,
            statement,
            share,
            f"`{called}` is called for each entry by itself: the {facts.told(statement)},"
            " about half a microsecond of it for the call alone",
            "let one call do a whole row, or all of it: a product of matrices, or a sum with `axis=`",
        )
    return None


_PER_ENTRY = words("dot vdot inner sum mean prod max min any all count_nonzero linalg.norm")


def _called_for_entry(facts: Facts, statement: Statement) -> str | None:
    """What takes arrays and gives one number in a loop within a loop: for one entry of an array, or of a few numbers."""
    if sum(isinstance(one, ast.For | ast.While) for one in statement.loops) < _NESTED:
        return None
    stores_one = _stores_one(statement)
    for one in statement.walk():
        name, given = _reduced(statement, one)
        values = [value for node in given if (value := facts.value(node, statement)) is not None and value.is_array]
        if name and values and (stores_one or all(value.size is not None and value.size <= _FEW for value in values)):
            return name
    return None


def _reduced(statement: Statement, node: ast.AST) -> tuple[str, list[ast.expr]]:
    """A sum or a product, and what it is taken of."""
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return "@", [left, right]
        case ast.Call(func=function, args=arguments):
            name = statement.function.name_of(function)
            if name.removeprefix("numpy.") in _PER_ENTRY:
                return name.replace("numpy.", "np."), arguments
            if name.startswith(".") and name[1:] in _PER_ENTRY and isinstance(function, ast.Attribute):
                return name, [function.value]
        case _:
            pass
    return "", []


def _stores_one(statement: Statement) -> bool:
    """Whether its answer goes into one entry of an array."""
    match statement.node:
        case ast.Assign(targets=targets):
            pass
        case ast.AugAssign(target=target):
            targets = [target]
        case _:
            return False
    return any(isinstance(target, ast.Subscript) and _picks_one(target) for target in targets)


_NESTED, _FEW = 2, 64


def _picks_one(target: ast.Subscript) -> bool:
    """Whether a subscript may name one entry: no slice in it."""
    return not any(isinstance(one, ast.Slice) for one in ast.walk(target.slice))


def np_vectorize(facts: Facts) -> Finding | None:
    """`np.vectorize` and its like call Python for each element."""
    wrapped = _vectorized(facts)
    for statement in facts.in_python():
        named = [name for name, _ in statement.calls() if name in _VECTORIZERS | _APPLIERS]
        held = [one.func.id for _, one in statement.calls() if isinstance(one.func, ast.Name) and one.func.id in wrapped]
        calls = [one for one in statement.walk() if isinstance(one, ast.Call)]
        called_at_once = any(isinstance(one.func, ast.Call) for one in calls) or any(name in _APPLIERS for name in named)
        if not held and not (named and called_at_once):
            continue
        share = facts.share_with_calls(statement)
        if share < LEAST_SHARE:
            continue
        shown = f"`{held[0]}`" if held else f"`{named[0].replace('numpy.', 'np.')}`"
        return facts.finding(
            Cause.NP_VECTORIZE,
            statement,
            share,
            f"{shown} goes through the elements in Python, one call for each: the {facts.told(statement)}",
            "write it with operators on whole arrays (np.where for a choice), or compile it: @vectorize or @njit from numba",
        )
    return None


def _vectorized(facts: Facts) -> frozenset[str]:
    """The names of functions that are wrapped so."""
    found = {
        target.id
        for one in facts.program.statements
        if isinstance(one.node, ast.Assign) and any(name in _VECTORIZERS for name, _ in one.calls())
        for target in one.node.targets
        if isinstance(target, ast.Name)
    }
    for function in facts.program.functions:
        decorators = getattr(function.node, "decorator_list", [])
        outer = function.outer or function
        if any(outer.name_of(one.func if isinstance(one, ast.Call) else one) in _VECTORIZERS for one in decorators):
            found.add(function.name)
    return frozenset(found)


def python_sum(facts: Facts) -> Finding | None:
    """Python's own `sum` over an array takes each element out of it as an object."""
    for statement in facts.hot_in_python():
        for name, call in statement.calls():
            value = facts.value(call.args[0], statement) if len(call.args) == 1 else None
            if name in _ONE_BY_ONE and value is not None and value.is_array:
                return facts.finding(
                    Cause.PYTHON_SUM,
                    statement,
                    facts.share(statement),
                    f"Python's `{name}` takes the elements out of an array one by one: the {facts.told(statement)}",
                    f"`np.{'sort' if name == 'sorted' else name}(…)` does it within NumPy",
                )
    return None


def ufunc_method(facts: Facts) -> Finding | None:
    """`np.add.at` handles repeated indices, slowly."""
    for statement in facts.hot_in_python():
        for name, _ in statement.calls():
            if name.startswith("numpy.") and name.endswith(".at"):
                return facts.finding(
                    Cause.UFUNC_METHOD,
                    statement,
                    facts.share(statement),
                    f"`{name.replace('numpy.', 'np.')}` {facts.each(statement)}, {facts.share(statement):.0%} of the time",
                    "np.bincount counts and adds by index in one pass; where no index comes twice, `x[index] += …` is enough",
                )
    return None


def string_keys(facts: Facts) -> Finding | None:
    """Texts are made to look numbers up by."""
    for statement in facts.hot_in_python():
        if facts.hits(statement) < _MANY_CALLS and not _goes_round(facts, statement):
            continue
        if any(_is_text(facts, statement, key) for key in _keys(statement)):
            return facts.finding(
                Cause.STRING_KEYS,
                statement,
                facts.share(statement),
                f"a text is the key of each look-up: the {facts.told(statement)}",
                "keep the numbers in an array or a list and look them up by their position",
            )
    return None


def _keys(statement: Statement) -> list[ast.expr]:
    """What the line looks up by: `d[key]`, `d.get(key)`, `key in d`."""
    found = [one.slice for one in statement.walk() if isinstance(one, ast.Subscript)]
    found += [call.args[0] for name, call in statement.calls() if name.endswith((".get", ".setdefault")) and call.args]
    return found + [one.left for one in statement.walk() if isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.In)]


def _is_text(facts: Facts, statement: Statement, key: ast.expr) -> bool:
    value = facts.value(key, statement)
    is_made = isinstance(key, ast.Call) and statement.function.name_of(key.func) in {"str", "repr", ".format", ".join"}
    return (
        isinstance(key, ast.JoinedStr) or is_made or (value is not None and value.sort is Sort.TEXT and not _is_constant(key))
    )


def _is_constant(key: ast.expr) -> bool:
    return isinstance(key, ast.Constant)
