"""Which name was probably meant."""

from __future__ import annotations

import pytest

from iamlint.aws import actions, nearest
from iamlint.aws.service_names import prefixes


@pytest.mark.parametrize(
    ("name", "among", "expected"),
    [
        ("getobjekt", ["getobject", "putobject"], "getobject"),
        ("getobjcet", ["getobject"], "getobject"),
        ("getobject", ["getobject"], "getobject"),
        ("getobject", ["listusers"], ""),
        ("s4", ["s3"], ""),
        ("none", ["one"], ""),
        ("iamm", ["iam"], "iam"),
        ("", ["a"], ""),
        ("anything", [], ""),
    ],
)
def test_the_fewest_edits(name: str, among: list[str], expected: str) -> None:
    assert nearest.nearest(name, among) == expected


def test_the_nearer_of_two() -> None:
    assert nearest.nearest("describeinstancess", ["describeinstancesxx", "describeinstances"]) == "describeinstances"


def test_operations_are_no_actions_and_what_allows_them_is() -> None:
    for operation, allowed in nearest._OPERATIONS.items():
        prefix, _, name = operation.partition(":")
        known = actions.service(prefix)
        assert known is not None
        assert known.action(name) is None, operation
        for word in allowed.replace(",", "").split():
            if ":" in word:
                assert actions.matching(word), f"{operation}: {word}"


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("dyanmodb", "; did you mean `dynamodb`?"),
        ("StepFunctions", "; did you mean `states`?"),
        ("kinesisanalyticsv2", ": its actions have the prefix `kinesisanalytics`"),
        ("elastic-inference", ": AWS has closed the service"),
        ("qqqqqqqqq", ""),
    ],
)
def test_services(prefix: str, expected: str) -> None:
    assert nearest.hint_at_service(prefix) == expected
    assert nearest.hint_at_arn_service(prefix) == expected


def test_what_is_gone_or_called_otherwise_is_no_prefix_itself() -> None:
    from iamlint.aws import service_names

    assert not service_names.GONE & prefixes()
    assert not set(service_names._CALLED) & prefixes()
    assert set(service_names._CALLED.values()) <= prefixes()
