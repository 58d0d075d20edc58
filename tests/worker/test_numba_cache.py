"""How many functions a submission has compiled."""

import sys

import pytest

from grader.worker.numba_cache import compiled_count


def test_without_numba_nothing_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba.core.dispatcher", None)
    assert compiled_count("/") == 0
