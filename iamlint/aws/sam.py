"""What the Serverless Application Model makes of its names: policy templates, connectors, managed policies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from iamlint.aws import managed_policies

# Written by scripts/generate_sam_data.py; says itself of which version of aws-sam-translator.
_DATA = Path(__file__).with_name("sam_policies.json")

StatementData = Mapping[str, Any]


class Connector(NamedTuple):
    """What a connector between two types makes.

    `means` is `AWS_IAM_ROLE_MANAGED_POLICY` (on the role of the source, or of the destination where not `of_source`),
    `AWS_LAMBDA_PERMISSION`, `AWS_SQS_QUEUE_POLICY` or `AWS_SNS_TOPIC_POLICY`. `permissions` gives for `Read` and
    `Write` the statements, or the properties of a Lambda permission.
    """

    means: str
    of_source: bool
    permissions: Mapping[str, Sequence[StatementData] | StatementData]


def policy_template(name: str) -> Sequence[StatementData] | None:
    """The statements of a policy template; in their strings `${Name}` stands for a parameter of the template or a
    pseudo-parameter of CloudFormation. None when there is no template of this name."""
    found: Sequence[StatementData] | None = _data()["policy_templates"].get(name)
    return found


def connector(source: str, destination: str) -> Connector | None:
    """What a connector from one CloudFormation type to another makes; None when SAM knows none."""
    found = _data()["connectors"].get(f"{source} {destination}")
    return Connector(**found) if found is not None else None


def managed_policy_path(name: str) -> str:
    """The path and name of an AWS managed policy that is given by its bare name: `service-role/AWSLambdaRole`."""
    return managed_policies.path_of(name) or name


@cache
def _data() -> dict[str, Any]:
    """Read when a template first asks for it."""
    data: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return data
