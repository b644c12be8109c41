"""Terraform's hash functions, of strings and of files."""

from __future__ import annotations

import base64
from collections.abc import Callable

from iamlint.model.unknown import Unknown
from iamlint.parsers.terraform.lifting import Function, not_evaluated, on_known

Hash = Callable[[bytes], str]


def _digest(name: str, content: bytes) -> bytes:
    import hashlib

    return hashlib.new(name, content, usedforsecurity=False).digest()


def _hex(name: str) -> Hash:
    return lambda content: _digest(name, content).hex()


def _base64(name: str) -> Hash:
    return lambda content: base64.b64encode(_digest(name, content)).decode()


HASHES: dict[str, Hash] = {
    "md5": _hex("md5"),
    "sha1": _hex("sha1"),
    "sha256": _hex("sha256"),
    "sha512": _hex("sha512"),
    "base64sha256": _base64("sha256"),
    "base64sha512": _base64("sha512"),
}


def _of_string(work: Hash) -> Function:
    def hashed(content: object) -> str | Unknown:
        if not isinstance(content, str):
            return Unknown("the hash of a document, whose exact text is not known")
        return work(content.encode(errors="surrogatepass"))

    return on_known(hashed)


def _uuidv5(namespace: str, name: str) -> str:
    """`uuidv5(namespace, name)`, the namespace by its short name or as a UUID."""
    import uuid

    known = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    return str(uuid.uuid5(known.get(namespace) or uuid.UUID(namespace), name))


TABLE: dict[str, Function] = {
    **{name: _of_string(work) for name, work in HASHES.items()},
    "bcrypt": not_evaluated("a hash with salt is another each time"),
    "rsadecrypt": not_evaluated("nothing is decrypted"),
    "uuid": not_evaluated("a random identifier"),
    "uuidv5": on_known(_uuidv5),
}
