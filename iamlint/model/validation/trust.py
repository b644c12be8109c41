"""Who may assume a role: whether the action fits the principal, and whether a federated identity is told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from iamlint.model.flaw import Flaw
from iamlint.model.text import Text

if TYPE_CHECKING:
    from iamlint.model.condition import Condition
    from iamlint.model.patterns import Action
    from iamlint.model.policy import Policy
    from iamlint.model.principal import Principal
    from iamlint.model.statement import Statement

_GITHUB = "token.actions.githubusercontent.com"
_COGNITO = "cognito-identity.amazonaws.com"
_ROLES_ANYWHERE = "rolesanywhere.amazonaws.com"
# IAM Roles Anywhere User Guide, "Trust model": what the service calls on behalf of a certificate.
_OF_ROLES_ANYWHERE = ("sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession")

_PLAIN, _SAML, _WEB = "sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"
_ASSUMING = {_PLAIN.lower(): _PLAIN, _SAML.lower(): _SAML, _WEB.lower(): _WEB}
_FOR = {_PLAIN: "an AWS principal or a service", _SAML: "a SAML provider", _WEB: "an OpenID Connect provider"}


def check(policy: Policy) -> Iterator[Flaw]:
    """What is wrong with a role's trust policy."""
    if policy.kind != "trust" or policy.attachment == "generated":
        return
    for statement in policy.statements:
        federated = [principal for principal in statement.principals if principal.kind == "federated"]
        for principal in federated:
            yield from _provider_syntax(principal, statement)
        if statement.allows is True:
            yield from _mismatched(statement)
            for principal in federated:
                yield from _provider_keys(principal, statement)
        yield from _same_role(statement)
    yield from _roles_anywhere(policy)


def _flaw(code: str, message: str, text: Text, statement: Statement, path: str) -> Flaw:
    return Flaw(
        code=code, message=message, statement=statement, path=path, place=text.place, via=text.via, when=text.when
    )


def _kind_of_provider(name: Text) -> str:
    """`saml`, `web`, empty for what is neither, and `unknown`."""
    masked = name.masked
    fields = masked.split(":", 5)
    if len(fields) == 6 and fields[0] == "arn":
        if fields[5].startswith("saml-provider/"):
            return "saml"
        if fields[5].startswith("oidc-provider/"):
            return "web"
        return "unknown" if "${}" in fields[5][:14] or "${}" in fields[2] else ""
    if "${}" in masked:
        return "unknown"
    is_domain = "." in masked and not set(masked) & set(":/*? ") and not masked.startswith(".")
    return "web" if is_domain else ""


def _provider_syntax(principal: Principal, statement: Statement) -> Iterator[Flaw]:
    name = principal.name
    shown = name.shown
    if ("*" in shown or "?" in shown) and shown != "*":
        return  # the wildcard is what is wrong
    if _kind_of_provider(name) == "":
        message = (
            f"the federated principal `{shown}` is neither a domain name such as `accounts.google.com` "
            "nor the ARN of an OpenID Connect or SAML provider"
        )
        code = "invalid-federated-principal-syntax-in-role-trust-policy"
        yield _flaw(code, message, name, statement, "Principal/Federated")


def _fitting(principal: Principal) -> tuple[str, ...]:
    """The ways in which a principal can assume a role; all where that is not known."""
    if principal.kind in ("aws", "service", "canonical"):
        return (_PLAIN,)
    if principal.kind == "federated":
        kind = _kind_of_provider(principal.name)
        return {"saml": (_SAML,), "web": (_WEB,), "unknown": (_SAML, _WEB)}.get(kind, tuple(_FOR))
    return tuple(_FOR)


def _mismatched(statement: Statement) -> Iterator[Flaw]:
    """Actions that none of the principals can call, and principals that can call none of the actions."""
    ways = [_fitting(principal) for principal in statement.principals]
    if statement.not_actions or any(action.hole is not None for action in statement.actions):
        return
    told = not ways
    for index, action in enumerate(statement.actions):
        if action.is_wildcard is True:
            told = True
            message = f"`{action.shown}` is every action of AWS, and a trust policy is about those that assume the role"
            hint = f": write `{ways[0][0]}`" if ways and len(ways[0]) == 1 else ""
            yield _flaw("mismatched-assume-action", message + hint, action, statement, f"Action/{index}")
        wanted = _ASSUMING.get((action.literal or "").strip().lower())
        if wanted is not None and ways and not any(wanted in each for each in ways):
            told = True
            yield _flaw("mismatched-assume-action", _mismatch(action, wanted, statement, ways), action, statement,
                        f"Action/{index}")  # fmt: skip
    if told or not any(action.overlaps("sts:AssumeRole*") is True for action in statement.actions):
        return
    for principal, fitting in zip(statement.principals, ways, strict=True):
        if not any(action.overlaps(way) is True for action in statement.actions for way in fitting):
            needed = " or ".join(f"`{way}`" for way in fitting)
            message = f"`{principal.name.shown}` can assume a role only by {needed}, which the statement does not allow"
            yield _flaw("mismatched-assume-action", message, principal.name, statement, "Principal")


def _mismatch(action: Action, wanted: str, statement: Statement, ways: Sequence[tuple[str, ...]]) -> str:
    name = statement.principals[0].name.shown
    hint = f"; did you mean `{ways[0][0]}`?" if len(ways[0]) == 1 else ""
    return f"`{action.shown}` is for {_FOR[wanted]}, which `{name}` is not{hint}"


def _provider_keys(principal: Principal, statement: Statement) -> Iterator[Flaw]:
    """A provider of which no claim is tested; GitHub's of which the subject names no branch or environment."""
    provider = _COGNITO if principal.name.literal == _COGNITO else principal.provider
    if not provider or "${" in provider or any(c.key.literal is None for c in statement.conditions):
        return
    prefix = f"{provider.lower()}:"
    keys = [(condition.key.literal or "").lower() for condition in statement.conditions]
    if not any(key.startswith(prefix) for key in keys):
        message = f"no condition tests a claim of `{provider}`: anyone with a token of it can assume the role"
        code = "missing-condition-key-for-oidc-principal"
        yield _flaw(code, message, principal.name, statement, "Principal/Federated")
    elif provider.lower() == _GITHUB and not _names_ref(statement.conditions):
        for condition in statement.conditions:
            if (condition.key.literal or "").lower() == f"{_GITHUB}:sub" and condition.globs and not condition.negated:
                yield from _wide_subjects(condition, statement)


def _names_ref(conditions: Sequence[Condition]) -> bool:
    """Whether another claim names the branch, environment or workflow."""
    claims = tuple(f"{_GITHUB}:{claim}" for claim in ("ref", "environment", "job_workflow_ref", "workflow_ref", "sha"))
    return any(
        (condition.key.literal or "").lower() in claims and condition.restricts_allow is not False
        for condition in conditions
    )


def _wide_subjects(condition: Condition, statement: Statement) -> Iterator[Flaw]:
    for value in condition.values:
        lacking = _lacking(value)
        if lacking:
            message = f"`{value.shown}` takes in every {lacking}: name the repository, and its branch or environment"
            path = f"Condition/{condition.operator.shown}/{condition.key.shown}"
            yield _flaw("specific-github-repo-and-branch-recommended", message, value, statement, path)


def _lacking(subject: Text) -> str:
    """What a subject `repo:OWNER/REPOSITORY:REST` of GitHub leaves open; empty when nothing is known to be."""
    literal = subject.literal
    if literal is None:
        return ""
    if not literal.strip("*"):
        return "repository of GitHub"
    if not literal.startswith("repo:"):
        return ""  # a subject that was customised
    repository, _, rest = literal[len("repo:") :].partition(":")
    owner, slash, name = repository.partition("/")
    if not slash or not name.strip("*?") or not owner.strip("*?"):
        return "repository of its owner"
    if "*" in literal and not rest.strip("*?"):
        return "branch, tag and pull request of the repository"
    kind, colon, which = rest.partition(":")
    which = which.removeprefix("refs/heads/").removeprefix("refs/") if kind == "ref" else which
    if colon and kind in ("ref", "environment") and which and not which.strip("*?/"):
        return "branch of the repository" if kind == "ref" else "environment of the repository"
    return ""


def _same_role(statement: Statement) -> Iterator[Flaw]:
    """A role listed with sessions of the same role, which it takes in."""
    if len(statement.principals) < 2:
        return
    roles = {}
    for principal in statement.principals:
        if principal.kind == "aws" and principal.entity.startswith("role/") and principal.account:
            roles[(principal.account, principal.entity.rpartition("/")[2])] = principal.name.shown
    for principal in statement.principals if roles else ():
        if principal.kind == "aws" and principal.entity.startswith("assumed-role/"):
            role = roles.get((principal.account, principal.entity.split("/")[1]))
            if role is not None:
                message = f"`{principal.name.shown}` is redundant: it is a session of `{role}`, which is listed too"
                code = "redundant-principal-in-role-trust-policy"
                yield _flaw(code, message, principal.name, statement, "Principal/AWS")


def _roles_anywhere(policy: Policy) -> Iterator[Flaw]:
    """Roles Anywhere trusted, but not with all that it calls, in whatever statements."""
    trusting = [
        (statement, principal.name)
        for statement in policy.statements
        for principal in statement.principals
        if principal.kind == "service" and principal.name.literal == _ROLES_ANYWHERE and statement.allows is not False
    ]
    if not trusting:
        return
    missing = [
        f"`{action}`"
        for action in _OF_ROLES_ANYWHERE
        if all(statement.speaks_of(action) is False for statement, _ in trusting)
    ]
    if missing:
        statement, name = trusting[0]
        message = f"IAM Roles Anywhere also calls {' and '.join(missing)}, which the policy does not allow it"
        code = "missing-action-for-roles-anywhere-trust-policy"
        yield _flaw(code, message, name, statement, "Principal/Service")
