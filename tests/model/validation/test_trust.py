"""Trust policies: whether the action fits the principal, and whether a federated identity is told apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

ACCOUNT = "111122223333"
SAML = {"Federated": f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"}
HOST = "token.actions.githubusercontent.com"
GITHUB = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{HOST}"}
COGNITO = {"Federated": "cognito-identity.amazonaws.com"}
WEB = "sts:AssumeRoleWithWebIdentity"
CODES = (
    "invalid-federated-principal-syntax-in-role-trust-policy", "mismatched-assume-action",
    "missing-action-for-roles-anywhere-trust-policy", "missing-condition-key-for-oidc-principal",
    "specific-github-repo-and-branch-recommended", "redundant-principal-in-role-trust-policy",
)  # fmt: skip


def told(*statements: dict[str, Any]) -> list[tuple[str, str]]:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **s} for s in statements]})
    (policy,) = raw_policy.stack(read_json(SourceText("p.json", text))).policies
    assert policy.kind == "trust"
    return [(flaw.code, flaw.place.written.strip('"')) for flaw in policy.flaws if flaw.code in CODES]


def codes(*statements: dict[str, Any]) -> list[str]:
    return [code for code, _ in told(*statements)]


@pytest.mark.parametrize(
    ("provider", "wrong"),
    [
        ("*", True),
        ("corp", True),
        (f"arn:aws:iam::{ACCOUNT}:role/app", True),
        (f"arn:aws:iam::{ACCOUNT}:saml-provider/corp", False),
        (f"arn:aws-cn:iam::{ACCOUNT}:oidc-provider/oidc.eks.cn-north-1.amazonaws.com.cn/id/AB", False),
        ("accounts.google.com", False),
    ],
)
def test_what_a_provider_looks_like(provider: str, wrong: bool) -> None:
    found = codes({"Principal": {"Federated": provider}, "Action": "sts:AssumeRole*"})
    assert ("invalid-federated-principal-syntax-in-role-trust-policy" in found) is wrong


@pytest.mark.parametrize(
    ("principal", "action", "flagged"),
    [
        ({"Service": "ec2.amazonaws.com"}, "sts:AssumeRole", []),
        ({"Service": "ec2.amazonaws.com"}, WEB, [WEB]),
        ({"Service": "ec2.amazonaws.com"}, "sts:*", []),
        ({"AWS": ACCOUNT}, "sts:AssumeRoleWithSAML", ["sts:AssumeRoleWithSAML"]),
        (SAML, "sts:assumerole", ["sts:assumerole"]),
        (SAML, ["sts:AssumeRoleWithSAML", "sts:TagSession"], []),
        (SAML, WEB, [WEB]),
        (SAML, "sts:*", []),
        (GITHUB, WEB, []),
        (GITHUB, "sts:TagSession", []),
        ({**SAML, "AWS": ACCOUNT}, ["sts:AssumeRole", "sts:AssumeRoleWithSAML"], []),
        ({**SAML, "AWS": ACCOUNT}, "sts:AssumeRole", [SAML["Federated"]]),
        ({"AWS": "*"}, WEB, []),
    ],
)
def test_which_action_fits_whom(principal: Any, action: Any, flagged: list[str]) -> None:
    found = told({"Principal": principal, "Action": action})
    assert [at for code, at in found if code == "mismatched-assume-action"] == flagged
    denied = told({"Effect": "Deny", "Principal": principal, "Action": action})
    assert "mismatched-assume-action" not in [code for code, _ in denied]


def test_every_action_is_none_of_assuming(tmp_path: Path) -> None:
    service = {"Service": "ec2.amazonaws.com"}
    template = {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Principal": service, "Action": "*"}]}}
    text = json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": template}}})
    (tmp_path / "t.json").write_text(text, encoding="utf-8")
    (stack,) = stacks(Reading(Inputs((str(tmp_path),)), (), tmp_path, None))
    (policy,) = stack.policies
    assert [(f.code, f.place.written) for f in policy.flaws if f.code in CODES] == [("mismatched-assume-action", '"*"')]


def test_all_that_roles_anywhere_calls() -> None:
    code = "missing-action-for-roles-anywhere-trust-policy"
    service = {"Service": "rolesanywhere.amazonaws.com"}
    assert code in codes({"Principal": service, "Action": "sts:AssumeRole"})
    assert code not in codes({"Principal": service, "Action": "sts:*"})
    split = ["sts:SetSourceIdentity", "sts:TagSession"]
    assert code not in codes(
        {"Principal": service, "Action": "sts:AssumeRole"}, {"Principal": service, "Action": split}
    )
    assert code not in codes({"Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})


@pytest.mark.parametrize(
    ("principal", "key", "wrong"),
    [
        (COGNITO, "cognito-identity.amazonaws.com:aud", False),
        (COGNITO, "sts:RoleSessionName", True),
        (GITHUB, f"{HOST}:aud", False),
        (GITHUB, "gitlab.com:sub", True),
        (SAML, "sts:RoleSessionName", False),
    ],
)
def test_a_claim_of_the_very_provider(principal: Any, key: str, wrong: bool) -> None:
    action = "sts:AssumeRoleWithSAML" if principal is SAML else WEB
    found = codes({"Principal": principal, "Action": action, "Condition": {"StringEquals": {key: "x"}}})
    assert ("missing-condition-key-for-oidc-principal" in found) is wrong


@pytest.mark.parametrize(
    ("subject", "wide"),
    [
        ("repo:example/app:ref:refs/heads/main", False),
        ("repo:example/app:ref:refs/heads/release/*", False),
        ("repo:example/app:ref:refs/tags/v*", False),
        ("repo:example/app:environment:prod", False),
        ("repo:example@1/app@2:environment:prod", False),
        ("repo:example/app:pull_request", False),
        ("repo:example/app:*", True),
        ("repo:example/app*", True),
        ("repo:example/app:ref:refs/heads/*", True),
        ("repo:example/app:environment:*", True),
        ("repo:example/*", True),
        ("repo:example/*:ref:refs/heads/main", True),
        ("*", True),
        ("repository_owner_id:1:*", False),
    ],
)
def test_which_repository_and_branch(subject: str, wide: bool) -> None:
    statement = {"Principal": GITHUB, "Action": WEB, "Condition": {"StringLike": {f"{HOST}:sub": subject}}}
    flagged = [("specific-github-repo-and-branch-recommended", subject)] if wide else []
    assert told(statement) == flagged
    statement["Condition"] = {"StringLike": {f"{HOST}:sub": subject}, "StringEquals": {f"{HOST}:ref": "refs/heads/m"}}
    assert told(statement) == []


def test_a_role_and_its_session() -> None:
    role, session = f"arn:aws:iam::{ACCOUNT}:role/path/app", f"arn:aws:sts::{ACCOUNT}:assumed-role/app/me"
    other = "arn:aws:sts::444455556666:assumed-role/app/me"
    redundant = ("redundant-principal-in-role-trust-policy", session)
    assert told({"Principal": {"AWS": [role, session, other]}, "Action": "sts:AssumeRole"}) == [redundant]
    assert told({"Principal": {"AWS": [session, other]}, "Action": "sts:AssumeRole"}) == []
