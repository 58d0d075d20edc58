"""Reading the past of submissions: what is there, and that nothing of a hostile repository is run."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.errors import GraderError, UsageError
from grader.history.past_submissions import PastSubmissions
from tests.history.past import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repository", "class")


def written(repository: Repository, commit: str, target: Path) -> dict[str, str]:
    target.mkdir()
    PastSubmissions(repository.submissions).write(commit, target)
    return {str(path.relative_to(target)): path.read_text() for path in target.rglob("*") if path.is_file()}


def test_the_commits_of_a_range_come_oldest_first_with_their_authors_dates(repository: Repository) -> None:
    first, second, third = (repository.commit(ada=text) for text in ("1", "2", "3"))
    states = PastSubmissions(repository.submissions).states(f"{first}..main")
    assert [one.commit for one in states] == [second, third]
    assert states[0].at == datetime(2026, 9, 7, 15, tzinfo=UTC)


def test_each_commit_has_its_own_files(repository: Repository, tmp_path: Path) -> None:
    first, second = repository.commit(ada="1"), repository.commit(ada="2", bob="3")
    assert written(repository, first, tmp_path / "first") == {"ada/double.py": "1"}
    assert written(repository, second, tmp_path / "second") == {"ada/double.py": "2", "bob/double.py": "3"}


def test_before_the_folder_was_there_nobody_had_handed_in_anything(repository: Repository, tmp_path: Path) -> None:
    (repository.folder / "README").write_text("soon", encoding="utf-8")
    assert written(repository, repository.commit(), tmp_path / "target") == {}


@pytest.mark.parametrize("commits", ["nowhere", "--all", "main..main", "--output=x"])
def test_no_commits_are_said(repository: Repository, commits: str) -> None:
    repository.commit(ada="1")
    with pytest.raises(UsageError, match="commits"):
        PastSubmissions(repository.submissions).states(commits)


def test_outside_of_a_repository_there_are_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="git repository"):
        PastSubmissions(tmp_path).states("main")


def test_links_are_no_hand_ins(repository: Repository, tmp_path: Path) -> None:
    repository.commit(ada="1")
    (repository.submissions / "ada" / "link.py").symlink_to("/etc/passwd")
    assert written(repository, repository.commit(), tmp_path / "target") == {"ada/double.py": "1"}


@pytest.mark.parametrize("name", ["..", ".git", "."])
def test_names_that_lead_out_or_hide_are_no_hand_ins(repository: Repository, tmp_path: Path, name: str) -> None:
    repository.commit(ada="1")
    inner = repository.git("rev-parse", "HEAD:class/ada")
    outer = repository.tree(f"040000 tree {repository.tree(f'040000 tree {inner} {name}')} class")
    assert written(repository, repository.git("commit-tree", outer, "-m", "strange"), tmp_path / "deep") == {}
    assert not (tmp_path / "double.py").exists()


def test_no_hook_filter_or_setting_of_the_repository_is_run(repository: Repository, tmp_path: Path) -> None:
    first = repository.commit(ada="1")
    (repository.folder / ".gitattributes").write_text("* filter=evil diff=evil export-subst\n", encoding="utf-8")
    (repository.submissions / "ada" / ".gitattributes").write_text("* filter=evil\n", encoding="utf-8")
    second = repository.commit(ada="$Format:%H$")
    ran = tmp_path / "ran"
    evil = f"touch {ran}"
    for key in (
        *("core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.gitProxy", "gpg.program"),
        *("filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "diff.evil.command", "diff.evil.textconv"),
        *("uploadpack.packObjectsHook", "pager.rev-list", "pager.ls-tree", "alias.rev-list", "alias.cat-file"),
    ):
        repository.git("config", key, evil if not key.startswith("alias") else f"!{evil}")
    repository.git("config", "log.showSignature", "true")
    hooks = repository.folder / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "pre-commit", "reference-transaction", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\n{evil}\n", encoding="utf-8")
        (hooks / name).chmod(0o755)
    past = PastSubmissions(repository.submissions)
    assert [one.commit for one in past.states("main")] == [first, second]
    assert past.parent(second) == first
    assert written(repository, second, tmp_path / "target") == {"ada/double.py": "$Format:%H$"}
    assert not ran.exists()


def test_a_missing_object_is_fetched_from_nowhere(repository: Repository, tmp_path: Path) -> None:
    commit = repository.commit(ada="1")
    ran = tmp_path / "ran"
    blob = repository.git("rev-parse", "HEAD:class/ada/double.py")
    (repository.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    for key, value in {
        "remote.origin.url": f"ext::sh -c 'touch {ran}'",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "protocol.ext.allow": "always",
        "core.repositoryFormatVersion": "1",
    }.items():
        repository.git("config", key, value)
    with pytest.raises(GraderError, match="submissions' repository"):
        written(repository, commit, tmp_path / "target")
    assert not ran.exists()
