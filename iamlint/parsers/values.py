"""Small questions that every parser asks of evaluated values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from iamlint.model.text import Text
from iamlint.model.thing import Setting
from iamlint.model.unknown import ALWAYS, Guard, Unknown
from iamlint.model.value import Choice, ListValue, MapValue, Scalar, UnknownValue, Value
from iamlint.source.span import Place, Related

MOST_ALTERNATIVES = 32


def alternatives(value: Value) -> Iterator[Value]:
    """The possible values of a value, its choices resolved at the top, each with its guard."""
    if not isinstance(value, Choice):
        yield value
        return
    count = 0
    for option in value.alternatives:
        for inner in alternatives(option):
            guard = value.when.joined(inner.when)
            if guard is None:
                continue
            count += 1
            if count > MOST_ALTERNATIVES:
                yield UnknownValue(Unknown("too many alternatives"), value.place, value.via, value.when)
                return
            yield reworked(inner, via=(*value.via, *inner.via), when=guard)


def reworked(value: Value, via: tuple[Related, ...], when: Guard) -> Value:
    """The same value reached another way."""
    if via == value.via and when == value.when:
        return value
    if isinstance(value, Text):
        return value.model_copy(update={"via": via, "when": when})
    if isinstance(value, Scalar):
        return Scalar(value.value, value.place, via, when)
    if isinstance(value, ListValue):
        return ListValue(value.items, value.place, via, when, value.is_set)
    if isinstance(value, MapValue):
        return MapValue(value.entries, value.place, value.rest, via, when)
    if isinstance(value, UnknownValue):
        return UnknownValue(value.unknown, value.place, via, when)
    return Choice(value.alternatives, value.place, via, when)


def as_text(value: Value) -> Text | None:
    """The value as IAM reads a string: a string as it is, a number or boolean in its JSON spelling, a hole for an
    unknown. None for null, lists and maps."""
    if isinstance(value, Text):
        return value
    if isinstance(value, UnknownValue):
        return Text(parts=(value.unknown,), place=value.place, via=value.via, when=value.when)
    if isinstance(value, Scalar) and value.value is not None:
        spelled = str(value.value).lower() if isinstance(value.value, bool) else str(value.value)
        return Text(parts=(spelled,), place=value.place, via=value.via, when=value.when)
    return None


def as_list(value: Value) -> Iterator[Value]:
    """The items of a list, or the value alone: IAM takes either. Choices become items under their guards, nested
    lists are flattened, nulls left out."""
    for option in alternatives(value) if isinstance(value, Choice) else (value,):
        if isinstance(option, ListValue):
            is_plain = not option.via and not option.when.branches
            for item in option.items:
                if is_plain and isinstance(item, Text):
                    yield item
                    continue
                for inner in as_list(item):
                    guard = option.when.joined(inner.when)
                    if guard is not None:
                        yield reworked(inner, via=(*option.via, *inner.via), when=guard)
        elif not (isinstance(option, Scalar) and option.value is None):
            yield option


def within(value: Value, steps: Sequence[str]) -> Iterator[Value]:
    """The values at a path of names, through lists and choices, each with its guard; of what is not known a hole."""
    for option in as_list(value):
        inner: Value | None = option
        if steps and not isinstance(option, UnknownValue):
            inner = option.get(steps[0]) if isinstance(option, MapValue) else None
            if inner is None and isinstance(option, MapValue) and option.rest is not None:
                inner = UnknownValue(option.rest, option.place)
        if inner is option:
            yield option
            continue
        for item in within(inner, steps[1:]) if inner is not None else ():
            guard = option.when.joined(item.when)
            if guard is not None:
                yield reworked(item, via=(*option.via, *item.via), when=guard)


def as_setting(value: Value | None, otherwise: bool | int | str | None, place: Place) -> Setting:
    """A setting from a value, or its default at `place` (the declaration's header) when it is absent or null.

    The first alternative counts where there are several; use `alternatives` first to check each."""
    option = next(alternatives(value), None) if value is not None else None
    if option is None or (isinstance(option, Scalar) and option.value is None):
        return Setting(value=otherwise, place=place, declared=False)
    if isinstance(option, Scalar):
        return Setting(value=option.value, place=option.place, via=option.via, when=option.when)
    if isinstance(option, Text):
        value_of = option.hole if option.hole is not None else option.shown
        return Setting(value=_typed(value_of, otherwise), place=option.place, via=option.via, when=option.when)
    if isinstance(option, UnknownValue):
        return Setting(value=option.unknown, place=option.place, via=option.via, when=option.when)
    return Setting(value=Unknown("a composite value"), place=option.place, via=option.via, when=option.when)


def numbered(setting: Setting) -> Setting:
    """A setting without a default that is a number: both languages convert `"14"`."""
    if not isinstance(setting.value, str):
        return setting
    value = _typed(setting.value, 0)
    return setting if value == setting.value else setting.model_copy(update={"value": value})


def _typed(value: str | Unknown, like: bool | int | str | None) -> bool | int | str | Unknown:
    """A string in the type of the default: both languages convert `"true"` and `"14"`."""
    if isinstance(value, Unknown) or like is None or isinstance(like, str):
        return value
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(value.lower(), value)
    return int(value) if value.strip().lstrip("-").isdigit() else value


def unguarded(value: Value) -> Value:
    """The value without its guard, where the guard is carried by what holds it."""
    return reworked(value, via=value.via, when=ALWAYS)
