"""How a set of actions is told: by patterns that the policies have, by service and verb, and else one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iamlint.logic.actions import Actions
from iamlint.logic.glob import ANY, Tokens
from iamlint.logic.languages import SpentError
from iamlint.logic.policy import Statement, shown

OTHERS = "actions of other services"
_FEWEST = 3  # actions that are worth a pattern
_EXCEPTIONS = 3  # how many may be excepted from a pattern of the statement, for _FEWEST granted each
_MORE_EXCEPTIONS = 12  # where what is granted is more than can be listed
_VERB = re.compile(
    "accept|add|admin|allocate|associate|attach|batch|cancel|copy|create|delete|deregister|describe|detach|disable|"
    "disassociate|enable|export|get|import|invoke|list|modify|publish|put|register|reject|remove|replace|reset|restore|"
    "revoke|run|search|send|set|start|stop|tag|untag|update|upload"
)


def named(actions: Actions, statement: Statement, granted: int) -> tuple[str, ...]:
    """The actions of a statement that are granted, as a reader would say them; nothing where a NotAction grants all
    that it leaves. `s3:* except s3:getobject` stands for a pattern of which little is not granted."""
    if statement.not_actions and granted == actions.mask(statement):
        return ()
    try:
        return tuple(_told(actions, statement, granted))
    except SpentError:
        return tuple(_one_by_one(actions, granted))


def _told(actions: Actions, statement: Statement, granted: int) -> Iterator[str]:
    own: tuple[Tokens, ...] = ((ANY,),) if statement.not_actions else statement.actions
    rest = granted
    for tokens in own:
        spoken = actions.spoken(tokens)
        if spoken and not spoken & ~granted:
            yield shown(tokens)
            rest &= ~spoken
    for tokens in own:
        spoken = actions.spoken(tokens)
        within, beside = spoken & rest, spoken & ~granted
        if within and (exceptions := _exceptions(actions, within, beside)):
            yield f"{shown(tokens)} except {', '.join(exceptions)}"
            rest &= ~spoken
    for _, text in sorted(_listed(actions, rest)[0]):
        yield text


def _exceptions(actions: Actions, within: int, beside: int) -> list[str]:
    """What to except from a pattern whose `within` is granted and whose `beside` is not; none when that is no good."""
    found, rest = _listed(actions, beside)
    if rest & actions.made_up:
        return []  # there is no telling what these stand for
    many = bool(within & (actions.others | actions.made_up))
    few = len(found) <= _MORE_EXCEPTIONS if many else len(found) <= min(_EXCEPTIONS, within.bit_count() // _FEWEST)
    return [text for _, text in sorted(found)] if few else []


def _listed(actions: Actions, mask: int) -> tuple[list[tuple[int, str]], int]:
    """The actions of a mask, each text with its place among all: patterns of the policies, widest first, then the
    services and verbs of which all of today's actions are there, then single actions; and the bits of these."""
    found: list[tuple[int, str]] = []
    patterns = [(spoken, tokens) for tokens in actions.patterns if (spoken := actions.spoken(tokens, wild=True)) & mask]
    for spoken, tokens in sorted(patterns, key=lambda item: (-item[0].bit_count(), shown(item[1]))):
        if not spoken & ~mask and (spoken.bit_count() >= _FEWEST or spoken & actions.made_up):
            found.append((_first(spoken), shown(tokens)))
            mask &= ~spoken
    for service, every in actions.services() if mask.bit_count() >= _FEWEST else ():
        inside = mask & every
        if inside.bit_count() < _FEWEST:
            continue
        for text, spoken in ((f"{service}:*", every), *_verbs(actions, service, every)):
            if spoken and not spoken & ~mask:
                found.append((_first(spoken), text))
                mask &= ~spoken
    bits = list(_bits(mask))
    return [
        *found,
        *((bit.bit_length(), text) for bit, text in zip(bits, _one_by_one(actions, mask), strict=True)),
    ], mask


def _verbs(actions: Actions, service: str, every: int) -> list[tuple[str, int]]:
    """The verbs with which several actions of a service start, and the bits of these."""
    start = len(service) + 1
    bits: dict[str, int] = {}
    for bit, member in zip(_bits(every), actions.within(every), strict=True):
        if verb := _VERB.match(shown(member[start:])):
            bits[verb[0]] = bits.get(verb[0], 0) | bit
    return [(f"{service}:{verb}*", spoken) for verb, spoken in bits.items() if spoken.bit_count() >= _FEWEST]


def _one_by_one(actions: Actions, mask: int) -> list[str]:
    return [
        OTHERS if place == actions.others else shown(member)
        for place, member in zip(_bits(mask), actions.within(mask), strict=True)
    ]


def _bits(mask: int) -> Iterator[int]:
    while mask:
        low = mask & -mask
        yield low
        mask ^= low


def _first(mask: int) -> int:
    return (mask & -mask).bit_length()
