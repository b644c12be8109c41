"""A statement with branches in it becomes one statement for each combination that can be."""

from __future__ import annotations

from textwrap import dedent

from iamlint.check import Request, check
from iamlint.engine.rule import load_rules
from iamlint.model.stack import Stack
from iamlint.parsers.branching import MOST_VARIANTS
from iamlint.parsers.cloudformation.template import stack
from iamlint.parsers.stacks import Inputs
from iamlint.source.read import read_text

SECTIONS = """
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod, test]}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  NotProd: !Not [!Equals [!Ref Env, prod]]
  IsTest: !Equals [!Ref Env, test]
"""


def template(statement: str, sections: str = SECTIONS) -> str:
    return dedent(sections) + (
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n"
        f"        Statement: [{statement}]\n"
    )


def read(statement: str, sections: str = SECTIONS) -> list[tuple[str, list[str], list[str]]]:
    document = read_text("t.yaml", template(statement, sections))
    assert document is not None
    made: Stack = stack(document)
    return [
        (str(s.when), [str(a) for a in s.actions], [str(r) for r in s.resources])
        for policy in made.policies
        for s in policy.statements
    ]


def test_branches_that_exclude_each_other_are_not_combined() -> None:
    found = read("{Effect: Allow, Action: !If [IsProd, 's3:*', 's3:Get*'], Resource: !If [NotProd, '*', 'arn:x:::y']}")
    assert found == [
        ("when IsProd and not NotProd", ["s3:*"], ["arn:x:::y"]),
        ("when not IsProd and NotProd", ["s3:Get*"], ["*"]),
    ]


def test_items_of_lists_that_exclude_each_other_are_not_combined() -> None:
    found = read(
        "{Effect: Allow, Action: ['a:B', !If [IsProd, 's3:*', !Ref 'AWS::NoValue']],"
        " Resource: [!If [NotProd, '*', 'arn:x:::y']]}"
    )
    assert found == [
        ("when IsProd and not NotProd", ["a:B", "s3:*"], ["arn:x:::y"]),
        ("when not IsProd and NotProd", ["a:B"], ["*"]),
    ]


def test_a_sibling_in_the_same_list_is_not_combined() -> None:
    found = read(
        "{Effect: Allow, Action: [!If [IsProd, 'a:B', !Ref 'AWS::NoValue'], !If [NotProd, 'c:D', 'e:F']],"
        " Resource: '*'}"
    )
    assert found == [
        ("when IsProd and not NotProd", ["a:B", "e:F"], ["*"]),
        ("when not IsProd and NotProd", ["c:D"], ["*"]),
    ]


def test_a_parameter_and_a_condition_on_it() -> None:
    found = read("{Effect: Allow, Action: !If [IsProd, 's3:*', 's3:Get*'], Resource: !Sub '${Env}*'}")
    assert found == [
        ("when IsProd and Env is prod", ["s3:*"], ["prod*"]),
        ("when not IsProd and Env is dev", ["s3:Get*"], ["dev*"]),
        ("when not IsProd and Env is test", ["s3:Get*"], ["test*"]),
    ]


def test_parts_of_one_string_are_not_combined() -> None:
    strings = [actions for _, actions, _ in read(
        "{Effect: Allow, Resource: '*',"
        " Action: [!Join ['', [!If [IsProd, 'a:', 'b:'], !If [NotProd, C, D], !Ref Env]]]}"
    )]  # fmt: skip
    assert strings == [["a:Dprod"], ["b:Cdev"], ["b:Ctest"]]


def test_arns_that_differ_in_a_name_only_stay_together() -> None:
    found = read("{Effect: Allow, Action: 's3:*', Resource: !Sub 'arn:aws:s3:::${Env}-data/*'}")
    assert found == [("", ["s3:*"], [f"arn:aws:s3:::{env}-data/*" for env in ("dev", "prod", "test")])]


def many(count: int) -> str:
    """Sections with that many conditions, each on a parameter of its own."""
    return (
        "Parameters:\n  Env: {Type: String, AllowedValues: [dev, prod, test]}\n"
        + "".join(f"  P{i}: {{Type: String}}\n" for i in range(count))
        + "Conditions:\n  NotProd: !Not [!Equals [!Ref Env, prod]]\n  IsProd: !Equals [!Ref Env, prod]\n"
        + "".join(f"  C{i}: !Equals [!Ref P{i}, x]\n" for i in range(count))
    )


def test_forty_conditions_in_a_list_do_not_multiply() -> None:
    items = ", ".join(f"!If [C{i}, 's3:Get{i}', 's3:Put{i}']" for i in range(40))
    (found,) = read(f"{{Effect: Allow, Action: [{items}], Resource: '*'}}", many(40))
    assert len(found[1]) == 80


def test_of_many_conditions_those_that_elements_share_are_told_apart() -> None:
    items = ", ".join(f"!If [C{i}, 's3:Get{i}', 's3:Put{i}']" for i in range(40))
    statement = (
        f"{{Effect: Allow, Action: [{items}, !If [IsProd, 'iam:*', 'iam:Get*']],"
        " Resource: !If [NotProd, '*', 'arn:x:::y'], Condition: !If [C1, {Bool: {a: 'true'}}, !Ref 'AWS::NoValue']}"
    )
    found = read(statement, many(40))
    assert 1 < len(found) <= MOST_VARIANTS
    assert not [row for row in found if "iam:*" in row[1] and "*" in row[2]]
    assert {row[1][-1] for row in found} == {"iam:*", "iam:Get*"}


def messages(statement: str, rules: tuple[str, ...], sections: str = SECTIONS) -> list[str]:
    known = load_rules([]).rules
    request = Request(
        Inputs(("t.yaml",), {"t.yaml": template(statement, sections)}),
        [known[name] for name in rules],
        known,
        "2026-01-01",
    )
    return [f"{finding.rule}: {finding.message}" for finding in check(request).findings]


def test_what_holds_in_every_branch_is_said_without_one() -> None:
    statement = "{Effect: Allow, Action: 'iam:*', Resource: !If [IsProd, '*', !If [IsTest, 'arn:a:::b', !Ref Env]]}"
    (message,) = messages(statement, ("service-wildcard",))
    assert "when" not in message


def test_what_holds_in_some_branches_says_in_which() -> None:
    statement = "{Effect: Allow, Action: !If [IsProd, 'iam:*', 'iam:Get*'], Resource: !Ref Env}"
    (message,) = messages(statement, ("service-wildcard",))
    assert message.endswith("(when IsProd and Env is prod)")


def test_a_stronger_finding_in_one_branch_leaves_the_weaker_in_another() -> None:
    statement = "{Effect: Allow, Action: !If [IsProd, '*', 'iam:*'], Resource: '*'}"
    found = messages(statement, ("admin-access", "wildcard-action", "service-wildcard"))
    assert [(message.split(":")[0], message.rpartition("(")[2]) for message in found] == [
        ("admin-access", "when IsProd)"),
        ("service-wildcard", "when not IsProd)"),
    ]


def test_a_statement_whose_elements_exclude_each_other_is_still_there() -> None:
    sections = "Mappings: {A: {r1: {k: 'a:B'}, r2: {k: 'c:D'}}, B: {r3: {k: x}, r4: {k: y}}}\n"
    found = read(
        "{Effect: Allow, Action: !FindInMap [A, !Ref Some, k], Resource: !FindInMap [B, !Ref Some, k]}", sections
    )
    assert found == [("", ["a:B", "c:D"], ["x", "y"])]
