"""Text from outside: what steers a terminal is shown instead, what has no end is cut, and a name in a command stays a name."""

import shlex
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.text import MESSAGE_LIMIT_CHARACTERS, command, harmless, harmless_line, harmless_name, listed, shortened
from tests.report.example import HOSTILE, HOSTILE_TEXTS

HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ANY_TEXT = st.text(st.characters(), max_size=200)


def test_what_could_steer_a_terminal_is_shown_instead() -> None:
    shown = harmless(HOSTILE)
    assert "\x1b" not in shown
    assert r"\x1b[2J" in shown
    assert r"\u202egnp.exe" in shown
    assert r"\x9b31m" in shown
    assert r"\ud800" in shown
    assert "[bold red]x[/bold red]" in shown


@settings(deadline=None)
@given(ANY_TEXT)
def test_what_is_shown_has_no_control_or_format_characters_and_can_be_encoded(text: str) -> None:
    for shown in (harmless(text).replace("\n", ""), harmless_line(text), harmless_name(text)):
        shown.encode("utf-8")
        assert not {unicodedata.category(character) for character in shown} & HARMFUL


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_no_text_without_an_end_is_shown_in_full(text: str) -> None:
    shown = harmless(text, 1000, 10)
    assert shown.count("\n") <= 10
    assert len(shown) <= 1000 + 100
    assert len(harmless_name(text)) <= 60
    assert "\n" not in harmless_line(text)


@settings(deadline=None)
@given(
    st.text(
        st.characters(categories=("L", "N", "P", "S", "Zs"), exclude_characters="\u2800\u115f\u1160\u3164\uffa0"), max_size=100
    )
)
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == harmless_line(text) == text


def test_accents_are_text_and_a_tower_of_them_is_not() -> None:
    assert harmless("e\u0301a\u0302\u0303") == "e\u0301a\u0302\u0303"
    assert harmless("e" + "\u0301" * 50).count("\u0301") == 4


@pytest.mark.parametrize("character", ["\u200b", "\u2800", "\u3164", "\ufeff", "\u034f", "\xad"])
def test_what_shows_nothing_is_shown(character: str) -> None:
    assert harmless_name(f"ada{character}") in {f"ada\\x{ord(character):02x}", f"ada\\u{ord(character):04x}"}


def test_lines_stay_lines_and_tabs_become_spaces() -> None:
    assert harmless("a\n\tb") == "a\n    b"


def test_of_endless_text_the_beginning_and_the_end_are_shown_and_how_much_is_missing() -> None:
    shown = harmless("begin" + "x" * 1_000_000 + "end", limit=90, all_of_it="grader show ada --json")
    assert shown.startswith("begin")
    assert shown.endswith("xend")
    assert "\n… 999,918 characters left out; all of it: grader show ada --json …\n" in shown


def test_of_endless_lines_the_first_and_the_last_are_shown() -> None:
    text = "\n".join(str(number) for number in range(100_000))
    lines = harmless(text, lines=6).split("\n")
    assert (lines[:4], lines[5:]) == (["0", "1", "2", "3"], ["99998", "99999"])


@given(st.text(st.characters(), max_size=300), st.integers(100, 200))
def test_what_is_kept_can_be_encoded_and_has_an_end(text: str, limit: int) -> None:
    kept = shortened(text, limit)
    kept.encode()
    if len(text) > limit:
        assert "characters left out" in kept
    else:
        assert kept == text.encode("utf-8", "backslashreplace").decode()


def test_a_message_of_ten_megabytes_is_kept_in_part() -> None:
    assert len(shortened("m" * 10_000_000)) <= MESSAGE_LIMIT_CHARACTERS + 100


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1), min_size=1, max_size=3))
def test_a_name_in_a_command_is_one_word_and_never_an_option(names: list[str]) -> None:
    words = shlex.split(command("grader show", *names, options="--json"))
    assert words[:2] == ["grader", "show"]
    assert "--json" in words
    if any(name.startswith("-") for name in names):
        assert words[-len(names) - 1 :] == ["--", *names]
    else:
        assert words[2:-1] == names


def test_a_command_with_an_ordinary_name_looks_ordinary() -> None:
    assert command("grader accept", "ada", "julia", options="--note WHY") == "grader accept ada julia --note WHY"


def test_a_list_of_names_is_short_however_many_and_long_they_are() -> None:
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a"]) == "a"
    assert listed(str(number) for number in range(100)).endswith("7 and 92 more")
    assert len(listed(["n" * 100_000] * 100_000)) < 3000
