"""Which events the event selectors of a trail let it record, in either infrastructure language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iamlint.model.thing import Setting
from iamlint.model.unknown import Truth, Unknown
from iamlint.model.value import MapValue, UnknownValue, Value
from iamlint.parsers.values import alternatives, as_list, as_setting, as_text
from iamlint.source.span import Place


class Spelling(NamedTuple):
    """How a language spells the names in a trail's event selectors."""

    management: str
    fields: str
    field: str
    equals: str


class _Selected(NamedTuple):
    """Whether one selector takes management events, and where it says so."""

    answer: Truth
    place: Place


def management(selectors: Value | None, advanced: Value | None, spelling: Spelling, header: Place) -> Setting:
    """Whether a trail records management events, as it does where it has no selectors."""
    found = [*_basic(selectors, spelling), *_advanced(advanced, spelling)]
    if not found or any(selected.answer is True for selected in found):
        return Setting(value=True, place=header, declared=bool(found))
    doubt = next((selected for selected in found if isinstance(selected.answer, Unknown)), found[0])
    return Setting(value=doubt.answer, place=doubt.place)


def _items(value: Value | None) -> Iterator[Value]:
    """The selectors of a list; those that are there under a condition only are not known."""
    for item in as_list(value) if value is not None else ():
        branches = item.when.branches or (value is not None and value.when.branches)
        yield UnknownValue(Unknown("a selector under a condition"), item.place) if branches else item


def _basic(selectors: Value | None, spelling: Spelling) -> Iterator[_Selected]:
    for item in _items(selectors):
        if isinstance(item, MapValue):
            setting = as_setting(item.get(spelling.management), True, item.place)
            answer = item.rest if item.rest is not None and not setting.declared else setting.equals(True)
            yield _Selected(answer, setting.place)
        else:
            yield _Selected(_doubt(item), item.place)


def _advanced(advanced: Value | None, spelling: Spelling) -> Iterator[_Selected]:
    for item in _items(advanced):
        fields = item.get(spelling.fields) if isinstance(item, MapValue) else None
        yield _Selected(_takes_management(fields, spelling) if fields is not None else _doubt(item), item.place)


def _takes_management(fields: Value, spelling: Spelling) -> Truth:
    """Whether an advanced selector is one of management events: it names one category of events."""
    doubt: Truth = False
    for field in _items(fields):
        if not isinstance(field, MapValue):
            doubt = _doubt(field)
            continue
        name = _text(field.get(spelling.field))
        if name is None:
            doubt = _doubt(field)
        elif name == "eventCategory":
            listed = field.get(spelling.equals)
            texts = [as_text(category) for category in as_list(listed)] if listed is not None else []
            if not texts or any(text is None or text.literal is None for text in texts):
                return _doubt(field)
            return any(text is not None and text.literal == "Management" for text in texts)
    return doubt


def _text(value: Value | None) -> str | None:
    text = as_text(next(alternatives(value))) if value is not None else None
    return text.literal if text is not None else None


def _doubt(value: Value) -> Unknown:
    return value.unknown if isinstance(value, UnknownValue) else Unknown("a selector that is not understood")
