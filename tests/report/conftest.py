"""A small report, made from text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from iamlint.engine.finding import Finding, Severity
from iamlint.report.report import Report
from iamlint.source.span import Place, Related, SourceText

TEXT = 'statement {\n\tactions = ["s3:*"]\n  resources = ["*"]\n}\n'


@dataclass(frozen=True)
class Described:
    """A rule as far as a report prints it."""

    name: str
    title: str = "Statement allows every action of a service"
    severity: Severity = "medium"
    practice: int | None = 8
    flag: str = "action"
    why: str = "A leaked credential can do anything there."
    instead: str = "List the actions."
    also_known_as: tuple[str, ...] = ("CKV_X",)
    references: tuple[str, ...] = ("https://docs.aws.amazon.com/IAM/",)


def flagged(text: str, literal: str, path: str = "infra/main.tf", **given: object) -> Finding:
    """A finding on the first occurrence of a literal in a text."""
    source = SourceText(path, text)
    start = text.index(literal)
    values: dict[str, object] = {"rule": "service-wildcard", "severity": "medium", "message": f"`{literal}` is wide"}
    return Finding(place=Place(source, start, start + len(literal)), **{**values, **given})  # type: ignore[arg-type]


Flag = Callable[..., Finding]


@pytest.fixture
def flag() -> Flag:
    return flagged


@pytest.fixture
def described() -> type[Described]:
    return Described


@pytest.fixture
def report() -> Report:
    """Two findings, one of them with a related place, and one ignored."""
    source = SourceText("infra/vars.tf", 'x = "s3:*"\n')
    related = Related(Place(source, 4, 10), "value of var.actions set here")
    one = flagged(TEXT, '"s3:*"', related=(related,), address="aws_iam_policy.a", element="Statement/0")
    two = flagged(TEXT, '"*"', rule="wildcard-resource", severity="high", message="every resource")
    ignored = flagged(TEXT, "resources", rule="wildcard-resource", severity="low", message="told")
    return Report(
        findings=[one, two],
        ignored=[(ignored, "reviewed")],
        files=2,
        policies=1,
        statements=3,
        unresolved=Counter({"a variable without a default": 2}),
        rules={"service-wildcard": Described("service-wildcard"), "wildcard-resource": Described("wildcard-resource")},
    )
