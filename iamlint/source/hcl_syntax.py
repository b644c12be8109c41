"""The tree that HCL (native or JSON syntax) is read into: bodies of blocks and attributes, and their expressions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from iamlint.source.span import Place, SourceText


class Expression(Place):
    """Any expression, with the place where it is written."""

    __slots__ = ()


class Literal(Expression):
    """A number, a boolean or null. Strings are templates."""

    __slots__ = ("value",)

    def __init__(self, source: SourceText, start: int, end: int, value: bool | int | float | None) -> None:
        super().__init__(source, start, end)
        self.value = value


class Piece:
    """A literal stretch of a template: its decoded text, and where each character of it is written (a spelling).

    It is kept in runs of characters that stand in the source one by one; an escape is a run of its own.
    """

    __slots__ = ("_offsets", "end", "runs", "source", "text")

    def __init__(self, source: SourceText, runs: Sequence[tuple[int, str]], end: int) -> None:
        self.source = source
        self.runs = runs
        self.end = end
        self.text = runs[0][1] if len(runs) == 1 else "".join(text for _, text in runs)
        self._offsets: Sequence[int] | None = None

    def offsets(self) -> Sequence[int]:
        """For each decoded character its offset in the source, and one more for the end."""
        if self._offsets is None:
            if len(self.runs) == 1 and self.runs[0][0] + len(self.runs[0][1]) == self.end:
                self._offsets = range(self.runs[0][0], self.end + 1)
            else:
                table: list[int] = []
                for start, text in self.runs:
                    table.extend(range(start, start + len(text)))
                table.append(self.end)
                self._offsets = table
        return self._offsets


class Interpolation(Place):
    """`${ … }` in a template; the place takes in the braces."""

    __slots__ = ("value",)

    def __init__(self, source: SourceText, start: int, end: int, value: Expression) -> None:
        super().__init__(source, start, end)
        self.value = value


class IfDirective(Place):
    """`%{ if … }…%{ else }…%{ endif }`."""

    __slots__ = ("condition", "no", "yes")

    def __init__(
        self, source: SourceText, start: int, end: int, condition: Expression, yes: Template, no: Template | None
    ) -> None:
        super().__init__(source, start, end)
        self.condition = condition
        self.yes = yes
        self.no = no


class ForDirective(Place):
    """`%{ for k, v in … }…%{ endfor }`; `key` is empty when only the value is named."""

    __slots__ = ("body", "collection", "key", "value")

    def __init__(
        self, source: SourceText, start: int, end: int, key: str, value: str, collection: Expression, body: Template
    ) -> None:
        super().__init__(source, start, end)
        self.key = key
        self.value = value
        self.collection = collection
        self.body = body


TemplatePart = Piece | Interpolation | IfDirective | ForDirective


class Template(Expression):
    """A string: literal pieces, interpolations and directives. `wraps` is the expression of a bare `"${…}"`."""

    __slots__ = ("heredoc", "parts")

    def __init__(
        self, source: SourceText, start: int, end: int, parts: list[TemplatePart], heredoc: bool = False
    ) -> None:
        super().__init__(source, start, end)
        self.parts = parts
        self.heredoc = heredoc

    @property
    def wraps(self) -> Expression | None:
        """The expression of a template that is nothing but one interpolation: its value need not be a string."""
        if len(self.parts) == 1 and isinstance(self.parts[0], Interpolation):
            return self.parts[0].value
        return None

    @property
    def literal(self) -> str | None:
        """The string, when it has no interpolation and no directive."""
        if not self.parts:
            return ""
        first = self.parts[0]
        return first.text if len(self.parts) == 1 and isinstance(first, Piece) else None


class GetAttr(Place):
    """A step `.name`."""

    __slots__ = ("name",)

    def __init__(self, source: SourceText, start: int, end: int, name: str) -> None:
        super().__init__(source, start, end)
        self.name = name


class Index(Place):
    """A step `[key]`, or the legacy `.0`."""

    __slots__ = ("key",)

    def __init__(self, source: SourceText, start: int, end: int, key: Expression) -> None:
        super().__init__(source, start, end)
        self.key = key


class Splat(Place):
    """A step `[*]` or `.*`, with the steps that are taken on each item."""

    __slots__ = ("steps",)

    def __init__(self, source: SourceText, start: int, end: int, steps: tuple[Step, ...]) -> None:
        super().__init__(source, start, end)
        self.steps = steps


Step = GetAttr | Index | Splat


class Reference(Expression):
    """A name and the steps from it: `var.x`, `aws_iam_role.app[0].name`."""

    __slots__ = ("root", "steps")

    def __init__(self, source: SourceText, start: int, end: int, root: str, steps: tuple[Step, ...]) -> None:
        super().__init__(source, start, end)
        self.root = root
        self.steps = steps


class Access(Expression):
    """Steps from something other than a name: `f(x).y`, `[1, 2][0]`."""

    __slots__ = ("steps", "target")

    def __init__(self, source: SourceText, start: int, end: int, target: Expression, steps: tuple[Step, ...]) -> None:
        super().__init__(source, start, end)
        self.target = target
        self.steps = steps


class Call(Expression):
    """A function call; with `expands`, the last argument is a list of arguments (`f(a, b...)`)."""

    __slots__ = ("arguments", "expands", "name")

    def __init__(
        self, source: SourceText, start: int, end: int, name: str, arguments: list[Expression], expands: bool
    ) -> None:
        super().__init__(source, start, end)
        self.name = name
        self.arguments = arguments
        self.expands = expands


class Conditional(Expression):
    """`condition ? yes : no`."""

    __slots__ = ("condition", "no", "yes")

    def __init__(
        self, source: SourceText, start: int, end: int, condition: Expression, yes: Expression, no: Expression
    ) -> None:
        super().__init__(source, start, end)
        self.condition = condition
        self.yes = yes
        self.no = no


class Binary(Expression):
    """`left operator right`."""

    __slots__ = ("left", "operator", "right")

    def __init__(
        self, source: SourceText, start: int, end: int, operator: str, left: Expression, right: Expression
    ) -> None:
        super().__init__(source, start, end)
        self.operator = operator
        self.left = left
        self.right = right


class Unary(Expression):
    """`!operand` or `-operand`."""

    __slots__ = ("operand", "operator")

    def __init__(self, source: SourceText, start: int, end: int, operator: str, operand: Expression) -> None:
        super().__init__(source, start, end)
        self.operator = operator
        self.operand = operand


class Tuple(Expression):
    """`[a, b]`."""

    __slots__ = ("items",)

    def __init__(self, source: SourceText, start: int, end: int, items: list[Expression]) -> None:
        super().__init__(source, start, end)
        self.items = items


class Object(Expression):
    """`{ a = b }`; a bare name as key is a template of that name."""

    __slots__ = ("entries",)

    def __init__(self, source: SourceText, start: int, end: int, entries: list[tuple[Expression, Expression]]) -> None:
        super().__init__(source, start, end)
        self.entries = entries


class For(Expression):
    """`[for k, v in xs : value if condition]`, or with braces and `result_key => value`, grouping with `...`."""

    __slots__ = ("collection", "condition", "grouped", "key", "result", "result_key", "value")

    def __init__(
        self,
        source: SourceText,
        start: int,
        end: int,
        names: tuple[str, str],
        collection: Expression,
        result: Expression,
        result_key: Expression | None,
        condition: Expression | None,
        grouped: bool,
    ) -> None:
        super().__init__(source, start, end)
        self.key, self.value = names
        self.collection = collection
        self.result = result
        self.result_key = result_key
        self.condition = condition
        self.grouped = grouped


class Broken(Expression):
    """An expression that could not be read."""

    __slots__ = ()


class Pending(Expression):
    """A value that a plan does not know yet; `likely` is what the configuration refers to for it, where it says.

    `is_document` says that it is a policy document, which is not taken for what is anything else.
    """

    __slots__ = ("is_document", "likely", "shown")

    def __init__(
        self,
        source: SourceText,
        start: int,
        end: int,
        shown: str = "",
        likely: Expression | None = None,
        is_document: bool = False,
    ) -> None:
        super().__init__(source, start, end)
        self.shown = shown
        self.likely = likely
        self.is_document = is_document


class Withheld(Expression):
    """A value that a plan or state marks as sensitive."""

    __slots__ = ("value",)

    def __init__(self, source: SourceText, start: int, end: int, value: Expression) -> None:
        super().__init__(source, start, end)
        self.value = value


class Attribute(Place):
    """`name = value`; the value is made on first use."""

    __slots__ = ("_make", "_value", "name")

    def __init__(self, source: SourceText, start: int, end: int, name: str, make: Callable[[], Expression]) -> None:
        super().__init__(source, start, end)
        self.name = name
        self._make: Callable[[], Expression] | None = make
        self._value: Expression | None = None

    @property
    def value(self) -> Expression:
        """The expression."""
        if self._value is None:
            assert self._make is not None
            self._value = self._make()
            self._make = None
        return self._value


class Body(Place):
    """What stands between the braces of a block, or in a file: attributes and blocks, in the order written."""

    __slots__ = ("_attributes", "_blocks", "_make")

    def __init__(
        self,
        source: SourceText,
        start: int,
        end: int,
        make: Callable[[], tuple[dict[str, Attribute], list[Block]]],
    ) -> None:
        super().__init__(source, start, end)
        self._make: Any = make
        self._attributes: dict[str, Attribute] = {}
        self._blocks: list[Block] = []

    def _read(self) -> None:
        if self._make is not None:
            self._attributes, self._blocks = self._make()
            self._make = None

    @property
    def attributes(self) -> dict[str, Attribute]:
        """The attributes by name; of one written twice the first."""
        if self._make is not None:
            self._read()
        return self._attributes

    @property
    def blocks(self) -> list[Block]:
        """The blocks in the order written."""
        if self._make is not None:
            self._read()
        return self._blocks

    def blocks_of(self, kind: str) -> Iterator[Block]:
        """The blocks of one type."""
        return (block for block in self.blocks if block.kind == kind)


class Block(Place):
    """`type "label" { … }`. Its place is its header: type and labels."""

    __slots__ = ("body", "kind", "labels", "whole_end")

    def __init__(
        self, source: SourceText, start: int, end: int, kind: str, labels: tuple[str, ...], body: Body, whole_end: int
    ) -> None:
        super().__init__(source, start, end)
        self.kind = kind
        self.labels = labels
        self.body = body
        self.whole_end = whole_end

    @property
    def whole(self) -> Place:
        """The place of the whole block, braces included."""
        return Place(self.source, self.start, self.whole_end)


class ConstructBlock(Block):
    """A block that a program wrote (CDKTF); `construct` is where its construct path stands."""

    __slots__ = ("construct",)
    construct: Place
