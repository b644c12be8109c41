"""Names of services: their form, and which say on whose behalf they call."""

from __future__ import annotations

import pytest

from iamlint.aws import service_principals as services


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("ec2.amazonaws.com", "ec2"),
        ("ec2.amazonaws.com.cn", "ec2"),
        ("logs.eu-west-1.amazonaws.com", "logs"),
        ("logs.us-gov-east-1.amazonaws.com", "logs"),
        ("delivery.logs.amazonaws.com", "delivery.logs"),
        ("ec2", ""),
    ],
)
def test_without_suffix_and_region(name: str, stem: str) -> None:
    assert services.stem(name) == stem


def test_hints() -> None:
    assert services.format_problem("ec2.amazonaws.com") == ""
    assert "did you mean `lambda.amazonaws.com`?" in services.format_problem("lambda")
    assert "did you mean `ec2.amazonaws.com`?" in services.format_problem("EC2.amazonaws.com")
    assert "did you mean" not in services.format_problem("EC2 or so")
    assert "`s3.eu-west-1.amazonaws.com`" in services.via_service_problem("s3.amazonaws.com")
    assert "`s3.eu-west-1.amazonaws.com`" in services.via_service_problem("logging.s3.amazonaws.com")
    assert "`ec2.eu-west-1.amazonaws.com`" in services.via_service_problem("ec2.eu-west.amazonaws.com")
    assert services.via_service_problem("s3.cn-north-1.amazonaws.com.cn") == ""
    assert services.via_service_problem("S3.eu-west-1.amazonaws.com").startswith("is not in lower case")


def test_every_pair_names_services_that_exist() -> None:
    from iamlint.aws import actions

    reached = {service for listed in services._DOCUMENTED.values() for service in listed}
    assert all(actions.service(prefix) is not None for prefix in reached)
    assert services.says_for_whom("sns.amazonaws.com", "sqs")
    assert not services.says_for_whom("sns.amazonaws.com", "s3")


@pytest.mark.parametrize("name", ["ecs-tasks", "scheduler", "vpc-flow-logs", "logs.eu-west-1", "rds", "appstream"])
def test_services_that_assume_a_role_with_the_keys(name: str) -> None:
    assert services.assumes_for_whom(f"{name}.amazonaws.com")


@pytest.mark.parametrize(
    "name", ["ec2", "lambda", "events", "codepipeline", "streams.metrics.cloudwatch", "backup", "pods.eks"]
)
def test_services_not_documented_to_assume_a_role_with_the_keys(name: str) -> None:
    assert not services.assumes_for_whom(f"{name}.amazonaws.com")


def test_each_service_that_assumes_a_role_has_its_page() -> None:
    assert all(
        (page.endswith(".html") and "/latest/" in page) or "/userguide/" in page
        for page in services._ASSUMING_FOR_WHOM.values()
    )
