"""A submission's text as the rules look at it: its statements, the loops and the function around each, the meaning of names."""

import ast
import builtins
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from grader.content.parsing import BrokenCodeError, is_main_guard, parse
from grader.content.reading import SourceFile
from grader.content.static_code import dotted_name, imported_names, without_call


def words(text: str) -> frozenset[str]:
    """A set of names, written as one text."""
    return frozenset(text.split())


_COMPILERS = frozenset({"njit", "jit", "vectorize", "guvectorize", "cfunc", "stencil", "jit_module"})
"""Numba's, which put something compiled in a function's place."""

_PURE_METHODS = words(
    "all any argmax argmin astype conj conjugate copy count_nonzero cumsum dot flatten index keys items max mean min nonzero "
    "prod ravel real imag repeat reshape round shape size sum tolist transpose values view"
)
"""Methods that leave what they are called on as it is."""
_IN_PLACE = words("at copyto fill_diagonal place put putmask shuffle")
"""Functions and methods that change what they are given."""

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Loop: TypeAlias = ast.For | ast.AsyncFor | ast.While
Comprehension: TypeAlias = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Scoped: TypeAlias = FunctionNode | ast.ClassDef | ast.Module


@dataclass(frozen=True, eq=False)
class Function:
    """One function, or a module's own statements."""

    name: str
    node: ast.AST
    row: int
    """Where it begins, decorators and all."""
    outer: "Function | None"
    meanings: Mapping[str, str]
    """What names that are not its own stand for: `np` for `numpy`, `sum` for `sum`."""
    parameters: frozenset[str] = frozenset()
    compiler: ast.expr | None = None
    """The decorator with which Numba compiles it."""

    @property
    def is_compiled(self) -> bool:
        """Whether it runs as machine code, or is to."""
        return self.compiler is not None or (self.outer is not None and self.outer.is_compiled)

    def name_of(self, node: ast.expr) -> str:
        """`numpy.fft.rfft`, `sum`; `.copy` for a method of something; empty where it has no name, or one of its own."""
        return dotted_name(node, self.meanings)


@dataclass(frozen=True, eq=False)
class Statement:
    """One statement, without those that it holds."""

    node: ast.stmt
    rows: tuple[int, ...]
    expressions: tuple[ast.expr, ...]
    around: tuple[ast.stmt, ...]
    """The statements in its function that it stands in, the outermost first; of a loop's head the loop itself, too."""
    function: Function

    @property
    def loops(self) -> tuple[Loop, ...]:
        """Around it in its function, the outermost first."""
        return tuple(one for one in self.around if isinstance(one, Loop))

    def walk(self) -> Iterator[ast.AST]:
        """All nodes of its own expressions."""
        return itertools.chain.from_iterable(map(ast.walk, self.expressions))

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """What it calls, by name."""
        return ((self.function.name_of(node.func), node) for node in self.walk() if isinstance(node, ast.Call))

    @property
    def names(self) -> frozenset[str]:
        """The variables on its own lines."""
        return frozenset().union(*map(names_in, self.expressions))

    @property
    def read(self) -> frozenset[str]:
        """The variables whose values it uses."""
        return frozenset(one.id for one in self.walk() if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load))

    @property
    def targets(self) -> frozenset[str]:
        """The variables that it gives a value."""
        match self.node:
            case ast.Assign(targets=targets):
                return frozenset().union(*map(names_stored, targets))
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                return names_stored(target)
            case _:
                return frozenset()


@dataclass(frozen=True)
class Program:
    """All files of a submission."""

    statements: tuple[Statement, ...] = ()
    functions: tuple[Function, ...] = ()
    compiled_names: frozenset[str] = field(default_factory=frozenset)
    """Of functions that Numba compiles."""

    def within(self, loop: Loop) -> Iterator[Statement]:
        """The statements in a loop, those of inner loops among them."""
        return (one for one in self.statements if loop in one.loops)

    def function_named(self, name: str) -> Function | None:
        """The submission's own."""
        return next((one for one in self.functions if one.name == name), None)


def read_program(files: Iterable[SourceFile], line_counts: Sequence[int]) -> Program:
    """Read all files; of one that is not Python, nothing is known."""
    first_rows = itertools.accumulate(line_counts, initial=0)
    readers = [_Reader(file, first) for file, first in zip(files, first_rows, strict=False)]
    functions = [one for reader in readers for one in reader.functions]
    return Program(
        tuple(one for reader in readers for one in reader.statements),
        tuple(functions),
        frozenset(one.name for one in functions if one.is_compiled).union(*(reader.compiled_names for reader in readers)),
    )


class _Reader:
    """Goes through one file without recursion: a chain of a thousand `elif` is a tree of that depth."""

    def __init__(self, file: SourceFile, first_row: int) -> None:
        self._first_row = first_row
        self.statements: list[Statement] = []
        self.functions: list[Function] = []
        self.compiled_names: set[str] = set()
        try:
            tree = parse(file)
        except BrokenCodeError:
            return
        compiled_later = self._compiled_later(tree)
        module = Function("", tree, first_row, None, _meanings(tree, {}))
        waiting: list[tuple[ast.stmt, tuple[ast.stmt, ...], Function]] = [(one, (), module) for one in reversed(tree.body)]
        while waiting:
            node, around, function = waiting.pop()
            if is_main_guard(node):
                continue
            if isinstance(node, FunctionNode):
                inner = self._function(node, function, compiled_later)
                self.functions.append(inner)
                waiting.extend((one, (), inner) for one in reversed(node.body))
                continue
            if not isinstance(node, ast.ClassDef):
                self.statements.append(self._statement(node, around, function))
            waiting.extend((one, (*around, node), function) for one in reversed(_inner_statements(node)))

    def _function(self, node: FunctionNode, outer: Function, compiled_later: Mapping[str, ast.expr]) -> Function:
        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
        compilers = [one for one in node.decorator_list if is_compiler(dotted_name(without_call(one), outer.meanings))]
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        return Function(
            node.name,
            node,
            self._first_row + first - 1,
            outer,
            _meanings(node, outer.meanings),
            frozenset(one.arg for one in every),
            compilers[0] if compilers else compiled_later.get(node.name),
        )

    def _compiled_later(self, tree: ast.Module) -> dict[str, ast.expr]:
        """Functions that are compiled by a call, `fast = njit(slow)`, with that call."""
        meanings = _meanings(tree, {})
        found: dict[str, ast.expr] = {}
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=function, args=[ast.Name(id=name), *_]) if is_compiler(
                    dotted_name(without_call(function), meanings)
                ):
                    found[name] = node
                case _:
                    continue
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if call in found.values():
                    self.compiled_names.add(name)
                case _:
                    continue
        return found

    def _statement(self, node: ast.stmt, around: tuple[ast.stmt, ...], function: Function) -> Statement:
        expressions = tuple(_own_expressions(node))
        last = max([node.lineno, *(one.end_lineno or one.lineno for one in expressions)])
        rows = tuple(range(self._first_row + node.lineno - 1, self._first_row + last))
        return Statement(node, rows, expressions, (*around, node) if isinstance(node, Loop) else around, function)


def is_compiler(name: str) -> bool:
    """Whether this is what makes Numba compile a function."""
    parts = name.split(".")
    return parts[0] == "numba" and parts[-1] in _COMPILERS


def _inner_statements(node: ast.AST) -> list[ast.stmt]:
    """The statements that one holds, in order."""
    found: list[ast.stmt] = []
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            found.append(child)
        elif isinstance(child, ast.ExceptHandler | ast.match_case):
            found.extend(child.body)
    return found


def _own_expressions(node: ast.stmt) -> Iterator[ast.expr]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
        elif isinstance(child, ast.withitem):
            yield child.context_expr


def _meanings(node: _Scoped, outer: Mapping[str, str]) -> dict[str, str]:
    """What the names that a function or a module does not bind itself stand for."""
    meanings = dict(outer) if outer else {name: name for name in dir(builtins)}
    own = list(_own_nodes(node))
    bound = {one.id for one in own if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store | ast.Del)}
    bound |= {one.name for one in own if isinstance(one, FunctionNode | ast.ClassDef)}
    if isinstance(node, FunctionNode):
        bound |= {one.arg for one in ast.walk(node.args) if isinstance(one, ast.arg)}
    bound -= {name for one in own if isinstance(one, ast.Global | ast.Nonlocal) for name in one.names}
    for name in bound:
        meanings.pop(name, None)
    for one in own:
        if isinstance(one, ast.ImportFrom) and one.module == "numpy" and any(alias.name == "*" for alias in one.names):
            meanings |= {name: f"numpy.{name}" for name in np.__all__}
        elif isinstance(one, ast.Import | ast.ImportFrom):
            meanings |= dict(imported_names(one))
    return meanings


def _own_nodes(scope: _Scoped) -> Iterator[ast.AST]:
    """All nodes but those of functions and classes inside."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, FunctionNode | ast.ClassDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def names_in(node: ast.AST) -> frozenset[str]:
    """The variables that it reads or writes."""
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def names_stored(node: ast.AST) -> frozenset[str]:
    """The variables that it binds anew."""
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))


def names_changed(node: ast.AST) -> frozenset[str]:
    """The variables that it binds anew, or whose contents it may change: `x = …`, `x[i] = …`, `x.append(…)`."""
    found = set(names_stored(node))
    for one in ast.walk(node):
        if isinstance(one, ast.Subscript | ast.Attribute) and isinstance(one.ctx, ast.Store):
            found |= root_names(one)
        elif isinstance(one, ast.AugAssign):
            found |= root_names(one.target)
        elif isinstance(one, ast.Call):
            found |= _changed_by_call(one)
    return frozenset(found)


def _changed_by_call(call: ast.Call) -> frozenset[str]:
    """What a method is called on, what a call may write to (`out=`), and what NumPy changes where it lies."""
    found = frozenset().union(*(names_in(one.value) for one in call.keywords if one.arg == "out"))
    if isinstance(call.func, ast.Attribute):
        if call.func.attr not in _PURE_METHODS:
            found |= root_names(call.func.value)
        if call.func.attr in _IN_PLACE:
            found = found.union(*map(names_in, call.args))
    return found


def root_names(node: ast.expr) -> frozenset[str]:
    """`x` of `x`, `x[i]` and `x.a[i]`."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return frozenset({node.id}) if isinstance(node, ast.Name) else frozenset()


def range_variable(loop: ast.AST) -> str | None:
    """`i` of `for i in …`."""
    return loop.target.id if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) else None
