"""Globs over paths and addresses: `*` within a name, `**` across folders, everything else stands for itself."""

from __future__ import annotations

import re
from functools import lru_cache

_WILDCARDS = {
    "/**/": "/(?:.*/)?",
    "**/": "(?:.*/)?",
    "/**": "/.*",
    "**": ".*",
    "*": "[^/]*",
    "?": "[^/]",
}


@lru_cache(maxsize=256)
def _path_pattern(pattern: str) -> re.Pattern[str]:
    glob = pattern.replace("\\", "/").removeprefix("./").rstrip("/")
    if glob.startswith("/"):
        glob = glob[1:]
    elif "/" not in glob:
        glob = f"**/{glob}"
    pieces = re.split(r"(/\*\*/|\*\*/|/\*\*|\*\*|\*|\?)", glob)
    written = "".join(_WILDCARDS.get(piece, re.escape(piece)) for piece in pieces)
    return re.compile(rf"(?:{written})(?:/.*)?\Z", re.DOTALL)


@lru_cache(maxsize=256)
def _address_pattern(pattern: str) -> re.Pattern[str]:
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern) + r"\Z", re.DOTALL)


def path_matches(pattern: str, path: str) -> bool:
    """Whether a path (`/` between its parts) or a folder above it matches; a pattern without `/` matches anywhere."""
    return _path_pattern(pattern).match(path) is not None


def address_matches(pattern: str, address: str) -> bool:
    """Whether an address matches: `*` and `?` are wildcards, brackets are not (`module.net["a"].aws_iam_role.*`)."""
    return _address_pattern(pattern).match(address) is not None
