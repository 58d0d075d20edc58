"""What several tests of pages look at, made once: a browser, and pages that have everything."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.browser import Browser, browser
from tests.report.rich_pages import write_rich_pages


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real one; whoever asks for it is skipped where there is none."""
    with browser() as found:
        yield found


@pytest.fixture(scope="session")
def rich_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of every kind."""
    folder = tmp_path_factory.mktemp("rich")
    write_rich_pages(folder)
    return folder
