"""What is wrong with policy documents by the grammar, in every kind of policy, through templates as written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.flaw import Flaw
from iamlint.model.validation import sids
from iamlint.parsers.stacks import Inputs, Reading, stacks

READ: dict[str, Any] = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
ROLE = {"AWS": "arn:aws:iam::111122223333:role/app"}
BUCKET = {**READ, "Principal": ROLE}
TRUST: dict[str, Any] = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
VERSION = {"Version": "2012-10-17"}

# kind: (type of the resource, the property of the document, other properties)
PLACES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "identity": ("AWS::IAM::ManagedPolicy", "PolicyDocument", {}),
    "trust": ("AWS::IAM::Role", "AssumeRolePolicyDocument", {}),
    "resource": ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": "b"}),
    "ecr": ("AWS::ECR::Repository", "RepositoryPolicyText", {}),
    "scp": ("AWS::Organizations::Policy", "Content", {"Type": "SERVICE_CONTROL_POLICY", "Name": "p"}),
    "rcp": ("AWS::Organizations::Policy", "Content", {"Type": "RESOURCE_CONTROL_POLICY", "Name": "p"}),
    "vpc_endpoint": ("AWS::EC2::VPCEndpoint", "PolicyDocument", {}),
    "session": ("AWS::Transfer::User", "Policy", {}),
    "unattached": ("AWS::IoT::Policy", "PolicyDocument", {}),
}


def flaws(folder: Path, name: str, text: str) -> list[Flaw]:
    (folder / name).write_text(text, encoding="utf-8")
    read = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [flaw for stack in read for policy in stack.policies for flaw in (*policy.grammar, *sids.check(policy))]


def template(kind: str, document: object) -> str:
    of_type, at, others = PLACES[kind]
    return json.dumps({"Resources": {"P": {"Type": of_type, "Properties": {at: document, **others}}}}, indent=1)


def codes(folder: Path, kind: str, document: object) -> list[str]:
    return [flaw.code for flaw in flaws(folder, "t.json", template(kind, document))]


def of(*statements: object) -> dict[str, Any]:
    return {**VERSION, "Statement": list(statements)}


def but(statement: dict[str, Any], *without: str, **other: object) -> dict[str, Any]:
    return {**{name: value for name, value in statement.items() if name not in without}, **other}


GOOD: list[tuple[str, object]] = [
    ("identity", of(READ)),
    ("identity", {**VERSION, "Statement": READ}),
    ("identity", of({"NotAction": "iam:*", "Effect": "Deny", "NotResource": ["arn:aws:s3:::a"]})),
    ("identity", of(but(READ, Condition={"Bool": {"aws:SecureTransport": True}, "NumericLessThan": {"a:b": [1, 2]}}))),
    ("identity", of({"Sid": "A1", **READ})),
    ("trust", of(TRUST)),
    ("trust", of(but(TRUST, Principal={"AWS": "*"}))),
    ("resource", of(BUCKET)),
    ("resource", of(but(BUCKET, Principal="*"))),
    ("resource", {"Version": "2008-10-17", "Id": "an id", "Statement": [BUCKET]}),
    ("resource", of({**but(BUCKET, "Principal"), "Effect": "Deny", "NotPrincipal": {"CanonicalUser": "a"}})),
    ("ecr", of(but(BUCKET, "Resource", Action="ecr:BatchGetImage"))),
    ("scp", of(READ)),
    ("rcp", of(but(READ, Principal="*", Effect="Deny"))),
    ("vpc_endpoint", of(but(BUCKET, Principal="*"))),
    ("session", of(READ)),
    ("unattached", of(but(READ, "Resource"))),
    ("unattached", of(BUCKET)),
]


@pytest.mark.parametrize(("kind", "document"), GOOD)
def test_good(kind: str, document: object, tmp_path: Path) -> None:
    assert codes(tmp_path, kind, document) == []


CONDITION = {"StringEquals": {"aws:PrincipalTag/a": "b"}}
BAD: list[tuple[str, object, list[str]]] = [
    # elements of the policy
    ("identity", {"Statement": [READ]}, ["missing-version"]),
    ("unattached", {"Statement": [READ]}, ["missing-version"]),
    ("identity", {"version": "2012-10-17", "Statement": [READ]}, ["invalid-policy-element"]),
    ("identity", {"Version": "2012-10-18", "Statement": [READ]}, ["invalid-version"]),
    ("identity", {"Version": 20121017, "Statement": [READ]}, ["data-type-mismatch"]),
    ("resource", {**of(BUCKET), "Id": 5}, ["data-type-mismatch"]),
    ("identity", {**of(READ), "Comment": "why"}, ["invalid-policy-element"]),
    ("identity", {**of(READ), "Effect": "Allow"}, ["invalid-policy-element"]),
    ("identity", {**VERSION, "statement": [READ]}, ["invalid-policy-element"]),
    ("identity", VERSION, ["missing-statement"]),
    ("unattached", of(), ["missing-statement"]),
    ("identity", {**VERSION, "Statement": [READ, "s3:*", 5]}, ["data-type-mismatch", "data-type-mismatch"]),
    # elements of a statement
    ("identity", of(but(READ, "Action", Actions="s3:*")), ["invalid-policy-element"]),
    ("identity", of(but(READ, "Effect", effect="Allow")), ["invalid-policy-element"]),
    ("identity", of(but(READ, "Effect")), ["missing-effect"]),
    ("identity", of(but(READ, Effect="allow")), ["invalid-effect"]),
    ("identity", of(but(READ, Effect="Permit")), ["invalid-effect"]),
    ("identity", of(but(READ, Effect=True)), ["data-type-mismatch"]),
    ("identity", of(but(READ, "Action")), ["missing-action"]),
    ("unattached", of(but(READ, "Action", "Effect")), ["missing-effect", "missing-action"]),
    ("identity", of(but(READ, NotAction="s3:*")), ["unsupported-element-combination"]),
    ("identity", of(but(READ, NotResource="*")), ["unsupported-element-combination"]),
    ("resource", of(but(BUCKET, NotPrincipal=ROLE)), ["unsupported-element-combination"]),
    ("identity", of(but(READ, Sid=1)), ["data-type-mismatch"]),
    ("identity", of(but(READ, Sid="")), ["empty-sid-value"]),
    ("identity", of(but(READ, Action={"s3": "*"})), ["data-type-mismatch"]),
    ("identity", of(but(READ, Resource=["*", 7])), ["data-type-mismatch"]),
    ("identity", of(but(READ, Resource=[["*"]])), ["data-type-mismatch"]),
    ("identity", of(but(READ, Action=[])), ["empty-array-action"]),
    ("identity", of(but(READ, "Action", NotAction=[])), ["empty-array-action"]),
    ("identity", of(but(READ, Resource=[])), ["empty-array-resource"]),
    ("identity", of(but(READ, "Resource", NotResource=[])), ["empty-array-resource"]),
    # conditions
    ("identity", of(but(READ, Condition=[CONDITION])), ["data-type-mismatch"]),
    ("identity", of(but(READ, Condition={"StringEquals": "a"})), ["data-type-mismatch"]),
    ("identity", of(but(READ, Condition={})), ["empty-object-condition"]),
    ("identity", of(but(READ, Condition={"StringEquals": {}})), ["empty-object-condition"]),
    ("identity", of(but(READ, Condition={"StringEquals": {"a:b": []}})), ["empty-array-condition"]),
    (
        "identity",
        of(but(READ, Condition={"ForAllValues:StringLikeIfExists": {"a:b": []}})),
        ["empty-array-condition-forallvalues"],
    ),
    (
        "identity",
        of(but(READ, Condition={"ForAnyValue:StringLike": {"a:b": []}})),
        ["empty-array-condition-foranyvalue"],
    ),
    ("identity", of(but(READ, Condition={"BoolIfExists": {"a:b": []}})), ["empty-array-condition-ifexists"]),
    ("identity", of(but(READ, Condition={"Bool": {"a:b": [True, "x"]}})), ["invalid-condition-data-type"]),
    ("identity", of(but(READ, Condition={"Bool": {"a:b": {"x": "y"}}})), ["invalid-condition-data-type"]),
    (
        "identity",
        of(but(READ, Condition={"StringLike": {"a:B": "x", "a:b": "y"}})),
        ["duplicate-keys-with-different-case"],
    ),
    ("identity", of(but(READ, Condition={"StringLike": {"a:B": "x"}, "StringEquals": {"a:b": "y"}})), []),
    # principals, and what depends on the kind
    ("resource", of(but(BUCKET, Principal=ROLE["AWS"])), ["invalid-principal-format"]),
    ("resource", of(but(BUCKET, Principal=["*"])), ["invalid-principal-format"]),
    ("trust", of(but(TRUST, Principal="ec2.amazonaws.com")), ["invalid-principal-format"]),
    ("unattached", of(but(BUCKET, Principal=ROLE["AWS"])), ["invalid-principal-format"]),
    ("resource", of(but(BUCKET, Principal={"aws": "111122223333"})), ["invalid-principal-key"]),
    ("trust", of(but(TRUST, Principal={"AWS": []})), ["empty-array-principal"]),
    ("resource", of(but(BUCKET, Principal={})), ["empty-object-principal"]),
    ("resource", of(but(BUCKET, Principal={"AWS": [5]})), ["data-type-mismatch"]),
    ("identity", of(BUCKET), ["unsupported-principal"]),
    ("identity", of(but(BUCKET, Principal="x")), ["unsupported-principal"]),
    ("session", of(but(READ, NotPrincipal="*")), ["unsupported-principal"]),
    ("scp", of(BUCKET), ["scp-syntax-error-principal"]),
    ("resource", of(READ), ["missing-principal"]),
    ("rcp", of(but(READ, Effect="Deny")), ["missing-principal"]),
    ("vpc_endpoint", of(READ), ["missing-principal"]),
    ("trust", of(but(TRUST, "Principal")), ["missing-principal"]),
    ("identity", of(but(READ, "Resource")), ["missing-resource"]),
    ("session", of(but(READ, "Resource")), ["missing-resource"]),
    ("scp", of(but(READ, "Resource")), ["missing-resource"]),
    ("resource", of(but(BUCKET, "Resource")), ["missing-resource"]),
    ("trust", of(but(TRUST, Resource="*")), ["role-trust-policy-syntax-error-resource"]),
    ("trust", of(but(TRUST, NotResource="*")), ["role-trust-policy-syntax-error-resource"]),
    ("trust", of(but(TRUST, Principal="*")), ["role-trust-policy-unsupported-wildcard-in-principal"]),
    (
        "trust",
        of(but(TRUST, "Principal", NotPrincipal={"AWS": "111122223333"})),
        ["role-trust-policy-syntax-error-notprincipal"],
    ),
    # characters
    ("identity", of(but(READ, Resource="arn:aws:s3:::b/Ω*")), ["unsupported-character"]),
    ("trust", of(but(TRUST, Condition={"StringEquals": {"aws:PrincipalTag/ш": "é"}})), ["unsupported-character"]),
    ("scp", of(but(READ, Condition={"StringEquals": {"aws:PrincipalTag/a": "ш"}})), []),
]


@pytest.mark.parametrize(("kind", "document", "expected"), BAD)
def test_bad(kind: str, document: object, expected: list[str], tmp_path: Path) -> None:
    text = template(kind, document)
    if "unsupported-character" in expected or kind == "scp":
        text = json.dumps(json.loads(text), indent=1, ensure_ascii=False)
    assert [flaw.code for flaw in flaws(tmp_path, "t.json", text)] == expected


HOLE = {"Ref": "Given"}
UNKNOWN: list[tuple[str, object]] = [
    ("identity", {"Version": HOLE, "Statement": [READ]}),
    ("identity", {**VERSION, "Statement": HOLE}),
    ("identity", of(HOLE)),
    ("identity", of({"Effect": HOLE, "Action": HOLE, "Resource": HOLE, "Condition": HOLE, "Sid": HOLE})),
    ("identity", of(but(READ, Effect={"Fn::Sub": "${Given}w"}))),
    ("identity", of(but(READ, Condition={"StringEquals": HOLE}))),
    ("identity", of(but(READ, Condition={"StringEquals": {"a:b": HOLE}}))),
    ("identity", of(but(READ, Condition={"StringEquals": {"a:b": ["a", HOLE]}}))),
    ("trust", of(but(TRUST, Principal=HOLE))),
    ("trust", of(but(TRUST, Principal={"AWS": HOLE}))),
    ("identity", of({"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}})),
    ("identity", of({**READ, "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://b/k"}}})),
]


@pytest.mark.parametrize(("kind", "document"), UNKNOWN)
def test_what_is_unknown_is_never_wrong(kind: str, document: object, tmp_path: Path) -> None:
    whole = json.loads(template(kind, document))
    whole["Parameters"] = {"Given": {"Type": "String"}}
    assert [flaw.code for flaw in flaws(tmp_path, "t.json", json.dumps(whole))] == []


def test_a_text_with_a_hole_is_wrong_when_every_filling_is(tmp_path: Path) -> None:
    sub = {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}
    document = of(but(BUCKET, Principal=sub, Effect={"Fn::Sub": "x${AWS::Region}"}))
    assert sorted(codes(tmp_path, "resource", document)) == ["invalid-effect", "invalid-principal-format"]


def test_hints(tmp_path: Path) -> None:
    document = {
        **of({"Sids": "A", **READ, "Version": "x", "_why": "y", "Zone": ""}), "Statements": [], "Resource": "*"
    }  # fmt: skip
    found = {flaw.path: flaw.message for flaw in flaws(tmp_path, "t.json", template("identity", document))}
    assert found == {
        "Sids": "`Sids` is no element of a statement; did you mean `Sid`?",
        "Version": "`Version` is no element of a statement; it belongs in the policy, beside Statement",
        "_why": "`_why` is no element of a statement; JSON policies have no comments",
        "Zone": "`Zone` is no element of a statement",
        "Statements": "`Statements` is no element of a policy; did you mean `Statement`?",
        "Resource": "`Resource` is no element of a policy; it belongs in a statement",
    }


def test_places(tmp_path: Path) -> None:
    text = (
        '{"Statement": [\n'
        '  {"Effect": "Allow", "Actions": "s3:*", "Resource": "*",\n'
        '   "Condition": {"StringEquals": {"a:b": [1,\n "x"]}}}]}\n'
    )
    found = [(f.code, f.place.span[1:], f.path) for f in flaws(tmp_path, "p.json", text)]
    assert found == [
        ("missing-version", (1, 1, 1, 2), "Version"),
        ("invalid-policy-element", (2, 23, 2, 32), "Actions"),
        ("invalid-condition-data-type", (4, 2, 4, 5), "Condition/StringEquals/a:b"),
    ]


def test_cloudformation_makes_strings_of_the_numbers_in_yaml(tmp_path: Path) -> None:
    text = """
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
        - Sid: 1
          Effect: Allow
          Action: s3:GetObject
          Resource: '*'
          Condition:
            NumericLessThan: {'s3:max-keys': [5, '6']}
"""
    assert flaws(tmp_path, "t.yaml", text) == []


def test_a_branch_without_an_element_is_told_of_alone(tmp_path: Path) -> None:
    text = """
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
        - Effect: !If [IsProd, Allow, deny]
          Action: !If [IsProd, [], 's3:*']
          Resource: '*'
"""
    found = flaws(tmp_path, "t.yaml", text)
    assert [(f.code, str(f.statement.when if f.statement else "")) for f in found] == [
        ("empty-array-action", "when IsProd"),
        ("invalid-effect", "when not IsProd"),
    ]


def test_an_endpoint_policy_of_sts_is_no_trust_policy(tmp_path: Path) -> None:
    policy = of({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"})
    assert flaws(tmp_path, "p.json", json.dumps(policy)) == []
    policy = of({"Effect": "Allow", "Principal": ROLE, "Action": "sts:AssumeRole", "Resource": "*"})
    assert [f.code for f in flaws(tmp_path, "p.json", json.dumps(policy))] == [
        "role-trust-policy-syntax-error-resource"
    ]
    one = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity", "Resource": "*"}
    other = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRoleWithWebIdentity"}
    assert flaws(tmp_path, "p.json", json.dumps(of(one, other))) == []


MADE = [
    # permissions that stand alone
    """
Resources:
  P: {Type: AWS::Lambda::Permission, Properties: {Action: lambda:InvokeFunction, FunctionName: f, Principal: !Ref X}}
  Q: {Type: AWS::Events::EventBusPolicy, Properties: {Action: events:PutEvents, Principal: '111122223333'}}
  L: {Type: AWS::Lambda::LayerVersionPermission, Properties: {Action: lambda:GetLayerVersion, Principal: '*'}}
""",
    # what SAM writes
    """
Transform: AWS::Serverless-2016-10-31
Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      Policies:
      - S3ReadPolicy: {BucketName: b}
      - {Effect: Allow, Action: s3:GetObject, Resource: '*'}
      Events:
        A: {Type: Api, Properties: {Path: /, Method: get}}
        S: {Type: SNS, Properties: {Topic: t}}
""",
]


@pytest.mark.parametrize("text", MADE)
def test_what_the_user_did_not_write_is_not_wrong(text: str, tmp_path: Path) -> None:
    assert flaws(tmp_path, "t.yaml", text) == []


def test_terraform_documents(tmp_path: Path) -> None:
    text = """
variable "none" { default = [] }
data "aws_iam_policy_document" "d" {
  statement {
    sid       = ""
    effect    = "allow"
    actions   = ["s3:GetObject"]
    resources = var.none
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = []
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/a"
      values   = []
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/b"
      values   = var.none
    }
  }
}
resource "aws_iam_policy" "p" { policy = data.aws_iam_policy_document.d.json }
resource "aws_lambda_permission" "p" {
  action        = "lambda:InvokeFunction"
  function_name = "f"
  principal     = "s3.amazonaws.com"
}
resource "aws_iam_policy" "j" {
  policy = jsonencode({
    Version = 2012-10-17
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = var.none, Sid = 1 }]
  })
}
"""
    found = [(f.code, f.place.span.line, f.place.span.column) for f in flaws(tmp_path, "main.tf", text)]
    assert sorted(found) == [
        ("data-type-mismatch", 33, 15),
        ("data-type-mismatch", 34, 82),
        ("empty-array-condition", 16, 18),
        ("invalid-effect", 6, 17),
        ("missing-resource", 10, 3),
    ]
