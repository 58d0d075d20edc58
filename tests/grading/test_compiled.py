"""Compiled functions: each submission's own come back as they were, however many there are."""

import os

import psutil
import pytest

from grader.grading.compiled import CompiledFunctions


def test_what_was_kept_comes_back_whatever_was_kept_in_between() -> None:
    kept = CompiledFunctions()
    wanted = {f"content {number}": bytes([number]) * (1000 * number) for number in range(20)}
    for content_hash, functions in wanted.items():
        kept[content_hash] = functions
    kept["content 3"] = b"compiled again"
    assert dict(kept) == wanted | {"content 3": b"compiled again"}


def test_of_other_code_nothing_is_known() -> None:
    kept = CompiledFunctions()
    kept["ada's"] = b"functions"
    assert "bob's" not in kept
    assert kept.get("bob's", b"") == b""
    del kept["ada's"]
    with pytest.raises(KeyError):
        kept["ada's"]


def test_a_class_full_of_machine_code_is_no_load_on_the_memory() -> None:
    process = psutil.Process()
    kept = CompiledFunctions()
    before_bytes = process.memory_info().rss
    for number in range(100):
        kept[str(number)] = os.urandom(1 << 20)
    assert process.memory_info().rss - before_bytes < 20 << 20


def test_the_file_goes_with_it() -> None:
    process = psutil.Process()
    before = process.num_fds()
    kept = CompiledFunctions()
    kept["one"] = b"functions"
    assert process.num_fds() == before + 1
    del kept
    assert process.num_fds() == before
