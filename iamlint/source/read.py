"""Reads one file: decodes it, tells by name and content whether it can be ours, and gives it to its reader."""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path

from iamlint.source.document import Document, Problem, Syntax
from iamlint.source.span import Place, SourceText

LARGEST = 20_000_000  # bytes
SUFFIXES = (".json", ".yaml", ".yml", ".template", ".tf", ".tofu", ".tfvars")

_HCL_SUFFIXES = (".tf", ".tofu", ".tfvars")
_TERRAFORM_JSON_SUFFIXES = (".tf.json", ".tofu.json", ".tfvars.json")
# Files that every tool writes and that hold no policy, however much their words look like one.
_NEVER_OURS = frozenset(
    {"package.json", "package-lock.json", "npm-shrinkwrap.json", "composer.lock", "pnpm-lock.yaml", "tsconfig.json"}
)
_CDK_BOOKKEEPING = frozenset({"manifest.json", "tree.json", "cdk.out"})
_POLICY_KEYS = tuple(
    re.compile(rf"\b{key}(?:\\?[\"'])?\s*:", re.IGNORECASE) for key in ("statement", "effect")
)  # IAM takes its keys in any case
_NO_STATEMENTS = re.compile(r"[\"']Statement[\"']\s*:\s*\[\s*\]")
# JSON that is statements without their document, or a document without statements.
_BARE = re.compile(r'"(?:Effect"\s*:\s*"(?:Allow|Deny)"|Version"\s*:\s*"20(?:12|08)-10-17"\s*,?\s*\})', re.IGNORECASE)


def read_file(path: str, shown: str | None = None) -> Document | None:
    """The document in the file at `path`, called `shown` in reports; None when the file is not ours.

    A file that is ours and cannot be read gives a document without root that says so in its problems.
    """
    name = (shown if shown is not None else path).replace(os.sep, "/")
    syntax = syntax_of(name)
    if syntax is None:
        return None
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        message = f"the file cannot be read: {error.strerror or error}"
        return _refused(SourceText(name, ""), syntax, 0, message, "Make the file readable, or leave it out.")
    if len(data) > LARGEST:
        source = SourceText(name, data.decode("utf-8", "replace"))
        message = f"the file has more than {LARGEST // 1_000_000} MB"
        refused = _refused(source, syntax, 0, message, "Split the file, or leave it out.")
        return refused if _may_be_ours(name, source.text) else None
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        return _undecodable(name, syntax, data, error)
    return read_text(name, text)


def read_text(shown_path: str, text: str) -> Document | None:
    """The document in `text`, read by the name `shown_path`; None when it is not ours."""
    text = text.removeprefix("\ufeff")
    syntax = syntax_of(shown_path)
    if syntax is None or not _may_be_ours(shown_path, text):
        return None
    source = SourceText(shown_path, text)
    if syntax == "hcl":
        from iamlint.source.hcl_reader import read_hcl

        return read_hcl(source)
    begins_as_json = text.lstrip()[:1] in ("{", "[")
    if syntax == "json" and (begins_as_json or not shown_path.lower().endswith(".template")):
        from iamlint.source.json_reader import read_json

        return read_json(source)
    if begins_as_json:  # JSON is read faster, and tabs may indent it
        from iamlint.source.json_reader import read_json

        document = read_json(source, mend=False)
        if document.root is not None:
            return document
    from iamlint.source.yaml_reader import read_yaml

    return read_yaml(source)


def syntax_of(path: str) -> Syntax | None:
    """The syntax that a file of this name is written in (a `.template` may also be YAML); None: no syntax of ours."""
    lower = path.lower()
    if lower.endswith(_HCL_SUFFIXES):
        return "hcl"
    if lower.endswith((".yaml", ".yml")):
        return "yaml"
    return "json" if lower.endswith((".json", ".template")) else None


def is_ours(text: str) -> bool:
    """Whether a JSON or YAML text can hold a CloudFormation template, a policy, AWS CLI output or a Terraform plan.

    A look at its words before it is parsed: a text that is not ours is never said no to wrongly.
    """
    if "AWSTemplateFormatVersion" in text or "PolicyDocument" in text or "planned_values" in text:
        return True
    if "Resources" in text and ("AWS::" in text or "Alexa::" in text):
        return True
    if "Transform" in text and "AWS::Serverless" in text:
        return True
    if "terraform_version" in text and "format_version" in text:
        return True
    if all(key.search(text) for key in _POLICY_KEYS) or _NO_STATEMENTS.search(text) is not None:
        return True
    return text.lstrip()[:1] in ("{", "[") and _BARE.search(text) is not None


def _may_be_ours(path: str, text: str) -> bool:
    lower = path.lower()
    if lower.endswith(_HCL_SUFFIXES) or lower.endswith(_TERRAFORM_JSON_SUFFIXES):
        return True
    *folders, name = lower.split("/")
    if name in _NEVER_OURS or name.endswith(".assets.json"):
        return False
    if name in _CDK_BOOKKEEPING and "cdk.out" in folders:
        return False
    return is_ours(text)


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _undecodable(name: str, syntax: Syntax, data: bytes, error: UnicodeDecodeError) -> Document | None:
    """What is said of a file with a byte that is no text; None when the rest of it shows that it is not ours."""
    text = data.decode(error.encoding, "replace").removeprefix("\ufeff")
    if not _may_be_ours(name, text):
        return None
    start = len(data[: error.start].decode(error.encoding, "replace").removeprefix("\ufeff"))
    encoding = "UTF-16" if error.encoding.startswith("utf-16") else "UTF-8"
    message = f"the byte 0x{data[error.start]:02X} at offset {error.start} is not {encoding}"
    return _refused(SourceText(name, text), syntax, start, message, "Save the file as UTF-8.")


def _refused(source: SourceText, syntax: Syntax, at: int, message: str, remedy: str) -> Document:
    end = min(at + 1, len(source.text))
    return Document(source, syntax, problems=[Problem("unreadable", Place(source, at, end), message, remedy)])
