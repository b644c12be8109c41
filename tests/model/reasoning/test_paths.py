"""Escalation paths: which are open to whom, denies, boundaries and conditions counted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.aws import escalation as known
from iamlint.model.escalation import Escalation, escalations
from iamlint.parsers.stacks import Inputs, Reading, stacks

Statement = dict[str, Any]


def allow(action: str | list[str], resource: str | list[str] = "*", **condition: Any) -> Statement:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def deny(action: str | list[str], resource: str = "*", **condition: Any) -> Statement:
    return {**allow(action, resource, **condition), "Effect": "Deny"}


def of(folder: Path, resources: dict[str, Any]) -> list[Escalation]:
    (folder / "template.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    reading = Reading(Inputs((str(folder),)))
    return [found.escalation for stack in stacks(reading) for found in escalations(stack)]


def document(*statements: Statement) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def role(*statements: Statement, **properties: Any) -> dict[str, Any]:
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    policies = [{"PolicyName": "own", "PolicyDocument": document(*statements)}]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": trust, "Policies": policies, **properties},
    }


def user(*statements: Statement, **properties: Any) -> dict[str, Any]:
    policies = [{"PolicyName": "own", "PolicyDocument": document(*statements)}]
    return {"Type": "AWS::IAM::User", "Properties": {"Policies": policies, **properties}}


@pytest.mark.parametrize("path", known.paths(), ids=str)
def test_every_path_takes_all_of_its_actions(tmp_path: Path, path: known.Path) -> None:
    resources = {"Whole": role(allow(list(path.actions)), RoleName="whole")}
    for number, action in enumerate(path.actions):
        others = [one for one in path.actions if one != action]
        if others:
            resources[f"Less{number}"] = role(allow(others), RoleName=f"less{number}")
        resources[f"Denied{number}"] = role(allow(list(path.actions)), deny(action), RoleName=f"denied{number}")
    (tmp_path / "template.json").write_text(json.dumps({"Resources": resources}), encoding="utf-8")
    told = {
        found.policy.holder: [found.escalation.path, *found.escalation.others]
        for stack in stacks(Reading(Inputs((str(tmp_path),))))
        for found in escalations(stack)
    }
    whole = told.pop("role whole")
    # What is open with fewer of the actions is told instead.
    shorter = [one for one in whole if set(one.split(" + ")) < set(path.actions)]
    assert whole == [str(path)] or (shorter == whole and str(path) not in whole)
    assert {one for one in known.paths() if str(one) in whole} != set()
    assert str(path) not in {one for others in told.values() for one in others}
    assert bool(path.how)


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param([allow("iam:PassRole"), allow("lambda:GetFunction")], id="half a path"),
        pytest.param([allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/app-*")], id="some roles"),
        pytest.param([allow("iam:CreateAccessKey", "arn:aws:iam::*:user/${aws:username}")], id="own key"),
        pytest.param([allow("iam:*"), deny("iam:*")], id="denied"),
        pytest.param([allow("iam:PutRolePolicy"), deny("iam:Put*", "arn:aws:iam::*:role/*")], id="denied on roles"),
        pytest.param(
            [allow("iam:AttachRolePolicy", ArnEquals={"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"})],
            id="one policy only",
        ),
        pytest.param(
            [allow("iam:PassRole", StringEquals={"iam:PassedToService": "ecs-tasks.amazonaws.com"}),
             allow(["lambda:CreateFunction", "lambda:InvokeFunction"])],
            id="passed to another service",
        ),
        pytest.param([allow("ssm:SendCommand", StringEquals={"aws:ResourceTag/team": "red"})], id="tagged"),
        pytest.param(
            [allow("iam:CreatePolicyVersion", DateLessThan={"aws:CurrentTime": "2020-01-01T00:00:00Z"})], id="over"
        ),
        pytest.param(
            [allow("iam:PutRolePolicy", Bool={"aws:ViaAWSService": "true"})], id="through a service only"
        ),
        pytest.param(
            [allow("iam:PutRolePolicy"), deny("iam:*", ArnNotLike={"aws:PrincipalArn": "arn:aws:iam::*:role/admin"})],
            id="denied to all but others",
        ),
        pytest.param([allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/*")], id="policies of AWS"),
        pytest.param([allow("*")], id="an administrator, which is another rule's"),
    ],
)  # fmt: skip
def test_quiet(tmp_path: Path, statements: list[Statement]) -> None:
    assert of(tmp_path, {"Role": role(*statements, RoleName="build")}) == []


@pytest.mark.parametrize(
    ("statements", "path"),
    [
        ([allow("iam:Put*", "arn:aws:iam::111122223333:role/*")], "iam:PutRolePolicy"),
        ([allow("iam:PutRolePolicy"), deny("iam:PutRolePolicy", "arn:aws:iam::*:role/sealed-*")], "iam:PutRolePolicy"),
        ([allow("iam:PutRolePolicy", "arn:aws:iam::*:role/ops/build")], "iam:PutRolePolicy"),
        ([allow("iam:PutRolePolicy", Bool={"aws:MultiFactorAuthPresent": "true"})], "iam:PutRolePolicy"),
        (
            [allow("iam:PassRole", StringEquals={"iam:PassedToService": "lambda.amazonaws.com"}),
             allow(["lambda:CreateFunction", "lambda:InvokeFunction"], "arn:aws:lambda:*:*:function:mine-*")],
            "iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction",
        ),
        ([{"Effect": "Allow", "NotAction": "s3:*", "Resource": "arn:aws:iam::*:group/*"}], "iam:PutGroupPolicy"),
    ],
)  # fmt: skip
def test_open(tmp_path: Path, statements: list[Statement], path: str) -> None:
    (found,) = of(tmp_path, {"Role": role(*statements, RoleName="build")})
    assert found.path == path


def test_a_user_that_may_write_its_own_policy(tmp_path: Path) -> None:
    own = allow("iam:PutUserPolicy", "arn:aws:iam::*:user/${aws:username}")
    (found,) = of(tmp_path, {"User": user(own)})
    assert found.how == "write an inline policy into itself"


def managed(name: str, *statements: Statement, **properties: Any) -> dict[str, Any]:
    told = {"ManagedPolicyName": name, "PolicyDocument": document(*statements), **properties}
    return {"Type": "AWS::IAM::ManagedPolicy", "Properties": told}


@pytest.mark.parametrize("resource", ["policy/deploy-own", "policy/deploy-*", "policy/team/deploy-own"])
def test_an_identity_that_may_rewrite_a_policy_it_has(tmp_path: Path, resource: str) -> None:
    rewrites = allow("iam:CreatePolicyVersion", f"arn:aws:iam::*:{resource}")
    resources = {"Role": role(RoleName="deploy"), "Own": managed("deploy-own", rewrites, Roles=["deploy"])}
    (found,) = of(tmp_path, resources)
    assert (found.path, found.how) == ("iam:CreatePolicyVersion", "rewrite a customer managed policy that it has")


def test_a_policy_that_it_has_by_reference(tmp_path: Path) -> None:
    rewrites = allow("iam:CreatePolicyVersion")
    rewrites["Resource"] = {"Ref": "Own"}
    resources = {
        "Role": role(rewrites, ManagedPolicyArns=[{"Ref": "Own"}]),
        "Own": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document(allow("s3:GetObject"))}},
    }
    assert [found.path for found in of(tmp_path, resources)] == ["iam:CreatePolicyVersion"]
    del resources["Role"]["Properties"]["ManagedPolicyArns"]
    assert of(tmp_path, resources) == []


def test_a_policy_of_aws_is_none_that_it_can_rewrite(tmp_path: Path) -> None:
    rewrites = allow("iam:CreatePolicyVersion", "arn:aws:iam::aws:policy/deploy-*")
    resources = {"Role": role(RoleName="deploy"), "Own": managed("deploy-own", rewrites, Roles=["deploy"])}
    assert of(tmp_path, resources) == []


def test_a_policy_that_another_identity_has(tmp_path: Path) -> None:
    resources = {
        "Build": role(allow("iam:CreatePolicyVersion", "arn:aws:iam::*:policy/deploy-*"), RoleName="build"),
        "Deploy": role(RoleName="deploy"),
        "Own": managed("deploy-own", allow("s3:GetObject"), Roles=["deploy"]),
    }
    assert of(tmp_path, resources) == []


def test_a_role_that_a_pattern_of_names_takes_in(tmp_path: Path) -> None:
    writes = allow("iam:PutRolePolicy", "arn:aws:iam::111122223333:role/app-*")
    (found,) = of(tmp_path, {"Role": role(writes, RoleName="app-worker")})
    assert found.how == "write an inline policy into itself"


def test_a_group_that_the_user_is_in(tmp_path: Path) -> None:
    writes = allow("iam:PutGroupPolicy", "arn:aws:iam::*:group/makers")
    (found,) = of(tmp_path, {"User": user(writes, Groups=["makers"])})
    assert found.how == "write an inline policy into a group of its own"
    assert of(tmp_path, {"User": user(writes, Groups=["readers"])}) == []


def test_a_boundary_closes_a_path_that_it_does_not_allow(tmp_path: Path) -> None:
    resources: dict[str, Any] = {
        "Boundary": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": document(allow(["ec2:*", "iam:GetRole"]))},
        },
        "Role": role(allow("iam:PutRolePolicy"), PermissionsBoundary={"Ref": "Boundary"}),
    }
    assert of(tmp_path, resources) == []
    resources["Boundary"]["Properties"]["PolicyDocument"] = document(allow(["ec2:*", "iam:*Policy"]))
    assert [found.path for found in of(tmp_path, resources)] == ["iam:PutRolePolicy"]


def test_an_aws_managed_policy_completes_a_path_and_alone_is_judged_by_its_name(tmp_path: Path) -> None:
    full = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AWSLambda_FullAccess"]}
    # It passes every role to Lambda by itself.
    assert of(tmp_path, {"Role": role(allow("s3:ListAllMyBuckets"), **full)}) == []
    reading = {"ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonEC2FullAccess"]}
    (found,) = of(tmp_path, {"Role": role(allow("iam:PassRole"), **reading)})
    assert found.path.startswith("iam:PassRole + ec2:")
    assert found.place.written == '"iam:PassRole"'


def test_what_a_group_gives_is_told_of_the_group(tmp_path: Path) -> None:
    policies = [{"PolicyName": "own", "PolicyDocument": document(allow("iam:AttachUserPolicy"))}]
    resources = {
        "Group": {"Type": "AWS::IAM::Group", "Properties": {"Policies": policies}},
        "User": user(allow("s3:ListAllMyBuckets"), Groups=[{"Ref": "Group"}]),
    }
    assert [found.path for found in of(tmp_path, resources)] == ["iam:AttachUserPolicy"]


def test_the_others_point_to_what_gives_them(tmp_path: Path) -> None:
    (found,) = of(tmp_path, {"Role": role(allow("ecs:RunTask"), allow("iam:PassRole"))})
    assert found.place.written == '"iam:PassRole"'
    assert [(one.place.written, one.message) for one in found.via] == [('"ecs:RunTask"', "gives ecs:RunTask")]


APPS = "arn:aws:iam::111122223333:role/app-*"
TESTERS = "arn:aws:iam::111122223333:user/test/*"
BOUND = {"StringEquals": {"iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/limit"}}
MADE = "iam:CreateRole + iam:AttachRolePolicy"


@pytest.mark.parametrize(
    ("statements", "path"),
    [
        pytest.param([allow(["iam:CreateRole", "iam:AttachRolePolicy"], APPS)], MADE, id="role"),
        pytest.param([allow("iam:CreateRole"), allow("iam:AttachRolePolicy", APPS)], MADE,
                     id="the other pattern names it"),
        pytest.param([allow("iam:CreateRole", APPS), allow("iam:AttachRolePolicy", "arn:aws:iam::*:role/a*")], MADE,
                     id="two statements"),
        pytest.param([allow(["iam:CreateRole", "iam:AttachRolePolicy"], APPS[:-1])], "", id="one name"),
        pytest.param([allow("iam:CreateRole", APPS), allow("iam:AttachRolePolicy", "arn:aws:iam::*:role/b-*")], "",
                     id="others"),
        pytest.param([allow("iam:CreateRole", APPS, **BOUND), allow("iam:AttachRolePolicy", APPS)], "", id="bounded"),
        pytest.param([allow(["iam:CreateRole", "iam:AttachRolePolicy"], APPS),
                      deny("iam:CreateRole", StringNotEquals=BOUND["StringEquals"])],
                     "", id="denied without the boundary"),
        pytest.param([allow("iam:CreateRole", APPS),
                      allow("iam:AttachRolePolicy", APPS, ArnLike={"iam:PolicyARN": "arn:aws:iam::*:policy/app-*"})],
                     "", id="some policies"),
        pytest.param([allow(["iam:CreateUser", "iam:PutUserPolicy", "iam:CreateAccessKey"], TESTERS)],
                     "iam:CreateUser + iam:PutUserPolicy + iam:CreateAccessKey", id="user"),
        pytest.param([allow(["iam:CreateUser", "iam:PutUserPolicy"], TESTERS)], "", id="user without a key"),
    ],
)  # fmt: skip
def test_what_it_makes_itself(tmp_path: Path, statements: list[Statement], path: str) -> None:
    found = of(tmp_path, {"Role": role(*statements, RoleName="build")})
    assert [one.path for one in found] == ([path] if path else [])


@pytest.mark.parametrize(
    ("policy", "how"),
    [
        ("arn:aws:iam::aws:policy/AdministratorAccess", "attach IAMFullAccess to any role"),
        ("arn:aws:iam::aws:policy/Admin*", "attach IAMFullAccess to any role"),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "attach AdministratorAccess to any role"),
    ],
)
def test_which_policy_it_attaches(tmp_path: Path, policy: str, how: str) -> None:
    but = {"ArnNotLike": {"iam:PolicyARN": policy}}
    (found,) = of(tmp_path, {"Role": role(allow("iam:AttachRolePolicy", **but))})
    assert found.how == how
    but["ArnNotLike"]["iam:PolicyARN"] = "arn:aws:iam::aws:policy/*"
    assert of(tmp_path, {"Role": role(allow("iam:AttachRolePolicy", **but))}) == []


@pytest.mark.parametrize(
    ("name", "resource", "itself"),
    [
        ("${AWS::StackName}-deploy", "role/${AWS::StackName}-deploy", True),
        ("${AWS::StackName}-deploy", "role/${AWS::StackName}-*", True),
        ("${AWS::StackName}-deploy", "role/${AWS::StackName}-web", False),
        # The name that AWS CloudFormation makes.
        ("", "role/${AWS::StackName}-*", True),
        ("", "role/${AWS::StackName}-Role-*", True),
        ("", "role/${AWS::StackName}-Other-*", False),
    ],
)
def test_a_role_by_the_name_of_its_stack(tmp_path: Path, name: str, resource: str, itself: bool) -> None:
    own = allow("iam:PutRolePolicy")
    own["Resource"] = {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:" + resource}
    named = {"RoleName": {"Fn::Sub": name}} if name else {}
    found = of(tmp_path, {"Role": role(own, **named)})
    assert [one.how for one in found] == (["write an inline policy into itself"] if itself else [])


TAGGED = {"StringLike": {"ssm:resourceTag/team": "web"}}
CHANGE = ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]


@pytest.mark.parametrize(
    ("action", "resource", "condition", "is_open"),
    [
        # What runs as an unknown role may run as any, and where it is all of them, as a strong one.
        ("cloudformation:UpdateStack", "*", {}, True),
        (CHANGE, "*", {}, True),
        ("ssm:StartSession", "arn:aws:ec2:*:*:instance/*", {}, True),
        (["ecs:ExecuteCommand", "ecs:DescribeTasks"], "*", {}, True),
        # Which role one that is named runs as nobody knows.
        ("cloudformation:UpdateStack", "arn:aws:cloudformation:*:*:stack/app-*/*", {}, False),
        (CHANGE, "arn:aws:cloudformation:eu-west-1:111122223333:stack/app/*", {}, False),
        ("ssm:StartSession", "arn:aws:ec2:*:*:instance/i-0123456789abcdef0", {}, False),
        ("ssm:StartSession", "arn:aws:ec2:*:*:instance/*", TAGGED, False),
        (["ecs:ExecuteCommand", "ecs:DescribeTasks"], "arn:aws:ecs:*:*:task/web/*", {}, False),
    ],
)
def test_what_is_there_is_told_where_it_is_all_there_is(
    tmp_path: Path, action: str | list[str], resource: str, condition: dict[str, Any], is_open: bool
) -> None:
    found = of(tmp_path, {"R": role(allow(action, resource, **condition))})
    assert bool(found) is is_open
