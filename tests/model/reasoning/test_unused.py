"""Things that nothing uses: told only where everything that could use them is in view."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iamlint.model.identity import Group, InstanceProfile, LoginProfile, Role, User
from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.model.thing import Thing
from iamlint.model.unknown import Truth
from iamlint.parsers.stacks import Inputs, Reading, stacks


def answer(stack: Stack, thing: Thing) -> Truth:
    if isinstance(thing, User):
        return stack.lacks_group(thing)
    if isinstance(thing, Group):
        return stack.lacks_members(thing)
    if isinstance(thing, Role):
        return stack.lacks_policies(thing)
    if isinstance(thing, Policy):
        return stack.leaves_unattached(thing)
    if isinstance(thing, InstanceProfile):
        return stack.leaves_unused(thing)
    return isinstance(thing, LoginProfile) and stack.lacks_password_policy(thing)


def unused(folder: Path, files: dict[str, str]) -> list[str]:
    """The addresses of what is surely unused in the files given by name."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    made = list(stacks(Reading(Inputs((str(folder),)))))
    return sorted({thing.address for stack in made for thing in stack.things if answer(stack, thing) is True})


USER = 'resource "aws_iam_user" "a" {\n  name = "a"\n}\n'
GROUP = 'resource "aws_iam_group" "g" {\n  name = "g"\n}\n'
ROLE = 'resource "aws_iam_role" "r" {\n  name = "r"\n  assume_role_policy = "{}"\n}\n'
POLICY = 'resource "aws_iam_policy" "p" {\n  name = "p"\n  policy = "{\\"Statement\\": []}"\n}\n'
PROFILE = 'resource "aws_iam_instance_profile" "i" {\n  name = "i"\n  role = "r"\n}\n'


@pytest.mark.parametrize(
    ("thing", "address", "beside"),
    [
        (USER, "aws_iam_user.a", 'resource "aws_iam_access_key" "k" {\n  user = aws_iam_user.a.name\n}\n'),
        (USER, "aws_iam_user.a", 'resource "aws_iam_user_group_membership" "m" {\n  user = "b"\n  groups = ["g"]\n}\n'),
        (USER, "aws_iam_user.a", 'output "u" {\n  value = data.aws_iam_user.a.arn\n}\n'),
        (GROUP, "aws_iam_group.g",
         'resource "aws_iam_group_policy" "m" {\n  group = aws_iam_group.g.name\n  policy = "{}"\n}\n'),
        (ROLE, "aws_iam_role.r", 'resource "aws_ecs_task_definition" "t" {\n  task_role_arn = aws_iam_role.r.arn\n}\n'),
        (ROLE, "aws_iam_role.r", 'resource "aws_iam_role_policy" "m" {\n  role = "other"\n  policy = "{}"\n}\n'),
        (POLICY, "aws_iam_policy.p", 'moved {\n  from = aws_iam_policy.old\n  to   = aws_iam_policy.p\n}\n'),
        (PROFILE, "aws_iam_instance_profile.i", 'resource "aws_instance" "i" {\n  iam_instance_profile = "other"\n}\n'),
    ],
)  # fmt: skip
def test_what_says_nothing_of_it_uses_nothing(tmp_path: Path, thing: str, address: str, beside: str) -> None:
    assert unused(tmp_path, {"main.tf": thing + beside}) == [address]


@pytest.mark.parametrize(
    ("thing", "reference"),
    [
        (USER, "aws_iam_user.a.name"),
        (GROUP, "aws_iam_group.g.name"),
        (ROLE, "aws_iam_role.r.name"),
        (POLICY, "aws_iam_policy.p.arn"),
        (PROFILE, "aws_iam_instance_profile.i.name"),
    ],
)
@pytest.mark.parametrize(
    "handed",
    [
        'output "o" {{\n  value = {}\n}}\n',
        "locals {{\n  l = {}\n}}\n",
        'module "m" {{\n  source = "example/m/aws"\n  given  = {}\n}}\n',
        'resource "aws_ssm_parameter" "s" {{\n  name = "s"\n  type = "String"\n  value = {}\n}}\n',
        'resource "null_resource" "n" {{\n  triggers = {{ t = {} }}\n}}\n',
        'resource "aws_cloudformation_stack" "n" {{\n  parameters = {{ P = {} }}\n}}\n',
    ],
)
def test_what_is_handed_on_may_be_used(tmp_path: Path, thing: str, reference: str, handed: str) -> None:
    assert unused(tmp_path, {"main.tf": thing + handed.format(reference)}) == []


@pytest.mark.parametrize(
    ("thing", "unclear"),
    [
        (USER, 'resource "aws_iam_group_membership" "m" {\n  name = "m"\n  group = "g"\n  users = var.v\n}\n'),
        (USER, 'resource "aws_iam_user_group_membership" "m" {\n  user = "x-${var.v}"\n  groups = ["g"]\n}\n'),
        (GROUP, 'resource "aws_iam_user_group_membership" "m" {\n  user = "u"\n  groups = var.v\n}\n'),
        (GROUP, 'resource "aws_iam_group_membership" "m" {\n  count = var.v\n  group = aws_iam_group.g.id\n}\n'),
        (ROLE, 'resource "aws_iam_role_policy_attachment" "m" {\n  role = var.v\n  policy_arn = "arn:x"\n}\n'),
        (ROLE, 'resource "aws_iam_role_policy" "m" {\n  role = each.value\n  policy = "{}"\n  for_each = var.v\n}\n'),
        (POLICY, 'resource "aws_iam_role_policy_attachment" "m" {\n  role = "x"\n  policy_arn = var.v\n}\n'),
        (POLICY, 'resource "aws_iam_user" "u" {\n  name = "u"\n  permissions_boundary = var.v\n}\n' + GROUP
         + 'resource "aws_iam_group_membership" "m" {\n  name = "m"\n  group = "g"\n  users = ["u"]\n}\n'),
        (PROFILE, 'resource "aws_instance" "i" {\n  iam_instance_profile = var.v\n}\n'),
    ],
)  # fmt: skip
def test_a_reference_that_is_not_understood_may_mean_it(tmp_path: Path, thing: str, unclear: str) -> None:
    assert unused(tmp_path, {"main.tf": thing + unclear + 'variable "v" {}\n'}) == []


def test_an_arn_of_an_unknown_account_names_its_policy(tmp_path: Path) -> None:
    attached = 'resource "aws_iam_role_policy_attachment" "m" {\n  role = "x"\n  policy_arn = "%s"\n}\n'
    attached = attached.replace("%s", "arn:aws:iam::${var.v}:policy/%s")
    assert unused(tmp_path, {"main.tf": POLICY + attached % "other" + 'variable "v" {}\n'}) == ["aws_iam_policy.p"]
    assert unused(tmp_path, {"main.tf": POLICY + attached % "p" + 'variable "v" {}\n'}) == []


def test_a_module_is_looked_at_by_itself(tmp_path: Path) -> None:
    call = 'module "m" {\n  source   = "./m"\n  for_each = { "a.b" = 1 }\n}\n'
    assert unused(tmp_path, {"main.tf": call + GROUP, "m/main.tf": POLICY}) == [
        "aws_iam_group.g",
        'module.m["a.b"].aws_iam_policy.p',
    ]
    assert unused(tmp_path, {"m/outputs.tf": 'output "p" {\n  value = aws_iam_policy.p.arn\n}\n'}) == [
        "aws_iam_group.g"
    ]


def test_the_json_syntax_names_things_too(tmp_path: Path) -> None:
    attachment = {"role": "x", "policy_arn": "arn:x"}
    resources: dict[str, Any] = {
        "aws_iam_policy": {"p": {"name": "p", "policy": "{}"}},
        "aws_iam_role_policy_attachment": {"m": attachment},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": resources}), encoding="utf-8")
    assert unused(tmp_path, {}) == ["aws_iam_policy.p"]
    output = {"o": {"value": "${aws_iam_policy.p.arn}"}}
    (tmp_path / "main.tf.json").write_text(json.dumps({"resource": resources, "output": output}), encoding="utf-8")
    assert unused(tmp_path, {}) == []


def plan(*references: str, **outputs: Any) -> str:
    policy = {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "name": "p"}
    queue = {"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q"}
    listed = [
        {**policy, "expressions": {"policy": {}}},
        {**queue, "expressions": {"tags": {"references": list(references)}}},
    ]
    values = {"name": "p", "policy": '{"Statement": []}'}
    return json.dumps(
        {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": [{**policy, "values": values}]}},
            "configuration": {"root_module": {"resources": listed, "outputs": outputs}},
        }
    )


def test_a_plan_tells_by_its_references(tmp_path: Path) -> None:
    assert unused(tmp_path, {"plan.json": plan()}) == ["aws_iam_policy.p"]
    assert unused(tmp_path, {"plan.json": plan("data.aws_iam_policy.p.arn")}) == ["aws_iam_policy.p"]
    assert unused(tmp_path, {"plan.json": plan("aws_iam_policy.p.arn", "aws_iam_policy.p")}) == []
    output = {"expression": {"references": ["aws_iam_policy.p.arn"]}}
    assert unused(tmp_path, {"plan.json": plan(o=output)}) == []


def test_a_state_does_not_tell(tmp_path: Path) -> None:
    policy = {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy", "name": "p"}
    resources = [{**policy, "values": {"name": "p", "policy": '{"Statement": []}'}}]
    state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
    assert unused(tmp_path, {"state.json": json.dumps(state)}) == []


DOCUMENT = "{Statement: [{Effect: Allow, Action: 'a:B', Resource: '*'}]}"
TEMPLATE = f"""
Resources:
  U: {{Type: AWS::IAM::User}}
  G: {{Type: AWS::IAM::Group}}
  R: {{Type: AWS::IAM::Role}}
  P: {{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {DOCUMENT}}}}}
  I: {{Type: AWS::IAM::InstanceProfile, Properties: {{Roles: [x]}}}}
"""
ALL = ["Resources/G", "Resources/I", "Resources/P", "Resources/R", "Resources/U"]


@pytest.mark.parametrize(
    ("more", "still"),
    [
        ("", ALL),
        ("  K: {Type: AWS::IAM::AccessKey, Properties: {UserName: !Ref U}}", ALL),
        ("  T: {Type: AWS::ECS::TaskDefinition, Properties: {TaskRoleArn: !GetAtt R.Arn}}", ALL),
        ("  M: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref G, Users: [!Ref U]}}",
         ["Resources/I", "Resources/P", "Resources/R"]),
        ("  M: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref G, Users: !Ref List}}",
         ["Resources/I", "Resources/P", "Resources/R"]),
        ("  M: {Type: AWS::IAM::UserToGroupAddition, Properties: {GroupName: !Ref List, Users: [x]}}",
         ["Resources/I", "Resources/P", "Resources/R", "Resources/U"]),
        ("  M: {Type: AWS::CloudFormation::Stack, Properties: {Parameters: {P: !Ref P, R: !Ref R, G: !Ref G}}}",
         ["Resources/I", "Resources/U"]),
        ("  M: {Type: Custom::Any, Properties: {P: !Sub '${P} ${R} ${G} ${U} ${I}'}}", []),
        ("Outputs: {O: {Value: !Join ['', [!Ref P, !Ref R, !Ref G, !Ref U, !Ref I]]}}", []),
        ("Transform: Macro", []),
        ("Transform: AWS::Serverless-2016-10-31", ALL),
        ("  F: {Type: AWS::Serverless::Function, Properties: {Policies: [!Ref P], Role: !GetAtt R.Arn}}",
         ["Resources/G", "Resources/I", "Resources/R", "Resources/U"]),
    ],
)  # fmt: skip
def test_a_template_tells_by_what_names_a_logical_id(tmp_path: Path, more: str, still: list[str]) -> None:
    text = TEMPLATE + more + ("\nParameters: {List: {Type: CommaDelimitedList}}\n" if "List" in more else "\n")
    assert unused(tmp_path, {"template.yaml": text}) == still


def test_what_an_alias_stands_for_is_not_looked_for(tmp_path: Path) -> None:
    more = "  A: {Type: AWS::SNS::Topic, Properties: {TopicName: &x !Ref G}}\n"
    assert unused(tmp_path, {"template.yaml": TEMPLATE + more}) == ALL
    more += "  B: {Type: Custom::Any, Properties: {Name: *x}}\n"
    assert unused(tmp_path, {"template.yaml": TEMPLATE + more}) == []


def test_a_policy_that_is_a_boundary_or_held_is_used(tmp_path: Path) -> None:
    bounded = (
        'resource "aws_iam_role" "b" {\n  name = "b"\n  assume_role_policy = "{}"\n  permissions_boundary = %s\n}\n'
    )
    assert unused(tmp_path, {"main.tf": POLICY + bounded % "aws_iam_policy.p.arn"}) == ["aws_iam_role.b"]
    assert unused(tmp_path, {"main.tf": POLICY + bounded % '"arn:aws:iam::111122223333:policy/p"'}) == [
        "aws_iam_role.b"
    ]


LOGIN = 'resource "aws_iam_user_login_profile" "l" {\n  user = aws_iam_user.a.name\n}\n'
SETTINGS = 'resource "aws_iam_account_password_policy" "p" {\n}\n'


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        (USER + LOGIN, True),
        (USER, False),
        (USER + LOGIN + SETTINGS, False),
        (
            USER + LOGIN + 'module "account" {\n  source = "terraform-aws-modules/iam/aws//modules/iam-account"\n}\n',
            False,
        ),
        (USER.replace('"a"\n}', "var.name\n}") + LOGIN + 'variable "name" {}\n', False),
    ],
)
def test_passwords_without_a_password_policy(tmp_path: Path, text: str, missing: bool) -> None:
    assert ("aws_iam_user_login_profile.l" in unused(tmp_path, {"main.tf": text})) is missing


def test_a_missing_password_policy_is_told_once(tmp_path: Path) -> None:
    second = (USER + LOGIN).replace('"a"', '"b"').replace('"l"', '"k"').replace("user.a", "user.b")
    found = unused(tmp_path, {"main.tf": USER + LOGIN + second})
    assert [address for address in found if "login" in address] == ["aws_iam_user_login_profile.l"]


def test_a_template_has_no_word_for_a_password_policy(tmp_path: Path) -> None:
    text = "Resources: {U: {Type: AWS::IAM::User, Properties: {LoginProfile: {Password: x}, Groups: [g]}}}\n"
    assert unused(tmp_path, {"template.yaml": text}) == []


MEMBERSHIPS = """
resource "aws_iam_group_membership" "m" {
  name  = "m"
  group = aws_iam_group.g.name
  users = USERS
}
resource "aws_iam_user_group_membership" "x" {
  user   = aws_iam_user.a.name
  groups = GROUPS
}
variable "v" {
  default = []
}
"""


@pytest.mark.parametrize(
    ("users", "groups", "found"),
    [
        ("[]", "[]", ["aws_iam_group.g", "aws_iam_user.a"]),
        ("[\n  ]", "var.v", ["aws_iam_group.g"]),
        ("var.v", "[ ]", ["aws_iam_user.a"]),
        ('["b"]', '["h"]', []),
        ("concat([], var.v)", "[var.v]", []),
    ],
)
def test_a_membership_of_nobody(tmp_path: Path, users: str, groups: str, found: list[str]) -> None:
    text = MEMBERSHIPS.replace("USERS", users).replace("GROUPS", groups)
    assert unused(tmp_path, {"main.tf": USER + GROUP + text}) == found


@pytest.mark.parametrize(("users", "found"), [("[]", ["Resources/G"]), ("!Ref Users", []), ("[a]", [])])
def test_an_addition_of_nobody(tmp_path: Path, users: str, found: list[str]) -> None:
    text = "Resources:\n  G:\n    Type: AWS::IAM::Group\n  A:\n    Type: AWS::IAM::UserToGroupAddition\n"
    text += f"    Properties:\n      GroupName: !Ref G\n      Users: {users}\n"
    text += "Parameters:\n  Users:\n    Type: CommaDelimitedList\n"
    assert unused(tmp_path, {"t.yaml": text}) == found
    as_json = {
        "G": {"Type": "AWS::IAM::Group"},
        "A": {"Type": "AWS::IAM::UserToGroupAddition", "Properties": {"GroupName": {"Ref": "G"}, "Users": []}},
    }
    (tmp_path / "t.yaml").unlink()
    assert unused(tmp_path, {"t.json": json.dumps({"Resources": as_json})}) == ["Resources/G"]
