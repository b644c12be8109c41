"""Base64, compressed or not, becomes text; what is neither is left alone."""

from __future__ import annotations

import gzip
from base64 import b64encode

import pytest

from iamlint.parsers.encoded_text import decoded, texts_within


def test_plain_and_compressed_text() -> None:
    assert decoded(b64encode(b"#!/bin/bash\n").decode()) == "#!/bin/bash\n"
    assert decoded(b64encode(gzip.compress(b"#!/bin/bash\n")).decode()) == "#!/bin/bash\n"


def test_what_unpacks_to_more_is_cut() -> None:
    bomb = b64encode(gzip.compress(b"x" * 5_000_000)).decode()
    content = decoded(bomb)
    assert content is not None
    assert len(content) == 1_000_000


@pytest.mark.parametrize("run", ["A", "H4sIAAAAAAAA/not-really", b64encode(b"\x1f\x8bgarbage").decode()])
def test_what_is_neither(run: str) -> None:
    assert decoded(run) in (None, "")


def test_texts_are_where_their_run_is_and_bytes_are_none() -> None:
    run = b64encode(b"export STAGE=production\n").decode()
    text = f"a: {run}\nb: {b64encode(bytes(range(60))).decode()}\n"
    assert list(texts_within(text)) == [("export STAGE=production\n", 3, 3 + len(run))]
