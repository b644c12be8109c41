"""Every function in every position of a policy where it can stand, in YAML and JSON."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import pytest

from iamlint.model.policy import Policy
from iamlint.model.stack import Stack
from iamlint.model.statement import Statement
from iamlint.model.text import Text
from iamlint.model.thing import Placed

Template = Callable[[str], Stack]
Found = list[tuple[str, str]]

# Functions that give a string. {v} is the string that is wanted, {h} and {t} its two halves, {o} another string.
# (expression, what it gives: pairs of a guard and a template of the string)
STRINGS: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "plain": ("'{v}'", [("", "{v}")]),
    "Ref default": ("!Ref Default", [("", "{v}")]),
    "Ref allowed": ("!Ref Allowed", [("when Allowed is {v}", "{v}"), ("when Allowed is {o}", "{o}")]),
    "Ref open": ("!Ref Open", [("", "${Open}")]),
    "Ref SSM": ("!Ref Looked", [("", "${Looked}")]),
    "Ref pseudo": ("!Ref 'AWS::StackName'", [("", "${AWS::StackName}")]),
    "Ref named": ("!Ref Named", [("", "{v}")]),
    "Ref resource": ("!Ref Bucket", [("", "${Bucket}")]),
    "GetAtt": ("!GetAtt Bucket.Arn", [("", "arn:${AWS::Partition}:s3:::${Bucket}")]),
    "GetAtt list": ("{'Fn::GetAtt': [Bucket, DomainName]}", [("", "${Bucket.DomainName}")]),
    "Sub": ("!Sub '{h}${Tail}'", [("", "{v}")]),
    "Sub own": ("!Sub ['${Own}{t}', {Own: !Ref Head}]", [("", "{v}")]),
    "Sub literal": ("!Sub '{v}${!aws:username}'", [("", "{v}${aws:username}")]),
    "Sub alternatives": ("!Sub '${Allowed}'", [("when Allowed is {v}", "{v}"), ("when Allowed is {o}", "{o}")]),
    "Join": ("!Join ['', ['{h}', !Ref Tail]]", [("", "{v}")]),
    "Join alternatives": (
        "!Join ['', ['{h}', !If [IsProd, '{t}', !Ref Open]]]",
        [("when IsProd", "{v}"), ("when not IsProd", "{h}${Open}")],
    ),
    "Select": ("!Select [1, ['{o}', '{v}']]", [("", "{v}")]),
    "Select Split": ("!Select [0, !Split ['|', '{v}|{o}']]", [("", "{v}")]),
    "Select list": ("!Select [1, !Ref List]", [("", "{v}")]),
    "Split Join": ("!Select [0, !Split ['|', !Join ['|', [!Ref Default, x]]]]", [("", "{v}")]),
    "FindInMap": ("!FindInMap [Map, known, key]", [("", "{v}")]),
    "FindInMap by parameter": (
        "!FindInMap [Map, !Ref Key, key]",
        [("when Key is known", "{v}"), ("when Key is other", "{o}")],
    ),
    "FindInMap by Region": (
        "!FindInMap [Regions, !Ref 'AWS::Region', key]",
        [("when AWS::Region is eu-west-1", "{v}"), ("when AWS::Region is us-east-1", "{o}")],
    ),
    "FindInMap default": ("{'Fn::FindInMap': [Map, none, key, {DefaultValue: !Ref Default}]}", [("", "{v}")]),
    "If": ("!If [IsProd, '{v}', '{o}']", [("when IsProd", "{v}"), ("when not IsProd", "{o}")]),
    "If unreachable": ("!If [Never, '{o}', '{v}']", [("", "{v}")]),
    "If nested": (
        "!If [IsProd, !If [NotProd, '{o}', !Sub '{h}${Tail}'], !Ref 'AWS::StackName']",
        [("when IsProd", "{v}"), ("when not IsProd", "${AWS::StackName}")],
    ),
    "ImportValue": ("!ImportValue shared", [("", "${ImportValue shared}")]),
    "Transform": ("{'Fn::Transform': {Name: Macro}}", [("", "${Transform Macro}")]),
    "dynamic reference": ("'{{resolve:ssm:/a}}'", [("", "${resolve:ssm:/a}")]),
    "dynamic reference in Join": (
        "!Join ['', ['{{resolve:ssm:/', !Ref Open, '}}']]",
        [("", "${resolve:ssm:/${Open}}")],
    ),
    "Select AZ": ("!Select [0, !GetAZs '']", [("", "${GetAZs[0]}")]),
}  # fmt: skip

SECTIONS = """
Transform: AWS::LanguageExtensions
Parameters:
  Default: {Type: String, Default: '{v}'}
  Allowed: {Type: String, AllowedValues: ['{v}', '{o}'], Default: '{o}'}
  Open: {Type: String}
  Looked: {Type: 'AWS::SSM::Parameter::Value<String>', Default: '{v}'}
  Head: {Type: String, Default: '{h}'}
  Tail: {Type: String, Default: '{t}'}
  List: {Type: CommaDelimitedList, Default: 'x,{v}'}
  Key: {Type: String, AllowedValues: [known, other]}
  Env: {Type: String, AllowedValues: [dev, prod]}
Mappings:
  Map: {known: {key: '{v}'}, other: {key: '{o}'}}
  Regions: {eu-west-1: {key: '{v}'}, us-east-1: {key: '{o}'}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  NotProd: !Not [!Condition IsProd]
  Never: !Equals [a, b]
"""
NAMED = "  Named: {Type: 'AWS::S3::Bucket', Properties: {BucketName: '{v}'}}\n  Bucket: {Type: 'AWS::S3::Bucket'}\n"


def _policy(statement: str) -> str:
    document = f"{{Statement: [{statement}]}}"
    return f"{{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {document}}}}}"


def _statement(**elements: str) -> str:
    written = {"Effect": "Allow", "Action": "'s3:GetObject'", "Resource": "'*'", **elements}
    return "{" + ", ".join(f"{name}: {value}" for name, value in written.items()) + "}"


def _values(stack: Stack, pick: Callable[[Policy], list[tuple[Placed, Text]]]) -> Found:
    """What stands in a position, each once, with the branches that it depends on."""
    found: dict[tuple[str, str], None] = {}
    for policy in stack.policies:
        for holder, text in pick(policy):
            guard = holder.when.joined(text.when)
            found[(str(guard), text.shown)] = None
    return list(found)


def _of_statements(pick: Callable[[Statement], list[Text]]) -> Callable[[Stack], Found]:
    return lambda stack: _values(stack, lambda policy: [(s, text) for s in policy.statements for text in pick(s)])


def _attached(stack: Stack) -> Found:
    return [(str(a.when), a.policy.shown) for a in stack.of_kind("attachment")]  # type: ignore[attr-defined]


# position: (the resource, with {e} where the function stands; what stands there; the strings that are used there)
POSITIONS: dict[str, tuple[str, Callable[[Stack], Found], tuple[str, str, str]]] = {
    "Effect": (
        _policy(_statement(Effect="{e}")), _of_statements(lambda s: [s.effect] if s.effect else []),
        ("Al", "low", "Deny"),
    ),
    "Action": (
        _policy(_statement(Action="{e}")), _of_statements(lambda s: list(s.actions)), ("iam:", "*", "s3:Get"),
    ),
    "Action item": (
        _policy(_statement(Action="['ec2:*', {e}]")),
        _of_statements(lambda s: list(s.actions)[1:]), ("iam:", "*", "s3:Get"),
    ),
    "NotAction": (
        _policy(_statement(NotAction="{e}").replace("Action: 's3:GetObject', ", "", 1)),
        _of_statements(lambda s: list(s.not_actions)), ("iam:", "*", "s3:Get"),
    ),
    "Resource": (
        _policy(_statement(Resource="{e}")), _of_statements(lambda s: list(s.resources)),
        ("arn:aws:s3:::b", "/*", "arn:aws:s3:::c/d"),
    ),
    "Resource item": (
        _policy(_statement(Resource="[{e}, 'arn:aws:s3:::x']")), _of_statements(lambda s: list(s.resources)[:1]),
        ("arn:aws:s3:::b", "/*", "arn:aws:s3:::c/d"),
    ),
    "Principal": (
        _policy(_statement(Principal="{AWS: {e}}")), _of_statements(lambda s: [p.name for p in s.principals]),
        ("arn:aws:iam::111111111111:", "root", "arn:aws:iam::222222222222:root"),
    ),
    "Principal item": (
        _policy(_statement(Principal="{AWS: [{e}, '999999999999']}")),
        _of_statements(lambda s: [p.name for p in s.principals if "9999" not in p.name.shown]),
        ("arn:aws:iam::111111111111:", "root", "arn:aws:iam::222222222222:root"),
    ),
    "Condition value": (
        _policy(_statement(Condition="{StringEquals: {'aws:SourceAccount': {e}}}")),
        _of_statements(lambda s: [v for c in s.conditions for v in c.values]), ("1111", "11111111", "222222222222"),
    ),
    "Condition value item": (
        _policy(_statement(Condition="{StringEquals: {'aws:SourceAccount': [{e}, '999999999999']}}")),
        _of_statements(lambda s: [v for c in s.conditions for v in c.values][:1]), ("1111", "11111111", "222222222222"),
    ),
    "ManagedPolicyArns item": (
        "{Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [{e}]}}", _attached,
        ("arn:aws:iam::aws:policy/", "AdministratorAccess", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
    ),
}  # fmt: skip


def _filled(text: str, strings: tuple[str, str, str]) -> str:
    head, tail, other = strings
    return text.replace("{v}", head + tail).replace("{h}", head).replace("{t}", tail).replace("{o}", other)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("function", STRINGS)
def test_a_string(template: Template, position: str, function: str) -> None:
    resource, pick, strings = POSITIONS[position]
    expression, expected = STRINGS[function]
    text = _filled(SECTIONS + "Resources:\n" + NAMED + "  It: " + resource.replace("{e}", expression) + "\n", strings)
    assert pick(template(text)) == [(_filled(guard, strings), _filled(value, strings)) for guard, value in expected]


# Functions that give a part of a document. {s} is the part, {n} another one.
PARTS: dict[str, tuple[str, list[str]]] = {
    "plain": ("{s}", ["s"]),
    "If": ("!If [IsProd, {s}, {n}]", ["when IsProd: s", "when not IsProd: n"]),
    "If or nothing": ("!If [IsProd, {s}, !Ref 'AWS::NoValue']", ["when IsProd: s"]),
    "If unreachable": ("!If [Never, {n}, {s}]", ["s"]),
    "If nested": (
        "!If [IsProd, !If [NotProd, {n}, {s}], !If [NotProd, {n}, {s}]]", ["when IsProd: s", "when not IsProd: n"]
    ),
    "Ref": ("!Ref Open", ["?"]),
    "ImportValue": ("!ImportValue shared", ["?"]),
    "GetAtt": ("!GetAtt Bucket.DomainName", ["?"]),
    "Include": ("{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: 's3://b/k'}}}", ["?"]),
    "ToJsonString": ("{'Fn::ToJsonString': {s}}", ["s"]),
}  # fmt: skip

ONE = "{Effect: Allow, Action: 'iam:*', Resource: '*'}"
OTHER = "{Effect: Allow, Action: 's3:Get', Resource: '*'}"
WHOLES: dict[str, tuple[str, Callable[[str], str]]] = {
    "Statement item": ("{Statement: [{e}]}", lambda one: one),
    "Statement": ("{Statement: {e}}", lambda one: f"[{one}]"),
    "Statement object": ("{Statement: {e}}", lambda one: one),
    "document": ("{e}", lambda one: f"{{Version: '2012-10-17', Statement: [{one}]}}"),
}


def _told(guard: str, action: str) -> str:
    name = {"iam:*": "s", "s3:Get": "n"}.get(action, "?")
    return f"{guard}: {name}" if guard else name


def _parts(stack: Stack) -> list[str]:
    found = []
    for policy in stack.policies:
        if policy.unresolved is not None:
            found.append("?")
        for statement in policy.statements:
            guard = policy.when.joined(statement.when)
            found += [_told(str(guard), action.shown) for action in statement.actions]
    return found


@pytest.mark.parametrize("position", WHOLES)
@pytest.mark.parametrize("function", PARTS)
def test_a_part_of_a_document(template: Template, position: str, function: str) -> None:
    document, of = WHOLES[position]
    expression, expected = PARTS[function]
    written = expression.replace("{s}", of(ONE)).replace("{n}", of(OTHER))
    resource = f"{{Type: AWS::IAM::ManagedPolicy, Properties: {{PolicyDocument: {document.replace('{e}', written)}}}}}"
    text = _filled(SECTIONS + "Resources:\n" + NAMED + "  It: " + resource + "\n", ("a", "b", "c"))
    assert _parts(template(text)) == expected


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize("function", sorted(PARTS.keys() - {"ToJsonString"}))
def test_the_policies_of_a_role(template: Template, listed: bool, function: str) -> None:
    expression, expected = PARTS[function]
    for letter, one in (("{s}", ONE), ("{n}", OTHER)):
        item = f"{{PolicyName: p, PolicyDocument: {{Statement: {one}}}}}"
        expression = expression.replace(letter, f"[{item}]" if listed else item)
    policies = expression if listed else f"[{expression}]"
    resource = f"{{Type: AWS::IAM::Role, Properties: {{Policies: {policies}}}}}"
    text = _filled(SECTIONS + "Resources:\n" + NAMED + "  It: " + resource + "\n", ("a", "b", "c"))
    assert _parts(template(text)) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("!Ref List", [("", "x"), ("", "arn:aws:iam::aws:policy/A")]),
        ("!Split [',', 'x,arn:aws:iam::aws:policy/A']", [("", "x"), ("", "arn:aws:iam::aws:policy/A")]),
        ("!If [IsProd, [x, y], [z]]", [("when IsProd", "x"), ("when IsProd", "y"), ("when not IsProd", "z")]),
        ("!FindInMap [Lists, a, b]", [("", "x"), ("", "y")]),
        ("!Ref AWS::NoValue", []),
        ("[!If [IsProd, x, !Ref 'AWS::NoValue'], !If [NotProd, y, !Ref 'AWS::NoValue']]",
         [("when IsProd", "x"), ("when NotProd", "y")]),
    ],
)  # fmt: skip
def test_managed_policies_as_a_list(template: Template, expression: str, expected: Found) -> None:
    resource = f"  It: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: {expression}}}}}\n"
    sections = SECTIONS.replace("Mappings:\n", "Mappings:\n  Lists: {a: {b: [x, y]}}\n")
    text = _filled(sections + "Resources:\n" + resource, ("arn:aws:iam::aws:policy/", "A", "c"))
    assert _attached(template(text)) == expected


BODIES = {
    "Sub": "!Sub |\n{body}",
    "Sub own": '!Sub\n  - |\n{inner}  - {{Tail: "iam:*"}}\n',
    "text": "|\n{plain}",
    "Join": (
        '!Join [\'\', [\'{{"Statement": [{{"Effect": "Allow", "Action": "\', !Ref Act, \'", "Resource": "*", '
        '"Condition": {{"StringEquals": {{"\', !Ref Key, \'": "x"}}}}}}]}}\']]'
    ),
}


@pytest.mark.parametrize("form", BODIES)
def test_a_document_that_is_a_json_text(template: Template, form: str) -> None:
    body = (
        '{"Statement": [{"Effect": "Allow", "Action": "${Act}", "Resource": "*",\n'
        '  "Condition": {"StringEquals": {"${Key}": "x"}}}]}\n'
    )
    plain = body.replace("${Act}", "iam:*").replace("${Key}", "aws:a")
    written = BODIES[form].format(
        body=indent(body, "  "), inner=indent(body.replace("{Act}", "{Tail}"), "      "), plain=indent(plain, "  ")
    )
    text = (
        "Parameters: {Act: {Type: String, Default: 'iam:*'}, Key: {Type: String, Default: 'aws:a'}}\n"
        "Resources:\n  It:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument: "
        + indent(written, "        ").lstrip()
    )
    stack = template(text)
    ((statement,),) = [policy.statements for policy in stack.policies]
    assert [a.shown for a in statement.actions] == ["iam:*"]
    assert [c.key.shown for c in statement.conditions] == ["aws:a"]


def test_condition_keys_and_operators_behind_functions(template: Template) -> None:
    loop = "{'Fn::ForEach::K': [K, [c, d], {'aws:${K}': 'true'}]}"
    condition = f"{{StringEquals: !If [IsProd, {{'aws:a': x}}, {{'aws:b': x}}], Bool: {loop}}}"
    text = SECTIONS + f"Resources:\n  It: {_policy(_statement(Condition=condition))}\n"
    stack = template(_filled(text, ("a", "b", "c")))
    found = [(str(s.when), [c.key.shown for c in s.conditions]) for p in stack.policies for s in p.statements]
    assert found == [
        ("when IsProd", ["aws:a", "aws:c", "aws:d"]),
        ("when not IsProd", ["aws:b", "aws:c", "aws:d"]),
    ]
