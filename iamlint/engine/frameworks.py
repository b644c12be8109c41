"""Compliance frameworks whose requirements rules speak to, and how a requirement is written: `cis-3.0:1.16`."""

from __future__ import annotations

import re

FRAMEWORKS = {
    "cis-1.4": "CIS AWS Foundations Benchmark 1.4.0",
    "cis-1.5": "CIS AWS Foundations Benchmark 1.5.0",
    "cis-2.0": "CIS AWS Foundations Benchmark 2.0.0",
    "cis-3.0": "CIS AWS Foundations Benchmark 3.0.0",
    "cis-4.0": "CIS AWS Foundations Benchmark 4.0.1",
    "cis-5.0": "CIS AWS Foundations Benchmark 5.0.0",
    "fsbp": "AWS Foundational Security Best Practices",
    "nist-800-53": "NIST SP 800-53 Revision 5",
}

_REQUIREMENT = re.compile(r"([a-z0-9.-]+):([A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*(?:\([0-9]+\))?)")
_PATCH = re.compile(r"(cis-[0-9]+\.[0-9]+)\.[0-9]+")


def is_requirement(text: str) -> bool:
    """Whether a text names a requirement of a framework that is known here."""
    match = _REQUIREMENT.fullmatch(text)
    return match is not None and match[1] in FRAMEWORKS


def speaks_of_framework(term: str) -> bool:
    """Whether a selection names a framework, all versions of one, or a requirement: `cis-3.0`, `cis`, `fsbp:IAM.1`."""
    name = _plain(term).partition(":")[0]
    return name == "cis" or name in FRAMEWORKS


def covers(term: str, requirement: str) -> bool:
    """Whether a selection takes in a requirement: itself, what it has under it (`cis-3.0:1`, `nist-800-53:AC-2`)."""
    wanted, folded = _plain(term), requirement.casefold()
    if wanted == "cis" or wanted.startswith("cis:"):
        wanted = wanted.replace("cis", folded.partition(":")[0], 1) if folded.startswith("cis-") else wanted
    return folded == wanted or folded.startswith((f"{wanted}:", f"{wanted}.", f"{wanted}("))


def _plain(term: str) -> str:
    folded = term.strip().casefold()
    for revision in ("nist-800-53-r5", "nist.800-53.r5", "nist-800-53-rev5"):
        folded = folded.replace(revision, "nist-800-53", 1)
    return _PATCH.sub(r"\1", folded, count=1)
