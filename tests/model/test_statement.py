"""What conditions, principals and statements say of themselves, read from policy text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.model.statement import Statement
from iamlint.model.unknown import Unknown
from iamlint.parsers import raw_policy
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText


def policy(*statements: dict[str, Any]) -> Policy:
    document = read_json(SourceText("p.json", json.dumps({"Version": "2012-10-17", "Statement": statements})))
    (found,) = raw_policy.stack(document).policies
    return found


def statement(**elements: Any) -> Statement:
    return policy({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **elements}).statements[0]


@pytest.mark.parametrize(
    ("condition", "restricts"),
    [
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"ForAnyValue:StringEquals": {"aws:PrincipalOrgPaths": "o-1/r-1"}}, True),
        ({"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": "*"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "*"}}, True),
        ({"StringLike": {"aws:PrincipalOrgID": "?*"}}, False),
        ({"StringLike": {"aws:PrincipalOrgID": "??*"}}, True),
        ({"StringLike": {"aws:PrincipalTag/team": "?*"}}, True),
        ({"StringLike": {"sts:ExternalId": "*"}}, False),
        ({"StringLike": {"sts:ExternalId": ["?*", "vendor-7"]}}, False),
        ({"StringLike": {"sts:ExternalId": "?*?"}}, False),
        ({"StringLike": {"sts:ExternalId": "??"}}, True),
        ({"StringLike": {"sts:ExternalId": "???*"}}, True),
        ({"StringLike": {"sts:ExternalId": "a*"}}, True),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False),
        ({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::/0"]}}, False),
        ({"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}, True),
        ({"StringEquals": {"aws:Referer": "https://example.org"}}, False),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, False),
    ],
)
def test_which_conditions_restrict_an_allow(condition: dict[str, Any], restricts: bool) -> None:
    assert statement(Condition=condition).is_restricted is restricts


@pytest.mark.parametrize(
    ("subject", "too_wide"),
    [
        ("repo:example/app:*", False),
        ("repo:example@1/app@2:ref:refs/heads/*", False),
        ("repo:example/*", False),
        ("repo:example*", True),
        ("repo:*/app:*", True),
        ("repo:exampl?/app:*", True),
        ("*", True),
        ("*:ref:refs/heads/main", True),
        ("project_path:group/*", False),
        ("project_path:*/x", True),
        ("organization:acme:project:*", False),
        ("system:serviceaccount:web:*", False),
        ("system:serviceaccount:*:deploy", True),
        ("repo:example/app:ref:refs/heads/main", False),
    ],
)
def test_which_subjects_take_in_more_than_one_owner(subject: str, too_wide: bool) -> None:
    key = "token.actions.githubusercontent.com:sub"
    (condition,) = statement(Condition={"StringLike": {key: subject}}).conditions
    assert condition.subject_is_too_wide is too_wide


@pytest.mark.parametrize(
    ("elements", "everything"),
    [
        ({"Action": "*"}, True),
        ({"Action": "*:*"}, True),
        ({"Action": ["s3:GetObject", "**"]}, True),
        ({"Action": "*", "Resource": "arn:aws:s3:::b/*"}, False),
        ({"Action": "*", "Effect": "Deny"}, False),
        ({"Action": "s3:*"}, False),
        ({"Action": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "a"}}}, False),
        ({"Action": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, True),
    ],
)
def test_who_is_an_administrator(elements: dict[str, Any], everything: bool) -> None:
    assert statement(**elements).allows_everything is everything


def test_a_not_action_of_little_is_an_administrator() -> None:
    for left_out, everything in (("aws-portal:*", True), ("iam:*", False), (["s3:*", "sts:*"], False)):
        found = policy({"Effect": "Allow", "NotAction": left_out, "Resource": "*"}).statements[0]
        assert found.allows_everything is everything, left_out


@pytest.mark.parametrize(
    ("principal", "kind", "account", "is_account"),
    [
        ("*", "anyone", "", False),
        ({"AWS": "*"}, "anyone", "", False),
        ({"AWS": "111122223333"}, "aws", "111122223333", True),
        ({"AWS": "arn:aws:iam::111122223333:root"}, "aws", "111122223333", True),
        ({"AWS": "arn:aws:iam::111122223333:role/app"}, "aws", "111122223333", False),
        ({"Service": "lambda.amazonaws.com"}, "service", "", False),
    ],
)
def test_principals(principal: Any, kind: str, account: str, is_account: bool) -> None:
    (found,) = statement(Principal=principal).principals
    assert (found.kind, found.account, found.is_account) == (kind, account, is_account)


def test_a_deny_for_strangers_shields_what_it_covers() -> None:
    allow = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "execute-api:Invoke",
        "Resource": "*",
        "Condition": {"NotIpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
    }
    assert policy(allow, deny).shields(policy(allow).statements[0]) is True
    assert policy(allow, {**deny, "Action": "execute-api:Manage"}).shields(policy(allow).statements[0]) is False


def test_unknown_parts_give_no_certain_answer() -> None:
    from iamlint.model.patterns import Action
    from iamlint.source.span import Place

    place = Place(SourceText("x", "x"), 0, 1)
    action = Action(parts=("s3:", Unknown("a variable", "var.verb")), place=place)
    assert isinstance(action.covers("s3:GetObject"), Unknown)
    assert action.covers("ec2:RunInstances") is False
    assert isinstance(Action(parts=(Unknown("a variable"),), place=place).is_wildcard, Unknown)
    assert str(action) == "s3:${var.verb}"


@pytest.mark.parametrize(
    ("condition", "narrows"),
    [
        ({"StringEquals": {"aws:ResourceTag/team": "a"}}, True),
        ({"Bool": {"aws:ViaAWSService": "true"}}, True),
        ({"Bool": {"aws:ViaAWSService": "false"}}, False),
        ({"BoolIfExists": {"aws:ViaAWSService": "true"}}, True),
        ({"Null": {"aws:ResourceTag/elbv2.k8s.aws/cluster": "false"}}, True),
        ({"Null": {"aws:RequestTag/elbv2.k8s.aws/cluster": False}}, True),
        ({"Null": {"ec2:ResourceTag/team": ["false"]}}, True),
        ({"Null": {"aws:ResourceTag/team": "true"}}, False),
        ({"Null": {"aws:ResourceTag/team": ["true", "false"]}}, False),
        ({"Null": {"aws:ResourceTag/team": []}}, False),
        ({"Null": {"aws:PrincipalTag/team": "false"}}, False),
        ({"Null": {"s3:prefix": "false"}}, False),
        ({"StringLike": {"aws:ResourceTag/CSIVolumeName": "*"}}, True),
        ({"StringLikeIfExists": {"aws:ResourceTag/CSIVolumeName": "*"}}, False),
        ({"StringNotLike": {"aws:ResourceTag/CSIVolumeName": "*"}}, False),
    ],
)
def test_which_conditions_narrow_the_resources(condition: dict[str, Any], narrows: bool) -> None:
    assert (statement(Condition=condition).narrows_resources is True) is narrows


@pytest.mark.parametrize(
    ("action", "powers"),
    [
        ("s3:*", ", deleting and re-permissioning included"),
        ("S3:*", ", deleting and re-permissioning included"),
        ("firehose:*", ", deleting included"),
        ("ssmmessages:*", ""),
        ("no-such-service:*", ""),
    ],
)
def test_what_all_of_a_service_includes(action: str, powers: str) -> None:
    (pattern,) = statement(Action=action).actions
    assert pattern.powers == powers


def test_an_action_named_twice_is_told_once() -> None:
    assert statement(Action=["s3:GetObject", "s3:getobject", "s3:PutObject"]).restrictable_actions == (
        "s3:GetObject",
        "s3:PutObject",
    )


@pytest.mark.parametrize(
    ("actions", "resources", "on_each"),
    [
        (["s3:GetObject", "dynamodb:GetItem"], ["*"], ["s3:GetObject, dynamodb:GetItem"]),
        (
            ["route53:GetHostedZone", "dynamodb:GetItem"],
            ["arn:aws:route53:::hostedzone/*", "arn:aws:dynamodb:*:*:table/*"],
            ["route53:GetHostedZone", "dynamodb:GetItem"],
        ),
        (
            ["ssm:StartSession"],
            ["arn:aws:ec2:*:*:instance/*", "arn:aws:ssm:*:*:patchbaseline/*"],
            ["ssm:StartSession", ""],
        ),
        (
            ["s3:ListBucket", "s3:GetObject"],
            ["arn:aws:s3:::*", "arn:aws:s3:::*/*"],
            ["s3:ListBucket, s3:GetObject", "s3:GetObject"],
        ),
        # What none of the resources is for, AWS's lists may not know.
        (["dynamodb:GetItem"], ["arn:aws:s3:::*"], ["dynamodb:GetItem"]),
    ],
)
def test_each_resource_is_told_with_the_actions_that_it_is_for(
    actions: list[str], resources: list[str], on_each: list[str]
) -> None:
    found = statement(Action=actions, Resource=resources)
    assert [", ".join(found.restrictable_on(resource)) for resource in found.resources] == on_each


def test_what_is_told_of_an_id_that_nobody_can_know_ahead_cannot_be_restricted() -> None:
    assert statement(Action=["route53:GetChange", "route53:GetHostedZone"]).restrictable_actions == (
        "route53:GetHostedZone",
    )


@pytest.mark.parametrize(
    ("resources", "covered"),
    [
        (["arn:aws:s3:::*", "arn:aws:s3:::*/*"], [False, True]),
        (["arn:aws:s3:::*/*", "*"], [True, False]),
        (["*", "*"], [False, False]),
        (["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"], [False, False]),
    ],
)
def test_a_wider_resource_covers_a_narrower_one(resources: list[str], covered: list[bool]) -> None:
    found = statement(Resource=resources)
    assert [found.covers_otherwise(resource) for resource in found.resources] == covered


@pytest.mark.parametrize(
    ("arn", "every"),
    [
        ("arn:aws:dynamodb:*:*:table/*", True),
        ("arn:aws:secretsmanager:*:*:secret:*", True),
        ("arn:aws:iam::*:role/*", True),
        ("arn:aws:dynamodb:*:*:table/app-*", False),
        ("arn:aws:dynamodb:eu-west-1:111122223333:table/*", False),
        ("arn:aws:s3:::bucket/*", False),  # a bucket's name, and no type
        ("arn:aws:nosuch:*:*:table/*", False),
    ],
)
def test_which_arns_take_in_every_resource_of_a_type(arn: str, every: bool) -> None:
    (resource,) = statement(Resource=arn).resources
    assert resource.is_every_of_type is every


@pytest.mark.parametrize(
    ("elements", "any_service"),
    [
        ({"Action": "iam:CreateServiceLinkedRole"}, True),
        ({"Action": "iam:Create*"}, True),
        ({"Action": "iam:CreateServiceLinkedRole", "Effect": "Deny"}, False),
        ({"Action": "iam:CreateServiceLinkedRole", "Resource": "arn:aws:iam::*:role/aws-service-role/ecs.*"}, False),
        ({"Action": "iam:*"}, False),
        (
            {"Action": "iam:CreateServiceLinkedRole", "Condition": {"StringLike": {"iam:AWSServiceName": "ecs.*"}}},
            False,
        ),
        (
            {
                "Action": "iam:CreateServiceLinkedRole",
                "Condition": {"StringEqualsIfExists": {"iam:AWSServiceName": "ecs.amazonaws.com"}},
            },
            True,
        ),
    ],
)
def test_who_creates_any_service_linked_role(elements: dict[str, Any], any_service: bool) -> None:
    assert statement(**elements).creates_any_service_linked_role is any_service


@pytest.mark.parametrize(
    ("actions", "routine"),
    [
        (["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "xray:PutTraceSegments"], True),
        (["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "EC2:deletenetworkinterface"], True),
        (["ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], True),
        (["s3:ListBucket", "s3:GetBucketLocation"], True),
        (["logs:PutLogEvents", "s3:GetObject"], False),
        (["logs:PutLogEvents", "logs:DeleteLogGroup"], False),
        (["ecr:BatchGetImage", "ecr:PutImage"], False),
        (["ec2:CreateNetworkInterface", "ec2:ModifyNetworkInterfaceAttribute"], False),
    ],
)
def test_what_execution_roles_are_given_on_every_resource(actions: list[str], routine: bool) -> None:
    assert statement(Action=actions).is_routine is routine


@pytest.mark.parametrize(
    ("resource", "shapes"),
    [
        ("*", ("arn:aws:ec2:<Region>:<Account>:instance/<InstanceId>",)),
        ("arn:aws:ec2:*:*:volume/*", ("arn:aws:ec2:<Region>:<Account>:volume/<VolumeId>",)),
        ("arn:aws:ec2:*:*:snapshot/*", ("arn:aws:ec2:<Region>::snapshot/<SnapshotId>",)),
    ],
)
def test_which_arn_can_stand_in_place_of_a_wildcard(resource: str, shapes: tuple[str, ...]) -> None:
    it = statement(Action="ec2:DeleteTags", Resource=resource)
    assert it.resource_shapes(it.resources[0]) == shapes


def test_only_the_arns_of_the_service_that_is_named_can_stand_there() -> None:
    it = statement(Action=["s3:GetObject", "sqs:SendMessage"], Resource="arn:aws:s3:::*")
    assert {shape.split(":")[2] for shape in it.resource_shapes(it.resources[0])} == {"s3"}


@pytest.mark.parametrize(
    ("actions", "inspects"),
    [("s3:GetBucketAcl", True), ("kms:DescribeKey", True), ("s3:PutObject", False),
     (["s3:GetBucketAcl", "s3:*"], False), (["s3:GetBucketAcl", "s3:NoSuchThing"], False)],
)  # fmt: skip
def test_what_only_inspects(actions: Any, inspects: bool) -> None:
    assert statement(Action=actions).only_inspects is inspects


@pytest.mark.parametrize(
    ("actions", "asked", "answer"),
    [
        (["s3:GetObject", "iam:Pass*"], "iam:PassRole", True),
        (["S3:GetObject", "IAM:PassRole"], "iam:PassRole", True),
        (["s3:*"], "iam:PassRole", False),
        (["i*:PassRole"], "iam:PassRole", True),
        (["*"], "iam:PassRole", True),
        (["s3:*", "iam:*"], "*", False),
        (["s3:*"], "s?:GetObject", False),
    ],
)
def test_which_actions_a_statement_speaks_of(actions: list[str], asked: str, answer: bool) -> None:
    assert statement(Action=actions).speaks_of(asked) is answer
    assert statement(Action=actions[::-1]).speaks_of(asked) is answer
