"""Actions by which an identity sets the very tags that conditions of its own policies rely on."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from iamlint.aws import actions as catalogue
from iamlint.logic import glob
from iamlint.logic import policy as logic
from iamlint.logic.glob import Tokens
from iamlint.model.reasoning import probes
from iamlint.model.reasoning.asking import Context, lowered, passes, surroundings
from iamlint.model.reasoning.remains import accesses
from iamlint.model.tagging import Tagging
from iamlint.model.unknown import certain
from iamlint.source.span import Related

if TYPE_CHECKING:
    from iamlint.model.access import Access
    from iamlint.model.condition import Condition
    from iamlint.model.patterns import Action
    from iamlint.model.policy import Policy
    from iamlint.model.stack import Stack
    from iamlint.model.statement import Statement

_POSITIVE = ("stringequals", "stringlike", "stringequalsignorecase")
# What a resource or an identity has that is not meant to be reached.
_OTHER = "zq7-other"
_OWN_TAGS = {"role": "iam:tagrole", "user": "iam:taguser"}


class _Reliance(NamedTuple):
    """An Allow that holds only where a tag has a value, and the condition that says so."""

    statement: logic.Statement
    condition: Condition
    tag: str
    of_principal: bool


def taggings(stack: Stack, policy: Policy, statement: Statement) -> tuple[Tagging, ...]:
    """The actions of a statement by which a holder of the policy sets tags that conditions of its own rely on."""
    if not certain(statement.allows):
        return ()
    setting = [(action, name) for action in statement.actions for name in setting_tags(action)]
    found: dict[tuple[str, str], Tagging] = {}
    for access in accesses(stack, policy) if setting else ():
        mine = lowered(access, statement)
        if mine is None or mine.doubts:
            continue
        for reliance in _relied(access):
            for action, name in setting:
                if (action.shown, reliance.tag) not in found and _sets(access, mine, name, reliance):
                    found[action.shown, reliance.tag] = _tagging(action, reliance)
    return tuple(found.values())


def setting_tags(action: Action) -> list[str]:
    """The actions, in lower case, that set tags on what exists, of those that a pattern takes in; what gives a whole
    service is judged by that."""
    literal = (action.literal or "").strip().lower()
    if "tag" not in literal and "*" not in literal:
        return []
    if certain(action.is_wildcard) or certain(action.is_service_wildcard):
        return []
    service = literal.partition(":")[0]
    named = [info.name.lower() for info in catalogue.matching(literal) if _is_tagging(info)]
    return [f"{service}:{name}" for name in named if not name.startswith(("untag", "delete", "remove", "replicate"))]


def _is_tagging(info: catalogue.ActionInfo) -> bool:
    return "Tagging" in info.access_levels and "tag" in info.name.lower()


def _relied(access: Access) -> list[_Reliance]:
    found = []
    for one in access.policy.statements:
        statement = access.origin(one).statement
        if not one.allow or statement is None or one.doubts:
            continue
        for condition in statement.conditions:
            kind, slash, tag = (condition.key.literal or "").partition("/")
            kind = kind.lower().partition(":")[2]
            if not slash or kind not in ("resourcetag", "principaltag") or condition.base not in _POSITIVE:
                continue
            holds_without = condition.if_exists or condition.set_qualifier == "forallvalues"
            if not holds_without and not certain(condition.is_vacuous):
                found.append(_Reliance(one, condition, tag, kind == "principaltag"))
    return found


def _sets(access: Access, mine: logic.Statement, name: str, reliance: _Reliance) -> bool:
    """Whether a statement lets the tag be set, on what the other one is about and has another value of the tag."""
    if mine is reliance.statement:
        return False
    service = name.partition(":")[0]
    if reliance.of_principal:
        resources = _on_itself(access, mine, name)
    else:
        resources = _on_resources(access, mine, name, reliance.statement)
    tag = reliance.tag.lower()
    wanted = reliance.condition.values[0].literal if len(reliance.condition.values) == 1 else None
    context: dict[str, tuple[str, ...]] = {
        "aws:tagkeys": (reliance.tag,),
        f"aws:resourcetag/{tag}": (_OTHER,),
        f"{service}:resourcetag/{tag}": (_OTHER,),
        "ec2:createaction": (),
    }
    if wanted is not None and not set(wanted) & set("*?$"):
        context[f"aws:requesttag/{tag}"] = (wanted,)
    tokens = tuple(name)
    denies, limits = surroundings(access, tokens)
    asking = chain((mine,), denies, *limits)
    tested = {condition.key for one in asking for condition in one.conditions}
    pinned: Context = tuple((key, values) for key, values in sorted(context.items()) if key in tested)
    asked: set[Tokens] = set()
    for probe in resources:
        if probe not in asked and passes(mine, tokens, probe, pinned, denies, limits):
            return True
        asked.add(probe)
    return False


def _on_itself(access: Access, mine: logic.Statement, name: str) -> Iterator[Tokens]:
    for kind, action in _OWN_TAGS.items():
        if name == action:
            for resource in mine.resources or ():
                probe = probes.probe(resource, "iam", f"{kind}/", probes.account_of(access))
                if not mine.not_resources and glob.covers(resource, probe) is True:
                    yield probe


def _on_resources(access: Access, mine: logic.Statement, name: str, relying: logic.Statement) -> Iterator[Tokens]:
    """ARNs that the tagging action may be for and that the other statement is about."""
    service = name.partition(":")[0]
    known = catalogue.service(service)
    info = known.action(name.partition(":")[2]) if known is not None else None
    if known is None or info is None or mine.not_resources or relying.not_resources or relying.not_actions:
        return
    account = probes.account_of(access)
    acted_on = {kind for pattern in relying.actions for kind in _kinds(pattern, service)}
    for kind in info.resource_types:
        if kind not in acted_on or kind not in known.arns:
            continue
        start = known.arns[kind].split(":", 5)[-1].partition("${")[0]
        for about in relying.resources or ():
            for given in mine.resources or ():
                for one in (about, given):
                    probe = probes.probe(one, service, start, account)
                    if glob.covers(about, probe) is True and glob.covers(given, probe) is True:
                        yield probe
                if glob.covers(given, about) is True and _is_of_kind(about, start):
                    yield about


def _kinds(pattern: Tokens, service: str) -> Iterator[str]:
    """The resource types that the actions of a service take which a pattern takes in, tagging left out."""
    if pattern[: len(service) + 1] != (*service, ":") or logic.holes(pattern):
        return
    for info in catalogue.matching(logic.shown(pattern)):
        if not _is_tagging(info):
            yield from info.resource_types


def _is_of_kind(pattern: Tokens, start: str) -> bool:
    written = logic.shown(pattern).split(":", 5)
    return len(written) == 6 and bool(start) and written[5].startswith(start)


def _tagging(action: Action, reliance: _Reliance) -> Tagging:
    condition = reliance.condition
    told = Related(condition.place, f"relies on `{condition.key.shown}`")
    return Tagging(
        place=action.place, via=(*action.via, told), when=action.when, action=action.shown, key=condition.key.shown
    )
