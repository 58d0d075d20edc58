"""Each author's Python files and notebooks are taken; all else is left out with a reason, and costs nobody else anything."""

import io
import stat
import tarfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.content.entries import Caps, RefusedArchiveError
from grader.content.upload_names import Layout
from grader.content.uploads import DEFAULT_CAPS, Upload, UploadCaps, Uploads, read_uploads
from tests.content.archives_to_read import GOOD, SMALL_CAPS, Files, canvas_zip, overlapping_zip, require_safe, tar_of, zip_of


def read(archive: bytes, author: str | None = None, caps: UploadCaps = DEFAULT_CAPS) -> Uploads:
    return read_uploads(io.BytesIO(archive), author, caps)


def paths(uploads: Uploads) -> dict[str, list[str]]:
    return {upload.author: [file.path for file in upload.files] for upload in uploads.authors}


def own(files: Files, caps: UploadCaps = DEFAULT_CAPS) -> Upload:
    (upload,) = read(zip_of(files), "ada", caps).authors
    return upload


def reasons(upload: Upload) -> dict[str, str]:
    return {left.path: left.reason for left in upload.left_out}


# Whose each file is


def test_canvas_names_are_told_apart() -> None:
    uploads = read(canvas_zip())
    assert uploads.layout is Layout.CANVAS
    assert paths(uploads) == {"lovelaceada_12": ["julia.py", "lib/fast.py"], "weichen_9": ["julia.ipynb"]}
    assert [(upload.is_late, upload.other_files) for upload in uploads.authors] == [(False, 0), (True, 1)]


def test_of_two_people_of_one_name_each_has_a_folder() -> None:
    assert list(paths(read(zip_of({"li_1_5_a.py": GOOD, "li_2_6_a.py": GOOD})))) == ["li_1", "li_2"]


def test_the_number_that_canvas_puts_behind_a_name_is_taken_off_where_it_can_be() -> None:
    archive = zip_of({"li_1_5_julia-3.py": GOOD, "ek_2_6_lab-1.py": GOOD, "ek_2_7_lab-2.py": b""})
    assert paths(read(archive)) == {"li_1": ["julia.py"], "ek_2": ["lab-1.py", "lab-2.py"]}


def test_a_files_name_cannot_make_it_another_students() -> None:
    assert paths(read(zip_of({"eve_6_7_lovelaceada_12_345_julia.py": GOOD}))) == {"eve_6": ["lovelaceada_12_345_julia.py"]}


@pytest.mark.parametrize("suffix", ["_/", "/", "_"])
def test_moodle_names_are_told_apart(suffix: str) -> None:
    names = (f"{who}_assignsubmission_file{suffix}julia.py" for who in ("Ada Lovelace_7", "Zoë Ek_8"))
    uploads = read(zip_of({**dict.fromkeys(names, GOOD), "Ada Lovelace_7_assignsubmission_onlinetext_/onlinetext.html": b""}))
    assert uploads.layout is Layout.MOODLE
    assert paths(uploads) == {"Ada Lovelace": ["julia.py"], "Zoë Ek": ["julia.py"]}


def test_two_people_of_one_name_whom_moodle_does_not_tell_apart_are_nobody() -> None:
    names = ("Li Wei_7", "Li Wei_8", "Bo Ek_9")
    uploads = read(zip_of({f"{name}_assignsubmission_file_/julia.py": GOOD for name in names}))
    assert paths(uploads) == {"Bo Ek": ["julia.py"]}
    assert {left.reason for left in uploads.nobodys} == {"is of one of several people of that name; collect each with --author"}


@pytest.mark.parametrize("around", ["", "submissions/", "./"])
def test_otherwise_each_folder_is_an_authors(around: str) -> None:
    archive = tar_of({f"{around}ada/julia.py": GOOD, f"{around}ben/lib/a.py": GOOD, f"{around}README.md": b""})
    uploads = read(archive)
    assert (uploads.layout, paths(uploads)) == (Layout.FOLDERS, {"ada": ["julia.py"], "ben": ["lib/a.py"]})


def test_an_export_that_was_unpacked_and_packed_again_is_known() -> None:
    assert paths(read(zip_of({"lab 1/li_1_5_a.py": GOOD, "lab 1/ek_2_6_a.py": GOOD}))) == {"ek_2": ["a.py"], "li_1": ["a.py"]}


@pytest.mark.parametrize("files", [{"julia.py": GOOD}, {"julia.py": GOOD, "lib/a.py": GOOD}, {}, {"notes.txt": b""}])
def test_what_fits_no_layout_is_refused_and_what_was_looked_for_is_said(files: dict[str, bytes]) -> None:
    with pytest.raises(RefusedArchiveError, match=r"is no class's archive: looked for .* Canvas .* Moodle .* --author NAME"):
        read(zip_of(files))


def test_authors_that_differ_by_case_alone_are_nobody() -> None:
    uploads = read(zip_of({"Ada/a.py": GOOD, "ada/a.py": GOOD, "ben/a.py": GOOD}))
    assert list(paths(uploads)) == ["ben"]
    assert [left.path for left in uploads.nobodys] == ["Ada", "ada"]


@pytest.mark.parametrize("author", ["..", ".git", "a/b", "", "con", "a\x1b", "-rf", "a\\b", "C:", "n" * 200])
def test_no_author_has_a_name_that_could_lead_elsewhere(author: str) -> None:
    with pytest.raises(RefusedArchiveError, match="cannot be"):
        read(zip_of({"a.py": GOOD}), author)
    uploads = read(zip_of({f"{author}/a.py": GOOD, "ben/a.py": GOOD}))
    assert set(paths(uploads)) <= {"ben", "a"}  # a/b is a folder in that of a


# What is taken


def test_python_files_and_notebooks_are_taken_and_the_others_counted() -> None:
    upload = own({"julia.py": GOOD, "b.IPYNB": b"{}", "data.csv": b"", "README.md": b"", "sheet.xlsx": zip_of({"a.py": b""})})
    assert [file.path for file in upload.files] == ["b.IPYNB", "julia.py"]
    assert upload.files[1].content == GOOD
    assert (upload.other_files, upload.left_out) == (3, ())


CLUTTER = {
    "a.pyc": "a.pyc",
    "numpy.so": "numpy.so",
    "x/lib.PYD": "x/lib.PYD",
    "x.pth": "x.pth",
    "lib.dll": "lib.dll",
    "lib.dylib": "lib.dylib",
    "__pycache__/a.py": "__pycache__",
    "x/.git/hooks/a.py": "x/.git",
    "__MACOSX/._a.py": "__MACOSX",
    ".a.py": ".a.py",
    "sitecustomize.py": "sitecustomize.py",
    "x/UserCustomize.py": "x/UserCustomize.py",
    "conftest.py": "conftest.py",
}


@pytest.mark.parametrize(("name", "listed"), CLUTTER.items())
def test_what_never_belongs_to_a_hand_in_is_left_out_by_name(name: str, listed: str) -> None:
    upload = own({name: b"", "julia.py": GOOD})
    assert [file.path for file in upload.files] == ["julia.py"]
    assert list(reasons(upload)) == [listed]


BAD_NAMES = [
    "../a.py", "x/../../a.py", "x/../a.py", "/etc/a.py", "//a.py", "x//a.py", "x/./a.py", "C:/a.py", "c:a.py", "x\\a.py",
    "..\\a.py", "a\x1b[31m.py", "a\n.py", "a\u202eyp.py", "con.py", "x/NUL.py", "aux/a.py", "a:b.py", "x /a.py", "x./a.py",
    "1/2/3/4/5/a.py", "n" * 250 + ".py",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_bad_name_costs_its_author_that_file(name: str) -> None:
    upload = own([(name, GOOD), ("julia.py", GOOD)])
    assert [file.path for file in upload.files] == ["julia.py"]
    assert len(upload.left_out) == 1
    uploads = read(tar_of([(f"ada/{name}", GOOD), ("ada/julia.py", GOOD), ("ben/julia.py", GOOD)]))
    assert paths(uploads) == {"ada": ["julia.py"], "ben": ["julia.py"]}


def test_a_name_with_a_nul_byte_is_not_cut_there() -> None:
    archive = zip_of({"a.py#.txt": GOOD, "julia.py": GOOD}).replace(b"a.py#.txt", b"a.py\0.txt")
    (upload,) = read(archive, "ada").authors
    assert [file.path for file in upload.files] == ["julia.py"]
    assert [left.reason for left in upload.left_out] == ["has a name with unprintable characters"]


def test_a_link_costs_its_author_that_file() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in (("ada/x", tarfile.SYMTYPE), ("ada/x/a.py", tarfile.REGTYPE), ("ben/l.py", tarfile.LNKTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/tmp"  # noqa: S108 -- where it would lead
            archive.addfile(info)
    uploads = read(buffer.getvalue())
    assert [reasons(upload) for upload in uploads.authors] == [
        {"x": "is a link, not a file"},
        {"l.py": "is a hard link, not a file"},
    ]
    assert own({"a.py": GOOD}).left_out == ()
    (upload,) = read(zip_of({"a.py": b"/etc/passwd"}, mode=stat.S_IFLNK | 0o777), "ada").authors
    assert upload.files == ()


@pytest.mark.parametrize(
    "files",
    [
        [("a.py", b"1"), ("a.py", b"2")],
        [("a.py", b"1"), ("A.py", b"1")],
        [("Lib/a.py", b"1"), ("lib/b.py", b"1")],
        [("a.py", b"1"), ("a.py/b.py", b"1")],
        [("e\u0301.py", b"1"), ("é.py", b"2")],
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_of_names_that_collide_none_is_taken(files: list[tuple[str, bytes]]) -> None:
    upload = own([*files, ("julia.py", GOOD)])
    assert [file.path for file in upload.files] == ["julia.py"]
    assert all("is there twice" in reason for reason in reasons(upload).values())


def test_the_folder_that_packing_adds_is_taken_off() -> None:
    assert [file.path for file in own({"hw/julia.py": GOOD, "hw/lib/a.py": b""}).files] == ["julia.py", "lib/a.py"]


@pytest.mark.parametrize("files", [{"hw/a.py": b"from hw.b import f", "hw/b.py": b""}, {"hw/__init__.py": b"", "hw/a.py": b""}])
def test_but_not_where_the_files_mean_it(files: dict[str, bytes]) -> None:
    assert [file.path for file in own(files).files] == sorted(files)


# Archives in archives


def test_an_archive_in_the_classs_is_unpacked_whatever_its_name_and_no_further() -> None:
    innermost = zip_of({"deep.py": GOOD})
    files = {"ada/hw.dat": tar_of({"julia.py": GOOD, "more.zip": innermost}, packed="xz"), "ben/julia.py": GOOD}
    ada, ben = read(zip_of(files)).authors
    assert [file.path for file in ada.files] == [file.path for file in ben.files] == ["julia.py"]
    assert reasons(ada) == {"hw.dat/more.zip": "is an archive in an archive of the author's own, and is not unpacked"}


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (zip_of({"julia.py": GOOD})[:-30], "is a damaged zip"),
        (zip_of({"julia.py": bytes(20 << 20)}), "is packed more than 250 times"),
        (tar_of({"x.bin": bytes(20 << 20)}, packed="gz"), "is packed more than 250 times"),
        (overlapping_zip(["a.py", "b.py"], b"#" * 100), "overlap"),
        (b"Rar!\x1a\x07\x00", "is a rar, which is not read; a zip is wanted"),
    ],
)
def test_a_bad_archive_in_the_classs_costs_its_author_alone(inner: bytes, said: str) -> None:
    eve, fay = read(zip_of({"eve/hw.zip": inner, "eve/matmul.py": GOOD, "fay/julia.py": GOOD})).authors
    assert [file.path for file in eve.files] == ["matmul.py"]
    assert said in reasons(eve)["hw.zip"]
    assert [file.path for file in fay.files] == ["julia.py"]


def test_a_bomb_among_the_classs_files_costs_its_author_alone_and_one_of_their_own_is_refused() -> None:
    eve, fay = read(zip_of({"eve/julia.py": bytes(20 << 20), "fay/julia.py": GOOD})).authors
    assert (eve.files, len(fay.files)) == ((), 1)
    with pytest.raises(RefusedArchiveError, match=r"holds julia.py, which is packed more than 250 times, as only a bomb is"):
        read(zip_of({"julia.py": bytes(20 << 20)}), "eve")


# Caps


def test_one_file_may_be_so_large_and_an_author_have_so_much() -> None:
    noise = Random(1).randbytes(15_000)  # noqa: S311 -- not for secrets
    upload = own({"a.py": noise, "b.py": noise * 2, "c.py": noise, "d.py": noise}, SMALL_CAPS)
    assert [file.path for file in upload.files] == ["a.py", "c.py"]
    assert reasons(upload) == {
        "b.py": "is too large: more than 20,000 bytes",
        "d.py": "does not fit: of each author, 40,000 bytes are read",
    }


def test_too_many_files_of_an_author_leave_the_shallow_ones() -> None:
    upload = own({**{f"env/{index}.py": b"" for index in range(10)}, "z.py": GOOD}, SMALL_CAPS)
    assert upload.files[0].path == "z.py"
    assert (len(upload.files), len(upload.left_out)) == (8, 3)


def test_a_class_with_too_much_of_it_is_to_be_collected_in_parts() -> None:
    files = {f"a{index}/a.py": bytes(range(256)) * 60 for index in range(8)}
    with pytest.raises(RefusedArchiveError, match="holds more than 100,000 bytes of Python files and notebooks; collect it"):
        read(zip_of(files), caps=SMALL_CAPS)


def test_lists_of_what_was_left_out_end_somewhere() -> None:
    upload = own({f"{index}.so": b"" for index in range(130)})
    assert (len(upload.left_out), upload.left_out_more) == (100, 30)


def test_all_archives_of_an_author_share_one_budget() -> None:
    caps = replace(SMALL_CAPS, inner=Caps(entries=20, unpacked_bytes=30_000), archive=Caps())
    inner = zip_of({"x.txt": b"", "a.py": bytes(range(256)) * 60})
    (upload,) = read(zip_of({f"eve/{index}.zip": inner for index in range(5)}), caps=caps).authors
    assert list(reasons(upload).values()).count("unpacks to more than 30,000 bytes") == 4


# Whatever is in them

PARTS = [
    "a.py", "B.ipynb", "..", ".", "", "x", "X", "x.py", "con", "a\x00b.py", "ü.py", "\u202e.py", "C:", "\\", "n" * 80, "x.zip",
    ".git", "li_1_2_a.py", "Li Wei_3_assignsubmission_file_", "numpy.so", "\udcff.py",
]  # fmt: skip
NAMES = st.lists(st.sampled_from(PARTS), min_size=1, max_size=7).map("/".join)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
CONTENTS = st.one_of(
    st.binary(max_size=100), st.integers(0, 30_000).map(bytes), st.just(zip_of({"../a.py": b"1", "b.py": b"2"}))
)


@given(st.lists(st.tuples(NAMES, KINDS, CONTENTS), max_size=30), st.sampled_from(["", "gz", "zip"]), st.booleans())
@settings(deadline=None, max_examples=300)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_whatever_the_entries_what_is_read_is_safe(entries: list[tuple[str, bytes, bytes]], packed: str, is_own: bool) -> None:
    if packed == "zip":
        names = [(name.encode("utf-8", "replace").decode().replace("\0", "\x01"), content) for name, _, content in entries]
        archive = zip_of(names)
    else:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode=f"w:{packed}") as tar:  # type: ignore[call-overload]
            for name, kind, content in entries:
                info = tarfile.TarInfo(name)
                info.type, info.linkname, info.size = kind, "../../x", len(content) if kind == tarfile.REGTYPE else 0
                tar.addfile(info, io.BytesIO(content))
        archive = buffer.getvalue()
    with suppress(RefusedArchiveError):
        require_safe(read(archive, "ada" if is_own else None, SMALL_CAPS), SMALL_CAPS)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read(canvas_zip())
    assert list(tmp_path.iterdir()) == []
