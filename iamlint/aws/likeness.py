"""A first look for AWS managed policies that grant what a policy grants: those that name the same actions.

The table is written by scripts/generate_managed_policies.py, a digest for each row of managed_policies.tsv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from pathlib import Path

from iamlint.aws import managed_policies

_TABLE = Path(__file__).with_name("managed_policies.digests")

# Whom AWS alone may attach these to: its own roles, and the root user's sessions.
_NOT_FOR_CUSTOMERS = ("aws-service-role/", "root-task/")


def digest(named: Iterable[tuple[str, str]]) -> str:
    """A short digest of what statements name, whatever the order: pairs of effect and action (`!` before those of a
    NotAction) in any letter case."""
    text = "\n".join(sorted({f"{effect} {action}".lower() for effect, action in named}))
    return blake2b(text.encode(errors="surrogatepass"), digest_size=4).hexdigest()


def alike(wanted: str) -> tuple[str, ...]:
    """Path and name of the policies with this digest that can be attached and are to stay, the shortest name first."""
    names = (name for name in map(managed_policies.name, _rows(wanted)) if not name.startswith(_NOT_FOR_CUSTOMERS))
    return tuple(
        sorted((name for name in names if name not in managed_policies.LEAVING), key=lambda one: (len(one), one))
    )


def _rows(wanted: str) -> Iterator[int]:
    """The rows that have a digest: all are of one length, on a line each."""
    digests = _digests()
    width = len(wanted) + 1
    at = digests.find(wanted)
    while at >= 0:
        if at % width == 0:
            yield at // width
        at = digests.find(wanted, at + 1)


@cache
def _digests() -> str:
    return _TABLE.read_text(encoding="ascii")
