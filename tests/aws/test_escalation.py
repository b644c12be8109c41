"""The table of escalation paths and the sets of exposing actions: what they name exists."""

from __future__ import annotations

import pytest

from iamlint.aws import actions, escalation, exposure


def test_every_action_of_a_path_is_one_of_aws() -> None:
    named = {action for path in escalation.paths() for action in path.actions}
    assert [action for action in sorted(named) if not actions.matching(action)] == []


def test_paths_are_distinct_and_the_most_dangerous_come_first() -> None:
    paths = escalation.paths()
    assert len({frozenset(path.actions) for path in paths}) == len(paths)
    order = [escalation.GAINS.index(path.gain) for path in paths]
    assert order == sorted(order)


def test_what_passes_a_role_says_to_which_service() -> None:
    for path in escalation.paths():
        assert bool(path.services) == ("iam:PassRole" in path.actions), str(path)


def test_what_decides_has_an_arn() -> None:
    without = [str(path) for path in escalation.paths() if not escalation.kind(path.actions[0])[1]]
    assert without == ["sso:CreatePermissionSet + sso:AttachManagedPolicyToPermissionSet + sso:CreateAccountAssignment"]


def test_patterns_reach_the_actions_that_they_take_in() -> None:
    single = escalation.reached("iam:putrolepolicy")
    assert single.bit_count() == 1
    assert escalation.reached("iam:put*") & single
    assert escalation.reached("*") == escalation.every()
    assert escalation.reached("s3:list*") == 0


@pytest.mark.parametrize("what", ["credentials", "data", "logs"])
def test_every_exposing_action_is_one_of_aws(what: str) -> None:
    found = [name for name in exposure._LISTED[what] if not actions.matching(name)]
    assert found == []


def test_what_a_pattern_exposes() -> None:
    assert exposure.exposing("redshift:GetCluster*", "credentials") == "redshift:getclustercredentials"
    assert exposure.exposing("ecr:GetAuthorizationToken", "credentials") == ""
    assert exposure.exposing("s3:PutBucketPol*", "resources") == "s3:putbucketpolicy"
    assert exposure.exposing("s3:GetObject", "resources") == ""
    assert exposure.exposing("iam:PutRolePolicy", "resources") == ""


def test_all_ways_in_which_a_pattern_exposes() -> None:
    assert exposure.exposures("SSM:GetParameter") == {"secrets": ("ssm:getparameter",)}
    assert exposure.exposures("kms:Decryp?") == {"keys": ("kms:decrypt",)}
    assert exposure.exposures("s3:Put*Policy")["resources"] == tuple(
        sorted(name for name in exposure.exposures("s3:*")["resources"] if name.startswith("s3:put")
               and name.endswith("policy"))
    )  # fmt: skip
    assert exposure.exposures("s3:List*") == {}
    assert sorted(exposure.exposures("sts:*")) == ["credentials"]


@pytest.mark.parametrize(
    ("action", "opens"),
    [
        ("kinesis:PutResourcePolicy", True),
        ("ec2:ModifyImageAttribute", True),
        ("rds:ModifyDBSnapshotAttribute", True),
        ("ram:AssociateResourceShare", True),
        ("kinesis:PutRecord", False),
        ("kinesis:GetResourcePolicy", False),
        ("sqs:RemovePermission", False),
        ("kms:RevokeGrant", False),
        ("kms:CreateGrant", True),
    ],
)
def test_what_opens_a_resource_to_others(action: str, opens: bool) -> None:
    assert exposure.exposing(action, "resources") == (action.lower() if opens else "")
