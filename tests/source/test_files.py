"""Finding files: what is named, what a folder holds, and what git ignores."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import run

import pytest

from iamlint.source.files import PathNotFound, find


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def put(here: Path, *names: str, text: str = "") -> None:
    for name in names:
        path = here / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def repository(here: Path, ignored: str) -> None:
    (here / ".git" / "info").mkdir(parents=True)
    put(here, ".gitignore", text=ignored)


def names(*paths: str) -> Sequence[str]:
    return find(paths or (".",)).paths


def test_a_folder_holds_what_has_a_suffix_of_ours(here: Path) -> None:
    put(
        here, "b.tf", "a.json", "sub/c.YAML", "d.yml", "e.template", "f.tofu", "g.tfvars", "h.md", "i.tpl", "j.json.tpl"
    )
    assert names() == ["a.json", "b.tf", "d.yml", "e.template", "f.tofu", "g.tfvars", "sub/c.YAML"]
    assert names("sub", "./sub/", "sub/c.YAML", "./b.tf") == ["b.tf", "sub/c.YAML"]
    assert names(str(here / "sub")) == [f"{here.as_posix()}/sub/c.YAML"]


def test_a_file_that_is_named_is_taken_if_it_can_be_ours(here: Path) -> None:
    repository(here, "*\n")
    put(here, "a.tf", "README.md", ".terraform/b.tf")
    assert names() == []
    assert names("a.tf", "README.md", ".terraform/b.tf") == [".terraform/b.tf", "a.tf"]


def test_a_path_that_is_not_there(here: Path) -> None:
    with pytest.raises(PathNotFound) as raised:
        find(["absent.tf"])
    assert raised.value.path == "absent.tf"


def test_what_tools_keep_for_themselves_is_skipped(here: Path) -> None:
    put(here, ".terraform/a.tf", "node_modules/b.json", "x/.venv/c.yaml", "venv/d.yaml", ".git/e.json")
    put(here, "__pycache__/f.json", "cdk.out/asset.1/g.json", "cdk.out/Stack.template.json", "asset.1/h.json")
    assert names() == ["asset.1/h.json", "cdk.out/Stack.template.json"]
    assert names(".terraform") == [".terraform/a.tf"]


def test_what_git_ignores_is_left_out(here: Path) -> None:
    repository(here, "build/\n/top.tf\n*.secret.json\n!keep.secret.json\n")
    put(here, "build/a.tf", "sub/build/b.tf", "top.tf", "sub/top.tf", "c.secret.json", "keep.secret.json")
    put(here, "sub/.gitignore", text="d.tf\n!e.secret.json\n")
    put(here, "sub/d.tf", "sub/e.secret.json", "d.tf", "sub/in/d.tf")
    assert names() == ["d.tf", "keep.secret.json", "sub/e.secret.json", "sub/top.tf"]
    assert names("sub") == ["sub/e.secret.json", "sub/top.tf"]


def test_git_agrees(here: Path) -> None:
    run(["git", "init", "-q", "."], check=True, cwd=here)
    put(
        here,
        ".gitignore",
        text="a*.tf\n!ab.tf\n/x/**/y\nz/\n# c.tf\n\\#d.tf\ne[0-9].tf\n[z-a]\n!\nf.tf   \n**/g/h.tf\n",
    )
    put(
        here,
        "aa.tf",
        "ab.tf",
        "x/y/1.tf",
        "x/w/y/2.tf",
        "z/3.tf",
        "q/z/4.tf",
        "c.tf",
        "#d.tf",
        "e1.tf",
        "ex.tf",
        "f.tf",
    )
    put(here, "q/g/h.tf", "g/h.tf", "q/aa.tf", "q/ab.tf", "x/.gitignore", "x/v/aa.tf")
    put(here, "x/v/.gitignore", text="!aa.tf\n")
    listed = run(
        ["git", "ls-files", "-z", "--others", "--exclude-standard", "*.tf"],
        check=True, cwd=here, capture_output=True, text=True,
    )  # fmt: skip
    assert names() == sorted(filter(None, listed.stdout.split("\0")))


def test_a_folder_that_is_ignored_but_named_is_looked_into(here: Path) -> None:
    repository(here, "build/\n")
    put(here, "build/a.tf", "build/in/b.tf")
    put(here, "build/.gitignore", text="in/\n")
    assert names("build") == ["build/a.tf"]
    assert names("build/in") == ["build/in/b.tf"]


def test_a_gitignore_outside_of_the_repository_does_not_count(here: Path) -> None:
    put(here, ".gitignore", text="*.tf\n")
    put(here, "repo/.git/info/exclude", text="b.tf\n")
    put(here, "repo/a.tf", "repo/b.tf", "repo/sub/b.tf", "c.tf")
    assert names("repo") == ["repo/a.tf"]
    assert names("repo/sub") == []
    assert names() == [], "a .gitignore in a folder that is walked counts without a repository, too"


def test_links_do_not_lead_outside_or_in_circles(here: Path) -> None:
    put(here.parent, "outside/a.tf", "secret.json")
    put(here, "real/b.tf")
    try:
        (here / "out").symlink_to(here.parent / "outside")
        (here / "out.json").symlink_to(here.parent / "secret.json")
        (here / "real" / "up").symlink_to(here)
        (here / "inside.tf").symlink_to(here / "real" / "b.tf")
        (here / "gone.tf").symlink_to(here / "nowhere.tf")
        (here / "circle.tf").symlink_to(here / "circle.tf")
    except OSError:
        pytest.skip("no symbolic links here")
    assert names() == ["inside.tf", "real/b.tf"]
    assert names("out.json", "out") == ["out.json", "out/a.tf"]


def test_a_folder_that_cannot_be_read_is_a_problem(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, "a.tf", "closed/b.tf", "open/c.tf")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = find(["."])
    assert found.paths == ["a.tf", "open/c.tf"]
    assert [str(problem.place.span) for problem in found.problems] == ["closed:1:1"]
    assert found.problems[0].message == "the folder cannot be read: Permission denied"


def test_pathspec_is_imported_only_for_a_gitignore(here: Path) -> None:
    put(here, "a.tf")
    code = """if True:
        import sys
        from iamlint.source.files import find
        assert find(["."]).paths == ["a.tf"]
        assert not {"pathspec", "yaml", "tree_sitter"} & set(sys.modules)
        open(".gitignore", "w").write("*.tf")
        assert find(["."]).paths == []
    """
    run([sys.executable, "-c", code], check=True, cwd=here, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
