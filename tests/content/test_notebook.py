"""Notebooks are handed in like files: the function and what it needs are taken, and messages name cell and line."""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.content import notebook as notebook_module
from grader.content.extraction import extract, overview
from grader.content.notebook import UnreadableNotebookError, code_cells, condense
from grader.content.parsing import BrokenCodeError
from grader.content.reading import SourceFile
from grader.content.submission import Rejection, Submission, infer_task, names_used, read_files, read_submission
from grader.content.task import read_interface
from grader.errors import UsageError
from grader.verdicts import Verdict

JULIA = read_interface('def julia(x: "float64[w]", y: "float64[h]", c: complex, max_iter: int) -> "int32[h, w]": ...', "julia")
MATMUL = read_interface('def matmul(a: "float64[n,k]", b: "float64[k,m]") -> "float64[n,m]": ...', "matmul")
TASKS = ("julia", "matmul")
GOOD = "def julia(x, y, c, max_iter):\n    return 0"
LIMIT_BYTES = 20_000


def notebook(*cells: str, **fields: object) -> dict[str, Any]:
    """A notebook of format 4 as Jupyter writes it, with a text before the code cells `cells`."""
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# Lab 2\n", "def julia(): a picture"]}
    code = [
        {
            "cell_type": "code",
            "metadata": {"id": f"cell{number}"},
            "execution_count": number,
            "source": dedent(cell).splitlines(keepends=True),
            "outputs": [],
        }
        for number, cell in enumerate(cells)
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "language_info": {"name": "python"}}
    return {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": [text, *code], **fields}


def source(*cells: str) -> SourceFile:
    return SourceFile("julia.ipynb", condense(json.dumps(notebook(*cells)).encode()))


def module(*cells: str, function: str = "julia") -> str:
    """The text that is extracted for a function."""
    return extract(source(*cells), function).file.content.decode()


def notes(*cells: str) -> str:
    return "\n".join(extract(source(*cells), "julia").notes)


def read(folder: Path, files: dict[str, str | bytes | dict[str, Any]]) -> Submission | Rejection:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(content) if isinstance(content, dict) else content
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read_submission(folder, "ada", "student", JULIA, TASKS, source_bytes_limit=LIMIT_BYTES)


def accepted(folder: Path, files: dict[str, str | bytes | dict[str, Any]]) -> Submission:
    found = read(folder, files)
    assert isinstance(found, Submission), found
    return found


def rejected(folder: Path, files: dict[str, str | bytes | dict[str, Any]], verdict: Verdict) -> str:
    found = read(folder, files)
    assert isinstance(found, Rejection), found
    assert found.verdict is verdict, found.message
    return found.message


COLAB = (
    """#@title Setup {display-mode: "form"}
!pip install --quiet numba \\
    tqdm
%matplotlib inline
from google.colab import drive, files
drive.mount('/content/drive')
names = !ls""",
    "import numpy as np; import matplotlib.pyplot as plt\nfrom numba import njit",
    "LIMIT = 2.0 #@param {type:'number'}\nROWS: int = 7\nUNUSED = open('/content/drive/data.npy').read()",
    "def julia(x, y, c, max_iter):\n    return first_try(x)",
    "@njit\ndef escapes(z, c, max_iter):\n    return abs(z) > LIMIT\n\ndef unused(): return UNUSED",
    """#@title The fast one
%%time

@njit(
    parallel=True,
)
def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), np.int32)  # counts
    return escapes(x, y, c)""",
    "counts = julia(np.linspace(-1, 1, 9), np.linspace(-1, 1, 9), 0j, 50)\nplt.imshow(counts)\nplt.show()\nfiles.download?",
    "%%timeit -n 3\njulia(counts, counts, 0j, 3)",
    "",
    "if __name__ == '__main__':\n    julia(1, 2, 3, 4)",
)


# What is taken


def test_of_a_colab_notebook_the_function_is_taken_with_what_it_needs(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.ipynb": notebook(*COLAB)})
    (file,) = found.files
    assert (found.file, found.function, file.path) == ("julia_ipynb.py", "julia", "julia_ipynb.py")
    assert (
        file.content.decode()
        == """import numpy as np
from numba import njit
LIMIT = 2.0
@njit
def escapes(z, c, max_iter):
    return abs(z) > LIMIT
@njit(
    parallel=True,
)
def julia(x, y, c, max_iter):
    counts = np.empty((len(y), len(x)), np.int32)  # counts
    return escapes(x, y, c)
"""
    )
    needed = "'julia' and what it needs (LIMIT, escapes, njit and np)"
    assert found.notes == (
        f"of julia.ipynb, {needed} was taken from code cells 2, 3, 5 and 6; nothing else of the notebook is run",
        "'julia' is defined 2 times, in code cells 4 and 6: the last one was taken",
    )


def test_so_is_it_of_a_jupyter_notebook_with_widgets(tmp_path: Path) -> None:
    cells = (
        "import ipywidgets as widgets\nfrom ipywidgets import interact\nimport numpy as np",
        f"size = widgets.IntSlider(value=100)\n{GOOD}",
        "@interact(a=(0, 10))\ndef show(a=size.value):\n    plot(julia(np.arange(a), np.arange(a), 0, size.value))",
    )
    state = {"application/vnd.jupyter.widget-state+json": {"state": {"a": {"model_name": "SliderModel", "cells": [1]}}}}
    found = accepted(tmp_path, {"julia.ipynb": notebook(*cells, metadata={"widgets": state})})
    assert found.files[0].content.decode() == f"{GOOD}\n"


@pytest.mark.parametrize(
    ("before", "needed"),
    [
        ("KERNEL = [1, 2]", "KERNEL"),
        ("fast = njit(slow)\nslow = 1\nfast = slow", "fast"),
        ("a, (b, *rest) = 1, (2, 3)", "rest"),
        ("total = 0\ntotal += 2", "total"),
        ("table = [0] * 3\ntable[1] = 5", "table"),
        ("class A: ...\nA.limit = 3", "A"),
        ("import scipy\nimport scipy.fft", "scipy"),
        ("first = 1\nsecond = first\nfirst = 3", "second"),
        ("def g(k=DEFAULT): ...", "g"),
        ("try:\n    import cupy as xp\nexcept ImportError:\n    import numpy as xp", "xp"),
        ("if 1 < 2:\n    def h(): ...\nelse:\n    h = None", "h"),
        ("count = 0\ndef more():\n    global count\n    count += 1\n    return 3", "more()"),
        ("%time answer = 42", "answer"),
        ("%time answer = 42\n!ls\n", "answer"),
    ],
)
def test_an_assignment_that_is_needed_is_taken_and_its_history_with_it(before: str, needed: str) -> None:
    text = module("DEFAULT = njit = 1\nunneeded = 2", before, f"def julia(x, y, c, max_iter):\n    return {needed}")
    names: dict[str, Any] = {}
    exec(compile(f"def slow(): ...\n{text}".replace("import cupy", "import numpy"), "m", "exec"), names)  # noqa: S102 -- ours
    names["julia"](0, 0, 0, 0)
    assert "unneeded" not in text


def test_what_a_name_was_when_it_was_used_is_taken() -> None:
    text = module(
        "scale = 2",
        "def make(): return [scale]",
        "table = make()",
        "scale = 5",
        "def make(): return unneeded",
        "def julia(x, y, c, max_iter): return table[0], scale",
    )
    names: dict[str, Any] = {}
    exec(compile(text, "m", "exec"), names)  # noqa: S102 -- ours
    assert names["julia"](0, 0, 0, 0) == (2, 5)
    assert "unneeded" not in text


def test_a_functions_own_names_need_nothing_of_the_notebook() -> None:
    text = module(
        "x = slow()\ncounts = slow()", "def julia(x, y, c, max_iter):\n    counts = [k for k in x]\n    return counts", "k = 3"
    )
    assert "slow" not in text
    assert "k = 3" not in text


def test_several_statements_on_a_line_are_taken_apart() -> None:
    assert module("é = 'ü'; plot(é); b = 2", "def julia(x, y, c, max_iter): return b") == (
        "b = 2\ndef julia(x, y, c, max_iter): return b\n"
    )


def test_imports_that_say_nothing_of_who_needs_them_are_taken() -> None:
    text = module("from math import *", "from __future__ import annotations\nimport os", GOOD)
    assert text == f"from __future__ import annotations\nfrom math import *\n{GOOD}\n"


def test_other_tasks_of_the_notebook_stay_out_of_each_others_way(tmp_path: Path) -> None:
    labs = notebook("import numpy as np\nimport numba", f"@numba.njit\n{GOOD}", "def matmul(a, b): return np.asarray(a) @ b")
    found = accepted(tmp_path, {"Labs.ipynb": labs})
    assert found.notes[0] == "Labs.ipynb was taken for julia.py"
    assert "numba.njit" in names_used(found)
    assert "@" not in names_used(found)


@pytest.mark.parametrize("name", ["numba.ipynb", "Lab 2 (1).ipynb", "2-julia.ipynb", "src/Copy of julia.ipynb"])
def test_a_notebook_of_any_name_becomes_a_module_that_shadows_no_library(tmp_path: Path, name: str) -> None:
    found = accepted(tmp_path, {name: notebook(GOOD)})
    stem = Path(found.file).stem
    assert stem.isidentifier()
    assert stem.endswith("_ipynb")
    assert Path(found.file).parent == Path(name).parent


def test_what_the_notebook_imports_from_beside_it_comes_along(tmp_path: Path) -> None:
    cells = notebook("from helper import fast\nfrom matmul import matmul", "def julia(x, y, c, max_iter): return fast(x)")
    files: dict[str, str | bytes | dict[str, Any]] = {"julia.ipynb": cells, "helper.py": "def fast(x): ...", "matmul.py": ""}
    found = accepted(tmp_path, {**files, "matmul.ipynb": notebook("def matmul(a, b): ..."), "other.ipynb": notebook("x = 1")})
    assert [file.path for file in found.files] == ["helper.py", "julia_ipynb.py"]


def test_running_the_notebook_again_or_plotting_more_does_not_change_its_hash(tmp_path: Path) -> None:
    before = accepted(tmp_path, {"julia.ipynb": notebook("import numpy as np", GOOD)})
    again = notebook("import numpy as np", GOOD, "plt.plot(1)")
    again["cells"][2] |= {
        "execution_count": 77,
        "outputs": [{"output_type": "stream", "text": "x" * 100_000, "name": "stdout"}],
    }
    assert accepted(tmp_path, {"julia.ipynb": again}).content_hash == before.content_hash
    assert accepted(tmp_path, {"julia.ipynb": notebook("", "", GOOD)}).content_hash != before.content_hash


# What is left, and said


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("for data in [1, 2]: pass", "data"),
        ("with open('f') as f:\n    data = f.read()", "data"),
        ("while True:\n    data = 1", "data"),
        ("data = []\nfor i in range(3):\n    data.append(i)", "data"),
        ("data = [0] * 3\nfor i in range(3):\n    data[i] = i", "data"),
        ("data = [3, 1]\ndata.sort()", "data"),
        ("data = np.zeros((2, 2))\nnp.fill_diagonal(data, 3)", "data"),
        ("data = !ls", "data"),
        ("data = %sql select", "data"),
        ("if x:\n    data = 1\n    print(data)", "data"),
        ("(data := 3)", "data"),
        ("if __name__ == '__main__':\n    data = 1", "data"),
    ],
)
def test_what_is_needed_and_cannot_be_taken_is_named_with_its_place(statement: str, name: str) -> None:
    line = 2 if statement.startswith("data =") and "\n" in statement else 1
    said = notes("", statement, f"def julia(x, y, c, max_iter):\n    return {name}")
    assert f"{name!r} is needed, but code cell 2, line {line}, which makes or changes it, was left out" in said


@pytest.mark.parametrize(
    "statement", ["for i in range(3): plot(data)", "plot(data)", "data.mean()", "del data", "data: list", "other = data"]
)
def test_what_only_looks_at_a_needed_value_is_not_spoken_of(statement: str) -> None:
    said = notes("data = [1]", statement, "def julia(x, y, c, max_iter):\n    return data")
    assert "left out" not in said


def test_cells_out_of_order_are_said_to_be() -> None:
    said = notes("@njit\n" + GOOD, "from numba import njit")
    assert "code cell 1 uses 'njit' before code cell 2 makes it: restart the kernel" in said


def test_but_not_where_nothing_is_called_before_it_is_there() -> None:
    cells = (
        "from numba import njit",
        "def slow(x, y, c, max_iter): return step(x)\njulia = njit(slow)",
        "@njit\ndef step(x): ...",
    )
    assert "before" not in notes(*cells)
    assert module(*cells).endswith("julia = njit(slow)\n@njit\ndef step(x): ...\n")


def test_a_magic_within_the_function_is_spoken_of() -> None:
    assert "'julia' in code cell 1 holds a magic or a shell line" in notes(
        "def julia(x, y, c, max_iter):\n    !ls\n    return 0"
    )


def test_a_broken_cell_is_a_note(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.ipynb": notebook(GOOD, "x = 1\ndef plot(:\n    pass", "return 3", "x = '\ud800'")})
    assert found.notes[1:] == (
        "left out: julia.ipynb, code cell 2 (`x = 1`), line 2: invalid syntax",
        "left out: julia.ipynb, code cell 3 (`return 3`), line 1: 'return' outside function",
        "left out: julia.ipynb, code cell 4 (`x = '\\ud800'`), line 1: holds a character that is none",
    )


def test_but_for_the_function_in_it_it_is_a_build_error_with_cell_and_line(tmp_path: Path) -> None:
    broken = "x = 1\ndef julia(x, y, c, max_iter):\n    return (0"
    message = rejected(tmp_path, {"julia.ipynb": notebook(GOOD, broken)}, Verdict.BUILD_ERROR)
    assert message.startswith("julia.ipynb, code cell 2 (`x = 1`), line 3: '(' was never closed\n    return (0\n")
    assert accepted(tmp_path, {"julia.ipynb": notebook(broken, GOOD)}).function == "julia"


@pytest.mark.parametrize("magic", ["%%time", "%%submission julia", "# mine\n%%capture"])
def test_a_cell_counts_below_a_magic_that_runs_it_as_it_stands(tmp_path: Path, magic: str) -> None:
    found = accepted(tmp_path, {"julia.ipynb": notebook(f"{magic}\n{GOOD}")})
    assert found.files[0].content.decode().strip() == GOOD.strip()


@pytest.mark.parametrize("magic", ["%%writefile julia.py", "%%cython", "# for later\n%%script false --no-raise-error"])
def test_a_function_below_another_magic_is_not_the_notebooks(tmp_path: Path, magic: str) -> None:
    cell = f"{magic}\n{GOOD}"
    message = rejected(tmp_path, {"julia.ipynb": notebook(cell)}, Verdict.BUILD_ERROR)
    name = next(line for line in magic.split("\n") if line.startswith("%%")).split()[0]
    assert f"begins with {name}, so what stands in it is not defined in the notebook" in message
    assert accepted(tmp_path, {"julia.ipynb": notebook(GOOD, cell)}).function == "julia"


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ((), "julia.ipynb: no function 'julia'; it has no code cell: put the work into the function of the starter"),
        (("", " \n"), "julia.ipynb: no function 'julia'; it has no code cell: put the work into the function of the starter"),
        (("import numpy as np\nfor i in range(3): print(i)",), "put the work into the function of the starter"),
        (("def other(a): ...", "x = = 1"), "there is other(a)\njulia.ipynb, code cell 2 (`x = = 1`), line 1: invalid syntax"),
    ],
)
def test_a_notebook_without_the_function_says_what_to_do(tmp_path: Path, cells: Sequence[str], said: str) -> None:
    assert said in rejected(tmp_path, {"julia.ipynb": notebook(*cells)}, Verdict.INVALID)


def test_so_does_one_of_another_name(tmp_path: Path) -> None:
    message = rejected(tmp_path, {"Lab1.ipynb": notebook("print(1)")}, Verdict.MISSING)
    assert "Lab1.ipynb defines no function: put the work into the function of the starter" in message


# Which file counts


def test_the_file_of_the_tasks_name_wins_over_the_notebook_and_it_is_said(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.ipynb": notebook(GOOD), "julia.py": GOOD})
    assert (found.file, found.lines) == ("julia.py", None)
    assert found.notes == ("julia.py was taken, though 'julia' is defined in julia.ipynb too",)


def test_the_notebook_of_the_tasks_name_wins_over_near_ones(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.ipynb": notebook(GOOD), "Julia_old.py": GOOD, "julia-Copy1.ipynb": notebook(GOOD)})
    assert found.file == "julia_ipynb.py"
    assert found.notes[0] == "julia.ipynb was taken, though 'julia' is defined in Julia_old.py and julia-Copy1.ipynb too"


@pytest.mark.parametrize(
    ("names", "right"),
    [
        (("Lab1.ipynb", "Lab2.ipynb"), "julia.ipynb"),
        (("Julia.ipynb", "julia_set.ipynb"), "julia.ipynb"),
        (("labs.py", "Labs.ipynb"), "julia.ipynb or julia.py"),
    ],
)
def test_two_that_claim_a_task_alike_are_never_guessed_between(tmp_path: Path, names: tuple[str, str], right: str) -> None:
    message = rejected(tmp_path, {name: notebook(GOOD) if name.endswith(".ipynb") else GOOD for name in names}, Verdict.INVALID)
    assert message.endswith(f"each define 'julia': keep one of them, or name the one that counts {right}")


def test_checkpoints_are_passed_over(tmp_path: Path) -> None:
    files: dict[str, str | bytes | dict[str, Any]] = {".ipynb_checkpoints/julia-checkpoint.ipynb": notebook(GOOD)}
    rejected(tmp_path, files, Verdict.MISSING)


def test_a_students_own_notebooks_and_files_are_told_apart(tmp_path: Path) -> None:
    accepted(tmp_path, {"julia.ipynb": notebook("import helper", GOOD), "julia.py": GOOD, "helper.py": ""})
    paths = (tmp_path / "julia.ipynb", tmp_path / "julia.py")
    alone, *both = (
        *read_files(paths[:1], JULIA, TASKS, source_bytes_limit=LIMIT_BYTES),
        *read_files(paths, JULIA, TASKS, source_bytes_limit=LIMIT_BYTES),
    )
    assert [one.author for one in (alone, *both)] == ["you", "julia.ipynb", "julia.py"]
    assert isinstance(alone, Submission)
    assert [file.path for file in alone.files] == ["julia_ipynb.py"]


def test_a_notebooks_task_is_told_by_its_name_then_by_its_function(tmp_path: Path) -> None:
    read(tmp_path, {"julia.ipynb": notebook(), "lab.ipynb": notebook("def matmul(a, b): ...")})
    known, files = ("julia", "matmul"), (tmp_path / "julia.ipynb", tmp_path / "lab.ipynb")
    tasks = [infer_task(file, known, source_bytes_limit=LIMIT_BYTES) for file in files]
    assert tasks == ["julia", "matmul"]
    with pytest.raises(UsageError, match=r"did you mean 'julia\.ipynb'"):
        read_files([tmp_path / "jullia.ipynb"], JULIA, TASKS, source_bytes_limit=LIMIT_BYTES)


# Messages name cells


def test_lines_of_the_module_become_lines_of_cells(tmp_path: Path) -> None:
    found = accepted(
        tmp_path, {"src/julia.ipynb": notebook("%%time\n\nimport numpy as np", "", f"# mine\n\n@np.vectorize\n{GOOD}")}
    )
    assert found.located(
        'src/julia_ipynb.py, line 4, in julia\nFile "src/julia_ipynb.py", line 1\nat src/julia_ipynb.py (2)\n'
        "src/julia_ipynb.py:3: Warning\nsrc/julia_ipynb.py, line 5\nsrc/julia_ipynb.py has no x"
    ) == (
        "src/julia.ipynb, code cell 3 (`# mine`), line 5, in julia\n"
        "File src/julia.ipynb, code cell 1 (`import numpy as np`), line 3\n"
        "at src/julia.ipynb, code cell 3, line 3\nsrc/julia.ipynb, code cell 3, line 4: Warning\n"
        "src/julia.ipynb\nsrc/julia.ipynb has no x"
    )


@pytest.mark.parametrize("digits", ["0", "6", "9" * 9, "9" * 5000])
def test_a_forged_line_stays_without_a_place(digits: str) -> None:
    located = extract(source(GOOD), "julia").lines.located(f"julia_ipynb.py, line {digits}")
    assert located.startswith("julia.ipynb")
    assert "cell" not in located


@pytest.mark.parametrize(
    "block", ["!pip install \\\n  a \\\n  b", "%matplotlib \\\n inline", "files = !ls \\\n -l", "np.array??", ">>> 1"]
)
def test_lines_keep_their_number_behind_magics_of_several_lines(block: str) -> None:
    cell = f"\n\n%%capture\n{block}\n" + "".join(
        f"{'>>> ' if block.startswith('>>>') else ''}{line}\n" for line in ["julia = max"]
    )
    extraction = extract(source(cell), "julia")
    assert extraction.file.content == b"julia = max\n"
    assert extraction.lines.places == ((1, cell.split("\n").index(cell.split("\n")[-2]) + 1),)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "# note",
                "!pip install \\\n  x",
                "%time a = 1",
                "def f():\n    return 1",
                "b = [1,\n  2]",
                "if b:\n    c = 3",
                "b?",
                "c = !ls",
            ]
        ),
        max_size=8,
    )
)
def test_every_line_of_the_module_is_the_line_of_the_cell_that_it_names(parts: list[str]) -> None:
    cell = "\n".join([*parts, "def julia():\n    return a, b, c, f"])
    extraction = extract(source(cell), "julia")
    lines = extraction.file.content.decode().splitlines()
    assert len(lines) == len(extraction.lines.places)
    for line, (number, place) in zip(lines, extraction.lines.places, strict=True):
        assert number == 1
        assert line in cell.split("\n")[place - 1]


# The format


@pytest.mark.parametrize("version", [3, 4])
def test_what_nbformat_writes_is_read(version: int) -> None:
    written = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[
            nbformat.v4.new_markdown_cell("text"),  # type: ignore[no-untyped-call]
            nbformat.v4.new_code_cell("a = 1\nb = 2"),  # type: ignore[no-untyped-call]
            nbformat.v4.new_code_cell("é = 'ü'"),  # type: ignore[no-untyped-call]
        ]
    )
    text: str = nbformat.writes(written, version=version)  # type: ignore[no-untyped-call]
    assert code_cells(condense(text.encode())) == ["a = 1\nb = 2", "é = 'ü'"]


def test_a_cell_may_be_one_text_or_a_list_of_lines() -> None:
    cells = [{"cell_type": "code", "source": text} for text in ("a\r\nb\rc", ["a\n", "b\n", "c"], "\ufeffa\nb\nc")]
    assert code_cells(condense(json.dumps({"cells": cells}).encode())) == ["a\nb\nc"] * 3


DAMAGED: tuple[tuple[bytes, str], ...] = (
    (b"", "is empty"),
    (b"\n ", "is empty"),
    (b'{"cells": [', "is damaged (line 1, column 12: "),
    (b"<!DOCTYPE html>", "is damaged (line 1, column 1: Expecting value)"),
    (b'{"cells": "\xff"}', "is damaged (byte 11 is not UTF-8)"),
    (b"[" * 100_000, "is damaged"),
    (b'{"cells": [], "x": ' + b"9" * 5000 + b"}", "is damaged"),
    (b"[]", "is damaged"),
    (b"NaN", "is damaged"),
    (b"{}", "has no list of cells"),
    (b'{"cells": {}}', "has no list of cells"),
    (b'{"worksheets": [3]}', "has no list of cells"),
    (b'{"cells": [{"cell_type": "code", "source": 3}]}', "its cell 1 is not text"),
    (b'{"cells": [1, {"cell_type": "code", "source": ["x", null]}]}', "its cell 2 is not text"),
    (b'{"metadata": {"kernelspec": {"language": "R"}}, "cells": []}', "is a notebook in 'R', and only Python is graded"),
    (b'{"metadata": {"language_info": {"name": "julia"}}, "cells": []}', "is a notebook in 'julia'"),
    (b'{"cells": [' + b"[]," * 3_000_000 + b"1]}", "holds too much output"),
)


@pytest.mark.parametrize(("content", "said"), DAMAGED, ids=[said for _, said in DAMAGED])
def test_what_is_no_notebook_is_refused_with_what_to_do(tmp_path: Path, content: bytes, said: str) -> None:
    message = rejected(tmp_path, {"julia.ipynb": content}, Verdict.INVALID)
    assert message.startswith("julia.ipynb ")
    assert said in message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["cells", "cell_type", "source", "metadata", "kernelspec", "language", "worksheets", "input"])
            | st.text(max_size=3),
            inner | st.just("code"),
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(JSON)
@example({"cells": [{"cell_type": "code", "source": "\ud800"}]})
@example({"cells": [{"cell_type": "code", "input": "x"}], "worksheets": []})
def test_whatever_the_json_there_is_code_or_one_message(value: object) -> None:
    try:
        cells = code_cells(condense(json.dumps(value).encode()))
    except UnreadableNotebookError:
        return
    assert all(isinstance(cell, str) for cell in cells)


@settings(deadline=None)
@given(st.lists(st.text("defjulia(),:=@\n\t '\"#\\%!?{}[]*1\x0c\0é\ud800;>.", max_size=40), max_size=4))
@example(["%%"])
@example(["!" * 40, "%time %time x = 1", "%time\n%time x=(", "x = %time"])
@example(["@(\nprint)\ndef julia(x, y, c, max_iter): ...", "@\\\nprint\ndef f(): ..."])
def test_whatever_the_cells_there_is_an_answer(cells: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), {"julia.ipynb": {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}})
    assert isinstance(found, Submission) or found.message


# Size


def test_outputs_do_not_count_and_are_not_kept(tmp_path: Path) -> None:
    heavy = notebook(GOOD)
    heavy["cells"][1]["outputs"] = [{"output_type": "display_data", "data": {"image/png": "iVBOR" * 200_000}, "metadata": {}}]
    found = accepted(tmp_path, {"julia.ipynb": heavy, "helper.py": "#" * (LIMIT_BYTES - 200)})
    assert sum(len(file.content) for file in found.files) < LIMIT_BYTES


def test_code_counts_as_in_any_file(tmp_path: Path) -> None:
    message = rejected(tmp_path, {"julia.ipynb": notebook(GOOD, "#" * LIMIT_BYTES)}, Verdict.INVALID)
    assert "julia.ipynb is too large: 20,0" in message
    assert "20,000 are allowed" in message


def test_notebooks_have_a_limit_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = notebook(GOOD)
    monkeypatch.setattr(notebook_module, "LIMIT_BYTES", len(json.dumps(small)) + 100)
    found = accepted(tmp_path, {"julia.ipynb": small, "other.ipynb": small, "third.ipynb": notebook(GOOD, "#" * 1000)})
    _, second, third = found.notes
    assert second.startswith("other.ipynb does not fit: the folder's notebooks with their outputs may hold")
    assert third.startswith("third.ipynb is too large")


def test_an_unchanged_notebook_is_read_once_however_many_tasks_ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = accepted(tmp_path, {"julia.ipynb": notebook(GOOD)})
    monkeypatch.setattr(notebook_module, "condense", lambda _: pytest.fail("read again"))
    assert accepted(tmp_path, {}) == first


@pytest.mark.parametrize(
    "cell",
    [
        "\n".join(["!ls"] * 20_000),
        "\n".join(["a = f()"] * 40_000),
        "\n" * 200_000 + "%",
        ";".join(["a"] * 40_000),
        "?" + " ?" * 20_000,
        "\n".join(f"def f{k}(): g0, f{k + 1}\nx{k} = f{k}(), x{k - 1}" for k in range(1000)),
        "x = " + "(" * 50_000,
    ],
    ids=["shell lines", "statements", "blank lines", "one line", "questions", "calls", "nested"],
)
def test_a_cell_that_would_take_minutes_is_left_out_or_read_in_bounded_time(cell: str) -> None:
    whole = source(cell, GOOD)
    assert overview(whole).definitions.content.decode().endswith(f"{GOOD}\n")
    assert extract(whole, "julia").file.content.decode() == f"{GOOD}\n"


def test_a_web_of_calls_that_would_take_minutes_to_follow_is_refused() -> None:
    count = 800
    web = [f"def f{k}(): f{k + 1}" for k in range(count)] + [f"x{k} = f0(), x{k - 1}" for k in range(count)]
    with pytest.raises(BrokenCodeError, match="move 'julia' to a file of its own"):
        module("\n".join(web), f"def julia(x, y, c, max_iter): return x{count - 1}")
