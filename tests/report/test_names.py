"""Pseudonyms and file names."""

import re

import pytest

from grader.report.names import file_names, pseudonym

AUTHORS = [f"student_{number:04}" for number in range(2000)]


def test_a_pseudonym_is_the_same_as_long_as_the_key_is() -> None:
    assert pseudonym(b"key", "ada") == pseudonym(b"key", "ada")
    assert pseudonym(b"key", "ada") != pseudonym(b"another key", "ada")
    assert re.fullmatch(r"[a-z]{6}-[a-z]{6}", pseudonym(b"key", "ada"))


def test_no_two_of_a_large_class_share_one() -> None:
    assert len({pseudonym(b"key", author) for author in AUTHORS}) == len(AUTHORS)


@pytest.mark.parametrize("author", ["ada", "lovelaceada_123", "Ada Lovelace", "Ève", "x.y"])
def test_a_file_has_its_authors_name(author: str) -> None:
    assert file_names([author]) == {author: f"{author}.html"}


@pytest.mark.parametrize(
    "author", ["CON", "-rf", "..", "a/b", "a\\b", "a:b", "<script>", "\x1b[2J", "\ud800", "x" * 300, "index.", ""]
)
def test_a_name_that_not_every_system_takes_is_replaced(author: str) -> None:
    (name,) = file_names([author]).values()
    assert re.fullmatch(r"author_[\w. -]*_[0-9a-f]{10}\.html", name)
    assert len(name.encode()) < 255


def test_names_that_some_systems_hold_for_the_same_have_files_of_their_own() -> None:
    names = file_names(["ada", "Ada", "ADA"])
    assert len({name.casefold() for name in names.values()}) == 3
