"""Files of parameters: each form, each mistake, and what the values change."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from iamlint.model.stack import Stack
from iamlint.parsers.cloudformation.parameter_files import ParameterFileError, read_parameters
from iamlint.parsers.stacks import Inputs, Reading, stacks
from iamlint.source.node import ScalarNode

TEMPLATE = """
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Actions: {Type: CommaDelimitedList, Default: "s3:GetObject"}
  Key: {Type: String, NoEcho: true, Default: arn:aws:kms}
  Looked: {Type: "AWS::SSM::Parameter::Value<String>", Default: /a}
  Subnets: {Type: "List<AWS::EC2::Subnet::Id>", Default: "subnet-1"}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  P:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement:
          - {Effect: Allow, Action: !Ref Actions, Resource: !If [IsProd, "*", !Sub "arn:aws:s3:::${Env}/*"]}
          - {Effect: Allow, Action: "a:B", Resource: [!Ref Key, !Ref Looked, !Select [0, !Ref Subnets]]}
"""


def read(folder: Path, *files: str) -> Stack:
    (folder / "t.yaml").write_text(TEMPLATE)
    reading = Reading(Inputs((str(folder / "t.yaml"),), parameter_files=tuple(str(folder / name) for name in files)))
    (stack,) = stacks(reading)
    assert all(str(folder / name) in reading.focus for name in files)
    return stack


def shown(stack: Stack) -> list[tuple[str, list[str], list[str]]]:
    return [
        (str(s.when), [str(a) for a in s.actions], [str(r) for r in s.resources])
        for policy in stack.policies
        for s in policy.statements
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '[{"ParameterKey": "Env", "ParameterValue": "prod"}]'),
        ("p.yaml", "- {ParameterKey: X, UsePreviousValue: true}\n- {ParameterKey: Env, ParameterValue: prod}"),
        ("p.json", '["Env=prod", "Y="]'),
        ("p.json", '{"Parameters": {"Env": "prod"}, "Tags": {"a": "b"}, "StackPolicy": {}}'),
        ("p.json", '{"Env": "prod"}'),
        ("p.yaml", "Env: prod"),
        ("p.yaml", "template-file-path: t.yaml\nparameters:\n  Env: prod"),
        ("p.yaml", "- ParameterKey: Env\n  ParameterValue: prod"),
        ("p.yml", "Parameters:\n  Env: prod"),
        ("p.params", '{"Env": "prod"}'),
    ],
)  # fmt: skip
def test_forms(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    value = read_parameters(str(tmp_path / name), name)["Env"]
    assert isinstance(value, ScalarNode)
    assert (value.value, value.written.strip('"').removeprefix("Env=")) == ("prod", "prod")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"ParameterKey": "Env"}]', "p.json:1:2: Env has no `ParameterValue`"),
        ('[{"Key": "Env"}]', "p.json:1:2: here `ParameterKey` and `ParameterValue` are looked for"),
        ('["Env"]', "p.json:1:2: here `ParameterKey`"),
        ('{"Env": {"Ref": "x"}}', "p.json:1:9: the value of Env is neither a string nor a list of strings"),
        ('{"Env": [["x"]]}', "p.json:1:9: the value of Env"),
        ('{"Env": ', "p.json:1:"),
        ('"Env"', "no parameters are in it"),
        ("", "p.json:"),
    ],
)
def test_mistakes_are_told_with_their_place_and_what_would_be_right(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.json").write_text(text)
    with pytest.raises(ParameterFileError) as raised:
        read_parameters(str(tmp_path / "p.json"), "p.json")
    assert said in str(raised.value)
    assert "in JSON or YAML" in str(raised.value)


def test_files_that_are_no_text_or_not_there(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_bytes(b"\xff\xfe\xff")
    for name in ("p.json", "none.json"):
        with pytest.raises(ParameterFileError, match=name):
            read_parameters(str(tmp_path / name), name)


def test_without_values_every_branch_is_there(tmp_path: Path) -> None:
    assert shown(read(tmp_path))[:2] == [
        ("when IsProd", ["s3:GetObject"], ["*"]),
        ("when not IsProd and Env is dev", ["s3:GetObject"], ["arn:aws:s3:::dev/*"]),
    ]


def test_a_value_decides_what_conditions_say(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"Env": "prod", "Actions": "s3:*, iam:*"}')
    assert shown(read(tmp_path, "p.json"))[0] == ("", ["s3:*", "iam:*"], ["*"])


def test_a_later_file_wins_and_a_list_may_be_a_list(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"Env": "prod", "Actions": "s3:*"}')
    (tmp_path / "q.yaml").write_text(
        dedent("""
        Env: dev
        Actions: [a:B, "c:D,e:F"]
    """)
    )
    assert shown(read(tmp_path, "p.json", "q.yaml"))[0] == ("", ["a:B", "c:D", "e:F"], ["arn:aws:s3:::dev/*"])


def test_secrets_and_what_is_looked_up_stay_unknown(tmp_path: Path) -> None:
    assert shown(read(tmp_path))[2][2] == ["${Key}", "${Looked}", "${Subnets[0]}"]
    (tmp_path / "p.json").write_text('{"Key": "k", "Looked": "/b", "Subnets": "subnet-7,subnet-8"}')
    assert shown(read(tmp_path, "p.json"))[2][2] == ["${Key}", "${Looked}", "subnet-7"]


def test_a_value_is_placed_in_its_file_and_says_where_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"Actions": "iam:*"}')
    (statement, *_) = [s for policy in read(tmp_path, "p.json").policies for s in policy.statements]
    (action,) = statement.actions
    assert action.place.span.path.endswith("p.json")
    assert (action.place.span.line, action.place.span.column) == (1, 14)
    assert [related.message for related in action.via] == ["used here as parameter Actions"]
    assert action.via[0].place.span.path.endswith("t.yaml")
