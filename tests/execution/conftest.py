"""Fixtures of the tests that run real workers: one generation serves a whole module, on each of the two backends."""

from collections.abc import Callable, Iterator

import pytest

from grader.content.submission import Submission
from grader.execution.bubblewrap import BubblewrapBackend
from grader.execution.generation import ZygoteGeneration
from grader.execution.plain import PlainBackend
from tests.execution.workers import Workers


@pytest.fixture(scope="session", params=["plain", "sandbox"])
def backend(request: pytest.FixtureRequest) -> PlainBackend | BubblewrapBackend:
    """Each of the two."""
    chosen: PlainBackend | BubblewrapBackend = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture(scope="module")
def generation(backend: PlainBackend | BubblewrapBackend) -> Iterator[ZygoteGeneration]:
    """One zygote for a module's tests."""
    with backend.generation() as started:
        yield started


@pytest.fixture
def workers(generation: ZygoteGeneration, submission_of: Callable[..., Submission]) -> Iterator[Workers]:
    """The workers of one test; they end with it."""
    started = Workers(generation, submission_of)
    yield started
    started.close()
