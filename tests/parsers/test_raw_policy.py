"""Policy files standing alone, and what the AWS command line prints of policies."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.parsers.raw_policy import is_policy, stack
from iamlint.source.json_reader import read_json
from iamlint.source.node import Node
from iamlint.source.read import read_text
from iamlint.source.span import SourceText

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [ALLOW]}
TRUST = {"Statement": {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "sts:AssumeRole"}}


def root(content: object) -> Node:
    node = read_json(SourceText("p.json", json.dumps(content))).root
    assert node is not None
    return node


def read(content: object, path: str = "p.json") -> Stack:
    document = read_json(SourceText(path, json.dumps(content)))
    assert document.root is not None
    assert is_policy(document.root)
    return stack(document)


def policies(content: object, path: str = "p.json") -> list[Policy]:
    return list(read(content, path).policies)


@pytest.mark.parametrize(
    "content",
    [
        {"Rules": [{"Statement": {"GeoMatchStatement": {}}, "Action": {"Allow": {}}}]},
        {"Statement": {"RateBasedStatement": {"Limit": 100}}},
        {"Statement": "text"},
        {"Statement": []},
        {"Role": "admin"},
        {"Role": {"Name": "admin"}},
        {"Policy": "none"},
        {"PolicyDocument": {"rules": []}},
        {"PolicyVersion": {"Document": "1.0"}},
        {"Roles": ["admin"]},
        {"Roles": [{"RoleName": "x"}]},
        {"Policies": []},
        [],
        ["s3:GetObject"],
        "text",
        3,
        {"Version": "1.0"},
        {"Version": "2012-10-17", "Name": "x"},
        {"Effect": "Allow", "Name": "x"},
        [{"Effect": "NoSchedule", "Action": "drain"}],
        [ALLOW, {"Action": "s3:*"}],
    ],
)
def test_what_only_looks_like_a_policy(content: object) -> None:
    assert not is_policy(root(content))


@pytest.mark.parametrize(
    ("statement", "path", "kind"),
    [
        (ALLOW, "p.json", "identity"),
        (ALLOW, "guardrails/region.json", "scp"),
        (ALLOW, "policies/deny-scp.json", "scp"),
        (ALLOW, "policies/scpecial.json", "identity"),
        (ALLOW, "policies/permissions-boundary.json", "boundary"),
        (ALLOW, "policies/Boundary_Policy.json", "boundary"),
        (ALLOW, "policies/boundary-of-new-roles.json", "identity"),
        (ALLOW, "boundary/deploy.json", "identity"),
        ({**ALLOW, "Principal": "*"}, "p.json", "resource"),
        ({**ALLOW, "Principal": "*", "Effect": "Deny"}, "rcp/perimeter.json", "rcp"),
        ({**ALLOW, "NotPrincipal": {"AWS": "123456789012"}}, "p.json", "resource"),
        ({**ALLOW, "Principal": "*"}, "vpc_endpoint_policies/s3.json", "vpc_endpoint"),
        ({**ALLOW, "Principal": "*"}, "s3-endpoint-policy.json", "vpc_endpoint"),
        ({**ALLOW, "Principal": "*", "Resource": "arn:aws:s3:::a/*"}, "s3-endpoint-policy.json", "resource"),
        ({**ALLOW, "Principal": "*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::a/*"]}, "p.json", "resource"),
        ({**ALLOW, "Principal": "*", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]}, "p.json", "vpc_endpoint"),
        (TRUST["Statement"], "p.json", "trust"),
        ({"effect": "Allow", "action": "s3:*", "resource": "*"}, "p.json", "identity"),
    ],
)
def test_the_kind_is_told_by_the_shape(statement: Any, path: str, kind: str) -> None:
    (policy,) = policies({"Statement": statement}, path)
    assert policy.kind == kind
    assert policy.attachment == ("resource" if kind == "resource" else "unattached")
    assert len(policy.statements) == 1


def test_the_service_of_a_resource_policy_is_that_of_its_actions() -> None:
    (one,) = policies({"Statement": [{**ALLOW, "Principal": "*"}]}, "bucket.json")
    assert (one.service, one.holder) == ("s3", "bucket.json")
    (two,) = policies({"Statement": [{**ALLOW, "Action": ["s3:*", "sqs:*"], "Principal": "*"}]})
    assert two.service == ""


def test_a_list_of_policies() -> None:
    assert [policy.address for policy in policies([DOCUMENT, DOCUMENT])] == ["0", "1"]


def test_yaml_is_read_too() -> None:
    document = read_text(
        "p.yaml", "Version: 2012-10-17\nStatement:\n- Effect: Allow\n  Action: s3:*\n  Resource: '*'\n"
    )
    assert document is not None and document.root is not None
    assert is_policy(document.root)
    (policy,) = stack(document).policies
    action = policy.statements[0].actions[0]
    assert (action.shown, action.place.span.line, action.place.span.column) == ("s3:*", 4, 11)


@pytest.mark.parametrize("encode", [lambda d: d, json.dumps, lambda d: quote(json.dumps(d))])
def test_get_policy_version(encode: Any) -> None:
    (policy,) = policies({"PolicyVersion": {"Document": encode(DOCUMENT), "VersionId": "v1"}})
    assert (policy.kind, policy.attachment) == ("identity", "managed")
    assert [str(action) for action in policy.statements[0].actions] == ["s3:GetObject"]


def test_get_role() -> None:
    found = read({"Role": {"RoleName": "app", "Arn": "arn:x", "Path": "/", "AssumeRolePolicyDocument": TRUST}})
    (role,) = found.of_kind("role")
    (policy,) = found.policies
    assert (policy.kind, policy.holder) == ("trust", "role app")
    assert getattr(role, "trust", None) == policy


@pytest.mark.parametrize("more", [{}, {"PolicyName": "p"}])
def test_what_create_policy_is_given(more: dict[str, str]) -> None:
    (policy,) = policies({**more, "PolicyDocument": DOCUMENT})
    assert (policy.kind, policy.attachment, policy.address) == ("identity", "unattached", "PolicyDocument")


def test_get_role_policy() -> None:
    (policy,) = policies({"RoleName": "app", "PolicyName": "p", "PolicyDocument": DOCUMENT})
    assert (policy.kind, policy.attachment, policy.name, policy.holder) == ("identity", "inline", "p", "role app")


def test_get_bucket_policy_is_json_in_a_string() -> None:
    (policy,) = policies({"Policy": json.dumps({"Statement": [{**ALLOW, "Principal": "*"}]})})
    assert (policy.kind, policy.service) == ("resource", "s3")
    assert policy.statements[0].is_public is True


def test_describe_policy_of_an_organization() -> None:
    summary = {"Type": "SERVICE_CONTROL_POLICY", "Name": "p"}
    (policy,) = policies({"Policy": {"PolicySummary": summary, "Content": json.dumps(DOCUMENT)}})
    assert policy.kind == "scp"
    tags = {"Policy": {"PolicySummary": {"Type": "TAG_POLICY"}, "Content": json.dumps(DOCUMENT)}}
    assert policies(tags) == []


def test_account_authorization_details() -> None:
    identity = {"Path": "/", "Arn": "arn:aws:iam::123456789012:x"}
    managed = {
        "PolicyName": "own",
        "Arn": "arn:aws:iam::123456789012:policy/own",
        "PolicyVersionList": [
            {"VersionId": "v2", "IsDefaultVersion": True, "Document": DOCUMENT},
            {"VersionId": "v1", "IsDefaultVersion": False, "Document": DOCUMENT},
        ],
    }
    amazon = {**managed, "PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
    inline = [{"PolicyName": "in", "PolicyDocument": DOCUMENT}]
    attached = [{"PolicyName": "own", "PolicyArn": managed["Arn"]}]
    found = read(
        {
            "UserDetailList": [{**identity, "UserName": "ann", "GroupList": ["devs"], "UserPolicyList": inline}],
            "GroupDetailList": [{**identity, "GroupName": "devs", "AttachedManagedPolicies": attached}],
            "RoleDetailList": [{**identity, "RoleName": "app", "AssumeRolePolicyDocument": TRUST}],
            "Policies": [managed, amazon],
        }
    )
    (user,) = found.of_kind("user")
    assert getattr(user, "groups", None) == ("group/devs",)
    assert sorted((p.kind, p.attachment, p.name, p.holder) for p in found.policies) == [
        ("identity", "inline", "in", "user ann"),
        ("identity", "managed", "own", "group devs"),
        ("trust", "inline", "", "role app"),
    ]


def test_a_key_in_a_policy_is_a_secret() -> None:
    key = "AK" + "IAYW2OVBRKUGNRSHE6"
    (secret,) = read({"Statement": [{**ALLOW, "Sid": key}]}).of_kind("secret")
    assert secret.place.written == key


def test_a_function_of_cloudformation_in_a_fragment_of_a_template_is_not_known() -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
        "Action": "kms:*",
        "Resource": {"Fn::GetAtt": ["Key", "Arn"]},
        "Condition": {"StringEquals": {"kms:CallerAccount": {"Ref": "AWS::AccountId"}}},
    }
    (policy,) = policies({"Version": "2012-10-17", "Statement": [statement]})
    (read_back,) = policy.statements
    assert [(principal.kind, principal.name.is_known) for principal in read_back.principals] == [("aws", False)]
    assert [resource.is_known for resource in read_back.resources] == [False]
    assert list(policy.flaws) == []


@pytest.mark.parametrize("content", [ALLOW, [ALLOW], [ALLOW, {**ALLOW, "Effect": "Deny"}]])
def test_statements_for_something_else_to_make_a_policy_of(content: object) -> None:
    (policy,) = policies(content)
    assert policy.statements[0].allows is True
    assert policy.grammar == ()


def test_statements_alone_tell_what_they_are_of_too() -> None:
    (policy,) = policies([{**ALLOW, "Principal": "*", "Action": "sqs:SendMessage"}])
    assert (policy.kind, policy.service) == ("resource", "sqs")


def test_a_document_without_statements() -> None:
    (policy,) = policies({"Version": "2012-10-17"})
    assert [flaw.code for flaw in policy.grammar] == ["missing-statement"]
    assert read_text("p.json", '{"Version": "2012-10-17"}\n') is not None
    assert read_text("p.json", '[{"Effect": "Allow", "Action": "*"}]\n') is not None
    assert read_text("p.yaml", "provider:\n  statements:\n  - Effect: Allow\n") is None


def test_a_misspelled_statement() -> None:
    (policy,) = policies({"Version": "2012-10-17", "Statements": [ALLOW]})
    assert [flaw.code for flaw in policy.grammar] == ["invalid-policy-element"]
    assert len(policy.statements) == 1
