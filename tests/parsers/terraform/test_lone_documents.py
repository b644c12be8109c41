"""A document that nothing takes is checked as what it plainly is; one that something takes, only there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading, stacks

Built = Callable[..., list[Stack]]
REMOTE = "terraform-aws-modules/iam/aws//modules/iam-policy"
ALL = 'resources = ["*"]\nactions'
BODY = 'statement {\nactions = ["s3:*"]\nresources = ["*"]\n}\n'


def document(name: str, body: str = BODY) -> str:
    return f'data "aws_iam_policy_document" "{name}" {{\n{body}}}\n'


def principal(kind: str, *actions: str) -> str:
    listed = ", ".join(f'"{action}"' for action in actions)
    return f'statement {{\nactions = [{listed}]\nprincipals {{\ntype = "{kind}"\nidentifiers = ["*"]\n}}\n}}\n'


@pytest.mark.parametrize(
    ("name", "body", "kind", "service"),
    [
        ("p", BODY, "unattached", ""),
        ("p", principal("AWS", "sts:AssumeRole"), "trust", ""),
        ("p", principal("*", "sqs:SendMessage"), "resource", "sqs"),
        ("vpc_endpoint", principal("*", "s3:GetObject").replace("actions", ALL), "vpc_endpoint", ""),
        ("scp", BODY, "scp", ""),
    ],
)
def test_a_document_that_stands_alone(built: Built, name: str, body: str, kind: str, service: str) -> None:
    (stack,) = built({"main.tf": document(name, body)})
    (policy,) = stack.policies
    assert (policy.kind, policy.service, policy.address) == (kind, service, f"data.aws_iam_policy_document.{name}")
    assert policy.statements[0].actions[0].place.source.path.endswith("main.tf")


def test_an_output_is_no_use_that_is_seen(built: Built) -> None:
    output = 'output "json" {\n  value = data.aws_iam_policy_document.p.json\n}\n'
    (stack,) = built({"main.tf": document("p") + output})
    assert [policy.kind for policy in stack.policies] == ["unattached"]


@pytest.mark.parametrize(
    "use",
    [
        'resource "aws_iam_policy" "q" {\n  policy = data.aws_iam_policy_document.p.json\n}\n',
        document("q", "source_policy_documents = [data.aws_iam_policy_document.p.json]\n"),
        f'module "m" {{\n  source = "{REMOTE}"\n  policy = data.aws_iam_policy_document.p.json\n}}\n',
    ],
)
def test_what_is_taken_is_there_once(built: Built, use: str) -> None:
    (stack,) = built({"main.tf": document("p") + use})
    assert len(list(stack.policies)) == 1


@pytest.mark.parametrize(
    "use",
    [
        'resource "aws_iam_policy" "q" {\n  count = 0\n  policy = data.aws_iam_policy_document.p.json\n}\n',
        'resource "example_thing" "q" {\n  text = data.aws_iam_policy_document.p.json\n}\n',
    ],
)
def test_what_is_named_by_what_is_not_there_is_not_judged(built: Built, use: str) -> None:
    (stack,) = built({"main.tf": document("p") + use})
    assert not list(stack.policies)


def test_the_output_of_a_module_that_its_caller_takes(built: Built) -> None:
    files = {
        "main.tf": 'module "d" {\n  source = "./d"\n}\nresource "aws_iam_policy" "q" {\n  policy = module.d.json\n}\n',
        "d/main.tf": document("p") + 'output "json" {\n  value = data.aws_iam_policy_document.p.json\n}\n',
    }
    stacks = built(files)
    assert sum(len(list(stack.policies)) for stack in stacks) == 1


def test_a_document_of_which_there_is_none_is_none(built: Built) -> None:
    (stack,) = built({"main.tf": document("p", "count = 0\n" + BODY)})
    assert not list(stack.policies)


def planned(tmp_path: Path, references: list[str], **configuration: object) -> list[Policy]:
    """The policies of a plan with one document, which a queue's tags and an output name or not."""
    address = "data.aws_iam_policy_document.p"
    statement = {"actions": ["s3:*"], "resources": ["*"], "effect": None, "condition": [], "principals": []}
    values = {"address": address, "mode": "data", "type": "aws_iam_policy_document", "name": "p"}
    queue = {"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q"}
    configured = [values, {**queue, "expressions": {"tags": {"references": references}}}]
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**values, "values": {"statement": [statement]}}]}},
        "configuration": {"root_module": {"resources": configured, **configuration}},
    }
    (tmp_path / "tfplan.json").write_text(json.dumps(plan), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path / "tfplan.json"),))))
    return list(stack.policies)


def test_a_document_that_stands_alone_in_a_plan(tmp_path: Path) -> None:
    output = {"json": {"expression": {"references": ["data.aws_iam_policy_document.p.json"]}}}
    for configuration in ({}, {"outputs": output}):
        (policy,) = planned(tmp_path, ["data.aws_iam_policy_document.other.json"], **configuration)
        assert (policy.kind, policy.address) == ("unattached", "data.aws_iam_policy_document.p")
        assert len(policy.statements) == 1


def test_a_document_of_a_plan_that_something_takes(tmp_path: Path) -> None:
    assert planned(tmp_path, ["data.aws_iam_policy_document.p.json", "data.aws_iam_policy_document.p"]) == []
    called = {"m": {"expressions": {"policy": {"references": ["data.aws_iam_policy_document.p.json"]}}}}
    assert planned(tmp_path, [], module_calls=called) == []
    assert planned(tmp_path, [], resources=[{"address": "aws_sqs_queue.q", "mode": "managed"}]) == []
