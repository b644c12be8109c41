"""Policies and identities as the logic has them: holes, branches, groups, boundaries, what is not in the code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from iamlint.logic.policy import shown
from iamlint.model.access import Access, of_policy
from iamlint.model.identity import Identity
from iamlint.model.stack import Stack
from iamlint.model.unknown import Unknown
from iamlint.parsers.stacks import Inputs, Reading, stacks

Read = Callable[..., Stack]

TEMPLATE = """
Parameters:
  Bucket: {Type: String}
  Stage: {Type: String}
  Document: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
"""
TRUST = "{Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: 'sts:AssumeRole'}]}"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def stack(text: str, name: str = "t.yaml") -> Stack:
        (tmp_path / name).write_text(text)
        (found,) = stacks(Reading(Inputs((str(tmp_path / name),))))
        return found

    return stack


def role(read: Read, *properties: str, more: str = "") -> Identity:
    lines = "".join(f"      {line}\n" for line in properties)
    resource = f"  Role:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument: {TRUST}\n{lines}"
    return next(iter(read(TEMPLATE + resource + more).identities.values()))


def inline(*statements: str) -> str:
    document = f"{{Version: '2012-10-17', Statement: [{', '.join(statements)}]}}"
    return f"Policies: [{{PolicyName: p, PolicyDocument: {document}}}]"


def patterns(access: Access) -> list[str]:
    return [shown(tokens) for s in access.policy.statements for tokens in s.resources or ()]


def test_holes_are_named_by_what_is_written(read: Read) -> None:
    found = role(read, inline("{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::${Bucket}/*'}"))
    assert patterns(found.access) == ["arn:aws:s3:::${Bucket}/*"]


def test_policy_variables_are_no_holes(read: Read) -> None:
    resource = "!Sub 'arn:aws:s3:::${Bucket}/${!aws:username}'"
    found = role(read, inline(f"{{Effect: Allow, Action: 's3:*', Resource: {resource}}}"))
    (tokens,) = found.access.policy.statements[0].resources or ()
    assert [type(token).__name__ for token in tokens if not isinstance(token, str)] == ["Hole", "Variable"]


def test_a_variable_with_a_hole_in_its_name(read: Read) -> None:
    stack = read(
        """
        variable "tag" {}
        resource "aws_iam_user_policy" "p" {
          user   = "u"
          policy = jsonencode({ Version = "2012-10-17", Statement = [
            { Effect = "Allow", Action = "s3:*", Resource = "arn:aws:s3:::b/$${aws:PrincipalTag/${var.tag}}" }] })
        }
        """,
        "main.tf",
    )
    (policy,) = stack.policies
    assert patterns(of_policy(policy)) == ["arn:aws:s3:::b/${aws:principaltag/${var.tag}}"]


def test_old_versions_have_no_variables(read: Read) -> None:
    document = "{Statement: [{Effect: Allow, Action: 's3:*', Resource: '${aws:username}'}]}"
    found = role(read, f"Policies: [{{PolicyName: p, PolicyDocument: {document}}}]")
    (pattern,) = found.access.policy.statements[0].resources or ()
    assert pattern == tuple("${aws:username}")


def test_branches_become_guards(read: Read) -> None:
    found = role(read, inline("{Effect: Allow, Action: !If [IsProd, 's3:*', 'ec2:*'], Resource: '*'}"))
    assert {statement.guards: shown(statement.actions[0]) for statement in found.access.policy.statements} == {
        (("IsProd", True),): "s3:*",
        (("IsProd", False),): "ec2:*",
    }


def test_an_unresolved_document_allows_nobody_knows_what(read: Read) -> None:
    found = role(read, "Policies: [{PolicyName: p, PolicyDocument: !Ref Document}]")
    answer = found.may("s3:GetObject")
    assert isinstance(answer, Unknown)
    assert "Document" in answer.reason


def test_an_unknown_effect_is_both(read: Read) -> None:
    found = role(read, inline("{Effect: !Ref Stage, Action: 's3:*', Resource: '*'}"))
    assert [statement.allow for statement in found.access.policy.statements] == [True, False]
    assert isinstance(found.may("s3:GetObject"), Unknown)


@pytest.mark.parametrize(
    ("statements", "may"),
    [
        pytest.param(("{Effect: Allow, Action: 's3:Get*', Resource: '*'}",), True, id="a pattern"),
        pytest.param(("{Effect: Allow, Action: 's3:Put*', Resource: '*'}",), False, id="another"),
        pytest.param(("{Effect: Allow, NotAction: 'iam:*', Resource: '*'}",), True, id="all but"),
        pytest.param(
            ("{Effect: Allow, Action: '*', Resource: '*'}", "{Effect: Deny, Action: 's3:*', Resource: '*'}"),
            False,
            id="denied",
        ),
        pytest.param(
            (
                "{Effect: Allow, Action: '*', Resource: '*'}",
                "{Effect: Deny, Action: 's3:*', Resource: 'arn:aws:s3:::secret/*'}",
            ),
            True,
            id="denied in part",
        ),
    ],
)
def test_may(statements: tuple[str, ...], may: bool, read: Read) -> None:
    assert role(read, inline(*statements)).may("s3:GetObject") is may


def test_a_boundary_limits(read: Read) -> None:
    bound = """
  Bound:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: '2012-10-17', Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}
"""
    wide = inline("{Effect: Allow, Action: '*', Resource: '*'}")
    found = role(read, "PermissionsBoundary: !Ref Bound", wide, more=bound)
    assert (found.may("s3:GetObject"), found.may("ec2:StopInstances")) == (True, False)


def test_a_boundary_under_a_condition_limits_only_there(read: Read) -> None:
    bound = "PermissionsBoundary: !If [IsProd, 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', !Ref AWS::NoValue]"
    always = "PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'"
    wide = inline("{Effect: Allow, Action: '*', Resource: '*'}")
    assert role(read, bound, wide).may("ec2:StopInstances") is True
    assert role(read, always, wide).may("ec2:StopInstances") is False


def test_a_boundary_elsewhere_leaves_open_what_may_be_done(read: Read) -> None:
    bound = "PermissionsBoundary: 'arn:aws:iam::111122223333:policy/bound'"
    found = role(read, bound, inline("{Effect: Allow, Action: 's3:*', Resource: '*'}"))
    assert isinstance(found.may("s3:GetObject"), Unknown)
    assert found.may("ec2:StopInstances") is False


def test_aws_managed_policies_count(read: Read) -> None:
    found = role(read, "ManagedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess']")
    assert (found.may("s3:GetObject"), found.may("s3:PutObject")) == (True, False)


def test_groups_count(read: Read) -> None:
    stack = read(
        """
        {"Resources": {
          "Group": {"Type": "AWS::IAM::Group", "Properties": {
            "ManagedPolicyArns": ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"],
            "Policies": [{"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}}]}},
          "User": {"Type": "AWS::IAM::User", "Properties": {"Groups": [{"Ref": "Group"}]}}}}
        """,
        "t.json",
    )
    user = stack.identities["Resources/User"]
    assert [user.may(action) for action in ("s3:GetObject", "sqs:SendMessage", "s3:PutObject")] == [True, True, False]


def test_a_policy_by_itself(read: Read) -> None:
    (policy,) = read(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]}', "p.json"
    ).policies
    access = of_policy(policy)
    assert access.may("s3:GetObject") is True
    assert str(access.origin(access.policy.statements[0])) == "statement 1"
    assert access.may("s3:GetObject", "arn:aws:s3:::b/*") is True
