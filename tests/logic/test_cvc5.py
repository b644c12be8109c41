"""The solver cvc5 as a second opinion (the extra `oracle`): random pairs of policies, encoded for it from their JSON.

It shares nothing with the procedure under test: patterns become regular expressions, keys become variables, and the
question "does NEW allow a request that OLD does not" becomes one formula.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iamlint.logic.actions import Catalogue
from iamlint.logic.compare import compare
from iamlint.logic.reading import read_policy

cvc5 = pytest.importorskip("cvc5")

TODAY = {"s3": ("getobject", "putobject"), "iam": ("getuser", "passrole")}
TAG, ARN, SIZE, SECURE = "aws:PrincipalTag/t", "aws:SourceArn", "s3:max-keys", "aws:SecureTransport"
CONDITIONS: dict[str, dict[str, tuple[str, ...]]] = {
    TAG: {
        "StringEquals StringNotEquals StringEqualsIfExists": ("a", "B", "ab", "a*"),
        "StringEqualsIgnoreCase StringNotEqualsIgnoreCase": ("a", "Ab"),
        "StringLike StringNotLike StringLikeIfExists StringNotLikeIfExists": ("a*", "*b", "?", "*", "a?*"),
        "Null": ("true", "false"),
    },
    ARN: {
        "ArnLike ArnNotLike ArnEquals": ("arn:aws:s3:::b*", "arn:aws:s3:*:*:b", "arn:aws:*:::?"),
        "StringLike StringNotEquals": ("arn:aws:s3:::b", "arn:*:b"),
    },
    SIZE: {
        "NumericEquals NumericNotEquals NumericLessThan NumericLessThanEqualsIfExists": ("7", "7.0", "8"),
        "NumericGreaterThan NumericGreaterThanEquals NumericNotEqualsIfExists": ("7", "7.5"),
        "Null": ("true", "false"),
    },
    SECURE: {"Bool BoolIfExists": ("true", "false"), "Null": ("true", "false")},
}
RESOURCES = ("*", "arn:aws:s3:::b*", "arn:aws:s3:::b/*", "arn:aws:s3:::?/a", "arn:aws:*:::b", "arn:aws:s3", "b*:*")
ACTIONS = ("*", "s3:*", "s3:Get*", "s3:GetObject", "iam:*", "*:Get*", "s3:?etO*", "new:a*", "*r")


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for _ in range(draw(st.integers(0, 2))):
        key = draw(st.sampled_from(sorted(CONDITIONS)))
        names, values = draw(st.sampled_from(sorted(CONDITIONS[key].items())))
        name = draw(st.sampled_from(names.split()))
        found.setdefault(name, {})[key] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2))
    return found


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    statements = []
    for _ in range(draw(st.integers(1, 3))):
        action = draw(st.sampled_from(("Action", "Action", "NotAction")))
        resource = draw(st.sampled_from(("Resource", "Resource", "NotResource")))
        statements.append(
            {
                "Effect": draw(st.sampled_from(("Allow", "Allow", "Deny"))),
                action: draw(st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2)),
                resource: draw(st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=2)),
                "Condition": draw(conditions()),
            }
        )
    return {"Version": "2012-10-17", "Statement": statements}


class Encoding:
    """One question as a formula."""

    def __init__(self) -> None:
        self.terms = cvc5.TermManager()
        self.solver = cvc5.Solver(self.terms)
        self.solver.setOption("strings-exp", "true")
        self.solver.setOption("tlimit-per", "1000")
        self.solver.setLogic("ALL")
        text, real, truth = self.terms.getStringSort(), self.terms.getRealSort(), self.terms.getBooleanSort()
        self.action, self.resource = self.terms.mkConst(text, "action"), self.terms.mkConst(text, "resource")
        sorts = {TAG: text, ARN: text, SIZE: real, SECURE: truth}
        self.values = {key: self.terms.mkConst(sort, key) for key, sort in sorts.items()}
        self.present = {key: self.terms.mkConst(truth, f"{key} is there") for key in sorts}

    def verdict(self, new: dict[str, Any], old: dict[str, Any], closed: bool) -> str:
        """sat when NEW allows something new, unsat when it does not, unknown when that takes too long."""
        some = self.glob("?*:?*")
        if closed:  # an action of today, or one of a service that nobody lists
            names = [self.word(f"{service}:{name}") for service in TODAY for name in TODAY[service]]
            listed = self.any_of([self.glob(f"{service}:*") for service in TODAY])
            other = self.terms.mkTerm(cvc5.Kind.REGEXP_DIFF, some, listed)
            some = self.any_of([*names, other])
        self.solver.assertFormula(self.within(self.action, some))
        self.solver.assertFormula(self.both(self.allows(new), self.no(self.allows(old))))
        result = self.solver.checkSat()
        return "sat" if result.isSat() else "unsat" if result.isUnsat() else "unknown"

    def allows(self, document: dict[str, Any]) -> Any:
        effects: dict[str, list[Any]] = {"Allow": [], "Deny": []}
        for statement in document["Statement"]:
            effects[statement["Effect"]].append(self.applies(statement))
        return self.both(self.either(*effects["Allow"]), self.no(self.either(*effects["Deny"])))

    def applies(self, statement: dict[str, Any]) -> Any:
        parts = []
        for element, value, spelled in (("Action", self.action, self.action_of), ("Resource", self.resource, self.arn)):
            negated = f"Not{element}" in statement
            patterns = statement[f"Not{element}" if negated else element]
            matched = self.either(*(self.within(value, spelled(pattern)) for pattern in patterns))
            parts.append(self.no(matched) if negated else matched)
        for name, block in statement["Condition"].items():
            parts += [self.holds(name, key, values) for key, values in block.items()]
        return self.both(*parts)

    def holds(self, name: str, key: str, values: list[str]) -> Any:
        there = self.present[key]
        if name == "Null":
            return self.either(*(self.no(there) if value == "true" else there for value in values))
        base = name.removesuffix("IfExists")
        matched = self.either(*(self.matches(base.replace("Not", ""), key, value) for value in values))
        tested = self.no(matched) if "Not" in base else matched
        absent = base != name or "Not" in base
        return self.either(self.no(there), tested) if absent else self.both(there, tested)

    def matches(self, base: str, key: str, value: str) -> Any:
        given = self.values[key]
        if base == "Bool":
            return given if value == "true" else self.no(given)
        if base.startswith("Numeric"):
            kinds = {
                "Equals": cvc5.Kind.EQUAL,
                "LessThan": cvc5.Kind.LT,
                "LessThanEquals": cvc5.Kind.LEQ,
                "GreaterThan": cvc5.Kind.GT,
                "GreaterThanEquals": cvc5.Kind.GEQ,
            }
            return self.terms.mkTerm(kinds[base.removeprefix("Numeric")], given, self.terms.mkReal(value))
        if base.startswith("Arn"):
            return self.within(given, self.in_parts(value))
        if base == "StringEqualsIgnoreCase":
            cases = [self.any_of([self.word(letter.lower()), self.word(letter.upper())]) for letter in value]
            return self.within(given, self.joined(cases))
        return self.within(given, self.glob(value) if base == "StringLike" else self.word(value))

    def action_of(self, pattern: str) -> Any:
        return self.glob(pattern.lower())

    def arn(self, pattern: str) -> Any:
        """A resource: an ARN part by part, completed when it is short; anything else as it is."""
        if not pattern.startswith("arn"):
            return self.glob(pattern)
        return self.in_parts(pattern + ":*" * (5 - min(pattern.count(":"), 5)))

    def in_parts(self, pattern: str) -> Any:
        *first, last = pattern.split(":", 5)
        colon = self.word(":")
        beside = self.terms.mkTerm(cvc5.Kind.REGEXP_DIFF, self.terms.mkRegexpAllchar(), colon)
        return self.joined([part for piece in first for part in (self.glob(piece, beside), colon)] + [self.glob(last)])

    def glob(self, pattern: str, letter: Any = None) -> Any:
        letter = letter or self.terms.mkRegexpAllchar()
        wild = {"*": self.terms.mkTerm(cvc5.Kind.REGEXP_STAR, letter), "?": letter}
        return self.joined([wild.get(sign) or self.word(sign) for sign in pattern])

    def word(self, text: str) -> Any:
        return self.terms.mkTerm(cvc5.Kind.STRING_TO_REGEXP, self.terms.mkString(text))

    def joined(self, parts: list[Any]) -> Any:
        return reduce(
            lambda one, other: self.terms.mkTerm(cvc5.Kind.REGEXP_CONCAT, one, other), [self.word(""), *parts]
        )

    def any_of(self, parts: list[Any]) -> Any:
        return self.folded(cvc5.Kind.REGEXP_UNION, parts)

    def folded(self, kind: Any, parts: Iterable[Any]) -> Any:
        return reduce(lambda one, other: self.terms.mkTerm(kind, one, other), parts)

    def within(self, text: Any, language: Any) -> Any:
        return self.terms.mkTerm(cvc5.Kind.STRING_IN_REGEXP, text, language)

    def no(self, term: Any) -> Any:
        return self.terms.mkTerm(cvc5.Kind.NOT, term)

    def both(self, *parts: Any) -> Any:
        return self.folded(cvc5.Kind.AND, [self.terms.mkTrue(), *parts])

    def either(self, *parts: Any) -> Any:
        return self.folded(cvc5.Kind.OR, [self.terms.mkFalse(), *parts])


@pytest.mark.parametrize("closed", [True, False], ids=["closed", "open"])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(new=documents(), old=documents())
def test_the_solver_says_the_same(closed: bool, new: dict[str, Any], old: dict[str, Any]) -> None:
    catalogue = Catalogue(TODAY, TODAY.__getitem__) if closed else None
    answer = compare(read_policy(new), read_policy(old), catalogue)
    verdict = Encoding().verdict(new, old, closed)
    assume(verdict != "unknown")
    assert (answer.answer, verdict) in {("fail", "sat"), ("pass", "unsat")}


@pytest.mark.parametrize(
    ("allowed", "before", "verdict"),
    [
        ({"Action": ["s3:Get*"]}, {"Action": ["s3:GetObject"]}, "sat"),
        ({"Action": ["s3:GetObject"]}, {"Action": ["s3:Get*"]}, "unsat"),
        ({"Condition": {"StringEquals": {TAG: ["a"]}}}, {"Condition": {"StringLike": {TAG: ["a*"]}}}, "unsat"),
        ({"Condition": {"NumericLessThan": {SIZE: ["8"]}}}, {"Condition": {"NumericLessThan": {SIZE: ["7"]}}}, "sat"),
        ({}, {"Condition": {"Bool": {SECURE: ["true", "false"]}}}, "sat"),
    ],
)
def test_the_encoding_tells_the_two_verdicts_apart(
    allowed: dict[str, Any], before: dict[str, Any], verdict: str
) -> None:
    statement = {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"], "Condition": {}}
    new, old = ({"Statement": [{**statement, **some}]} for some in (allowed, before))
    assert Encoding().verdict(new, old, closed=False) == verdict
