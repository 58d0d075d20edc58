"""A saved case comes back as it was; a file from anybody is read as numbers within bounds, or refused."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from grader.content import case_file
from grader.content.case_file import NotACaseError, SavedCase, read_case, write_case


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "case.npz"


def npy(array: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def archive(path: Path, **members: bytes) -> None:
    names = {"task": npy(np.asarray("julia")), "case": npy(np.asarray("small")), **members}
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in names.items():
            made.writestr(f"{name}.npy", content)


def test_arrays_and_scalars_come_back(path: Path) -> None:
    inputs = (np.arange(6.0).reshape(2, 3), 0.5 + 2j, 7, 0.25, True, np.empty((0, 3)), np.asfortranarray(np.eye(3)))
    write_case(path, "julia", "window", inputs)
    saved = read_case(path, len(inputs))
    assert (saved.task, saved.case) == ("julia", "window")
    for value, before in zip(saved.values, inputs, strict=True):
        np.testing.assert_array_equal(value, before)
        assert value.dtype == np.asarray(before).dtype
    assert [value.item() for value in saved.values[1:5]] == [0.5 + 2j, 7, 0.25, True]


def test_numpy_reads_it_too(path: Path) -> None:
    write_case(path, "julia", "window", (np.arange(3),))
    with np.load(path, allow_pickle=False) as saved:
        assert (str(saved["task"]), str(saved["case"]), saved["input_0"].tolist()) == ("julia", "window", [0, 1, 2])


BAD = {
    "a pickle": npy(np.array([print, {}], dtype=object)),
    "text": npy(np.array(["a"])),
    "long doubles": npy(np.ones(2, np.longdouble)),
    "records": npy(np.zeros(2, [("a", "<f8")])),
    "dates": npy(np.zeros(2, "datetime64[s]")),
    "nothing": b"",
    "a header alone": npy(np.arange(100.0))[:128],
    "more than the header says": npy(np.arange(3.0)) + b"x",
    "a header that promises terabytes": npy(np.zeros(3)).replace(b"(3,)", b"(3333333333333,)".ljust(4)),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_what_is_no_array_of_numbers_is_refused(path: Path, content: bytes) -> None:
    archive(path, input_0=content)
    with pytest.raises(NotACaseError, match="not a case file as `grader` writes them"):
        read_case(path, 1)


def test_an_input_too_few_is_refused(path: Path) -> None:
    write_case(path, "julia", "window", (1,))
    assert isinstance(read_case(path, 1), SavedCase)
    with pytest.raises(NotACaseError):
        read_case(path, 2)


def test_a_bomb_is_refused_before_it_is_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_file, "_LIMIT_BYTES", 1 << 20)
    archive(path, input_0=npy(np.zeros(1 << 18)))
    assert path.stat().st_size < 10_000
    with pytest.raises(NotACaseError, match="too large"):
        read_case(path, 1)


@pytest.mark.parametrize("cut", [0, 1, 30, 100, -1, -30])
def test_half_a_file_is_refused(path: Path, cut: int) -> None:
    write_case(path, "julia", "window", (np.arange(3),))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(NotACaseError):
        read_case(path, 1)


def test_a_compressed_member_that_is_damaged_is_refused(path: Path) -> None:
    archive(path, input_0=npy(np.arange(1000)))
    content = bytearray(path.read_bytes())
    start = content.index(b"input_0.npy") + 11
    content[start : start + 20] = b"\xff" * 20
    path.write_bytes(content)
    with pytest.raises(NotACaseError):
        read_case(path, 1)
