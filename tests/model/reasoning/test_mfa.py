"""MFA: whatever way the policies of a user and its groups take to demand it, what is left without it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.identity import User
from iamlint.parsers.stacks import Inputs, Reading, stacks

Statement = dict[str, Any]
ADMIN: Statement = {"Effect": "Allow", "Action": ["iam:*", "s3:ListAllMyBuckets"], "Resource": "*"}
SET_UP = ["iam:CreateVirtualMFADevice", "iam:EnableMFADevice", "iam:ListMFADevices", "sts:GetSessionToken"]
FALSE = {"aws:MultiFactorAuthPresent": "false"}


def deny(condition: dict[str, Any], **element: Any) -> Statement:
    return {"Effect": "Deny", **(element or {"Action": "*"}), "Resource": "*", "Condition": condition}


def template(groups: list[Statement], own: list[Statement], **properties: Any) -> dict[str, Any]:
    return {
        "Group": {
            "Type": "AWS::IAM::Group",
            "Properties": {"Policies": [{"PolicyName": "mfa", "PolicyDocument": document(groups)}]},
        },
        "User": {
            "Type": "AWS::IAM::User",
            "Properties": {
                "Groups": [{"Ref": "Group"}],
                "LoginProfile": {"Password": "{{resolve:secretsmanager:x}}"},
                "Policies": [{"PolicyName": "own", "PolicyDocument": document(own)}],
                **properties,
            },
        },
    }


def document(statements: list[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def answers(folder: Path, resources: dict[str, Any]) -> tuple[tuple[str, ...], object]:
    """What the statements of the user allow without MFA; and whether its console sign-in goes without."""
    (folder / "template.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(folder),))))
    (user,) = (one for one in stack.of_kind("user") if isinstance(one, User))
    left = [found for p in user.policies for s in p.statements for found in stack.without_mfa(p, s)]
    console = stack.console_without_mfa(user)
    return tuple(left), console if isinstance(console, bool) else "unknown"


@pytest.mark.parametrize(
    "demand",
    [
        pytest.param(deny({"BoolIfExists": FALSE}), id="BoolIfExists"),
        pytest.param(deny({"BoolIfExists": FALSE}, NotAction=SET_UP), id="all but setting up a device"),
        pytest.param(deny({"StringNotEquals": {"aws:MultiFactorAuthPresent": "true"}}), id="not true"),
        pytest.param(deny({"Null": {"aws:MultiFactorAuthAge": "true"}}), id="no age"),
        pytest.param(deny({"NumericGreaterThanIfExists": {"aws:MultiFactorAuthAge": "3600"}}), id="too old, or never"),
    ],
)
def test_a_demand_in_the_group(tmp_path: Path, demand: Statement) -> None:
    assert answers(tmp_path, template([demand], [ADMIN])) == ((), False)


@pytest.mark.parametrize(
    ("demand", "console"),
    [
        pytest.param(deny({"Bool": FALSE}), False, id="long-term keys carry no such key"),
        pytest.param(deny({"Null": {"aws:MultiFactorAuthPresent": "true"}}), True, id="false is there too"),
        pytest.param(deny({"BoolIfExists": FALSE}, Action=["ec2:*", "s3:*"]), True, id="of other services"),
        pytest.param(deny({"NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}}), True, id="only when there"),
    ],
)
def test_a_demand_that_leaves_a_way(tmp_path: Path, demand: Statement, console: bool) -> None:
    assert answers(tmp_path, template([demand], [ADMIN])) == (("iam:*",), console)


def test_a_login_without_a_policy_in_view(tmp_path: Path) -> None:
    user = {"Type": "AWS::IAM::User", "Properties": {"LoginProfile": {"Password": "{{resolve:secretsmanager:x}}"}}}
    assert answers(tmp_path, {"User": user}) == ((), True)
    held = {**user, "Properties": {**user["Properties"], "Groups": ["people"]}}  # type: ignore[dict-item]
    assert answers(tmp_path, {"User": held}) == ((), "unknown")


def test_an_allow_that_asks_for_mfa_itself(tmp_path: Path) -> None:
    asking = {**ADMIN, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
    assert answers(tmp_path, template([asking], [asking])) == ((), False)
    loose = {**ADMIN, "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}}
    assert answers(tmp_path, template([asking], [loose])) == (("iam:*",), False)


def test_what_is_denied_anyway_needs_no_mfa(tmp_path: Path) -> None:
    never = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
    assert answers(tmp_path, template([never], [ADMIN]))[0] == ()


def test_a_user_who_may_only_look_after_itself(tmp_path: Path) -> None:
    own = {"Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": "arn:aws:iam::*:user/${aws:username}"}
    assert answers(tmp_path, template([own], [own]))[1] is False


def test_a_device_is_asked_for_at_sign_in(tmp_path: Path) -> None:
    resources = template([], [ADMIN])
    assert answers(tmp_path, resources)[1] is True
    resources["Device"] = {"Type": "AWS::IAM::VirtualMFADevice", "Properties": {"Users": [{"Ref": "User"}]}}
    assert answers(tmp_path, resources)[1] is False


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"Groups": ["people"]},
        {"ManagedPolicyArns": ["arn:aws:iam::111122223333:policy/force-mfa"]},
    ],
)
def test_what_is_not_in_the_code_may_demand_it(tmp_path: Path, elsewhere: dict[str, Any]) -> None:
    assert answers(tmp_path, template([], [ADMIN], **elsewhere))[1] == "unknown"


@pytest.mark.parametrize(
    ("action", "resource", "more", "left"),
    [
        ("sts:AssumeRole", "*", {}, True),
        ("sts:Assume*", "arn:aws:iam::*:role/*", {}, True),
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/*", {}, True),
        # The trust policy of a role that is named may demand it.
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/ops", {}, False),
        ("sts:AssumeRole", "arn:aws:iam::*:role/ops", {}, False),
        ("sts:AssumeRole", "*", {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, False),
        ("sts:AssumeRole", "*", {"Condition": {"StringEquals": {"aws:ResourceTag/team": "x"}}}, False),
        ("sts:GetSessionToken", "*", {}, False),
    ],
)
def test_who_assumes_any_role_needs_mfa(
    tmp_path: Path, action: str, resource: str, more: dict[str, Any], left: bool
) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    assert answers(tmp_path, template([], [statement]))[0] == ((action,) if left else ())
