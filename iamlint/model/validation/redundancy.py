"""What a policy says twice: actions and resources that another entry of their list covers, equal statements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from iamlint.logic import glob
from iamlint.model.flaw import Flaw

if TYPE_CHECKING:
    from iamlint.model.patterns import Action, Resource
    from iamlint.model.policy import Policy
    from iamlint.model.statement import Statement
    from iamlint.model.text import Pattern, Text

_SYNTHETIC = ("generated", "aws_managed")
# A list with more wildcards than this is compared with its first ones only; `?` takes more work than `*`.
MOST_WILDCARDS = 100
MOST_QUESTION_MARKS = 8
# A letter that no policy has.
_FRESH = "\ue8ff"


class _Entry(NamedTuple):
    """An entry of a list: the string that is compared, and the text as written."""

    compared: str
    text: Pattern


def check(policy: Policy) -> Iterator[Flaw]:
    """Entries and statements that could go without a change in what the policy means."""
    if policy.attachment in _SYNTHETIC:
        return
    told: set[int] = set()
    for statement in policy.statements:
        # A statement with branches stands here once for each.
        if statement.index in told:
            continue
        told.add(statement.index)
        for element, texts, code in _lists(statement):
            if len(texts) > 1:
                yield from _covered(texts, element, code, statement)
    yield from _repeated(policy.statements)


def _lists(statement: Statement) -> tuple[tuple[str, Sequence[Action | Resource], str], ...]:
    return (
        ("Action", statement.actions, "redundant-action"),
        ("NotAction", statement.not_actions, "redundant-action"),
        ("Resource", statement.resources, "redundant-resource"),
        ("NotResource", statement.not_resources, "redundant-resource"),
    )


def _covered(texts: Sequence[Action | Resource], element: str, code: str, statement: Statement) -> Iterator[Flaw]:
    """The entries that another one covers, each with the first that does; of equal ones the later."""
    entries = [_entry(text) for text in texts]
    first: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if entry is not None:
            first.setdefault(entry.compared, index)
    wide = _wide(first, element)
    if not wide and len(first) == len(entries):
        return
    for index, entry in enumerate(entries):
        if entry is None:
            continue
        other = _wider(index, entry, entries, wide, element) if wide else None
        if other is None and first[entry.compared] != index:
            other = entries[first[entry.compared]]
        if other is None or (other.text.when.branches and other.text.when != entry.text.when):
            continue
        twice = other.compared == entry.compared
        if twice and other.text.place == entry.text.place:
            continue  # One literal that a loop or two conditions bring in twice.
        why = "stands in the list twice" if twice else f"is covered by `{other.text.shown}`"
        yield Flaw(
            code=code, message=f"`{entry.text.shown}` {why}", statement=statement, path=f"{element}/{index}",
            place=entry.text.place, via=entry.text.via, when=entry.text.when,
        )  # fmt: skip


def _wide(first: Mapping[str, int], element: str) -> dict[str, list[int]]:
    """The first entries with wildcards, by the service that they are of."""
    wide: dict[str, list[int]] = defaultdict(list)
    stars = marks = 0
    for compared, index in first.items():
        if "?" in compared:
            marks += 1
            if marks > MOST_QUESTION_MARKS:
                continue
        elif "*" in compared:
            stars += 1
            if stars > MOST_WILDCARDS:
                continue
        else:
            continue
        wide[_group(compared, element)].append(index)
    return wide


def _entry(text: Action | Resource) -> _Entry | None:
    literal = text.literal
    # `${*}` is a star that is no wildcard.
    if not literal or "${*}" in literal or "${?}" in literal:
        return None
    return _Entry(literal.lower() if text.folds_case else literal, text)


def _group(compared: str, element: str) -> str:
    """The service of an entry, within which alone it can cover or be covered; empty for one that is of any."""
    if element.endswith("Action"):
        service, colon, _ = compared.partition(":")
    else:
        fields = compared.split(":", 3)
        is_arn = len(fields) > 3 and fields[0] == "arn" and "*" not in fields[1]
        service, colon = (fields[2], ":") if is_arn else ("", "")
    return service if colon and "*" not in service and "?" not in service else ""


def _wider(
    index: int, entry: _Entry, entries: Sequence[_Entry | None], wide: Mapping[str, list[int]], element: str
) -> _Entry | None:
    """The first entry with a wildcard that covers another and is not equal to it; of two that cover each other the
    earlier covers the later."""
    group = _group(entry.compared, element)
    for number in (*wide.get("", ()), *wide.get(group, ())) if group else wide.get("", ()):
        other = entries[number]
        if number == index or other is None or other.compared == entry.compared:
            continue
        if _covers(other.compared, entry.compared) and (
            number < index or glob.tokens(other.compared) != glob.tokens(entry.compared)
        ):
            return other
    return None


def _covers(wide: str, narrow: str) -> bool:
    """Whether one glob takes in all of another.

    A wildcard of the narrow one may be a letter that the wide one does not name, which only a wildcard of the wide
    one meets. So it is enough to look for the pieces between the stars of the wide one, in order; a `?` needs more.
    """
    if "?" in wide:
        # A wildcard of the narrow one may be any letter, so also this one.
        if not glob.matches(wide, narrow.replace("*", _FRESH).replace("?", _FRESH)):
            return False
        return "*" not in narrow or glob.covers(glob.tokens(wide), glob.tokens(narrow)) is True
    if "*" not in wide:
        return wide == narrow
    first, *middle, last = wide.split("*")
    if not narrow.startswith(first):
        return False
    at, end = len(first), len(narrow) - len(last)
    if end < at or not narrow.endswith(last):
        return False
    for piece in middle:
        at = narrow.find(piece, at, end)
        if at < 0:
            return False
        at += len(piece)
    return True


def _repeated(statements: Sequence[Statement]) -> Iterator[Flaw]:
    """Statements that say what one before them says, Sids aside."""
    if len(statements) < 2:
        return
    known: dict[object, Statement] = {}
    glances = Counter(map(_glance, statements))
    for statement in statements:
        key = _meaning(statement) if glances[_glance(statement)] > 1 else None
        if key is None:
            continue
        other = known.setdefault(key, statement)
        if other.index == statement.index or other.place == statement.place:
            continue
        if other.when.branches and other.when != statement.when:
            continue
        if other.around.branches or statement.branches > 1 or other.branches > 1:
            continue
        name = f"`{other.sid.shown}`" if other.sid is not None and other.sid.shown else f"statement {other.index + 1}"
        yield Flaw(
            code="redundant-statement", message=f"says exactly what {name} says already", statement=statement,
            place=statement.place, via=statement.via, when=statement.when,
        )  # fmt: skip


def _glance(statement: Statement) -> object:
    """What statements that say the same have in common for sure."""
    return (statement.effect.literal if statement.effect is not None else None, statement.services)


def _meaning(statement: Statement) -> object | None:
    """What a statement says, order and Sid aside; None where a part of it is not known."""
    effect = statement.effect
    if effect is None or effect.literal is None:
        return None
    parts: list[object] = [effect.literal]
    for element, texts, _ in _lists(statement):
        known = [_entry(text) for text in texts]
        if None in known:
            return None
        parts.append((element, frozenset(entry.compared for entry in known if entry is not None)))
    for principals in (statement.principals, statement.not_principals):
        if any(principal.kind == "unknown" or principal.name.literal is None for principal in principals):
            return None
        parts.append(frozenset((principal.kind, principal.name.literal) for principal in principals))
    conditions = []
    for condition in statement.conditions:
        said: tuple[Text, ...] = (condition.operator, condition.key, *condition.values)
        if any(text.literal is None for text in said):
            return None
        values = frozenset(value.literal for value in condition.values)
        conditions.append(((condition.operator.literal or "").lower(), (condition.key.literal or "").lower(), values))
    return (*parts, frozenset(conditions))
