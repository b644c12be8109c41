"""What a call of a well-known module of the registry makes is checked like the resource that it stands for."""

from __future__ import annotations

from pathlib import Path

import pytest

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.parsers.stacks import Inputs

BUCKET = "terraform-aws-modules/s3-bucket/aws"
IAM = "terraform-aws-modules/iam/aws//modules"
TRAIL = "cloudposse/cloudtrail/aws"
SHUT = "block_public_acls = true\nignore_public_acls = true\nblock_public_policy = true\nrestrict_public_buckets = true"
GOOD = "minimum_password_length = 16\npassword_reuse_prevention = 24\nmax_password_age = 60"


def told(tmp_path: Path, source: str, inputs: str, *rules: str) -> set[tuple[str, str]]:
    """Which of the rules speak, with the text that each finding is at."""
    text = f'module "m" {{\n  source = "{source}"\n{inputs}\n}}\n'
    (tmp_path / "main.tf").write_text(text, encoding="utf-8")
    known = load_rules().rules
    request = Request(Inputs((str(tmp_path / "main.tf"),)), [known[rule] for rule in rules], known, "2026-01-01")
    findings = check(request).findings
    assert {finding.address for finding in findings} <= {"module.m"}
    return {(finding.rule, text.splitlines()[finding.span.line - 1][finding.span.column - 1 :]) for finding in findings}


@pytest.mark.parametrize(
    ("source", "inputs", "rule", "written"),
    [
        (BUCKET, 'bucket = "b"\nacl = "public-read"', "public-acl", '"public-read"'),
        (BUCKET, 'bucket = "b"\nblock_public_acls = false', "public-access-block-off", "false"),
        ("git::https://github.com/terraform-aws-modules/terraform-aws-s3-bucket.git?ref=v3.7.0",
         'restrict_public_buckets = "false"', "public-access-block-off", '"false"'),
        (BUCKET, "versioning = {\nenabled = true\n}", "bucket-without-mfa-delete", "{"),
        (BUCKET, "versioning = {\nstatus = true\nmfa_delete = false\n}", "bucket-without-mfa-delete", "false"),
        (f"{IAM}/iam-account", 'account_alias = "x"', "weak-password-length", 'module "m" {'),
        (f"{IAM}/iam-account", "minimum_password_length = 13", "weak-password-length", "13"),
        (f"{IAM}/iam-account", "require_numbers = false", "password-without-numbers", "false"),
        (f"{IAM}/iam-account", "max_password_age = 0", "password-without-expiry", "0"),
        (f"{IAM}/iam-user", 'name = "bob"', "iam-user", 'module "m" {'),
        (f"{IAM}/iam-user", 'name = "bob"\ncreate_iam_user_login_profile = true\npassword_reset_required = false',
         "password-reset-not-required", "false"),
        (f"{IAM}/iam-user", 'name = "bob"\ncreate_access_key = true', "long-term-access-key", 'module "m" {'),
        (TRAIL, "enable_log_file_validation = false", "trail-without-validation", "false"),
        (TRAIL, "is_multi_region_trail = false", "trail-not-multi-region", "false"),
        (TRAIL, "include_global_service_events = false", "trail-not-multi-region", "false"),
    ],
)  # fmt: skip
def test_what_is_given_to_a_module_is_checked(
    tmp_path: Path, source: str, inputs: str, rule: str, written: str
) -> None:
    assert told(tmp_path, source, inputs, rule) == {(rule, written)}


@pytest.mark.parametrize(
    ("source", "inputs", "rule"),
    [
        (BUCKET, 'acl = "private"', "public-acl"),
        (BUCKET, f'bucket = "b"\nacl = "public-read"\n{SHUT}', "public-acl"),
        (BUCKET, 'acl = "public-read"\ncreate_bucket = false', "public-acl"),
        (BUCKET, 'acl = "public-read"\ncount = 0', "public-acl"),
        ("example/s3-bucket/aws", 'acl = "public-read"', "public-acl"),
        (BUCKET, 'bucket = "b"', "public-access-block-off"),
        (BUCKET, "block_public_acls = true", "public-access-block-off"),
        (BUCKET, "versioning = {\nenabled = true\nmfa_delete = true\n}", "bucket-without-mfa-delete"),
        (BUCKET, "versioning = {}", "bucket-without-mfa-delete"),
        (f"{IAM}/iam-account", GOOD, "weak-password-length"),
        (f"{IAM}/iam-account", GOOD, "password-without-numbers"),
        (f"{IAM}/iam-account", "create_account_password_policy = false", "weak-password-length"),
        (f"{IAM}/iam-user", 'name = "bob"', "long-term-access-key"),
        (f"{IAM}/iam-user", 'name = "bob"\ncreate_login_profile = true', "password-reset-not-required"),
        (f"{IAM}/iam-user", 'name = "bob"\ncreate_user = false', "iam-user"),
        (TRAIL, 'name = "t"', "trail-not-multi-region"),
        (TRAIL, 'name = "t"', "trail-without-validation"),
        (TRAIL, 'name = "t"', "trail-without-encryption"),
    ],
)  # fmt: skip
def test_what_is_left_to_a_module_is_what_all_its_versions_do(
    tmp_path: Path, source: str, inputs: str, rule: str
) -> None:
    assert told(tmp_path, source, inputs, rule) == set()
