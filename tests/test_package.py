"""What is shipped: the wheel and the sdist carry the rules, the hook fits pre-commit, a run imports what it needs."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import tarfile
import textwrap
import zipfile
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import iamlint as package
from iamlint.engine.index import compile_index

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def built(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-W", "ignore", "-m", "hatchling", "build", "--directory", str(folder)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_wheel_carries_the_rules_inside_the_package(built: Path, root: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        written = {f"iamlint/rules/{path.name}": path.read_bytes() for path in (root / "rules").glob("*.yaml")}
        shipped = {name: archive.read(name) for name in names if name.startswith("iamlint/rules/")}
    index = json.loads(shipped.pop("iamlint/rules/.index.json"))
    assert index == json.loads(compile_index(str(root / "rules")))
    assert shipped == written
    assert {name.split("/")[0] for name in names} == {"iamlint", f"iamlint-{package.__version__}.dist-info"}
    assert written, "there are rules"


def test_the_wheel_carries_every_file_of_the_package(built: Path, root: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    files = {path.relative_to(root).as_posix() for path in (root / "iamlint").rglob("*") if path.is_file()}
    missing = {name for name in files - names if "__pycache__" not in name}
    assert not missing


def test_the_sdist_carries_what_a_build_and_the_tests_need(built: Path, root: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {f"rules/{path.name}" for path in (root / "rules").glob("*.yaml")}
    wanted |= {"LICENSE", "README.md", "hatch_build.py", "pyproject.toml", "tests/fixtures/demo/insecure/main.tf"}
    assert wanted - names == set()
    assert "rules/.index.json" not in names, "the index is compiled when a wheel is built"


def imported_by(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {"iamlint", "tomllib"}  # tomllib: of the standard library from 3.11 on


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_imported_is_declared(root: Path) -> None:
    declared = {canonical(re.match(r"[\w.-]+", line).group()) for line in PROJECT["dependencies"]}  # type: ignore[union-attr]
    owners = packages_distributions()
    undeclared = {
        f"{path.relative_to(root)}: {name}"
        for path in (root / "iamlint").rglob("*.py")
        for name in imported_by(path)
        if not declared & {canonical(owner) for owner in owners.get(name, [name])}
    }
    assert not undeclared


def test_every_package_declared_is_imported(root: Path) -> None:
    owners = packages_distributions()
    names = {name for path in (root / "iamlint").rglob("*.py") for name in imported_by(path)}
    imported = {canonical(owner) for name in names for owner in owners.get(name, [name])} | {"tomli"}
    declared = {canonical(re.match(r"[\w.-]+", line).group()) for line in PROJECT["dependencies"]}  # type: ignore[union-attr]
    assert declared - imported == set()


def test_the_hook_takes_the_files_of_every_format(root: Path) -> None:
    from identify.identify import tags_from_path
    from pre_commit.clientlib import load_manifest

    (hook,) = load_manifest(str(root / ".pre-commit-hooks.yaml"))
    assert hook["id"] == "iamlint"
    assert hook["require_serial"] and hook["pass_filenames"], "one process, which is given the names"
    for path in sorted((root / "tests/fixtures/demo/insecure").iterdir()):
        assert tags_from_path(str(path)) & set(hook["types_or"]), f"{path.name} is not taken"


def test_the_hook_reports_in_the_files_given_alone(root: Path, tmp_path: Path) -> None:
    """pre-commit itself runs the hook as its manifest says, but with the iamlint of this interpreter."""
    (manifest,) = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert manifest["entry"].split()[0] == "iamlint"
    entry = [sys.executable, "-c", "from iamlint.cli.main import main; main()", *manifest["entry"].split()[1:]]
    local = {"repo": "local", "hooks": [{**manifest, "language": "system", "entry": entry[0], "args": entry[1:]}]}
    (tmp_path / ".pre-commit-config.yaml").write_text(yaml.safe_dump({"repos": [local]}), encoding="utf-8")
    for name in ("main.tf", "template.yaml", "policy.json"):
        (tmp_path / name).write_bytes((root / "tests/fixtures/demo/insecure" / name).read_bytes())
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "--all"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "pre_commit", "run", "--color", "never", "--files"]
    one = subprocess.run([*command, "main.tf"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert one.returncode == 1, one.stdout + one.stderr
    assert "main.tf" in one.stdout
    assert "template.yaml" not in one.stdout and "policy.json" not in one.stdout
    every = subprocess.run([*command, "main.tf", "template.yaml", "policy.json"],
                           cwd=tmp_path, capture_output=True, text=True, check=False)  # fmt: skip
    assert all(name in every.stdout for name in ("main.tf", "template.yaml", "policy.json")), every.stdout


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package as the wheel lays it down, its compiled rules with it."""
    folder = tmp_path_factory.mktemp("site")
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def loaded_by(site: Path, *arguments: str) -> set[str]:
    """The top-level packages in memory when a run of the package in `site` ends."""
    code = (
        "import sys\n"
        "from iamlint.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit as leaving:\n    code = leaving.code or 0\n"
        "print(*sys.modules, sep='\\n', file=sys.stderr)\n"
        "sys.exit(code)\n"
    )
    command = [sys.executable, "-c", code, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return {name.split(".")[0] for name in done.stderr.splitlines()}


def test_the_version_costs_neither_pydantic_nor_yaml(installed: Path) -> None:
    loaded = loaded_by(installed, "--version")
    assert "iamlint" in loaded
    assert loaded & {"pydantic", "pydantic_core", "yaml", "hcl2", "tree_sitter", "cfn_flip", "typer"} == set()


def test_a_json_policy_costs_no_reader_of_another_format(installed: Path, root: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.json"
    policy.write_bytes((root / "tests/fixtures/demo/insecure/policy.json").read_bytes())
    loaded = loaded_by(installed, "check", "--no-cache", "--format", "json", str(policy))
    assert "pydantic" in loaded, "it was checked"
    assert loaded & {"yaml", "hcl2", "lark", "tree_sitter", "tree_sitter_hcl", "cfn_flip", "cfn_tools"} == set()


def test_a_terraform_file_costs_no_second_opinion(installed: Path, root: Path, tmp_path: Path) -> None:
    module = tmp_path / "main.tf"
    module.write_bytes((root / "tests/fixtures/demo/secure/main.tf").read_bytes())
    loaded = loaded_by(installed, "check", "--no-cache", "--format", "json", str(module))
    assert "tree_sitter" in loaded
    assert loaded & {"hcl2", "lark", "yaml", "cfn_flip", "cfn_tools"} == set()


def test_the_rule_in_contributing_is_a_rule(root: Path, tmp_path: Path, iamlint: Callable[..., Any]) -> None:
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    name = re.search(r"Write `rules/([\w-]+\.yaml)`", text)
    block = re.search(r"^   ```yaml\n(.*?)^   ```$", text, re.MULTILINE | re.DOTALL)
    assert name and block
    rule = tmp_path / name[1]
    rule.write_text(textwrap.dedent(block[1]), encoding="utf-8")
    run = iamlint("test", rule)
    assert run.exit_code == 0, run.output + run.errors
    assert "1 rule, 1 example: 0 failures" in run.output
