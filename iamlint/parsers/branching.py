"""A statement in the branches of a template: each combination that can be becomes a statement of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

from iamlint.model.text import Text
from iamlint.model.unknown import Guard
from iamlint.model.value import Choice, ListValue, MapValue, Value
from iamlint.parsers.values import alternatives

MOST_VARIANTS = 16
_MOST_PAIRS = 64
_MOST_OPTIONS = 64
_ALWAYS = Guard()

Allow = Callable[[Guard], bool]
"""Whether the branches of a guard can be taken together."""
Found = dict[str, Value]
_Row = tuple[Guard, tuple[Value, ...]]
_Options = list[tuple[Guard, Value]]

# How deep the maps of an element are: a Condition has operators, and in them keys.
_DEPTHS = {"Condition": 2, "Principal": 1, "NotPrincipal": 1}
_ARNS = ("Resource", "NotResource", "Principal", "NotPrincipal")
_WORD = re.compile(r"[\w-]+")


def anything(_: Guard) -> bool:
    """Where nothing says which branches exclude each other, all can be taken together."""
    return True


def variants(found: Found, outer: Guard, allow: Allow) -> list[tuple[Guard, Found]]:
    """Each combination of a statement's branches, with the elements that it has then.

    `outer` is the guard of the statement. Where there are too many combinations, lists stay whole but for what
    depends on the same conditions as another element; what stays whole keeps the guards of its items.
    """
    if not any(_branches(value) for value in found.values()):
        return [(_ALWAYS, found)]
    for only in (None, _shared(found, outer, allow), frozenset[str]()):
        rows = _combined(found, outer, allow, only)
        if rows:
            return rows
    return [(_ALWAYS, found)]


def _combined(
    found: Found, outer: Guard, allow: Allow, only: frozenset[str] | None
) -> list[tuple[Guard, Found]] | None:
    """The combinations; None when there are too many. `only` are the conditions by which lists are taken apart."""
    rows: list[tuple[Guard, Found]] = [(_ALWAYS, {})]
    for name, value in found.items():
        options = _options(name, value, only)
        if options is None:
            return None
        if len(options) == 1 and not options[0][0].branches:
            for _, chosen in rows:
                chosen[name] = options[0][1]
            continue
        crossed: list[tuple[Guard, Found]] = []
        for guard, chosen in rows:
            for when, option in options:
                joined = _joined(guard, when, outer, allow)
                if joined is not None:
                    crossed.append((joined, {**chosen, name: option}))
            if len(crossed) > MOST_VARIANTS:
                return None
        rows = crossed
    return rows


def _joined(guard: Guard, when: Guard, outer: Guard, allow: Allow) -> Guard | None:
    joined = guard.joined(when)
    around = outer.joined(joined) if joined is not None else None
    return joined if around is not None and allow(around) else None


def _options(name: str, value: Value, only: frozenset[str] | None) -> _Options | None:
    """The alternatives of an element, each with its guard; None when there are too many."""
    if name == "Sid" or not _branches(value):
        return [(_ALWAYS, value)]
    return _taken_apart(value, _DEPTHS.get(name, 0), only, alike=name in _ARNS)


def _taken_apart(value: Value, depth: int, only: frozenset[str] | None, alike: bool) -> _Options | None:
    """The alternatives of a value, of the items of a list, and of the entries of a map that is `depth` deep."""
    if isinstance(value, Choice):
        if not _is_wanted(value, only) or (alike and _is_alike(value)):
            return [(_ALWAYS, value)]
        found: _Options = []
        for option in alternatives(value):
            for guard, inner in _taken_apart(option, depth, only, alike) or ():
                joined = option.when.joined(guard)
                if joined is not None:
                    found.append((joined, inner))
        return found if len(found) <= _MOST_OPTIONS else None
    if isinstance(value, ListValue) and _branches(value):
        rows = _rows([_taken_apart(item, 0, only, alike) for item in value.items])
        if rows is None:
            return None
        return [(guard, ListValue(items, value.place, value.via)) for guard, items in rows]
    if isinstance(value, MapValue) and depth and _branches(value):
        rows = _rows([_taken_apart(entry, depth - 1, only, alike) for _, entry in value.entries])
        return None if rows is None else [(guard, _with(value, entries)) for guard, entries in rows]
    return [(_ALWAYS, value)]


def _rows(columns: Iterable[_Options | None]) -> list[_Row] | None:
    """Each combination of one of each column; None when there are too many."""
    rows: list[_Row] = [(_ALWAYS, ())]
    for column in columns:
        if column is None:
            return None
        crossed: list[_Row] = []
        for guard, items in rows:
            for when, option in column:
                joined = guard.joined(when)
                if joined is not None:
                    crossed.append((joined, (*items, option)))
        if len(crossed) > _MOST_OPTIONS:
            return None
        rows = crossed
    return rows


def _with(value: MapValue, entries: tuple[Value, ...]) -> MapValue:
    paired = tuple((key, entry) for (key, _), entry in zip(value.entries, entries, strict=True))
    return MapValue(paired, value.place, value.rest, value.via, value.when)


def _is_wanted(item: Choice, only: frozenset[str] | None) -> bool:
    return only is None or not only.isdisjoint(_names(item))


def _is_alike(item: Choice) -> bool:
    """Whether the alternatives are ARNs that differ in a word or two: there is nothing to tell apart in them."""
    shapes = set()
    for option in alternatives(item):
        if not isinstance(option, Text) or ":" not in option.shown:
            return False
        shapes.add(_WORD.sub("w", option.shown))
    return len(shapes) == 1


def _branches(value: Value) -> bool:
    """Whether a value is, or has in it, one of several."""
    if isinstance(value, Choice):
        return True
    if isinstance(value, ListValue):
        return any(isinstance(item, Choice) for item in value.items)
    if isinstance(value, MapValue):
        return any(_branches(item) for _, item in value.entries)
    return False


def _shared(found: Found, outer: Guard, allow: Allow) -> frozenset[str]:
    """The conditions by which one element depends on another: both have them, or one excludes the other."""
    named = [set(_names(value)) for name, value in found.items() if name != "Sid"]
    shared: set[str] = set()
    pairs = 0
    for one, other in combinations(named, 2):
        shared |= one & other
        for first in sorted(one - shared):
            for second in sorted(other - shared):
                pairs += 1
                if pairs <= _MOST_PAIRS and _is_related(first, second, outer, allow):
                    shared |= {first, second}
    return frozenset(shared)


def _is_related(first: str, second: str, outer: Guard, allow: Allow) -> bool:
    for one in (True, False):
        for other in (True, False):
            if _joined(Guard(((first, one),)), Guard(((second, other),)), outer, allow) is None:
                return True
    return False


def _names(value: Value) -> Iterable[str]:
    """The conditions that the alternatives in a value depend on."""
    if isinstance(value, Choice):
        for option in alternatives(value):
            yield from (name for name, _ in option.when.branches)
        return
    parts: Sequence[Value] = ()
    if isinstance(value, ListValue):
        parts = value.items
    elif isinstance(value, MapValue):
        parts = [item for _, item in value.entries]
    for part in parts:
        yield from _names(part)
