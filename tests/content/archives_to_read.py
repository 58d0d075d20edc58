"""Archives for tests, made by the standard library or byte by byte; and random damage to them."""

import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from grader.content.entries import Caps, RefusedArchiveError
from grader.content.uploads import UploadCaps, Uploads, read_uploads

Files = Mapping[str, bytes] | Sequence[tuple[str, bytes]]

GOOD = b"def julia(x, y, c, max_iter): ...\n"
SMALL_CAPS = UploadCaps(
    archive=Caps(
        archive_bytes=1 << 20, entries=60, file_bytes=20_000, unpacked_bytes=200_000, ratio=50, ratio_from_bytes=5_000
    ),
    inner=Caps(archive_bytes=1 << 20, entries=20, file_bytes=20_000, unpacked_bytes=50_000, ratio=50, ratio_from_bytes=5_000),
    author_bytes=40_000,
    author_files=8,
    kept_bytes=100_000,
)


def _pairs(files: Files) -> Iterable[tuple[str, bytes]]:
    return files.items() if isinstance(files, Mapping) else files


def zip_of(files: Files, *, mode: int = 0, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip; `mode` is the type of each entry, as Unix has it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in _pairs(files):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = method
            archive.writestr(info, content)
    return buffer.getvalue()


def tar_of(
    files: Files, *, packed: Literal["", "gz", "bz2", "xz"] = "", kind: bytes = tarfile.REGTYPE, form: int = tarfile.PAX_FORMAT
) -> bytes:
    """A tar, plain or packed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{packed}", format=form) as archive:  # type: ignore[call-overload]
        for name, content in _pairs(files):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            info.type = kind
            info.linkname = "/etc/passwd" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def empty_tar_entries(count: int) -> bytes:
    """So many entries without content, packed; made as one repeated header."""
    header = tarfile.TarInfo("ada/julia.py").tobuf(tarfile.USTAR_FORMAT)
    buffer = io.BytesIO()
    with gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=1) as packed:
        for _ in range(count // 1000):
            packed.write(header * 1000)
        packed.write(bytes(1024))
    return buffer.getvalue()


def overlapping_zip(names: Sequence[str], content: bytes) -> bytes:
    """Each entry has a local header of its own, and all have the same bytes: an entry's data holds the headers behind it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    kernel = packer.compress(content) + packer.flush()
    body = bytearray()
    offsets = []
    for name in names:
        offsets.append(len(body))
        body += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 0, zlib.crc32(content), 0, 0, len(name), 0) + name.encode()
    body += kernel
    directory = bytearray()
    for name, offset in zip(names, offsets, strict=True):
        packed_bytes = len(body) - offset - 30 - len(name)
        directory += struct.pack(
            "<4s6H3L5H2L",
            *(b"PK\x01\x02", 20, 20, 0, 8, 0, 0, zlib.crc32(content), packed_bytes, len(content)),
            *(len(name), 0, 0, 0, 0, 0, offset),
        )
        directory += name.encode()
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(names), len(names), len(directory), len(body), 0)
    return bytes(body + directory + end)


def canvas_zip() -> bytes:
    """What Canvas exports, with a student's zip in it."""
    inner = zip_of({"hw/julia.py": GOOD, "hw/lib/fast.py": b"X = 1\n"})
    return zip_of({"lovelaceada_12_345_hw.zip": inner, "weichen_LATE_9_10_julia.ipynb": b"{}", "weichen_LATE_9_11_a.txt": b"a"})


def class_tar(packed: Literal["", "gz", "bz2", "xz"] = "") -> bytes:
    """A folder for each author."""
    return tar_of({"ada/julia.py": GOOD, "ben/matmul.py": b"def matmul(a, b): ...\n" * 20, "ben/x.txt": b""}, packed=packed)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Bits flipped, a piece doubled or taken out, or the end cut off."""
    hurt = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 8))):
        place = chance.randrange(len(hurt)) if hurt else 0
        match chance.randrange(5):
            case 0 | 1 if hurt:
                hurt[place] ^= 1 << chance.randrange(8)
            case 2 if hurt:
                hurt[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", chance.randbytes(4)))
            case 3:
                del hurt[place : place + chance.choice((1, 30, 512, len(hurt)))]
            case _:
                hurt[place:place] = hurt[place : place + chance.choice((1, 46, 512))]
    return bytes(hurt)


def fuzz(count: int, seed: int, caps: UploadCaps = SMALL_CAPS) -> int:
    """Read so many damaged archives; how many were refused. What is read of the others has to be safe.

    A long run: `python -c "from tests.content.archives_to_read import fuzz; print(fuzz(200_000, 1))"`.
    """
    chance = random.Random(seed)  # noqa: S311 -- not for secrets
    whole = [canvas_zip(), class_tar(), class_tar("gz"), class_tar("bz2"), class_tar("xz"), zip_of({"julia.py": GOOD * 50})]
    refused = 0
    for _ in range(count):
        content = damaged(chance.choice(whole), chance)
        try:
            uploads = read_uploads(io.BytesIO(content), chance.choice((None, None, "ada")), caps)
        except RefusedArchiveError:
            refused += 1
        else:
            require_safe(uploads, caps)
    return refused


def require_safe(uploads: Uploads, caps: UploadCaps) -> None:
    """Whatever was in the archive: names that stay inside, within all caps."""
    total_bytes = 0
    for upload in uploads.authors:
        assert _is_safe_name(upload.author)
        assert len(upload.files) <= caps.author_files
        folded = [file.path.casefold() for file in upload.files]
        assert len(set(folded)) == len(folded)
        for file in upload.files:
            parts = file.path.split("/")
            assert all(map(_is_safe_name, parts))
            assert len(parts) <= 5
            assert len(file.path.encode()) <= 240
            assert file.path.lower().endswith((".py", ".ipynb"))
            assert len(file.content) <= caps.archive.file_bytes
            total_bytes += len(file.content)
    assert total_bytes <= caps.kept_bytes


def _is_safe_name(name: str) -> bool:
    return name.isprintable() and name not in ("", ".", "..") and not name.startswith(".") and not set(name) & set("/\\:\0")
