"""Pages of a report folder for a browser on this machine: they load themselves again when they have changed.

What is served is private. So the server listens on the loopback address alone; requests must name this machine as their host
(a name of somebody else's that points here, as in DNS rebinding, is refused); and the address holds a secret, for other users
of the machine reach the loopback address, too. Nothing but the pages of the report is served.
"""

import secrets
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from grader.errors import UsageError
from grader.report.html import live_page

HOST = "127.0.0.1"
_THIS_MACHINE = (HOST, "localhost")
_SECRET_BYTES = 16
_INDEX = "index.html"
_CHANGES = "changes"
_SIGN_OF_LIFE_S = 15.0
"""A connection on which nothing is said for long may be closed on the way."""
_SLOWEST_REQUEST_S = 30.0
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",  # the rest stands in the page; this one holds in a header only
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class PageServer:
    """Serves the pages of one folder; use it as a context manager."""

    def __init__(self, folder: Path, port: int) -> None:
        """Take the port, any free one where it is 0; UsageError where it is not to be had."""
        self._shown = _Shown(folder)
        try:
            self._server = _Server(port, self._shown)
        except OSError as error:
            raise UsageError(f"port {port} cannot be used: {error.strerror}; name another one with --port") from error
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"http://{HOST}:{self._server.server_port}/{self._shown.secret}/"

    def show(self, paths: Iterable[str], index: str) -> None:
        """From now on these are the pages, as they lie in the folder; `index` stands first where none of them is the first."""
        self._shown.change(paths, index)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass(frozen=True)
class _Page:
    text: str
    version: str
    """Another one as soon as the page is another one."""


class _Shown:
    """What is shown by now, for the threads that answer requests."""

    def __init__(self, folder: Path) -> None:
        self.secret = secrets.token_urlsafe(_SECRET_BYTES)
        self._folder = folder
        self._versions: Mapping[str, str] = {}
        self._index: str | None = None
        self._changed = threading.Condition()

    def change(self, paths: Iterable[str], index: str) -> None:
        versions = {path: _version(self._folder / path) for path in paths}  # only pages that are other ones were written
        with self._changed:
            self._versions = {_INDEX: str(hash(index)), **versions}
            self._index = None if _INDEX in versions else index
            self._changed.notify_all()

    def page(self, path: str) -> _Page | None:
        """A page of the report as it lies in the folder; None for everything else."""
        with self._changed:
            version, index = self._versions.get(path), self._index
        if version is None:
            return None
        if path == _INDEX and index is not None:
            return _Page(index, version)
        try:
            return _Page((self._folder / path).read_text(encoding="utf-8"), version)
        except OSError:
            return None

    def version_other_than(self, known: str, path: str) -> str | None:
        """Of a page, as soon as it is another one; None after a while in which it is not, or where there is no such page."""
        with self._changed:
            self._changed.wait_for(lambda: self._versions.get(path, known) != known, _SIGN_OF_LIFE_S)
            version = self._versions.get(path, known)
        return None if version == known else version


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, shown: _Shown) -> None:
        super().__init__((HOST, port), _Handler)
        self.shown = shown

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 -- as the standard library has it
        if not isinstance(sys.exception(), OSError):  # a browser that goes away is no fault
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: _Server
    server_version, sys_version = "grader", ""
    timeout = _SLOWEST_REQUEST_S

    def do_GET(self) -> None:
        if not _names_this_machine(self.headers.get("Host", "")):
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            return
        asked, _, query = self.path.partition("?")
        secret, _, path = unquote(asked).removeprefix("/").partition("/")
        if not secrets.compare_digest(secret.encode(), self.server.shown.secret.encode()):
            self.send_error(HTTPStatus.NOT_FOUND)
        elif path == _CHANGES:
            self._tell_changes(dict(parse_qs(query)))
        else:
            self._send_page(path or _INDEX)

    def _send_page(self, path: str) -> None:
        page = self.server.shown.page(path)
        if page is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        changes = f"/{self.server.shown.secret}/{_CHANGES}?{urlencode({'page': path, 'known': page.version})}"
        content = live_page(page.text, changes).encode()
        self._begin("text/html; charset=utf-8", {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def _tell_changes(self, query: Mapping[str, list[str]]) -> None:
        """An event for each time that the page is another one, until the browser has enough."""
        path, known = (query.get(name, [""])[0] for name in ("page", "known"))
        self._begin("text/event-stream", {})
        while True:
            version = self.server.shown.version_other_than(known, path)
            self.wfile.write(b": nothing new\n\n" if version is None else f"data: {version}\n\n".encode())
            known = version or known

    def _begin(self, kind: str, more: Mapping[str, str]) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in {"Content-Type": kind, **_HEADERS, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the standard library's name
        """Say nothing: the terminal tells of results."""


def _names_this_machine(host: str) -> bool:
    try:
        return urlsplit(f"//{host}").hostname in _THIS_MACHINE
    except ValueError:
        return False


def _version(file: Path) -> str:
    try:
        found = file.stat()
    except OSError:  # somebody has taken it away
        return ""
    return f"{found.st_mtime_ns}-{found.st_size}"
