"""Timestamps are read, moved and written as Terraform does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Shown = Callable[..., Any]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")', "02 Jan 2018 23:12 UTC"),
        ('formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")', "Tuesday, 02-Jan-18 23:12:01 UTC"),
        ('formatdate("EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")', "Tue, 02 Jan 2018 23:12:01 -0800"),
        ('formatdate("MMM DD, YYYY", "2018-01-02T23:12:01Z")', "Jan 02, 2018"),
        ('formatdate("HH:mmaa", "2018-01-02T23:12:01Z")', "11:12pm"),
        (
            "formatdate(\"h 'o''clock' H AA ZZZZ ZZZZZ Z\", \"2018-01-02T00:12:01+05:30\")",
            "0 o'clock 12 AM +0530 +05:30 +05:30",
        ),
        ('formatdate("YYYY-MM-DD\'T\'hh:mm:ssZ", "2018-01-02T23:12:01Z")', "2018-01-02T23:12:01Z"),
        ('formatdate("M D m s YY MMMM", "2018-01-02T23:02:01Z")', "1 2 2 1 18 January"),
        ('formatdate("ss", "2018-01-02T23:12:01.5Z")', "01"),
        ('timeadd("2017-11-22T00:00:00Z", "10m")', "2017-11-22T00:10:00Z"),
        ('timeadd("2017-11-22T00:00:00Z", "-1h30m")', "2017-11-21T22:30:00Z"),
        ('timeadd("2017-11-22T00:00:00+02:00", "1.5h")', "2017-11-22T01:30:00+02:00"),
        ('timeadd("2017-11-22T00:00:00Z", "0")', "2017-11-22T00:00:00Z"),
        ('timeadd("2017-11-22T00:00:00Z", "500ms")', "2017-11-22T00:00:00Z"),
        ('timecmp("2017-11-22T00:00:00Z", "2017-11-22T00:00:00Z")', 0),
        ('timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00Z")', -1),
        ('timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:59:00Z")', 1),
        ('timecmp("2017-11-22T01:00:00Z", "2017-11-22T00:00:00-01:00")', 0),
    ],
)
def test_time_functions(value: Shown, expression: str, expected: Any) -> None:
    found = value(expression)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "expression",
    [
        'formatdate("YYY", "2018-01-02T23:12:01Z")',
        'formatdate("x", "2018-01-02T23:12:01Z")',
        'formatdate("\'x", "2018-01-02T23:12:01Z")',
        'formatdate("YYYY", "nope")',
        'formatdate("YYYY", "2018-02-30T23:12:01Z")',
        'timeadd("2017-11-22T00:00:00Z", "")',
        'timeadd("2017-11-22T00:00:00Z", "1d")',
        'timeadd("nope", "1h")',
    ],
)
def test_time_functions_refuse_what_terraform_refuses(value: Shown, expression: str) -> None:
    assert value(f"can({expression})") is False
    assert str(value(expression)).startswith("${")
