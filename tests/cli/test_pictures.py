"""Pictures that commands write: the whole of a file has the colours of one paper."""

from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.cli.pictures import save_picture
from grader.errors import UsageError
from grader.report.plots import scaling_figure
from grader.report.theme import DARK, LIGHT, Theme
from tests.report.example import study


@pytest.mark.parametrize(("theme", "other"), [(LIGHT, DARK), (DARK, LIGHT)])
def test_paper_ink_ticks_and_curves_are_of_one_theme(tmp_path: Path, theme: Theme, other: Theme) -> None:
    save_picture(partial(scaling_figure, study()), tmp_path / "a.svg", theme)
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8").lower()
    for colour in ("paper", "ink", "line"):
        assert getattr(theme, colour).lower() in drawn
        assert getattr(other, colour).lower() not in drawn


@pytest.mark.parametrize("words", [("check", "mine.py"), ("show", "ada"), ("scaling", "ada")])
def test_without_a_picture_there_is_nothing_dark(words: tuple[str, ...]) -> None:
    refused = CliRunner().invoke(app, [*words, "--dark"]).exception
    assert isinstance(refused, UsageError)
    assert "--dark belongs to" in str(refused)
