"""The corpus of advice: that it is whole, that its submissions are right, and that its loader says what is wrong."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from grader.advice.finding import Cause
from grader.profiles import Profile
from tests.advice.corpus import FOLDER, CorpusError, Planted, load_corpus
from tests.tasks.task_under_test import drawn, module_at, task_under_test, verdict_of

CORPUS = load_corpus()
CASES = 2
"""Check cases that a submission is called on here; `benchmarks.advice` calls it on all of them, as a grading does."""
COMPILED_ONE_IN = 5
"""Of those that are compiled first, which takes a second each, so many are called."""
PATHS = sorted(
    {*(one.path for one in CORPUS.planted), *(one.fixed for one in CORPUS.planted), *(one.path for one in CORPUS.good)}
)
OWN = [path for path in PATHS if path.is_relative_to(FOLDER)]
COMPILED = [path for path in OWN if "numba" in path.read_text(encoding="utf-8")]
CALLED = [path for path in OWN if path not in COMPILED] + COMPILED[::COMPILED_ONE_IN]


# What is in it


def test_every_task_of_one_process_has_planted_and_good_submissions() -> None:
    """What passes between processes is in no profile: a program of several is looked at in one."""
    names = [path.name for path in (FOLDER.parents[1] / "tasks").iterdir() if (path / "task.py").exists()]
    tasks = {name for name in names if task_under_test(name).task.profile is not Profile.MPI}
    assert {one.task for one in CORPUS.planted} == tasks
    assert {one.task for one in CORPUS.good} == tasks


def test_it_is_large_enough_for_its_figures() -> None:
    assert len(CORPUS.planted) >= 44
    assert len({one.causes[0] for one in CORPUS.planted}) >= 20
    assert len(CORPUS.good) >= 22
    assert sum(one.path.is_relative_to(FOLDER) for one in CORPUS.good) >= 12


def test_a_third_of_it_is_held_out() -> None:
    held_out = Counter(one.held_out for one in CORPUS.planted)
    assert held_out[True] >= len(CORPUS.planted) / 3


@pytest.mark.parametrize("planted", CORPUS.planted, ids=lambda one: one.name)
def test_a_twin_is_another_program_and_the_planted_lines_are_code(planted: Planted) -> None:
    source, fixed = (path.read_text(encoding="utf-8") for path in (planted.path, planted.fixed))
    assert ast.dump(ast.parse(source)) != ast.dump(ast.parse(fixed))
    lines_of_code = {line for node in ast.walk(ast.parse(source)) for line in _lines_of(node)}
    assert planted.lines <= lines_of_code


def _lines_of(node: ast.AST) -> range:
    first = getattr(node, "lineno", 0)
    return range(first, (getattr(node, "end_lineno", None) or first) + 1) if isinstance(node, ast.stmt | ast.expr) else range(0)


# Its submissions are right


@pytest.mark.filterwarnings("ignore")  # students' code may warn
@pytest.mark.parametrize("path", CALLED, ids=lambda path: "/".join(path.parts[-3:]))
def test_submissions_are_right(path: Path) -> None:
    task = task_under_test(path.parent.name).task
    function = getattr(module_at(path), path.parent.name)
    assert [verdict_of(task, function, drawn(case)) for case in task.check_cases[:CASES]] == [None] * CASES


# Its loader


def _part(folder: Path, entries: str, files: tuple[str, ...] = ("planted/matmul/one.py", "fixed/matmul/one.py")) -> Path:
    for part, text in ((folder, entries), (folder / "held_out", "planted = {}")):
        part.mkdir(parents=True, exist_ok=True)
        (part / "corpus.toml").write_text(text, encoding="utf-8")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("def matmul(a, b):\n    return a @ b\n", encoding="utf-8")
    return folder


GOOD = '[planted.matmul.one]\ncauses = ["python-loop", "memory-order"]\nlines = ["return a @ b"]'


def test_a_good_entry_is_read(tmp_path: Path) -> None:
    (one,) = load_corpus(_part(tmp_path, GOOD)).planted
    assert (one.name, one.task, one.lines) == ("matmul/one", "matmul", frozenset({2}))
    assert one.causes == (Cause.PYTHON_LOOP, Cause.MEMORY_ORDER)
    assert not one.held_out
    assert one.profile is None


def test_an_entry_may_name_the_profile_that_it_needs(tmp_path: Path) -> None:
    (one,) = load_corpus(_part(tmp_path, f'{GOOD}\nprofile = "processes"')).planted
    assert one.profile is Profile.PROCESSES


def test_so_may_one_of_a_good_submission(tmp_path: Path) -> None:
    files = ("planted/matmul/one.py", "fixed/matmul/one.py", "good/matmul/two.py", "good/matmul/three.py")
    three, two = load_corpus(_part(tmp_path, f'{GOOD}\n[good.matmul.two]\nprofile = "threads"', files)).good
    assert (two.name, two.profile) == ("matmul/two", Profile.THREADS)
    assert three.profile is None


@pytest.mark.parametrize(
    ("entries", "files", "said"),
    [
        (GOOD.replace("python-loop", "python-lop"), None, "there is no cause 'python-lop' (did you mean 'python-loop'?)"),
        (GOOD.replace("a @ b", "a @ c"), None, "there is no line 'return a @ c' (did you mean 'return a @ b'?)"),
        (GOOD.replace("lines", "line"), None, "planted.matmul.one.line: unknown key (did you mean 'lines'?)"),
        (f'{GOOD}\nprofile = "mpi"', None, "planted.matmul.one.profile: must be"),
        (GOOD.replace('"return a @ b"', ""), None, "planted.matmul.one.lines: must hold at least one"),
        (f'good_references = ["nobody/matmul"]\n{GOOD}', None, "there is no reference/nobody/matmul.py"),
        ("planted = [", None, "is not TOML"),
        (f"{GOOD}\n[good.matmul.two]", None, "good/matmul/two.py: is missing"),
        (GOOD, ("planted/matmul/one.py",), "fixed/matmul/one.py: is missing"),
        (GOOD, ("planted/matmul/one.py", "fixed/matmul/one.py", "planted/matmul/two.py"), "two.py: has no entry"),
    ],
)
def test_a_wrong_corpus_is_named(tmp_path: Path, entries: str, files: tuple[str, ...] | None, said: str) -> None:
    folder = _part(tmp_path, entries) if files is None else _part(tmp_path, entries, files)
    with pytest.raises(CorpusError) as caught:
        load_corpus(folder)
    assert said in str(caught.value)
