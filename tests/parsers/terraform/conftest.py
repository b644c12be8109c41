"""Terraform text becomes values and stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.stack import Stack
from iamlint.model.text import Text
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform.expressions import evaluate
from iamlint.parsers.terraform.files import Files
from iamlint.parsers.terraform.instances import Module, Run
from iamlint.parsers.terraform.module import stacks
from iamlint.source.document import Document
from iamlint.source.span import SourceText


def read(path: str) -> Document | None:
    source = SourceText(path, Path(path).read_text(encoding="utf-8"))
    if path.endswith(".json"):
        from iamlint.source.json_reader import read_json

        return read_json(source)
    from iamlint.source.hcl_reader import read_hcl

    return read_hcl(source)


def shown(value: Value) -> Any:
    """A value in plain data: unknown parts as `${…}`, any number of items as `…`, alternatives by their guard."""
    if isinstance(value, Text):
        return value.shown
    if isinstance(value, Scalar):
        return value.value
    if isinstance(value, ListValue):
        return [shown(item) for item in value.items]
    if isinstance(value, MapValue):
        entries = {key.shown: shown(item) for key, item in value.entries}
        return entries if value.rest is None else {**entries, "…": str(value.rest)}
    if isinstance(value, UnknownValue):
        return str(value.unknown) + ("…" if value.unknown.many else "")
    assert isinstance(value, Choice)
    return {str(option.when): shown(option) for option in value.alternatives}


@pytest.fixture
def evaluated(tmp_path: Path) -> Callable[..., Value]:
    """Evaluates an expression in a root module whose other files are given by name."""

    def evaluate_text(expression: str, context: str = "", files: Mapping[str, str] | None = None) -> Value:
        (tmp_path / "main.tf").write_text(f"locals {{\n  asked = {expression}\n}}\n{context}\n", encoding="utf-8")
        for name, content in (files or {}).items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
        access = Files(read, str(tmp_path))
        declared = access.declarations(str(tmp_path))
        assert declared is not None
        module = Module(Run(access, str(tmp_path)), declared)
        return evaluate(declared.locals["asked"].value, module.scope)

    return evaluate_text


@pytest.fixture
def value(evaluated: Callable[..., Value]) -> Callable[..., Any]:
    """The value of an expression in plain data."""
    return lambda *given, **named: shown(evaluated(*given, **named))


@pytest.fixture
def built(tmp_path: Path) -> Callable[..., list[Stack]]:
    """The stacks of the files given by name."""

    def build(
        files: Mapping[str, str], folders: tuple[str, ...] = ("",), variables: Mapping[str, str] | None = None
    ) -> list[Stack]:
        for name, content in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(content, encoding="utf-8")
        paths = [str(tmp_path / folder) if folder else str(tmp_path) for folder in folders]
        return list(stacks(paths, read, str(tmp_path), variables or {}))

    return build


@pytest.fixture
def stack(built: Callable[..., list[Stack]]) -> Callable[..., Stack]:
    """The only stack of one file."""

    def build(text: str, **more: str) -> Stack:
        (made,) = built({"main.tf": text, **more})
        return made

    return build
