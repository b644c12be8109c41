"""Converts the expression nodes of tree-sitter-hcl into our own small tree."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from iamlint.source import hcl_syntax as syntax
from iamlint.source.hcl_strings import Stretch, heredoc_piece, quoted_piece, trimmed, without_indent
from iamlint.source.hcl_syntax import Expression, Step, Template, TemplatePart
from iamlint.source.span import SourceText

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 100
LARGEST = 1e150

_STEPS = frozenset({"get_attr", "index", "splat"})


class Converter:
    """Converts nodes of one source; nesting beyond `DEEPEST` becomes `Broken`."""

    __slots__ = ("depth", "source", "stretches", "text")

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.text = source.text
        self.depth = 0
        self.stretches: list[Stretch] = []  # of the heredoc that is being read

    def expression(self, node: Node) -> Expression:
        """The expression of an `expression` node, or of any node that stands for one."""
        if node.type != "expression":
            return self.run([node])
        children = node.children
        if children and children[0].type == "(":
            children = children[1:]
            closing = next((i for i, child in enumerate(children) if child.type == ")"), len(children))
            if closing + 1 < len(children):
                inner = self.run(children[:closing])
                return self.stepped(inner, children[closing + 1 :])
            children = children[:closing]
        return self.run(children)

    def run(self, nodes: Sequence[Node]) -> Expression:
        """The expression of sibling nodes: a term and the steps taken from it."""
        kept = [node for node in nodes if node.type != "comment"]
        if not kept:
            return syntax.Broken(self.source, 0, 0)
        if kept[0].type == "(":
            return self.parenthesized(kept)
        first = kept[0]
        if len(kept) == 1 or first.type != "variable_expr":
            return self.stepped(self.term(first), kept[1:]) if len(kept) > 1 else self.term(first)
        steps = self.steps(kept[1:])
        return syntax.Reference(self.source, first.start_byte, kept[-1].end_byte, self.name(first), steps)

    def parenthesized(self, nodes: Sequence[Node]) -> Expression:
        """`( … )` and the steps after it."""
        closing = next((i for i, node in enumerate(nodes) if node.type == ")"), len(nodes))
        return self.stepped(self.run(nodes[1:closing]), nodes[closing + 1 :])

    def stepped(self, target: Expression, nodes: Sequence[Node]) -> Expression:
        """Steps taken from a term."""
        steps = self.steps(nodes)
        if not steps:
            return target
        return syntax.Access(self.source, target.start, nodes[-1].end_byte, target, steps)

    def steps(self, nodes: Sequence[Node]) -> tuple[Step, ...]:
        """The steps `.a`, `[0]`, `[*].b` in the order taken."""
        steps: list[Step] = []
        for position, node in enumerate(nodes):
            kind = node.type
            if kind == "get_attr":
                steps.append(syntax.GetAttr(self.source, node.start_byte, node.end_byte, self.last_name(node)))
            elif kind == "index":
                steps.append(self.index(node))
            elif kind == "splat":
                self.splat(node, nodes[position + 1 :], steps)
                break
        return tuple(steps)

    def splat(self, node: Node, following: Sequence[Node], steps: list[Step]) -> None:
        """Adds a splat and what follows it: all further steps are taken on each item after `[*]`, after `.*` only the
        attributes that follow at once."""
        inner = node.children[0]
        own = [*inner.children[1:], *following]
        taken = len(own)
        if inner.type == "attr_splat":
            taken = next((i for i, child in enumerate(own) if not self.is_attribute(child)), taken)
        end = own[taken - 1].end_byte if taken else node.end_byte
        steps.append(syntax.Splat(self.source, node.start_byte, end, self.steps(own[:taken])))
        steps.extend(self.steps(own[taken:]))

    def is_attribute(self, node: Node) -> bool:
        """Whether a step is `.name` or the legacy `.0`."""
        return node.type == "get_attr" or (node.type == "index" and node.children[0].type == "legacy_index")

    def index(self, node: Node) -> Step:
        inner = node.children[0]
        if inner.type == "legacy_index":
            number = self.text[inner.start_byte + 1 : inner.end_byte].strip()
            value = int(number) if number.isdigit() else None
            key: Expression = syntax.Literal(self.source, inner.start_byte + 1, inner.end_byte, value)
        else:
            expression = next((child for child in inner.children if child.type == "expression"), None)
            key = self.expression(expression) if expression is not None else self.broken(inner)
        return syntax.Index(self.source, node.start_byte, node.end_byte, key)

    def term(self, node: Node) -> Expression:
        """The expression of a single node."""
        convert = _TERMS.get(node.type)
        if convert is None or self.depth >= DEEPEST:
            return self.broken(node)
        self.depth += 1
        result = convert(self, node)
        self.depth -= 1
        return result

    def name(self, node: Node) -> str:
        return self.text[node.start_byte : node.end_byte]

    def last_name(self, node: Node) -> str:
        last = node.children[-1]
        return self.text[last.start_byte : last.end_byte]

    def broken(self, node: Node) -> Expression:
        return syntax.Broken(self.source, node.start_byte, node.end_byte)

    def variable(self, node: Node) -> Expression:
        return syntax.Reference(self.source, node.start_byte, node.end_byte, self.name(node), ())

    def literal(self, node: Node) -> Expression:
        inner = node.children[0]
        kind = inner.type
        if kind == "string_lit":
            return self.quoted(inner)
        written = self.text[inner.start_byte : inner.end_byte]
        value: bool | int | float | None = None
        if kind == "bool_lit":
            value = written == "true"
        elif kind == "numeric_lit":
            value = number(written)
        return syntax.Literal(self.source, inner.start_byte, inner.end_byte, value)

    def quoted(self, node: Node) -> Template:
        """A quoted string; white space in it belongs to no node, so the pieces are the gaps between the others."""
        start, end = node.start_byte, node.end_byte
        children = [child for child in node.children if child.type.startswith("template_")]
        if not any(child.type != "template_literal" for child in children):
            parts: list[TemplatePart] = [quoted_piece(self.source, start + 1, end - 1)] if end - start > 2 else []
            return Template(self.source, start, end, parts)
        return Template(self.source, start, end, self.parts(children, start + 1, end - 1, quoted_piece))

    def template(self, node: Node) -> Expression:
        inner = node.children[0]
        return self.quoted(inner) if inner.type == "quoted_template" else self.heredoc(inner)

    def heredoc(self, node: Node) -> Template:
        """A heredoc: from the line after its marker to the line of its closing marker."""
        children = node.children
        markers = [child for child in children if child.type == "heredoc_identifier"]
        start = self.text.find("\n", markers[0].end_byte) + 1
        end = self.text.rfind("\n", start - 1, markers[-1].start_byte) + 1
        end = max(start, end)
        inner = [child for child in children if child.type.startswith("template_")]
        outer, self.stretches = self.stretches, []
        parts = self.parts(inner, start, end, heredoc_piece)
        if self.text.startswith("<<-", node.start_byte):
            parts = without_indent(parts, self.text, self.stretches)
        self.stretches = outer
        return Template(self.source, node.start_byte, markers[-1].end_byte, parts, heredoc=True)

    def whole_template(self, nodes: Sequence[Node], start: int, end: int) -> Template:
        """The template of a text that is one as a whole, such as a template file."""
        return Template(self.source, start, end, self.parts(nodes, start, end, heredoc_piece), heredoc=True)

    def parts(
        self,
        nodes: Sequence[Node],
        start: int,
        end: int,
        piece: Callable[[SourceText, int, int], syntax.Piece],
        trim_left: bool = False,
        trim_last: bool = False,
    ) -> list[TemplatePart]:
        """The parts of the template text [start, end), whose interpolations and directives are among `nodes`, with the
        white space that strip markers take off, also those before and after it."""
        found: list[TemplatePart] = []
        at = start
        heredoc = piece is heredoc_piece
        for node in (*nodes, None):
            if node is not None and node.type == "template_literal":
                continue
            until = node.start_byte if node is not None else end
            opening, closing = self.strip_markers(node) if node is not None else (trim_last, False)
            if until > at:
                if heredoc:
                    self.stretches.append((at, until, trim_left, opening))
                literal: syntax.Piece | None = piece(self.source, at, until)
                if literal is not None and (trim_left or opening):
                    literal = trimmed(literal, trim_left, opening, heredoc)
                if literal is not None:
                    found.append(literal)
            if node is None:
                break
            found.append(self.dynamic(node, piece))
            at = max(at, node.end_byte)
            trim_left = closing
        return found

    def strip_markers(self, node: Node) -> tuple[bool, bool]:
        """Whether an interpolation or directive begins and ends with a strip marker."""
        text = self.text
        return text.startswith("~", node.start_byte + 2), text.startswith("~}", node.end_byte - 2)

    def dynamic(self, node: Node, piece: Callable[[SourceText, int, int], syntax.Piece]) -> TemplatePart:
        """An interpolation or a directive."""
        if node.type == "template_interpolation":
            inner = next((child for child in node.children if child.type == "expression"), None)
            value = self.expression(inner) if inner is not None else self.broken(node)
            return syntax.Interpolation(self.source, node.start_byte, node.end_byte, value)
        inner = node.children[0] if node.children else node
        if self.depth < DEEPEST and inner.type in ("template_if", "template_for"):
            self.depth += 1
            part = self.if_directive(inner, piece) if inner.type == "template_if" else self.for_directive(inner, piece)
            self.depth -= 1
            return part
        return syntax.Interpolation(self.source, node.start_byte, node.end_byte, self.broken(node))

    def section(
        self, opening: Node, nodes: list[Node], closing: Node, piece: Callable[[SourceText, int, int], syntax.Piece]
    ) -> Template:
        """The template between two directive markers, with the white space that their `~` strips taken off."""
        start, end = opening.end_byte, closing.start_byte
        left = self.text.startswith("~}", start - 2)
        right = self.text.startswith("~", end + 2)
        parts = self.parts(nodes, start, end, piece, left, right)
        return Template(self.source, start, end, parts)

    def if_directive(self, node: Node, piece: Callable[[SourceText, int, int], syntax.Piece]) -> TemplatePart:
        intro, closing = node.children[0], node.children[-1]
        middle = next((child for child in node.children if child.type == "template_else_intro"), None)
        inner = [child for child in node.children[1:-1] if child.type.startswith("template_")]
        condition = next((child for child in intro.children if child.type == "expression"), None)
        if condition is None:
            return syntax.Interpolation(self.source, node.start_byte, node.end_byte, self.broken(node))
        before = [child for child in inner if middle is None or child.end_byte <= middle.start_byte]
        yes = self.section(intro, before, middle or closing, piece)
        no = None
        if middle is not None:
            no = self.section(middle, [c for c in inner if c.start_byte >= middle.end_byte], closing, piece)
        return syntax.IfDirective(self.source, node.start_byte, node.end_byte, self.expression(condition), yes, no)

    def for_directive(self, node: Node, piece: Callable[[SourceText, int, int], syntax.Piece]) -> TemplatePart:
        intro, closing = node.children[0], node.children[-1]
        names = [self.name(child) for child in intro.children if child.type == "identifier"]
        collection = next((child for child in intro.children if child.type == "expression"), None)
        if collection is None or not names:
            return syntax.Interpolation(self.source, node.start_byte, node.end_byte, self.broken(node))
        inner = [child for child in node.children[1:-1] if child.type.startswith("template_")]
        body = self.section(intro, inner, closing, piece)
        key = names[0] if len(names) > 1 else ""
        return syntax.ForDirective(
            self.source, node.start_byte, node.end_byte, key, names[-1], self.expression(collection), body
        )

    def collection(self, node: Node) -> Expression:
        inner = node.children[0]
        if inner.type == "tuple":
            items = [self.expression(child) for child in inner.children if child.type == "expression"]
            return syntax.Tuple(self.source, inner.start_byte, inner.end_byte, items)
        entries = [self.entry(child) for child in inner.children if child.type == "object_elem"]
        return syntax.Object(self.source, inner.start_byte, inner.end_byte, entries)

    def entry(self, node: Node) -> tuple[Expression, Expression]:
        """One entry of an object; a bare name is a string, `(name)` is a reference."""
        sides = [child for child in node.children if child.type == "expression"]
        if len(sides) != 2:
            return self.broken(node), self.broken(node)
        written, value = sides
        children = written.children
        if len(children) == 1 and children[0].type == "variable_expr":
            bare = children[0]
            piece = syntax.Piece(self.source, ((bare.start_byte, self.name(bare)),), bare.end_byte)
            key: Expression = Template(self.source, bare.start_byte, bare.end_byte, [piece])
        else:
            key = self.expression(written)
        return key, self.expression(value)

    def call(self, node: Node) -> Expression:
        name, arguments, expands = "", [], False
        for child in node.children:
            if child.type == "identifier":
                name = self.name(child)
            elif child.type == "function_arguments":
                arguments = [self.expression(c) for c in child.children if c.type == "expression"]
                expands = any(c.type == "ellipsis" for c in child.children)
        return syntax.Call(self.source, node.start_byte, node.end_byte, name, arguments, expands)

    def conditional(self, node: Node) -> Expression:
        sides = [child for child in node.children if child.type == "expression"]
        if len(sides) != 3:
            return self.broken(node)
        condition, yes, no = (self.expression(side) for side in sides)
        return syntax.Conditional(self.source, node.start_byte, node.end_byte, condition, yes, no)

    def operation(self, node: Node) -> Expression:
        inner = node.children[0]
        children = [child for child in inner.children if child.type != "comment"]
        if inner.type == "unary_operation":
            operand = self.run(children[1:])
            return syntax.Unary(self.source, inner.start_byte, inner.end_byte, children[0].type, operand)
        at = next((i for i, child in enumerate(children) if child.type in _OPERATORS), 0)
        if not 0 < at < len(children) - 1:
            return self.broken(node)
        left, right = self.run(children[:at]), self.run(children[at + 1 :])
        return syntax.Binary(self.source, inner.start_byte, inner.end_byte, children[at].type, left, right)

    def for_expression(self, node: Node) -> Expression:
        inner = node.children[0]
        intro = next((child for child in inner.children if child.type == "for_intro"), None)
        results = [child for child in inner.children if child.type == "expression"]
        keyed = inner.type == "for_object_expr"
        if intro is None or len(results) != 1 + keyed:
            return self.broken(node)
        names = [self.name(child) for child in intro.children if child.type == "identifier"]
        collection = next((child for child in intro.children if child.type == "expression"), None)
        if collection is None or not names:
            return self.broken(node)
        test = next((child for child in inner.children if child.type == "for_cond"), None)
        condition = None
        if test is not None:
            condition = next((self.expression(c) for c in test.children if c.type == "expression"), None)
        return syntax.For(
            self.source,
            inner.start_byte,
            inner.end_byte,
            (names[0] if len(names) > 1 else "", names[-1]),
            self.expression(collection),
            self.expression(results[-1]),
            self.expression(results[0]) if keyed else None,
            condition,
            any(child.type == "ellipsis" for child in inner.children),
        )


_OPERATORS = frozenset({"||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"})

_TERMS: dict[str, Callable[[Converter, Node], Expression]] = {
    "expression": Converter.expression,
    "literal_value": Converter.literal,
    "string_lit": Converter.quoted,
    "template_expr": Converter.template,
    "variable_expr": Converter.variable,
    "collection_value": Converter.collection,
    "function_call": Converter.call,
    "conditional": Converter.conditional,
    "operation": Converter.operation,
    "for_expr": Converter.for_expression,
}


def number(written: str) -> int | float:
    """The number of an HCL numeric literal; whole numbers are ints, as in Terraform's own spelling of them."""
    if written.isdigit() and len(written) <= 300:
        return int(written)
    value = float(written)
    if not value.is_integer() or abs(value) > LARGEST:
        return value
    if abs(value) < 1e15:
        return int(value)
    from decimal import Decimal

    return int(Decimal(written))
