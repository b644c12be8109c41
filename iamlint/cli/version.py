"""What `--version` answers: whose version, and of which day the data is that it judges by."""

from __future__ import annotations

from iamlint import __version__
from iamlint.aws.edition import data_date


def version() -> str:
    """`iamlint 0.1.0 (IAM actions of 2026-10-27)`. Raises DataError when the installed data is not understood."""
    return f"iamlint {__version__} (IAM actions of {data_date()})"
