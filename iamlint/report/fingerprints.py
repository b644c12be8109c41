"""Fingerprints that are unique within a report, for formats that tell findings apart by nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from iamlint.engine.finding import Finding


def numbered(findings: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """Each finding with its fingerprint and a running number: the second of two equal ones ends in `:2`."""
    seen: Counter[str] = Counter()
    for finding in findings:
        fingerprint = finding.fingerprint
        seen[fingerprint] += 1
        yield finding, f"{fingerprint}:{seen[fingerprint]}"
