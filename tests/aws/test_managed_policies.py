"""The table of AWS managed policies."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iamlint.aws import managed_policies

REPOSITORY = Path(__file__).parents[2]


def test_there_are_as_many_rows_as_documents() -> None:
    names = managed_policies.names()
    assert len(names) > 1500
    assert len({name.rpartition("/")[2].lower() for name in names}) == len(names)
    assert all(managed_policies.granted(name) for name in names)
    assert managed_policies.granted(names[-1]) is not None


@pytest.mark.parametrize(
    "name",
    ["arn:aws:iam::aws:policy/service-role/AWSLambdaRole", "service-role/AWSLambdaRole", "SERVICE-ROLE/awslambdarole"],
)
def test_a_policy_is_found_by_arn_and_name(name: str) -> None:
    found = managed_policies.find(name)
    assert found is not None
    assert found.name == "service-role/AWSLambdaRole"
    assert found.created == "2015-02-06"
    assert managed_policies.granted(name) == [
        {"Effect": "Allow", "Action": ["lambda:InvokeFunction"], "Resource": ["*"]}
    ]


def test_what_is_not_there() -> None:
    assert managed_policies.find("AWSLambdaRole") is None
    assert managed_policies.granted("AWSLambdaRole") is None
    assert managed_policies.path_of("AWSLambdaRole") == "service-role/AWSLambdaRole"
    assert managed_policies.path_of("Nothing") is None
    assert managed_policies.nearest("service-role/AWSLamdaRole") == "service-role/AWSLambdaRole"
    assert managed_policies.nearest("Nothing") == ""


def test_the_day_of_the_data() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", managed_policies.data_date())
    latest = managed_policies.find("ReadOnlyAccess")
    assert latest is not None
    assert latest.created < latest.updated <= managed_policies.data_date()


def test_lists_written_by_hand_agree_with_the_table() -> None:
    assert [name for name in managed_policies.WITHDRAWN if managed_policies.path_of(name)] == []
    assert [name for name in managed_policies.LEAVING if managed_policies.find(name) is None] == []
    successors = {*managed_policies.WITHDRAWN.values(), *managed_policies.LEAVING.values()} - {""}
    known = successors | managed_policies.ADMINISTRATOR | managed_policies.BROAD
    assert [name for name in sorted(known) if managed_policies.find(name) is None] == []
    assert set(managed_policies.WITHDRAWN) > managed_policies.ELSEWHERE


def test_every_policy_that_our_rules_call_good_exists() -> None:
    named = set()
    for path in (*REPOSITORY.glob("rules/*.yaml"), *REPOSITORY.glob("tests/fixtures/*/good*")):
        if path.is_file() and path.stem not in ("unknown-managed-policy", "deprecated-managed-policy"):
            named |= set(re.findall(r"arn:aws:iam::aws:policy/([\w+=,.@/-]+)", path.read_text(encoding="utf-8")))
    assert "ReadOnlyAccess" in named
    assert sorted(name for name in named if managed_policies.find(name) is None) == []
