"""Terraform's functions on timestamps."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from iamlint.parsers.terraform.lifting import Function, not_evaluated, on_known

if TYPE_CHECKING:
    from collections.abc import Callable

_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def _moment(written: str) -> datetime:
    """The moment that a timestamp of RFC 3339 stands for."""
    found = _TIMESTAMP.fullmatch(written)
    if found is None:
        raise ValueError("not a timestamp")
    numbers = [int(number) for number in found.groups()[:6]]
    sign, hours, minutes = found.groups()[6:]
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    zone = timezone.utc if not ahead else timezone(-ahead if sign == "-" else ahead)
    year, month, day, hour, minute, second = numbers
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _zone(moment: datetime, colon: str, utc: str) -> str:
    offset = moment.utcoffset()
    seconds = int(offset.total_seconds()) if offset is not None else 0
    if not seconds and utc:
        return utc
    sign = "-" if seconds < 0 else "+"
    return f"{sign}{abs(seconds) // 3600:02d}{colon}{abs(seconds) // 60 % 60:02d}"


def _written(moment: datetime) -> str:
    return moment.strftime(f"{moment.year:04d}-%m-%dT%H:%M:%S") + _zone(moment, ":", "Z")


def timeadd(timestamp: str, duration: str) -> str:
    """`timeadd(timestamp, duration)`, the duration in Go's spelling: `1h30m`, `-10m`."""
    digits = duration[1:] if duration[:1] in ("+", "-") else duration
    seconds, at = 0.0, 0
    while (found := _DURATION.match(digits, at)) is not None:
        seconds += float(found.group(1)) * _SECONDS[found.group(2)]
        at = found.end()
    if digits != "0" and (at != len(digits) or not digits):
        raise ValueError("not a duration")
    return _written(_moment(timestamp) + timedelta(seconds=-seconds if duration.startswith("-") else seconds))


def timecmp(left: str, right: str) -> int:
    """`timecmp(timestamp, timestamp)`: -1, 0 or 1."""
    a, b = _moment(left), _moment(right)
    return (a > b) - (a < b)


_LETTERS = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_FORMATS: dict[str, Callable[[datetime], str]] = {
    "YYYY": lambda t: f"{t.year:04d}",
    "YY": lambda t: f"{t.year % 100:02d}",
    "MMMM": lambda t: _MONTHS[t.month - 1],
    "MMM": lambda t: _MONTHS[t.month - 1][:3],
    "MM": lambda t: f"{t.month:02d}",
    "M": lambda t: str(t.month),
    "DD": lambda t: f"{t.day:02d}",
    "D": lambda t: str(t.day),
    "EEEE": lambda t: _WEEKDAYS[t.weekday()],
    "EEE": lambda t: _WEEKDAYS[t.weekday()][:3],
    "hh": lambda t: f"{t.hour:02d}",
    "h": lambda t: str(t.hour),
    "HH": lambda t: f"{(t.hour + 11) % 12 + 1:02d}",
    "H": lambda t: str((t.hour + 11) % 12 + 1),
    "AA": lambda t: "AM" if t.hour < 12 else "PM",
    "aa": lambda t: "am" if t.hour < 12 else "pm",
    "mm": lambda t: f"{t.minute:02d}",
    "m": lambda t: str(t.minute),
    "ss": lambda t: f"{t.second:02d}",
    "s": lambda t: str(t.second),
    "ZZZZZ": lambda t: _zone(t, ":", ""),
    "ZZZZ": lambda t: _zone(t, "", ""),
    "ZZZ": lambda t: _zone(t, "", "UTC"),
    "Z": lambda t: _zone(t, ":", "Z"),
}


def formatdate(spec: str, timestamp: str) -> str:
    """`formatdate(spec, timestamp)`: runs of letters stand for parts of the moment, quoted text for itself."""
    moment = _moment(timestamp)
    made: list[str] = []
    for found in _LETTERS.finditer(spec):
        piece = found.group()
        if found.group(1):
            made.append(_FORMATS[piece](moment))
        elif piece == "'":
            raise ValueError("a quote without its end")
        else:
            made.append(piece[1:-1].replace("''", "'") if piece[0] == "'" else piece)
    return "".join(made)


TABLE: dict[str, Function] = {
    "formatdate": on_known(formatdate),
    "plantimestamp": not_evaluated("the time of the plan"),
    "timeadd": on_known(timeadd),
    "timecmp": on_known(timecmp),
    "timestamp": not_evaluated("the time of the run"),
}
