"""A notebook's code cells as statements of Python, read as text: what each of them makes, and what it needs."""

import ast
import re
import symtable
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeAlias

from grader.content.parsing import BrokenCodeError, in_plain_words, is_main_guard, parse_text
from grader.text import harmless_line

_TRANSPARENT_MAGICS = frozenset({"time", "timeit", "capture", "prun", "memit", "profile_lines", "submission"})
"""Cell magics below which stands ordinary code of the notebook; what stands below others is something else."""
_MOST_STATEMENTS = 10_000
"""Each takes about 0.2 ms."""
_MOST_TRANSFORMED_CHARACTERS = 1_500_000
"""IPython reads a cell once for each magic in it; this bounds the work for a whole notebook, to a few seconds."""
_SHOWN_CHARACTERS = 30

_CELL_MAGIC = re.compile(r"%%(\w*)")
_SPECIAL_LINE = re.compile(r"^[ \t]*[%!?,;/]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
"""Finds at least every line that IPython's own syntax may stand in."""
_DEFINITION = re.compile(r"^[ \t]*(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)

_FILLERS = frozenset({"copyto", "fill_diagonal", "place", "put", "put_along_axis", "putmask", "shuffle"})
"""Functions that change their first argument, as `np.fill_diagonal(a, 0)`."""
_MUTATORS = frozenset(
    {
        "add",
        "append",
        "appendleft",
        "clear",
        "discard",
        "extend",
        "fill",
        "insert",
        "pop",
        "remove",
        "reverse",
        "sort",
        "update",
    }
)
"""Methods that change what they are called on."""

_Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_TAKEN: TypeAlias = (
    _Definition | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Pass | ast.Raise
)
_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})
"""The compiler's names of their scopes, which run where they stand."""


@dataclass(frozen=True)
class Statement:
    """One statement at the top level of a cell."""

    text: str
    """From its first character to its last, without the comment behind it."""
    cell: int
    """Code cells are counted from 1."""
    line: int
    """Of the cell, from 1."""
    may_be_taken: bool
    """Whether it is an import, a definition, an assignment, or an `if` or a `try` that holds nothing else."""
    makes: frozenset[str]
    """The module's names that it binds or changes."""
    needs: frozenset[str]
    """The module's names that it uses when it is run."""
    needs_when_called: frozenset[str]
    """Those that the functions in it use."""
    defines: str | None
    """The name, of a `def` or a `class`."""
    is_always_taken: bool
    """Whether it is `from … import *` or `from __future__ import …`, of which the text does not tell who needs them."""
    holds_magic: bool
    """Whether there is a magic or a shell line in it, which runs in a notebook alone."""


@dataclass(frozen=True)
class Cell:
    """One code cell; of one that could not be read, why, and what seems to be defined in it."""

    number: int
    begins: str
    statements: tuple[Statement, ...]
    problem: str | None = None
    would_define: frozenset[str] = frozenset()
    is_foreign: bool = False
    """Whether it begins with a magic that makes something else of it: `%%bash`, `%%writefile`, `%%cython`."""


def read_cells(sources: Iterable[str], path: str) -> tuple[Cell, ...]:
    """Each cell's statements in plain Python; `path` is the notebook's in messages. Nothing is run."""
    reader = _Reader(path)
    return tuple(reader.read(number, source) for number, source in enumerate(sources, 1))


class _Reader:
    """Reads the cells of one notebook, and bounds the work for all of them."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._statements_left = _MOST_STATEMENTS
        self._characters_left = _MOST_TRANSFORMED_CHARACTERS

    def read(self, number: int, source: str) -> Cell:
        begins = _beginning(source)
        where = f"{self._path}, code cell {number} (`{begins}`)"
        text = _without_transparent_magics(source)
        magic = _CELL_MAGIC.match(text)
        would_define = frozenset(_DEFINITION.findall(text))
        if magic:
            problem = f"{where} begins with {magic.group()}, so what stands in it is not defined in the notebook"
            return Cell(number, begins, (), problem, would_define, is_foreign=True)
        try:
            return Cell(number, begins, self._statements(text, number, where))
        except BrokenCodeError as error:
            return Cell(number, begins, (), str(error), would_define)

    def _statements(self, source: str, number: int, where: str) -> tuple[Statement, ...]:
        text, nodes = self._parsed(source, where)
        if len(nodes) > self._statements_left:
            raise BrokenCodeError(f"{where}: the notebook holds more than {_MOST_STATEMENTS:,} statements")
        self._statements_left -= len(nodes)
        with in_plain_words(where):
            return tuple(_statements(nodes, text, number))

    def _parsed(self, text: str, where: str) -> tuple[str, list[ast.stmt]]:
        """The cell with calls in place of magics and shell lines, every line at its number; and what stands in it."""
        _check_is_text(text, where)
        try:
            return text, parse_text(text, where).body
        except BrokenCodeError:
            rounds = len(_SPECIAL_LINE.findall(text)) + 1
            self._characters_left -= rounds * len(text)
            if self._characters_left < 0:
                raise BrokenCodeError(f"{where}: the notebook holds too many magics and shell lines to be read") from None
            text = _transformed(text, rounds, where)
            return text, parse_text(text, where).body


def _beginning(source: str) -> str:
    """The first line that tells a reader which cell it is, cut to what is enough; empty where the cell is."""
    lines = [line.strip() for line in source.split("\n") if line.strip()]
    first = next((line for line in lines if not line.startswith(("%", "@"))), lines[0] if lines else "")
    return harmless_line(first if len(first) <= _SHOWN_CHARACTERS else f"{first[:_SHOWN_CHARACTERS]}…")


def _check_is_text(source: str, where: str) -> None:
    for number, line in enumerate(source.split("\n"), 1):
        if "\0" in line or any("\ud800" <= character <= "\udfff" for character in line):  # halves of surrogate pairs
            raise BrokenCodeError(f"{where}, line {number}: holds a character that is none")


# Magics and shell lines


def _without_transparent_magics(source: str) -> str:
    """The cell with a leading `%%time` and the like made blank; it begins with a cell magic where another one remains.

    Comments may stand before it, as Colab's form fields do.
    """
    lines = source.split("\n")
    for index, line in enumerate(lines):
        text = line.strip()
        magic = _CELL_MAGIC.match(text)
        if magic and magic.group(1) in _TRANSPARENT_MAGICS:
            lines[index] = ""
        elif magic:
            return "\n".join(lines[index:]).lstrip()
        elif text and not text.startswith("#"):
            break
    return "\n".join(lines)


def _transformed(text: str, rounds: int, where: str) -> str:
    """What IPython makes of a cell that is not Python as it stands: calls of `get_ipython()` for magics and shell lines."""
    from IPython.core.inputtransformer2 import TransformerManager  # only notebooks pay for it

    manager: Any = TransformerManager()  # type: ignore[no-untyped-call]  # it carries no types
    lines = text.split("\n")
    blank = len(list(takewhile(lambda line: not line.strip(), lines)))
    lines = _with_ends(lines[blank:])
    try:
        with in_plain_words(where):
            for cleanup in manager.cleanup_transforms:
                lines = cleanup(lines)
            lines = _with_ends("".join(lines).rstrip("\n").split("\n"))
            for _ in range(rounds):
                changed, after = manager.do_one_token_transform(lines)
                if not changed:
                    break
                lines = _as_long(after, lines)
    except (tokenize.TokenError, ValueError, IndexError) as error:
        raise BrokenCodeError(f"{where}: not even IPython can read it ({type(error).__name__})") from None
    return "\n" * blank + "".join(lines)


def _with_ends(lines: Iterable[str]) -> list[str]:
    return [f"{line}\n" for line in lines]


def _as_long(after: list[str], before: list[str]) -> list[str]:
    """Blank lines where a command of several lines became one, so that what follows keeps its line number."""
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(after, before, strict=False)))
    return after[: same + 1] + ["\n"] * (len(before) - len(after)) + after[same + 1 :]


# Statements


def _statements(nodes: list[ast.stmt], text: str, cell: int) -> Iterator[Statement]:
    compile(text, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)  # finds more than the parser
    lines = [line.encode() for line in text.split("\n")]
    for node in nodes:
        line, segment = _segment(node, lines)
        timed = _timed_code(node)
        yield from _timed_statement(timed, cell, line) if timed else [_statement(node, segment, cell, line)]


def _segment(node: ast.stmt, lines: list[bytes]) -> tuple[int, str]:
    """The statement's first line and its own text, where several may stand on a line; columns count bytes."""
    first, start = node.lineno, node.col_offset
    if isinstance(node, _Definition) and node.decorator_list:
        first, start = min(decorator.lineno for decorator in node.decorator_list), 0
        while first > 1 and not lines[first - 1].lstrip(b"\f").startswith(b"@"):  # as in "@(", with the decorator below
            first -= 1
    last, end = node.end_lineno or node.lineno, node.end_col_offset
    if first == last:
        return first, lines[first - 1][start:end].decode()
    return first, b"\n".join([lines[first - 1][start:], *lines[first : last - 1], lines[last - 1][:end]]).decode()


def _timed_code(node: ast.stmt) -> str | None:
    """`x = f()` of `%time x = f()`, which runs it as if it stood there alone."""
    match node:
        case ast.Expr(
            ast.Call(
                func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")), attr="run_line_magic"),
                args=[ast.Constant(value="time"), ast.Constant(value=str(code))],
            )
        ):
            return code
    return None


def _timed_statement(code: str, cell: int, line: int) -> Iterator[Statement]:
    try:
        nodes = parse_text(code, "<time>").body
    except BrokenCodeError:  # an option, a magic of its own
        return
    lines = [part.encode() for part in code.split("\n")]
    yield from (_statement(node, _segment(node, lines)[1], cell, line) for node in nodes)


def _statement(node: ast.stmt, text: str, cell: int, line: int) -> Statement:
    table = symtable.symtable(text, "<cell>", "exec")
    bound = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}
    used = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
    changed = set(_changed(node))
    used_inside, used_when_called = _used_in_scopes(table)
    holds_magic = "get_ipython" in used | used_inside | used_when_called
    return Statement(
        text=text,
        cell=cell,
        line=line,
        may_be_taken=_may_be_taken(node) and (isinstance(node, _Definition) or not holds_magic),
        makes=frozenset() if _makes_nothing(node) else frozenset(bound | changed),
        needs=frozenset(used | used_inside | changed),
        needs_when_called=frozenset(used_when_called),
        defines=node.name if isinstance(node, _Definition) else None,
        is_always_taken=_is_always_taken(node),
        holds_magic=holds_magic,
    )


def _may_be_taken(node: ast.stmt) -> bool:
    waiting = [node]
    while waiting:  # iterative: a chain of a thousand `elif` is a tree of that depth
        node = waiting.pop()
        if isinstance(node, ast.If) and not is_main_guard(node):
            waiting += [*node.body, *node.orelse]
        elif isinstance(node, ast.Try):
            waiting += [*node.body, *node.orelse, *node.finalbody]
            waiting += [statement for handler in node.handlers for statement in handler.body]
        elif not isinstance(node, _TAKEN):
            return False
    return True


def _makes_nothing(node: ast.stmt) -> bool:
    """Of what the compiler takes for a binding: `del x`, and `x: int` without a value."""
    return isinstance(node, ast.Delete) or (isinstance(node, ast.AnnAssign) and node.value is None)


def _is_always_taken(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and (node.module == "__future__" or any(alias.name == "*" for alias in node.names))


def _changed(node: ast.stmt) -> Iterator[str]:
    """The names whose objects a statement changes when it runs: `x[0] = 1`, `x += 1`, `x.append(1)`, and `import x.y`."""
    waiting: list[ast.AST] = [node]
    while waiting:
        match waiting.pop():
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Lambda():
                continue
            case ast.Import(names=names):
                yield from (alias.name.split(".")[0] for alias in names if alias.asname is None)
            case ast.AugAssign(target=ast.Name(id=name)) as node:
                yield name
                waiting.append(node.value)
            case ast.Subscript(value=target, ctx=ast.Store()) | ast.Attribute(value=target, ctx=ast.Store()):
                yield from _root(target)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) as call if method in _MUTATORS:
                yield name
                waiting += [*call.args, *(keyword.value for keyword in call.keywords)]
            case ast.Call(func=ast.Attribute(attr=method), args=[ast.Name(id=name), *others]) if method in _FILLERS:
                yield name
                waiting += others
            case other:
                waiting += ast.iter_child_nodes(other)


def _root(node: ast.expr) -> Iterator[str]:
    """The name that a chain such as `x.y[0]` starts at."""
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _used_in_scopes(table: symtable.SymbolTable) -> tuple[set[str], set[str]]:
    """The module's names that inner scopes use: at once (comprehensions, class bodies), and when a function is called."""
    at_once: set[str] = set()
    when_called: set[str] = set()
    waiting = [(child, at_once) for child in table.get_children()]
    while waiting:
        scope, used = waiting.pop()
        if isinstance(scope, symtable.Function) and scope.get_name() not in _COMPREHENSIONS:
            used = when_called
        used.update(symbol.get_name() for symbol in scope.get_symbols() if symbol.is_global())
        waiting += [(child, used) for child in scope.get_children()]
    return at_once, when_called
