"""Archives are told by content, read under caps that hold whatever they say of themselves, and refused whole where damaged."""

import io
import stat
import struct
import tarfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.archive import archive_entries
from grader.content.entries import BombError, Budget, Caps, Entry, RefusedArchiveError, UnreadableEntryError, content_of
from tests.content.archives_to_read import (
    GOOD,
    canvas_zip,
    class_tar,
    empty_tar_entries,
    fuzz,
    overlapping_zip,
    tar_of,
    zip_of,
)

FILES = {"a.py": GOOD, "b/c.txt": b"", "d.bin": bytes(range(256)) * 400}
CAPS = Caps(entries=100, file_bytes=1 << 20, unpacked_bytes=4 << 20)


def contents(archive: bytes, caps: Caps = CAPS) -> dict[str, bytes]:
    entries = archive_entries(io.BytesIO(archive), Budget(caps))
    return {entry.name: content_of(entry, caps.file_bytes) for entry in entries if not entry.is_folder}


def faults(archive: bytes) -> set[str | None]:
    return {entry.fault for entry in archive_entries(io.BytesIO(archive), Budget(CAPS))}


def only(archive: bytes, caps: Caps = CAPS) -> Entry:
    (entry,) = archive_entries(io.BytesIO(archive), Budget(caps))
    return entry


def refusal(archive: bytes, caps: Caps = CAPS) -> str:
    with pytest.raises(RefusedArchiveError) as caught:
        contents(archive, caps)
    return str(caught.value)


# Formats


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_is_read(method: int) -> None:
    assert contents(zip_of(FILES, method=method)) == FILES


@pytest.mark.parametrize("packed", ["", "gz", "bz2", "xz"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_so_is_a_tar_of_each_kind(packed: Literal["", "gz", "bz2", "xz"], form: int) -> None:
    assert contents(tar_of(FILES, packed=packed, form=form)) == FILES


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_and_letters_of_all_alphabets_survive(form: int) -> None:
    files = {"Zoë 王/" + "d" * 90 + "/" + "n" * 90 + ".py": GOOD, "next.py": b""}
    assert contents(tar_of(files, form=form)) == files
    assert contents(zip_of(files)) == files


def test_a_zip_that_was_written_as_a_stream_is_read() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: object, /) -> int:
            self.content += bytes(data)  # type: ignore[call-overload]  # any buffer
            return len(bytes(data))  # type: ignore[call-overload]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a.py", "w", force_zip64=True) as file:
        file.write(GOOD)
    assert contents(bytes(pipe.content)) == {"a.py": GOOD}


def test_a_zip_may_use_the_fields_of_64_bits() -> None:
    plain = zip_of({"a.py": GOOD}, method=zipfile.ZIP_STORED)
    end = plain.rindex(b"PK\x05\x06")
    count, size, offset = struct.unpack_from("<HLL", plain, end + 10)
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    narrow = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert contents(plain[:end] + wide + locator + narrow) == {"a.py": GOOD}


def test_a_packed_stream_may_have_several_parts() -> None:
    import gzip

    whole = tar_of(FILES)
    assert contents(gzip.compress(whole[:700]) + gzip.compress(whole[700:])) == FILES


def test_an_empty_archive_holds_nothing() -> None:
    assert contents(zip_of({})) == contents(tar_of({})) == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is no archive; a zip is wanted, or a tar"),
        (b"def julia(): ...", "is no archive"),
        (b"Rar!\x1a\x07\x00", "is a rar, which is not read; a zip is wanted"),
        (b"7z\xbc\xaf'\x1c", "is a 7z, which is not read"),
        (b"\x1f\x8b" + bytes(600), "is a damaged tar: it cannot be unpacked"),
        (b"PK\x03\x04" + bytes(600), "is a damaged zip: its end is missing"),
    ],
)
def test_what_is_none_is_said_to_be_none(content: bytes, said: str) -> None:
    assert said in refusal(content)


@given(
    st.dictionaries(st.text("abcé/._", min_size=1, max_size=60).filter(lambda name: name.strip("/") == name), st.binary()),
    st.sampled_from(["zip", "", "gz", "xz"]),
)
@settings(deadline=None)
def test_whatever_was_packed_comes_out_as_it_was(files: dict[str, bytes], kind: Literal["zip", "", "gz", "xz"]) -> None:
    archive = zip_of(files) if kind == "zip" else tar_of(files, packed=kind)
    assert contents(archive) == files


# Entries that are no files


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_in_a_zip_only_regular_files_are_files(kind: int) -> None:
    assert faults(zip_of({"a.py": b"/etc/passwd"}, mode=kind | 0o777)) == {"is a link or a device, not a file"}
    assert faults(zip_of({"a.py": GOOD}, mode=stat.S_IFREG | 0o644)) == {None}


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (tarfile.SYMTYPE, "is a link, not a file"),
        (tarfile.LNKTYPE, "is a hard link, not a file"),
        (tarfile.FIFOTYPE, "is a FIFO, not a file"),
        (tarfile.CHRTYPE, "is a device, not a file"),
        (tarfile.BLKTYPE, "is a device, not a file"),
        (b"V", "is no regular file"),
    ],
)
def test_nor_in_a_tar(kind: bytes, fault: str) -> None:
    assert faults(tar_of({"a.py": b""}, kind=kind)) == {fault}


def test_files_with_holes_are_none_either() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("a.py")
        info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "99999999999"}
        archive.addfile(info)
    assert faults(buffer.getvalue()) == {"is a file with holes, which is not read"}


def test_encrypted_and_strangely_packed_entries_are_told() -> None:
    plain = bytearray(zip_of({"a.py": GOOD}))
    directory = plain.index(b"PK\x01\x02")
    plain[6] |= 1
    plain[directory + 8] |= 1
    assert faults(bytes(plain)) == {"is encrypted"}
    assert faults(zip_of({"a.py": GOOD}, method=zipfile.ZIP_LZMA)) == {
        "is packed in a way that is not read (method 14); pack it as an ordinary zip"
    }


# Damage


def test_a_changed_byte_of_the_content_is_noticed() -> None:
    plain = bytearray(zip_of({"a.py": GOOD}, method=zipfile.ZIP_STORED))
    plain[plain.index(b"julia")] ^= 1
    with pytest.raises(UnreadableEntryError, match="is damaged: it is not what was packed"):
        content_of(only(bytes(plain)), 1000)


@pytest.mark.parametrize("make", [lambda: zip_of(FILES), lambda: tar_of(FILES), lambda: tar_of(FILES, packed="gz")])
def test_an_archive_that_is_cut_off_anywhere_is_refused_or_says_so(make: Callable[[], bytes]) -> None:
    whole = make()
    for length in range(513, len(whole.rstrip(b"\0")) - 1, 97):
        with pytest.raises((RefusedArchiveError, UnreadableEntryError), match=r"damaged|no archive"):
            contents(whole[:length])


def test_a_packed_tar_whose_last_bytes_are_missing_is_not_believed() -> None:
    assert "is a damaged tar" in refusal(tar_of(FILES, packed="gz")[:-4])


@pytest.mark.parametrize("offset", [22, 18, 14])
def test_a_zip_whose_list_of_files_lies_is_refused(offset: int) -> None:
    plain = bytearray(zip_of(FILES))
    if offset == 22:
        plain[-6:-2] = struct.pack("<L", 3)
    else:
        plain[plain.index(b"PK\x01\x02") + 46] ^= 1
    assert "is a damaged zip" in refusal(bytes(plain))


def test_thousands_of_damaged_archives_are_refused_or_harmless() -> None:
    assert 1000 < fuzz(4000, seed=20261) < 4000


# Caps and bombs


def test_the_size_that_an_entry_declares_is_not_believed() -> None:
    plain = bytearray(zip_of({"a.py": b"#" * 100_000}))
    directory = plain.index(b"PK\x01\x02")
    plain[directory + 24 : directory + 28] = struct.pack("<L", 5)
    with pytest.raises(UnreadableEntryError, match="is too large: more than 1,000 bytes"):
        content_of(only(bytes(plain)), 1000)


def test_a_bomb_is_known_before_it_has_gone_off() -> None:
    archive = zip_of({"a.py": bytes(200 << 20)})
    tracemalloc.start()
    with pytest.raises(BombError, match="is packed more than 250 times"):
        content_of(only(archive, Caps()), 1 << 30)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < 64 << 20


@pytest.mark.parametrize("packed", ["gz", "bz2", "xz"])
def test_so_is_a_packed_tar(packed: Literal["gz", "bz2", "xz"]) -> None:
    assert "packed more than 250 times" in refusal(tar_of({"a.bin": bytes(20 << 20)}, packed=packed), Caps())


def test_a_zip_whose_entries_overlap_is_refused() -> None:
    names = [f"{index}.py" for index in range(200)]
    assert "entries that overlap" in refusal(overlapping_zip(names, b"#" * 1000), Caps())
    assert contents(overlapping_zip(names[:1], b"#" * 1000)) == {"0.py": b"#" * 1000}


def test_a_million_empty_entries_are_not_read() -> None:
    archive = empty_tar_entries(1_000_000)
    began = time.process_time()
    assert refusal(archive, Caps()) == "holds more than 50,000 entries"
    assert time.process_time() - began < 10


def test_nor_is_a_zip_of_more_entries_than_are_allowed() -> None:
    assert refusal(zip_of({f"{index}.py": b"" for index in range(101)})) == "holds more than 100 entries"


def test_what_is_passed_over_counts_too() -> None:
    archive = io.BytesIO(tar_of({"a.bin": bytes(range(256)) * 8000, "b.bin": bytes(range(256)) * 8500}))
    with pytest.raises(RefusedArchiveError, match="unpacks to more than 4 MiB"):
        list(archive_entries(archive, Budget(CAPS)))


def test_an_extended_header_is_no_way_to_fill_memory() -> None:
    name = "n" * 100_000
    assert "holds a header of" in refusal(tar_of({name: b""}))
    assert "holds a header of" in refusal(tar_of({name: b""}, form=tarfile.GNU_FORMAT))


def test_an_archive_larger_than_allowed_is_not_opened() -> None:
    assert "collect it in parts" in refusal(canvas_zip(), Caps(archive_bytes=10))
    assert "is a damaged tar" in refusal(class_tar()[:1500])
