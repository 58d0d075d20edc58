"""Pages as HTML: one environment for all templates, in which every text from outside is made harmless, then escaped.

A page is one file: style and script stand in it, and its Content-Security-Policy names both by their hashes. So a page loads
nothing, and runs nothing that anybody else has put into it.
"""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from grader.report.advice import NOTHING
from grader.report.figures import points_text, rank_text, speedup_text
from grader.report.leaderboard import percent_text
from grader.text import LINE_LIMIT_CHARACTERS, command, harmless, harmless_line, harmless_name
from grader.units import ABSENT, rate_text, time_text


def page(template: str, **values: object) -> str:
    """A page from its template, by what the template calls its values."""
    return _environment().get_template(template).render(**values)


def live_page(text: str, changes: str) -> str:
    """One of our pages as a server shows it: it hears at the address `changes` that it has changed, and loads itself again.

    Beside what its policy allowed before, that script may run and ask that address; the page on the disk stays as it is.
    """
    script, policy = _asset("live.js"), str(_environment().globals["policy"])
    allowed = f"{policy.replace('script-src ', f'script-src {_hash(script)} ')}; connect-src 'self'"
    head, end, foot = text.replace(escape(policy), escape(allowed), 1).rpartition("</body>")
    element = Markup('<script data-changes="{}">{}</script>\n').format(changes, script)
    return f"{head}{element}{end}{foot}"


def shown(value: object) -> object:
    """What stands in a page for a value of a template: text is harmless, and an end is put to it."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    if len(value) <= LINE_LIMIT_CHARACTERS and value.isascii() and value.isprintable():
        return value
    return harmless(value)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.report", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"name": harmless_name, "line": harmless_line}
    written = (command, data_uri, percent_text, points_text, rank_text, rate_text, speedup_text, time_text)
    functions = {function.__name__: function for function in written}
    environment.globals |= {"ABSENT": ABSENT, "nothing_to_fix": NOTHING, **functions}
    charts, script = _asset("charts.css"), _asset("tables.js")
    style = _asset("style.css") + charts
    environment.globals |= {"style": style, "chart_style": charts, "script": script, "policy": _policy(style, script)}
    return environment


def data_uri(image_format: str, content: bytes) -> Markup:
    """A picture within a page."""
    letters = Markup(base64.b64encode(content).decode())  # noqa: S704 -- and digits
    return Markup("data:image/{};base64,{}").format(image_format, letters)


def _asset(name: str) -> Markup:
    text = files("grader.report").joinpath("pages", name).read_text(encoding="utf-8")
    return Markup(text)  # noqa: S704 -- a file of ours


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """As a Content-Security-Policy names an inline element (CSP level 3, section 2.3.1)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
