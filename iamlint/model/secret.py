"""A place where a credential stands in clear, and other things that carry one."""

from __future__ import annotations

from typing import ClassVar, Literal

from iamlint.model.text import Text
from iamlint.model.thing import Setting, Thing, term

SecretKind = Literal["access key id", "secret access key", "session token", "private key", "token", "password"]
SecretContext = Literal[
    "text", "provider", "user data", "environment", "password property", "parameter", "authentication"
]

_MOST_SHOWN = 4


def shown_characters(length: int) -> int:
    """How many of the first characters of a credential may be shown: four, of a short one no more than a third."""
    return min(_MOST_SHOWN, length // 3)


class Secret(Thing):
    """A credential written in clear: what it is, where it sits, and whether it is one of AWS's documented examples.

    The secret itself is never kept: `hint` is its first four characters and its length. `name` says more of what it is
    where its form gives its issuer away: `GitHub token`. What is a stand-in is no credential, but stands where one is
    to stand: `AWS_SECRET_ACCESS_KEY: foo`.
    """

    kind_of_thing: ClassVar[str] = "secret"

    kind: SecretKind
    context: SecretContext
    hint: str
    name: str = ""
    owner: str = ""
    is_example: bool = False
    is_stand_in: bool = False

    @term
    def shown(self) -> str:
        """What a message may show of it: its hint; of a parameter without default who can see it."""
        return self.hint or "everybody who may describe the stack can see it"

    @term
    def what(self) -> str:
        """What it is, in words with their article."""
        name = self.name or self.kind
        what = f"an {name}" if name[0] in "AEIOaeio" or name.startswith(("npm", "SSH")) else f"a {name}"
        return f"a stand-in for {what}" if self.is_stand_in else what

    @term
    def is_access_key(self) -> bool:
        """Whether this is an AWS access key: its id, its secret or a session token."""
        return self.kind in ("access key id", "secret access key", "session token")


class Output(Thing):
    """A value that a stack hands out: an output, an export, an SSM parameter in clear, the metadata of a resource;
    `kind` says which in words."""

    kind_of_thing: ClassVar[str] = "output"

    name: str
    kind: str = "output"
    value: Text | None
    carries: str = ""
    sensitive: Setting

    @term
    def carries_secret(self) -> bool:
        """Whether the value is (or has in it) an access key's secret, a login's password or a NoEcho parameter."""
        return bool(self.carries)
