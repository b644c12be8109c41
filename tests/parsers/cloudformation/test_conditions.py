"""Which branches can be taken together."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.model.unknown import Guard
from iamlint.parsers.cloudformation.conditions import Conditions
from iamlint.parsers.cloudformation.intrinsics import Evaluator
from iamlint.parsers.cloudformation.sections import Sections
from iamlint.source.json_reader import read_json
from iamlint.source.node import MappingNode
from iamlint.source.span import SourceText

PARAMETERS = """{
  "Env": {"Type": "String", "AllowedValues": ["dev", "prod"], "Default": "dev"},
  "Open": {"Type": "String", "Default": "x"},
  "Filled": {"Type": "String", "MinLength": 1},
  "Short": {"Type": "String", "MaxLength": "3"},
  "Named": {"Type": "String", "AllowedPattern": "[a-z]+-prod"},
  "Slow": {"Type": "String", "AllowedPattern": "(a+)+b"},
  "Java": {"Type": "String", "AllowedPattern": "\\\\p{Alpha}"},
  "List": {"Type": "CommaDelimitedList", "Default": "a,b"},
  "Looked": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a/b"}
}"""

SECTION = """{
  "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
  "IsDev": {"Fn::Equals": ["dev", {"Ref": "Env"}]},
  "IsTest": {"Fn::Equals": [{"Ref": "Env"}, "test"]},
  "NotProd": {"Fn::Not": [{"Condition": "IsProd"}]},
  "ProdHere": {"Fn::And": [{"Condition": "IsProd"}, {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}]},
  "Either": {"Fn::Or": [{"Condition": "IsProd"}, {"Condition": "IsDev"}]},
  "Empty": {"Fn::Equals": [{"Ref": "Open"}, ""]},
  "Same": {"Fn::Equals": [{"Ref": "Open"}, {"Ref": "Open"}]},
  "Joined": {"Fn::Equals": [{"Fn::Join": ["", {"Ref": "List"}]}, ""]},
  "JoinedAgain": {"Fn::Equals": ["", {"Fn::Join": ["", {"Ref": "List"}]}]},
  "OpenIsX": {"Fn::Equals": [{"Ref": "Open"}, "x"]},
  "NoFilled": {"Fn::Equals": [{"Ref": "Filled"}, ""]},
  "TooLong": {"Fn::Equals": [{"Ref": "Short"}, "abcd"]},
  "NotNamed": {"Fn::Equals": [{"Ref": "Named"}, "a-dev"]},
  "IsNamed": {"Fn::Equals": [{"Ref": "Named"}, "a-prod"]},
  "IsSlow": {"Fn::Equals": [{"Ref": "Slow"}, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac"]},
  "IsJava": {"Fn::Equals": [{"Ref": "Java"}, "1"]},
  "First": {"Fn::Equals": [{"Fn::Select": [0, {"Ref": "List"}]}, "a"]},
  "Second": {"Fn::Equals": [{"Fn::Select": [1, {"Ref": "List"}]}, "b"]},
  "Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["Map", {"Ref": "Env"}, "Size"]}, "large"]},
  "SubProd": {"Fn::Equals": [{"Fn::Sub": "${Env}-x"}, "prod-x"]},
  "SubOpen": {"Fn::Equals": [{"Fn::Sub": "${Open}-x"}, "prod-y"]},
  "Partition": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-mars"]},
  "China": {"Fn::Equals": [{"Ref": "AWS::Partition"}, "aws-cn"]},
  "SameEnv": {"Fn::Equals": [{"Ref": "Env"}, {"Ref": "Open"}]},
  "LookedUp": {"Fn::Equals": [{"Ref": "Looked"}, "/c"]},
  "Fn::ForEach::Each": ["Stage", ["dev", "prod"],
    {"Is${Stage}Here": {"Fn::Equals": [{"Ref": "Env"}, {"Ref": "Stage"}]}}],
  "Circle": {"Fn::Not": [{"Condition": "Circle"}]},
  "Odd": {"Fn::Equals": [1]}
}"""


def conditions(section: str = SECTION, rest: str = '"Rules": {}') -> Conditions:
    table = '{"Map": {"dev": {"Size": "small"}, "prod": {"Size": "large"}}}'
    text = f'{{"Parameters": {PARAMETERS}, "Mappings": {table}, "Conditions": {section}, {rest}}}'
    root = read_json(SourceText("t.json", text)).root
    assert isinstance(root, MappingNode)
    return Evaluator(Sections(root), lambda name: name).conditions


def guard(text: str) -> Guard:
    names = (name.strip() for name in text.split("&"))
    return Guard(tuple((name.removeprefix("!"), not name.startswith("!")) for name in names))


@pytest.mark.parametrize(
    ("branches", "reachable"),
    [
        ("IsProd", True),
        ("!IsProd", True),
        ("IsProd & NotProd", False),
        ("!IsProd & !NotProd", False),
        ("IsProd & IsDev", False),
        ("!IsProd & !IsDev", False),  # Env has no third value
        ("IsTest", False),  # nor this one
        ("!IsTest", True),
        ("ProdHere & IsProd", True),
        ("ProdHere & !IsProd", False),
        ("!ProdHere & IsProd", True),
        ("!Either", False),
        ("Env = prod & IsDev", False),
        ("Env = prod & !IsDev", True),
        ("AWS::Region = eu-west-1 & ProdHere", False),
        ("Empty", True),
        ("!Empty", True),
        ("Open = x & Empty", False),
        ("!Same", False),
        ("Joined & !JoinedAgain", False),
        ("Joined", True),
        ("!OpenIsX", True),  # a default says nothing
        ("NoFilled", False),  # MinLength
        ("TooLong", False),
        ("NotNamed", False),  # AllowedPattern
        ("IsNamed", True),
        ("IsSlow", True),  # a pattern that may take long is not tried
        ("IsJava", True),
        ("First & !Second", True),  # two items of one list have nothing to do with each other
        ("!First & Second", True),
        ("Mapped & IsProd", True),
        ("Mapped & !IsProd", False),
        ("!Mapped & IsProd", False),
        ("SubProd & IsDev", False),
        ("SubProd", True),
        ("SubOpen", False),
        ("Partition", False),
        ("China", True),
        ("SameEnv & IsProd & OpenIsX", False),
        ("SameEnv & IsProd", True),
        ("LookedUp", True),
        ("IsdevHere & IsprodHere", False),
        ("IsprodHere & NotProd", False),
        ("IsprodHere & IsProd", True),
        ("Undeclared & IsProd", True),
        ("Circle", True),
        ("Odd", True),
        ("!Odd", True),
    ],
)
def test_reachable(branches: str, reachable: bool) -> None:
    assert conditions().allow(guard(branches)) is reachable


def test_a_chain_of_conditions_without_end_is_read() -> None:
    links = ", ".join(f'"C{i}": {{"Fn::Not": [{{"Condition": "C{i + 1}"}}]}}' for i in range(3000))
    assert conditions(f"{{{links}}}").allow(guard("C0"))


def test_forty_conditions_that_must_all_hold_are_solved() -> None:
    parts = ", ".join(f'{{"Fn::Equals": [{{"Ref": "P{i}"}}, "x"]}}' for i in range(40))
    section = conditions(f'{{"All": {{"Fn::And": [{parts}]}}, "Last": {{"Fn::Equals": [{{"Ref": "P39"}}, "y"]}}}}')
    assert section.allow(guard("All"))
    assert not section.allow(guard("All & Last"))


def test_forty_conditions_apart_are_solved_one_by_one() -> None:
    each = ", ".join(f'"C{i}": {{"Fn::Equals": [{{"Ref": "P{i}"}}, "x"]}}' for i in range(40))
    section = conditions(f'{{{each}, "No": {{"Fn::Equals": [{{"Ref": "P39"}}, "y"]}}}}')
    branches = " & ".join(f"C{i}" for i in range(40))
    assert section.allow(guard(branches))
    assert not section.allow(guard(f"{branches} & No"))


def test_what_takes_too_many_steps_is_taken_as_reachable() -> None:
    # Pigeons and holes: none of the formulas is wrong before nearly all of the variables have a value.
    def sits(pigeon: int, hole: int) -> str:
        return f'{{"Fn::Equals": [{{"Ref": "P{pigeon}-{hole}"}}, "x"]}}'

    clauses = [f'{{"Fn::Or": [{", ".join(sits(p, h) for h in range(9))}]}}' for p in range(10)]
    clauses += [
        f'{{"Fn::Not": [{{"Fn::And": [{sits(p, h)}, {sits(q, h)}]}}]}}'
        for h in range(9)
        for p in range(10)
        for q in range(p)
    ]
    assert conditions(f'{{"Hard": {{"Fn::And": [{", ".join(clauses)}]}}}}').allow(guard("Hard"))


RULES = """"Rules": {
  "ProdIsBig": {
    "RuleCondition": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
    "Assertions": [
      {"Assert": {"Fn::Contains": [["large", "huge"], {"Ref": "Size"}]}, "AssertDescription": "d"},
      {"Assert": {"Fn::EachMemberIn": [{"Fn::RefAll": "AWS::EC2::VPC::Id"}, ["a"]]}}
    ]
  },
  "Odd": 3
}"""


@pytest.mark.parametrize(
    ("branches", "reachable"),
    [
        ("IsProd & Small", False),
        ("!IsProd & Small", True),
        ("IsProd & Large", True),
        ("IsProd", True),
        ("Small", True),
    ],
)
def test_what_a_rule_refuses_cannot_be(branches: str, reachable: bool) -> None:
    section = """{
      "IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]},
      "Small": {"Fn::Equals": [{"Ref": "Size"}, "small"]},
      "Large": {"Fn::Equals": [{"Ref": "Size"}, "large"]}
    }"""
    assert conditions(section, RULES).allow(guard(branches)) is reachable


_FORMULAS = st.recursive(
    st.sampled_from(["dev", "prod", "other"]).map(lambda v: f'{{"Fn::Equals": [{{"Ref": "Env"}}, "{v}"]}}'),
    lambda inner: (
        inner.map(lambda f: f'{{"Fn::Not": [{f}]}}')
        | st.lists(inner, min_size=2, max_size=3).map(lambda fs: f'{{"Fn::And": [{", ".join(fs)}]}}')
        | st.lists(inner, min_size=2, max_size=3).map(lambda fs: f'{{"Fn::Or": [{", ".join(fs)}]}}')
    ),
    max_leaves=8,
)


@settings(max_examples=50, deadline=None)
@given(_FORMULAS)
def test_one_of_the_two_branches_of_a_condition_can_always_be_taken(formula: str) -> None:
    section = conditions(f'{{"C": {formula}}}')
    assert section.allow(guard("C")) or section.allow(guard("!C"))
    assert not section.allow(Guard((("C", True), ("C", False))))


_VARIABLES = {"A": ("x", "y"), "B": ("x", "y", "z"), "C": None}
_ATOMS = st.tuples(st.sampled_from(sorted(_VARIABLES)), st.sampled_from(["x", "y", "z"]))
Tree = tuple[object, ...]
_TREES: st.SearchStrategy[Tree] = st.recursive(
    _ATOMS.map(lambda atom: ("is", *atom)),
    lambda inner: (
        inner.map(lambda one: ("Fn::Not", one))
        | st.lists(inner, min_size=2, max_size=3).map(lambda several: ("Fn::And", *several))
        | st.lists(inner, min_size=2, max_size=3).map(lambda several: ("Fn::Or", *several))
    ),
    max_leaves=5,
)


def _written(tree: Any) -> Any:
    if tree[0] == "is":
        return {"Fn::Equals": [{"Ref": tree[1]}, tree[2]]}
    return {tree[0]: [_written(inner) for inner in tree[1:]]}


def _holds(tree: Any, given: dict[str, str]) -> bool:
    if tree[0] == "is":
        return given[tree[1]] == tree[2]
    answers = [_holds(inner, given) for inner in tree[1:]]
    return {"Fn::Not": not answers[0], "Fn::And": all(answers), "Fn::Or": any(answers)}[tree[0]]


@settings(max_examples=80, deadline=None)
@given(st.lists(_TREES, min_size=1, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4))
def test_reachable_is_what_trying_all_values_says(trees: list[Tree], wanted: list[bool]) -> None:
    parameters = {
        name: {"Type": "String", **({"AllowedValues": list(values)} if values else {})}
        for name, values in _VARIABLES.items()
    }
    template = {"Parameters": parameters, "Conditions": {f"C{i}": _written(tree) for i, tree in enumerate(trees)}}
    root = read_json(SourceText("t.json", json.dumps(template))).root
    assert isinstance(root, MappingNode)
    section = Evaluator(Sections(root), lambda name: name).conditions
    branches = [(f"C{i}", wanted[i]) for i in range(len(trees))]
    domains = [values or ("x", "y", "z", "anything else") for values in _VARIABLES.values()]
    tried = (dict(zip(_VARIABLES, chosen, strict=True)) for chosen in product(*domains))
    brute = any(all(_holds(tree, one) is wanted[i] for i, tree in enumerate(trees)) for one in tried)
    assert section.allow(Guard(tuple(branches))) is brute


def test_conditions_that_name_each_other_over_and_over_are_bounded() -> None:
    links = ", ".join(
        f'"C{i}": {{"Fn::Or": [{{"Fn::Not": [{{"Condition": "C{i + 1}"}}]}}, {{"Condition": "C{i + 1}"}}]}}'
        for i in range(50)
    )
    section = conditions(f'{{{links}, "C50": {{"Fn::Equals": [{{"Ref": "Env"}}, "dev"]}}}}')
    assert section.allow(guard("C0"))
