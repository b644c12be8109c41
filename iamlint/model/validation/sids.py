"""Statement ids: unique within a policy, and of letters and digits where IAM reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from iamlint.model.flaw import Flaw
from iamlint.model.statement import Statement

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.text import Text

_OF_IAM = frozenset(("identity", "boundary", "session", "trust", "scp", "rcp"))


def check(policy: Policy) -> Iterator[Flaw]:
    """Sids that stand twice in one policy, and those with other characters than letters and digits.

    The policies of resources may have both, as far as AWS's validator knows; it only advises against the first.
    """
    if policy.attachment in ("generated", "aws_managed"):
        return
    is_iam = policy.kind in _OF_IAM or (policy.kind == "unattached" and policy.attachment == "managed")
    if not is_iam and policy.kind not in ("resource", "vpc_endpoint"):
        return
    known: dict[str, list[Statement]] = {}
    for statement in policy.statements:
        sid = statement.sid
        if sid is None:
            continue
        if is_iam:
            yield from _characters(sid, statement)
        if sid.literal:
            earlier = known.setdefault(sid.literal, [])
            yield from _repeated(sid, statement, earlier, is_iam)
            earlier.append(statement)


def _repeated(sid: Text, statement: Statement, earlier: list[Statement], is_iam: bool) -> Iterator[Flaw]:
    for other in earlier:
        if other.index == statement.index or other.when.joined(statement.when) is None:
            continue
        code = "unique-sids-required" if is_iam else "unique-sids-recommended"
        message = f"`{sid.shown}` is the Sid of statement {other.index + 1} already"
        yield Flaw(
            code=code, message=message, statement=statement, path="Sid", place=sid.place, via=sid.via, when=sid.when
        )
        return


def _characters(sid: Text, statement: Statement) -> Iterator[Flaw]:
    written = "".join(part for part in sid.parts if isinstance(part, str))
    if not written or (written.isascii() and written.isalnum()):
        return
    others = dict.fromkeys(c for c in written if not (c.isascii() and c.isalnum()))
    named = ", ".join("a space" if c == " " else f"`{c}`" if c.isprintable() else f"U+{ord(c):04X}" for c in others)
    message = f"the Sid `{sid.shown}` has {named} in it: only letters and digits are allowed"
    yield Flaw(
        code="unsupported-sid", message=message, statement=statement, path="Sid", place=sid.place, via=sid.via,
        when=sid.when,
    )  # fmt: skip
