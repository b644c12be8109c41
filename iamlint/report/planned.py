"""What a plan repeats of the Terraform files that it was made from is told once: there, where it can be changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from iamlint.engine.finding import Finding

Found = Mapping[str, Sequence[Finding]]
"""Findings by the root of the stack that they were found in."""


def told_once(found: Found, planned: Mapping[str, str]) -> Iterator[Finding]:
    """All findings but those of a plan (a key of `planned`) that were found in its source (the folder there) too.

    It is the same problem when the rule and the address are the same and so is the message, or when the source has
    at least as many findings of the rule there: their messages then differ by what only the plan knows.
    """
    for root, findings in found.items():
        folder = planned.get(root)
        yield from findings if folder is None else _more(findings, found.get(folder, ()))


def _more(findings: Sequence[Finding], of_source: Sequence[Finding]) -> Iterator[Finding]:
    """The findings of a plan that its source does not have."""
    told: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for finding in of_source:
        told[(finding.rule, finding.address)][finding.message] += 1
    counted = Counter((finding.rule, finding.address) for finding in findings)
    for finding in findings:
        # Of instances that are not known the source has one, without key, which stands for all.
        messages = told.get((finding.rule, finding.address)) or told.get((finding.rule, _keyless(finding.address)))
        if messages is not None:
            fewer = messages.total() < counted[(finding.rule, finding.address)]
            if finding.message in messages or not fewer:
                continue
        yield finding


def _keyless(address: str) -> str:
    return address.rpartition("[")[0] if address.endswith("]") else address
