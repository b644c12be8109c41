"""Terraform's functions on lists and maps; unknown items stay where they are, known ones keep their places."""

from __future__ import annotations

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.parsers.terraform import operators
from iamlint.parsers.terraform.lifting import MOST_ITEMS, Function, on_characters
from iamlint.parsers.terraform.literals import failed, hole, is_null, joined, string_parts, text, unknown, within
from iamlint.parsers.terraform.set_functions import doubt, items_of, many, of_one_type
from iamlint.parsers.values import alternatives, reworked
from iamlint.source.span import Place


def concat(arguments: list[Value], place: Place) -> Value:
    """`concat(lists…)`."""
    items = [item for argument in arguments for item in items_of(argument)]
    return _list(items, place)


def _list(items: list[Value], place: Place) -> Value:
    """A list of these items; one that doubles itself a dozen times is not known."""
    return ListValue(tuple(items), place) if len(items) <= MOST_ITEMS else unknown("a list too long", place, many=True)


def flatten(arguments: list[Value], place: Place) -> Value:
    """`flatten(list)`: all nested lists taken apart."""
    return _list(_flat(arguments[0], 0), place)


def _flat(value: Value, depth: int) -> list[Value]:
    found: list[Value] = []
    for item in items_of(value):
        if isinstance(item, Choice) and any(isinstance(o, ListValue) for o in alternatives(item)) and depth < 20:
            for option in alternatives(item):
                found.extend(_flat(option, depth + 1) if isinstance(option, ListValue) else [option])
        elif isinstance(item, ListValue) and depth < 20:
            found.extend(_flat(item, depth + 1))
        elif isinstance(item, UnknownValue):
            found.append(UnknownValue(many(item.unknown), item.place, item.via, item.when))
        else:
            found.append(item)
    return found


def compact(arguments: list[Value], place: Place) -> Value:
    """`compact(list)`: without empty strings and nulls."""
    kept: list[Value] = []
    for item in of_one_type(items_of(arguments[0])):
        if isinstance(item, Choice):
            kept.extend(option for option in alternatives(item) if not _is_blank(option))
        elif not _is_blank(item):
            kept.append(item)
    return ListValue(tuple(kept), place)


def _is_blank(value: Value) -> bool:
    return is_null(value) or (isinstance(value, Text) and value.literal == "")


def merge(arguments: list[Value], place: Place) -> Value:
    """`merge(maps…)`: later entries take the place of earlier ones; an unknown map may have any."""
    entries: dict[str, tuple[Text, Value]] = {}
    rest: Unknown | None = None
    for argument in arguments:
        for option in alternatives(argument):
            if isinstance(option, MapValue):
                for key, value in option.entries:
                    item = within(value, option)
                    if option.when.branches and key.shown in entries:
                        item = _either(entries[key.shown][1], item, place)
                    entries[key.shown] = (key, item)
                rest = option.rest if rest is None else rest
            elif isinstance(option, UnknownValue):
                rest = option.unknown if rest is None else rest
            elif not is_null(option) and not isinstance(option, ListValue):
                raise TypeError("not a map")
    if len(entries) > MOST_ITEMS:
        return unknown("a map too large", place)
    return MapValue(tuple(entries.values()), place, rest)


def _either(earlier: Value, later: Value, place: Place) -> Value:
    return Choice((*alternatives(earlier), *alternatives(later)), place)


def keys(arguments: list[Value], place: Place) -> Value:
    """`keys(map)`, sorted."""
    value = arguments[0]
    if isinstance(value, UnknownValue):
        return hole(many(value.unknown), place)
    if not isinstance(value, MapValue):
        raise TypeError("not a map")
    ordered = sorted((key for key, _ in value.entries), key=lambda key: key.shown)
    found: list[Value] = list(ordered)
    if value.rest is not None:
        found.append(hole(many(value.rest), place))
    return ListValue(tuple(found), place)


def values(arguments: list[Value], place: Place) -> Value:
    """`values(map)`, in the order of the keys."""
    value = arguments[0]
    if isinstance(value, UnknownValue):
        return hole(many(value.unknown), place)
    if not isinstance(value, MapValue):
        raise TypeError("not a map")
    ordered = sorted(value.entries, key=lambda entry: entry[0].shown)
    found = [within(item, value) for _, item in ordered]
    if value.rest is not None:
        found.append(hole(many(value.rest), place))
    return ListValue(tuple(found), place)


def lookup(arguments: list[Value], place: Place) -> Value:
    """`lookup(map, key, default)`."""
    source, key = arguments[0], arguments[1]
    if isinstance(source, UnknownValue):
        return UnknownValue(source.unknown, place)
    parts = string_parts(key)
    if not isinstance(source, MapValue) or parts is None:
        raise TypeError("not a map")
    literal = key.literal if isinstance(key, Text) else str(parts[0][0])
    if literal is None or isinstance(parts[0][0], Unknown):
        return unknown("a key that is not known", place)
    found = source.get(literal)
    if found is not None:
        return within(found, source)
    if source.rest is not None:
        return hole(source.rest, place)
    return arguments[2] if len(arguments) > 2 else failed(f"there is no `{literal}`", place)


def element(arguments: list[Value], place: Place) -> Value:
    """`element(list, index)`, which wraps around."""
    items = items_of(arguments[0])
    number = operators.number(arguments[1])
    uncertain = doubt(items)
    if not isinstance(number, Unknown) and (number < 0 or number != int(number)):
        raise ValueError("no index")
    if len(items) == 1 and uncertain is None:
        return items[0]
    if uncertain is not None or isinstance(number, Unknown):
        reason = uncertain if uncertain is not None else number
        assert isinstance(reason, Unknown)
        return hole(Unknown(reason.reason, reason.written, reason.ref, reason.attribute), place)
    return items[int(number) % len(items)] if items else failed("the list is empty", place)


def length(arguments: list[Value], place: Place) -> Value:
    """`length(list, map or string)`."""
    value = arguments[0]
    if isinstance(value, Text):
        return _characters(arguments, place)
    if isinstance(value, UnknownValue):
        return hole(value.unknown, place)
    if isinstance(value, MapValue):
        return Scalar(len(value.entries), place) if value.rest is None else hole(value.rest, place)
    items = items_of(value)
    uncertain = doubt(items)
    if uncertain is None and isinstance(value, ListValue) and value.is_set:
        # Two unknown items of a set may be the same one.
        uncertain = next((item.unknown for item in items if isinstance(item, UnknownValue)), None)
        uncertain = uncertain if len(items) > 1 else None
    return Scalar(len(items), place) if uncertain is None else hole(uncertain, place)


_characters = on_characters(len)


def one(arguments: list[Value], place: Place) -> Value:
    """`one(list)`: the only item, or null."""
    items = items_of(arguments[0])
    if not items:
        return Scalar(None, place)
    only = items[0]
    if isinstance(only, UnknownValue) and only.unknown.many:
        u = only.unknown
        return UnknownValue(Unknown(u.reason, u.written, u.ref, u.attribute), place)
    return only if len(items) == 1 else failed("the list has more than one item", place)


def coalesce(arguments: list[Value], place: Place) -> Value:
    """`coalesce(values…)`: the first that is neither null nor empty, in the type of all; one that may be is unknown."""
    for value in of_one_type(arguments):
        if not _is_blank(value):
            return value
    return failed("all arguments are null or empty", place)


def coalescelist(arguments: list[Value], place: Place) -> Value:
    """`coalescelist(lists…)`: the first that is not empty."""
    for value in arguments:
        if not is_null(value) and not (isinstance(value, ListValue) and not value.items):
            return value
    return failed("all lists are empty", place)


def zipmap(arguments: list[Value], place: Place) -> Value:
    """`zipmap(keys, values)`."""
    names, items = items_of(arguments[0]), items_of(arguments[1])
    uncertain = doubt((*names, *items))
    if uncertain is not None:
        return hole(uncertain, place)
    return _map(names, items, place)


def _map(names: list[Value], items: list[Value], place: Place) -> Value:
    """The map of these keys to these values; a key that comes again takes the place of the former."""
    entries: dict[str, tuple[Text, Value]] = {}
    rest: Unknown | None = None
    for name, item in zip(names, items, strict=True):
        parts = string_parts(name)
        if parts is None:
            raise TypeError("null as a key")
        key = name if isinstance(name, Text) else joined(*parts, name.place)
        if key.literal is None and rest is None:
            rest = key.hole
        entries[key.shown] = (key, item)
    return MapValue(tuple(entries.values()), place, rest)


def reverse(arguments: list[Value], place: Place) -> Value:
    """`reverse(list)`."""
    value = arguments[0]
    if isinstance(value, ListValue) and not value.items:
        return value
    return ListValue(tuple(reversed(items_of(value))), place)


def slice_(arguments: list[Value], place: Place) -> Value:
    """`slice(list, start, end)`."""
    items = items_of(arguments[0])
    start, end = operators.number(arguments[1]), operators.number(arguments[2])
    uncertain = doubt(items)
    if uncertain is not None:
        return hole(many(uncertain), place)
    if isinstance(start, Unknown) or isinstance(end, Unknown):
        return unknown("a slice that is not known", place, many=True)
    if not 0 <= start <= end <= len(items) or int(start) != start or int(end) != end:
        raise ValueError("no such slice")
    return ListValue(tuple(items[int(start) : int(end)]), place)


def chunklist(arguments: list[Value], place: Place) -> Value:
    """`chunklist(list, size)`."""
    items = items_of(arguments[0])
    size = operators.number(arguments[1])
    uncertain = doubt(items)
    if uncertain is not None:
        return hole(many(uncertain), place)
    if isinstance(size, Unknown):
        return unknown("a size that is not known", place, many=True)
    if size < 0 or int(size) != size:
        raise ValueError("no such size")
    step = int(size) or max(len(items), 1)
    chunks = [ListValue(tuple(items[at : at + step]), place) for at in range(0, len(items), step)]
    return ListValue(tuple(chunks), place)


def transpose(arguments: list[Value], place: Place) -> Value:
    """`transpose(map of lists)`."""
    value = arguments[0]
    if not isinstance(value, MapValue):
        return hole(value.unknown, place) if isinstance(value, UnknownValue) else failed("not a map", place)
    turned: dict[str, tuple[Text, list[Value]]] = {}
    rest = value.rest
    for key, listed in sorted(value.entries, key=lambda entry: entry[0].shown):
        for item in items_of(listed):
            if isinstance(item, UnknownValue):
                rest = item.unknown if rest is None else rest
                continue
            parts = string_parts(item)
            if parts is None:
                raise TypeError("null")
            name = item if isinstance(item, Text) else joined(*parts, item.place)
            turned.setdefault(name.shown, (name, []))[1].append(key)
    entries = tuple((key, ListValue(tuple(items), place)) for key, items in turned.values())
    return MapValue(entries, place, rest)


def matchkeys(arguments: list[Value], place: Place) -> Value:
    """`matchkeys(values, keys, wanted)`."""
    found, names, wanted = (items_of(argument) for argument in arguments)
    uncertain = doubt((*found, *names, *wanted))
    if uncertain is not None:
        return hole(many(uncertain), place)
    if len(found) * len(wanted) > MOST_ITEMS * 10:
        return unknown("a list too long", place, many=True)
    kept: list[Value] = []
    for item, name in zip(found, names, strict=True):
        answers = [operators.equal(name, one_) for one_ in wanted]
        if any(answer is True for answer in answers):
            kept.append(item)
            continue
        open_ = next((answer for answer in answers if isinstance(answer, Unknown)), None)
        if open_ is not None:
            kept.append(hole(many(open_), place))
    return ListValue(tuple(kept), place)


def list_(arguments: list[Value], place: Place) -> Value:
    """`list(…)` of Terraform 0.11."""
    return ListValue(tuple(arguments), place)


def map_(arguments: list[Value], place: Place) -> Value:
    """`map(key, value, …)` of Terraform 0.11."""
    return _map(arguments[::2], arguments[1::2], place)


def defaults(arguments: list[Value], place: Place) -> Value:
    """`defaults(object, defaults)` of Terraform 0.14: what is null takes the default."""
    given, standard = arguments[0], arguments[1]
    if not isinstance(given, MapValue) or not isinstance(standard, MapValue):
        return reworked(given, given.via, given.when)
    kept = [(key, value) for key, value in given.entries if not is_null(value)]
    names = {key.literal for key, _ in kept}
    more = [(text(key.literal or "", key.place), value) for key, value in standard.entries if key.literal not in names]
    return MapValue((*kept, *more), place, given.rest)


TABLE: dict[str, Function] = {
    "concat": concat,
    "flatten": flatten,
    "compact": compact,
    "merge": merge,
    "keys": keys,
    "values": values,
    "lookup": lookup,
    "element": element,
    "length": length,
    "one": one,
    "coalesce": coalesce,
    "coalescelist": coalescelist,
    "zipmap": zipmap,
    "reverse": reverse,
    "slice": slice_,
    "chunklist": chunklist,
    "transpose": transpose,
    "matchkeys": matchkeys,
    "list": list_,
    "map": map_,
    "defaults": defaults,
}
