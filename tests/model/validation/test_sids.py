"""Statement ids: unique where AWS wants them so, and of letters and digits where IAM reads them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.parsers.stacks import Inputs, Reading, stacks

STATEMENT: dict[str, Any] = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": "*"}
BUCKET = {**STATEMENT, "Principal": "*"}


def told(folder: Path, name: str, text: str) -> list[tuple[str, int, str]]:
    (folder / name).write_text(text, encoding="utf-8")
    read = stacks(Reading(Inputs((str(folder),)), (), folder, None))
    return [
        (f.code, f.place.span.line, f.message) for s in read for p in s.policies for f in p.flaws if "sid" in f.code
    ]


def codes(folder: Path, of_type: str, at: str, *sids: str) -> list[str]:
    base = STATEMENT if of_type in ("AWS::IAM::ManagedPolicy", "AWS::IoT::Policy") else BUCKET
    document = {"Version": "2012-10-17", "Statement": [{"Sid": sid, **base} for sid in sids]}
    template = {"Resources": {"P": {"Type": of_type, "Properties": {at: document, "Bucket": "b"}}}}
    return [code for code, _, _ in told(folder, "t.json", json.dumps(template))]


@pytest.mark.parametrize(
    ("of_type", "at", "sids", "expected"),
    [
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", ("A", "B", "A", "A"), ["unique-sids-required"] * 2),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", ("A", "a"), []),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", ("A b", "C"), ["unsupported-sid"]),
        ("AWS::IAM::ManagedPolicy", "PolicyDocument", ("Aé",), ["unsupported-sid"]),
        ("AWS::S3::BucketPolicy", "PolicyDocument", ("A b", "A b"), ["unique-sids-recommended"]),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument", ("A-b", "c"), []),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument", ("c", "c"), ["unique-sids-recommended"]),
        ("AWS::IoT::Policy", "PolicyDocument", ("a b", "a b"), []),
    ],
)
def test_kinds(of_type: str, at: str, sids: tuple[str, ...], expected: list[str], tmp_path: Path) -> None:
    assert codes(tmp_path, of_type, at, *sids) == expected


def test_messages_and_places(tmp_path: Path) -> None:
    text = """{"Version": "2012-10-17", "Statement": [
  {"Sid": "Read it", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
  {"Sid": "Read", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
]}"""
    assert told(tmp_path, "p.json", text) == [
        ("unsupported-sid", 2, "the Sid `Read it` has a space in it: only letters and digits are allowed"),
        ("unique-sids-required", 4, "`Read` is the Sid of statement 2 already"),
    ]


def test_branches_and_holes(tmp_path: Path) -> None:
    text = """
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: '2012-10-17'
        Statement:
        - {Sid: !Ref Env, Effect: Allow, Action: 's3:GetObject', Resource: '*'}
        - {Sid: !Ref Env, Effect: Allow, Action: 's3:GetObject', Resource: '*'}
        - {Sid: Same, Effect: Allow, Action: !If [IsProd, 's3:*', 's3:Get*'], Resource: '*'}
        - !If
          - IsProd
          - {Sid: One, Effect: Allow, Action: 's3:GetObject', Resource: '*'}
          - {Sid: One, Effect: Deny, Action: 's3:GetObject', Resource: '*'}
        - {Sid: !Sub 'Of-${Env}', Effect: Allow, Action: 's3:GetObject', Resource: '*'}
"""
    assert told(tmp_path, "t.yaml", text) == [
        ("unsupported-sid", 18, "the Sid `Of-${Env}` has `-` in it: only letters and digits are allowed")
    ]
