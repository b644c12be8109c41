"""Condition operators: that they exist, and fit the key that they compare."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from iamlint.aws.condition_keys import find_key, is_of_provider
from iamlint.model.condition import OPERATORS, Condition
from iamlint.model.flaw import Flaw

if TYPE_CHECKING:
    from iamlint.aws.global_keys import KeyInfo
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

_QUALIFIERS = ("forallvalues", "foranyvalue")

# The types of keys that an operator of each family compares. Strings may be compared with ARNs: that is told apart, and
# only of the operators with wildcards.
_COMPARES = {
    "string": ("String", "ARN"),
    "numeric": ("Numeric",),
    "date": ("Date",),
    "bool": ("Bool",),
    "ip": ("IPAddress",),
    "arn": ("ARN",),
    "binary": ("Binary",),
}
_FITTING = {
    "String": "StringEquals",
    "ARN": "ArnLike",
    "Bool": "Bool",
    "Numeric": "NumericEquals",
    "Date": "DateLessThan",
    "IPAddress": "IpAddress",
}

# Providers whose audience claim has one value (https://docs.aws.amazon.com/IAM/latest/UserGuide/
# access-analyzer-reference-policy-checks.html names the check, the providers' own documentation their tokens).
_ONE_AUDIENCE = ("token.actions.githubusercontent.com", "oidc.eks.", "cognito-identity.amazonaws.com", "gitlab.com",
                 "accounts.google.com", "app.terraform.io")  # fmt: skip


def flaw_at(code: str, message: str, statement: Statement, condition: Condition, at: Text) -> Flaw:
    """A flaw at the operator, the key or a value of a condition."""
    return Flaw(
        code=code,
        message=message,
        statement=statement,
        path=f"Condition/{condition.operator.shown}/{condition.key.shown}",
        place=at.place,
        via=at.via or condition.via,
        when=condition.when.joined(at.when) or at.when,
    )


def check(policy: Policy) -> Iterator[Flaw]:
    """Operators that do not exist, that do nothing, and that do not fit their key."""
    if policy.is_aws_written or policy.attachment == "aws_managed":
        return
    for statement in policy.statements:
        told: set[tuple[int, int]] = set()
        for condition in statement.conditions:
            written = condition.operator.literal
            if written is None:
                continue
            at = (id(condition.operator.place.source), condition.operator.place.start)
            wrong = operator_flaw(written)
            if wrong is None:
                if condition.key.literal is not None:
                    yield from _fitting(statement, condition, condition.key.literal)
            elif at not in told:
                told.add(at)
                yield flaw_at(*wrong, statement, condition, condition.operator)


@lru_cache(maxsize=512)
def operator_flaw(written: str) -> tuple[str, str] | None:
    """What is wrong with an operator, whatever it compares: the code and the message; None when it is right."""
    qualifier, colon, name = written.rpartition(":")
    lowered = name.lower()
    base = lowered.removesuffix("ifexists")
    if base in OPERATORS and (not colon or qualifier.lower() in _QUALIFIERS):
        if base != "null":
            return None
        if lowered != base:
            return "null-with-if-exists", "`NullIfExists` does not exist: `Null` itself asks whether the key is there"
        if not colon:
            return None
        constant = "always" if qualifier.lower() == "forallvalues" else "never"
        return "null-with-qualifier", f"`{written}` {constant} holds: `Null` takes no set qualifier"
    return "invalid-condition-operator", _no_operator(written, qualifier, name)


def _no_operator(written: str, qualifier: str, name: str) -> str:
    from iamlint.aws.nearest import nearest

    if qualifier and (find_key(written) is not None or is_of_provider(written)):
        return f"`{written}` is a condition key: it belongs within an operator such as `StringEquals`"
    suffix = "IfExists" if name.lower().endswith("ifexists") else ""
    near = nearest(name.lower().removesuffix("ifexists"), OPERATORS)
    hint = f"; did you mean `{OPERATORS[near]}{suffix}`?" if near else ""
    if qualifier and qualifier.lower() not in _QUALIFIERS:
        hint = hint or "; a set qualifier is `ForAllValues:` or `ForAnyValue:`"
    return f"there is no condition operator `{written}`{hint}"


def _fitting(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """What does not fit between an operator and its key, and between the operator and its values."""
    family = condition.family
    if family == "string" and not condition.globs:
        yield from _inert_wildcards(statement, condition)
    if is_of_provider(key):
        yield from _audience(statement, condition, key)
        return
    known = find_key(key)
    if known is None or not known.types or family == "null":
        return
    yield from _qualifier(statement, condition, known)
    if family == "bool" and len(condition.values) > 1 and not known.is_multivalued:
        yield from _several_booleans(statement, condition)
    if not _compares(condition, known):
        kind = " or ".join(known.types)
        message = f"`{condition.operator.shown}` does not compare `{key}`, which is of type {kind}"
        fitting = _FITTING.get(known.types[0])
        hint = f": use an operator such as `{fitting}`" if fitting else ""
        yield flaw_at("type-mismatch", message + hint, statement, condition, condition.operator)
    elif condition.base in ("stringlike", "stringnotlike") and known.types == ("ARN",):
        yield from _arn_as_string(statement, condition, key)


def _arn_as_string(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """A wildcard in an ARN that is compared as a string; without one the operators do not differ, and with one in the
    last field alone, which may have colons of its own, they mean the same. So they do for principals, whose ARNs have
    no more colons than the pattern."""
    sign = next((sign for sign in map(wildcard_in, condition.values) if sign), "")
    if sign:
        written = condition.operator.shown
        qualifier, colon, _ = written.rpartition(":")
        better = "ArnNotLike" if condition.negated else "ArnLike"
        better = f"{qualifier}{colon}{better}{'IfExists' if condition.if_exists else ''}"
        five = key.lower() == "aws:principalarn"
        moot = all(
            not wildcard_in(value) or _is_last_alone(value) or (five and value.masked.count(":") == 5)
            for value in condition.values
        )
        does = "compares an ARN as any string" if moot else f"lets a `{sign}` in an ARN run over its colons"
        message = f"`{written}` {does}: use `{better}` for `{key}`"
        code = "string-like-operator-with-arn-condition-keys"
        found = flaw_at(code, message, statement, condition, condition.operator)
        yield found.model_copy(update={"is_slight": True}) if moot else found


def _is_last_alone(value: Text) -> bool:
    """Whether an ARN has its wildcards in its last field only."""
    fields = value.masked.split(":", 5)
    return len(fields) == 6 and not any(sign in field for field in fields[:5] for sign in "*?")


def _compares(condition: Condition, known: KeyInfo) -> bool:
    wanted = _COMPARES.get(condition.family)
    if wanted is None or any(kind in wanted for kind in known.types):
        return True
    # AWS's own guides compare keys with ARNs that its reference lists as strings: kms:EncryptionContext:aws:logs:arn.
    return condition.family == "arn" and any(value.shown.startswith(("arn:", "${", "*")) for value in condition.values)


def _qualifier(statement: Statement, condition: Condition, known: KeyInfo) -> Iterator[Flaw]:
    qualifier = condition.set_qualifier
    key = condition.key.shown
    if known.is_multivalued and not qualifier:
        message = f"`{key}` has several values at once: the operator needs `ForAnyValue:` or `ForAllValues:`"
        yield flaw_at("missing-qualifier", message, statement, condition, condition.operator)
    elif qualifier == "forallvalues" and not known.is_multivalued:
        message = f"`ForAllValues:` on `{key}`, which has one value, also holds when the key is absent: leave it out"
        yield flaw_at("forallvalues-with-single-valued-key", message, statement, condition, condition.operator)


def _several_booleans(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    first, second = condition.values[:2]
    if first.literal is None or second.literal is None or first.when.joined(second.when) is None:
        return
    message = f"`{condition.key.shown}` is compared with more than one boolean"
    yield flaw_at("invalid-condition-multiple-boolean", message, statement, condition, second)


def _inert_wildcards(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    for value in condition.values:
        sign = wildcard_in(value)
        if sign:
            like = "StringNotLike" if condition.negated else "StringLike"
            message = f"`{sign}` in `{value.shown}` is no wildcard for `{condition.operator.shown}`, only for `{like}`"
            yield flaw_at("wildcard-without-like-operator", message, statement, condition, value)


def wildcard_in(value: Text) -> str:
    """The first wildcard written in a value, outside of policy variables (`${*}` is a plain star); empty for none."""
    for part in value.parts:
        if isinstance(part, str) and ("*" in part or "?" in part):
            bare = without_variables(part)
            for sign in ("*", "?"):
                if sign in bare:
                    return sign
    return ""


def is_open(text: str) -> bool:
    """Whether a value is not what will be compared: it has a policy variable, or is to be filled in (`<region>`)."""
    return "${" in text or (text[:1] in ("<", "{", "[") and text[-1:] in (">", "}", "]"))


def without_variables(text: str) -> str:
    """A text without its policy variables; what follows a brace that is never closed is taken for one."""
    if "${" not in text:
        return text
    head, *rest = text.split("${")
    return head + "".join(piece.partition("}")[2] for piece in rest)


def _audience(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """A set qualifier on the audience of an OpenID Connect token, which has one value or several by its provider."""
    provider, _, claim = key.lower().rpartition(":")
    qualifier = condition.set_qualifier
    if claim != "aud" or not qualifier or condition.family == "null":
        return
    if provider.startswith(_ONE_AUDIENCE):
        code = "forallvalues-with-single-valued-key"
        effect = "also holds when the key is absent"
        if qualifier == "foranyvalue":
            code, effect = "foranyvalue-with-audience-claim-type", "may let in more than is meant"
        message = f"`{condition.operator.shown}` on the audience `{key}`, which has one value, {effect}: leave it out"
    else:
        code = "confirm-audience-claim-type"
        message = f"whether `{key}` has several values is the provider's choice: if it has one, leave out the qualifier"
    yield flaw_at(code, message, statement, condition, condition.operator)
