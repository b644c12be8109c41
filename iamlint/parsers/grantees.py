"""Whom something is shared with, in the words that AWS has for it beside policies: canned ACLs, groups, accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iamlint.model.principal import Principal, PrincipalKind
from iamlint.model.sharing import Share, SharedKind, SharingMeans
from iamlint.model.text import Text
from iamlint.parsers.assemble import At, StackBuilder

# Amazon S3 User Guide, "Canned ACL": those that grant something to somebody else than the owners.
_CANNED: dict[str, tuple[PrincipalKind, str]] = {
    "public-read": ("anyone", "READ"),
    "public-read-write": ("anyone", "READ and WRITE"),
    "authenticated-read": ("anyone", "READ"),
    "log-delivery-write": ("service", "WRITE and READ_ACP"),
    "aws-exec-read": ("service", "READ"),
}
_GROUPS = "http://acs.amazonaws.com/groups/"
_OPEN_GROUPS = (f"{_GROUPS}global/AllUsers", f"{_GROUPS}global/AuthenticatedUsers")


def canned_acl(written: Text, name: str | None) -> tuple[Principal, str] | None:
    """The grantee of a canned ACL of this name (None: it is not known) and what it may do; None when there is none."""
    if name is None:
        return grantee("unknown", written), ""
    kind, permission = _CANNED.get(name, (None, ""))
    if kind is None:
        return None
    named = written if written.literal == name else written.model_copy(update={"parts": (name,), "spellings": ()})
    return grantee(kind, named), permission


def group_by_uri(uri: Text) -> Principal:
    """The grantee of a grant to one of S3's predefined groups."""
    if uri.literal is None:
        return grantee("unknown", uri)
    return grantee("anyone" if uri.literal in _OPEN_GROUPS else "service", uri)


def owner_by_id(name: Text) -> Principal:
    """The grantee of a grant to a canonical user id or an e-mail address."""
    return grantee("canonical" if name.is_known else "unknown", name)


def account_or_all(name: Text) -> Principal:
    """The grantee of an image, a snapshot or a document: an account, an organization's ARN, or `all`; of an endpoint
    service `*` is all."""
    if name.literal is None:
        return grantee("aws" if name.shown.startswith("arn:") else "unknown", name)
    return grantee("anyone" if name.literal.lower() in ("all", "*") else "aws", name)


def grantee(kind: PrincipalKind, name: Text) -> Principal:
    """A principal of a kind, where its name is written."""
    return Principal(kind=kind, name=name, place=name.place, via=name.via, when=name.when)


def listed(names: Text) -> Iterator[Text]:
    """The names of a string that lists them with commas, each where it is written."""
    if names.literal is None:
        yield names
        return
    start = 0
    for name in names.literal.split(","):
        bare = name.strip()
        if bare:
            first = start + name.index(bare)
            place = names.part_place(first, first + len(bare))
            yield Text(parts=(bare,), place=place, via=names.via, when=names.when)
        start += len(name) + 1


def share(
    builder: StackBuilder, at: At, of: SharedKind, means: SharingMeans, label: str, whom: Principal, **more: Any
) -> None:
    """Declares that something is shared with a grantee; counts an unknown one."""
    guard = at.when.joined(whom.when)
    if guard is None:
        return
    if whom.kind == "unknown" and whom.name.hole is not None:
        builder.note_unknown(whom.name.hole)
    builder.add(
        Share(
            of=of,
            means=means,
            label=label,
            grantee=whom.model_copy(update={"via": (*whom.via, *at.via)}),
            place=at.place,
            via=at.via,
            when=guard,
            address=at.address,
            element=at.element,
            **more,
        )
    )
