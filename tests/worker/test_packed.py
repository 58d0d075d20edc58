"""The files that a submission compiled or built as one byte string, there and back."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.worker import packed
from grader.worker.packed import TooLargeError, pack, unpack

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=20).filter(
    lambda name: name not in {".", ".."}
)
FILES = st.dictionaries(st.lists(NAMES, min_size=1, max_size=3).map(tuple), st.binary(max_size=200), max_size=5).filter(
    lambda files: not any(one != other and one == other[: len(one)] for one in files for other in files)
)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@given(FILES)
def test_what_is_packed_is_unpacked(files: dict[tuple[str, ...], bytes]) -> None:
    with tempfile.TemporaryDirectory() as before, tempfile.TemporaryDirectory() as after:
        for parts, content in files.items():
            path = Path(before, *parts)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        unpack(pack(Path(before)), Path(after))
        assert contents(Path(after)) == contents(Path(before))


def test_a_folder_that_does_not_exist_packs_to_nothing_and_nothing_unpacks_to_it(tmp_path: Path) -> None:
    assert pack(tmp_path / "none") == b""
    unpack(b"", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_what_is_over_the_limit_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "LIMIT_BYTES", 1000)
    for number in range(5):
        (tmp_path / f"{number}").write_bytes(bytes(300))
    kept = pack(tmp_path)
    assert len(kept) <= 1000
    unpack(kept, tmp_path / "after")
    assert contents(tmp_path / "after") == {f"{number}": bytes(300) for number in range(3)}


def test_of_what_has_to_be_whole_nothing_stays_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "LIMIT_BYTES", 1000)
    (tmp_path / "library.so").write_bytes(bytes(990))
    with pytest.raises(TooLargeError):
        pack(tmp_path, all_or_nothing=True)


@pytest.mark.parametrize(
    "name", [b"../x", b"a/../../x", b"/x", b"..", b".", b"", b"a//x", b"\0", b"x" * 300, b"a/..", b"a/" * 1000 + b"x"]
)
def test_an_entry_is_written_under_the_folder_or_not_at_all(tmp_path: Path, name: bytes) -> None:
    def entry(name: bytes) -> bytes:
        return len(name).to_bytes(4, "little") + (1).to_bytes(4, "little") + name + b"x"

    unpack(entry(name) + entry(b"good"), tmp_path / "cache")
    assert contents(tmp_path) == {"cache/good": b"x"}


@pytest.mark.parametrize("cut", range(1, 12))
def test_half_an_entry_is_no_error(tmp_path: Path, cut: int) -> None:
    kept = (4).to_bytes(4, "little") + (1).to_bytes(4, "little") + b"name" + b"x"
    unpack(kept + kept[:cut], tmp_path / "cache")
    assert contents(tmp_path / "cache")["name"] in {b"x", b""}
