"""What an author handed in is found by name, judged as text, and shipped with what it needs; nothing of it is ever run."""

import tempfile
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.content.finding import meant_task
from grader.content.submission import (
    Rejection,
    Submission,
    authors,
    files_beside,
    infer_task,
    names_used,
    packages_used,
    read_files,
    read_submission,
)
from grader.content.task import Interface, read_interface
from grader.errors import UsageError
from grader.verdicts import Verdict

JULIA = read_interface('def julia(x: "float64[w]", y: "float64[h]", c: complex, max_iter: int) -> "int32[h, w]": ...', "julia")
MATMUL = read_interface('def matmul(a: "float64[n,k]", b: "float64[k,m]") -> "float64[n,m]": ...', "matmul")
TASKS = ("bifurcation", "julia", "julia_period", "matmul")
GOOD = "def julia(x, y, c, max_iter): ...\n"
LIMIT_BYTES = 10_000

Read = Submission | Rejection


def read(folder: Path, files: dict[str, str | bytes] | None = None, interface: Interface = JULIA) -> Read:
    """What is found in a folder after these files are written to it."""
    for name, content in (files or {}).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else dedent(content).encode())
    return read_submission(folder, "ada", "student", interface, TASKS, source_bytes_limit=LIMIT_BYTES)


def accepted(folder: Path, files: dict[str, str | bytes], interface: Interface = JULIA) -> Submission:
    found = read(folder, files, interface)
    assert isinstance(found, Submission), found
    return found


def rejected(folder: Path, files: dict[str, str | bytes], verdict: Verdict, interface: Interface = JULIA) -> str:
    found = read(folder, files, interface)
    assert isinstance(found, Rejection), found
    assert found.verdict is verdict
    return found.message


# Finding the function


def test_the_function_stands_in_the_file_of_the_tasks_name(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.py": GOOD})
    assert (found.author, found.kind, found.task, found.folder) == ("ada", "student", "julia", tmp_path)
    assert (found.file, found.function, found.notes) == ("julia.py", "julia", ())
    assert [(file.path, file.content) for file in found.files] == [("julia.py", GOOD.encode())]


def test_nothing_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    accepted(tmp_path / "ada", {"julia.py": f"open({str(marker)!r}, 'w')\n{GOOD}"})
    assert not marker.exists()


@pytest.mark.parametrize(
    "name", ["Julia.py", "julia_set.py", "julia (1).py", "JuliaSet.py", "jullia.py", "lab2-julia.py", "src/julia.py"]
)
def test_a_near_miss_of_the_files_name_is_taken_and_said(tmp_path: Path, name: str) -> None:
    found = accepted(tmp_path, {name: GOOD})
    assert (found.file, found.function) == (name, "julia")
    assert found.notes == (f"{name} was taken for julia.py",)


@pytest.mark.parametrize("name", ["Julia", "julia_set", "compute_julia", "jullia", "juliaSet"])
def test_so_is_one_of_the_functions_name(tmp_path: Path, name: str) -> None:
    found = accepted(tmp_path, {"julia.py": GOOD.replace("julia", name)})
    assert found.function == name
    assert found.notes == (f"julia.py defines no function 'julia': {name!r} was taken for it; please rename it",)


def test_in_a_file_of_any_name_the_function_is_found_by_its_own(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"labs.py": f"def matmul(a, b): ...\n{GOOD}", "plots.py": "from labs import julia"})
    assert (found.file, found.notes) == ("labs.py", ("labs.py was taken for julia.py",))


@pytest.mark.parametrize(
    "source",
    [
        "from numba import njit\n@njit(parallel=True)\ndef julia(x, y, c, max_iter): ...",
        "from numba import njit\ndef f(x, y, c, n): ...\njulia = njit(f)",
        "def other(x, y, c, n): ...\njulia = other",
        "julia = lambda x, y, c, n: None",
        "from helper import julia",
        "from helper import *",
        "from helper import fast as julia",
        "import functools\njulia = functools.partial(print, 1)",
        "import numpy as np\njulia = np.something",
    ],
)
def test_a_name_may_be_bound_in_any_way(tmp_path: Path, source: str) -> None:
    found = accepted(tmp_path, {"julia.py": source, "helper.py": f"{GOOD}fast = julia"})
    assert (found.file, found.function, found.notes) == ("julia.py", "julia", ())


def test_the_file_of_the_tasks_name_wins_over_a_near_one_and_it_is_said(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.py": GOOD, "julia_old.py": GOOD})
    assert (found.file, found.notes) == ("julia.py", ("julia.py was taken, though 'julia' is defined in julia_old.py too",))


def test_a_test_beside_the_function_is_no_rival(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"Julia.py": GOOD, "test_julia.py": "from Julia import julia\ndef test_julia(): ..."})
    assert found.file == "Julia.py"


@pytest.mark.parametrize("names", [("Julia.py", "julia_set.py"), ("first.py", "second.py")])
def test_two_files_that_claim_a_task_alike_are_both_named(tmp_path: Path, names: tuple[str, str]) -> None:
    message = rejected(tmp_path, dict.fromkeys(names, GOOD), Verdict.INVALID)
    assert message == f"{names[0]} and {names[1]} each define 'julia': keep one of them, or name the one that counts julia.py"


def test_two_near_functions_are_not_guessed_between(tmp_path: Path) -> None:
    source = GOOD.replace("julia", "julia_slow") + GOOD.replace("julia", "julia_fast")
    message = rejected(tmp_path, {"julia.py": source}, Verdict.INVALID)
    assert "'julia_slow' (julia.py) and 'julia_fast' (julia.py) could each be meant" in message


def test_of_near_functions_only_those_count_whose_parameters_fit(tmp_path: Path) -> None:
    source = GOOD.replace("julia", "julia_set") + "def plot_julia(counts): ...\ndef _julia(x, y, c, max_iter): ...\n"
    assert accepted(tmp_path, {"julia.py": source}).function == "julia_set"


def test_another_tasks_name_is_no_near_miss(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"julia_period.py": "def julia_period(x, y, c, max_iter): ..."}
    assert "nothing was handed in for 'julia'" in rejected(tmp_path, files, Verdict.MISSING)


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("julia", "julia"),
        ("Julia2", "julia"),
        ("julia_period_set", "julia_period"),
        ("julia_periods", "julia_period"),
        ("matMul", "matmul"),
        ("numpy_matmul", "matmul"),
        ("bifurcaton", "bifurcation"),
        ("plots", None),
        ("j", None),
        ("", None),
        ("a" * 100_000, None),
    ],
)
def test_a_name_means_the_nearest_of_all_tasks_or_none(name: str, task: str | None) -> None:
    assert meant_task(name, TASKS) == task


# What is not there, or not a function


def test_nothing_handed_in_is_missing(tmp_path: Path) -> None:
    assert read(tmp_path / "nobody") == read(tmp_path)
    message = rejected(tmp_path, {"matmul.py": "def matmul(a, b): ..."}, Verdict.MISSING)
    assert message.startswith("nothing was handed in for 'julia': there is no file julia.py")
    assert "looked in matmul.py" in message


def test_what_is_missing_may_stand_in_a_broken_file_so_that_is_said(tmp_path: Path) -> None:
    message = rejected(tmp_path, {"labs.py": f"{GOOD}x = = 1"}, Verdict.MISSING)
    assert "labs.py, line 2: invalid syntax" in message


def test_a_missing_function_is_answered_with_those_that_are_there(tmp_path: Path) -> None:
    source = "def matrix(a, b): ...\ndef helper(): ...\nclass Julian: ..."
    message = rejected(tmp_path, {"julia.py": source}, Verdict.INVALID)
    assert message.startswith("julia.py: no function 'julia'; there are matrix(a, b), helper() and class Julian")
    assert "is 'Julian' the one?" in message


def test_a_function_that_stands_too_deep_is_explained(tmp_path: Path) -> None:
    assert "within a class or a function, do not count" in rejected(tmp_path, {"julia.py": "if x:\n  y = 1"}, Verdict.INVALID)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# still to be written\n"])
def test_an_empty_file_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    message = rejected(tmp_path, {"julia.py": content}, Verdict.INVALID)
    assert message.startswith("julia.py: no function 'julia'; the file is empty: `grader new julia DIR` writes the starter")


@pytest.mark.parametrize("name", ["жюлиа", "my_set"])
def test_the_only_function_that_fits_is_to_be_renamed_whatever_its_name(tmp_path: Path, name: str) -> None:
    source = f"def {name}(x, y, c, max_iter): ...\ndef step(z, c): ...\nasync def wait(x, y, c, n): ..."
    message = rejected(tmp_path, {"julia.py": source}, Verdict.INVALID)
    assert message.endswith(f"; if {name!r} is the one, rename it to 'julia'")


def test_but_none_of_two_that_fit_alike(tmp_path: Path) -> None:
    source = "def one(x, y, c, max_iter): ...\ndef two(x, y, c, max_iter): ..."
    message = rejected(tmp_path, {"julia.py": source}, Verdict.INVALID)
    assert message.endswith("there are one(x, y, c, max_iter) and two(x, y, c, max_iter)")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("class julia: ...", "'julia' is a class; the grader calls a function julia(x: float64[w], "),
        ("async def julia(x, y, c, max_iter): ...", "'julia' is an async function; write a plain `def`"),
        (
            "def julia(x, y): ...",
            "yours is julia(x, y), it cannot be called with 4 arguments; expected is julia(x: float64[w], ",
        ),
        ("def julia(x, y, c, max_iter, scale): ...", "yours is julia(x, y, c, max_iter, scale), it cannot be called with 4"),
        ("def julia(x, y, c, max_iter, *, scale): ...", "calls are positional, so scale needs a default"),
        ("from helper import julia", "yours is julia(x), it cannot be called with 4 arguments"),
        ("from helper import *", "yours is julia(x), it cannot be called with 4 arguments"),
    ],
)
def test_what_does_not_fit_the_interface_is_shown_beside_what_is_expected(tmp_path: Path, source: str, said: str) -> None:
    assert said in rejected(tmp_path, {"julia.py": source, "helper.py": "def julia(x): ..."}, Verdict.INVALID)


@pytest.mark.parametrize(
    "parameters", ["a, b, c, d", "x, y, c, max_iter, scale=2", "*everything", "x, y, c, max_iter=9, *, k=1"]
)
def test_other_names_and_extra_parameters_with_defaults_are_fine(tmp_path: Path, parameters: str) -> None:
    assert accepted(tmp_path, {"julia.py": f"def julia({parameters}): ..."}).notes == ()


def test_swapped_names_are_warned_of_for_calls_are_positional(tmp_path: Path) -> None:
    (note,) = accepted(tmp_path, {"julia.py": "def julia(x, y, max_iter, c): ..."}).notes
    assert note == "calls are positional, as julia(x, y, c, max_iter); yours has another order: julia(x, y, max_iter, c)"


def test_imports_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"julia.py": "from helper import julia", "helper.py": "from julia import julia"}
    assert accepted(tmp_path, files).file == "julia.py"


# Broken and unreadable files


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"def julia(:\n", "julia.py, line 1: "),
        (GOOD.encode() + b"return 1\n", "julia.py, line 2: 'return' outside function"),
        (b"# \xfc\n" + GOOD.encode(), "julia.py, line 1: byte 0xfc is not UTF-8"),
        (b"\0", "holds a NUL byte"),
        (b"x = " + b"-" * 9000 + b"1\n", "nested too deeply"),
    ],
)
def test_a_broken_file_is_a_build_error_with_its_line(tmp_path: Path, content: bytes, said: str) -> None:
    assert said in rejected(tmp_path, {"julia.py": content}, Verdict.BUILD_ERROR)


def test_a_broken_file_of_a_near_name_is_what_is_wrong_where_nothing_else_is_right(tmp_path: Path) -> None:
    assert "Julia.py, line 1" in rejected(tmp_path, {"Julia.py": "def julia(:"}, Verdict.BUILD_ERROR)
    assert accepted(tmp_path, {"labs.py": GOOD}).file == "labs.py"


def test_errors_in_other_files_do_not_hurt(tmp_path: Path) -> None:
    broken: dict[str, str | bytes] = {
        "matmul.py": "def (",
        "notes.py": b"\xff",
        "empty.py": "",
        "big.py": b"#" * (LIMIT_BYTES + 1),
    }
    found = accepted(tmp_path, {"julia.py": GOOD, **broken})
    assert found.file == "julia.py"
    assert found.notes == ("big.py is too large: 10,001 bytes, where 10,000 are allowed",)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    content = GOOD.encode() + b"#" * LIMIT_BYTES
    assert "julia.py is too large" in rejected(tmp_path, {"julia.py": content}, Verdict.INVALID)


def test_a_folder_that_is_a_link_to_others_work_hands_in_nothing(tmp_path: Path) -> None:
    theirs = tmp_path / "course" / "reference" / "tuned"
    theirs.mkdir(parents=True)
    (theirs / "julia.py").write_text(GOOD)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "julia.py").write_text(GOOD)
    eve = tmp_path / "eve"

    def of_eve() -> Read:
        not_from = (tmp_path / "course",)
        return read_submission(eve, "eve", "student", JULIA, TASKS, source_bytes_limit=LIMIT_BYTES, not_from=not_from)

    eve.symlink_to(theirs)
    found = of_eve()
    assert isinstance(found, Rejection)
    assert (found.verdict, found.message) == (
        Verdict.INVALID,
        "the folder eve is a link into the course; hand in files of your own",
    )
    eve.unlink()
    eve.symlink_to(elsewhere)  # where whoever set up the class keeps it
    assert isinstance(of_eve(), Submission)
    eve.unlink()
    eve.symlink_to(eve)
    assert isinstance(of_eve(), Rejection)


def test_a_link_out_of_the_folder_hands_in_nothing(tmp_path: Path) -> None:
    (tmp_path / "reference.py").write_text(GOOD)
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "julia.py").symlink_to("../reference.py")
    message = rejected(tmp_path / "ada", {}, Verdict.INVALID)
    assert message == "julia.py is a link that leads out of the folder; hand in the file itself"


@given(st.binary(max_size=200) | st.text(alphabet="defjulia(),:=@\n\t '\"#\\\0é{}[]*1", max_size=80).map(str.encode))
def test_whatever_the_bytes_there_is_an_answer(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), {"julia.py": content})
    assert isinstance(found, Submission) or found.message


# What is shipped, and when it counts as changed


def test_helpers_are_shipped_and_other_tasks_files_are_not(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "julia.py": GOOD,
        "helper.py": "",
        "lib/more.py": "",
        "matmul.py": "",
        "Bifurcation.py": "",
    }
    assert [file.path for file in accepted(tmp_path, files).files] == ["helper.py", "julia.py", "lib/more.py"]


def test_another_tasks_file_is_shipped_where_it_is_imported(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "julia.py": f"import helper\n{GOOD}",
        "helper.py": "from matmul import matmul",
        "matmul.py": "def matmul(a, b): ...",
        "bifurcation.py": "",
    }
    assert [file.path for file in accepted(tmp_path, files).files] == ["helper.py", "julia.py", "matmul.py"]


def test_editing_a_file_changes_the_hash_of_those_that_use_it_alone(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "julia.py": f"import helper\n{GOOD}",
        "matmul.py": "def matmul(a, b): ...",
        "helper.py": "",
    }

    def hashes(changed: dict[str, str | bytes]) -> tuple[str, str]:
        written = {**files, **changed}
        return accepted(tmp_path, written).content_hash, accepted(tmp_path, written, MATMUL).content_hash

    julia, matmul = hashes({})
    assert hashes({}) == (julia, matmul)
    edited_julia, same_matmul = hashes({"julia.py": f"import helper\n{GOOD}# faster\n"})
    assert (edited_julia != julia, same_matmul) == (True, matmul)
    assert hashes({"helper.py": "X = 1"})[0] != julia


def test_the_function_that_is_called_is_part_of_the_hash(tmp_path: Path) -> None:
    content = GOOD + "def matmul(a, b): ...\n"
    julia, matmul = accepted(tmp_path, {"labs.py": content}), accepted(tmp_path, {}, MATMUL)
    assert julia.files == matmul.files
    assert julia.content_hash != matmul.content_hash


def test_a_rejection_changes_with_what_is_said(tmp_path: Path) -> None:
    messages = ("def julia(:", "def julia(x): ...", "def julia(x, y): ...")
    assert len({read(tmp_path, {"julia.py": content}).content_hash for content in messages}) == 3


def test_the_names_used_are_those_of_the_function_and_what_it_imports(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "matmul.py": "from helper import fast\ndef matmul(a, b): return fast(a, b)",
        "helper.py": "import numba as nb, numpy as np\n@nb.njit\ndef fast(a, b): return np.dot(a, b)",
        "plots.py": "a @ b",
    }
    used = names_used(accepted(tmp_path, files, MATMUL))
    assert {"numba", "numba.njit", "numpy.dot"} <= used
    assert "@" not in used


# What would be imported in a library's place


@pytest.mark.parametrize("name", ["numpy", "numba", "scipy", "random", "math", "json", "traceback", "grader"])
@pytest.mark.parametrize("suffix", [".py", "/__init__.py"])
def test_a_module_with_a_librarys_name_is_not_shipped_though_it_is_imported(tmp_path: Path, name: str, suffix: str) -> None:
    found = accepted(tmp_path, {"julia.py": f"import {name}\n{GOOD}", f"{name}{suffix}": "raise SystemExit"})
    assert [file.path for file in found.files] == ["julia.py"]
    (note,) = found.notes
    assert note.startswith(f"{name}{suffix} has the name of the library {name!r}, in whose place it would be imported, and was")
    assert packages_used(accepted(tmp_path, {"julia.py": f"import {name}\n{name}.x\n{GOOD}"})) == {name}


def test_nor_where_it_lies_beside_the_functions_file_in_a_folder(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"src/julia.py": GOOD, "src/random.py": "", "src/helper.py": ""})
    assert [file.path for file in found.files] == ["src/helper.py", "src/julia.py"]


def test_a_folder_with_a_librarys_name_does_not_hide_that_the_library_is_used(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"julia.py": f"import scipy.signal\nscipy.signal.f\n{GOOD}", "scipy/x.py": ""})
    assert "scipy" in packages_used(found)


def test_where_it_stands_in_nobodys_place_it_is(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"code/julia.py": GOOD, "code/helper.py": "", "lib/random.py": "", "lib/__init__.py": ""}
    found = accepted(tmp_path, files)
    assert {file.path for file in found.files} == set(files)
    assert found.notes == ("code/julia.py was taken for julia.py",)


def test_the_functions_own_file_may_have_a_librarys_name_and_it_is_said(tmp_path: Path) -> None:
    found = accepted(tmp_path, {"code.py": GOOD})
    assert [file.path for file in found.files] == ["code.py"]
    assert found.notes[-1] == "code.py has the name of the library 'code'; rename it"


@pytest.mark.parametrize("name", ["sitecustomize.py", "usercustomize.py", "conftest.py", "lib/Conftest.py"])
def test_what_python_or_pytest_run_unasked_is_not_even_read(tmp_path: Path, name: str) -> None:
    found = accepted(tmp_path, {"julia.py": GOOD, name: "raise SystemExit"})
    assert [file.path for file in found.files] == ["julia.py"]
    assert len(found.notes) == 1
    assert found.notes[0].startswith(f"{name} is not read: ")
    assert found.notes[0].endswith("runs files of this name by itself; rename it")


@pytest.mark.parametrize("name", ["numpy.so", "julia.pyc", "x.pth", "lib.pyd", "__pycache__/julia.cpython-312.pyc", "data.npy"])
def test_of_other_kinds_of_files_nothing_is_shipped(tmp_path: Path, name: str) -> None:
    found = accepted(tmp_path, {"julia.py": GOOD, name: b"x"})
    assert ([file.path for file in found.files], found.notes) == (["julia.py"], ())


def test_a_single_file_that_is_checked_is_treated_alike(tmp_path: Path) -> None:
    read(tmp_path, {"julia.py": f"import random\n{GOOD}", "random.py": ""})
    (found,) = check(tmp_path / "julia.py")
    assert isinstance(found, Submission)
    assert [file.path for file in found.files] == ["julia.py"]
    assert found.notes[0].startswith("random.py has the name of the library 'random'")


# Authors


def test_authors_are_the_folders_in_order(tmp_path: Path) -> None:
    for name in ("grace", "ada", ".git", "__pycache__"):
        (tmp_path / name).mkdir()
    (tmp_path / "README.md").touch()
    assert authors(tmp_path) == ("ada", "grace")


def test_a_folder_of_authors_that_is_not_there_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no folder"):
        authors(tmp_path / "submisions")


def test_an_author_whose_name_cannot_be_printed_is_named_safely(tmp_path: Path) -> None:
    (tmp_path / "a\x1bda").mkdir()
    with pytest.raises(UsageError, match=r"'a\\x1bda', which cannot be printed; rename it"):
        authors(tmp_path)


# Single files, as a student checks them


def check(*paths: Path) -> tuple[Read, ...]:
    return read_files(paths, JULIA, TASKS, source_bytes_limit=LIMIT_BYTES)


def test_a_single_file_comes_with_what_it_imports_and_nothing_else(tmp_path: Path) -> None:
    read(
        tmp_path,
        {"v2.py": f"from lib.fast import f\n{GOOD}", "lib/__init__.py": "", "lib/fast.py": "import deep", "deep.py": ""},
    )
    read(tmp_path, {"julia.py": GOOD, "broken.py": "def (", "huge.py": b"#" * 20_000})
    (found,) = check(tmp_path / "v2.py")
    assert isinstance(found, Submission)
    assert (found.author, found.kind, found.file, found.function, found.notes) == ("you", "student", "v2.py", "julia", ())
    assert [file.path for file in found.files] == ["deep.py", "lib/__init__.py", "lib/fast.py", "v2.py"]


def test_what_a_file_imports_from_beside_it_can_be_asked_for_even_while_it_is_broken(tmp_path: Path) -> None:
    read(tmp_path, {"v2.py": "import lib.fast\n", "lib/__init__.py": "", "lib/fast.py": "def (", "other.py": ""})
    found = files_beside(tmp_path / "v2.py", source_bytes_limit=LIMIT_BYTES)
    assert [str(path.relative_to(tmp_path)) for path in found] == ["lib/__init__.py", "lib/fast.py", "v2.py"]
    (tmp_path / "v2.py").write_text("import lib.fast\ndef (", encoding="utf-8")
    assert files_beside(tmp_path / "v2.py", source_bytes_limit=LIMIT_BYTES) == (tmp_path / "v2.py",)
    assert files_beside(tmp_path / "nowhere.py", source_bytes_limit=LIMIT_BYTES) == ()


def test_several_files_are_told_apart_by_their_names(tmp_path: Path) -> None:
    for name in ("a/julia.py", "b/julia.py", "b/fast.py"):
        read(tmp_path, {name: GOOD})
    found = check(tmp_path / "a/julia.py", tmp_path / "b/julia.py", tmp_path / "b/fast.py")
    assert [one.author for one in found] == ["a/julia", "b/julia", "fast"]


def test_a_wrong_file_gets_the_same_messages(tmp_path: Path) -> None:
    read(tmp_path, {"v2.py": "def julia(x): ...", "v3.py": "def (", "v4.py": "def f(): ..."})
    found = check(*(tmp_path / f"v{number}.py" for number in (2, 3, 4)))
    assert [one.verdict for one in found if isinstance(one, Rejection)] == [
        Verdict.INVALID,
        Verdict.BUILD_ERROR,
        Verdict.INVALID,
    ]


def test_a_file_that_is_not_there_is_a_mistake_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "julia.py").touch()
    with pytest.raises(UsageError, match=r"there is no file .*jullia\.py \(did you mean 'julia\.py'\?\)"):
        check(tmp_path / "jullia.py")


@pytest.mark.parametrize(
    ("name", "content", "task"),
    [
        ("julia.py", "def matmul(a, b): ...", "julia"),
        ("v2.py", "def matmul(a, b): ...", "matmul"),
        ("julia_old.py", "def matmul(a, b): ...", "matmul"),
        ("Julia.py", "", "julia"),
        ("Julia.py", "def (", "julia"),
        ("v2.py", "def fast_matmul(a, b): ...", "matmul"),
    ],
)
def test_a_files_task_is_told_by_its_name_then_by_its_function(tmp_path: Path, name: str, content: str, task: str) -> None:
    read(tmp_path, {name: content})
    assert infer_task(tmp_path / name, ("julia", "matmul"), source_bytes_limit=LIMIT_BYTES) == task


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("def f(): ...", "is for no task that is known: looked for a file named, or a function in it called, julia, matmul"),
        (f"{GOOD}def matmul(a, b): ...", "defines julia and matmul; say which one with --task"),
    ],
)
def test_where_it_is_not_told_the_command_has_to_say_it(tmp_path: Path, content: str, said: str) -> None:
    read(tmp_path, {"v2.py": content})
    with pytest.raises(UsageError, match=said):
        infer_task(tmp_path / "v2.py", ("julia", "matmul"), source_bytes_limit=LIMIT_BYTES)
