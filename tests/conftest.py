"""What tests of real processes share: submissions made of source text, the two backends that run them, and cores to run on."""

import compileall
import os
import shutil
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path

import pytest

from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import PACKAGE_ROOT, WorkerSettings
from grader.execution.plain import PlainBackend
from tests import cores

LONGEST = ("test_readme.py", "test_on_slurm.py", "test_ordinary_user_on_slurm.py", "test_sample_class.py")
"""Each takes a minute and more."""

REQUIRE_ALL = "GRADER_TESTS_REQUIRE_ALL"
"""Where this variable is set, as `.ci/run` does, a skipped test has failed: what it needs was to be installed there.

Not so a test for which that would not help; those are known by the words of their reason, which stand in `OF_THE_MACHINE`.
Whatever is skipped for another reason, a new one too, fails until somebody has decided where it belongs.
"""
OF_THE_MACHINE = (
    "one core",
    "this kernel",
    "control groups",
    "lacks a layer",
    "how much comes back to the system",
    "nothing is bound to cores",
    "daemons are started as root",  # whoever is not root skips Slurm's tests, and has all others
    "no interpreter that an ordinary user",
)


def pytest_configure(config: pytest.Config) -> None:
    """Each of pytest's processes has cores of its own, and the grader is compiled before it is started some hundred times.

    Where Python is told to write no bytecode, and in the sandbox, every start would compile it anew.
    """
    if not hasattr(config, "workerinput"):
        compileall.compile_dir(PACKAGE_ROOT / "grader", quiet=2)
    cores.keep_to(cores.OWN)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: of two processes that share the files, neither then waits for the other's last one."""
    items.sort(key=lambda item: (item.path.name not in LONGEST, {"end_to_end", "tasks", "cluster"}.isdisjoint(item.path.parts)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything is to be there, a test that was skipped because something is not has failed."""
    report = yield
    if REQUIRE_ALL in os.environ and report.skipped and isinstance(report.longrepr, tuple):  # no tuple: expected to fail
        reason = report.longrepr[2]
        if not any(words in reason for words in OF_THE_MACHINE):
            report.outcome = "failed"
            report.longrepr = f"{reason}\n{REQUIRE_ALL} is set, so that nothing may be missing"
    return report


@pytest.fixture(scope="module")
def every_core() -> Iterator[None]:
    """All of the machine's cores, for a module about several of them."""
    with cores.every_core():
        yield


@pytest.fixture(scope="session")
def submission_of() -> Callable[..., Submission]:
    """Makes a submission: its source, and where they matter its file, its function, its helpers, its author."""

    def make(
        source: str,
        *,
        file: str = "f.py",
        function: str = "f",
        helpers: Mapping[str, str] | None = None,
        author: str = "ada",
    ) -> Submission:
        files = tuple(SourceFile(path, text.encode()) for path, text in sorted({file: source, **(helpers or {})}.items()))
        return Submission(author, "student", "f", Path(), files, file, function, (), "")

    return make


@pytest.fixture(scope="session")
def settings() -> WorkerSettings:
    """Workers with NumPy on one core: what starts in a fraction of the time that Numba takes."""
    return WorkerSettings(
        preload=("numpy",),
        environment={"OPENBLAS_NUM_THREADS": "1"},
        cpus=cores.OWN[-1:],
        memory_bytes=1 << 30,
        tmpfs_bytes=8 << 20,
    )


@pytest.fixture(scope="session")
def plain(settings: WorkerSettings) -> PlainBackend:
    """Ordinary processes."""
    return PlainBackend(settings)


@pytest.fixture(scope="session")
def sandbox(settings: WorkerSettings) -> BubblewrapBackend:
    """The sandbox, without which nothing is proved: a machine that lacks it fails these tests, and does not skip them."""
    if shutil.which("bwrap") is None:
        pytest.fail("the sandbox cannot be tested without bubblewrap: apt-get install bubblewrap", pytrace=False)
    return BubblewrapBackend(settings)
