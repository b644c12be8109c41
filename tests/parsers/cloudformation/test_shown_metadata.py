"""Secrets that the metadata of a resource shows to everybody who may describe the stack."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

RULE = "secret-in-output"
TOLD = "metadata of Web shows parameter Hidden in clear"


def told(tmp_path: Path, metadata: Any) -> list[tuple[str, str, int]]:
    """(message, severity, line) of what is told of a resource with this metadata."""
    template = {
        "Parameters": {"Hidden": {"Type": "String", "NoEcho": True}, "Shown": {"Type": "String"}},
        "Resources": {"Web": {"Type": "AWS::EC2::Instance", "Metadata": metadata, "Properties": {}}},
    }
    (tmp_path / "template.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path),)), [known[RULE]], known, "2026-01-01")
    return [(finding.message, finding.severity, finding.place.span.line) for finding in check(request).findings]


def init(content: Any) -> dict[str, Any]:
    return {"AWS::CloudFormation::Init": {"config": {"files": {"/etc/app.conf": {"content": content}}}}}


@pytest.mark.parametrize(
    "content",
    [
        {"Fn::Sub": "password=${Hidden}"},
        {"Fn::Join": ["", ["password=", {"Ref": "Hidden"}]]},
        {"Fn::Sub": ["password=${P}", {"P": {"Ref": "Hidden"}}]},
        {"Ref": "Hidden"},
        {"password": {"Ref": "Hidden"}},
        ["a", {"Fn::If": ["C", {"Ref": "Hidden"}, "none"]}],
    ],
)
def test_a_parameter_that_is_not_to_be_shown(tmp_path: Path, content: Any) -> None:
    assert [found[:2] for found in told(tmp_path, init(content))] == [(TOLD, "medium")]


def test_it_is_told_once_for_a_resource(tmp_path: Path) -> None:
    found = told(tmp_path, {"a": {"Fn::Sub": "${Hidden}"}, **init({"Ref": "Hidden"})})
    assert [one[:2] for one in found] == [(TOLD, "medium")]


@pytest.mark.parametrize(
    "metadata",
    [
        init({"Fn::Sub": "user=${Shown}"}),
        init({"Fn::Sub": "user=${!Hidden}"}),
        init("Hidden"),
        # How it gets at files is another rule's.
        {"AWS::CloudFormation::Authentication": {"files": {"type": "basic", "password": {"Ref": "Hidden"}}}},
        "Hidden",
    ],
)
def test_what_shows_none(tmp_path: Path, metadata: Any) -> None:
    assert told(tmp_path, metadata) == []
