"""Notebooks are handed in and checked like files, and whoever fails reads which cell to look at."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.small_course import LOOPS, SmallCourse, make_course

SETUP = (
    "#@title Setup\n!pip install -q numpy\n%matplotlib inline\nfrom google.colab import drive\ndrive.mount('/content/drive')"
)
IMPORTS = "import numpy as np\nimport matplotlib.pyplot as plt"
FAST = """%%time
POWER = 2

def distances(points):
    return np.sqrt(((points[:, None] - points) ** POWER).sum(axis=2)).sum(axis=1)
"""
PLOT = "totals = distances(np.random.rand(5000, 3))\nplt.hist(totals)\nplt.show()"


def notebook(*cells: str) -> str:
    """As Jupyter writes it, with outputs."""
    output = {"output_type": "stream", "name": "stdout", "text": ["x" * 1_000_000]}
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 4,
            "metadata": {"language_info": {"name": "python"}},
            "cells": [
                {
                    "cell_type": "code",
                    "metadata": {},
                    "execution_count": 1,
                    "outputs": [output],
                    "source": cell.splitlines(keepends=True),
                }
                for cell in cells
            ],
        }
    )


CLASS: Mapping[str, tuple[str, ...]] = {
    "colab": (SETUP, IMPORTS, FAST, PLOT),
    "raises": (
        SETUP,
        IMPORTS,
        "",
        "# mine\n%%time\n\n\ndef distances(points):\n    return helper(points)",
        "def helper(points):\n\n    return points[10**6]",
    ),
    "broken": (IMPORTS, "def distances(points):\n    return (points"),
    "plots-only": (SETUP, IMPORTS, "plt.show()"),
    "loop-made": (
        "rows = []\nfor k in range(3):\n    rows.append(k)\nfor name in []:\n    pass",
        "def distances(points):\n    return [name for _ in points]",
    ),
    "at-import": (IMPORTS, "limit = 1 / 0", "def distances(points, limit=limit):\n    return points"),
    "damaged": (),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Mapping[str, Any]]:
    """One class that hands in notebooks, and one who hands in a file."""
    course = make_course(tmp_path_factory.mktemp("notebooks"))
    for author, cells in CLASS.items():
        course.hand_in(author, notebook(*cells) if cells else '{"cells": [', "distances.ipynb")
    course.hand_in("file", LOOPS)
    course.hand_in("file", notebook(IMPORTS, FAST), "distances.ipynb")
    ran = course.grader("grade", "--json")
    assert ran.code == 0, ran.err
    return course.results(ran)


def test_a_colab_notebook_is_graded_as_it_is(graded: Mapping[str, Mapping[str, Any]]) -> None:
    result = graded["colab"]
    assert result["verdict"] == "ACCEPTED", result["message"]
    assert result["rank"] == 1
    assert any(
        "'distances' and what it needs (POWER and np) was taken from code cells 2 and 3" in flag for flag in result["flags"]
    )


@pytest.mark.parametrize(
    ("author", "verdict", "said"),
    [
        (
            "raises",
            "RUNTIME_ERROR",
            (
                "distances.ipynb, code cell 4 (`# mine`), line 6, in distances\n    return helper(points)\n",
                "distances.ipynb, code cell 5 (`def helper(points):`), line 3, in helper\n    return points[10**6]\n",
                "IndexError",
            ),
        ),
        ("at-import", "RUNTIME_ERROR", ("distances.ipynb, code cell 2 (`limit = 1 / 0`), line 1, in <module>", "ZeroDivision")),
        ("broken", "BUILD_ERROR", ("distances.ipynb, code cell 2 (`def distances(points):`), line 2: '(' was never closed",)),
        ("plots-only", "INVALID", ("no function 'distances'; it defines no function: put the work into the function",)),
        ("loop-made", "RUNTIME_ERROR", ("NameError: name 'name' is not defined", "code cell 2")),
        ("damaged", "INVALID", ("distances.ipynb is damaged (line 1, column 12: ", "save it again")),
    ],
)
def test_who_fails_reads_cell_and_line(
    graded: Mapping[str, Mapping[str, Any]], author: str, verdict: str, said: tuple[str, ...]
) -> None:
    result = graded[author]
    assert result["verdict"] == verdict, result["message"]
    for words in said:
        assert words in result["message"]
    assert "_ipynb.py" not in json.dumps(result)


def test_what_was_left_out_though_it_is_needed_is_named(graded: Mapping[str, Mapping[str, Any]]) -> None:
    flags = graded["loop-made"]["flags"]
    assert any("'name' is needed, but code cell 1, line 4, which makes or changes it, was left out" in flag for flag in flags)


def test_beside_a_file_the_notebook_does_not_count_and_that_is_said(graded: Mapping[str, Mapping[str, Any]]) -> None:
    assert graded["file"]["verdict"] == "ACCEPTED"
    assert "distances.py was taken, though 'distances' is defined in distances.ipynb too" in graded["file"]["flags"]


def test_a_student_compares_a_notebook_with_a_file(course: SmallCourse, tmp_path: Path) -> None:
    (tmp_path / "distances.ipynb").write_text(notebook(SETUP, IMPORTS, FAST, PLOT), encoding="utf-8")
    (tmp_path / "slow.py").write_text(LOOPS, encoding="utf-8")
    ran = course.grader("check", tmp_path / "distances.ipynb", tmp_path / "slow.py", "--budget", "0.5", "--json")
    assert ran.code == 0, ran.err
    results = course.results(ran)
    assert (results["distances"]["rank"], results["slow"]["rank"]) == (1, 2)
