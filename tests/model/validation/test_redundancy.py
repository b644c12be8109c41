"""What a policy says twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.logic import glob
from iamlint.model.policy import Policy
from iamlint.model.validation import redundancy
from iamlint.parsers import raw_policy
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

BUCKET = "arn:aws:s3:::b"


def policy(*statements: dict[str, Any]) -> Policy:
    base = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    content = {"Version": "2012-10-17", "Statement": [{**base, **said} for said in statements]}
    (found,) = raw_policy.stack(read_json(SourceText("p.json", json.dumps(content)))).policies
    return found


def told(*statements: dict[str, Any]) -> list[str]:
    return [flaw.message for flaw in redundancy.check(policy(*statements))]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (["s3:Get*", "s3:GetObject"], ["`s3:GetObject` is covered by `s3:Get*`"]),
        (["s3:GetObject", "S3:get*"], ["`s3:GetObject` is covered by `S3:get*`"]),
        (["s3:GetObject", "s3:getobject"], ["`s3:getobject` stands in the list twice"]),
        (["s3:GetObject", "*"], ["`s3:GetObject` is covered by `*`"]),
        (["s3:Get?bject", "s3:GetObject"], ["`s3:GetObject` is covered by `s3:Get?bject`"]),
        (["s3:Get*", "s3:Get**"], ["`s3:Get**` is covered by `s3:Get*`"]),
        (["s3:*Object", "s3:Get*"], []),
        (["s3:GetObject", "s3:GetObjectAcl"], []),
        (["s3:Get*", "s3express:GetObject"], []),
        (["s3:GetObject*", "s3:GetObject?"], ["`s3:GetObject?` is covered by `s3:GetObject*`"]),
        (["s3:GetObject?", "s3:GetObject*"], ["`s3:GetObject?` is covered by `s3:GetObject*`"]),
        (["s3:GetObject"], []),
    ],
)
def test_actions(actions: list[str], expected: list[str]) -> None:
    assert told({"Action": actions}) == expected
    flaws = list(redundancy.check(policy({"NotAction": actions, "Action": []})))
    assert [flaw.message for flaw in flaws] == expected
    assert {flaw.code for flaw in flaws} <= {"redundant-action"}


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([f"{BUCKET}/*", f"{BUCKET}/x/*"], [f"`{BUCKET}/x/*` is covered by `{BUCKET}/*`"]),
        ([BUCKET, f"{BUCKET}/*"], []),
        ([f"{BUCKET}*", f"{BUCKET}/*"], [f"`{BUCKET}/*` is covered by `{BUCKET}*`"]),
        ([f"{BUCKET}/*", f"{BUCKET.upper()}/x"], []),
        (["arn:*:s3:::b/*", f"{BUCKET}/x"], [f"`{BUCKET}/x` is covered by `arn:*:s3:::b/*`"]),
        ([f"{BUCKET}/*", f"{BUCKET}/${{aws:username}}"], [f"`{BUCKET}/${{aws:username}}` is covered by `{BUCKET}/*`"]),
        ([f"{BUCKET}/${{*}}", f"{BUCKET}/x"], []),
        (["*", BUCKET], [f"`{BUCKET}` is covered by `*`"]),
    ],
)
def test_resources(resources: list[str], expected: list[str]) -> None:
    assert told({"Resource": resources}) == expected


SAME = {"Action": ["s3:GetObject", "s3:ListBucket"], "Resource": BUCKET}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({}, {}, True),
        ({"Sid": "A"}, {"Sid": "B"}, True),
        ({"Action": ["s3:GetObject"]}, {"Action": "S3:GetObject"}, True),
        (SAME, {**SAME, "Action": ["s3:ListBucket", "s3:GetObject"]}, True),
        ({}, {"Effect": "Deny"}, False),
        ({}, {"Resource": "x"}, False),
        ({}, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, False),
        ({"Principal": "*"}, {"Principal": {"AWS": "111122223333"}}, False),
        ({"Action": "s3:A"}, {"NotAction": "s3:A", "Action": []}, False),
        (
            {"Condition": {"StringEquals": {"aws:username": ["a", "b"]}}},
            {"Condition": {"stringequals": {"AWS:username": ["b", "a"]}}},
            True,
        ),
    ],
)
def test_statements(one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert told(one, other) == ([f"says exactly what {_name(one)} says already"] if same else [])


def _name(statement: dict[str, Any]) -> str:
    return f"`{statement['Sid']}`" if "Sid" in statement else "statement 1"


def of_terraform(folder: Path, statement: str, extra: str = "") -> list[str]:
    path = folder / "p.tf"
    path.write_text(
        f'{extra}\nresource "aws_iam_policy" "p" {{\n  policy = jsonencode({{Version = "2012-10-17", Statement = [\n'
        f"    {statement}]}})\n}}\n",
        encoding="utf-8",
    )
    (stack,) = stacks(Reading(Inputs((str(path.parent),)), (), path.parent, None))
    return [flaw.message for found in stack.policies for flaw in redundancy.check(found)]


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ('concat(["s3:Get*"], ["s3:GetObject"])', ["`s3:GetObject` is covered by `s3:Get*`"]),
        ('["s3:Get${var.x}", "s3:GetObject"]', []),
        ('["s3:Get*", "s3:Get${var.x}"]', []),
        ('distinct(["s3:Get*", "s3:Get*"])', []),
        ('concat(["s3:GetObject"], var.x ? ["s3:Get*"] : [])', []),
        ('concat(["s3:Get*"], var.x ? ["s3:GetObject"] : [])', ["`s3:GetObject` is covered by `s3:Get*`"]),
        ('[for n in ["a", "b"] : "s3:GetObject"]', []),
        ('concat(["s3:GetObject"], var.x)', []),
    ],
)
def test_what_is_not_known_is_not_redundant(tmp_path: Path, actions: str, expected: list[str]) -> None:
    statement = f'{{Effect = "Allow", Action = {actions}, Resource = "*"}}'
    assert of_terraform(tmp_path, statement, 'variable "x" {}') == expected


def test_statements_with_unknown_parts_are_not_equal(tmp_path: Path) -> None:
    statement = '{Effect = "Allow", Action = "s3:GetObject", Resource = var.x}'
    assert of_terraform(tmp_path, f"{statement}, {statement}", 'variable "x" {}') == []


def test_long_lists_of_wildcards_end() -> None:
    marks = [f"s3:{'?' * (n + 1)}*a?{n}" for n in range(300)]
    stars = [f"s3:*{n}*{n}*" for n in range(300)]
    found = told({"Action": [*marks, *stars, "s3:GetObject", "s3:GetObject"]})
    assert found[-1] == "`s3:GetObject` stands in the list twice"
    assert 100 < len(found) < 600


GLOBS = st.text(alphabet="ab*?", max_size=6)


@settings(max_examples=300)
@given(wide=GLOBS, narrow=GLOBS)
def test_covering_is_that_of_globs(wide: str, narrow: str) -> None:
    exact = glob.covers(glob.tokens(wide), glob.tokens(narrow))
    assert redundancy._covers(wide, narrow) is exact or ("*" not in wide and "?" not in wide)
