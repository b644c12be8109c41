"""One question of the logic, kept small: does this statement let this action through, all else counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.glob import Tokens
from iamlint.logic.languages import Budget

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.statement import Statement

Context = tuple[tuple[str, tuple[str, ...]], ...]

# A question about one action of one statement is small; one that is not is not worth the wait.
STEPS = 60_000


def speaks(statement: logic.Statement, action: Tokens) -> bool | None:
    """Whether a statement is about an action; None when nobody knows."""
    unsure = False
    first = action[0] if action and isinstance(action[0], str) else None
    for pattern in statement.actions:
        if first is not None and pattern and isinstance(pattern[0], str) and pattern[0] != first:
            continue  # it begins otherwise, as nearly all do
        covered = glob.covers(pattern, action)
        if covered:
            return not statement.not_actions
        unsure = unsure or covered is None
    return None if unsure else statement.not_actions


def about(statements: Iterable[logic.Statement], action: Tokens) -> tuple[logic.Statement, ...]:
    """The statements that are, or may be, about the action, as if they named nothing else."""
    found = []
    for statement in statements:
        said = speaks(statement, action)
        if said is False:
            continue
        doubts = statement.doubts if said else (*statement.doubts, "an action with an unresolved part")
        found.append(statement._replace(actions=(action,), not_actions=False, doubts=doubts))
    return tuple(found)


def surroundings(
    access: Access, action: Tokens
) -> tuple[tuple[logic.Statement, ...], list[tuple[logic.Statement, ...]]]:
    """The Denies about an action, and what the limits say of it."""
    denies = about((statement for statement in access.policy.statements if not statement.allow), action)
    return denies, [about(limit, action) for limit in access.policy.limits]


def passes(
    statement: logic.Statement, action: Tokens, resource: Tokens | None, context: Context,
    denies: Sequence[logic.Statement], limits: Sequence[tuple[logic.Statement, ...]],
) -> bool:  # fmt: skip
    """Whether an Allow surely lets an action through, on the resource and in the context given."""
    if statement.doubts:
        return False
    if not statement.conditions and not denies and not limits and (resource is None or not statement.not_resources):
        return True
    from iamlint.logic.permission import Asked, may

    one = statement._replace(actions=(action,), not_actions=False)
    asked = Asked((action,), None if resource is None else (resource,), None, context)
    answer = may(logic.Policy((one, *denies), tuple(limits)), asked, None, Budget(STEPS))
    named = {hole.name for hole in logic.holes(resource or ())}
    # What passes for some value of an unknown part only need not pass.
    return any(not set(grant.witness.fillings) - named for grant in answer.grants)


def lowered(access: Access, statement: Statement) -> logic.Statement | None:
    """What a statement of the model became in an access; None when it is not there, or nobody knows its effect."""
    found = [one for one in access.policy.statements if access.origin(one).statement is statement]
    return found[0] if len(found) == 1 else None
