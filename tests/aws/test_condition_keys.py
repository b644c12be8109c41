"""Which condition keys AWS has, and which requests carry them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from iamlint.aws import condition_keys
from iamlint.aws.condition_keys import carries, find_key, is_listed_elsewhere, is_of_provider, is_prefix
from iamlint.aws.global_keys import global_key, global_names
from iamlint.aws.regions import is_region, names


@pytest.fixture
def extended() -> Iterator[None]:
    condition_keys.configure(("corp:Team",))
    yield
    condition_keys.configure(())


@pytest.mark.parametrize(
    ("name", "spelled", "kind", "several"),
    [
        ("aws:sourceip", "aws:SourceIp", "IPAddress", False),
        ("AWS:PrincipalTag/a/b:c", "aws:PrincipalTag/${TagKey}", "String", False),
        ("aws:CalledVia", "aws:CalledVia", "String", True),
        ("S3:Prefix", "s3:prefix", "String", False),
        ("kms:EncryptionContext:aws:logs:arn", "kms:EncryptionContext:${EncryptionContextKey}", "String", False),
        ("s3:RequestObjectTag/team", "s3:RequestObjectTag/<key>", "String", False),
        ("iam:ResourceTag/team/owner", "iam:ResourceTag/${TagKey}", "String", False),
        ("saml:AUD", "saml:aud", "String", False),
        ("dynamodb:Attributes", "dynamodb:Attributes", "String", True),
        ("lambda:SourceFunctionArn", "lambda:SourceFunctionArn", "ARN", False),
    ],
)
def test_a_key_is_found_in_any_case_and_with_its_tag(name: str, spelled: str, kind: str, several: bool) -> None:
    found = find_key(name)
    assert found is not None
    assert (found.name, found.types, found.is_multivalued) == (spelled, (kind,), several)


@pytest.mark.parametrize("name", ["aws:ResourceTag", "aws:RequestTag/", "aws:Nothing", "s3:prefixes", "nothing:at-all"])
def test_what_aws_does_not_list_is_no_key(name: str) -> None:
    assert find_key(name) is None


def test_there_are_61_global_keys_of_which_ten_are_sensitive() -> None:
    keys = [global_key(name.replace("${TagKey}", "x")) for name in global_names()]
    assert len(keys) == 61
    assert sum(key is not None and key.is_sensitive for key in keys) == 10


@pytest.mark.parametrize(
    ("name", "of_provider"),
    [
        ("token.actions.githubusercontent.com:sub", True),
        ("oidc.eks.eu-west-1.amazonaws.com/id/ABC:sub", True),
        ("accounts.google.com:aud", True),
        ("<PROVIDER>:sub", True),
        ("s3:prefix", False),
        ("saml:aud", False),
    ],
)
def test_claims_of_identity_providers_are_told_apart(name: str, of_provider: bool) -> None:
    assert is_of_provider(name) is of_provider


@pytest.mark.parametrize(
    ("service", "action", "key", "carried"),
    [
        ("s3", "ListBucket", "s3:prefix", True),
        ("s3", "getobject", "S3:Prefix", False),
        ("iam", "TagRole", "iam:ResourceTag/team/owner", True),  # the key of the resource type
        ("secretsmanager", "GetSecretValue", "secretsmanager:ResourceTag/team", True),  # listed with `…/tag-key`
        ("ssm", "DeregisterManagedInstance", "ssm:resourceTag/team", True),
        ("ssm", "DescribeParameters", "ssm:resourceTag/team", False),
        ("iam", "SetDefaultPolicyVersion", "aws:RequestTag/owner", False),
        ("iam", "SetDefaultPolicyVersion", "aws:SourceIp", True),
        ("iam", "NoSuchAction", "aws:RequestTag/owner", True),
        ("nothing", "GetIt", "aws:RequestTag/owner", True),
        ("ecs", "RunTask", "iam:PassedToService", False),
        ("aws-marketplace", "Subscribe", "aws-marketplace:ProductId", True),
        ("sts", "AssumeRole", "id.example.com:sub", True),
    ],
)
def test_which_requests_carry_a_key(service: str, action: str, key: str, carried: bool) -> None:
    assert carries(service, action, key) is carried


def test_a_key_may_be_listed_by_another_service_than_its_prefix_names() -> None:
    assert is_listed_elsewhere("catalog:ChangeType")
    assert not is_listed_elsewhere("lakeformation:GlueARN")
    assert is_prefix("identitycenter") and not is_prefix("nothing")


@pytest.mark.usefixtures("extended")
def test_keys_of_the_configuration_are_known() -> None:
    assert find_key("corp:team") is not None
    assert carries("s3", "GetObject", "corp:team")


def test_keys_of_the_configuration_are_forgotten_with_it() -> None:
    condition_keys.configure(("corp:Team",))
    condition_keys.configure(())
    assert find_key("corp:team") is None


def test_regions_and_patterns_of_regions() -> None:
    assert {"us-east-1", "cn-north-1", "us-gov-west-1", "eusc-de-east-1"} <= names()
    assert is_region("eu-west-1") and is_region("us-*") and is_region("aws-global")
    assert not is_region("eu-west-9") and not is_region("moon-*")
