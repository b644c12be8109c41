"""How an identity frees itself of its permissions boundary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.aws import escalation as known
from iamlint.logic.glob import Tokens
from iamlint.model.identity import Opening
from iamlint.model.lowering import arn_of
from iamlint.model.reasoning import paths
from iamlint.model.reasoning.making import makes
from iamlint.model.text import Text

if TYPE_CHECKING:
    from iamlint.model.identity import Identity
    from iamlint.model.reasoning.paths import Given


def openings(identity: Identity) -> tuple[Opening, ...]:
    """The actions, within the boundary and with denies taken off, each of which opens it."""
    kind = {"user": "User", "role": "Role"}.get(identity.kind_of_thing)
    if kind is None or identity.boundary is None:
        return ()
    if set(identity.boundary.when.branches) - set(identity.when.branches):
        return ()  # where it is left out nothing limits
    arn = arn_of(identity.boundary, identity.address)
    return tuple(_all(paths.of(identity), kind, identity.boundary, arn))


def _all(judge: paths.Judge, kind: str, boundary: Text, arn: Tokens) -> Iterator[Opening]:
    for verb, how in (
        ("Delete", "take off its own permissions boundary"),
        ("Put", "replace its own permissions boundary"),
    ):
        given = judge.action(f"iam:{verb}{kind}PermissionsBoundary", True, "")
        if given is not None:
            yield _opening(given, how, boundary)
    for action in ("iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"):
        given = judge.on(action, arn)
        if given is not None:
            yield _opening(given, "rewrite the policy that is its own permissions boundary", boundary)
    made = (makes(judge, path) for path in known.paths() if path.actions[0] == "iam:CreateRole")
    created = next((given[0] for given in made if given is not None), None)
    if created is not None:
        yield _opening(created, "make roles without a permissions boundary and give them any policy", boundary)


def _opening(given: Given, how: str, boundary: Text) -> Opening:
    place = given.place if given.place is not None else boundary.place
    return Opening(place=place, when=given.when, action=given.action, how=how)
