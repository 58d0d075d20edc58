"""Served pages: only they, only to this machine's browser, only with the secret; and they load themselves again."""

import http.client
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from grader.cli.page_server import HOST, PageServer
from grader.errors import UsageError
from grader.report.published_pages import published_pages
from tests.report.browser import CHROMIUM, browser
from tests.report.example import accepted, marked, reference
from tests.report.rich_pages import COURSE

PAGES = {"index.html": "<!doctype html><body>the class</body>", "students/ada.html": "<!doctype html><body>ada</body>"}


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


class Site:
    """A server with its folder, and what a browser asks of it."""

    def __init__(self, folder: Path, server: PageServer) -> None:
        self.folder, self.server = folder, server

    def show(self, pages: dict[str, str], index: str = "") -> None:
        for path, text in pages.items():
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text, encoding="utf-8")
        self.server.show(tuple(pages), index)

    def get(self, path: str, host: str | None = None, method: str = "GET") -> Answer:
        """`path` behind the address with its secret, or from the root where it begins with a slash."""
        connection, full = self.connect(path)
        connection.request(method, full, headers={"Host": host} if host is not None else {})
        answer = connection.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())

    def connect(self, path: str) -> tuple[http.client.HTTPConnection, str]:
        address = urlsplit(self.server.address)
        connection = http.client.HTTPConnection(HOST, address.port, timeout=20)
        return connection, path if path.startswith("/") else f"{address.path}{path}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with PageServer(tmp_path, 0) as server:
        yield Site(tmp_path, server)


def test_the_pages_of_the_report_are_served_as_they_lie_in_the_folder(site: Site) -> None:
    site.show(PAGES)
    assert "the class" in site.get("").text
    answer = site.get("students/ada.html")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "ada" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "students/",
        "students/bob.html",
        "notes.txt",
        "../notes.txt",
        "students/../notes.txt",
        "%2e%2e/notes.txt",
        "//etc/passwd",
        "/",
        "/index.html",
        "/another-secret/index.html",
        "students%00/ada.html",
    ],
)
def test_nothing_else_is_served(site: Site, path: str) -> None:
    site.show(PAGES)
    (site.folder / "notes.txt").write_text("private", encoding="utf-8")
    (site.folder.parent / "notes.txt").write_text("private", encoding="utf-8")
    answer = site.get(path)
    assert answer.status == 404
    assert "private" not in answer.text


@pytest.mark.parametrize(
    "host", ["evil.example.org", "evil.example.org:80", "127.0.0.1.example.org", "[::1", "", "localhost@evil"]
)
def test_a_name_that_somebody_points_here_is_refused(site: Site, host: str) -> None:
    site.show(PAGES)
    assert site.get("", host).status == 421


@pytest.mark.parametrize("host", ["localhost", "localhost:9000", "127.0.0.1:8000"])
def test_this_machine_may_be_named_through_a_tunnel_too(site: Site, host: str) -> None:
    site.show(PAGES)
    assert site.get("", host).status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_written(site: Site, method: str) -> None:
    site.show(PAGES)
    assert site.get("", method=method).status == 501


def test_pages_without_a_first_one_have_a_listing(site: Site) -> None:
    site.show({"ada.html": PAGES["students/ada.html"]}, index="<!doctype html><body>everybody</body>")
    assert "everybody" in site.get("").text


def test_it_listens_on_the_loopback_address_and_each_secret_is_another(tmp_path: Path) -> None:
    with PageServer(tmp_path, 0) as one, PageServer(tmp_path, 0) as other:
        assert urlsplit(one.address).hostname == "127.0.0.1"
        assert len(urlsplit(one.address).path) > 20
        assert urlsplit(one.address).path != urlsplit(other.address).path
        with pytest.raises(UsageError, match=r"cannot be used: .*; name another one with --port"):
            PageServer(tmp_path, urlsplit(one.address).port or 0)


def test_a_page_that_changes_is_told_to_whoever_sees_it_and_others_are_not(site: Site) -> None:
    site.show(PAGES)
    heard: list[str] = []
    streams = [
        site.connect(site.get(path).text.split('data-changes="')[1].split('"')[0].replace("&amp;", "&")) for path in PAGES
    ]
    for connection, path in streams:
        connection.request("GET", path)
    answers = [connection.getresponse() for connection, _ in streams]
    assert {answer.getheader("Content-Type") for answer in answers} == {"text/event-stream"}
    listening = threading.Thread(target=lambda: heard.append(answers[1].readline().decode()))
    listening.start()
    site.show({**PAGES, "students/ada.html": "<!doctype html><body>ada, faster</body>"})
    listening.join(10)
    assert heard[0].startswith("data: ")
    site.show({**PAGES, "index.html": "<!doctype html><body>a faster class</body>"})
    assert answers[0].readline().decode().startswith("data: ")
    for connection, _ in streams:
        connection.close()


def test_what_changed_before_somebody_listens_is_told_at_once(site: Site) -> None:
    site.show(PAGES)
    _, rest = site.get("").text.split('data-changes="')
    site.show({**PAGES, "index.html": "<!doctype html><body>a faster class</body>"})
    connection, path = site.connect(rest.split('"')[0].replace("&amp;", "&"))
    connection.request("GET", path)
    assert connection.getresponse().readline().startswith(b"data: ")
    connection.close()


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_a_browsers_page_loads_itself_again_and_what_was_chosen_in_it_stays(site: Site) -> None:
    def board(*names: str) -> dict[str, str]:
        results = [accepted(name, rank, wall_time_s=0.01 * rank) for rank, name in enumerate(names, 1)]
        return dict(published_pages(marked(*results, reference("numba")), COURSE, {}, str))

    shown = "[...document.querySelectorAll('tbody tr')].map((row) => row.cells[1].textContent)"
    head = "document.querySelector('table').tHead.rows[0].cells[0]"
    site.show(board("ada", "bob"))
    with browser() as chromium:
        chromium.open(site.server.address)
        assert set(chromium.run(shown)) == {"ada", "bob", "numba"}
        assert chromium.complaints == [], "its policy allows the script and the connection"
        for _ in range(2):
            chromium.run(f"{head}.querySelector('button').click()")
        chromium.run(
            "document.getElementById('me').value = 'bob'; document.getElementById('me').dispatchEvent(new Event('input'))"
        )
        site.show(board("ada", "bob", "eve"))
        chromium.wait_until_loaded()
        assert chromium.run(shown) == ["eve", "bob", "ada", "numba"]
        assert chromium.run(f"{head}.getAttribute('aria-sort')") == "descending"
        assert chromium.run("document.getElementById('me').value") == "bob"
        assert chromium.complaints == []
