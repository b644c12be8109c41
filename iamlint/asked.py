"""What `can` is asked in words becomes the shape of requests that the logic knows; what AWS has not is refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from iamlint.aws.condition_keys import find_key
from iamlint.logic.permission import Asked
from iamlint.logic.policy import Principal
from iamlint.logic.reading import pattern
from iamlint.model.validation import actions, arns, condition_keys

_ACCOUNT = re.compile(r"[0-9]{12}")
_CANONICAL = re.compile(r"[0-9a-f]{64}")
_SERVICE = re.compile(r"[a-z0-9][a-z0-9.-]*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal)")
# Who signs people in for AWS by a name instead of an ARN.
_WEB_IDENTITY = ("accounts.google.com", "cognito-identity.amazonaws.com", "graph.facebook.com", "www.amazon.com")
_OF_IAM = re.compile(r"arn:[a-z-]+:(?:iam|sts)::[^:]+:(?P<entity>.+)")
_ENTITIES = ("root", "user/", "role/", "assumed-role/", "federated-user/", "*")


class AskedError(Exception):
    """A question that cannot be asked, or of nothing: what is wrong with it, and what would be right."""


@dataclass(frozen=True, slots=True)
class Words:
    """A question as written: patterns of actions and of ARNs, principals, and `key=value` of the request's context."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ()
    principals: tuple[str, ...] = ()
    context: tuple[str, ...] = ()

    def __str__(self) -> str:
        said = _listed(self.actions, "or")
        if self.resources:
            said += f" on {_listed(self.resources, 'or')}"
        if self.principals:
            said += f" as {_listed(self.principals, 'or')}"
        return said + (f" with {_listed(self.context, 'and')}" if self.context else "")


def asked_of(words: Words) -> Asked:
    """The requests that a question is about. Raises AskedError."""
    if not words.actions:
        _refuse("--action: which action? `--action iam:CreateUser`, or a pattern of several")
    return Asked(
        tuple(pattern(_action(action).lower(), variables=False) for action in words.actions),
        tuple(pattern(_resource(arn), variables=False) for arn in words.resources) or None,
        _principals(words.principals),
        tuple(context_of(words.context).items()),
    )


def context_of(assignments: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The values that each key must have, by its lower-case name; none when it must be absent. Raises AskedError."""
    found: dict[str, tuple[str, ...]] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        name = name.strip()
        if not equals or not name:
            _refuse(f"--context {assignment}: a value is given as KEY=VALUE, and `KEY=` for a request without the key")
        wrong = condition_keys.key_flaw(name)
        if wrong is not None:
            _refuse(f"--context {assignment}: {wrong[1]}")
        values = found.get(name.lower())
        if values is not None and not (value and values):
            _refuse(f"--context {assignment}: the key cannot be absent and have a value")
        found[name.lower()] = (*(values or ()), value) if value else ()
    for key, values in found.items():
        info = find_key(key)
        if len(values) > 1 and info is not None and not info.is_multivalued:
            _refuse(f"--context {key}: a request has one value of this key, not {len(values)}: ask for each by itself")
    return found


def _action(written: str) -> str:
    wrong = actions.mistake(written)
    if wrong:
        _refuse(f"--action {written}: {wrong}")
    return written.strip()


def _resource(written: str) -> str:
    wrong = "a policy variable has no value here; write `*` in its place" if "${" in written else arns.mistake(written)
    if wrong:
        _refuse(f"--resource {written}: {wrong}")
    return written


def _principals(written: Sequence[str]) -> tuple[Principal, ...] | None:
    """The callers asked about; None for any, which `*` says too."""
    found = tuple(_principal(name.strip()) for name in written)
    return None if any(principal.kind == "anyone" for principal in found) else found or None


def _principal(name: str) -> Principal:
    if name == "*":
        return Principal("anyone")
    tokens = pattern(name, variables=False)
    if _ACCOUNT.fullmatch(name):
        return Principal("aws", tokens)
    if _CANONICAL.fullmatch(name):
        return Principal("canonical", tokens)
    if name in _WEB_IDENTITY:
        return Principal("federated", tokens)
    if _SERVICE.fullmatch(name):
        return Principal("service", tokens)
    found = _OF_IAM.fullmatch(name)
    if found is None:
        return _refuse(
            f"--principal {name}: no ARN of IAM or STS, account, service such as `ec2.amazonaws.com`, web identity "
            "provider, or `*`"
        )
    entity = found["entity"]
    if entity.startswith(("oidc-provider/", "saml-provider/")):
        return Principal("federated", tokens)
    if not entity.startswith(_ENTITIES):
        _refuse(f"--principal {name}: `{entity}` makes no requests; a user, a role, a session or `root` does")
    return Principal("aws", tokens)


def _listed(items: Sequence[str], joint: str) -> str:
    return f" {joint} ".join((", ".join(items[:-1]), items[-1])) if len(items) > 1 else "".join(items)


def _refuse(message: str) -> NoReturn:
    raise AskedError(message)
