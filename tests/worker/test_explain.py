"""A failure in the student's words: their lines, the message, and none of the grader's frames."""

import runpy
from pathlib import Path
from textwrap import dedent

import pytest

from grader.worker.explain import MESSAGE_LIMIT_CHARACTERS, explain


def explained(folder: Path, source: str, helpers: dict[str, str] | None = None) -> dict[str, str]:
    """What is said when this file of a submission is run."""
    for name, text in {"julia.py": source, **(helpers or {})}.items():
        (folder / name).write_text(dedent(text), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        try:
            runpy.run_path(str(folder / "julia.py"))
        except BaseException as error:  # noqa: BLE001 -- whatever it is
            return explain(error, str(folder))
    raise AssertionError("nothing was raised")


def test_the_traceback_is_the_students_own_lines_and_nothing_else(tmp_path: Path) -> None:
    said = explained(
        tmp_path,
        """\
        def inner(x):
            return 1 / x

        def outer():
            return inner(0)

        outer()
        """,
    )
    assert said == {
        "kind": "exception",
        "message": "julia.py, line 7, in <module>\n    outer()\n"
        "julia.py, line 5, in outer\n    return inner(0)\n"
        "julia.py, line 2, in inner\n    return 1 / x\n"
        "ZeroDivisionError: division by zero",
    }


def test_frames_of_libraries_are_left_out(tmp_path: Path) -> None:
    message = explained(tmp_path, "import json\njson.loads('{')")["message"]
    assert message.startswith("julia.py, line 2, in <module>\n    json.loads('{')\njson.decoder.JSONDecodeError: ")


def test_a_deep_recursion_shows_its_last_calls(tmp_path: Path) -> None:
    message = explained(tmp_path, "def f(n):\n    return f(n + 1)\nf(0)")["message"]
    assert message.startswith("… ")
    assert message.count("in f\n") == 6
    assert message.endswith("RecursionError: maximum recursion depth exceeded")


def test_a_long_message_is_shortened_in_the_middle(tmp_path: Path) -> None:
    message = explained(tmp_path, "raise ValueError('first ' + 'x' * 100_000 + ' last')")["message"]
    assert len(message) < MESSAGE_LIMIT_CHARACTERS + 100
    assert "ValueError: first xxx" in message
    assert "characters left out" in message
    assert message.endswith("xxx last")


def test_a_syntax_error_shows_line_and_caret(tmp_path: Path) -> None:
    said = explained(tmp_path, "import helper", {"helper.py": "x = 1\nprint(x\n"})
    assert said["kind"] == "syntax"
    assert 'File "helper.py", line 2\n    print(x\n         ^\nSyntaxError:' in said["message"]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("raise MemoryError", "memory"),
        ("raise OSError(12, 'Cannot allocate memory')", "memory"),
        ("raise OSError(2, 'No such file')", "exception"),
        ("raise SystemExit(2)", "exit"),
        ("exit()", "exit"),
        ("raise KeyboardInterrupt", "exception"),
        ("import no_such_module", "import"),
        ("from math import no_such_name", "import"),
    ],
)
def test_each_failure_has_its_kind(tmp_path: Path, statement: str, kind: str) -> None:
    assert explained(tmp_path, statement)["kind"] == kind


@pytest.mark.parametrize("statement", ["import no_such_module", "import no_such_module.part", "from no_such_module import x"])
def test_an_import_error_names_the_module(tmp_path: Path, statement: str) -> None:
    assert explained(tmp_path, statement)["module"] == "no_such_module"


def test_an_import_error_without_a_name_names_none(tmp_path: Path) -> None:
    assert "module" not in explained(tmp_path, "raise ImportError('by hand')")


def test_an_exception_that_cannot_be_shown_is_still_explained(tmp_path: Path) -> None:
    said = explained(tmp_path, "class Bad(Exception):\n    def __str__(self): return 1 / 0\nraise Bad")
    assert said["kind"] == "exception"
    assert "Bad" in said["message"]


def test_the_cause_of_an_exception_is_the_exception_itself(tmp_path: Path) -> None:
    message = explained(tmp_path, "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('no') from error")[
        "message"
    ]
    assert message == "julia.py, line 4, in <module>\n    raise ValueError('no') from error\nValueError: no"
