"""Reading a file: encodings, what is ours by name and content, and which reader takes it."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import pytest

from iamlint.source import read as reading
from iamlint.source.document import Document
from iamlint.source.node import MappingNode, ScalarNode
from iamlint.source.read import is_ours, read_file, read_text, syntax_of

POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "ü"}]}'
TEMPLATE = "Resources:\n  Role:\n    Type: AWS::IAM::Role\n"


def read_bytes(folder: Path, name: str, data: bytes) -> Document | None:
    path = folder / name
    path.write_bytes(data)
    return read_file(str(path), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    document = read_bytes(tmp_path, "p.json", mark + POLICY.encode(encoding))
    assert document is not None
    assert document.source.text == POLICY
    assert isinstance(document.root, MappingNode)


def test_a_byte_that_is_no_text_is_named(tmp_path: Path) -> None:
    data = b'{"Statement": [],\n"Effect": "\xc3\xa9\xe9"}'
    document = read_bytes(tmp_path, "p.json", data)
    assert document is not None
    (found,) = document.problems
    assert found.message == "the byte 0xE9 at offset 31 is not UTF-8"
    assert str(found.place.span) == "p.json:2:13"
    assert read_bytes(tmp_path, "q.json", b'{"a": "\xe9"}') is None


def test_half_a_character_of_utf_16_is_named(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, "p.json", POLICY.encode("utf-16") + b"x")
    assert document is not None
    assert "is not UTF-16" in document.problems[0].message


def test_a_file_that_is_too_large_is_refused_when_it_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 50)
    document = read_bytes(tmp_path, "p.json", POLICY.replace('"Version": "2012-10-17", ', "").encode())
    assert document is not None
    assert document.root is None
    assert document.problems[0].kind == "unreadable"
    assert read_bytes(tmp_path, "q.json", b"1" * 51) is None
    assert read_bytes(tmp_path, "q.json", b"1" * 49) is None


def test_a_file_that_cannot_be_opened_is_a_problem(tmp_path: Path) -> None:
    document = read_file(str(tmp_path / "absent.tf"), "absent.tf")
    assert document is not None
    assert document.problems[0].message.startswith("the file cannot be read: ")
    assert str(document.problems[0].place.span) == "absent.tf:1:1"


@pytest.mark.parametrize(
    ("path", "syntax"),
    [
        ("a.json", "json"),
        ("A.JSON", "json"),
        ("a.tf.json", "json"),
        ("a.template", "json"),
        ("a.yaml", "yaml"),
        ("a.yml", "yaml"),
        ("a.tf", "hcl"),
        ("a.tofu", "hcl"),
        ("a.tfvars", "hcl"),
        ("a.json.tpl", None),
        ("a.tpl", None),
        ("README.md", None),
    ],
)
def test_the_name_tells_the_syntax(path: str, syntax: str | None) -> None:
    assert syntax_of(path) == syntax


def test_a_name_without_syntax_is_not_read() -> None:
    assert read_text("policy.json.tpl", POLICY) is None
    assert read_file("no/such/file.md") is None


@pytest.mark.parametrize(
    ("path", "text", "syntax"),
    [
        ("a.template", POLICY, "json"),
        ("a.template", TEMPLATE, "yaml"),
        ("a.yaml", TEMPLATE, "yaml"),
        ("a.yaml", POLICY.replace(" ", "\t"), "json"),
        ("a.yaml", POLICY.replace("Version", "x").replace('"x"', "x"), "yaml"),
        ("a.json", POLICY, "json"),
        ("a.tf.json", '{"resource": {}}', "json"),
        ("a.tfvars.json", "{}", "json"),
        ("a.json", "\ufeff" + POLICY, "json"),
    ],
)
def test_the_reader_fits_name_and_content(path: str, text: str, syntax: str) -> None:
    document = read_text(path, text)
    assert document is not None
    assert not document.problems
    assert document.syntax == syntax
    assert isinstance(document.root, MappingNode)


def test_hcl_is_read_as_hcl() -> None:
    document = read_text("main.tf", 'resource "aws_iam_role" "x" {}\n')
    assert document is not None
    assert document.body is not None


@pytest.mark.parametrize(
    "text",
    [
        POLICY,
        '{"statement":{"effect":"Allow"}}',
        "Statement:\n  - Effect: Allow\n",
        "'Statement' : {'Effect': Allow}",
        r'{"Policy": "{\"Statement\": [{\"Effect\": \"Allow\"}]}"}',
        TEMPLATE,
        "AWSTemplateFormatVersion: 2010-09-09\n",
        "Transform: AWS::Serverless-2016-10-31\n",
        "Resources:\n  S:\n    Type: Alexa::ASK::Skill\n",
        '{"AssumeRolePolicyDocument": {}}',
        '{"PolicyDocument": {}}',
        '{"format_version": "1.2", "terraform_version": "1.9"}',
        '{"planned_values": {}}',
    ],
)
def test_what_is_ours(text: str) -> None:
    assert is_ours(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "x", "dependencies": {}}',
        "on: push\njobs: {}\n",
        "a statement that has no effect",
        '{"Resources": []}',
        '{"terraform_version": "1.9", "version": 4}',
    ],
)
def test_what_is_not_ours(text: str) -> None:
    assert not is_ours(text)


def test_a_broken_file_is_a_problem_only_when_it_is_ours() -> None:
    document = read_text("p.json", POLICY.replace(":", "", 1))
    assert document is not None
    assert document.problems[0].kind == "unreadable"
    assert read_text("p.json", '{"a": ') is None
    assert read_text("p.yaml", "a: [") is None


@pytest.mark.parametrize(
    "path",
    ["app/package-lock.json", "cdk.out/manifest.json", "x/cdk.out/tree.json", "cdk.out/Stack.assets.json"],
)
def test_what_tools_write_for_themselves_is_not_ours(path: str) -> None:
    assert read_text(path, POLICY) is None
    assert read_text("Stack.template.json", POLICY) is not None
    assert read_text("policies/tree.json", POLICY) is not None


def test_a_json_file_imports_no_other_reader(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(POLICY, encoding="utf-8")
    code = f"""if True:
        import sys
        from iamlint.source.read import read_file
        assert read_file({str(tmp_path / "p.json")!r}).root is not None
        assert not {{"yaml", "tree_sitter", "hcl2", "pydantic", "pathspec"}} & set(sys.modules)
    """
    run([sys.executable, "-c", code], check=True)


def test_places_carry_the_name_shown(tmp_path: Path) -> None:
    document = read_bytes(tmp_path, "p.json", POLICY.encode())
    assert document is not None
    assert isinstance(document.root, MappingNode)
    version = document.root.get("Version")
    assert isinstance(version, ScalarNode)
    assert str(version.span) == "p.json:1:13"
