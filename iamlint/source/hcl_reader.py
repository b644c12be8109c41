"""Reads HCL with tree-sitter into bodies whose expressions are made on first use; a syntax error costs its block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import tree_sitter_hcl
from tree_sitter import Language, Parser

from iamlint.source import hcl_syntax as syntax
from iamlint.source.document import Comment, Document
from iamlint.source.hcl_expressions import Converter
from iamlint.source.hcl_syntax import Attribute, Block, Body, Expression, Template
from iamlint.source.span import EmbeddedText, Place, SourceText

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

_PARSER = Parser(Language(tree_sitter_hcl.language()))
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_EXPONENT = re.compile(r"(?<![\w.])(\d+)[eE][+-]?(?=\d+\b)")
_MARKED = re.compile(r"iamlint", re.IGNORECASE)
_BLANKS = re.compile(r"(?<=\S)[ \t\r\n]{400,}")
_SOON_READ = 8_000  # characters, whatever they are
LONGEST = 16_000_000  # characters; a file beyond that is no configuration


def read_hcl(source: SourceText) -> Document:
    """Read a `.tf`, `.tofu`, `.tfvars` or `.hcl` file. `document.body` is its tree; a block with a syntax error is
    left out of it and is a problem; comments are kept where they speak to iamlint."""
    document = Document(source, "hcl")
    tree = parsed(source.text)
    if tree.root_node.has_error:
        from iamlint.source import hcl_errors

        tree, document.problems = hcl_errors.without_broken_blocks(source, tree)
    document.body = _file_body(source, tree)
    if "iamlint" in source.text or _MARKED.search(source.text):
        document.comments = _comments(source, tree)
    return document


def parsed(text: str) -> Tree:
    """The tree of a text, its offsets counted in characters: what is not ASCII only stands in names, strings and
    comments, where one letter is as good as another."""
    plain = text if text.isascii() else _NOT_ASCII.sub("x", text)
    if len(plain) > _SOON_READ:
        plain = _BLANKS.sub(_as_comment, plain)
    tree = _PARSER.parse(plain.encode("ascii"))
    if tree.root_node.has_error and _EXPONENT.search(plain):
        # The grammar does not know `1e3`; as long as it is a number it need not know which.
        return _PARSER.parse(_EXPONENT.sub(lambda found: "1" * len(found.group()), plain).encode("ascii"))
    return tree


def _as_comment(blanks: re.Match[str]) -> str:
    """A comment as long as a run of blanks, for which the grammar takes the square of its length; line breaks at both
    ends stay, as an attribute or a heredoc ends there."""
    run = blanks[0]
    first = "\n" if "\n" in run else ""
    last = run[run.rindex("\n") :] if first else ""
    if len(last) > len(run) // 2:
        last = "\n"
    return first + "/*" + "x" * (len(run) - len(first) - len(last) - 4) + "*/" + last


def _file_body(source: SourceText, tree: Tree) -> Body:
    root = tree.root_node
    node = next((child for child in root.children if child.type == "body"), None)
    return _body(source, node, 0, len(source.text))


def _body(source: SourceText, node: Node | None, start: int, end: int) -> Body:
    def make() -> tuple[dict[str, Attribute], list[Block]]:
        return _content(source, node) if node is not None else ({}, [])

    return Body(source, start, end, make)


def _content(source: SourceText, node: Node) -> tuple[dict[str, Attribute], list[Block]]:
    attributes: dict[str, Attribute] = {}
    blocks: list[Block] = []
    for child in node.children:
        if child.type == "attribute":
            attribute = _attribute(source, child)
            attributes.setdefault(attribute.name, attribute)
        elif child.type == "block":
            blocks.append(_block(source, child))
    return attributes, blocks


def _attribute(source: SourceText, node: Node) -> Attribute:
    children = node.children
    name = children[0]

    def make() -> Expression:
        last = children[-1]
        if last.type != "expression" or node.has_error:
            return syntax.Broken(source, node.start_byte, node.end_byte)
        return Converter(source).expression(last)

    return Attribute(source, node.start_byte, node.end_byte, source.text[name.start_byte : name.end_byte], make)


def _block(source: SourceText, node: Node) -> Block:
    labels: list[str] = []
    body: Node | None = None
    start, header_end = node.start_byte, node.end_byte
    opening = closing = node.end_byte
    kind = ""
    text = source.text
    for child in node.children:
        type_ = child.type
        if type_ == "identifier":
            if kind:
                labels.append(text[child.start_byte : child.end_byte])
            else:
                kind = text[child.start_byte : child.end_byte]
            header_end = child.end_byte
        elif type_ == "string_lit":
            labels.append(text[child.start_byte + 1 : child.end_byte - 1])
            header_end = child.end_byte
        elif type_ == "block_start":
            opening = child.end_byte
        elif type_ == "body":
            body = child
        elif type_ == "block_end":
            closing = child.start_byte
    inner = _body(source, body, opening, closing)
    return Block(source, start, header_end, kind, tuple(labels), inner, node.end_byte)


def _comments(source: SourceText, tree: Tree) -> list[Comment]:
    """The comments that speak to iamlint, in the order written."""
    found: list[Comment] = []
    last = -1
    for mark in _MARKED.finditer(source.text):
        node = tree.root_node.descendant_for_byte_range(mark.start(), mark.end())
        if node is None or node.type != "comment" or node.start_byte == last:
            continue
        last = node.start_byte
        found.append(_comment(source, node.start_byte, node.end_byte))
    return found


def _comment(source: SourceText, start: int, end: int) -> Comment:
    written = source.text[start:end].rstrip("\r\n")
    if written.startswith("/*"):
        text = written[2:].removesuffix("*/").strip()
    else:
        text = written[2:].strip() if written.startswith("//") else written.lstrip("#").strip()
    line_start = source.text.rfind("\n", 0, start) + 1
    own_line = not source.text[line_start:start].strip()
    return Comment(Place(source, start, start + len(written)), text, own_line)


class _Shifted(Sequence[int]):
    """The offsets of an inner text that has a prefix and a suffix of its own around what the outer source holds."""

    __slots__ = ("length", "offsets", "prefix", "size")

    def __init__(self, offsets: Sequence[int], prefix: int, length: int, size: int) -> None:
        self.offsets = offsets
        self.prefix = prefix
        self.length = length
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, index: int) -> int:  # type: ignore[override]
        return self.offsets[min(max(index - self.prefix, 0), self.length)]


def read_template(outer: SourceText, text: str, offsets: Sequence[int]) -> Template | None:
    """Read a text that is a template as a whole (a template file, a string in `.tf.json`); None when it is broken.

    `offsets` tells where each of its characters (and its end) stands in `outer`.
    """
    marker = "IAMLINT_END"
    while marker in text:
        marker += "_"
    prefix = f"t=<<{marker}\n"
    whole = f"{prefix}{text}\n{marker}\n"
    shifted = _Shifted(offsets, len(prefix), len(text), len(whole) + 1)
    inner = EmbeddedText(outer, whole, shifted)
    tree = parsed(whole)
    body = next((child for child in tree.root_node.children if child.type == "body"), None)
    if tree.root_node.has_error or body is None or not body.children:
        return None
    attribute = body.children[0]
    heredoc = attribute.children[-1].children[0].children[0]
    if heredoc.type != "heredoc_template":
        return None
    nodes = [child for child in heredoc.children if child.type.startswith("template_")]
    return Converter(inner).whole_template(nodes, len(prefix), len(prefix) + len(text))
