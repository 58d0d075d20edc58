"""The wall between what is trusted and what is not, read off the sources: who may import whom, and who may run what."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import benchmarks
import grader

PACKAGE = Path(grader.__file__).parent
SOURCES = {str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
WORKER = [name for name in SOURCES if name.startswith("worker/")]
TRUSTED = [name for name in SOURCES if name not in WORKER]
COURSE_LOADER = "content/task.py"
SENT_TO_THE_WORKER = "execution/profile_driver.py"
OWN_PROGRAMS = {
    "cluster/slurm.py": "run_command",
    "content/git.py": "run_git",
    "history/site.py": "publish",
}
"""Files that run a program of the machine's: Slurm's commands, git, asv; and the one function that does."""
TEST_DOUBLE = "testing.py"
BENCHMARKS = Path(benchmarks.__file__).parent
SUITE = {f"suite/{path.name}": path.read_text(encoding="utf-8") for path in sorted((BENCHMARKS / "suite").glob("*.py"))}
"""What asv's process imports."""
RANK = "worker/rank.py"

RUNNING_MODULES = ("importlib.util", "importlib.machinery", "importlib.import_module", "runpy", "code", "pkgutil", "zipimport")
"""What turns a file into running code."""
RUNNING_BUILTINS = ("exec", "eval", "__import__")
STARTING = (
    "subprocess",
    "multiprocessing",
    "concurrent.futures.ProcessPoolExecutor",
    "os.system",
    "os.fork",
    "os.execv",
    "os.popen",
)
"""What starts another process."""
PICKLING = ("pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib")
"""Formats that run code when they are read."""


def imported(source: str) -> Iterator[str]:
    """All that a file imports, anywhere in it, in full: `from a.b import c` is `a.b.c`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute, so that these tests can read them"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def mentioned(source: str) -> Iterator[str]:
    """Every name, and every dotted name, in a file's code."""
    return (ast.unparse(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name | ast.Attribute))


def of(names: Iterator[str], modules: tuple[str, ...]) -> set[str]:
    """Those names that are one of these modules, or in it."""
    return {name for name in names if any(f"{name}.".startswith(f"{module}.") for module in modules)}


def ways_to_run_code(source: str) -> set[str]:
    """What a file has that could run another file's code in its own process."""
    dotted = tuple(module for module in RUNNING_MODULES if "." in module)
    return of(imported(source), RUNNING_MODULES) | of(mentioned(source), (*dotted, *RUNNING_BUILTINS))


# The untrusted side


@pytest.mark.parametrize("name", WORKER)
def test_the_worker_imports_the_standard_library_numpy_and_itself_and_a_rank_mpi(name: str) -> None:
    others = {"numpy", "_typeshed"} | ({"mpi4py"} if name == RANK else set())  # the second is for type checkers alone
    for module in imported(SOURCES[name]):
        top = module.split(".")[0]
        known = top in sys.stdlib_module_names or top in others
        assert known or module.startswith("grader.worker"), module


def test_the_package_imports_nothing_before_one_of_its_functions_is_called_so_that_the_worker_does_not_either() -> None:
    body = ast.parse(SOURCES["__init__.py"]).body
    for_types_alone = [node for node in body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    run = [node for node in body if node not in for_types_alone and not isinstance(node, ast.FunctionDef)]
    assert list(imported("\n".join(map(ast.unparse, run)))) == []
    program = "import sys; before = set(sys.modules); import grader; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['grader']"


# The trusted side


@pytest.mark.parametrize("name", [name for name in TRUSTED if name not in {COURSE_LOADER, SENT_TO_THE_WORKER}])
def test_the_trusted_side_runs_nobodys_file(name: str) -> None:
    assert ways_to_run_code(SOURCES[name]) == set()


def test_what_works_out_a_submissions_own_masks_is_sent_to_its_worker_and_imported_by_nobody() -> None:
    assert ways_to_run_code(SOURCES[SENT_TO_THE_WORKER]) == {"eval"}
    assert not any("grader.execution.profile_driver" in set(imported(source)) for source in SOURCES.values())


def test_but_for_the_courses_own_tasks_which_one_function_imports() -> None:
    source = SOURCES[COURSE_LOADER]
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions if ways_to_run_code(ast.unparse(function))] == ["_import_task"]
    assert not of(mentioned(source), RUNNING_BUILTINS)


@pytest.mark.parametrize("name", [name for name in TRUSTED if not name.startswith("execution/") and name not in OWN_PROGRAMS])
def test_processes_are_started_behind_one_interface_alone(name: str) -> None:
    assert of(imported(SOURCES[name]), STARTING) | of(mentioned(SOURCES[name]), STARTING) == set()


@pytest.mark.parametrize(("name", "function"), OWN_PROGRAMS.items())
def test_but_for_the_machines_own_programs_each_of_which_one_function_runs(name: str, function: str) -> None:
    functions = [node for node in ast.walk(ast.parse(SOURCES[name])) if isinstance(node, ast.FunctionDef)]
    assert [node.name for node in functions if of(mentioned(ast.unparse(node)), STARTING)] == [function]


def test_of_the_workers_code_the_trusted_side_shares_the_frames_and_a_limit() -> None:
    shared = {
        module for name in TRUSTED if name != TEST_DOUBLE for module in imported(SOURCES[name]) if "grader.worker" in module
    }
    assert shared == {"grader.worker.wire", "grader.worker.wire.Operation", "grader.worker.packed"}
    from_packed = of(mentioned(SOURCES["execution/process.py"]), ("packed",)) - {"packed"}
    assert from_packed == {"packed.LIMIT_BYTES"}


def test_and_the_test_double_the_conversion_of_results() -> None:
    shared = {module for module in imported(SOURCES[TEST_DOUBLE]) if "grader.worker" in module}
    assert shared == {"grader.worker.convert.UnfitResultError", "grader.worker.convert.store"}


# asv's process


@pytest.mark.parametrize("name", SUITE)
def test_the_suite_runs_nobodys_file_and_starts_no_process(name: str) -> None:
    assert ways_to_run_code(SUITE[name]) == set()
    assert of(imported(SUITE[name]), STARTING) | of(mentioned(SUITE[name]), STARTING) == set()
    assert of(imported(SUITE[name]), PICKLING) == set()


@pytest.mark.parametrize("name", SUITE)
def test_the_suite_imports_what_is_installed_and_the_benchmarks_which_run_nobodys_file_either(name: str) -> None:
    modules = set(imported(SUITE[name]))
    tops = {module.split(".")[0] for module in modules}
    assert tops - sys.stdlib_module_names <= {"benchmarks", "grader", "numpy", "threadpoolctl"}
    for module in {one.split(".")[1] for one in modules if one.startswith("benchmarks.")} - {"suite"}:
        assert ways_to_run_code((BENCHMARKS / f"{module}.py").read_text(encoding="utf-8")) == set()


# Both


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_pickled(name: str) -> None:
    assert of(imported(SOURCES[name]), PICKLING) == set()
    calls = (node for node in ast.walk(ast.parse(SOURCES[name])) if isinstance(node, ast.Call))
    told = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "allow_pickle"]
    assert all(isinstance(value, ast.Constant) and value.value is False for value in told)


# These tests themselves

SEEN = [
    "import importlib.util",
    "from importlib import import_module",
    "import importlib\nimportlib.import_module('f')",
    "def load():\n    import runpy",
    "exec(text)",
    "run = eval",
    "module = __import__('f')",
]
UNSEEN = [
    "import importlib.metadata",
    "compile(text, 'f.py', 'exec')",
    "code = 1\ncode.kind",
    "evaluate(x)",
    "import encodings",
]


@pytest.mark.parametrize("source", SEEN)
def test_each_way_to_run_code_is_seen(source: str) -> None:
    assert ways_to_run_code(source)


@pytest.mark.parametrize("source", UNSEEN)
def test_and_nothing_else_is_taken_for_one(source: str) -> None:
    assert not ways_to_run_code(source)
