"""What a Python file says, read as text and never run: its definitions, imports, names, and where it is broken."""

import ast
import builtins
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from grader.content.extraction import overview
from grader.content.notebook import is_notebook
from grader.content.parsing import is_main_guard, parse
from grader.content.reading import MAX_DEPTH, SourceFile

Kind = Literal["function", "async function", "class", "value", "import"]

_KEEPS_THE_SIGNATURE = frozenset(
    {"numba.njit", "numba.jit", "numba.vectorize", "functools.cache", "functools.lru_cache", "line_profiler.profile"}
)
"""Decorators that leave a function's parameters as written; after any other they are unknown."""

_LONGEST_CHAIN = 10
"""Attributes followed from a name: more than any library's dotted name has."""
_LONGEST_MODULE = 500


@dataclass(frozen=True)
class Signature:
    """What a function can be called with by position."""

    text: str
    """As the student wrote it, without annotations: `(x, y, steps=…)`."""
    positional: tuple[str, ...]
    required: int
    takes_any_number: bool
    required_keywords: tuple[str, ...]

    def accepts(self, count: int) -> bool:
        """Whether a call with `count` positional arguments fits."""
        fits = self.required <= count and (self.takes_any_number or count <= len(self.positional))
        return fits and not self.required_keywords


@dataclass(frozen=True)
class Definition:
    """A name that a module binds to something that may be called."""

    name: str
    kind: Kind
    signature: Signature | None = None
    """None where it cannot be told without running the file."""
    origin: tuple[str, ...] = ()
    """Of an import: the relative paths where the module would lie, were it one of the author's own."""
    origin_name: str = ""


@dataclass(frozen=True)
class Code:
    """What one file says."""

    path: str
    definitions: Mapping[str, Definition]
    imports: frozenset[str]
    """The relative paths of every module that it may import, were they the author's own."""
    star_imports: tuple[str, ...]
    names: frozenset[str]
    """Imported names that are used (`numba.njit`, and `numba` with it), methods (`.dot`), builtins, and the operator `@`."""
    is_empty: bool
    unusable: Mapping[str, str] = field(default_factory=dict)
    """Of a notebook: the functions that stand in cells which cannot be read, with the reason."""
    problems: tuple[str, ...] = ()
    """Of a notebook: what is wrong with such cells."""


@lru_cache(maxsize=128)
def read_code(file: SourceFile) -> Code:
    """Parse one file, or all that may be taken of a notebook; once, though an author's are asked about for each task.

    Raises:
        BrokenCodeError: it is not text in its declared encoding, or not Python.
    """
    if is_notebook(file.path):
        whole = overview(file)
        code = _read(whole.definitions)
        return replace(code, is_empty=whole.is_empty, unusable=whole.unusable, problems=whole.problems)
    return _read(file)


def _read(file: SourceFile) -> Code:
    tree = parse(file)
    nodes = list(ast.walk(tree))
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    aliases = {name: meaning for node in imports for name, meaning in imported_names(node)}
    stars = frozenset(module for node in imports for module in _star_modules(node))
    return Code(
        path=file.path,
        definitions=_definitions(tree, aliases, file.path),
        imports=frozenset(
            path for node in imports for module in _modules(node) for path in _module_paths(*module, importer=file.path)
        ),
        star_imports=tuple(path for node in imports for path in _star_paths(node, file.path)),
        names=frozenset(name for node in _imported_nodes(tree) for name in _names(node, aliases, stars)),
        is_empty=not tree.body,
    )


# Imports

_Import: TypeAlias = ast.Import | ast.ImportFrom


def imported_names(node: _Import) -> Iterator[tuple[str, str]]:
    """Each imported name with what it stands for: (`np`, `numpy`), (`njit`, `numba.njit`)."""
    for alias in node.names:
        if isinstance(node, ast.ImportFrom):
            yield alias.asname or alias.name, _dotted(node, alias)
        else:
            package = alias.name.split(".", 1)[0]
            yield (alias.asname, _bounded(alias.name)) if alias.asname else (package, package)


def _modules(node: _Import) -> Iterator[tuple[str, int]]:
    """The dotted modules that an import statement may load, each with its level (0 = absolute)."""
    if isinstance(node, ast.ImportFrom):
        yield from ((_dotted(node, alias), node.level) for alias in node.names)
    else:
        yield from ((alias.name, 0) for alias in node.names)


def _dotted(node: ast.ImportFrom, alias: ast.alias) -> str:
    return f"{_bounded(node.module or '')}.{alias.name}".lstrip(".")


def _bounded(module: str) -> str:
    """A module's name that may stand before each of a hundred thousand others; a library's own is never that long."""
    return ".".join(module[:_LONGEST_MODULE].split(".")[:_LONGEST_CHAIN])


def _module_paths(module: str, level: int, *, importer: str) -> Iterator[str]:
    """Where a module and the packages around it would lie, relative to the author's folder, as deep as that is read."""
    here = importer.split("/")[:-1]
    roots = {"/".join(here[: max(0, len(here) - level + 1)])} if level else {"/".join(here), ""}
    parts = module.split(".", MAX_DEPTH + 1)[: MAX_DEPTH + 1]
    for root in roots:
        place = root
        for part in parts:
            place = f"{place}/{part}" if place else part
            yield f"{place}.py"
            yield f"{place}/__init__.py"


def _star_modules(node: _Import) -> Iterator[str]:
    """The module of `from module import *`."""
    if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == "*" for alias in node.names):
        yield _bounded(node.module)


def _star_paths(node: _Import, importer: str) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == "*" for alias in node.names):
        yield from _module_paths(node.module, node.level, importer=importer)


# Definitions


def _definitions(tree: ast.Module, aliases: Mapping[str, str], path: str) -> dict[str, Definition]:
    """What the module's own names are bound to after it has run, as far as the text tells: the last binding stands."""
    bound: dict[str, Definition] = {}
    for statement in _statements(tree):
        for definition in _bindings(statement, aliases, path, bound):
            bound[definition.name] = definition
    return bound


def _statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run on import, in order, those in `if`, `try`, `with` and loops included.

    Iterative: a chain of a thousand `elif` is a tree of that depth.
    """
    waiting: list[ast.AST] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.stmt):
            yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.expr) or is_main_guard(node):
            continue
        waiting.extend(reversed(list(ast.iter_child_nodes(node))))


def _bindings(
    statement: ast.stmt, aliases: Mapping[str, str], path: str, bound: Mapping[str, Definition]
) -> Iterator[Definition]:
    match statement:
        case ast.FunctionDef(name=name, args=arguments, decorator_list=decorators):
            known = all(dotted_name(without_call(decorator), aliases) in _KEEPS_THE_SIGNATURE for decorator in decorators)
            yield Definition(name, "function", _signature(arguments) if known else None)
        case ast.AsyncFunctionDef(name=name):
            yield Definition(name, "async function")
        case ast.ClassDef(name=name):
            yield Definition(name, "class")
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield from _assigned(target.id, value, aliases, bound)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield from _assigned(name, value, aliases, bound)
        case ast.ImportFrom(names=imported, module=module, level=level):
            origin = tuple(_module_paths(module or "", level, importer=path))
            for alias in imported:
                # A star binds names that only the other file tells: see `Code.star_imports`.
                yield Definition(alias.asname or alias.name, "import", origin=origin, origin_name=alias.name)
        case _:
            return


def _assigned(name: str, value: ast.expr, aliases: Mapping[str, str], bound: Mapping[str, Definition]) -> Iterator[Definition]:
    """`name = value`, where the value may be something to call; a known function under a new name keeps its signature."""
    match value:
        case ast.Lambda(args=arguments):
            yield Definition(name, "function", _signature(arguments))
        case ast.Name(id=other) if other in bound:
            yield replace(bound[other], name=name)
        case ast.Call(func=function, args=[ast.Name(id=other)]) if (
            other in bound and dotted_name(without_call(function), aliases) in _KEEPS_THE_SIGNATURE
        ):
            yield replace(bound[other], name=name)
        case ast.Call() | ast.Name() | ast.Attribute() | ast.IfExp() | ast.Subscript():
            yield Definition(name, "value")
        case _:
            return


def _signature(arguments: ast.arguments) -> Signature:
    positional = tuple(argument.arg for argument in (*arguments.posonlyargs, *arguments.args))
    required = len(positional) - len(arguments.defaults)
    keywords = list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    shown_parts = [name if index < required else f"{name}=…" for index, name in enumerate(positional)]
    if arguments.vararg:
        shown_parts.append(f"*{arguments.vararg.arg}")
    elif keywords:
        shown_parts.append("*")
    shown_parts += [argument.arg if default is None else f"{argument.arg}=…" for argument, default in keywords]
    return Signature(
        text=f"({', '.join(shown_parts)})",
        positional=positional,
        required=required,
        takes_any_number=arguments.vararg is not None,
        required_keywords=tuple(argument.arg for argument, default in keywords if default is None),
    )


# Names


def _imported_nodes(tree: ast.Module) -> Iterator[ast.AST]:
    """All but what stands under `if __name__ == "__main__":`, where students try their code and draw."""
    for statement in tree.body:
        match statement:
            case ast.If(
                test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant(value="__main__")])
            ):
                for other in statement.orelse:
                    yield from ast.walk(other)
            case _:
                yield from ast.walk(statement)


def _names(node: ast.AST, aliases: Mapping[str, str], stars: Collection[str]) -> Iterator[str]:
    """What one node of the tree uses; a name that nothing tells of may come from any module whose names are all imported."""
    match node:
        case ast.MatMult():
            yield "@"
        case ast.ImportFrom(module=str(module), names=[ast.alias(name="*")]):
            yield module
        case ast.Name(id=name) if name not in aliases:
            if hasattr(builtins, name) or name == "__builtins__":
                yield name
            yield from (f"{module}.{name}" for module in stars)
        case ast.Name() | ast.Attribute():
            parts = dotted_name(node, aliases).split(".", _LONGEST_CHAIN)[:_LONGEST_CHAIN]
            yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1) if parts[0])
            # What every object has, as `__globals__`, leads anywhere, from a library's function too.
            if not parts[0] or _is_special(parts[-1]):
                yield f".{parts[-1]}"
        case _:
            return


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def dotted_name(node: ast.expr, aliases: Mapping[str, str]) -> str:
    """`numpy.linalg.norm` for `np.linalg.norm`; `.norm` where the chain does not start at an import."""
    attributes: list[str] = []
    while isinstance(node, ast.Attribute) and len(attributes) < _LONGEST_CHAIN:
        attributes.append(node.attr)
        node = node.value
    root = aliases.get(node.id, "") if isinstance(node, ast.Name) else ""
    return ".".join([root, *reversed(attributes)]) if root else f".{attributes[0]}" if attributes else ""


def without_call(node: ast.expr) -> ast.expr:
    """The decorator behind its options: `njit` of `njit(parallel=True)`."""
    while isinstance(node, ast.Call):
        node = node.func
    return node
