"""Whether an alarm tells anybody, as it is written."""

from __future__ import annotations

from collections.abc import Iterable

from iamlint.model.thing import Setting
from iamlint.model.value import Value
from iamlint.parsers.values import as_list, as_text


def telling(enabled: Setting, actions: Iterable[Value | None]) -> Setting:
    """Whether an alarm acts: its actions are enabled, and one of the lists of them names something, or may."""
    if enabled.value is not True or any(_names_something(value) for value in actions if value is not None):
        return enabled
    return enabled.model_copy(update={"value": False})


def _names_something(value: Value) -> bool:
    """Whether a list names something, or may: what comes by a variable, as its default, may be given another value."""
    if value.via:
        return True
    texts = (as_text(item) for item in as_list(value))
    return any(text is None or text.via or text.literal != "" for text in texts)
