"""The progress on a terminal: names from outside are names in it."""

import io
import sys

import pytest

from grader.cli.terminal import OwnProgress, TerminalProgress
from tests.report.example import HOSTILE_TEXTS


class Terminal(io.StringIO):
    """Says that somebody is watching."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("text", [*HOSTILE_TEXTS.values(), "[/]", "[/bold]"], ids=[*HOSTILE_TEXTS, "an end", "another"])
def test_names_with_markup_and_escapes_are_drawn_as_text(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    name = text[:300]
    with TerminalProgress([name, "bob"], ["double"]) as progress:
        progress.begin("checking", 3)
        progress.advance(1, f"{name} · double")
        progress.found(name, "double", "ACCEPTED")
    drawn = terminal.getvalue()
    assert "checking" in drawn
    for steering in ("\x1b]", "\x9b", "\x9d", "\u202e", "\u200b", "\x07", "\x08"):
        assert steering not in drawn
    assert drawn.count("\n") < 40


def test_whose_answers_are_right_is_told_so_once_and_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    with OwnProgress(["you", "other"]) as progress:
        progress.begin("checking", 1)
        for author, result in (
            ("you", "ACCEPTED"),
            ("you", "ACCEPTED"),
            ("other", "WRONG_ANSWER"),
            ("you", "1.2 ×"),
            ("x", "ACCEPTED"),
        ):
            progress.found(author, "double", result)
    said = capsys.readouterr()
    assert said.err.splitlines() == ["you: every answer to double is right; now the speed"]
    assert said.out == ""
