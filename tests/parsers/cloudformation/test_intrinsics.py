"""Every function, short and long, in YAML and JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from iamlint.model.text import Text
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.values import alternatives

Evaluate = Callable[..., Value]

SECTIONS = """
Parameters:
  Name: {Type: String, Default: app}
  Open: {Type: String}
  Secret: {Type: String, NoEcho: true, Default: hunter22}
  Env: {Type: String, AllowedValues: [dev, prod], Default: dev}
  Accounts: {Type: CommaDelimitedList, Default: "111111111111, 222222222222"}
  Ids: {Type: CommaDelimitedList}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /aws/image}
  Optional: {Type: String, Default: ""}
Mappings:
  Stages:
    dev: {Action: "s3:GetObject", Same: x}
    prod: {Action: "s3:*", Same: x}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  NotProd: !Not [!Condition IsProd]
  Never: !Equals [a, b]
  Always: !Equals [a, a]
  HasOptional: !Not [!Equals [!Ref Optional, ""]]
Resources:
  Role: {Type: "AWS::IAM::Role"}
  Named: {Type: "AWS::IAM::Role", Properties: {RoleName: app-role}}
  Bucket: {Type: "AWS::S3::Bucket"}
  Fixed: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Sub "${Name}-data"}}
  Topic: {Type: "AWS::SNS::Topic"}
  Circle: {Type: "AWS::S3::Bucket", Properties: {BucketName: !Ref Circle}}
"""


def plain(value: Value) -> Any:
    """A value as plain data; alternatives as a list of (guard, data)."""
    if isinstance(value, Choice):
        return [(str(option.when), plain(option)) for option in alternatives(value)]
    if isinstance(value, ListValue):
        return [plain(item) for item in value.items]
    if isinstance(value, MapValue):
        return {key.shown: plain(inner) for key, inner in value.entries}
    if isinstance(value, UnknownValue):
        return f"{value.unknown}{'*' if value.unknown.many else ''}"
    return value.value if isinstance(value, Scalar) else value.shown


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        # Ref
        ("!Ref Name", "app"),
        ("{Ref: Name}", "app"),
        ("!Ref Open", "${Open}"),
        ("!Ref Secret", "${Secret}"),
        ("!Ref Image", "${Image}"),
        ("!Ref Env", [("when Env is dev", "dev"), ("when Env is prod", "prod")]),
        ("!Ref Accounts", ["111111111111", "222222222222"]),
        ("!Ref Ids", "${Ids}*"),
        ("!Ref AWS::AccountId", "${AWS::AccountId}"),
        ("!Ref AWS::NoValue", None),
        ("!Ref Role", "${Role}"),
        ("!Ref Named", "app-role"),
        ("!Ref Bucket", "${Bucket}"),
        ("!Ref Fixed", "app-data"),
        ("!Ref Circle", "${Circle}"),
        ("!Ref Missing", "${Missing}"),
        ("!Ref Topic", "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:${Topic}"),
        # GetAtt
        ("!GetAtt Bucket.Arn", "arn:${AWS::Partition}:s3:::${Bucket}"),
        ("{'Fn::GetAtt': [Fixed, Arn]}", "arn:${AWS::Partition}:s3:::app-data"),
        ("!GetAtt Role.Arn", "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${Role}"),
        ("!GetAtt Missing.Outputs.Arn", "${Missing.Outputs.Arn}"),
        # Sub
        ("!Sub plain", "plain"),
        ("!Sub 'arn:aws:s3:::${Name}/*'", "arn:aws:s3:::app/*"),
        ("!Sub '${Name}-${Open}'", "app-${Open}"),
        ("!Sub '${!aws:username}'", "${aws:username}"),
        ("!Sub '${Bucket.Arn}/*'", "arn:${AWS::Partition}:s3:::${Bucket}/*"),
        ("!Sub ['${a}/${Name}', {a: !Ref Named}]", "app-role/app"),
        ("!Sub '${Env}!'", [("when Env is dev", "dev!"), ("when Env is prod", "prod!")]),
        ("!Sub '$5 {x}'", "$5 {x}"),
        # Join, Split, Select
        ("!Join ['', ['arn:', !Ref 'AWS::Partition', ':iam::aws:x']]", "arn:${AWS::Partition}:iam::aws:x"),
        ("!Join [',', [a, !Ref 'AWS::NoValue', b]]", "a,b"),
        ("!Join [',', !Ref Accounts]", "111111111111,222222222222"),
        ("!Join [',', [a, !If [IsProd, b, !Ref 'AWS::NoValue']]]", [("when IsProd", "a,b"), ("when not IsProd", "a")]),
        ("!Split [',', 'a,b']", ["a", "b"]),
        ("!Split ['/', !Sub 'a/${AWS::AccountId}/b']", ["a", "${AWS::AccountId}", "b"]),
        ("!Split [',', !Ref Open]", "${Open}*"),
        ("!Select [1, [a, b]]", "b"),
        ("!Select ['0', !Ref Accounts]", "111111111111"),
        ("!Select [0, !Split ['-', x-y]]", "x"),
        ("!Select [7, [a, b]]", "${…}"),
        ("!Select [0, !Ref Ids]", "${Ids[0]}"),
        # FindInMap
        ("!FindInMap [Stages, dev, Action]", "s3:GetObject"),
        ("!FindInMap [Stages, !Ref Env, Action]", [("when Env is dev", "s3:GetObject"), ("when Env is prod", "s3:*")]),
        ("!FindInMap [Stages, !Ref Open, Action]",
         [("when Open is dev", "s3:GetObject"), ("when Open is prod", "s3:*")]),
        ("!FindInMap [Stages, !Ref Open, Same]", "x"),
        ("!FindInMap [Stages, other, Action]", "${FindInMap Stages}"),
        ("{'Fn::FindInMap': [Stages, other, Action, {DefaultValue: none}]}", "none"),
        # If
        ("!If [IsProd, a, b]", [("when IsProd", "a"), ("when not IsProd", "b")]),
        ("!If [Never, a, b]", "b"),
        ("!If [Always, a, b]", "a"),
        ("!If [Undeclared, a, b]", [("when Undeclared", "a"), ("when not Undeclared", "b")]),
        ("!If [IsProd, !If [NotProd, never, a], b]", [("when IsProd", "a"), ("when not IsProd", "b")]),
        ("!If [IsProd, !Ref Env, none]", [("when IsProd and Env is prod", "prod"), ("when not IsProd", "none")]),
        ("!If [HasOptional, !Ref Optional, x]", [("when HasOptional", "${Optional}"), ("when not HasOptional", "x")]),
        # the others
        ("{'Fn::Base64': !Sub 'echo ${Name}'}", "echo app"),
        ("{'Fn::ToJsonString': {a: !Ref Name}}", {"a": "app"}),
        ("{'Fn::Length': [a, b]}", 2),
        ("{'Fn::Length': !Ref Ids}", "${…}"),
        ("!ImportValue shared-bucket", "${ImportValue shared-bucket}"),
        ("!GetAZs ''", "${GetAZs}*"),
        ("!Cidr [10.0.0.0/16, 2, 8]", "${Cidr}*"),
        ("{'Fn::Transform': {Name: Macro}}", "${Transform Macro}"),
        ("'{{resolve:ssm-secure:db:1}}'", "${resolve:ssm-secure:db:1}"),
        ("'postgres://{{resolve:secretsmanager:db}}@host'", "postgres://${resolve:secretsmanager:db}@host"),
        ("{a: !Ref Name, b: [1, true]}", {"a": "app", "b": [1, True]}),
    ],
)  # fmt: skip
def test_functions(evaluate: Evaluate, expression: str, expected: object) -> None:
    assert plain(evaluate(expression, SECTIONS)) == expected


@pytest.mark.parametrize(
    "expression",
    [
        "!Sub [[a], {}]",
        "!Join [',']",
        "!Split [',']",
        "!Select [0]",
        "!FindInMap [Stages]",
        "!If [IsProd, a]",
        "{Ref: [a]}",
        "{'Fn::GetAtt': [!Ref Open, Arn]}",
        "{'Fn::Join': [!Ref Open, [a]]}",
        "{'Fn::Sub': {a: b}}",
        "{'Fn::If': a}",
        "{'Fn::Length': 3}",
        "{'Fn::Join': [',', {a: b}]}",
    ],
)
def test_functions_that_are_written_wrong_give_an_unknown(evaluate: Evaluate, expression: str) -> None:
    value = evaluate(expression, SECTIONS)
    assert isinstance(value, UnknownValue) or (isinstance(value, Text) and value.hole is not None)


def test_a_default_is_placed_where_it_is_written_and_says_where_it_is_used(evaluate: Evaluate) -> None:
    value = evaluate("!Ref Name", SECTIONS)
    assert isinstance(value, Text)
    assert value.place.written.strip('"') == "app"
    (related,) = value.via
    assert related.message == "used here as parameter Name"
    assert related.place.span.line > value.place.span.line


def test_a_part_of_a_sub_is_placed_in_its_string(evaluate: Evaluate) -> None:
    value = evaluate("!Sub 'arn:aws:s3:::${Name}/*'", SECTIONS)
    assert isinstance(value, Text)
    before, through, after = value.spellings
    text = value.place.source.text
    assert before is not None and through is not None and after is not None
    assert text[before.offsets()[0] : before.offsets()[-1]] == "arn:aws:s3:::"
    assert text[through.offsets()[0] : through.offsets()[-1]] == "${Name}"
    assert text[after.offsets()[0] : after.offsets()[-1]] == "/*"


def test_what_names_a_resource_refers_to_it(evaluate: Evaluate) -> None:
    value = evaluate("!GetAtt Role.RoleId", SECTIONS)
    assert isinstance(value, UnknownValue)
    assert (value.unknown.ref, value.unknown.attribute) == ("Resources/Role", "RoleId")
    arn = evaluate("!GetAtt Role.Arn", SECTIONS)
    assert isinstance(arn, Text)
    assert [part.ref for part in arn.parts if not isinstance(part, str)] == ["", "", "Resources/Role"]


def test_a_loop_is_unrolled_where_its_collection_is_known(evaluate: Evaluate) -> None:
    expression = """
        Fn::ForEach::Buckets:
          - Which
          - [a, b]
          - Key${Which}: !Sub '${Which}-${Name}'
        """
    assert plain(evaluate(expression, SECTIONS)) == {"Keya": "a-app", "Keyb": "b-app"}


def test_a_loop_over_what_is_not_known_is_gone_through_once(evaluate: Evaluate) -> None:
    expression = """
        Fn::ForEach::Buckets:
          - Which
          - !Ref Ids
          - Key${Which}: s3:GetObject
        """
    assert plain(evaluate(expression, SECTIONS)) == {"Key${…}": "s3:GetObject"}


def test_deep_nesting_ends_in_an_unknown(evaluate: Evaluate) -> None:
    expression = "!Join ['', [" * 45 + "x" + "]]" * 45
    value = evaluate(expression)
    assert isinstance(value, Text)
    assert value.literal in (None, "x")


def test_many_choices_stay_bounded(evaluate: Evaluate) -> None:
    names = [f"C{i}" for i in range(40)]
    sections = "Parameters:\n" + "".join(f"  P{n}: {{Type: String}}\n" for n in names)
    sections += "Conditions:\n" + "".join(f"  {n}: !Equals [!Ref P{n}, 'yes']\n" for n in names)
    value = evaluate("!Join ['', [" + ", ".join(f"!If [{n}, a, b]" for n in names) + "]]", sections)
    assert len(list(alternatives(value))) <= 33


def test_names_that_are_made_of_each_other_stay_bounded(evaluate: Evaluate) -> None:
    buckets = "".join(
        f"  B{i}: {{Type: 'AWS::S3::Bucket', Properties: {{BucketName: !Sub '${{B{i + 1}}}${{B{i + 1}}}'}}}}\n"
        for i in range(40)
    )
    last = "  B40: {Type: 'AWS::S3::Bucket', Properties: {BucketName: x}}\n"
    assert plain(evaluate("!Ref B0", f"Resources:\n{buckets}{last}")) == "${B0}"
    assert plain(evaluate("!Ref B38", f"Resources:\n{buckets}{last}")) == "xxxx"


def test_loops_in_loops_stay_bounded(evaluate: Evaluate) -> None:
    items = ", ".join(f"i{n}" for n in range(60))
    expression = "x"
    for level in "abcd":
        expression = f"{{'Fn::ForEach::{level}': [{level}, [{items}], {{'k${{{level}}}': {expression}}}]}}"
    assert isinstance(evaluate(expression), MapValue)


def test_a_loop_over_alternatives_goes_through_each(evaluate: Evaluate) -> None:
    expression = """
        Fn::ForEach::X:
          - Id
          - !If [IsProd, [a.b, c], [d]]
          - "k&{Id}": !Sub "${Id}-&{Id}-&{Other}"
        """
    assert plain(evaluate(expression, SECTIONS)) == {
        "kab": "a.b-ab-&{Other}",
        "kc": "c-c-&{Other}",
        "kd": "d-d-&{Other}",
    }


def test_a_string_of_exclusive_parts_has_no_third_form(evaluate: Evaluate) -> None:
    value = evaluate("!Join ['', [!If [IsProd, a, b], !If [NotProd, c, d], !Ref Env]]", SECTIONS)
    assert [text for _, text in plain(value)] == ["adprod", "bcdev"]


def test_a_key_that_is_none_of_the_known_gives_the_default(evaluate: Evaluate) -> None:
    value = evaluate("{'Fn::FindInMap': [Stages, !Ref Open, Action, {DefaultValue: none}]}", SECTIONS)
    assert plain(value) == [
        ("when Open is dev", "s3:GetObject"),
        ("when Open is prod", "s3:*"),
        ("when Open is not dev and Open is not prod", "none"),
    ]
    part = evaluate("!FindInMap [Stages, !Sub 'd${Open}', Action]", SECTIONS)
    assert plain(part) == "s3:GetObject"


def test_an_index_may_be_one_of_several(evaluate: Evaluate) -> None:
    value = evaluate("!Select [!If [IsProd, 0, 1], [a, b]]", SECTIONS)
    assert plain(value) == [("when IsProd", "a"), ("when not IsProd", "b")]


def test_parts_that_exclude_each_other_give_a_string_with_a_hole(evaluate: Evaluate) -> None:
    sections = "Mappings: {A: {r1: {k: a}, r2: {k: b}}, B: {r3: {k: c}, r4: {k: d}}}"
    value = evaluate("!Join ['', [!FindInMap [A, !Ref Some, k], !FindInMap [B, !Ref Some, k]]]", sections)
    assert [text for _, text in plain(value)] == ["a${…}", "b${…}"]
