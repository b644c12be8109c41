"""Nested stacks: children get their parameters from the parent in view, and give their outputs back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.parsers.stacks import Inputs, Reading, stacks

Project = Callable[..., dict[str, list[Stack]]]

CHILD = """
    Parameters:
      Action: {Type: String, Default: "*"}
      Names: {Type: CommaDelimitedList, Default: "*"}
      Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
    Conditions:
      IsProd: !Equals [!Ref Env, prod]
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties:
          RoleName: !If [IsProd, app-prod, app-dev]
          Policies:
            - PolicyName: p
              PolicyDocument: {Statement: [{Effect: Allow, Action: !Ref Action, Resource: !Ref Names}]}
    Outputs:
      Name: {Value: !Ref Role}
      Arn: {Value: !GetAtt Role.Arn}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The stacks of a folder of files, by the file of each."""
    monkeypatch.chdir(tmp_path)

    def make(files: Mapping[str, str], *paths: str) -> dict[str, list[Stack]]:
        for name, text in files.items():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(dedent(text))
        found: dict[str, list[Stack]] = {}
        for stack in stacks(Reading(Inputs(paths or (".",)))):
            found.setdefault(stack.root, []).append(stack)
        return found

    return make


def policy(stack: Stack) -> Policy:
    (found,) = (policy for policy in stack.policies if policy.kind == "identity")
    return found


def granted(stack: Stack) -> list[tuple[list[str], list[str]]]:
    return [([a.shown for a in s.actions], [r.shown for r in s.resources]) for s in policy(stack).statements]


def parent(parameters: str, url: str = "./b.yaml", rest: str = "") -> str:
    return (
        "Resources:\n"
        "  Nested:\n"
        "    Type: AWS::CloudFormation::Stack\n"
        f"    Properties: {{TemplateURL: {url}, Parameters: {parameters}}}\n" + rest
    )


@pytest.mark.parametrize("names", [("a.yaml", "b.yaml"), ("z.yaml", "b.yaml")])
def test_a_child_is_read_once_with_what_its_parent_gives(project: Project, names: tuple[str, str]) -> None:
    given = "{Action: 's3:GetObject', Names: !Join [',', ['arn:aws:s3:::a', 'arn:aws:s3:::b']]}"
    found = project({names[0]: parent(given), names[1]: CHILD})
    assert sorted(found) == sorted(names)
    (child,) = found["b.yaml"]
    assert granted(child) == [(["s3:GetObject"], ["arn:aws:s3:::a", "arn:aws:s3:::b"])]
    action = policy(child).statements[0].actions[0]
    assert action.place.source.path == names[0]
    assert action.place.written == "'s3:GetObject'"
    assert [related.message for related in action.via] == ["used here as parameter Action"]


def test_what_the_parent_does_not_give_has_its_default(project: Project) -> None:
    found = project({"a.yaml": parent("{Action: 's3:GetObject'}"), "b.yaml": CHILD})
    assert granted(found["b.yaml"][0]) == [(["s3:GetObject"], ["*"])]


def test_what_the_parent_does_not_know_is_not_the_default(project: Project) -> None:
    declared = "Parameters: {Wanted: {Type: String}}\n"
    found = project({"a.yaml": parent("{Action: !Ref Wanted}") + declared, "b.yaml": CHILD})
    assert granted(found["b.yaml"][0]) == [(["${Wanted}"], ["*"])]


def test_a_condition_of_the_child_is_decided_by_the_parent(project: Project) -> None:
    found = project({"a.yaml": parent("{Env: prod}"), "b.yaml": CHILD})
    (role,) = found["b.yaml"][0].of_kind("role")
    assert getattr(role, "label", "") == "app-prod"


def test_a_condition_of_the_parent_is_one_of_the_child(project: Project) -> None:
    conditions = "Conditions: {IsProd: !Equals [!Ref 'AWS::Region', eu-west-1]}\n"
    body = parent("{Action: !If [IsProd, 's3:GetObject', 's3:*']}", rest="    Condition: IsProd\n")
    found = project({"a.yaml": body + conditions, "b.yaml": CHILD})
    assert str(policy(found["b.yaml"][0]).when) == "when IsProd of the parent stack"
    assert granted(found["b.yaml"][0])[0][0] == ["s3:GetObject"]


def test_outputs_flow_back(project: Project) -> None:
    rest = """
  Trusting:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: {Effect: Allow, Principal: {AWS: !GetAtt Nested.Outputs.Arn}, Action: 'sts:AssumeRole'}
"""
    found = project({"a.yaml": parent("{Env: prod}", rest=rest), "b.yaml": CHILD})
    (trust,) = found["a.yaml"][0].policies
    principal = trust.statements[0].principals[0].name
    assert principal.shown.endswith(":role/app-prod")
    assert principal.place.source.path == "b.yaml"
    assert [(r.place.source.path, r.message) for r in principal.via] == [("a.yaml", "used here as output Arn")]


def test_one_child_gives_to_the_next(project: Project) -> None:
    rest = """
  Second:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: c.yaml, Parameters: {Who: !GetAtt Nested.Outputs.Name}}
"""
    last = """
        Parameters: {Who: {Type: String}}
        Resources:
          P:
            Type: AWS::IAM::Policy
            Properties:
              PolicyName: p
              Roles: [!Ref Who]
              PolicyDocument: {Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}
    """
    found = project({"a.yaml": parent("{Env: prod}", rest=rest), "b.yaml": CHILD, "c.yaml": last})
    assert policy(found["c.yaml"][0]).holders[0].label == "app-prod"


def test_a_child_of_two_stacks_is_read_for_each(project: Project) -> None:
    rest = """
  Second:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: b.yaml, Parameters: {Action: 'sqs:SendMessage'}}
"""
    found = project({"a.yaml": parent("{Action: 's3:GetObject'}", rest=rest), "b.yaml": CHILD})
    assert [granted(stack)[0][0] for stack in found["b.yaml"]] == [["s3:GetObject"], ["sqs:SendMessage"]]


@pytest.mark.parametrize("url", ["https://example.com/b.yaml", "s3://bucket/b.yaml", "missing.yaml", "!Ref X"])
def test_a_child_that_is_not_at_hand_is_unknown(project: Project, url: str) -> None:
    found = project({"a.yaml": parent("{Action: 's3:GetObject'}", url), "b.yaml": CHILD})
    assert [(u.reason, u.count) for u in found["a.yaml"][0].unresolved] == [("a nested template is not read", 1)]
    assert granted(found["b.yaml"][0]) == [(["*"], ["*"])]


def test_nothing_outside_of_the_root_is_read(project: Project, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / ".git").mkdir()
    found = project({"b.yaml": CHILD, "in/a.yaml": parent("{}", "../b.yaml")}, "in")
    assert sorted(found) == ["in/a.yaml"]


def test_templates_that_nest_each_other_are_read(project: Project) -> None:
    rest = """
  Again:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: NAME}
"""
    found = project({"a.yaml": CHILD.replace("    Outputs", "    O") + "", "b.yaml": parent("{}", "c.yaml"),
                     "c.yaml": parent("{}", "b.yaml", rest.replace("NAME", "c.yaml"))})  # fmt: skip
    assert {"b.yaml", "c.yaml"} <= set(found)


def test_a_named_parent_reads_its_child_for_context(project: Project) -> None:
    found = project({"a.yaml": parent("{Env: prod}"), "b.yaml": CHILD}, "a.yaml")
    assert sorted(found) == ["a.yaml", "b.yaml"]


def test_a_serverless_application_is_a_nested_stack(project: Project) -> None:
    text = """
        Transform: AWS::Serverless-2016-10-31
        Resources:
          App:
            Type: AWS::Serverless::Application
            Properties: {Location: app/b.yaml, Parameters: {Action: 's3:GetObject'}}
    """
    found = project({"a.yaml": text, "app/b.yaml": CHILD})
    assert granted(found["app/b.yaml"][0])[0][0] == ["s3:GetObject"]


def test_a_nested_stack_of_the_cdk_is_found_by_its_asset(project: Project) -> None:
    text = """
        {"Resources": {"N": {
          "Type": "AWS::CloudFormation::Stack",
          "Properties": {
            "TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/x.json"]]},
            "Parameters": {"Action": "s3:GetObject"}},
          "Metadata": {"aws:cdk:path": "App/N", "aws:asset:path": "N.nested.template.json"}}}}
    """
    child = """
        {"Parameters": {"Action": {"Type": "String"}},
         "Resources": {"R": {
           "Type": "AWS::IAM::Role", "Metadata": {"aws:cdk:path": "App/N/R/Resource"},
           "Properties": {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": [
             {"Effect": "Allow", "Action": {"Ref": "Action"}, "Resource": "*"}]}}]}}}}
    """
    found = project({"cdk.out/App.template.json": text, "cdk.out/N.nested.template.json": child})
    (stack,) = found["cdk.out/N.nested.template.json"]
    assert granted(stack) == [(["s3:GetObject"], ["*"])]
    assert policy(stack).address == "App/N/R/Resource"


def test_the_problems_of_a_child_are_told_once(project: Project) -> None:
    rest = "  Second: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: b.json}}\n"
    child = '{"Resources": {"R": {"Type": "AWS::IAM::Role", "Type": "AWS::IAM::Role"}}}'
    found = project({"a.yaml": parent("{}", "b.json", rest), "b.json": child})
    problems = [thing for stack in found["b.json"] for thing in stack.of_kind("problem")]
    assert len({(problem.place.start, getattr(problem, "message", "")) for problem in problems}) == 1
