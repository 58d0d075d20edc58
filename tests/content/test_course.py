"""`course.toml` is checked key by key: each mistake is named with its place, what is wrong, and what was meant."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from grader.content.course import Course, Kind, Measurement, Weights, assignments_of, baseline_of, is_released, load_course
from grader.content.reading import SourceFile
from grader.content.static_code import read_code
from grader.errors import UsageError

ROOT = Path(__file__).parents[2]

REAL_COURSE = Path(__file__).parents[2]

COURSE = """
[course]
title = "Lab"
term = "autumn"
machine = "laptop"

[machines.laptop]
threads = 2

[machines.laptop.environment]
NUMBA_CPU_FEATURES = "host,-prefer-256-bit"

[tasks.julia]
baseline = "numba"
"""
ASSIGNMENTS = """
[[assignments]]
id = "one"
title = "One"
kind = "lab"
tasks = ["julia"]
due = 2026-10-05T23:59:00+03:00
full_marks = "numba"

[[assignments.criteria]]
id = "correct"
text = "right"
points = 1
by = "correct"

[[assignments.criteria]]
id = "speed"
text = "fast"
points = 2.5
by = "speed"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for task in ("julia", "matmul"):
        (tmp_path / "tasks" / task).mkdir(parents=True)
        (tmp_path / "tasks" / task / "task.py").touch()
    for level in ("naive", "numpy", "numba"):
        (tmp_path / "reference" / level).mkdir(parents=True)
    return tmp_path


def load(folder: Path, text: str) -> Course:
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return load_course(folder)


def problems(folder: Path, text: str) -> list[str]:
    """What is said of a file, a line each, without the file's name that each begins with."""
    with pytest.raises(UsageError) as caught:
        load(folder, text)
    prefix = f"{folder / 'course.toml'}: "
    lines = str(caught.value).splitlines()
    assert all(line.startswith(prefix) for line in lines)
    return [line.removeprefix(prefix) for line in lines]


# What a right file says


def test_a_course_is_what_its_file_says(folder: Path) -> None:
    course = load(folder, COURSE + ASSIGNMENTS)
    assert (course.about.title, course.about.term) == ("Lab", "autumn")
    assert (course.machine.threads, course.machine.backend, course.machine.preload) == (2, "auto", ("numpy", "numba"))
    assert course.machine.environment == {"NUMBA_CPU_FEATURES": "host,-prefer-256-bit"}
    (assignment,) = course.assignments
    assert assignment.due == datetime(2026, 10, 5, 20, 59, tzinfo=UTC)
    assert assignment.max_points == 3.5


def test_what_is_left_out_has_the_defaults_of_the_design(folder: Path) -> None:
    course = load(folder, COURSE)
    assert course.measurement == Measurement(
        alpha=0.02,
        min_difference=0.01,
        target_difference=0.0135,
        min_runs=4,
        max_runs=16,
        reference_runs=2,
        calls_per_run=168,
        seconds_per_run=0.5,
        min_turns_per_run=2,
        turn_s=0.008,
        max_timed_calls_per_turn=6,
        longest_call_s=0.25,
        slow_ratio=20,
        budget_s_per_submission=3,
        block_size=16,
        shortest_baseline_call_s=0.005,
    )
    limits = course.limits
    assert (limits.time_over_naive, limits.least_time_s, limits.first_call_s) == (10, 2, 15)
    assert (limits.memory_bytes, limits.output_bytes, limits.source_bytes) == (2 * 1024**3, 65536, 1024**2)
    assert (course.weights.participation, course.weights.homework, course.weights.labs, course.weights.project) == (
        10,
        30,
        30,
        30,
    )


@pytest.mark.parametrize(
    ("written", "size_bytes"), [("1000", 1000), ('"2 GiB"', 2 * 1024**3), ('"64 KiB"', 65536), ('"1 MB"', 10**6)]
)
def test_sizes_are_bytes_or_text_with_a_unit(folder: Path, written: str, size_bytes: int) -> None:
    assert load(folder, f"{COURSE}\n[limits]\nmemory_bytes = {written}").limits.memory_bytes == size_bytes


def test_a_course_cannot_be_changed(folder: Path) -> None:
    course = load(folder, COURSE)
    with pytest.raises(ValidationError, match="frozen"):
        course.measurement.alpha = 0.5


def test_a_criterion_is_about_its_assignments_only_task_unless_it_names_one(folder: Path) -> None:
    only = load(folder, COURSE + ASSIGNMENTS).assignments[0]
    assert [only.task_of(criterion) for criterion in only.criteria] == ["julia", "julia"]
    both = ASSIGNMENTS.replace('["julia"]', '["julia", "matmul"]').replace("points", 'task = "matmul"\npoints')
    two = load(folder, COURSE + both).assignments[0]
    assert [two.task_of(criterion) for criterion in two.criteria] == ["matmul", "matmul"]


def test_a_bonus_comes_on_top_of_what_an_assignment_is_worth(folder: Path) -> None:
    (assignment,) = load(folder, COURSE + ASSIGNMENTS.replace('by = "speed"', 'by = "speed"\nbonus = true')).assignments
    assert [criterion.bonus for criterion in assignment.criteria] == [False, True]
    assert assignment.max_points == 1


def test_an_assignment_says_what_may_be_used_and_what_it_is_graded_with(folder: Path) -> None:
    rules = """
        allowed = ["numpy", "numba"]
        forbid = ["@", ".dot", "scipy.signal"]
        libraries = {numpy = ">=1.26,<3", numba = "==0.*"}
    """
    (assignment,) = load(folder, COURSE + ASSIGNMENTS.replace('kind = "lab"', f'kind = "lab"\n{rules}')).assignments
    assert assignment.allowed == ("numpy", "numba")
    assert assignment.forbid == ("@", ".dot", "scipy.signal")
    assert assignment.libraries == {"numpy": ">=1.26,<3", "numba": "==0.*"}
    (free,) = load(folder, COURSE + ASSIGNMENTS).assignments
    assert (free.allowed, free.forbid, free.libraries) == ((), (), {})


def test_what_a_person_decides_needs_no_task(folder: Path) -> None:
    by_hand = ASSIGNMENTS.replace('tasks = ["julia"]', "").replace('"correct"\n', '"hand"\n').replace('"speed"\n', '"hand"\n')
    text = COURSE + by_hand.replace('id = "hand"', 'id = "other"', 1)
    (assignment,) = load(folder, text).assignments
    assert [assignment.task_of(criterion) for criterion in assignment.criteria] == [None, None]


@pytest.mark.parametrize(("kind", "percent"), [("participation", 5), ("homework", 15), ("lab", 30), ("project", 50)])
def test_each_kind_of_work_has_its_weight(kind: Kind, percent: float) -> None:
    assert Weights(participation=5, homework=15, labs=30, project=50).of(kind) == percent


def test_a_tasks_assignments_and_baseline_can_be_asked_for(folder: Path) -> None:
    course = load(folder, COURSE + ASSIGNMENTS)
    assert [assignment.id for assignment in assignments_of(course, "julia")] == ["one"]
    assert assignments_of(course, "matmul") == ()
    assert (baseline_of(course, "julia"), baseline_of(course, "matmul")) == ("numba", None)


def test_the_sample_course_is_right() -> None:
    course = load_course(ROOT)
    points = {assignment.id: assignment.max_points for assignment in course.assignments}
    assert points.items() >= {"boot-camp": 5, "bifurcation": 3, "julia": 7}.items(), "as in the rubrics, without the bonus"
    assert (baseline_of(course, "julia"), baseline_of(course, "matmul")) == ("numba", "numba")


# What is said of a wrong one


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("points = 2.5", "pionts = 2.5", "assignments[0].criteria[1].pionts: unknown key (did you mean 'points'?)"),
        ("threads = 2", "thread = 2", "machines.laptop.thread: unknown key (did you mean 'threads'?)"),
        ("[course]", "[cuorse]", "cuorse: unknown key (did you mean 'course'?)"),
        (
            "baseline =",
            "colour =",
            "tasks.julia.colour: unknown key (known: baseline, threads)",
        ),
        (
            "baseline =",
            "threads = 3\nbaseline =",
            "tasks.julia.threads: must not be more than 2, as [machines.laptop] has it: lower it, or raise that",
        ),
        ('term = "autumn"', "", "course.term: is missing"),
        ('title = "Lab"', "title = 3", "course.title: must be text in quotes, not 3"),
        ("threads = 2", 'threads = "2"', "machines.laptop.threads: must be a whole number, not '2'"),
        ("threads = 2", "threads = 0", "machines.laptop.threads: must be greater than or equal to 1, not 0"),
        ("threads = 2", "threads = true", "machines.laptop.threads: must be a whole number, not True"),
        (
            "threads = 2",
            'backend = "bublewrap"',
            "machines.laptop.backend: must be one of auto, bubblewrap, landlock, plain, not 'bublewrap' (did you mean",
        ),
        ("points = 2.5", "points = nan", "assignments[0].criteria[1].points: must be a finite number, not nan"),
        ("points = 2.5", "points = 0", "assignments[0].criteria[1].points: must be greater than 0, not 0"),
        ('kind = "lab"', 'kind = "labs"', "(did you mean 'lab'?)"),
        ('["julia"]', '["juila"]', "assignments[0].tasks[0]: there is no task 'juila' in tasks/ (did you mean 'julia'?)"),
        (
            'full_marks = "numba"',
            'full_marks = "nunba"',
            "full_marks: there is no level 'nunba' in reference/ (did you mean 'numba'?)",
        ),
        (
            'baseline = "numba"',
            'baseline = "cuda"',
            "tasks.julia.baseline: there is no level 'cuda' in reference/ (known: naive, numba, numpy)",
        ),
        ("[tasks.julia]", "[tasks.julai]", "tasks.julai: there is no task 'julai' in tasks/ (did you mean 'julia'?)"),
        (
            'machine = "laptop"',
            'machine = "labtop"',
            "course.machine: there is no machine 'labtop' in [machines] (did you mean 'laptop'?)",
        ),
        ("23:59:00+03:00", "23:59:00", "assignments[0].due: must carry an offset, as in 2026-10-05T23:59:00+03:00"),
        ("T23:59:00+03:00", "", "assignments[0].due: must be a date and time with its offset"),
        ('id = "speed"', 'id = "correct"', "assignments[0].criteria: two have the id 'correct'; each needs its own"),
        ('full_marks = "numba"', "", "assignments[0].full_marks: is missing: the speed criterion 'speed' needs"),
        ('by = "speed"', 'by = "technique"', "assignments[0].criteria[1]: a technique needs `uses` or `avoids`"),
        ('by = "speed"', 'by = "speed"\nuses = ["numba"]', "`uses` and `avoids` belong to by = 'technique', not to 'speed'"),
        (
            'by = "speed"',
            'by = "speed"\ntask = "matmul"',
            "assignments[0].criteria[1].task: 'matmul' is not a task of this assignment",
        ),
        (
            '["julia"]',
            '["julia", "matmul"]',
            "assignments[0].criteria[0].task: is missing: the assignment does not have exactly one task",
        ),
        ('by = "speed"', 'by = "speed"\nbonus = 1', "assignments[0].criteria[1].bonus: must be true or false, not 1"),
        (
            'kind = "lab"',
            'kind = "lab"\nlibraries = {numpy = "2 or so"}',
            "assignments[0].libraries.numpy: '2 or so' is no range of versions; write one as '>=2,<3' or '==2.1.*'",
        ),
        (
            'kind = "lab"',
            'kind = "lab"\nlibraries = {numpy = 2}',
            "assignments[0].libraries.numpy: must be text in quotes, not 2",
        ),
        ('kind = "lab"', 'kind = "lab"\nallowed = "numpy"', "assignments[0].allowed: must be a list, not 'numpy'"),
        ('kind = "lab"', 'kind = "lab"\nallow = ["numpy"]', "assignments[0].allow: unknown key (did you mean 'allowed'?)"),
        ('kind = "lab"', 'kind = "lab"\nforbidden = ["@"]', "assignments[0].forbidden: unknown key (did you mean 'forbid'?)"),
        ("NUMBA_CPU_FEATURES", "OMP_NUM_THREADS", "machines.laptop.environment: OMP_NUM_THREADS is set by the grader"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_was_meant(folder: Path, right: str, wrong: str, said: str) -> None:
    text = COURSE + ASSIGNMENTS
    assert right in text
    assert any(said in line for line in problems(folder, text.replace(right, wrong)))


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[measurement]\nalpha = 0.7", "measurement.alpha: must be less than 0.5, not 0.7"),
        ("[measurement]\nmin_runs = 17", "measurement.max_runs: must not be less than min_runs (17)"),
        ("[measurement]\nmin_run = 12", "measurement.min_run: unknown key (did you mean 'min_runs'?)"),
        (
            "[limits]\nmemory_bytes = '2 Gigs'",
            "limits.memory_bytes: must be a number of bytes above 0, or text such as '2 GiB', not '2 Gigs'",
        ),
        ("[limits]\nmemory_bytes = 0", "limits.memory_bytes: must be greater than 0, not 0"),
        ("[weights]\nlabs = 40", "weights: the weights must add up to 100 (they add up to 110)"),
        ("[machines.cluster]\npreload = 'numpy'", "machines.cluster.preload: must be a list, not 'numpy'"),
    ],
)
def test_so_is_one_in_the_other_tables(folder: Path, table: str, said: str) -> None:
    assert problems(folder, f"{COURSE}\n{table}\n") == [said]


def test_a_list_is_not_short_because_its_only_item_is_wrong(folder: Path) -> None:
    only = ASSIGNMENTS[: ASSIGNMENTS.rindex("[[assignments.criteria]]")].replace('text = "right"', "text = 3")
    assert problems(folder, COURSE + only) == ["assignments[0].criteria[0].text: must be text in quotes, not 3"]


def test_what_must_not_be_empty_says_so(folder: Path) -> None:
    none = ASSIGNMENTS[: ASSIGNMENTS.index("[[assignments.criteria]]")] + "criteria = []\n"
    assert problems(folder, COURSE + none) == ["assignments[0].criteria: must hold at least one, not []"]


def test_all_mistakes_are_listed_at_once_a_line_each(folder: Path) -> None:
    text = COURSE.replace("threads", "treads") + ASSIGNMENTS.replace("points", "pionts").replace('"julia"', '"juila"')
    said = problems(folder, text)
    for place in ("machines.laptop.treads", "criteria[0].pionts", "criteria[1].pionts", "assignments[0].tasks[0]"):
        assert sum(place in line for line in said) == 1


def test_a_table_that_is_a_value_is_said_to_be_one(folder: Path) -> None:
    assert "limits: must be a table, not 3" in problems(folder, f"limits = 3\n{COURSE}")


def test_two_assignments_need_two_ids(folder: Path) -> None:
    assert problems(folder, COURSE + ASSIGNMENTS + ASSIGNMENTS) == ["assignments: two have the id 'one'; each needs its own"]


def test_a_missing_file_says_where_it_was_looked_for_and_what_points_elsewhere(folder: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_course(folder / "nowhere")
    assert "no course.toml in" in str(caught.value)
    assert str(folder / "nowhere") in str(caught.value)
    assert "--course DIR" in str(caught.value)


def test_a_syntax_error_names_file_and_line(folder: Path) -> None:
    with pytest.raises(UsageError, match=r"course\.toml is not TOML: .*line 3"):
        load(folder, "[course]\ntitle = 'x'\nterm = autumn\n")


def test_another_encoding_is_said_to_be_one(folder: Path) -> None:
    (folder / "course.toml").write_bytes("title = 'Übung'".encode("latin-1"))
    with pytest.raises(UsageError, match=r"course\.toml is not UTF-8 \(byte 9\)"):
        load_course(folder)


def test_only_what_loads_a_course_pays_for_pydantic() -> None:
    program = "import sys, grader.content.submission, grader.content.task; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=ROOT).returncode == 0


# The course that comes with the grader


def shunned_by_own_product(source: bytes) -> set[str]:
    """Which of the names that the boot camp's criterion avoids are used in this file."""
    course = load_course(REAL_COURSE)
    criteria = [criterion for one in course.assignments for criterion in one.criteria if criterion.id == "own-product"]
    return {name for criterion in criteria for name in criterion.avoids} & read_code(SourceFile("matmul.py", source)).names


@pytest.mark.parametrize(
    "product",
    [
        "a @ b",
        "np.ma.dot(a, b)",
        "np.ma.innerproduct(a, b)",
        "np.ndarray.dot(a, b)",
        "np.ndarray.__matmul__(a, b)",
        "operator.__matmul__(a, b)",
        'getattr(np, "do" + "t")(a, b)',
        'vars(np)["dot"](a, b)',
        'np.__dict__["dot"](a, b)',
        'np.cross.__globals__["dot"](a, b)',
        'eval("a@b")',
        '__builtins__["eval"]("a@b")',
        'sys.modules["numpy"].inner(a, b.T)',
        "also_numpy.inner(a, b.T)",
        "dot(a, b)",
        "np.cov(a, b)",
        "sparse.csr_array(a) * b",
    ],
)
def test_a_product_of_a_library_is_seen_however_it_is_spelled(product: str) -> None:
    imports = "import operator, sys\nimport numpy as np\nfrom numpy import *\nfrom scipy import sparse\nalso_numpy = np"
    assert shunned_by_own_product(f"{imports}\ndef matmul(a, b):\n    return {product}\n".encode())


@pytest.mark.parametrize(
    "author", ["submissions/chen", "submissions/liang", "reference/naive", "reference/numba", "reference/tuned"]
)
def test_a_product_of_ones_own_is_not_flagged(author: str) -> None:
    assert shunned_by_own_product((REAL_COURSE / author / "matmul.py").read_bytes()) == set()


# Machines that are clusters


CLUSTER = COURSE.replace(
    "[machines.laptop.environment]",
    """[machines.zhores]
threads = 4
scheduler = "slurm"
partition = "cpu"
modules = ["python/3.11"]
memory = "16 GiB"
time = "1-02:00:00"

[machines.laptop.environment]""",
)


def test_a_cluster_says_what_its_jobs_ask_for(folder: Path) -> None:
    machine = load(folder, CLUSTER).on_machine("zhores").machine
    assert (machine.scheduler, machine.partition, machine.modules, machine.memory) == (
        "slurm",
        "cpu",
        ("python/3.11",),
        16 << 30,
    )
    assert (machine.time, machine.exclusive, machine.gpus, machine.cpus, machine.account) == ("1-02:00:00", True, 0, None, None)
    assert load(folder, CLUSTER).machine.scheduler is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('partition = "cpu gpu"', "machines.zhores.partition: "),
        ('account = "--wrap=x"', "machines.zhores.account: "),
        ('modules = ["a b"]', "machines.zhores.modules[0]: "),
        ('time = "2 hours"', "machines.zhores.time: '2 hours' is no time of a job; write '02:00:00'"),
        ('scratch = "tmp"', "machines.zhores.scratch: "),
        ("gpus = -1", "machines.zhores.gpus: "),
        ("cpus = 2", "machines.zhores.cpus: must not be less than `threads` (4)"),
        ("exclusive = false", "machines.zhores.cpus: is missing: a job that shares its node must say how many cores it takes"),
        ('partitoin = "cpu"', "machines.zhores.partitoin: unknown key (did you mean 'partition'?)"),
    ],
)
def test_what_a_job_cannot_ask_for_is_named_with_its_place(folder: Path, line: str, said: str) -> None:
    key = line.partition(" ")[0]
    kept = "\n".join(one for one in CLUSTER.splitlines() if not one.startswith(f"{key} ="))
    (problem,) = problems(folder, kept.replace('scheduler = "slurm"', f'scheduler = "slurm"\n{line}'))
    assert problem.startswith(said)


def test_what_is_said_of_jobs_needs_a_scheduler(folder: Path) -> None:
    found = problems(folder, COURSE.replace("threads = 2", 'threads = 2\npartition = "cpu"\nexclusive = true'))
    assert found == [
        "machines.laptop.partition: is said of jobs: it needs scheduler = 'slurm'",
        "machines.laptop.exclusive: is said of jobs: it needs scheduler = 'slurm'",
    ]


def test_a_machine_that_is_not_there_or_too_small_for_a_task_is_refused(folder: Path) -> None:
    course = load(folder, CLUSTER + "threads = 2\n")
    with pytest.raises(UsageError, match=r"no machine 'zhore' in \[machines\] \(did you mean 'zhores'\?\)"):
        course.on_machine("zhore")
    small = load(folder, CLUSTER.replace("threads = 4", "threads = 1") + "threads = 2\n")
    with pytest.raises(UsageError, match=r"\[machines.zhores\] has 1 threads, and \[tasks.julia\] wants 2"):
        small.on_machine("zhores")


# What is released

DUE = datetime(2026, 10, 5, 20, 59, tzinfo=UTC)


def releasing(value: str, level: str = "numba") -> str:
    return COURSE + f'[references.{level}]\nrelease = "{value}"\n' + ASSIGNMENTS


@pytest.mark.parametrize(
    ("value", "before", "after"), [("always", True, True), ("after_due", False, True), ("never", False, False)]
)
def test_a_level_is_released_when_the_course_says(folder: Path, value: str, before: bool, after: bool) -> None:
    course = load(folder, releasing(value))
    assert is_released(course, "numba", "julia", DUE - timedelta(seconds=1)) == before
    assert is_released(course, "numba", "julia", DUE) == after


def test_naive_always_is_and_what_the_course_does_not_mention_never(folder: Path) -> None:
    course = load(folder, COURSE + ASSIGNMENTS)
    assert is_released(course, "naive", "julia", DUE - timedelta(days=1))
    assert not is_released(course, "numba", "julia", DUE + timedelta(days=1000))


def test_what_has_no_date_is_never_due(folder: Path) -> None:
    undated = releasing("after_due").replace("due = 2026-10-05T23:59:00+03:00\n", "")
    for text, task in ((undated, "julia"), (releasing("after_due"), "matmul")):
        assert not is_released(load(folder, text), "numba", task, DUE + timedelta(days=1000)), task


def test_of_two_assignments_the_later_one_counts(folder: Path) -> None:
    second = ASSIGNMENTS.replace('"one"', '"two"').replace("2026-10-05", "2026-12-05")
    course = load(folder, releasing("after_due") + second)
    assert not is_released(course, "numba", "julia", DUE)
    assert is_released(course, "numba", "julia", DUE + timedelta(days=61))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            releasing("allways"),
            "references.numba.release: must be one of always, after_due, never, not 'allways' (did you mean 'always'?)",
        ),
        (
            releasing("never", level="naive"),
            (
                "references.naive.release: must be 'always': naive states each task's interface, which no copy of the "
                "course can do without"
            ),
        ),
        (
            releasing("never", level="numbu"),
            "references.numbu: there is no level 'numbu' in reference/ (did you mean 'numba'?)",
        ),
    ],
)
def test_what_is_wrong_about_a_release_is_said(folder: Path, text: str, said: str) -> None:
    assert problems(folder, text) == [said]


def test_a_students_copy_knows_the_levels_that_it_lacks(folder: Path) -> None:
    (folder / "reference" / "numba").rmdir()
    assert "there is no level 'numba'" in problems(folder, COURSE + ASSIGNMENTS)[0]
    lacking = {"task": "julia", "level": "numba", "speedup": 40.0, "case": "large", "machine": "laptop"}
    (folder / "release.json").write_text(json.dumps({"format": 1, "estimates": [lacking]}))
    assert load(folder, COURSE + ASSIGNMENTS).assignments[0].full_marks == "numba"
