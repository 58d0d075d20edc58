"""A Python file is read as text: what it defines, what it uses, and where exactly it is broken."""

import ast
import warnings
from textwrap import dedent

import pytest

from grader.content.parsing import BrokenCodeError, check_compiles, code_lines
from grader.content.reading import SourceFile
from grader.content.static_code import Code, read_code


def read(source: str | bytes, path: str = "f.py") -> Code:
    content = dedent(source).encode() if isinstance(source, str) else source
    return read_code(SourceFile(path, content))


def broken(source: str | bytes) -> str:
    with pytest.raises(BrokenCodeError) as caught:
        read(source)
    return str(caught.value)


# Definitions


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("def f(x, y): ...", "(x, y)"),
        ("def f(x, /, y=1, *rest, z, w=2, **more): ...", "(x, y=…, *rest, z, w=…)"),
        ("def f(x, *, z): ...", "(x, *, z)"),
        ("f = lambda x: x", "(x)"),
        ("import numba\n@numba.njit(parallel=True)\ndef f(x): ...", "(x)"),
        ("from numba import njit as fast\n@fast\ndef f(x): ...", "(x)"),
        ("from numba import njit\ndef g(x): ...\nf = njit(g)", "(x)"),
        ("from numba import njit\ndef f(x): ...\nf = njit('f8(f8)', cache=True)(f)", "(x)"),
        ("def g(x): ...\nf = g", "(x)"),
        ("try:\n    import numba\nexcept ImportError:\n    pass\nelse:\n    def f(x): ...", "(x)"),
        ("def f(a): ...\ndef f(x): ...", "(x)"),
        ("def f(x): ...\nif __name__ == '__main__':\n    def f(): ...", "(x)"),
    ],
)
def test_a_functions_parameters_are_told_where_the_text_tells_them(source: str, text: str) -> None:
    signature = read(source).definitions["f"].signature
    assert signature is not None
    assert signature.text == text


@pytest.mark.parametrize(
    "source",
    [
        "from numba import guvectorize\n@guvectorize(['(f8[:], f8[:])'], '(n)->(n)')\ndef f(x, out): ...",
        "from functools import partial\ndef g(x, y): ...\nf = partial(g, 1)",
        "from mine import curried\n@curried\ndef f(x, y): ...",
        "from somewhere import f",
        "f = make()",
    ],
)
def test_where_only_running_it_would_tell_they_are_unknown(source: str) -> None:
    assert read(source).definitions["f"].signature is None


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("class f: ...", "class"),
        ("async def f(): ...", "async function"),
        ("class A: ...\nf = A", "class"),
        ("from a import f", "import"),
    ],
)
def test_other_things_have_their_kind(source: str, kind: str) -> None:
    assert read(source).definitions["f"].kind == kind


@pytest.mark.parametrize(
    "source", ["f = 3", "f = [1, 2]", "class A:\n    def f(self): ...", "def g():\n    def f(): ...", "import f"]
)
def test_what_cannot_be_called_from_outside_is_no_definition(source: str) -> None:
    assert "f" not in read(source).definitions


@pytest.mark.parametrize(
    ("source", "fits"),
    [
        ("def f(a, b): ...", True),
        ("def f(a, b, c=1): ...", True),
        ("def f(*all): ...", True),
        ("def f(a, b, *, k=1): ...", True),
        ("def f(a): ...", False),
        ("def f(a, b, c): ...", False),
        ("def f(a, b, *, k): ...", False),
        ("def f(): ...", False),
    ],
)
def test_a_signature_knows_whether_two_positional_arguments_fit(source: str, *, fits: bool) -> None:
    signature = read(source).definitions["f"].signature
    assert signature is not None
    assert signature.accepts(2) is fits


# Imports and names


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("import helper", "helper.py"),
        ("import lib.fast", "lib/fast.py"),
        ("from lib import fast", "lib/fast.py"),
        ("from lib.fast import f", "lib/__init__.py"),
        ("from . import other", "pkg/other.py"),
        ("from .other import f", "pkg/other.py"),
        ("from ..top import f", "top.py"),
        ("import beside", "pkg/beside.py"),
        ("def f():\n    import late", "late.py"),
    ],
)
def test_the_places_of_imported_modules_are_known(statement: str, found: str) -> None:
    assert found in read(statement, path="pkg/f.py").imports


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import numpy as np\nnp.linalg.norm(x)", "numpy.linalg.norm"),
        ("import numpy as np\nnp.linalg.norm(x)", "numpy"),
        ("from numpy import dot as d\nd(a, b)", "numpy.dot"),
        ("from numba import njit\n@njit\ndef f(): ...", "numba.njit"),
        ("import numba\n@numba.njit(fastmath=True)\ndef f(): ...", "numba"),
        ("from numba import *", "numba"),
        ("c = a @ b", "@"),
        ("c @= b", "@"),
        ("c = a.dot(b)", ".dot"),
        ("sum(x)", "sum"),
        ("from numpy import *\nc = dot(a, b)", "numpy.dot"),
        ("import numpy as np\nnp.cross.__globals__['dot'](a, b)", ".__globals__"),
        ("__builtins__['eval']('a@b')", "__builtins__"),
    ],
)
def test_a_used_name_is_known_by_its_full_name(source: str, name: str) -> None:
    assert name in read(source).names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from numba import njit", "numba"),
        ("@decorator\ndef f(): ...", "@"),
        ("# a @ b, np.dot", "@"),
        ("numba = 'numba.njit'", "numba"),
        ("import numpy as np\nnp.add(1, 2)", ".add"),
    ],
)
def test_a_name_that_is_only_imported_or_mentioned_is_not_used(source: str, name: str) -> None:
    assert name not in read(source).names


# Broken files


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "x = 1\nfor i in range(3): x = = i\n",
            "f.py, line 2: invalid syntax\n    for i in range(3): x = = i\n                           ^",
        ),
        ("if x:\n\t\tif y = 3:\n\t\t\tpass\n", "    if y = 3:\n       ^"),
        ("x = " + "1 + " * 100 + "2 3\n", "2 3"),
        ("x = 'é' 3\n", "    x = 'é' 3\n"),
        ("def f():\nreturn 1", "f.py, line 2: expected an indented block"),
        ("if x:\n\ty\n        z\n", "f.py, line 3: inconsistent use of tabs and spaces"),
        ("x = 3 \x1b[31m", r"x = 3 \x1b[31m"),
    ],
)
def test_a_syntax_error_shows_the_line_and_a_caret_below_the_place(source: str, shown: str) -> None:
    said = broken(source.encode())
    assert shown in said
    assert all(len(line) < 250 and line.isprintable() for line in said.splitlines())


def test_the_caret_stands_below_its_character_whatever_the_tabs() -> None:
    _, line, caret = broken(b"if a:\n\tif\tb:\n\t\tx =\t= 1\n").splitlines()
    assert caret.index("^") == line.rindex("=")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = 1\ny = '\xfcber'", "f.py, line 2: byte 0xfc is not UTF-8; save the file as UTF-8"),
        (b"# \xfc\n", "f.py, line 1: byte 0xfc is not UTF-8"),
        ("x = 1".encode("utf-16"), "f.py is UTF-16; save it as UTF-8"),
        (b"x = 1\n\0", "f.py, line 2: holds a NUL byte"),
        (b"# coding: klingon\nx = 1", "declares an encoding that Python does not know"),
        (b"# coding: rot13\nk = 1", "declares the encoding 'rot13', which is not one of text"),
        (b"# coding: utf-7\nx = '+2AA-'", "declares the encoding 'utf-7', which is not one of text"),
        (b"# coding: unicode_escape\nx = '\\x00'", "declares the encoding 'unicode_escape', which is not one of text"),
        (b"# coding: punycode\nx = 1", "declares the encoding 'punycode', which is not one of text"),
        (b"# coding: ascii\nx = '\xc3\xbc'", "line 2: byte 0xc3 is not ASCII"),
    ],
)
def test_what_is_not_text_in_its_encoding_is_said_with_its_line(content: bytes, said: str) -> None:
    assert said in broken(content)


def test_an_import_that_would_take_the_parser_minutes_is_refused() -> None:
    deep = "import a" + ".a" * 2000
    for source in (deep, deep.replace(".", "\\\n."), f"x = 1; {deep}", f"if x: from {deep[7:]} import b"):
        assert broken(source.encode()) == "f.py imports a module that lies too deep"
    assert read("x = [" + "1.5, " * 3000 + "]\nimport numpy").imports, "other lines may have many dots"


def test_a_declared_encoding_is_honoured() -> None:
    assert "f" in read("# coding: latin-1\ndef f(x='\xfc'): ...".encode("latin-1")).definitions
    assert "f" in read(b"\xef\xbb\xbfdef f(): ...").definitions


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('f"' + "{x}" * 80_000 + '"', "f.py has 80,000 opening braces; at most 20,000 are read"),
        ("def f(): ...\n" * 20_000, "f.py has 20,000 definitions; at most 5,000 are read"),
    ],
    ids=["a formatted string", "definitions"],
)
def test_what_takes_pythons_compiler_minutes_is_not_read(source: str, words: str) -> None:
    assert broken(source.encode()) == words


@pytest.mark.parametrize("source", ["-" * 100_000 + "1", "a" + ".b" * 100_000, "1" + "+1" * 100_000, "not " * 100_000 + "1"])
def test_nesting_too_deep_for_python_is_a_message(source: str) -> None:
    assert broken(source.encode()) == "f.py is nested too deeply for Python to read; split its longest expression"


def test_a_long_chain_of_elif_is_read() -> None:
    source = "if a:\n    pass\n" + "elif b:\n    pass\n" * 500 + "else:\n    def f(): ...\n"
    assert "f" in read(source).definitions


@pytest.mark.parametrize(
    ("source", "said"), [("return 1", "'return' outside function"), ("def f(a, a): ...", "duplicate argument")]
)
def test_the_compiler_finds_what_the_parser_does_not(source: str, said: str) -> None:
    with pytest.raises(BrokenCodeError, match=f"f.py, line 1: .*{said}"):
        check_compiles(SourceFile("f.py", source.encode()))


def test_reading_runs_nothing_and_passes_on_no_warning() -> None:
    source = b"x = 1 / 0\nif x is 3: raise SystemExit('\\d')\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_compiles(SourceFile("f.py", source))
        assert not read(source).is_empty


@pytest.mark.parametrize(
    ("guard", "used"),
    [
        ("if __name__ == '__main__':", False),
        ("if __name__ != '__main__':", True),
        ("if __name__ == '__main__' or True:", True),
        ("if __name__ == '__main__':\n    pass\nelse:", True),
    ],
)
def test_what_runs_only_as_a_program_uses_nothing(guard: str, used: bool) -> None:
    assert ("numpy.dot" in read(f"import numpy as np\n{guard}\n    np.dot(1, 2)\n").names) == used


# Lines


@pytest.mark.parametrize(
    "text", ["x = 1\n# \f\v\N{LINE SEPARATOR}\x85\x1c\n\fx = 2", "x = 1\r\n\r\nx = 2\r", "\r\r\nx = 2\n", "x = 2"]
)
def test_lines_are_numbered_as_python_numbers_them(text: str) -> None:
    lines = code_lines(text)
    assert lines[ast.parse(text).body[-1].lineno - 1].strip() == "x = 2"
    assert lines[-1].strip() == "x = 2", "behind the last end there is no line"


def test_a_file_has_one_line_at_least() -> None:
    assert code_lines("") == [""]
    assert code_lines("\n\n") == ["", ""]
