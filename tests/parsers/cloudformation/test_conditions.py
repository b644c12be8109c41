"""Which branches can be taken together."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iamlint.model.unknown import Guard
from iamlint.parsers.cloudformation.conditions import Conditions
from iamlint.source.json_reader import read_json
from iamlint.source.span import SourceText

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
  "Circle": {"Fn::Not": [{"Condition": "Circle"}]},
  "Odd": {"Fn::Equals": [1]}
}"""


def conditions(section: str = SECTION) -> Conditions:
    return Conditions(read_json(SourceText("t.json", section)).root, {"Env": ("dev", "prod")})


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


def test_more_combinations_than_can_be_tried_are_taken_as_reachable() -> None:
    parts = ", ".join(f'{{"Fn::Equals": [{{"Ref": "P{i}"}}, "x"]}}' for i in range(40))
    assert conditions(f'{{"All": {{"Fn::And": [{parts}]}}}}').allow(guard("All"))


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
