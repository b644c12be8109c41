"""Policy variables: written as IAM reads them, where and in which version it reads them, and not eaten on the way."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from iamlint.model.flaw import Flaw
from iamlint.model.unknown import Unknown

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

_TAKING = frozenset(("string", "arn", "unknown"))
# Written by us or by a transform of AWS's, not by the user.
_SYNTHETIC = ("generated", "aws_managed")
# Stands for a part that is not known; no text has it.
_HOLE = "\0"


class Variable(NamedTuple):
    """One `${…}`: what is between the braces, from where to where it stands, and whether a brace ends it."""

    inside: str
    start: int
    end: int
    closed: bool = True

    @property
    def name(self) -> str:
        return self.inside.partition(",")[0]

    @property
    def is_of_iam(self) -> bool:
        """Whether it has the form of a policy variable, `prefix:key`; `${bucket}` is a placeholder of a template, and
        `${AWS::Region}` one of CloudFormation."""
        prefix, colon, key = self.name.replace(" ", "").partition(":")
        return bool(colon and prefix and key) and key[0] != ":" and prefix.replace("-", "").replace(".", "").isalnum()


def check(policy: Policy) -> Iterator[Flaw]:
    """Variables that are misspelled, that stand where IAM reads none, and that another language takes for its own."""
    if policy.attachment in _SYNTHETIC:
        return
    unread = _reads_none(policy)
    for statement in policy.statements:
        for text, path in _taking(statement):
            yield from _eaten(text, path, statement)
            for variable in _variables(text):
                yield from _spelling(text, variable, path, statement)
                if unread and variable.closed and variable.is_of_iam:
                    unread = False
                    message = f"`${{{variable.inside}}}` is read as it stands: policy variables need Version 2012-10-17"
                    yield _flaw("variable-unsupported-in-version", message, text, variable, path, statement)
        yield from _elsewhere(statement)
        yield from _operators(statement)


def _reads_none(policy: Policy) -> bool:
    version = policy.version
    return version is None or version.literal == "2008-10-17"


def _taking(statement: Statement) -> Iterator[tuple[Text, str]]:
    """The texts in which IAM reads variables, with the path of each."""
    for index, resource in enumerate(statement.resources):
        yield resource, f"Resource/{index}"
    for index, resource in enumerate(statement.not_resources):
        yield resource, f"NotResource/{index}"
    for condition in statement.conditions:
        for value in condition.values:
            yield value, f"Condition/{condition.operator.shown}/{condition.key.shown}"


def _variables(text: Text) -> tuple[Variable, ...]:
    parts = text.parts
    if len(parts) == 1:
        written = parts[0]
        return _found(written) if isinstance(written, str) and "${" in written else ()
    if not any(isinstance(part, str) and "${" in part for part in parts):
        return ()
    return _found("".join([part if isinstance(part, str) else _HOLE for part in parts]))


@lru_cache(maxsize=4096)
def _found(written: str) -> tuple[Variable, ...]:
    """The variables in a string. `${` that another `${` follows before any brace is not closed."""
    found = []
    start = written.find("${")
    while start >= 0:
        end = written.find("}", start + 2)
        following = written.find("${", start + 2)
        if end < 0 or 0 <= following < end:
            stop = following if following >= 0 else len(written)
            # What is not known may have the brace in it.
            if _HOLE not in written[start:stop]:
                found.append(Variable(written[start + 2 : stop], start, stop, closed=False))
        else:
            found.append(Variable(written[start + 2 : end], start, end + 1))
        start = following
    return tuple(found)


def _spelling(text: Text, variable: Variable, path: str, statement: Statement) -> Iterator[Flaw]:
    inside = variable.inside
    if not variable.closed:
        message = f"the variable `${{{inside}` has no closing brace"
        yield _flaw("missing-brace-in-variable", message, text, variable, path, statement)
        return
    if not inside.strip():
        message = f"`${{{inside}}}` names no variable"
        yield _flaw("empty-variable", message, text, variable, path, statement)
        return
    if not variable.is_of_iam:
        return
    name, comma, default = inside.partition(",")
    if " " in name.rstrip():
        better = name.replace(" ", "")
        message = f"the variable `${{{_shown(inside)}}}` has a space in its name: `${{{_shown(better)}}}`"
        yield _flaw("unsupported-space-in-variable", message, text, variable, path, statement)
    default = default.strip()
    if comma and _HOLE not in default and not (len(default) > 1 and default[0] == default[-1] == "'"):
        message = f"the default value in `${{{_shown(inside)}}}` needs a single quote on both sides"
        yield _flaw("missing-quote-in-variable", message, text, variable, path, statement)


def _elsewhere(statement: Statement) -> Iterator[Flaw]:
    """Variables in elements where IAM takes them for the letters they are."""
    for element, texts in (
        ("Action", statement.actions),
        ("NotAction", statement.not_actions),
        ("Principal", [principal.name for principal in statement.principals]),
        ("NotPrincipal", [principal.name for principal in statement.not_principals]),
        ("Condition", [condition.key for condition in statement.conditions]),
    ):
        for index, text in enumerate(texts):
            for variable in _variables(text):
                if variable.closed and variable.is_of_iam:
                    where = "a condition key" if element == "Condition" else element
                    message = f"`${{{_shown(variable.inside)}}}` in {where} is no variable: IAM reads them in Resource "
                    message += "and in the values of conditions only"
                    path = f"Condition/{text.shown}" if element == "Condition" else f"{element}/{index}"
                    yield _flaw("variable-unsupported-in-element", message, text, variable, path, statement)
                    break


def _operators(statement: Statement) -> Iterator[Flaw]:
    for condition in statement.conditions:
        if condition.family in _TAKING:
            continue
        for value in condition.values:
            for variable in _variables(value):
                if variable.closed and variable.is_of_iam:
                    operator, path = condition.operator.shown, f"Condition/{condition.operator.shown}"
                    message = f"`{operator}` takes no variable: `${{{_shown(variable.inside)}}}` never matches"
                    path += f"/{condition.key.shown}"
                    yield _flaw("invalid-variable-for-operator", message, value, variable, path, statement)


def _eaten(text: Text, path: str, statement: Statement) -> Iterator[Flaw]:
    """Variables that Fn::Sub takes for a reference, and escapes of languages that never saw the text."""
    for part in text.parts:
        if isinstance(part, Unknown):
            written = Variable(part.written, 0, 0)
            if written.is_of_iam and part.reason.startswith("Fn::Sub"):
                message = (
                    f"`Fn::Sub` takes `{part}` for a reference and fails: a policy variable is `${{!{written.name}}}`"
                )
                yield _flaw("interpolated-policy-variable", message, text, None, path, statement)
            continue
        for opening, why in _ESCAPES:
            start = part.find(opening)
            if start < 0:
                continue
            end = part.find("}", start)
            variable = Variable(part[start + len(opening) : end], start, end + 1)
            if end > 0 and variable.is_of_iam:
                message = f"`{part[start : end + 1]}` {why}: write `${{{variable.inside}}}`"
                whole = variable if len(text.parts) == 1 else None
                yield _flaw("interpolated-policy-variable", message, text, whole, path, statement)


_ESCAPES = (
    ("&{", "is read by `aws_iam_policy_document` only, and is never matched"),
    ("${!", "is read by `Fn::Sub` only, and is never matched"),
)


def _shown(inside: str) -> str:
    return inside.replace(_HOLE, "…")


def _flaw(
    code: str, message: str, text: Text, variable: Variable | None, path: str, statement: Statement
) -> Flaw:  # fmt: skip
    place = text.place if variable is None else text.part_place(variable.start, variable.end)
    return Flaw(code=code, message=message, statement=statement, path=path, place=place, via=text.via, when=text.when)
