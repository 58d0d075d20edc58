"""Two versions side by side: what a path holds, and which two programs belong together."""

import subprocess
from pathlib import Path

import pytest

from grader.content.revisions import is_revision, unpack_revision
from grader.content.task import Interface, load_task
from grader.content.versions import Holding, Pair, find_versions, read_pairs
from grader.errors import UsageError
from grader.verdicts import Verdict
from tests.grading.course_fixture import Classroom

CODE = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def interface(tmp_path: Path) -> Interface:
    return load_task(Classroom(tmp_path / "course").folder, "double").interface


def put(folder: Path, code: str = CODE, file: str = "double.py") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(code)
    return folder / file


def pairs(old: Path, new: Path, interface: Interface) -> list[Pair]:
    return read_pairs(find_versions(old, new), interface, ["double"], source_bytes_limit=1 << 20)


def test_a_folder_with_programs_is_an_authors_and_one_of_folders_is_a_class(tmp_path: Path) -> None:
    for side in ("old", "new"):
        put(tmp_path / side / "ada")
    assert find_versions(tmp_path / "old", tmp_path / "new").holding is Holding.CLASS
    assert find_versions(tmp_path / "old/ada", tmp_path / "new/ada").holding is Holding.AUTHOR
    assert find_versions(tmp_path / "old/ada/double.py", tmp_path / "new/ada/double.py").holding is Holding.FILE


@pytest.mark.parametrize(("old", "new"), [("ada", "class"), ("ada/double.py", "ada"), ("class", "ada/double.py")])
def test_two_kinds_are_not_compared(tmp_path: Path, old: str, new: str) -> None:
    put(tmp_path / "ada")
    put(tmp_path / "class" / "ada")
    with pytest.raises(UsageError, match="compare two files of one task, two authors' folders"):
        find_versions(tmp_path / old, tmp_path / new)


def test_classes_without_a_common_author_are_not_compared(tmp_path: Path) -> None:
    put(tmp_path / "old" / "ada")
    put(tmp_path / "new" / "bo")
    with pytest.raises(UsageError, match=r"no author is in both folders: .* has ada, .* has bo"):
        find_versions(tmp_path / "old", tmp_path / "new")


def test_authors_are_paired_by_their_folders_name(tmp_path: Path, interface: Interface) -> None:
    put(tmp_path / "old" / "ada")
    put(tmp_path / "new" / "ada", f"# faster\n{CODE}")
    (tmp_path / "new" / "bo").mkdir()
    (tmp_path / "old" / "bo").mkdir()
    ada, bo = pairs(tmp_path / "old", tmp_path / "new", interface)
    assert (ada.author, ada.task, ada.is_same_text) == ("ada", "double", False)
    assert not isinstance(bo.old, type(ada.old))
    assert (bo.author, bo.is_same_text) == ("bo", False), "nothing is no text"


def test_a_file_that_was_only_renamed_is_the_same_text(tmp_path: Path, interface: Interface) -> None:
    (pair,) = pairs(put(tmp_path), put(tmp_path, file="double_v2.py"), interface)
    assert pair.is_same_text
    (pair,) = pairs(put(tmp_path), put(tmp_path, f"{CODE}\n", "double_v3.py"), interface)
    assert not pair.is_same_text


def test_what_a_file_imports_from_beside_it_is_part_of_it(tmp_path: Path, interface: Interface) -> None:
    for side, factor in (("old", 2), ("new", 3)):
        put(tmp_path / side, "from factors import FACTOR\n\ndef double(x):\n    return FACTOR * x\n")
        put(tmp_path / side, f"FACTOR = {factor}\n", "factors.py")
    (pair,) = pairs(tmp_path / "old/double.py", tmp_path / "new/double.py", interface)
    assert not pair.is_same_text


def test_an_author_who_is_a_link_into_the_class_has_no_work_of_their_own(tmp_path: Path, interface: Interface) -> None:
    for side in ("old", "new"):
        put(tmp_path / side / "ada")
        (tmp_path / side / "bo").symlink_to(tmp_path / side / "ada")
    bo = pairs(tmp_path / "old", tmp_path / "new", interface)[1]
    assert [getattr(one, "verdict", None) for one in (bo.old, bo.new)] == [Verdict.INVALID] * 2


# --- revisions ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of one commit, which is the working directory; the working tree has moved on."""
    folder = tmp_path / "repository"
    program = put(folder / "class" / "ada")
    (folder / "class" / "link").symlink_to("/etc/passwd")
    git = ["git", "-c", "user.name=tester", "-c", "user.email=tester@example.org", "-C", str(folder)]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    program.write_text("changed\n")
    monkeypatch.chdir(folder)
    return folder


def unpacked(text: str, folder: Path) -> Path:
    folder.mkdir()
    return unpack_revision(text, folder)


def test_a_revision_is_as_it_was_and_the_working_tree_stays(repository: Path, tmp_path: Path) -> None:
    found = unpacked("HEAD:class/ada/double.py", tmp_path / "then")
    assert found.read_text() == CODE
    assert (repository / "class/ada/double.py").read_text() == "changed\n"
    assert not (found.parents[1] / "link").is_symlink(), "links are left out"


def test_a_path_counts_from_the_root_and_with_a_dot_from_here(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "class")
    assert unpacked("HEAD:class", tmp_path / "root") == tmp_path / "root" / "class"
    assert unpacked("HEAD:./ada", tmp_path / "here") == tmp_path / "here" / "class" / "ada"
    assert unpacked("HEAD:", tmp_path / "all") == tmp_path / "all"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nobody:class", "there is no such revision"),
        ("--output=x:class", "there is no such revision"),
        ("HEAD:nothing", "nothing called nothing at that revision"),
        ("HEAD:../outside", "leads out of the repository"),
    ],
)
def test_what_is_not_there_is_said(text: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=expected):
        unpacked(text, tmp_path / "then")


def test_outside_of_a_repository_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UsageError, match="not a git repository"):
        unpacked("HEAD:class", tmp_path / "then")


def test_a_file_whose_name_has_a_colon_is_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put(tmp_path, file="a:b.py")
    assert is_revision("HEAD~1:submissions")
    assert not is_revision("a:b.py")
    assert not is_revision("submissions")
