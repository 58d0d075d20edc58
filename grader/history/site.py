"""asv's site without the network: its libraries beside it, and its data also as scripts, so that it opens from its files.

Any site that `asv publish` has made is made so by `python -m grader.history.site DIR`.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import as_file, files
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import urlsplit

import typer

from grader.errors import GraderError, UsageError
from grader.history.asv_format import SITE

SLOWER_PAGE = "slower.html"
_REGRESSIONS_TAB = re.compile(r'<li id="nav-li-regressions">.*?</li>')
_LIBRARIES = "libraries"
_FROM_FILES = "from_files.js"
_LINES = "lines.js"
_ADDRESS = re.compile(r'(?P<attribute>src|href)="(?P<address>https?://[^"]+)"(?P<checks>[^>]*)')
_CHECKS = re.compile(r' (integrity|crossorigin|referrerpolicy)="[^"]*"')
"""A file beside the page is no other origin's, and Flot's and Stupid Table's are not byte for byte those that asv names."""
_LIBRARY_TAG = re.compile(r"<(?:script|link)\b[^>]*>")


def publish(folder: Path, home: str | None, slower: str) -> Path:
    """Let asv make the site of a history, and make it local; the site's first page.

    `home` is the address that the project's name leads to; `slower` a page of ours beside asv's, to which these lead. The site
    is replaced when the new one is whole.
    """
    staged, site = folder / f"{SITE}.new", folder / SITE
    command = [sys.executable, "-m", "asv", "publish", "--no-pull", "--html-dir", staged.name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not (staged / "index.html").is_file():
        raise GraderError(f"`asv publish` in {folder} failed:\n{done.stdout}{done.stderr}")
    try:
        make_local(staged, home)
        _draw_lines(staged / "index.html")
        _lead_to_slower(staged / "index.html")
        (staged / SLOWER_PAGE).write_text(slower, encoding="utf-8")
        shutil.rmtree(site, ignore_errors=True)
        staged.rename(site)
    except OSError as error:
        raise UsageError(f"the site cannot be written to {site}: {error.strerror}") from error
    return site / "index.html"


def make_local(site: Path, home: str | None = None) -> None:
    """Bring the libraries of a site that asv has made beside it; a second time changes nothing.

    Raises:
        UsageError: the folder is no site of asv's.
        GraderError: asv wants a library that is not at hand: another version of asv than this was made for, or the grader is
            a student's copy, which has none.
    """
    page = site / "index.html"
    try:
        text = page.read_text(encoding="utf-8")
        index = json.loads((site / "index.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{site} is no site that `asv publish` has made: {error}") from error
    if not files("grader.history").joinpath("site_files", _LIBRARIES).is_dir():
        raise GraderError("this is a student's copy of the grader, without what a history's site needs: use the course's own")
    local = _LIBRARY_TAG.sub(_local, text)
    if _FROM_FILES not in local:
        head, asv_script, rest = local.partition(_script_before(local))
        local = f'{head}<script src="{_LIBRARIES}/{_FROM_FILES}"></script>\n    {asv_script}{rest}'
    if home is not None:
        index["project_url"] = home
        (site / "index.json").write_text(json.dumps(index), encoding="utf-8")
    with as_file(files("grader.history").joinpath("site_files")) as ours:
        shutil.copytree(ours / _LIBRARIES, site / _LIBRARIES, dirs_exist_ok=True)
        for script in (_FROM_FILES, _LINES):
            shutil.copy2(ours / script, site / _LIBRARIES / script)
    for data in site.rglob("*.json"):
        script = f"asv_file({data.read_text(encoding='utf-8').strip()});\n"
        data.with_name(f"{data.name}.js").write_text(script, encoding="utf-8")
    page.write_text(local, encoding="utf-8")


def _draw_lines(page: Path) -> None:
    """Let the lines of a history go on from attempt to attempt: behind asv's own scripts."""
    text = page.read_text(encoding="utf-8")
    script = f'<script src="{_LIBRARIES}/{_LINES}"></script>\n  </head>'
    page.write_text(text.replace("</head>", script, 1), encoding="utf-8")


def _lead_to_slower(page: Path) -> None:
    """Let asv's list of regressions be followed by ours."""
    text = page.read_text(encoding="utf-8")
    link = f'<li><a href="{SLOWER_PAGE}">Slower than before</a></li>'
    page.write_text(_REGRESSIONS_TAB.sub(rf"\g<0>{link}", text, count=1), encoding="utf-8")


def outside_addresses(page: str) -> Iterator[str]:
    """What a page of asv's would load from the network."""
    for tag in _LIBRARY_TAG.findall(page):
        for found in _ADDRESS.finditer(tag):
            yield found["address"]


def _local(tag: re.Match[str]) -> str:
    """A tag that loads a library from the network, as one that loads it from beside the page."""
    found = _ADDRESS.search(tag[0])
    if found is None:
        return tag[0]
    name = _library(found["address"])
    return _CHECKS.sub("", tag[0].replace(found["address"], f"{_LIBRARIES}/{name}"))


def _library(address: str) -> str:
    """The file here that is the library at an address: the same, or the same version before it was made small."""
    asked = PurePosixPath(urlsplit(address).path).name
    ours = {path.name for path in files("grader.history").joinpath("site_files", _LIBRARIES).iterdir()}
    for name in (asked, asked.replace(".min.", ".")):
        if name in ours:
            return name
    raise GraderError(f"asv's site wants {address}, of which the grader has no copy; its copies are those that asv 0.6 wants")


def _script_before(page: str) -> str:
    """The tag of asv's own script, before which ours must have run."""
    for tag in _LIBRARY_TAG.findall(page):
        if 'src="asv.js"' in tag:
            return str(tag)
    raise GraderError("the site's page does not load asv.js: another version of asv than this was made for")


Home = Annotated[str | None, typer.Option(help="The address that the project's name leads to, such as the report's.")]


def main(site: Path, home: Home = None) -> None:
    """Make a site of asv's open from its files, without the network."""
    make_local(site, home)


if __name__ == "__main__":
    typer.run(main)
