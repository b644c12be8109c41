"""Computed attributes are patterns with holes: the right service, partition, type and name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.model.identity import Role
from iamlint.model.stack import Stack

Shown = Callable[..., Any]
Made = Callable[..., Stack]

P, R, A = (
    "${data.aws_partition.current.partition}",
    "${data.aws_region.current.name}",
    "${data.aws_caller_identity.current.account_id}",
)
SECRET = f"arn:{P}:secretsmanager:{R}:{A}:secret:app/db-${{aws_secretsmanager_secret.it.arn}}"
ROLE = f"arn:{P}:iam::{A}:role/team/x/app"
OAI = f"arn:{P}:iam::cloudfront:user/CloudFront Origin Access Identity"
LAMBDA = f"arn:{P}:lambda:{R}:{A}:function:app"


@pytest.mark.parametrize(
    ("kind", "body", "attribute", "expected"),
    [
        ("aws_s3_bucket", 'bucket = "b"', "arn", f"arn:{P}:s3:::b"),
        ("aws_s3_bucket", 'bucket = "b"', "id", "b"),
        ("aws_s3_bucket", 'bucket_prefix = "b-"', "arn", f"arn:{P}:s3:::b-${{aws_s3_bucket.it.arn}}"),
        ("aws_s3_bucket", "", "arn", f"arn:{P}:s3:::${{aws_s3_bucket.it.arn}}"),
        ("aws_s3_bucket", 'bucket = "${var.x}-b"', "arn", f"arn:{P}:s3:::${{var.x}}-b"),
        ("aws_s3_bucket", 'bucket = "${var.x}-b"', "id", "${aws_s3_bucket.it.id}"),
        ("aws_sqs_queue", 'name = "${var.x}-q"', "arn", f"arn:{P}:sqs:{R}:{A}:${{var.x}}-q"),
        ("aws_sqs_queue", 'name_prefix = "q-"', "name", "q-${aws_sqs_queue.it.name}"),
        ("aws_cloudwatch_log_group", 'name = "/aws/x"', "arn", f"arn:{P}:logs:{R}:{A}:log-group:/aws/x"),
        ("aws_ssm_parameter", 'name = "/a/b"', "arn", f"arn:{P}:ssm:{R}:{A}:parameter/a/b"),
        ("aws_ssm_parameter", 'name = "a"', "arn", f"arn:{P}:ssm:{R}:{A}:parameter/a"),
        ("aws_secretsmanager_secret", 'name = "app/db"', "arn", SECRET),
        ("aws_secretsmanager_secret", 'name = "app/db"', "id", SECRET),
        ("aws_iam_role", 'name = "app"\npath = "/team/x/"', "arn", ROLE),
        ("aws_iam_role", 'name = "app"', "id", "app"),
        ("aws_iam_role", 'name = "app"', "unique_id", "AROA${aws_iam_role.it.unique_id}"),
        ("aws_iam_policy", 'name = "app"', "arn", f"arn:{P}:iam::{A}:policy/app"),
        ("aws_iam_policy", 'name = "app"', "id", f"arn:{P}:iam::{A}:policy/app"),
        ("aws_iam_openid_connect_provider", 'url = "https://a.b/c"', "arn", f"arn:{P}:iam::{A}:oidc-provider/a.b/c"),
        ("aws_iam_openid_connect_provider", 'url = "https://a.b/c"', "url", "a.b/c"),
        ("aws_iam_openid_connect_provider", 'url = "https://a.b/${var.x}"', "url", "a.b/${var.x}"),
        ("aws_iam_openid_connect_provider", 'url = var.x', "url", "${var.x}"),
        ("aws_kms_alias", 'name = "alias/x"', "arn", f"arn:{P}:kms:{R}:{A}:alias/x"),
        ("aws_kms_key", "", "arn", f"arn:{P}:kms:{R}:{A}:key/${{aws_kms_key.it.arn}}"),
        ("aws_instance", "", "id", "i-${aws_instance.it.id}"),
        ("aws_instance", "", "arn", f"arn:{P}:ec2:{R}:{A}:instance/i-${{aws_instance.it.id}}"),
        ("aws_lambda_function", 'function_name = "app"', "qualified_arn",
         f"{LAMBDA}:${{aws_lambda_function.it.qualified_arn}}"),
        ("aws_cloudwatch_event_rule", 'name = "r"', "arn", f"arn:{P}:events:{R}:{A}:rule/r"),
        ("aws_cloudwatch_event_rule", 'name = "r"\nevent_bus_name = "b"', "arn", f"arn:{P}:events:{R}:{A}:rule/b/r"),
        ("aws_route53_zone", "", "arn", f"arn:{P}:route53:::hostedzone/${{aws_route53_zone.it.arn}}"),
        ("aws_api_gateway_rest_api", "", "execution_arn",
         f"arn:{P}:execute-api:{R}:{A}:${{aws_api_gateway_rest_api.it.execution_arn}}"),
        ("aws_cloudfront_origin_access_identity", "", "iam_arn",
         f"{OAI} ${{aws_cloudfront_origin_access_identity.it.iam_arn}}"),
        ("aws_sqs_queue", 'name = var.x == "a" ? "one" : "two"', "arn",
         {'when var.x == "a"': f"arn:{P}:sqs:{R}:{A}:one", 'when not var.x == "a"': f"arn:{P}:sqs:{R}:{A}:two"}),
        ("aws_new_service_thing", 'name = "n"', "arn", "${aws_new_service_thing.it.arn}"),
    ],
)  # fmt: skip
def test_of_a_resource(value: Shown, kind: str, body: str, attribute: str, expected: object) -> None:
    context = f'variable "x" {{}}\nresource "{kind}" "it" {{\n{body}\n}}\n'
    assert value(f"{kind}.it.{attribute}", context) == expected


@pytest.mark.parametrize(
    ("kind", "body", "attribute", "expected"),
    [
        ("aws_caller_identity", "", "account_id", "${data.aws_caller_identity.it.account_id}"),
        ("aws_partition", "", "dns_suffix", "${data.aws_partition.it.dns_suffix}"),
        ("aws_iam_openid_connect_provider", 'url = "https://a.b/c"', "url", "a.b/c"),
        ("aws_iam_role", 'name = "app"', "arn", f"arn:{P}:iam::{A}:role/app"),
        ("aws_iam_user", 'user_name = "ci"', "arn", f"arn:{P}:iam::{A}:user/ci"),
        ("aws_iam_group", 'group_name = "ops"', "arn", f"arn:{P}:iam::{A}:group/ops"),
        ("aws_sns_topic", 'name = "t"', "arn", f"arn:{P}:sns:{R}:{A}:t"),
        ("aws_ecs_cluster", 'cluster_name = "c"', "arn", f"arn:{P}:ecs:{R}:{A}:cluster/c"),
        ("aws_iam_policy", 'name = "AmazonS3FullAccess"', "arn", f"arn:{P}:iam::aws:policy/AmazonS3FullAccess"),
        ("aws_iam_policy", 'name = "Billing"', "arn", f"arn:{P}:iam::aws:policy/job-function/Billing"),
        ("aws_iam_policy", 'arn = "arn:aws:iam::aws:policy/X"', "arn", "arn:aws:iam::aws:policy/X"),
        ("aws_elb_service_account", "", "arn", f"arn:{P}:iam::${{data.aws_elb_service_account.it.id}}:root"),
        ("aws_organizations_organization", "", "id", "o-${data.aws_organizations_organization.it.id}"),
        ("aws_canonical_user_id", "", "id", "${data.aws_canonical_user_id.it.id}"),
        ("aws_arn", 'arn = "arn:aws:sqs:eu-west-1:111122223333:q:r"', "resource", "q:r"),
        ("aws_arn", 'arn = "arn:aws:sqs:eu-west-1:111122223333:q"', "account", "111122223333"),
        ("aws_arn", 'arn = "arn:${data.aws_partition.p.id}:sqs:eu-west-1:1:q"', "service", "sqs"),
        ("aws_arn", 'arn = "arn:${data.aws_partition.p.id}:sqs:eu-west-1:1:q"', "partition",
         "${data.aws_partition.p.id}"),
        ("aws_arn", "arn = var.x", "account", "${data.aws_arn.it.account}"),
    ],
)  # fmt: skip
def test_of_a_data_source(value: Shown, kind: str, body: str, attribute: str, expected: object) -> None:
    context = f'variable "x" {{}}\ndata "aws_partition" "p" {{}}\ndata "{kind}" "it" {{\n{body}\n}}\n'
    assert value(f"data.{kind}.it.{attribute}", context) == expected


def test_a_customers_policy_that_sounds_like_one_of_aws_is_not_taken_for_it(value: Shown) -> None:
    context = 'data "aws_iam_policy" "it" {\n  name = "TeamFullAccess"\n}\n'
    assert value("data.aws_iam_policy.it.arn", context) == "${data.aws_iam_policy.it.arn}"


def test_arns_with_names_still_link(stack: Made) -> None:
    """Two policies of one name in two modules: each goes to the role that it is attached to."""
    made = stack("""
    variable "x" {}
    resource "aws_iam_policy" "a" {
      name   = "${var.x}-p"
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
    }
    resource "aws_iam_policy" "b" {
      name   = "p"
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sqs:*", Resource = "*" }] })
    }
    resource "aws_iam_policy" "c" {
      name   = "p"
      policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "sns:*", Resource = "*" }] })
    }
    resource "aws_iam_role" "r" {
      name = "${var.x}-r"
    }
    resource "aws_iam_role_policy_attachment" "a" {
      role       = aws_iam_role.r.name
      policy_arn = aws_iam_policy.a.arn
    }
    resource "aws_iam_role_policy_attachment" "c" {
      role       = aws_iam_role.r.id
      policy_arn = aws_iam_policy.c.arn
    }
    """)
    (role,) = made.of_kind("role")
    assert isinstance(role, Role)
    assert [[holder.label for holder in policy.holders] for policy in made.policies] == [
        ["aws_iam_role.r"], [], ["aws_iam_role.r"],
    ]  # fmt: skip
    assert [attachment.label for attachment in role.attachments] == ["`aws_iam_policy.a`", "`aws_iam_policy.c`"]
