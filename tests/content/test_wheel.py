"""A wheel: what pip reads in it, and the same bytes for the same files."""

import base64
import csv
import hashlib
import io
import zipfile
from dataclasses import replace
from email import message_from_bytes

from grader.content.wheel import Distribution, wheel

DISTRIBUTION = Distribution(
    name="a-course",
    version="1.2+autumn.g0a1b",
    summary="A course",
    requires_python=">=3.11",
    requires=("numpy>=1.26", "pyseccomp>=0.1 ; sys_platform == 'linux'"),
    readme="# A course\n\nπ",
    commands={"grader": "grader.cli.app:main"},
)
FILES = {"package/b.py": b"B = 2\n", "package/a.py": "A = 'α'\n".encode()}
INFO = "a_course-1.2+autumn.g0a1b.dist-info"


def opened(content: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(content))


def test_the_files_name_is_what_pip_wants() -> None:
    assert DISTRIBUTION.file_name == "a_course-1.2+autumn.g0a1b-py3-none-any.whl"


def test_it_holds_the_files_and_what_pip_reads() -> None:
    with opened(wheel(DISTRIBUTION, FILES)) as archive:
        assert set(archive.namelist()) == {
            *FILES,
            *(f"{INFO}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")),
        }
        assert {name: archive.read(name) for name in FILES} == FILES
        assert archive.read(f"{INFO}/entry_points.txt").decode() == "[console_scripts]\ngrader = grader.cli.app:main\n"
        assert b"Root-Is-Purelib: true\nTag: py3-none-any\n" in archive.read(f"{INFO}/WHEEL")


def test_its_metadata_says_what_has_to_be_installed_with_it() -> None:
    with opened(wheel(DISTRIBUTION, FILES)) as archive:
        said = message_from_bytes(archive.read(f"{INFO}/METADATA"))
    assert (said["Name"], said["Version"], said["Requires-Python"]) == ("a-course", DISTRIBUTION.version, ">=3.11")
    assert said.get_all("Requires-Dist") == list(DISTRIBUTION.requires)
    assert "π" in said.get_payload(decode=True).decode()  # type: ignore[union-attr]  # of one part it is bytes


def test_its_record_has_the_digest_of_every_file() -> None:
    with opened(wheel(DISTRIBUTION, FILES)) as archive:
        rows = list(csv.reader(io.StringIO(archive.read(f"{INFO}/RECORD").decode())))
        assert {row[0] for row in rows} == set(archive.namelist())
        for path, digest, size in rows:
            content = archive.read(path)
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            assert [digest, size] == (["", ""] if path.endswith("RECORD") else [f"sha256={expected}", str(len(content))])


def test_equal_files_in_any_order_give_equal_bytes_and_others_do_not() -> None:
    backwards = dict(reversed(FILES.items()))
    assert wheel(DISTRIBUTION, FILES) == wheel(DISTRIBUTION, backwards)
    assert wheel(DISTRIBUTION, FILES) != wheel(DISTRIBUTION, {**FILES, "package/a.py": b""})
    assert wheel(DISTRIBUTION, FILES) != wheel(replace(DISTRIBUTION, version="1.3"), FILES)


def test_nothing_in_it_is_compressed_or_has_a_date() -> None:
    with opened(wheel(DISTRIBUTION, FILES)) as archive:
        assert {(one.compress_type, one.date_time) for one in archive.infolist()} == {
            (zipfile.ZIP_STORED, (1980, 1, 1, 0, 0, 0))
        }
