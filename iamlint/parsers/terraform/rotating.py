"""After how many days `time_rotating` replaces what refers to it."""

from __future__ import annotations

import re

from iamlint.model.thing import Setting
from iamlint.parsers.terraform.declaring import Declaring
from iamlint.parsers.values import as_setting, numbered
from iamlint.source.span import Place

_NAMED = re.compile(r"\btime_rotating\.([\w-]+)")
_DAYS = {
    "rotation_minutes": 1 / 1440, "rotation_hours": 1 / 24, "rotation_days": 1, "rotation_months": 30,
    "rotation_years": 365,
}  # fmt: skip
_TOLD = "replaced on a schedule"


def rotation(it: Declaring, trigger: Place | None, block: Place) -> Setting:
    """How what refers to schedules is rotated: after so many days where that is known, else in words."""
    place = trigger or block
    names = dict.fromkeys(_NAMED.findall(it.instance.block.whole.written))
    days = [_days(it, name, place) for name in names]
    known = [each for each in days if isinstance(each.value, int)]
    if len(known) < len(days) or not known:
        return Setting(value=_TOLD, place=place)
    return min(known, key=lambda each: int(str(each.value)))


def _days(it: Declaring, name: str, place: Place) -> Setting:
    """The shortest of a schedule's spans, in days; the words where none is known."""
    module = it.instance.declared.module
    found: list[Setting] = []
    if ("time_rotating", name) in module.declared.resources:
        for instance in module.resource("resource", "time_rotating", name).instances:
            for argument, length in _DAYS.items():
                written = numbered(as_setting(instance.written(argument), None, place))
                if written.declared and isinstance(written.value, int):
                    found.append(written.model_copy(update={"value": int(written.value * length)}))
                elif written.declared:
                    return Setting(value=_TOLD, place=place)
    return min(found, key=lambda each: int(str(each.value))) if found else Setting(value=_TOLD, place=place)
