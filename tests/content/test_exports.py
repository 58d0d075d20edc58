"""What learning platforms know hand-ins by is kept, privately, and found again."""

import io
import stat
from pathlib import Path

import pytest

from grader.content.exports import RECORD, Export, chosen_export, keep_export, read_exports
from grader.content.upload_names import Layout, feedback_path
from grader.content.uploads import read_uploads
from grader.errors import UsageError
from tests.content.archives_to_read import GOOD, zip_of

FIRST = Export("lab1.zip", Layout.CANVAS, {"ada_1": "ada_1_5_julia.py"})
SECOND = Export("lab2.zip", Layout.MOODLE, {"Ada Ek": "Ada Ek_7"})


def handles(files: dict[str, bytes]) -> dict[str, str]:
    return {upload.author: upload.handle for upload in read_uploads(io.BytesIO(zip_of(files))).authors}


# Names


def test_canvas_knows_a_hand_in_by_the_name_of_its_first_file() -> None:
    files = {"ada_1_5_julia.py": GOOD, "ada_1_6_matmul.py": GOOD, "bo_LATE_2_7_hw.zip": zip_of({"julia.py": GOOD})}
    assert handles(files) == {"ada_1": "ada_1_5_julia.py", "bo_2": "bo_LATE_2_7_hw.zip"}


def test_text_from_a_form_has_no_number_that_canvas_would_find_it_by() -> None:
    assert handles({"ada_1_5_julia.py": GOOD, "bo_2_text.html": b""}) == {"ada_1": "ada_1_5_julia.py", "bo_2": ""}


def test_moodle_knows_a_hand_in_by_name_and_number() -> None:
    assert handles({"Ada Ek_7_assignsubmission_file_/julia.py": GOOD}) == {"Ada Ek": "Ada Ek_7"}


def test_a_folder_of_ones_own_says_nothing() -> None:
    assert handles({"ada/julia.py": GOOD}) == {"ada": ""}


@pytest.mark.parametrize("file", ["julia.py", "my_links.py", "lab_2.py", "a_b_c.ipynb", "linked.py"])
def test_canvas_finds_student_and_attachment_in_the_name_and_does_not_pass_it_over(file: str) -> None:
    (handle,) = handles({f"lovelaceada_LATE_12_345_{file}": GOOD}).values()
    parts = feedback_path(Layout.CANVAS, handle).split("_")
    assert [part for part in parts if part.isdigit()][:2] == ["12", "345"]  # as canvas-lms reads it
    assert not parts[-1].startswith("link")
    assert parts[-1].endswith(".html")


def test_moodle_finds_the_participant_and_the_kind_in_the_folders_name() -> None:
    folder, file = feedback_path(Layout.MOODLE, "Ada Lovelace-Ek_7").split("/")
    assert folder.split("_", 4) == ["Ada Lovelace-Ek", "7", "assignfeedback", "file", ""]  # as moodle reads it
    assert file == "feedback.html"


# The record


def test_exports_are_kept_in_their_order_for_their_owner_only(tmp_path: Path) -> None:
    keep_export(tmp_path, FIRST)
    keep_export(tmp_path, SECOND)
    assert read_exports(tmp_path) == [FIRST, SECOND]
    assert stat.S_IMODE((tmp_path / RECORD).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [RECORD]


def test_an_export_that_is_collected_again_is_the_latest(tmp_path: Path) -> None:
    for export in (FIRST, SECOND, FIRST):
        keep_export(tmp_path, export)
    assert read_exports(tmp_path) == [SECOND, FIRST]


@pytest.mark.parametrize("export", [Export("a.zip", Layout.FOLDERS, {"ada": "ada"}), Export("b.zip", Layout.CANVAS, {})])
def test_what_no_platform_could_take_back_is_not_kept(tmp_path: Path, export: Export) -> None:
    keep_export(tmp_path, export)
    assert list(tmp_path.iterdir()) == []


def test_the_latest_export_is_meant_unless_another_is_named() -> None:
    exports = [FIRST, SECOND]
    assert chosen_export(exports, None) == SECOND
    assert chosen_export(exports, "lab1.zip") == FIRST
    assert chosen_export([], None) is None
    with pytest.raises(UsageError, match=r"no export 'lab3.zip' has been collected \(did you mean 'lab"):
        chosen_export(exports, "lab3.zip")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"exports": [3]}',
        '{"exports": [{"archive": "a", "layout": "folders", "handles": {}}]}',
        '{"exports": [{"archive": "a", "layout": "canvas", "handles": {"ada": "../ada"}}]}',
        '{"exports": [{"archive": "a", "layout": "canvas", "handles": {"ada": 3}}]}',
        '{"exports": [{"archive": "a", "layout": "canvas", "handles": []}]}',
    ],
)
def test_a_damaged_record_is_an_error_that_says_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / RECORD).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="is damaged or cannot be read; delete it, and collect the exports again"):
        read_exports(tmp_path)
