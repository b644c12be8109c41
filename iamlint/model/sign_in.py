"""What people and other systems sign in with: identity providers, and MFA devices."""

from __future__ import annotations

from typing import ClassVar, Literal

from iamlint.model.text import Text
from iamlint.model.thing import Thing, term


class FederationProvider(Thing):
    """An OIDC or SAML identity provider that the account trusts."""

    kind_of_thing: ClassVar[str] = "federation_provider"

    kind: Literal["oidc", "saml"]
    name: Text | None = None
    url: Text | None = None
    client_ids: tuple[Text, ...] = ()
    thumbprints: tuple[Text, ...] = ()

    @term
    def host(self) -> str:
        """The URL of an OIDC provider without its scheme, as its ARN has it; empty when it is not known."""
        literal = self.url.literal if self.url is not None else None
        return (literal or "").removeprefix("https://").rstrip("/")


class MfaDevice(Thing):
    """A virtual MFA device and the users it is assigned to."""

    kind_of_thing: ClassVar[str] = "mfa_device"

    name: Text | None = None
    users: tuple[Text, ...] = ()
