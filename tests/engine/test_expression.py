"""The rule language: what it takes, what it refuses and where, and Kleene's logic in it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iamlint.engine.check_types import check
from iamlint.engine.evaluate import certainty, condition, conjuncts, message, names_in
from iamlint.engine.expression import ExpressionError, parse, parse_message
from iamlint.engine.subject import scope_types
from iamlint.model.thing import Setting
from iamlint.model.unknown import Truth, Unknown, all_of, any_of, negation
from iamlint.source.span import Place, SourceText

PLACE = Place(SourceText("x", "x"), 0, 1)
DOUBT = Unknown("no telling")
ANSWERS = st.sampled_from([True, False, DOUBT])


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "policy.__class__",
        "policy.kind if true else false",
        "[x for x in policy.statements]",
        "lambda: 1",
        "policy.statements[0]",
        "1 + 1",
        "open('x')",
        "f'{policy}'",
        "(policy := 1)",
        "any(x for x in a for y in b)",
        "a < b < c",
        "policy.kind ==",
        "not " * 500 + "true",
    ],
)
def test_what_is_not_the_language_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse(text)


@pytest.mark.parametrize(
    ("subject", "text", "said"),
    [
        ("statement", "statement.actionz", "did you mean `actions`"),
        ("statement", "action.is_wildcard", "`action` is not in scope"),
        ("policy", "policy.kind == 'idendity'", "one of identity"),
        ("statement", "statement.requires", "is a question"),
        ("statement", "statement.requires()", "takes 1 argument"),
        ("statement", "statement.requires(3)", "is not a string"),
        ("identity", "identity.may()", "takes 1 to 2 argument(s): `may(action[, resource])`"),
        ("identity", "identity.may('iam:*', '*', '*')", "takes 1 to 2 argument(s)"),
        ("policy", "policy.may('iam:*', 3)", "3 is not a string"),
        ("statement", "statement.allows()", "without parentheses"),
        ("statement", "statement.allows > 3", "compares numbers"),
        ("statement", "any(x.literal for x in statement.sid)", "is not a list"),
        ("statement", "policy.kind.upper", "plain value"),
        ("statement", "stack.trusts(principal.account)", "not in scope"),
        ("policy", "policy.place", "has no `place`"),
    ],
)
def test_what_does_not_fit_the_model_is_refused(subject: str, text: str, said: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        check(parse(text), scope_types(subject))
    assert said in caught.value.message


@pytest.mark.parametrize("subject", ["identity", "user", "role", "group", "permission_set", "policy"])
@pytest.mark.parametrize("question", ["may('iam:CreateUser')", "may('iam:*', 'arn:aws:iam::*:user/admin')"])
def test_what_may_be_left_out_may_be_given(subject: str, question: str) -> None:
    check(parse(f"not {subject}.{question}"), scope_types(subject))


def answer(text: str, **scope: Any) -> Truth:
    return condition(parse(text))(scope)


@given(ANSWERS, ANSWERS)
def test_kleene(a: Truth, b: Truth) -> None:
    assert answer("a and b", a=a, b=b) == all_of((a, b))
    assert answer("a or b", a=a, b=b) == any_of((a, b))
    assert answer("not a", a=a) == negation(a)
    # De Morgan holds in three values too.
    assert answer("not (a and b)", a=a, b=b) == answer("not a or not b", a=a, b=b)


@given(ANSWERS, ANSWERS, ANSWERS)
def test_certainty_is_that_the_answer_is_true(a: Truth, b: Truth, c: Truth) -> None:
    scope = {"a": a, "b": b, "c": c}
    for text in ("a and (b and c)", "a and not b and c", "a or b and c", "a"):
        tree = parse(text)
        assert certainty(conjuncts(tree))(scope) is (condition(tree)(scope) is True)


def test_the_names_of_an_expression() -> None:
    tree = parse("a.b == 'c' and any(x.holds(d, 'e') for x in f.items) or not g")
    assert names_in(tree) == {"a", "x", "d", "f", "g"}
    assert names_in(parse("a in ['b', 'c']")) == {"a"}


def test_settings_compare_by_value_and_absence_is_false() -> None:
    def setting(value: Any) -> Setting:
        return Setting(value=value, place=PLACE)

    assert answer("x == false", x=setting(False)) is True
    assert answer("x < 14", x=setting(8)) is True
    assert answer("x < 14", x=setting(None)) is False
    assert answer("x == 1", x=setting(True)) is False
    assert answer("x == 1", x=setting(DOUBT)) == DOUBT
    assert answer("not (x == 1)", x=setting(DOUBT)) == DOUBT


def test_quantifiers() -> None:
    assert answer("any(x for x in xs)", xs=(False, DOUBT)) == DOUBT
    assert answer("any(x for x in xs)", xs=(DOUBT, True)) is True
    assert answer("all(x for x in xs)", xs=(DOUBT, False)) is False
    assert answer("all(x for x in xs if x == 'a')", xs=("b",)) is True
    assert answer("any(x == 'a' for x in xs)", xs=()) is False


def test_messages() -> None:
    render = message(parse_message("{{{n}}} of {xs}"))
    assert render({"n": 2, "xs": tuple("abcdefghij")}) == "{2} of a, b, c, d, e, f, g, h and 2 more"
    for wrong in ("{n", "n}", "{1 + 1}"):
        with pytest.raises(ExpressionError):
            parse_message(wrong)


def test_an_unknown_is_no_python_truth() -> None:
    with pytest.raises(TypeError):
        bool(DOUBT)
