"""What the claims of web identity providers say of whom a trust policy lets in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from iamlint.model.policy import Policy
from iamlint.model.statement import Statement
from iamlint.parsers import raw_policy
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

GITHUB = "token.actions.githubusercontent.com"


def trust(provider: str, condition: dict[str, Any]) -> Statement:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": condition,
    }
    document = read_json(SourceText("p.json", json.dumps({"Version": "2012-10-17", "Statement": [statement]})))
    found: Policy
    (found,) = raw_policy.stack(document).policies
    return found.statements[0]


def claims(**values: str | list[str]) -> dict[str, Any]:
    return {f"{GITHUB}:{claim}": value for claim, value in values.items()}


@pytest.mark.parametrize(
    ("subject", "wide"),
    [
        ("repo:acme/app:*", False),
        ("repo:acme/*", False),
        ("repo:acme@123/app@456:ref:refs/heads/main", False),
        ("repo:acme@*/app@*:ref:refs/heads/main", False),
        ("repository_owner:acme:*", False),
        ("job_workflow_ref:acme/flows/.github/workflows/x.yml@*", False),
        ("environment:prod:repository_owner_id:12:*", False),
        ("repo:acme*/app*:*", True),
        ("repo:acme*", True),
        ("repo:acm?/app:*", True),
        ("repo:*:environment:prod", True),
        ("environment:prod", True),
        ("environment:prod:repository_owner:*", True),
        ("*:repository_owner:acme", True),
    ],
)
def test_a_github_subject_names_its_owner_in_full(subject: str, wide: bool) -> None:
    found = trust(GITHUB, {"StringLike": claims(sub=subject)})
    assert found.conditions[0].subject_is_too_wide is wide
    assert found.pins_owner is not wide


def test_the_wide_one_of_several_subjects_is_pointed_at() -> None:
    found = trust(GITHUB, {"StringLike": claims(sub=["repo:acme/app:*", "repo:*:environment:prod"])})
    (wide,) = found.conditions[0].wide_subjects
    assert wide.literal == "repo:*:environment:prod"


def test_a_star_is_no_wildcard_for_string_equals() -> None:
    found = trust(GITHUB, {"StringEquals": claims(sub="repo:*")})
    assert found.conditions[0].subject_is_too_wide is False


@pytest.mark.parametrize(
    ("condition", "pinned"),
    [
        ({"StringEquals": claims(sub="repo:acme/app:ref:refs/heads/main")}, True),
        ({"ForAnyValue:StringLike": claims(sub="repo:acme/app:*")}, True),
        ({"ForAllValues:StringLike": claims(sub="repo:acme/app:*")}, True),
        ({"StringLikeIfExists": claims(sub="repo:acme/app:*")}, True),
        ({"StringLike": claims(sub=[])}, True),
        ({"ForAllValues:StringLike": claims(sub=[])}, True),
        ({"StringNotLike": claims(sub=[])}, False),
        ({"StringEquals": claims(repository_owner_id="1234")}, True),
        ({"StringLike": claims(job_workflow_ref="acme/flows/.github/workflows/x.yml@*")}, True),
        ({"StringEquals": claims(aud="sts.amazonaws.com")}, False),
        ({"StringEquals": claims(environment="prod")}, False),
        ({"StringEquals": claims(ref="refs/heads/main")}, False),
        ({"StringNotLike": claims(sub="repo:evil/*")}, False),
        ({"StringLike": claims(sub="*")}, False),
    ],
)
def test_what_pins_the_subject_of_github(condition: dict[str, Any], pinned: bool) -> None:
    assert trust(GITHUB, condition).pins_subject is pinned


@pytest.mark.parametrize(
    ("provider", "methods", "pinned"),
    [
        ("acme.auth0.com/", ["cloud_admins", "acme_operations"], True),
        ("acme.auth0.com/", ["cloud_admins", "pwd"], False),
        ("acme.auth0.com/", "mfa", False),
        ("acme.auth0.com/", "*", False),
        ("acme.auth0.com/", [], False),
        ("acme.auth0.com/", "authenticated", False),
        ("accounts.google.com", "hwk", False),
    ],
)
def test_groups_stand_in_the_methods_of_a_tenant(provider: str, methods: str | list[str], pinned: bool) -> None:
    condition = {"ForAnyValue:StringLike": {f"{provider}:amr": methods}}
    assert trust(provider, condition).pins_subject is pinned


def test_an_owner_beside_a_wide_subject_pins_it() -> None:
    condition = {
        "StringEquals": claims(repository_owner_id="1234"),
        "StringLike": claims(sub="repo:*:environment:prod"),
    }
    assert trust(GITHUB, condition).pins_owner is True


@pytest.mark.parametrize(
    ("provider", "subject", "wide"),
    [
        ("gitlab.com", "project_path:acme/*:ref_type:branch:ref:main", False),
        ("gitlab.com", "project_path:*:ref_type:branch:ref:main", True),
        ("app.terraform.io", "organization:acme:project:*:workspace:prod:run_phase:*", False),
        ("app.terraform.io", "organization:*:project:*:workspace:prod:run_phase:*", True),
        ("agent.buildkite.com", "organization:acme:pipeline:deploy:*", False),
        ("agent.buildkite.com", "organization:a*:pipeline:deploy:*", True),
        ("oidc.circleci.com/org/1", "org/1/project/2/*", False),
        ("oidc.eks.eu-west-1.amazonaws.com/id/A", "system:serviceaccount:apps:*", False),
        ("oidc.eks.eu-west-1.amazonaws.com/id/A", "system:serviceaccount:*:api", True),
        # The issuer is one tenant's already.
        ("api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc", "*:{step}", False),
    ],
)
def test_where_the_owner_stands_in_other_subjects(provider: str, subject: str, wide: bool) -> None:
    found = trust(provider, {"StringLike": {f"{provider}:sub": subject}})
    assert found.conditions[0].subject_is_too_wide is wide


@pytest.mark.parametrize(
    ("provider", "key", "pinned"),
    [
        ("accounts.google.com", "accounts.google.com:aud", True),
        ("accounts.google.com", "accounts.google.com:oaud", False),
        ("www.amazon.com", "www.amazon.com:app_id", True),
        ("oidc.circleci.com/org/1", "oidc.circleci.com/org/1:aud", True),
        ("acme.auth0.com/", "acme.auth0.com/:aud", False),
    ],
)
def test_whose_audience_names_the_tenant(provider: str, key: str, pinned: bool) -> None:
    found = trust(provider, {"StringEquals": {key: "x"}})
    assert found.pins_subject is pinned
    assert found.pins_audience is True


def test_issuers_for_everybody_and_for_one_tenant() -> None:
    assert trust(GITHUB, {}).principals[0].is_of_everybody
    assert not trust("gitlab.acme.com", {}).principals[0].is_of_everybody
    assert trust("oidc.eks.eu-west-1.amazonaws.com/id/A", {}).principals[0].is_cluster


def test_the_audience_of_saml_and_cognito() -> None:
    saml = trust("x", {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}})
    assert saml.pins_saml_audience is True
    assert saml.pins_identity_pool is False
    assert trust("x", {"StringLike": {"SAML:aud": "*"}}).pins_saml_audience is False
    pool = trust("x", {"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:1"}})
    assert pool.pins_identity_pool is True
    assert pool.pins_subject is False
