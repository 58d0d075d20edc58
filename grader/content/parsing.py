"""From a file's bytes to its syntax tree, or to one clear message: encodings, syntax errors with their caret, nesting."""

import ast
import codecs
import io
import re
import tokenize
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from grader.content.reading import SourceFile
from grader.text import harmless_line

_SHOWN_WIDTH = 100
_MOST_DOTS = 1000
_MOST_DEFINITIONS, _MOST_BRACES = 5000, 20_000
_DEFINITION = re.compile(r"\b(?:def|class|lambda)\b")
_LINE_END = re.compile(r"\r\n|\r|\n")
_STATEMENT_END = re.compile(r"[\r\n;]")
_CONTINUATION = re.compile(r"\\\r?\n")
_PROBE = "".join(map(chr, range(32, 127))) + r"\u0041 \x41 +AEE- xn--a-ecp."
"""In an encoding of text these characters are themselves; in `utf-7`, `unicode_escape` and `punycode` they are not."""


class BrokenCodeError(Exception):
    """The file is not Python; the text names the file, and the line where there is one."""


def parse(file: SourceFile) -> ast.Module:
    """The file's syntax tree.

    Raises:
        BrokenCodeError: it is not text in its declared encoding, or not Python.
    """
    return parse_text(decode(file), file.path)


def parse_text(text: str, name: str) -> ast.Module:
    """The syntax tree of a piece of code, which `name` names in messages.

    Raises:
        BrokenCodeError: it is not Python.
    """
    _check_imports(text, name)
    _check_size(text, name)
    with in_plain_words(name):
        return ast.parse(text)


def _check_imports(text: str, name: str) -> None:
    """Python's parser takes time with the square of a module's dots; no import has a thousand."""
    for statement in _STATEMENT_END.split(_CONTINUATION.sub("", text)):
        if statement.count(".") > _MOST_DOTS and "import" in statement:
            raise BrokenCodeError(f"{name} imports a module that lies too deep")


def _check_size(text: str, name: str) -> None:
    """Python's parser and compiler take time with the square of definitions, and of the parts of a formatted string."""
    for what, count, most in (
        ("definitions", len(_DEFINITION.findall(text)), _MOST_DEFINITIONS),
        ("opening braces", text.count("{"), _MOST_BRACES),
    ):
        if count > most:
            raise BrokenCodeError(f"{name} has {count:,} {what}; at most {most:,} are read")


def check_compiles(file: SourceFile) -> None:
    """Find what only the compiler sees, such as a `return` outside of a function. Nothing of the file is run.

    Raises:
        BrokenCodeError: it does not compile.
    """
    text = decode(file)
    with in_plain_words(file.path):
        compile(text, f"<{file.path}>", "exec", dont_inherit=True)


def is_main_guard(node: ast.AST) -> bool:
    """Whether this is `if __name__ == "__main__":`, which does not run on import."""
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Compare)
        and any(isinstance(side, ast.Name) and side.id == "__name__" for side in (node.test.left, *node.test.comparators))
    )


def decode(file: SourceFile) -> str:
    """The text of a file, in the encoding that it declares (PEP 263) or else UTF-8.

    Raises:
        BrokenCodeError: the bytes are not text in that encoding.
    """
    content = file.content
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise BrokenCodeError(f"{file.path} is UTF-16; save it as UTF-8")
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise BrokenCodeError(f"{file.path}, line {line}: holds a NUL byte, so it is not a text file")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
    except SyntaxError as error:
        encoding = "utf-8"
        if "unknown encoding" in str(error):
            raise BrokenCodeError(f"{file.path} declares an encoding that Python does not know; save it as UTF-8") from None
    if not _is_of_text(encoding):
        raise BrokenCodeError(f"{file.path} declares the encoding {encoding!r}, which is not one of text; save it as UTF-8")
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BrokenCodeError(
            f"{file.path}, line {line}: byte 0x{content[error.start]:02x} is not {encoding.upper()}; save the file as UTF-8"
        ) from None


def code_lines(text: str) -> list[str]:
    """A program's lines as Python numbers them, of which there is one at least.

    They end with line feeds, carriage returns and both together alone: `str.splitlines` also ends them with form feeds, U+2028
    and others, which may stand within a line.
    """
    *lines, rest = _LINE_END.split(text)
    return [*lines, rest] if rest or not lines else lines


def _is_of_text(encoding: str) -> bool:
    """Whether ASCII is ASCII in it: what stands in the bytes stands in the text, and reading it takes no longer."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return _PROBE.encode("ascii").decode(encoding) == _PROBE
    except (LookupError, UnicodeError):
        return False


@contextmanager
def in_plain_words(name: str) -> Iterator[None]:
    """Python's warnings about a student's code stay silent here; its errors become messages."""
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except SyntaxError as error:
        raise BrokenCodeError(_syntax_message(error, name)) from None
    except (RecursionError, MemoryError):
        raise BrokenCodeError(f"{name} is nested too deeply for Python to read; split its longest expression") from None


def _syntax_message(error: SyntaxError, path: str) -> str:
    message = f"{path}, line {error.lineno or 1}: {harmless_line(error.msg)}"
    if not error.text or not error.offset:
        return message
    return f"{message}\n{_with_caret(error.text.rstrip(), error.offset - 1)}"


def _with_caret(line: str, column: int) -> str:
    """The line, and a `^` under its character at `column` (from 0), tabs and long lines included."""
    column = min(max(column, 0), len(line))
    before, after = line[max(0, column - _SHOWN_WIDTH) : column].lstrip(), line[column : column + _SHOWN_WIDTH]
    before, after = (harmless_line(part.expandtabs(4), 8 * _SHOWN_WIDTH) for part in (before, after))
    return f"    {before}{after}\n    {' ' * len(before)}^"
