"""A request as AWS sees it: who does what to which resource, and what its context says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

CallerKind = Literal["anonymous", "aws", "service", "federated", "canonical"]
_NOTHING: Mapping[str, str] = {}


class Caller(NamedTuple):
    """Who makes a request: for `aws` the ARN of a user, role or session, or a unique id."""

    kind: CallerKind
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.kind


class Request(NamedTuple):
    """One request. Keys of `context` are in lower case; a key that is not there is absent.

    `fillings` say what unresolved parts of the policies stand for, `guards` which of their conditions hold.
    """

    action: str
    resource: str
    caller: Caller | None = None
    context: Mapping[str, tuple[str, ...]] = {}
    fillings: Mapping[str, str] = _NOTHING
    guards: Mapping[str, bool] = {}
