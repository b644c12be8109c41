"""What an identity or a policy may do taken together, and the questions that the logic answers of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from iamlint.aws import managed_policies
from iamlint.logic import reading
from iamlint.logic.policy import Policy as Lowered
from iamlint.logic.policy import Statement as LoweredStatement
from iamlint.model.lowering import Lowering, Origin
from iamlint.model.unknown import ALWAYS, Guard, Truth, Unknown

if TYPE_CHECKING:
    from iamlint.logic.outsiders import Profile, Publicity
    from iamlint.logic.permission import Asked, Permission
    from iamlint.model.identity import Attachment, Identity
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.source.span import Place


class Access:
    """Policies taken together, as the logic wants them: `policy` is what it compares and asks, `origin` says where one
    of its statements comes from, and `assumptions` what was taken for granted of what is not in the code.

    `limit_labels` has a name for each of the policy's limits.
    """

    def __init__(
        self, lowering: Lowering, statements: Iterable[LoweredStatement],
        limits: Iterable[tuple[str, tuple[LoweredStatement, ...]]] = (),
    ) -> None:  # fmt: skip
        found = tuple(limits)
        self.policy = Lowered(tuple(statements), tuple(limit for _, limit in found))
        self.limit_labels = tuple(label for label, _ in found)
        self._lowering = lowering

    def origin(self, statement: LoweredStatement) -> Origin:
        """Where a statement of `policy`, or of a limit of it, comes from."""
        return self._lowering.origins[statement.name]

    @property
    def places(self) -> list[Place]:
        """The places that its statements come from."""
        return [origin.place for origin in self._lowering.origins.values() if origin.place is not None]

    def asked(self, asked: Asked, closed: bool = True) -> Permission:
        """Whether some request of a shape may pass: `closed`, only the actions of today are some."""
        from iamlint.aws.today import catalogue
        from iamlint.logic.permission import may

        return may(self.policy, asked, catalogue() if closed else None)

    def may(self, action: str, resource: str = "") -> Truth:
        """Whether an action (a pattern) may be done on some resource (of a pattern, when one is given)."""
        return self._answers((action, resource))

    def publicity(self, profile: Profile = "default") -> Publicity:
        """Whether an outsider gets in: whom no statement names, and who has none of the values that they fix."""
        if profile not in self._publicity:
            from iamlint.aws.today import catalogue
            from iamlint.logic.outsiders import public

            self._publicity[profile] = public(self.policy, profile, catalogue())
        return self._publicity[profile]

    def lets_outsiders_in_by(self, statement: Statement) -> Truth:
        """Whether one of the statements that this is about lets an outsider in."""
        found = self.publicity()
        if any(self.origin(grant.statement).statement is statement for grant in found.grants):
            return True
        doubts = (doubt.construct for doubt in found.doubts if self.origin(doubt.statement).statement is statement)
        doubt = next(doubts, "")
        return Unknown(doubt) if doubt else False

    @cached_property
    def _publicity(self) -> dict[Profile, Publicity]:
        return {}

    @cached_property
    def _known(self) -> dict[tuple[str, str], Truth]:
        return {}

    def _answers(self, question: tuple[str, str]) -> Truth:
        if question not in self._known:
            from iamlint.logic.permission import Asked

            action, resource = question
            resources = (reading.pattern(resource),) if resource else None
            answer = self.asked(Asked((reading.pattern(action.lower(), variables=False),), resources))
            doubt = answer.doubts[0].construct if answer.doubts else "it takes too long to tell"
            self._known[question] = Unknown(doubt) if answer.answer == "unknown" else answer.answer == "yes"
        return self._known[question]


def of_policy(policy: Policy) -> Access:
    """What one policy says by itself."""
    lowering = Lowering()
    return Access(lowering, lowering.policy(policy))


def of_grants(policies: Iterable[Policy], attachments: Iterable[Attachment] = ()) -> Access:
    """What several policies and attachments say together."""
    lowering = Lowering()
    return Access(lowering, _together(lowering, policies, attachments, ALWAYS))


def of_guardrail(policy: Policy) -> Access:
    """What a policy leaves possible that only takes away, as an SCP of nothing but Denies does."""
    lowering = Lowering()
    statements = lowering.policy(policy)
    if any(statement.allow for statement in statements):
        return Access(lowering, statements)
    return Access(lowering, (lowering.everything("what nothing denies", policy.place), *statements))


def of_identity(identity: Identity) -> Access:
    """What an identity may do: its inline and attached policies, those of its groups, within its boundary."""
    lowering = Lowering()
    policies = (*identity.policies, *identity.group_policies)
    attachments = (*identity.attachments, *identity.group_attachments)
    statements = _together(lowering, policies, attachments, identity.when)
    return Access(lowering, statements, _boundary(lowering, identity))


def _together(
    lowering: Lowering, policies: Iterable[Policy], attachments: Iterable[Attachment], around: Guard
) -> list[LoweredStatement]:
    statements: list[LoweredStatement] = []
    for policy in policies:
        statements += lowering.policy(policy, around)
    for attachment in attachments:
        if not attachment.declared:
            statements += _attached(lowering, attachment, around)
    return statements


def _attached(lowering: Lowering, attachment: Attachment, around: Guard) -> Iterable[LoweredStatement]:
    guard = around.joined(attachment.when)
    if guard is None:
        return ()
    text = attachment.policy
    place = text.place if text.literal is not None else attachment.place
    granted = managed_policies.granted(attachment.policy_name) if attachment.policy_name else None
    if granted is not None:
        return lowering.managed(attachment.policy_name, granted, guard, place)
    return (lowering.unread(f"the attached policy {text.shown}, which is not in the code", guard, place),)


def _boundary(lowering: Lowering, identity: Identity) -> Iterator[tuple[str, tuple[LoweredStatement, ...]]]:
    """The limit that a permissions boundary is, when there is one."""
    text = identity.boundary
    guard = identity.when.joined(text.when) if text is not None else None
    if text is None or guard is None or text.literal == "":  # a module's variable that nobody gave a value
        return
    label = f"the permissions boundary {text.shown}"
    name = text.shown.partition(":iam::aws:policy/")[2]
    granted = managed_policies.granted(name) if name else None
    limit: tuple[LoweredStatement, ...]
    if identity.boundary_policy is not None:
        limit = lowering.policy(identity.boundary_policy, guard)
    elif granted is not None:
        limit = lowering.managed(name, granted, guard, text.place)
    else:
        limit = (lowering.unread(f"{label}, which is not in the code", guard, text.place),)
    own = set(identity.when.branches)
    # Where the boundary is not there, nothing is limited.
    unbounded = [((condition, not branch),) for condition, branch in guard.branches if (condition, branch) not in own]
    free = tuple(
        lowering.everything("no permissions boundary", text.place)._replace(guards=guards) for guards in unbounded
    )
    yield label, (*limit, *free)
