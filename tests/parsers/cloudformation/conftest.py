"""Template text becomes values and stacks."""

from __future__ import annotations

import json
from collections.abc import Callable
from textwrap import dedent

import pytest

from iamlint.model.stack import Stack
from iamlint.model.value import Value
from iamlint.parsers.cloudformation.intrinsics import Evaluator
from iamlint.parsers.cloudformation.sections import Sections
from iamlint.parsers.cloudformation.template import is_template, stack
from iamlint.source.document import Document
from iamlint.source.node import MappingNode
from iamlint.source.read import read_text


def document_of(text: str, syntax: str = "yaml") -> Document:
    text = dedent(text)
    if syntax == "json":
        import cfn_flip

        text = cfn_flip.to_json(text)
        assert json.loads(text)
    document = read_text(f"template.{syntax}", text)
    assert document is not None, "not taken for a file that can be ours"
    assert document.root is not None, document.problems
    return document


@pytest.fixture(params=["yaml", "json"])
def syntax(request: pytest.FixtureRequest) -> str:
    """Both syntaxes, each test in turn."""
    name: str = request.param
    return name


@pytest.fixture
def template(syntax: str) -> Callable[[str], Stack]:
    """Makes the stack of a template that is written in YAML, in either syntax."""

    def make(text: str) -> Stack:
        document = document_of(text, syntax)
        assert document.root is not None
        assert is_template(document.root)
        return stack(document)

    return make


@pytest.fixture
def evaluate(syntax: str) -> Callable[..., Value]:
    """Evaluates an expression that is written in YAML, with other sections around it."""

    def make(expression: str, sections: str = "") -> Value:
        lines = dedent(expression).strip("\n").replace("\n", "\n      ")
        text = f"AWSTemplateFormatVersion: '2010-09-09'\n{dedent(sections)}\nMetadata:\n    V:\n      {lines}\n"
        if "Resources:" not in sections:
            text += "Resources:\n  Other: {Type: 'AWS::IAM::Role'}\n"
        root = document_of(text, syntax).root
        assert isinstance(root, MappingNode)
        metadata = root.get("Metadata")
        assert isinstance(metadata, MappingNode)
        node = metadata.get("V")
        assert node is not None
        return Evaluator(Sections(root), lambda name: f"Resources/{name}").value(node)

    return make
