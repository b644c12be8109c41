"""Which accounts and organizations are ours, and which are somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.unknown import Truth, certain, possible

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.sharing import Share
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement

_ACCOUNT = re.compile(r"\d{12}")
_ORGANIZATION = re.compile(r"o-[a-z0-9]{10,32}")
_OF_ORGANIZATION = re.compile(r":organizations::[^:]*:(?:organization|ou)/(o-[a-z0-9]+)")

# AWS's own accounts that write access logs of load balancers, one for each Region that is older than the service
# principal for it (Elastic Load Balancing User Guide, "Enable access logs").
_LOAD_BALANCERS = frozenset(
    """
    127311923021 033677994240 027434742980 797873946194 098369216593 754344448648 589379963580 718504428378
    383597477331 600734575887 114774131450 783225319266 582318560864 985666609251 054676820928 156460612806
    652711504416 635631232127 009996457667 897822967062 076674570225 507241528517 048591011584 190560391635
    638102146993 037604701340
    """.split()  # noqa: SIM905
)

_ORGANIZATION_KEYS = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths")
_ACCOUNT_KEYS = ("aws:principalaccount", "aws:sourceaccount", "kms:calleraccount", "s3:dataaccesspointaccount")


def own_accounts(stack: Stack) -> frozenset[str]:
    """The accounts that the stack itself shows to be its own: those of its identity providers and boundaries, which
    can only be named within their account."""
    found = set(stack.trusted_accounts)
    for policy in stack.policies:
        if policy.kind == "trust":
            for statement in policy.statements:
                found.update(_account_of(p.name.masked) for p in statement.principals if p.kind == "federated")
    for boundary in stack.of_kind("boundary"):
        found.add(_account_of(getattr(boundary, "policy").masked))  # noqa: B009
    found.discard("")
    return frozenset(found)


def _account_of(arn: str) -> str:
    fields = arn.split(":", 5)
    return fields[4] if len(fields) == 6 and _ACCOUNT.fullmatch(fields[4]) else ""


def is_foreign(stack: Stack, principal: Principal, policy: Policy) -> Truth:
    """Whether a principal of a resource's policy is not of the resource's own account: a service, everybody, or one of
    an account that nothing shows to be ours."""
    if principal.kind in ("service", "anyone"):
        return True
    account = principal.account
    if not account:
        return False
    return account not in stack.own_accounts and account not in _accounts_of_resource(policy)


def _accounts_of_resource(policy: Policy) -> frozenset[str]:
    """The accounts that a policy itself shows to be that of its resource: in the ARNs of its resources, and, of a key,
    the account that is given all of it first, without which IAM policies would not count."""
    found = {_account_of(r.masked) for s in policy.statements for r in (*s.resources, *s.not_resources)}
    if policy.service == "kms":
        roots = (
            principal.account
            for statement in policy.statements
            if certain(statement.allows) and possible(statement.speaks_of("kms:PutKeyPolicy"))
            for principal in statement.principals
            if principal.entity == "root"
        )
        found.add(next(roots, ""))
    return frozenset(found - {""})


def stranger(stack: Stack, principal: Principal, statement: Statement) -> str:
    """Which account or organization an Allow lets in by a principal or, where that is wider, by its conditions, though
    the configuration does not list it, in words; empty when it lists all, or none of that kind at all."""
    organizations = list(_values(statement, _ORGANIZATION_KEYS, _ORGANIZATION))
    if stack.trusted_orgs:
        unknown = next((name for name in organizations if name not in stack.trusted_orgs), "")
        if unknown and principal.kind != "service":
            return f"organization {unknown}"
        if organizations and not unknown:
            return ""
    if not stack.trusted_accounts:
        return ""
    account = principal.account
    if not account and certain(principal.is_anyone):
        listed = _values(statement, _ACCOUNT_KEYS, _ACCOUNT)
        account = next((name for name in listed if name not in stack.own_accounts), "")
    if not account or account in stack.own_accounts or account in _LOAD_BALANCERS:
        return ""
    return f"account {account}"


def stranger_of(stack: Stack, share: Share) -> str:
    """Which account or organization, that the configuration does not list, something is shared with, in words; empty
    when there is none."""
    if share.grantee is None:
        return ""
    organization = _OF_ORGANIZATION.search(share.grantee.name.masked)
    if organization is not None:
        name = organization.group(1)
        return f"organization {name}" if stack.trusted_orgs and name not in stack.trusted_orgs else ""
    account = share.account
    if not stack.trusted_accounts or not account or account in stack.own_accounts:
        return ""
    return f"account {account}"


def is_of_aws(account: str) -> bool:
    """Whether an account is one of AWS's own, which write access logs of load balancers."""
    return account in _LOAD_BALANCERS


def _values(statement: Statement, keys: tuple[str, ...], form: re.Pattern[str]) -> Iterator[str]:
    """What the conditions that restrict a statement by these keys list, where it has the form of an id."""
    for condition in statement.conditions:
        if (condition.key.literal or "").lower() in keys and certain(condition.restricts_allow):
            for value in condition.values:
                name = value.masked.partition("/")[0]
                if form.fullmatch(name):
                    yield name
