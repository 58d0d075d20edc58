"""Pages are made when they are read, and no sooner."""

import pytest

from grader.report.lazy_pages import LazyPages


@pytest.fixture
def made() -> list[str]:
    return []


@pytest.fixture
def pages(made: list[str]) -> LazyPages:
    def page(path: str) -> str:
        made.append(path)
        return f"page {path}"

    return LazyPages({path: lambda path=path: page(path) for path in ("a", "b")})  # type: ignore[misc]  # each its own path


def test_a_page_is_made_when_it_is_read(pages: LazyPages, made: list[str]) -> None:
    assert pages["b"] == "page b"
    assert made == ["b"]
    assert dict(pages) == {"a": "page a", "b": "page b"}


def test_which_pages_there_are_is_known_without_making_them(pages: LazyPages, made: list[str]) -> None:
    assert "a" in pages
    assert {"a", "c"} - pages.keys() == {"c"}
    assert (list(pages), len(pages)) == (["a", "b"], 2)
    assert made == []
