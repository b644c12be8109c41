"""What an identity or a policy may do taken together, and the questions that the logic answers of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from iamlint.aws import managed_policies
from iamlint.aws.today import catalogue
from iamlint.logic import reading
from iamlint.logic.glob import ANY
from iamlint.logic.permission import Asked, Permission, may
from iamlint.logic.policy import Policy as Lowered
from iamlint.logic.policy import Statement as LoweredStatement
from iamlint.model.lowering import Lowering, Origin
from iamlint.model.unknown import Guard, Truth, Unknown

if TYPE_CHECKING:
    from iamlint.model.identity import Attachment, Identity
    from iamlint.model.policy import Policy


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

    def asked(self, asked: Asked) -> Permission:
        """Whether some request of a shape may pass, among the actions of today."""
        return may(self.policy, asked, catalogue())

    def may(self, action: str, resource: str = "") -> Truth:
        """Whether an action (a pattern) may be done on some resource (of a pattern, when one is given)."""
        return self._answers((action, resource))

    @cached_property
    def _known(self) -> dict[tuple[str, str], Truth]:
        return {}

    def _answers(self, question: tuple[str, str]) -> Truth:
        if question not in self._known:
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


def of_policies(policies: Iterable[Policy]) -> Access:
    """What several policies say together."""
    lowering = Lowering()
    return Access(lowering, [statement for policy in policies for statement in lowering.policy(policy)])


def of_identity(identity: Identity) -> Access:
    """What an identity may do: its inline and attached policies, those of its groups, within its boundary."""
    lowering = Lowering()
    statements: list[LoweredStatement] = []
    for policy in (*identity.policies, *identity.group_policies):
        statements += lowering.policy(policy, identity.when)
    for attachment in (*identity.attachments, *identity.group_attachments):
        if not attachment.declared:
            statements += _attached(lowering, attachment, identity.when)
    return Access(lowering, statements, _boundary(lowering, identity))


def _attached(lowering: Lowering, attachment: Attachment, around: Guard) -> Iterable[LoweredStatement]:
    guard = around.joined(attachment.when)
    if guard is None:
        return ()
    granted = managed_policies.granted(attachment.policy_name) if attachment.policy_name else None
    if granted is not None:
        return lowering.managed(attachment.policy_name, granted, guard)
    return (lowering.unread(f"the attached policy {attachment.policy.shown}, which is not in the code", guard),)


def _boundary(lowering: Lowering, identity: Identity) -> Iterator[tuple[str, tuple[LoweredStatement, ...]]]:
    """The limit that a permissions boundary is, when there is one."""
    text = identity.boundary
    if text is None:
        return
    label = f"the permissions boundary {text.shown}"
    guard = identity.when.joined(text.when)
    if guard is None:
        return
    name = text.shown.partition(":iam::aws:policy/")[2]
    granted = managed_policies.granted(name) if name else None
    limit: tuple[LoweredStatement, ...]
    if identity.boundary_policy is not None:
        limit = lowering.policy(identity.boundary_policy, guard)
    elif granted is not None:
        limit = lowering.managed(name, granted, guard)
    else:
        limit = (lowering.unread(f"{label}, which is not in the code", guard),)
    own = set(identity.when.branches)
    # Where the boundary is not there, nothing is limited.
    unbounded = [((condition, not branch),) for condition, branch in guard.branches if (condition, branch) not in own]
    free = tuple(LoweredStatement(True, ((ANY,),), guards=guards, name=lowering.unbounded()) for guards in unbounded)
    yield label, (*limit, *free)
