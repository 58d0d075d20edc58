"""On native Windows the grader says where it runs instead."""

import sys

import pytest

import grader
from grader.cli.app import main
from grader.errors import UsageError
from grader.windows import require_unix


def test_windows_is_told_to_use_wsl_or_colab() -> None:
    with pytest.raises(UsageError, match=r"use WSL .* or a notebook on Colab"):
        require_unix("win32")


@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_other_systems_may_go_on(platform: str) -> None:
    require_unix(platform)


def test_the_command_ends_with_one_line_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "WSL" in said
    assert said.count("\n") == 1


def test_a_notebook_is_told_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UsageError, match="WSL"):
        grader.check(lambda: None)
