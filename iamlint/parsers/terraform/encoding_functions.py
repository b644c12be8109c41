"""Terraform's functions that encode and decode: JSON, YAML, CSV, base64 and the encoding of URLs."""

from __future__ import annotations

import base64
import binascii
import json

from iamlint.model.text import Text
from iamlint.model.unknown import Unknown
from iamlint.model.value import Scalar, UnknownValue, Value
from iamlint.parsers.terraform.lifting import MOST_ITEMS, Function, not_evaluated, on_known
from iamlint.parsers.terraform.literals import LONGEST, failed, json_escaped, lifted, plain, spelled
from iamlint.source.span import Place


def jsonencode(arguments: list[Value], place: Place) -> Value:
    """The value itself: what reads it as a policy wants the structure, and in a string it becomes JSON text."""
    value = arguments[0]
    if isinstance(value, Text):
        literal = value.literal
        return Text(parts=(f'"{json_escaped(literal)}"',), place=place) if literal is not None else value
    if isinstance(value, Scalar):
        return Text(parts=("null" if value.value is None else spelled(value.value),), place=place)
    return value


def jsondecode(arguments: list[Value], place: Place) -> Value:
    """The structure that a JSON string holds, every value at its place in the string."""
    value = arguments[0]
    if not isinstance(value, Text):
        return value
    from iamlint.parsers.embedded_json import read_json_text

    made = read_json_text(value)
    refused = isinstance(made, UnknownValue) and value.hole is None
    return failed(made.unknown.reason, place) if refused and isinstance(made, UnknownValue) else made


def yamldecode(arguments: list[Value], place: Place) -> Value:
    """The structure that a YAML string holds, every value at its place in the string."""
    value = arguments[0]
    if not isinstance(value, Text) or (isinstance(value.parts[0], Unknown) and len(value.parts) == 1):
        return value
    from iamlint.parsers.embedded_json import embedded
    from iamlint.parsers.nodes import value_of
    from iamlint.parsers.values import reworked
    from iamlint.source.yaml_reader import read_yaml

    source, holes = embedded(value)
    document = read_yaml(source)
    if document.root is None or document.problems:
        reason = document.problems[0].message if document.problems else "nothing in it"
        return failed(f"not YAML: {reason}", place)
    made = value_of(document.root, holes)
    return reworked(made, value.via, value.when)


def base64encode(arguments: list[Value], place: Place) -> Value:
    """`base64encode(string)`: what reads it wants the text, so a text with holes stays as it is written."""
    value = arguments[0]
    if isinstance(value, Text) and value.literal is not None:
        encoded = base64.b64encode(value.literal.encode("utf-8", "surrogatepass")).decode()
        return Text(parts=(encoded,), place=value.place, via=value.via)
    return value


def _bytes(content: str) -> bytes:
    try:
        return base64.b64decode(content.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64") from error


def _gunzipped(content: str) -> str | Unknown:
    """`base64gunzip(string)` of OpenTofu; what unpacks to more than a string may hold is not known."""
    import zlib

    unpacking = zlib.decompressobj(31)
    try:
        found = unpacking.decompress(_bytes(content), LONGEST)
    except zlib.error as error:
        raise ValueError("not gzip") from error
    return found.decode() if unpacking.eof else Unknown("a string too long")


# IANA's names as Terraform takes them; Python knows further ones that are no encodings of text.
_ENCODINGS = {
    "utf-8": "utf-8", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be", "us-ascii": "ascii", "iso-8859-1": "latin-1",
    "iso-8859-15": "iso8859-15", "windows-1252": "cp1252", "windows-1251": "cp1251", "ibm437": "cp437",
    "shift_jis": "shift_jis", "euc-jp": "euc_jp", "gbk": "gbk", "gb18030": "gb18030", "big5": "big5",
    "euc-kr": "euc_kr",
}  # fmt: skip


def _text_encoded(content: str, encoding: str) -> str | Unknown:
    name = _ENCODINGS.get(encoding.lower())
    return base64.b64encode(content.encode(name)).decode() if name is not None else _NO_ENCODING


def _text_decoded(content: str, encoding: str) -> str | Unknown:
    name = _ENCODINGS.get(encoding.lower())
    return _bytes(content).decode(name) if name is not None else _NO_ENCODING


_NO_ENCODING = Unknown("an encoding that is not known")


def _urlencode(content: str) -> str:
    """`urlencode(string)`."""
    from urllib.parse import quote_plus

    return quote_plus(content)


def _urldecode(content: str) -> str:
    """`urldecode(string)` of OpenTofu."""
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(content.replace("+", " ")).decode()


def csvdecode(content: str) -> list[dict[str, str]] | Unknown:
    """`csvdecode(string)`: a map for each line after the first, which names the columns."""
    import csv

    if content.count("\n") > MOST_ITEMS:
        return Unknown("a list too long")
    try:
        rows = [row for row in csv.reader(content.splitlines(keepends=True), strict=True) if row]
    except csv.Error as error:
        raise ValueError("not CSV") from error
    names, *lines = rows
    if len(set(names)) != len(names) or any(len(line) != len(names) for line in lines):
        raise ValueError("not CSV")
    return [dict(zip(names, line, strict=True)) for line in lines]


def yamlencode(arguments: list[Value], place: Place) -> Value:
    """`yamlencode(value)`, in Terraform's way to write YAML: blocks, and quotes around every string."""
    data = plain(arguments[0])
    if isinstance(data, Unknown):
        # As with jsonencode: what reads it wants the structure.
        return arguments[0]
    lines: list[str] = []
    if isinstance(data, str) and "\n" in data:
        _write_block(data, "|", "  ", lines)
    else:
        _write_yaml(data, "", "", lines)
    content = "\n".join(lines) + ("\n...\n" if data is None else "\n")
    return lifted(content, place) if len(content) <= LONGEST else failed("a string too long", place)


def _write_yaml(data: object, first: str, indent: str, lines: list[str]) -> None:
    """Writes a value behind what stands already on its line."""
    if isinstance(data, dict) and data:
        for name in sorted(data):
            _write_nested(data[name], f"{first}{_yaml_scalar(name)}:", indent, lines)
            first = indent
    elif isinstance(data, list) and data:
        for item in data:
            if isinstance(item, dict | list) and item:
                _write_yaml(item, f"{first}- ", f"{indent}  ", lines)
            else:
                lines.append(f"{first}- {_yaml_scalar(item)}")
            first = indent
    else:
        lines.append(first + _yaml_scalar(data))


def _write_nested(data: object, key: str, indent: str, lines: list[str]) -> None:
    if isinstance(data, dict) and data:
        lines.append(key)
        _write_yaml(data, f"{indent}  ", f"{indent}  ", lines)
    elif isinstance(data, list) and data:
        lines.append(key)
        _write_yaml(data, indent, indent, lines)
    elif isinstance(data, str) and "\n" in data:
        _write_block(data, f"{key} |", f"{indent}  ", lines)
    else:
        lines.append(f"{key} {_yaml_scalar(data)}")


def _write_block(data: str, first: str, indent: str, lines: list[str]) -> None:
    """A string of several lines, as they are."""
    lines.append(first if data.endswith("\n") else f"{first}-")
    lines.extend(f"{indent}{line}" if line else "" for line in data.removesuffix("\n").split("\n"))


def _yaml_scalar(data: object) -> str:
    if isinstance(data, str):
        return json.dumps(data, ensure_ascii=False)
    if isinstance(data, bool | int | float):
        return spelled(data)
    return "null" if data is None else "{}" if isinstance(data, dict) else "[]"


TABLE: dict[str, Function] = {
    "base64decode": on_known(lambda content: _bytes(content).decode()),
    "base64encode": base64encode,
    "base64gunzip": on_known(_gunzipped),
    "base64gzip": not_evaluated("what a compressor writes"),
    "csvdecode": on_known(csvdecode),
    "jsondecode": jsondecode,
    "jsonencode": jsonencode,
    "textdecodebase64": on_known(_text_decoded),
    "textencodebase64": on_known(_text_encoded),
    "urldecode": on_known(_urldecode),
    "urlencode": on_known(_urlencode),
    "yamldecode": yamldecode,
    "yamlencode": yamlencode,
}
