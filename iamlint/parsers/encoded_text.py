"""Text that stands in base64, compressed or not, as user data and files in a script do."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator

RUN = re.compile(r"[A-Za-z0-9+/]{24,}={0,2}")
_MOST = 1_000_000  # bytes that a compressed run may become
_GZIP = b"\x1f\x8b"
GZIP_MARK = "H4sI"  # how compressed text begins in base64


def decoded(run: str) -> str | None:
    """What a run of base64 says, uncompressed if need be; None when it is no base64, or no text."""
    digits = run.rstrip("=")
    digits = digits[: len(digits) - (len(digits) % 4 == 1)]
    try:
        content = b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except Base64Error:
        return None
    if content.startswith(_GZIP):
        try:
            content = zlib.decompressobj(wbits=31).decompress(content, _MOST)
        except zlib.error:
            return None
    return content.decode("latin-1")


def texts_within(text: str) -> Iterator[tuple[str, int, int]]:
    """The texts that stand in base64 in a text, each with where its run stands; not what is no text."""
    for match in RUN.finditer(text) if len(text) >= 24 else ():
        inner = decoded(match[0])
        if inner is not None and _is_text(inner):
            yield inner, *match.span()


def _is_text(content: str) -> bool:
    """Whether decoded bytes are text: hardly any control characters among the first."""
    start = content[:400]
    return sum(c.isprintable() or c in "\r\n\t" for c in start) >= 0.9 * len(start)
