"""A task is read from its folder: its code is imported, the interface is the text of the naive reference."""

from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

from grader.content.task import Interface, Parameter, load_task, naive_beside, read_interface, secret_beside, task_names
from grader.errors import GraderError, UsageError

TASK = dedent("""
    import numpy as np
    from grader.content.task import ArraySpec, Case, Task

    TASK = Task(
        title="Double",
        work_unit="numbers",
        outputs=lambda inputs: (ArraySpec("float64", inputs[0].shape),),
        expect=lambda inputs: 2 * inputs[0],
        check=lambda inputs, outputs, expected: None,
        work=lambda inputs, expected: float(inputs[0].size),
        check_cases=(Case("small", lambda rng: (rng.random(3),)),),
        benchmark_cases=(Case("large", lambda rng: (rng.random(1000),)),),
    )
""")
NAIVE = '''
def double(x: "float64[n]") -> "float64[n]":
    """Twice x."""
    raise RuntimeError("the reference is read, never run")
raise RuntimeError("nor imported")
'''


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "tasks" / "double").mkdir(parents=True)
    (tmp_path / "tasks" / "double" / "task.py").write_text(TASK)
    (tmp_path / "reference" / "naive").mkdir(parents=True)
    (tmp_path / "reference" / "naive" / "double.py").write_text(NAIVE)
    return tmp_path


def test_a_task_is_its_code_and_the_interface_of_its_naive_reference(course: Path) -> None:
    loaded = load_task(course, "double")
    assert (loaded.name, loaded.folder, loaded.task.title) == ("double", course / "tasks" / "double", "Double")
    assert str(loaded.interface) == "double(x: float64[n]) -> float64[n]"
    assert loaded.interface.docstring == "Twice x."


def test_equal_generators_draw_equal_inputs(course: Path) -> None:
    case = load_task(course, "double").task.check_cases[0]
    first, second = (case.draw(np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])


def test_the_names_are_the_folders_that_hold_a_task(course: Path) -> None:
    (course / "tasks" / "notes").mkdir()
    (course / "tasks" / "README.md").write_text("")
    assert task_names(course) == ("double",)
    assert task_names(course / "elsewhere") == ()


@pytest.mark.parametrize("changed", ["tasks/double/task.py", "reference/naive/double.py"])
def test_the_version_changes_with_the_task_and_with_its_interface(course: Path, changed: str) -> None:
    before = load_task(course, "double").version
    assert load_task(course, "double").version == before
    path = course / changed
    path.write_text(path.read_text() + "\n# changed\n")
    assert load_task(course, "double").version != before


@pytest.fixture
def varied(course: Path) -> Path:
    """The course with the same task for processes of MPI."""
    (course / "tasks" / "mpi_double").mkdir()
    (course / "tasks" / "mpi_double" / "task.py").write_text(
        dedent("""
        from dataclasses import replace
        from grader.content.task import task_beside
        from grader.profiles import Profile

        double = task_beside(__file__, "double")
        TASK = replace(double.TASK, title="Double with MPI", variant_of="double", profile=Profile.MPI)
    """)
    )
    (course / "reference" / "naive" / "mpi_double.py").write_text(NAIVE.replace("double", "mpi_double"))
    return course


def test_a_variant_of_a_task_differs_in_what_it_says(varied: Path) -> None:
    first, variant = (load_task(varied, name).task for name in ("double", "mpi_double"))
    assert (variant.title, variant.profile) == ("Double with MPI", "mpi")
    assert [case.name for case in variant.check_cases] == [case.name for case in first.check_cases]


def test_the_version_of_a_variant_changes_with_the_code_that_judges_it(varied: Path) -> None:
    before = load_task(varied, "mpi_double").version
    path = varied / "tasks" / "double" / "task.py"
    path.write_text(path.read_text() + "\n# changed\n")
    assert load_task(varied, "mpi_double").version != before


def test_an_unknown_task_names_the_nearest(course: Path) -> None:
    with pytest.raises(UsageError, match=r"no task 'duoble'.*did you mean 'double'"):
        load_task(course, "duoble")


def test_annotations_stand_as_written_in_quotes_or_not_or_not_at_all() -> None:
    source = "def f(a: 'float64[n,k]', n: int, c) -> 'int32[h, w]': ..."
    assert read_interface(source, "f") == Interface(
        "f", (Parameter("a", "float64[n,k]"), Parameter("n", "int"), Parameter("c", "")), "int32[h, w]", ""
    )


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("reference/naive/double.py", None, "has no reference/naive/double.py"),
        ("reference/naive/double.py", "def triple(x): ...", "defines no function 'double'"),
        ("tasks/double/task.py", "import nosuchmodule", "ModuleNotFoundError: No module named 'nosuchmodule'"),
        ("tasks/double/task.py", "def (", "fails to import: SyntaxError"),
        ("tasks/double/task.py", "TASK = 3", r"must define TASK = Task\(\.\.\.\)"),
    ],
)
def test_a_broken_task_is_the_courses_fault_never_a_students(course: Path, path: str, content: str | None, said: str) -> None:
    if content is None:
        (course / path).unlink()
    else:
        (course / path).write_text(content)
    with pytest.raises(GraderError, match=said):
        load_task(course, "double")


# What is secret

SECRET_CASES = dedent("""
    from grader.content.task import Case


    def secret_cases(task):
        assert task.TASK.title == "Double"
        return (Case("hidden", lambda rng: (rng.random(9),), "What nobody sees."),)
""")


def keep_secret(course: Path, name: str, source: str) -> Path:
    path = course / "tasks" / "double" / "secret" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(source)
    return path


def test_secret_cases_follow_the_public_ones_and_are_secret_by_their_place(course: Path) -> None:
    keep_secret(course, "cases.py", SECRET_CASES)
    cases = load_task(course, "double").task.check_cases
    assert [(case.name, case.public) for case in cases] == [("small", True), ("hidden", False)]


def test_another_secret_makes_another_version(course: Path) -> None:
    versions = [load_task(course, "double").version]
    keep_secret(course, "cases.py", SECRET_CASES)
    versions.append(load_task(course, "double").version)
    keep_secret(course, "kernels.py", "LANES = 16")
    versions.append(load_task(course, "double").version)
    assert len(set(versions)) == 3


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("CASES = ()", r"must define secret_cases\(task\)"),
        ("def secret_cases(task):\n    return ('small',)", r"must define secret_cases\(task\)"),
        ("def secret_cases(task):\n    return task.missing", r"fails: AttributeError"),
        ("import nothing_of_this_name", r"fails to import: ModuleNotFoundError"),
    ],
)
def test_secret_cases_that_are_none_are_the_courses_fault(course: Path, source: str, words: str) -> None:
    path = keep_secret(course, "cases.py", source)
    with pytest.raises(GraderError, match=words) as caught:
        load_task(course, "double")
    assert str(path) in str(caught.value)


def test_a_tasks_code_finds_its_secret_modules_where_there_are_any(course: Path) -> None:
    task = course / "tasks" / "double" / "task.py"
    assert secret_beside(str(task), "kernels.py") is None
    keep_secret(course, "kernels.py", "LANES = 16")
    kernels = secret_beside(str(task), "kernels.py")
    assert kernels is not None
    assert kernels.LANES == 16


def test_a_tasks_code_finds_its_naive_reference(course: Path) -> None:
    (course / "reference" / "naive" / "double.py").write_text("def double(x):\n    return 2 * x\n")
    assert naive_beside(str(course / "tasks" / "double" / "task.py")).double(4) == 8
