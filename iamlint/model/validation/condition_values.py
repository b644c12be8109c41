"""Condition values: that they are what the operator compares, and that the comparison says something."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from iamlint.aws.condition_keys import find_key, is_of_provider
from iamlint.aws.global_keys import ALWAYS_PRESENT
from iamlint.model.unknown import certain
from iamlint.model.validation.condition_addresses import address_flaws, id_flaws
from iamlint.model.validation.condition_operators import flaw_at, is_open, wildcard_in

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.flaw import Flaw
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.text import Text

_BOUNDS = {
    "numericlessthan": "largest",
    "numericlessthanequals": "largest",
    "numericgreaterthan": "smallest",
    "numericgreaterthanequals": "smallest",
}
_REGION_KEYS = frozenset({"aws:requestedregion", "ec2:region", "kms:replicaregion", "kms:primaryregion"})
_KMS_KEYS = frozenset(
    {"s3:x-amz-server-side-encryption-aws-kms-key-id", "s3express:x-amz-server-side-encryption-aws-kms-key-id"}
)

# Variables of what the caller cannot choose: who it is, and where it and the resource belong. AWS's own data perimeters
# compare sensitive keys with them (aws:ResourceOrgID with ${aws:PrincipalOrgID}).
_FIXED_VARIABLES = frozenset(
    {
        "aws:principalaccount", "aws:principalorgid", "aws:resourceaccount", "aws:resourceorgid", "aws:sourcevpc",
        "aws:sourceaccount", "aws:sourceorgid", "aws:sourcevpce", "aws:vpceaccount", "aws:vpceorgid",
        "aws:ec2instancesourcevpc",
    }
)  # fmt: skip


def check(policy: Policy) -> Iterator[Flaw]:
    """Values of another type than their operator, and conditions that always or never hold by their values."""
    if policy.is_aws_written or policy.attachment == "aws_managed":
        return
    for statement in policy.statements:
        for condition in statement.conditions:
            family = condition.family
            if family == "unknown" or not condition.values:
                continue
            key = (condition.key.literal or "").lower()
            if family == "ip":
                yield from address_flaws(statement, condition)
            elif family == "string":
                yield from _of_strings(statement, condition, key)
            elif family != "arn":
                yield from _of_type(statement, condition, key)
            if key in _KMS_KEYS and family in ("string", "arn"):
                yield from _kms_keys(statement, condition)
            if condition.base in _BOUNDS and not condition.set_qualifier:
                yield from _redundant_numbers(statement, condition)


def _of_type(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    for value in condition.values:
        written = value.literal
        if written is None or is_open(written):
            continue
        wrong = type_flaw(condition.family, written, key == "aws:epochtime")
        if wrong is not None:
            yield flaw_at(*wrong, statement, condition, value)


@lru_cache(maxsize=1024)
def type_flaw(family: str, written: str, takes_epoch: bool = False) -> tuple[str, str] | None:
    """What is wrong with a value for an operator of this family: the code and the message; None when it is right."""
    text = written.strip()
    if family in ("bool", "null"):
        if text.lower() not in ("true", "false"):
            return "type-mismatch-boolean", f"`{written}` is neither `true` nor `false`"
    elif family == "numeric":
        if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)", text) is None:
            return "type-mismatch-number", f"`{written}` is not a number"
    elif family == "date":
        if re.fullmatch(r"\d{5,}(\.\d+)?", text) is not None:
            if not takes_epoch:
                return (
                    "invalid-date-value",
                    f"`{written}` may not be read as seconds: write a date such as `2026-01-31`",
                )
        elif not is_date(text):
            return "type-mismatch-date", f"`{written}` is not a date such as `2026-01-31` or `2026-01-31T00:00:00Z`"
    elif family == "binary" and not _is_base64(text):
        return "type-mismatch-string", f"`{written}` is not base64, which a binary operator compares"
    return None


def is_date(text: str) -> bool:
    """Whether a text is a date of ISO 8601 in the W3C's profile: a year, a month, a day, or a time with its zone."""
    from datetime import datetime

    found = re.fullmatch(
        r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?)?", text
    )
    if found is None:
        return False
    year, month, day, hour, minute, second = (
        int(part or default) for part, default in zip(found.groups(), "011000", strict=True)
    )
    try:
        datetime(year, month, day, hour, minute, second)
    except ValueError:
        return False
    return True


def _is_base64(text: str) -> bool:
    from base64 import b64decode
    from binascii import Error

    try:
        b64decode(text, validate=True)
    except (Error, ValueError):
        return False
    return True


def _of_strings(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    if key in _REGION_KEYS:
        yield from _regions(statement, condition)
    yield from id_flaws(statement, condition, key)
    known = find_key(key) if key.startswith("aws:") else None
    if known is not None and known.is_sensitive:
        told = list(_too_permissive(statement, condition))
        yield from told
        if told:
            return
    if condition.globs:
        yield from _only_star(statement, condition, key)


def _regions(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    from iamlint.aws.condition_keys import nearest_key
    from iamlint.aws.regions import AS_OF, is_region, names

    for value in condition.values:
        written = value.literal
        if written is None or is_open(written) or (not condition.globs and wildcard_in(value)):
            continue
        if not is_region(written):
            near = nearest_key(written, tuple(sorted(names())))
            message = f"there is no Region `{written}` (as of {AS_OF}){near}"
            yield flaw_at("invalid-region", message, statement, condition, value)


def _too_permissive(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    """Wildcards and variables in what fixes an account, an organization or a network, where they let more in."""
    lets_in = certain(statement.denies) if condition.negated else certain(statement.allows)
    if not lets_in:
        return
    for value in condition.values:
        sign = wildcard_in(value) if condition.globs else ""
        variable = _loose_variable(value)
        if sign:
            message = (
                f"`{value.shown}` also takes in others: no `{sign}` may stand in a value of `{condition.key.shown}`"
            )
            yield flaw_at("wildcard-usage-too-permissive", message, statement, condition, value)
        elif variable:
            message = f"`${{{variable}}}` may take any value: `{condition.key.shown}` must be compared with fixed ones"
            yield flaw_at("variable-usage-too-permissive", message, statement, condition, value)


def _loose_variable(value: Text) -> str:
    """The first policy variable in a value that the caller may have a say in; empty for none."""
    if value.literal is None or "${" not in value.literal:
        return ""
    for piece in value.literal.split("${")[1:]:
        name = piece.partition("}")[0].partition(",")[0].strip()
        if ":" in name and name.lower() not in _FIXED_VARIABLES:
            return name
    return ""


def _only_star(statement: Statement, condition: Condition, key: str) -> Iterator[Flaw]:
    """A comparison with nothing but `*` asks no more than whether the key is there."""
    if len(condition.values) != 1 or condition.values[0].literal != "*" or condition.key.literal is None:
        return
    value = condition.values[0]
    shown = f"`{condition.operator.shown}` with `*`"
    optional = condition.if_exists or condition.set_qualifier == "forallvalues"
    if condition.negated:
        if condition.set_qualifier == "foranyvalue" or (not optional and key in ALWAYS_PRESENT):
            message = f"{shown} on `{condition.key.shown}` never holds, and so the statement does nothing"
            yield flaw_at("redundant-statement-due-to-wildcard-in-condition", message, statement, condition, value)
        elif not is_of_provider(condition.key.literal):
            message = f'{shown} only asks that `{condition.key.shown}` be absent: say so with `"Null": "true"`'
            yield flaw_at("equivalent-to-null-true", message, statement, condition, value)
    elif optional:
        message = f"{shown} on `{condition.key.shown}` always holds"
        yield flaw_at("redundant-key-due-to-wildcard-in-condition", message, statement, condition, value)
    elif certain(statement.allows) and not condition.set_qualifier:
        message = f'{shown} only asks that `{condition.key.shown}` be there: say so with `"Null": "false"`'
        yield flaw_at("equivalent-to-null-false", message, statement, condition, value)


def _kms_keys(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    for value in condition.values:
        start = value.parts[0] if value.parts else None
        if not isinstance(start, str) or not start or start[0] in "*?" or is_open(start):
            continue
        if _may_be_key(start, value.literal is not None):
            continue
        message = f"`{value.shown}` is not the ARN of a KMS key, which `{condition.key.shown}` holds"
        yield flaw_at("invalid-kms-key-value", message, statement, condition, value)


def _may_be_key(start: str, is_all: bool) -> bool:
    """Whether a text, or the known start of one, may be a key's ARN: `arn:aws:kms:eu-west-1:111122223333:key/…`."""
    fields = start.split(":", 5)
    whole = is_all and not set("*?$") & set(start)
    if len(fields) < 6 and whole:
        return False
    wanted = ("arn", "", "kms", "", "", "key/")
    for index, (field, word) in enumerate(zip(fields, wanted, strict=False)):
        last = index == len(fields) - 1
        if not word or set("*?$") & set(field):
            continue
        if index == 5:
            return field.startswith(word) or (not whole and word.startswith(field))
        if field != word and not (last and not whole and word.startswith(field)):
            return False
    return True


def _redundant_numbers(statement: Statement, condition: Condition) -> Iterator[Flaw]:
    """Of several bounds only the widest counts: the values of a condition are alternatives."""
    numbers: list[tuple[float, Text]] = []
    for value in condition.values:
        if value.literal is None or type_flaw("numeric", value.literal) is not None:
            continue
        numbers.append((float(value.literal), value))
    if len(numbers) < 2:
        return
    which = _BOUNDS[condition.base]
    counts = (max if which == "largest" else min)(numbers, key=lambda pair: pair[0])[1]
    for _, value in numbers:
        if value is not counts and value.when.joined(counts.when) is not None:
            message = f"`{value.shown}` adds nothing: of several values only the {which}, `{counts.shown}`, counts"
            yield flaw_at("redundant-condition-value-num", message, statement, condition, value)
