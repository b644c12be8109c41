"""Whether the other statements of a policy allow, or deny, all that one of them allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from iamlint.logic import keys
from iamlint.logic import policy as logic
from iamlint.logic.compare import is_within
from iamlint.logic.languages import Budget, SpentError
from iamlint.model.flaw import Flaw
from iamlint.model.reasoning.asking import STEPS, lowered
from iamlint.model.unknown import any_of, certain
from iamlint.source.span import Related

if TYPE_CHECKING:
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement

# The logic is asked about resources, callers and conditions alone: that the actions are taken in is known.
_SOME_ACTION = tuple("s3:getobject")


def covered(
    policy: Policy,
    judged: Statement,
    same: Mapping[str, Sequence[Statement]],
    denies: Mapping[str, Sequence[Statement]],
) -> Iterator[Flaw]:
    """What makes a statement idle: by its actions, the statements of the same effect and the Denies that speak of it.

    `path` is empty where the whole statement is; else it names the action.
    """
    listed = [(action.literal or "").strip().lower() for action in judged.actions]
    mine = lowered(policy.access, judged)
    if mine is None or mine.doubts:
        return
    if denies and all(action in denies for action in listed):
        shields = _covering(policy, mine, listed, denies)
        if shields is not None:
            yield _flaw(
                "always-denied-allow",
                f"{_named(shields)} {'deny' if len(shields) > 1 else 'denies'} all of it",
                judged,
                shields,
            )
            return
    if not all(action in same for action in listed):
        return
    others = _covering(policy, mine, listed, same)
    if others is None or any(_says_the_same(policy, mine, other) for other in others):
        return
    verb = ("allow" if mine.allow else "deny") if len(others) > 1 else ("allows" if mine.allow else "denies")
    bare = mine._replace(conditions=())
    if mine.allow and mine.conditions and _covering(policy, bare, listed, same) is not None:
        # That another gives every role is one problem, and told there.
        if not any(certain(any_of((other.passes_any_role, other.assumes_any_role))) for other in others):
            yield _flaw(
                "defeated-condition",
                f"{_named(others)} {verb} the same without the condition on {_keys(judged)}",
                judged, others, "Condition",
            )  # fmt: skip
        return
    yield _flaw("redundant-statement", f"{_named(others)} {verb} all of it already", judged, others)


def _covering(
    policy: Policy, mine: logic.Statement, actions: Sequence[str], others: Mapping[str, Sequence[Statement]]
) -> list[Statement] | None:
    """The statements that, action by action, take in all of a statement; None when they surely do not."""
    named: dict[int, Statement] = {}
    known: dict[tuple[int, ...], list[Statement] | None] = {}
    for action in actions:
        around = others[action]
        key = tuple(map(id, around))
        if key not in known:
            known[key] = _taking_in(policy, mine, around)
        taking = known[key]
        if taking is None:
            return None
        named.update((id(one), one) for one in taking)
    return list(named.values())


def _taking_in(policy: Policy, mine: logic.Statement, around: Sequence[Statement]) -> list[Statement] | None:
    """The first statement that takes in a statement by itself, or all when only together they do."""
    each = [(one, lowered(policy.access, one)) for one in around]
    known = [(one, low) for one, low in each if low is not None and not low.doubts]
    for one, low in known:
        if _within(mine, (low,)):
            return [one]
    if len(known) > 1 and _within(mine, tuple(low for _, low in known)):
        return [one for one, _ in known]
    return None


def _within(mine: logic.Statement, others: tuple[logic.Statement, ...]) -> bool:
    """Whether all requests that one statement is about are ones that the others are about, actions apart."""
    if _is_plainly_met_without(mine, others):
        return False
    wide = tuple(_of_one_action(other) for other in others)
    return is_within(logic.Policy((_of_one_action(mine),)), logic.Policy(wide), None, Budget(STEPS))


def _is_plainly_met_without(mine: logic.Statement, others: tuple[logic.Statement, ...]) -> bool:
    """Whether a glance finds a request that a statement is about and none of the others: without a key that each of
    these asks for, and that it does not test itself."""
    tested = {condition.key for condition in mine.conditions}
    if len(tested) < len(mine.conditions) or mine.principals is not None or mine.guards or mine.not_resources:
        return False
    if not all(
        any(c.key not in tested and keys.holds_when_absent(c) is False for c in other.conditions) for other in others
    ):
        return False
    texts = (*(mine.resources or ()), *(value for condition in mine.conditions for value in condition.values))
    return (
        mine.resources != ()
        and not any(map(logic.holes, texts))
        and all(_can_hold(condition) for condition in mine.conditions)
    )


@lru_cache(maxsize=4096)
def _can_hold(condition: logic.Condition) -> bool:
    """Whether some value, or none, of its key surely meets a condition."""
    try:
        return keys.find(condition.key, [(condition, True)], (), Budget(STEPS)) is not None
    except SpentError:
        return False


def _of_one_action(statement: logic.Statement) -> logic.Statement:
    return statement._replace(allow=True, actions=(_SOME_ACTION,), not_actions=False)


def _says_the_same(policy: Policy, mine: logic.Statement, other: Statement) -> bool:
    """Whether another statement is written alike: that is told without the logic."""
    theirs = lowered(policy.access, other)
    if theirs is None:
        return False
    fields = ("actions", "resources", "conditions")
    return all(set(getattr(mine, f) or ()) == set(getattr(theirs, f) or ()) for f in fields)


def _keys(statement: Statement) -> str:
    return ", ".join(dict.fromkeys(f"`{condition.key.shown}`" for condition in statement.conditions))


def _named(statements: Sequence[Statement]) -> str:
    names = [f"`{one.sid.shown}`" if one.sid is not None and one.sid.shown else str(one) for one in statements[:3]]
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


def _flaw(code: str, message: str, statement: Statement, others: Sequence[Statement], element: str = "") -> Flaw:
    at = (statement.written(element) if element else None) or statement
    related = tuple(Related(other.place, f"{_named([other])} is here") for other in others[:3])
    return Flaw(
        code=code, message=message, statement=statement, place=at.place, via=(*statement.via, *related),
        when=statement.when,
    )  # fmt: skip
