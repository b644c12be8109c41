"""Principals as they are written: services, wildcards, accounts, federation, ids of what is gone; keys of services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws import service_principals as services
from iamlint.model.flaw import Flaw
from iamlint.model.text import Text

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.statement import Statement

# What IAM shows in place of a role or user that is gone: code, what it was.
_IDS = {"AROA": ("invalid-role-reference", "role"), "AIDA": ("invalid-user-reference", "user")}


def check(policy: Policy) -> Iterator[Flaw]:
    """What is wrong with principals, and with the names of services in conditions."""
    if policy.attachment in ("generated", "aws_managed"):
        return
    has_principals = policy.kind not in ("identity", "boundary", "session", "scp")
    for statement in policy.statements:
        if has_principals:
            for element, listed in (("Principal", statement.principals), ("NotPrincipal", statement.not_principals)):
                for principal in listed:
                    yield from _principal(principal, element, statement, policy)
        if not statement.conditions:
            continue
        for condition in statement.conditions:
            yield from _service_values(condition, statement)
        if statement.principals and policy.kind in ("resource", "trust", "vpc_endpoint"):
            yield from _unsupported_keys(statement)


def _flaw(code: str, message: str, text: Text, statement: Statement, path: str) -> Flaw:
    return Flaw(
        code=code, message=message, statement=statement, path=path, place=text.place, via=text.via, when=text.when
    )


def _principal(principal: Principal, element: str, statement: Statement, policy: Policy) -> Iterator[Flaw]:
    text, kind = principal.name, principal.kind
    if kind in ("anyone", "unknown"):
        return
    path = f"{element}/{_KEYS[kind]}"
    written = "".join([part for part in text.parts if isinstance(part, str)])
    if kind == "federated" and policy.kind in ("resource", "vpc_endpoint"):
        message = f"`{text.shown}`: only a role trust policy has federated principals"
        yield _flaw("federated-principal-not-supported", message, text, statement, path)
        return
    if "*" in written or "?" in written:
        if kind == "federated" and policy.kind == "trust" and text.literal == "*":
            return  # no provider at all
        if policy.kind != "rcp":
            yield _flaw("unsupported-wildcard-in-principal", _wildcard_message(kind, text), text, statement, path)
        return
    if kind == "service" and text.literal is not None:
        problem = services.format_problem(text.literal)
        if problem:
            message = f"the service principal `{text.shown}` {problem}"
            yield _flaw("invalid-service-principal-format", message, text, statement, path)
    elif kind == "aws" and written[:4] in _IDS and text.literal is not None and text.literal.isalnum():
        code, what = _IDS[written[:4]]
        message = f"`{text.shown}` is the id of a {what}, which IAM shows once the {what} is deleted: name its ARN"
        yield _flaw(code, message, text, statement, path)
    elif kind == "aws" and text.literal is not None:
        account = _account_of(text.literal)
        if account.isdecimal() and len(account) != _DIGITS:
            message = f"`{account}` is not an account id: that has twelve digits"
            yield _flaw("invalid-arn-account", message, text, statement, path)


def _account_of(name: str) -> str:
    """What stands for the account in the name of an AWS principal, an ARN or a bare account id."""
    return name.split(":", 5)[4] if name.startswith("arn:") and name.count(":") > 4 else name


_DIGITS = 12
_KEYS = {"aws": "AWS", "service": "Service", "federated": "Federated", "canonical": "CanonicalUser"}


def _wildcard_message(kind: str, text: Text) -> str:
    if kind == "aws":
        return (
            f"the principal `{text.shown}` has a wildcard in it, which stands for itself there; "
            "test `aws:PrincipalArn` in a condition instead"
        )
    return f"the principal `{text.shown}` has a wildcard in it: only `*` of AWS principals is one"


def _service_values(condition: Condition, statement: Statement) -> Iterator[Flaw]:
    """Names of services as the values of keys that have such."""
    key = (condition.key.literal or "").lower()
    if key not in services.KEYS and key != services.VIA_SERVICE:
        return
    if condition.family != "string":
        return
    problem_of = services.via_service_problem if key == services.VIA_SERVICE else services.format_problem
    for value in condition.values:
        literal = value.literal
        if literal is None or "*" in literal or "?" in literal or "${" in literal:
            continue
        if condition.base in ("stringequalsignorecase", "stringnotequalsignorecase"):
            literal = literal.lower()
        problem = problem_of(literal)
        if problem:
            message = f"`{value.shown}` as the value of `{condition.key.shown}` {problem}"
            path = f"Condition/{condition.operator.shown}/{condition.key.shown}"
            yield _flaw("invalid-service-principal-format", message, value, statement, path)


def _unsupported_keys(statement: Statement) -> Iterator[Flaw]:
    """Properties of an IAM principal asked of AWS services, whose own requests have none."""
    names = [principal.name.shown for principal in statement.principals if principal.kind == "service"]
    # Roles Anywhere gives what a certificate says as tags of the principal.
    if len(names) != len(statement.principals) or "rolesanywhere.amazonaws.com" in names:
        return
    for condition in statement.conditions:
        key = (condition.key.literal or "").lower()
        if not services.is_principal_property(key):
            continue
        if condition.if_exists or condition.family == "null" or condition.set_qualifier == "forallvalues":
            continue
        what = "always" if condition.negated else "never"
        message = (
            f"`{names[0]}` calls without `{condition.key.shown}`, so that this condition {what} holds; "
            "`aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID` say for whom it calls"
        )
        path = f"Condition/{condition.operator.shown}/{condition.key.shown}"
        yield _flaw("unsupported-condition-key-for-service-principal", message, condition.key, statement, path)
