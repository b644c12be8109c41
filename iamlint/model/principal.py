"""Who a statement speaks of."""

from __future__ import annotations

import re
from typing import Literal

from iamlint.aws import service_principals, source_principals
from iamlint.model import federation
from iamlint.model.condition import Condition
from iamlint.model.text import Text
from iamlint.model.thing import Placed, derived, question, term
from iamlint.model.unknown import Truth, Unknown

PrincipalKind = Literal["aws", "service", "federated", "canonical", "anyone", "unknown"]

_ARN = re.compile(r"arn:[^:]*:(iam|sts)::([^:]*):(.*)", re.DOTALL)
_ACCOUNT = re.compile(r"\d{12}")
# The words for the account that is deployed to.
_HERE = re.compile(r"AWS::AccountId|data\.aws_caller_identity\.[\w-]+\.account_id")


class Principal(Placed):
    """One principal; `"*"` and `{"AWS": "*"}` are both of kind `anyone`."""

    kind: PrincipalKind
    name: Text

    def __str__(self) -> str:
        return self.name.shown

    @property
    def _doubt(self) -> Truth:
        return Unknown("a principal of no known kind") if self.name.hole is None else self.name.hole

    @term
    def is_anyone(self) -> Truth:
        """Whether this is everybody, anonymous callers included."""
        if self.kind == "unknown":
            return self._doubt
        return self.kind == "anyone"

    @derived
    def _split(self) -> tuple[str, str] | None:
        """(account, entity) of an ARN or a bare account id, with `${}` for holes."""
        shown = self.name.masked
        if _ACCOUNT.fullmatch(shown):
            return shown, "root"
        if shown == "${}" and self.name.hole is not None and _HERE.fullmatch(self.name.hole.written):
            return shown, "root"
        found = _ARN.fullmatch(shown)
        return (found.group(2), found.group(3)) if found else None

    @term
    def account(self) -> str:
        """The twelve digits of the principal's account; empty when it has none or they are not known."""
        account = self._split[0] if self._split else ""
        return account if _ACCOUNT.fullmatch(account) else ""

    @term
    def entity(self) -> str:
        """What the ARN names within the account: `root`, `role/app`; empty when not known."""
        return self._split[1] if self._split and "${" not in self._split[1] else ""

    @term
    def is_account(self) -> Truth:
        """Whether the principal is a whole account (`:root` or the bare account id)."""
        if self.kind != "aws":
            return False if self.kind != "unknown" else self._doubt
        if self._split is not None:
            return self._split[1] == "root" if "${" not in self._split[1] else Unknown("part of the ARN")
        return self.name.hole if self.name.hole is not None else False

    @term
    def is_person_or_account(self) -> Truth:
        """Whether the principal is an IAM user or a whole account, which people stand behind."""
        if self.kind == "anyone":
            return True
        if self._split is not None and self.kind == "aws":
            entity = self._split[1]
            return entity == "root" or entity.startswith("user/")
        return self.is_account

    @term
    def is_wildcard_account(self) -> Truth:
        """Whether the ARN's account is a wildcard, so that any account may be meant."""
        if self._split is None:
            return self.is_anyone
        return "*" in self._split[0] or "?" in self._split[0]

    @term
    def provider(self) -> str:
        """The host of an OIDC provider (`token.actions.githubusercontent.com`); empty for anything else."""
        if self.kind != "federated":
            return ""
        shown = self.name.shown
        if "oidc-provider/" in shown:
            return shown.partition("oidc-provider/")[2]
        return shown if shown in ("accounts.google.com", "graph.facebook.com", "www.amazon.com") else ""

    @term
    def is_oidc(self) -> Truth:
        """Whether this is an OpenID Connect provider; Cognito identity pools, which have no `sub`, are not meant."""
        if self.kind == "federated" and not self.provider and self.name.hole is not None and not self._is_saml:
            return self.name.hole
        return bool(self.provider)

    @term
    def is_of_everybody(self) -> bool:
        """Whether the OIDC provider gives tokens to everybody, as GitHub's does, and not to one tenant only."""
        return federation.is_shared(self.provider)

    @term
    def is_cluster(self) -> bool:
        """Whether the OIDC provider is that of a Kubernetes cluster."""
        return federation.is_cluster(self.provider)

    @term
    def is_saml(self) -> Truth:
        """Whether this is a SAML provider."""
        if self.kind != "federated" or self._is_saml or self.provider or self.name.hole is None:
            return self.kind == "federated" and self._is_saml
        return self.name.hole

    @term
    def is_cognito(self) -> Truth:
        """Whether these are the identity pools of Amazon Cognito."""
        return self.kind == "federated" and self.name.equals(federation.COGNITO)

    @property
    def _is_saml(self) -> bool:
        return "saml-provider" in self.name.masked

    @term
    def says_for_whom(self) -> bool:
        """Whether this is a service that AWS documents to say on whose behalf it assumes a role."""
        return self.kind == "service" and service_principals.assumes_for_whom(self.name.literal or "")

    @question
    def calls_for_none_of(self, condition: Condition) -> bool:
        """Whether this is a service that surely calls for none of the resources that a condition lists by ARN."""
        if self.kind != "service" or not condition.values:
            return False
        name = self.name.literal or ""
        return all(source_principals.calls_for(name, value.masked) is False for value in condition.values)

    @question
    def is_service(self, name: str) -> Truth:
        """Whether this is the service of that principal's name, `rolesanywhere.amazonaws.com`."""
        return self.kind == "service" and self.name.equals(name)

    @question
    def is_kind(self, kind: str) -> Truth:
        """Whether the principal is of this kind: aws, service, federated, canonical, anyone."""
        if self.kind == "unknown":
            return self._doubt
        return self.kind == kind
