"""Shares with accounts and organizations that the configuration does not list: through whole files."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.config import Config
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

OWN, FOREIGN = "111122223333", "444455556666"


def told(
    tmp_path: Path, text: str, name: str = "main.tf", accounts: tuple[str, ...] = (OWN,), orgs: tuple[str, ...] = ()
) -> list[str]:
    """Whom the rule names."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    known = load_rules().rules
    config = Config(trusted_accounts=accounts, trusted_orgs=orgs)
    request = Request(Inputs((str(tmp_path / name),)), [known["untrusted-share"]], known, "2026-01-01", config)
    return [finding.message.split("shared with ")[1].split(",")[0] for finding in check(request).findings]


RESOURCES = {
    "aws_ami_launch_permission": 'account_id = "WHO"',
    "aws_snapshot_create_volume_permission": 'account_id = "WHO"',
    "aws_db_snapshot": 'shared_accounts = ["WHO"]',
    "aws_db_cluster_snapshot": 'shared_accounts = ["WHO"]',
    "aws_db_snapshot_copy": 'shared_accounts = ["WHO"]',
    "aws_rds_cluster_snapshot_copy": 'shared_accounts = ["WHO"]',
    "aws_ssm_document": 'permissions = {\n    type = "Share"\n    account_ids = "WHO"\n  }',
    "aws_ram_principal_association": 'principal = "WHO"',
    "aws_vpc_endpoint_service": 'allowed_principals = ["arn:aws:iam::WHO:root"]',
    "aws_vpc_endpoint_service_allowed_principal": 'principal_arn = "arn:aws:iam::WHO:role/r"',
    "aws_kms_grant": 'grantee_principal = "arn:aws:iam::WHO:role/r"',
    "aws_lakeformation_permissions": 'principal = "WHO"',
    "aws_redshift_data_share_authorization": 'consumer_identifier = "WHO"',
    "aws_redshift_endpoint_authorization": 'account = "WHO"',
    "aws_servicecatalog_portfolio_share": 'type = "ACCOUNT"\n  principal_id = "WHO"',
    "aws_ecr_replication_configuration": "replication_configuration {\n    rule {\n      destination {\n"
    '        region = "eu-west-1"\n        registry_id = "WHO"\n      }\n    }\n  }',
    "aws_imagebuilder_distribution_configuration": "distribution {\n    ami_distribution_configuration {\n"
    '      launch_permission {\n        user_ids = ["WHO"]\n      }\n    }\n  }',
}


@pytest.mark.parametrize("kind", sorted(RESOURCES))
def test_shares_of_a_module(tmp_path: Path, kind: str) -> None:
    text = f'variable "v" {{}}\nresource "{kind}" "r" {{\n  {RESOURCES[kind]}\n}}\n'
    assert told(tmp_path, text.replace("WHO", FOREIGN)) == [f"account {FOREIGN}"]
    assert told(tmp_path, text.replace("WHO", OWN)) == []
    assert told(tmp_path, text.replace("WHO", "${var.v}")) == []
    # Without a list of one's own accounts nobody can tell a stranger.
    assert told(tmp_path, text.replace("WHO", FOREIGN), accounts=()) == []


PROPERTIES = {
    "AWS::RAM::ResourceShare": "Principals: ['WHO']",
    "AWS::EC2::VPCEndpointServicePermissions": "AllowedPrincipals: ['arn:aws:iam::WHO:root']",
    "AWS::ECR::ReplicationConfiguration": "ReplicationConfiguration: {Rules: [{Destinations: [{RegistryId: 'WHO'}]}]}",
    "AWS::LakeFormation::PrincipalPermissions": "Principal: {DataLakePrincipalIdentifier: 'WHO'}",
    "AWS::LakeFormation::Permissions": "DataLakePrincipal: {DataLakePrincipalIdentifier: 'WHO'}",
    "AWS::Redshift::EndpointAuthorization": "Account: 'WHO'",
    "AWS::ServiceCatalog::PortfolioShare": "AccountId: 'WHO'",
    "AWS::ImageBuilder::DistributionConfiguration":
        "Distributions: [{AmiDistributionConfiguration: {LaunchPermissionConfiguration: {UserIds: ['WHO']}}}]",
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(PROPERTIES))
def test_shares_of_a_template(tmp_path: Path, kind: str) -> None:
    text = (
        f"Parameters: {{V: {{Type: String}}}}\nResources:\n  R: {{Type: {kind}, Properties: {{{PROPERTIES[kind]}}}}}\n"
    )
    assert told(tmp_path, text.replace("WHO", FOREIGN), "t.yaml") == [f"account {FOREIGN}"]
    assert told(tmp_path, text.replace("WHO", OWN), "t.yaml") == []
    assert told(tmp_path, text.replace("'WHO'", "!Ref V"), "t.yaml") == []
    assert told(tmp_path, text.replace("WHO", FOREIGN), "t.yaml", accounts=()) == []


@pytest.mark.parametrize(
    ("arn", "orgs", "named"),
    [
        ("organization/o-strangers1", ("o-friends123",), ["organization o-strangers1"]),
        ("ou/o-strangers1/ou-ab12-11111111", ("o-friends123",), ["organization o-strangers1"]),
        ("organization/o-friends123", ("o-friends123",), []),
        ("organization/o-strangers1", (), []),
    ],
)
def test_shares_with_an_organization(tmp_path: Path, arn: str, orgs: tuple[str, ...], named: list[str]) -> None:
    principal = f'principal = "arn:aws:organizations::{FOREIGN}:{arn}"'
    text = f'resource "aws_ram_principal_association" "r" {{ {principal} }}\n'
    assert told(tmp_path, text, orgs=orgs) == named


PERMISSION = """
variable "org" {{}}
resource "aws_cloudwatch_event_permission" "p" {{
  principal    = "{}"
  statement_id = "s"
{}}}
"""
CONDITION = (
    '  condition {\n    key   = "aws:PrincipalOrgID"\n    type  = "StringEquals"\n    value = "o-friends1234"\n  }\n'
)


@pytest.mark.parametrize(
    ("principal", "more", "rules"),
    [
        ("*", "", ["public-resource-policy"]),
        ("*", CONDITION, []),
        (FOREIGN, "", ["untrusted-account"]),
        (OWN, "", []),
    ],
)
def test_the_permission_of_an_event_bus(tmp_path: Path, principal: str, more: str, rules: list[str]) -> None:
    (tmp_path / "main.tf").write_text(PERMISSION.format(principal, more), encoding="utf-8")
    known = load_rules().rules
    asked = [known["public-resource-policy"], known["untrusted-account"]]
    config = Config(trusted_accounts=(OWN,))
    request = Request(Inputs((str(tmp_path / "main.tf"),)), asked, known, "2026-01-01", config)
    assert [finding.rule for finding in check(request).findings] == rules
