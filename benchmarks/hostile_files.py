"""Files as a hostile student hands them in: real hand-ins mutated, and the few shapes that are known to break parsers."""

import contextlib
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from benchmarks.hostile_peer import HoleError, mutated
from grader.content.case_file import NotACaseError, read_case, write_case
from grader.content.extraction import CellLines
from grader.content.submission import Submission, names_used, packages_used, read_submission
from grader.content.task import Interface, Parameter, load_task, task_names
from grader.worker.packed import unpack

COURSE = Path(__file__).parents[1]
SOURCE_BYTES = 1 << 20
MOST_SAID = 30_000
"""Characters of all messages about one hand-in."""
JULIA = Interface("julia", (Parameter("c", "complex"), Parameter("n", "int")), "int32[n,n]", "")


# Hand-ins


@dataclass(frozen=True)
class HandedIn:
    """An author's folder: content by file name."""

    files: Mapping[str, bytes]


def read(hand_in: HandedIn) -> None:
    """Put it into a folder and read it as a grading does, for each of two tasks; nothing may be raised."""
    with _scratch() as scratch:
        folder = scratch / "mallory"
        for name, content in hand_in.files.items():
            path = folder / name
            with contextlib.suppress(OSError, ValueError):  # no name that a file can have
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for interface in (JULIA, *_interfaces()[:1]):
            found = read_submission(
                folder, "mallory", "student", interface, task_names(COURSE), source_bytes_limit=SOURCE_BYTES
            )
            if isinstance(found, Submission):
                names_used(found)
                packages_used(found)
                said: Sequence[str] = found.notes
            else:
                said = (found.message,)
            "\n".join(said).encode()
            if sum(map(len, said)) > MOST_SAID:
                raise HoleError(f"{sum(map(len, said))} characters are said about it")


def random_source(random: Random) -> HandedIn:
    """One to three Python files, mutated by lines, by tokens and by bytes."""
    names = random.sample(_NAMES, random.choice((1, 1, 1, 2, 3)))
    return HandedIn({name: _random_python(random) for name in names})


def random_notebook(random: Random) -> HandedIn:
    """A notebook whose cells, JSON or bytes are odd."""
    lines = _random_python(random, bytes_too=False).decode("utf-8", "replace").splitlines(keepends=True)
    cells: list[Any] = []
    while lines:
        count = random.randrange(1, 15)
        text = "".join(lines[:count])
        if random.random() < 0.3:
            text = random.choice(_MAGICS) + text
        if random.random() < 0.2:
            text += random.choice(_MAGICS)
        source = text.splitlines(keepends=True) if random.random() < 0.5 else text
        cells.append({"cell_type": "code", "source": source, "outputs": [], "metadata": {}, "execution_count": 1})
        del lines[:count]
    notebook: Any = {"cells": cells, "metadata": {"kernelspec": {"language": "python"}}, "nbformat": 4, "nbformat_minor": 5}
    for _ in range(random.choice((0, 0, 1, 3))):
        notebook = _with_odd_value(random, notebook)
    content = json.dumps(notebook, ensure_ascii=random.random() < 0.7).encode("utf-8", "surrogatepass")
    if random.random() < 0.15:
        content = mutated(random, content)
    return HandedIn({random.choice(("julia.ipynb", "Julia (1).ipynb", "labs.ipynb")): content})


def _random_python(random: Random, *, bytes_too: bool = True) -> bytes:
    lines = random.choice(_corpus()).split(b"\n")
    for _ in range(random.choice((0, 1, 2, 5))):
        place = random.randrange(len(lines) + 1)
        how = random.randrange(5)
        if how == 0:
            lines[place:place] = random.choice(_corpus()).split(b"\n")[: random.randrange(1, 6)]
        elif how == 1:
            del lines[place : place + random.randrange(1, 4)]
        elif how == 2:
            lines.insert(place, random.choice(_LINES))
        elif place < len(lines):
            words = lines[place].split(b" ")
            words.insert(random.randrange(len(words) + 1), random.choice(_TOKENS))
            lines[place] = b" ".join(words)
    text = b"\n".join(lines)
    if bytes_too and random.random() < 0.1:
        text = random.choice(_STARTS) + text
    return mutated(random, text) if bytes_too and random.random() < 0.3 else text


def _with_odd_value(random: Random, node: Any) -> Any:  # noqa: ANN401 -- whatever JSON holds
    """The same with one of its values replaced, at any depth."""
    if random.random() < 0.2 or not isinstance(node, dict | list) or not node:
        return random.choice(_ODD_VALUES)
    if isinstance(node, dict):
        key = random.choice(list(node))
        return {**node, key: _with_odd_value(random, node[key])}
    place = random.randrange(len(node))
    return [*node[:place], _with_odd_value(random, node[place]), *node[place + 1 :]]


@cache
def _corpus() -> tuple[bytes, ...]:
    """The class's and the course's own Python files."""
    paths = [*COURSE.glob("submissions/*/*.py"), *COURSE.glob("reference/*/*.py"), *COURSE.glob("tasks/*/starter.py")]
    return tuple(path.read_bytes() for path in sorted(paths))


@cache
def _interfaces() -> tuple[Interface, ...]:
    return tuple(load_task(COURSE, name).interface for name in task_names(COURSE))


_NAMES = (
    *("julia.py", "Julia.py", "julia (1).py", "labs.py", "helper.py", "a/b/c/julia.py", "numpy.py", "-rf.py", "=cmd().py"),
    *(
        "CON.py",
        "x" * 250 + ".py",
        "ju\u202elia.py",
        "julia\x1b[2J.py",
        "julia.PY",
        "__init__.py",
        "matmul.py",
        "ﬁ.py",
        "[red].py",
    ),
)
_MAGICS = (
    *("%time x = julia(1)\n", "!ls -l\n", "files = !ls\n", "%%bash\n", "%%time\n", "%%timeit -n 1\n", "julia?\n", "??\n"),
    *("%matplotlib inline\n", "%time\n", "\\\n", ",julia 1\n", ";x\n", "/f\n", "%%\n", "%\n", "!\n", "=!\n", "a = %time\n"),
    *(">>> x\n", "In [1]: x\n", "\t", "\f", "\r", "\u2028", "'''\n", "(\n", "%time x = (\n", "await f()\n", "\x0c\x0b\n"),
)
_TOKENS = (
    *(b"(", b")", b"[", b"]", b"{", b"}", b":", b"=", b":=", b"*", b"**", b"@", b"->", b"\\", b"'", b'"', b'"""', b"#"),
    *(
        b"lambda",
        b"async",
        b"await",
        b"yield",
        b"import",
        b"from",
        b"global",
        b"nonlocal",
        b"match",
        b"case",
        b"return",
        b"del",
    ),
    *(b"\x00", b"\x0c", b"\x1a", b"\xff", b"\xef\xbb\xbf", "\u202e".encode(), "ﬁ".encode(), b"0x", b"1e", b"0_", b"9" * 5000),
    *(b"f'{", b"f'{x!r:{'", b"b'\\x", b"u'\\N{", b"'\\ud800'", b"*a,", b"__name__", b"if True:", b"\t", b"\r", b";"),
)
_LINES = (
    *(b"from __future__ import braces", b"from . import x", b"from ... import *", b"import a.b.c as d", b"from julia import *"),
    *(b"def julia(c, n): pass", b"julia = lambda *a: 0", b"class julia: pass", b"async def julia(c, n): pass", b"julia = f"),
    *(b"@njit", b"@(", b"del julia", b"global x", b"return 1", b"x: int", b"if __name__ == '__main__':", b"else:", b"try:"),
    *(b"# -*- coding: latin-1 -*-", b"    unexpected", b"with open(x) as (a, b): pass", b"type X = int", b"print '\x07'"),
)
_ENCODINGS = (
    *("latin-1", "utf-7", "utf-16", "utf-32", "unicode_escape", "raw_unicode_escape", "punycode", "idna", "rot13", "hex"),
    *(
        "base64",
        "zip",
        "bz2",
        "mbcs",
        "undefined",
        "utf8",
        "UTF_8_SIG",
        "cp037",
        "cp1252",
        "shift_jis",
        "hz",
        "iso2022_jp",
        "big5",
    ),
    *("ascii", "x" * 1000, "../../etc", "utf-8-\x00"),
)
_STARTS = (
    *(f"# coding: {name}\n+2AA- +AAA- \\ud800 \\x00\n".encode() for name in _ENCODINGS),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf# coding: latin-1\n",
        b"#!/bin/sh\n# coding=utf-7\n",
        b"\x0c",
        b"\r",
    ),
)
_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e308, 10**4000, "", "\ud800", "\x00", "%%bash", [], {}, [[]], [None], {"cells": []}, "python", "R"),
    *([{"cell_type": "code", "source": "def julia(c, n): return 0"}], {"language": ["x"]}, "julia\u202e" * 100, ["a", 1]),
)


# Known to break parsers: each is read once, and bounded in time and memory like all others


def _many(unit: str, count: int = SOURCE_BYTES) -> str:
    """As many of a piece as fit into a file."""
    return unit * (min(count, SOURCE_BYTES - 100) // len(unit))


def _python(text: str) -> HandedIn:
    return HandedIn({"julia.py": text.encode("utf-8", "surrogatepass")})


def _cells(*sources: object) -> HandedIn:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    return HandedIn({"julia.ipynb": json.dumps({"cells": cells}).encode()})


def _nested(deep: int) -> HandedIn:
    return HandedIn({"julia.ipynb": b'{"cells": ' + b"[" * deep + b"]" * deep + b"}"})


JULIA_LINE = "def julia(c, n): return 0\n"
BOMBS: Mapping[str, Callable[[], HandedIn]] = {
    "a million brackets": lambda: _python(_many("(")),
    "a million minus signs": lambda: _python(_many("-") + "1"),
    "a million nots": lambda: _python(_many("not ") + "1"),
    "a million additions": lambda: _python("x = 1" + _many("+1")),
    "a million attributes": lambda: _python("x = a" + _many(".a")),
    "a million calls": lambda: _python("x = f" + _many("()")),
    "a million subscripts": lambda: _python("x = a" + _many("[0]")),
    "decorators that are called again and again": lambda: _python("@f" + _many("()", 2000) + "\n" + JULIA_LINE),
    "an endless elif": lambda: _python("if x: pass\n" + _many("elif x: pass\n")),
    "nested functions": lambda: _python("".join(f"{' ' * level}def f():\n" for level in range(99)) + " " * 99 + "pass"),
    "nested lambdas": lambda: _python("x = " + _many("lambda: ") + "0"),
    "nested f-strings": lambda: _python("x = " + _many("f'{") + "0"),
    "a number of a million digits": lambda: _python("x = " + _many("9")),
    "a power that the compiler folds": lambda: _python("x = 9**9**9**9\ny = 'a' * 10**9\nz = ((1,) * 10**8,) * 10**8"),
    "many powers that the compiler folds": lambda: _python(_many("x = (1 << 100) ** 100 ** 2\n")),
    "a string without an end": lambda: _python("x = '''" + _many("a")),
    "one long line": lambda: _python("x = " + _many("a ") + "(\n"),
    "one long name": lambda: _python(f"def {_many('a')}(): pass"),
    "one long name that is wrong": lambda: _python(f"def f():\n    x = 1\n    global {_many('a', 400_000)}, x\n"),
    "one long name that is nearly right": lambda: _python(f"class julia{_many('a', 900_000)}: pass"),
    "many functions": lambda: _python("".join(f"def f{number:x}(a, b): 0\n" for number in range(45_000))),
    "many functions named nearly": lambda: _python("".join(f"def juli{number:x}(a, b): 0\n" for number in range(40_000))),
    "many classes": lambda: _python("".join(f"class C{number:x}: 0\n" for number in range(55_000))),
    "many parameters": lambda: _python(f"def julia({', '.join(f'a{number:x}' for number in range(120_000))}): 0"),
    "many imports": lambda: _python("import " + ", ".join(f"a{number:x}" for number in range(120_000))),
    "one deep import": lambda: _python("import a" + _many(".a")),
    "one deep import that is used often": lambda: _python(f"import a{_many('.a', 20_000)} as x\n{_many('x;', 900_000)}"),
    "one deep import of much": lambda: _python(
        f"from a{_many('.a', 20_000)} import {', '.join(f'b{number:x}' for number in range(90_000))}"
    ),
    "much of one long name": lambda: _python(
        f"from {_many('a', 500_000)} import {', '.join(f'b{number:x}' for number in range(60_000))}"
    ),
    "one deep import over many lines": lambda: _python("from a" + _many(".\\\na") + " import b"),
    "one deep import in a magic": lambda: _cells("%time import a" + _many(".a", 900_000)),
    "a relative import from far above": lambda: _python(f"from {_many('.', 900_000)} import x"),
    "many deep attributes": lambda: _python("import a as b\n" + _many("b" + ".a" * 80 + "\n")),
    "many stars": lambda: _python(_many("from julia import *\n")),
    "itself": lambda: _python("from julia import julia\n"),
    "many aliases": lambda: _python("f = lambda: 0\n" + "".join(f"f{number:x} = f\n" for number in range(80_000))),
    "many errors": lambda: _python(_many("é = \u037e\n")),
    "an encoding that is slow": lambda: _python("# coding: punycode\n" + _many("a-zzzz")),
    "surrogates by way of an encoding": lambda: _python("# coding: utf-7\nx = '+2AA-'\n" + JULIA_LINE),
    "a NUL by way of an encoding": lambda: _python("# coding: unicode_escape\nx = '\\x00'\n" + JULIA_LINE),
    "surrogates": lambda: _python("x = '\ud800'\n" + JULIA_LINE),
    "tabs": lambda: _python(_many("\t") + "x = (\n"),
    "form feeds and indents": lambda: _python("".join(f"{' ' * level}if 1:\n" for level in range(1400))),
    "many files": lambda: HandedIn({f"julia_{number}.py": JULIA_LINE.encode() for number in range(1000)}),
    "many files that import each other": lambda: HandedIn(
        {f"m{number}.py": "".join(f"import m{other}\n" for other in range(200)).encode() for number in range(200)}
    ),
    "a notebook of a million lists": lambda: _nested(1_000_000),
    "a notebook of deep lists": lambda: _nested(900),
    "a notebook of a million cells": lambda: _cells(*[""] * 1_000_000),
    "a notebook of many cells with code": lambda: _cells(*["x = 1"] * 30_000),
    "a notebook of many magics": lambda: _cells(*["%time x = 1\n!ls\n"] * 3000),
    "a notebook of one long magic": lambda: _cells("%time " + _many("x ", 500_000)),
    "a notebook of one cell of magics": lambda: _cells(_many("!ls\n", 100_000)),
    "a notebook of one cell of question marks": lambda: _cells(_many("?\n", 100_000)),
    "a notebook of one deep expression": lambda: _cells("x = " + _many("-", 900_000) + "1"),
    "a notebook of one long sum": lambda: _cells("x = 1" + _many("+1", 900_000)),
    "a notebook of a deep expression after a magic": lambda: _cells("!ls\nx = " + _many("(", 100_000)),
    "a notebook in which all depends on all": lambda: _cells(
        *(f"def f{number}(): {', '.join(f'f{other}()' for other in range(150))}" for number in range(150)),
        "def julia(c, n): return f0()",
    ),
    "a notebook that changes one name often": lambda: _cells("x = []\n" + _many("x.append(x)\n", 120_000) + JULIA_LINE),
    "a notebook of a long chain": lambda: _cells("x = a" + _many(".a", 3000) + "\n" + JULIA_LINE),
    "a notebook of an endless elif": lambda: _cells("if x: y = 1\n" + _many("elif x: y = 1\n", 60_000) + JULIA_LINE),
    "a notebook of spaces": lambda: _cells(_many(" ", 900_000) + "%%time\n" + _many("\n", 100_000) + "?"),
    "a notebook of decorators": lambda: _cells("@(\n" + _many("\n", 900_000) + "f)\n" + JULIA_LINE),
    "a notebook of timed code in timed code": lambda: _cells("%time " + "%time " * 5000 + "x = 1"),
    "a notebook of a number": lambda: HandedIn({"julia.ipynb": b'{"cells": ' + b"9" * 1_000_000 + b"}"}),
    "a notebook of commas": lambda: HandedIn({"julia.ipynb": b'{"cells": [' + b"0," * 4_000_000 + b"0]}"}),
    "a notebook of wide letters": lambda: HandedIn(
        {"julia.ipynb": '{"cells": [], "x": "\U0001f600'.encode() + b"a" * (99 << 20) + b'"}'}
    ),
    "a notebook with one long key": lambda: HandedIn({"julia.ipynb": b'{"' + b"k" * 5_000_000 + b'": 0}'}),
}


# Tracebacks and messages that are put into a notebook's words


def locate(text: str) -> None:
    """Put a message into cells of a notebook; it stays a message, and grows by no more than the names in it."""
    lines = CellLines("julia.ipynb", "julia_ipynb.py", ((1, 1), (1, 2), (2, 1)), ("import numpy", "def julia(c, n):"))
    located = lines.located(text)
    if len(located) > 3 * len(text) + 100:
        raise HoleError(f"{len(text)} characters became {len(located)}")


def random_traceback(random: Random) -> str:
    """Pieces of tracebacks in any order."""
    pieces = (
        "julia_ipynb.py",
        '"julia_ipynb.py"',
        ", line ",
        ":",
        " (",
        ")",
        "3",
        "0",
        "99999999999",
        "٣",
        "²",
        "\n",
        '"',
        "\x1b[2J",
    )
    return "".join(random.choice((*pieces, chr(random.randrange(0x11_0000)))) for _ in range(random.choice((5, 40, 400))))


# Compiled functions, which go back to the submission's next worker


def restore(packed: bytes) -> None:
    """Unpack them: nothing may be raised, and nothing written beside the folder."""
    with _scratch() as scratch:
        folder = scratch / "inside" / "numba-cache"
        unpack(packed, folder)
        beside = [
            path for path in scratch.rglob("*") if path not in (folder, folder.parent) and not path.is_relative_to(folder)
        ]
        if beside:
            raise HoleError(f"{beside[0].relative_to(scratch)} was written beside the folder")


def random_packed(random: Random) -> bytes:
    """Entries with odd names and lengths that lie."""
    entries = b""
    for _ in range(random.randrange(1, 5)):
        name, content = random.choice(_ENTRY_NAMES), random.randbytes(random.randrange(20))
        lengths = [len(name), len(content)]
        if random.random() < 0.2:
            lengths[random.randrange(2)] = random.choice((0, 1, 2**31, 2**32 - 1))
        entries += b"".join(length.to_bytes(4, "little") for length in lengths) + name + content
    return mutated(random, entries) if random.random() < 0.5 else entries


_ENTRY_NAMES = (
    *(b"a/b.nbi", b"a", b"a/b.nbi/c", b"../x", b"a/../../../x", b"a/..", b"..", b".", b"", b"/", b"//", b"a//b", b"./a", b"a/"),
    *(b"\x00", b"a\x00b", b"\xff\xfe", b"x" * 300, b"a/" * 3000 + b"b", b"/dev/shm/hostile-fuzz-x", b"a/./b", b"...", b"\n"),
)


# Saved cases


def open_case(content: bytes) -> None:
    """Read a case file: its values, or NotACaseError."""
    with _scratch() as scratch:
        path = scratch / "case.npz"
        path.write_bytes(content)
        try:
            saved = read_case(path, inputs=2)
        except NotACaseError as error:
            str(error).encode()
            return
        if any(value.dtype.kind not in "biufc" for value in saved.values):
            raise HoleError("something else than numbers was read")


def random_case(random: Random) -> bytes:
    """A case file in which a member, a header, the directory or any bytes are odd."""
    members = {**_members()}
    for _ in range(random.randrange(3)):
        name = random.choice(list(members))
        how = random.randrange(4)
        if how == 0:
            members.pop(name) if len(members) > 1 else None
        elif how == 1:
            members[name] = mutated(random, members[name])
        elif how == 2:
            members[name] = random.choice(_odd_arrays())
        else:
            members[random.choice(("../x.npy", "input_9.npy", "input_0", "task", "a" * 5000))] = members[name]
    file = io.BytesIO()
    method = random.choice(
        (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    )
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return mutated(random, file.getvalue()) if random.random() < 0.7 else file.getvalue()


@cache
def _members() -> dict[str, bytes]:
    with _scratch() as scratch:
        path = scratch / "case.npz"
        write_case(path, "julia", "small", (np.arange(6.0).reshape(2, 3), 4))
        with zipfile.ZipFile(path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def _npy(descr: str, shape: str, content: bytes = b"") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + content


@cache
def _odd_arrays() -> tuple[bytes, ...]:
    objects = io.BytesIO()
    np.save(objects, np.array([{}, print], dtype=object), allow_pickle=True)
    zeros = io.BytesIO()
    np.save(zeros, np.zeros(200_000))
    shapes = (
        "(10**12,)",
        "(1000000000000,)",
        "(-1,)",
        "(2**70,)",
        "(0, 99999999999999)",
        "()",
        "'x'",
        "(1.5,)",
        "(4294967296, 4294967296)",
    )
    descrs = (
        "'|O'",
        "'|V99'",
        "'<U9999999'",
        "'<M8[s]'",
        "[('a', '<f8')]",
        "'<f16'",
        "'>c16'",
        "'|S0'",
        "__import__('os')",
        "'<f8'",
    )
    return (
        objects.getvalue(),
        zeros.getvalue(),
        *(_npy("'<f8'", shape, bytes(48)) for shape in shapes),
        *(_npy(descr, "(3,)", bytes(48)) for descr in descrs),
        _npy("(" * 5000, "()"),
        b"\x93NUMPY\x09\x00",
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        b"",
    )


@contextlib.contextmanager
def _scratch() -> Iterator[Path]:
    """A folder in memory that is gone afterwards, whatever stands in it."""
    folder = Path(tempfile.mkdtemp(dir=_SHARED_MEMORY if _SHARED_MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 -- each scratch folder has a name of its own
