"""What goes along with a student's copy: the grader's own files, and what it needs."""

import tomllib
from pathlib import Path

import grader
from grader.content import engine
from grader.content.engine import engine_distribution, engine_files

PACKAGE = Path(grader.__file__).parent


def test_its_files_are_the_packages_without_caches() -> None:
    found = engine_files()
    assert found["grader/cli/app.py"] == (PACKAGE / "cli" / "app.py").read_bytes()
    assert "grader/report/pages/style.css" in found
    assert "grader/history/site.py" in found
    assert not any(path.startswith("grader/history/site_files/") for path in found), "nobody has a history to draw"
    assert not any("__pycache__" in path or path.endswith(".pyc") for path in found)


def test_in_a_checkout_the_project_says_what_it_needs() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = engine_distribution()
    assert (said.version, list(said.requires)) == (project["version"], project["dependencies"])


def test_where_it_is_installed_pip_has_kept_it_and_extras_are_nobodys_need() -> None:
    said = engine._as_installed()
    assert said.name == "hppl-grader"
    assert said.commands == {"grader": "grader.cli.app:main"}
    names = " ".join(said.requires)
    assert "numpy" in names
    assert "pytest" not in names
